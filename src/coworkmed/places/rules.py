"""The registry's thinking: which value is shown and why, how a place stands, which public id a group of entries bears.

Pure functions over small values; nothing here reads or writes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any

from coworkmed.kernel import dates, ids
from coworkmed.kernel.fields import FIELDS, GEO_PRECISION, ROLES, Field
from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.sources.voices import CENSUS, VOICES

# the states of a place and the bands of age are the registry's words too
from .freshness import AGE_BANDS as AGE_BANDS
from .freshness import FRESHNESS as FRESHNESS
from .freshness import KIND_OF, MONTHS, ROLE_OF, Signal, due_on, judge, turns
from .freshness import age_band as age_band
from .freshness import day as _day
from .freshness import vouched as last_vouched

Key = tuple[str, str]

#: Sources of the word of places and of who looks after them. Having seen all that is shown of a field that adds up,
#: they say the whole of it.
OWN_WORDS = CENSUS | {voice.key for role, voice in VOICES.items() if role != "IMPORT"}

#: What a day costs, in euros: below → band. The common day passes around the sea lie between 10 and 30.
PRICE_BANDS = {
    "FREE": N_("Free"),
    "UNDER_10": N_("Under €10 a day"),
    "UNDER_20": N_("€10 to €20 a day"),
    "UNDER_30": N_("€20 to €30 a day"),
    "MORE": N_("€30 a day and more"),
}
_PRICES = ((0.005, "FREE"), (10, "UNDER_10"), (20, "UNDER_20"), (30, "UNDER_30"))

#: Who is behind a legal form, where nobody states the sector.
_SECTOR_OF = {
    **dict.fromkeys(("ASSOC", "COOP_WORKER", "COOP_MULTI", "COOP_OTHER", "FOUNDATION", "INFORMAL"), "ASSOCIATIVE"),
    **dict.fromkeys(("COMPANY", "SOLE"), "PRIVATE"),
    **dict.fromkeys(("PUBLIC_LOCAL", "PUBLIC_COMPANY", "PUBLIC_GROUP", "UNIVERSITY", "SCHOOL"), "PUBLIC"),
    "MIXED": "HYBRID",
}

#: Why a value won over another, or lost to it: the first of these on which the two differ.
CRITERIA = {
    "SURE": N_("the other value is doubtful"),
    "CURRENT": N_("the other value is too old beside this one"),
    "ROLE": N_("who says it outranks the other"),
    "PRECISE": N_("it is more precise"),
    "NEWER": N_("it is newer"),
    "TRUST": N_("its source is trusted more"),
    "ORDER": N_("all else being equal, the source that comes first by name"),
}
#: … or how a value stands that had no rival.
UNCONTESTED = {
    "ONLY": N_("nobody else says anything"),
    "AGREED": N_("all agree"),
    "UNION": N_("all that is said is kept"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one entry now says of a place: who, in which role, when, under which licence, and the fields.

    ``vouched``  field → when and in which role someone on the spot last said that this is so (`vouched`): it then
                 counts as if they had said it
    ``sign``     what its day is a sign of, where it is more than its role tells: "HEARTBEAT", "CHECK_DATE"
    """

    source: str
    external_id: str
    observed_on: str
    fields: Mapping[str, Value]
    role: str = "IMPORT"
    licence: str = ""
    trust: float = 0.5
    vouched: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sign: str = ""

    @property
    def kind(self) -> str:
        """The kind of signal it is."""
        return self.sign or KIND_OF[self.role]

    @property
    def key(self) -> Key:
        return self.source, self.external_id

    def told(self, name: str) -> list[tuple[date, str]]:
        """When and in which role what it says of a field was said: by itself, and by who vouched for it. That a list
        repeats later what its owner once vouched for does not make it the owner's later word."""
        vouched = [(_day(on), role) for on, role in [self.vouched[name]]] if name in self.vouched else []
        return [(_day(self.observed_on), self.role), *vouched]


