"""The clock: whom to ask today whether what we show of their places still holds.

The owner when a fact falls due, the steward when the owner has stayed silent, nobody twice within a month, all places
of one address in one mail, nothing on days when people are away, and no more mails a day than the site can answer for.
Pure: nothing is read, sent or remembered here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Literal, NamedTuple

from babel import Locale, UnknownLocaleError

from coworkmed.kernel.i18n import N_

from .hours import holiday

#: Why somebody is asked.
REASONS = {
    "DUE": N_("It is time to ask again."),
    "STILL_DUE": N_("It was time to ask again half a year ago, and nobody has answered."),
    "SILENT": N_("The place was asked and has not answered."),
    "NO_ADDRESS": N_("We have no address of the place."),
    "BOUNCED": N_("Mail to the place comes back."),
    "STOPPED": N_("The place wants no more mail."),
}

To = Literal["OWNER", "STEWARD", "OTHER"]

_SUMMER = frozenset("AD CY ES FR GR HR IT MC MT PT SI SM VA".split())
_CHRISTMAS = _SUMMER | frozenset(("", "AL", "BA", "LB", "ME"))


@dataclass(frozen=True, slots=True)
class Season:
    """A stretch of every year in which people are away: from ``first`` to ``last`` (MM-DD, both included; it may run
    over New Year) in some countries ("" where the country isn't known)."""

    first: str
    last: str
    countries: frozenset[str]

    def holds(self, country: str, day: date) -> bool:
        today = f"{day:%m-%d}"
        if self.first <= self.last:
            return country in self.countries and self.first <= today <= self.last
        return country in self.countries and (today >= self.first or today <= self.last)


@dataclass(frozen=True, slots=True)
class Policy:
    """``budget``         mails a day
    ``between``       days between two mails to one address, and between two about one place
    ``steward_after`` days the owner has to answer before the steward is asked
    ``again_after``   days after which a place nobody answered for is asked again
    ``seasons``       when people are away, besides weekends and public holidays
    """

    budget: int = 100
    between: int = 30
    steward_after: int = 35
    again_after: int = 180
    seasons: tuple[Season, ...] = (Season("08-01", "08-31", _SUMMER), Season("12-20", "01-06", _CHRISTMAS))


class Case(NamedTuple):
    """A place that may be asked about: ``due`` since that day (`freshness.due_on`), by its owner's and its steward's
    address; "" where there is none."""

    place_id: str
    country: str
    due: date
    owner: str = ""
    steward: str = ""


class Sent(NamedTuple):
    """A mail once sent, or one of the places in it; ``to`` is "OTHER" for one that asked nothing."""

    address: str
    place_id: str
    to: To
    on: date


@dataclass(slots=True)
class Asked:
    """The last mail to each address, and the last about each place, by whom it asked: all of the past that the plan
    needs."""

    addresses: dict[str, date] = field(default_factory=dict)
    owners: dict[str, date] = field(default_factory=dict)
    stewards: dict[str, date] = field(default_factory=dict)
    nobody: dict[str, date] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Iterable[Sent]) -> "Asked":
        """From mails in any order."""
        found = cls()
        for one in sent:
            found.add(one)
        return found

    def add(self, sent: Sent) -> None:
        about = {"OWNER": self.owners, "STEWARD": self.stewards, "OTHER": self.nobody}[sent.to]
        for last, key in ((self.addresses, sent.address), (about, sent.place_id)):
            last[key] = max(last.get(key, sent.on), sent.on)

    def mails_on(self, day: date) -> int:
        """Addresses last written to on that day."""
        return sum(on == day for on in self.addresses.values())


