"""The audit trail: who did what to which thing, what was there before and after, and why. Append-only and chained.

Every row is digested together with the digest of the row before (SHA-256), so that one byte altered, a row removed,
added or moved shows at `verify`. What it can't show is a trail rewritten from some row to its end by someone who may do
all in the database: note the last number and digest elsewhere now and then, and give them to `verify` as ``known``.

No name and no address belongs here: a person is an opaque id, and what was before and after is what a page may show.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from .models import Event, Head
from .progress import Progress, counted, silent

_CODE = re.compile(r"[a-z][a-z0-9_.-]*")
_OPAQUE = re.compile(r"[0-9a-z-]*")
_COLUMNS = ("number", "at", "role", "person", "verb", "thing_type", "thing_id", "before", "after", "why")
_CHUNK = 2000  # rows of the trail held at a time


class Who(NamedTuple):
    """In which role someone acted, and who: an opaque id, or empty where nobody is known."""

    role: str
    person: str = ""


class Thing(NamedTuple):
    """What was acted on: its type and its id."""

    type: str
    id: str


#: The program itself, at its own hours.
MACHINE = Who("machine")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: ``rows`` that hold, the ``digest`` of the last of them, and the number of the first row that
    does not hold or is missing, or None."""

    rows: int
    digest: str
    broken: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as everyone may read it: neither the person nor their words."""

    number: int
    at: datetime
    role: str
    verb: str
    before: Any
    after: Any


def record(*, who: Who, verb: str, thing: Thing, before: Any, after: Any, why: str = "") -> int:
    """Add to the trail, inside the transaction of the change itself; returns the number of the row.

    ``before`` and ``after`` are what JSON can hold, None where there was nothing. Rows are added one after the other:
    who comes second waits until the first has committed. Raises TransactionManagementError outside a transaction,
    ValueError for a role, verb or person that is no code, or for a number that is none (NaN).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded in the transaction of what it tells.")
    for code in (who.role, verb, thing.type):
        if not _CODE.fullmatch(code):
            raise ValueError(f"“{code}” is no code")
    if not _OPAQUE.fullmatch(who.person):
        raise ValueError("a person is named by an opaque id, never by a name or an address")
    head = _last()
    event = Event(
        number=head.number + 1,
        at=timezone.now(),
        role=who.role,
        person=who.person,
        verb=verb,
        thing_type=thing.type,
        thing_id=thing.id,
        before=canonical(before),
        after=canonical(after),
        why=_storable(why),
    )
    event.digest = digest(head.digest, tuple(getattr(event, column) for column in _COLUMNS))
    Event.objects.bulk_create([event])  # an insert and nothing else: a number that is taken is an error
    Head.objects.filter(pk=head.pk).update(number=event.number, digest=event.digest)
    return event.number


def _last() -> Head:
    """The end of the trail, held until the transaction ends.

    SQLite has one writer at a time from the beginning of its transaction; PostgreSQL locks the row, and reads it anew
    after waiting, which it would not do for "the last of the events".
    """
    held = Head.objects.select_for_update()
    if not (head := held.first()):
        Head.objects.bulk_create([Head()], ignore_conflicts=True)
        head = held.get()
    return head


def canonical(value: Any) -> str:
    """``value`` as JSON that is always written the same: keys sorted, no spaces, ASCII only. ValueError for NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(previous: str, row: tuple[Any, ...]) -> str:
    """The digest of a row whose columns are `_COLUMNS`, after a row with the digest ``previous``."""
    number, at, *texts = row
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256((previous + canonical([number, moment, *texts])).encode()).hexdigest()


def _storable(text: str) -> str:
    """What any database can keep: without NUL and without halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def verify(*, known: tuple[int, str] | None = None, progress: Progress = silent) -> Verdict:
    """Read the whole trail, a little at a time, and say whether it holds, while others may be adding to it.

    ``known`` is the number and the digest of a row, noted earlier: the trail must still hold it.
    """
    # In this order: rows are added together with the head, so that no row may lie behind a head that was read later.
    last = Event.objects.aggregate(last=Max("number"))["last"] or 0
    head = Head.objects.first() or Head()
    rows, previous = 0, ""
    for *row, found in counted(_rows(head.number), progress, _CHUNK):
        rewritten = known is not None and known[0] == row[0] and known[1] != found
        if row[0] != rows + 1 or digest(previous, tuple(row)) != found or rewritten:
            return Verdict(rows, previous, rows + 1)
        rows, previous = row[0], found
    whole = rows == head.number and previous == head.digest and last <= rows and (known is None or known[0] <= rows)
    return Verdict(rows, previous, None if whole else rows + 1)


def _rows(last: int) -> Iterator[tuple[Any, ...]]:
    rows = Event.objects.filter(number__lte=last).order_by("number")
    yield from rows.values_list(*_COLUMNS, "digest").iterator(chunk_size=_CHUNK)


def trail() -> QuerySet[Event]:
    """The whole trail, newest first: for operators."""
    return Event.objects.order_by("-number")


def history(thing: Thing) -> QuerySet[Event]:
    """All that was done to a thing, newest first: for those who answer for it."""
    return trail().filter(thing_type=thing.type, thing_id=thing.id)


def public_history(thing: Thing, *, most: int = 100) -> list[Told]:
    """What everyone may read of a thing's history, newest first; at most so many events."""
    events = history(thing).only("number", "at", "role", "verb", "before", "after")[:most]
    return [
        Told(one.number, one.at, one.role, one.verb, json.loads(one.before), json.loads(one.after)) for one in events
    ]