@dataclass(frozen=True, slots=True)
class Rival:
    """A claim that was not shown, and the criterion it lost on; "AGREED" where it says the same."""

    claim: Claim
    why: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The value shown for one field. ``by`` are its authors (one, or several where values add up), best first;
    ``why`` is a key of CRITERIA or UNCONTESTED; ``rivals`` are all other claims on the field, best first."""

    field: str
    value: Any
    by: tuple[Claim, ...]
    why: str
    rivals: tuple[Rival, ...] = ()

    @property
    def contested(self) -> bool:
        """Whether some undoubted claim says otherwise."""
        return any(rival.why not in ("AGREED", "SURE") for rival in self.rivals)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a place is open as far as we know, how well we know it, and from when it should be asked (None: never,
    or nobody wanted to know)."""

    status: str
    freshness: str
    confirmed_on: str
    confirmed_by: str
    due_on: date | None = None


def settle(claims: Sequence[Claim]) -> dict[str, Settled]:
    """What to show of a place, field by field, from all that is claimed of it (survivorship, explained).

    A value wins by the first of these on which it differs from its rivals: it is not doubted; it is not stale beside
    them (a whole interval of the field older than the newest claim); its author's role ranks higher (owner, network,
    authority, peer, import, robot); it is more precise; it is newer; its source is trusted more. Fields that add up
    (other names, identifiers …) keep all that is not doubted, unless the place itself or who looks after it says the
    whole. Where what wins is that there is none, nothing is shown. The order in which claims are given is irrelevant,
    the value shown was always said by someone, and repeating a claim changes nothing.
    """
    said: dict[str, list[Claim]] = {}
    for claim in claims:
        for name in claim.fields:
            said.setdefault(name, []).append(claim)
    settled = ((name, _settled(spec, said[name])) for name, spec in FIELDS.items() if name in said)
    return {name: one for name, one in settled if not _is_none(one.value)}


def shown(claims: Sequence[Claim]) -> dict[str, Any]:
    """The values of `settle`; much sooner for a place of which but one entry speaks, as of most."""
    if len(claims) > 1:
        return {name: one.value for name, one in settle(claims).items()}
    return shown_alone({name: said.value for name, said in claims[0].fields.items()})


