from collections.abc import Iterator

import pytest
from django.utils import translation

from coworkmed.places.models import Place
from tests.web.factories import registry


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    """The fictional registry."""
    return registry()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.deactivate()
