"""Reading the books."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

from . import rules
from .models import Balance, Entry, SetOff, Statement, Transfer
from .rules import CLOSING, MOST, Kind


def debts(unit: str) -> dict[tuple[str, str], int]:
    """(debtor, creditor) → what can be set off of the debt between two places, all of it but for what a promise needs
    to come true within the limits."""
    return debts_in(Balance.objects.pairs().filter(unit=unit).exclude(posted=0).iterator(chunk_size=2000))


def debts_in(pairs: Iterable[Balance]) -> dict[tuple[str, str], int]:
    """`debts` of these balances of two places."""
    found = {}
    for one in pairs:
        sign = -1 if one.posted > 0 else 1
        if (amount := min(abs(one.posted), rules.room(one, sign))) > 0:
            debtor, creditor = (one.partner_id, one.place_id) if one.posted > 0 else (one.place_id, one.partner_id)
            found[str(debtor), str(creditor)] = amount
    return found


@dataclass(frozen=True, slots=True)
class Partner:
    """What stands between a place and a partner, from the side of the place. ``coming`` and ``going``: promised."""

    place: str
    name: str
    unit: str
    posted: int
    coming: int
    going: int


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the books of a place show it."""

    entry: Entry
    partner: str
    why: str
    corrected: bool  # or it is a correction


@dataclass(frozen=True, slots=True)
class Proposal:
    """A set-off as it concerns a place: its ``notices`` as (partner, name, amount, debt), what it owes negative."""

    run: SetOff
    notices: list[tuple[str, str, int, int]]
    agreed: bool
    waits_for: int


def partners(place: Place, *, even: bool = False) -> list[Partner]:
    """Everyone ``place`` has to do with, the largest balances first; with ``even`` also where nothing is owed."""
    rows = Balance.objects.pairs().of(place.pk).select_related("place", "partner").order_by("unit", "pk")
    found = []
    for one in rows if even else rows.exclude(posted=0, rising=0, falling=0):
        mine = one.place_id == place.pk
        other = one.partner if mine else one.place
        if other is not None:
            sign, pending = (1, (one.rising, one.falling)) if mine else (-1, (one.falling, one.rising))
            found.append(Partner(other.pk, str(other), one.unit, sign * one.posted, *pending))
    return sorted(found, key=lambda one: (one.unit != "DAY", one.unit, -abs(one.posted), one.name.casefold()))


@dataclass(frozen=True, slots=True)
class Limit:
    """What a place lets be owed: ``partner`` is None for all together; None is no limit."""

    unit: str
    partner: str | None
    owed: int | None
    owing: int | None


def limits(place: Place) -> list[Limit]:
    """The limits that bind ``place``, its own and those of its partners."""
    found = []
    for one in Balance.objects.of(place.pk).select_related("place", "partner").order_by("unit", "partner", "pk"):
        if (one.floor, one.ceiling) != (-MOST, MOST):
            up, down = (None if most == MOST else most for most in (one.ceiling, -one.floor))
            mine = one.place_id == place.pk
            other = (one.partner if mine else one.place) if one.partner_id else None
            found.append(Limit(one.unit, str(other) if other else None, *((up, down) if mine else (down, up))))
    return found


def positions(place: Place) -> dict[str, int]:
    """Unit → what ``place`` is owed (above zero) or owes by all together."""
    found = dict(Balance.objects.positions().filter(place=place).order_by("unit").values_list("unit", "posted"))
    return dict(sorted(found.items(), key=lambda one: (one[0] != "DAY", one[0])))


def entries(place: Place) -> list[Line]:
    """The last entries of ``place``, newest first."""
    corrections = Transfer.objects.filter(kind=Kind.CORRECTION, refers_to=OuterRef("transfer"))
    rows = Entry.objects.filter(place=place).select_related("transfer", "partner").annotate(gone=Exists(corrections))
    return [Line(one, str(one.partner), one.transfer.why, one.gone) for one in rows.order_by("-at", "-pk")[:100]]


def open_holds(place: Place) -> list[Transfer]:
    """What is promised by or to ``place`` and neither given nor given up yet."""
    holds = Transfer.objects.filter(Q(giver=place) | Q(taker=place), kind=Kind.HOLD)
    ended = Exists(Transfer.objects.filter(kind__in=CLOSING, refers_to=OuterRef("pk")))
    return list(holds.filter(~ended).select_related("giver", "taker").order_by("-at")[:100])


def statements(person: Person, place: Place) -> list[Statement]:
    """Those ``person`` may read, newest first."""
    return list(Statement.objects.visible_to(person).filter(place=place).defer("body")[:240])


def proposals(place: Place) -> list[Proposal]:
    """Set-offs that wait for answers and concern ``place``."""
    found = []
    for run in SetOff.objects.filter(state=SetOff.State.PROPOSED).order_by("unit"):
        notices = run.notices.filter(Q(debtor=place) | Q(creditor=place)).select_related("debtor", "creditor")
        told = [
            (one.creditor_id, str(one.creditor), -one.amount, -one.debt)
            if one.debtor_id == place.pk
            else (one.debtor_id, str(one.debtor), one.amount, one.debt)
            for one in notices
        ]
        if told:
            agreed = run.agreed()
            found.append(Proposal(run, told, place.pk in agreed, len(run.concerned() - agreed)))
    return found


def readable(person: Person) -> list[Place]:
    """Places whose books ``person`` reads because of a role of theirs, by name."""
    with_books = Balance.objects.positions().values("place")
    found = Place.objects.current().where_may(person, Action.PLACE_BOOKS).filter(pk__in=with_books)
    return list(found.order_by("name", "pk")[:500])
