import pytest
from django.conf import settings


@pytest.fixture
def sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that may send."""
    ready = {"email_url": "smtp://relay.example", "email_from": "us@example.org", "site_url": "https://third.example"}
    changed = type(settings.ENV)(**{name: getattr(settings.ENV, name) for name in settings.ENV.__slots__} | ready)
    monkeypatch.setattr(settings, "ENV", changed)
