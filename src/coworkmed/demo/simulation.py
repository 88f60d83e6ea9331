"""Years of a registry in minutes: places that open, pause, move and close, managers who answer or don't, and the clock.

What happens to places, lists and managers of their own accord is drawn beforehand, place by place, so that two runs
with one seed differ by nothing but whether anybody is asked. States, due dates and mails are the registry's own
(`places.freshness`, `places.clock`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from coworkmed.places.clock import Asked, Case, Policy, plan
from coworkmed.places.freshness import MONTHS, Signal, State, due_on, judge, vouched

YEAR = 365.25
START = date(2026, 1, 1)
COUNTRIES = ("FR", "ES", "IT", "GR", "HR")
REACTION = 4.0  # days an answer takes, on average
VALID = 30  # days a link in a mail lives: later answers don't arrive
VISIT = 14  # days within which a steward finds out


@dataclass(frozen=True, slots=True)
class World:
    """What is assumed. Rates are per place and year, the rest shares of 1; docs/freshness.md says where each is from.

    ``closing`` ``moving`` ``pausing`` ``mail_dies``  what happens to places, and to their addresses
    ``with_mail``     of the places, the registry knows an address      ``with_hours`` … and opening hours
    ``branches``      belong to somebody who runs several
    ``answers``       mails to owners of living places that are answered; ``deaf``: owners who never answer any
    ``gone_answers``  mails about closed places that are answered; ``gone_bounces``: that come back
    ``stops``         mails after which the owner wants no more
    ``steward``       places a steward is asked about of which the steward finds out; ``region``: places per steward
    ``existence``     months after which it is asked whether a place exists
    ``unasked``       owners who correct their page without being asked, a year
    ``relisted``      places that a list names anew, a year; ``noticed``: closed ones of which it then says so
    """

    places: int = 2000
    years: int = 3
    seed: int = 2018
    closing: float = 0.10
    moving: float = 0.03
    pausing: float = 0.03
    mail_dies: float = 0.05
    with_mail: float = 0.65
    with_hours: float = 0.4
    branches: float = 0.1
    answers: float = 0.31
    deaf: float = 0.3
    gone_answers: float = 0.15
    gone_bounces: float = 0.5
    stops: float = 0.01
    steward: float = 0.5
    region: int = 100
    existence: int = MONTHS["status"]
    unasked: float = 0.04
    relisted: float = 0.3
    noticed: float = 0.3

    @property
    def end(self) -> date:
        return date(START.year + self.years, START.month, START.day)


@dataclass(frozen=True, slots=True)
class Quarter:
    """The registry on the last day of a quarter, as shares of 1; None of nothing.

    ``confirmed``      of the places not shown as closed, confirmed
    ``wrong``          of the pages that say open, those whose place is not
    ``wrong_address``  … those whose place is elsewhere
    ``counted``        of the places truly open, those the registry counts as open
    ``counted_wrong``  of the places it counts as open, those that are not
    ``mails``          sent in the quarter, per place and year
    ``to_stewards``    places a steward was asked about in the quarter, per place and year: what it costs them
    """

    ends: date
    confirmed: float | None
    wrong: float | None
    wrong_address: float | None
    counted: float | None
    counted_wrong: float | None
    mails: float
    to_stewards: float


@dataclass(slots=True)
class Premises:
    """A place as it truly is, and as the registry has it.

    ``listed``     the day a list first named it
    ``corrected``  days on which its manager corrects the page unasked
    ``relisted``   days on which a list names it anew, and whether its keeper looked
    """

    place_id: str
    country: str
    owner: str
    steward: str
    fields: frozenset[str]
    listed: date
    closes: date
    moves: Sequence[date]
    pauses: Sequence[tuple[date, date]]
    corrected: Sequence[date]
    relisted: Sequence[tuple[date, bool]]
    signals: list[Signal]
    status: str = "OPEN"
    moves_known: int = 0

    def truth(self, today: date) -> str:
        if today >= self.closes:
            return "CLOSED"
        return "PAUSED" if self.back_on(today) else "OPEN"

    def back_on(self, today: date) -> date | None:
        """The last day of the pause it is in; None where it is in none."""
        return next((last for first, last in self.pauses if first <= today <= last), None)

    def moved(self, today: date) -> int:
        """How often it has moved until today."""
        return sum(day <= today for day in self.moves)

    def hear(self, kind: str, today: date) -> None:
        """Somebody who knows says how it is."""
        self.status, self.moves_known = self.truth(today), self.moved(today)
        back = self.back_on(today) if self.status == "PAUSED" else None
        says = "" if self.status == "OPEN" else self.status
        self.signals.append(Signal(kind, str(today), says, self.fields, str(back or "")))

    def state(self, today: date) -> State:
        return judge(self.signals, status=self.status, listed=True, today=today)

    def says(self, state: State) -> str:
        """The status its page states."""
        return state.code.upper() if state.code in ("closed", "paused") else "OPEN"

    def case(self, today: date, months: Mapping[str, int]) -> Case | None:
        """As the clock takes it, its facts due after ``months``; None where nothing is left to ask."""
        due = due_on(vouched(self.fields, self.signals), self.state(today), self.listed, months)
        return Case(self.place_id, self.country, due, self.owner, self.steward) if due else None


def quarters(
    world: World, *, engine: bool, policy: Policy | None = None, progress: Callable[[int], object] = lambda days: None
) -> list[Quarter]:
    """The registry at the end of each quarter, with the clock or without; ``progress`` hears of each day done."""
    run = _Run(world, policy or Policy())
    found = []
    for number in range((world.end - START).days):
        today = START + timedelta(number)
        run.happen(today)
        if engine:
            run.ask(today)
        tomorrow = today + timedelta(1)
        if tomorrow.day == 1 and tomorrow.month in (1, 4, 7, 10):
            found.append(run.quarter(today))
        progress(number + 1)
    return found


class _Run:
    """One run: the places, what will be heard of them and when, and whom we wrote to."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world, self.policy = world, policy
        self.places = {one.place_id: one for one in premises(world)}
        self.managers = {one.owner: _manager(world, one.owner) for one in self.places.values()}
        self.months = {**MONTHS, "status": world.existence}
        self.cases = {key: case for key, one in self.places.items() if (case := one.case(START, self.months))}
        self.asked, self.barred = Asked(), dict[str, str]()
        self.mails = self.to_stewards = 0  # in this quarter
        self.to_hear: dict[date, list[tuple[str, Premises]]] = defaultdict(list)
        for one in self.places.values():
            for day in one.corrected:
                self.to_hear[day].append(("OWNER", one))
            for day, looked in one.relisted:
                self.to_hear[day].append(("LISTED" if looked else "COPIED", one))

    def happen(self, today: date) -> None:
        """What is heard of places today."""
        for kind, place in self.to_hear.pop(today, ()):
            if kind == "COPIED":
                place.signals.append(Signal("LISTED", str(today)))
            else:
                place.hear(kind, today)
            if case := place.case(today, self.months):
                self.cases[place.place_id] = case
            else:
                self.cases.pop(place.place_id, None)

    def ask(self, today: date) -> None:
        """What the clock sends today, and what will come of it."""
        for mail in plan(today, self.cases.values(), self.asked, self.barred, self.policy):
            self.mails += 1
            for sent in mail.sent(today):
                self.asked.add(sent)
            random = _random(self.world, f"{mail.address} {today}")
            for to, answer in (("OWNER", self._owner), ("STEWARD", self._steward)):
                if places := [self.places[ask.place_id] for ask in mail.asks if ask.to == to]:
                    answer(mail.address, places, today, random)

    def _owner(self, address: str, places: Sequence[Premises], today: date, random: Random) -> None:
        manager, world = self.managers[address], self.world
        gone = all(place.truth(today) == "CLOSED" for place in places)
        if today >= manager.mail_dies or (gone and random.random() < world.gone_bounces):
            self.barred[address] = "BOUNCED"
            return
        answers = world.gone_answers if gone else 0 if manager.deaf else world.answers / (1 - world.deaf)
        delay = 1 + int(random.expovariate(1 / REACTION))
        if random.random() < answers and delay <= VALID:
            self.to_hear[today + timedelta(delay)] += [("OWNER", place) for place in places]
        elif random.random() < world.stops:
            self.barred[address] = "STOPPED"

    def _steward(self, address: str, places: Sequence[Premises], today: date, random: Random) -> None:
        self.to_stewards += len(places)
        for place in places:
            if random.random() < self.world.steward:
                self.to_hear[today + timedelta(random.randint(1, VISIT))].append(("NETWORK", place))

    def quarter(self, today: date) -> Quarter:
        rows = [(place, place.state(today)) for place in self.places.values()]
        kept = [state for _place, state in rows if state.code != "closed"]
        shown = [(place, state) for place, state in rows if place.says(state) == "OPEN"]
        in_counts = [place for place, state in shown if state.why != "SILENT"]
        is_open = [place for place in self.places.values() if place.truth(today) == "OPEN"]
        yearly = 4 / len(rows)
        mails, to_stewards = self.mails * yearly, self.to_stewards * yearly
        self.mails = self.to_stewards = 0
        return Quarter(
            today,
            confirmed=_share([state.code == "confirmed" for state in kept]),
            wrong=_share([place.truth(today) != "OPEN" for place, _state in shown]),
            wrong_address=_share([place.moves_known != place.moved(today) for place, _state in shown]),
            counted=_share([place in in_counts for place in is_open]),
            counted_wrong=_share([place.truth(today) != "OPEN" for place in in_counts]),
            mails=mails,
            to_stewards=to_stewards,
        )


