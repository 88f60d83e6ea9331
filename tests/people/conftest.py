from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import translation

from coworkmed.people.models import Membership, Organisation, Person
from coworkmed.places.models import Place
from coworkmed.platform import jobs
from tests.web.factories import registry


def person(email: str, **fields: object) -> Person:
    """Someone who has shown their address to be theirs."""
    made = Person.objects.create_user(email, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def organisation(name: str, parent: Organisation | None = None, **fields: str) -> Organisation:
    return Organisation.objects.create(**{"kind": "NETWORK", "name": {"en": name}, "parent": parent} | fields)


def role(who: Person, where: Organisation, what: str, **fields: object) -> Membership:
    return Membership.objects.create(person=who, organisation=where, role=what, **fields)


def letters() -> list[EmailMessage]:
    """All mails that left, once the worker has done what waits."""
    jobs.run_due()
    return list(getattr(mail, "outbox", []))


@pytest.fixture
def ana(db: None) -> Person:
    return person("ana@example.org", name="Ana Anić")


@pytest.fixture
def ben(db: None) -> Person:
    return person("ben@example.org", name="Ben")


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_superuser("operator@example.org")


@pytest.fixture
def team(ana: Person) -> Callable[..., dict[str, Person]]:
    """Someone in each role of an organisation, Ana its owner."""

    def made(where: Organisation) -> dict[str, Person]:
        found = {"OWNER": ana}
        role(ana, where, "OWNER")
        for one in ("TEAM", "STEWARD", "COORDINATOR", "OBSERVER"):
            found[one] = person(f"{one.lower()}@example.org")
            role(found[one], where, one)
        return found

    return made


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    """The fictional registry."""
    return registry()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A page leaves its reader's language behind in the thread; the next test begins in English."""
    yield
    translation.deactivate()