class Ask(NamedTuple):
    """A question about one place: to whom, ``why`` (key of REASONS), and since when it has waited."""

    place_id: str
    to: To
    why: str
    since: date


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail with all that one address is to be asked, longest waiting first."""

    address: str
    asks: tuple[Ask, ...]

    def sent(self, on: date) -> list[Sent]:
        """What to remember once it has left."""
        return [Sent(self.address, ask.place_id, ask.to, on) for ask in self.asks]


def plan(
    today: date, cases: Collection[Case], asked: Asked, barred: Mapping[str, str], policy: Policy | None = None
) -> list[Mail]:
    """The mails to send on ``today``, longest waiting first.

    ``cases``   one per place that may be asked about, in any order; gone through twice
    ``asked``   what was sent before; mails sent today count against the budget, so that a plan carried out by half and
                made again goes on where it stopped
    ``barred``  addresses never to be written to: "BOUNCED" or "STOPPED"

    An address waits for a day on which none of its places' countries is quiet, then hears of all of them. Where the
    budget is short, those who have waited longest come first; a silent place goes to the end of the queue, so that
    everyone's turn comes.
    """
    day = _Day(today, asked, barred, policy or Policy())
    waiting: dict[str, date] = {}
    away: set[str] = set()
    for case in cases:
        if found := day.ask(case):
            address, ask = found
            waiting[address] = min(ask.since, waiting.get(address, ask.since))
            if day.quiet(case.country):
                away.add(address)
    turn = sorted((since, address) for address, since in waiting.items() if address not in away)
    left = max(day.policy.budget - asked.mails_on(today), 0)
    chosen: dict[str, list[Ask]] = {address: [] for _since, address in turn[:left]}
    for case in cases if chosen else ():
        if (found := day.ask(case)) and found[0] in chosen:
            chosen[found[0]].append(found[1])
    return [Mail(address, tuple(sorted(asks, key=attrgetter("since", "place_id")))) for address, asks in chosen.items()]


class _Day:
    """What may be asked on a day."""

    def __init__(self, today: date, asked: Asked, barred: Mapping[str, str], policy: Policy) -> None:
        self.today, self.asked, self.barred, self.policy = today, asked, barred, policy
        self._latest = today - timedelta(policy.between)  # who was last written to after this is left in peace
        self._quiet: dict[str, bool] = {}

    def quiet(self, country: str) -> bool:
        if country not in self._quiet:
            self._quiet[country] = quiet(country, self.today, self.policy)
        return self._quiet[country]

    def ask(self, case: Case) -> tuple[str, Ask] | None:
        """The address to write to about a place and the question; None if there is none to put."""
        if case.due > self.today:
            return None
        owner_on = self.asked.owners.get(case.place_id, date.min)
        steward_on = self.asked.stewards.get(case.place_id, date.min)
        if max(owner_on, steward_on, self.asked.nobody.get(case.place_id, date.min)) > self._latest:
            return None
        found = question(case, owner_on, steward_on, self.barred, self.policy)
        if found is None or found.since > self.today:
            return None
        address = case.owner if found.to == "OWNER" else case.steward
        return (address, found) if self.asked.addresses.get(address, date.min) <= self._latest else None


def question(case: Case, owner_on: date, steward_on: date, barred: Mapping[str, str], policy: Policy) -> Ask | None:
    """The next question about a due place and the day from which it may be put; None if there is nobody to ask.

    ``owner_on``, ``steward_on``: when they were last asked about it (the first of all days if never). What was asked
    before it fell due has been answered since and counts no more.
    """
    owner_on, steward_on = (on if on >= case.due else date.min for on in (owner_on, steward_on))
    steward = bool(case.steward) and case.steward not in barred and case.steward != case.owner
    if case.owner and case.owner not in barred:
        if owner_on == date.min:
            return Ask(case.place_id, "OWNER", "DUE", case.due)
        if steward and steward_on < owner_on:
            return Ask(case.place_id, "STEWARD", "SILENT", owner_on + timedelta(policy.steward_after))
        return Ask(case.place_id, "OWNER", "STILL_DUE", max(owner_on, steward_on) + timedelta(policy.again_after))
    if not steward:
        return None
    why = barred[case.owner] if case.owner else "NO_ADDRESS"
    since = case.due if steward_on == date.min else steward_on + timedelta(policy.again_after)
    return Ask(case.place_id, "STEWARD", why, since)


def quiet(country: str, day: date, policy: Policy | None = None) -> bool:
    """Whether nobody should be written to that day: a weekend or public holiday of the country (ISO 3166-1; "" for
    unknown), or a season in which people there are away. Public holidays are those of `hours.holiday`, which knows none
    in part of the countries of the south and east shore."""
    return (
        day.weekday() in _weekend(country)
        or any(season.holds(country, day) for season in (policy or Policy()).seasons)
        or holiday(country, day)
    )


@lru_cache(300)
def _weekend(country: str) -> frozenset[int]:
    """Days of the weekend, 0 for Monday (CLDR); Saturday and Sunday where the country isn't known."""
    try:
        locale = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return frozenset((5, 6))
    return frozenset((locale.weekend_start, locale.weekend_end))