def _share(are: Sequence[bool]) -> float | None:
    return sum(are) / len(are) if are else None


@dataclass(frozen=True, slots=True)
class _Manager:
    deaf: bool
    mail_dies: date


def _manager(world: World, address: str) -> _Manager:
    random = _random(world, address)
    return _Manager(random.random() < world.deaf, next(_days(random, world.mail_dies, START), date.max))


def premises(world: World) -> Iterator[Premises]:
    """The places of a world, each drawn by itself: more of them change nothing about those there were.

    A list named each on some day of the three years before the start, and from then on it may have closed unnoticed.
    """
    for number in range(world.places):
        random = _random(world, f"place {number}")
        listed = START - timedelta(random.randint(0, int(3 * YEAR)))
        closes = next(_days(random, world.closing, listed), date.max)
        pauses = [(day, day + timedelta(random.randint(60, 180))) for day in _days(random, world.pausing, START)]
        moves = list(_days(random, world.moving, listed))
        relisted = [(day, random.random() < world.noticed) for day in _days(random, world.relisted, START)]
        corrected = [day for day in _days(random, world.unasked, START) if day < closes]
        hours = {"opening_hours"} if random.random() < world.with_hours else set()
        # somebody who runs several has four that follow each other
        mine = number - number % 4 if random.random() < world.branches else number
        owner = f"owner{mine}@example.org" if random.random() < world.with_mail else ""
        yield Premises(
            f"p{number}",
            COUNTRIES[number % len(COUNTRIES)],
            owner,
            f"steward{number // world.region}@example.org",
            frozenset(("address", *hours)),
            listed,
            closes,
            moves,
            pauses,
            corrected,
            relisted,
            [Signal("LISTED", str(listed), fields=frozenset(("address", *hours)))],
        )


def _days(random: Random, rate: float, after: date) -> Iterator[date]:
    """Days on which something happens that happens ``rate`` times a year, until ten years on."""
    passed = 0.0
    while rate > 0 and (passed := passed + random.expovariate(rate / YEAR)) < 10 * YEAR:
        yield after + timedelta(1 + int(passed))


def _random(world: World, what: str) -> Random:
    """Chance that depends on the seed and on what it is about, not on what was drawn before."""
    return Random(f"{world.seed} {what}")  # noqa: S311 (a simulation)
