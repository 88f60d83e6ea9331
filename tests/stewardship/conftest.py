"""What tests of several kinds of cases lean on."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import translation

from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.web import guard
from tests.people.conftest import organisation, person, role

#: Of what people try at the same moment: what became of each, "won" or what they are told.
AtOnce = Callable[[Sequence[Callable[[], object]], type[Exception]], list[str]]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.deactivate()


@pytest.fixture
def steward(places: dict[str, Place]) -> Person:
    """Looks after the places of France."""
    found = person("steward@example.org")
    role(found, organisation("Network"), "STEWARD", territory="FR")
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who fills in a form takes their time."""
    monkeypatch.setattr(guard, "QUICKEST", timedelta(0))
    monkeypatch.setattr(guard, "BITS", 4)
    cache.clear()


@pytest.fixture
def at_once() -> AtOnce:
    def run(acts: Sequence[Callable[[], object]], told: type[Exception]) -> list[str]:
        gate, found = threading.Barrier(len(acts)), []

        def one(act: Callable[[], object]) -> None:
            gate.wait()
            try:
                act()
                found.append("won")
            except told:
                found.append("told")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    return run
