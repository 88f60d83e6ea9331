"""Whom the clock asks: what was asked before, the places that are due, and who answers for each."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Count, Max
from django.db.models.fields.json import KT

from coworkmed.people.models import Membership, Operates, Person, below
from coworkmed.people.queries import agreeing
from coworkmed.people.rules import ALLOWED, ROLES, Action, Who
from coworkmed.places import clock
from coworkmed.places.models import Place
from coworkmed.platform.models import Quiet
from coworkmed.platform.tokens import address_digest

from ..models import Asked
from .words import disowned

#: How many places one mail asks about, the longest waiting first; the others wait for the next.
MOST: Mapping[clock.To, int] = {"OWNER": 20, "STEWARD": 50}
_AT_A_TIME = 5000  # rows held while all that are due are gone through


class Reader(NamedTuple):
    """Someone who may be written to: the address, its keyed digest, and the language they chose; "" for none."""

    address: str
    digest: str
    language: str = ""


class Due(NamedTuple):
    """Of a place that is due since ``on``, what tells whom to ask."""

    place: str
    country: str
    region: str
    town: int | None
    on: date
    email: str | None


class Letter(NamedTuple):
    """What one reader is asked in one mail, all ``to`` them as the "OWNER" or as the "STEWARD" of the places."""

    reader: Reader
    to: clock.To
    asks: tuple[clock.Ask, ...]


def policy() -> clock.Policy:
    """How this site asks."""
    said: dict[str, Any] = dict(settings.CLOCK.policy)
    if "seasons" in said:
        said["seasons"] = tuple(clock.Season(*one) for one in said["seasons"])
    return clock.Policy(**said)


def plan(today: date) -> list[Letter]:
    """The letters of ``today``, by `places.clock.plan`; what was written today already counts."""
    readers, ours = Readers.known(), policy()
    others = Asked.objects.filter(on=today, place=None).count()
    ours = replace(ours, budget=max(ours.budget - others, 0))
    mails = clock.plan(today, Cases(today, readers), past(today, ours), readers.barred, ours)
    first = {mail.asks[0].place_id: mail for mail in mails}
    found = {one.place: readers.of(one, first[one.place].asks[0].to) for one in _due(today, list(first))}
    return [_letter(reader, mail.asks) for place, mail in first.items() if (reader := found.get(place))]


def _letter(reader: Reader, asks: Sequence[clock.Ask]) -> Letter:
    """Who answers for one place and tends another is asked as the one or the other, as whichever waited longer."""
    to = asks[0].to
    return Letter(reader, to, tuple(ask for ask in asks if ask.to == to)[: MOST[to]])


def waiting(today: date) -> int:
    """How many places are due."""
    return int(_due_places(today).count())


def may_write(today: date, *, address: str = "", place: str = "") -> bool:
    """Whether a mail that nobody asked for may still be written today: the day's number is not used up, and where they
    are given, ``address`` takes such mail and neither to it nor about ``place`` one was written lately. What is written
    is noted by `services.asking.note`."""
    ours = policy()
    about = Asked.objects.filter(on__gt=today - timedelta(ours.between), place__isnull=False)
    if address:
        digest = address_digest(address)
        if Quiet.objects.filter(pk=digest).exists() or about.filter(address=digest).exists():
            return False
    if place and about.filter(place=place).exists():
        return False
    written = Asked.objects.filter(on=today).aggregate(mails=Count("mail", distinct=True))
    return bool(written["mails"] < ours.budget)


def past(today: date, policy: clock.Policy) -> clock.Asked:
    """What was written before, as the clock needs it."""
    about = Asked.objects.filter(place__isnull=False).order_by()
    lately = about.filter(on__gt=today - timedelta(policy.between))
    found = clock.Asked(addresses=dict(lately.values_list("address").annotate(Max("on"))))
    kept = {"OWNER": found.owners, "STEWARD": found.stewards, "OTHER": found.nobody}
    for to, place, on in about.values_list("to", "place").annotate(Max("on")):
        kept[to][place] = on
    return found


class Cases(Collection[clock.Case]):
    """The places that are due on a day, as the clock takes them; read from the database each time they are gone
    through, so that no more than some are held at once."""

    def __init__(self, today: date, readers: "Readers") -> None:
        self._today, self._readers = today, readers

    def __len__(self) -> int:
        return waiting(self._today)

    def __contains__(self, case: object) -> bool:
        return any(one == case for one in self)

    def __iter__(self) -> Iterator[clock.Case]:
        for one in _due(self._today):
            owner, steward = self._readers.of(one, "OWNER"), self._readers.of(one, "STEWARD")
            digests = (reader.digest if reader else "" for reader in (owner, steward))
            yield clock.Case(one.place, one.country, one.on, *digests)


def _due_places(today: date) -> Any:
    return Place.objects.shown().filter(due_on__lte=today)


def _due(today: date, places: Sequence[str] | None = None) -> Iterator[Due]:
    """The places that are due, longest first; of some of them only where they are named."""
    found = _due_places(today) if places is None else _due_places(today).filter(pk__in=places)
    rows = found.order_by("due_on", "pk").values_list("pk", "country", "region", "town", "due_on", KT("values__email"))
    return (Due(*row) for row in rows.iterator(chunk_size=_AT_A_TIME))


@dataclass(frozen=True, slots=True)
class Readers:
    """Who answers for places. Asked once for all of them: people are few beside places.

    ``speak``    place → those who may say things of it as who runs it, the owner first
    ``run_by``   place → the organisations that run it
    ``tend``     organisation or territory → its stewards; ``lead``: organisation → its coordinators
    ``operate``  who runs the site
    ``barred``   digest of an address → why nothing goes there: a key of `clock.REASONS`
    ``disowned`` (place, digest) where who reads the mail says that they are not the place
    """

    speak: Mapping[str, Sequence[Reader]] = field(default_factory=dict)
    run_by: Mapping[str, Sequence[int]] = field(default_factory=dict)
    tend: Mapping[int | str, Sequence[Reader]] = field(default_factory=dict)
    lead: Mapping[int | str, Sequence[Reader]] = field(default_factory=dict)
    operate: Sequence[Reader] = ()
    barred: Mapping[str, str] = field(default_factory=dict)
    disowned: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def known(cls) -> "Readers":
        """As they are now."""
        barred = {address: reason.upper() for address, reason in Quiet.objects.values_list("address", "reason")}
        people = _people()
        run_by: dict[str, list[int]] = defaultdict(list)
        for place, organisation in (
            Operates.objects.filter(until=None).order_by("pk").values_list("place", "organisation")
        ):
            run_by[place].append(organisation)
        speakers = _speakers(people)
        speak = {place: [one for body in bodies for one in speakers.get(body, ())] for place, bodies in run_by.items()}
        awake = {person: reader for person, reader in people.items() if reader.digest not in barred}
        operators = Person.objects.filter(is_staff=True, is_active=True).order_by("pk").values_list("pk", flat=True)
        return cls(
            speak,
            run_by,
            _tending(awake, Who.STEWARD),
            _tending(awake, Who.COORDINATOR),
            [awake[one] for one in operators if one in awake],
            barred,
            frozenset(disowned()),
        )

    def of(self, due: Due, to: str) -> Reader | None:
        """Who is asked about a place as its "OWNER" or as its "STEWARD"; None where there is nobody."""
        return self._owner(due) if to == "OWNER" else self._steward(due)

    def _owner(self, due: Due) -> Reader | None:
        """The first who takes mail: of those who run the place, the owner before the team; then the address shown.
        Where none does, the first, for the clock to say why it asks someone else."""
        known = list(self.speak.get(due.place, ()))
        if due.email:
            known.append(Reader(due.email, address_digest(due.email)))
        theirs = [one for one in known if (due.place, one.digest) not in self.disowned]
        return next((one for one in theirs if one.digest not in self.barred), theirs[0] if theirs else None)

    def _steward(self, due: Due) -> Reader | None:
        """The nearest who looks after it: a steward of its network, of its town, its region, its country; else a
        coordinator above who runs it, else whoever runs the site. Several share the places among them for good."""
        run_by = self.run_by.get(due.place, ())
        keys: list[tuple[Mapping[int | str, Sequence[Reader]], Sequence[int | str]]] = [
            (self.tend, run_by),
            *((self.tend, [code]) for code in (str(due.town or ""), due.region, due.country) if code),
            (self.lead, run_by),
        ]
        for who, where in keys:
            if near := [one for key in where for one in who.get(key, ())]:
                return _share(due.place, near)
        return _share(due.place, self.operate) if self.operate else None


def _share(place: str, readers: Sequence[Reader]) -> Reader:
    """Whose turn a place is: always the same one's, and of all places each has as many. Who comes or goes changes the
    places of nobody else."""
    return max(readers, key=lambda one: blake2b(f"{place} {one.digest}".encode()).digest())


def _people() -> dict[int, Reader]:
    """Those who act for an organisation or run the site, at the address they have shown to be theirs."""
    known = EmailAddress.objects.filter(verified=True, primary=True, user__is_active=True)
    rows = known.values_list("user", "email", "user__language")
    return {person: Reader(email, address_digest(email), language) for person, email, language in rows}


def _speakers(people: Mapping[int, Reader]) -> dict[int, list[Reader]]:
    """Organisation → who may speak for its places and agreed to be asked, by role and then by how long they have it."""
    agree = agreeing("ASKED")
    held = Membership.objects.current().filter(role__in=ALLOWED[Action.PLACE_SPEAK])
    rows = held.order_by("since", "pk").values_list("organisation", "person", "role")
    found: dict[int, list[Reader]] = defaultdict(list)
    for organisation, person, _ in sorted(rows, key=lambda row: ROLES.index(Who(row[2]))):
        if person in people and person in agree:
            found[organisation].append(people[person])
    return found


def _tending(people: Mapping[int, Reader], role: Who) -> dict[int | str, list[Reader]]:
    """Organisation (their own, and all below), and for stewards territory → who has ``role`` there."""
    held = Membership.objects.current().filter(role=role).select_related("organisation").order_by("pk")
    found: dict[int | str, list[Reader]] = defaultdict(list)
    for one in held if role in ALLOWED[Action.PLACE_TEND] else ():
        territory = one.territory or one.organisation.territory
        where: list[int | str] = [one.organisation_id, *below([one.organisation_id])]
        where += [territory] if territory and role == Who.STEWARD else []
        for key in where if one.person_id in people else ():
            if people[one.person_id] not in found[key]:
                found[key].append(people[one.person_id])
    return found