def shown_alone(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown of a place of which but one entry speaks, from the value of each field."""
    alone = ((name, _alone(spec, said[name])) for name, spec in FIELDS.items() if name in said)
    return {name: value for name, value in alone if not _is_none(value)}


def _is_none(value: Any) -> bool:
    """Whether it is said of a field that there is none."""
    return value is None or value == []


def _settled(spec: Field, said: Sequence[Claim]) -> Settled:
    if len(said) == 1:
        return Settled(spec.name, _alone(spec, said[0].fields[spec.name].value), (said[0],), "ONLY")
    return _unite(spec, said) if spec.union else _choose(spec, said)


def _alone(spec: Field, value: Any) -> Any:
    """What is shown of a field of which there is but one ``value``."""
    return list(_distinct(spec, value).values()) if spec.union else value


def _distinct(spec: Field, items: Iterable[Any]) -> dict[str, Any]:
    """The first of those that say the same, by what they say."""
    found: dict[str, Any] = {}
    for item in items:
        found.setdefault(_comparable(spec, item), item)
    return found


def _choose(spec: Field, said: Sequence[Claim]) -> Settled:
    ranked = _ranked(spec, said)
    (best_rank, best), others = ranked[0], ranked[1:]
    value = best.fields[spec.name].value
    rivals = tuple(
        Rival(claim, "AGREED" if agree(spec, value, claim.fields[spec.name].value) else _criterion(best_rank, rank))
        for rank, claim in others
    )
    contests = [rival.why for rival in rivals if rival.why != "AGREED"]
    why = contests[0] if contests else "AGREED" if rivals else "ONLY"
    return Settled(spec.name, value, (best,), why, rivals)


def _unite(spec: Field, said: Sequence[Claim]) -> Settled:
    ranks = _ranked(spec, said)
    ranked = [claim for _, claim in ranks]
    fresh = (claim for (doubted, stale, *_), claim in ranks if not doubted and not stale)
    whole = next((claim for claim in fresh if claim.source in OWN_WORDS), None)
    if whole is not None:
        return _of_whole(spec, whole, [claim for claim in ranked if claim is not whole])
    sure = [claim for claim in ranked if not claim.fields[spec.name].doubt] or ranked[:1]
    value = _distinct(spec, (item for claim in sure for item in claim.fields[spec.name].value))
    doubted = tuple(Rival(claim, "SURE") for claim in ranked if claim not in sure)
    return Settled(spec.name, list(value.values()), tuple(sure), "UNION" if len(sure) > 1 else "ONLY", doubted)


def _of_whole(spec: Field, whole: Claim, others: Sequence[Claim]) -> Settled:
    """What is shown where one claim says all there is: others but repeat it, or lose."""
    value = _distinct(spec, whole.fields[spec.name].value)
    rivals = [
        Rival(one, "AGREED" if _distinct(spec, one.fields[spec.name].value).keys() <= value.keys() else "ROLE")
        for one in others
    ]
    why = "ROLE" if any(one.why == "ROLE" for one in rivals) else "AGREED" if rivals else "ONLY"
    return Settled(spec.name, list(value.values()), (whole,), why, tuple(rivals))


def _ranked(spec: Field, said: Sequence[Claim]) -> list[tuple[tuple[Any, ...], Claim]]:
    """The claims on a field with their rank (smaller is better, one place per criterion of CRITERIA), best first."""
    told = [(claim, claim.told(spec.name)) for claim in said]
    sure = [day for claim, words in told if not claim.fields[spec.name].doubt for day, _ in words]
    newest = max(sure or [day for _, words in told for day, _ in words])

    def rank(claim: Claim, day: date, role: str) -> tuple[Any, ...]:
        return (
            bool(claim.fields[spec.name].doubt),
            dates.months_between(day, newest) // spec.months if day < newest else 0,
            ROLES.index(role),
            -precision(spec, claim.fields[spec.name].value),
            -day.toordinal(),
            -claim.trust,
            claim.key,
        )

    ranked = [(min(rank(claim, day, role) for day, role in words), claim) for claim, words in told]
    return sorted(ranked, key=itemgetter(0))


def _criterion(winner: tuple[Any, ...], loser: tuple[Any, ...]) -> str:
    return next(code for code, ours, theirs in zip(CRITERIA, winner, loser, strict=True) if ours != theirs)


def precision(spec: Field, value: Any) -> int:
    """How exact a value is, within its form: an entrance beats a street, a house number beats none, a day a year."""
    if value is None:
        return 0
    match spec.form:
        case "position":
            code = value.get("precision")
            return len(GEO_PRECISION) - GEO_PRECISION.index(code) if code in GEO_PRECISION else 0
        case "address":
            return bool(value.get("number")) + bool(value.get("street"))
        case "date":
            return len(value)
    return 0


def agree(spec: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same thing, however they spell it; positions agree within 300 m. None is
    that there is none."""
    if one is None or other is None:
        return one is other
    if spec.form == "position":
        return distance_m(one["lat"], one["lon"], other["lat"], other["lon"]) <= 300
    if spec.form == "date":  # a year agrees with a day in it
        return bool(one.startswith(other) or other.startswith(one))
    return _comparable(spec, one) == _comparable(spec, other)


def _comparable(spec: Field, value: Any) -> str:
    match spec.form:
        case "address":
            return fold(f"{value.get('number', '')} {value.get('street', '')}") or fold(value.get("line", ""))
        case "ids":
            return f"{value['scheme']}:{value['value']}"
        case "text" | "texts":
            return fold(value) or value
    return str(value)


@dataclass(frozen=True, slots=True)
class Stay:
    """One of the addresses told of a place, and who tells it, the newest first."""

    by: tuple[Claim, ...]

    @property
    def address(self) -> Mapping[str, Any]:
        """As the newest tells it."""
        found: Mapping[str, Any] = self.by[0].fields["address"].value
        return found

    @property
    def newest(self) -> Claim:
        return self.by[0]

    @property
    def oldest(self) -> Claim:
        """Of those that are dated, if any is."""
        return next((claim for claim in reversed(self.by) if claim.observed_on), self.by[0])


def stays(claims: Sequence[Claim]) -> list[Stay]:
    """The addresses told of a place in the order in which they were last told, the undated first. Addresses are one
    where they read alike or stand within 300 m; doubted ones are left aside."""
    said = [(claim, claim.fields["address"]) for claim in claims if "address" in claim.fields]
    told = [claim for claim, address in said if address.value and not address.doubt]
    groups: list[list[Claim]] = []
    for claim in sorted(told, key=lambda claim: (_day(claim.observed_on), claim.key), reverse=True):
        home = next((group for group in groups if any(_one_address(claim, other) for other in group)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    return [Stay(tuple(group)) for group in reversed(groups)]


def _one_address(one: Claim, other: Claim) -> bool:
    return any(
        agree(FIELDS[name], one.fields[name].value, other.fields[name].value)
        for name in ("address", "position")
        if name in one.fields and name in other.fields and one.fields[name].value
    )


def moved_to(told: Sequence[Stay]) -> Stay | None:
    """The address a place has moved to, of those in the order of `stays`; None where the dates don't tell."""
    if len(told) < 2 or _day(told[-1].newest.observed_on) == _day(told[-2].newest.observed_on):
        return None
    return told[-1]


def vouched(
    claims: Sequence[Claim], words: Iterable[tuple[Signal, Mapping[str, Any]]]
) -> list[dict[str, tuple[str, str]]]:
    """For each claim, which of its fields somebody vouched for: field → the partial date and the role of the last who
    did. ``words``: signals, each with the values it vouched for, as they were shown then.

    So who confirms a page says all that stands on it without taking it from who said it first.
    """
    found: list[dict[str, tuple[str, str]]] = [{} for _ in claims]
    for signal, values in sorted(words, key=lambda word: _day(word[0].on)):
        for name, value in values.items():
            for number in _saying(name, value, claims):
                found[number][name] = (signal.on, ROLE_OF[signal.kind])
    return found


def unsaid(
    claims: Sequence[Claim], words: Iterable[tuple[Signal, Mapping[str, Any]]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What somebody last vouched for and nobody says any more, because the list that said it says otherwise by now:
    (kind, date) of the signal → field → value. What they have said anew since is not among it, nor fields that add up.
    """
    last = {
        name: (signal, value)
        for signal, values in sorted(words, key=lambda word: _day(word[0].on))
        for name, value in values.items()
        if not FIELDS[name].union
    }
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for name, (signal, value) in last.items():
        anew = (
            claim.source in OWN_WORDS and name in claim.fields and _day(claim.observed_on) >= _day(signal.on)
            for claim in claims
        )
        if not any(anew) and not _saying(name, value, claims):
            found[signal.kind, signal.on][name] = value
    return found


def _saying(name: str, value: Any, claims: Sequence[Claim]) -> list[int]:
    """The numbers of the claims that say ``value``: to the letter where some do, so that what was confirmed goes on
    being shown, and not what merely agrees with it."""
    sure = [
        (number, claim.fields[name].value)
        for number, claim in enumerate(claims)
        if name in claim.fields and not claim.fields[name].doubt
    ]
    exact = [number for number, said in sure if said == value and not FIELDS[name].union]
    return exact or [number for number, said in sure if _same(name, value, said)]


def _same(name: str, shown: Any, said: Any) -> bool:
    spec = FIELDS[name]
    if spec.union:
        return _distinct(spec, said).keys() <= _distinct(spec, shown).keys()
    return agree(spec, shown, said)


def standing(
    claims: Sequence[Claim],
    *,
    listed: bool,
    as_of: date,
    signals: Sequence[Signal] = (),
    known_since: date | None = None,
    months: Mapping[str, int] = MONTHS,
) -> Standing:
    """How a place stands on ``as_of``, from what is claimed of it and what else tells of it (``signals``: a calendar
    that moves, a site that fails); ``listed``: some list holds it, or held it until lately. From when it should be
    asked is told where it is said since when it is known; ``months`` by field as in `freshness.due_on`.

    A list that names a place without a word on its status is taken to say "open on that day", the weakest claim there
    is: any explicit status goes before it. A place no list holds any more is UNKNOWN, never closed. How sure we are is
    `freshness.judge`'s to say.
    """
    said = [(claim, _status_said(claim, as_of)) for claim in claims]
    explicit = [replace(claim, fields={"status": word}) for claim, word in said if word is not None]
    status = _choose(FIELDS["status"], explicit).value if explicit else "OPEN" if listed else "UNKNOWN"
    told = [*(_signal(claim, word) for claim, word in said), *signals]
    state = judge(told, status=status, listed=listed, today=as_of)
    on = state.signal
    if on and on.says == "DOUBTED":  # a doubt is no evidence
        on = judge([one for one in told if one.says != "DOUBTED"], status=status, listed=listed, today=as_of).signal
    due = None
    if known_since:
        names = {name for claim in claims for name in claim.fields}
        due = due_on(last_vouched(names, told), state, known_since, months)
    return Standing(status, state.code, on.on if on else "", ROLE_OF[on.kind] if on else "", due)


def turns_on(
    claims: Sequence[Claim],
    *,
    listed: bool,
    as_of: date,
    signals: Sequence[Signal] = (),
    known_since: date | None = None,
    months: Mapping[str, int] = MONTHS,
) -> date | None:
    """The first day after ``as_of`` on which a place comes to stand otherwise (`standing`) though nothing more is heard
    of it; None if time alone changes nothing."""
    then = partial(standing, claims, listed=listed, signals=signals, known_since=known_since, months=months)
    now = then(as_of=as_of)
    if now.status == "CLOSED":  # for good
        return None
    told = [*(_signal(claim, _status_said(claim, as_of)) for claim in claims), *signals]
    closed = (claim.fields["closed"].value for claim in claims if "closed" in claim.fields)
    closings = {_day(on) for on in closed if on}
    return next((day for day in sorted(turns(told) | closings) if day > as_of and then(as_of=day) != now), None)


def _signal(claim: Claim, status: Value | None) -> Signal:
    """What a claim tells of the place, with what it states of its status."""
    says = status.value if status and status.value in ("PAUSED", "CLOSED") else ""
    return Signal(claim.kind, claim.observed_on, says, frozenset(claim.fields))


def _status_said(claim: Claim, as_of: date) -> Value | None:
    """The status a claim states, in words or by the date on which the place closed."""
    if said := claim.fields.get("status"):
        return said
    closed = claim.fields.get("closed")
    return replace(closed, value="CLOSED") if closed and _day(closed.value) <= as_of else None


def sector(values: Mapping[str, Any]) -> str:
    """The sector a place belongs to: as stated, else by its legal form; "" if neither is known."""
    return str(values.get("sector") or _SECTOR_OF.get(values.get("legal_form", ""), ""))


def price_band(values: Mapping[str, Any]) -> str:
    """The band of `PRICE_BANDS` its price per day in euros falls in; "" where there is none."""
    price = values.get("price_day") or {}
    if price.get("currency") != "EUR":
        return ""
    return next((band for below, band in _PRICES if price["amount"] < below), "MORE")


@dataclass(frozen=True, slots=True)
class Assignment:
    """``ids``     the public id of each group, in the groups' order
    ``made``    ids given for the first time
    ``merged``  id that lost all its entries → the id that now answers for it
    ``split``   new id → the id its entries come from
    ``revived`` ids that were redirected and stand for themselves again
    """

    ids: Sequence[str]
    made: frozenset[str]
    merged: Mapping[str, str]
    split: Mapping[str, str]
    revived: frozenset[str]


def assign(groups: Sequence[Sequence[Key]], linked: Mapping[Key, str], known: Collection[str]) -> Assignment:
    """Which public id each group of entries bears, so that ids survive re-runs, merges and splits.

    ``groups``  the entries of each place, a partition
    ``linked``  entry → the id it had until now
    ``known``   every id ever given, redirected ones included

    An id follows the larger part of its entries. A group to which several ids come keeps the one with most entries in
    it (then the smallest), and the others redirect to it. A group to which none comes gets one minted from its first
    entry.
    """
    homes: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for key in group:
            if key in linked:
                homes[linked[key]].append(number)
    first = [min(group) for group in groups]
    claimed: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for public_id, numbers in homes.items():
        count = Counter(numbers)
        home = min(count, key=lambda number: (-count[number], first[number]))
        claimed[home].append((-count[home], public_id))

    given: dict[int, str] = {}
    merged: dict[str, str] = {}
    for number, candidates in claimed.items():
        kept, *others = (public_id for _, public_id in sorted(candidates))
        given[number] = kept
        merged |= dict.fromkeys(others, kept)

    taken = set(given.values()) | set(merged)
    made: set[str] = set()
    revived: set[str] = set()
    split: dict[str, str] = {}
    for number in sorted(set(range(len(groups))) - set(given), key=first.__getitem__):
        former = [linked[key] for key in groups[number] if key in linked]
        turn = 0
        # an old id comes back only to entries that were under it: a newcomer under an entry's old name is another place
        while (public_id := ids.place_id(*first[number], turn)) in taken or (
            public_id in known and (turn or not former)
        ):
            turn += 1
        (revived if public_id in known else made).add(public_id)
        taken.add(public_id)
        given[number] = public_id
        if former:
            split[public_id] = min(former)
    return Assignment(
        [given[number] for number in range(len(groups))], frozenset(made), merged, split, frozenset(revived)
    )
