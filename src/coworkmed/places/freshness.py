"""How sure we are of a place: signals that it exists, the state they make, which facts should be asked again.

Pure functions over small values. Whom to ask, and when, is `clock`; which status is shown is settled by `rules` like
any other field, and given here.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from coworkmed.kernel import dates
from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.i18n import N_

#: States of what we know of a place, in words a reader meets. Unreachable is not closed, and silence is never closure.
FRESHNESS = {
    "confirmed": N_("Confirmed"),
    "unconfirmed": N_("Not confirmed by the place"),
    "doubtful": N_("Doubtful"),
    "unreachable": N_("Unreachable"),
    "moved": N_("Moved"),
    "paused": N_("Closed for a time"),
    "closed": N_("Closed"),
}

#: Why a place is in its state.
WHY = {
    "VOUCHED": N_("Someone on the spot vouched for it less than twelve months ago."),
    "LAPSED": N_("Someone on the spot vouched for it, but more than twelve months ago."),
    "LISTED": N_("Lists name it; nobody on the spot has vouched for it."),
    "UNLISTED": N_("No list holds it any more."),
    "SILENT": N_("Nothing has been heard of it for 24 months or more."),
    "NO_ANSWER": N_("Its web site has not answered for 30 days or more. That does not mean that it is closed."),
    "DOUBTED": N_("A reader says that it no longer exists, and nobody who knows has answered yet."),
    "LEFT": N_("It has left its address, and nobody has told the new one yet."),
    "PAUSED": N_("It is closed for a time."),
    "PAUSE_OVER": N_("It was to be closed for a time, which is over; nobody has said yet that it is open again."),
    "CLOSED": N_("It has closed."),
}

#: What tells that a place exists, the strongest first.
KINDS = {
    "OWNER": N_("The place's own word"),
    "VISIT": N_("A visit that was checked in"),
    "CENSUS": N_("An answer to the census"),
    "NETWORK": N_("Its network's word"),
    "AUTHORITY": N_("A public authority's word"),
    "HEARTBEAT": N_("Its calendar or door sensor moves"),
    "CHECK_DATE": N_("Somebody checked it on the spot for OpenStreetMap"),
    "SITE": N_("Its web site answers and bears its name"),
    "LISTED": N_("A list names it"),
}
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}

#: What a signal may say that is no evidence that the place is there.
_NO_EVIDENCE = ("UNREACHABLE", "DOUBTED")

#: Kinds by which someone on the spot, or the place's own doing, vouches for it. The others keep it from growing old
#: without confirming it.
CONFIRMING = frozenset(("OWNER", "VISIT", "CENSUS", "NETWORK", "AUTHORITY", "HEARTBEAT"))

#: Kinds by which somebody saw for themselves, so that it need not be asked again soon.
ON_THE_SPOT = CONFIRMING | {"CHECK_DATE"}

#: What the word of an author in each role (`kernel.fields.ROLES`) is, where nothing more is known of it.
KIND_OF = {
    "OWNER": "OWNER",
    "NETWORK": "NETWORK",
    "AUTHORITY": "AUTHORITY",
    "PEER": "VISIT",
    "IMPORT": "LISTED",
    "ROBOT": "SITE",
}

#: … and the role under which each kind is shown.
ROLE_OF = {kind: role for role, kind in KIND_OF.items()} | {
    "CENSUS": "OWNER",
    "HEARTBEAT": "ROBOT",
    "CHECK_DATE": "IMPORT",
}

#: Age of the newest evidence, in months: below → band. At 24 and over a place leaves the counts but keeps its page.
AGE_BANDS = ((6, "fresh"), (12, "ageing"), (24, "stale"))

#: Days a place's site must have failed before it is called unreachable. One bad day is none; a directory that removed
#: spaces after 30 removed living ones.
UNREACHABLE_AFTER = 30

#: After how many months each fact should be asked again: hours 6, existence (the status) 12, an address 36.
MONTHS: Mapping[str, int] = {name: field.months for name, field in FIELDS.items()}


class Signal(NamedTuple):
    """Something that tells of a place on a day.

    ``kind``    key of KINDS
    ``on``      partial date; "" where it isn't known
    ``says``    "" it is there; "UNREACHABLE" no answer; "DOUBTED" a reader says it is gone; "MOVED" it has left its
                address; "PAUSED" closed for a time; "CLOSED"
    ``fields``  what it vouches for besides existence: names of `kernel.fields.FIELDS`
    ``until``   partial date on which a pause is over; "" where it isn't known
    """

    kind: str
    on: str
    says: str = ""
    fields: frozenset[str] = frozenset()
    until: str = ""


class State(NamedTuple):
    """``code`` of FRESHNESS, ``why`` of WHY, and the signal it rests on; None where nothing vouches for the place."""

    code: str
    why: str
    signal: Signal | None


@lru_cache(4096)  # lists date all they say alike
def day(partial: str) -> date:
    """The day a partial date counts from, its last; the first of all days where there is none."""
    return dates.last_day(partial) if partial else date.min


def _day_after(partial: str) -> date:
    """The first day after a partial date; after the last of all days there is none."""
    last = day(partial)
    return last + timedelta(last < date.max)


def age_band(observed_on: str, as_of: date) -> str:
    """Band of the evidence's age on ``as_of``: fresh (under 6 months), ageing (12), stale (24), expired; "" if undated.

    A partial date counts from its last day: a list "of 2025" is as young as 31 December 2025.
    """
    if not observed_on:
        return ""
    months = dates.months_between(day(observed_on), as_of)
    return next((band for limit, band in AGE_BANDS if months < limit), "expired")


def judge(signals: Sequence[Signal], *, status: str, listed: bool, today: date) -> State:
    """The state of a place whose ``status`` is settled, from all signals of it up to ``today``.

    ``listed``: some list holds it, or held it until lately. The order of signals is irrelevant, and a weaker signal
    never undoes a stronger one: a list read today does not make what the owner confirmed last month unconfirmed.
    """
    there = [one for one in signals if one.says not in _NO_EVIDENCE]
    newest = _newest(there)
    if status == "CLOSED":
        return State("closed", "CLOSED", newest)
    if newest is None or age_band(newest.on, today) == "expired":
        return State("doubtful", "SILENT", newest)
    if status == "PAUSED":
        return _paused(there, newest, today)
    if not listed:
        return State("doubtful", "UNLISTED", newest)
    if left := _left(there):
        return State("moved", "LEFT", left)
    vouching = [one for one in there if one.kind in CONFIRMING and not one.says]
    if recent := [one for one in vouching if age_band(one.on, today) in ("fresh", "ageing")]:
        return State("confirmed", "VOUCHED", _newest(recent))
    if doubt := _doubted(signals):
        return State("doubtful", "DOUBTED", doubt)
    if failing := _unreachable(signals):
        return State("unreachable", "NO_ANSWER", failing)
    return State("unconfirmed", "LAPSED" if vouching else "LISTED", newest)


def _newest(signals: Sequence[Signal]) -> Signal | None:
    return max(signals, key=_recent) if len(signals) > 1 else signals[0] if signals else None  # most places have one


def _recent(signal: Signal) -> tuple[object, ...]:
    """Newest last; of one day the strongest last, then in an order that depends on nothing but what they say."""
    return day(signal.on), -_RANK[signal.kind], signal.on, signal.says, signal.until, sorted(signal.fields)


def _paused(there: Sequence[Signal], newest: Signal, today: date) -> State:
    pause = _newest([one for one in there if one.says == "PAUSED"]) or newest
    if pause.until and day(pause.until) < today:
        return State("unconfirmed", "PAUSE_OVER", pause)
    return State("paused", "PAUSED", pause)


def _left(there: Sequence[Signal]) -> Signal | None:
    """The word that it has left its address, unless someone on the spot vouched for an address since (or with it)."""
    left = _newest([one for one in there if one.says == "MOVED"])
    if left is None:
        return None
    told = (one for one in there if one.kind in ON_THE_SPOT and "address" in one.fields)
    return None if any(day(one.on) >= day(left.on) for one in told) else left


def _doubted(signals: Sequence[Signal]) -> Signal | None:
    """The last word of a reader that it is gone, unless someone on the spot has spoken since (or that day)."""
    last = _newest([one for one in signals if one.says == "DOUBTED"])
    if last is None:
        return None
    told = (one for one in signals if one.kind in ON_THE_SPOT and one.says not in _NO_EVIDENCE)
    return None if any(day(one.on) >= day(last.on) for one in told) else last


def _unreachable(signals: Sequence[Signal]) -> Signal | None:
    """The last of the failures since anything stronger than a list spoke, where they last `UNREACHABLE_AFTER` days."""
    failed = [one for one in signals if one.says == "UNREACHABLE"]
    if not failed:
        return None
    heard = [day(one.on) for one in signals if one.kind != "LISTED" and one.says not in _NO_EVIDENCE]
    failed = [one for one in failed if day(one.on) > max(heard, default=date.min)]
    if not failed:
        return None
    first, last = min(failed, key=_recent), max(failed, key=_recent)
    return last if day(last.on) - day(first.on) >= timedelta(UNREACHABLE_AFTER) else None


def vouched(names: Iterable[str], signals: Iterable[Signal]) -> dict[str, str]:
    """The partial date on which somebody on the spot last vouched for each fact of a place, "" where nobody ever did:
    for its existence (field ``status``) and the fields ``names``.

    That a list repeats a fact or that a site still answers puts no question off: lists copy, and sites outlive places.
    """
    found = dict.fromkeys(("status", *names), "")
    for one in signals:
        if one.kind in ON_THE_SPOT and one.says not in _NO_EVIDENCE:
            for name in ("status", *one.fields):
                if name in found and day(one.on) > day(found[name]):
                    found[name] = one.on
    return found


def due_facts(facts: Mapping[str, str], today: date, months: Mapping[str, int] = MONTHS) -> list[str]:
    """Which of a place's facts (as `vouched` tells them) should be asked on ``today``, longest overdue first; those
    nobody ever vouched for always should. ``months`` by field; KeyError for a field that is none."""
    late = {name: falls_due(on, months[name]) for name, on in facts.items()}
    return sorted((name for name, due in late.items() if due <= today), key=lambda name: (late[name], name))


def due_on(
    facts: Mapping[str, str], state: State, known_since: date, months: Mapping[str, int] = MONTHS
) -> date | None:
    """The day from which a place should be asked, however long past; None for one that has closed.

    ``facts``        as `vouched` tells them
    ``known_since``  the day it became known: from then on a place waits for which nobody ever vouched

    The first fact to fall due decides; one nobody ever vouched for waits for the next of the others, so that a new
    telephone number in a list is no reason to write to a place that confirmed its page last month. A place that is
    paused is asked when its pause is over; one that is unreachable, has moved nobody knows where or is said to be gone,
    at once.
    """
    if state.code == "closed":
        return None
    if state.code == "paused" and state.signal and state.signal.until:
        return _day_after(state.signal.until)
    due = [falls_due(on, months[name]) for name, on in facts.items() if on]
    if not facts["status"]:
        due.append(known_since)
    if state.signal and state.why in ("NO_ANSWER", "LEFT", "DOUBTED"):
        due.append(day(state.signal.on))
    elif state.signal and state.why == "PAUSE_OVER":
        due.append(_day_after(state.signal.until))
    return min(due)


def turns(signals: Iterable[Signal]) -> set[date]:
    """The days on which `judge` may come to say otherwise though nothing more is heard: what these told grows too old,
    or a pause is over."""
    found = set()
    for one in signals:
        if one.on and one.says not in _NO_EVIDENCE:
            found.add(reaches(one.on, 24))
            if one.kind in CONFIRMING:
                found.add(reaches(one.on, 12))
        if one.until:
            found.add(_day_after(one.until))
    return found


@lru_cache(16384)
def reaches(on: str, months: int) -> date:
    """The first day on which a partial date is so many whole months old (as `age_band` counts them)."""
    due = falls_due(on, months)
    return due if dates.months_between(day(on), due) >= months else due + timedelta(1)  # the 29th of February


@lru_cache(16384)
def falls_due(on: str, months: int) -> date:
    """``months`` after a partial date; the first of all days where it is "". The 31st may become a month's last."""
    if not on:
        return date.min
    start = day(on)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
