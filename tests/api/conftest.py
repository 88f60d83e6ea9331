from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from coworkmed.places.models import Place
from tests.web.factories import registry

ROOT = "/api/v1"
Get = Callable[..., Any]


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    """The fictional registry, each place changed an hour after the one before, as if by several runs."""
    made = registry()
    first = Place.objects.earliest("modified").modified
    for number, place in enumerate(Place.objects.order_by("public_id")):
        Place.objects.filter(pk=place.pk).update(modified=first + timedelta(hours=number))
    return {name: Place.objects.get(pk=one.pk) for name, one in made.items()}


@pytest.fixture
def get(client: Client) -> Get:
    """Ask the API; the JSON of what must be an answer of status ``expect``."""

    def asked(path: str, expect: int = 200, **params: Any) -> Any:
        response = client.get(path if path.startswith("http") else f"{ROOT}{path}", params)
        assert response.status_code == expect, response.content
        kind = "application/json" if expect < 400 else "application/problem+json"
        assert response.headers["Content-Type"] == kind
        return response.json()

    return asked


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A page leaves its reader's language behind in the thread; the next test begins in English."""
    yield
    translation.deactivate()
