import pytest

from coworkmed.places.models import Place

from .factories import registry


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    """The fictional registry."""
    return registry()
