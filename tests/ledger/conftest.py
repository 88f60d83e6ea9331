import pytest

from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.platform import audit

WHO = audit.Who("owner", "1")
MILL, QUAY, YARD, LOFT = (f"{name}00000000" for name in ("a111", "b222", "c333", "d444"))


def made_places() -> list[str]:
    Place.objects.bulk_create(
        Place(public_id=one, name=name, status="OPEN", country="FR")
        for one, name in ((MILL, "Mill"), (QUAY, "Quay"), (YARD, "Yard"), (LOFT, "Loft"))
    )
    return [MILL, QUAY, YARD, LOFT]


@pytest.fixture
def houses(db: None) -> list[str]:
    """Four places."""
    return made_places()


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_superuser("operator@example.org")
