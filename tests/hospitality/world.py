"""A host on the sea, a home elsewhere, and who comes from one to the other."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from coworkmed.hospitality import services
from coworkmed.hospitality.calendar import Calendar, Period, Span
from coworkmed.hospitality.models import Bearer, Booking, Host, Pass, Resource
from coworkmed.people.models import Membership, Operates, Organisation, Person
from coworkmed.places.models import Place

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
MONDAY = date(2026, 11, 30)
WEEK = Calendar((Period((Span(frozenset(range(5)), 9 * 60, 18 * 60),)),))
ALWAYS = Calendar((Period((Span(frozenset(range(7)), 0, 1440),)),))
PROMISE = services.Promise(days_per_visitor=3, desks_per_day=2, instant=True)


@dataclass(frozen=True)
class World:
    """``team`` and ``owner`` of the host, ``home_team`` of the home, ``visitor`` and ``other`` who hold passes."""

    host: Host
    home: Place
    pool: Resource
    owner: Person
    team: Person
    home_team: Person
    visitor: Person
    other: Person
    stranger: Person

    def ask(self, day: date = MONDAY, *, by: Person | None = None, **changes: Any) -> services.Ask:
        visitor = changes.pop("visitor", None) or pseudonym(by or self.visitor)
        fields = {"id": uuid.uuid4(), "resource": self.pool, "visitor": visitor, "day": day, "home": self.home}
        return services.Ask(**{**fields, **changes})

    def book(self, day: date = MONDAY, *, by: Person | None = None, now: datetime = NOW, **changes: Any) -> Booking:
        return services.book(by=by or self.visitor, ask=self.ask(day, by=by, **changes), now=now)


def pseudonym(person: Person) -> str:
    return Pass.objects.get(bearer__person=person).pseudonym


def person(email: str, *, of: Place | None = None, role: str = "TEAM") -> Person:
    made = Person.objects.create_user(email)
    if of is not None:
        run = Operates.objects.filter(place=of.pk).first()
        body = run.organisation if run else Organisation.objects.create(kind="OPERATOR", name={"en": of.pk})
        if not run:
            Operates.objects.create(organisation=body, place=of.pk)
        Membership.objects.create(person=made, organisation=body, role=role)
    return made


def member(email: str, home: Place) -> Person:
    made = Person.objects.create_user(email)
    held = Pass.objects.create(
        pseudonym=uuid.uuid4().hex[:14], home=home, code=uuid.uuid4().hex[:10],
        since=date(2026, 1, 1), until=date(2099, 12, 31),
    )  # fmt: skip
    Bearer.objects.create(pass_held=held, name=email, person=made)
    return made


def world(promise: services.Promise = PROMISE, when: Calendar = WEEK, cutoff: time = time()) -> World:
    place = Place.objects.create(public_id="split", name="Split", country="HR", lat=43.5, lon=16.4, status="OPEN")
    home = Place.objects.create(public_id="marseille", name="Marseille", country="FR", status="OPEN")
    owner = person("owner@split.example", of=place, role="OWNER")
    host = services.open_house(by=owner, place=place, promise=promise, when=when, cutoff=cutoff)
    return World(
        host, home, host.resources.get(), owner,
        person("team@split.example", of=place), person("team@marseille.example", of=home),
        member("ada@example.org", home), member("bo@example.org", home), person("nobody@example.org"),
    )  # fmt: skip


def members(world: World, count: int, name: str = "m") -> Sequence[Person]:
    return [member(f"{name}{number}@example.org", world.home) for number in range(count)]


def hours(day: date, starts: int, ends: int) -> dict[str, datetime]:
    """From one hour to another on the host's clock."""
    midnight = datetime.combine(day, time())
    return {"starts": midnight + timedelta(hours=starts), "ends": midnight + timedelta(hours=ends)}
