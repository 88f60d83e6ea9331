"""What is shown of each place, from all that is told of it."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from coworkmed.kernel import ids
from coworkmed.kernel.batches import batched
from coworkmed.kernel.fold import fold
from coworkmed.kernel.processes import in_order
from coworkmed.kernel.values import Value
from coworkmed.platform import gazetteer, jobs
from coworkmed.platform.database import insert, take_stock
from coworkmed.platform.progress import Progress, silent
from coworkmed.sources import services as sources
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Assertion, Entry, Source

from .. import freshness, rules
from ..models import Link, Place, Registry, Signal
from ..queries import signal, speaking

_BATCH = 1000
_AGED = 500


class Said(NamedTuple):
    """What an entry says, its fields in JSON, and what of it was vouched for when its place was last settled."""

    source: str
    external_id: str
    first_seen: date
    retired_on: date | None
    observed_on: str
    role: str
    sign: str
    fields: str
    vouched: Mapping[str, Sequence[str]]
    link: int


class Told(NamedTuple):
    """All that is told of a place: by entries, and by signals with the values they vouch for."""

    place: str
    said: Sequence[Said]
    words: Sequence[tuple[freshness.Signal, Mapping[str, Any]]]


class Row(NamedTuple):
    """A place as it is stored (columns of `_SETTLED`), and what is newly vouched for, by the number of the link."""

    columns: tuple[Any, ...]
    vouched: Mapping[int, Mapping[str, Sequence[str]]]


_SETTLED = (
    "public_id status freshness confirmed_on confirmed_by values sources name country region town locality main_kind "
    "lat lon search due_on turns_on digest"
).split()


@transaction.atomic
def settle(*, as_of: date, progress: Progress = silent) -> int:
    """Settle every place anew from what its entries say; returns how many places there are. Only those that come out
    otherwise than before are written."""
    gazetteer.locate("FR", "Paris", None, None)  # read once, before the work is shared out
    told = map(_with_signals, batched(_by_place(Link.objects.all()), _BATCH))
    hold_registry()
    take_stock(Entry, Assertion, Link, Place)
    now, total = moment_of_change(), 0
    for rows in in_order(partial(_settled, _trust(), as_of), told):
        _store_settled(rows, now)
        total += len(rows)
        progress(total)
    return total


@transaction.atomic
def settle_some(*, places: Collection[str], as_of: date) -> None:
    """Settle these places anew, in the transaction at hand; later, by a job, while all are being linked and settled."""
    if not hold_registry(wait=False):
        settle_later.enqueue(places=sorted(places))
        return
    told = _with_signals(list(_by_place(Link.objects.filter(place__in=places))))
    _store_settled(_settled(_trust(), as_of, told), moment_of_change())


@jobs.job("places.settle", lease=timedelta(hours=1), slow=True)
def settle_later(places: list[str]) -> None:
    """Settle some places once nobody is at work on all of them."""
    hold_registry()
    settle_some(places=places, as_of=timezone.localdate())


def age(*, as_of: date) -> int:
    """Settle the places that time alone has changed by ``as_of``, some at a time, each time in a transaction of its
    own; returns how many. Done twice, it finds none: what was settled turns on another day."""
    turned = list(Place.objects.filter(turns_on__lte=as_of).order_by("turns_on", "pk").values_list("pk", flat=True))
    for several in batched(turned, _AGED):
        settle_some(places=several, as_of=as_of)
    return len(turned)


def keep_words(*, as_of: date) -> None:
    """Where the list that said what a place has vouched for says otherwise by now, the place's word stands alone: it
    becomes an assertion of its own, as of the day it was given, so that no later import undoes it."""
    vouching = Signal.objects.standing().exclude(values={}).order_by("place").values_list("place", flat=True).distinct()
    for places in batched(vouching, _BATCH):
        for told in _with_signals(list(_by_place(Link.objects.filter(place__in=places)))):
            claims = [_claim(one, json.loads(one.fields), 0) for one in speaking(told.said)]
            for (kind, on), values in rules.unsaid(claims, told.words).items():
                fields = {name: Value(value) for name, value in values.items()}
                role, day = freshness.ROLE_OF[kind], min(freshness.day(on), as_of)
                entry = sources.say(role=role, about=told.place, fields=fields, as_of=day)
                Link.objects.create(entry=entry, place_id=told.place, decided_by=Link.By.PERSON)


def hold_registry(*, wait: bool = True) -> bool:
    """Let one run at a time change what is shown, until the transaction ends; False where another does and there is no
    waiting. SQLite has one writer anyway."""
    Registry.objects.bulk_create([Registry()], ignore_conflicts=True)
    return Registry.objects.select_for_update(skip_locked=not wait).first() is not None


def moment_of_change() -> datetime:
    """The moment of a change: later than that of every earlier one, so that nobody who follows misses it. Whoever asks
    holds the lock that lets one run work at a time."""
    last: datetime | None = Place.objects.aggregate(Max("modified"))["modified__max"]
    now = timezone.now()
    return max(now, last + timedelta(microseconds=1)) if last else now


def _trust() -> dict[str, float]:
    return {source.key: Spec.from_json(source.spec).trust for source in Source.objects.all()}


def _store_settled(rows: Sequence[Row], now: datetime) -> None:
    changed = _changed([row.columns for row in rows])
    insert(Place, (*_SETTLED, "modified"), ((*columns, now) for columns in changed), key="public_id")
    for row in rows:
        for link, names in row.vouched.items():
            Link.objects.filter(pk=link).update(vouched=names)


def _changed(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of ``rows`` (columns of `_SETTLED`) that differ from what is stored."""
    digest = _SETTLED.index("digest")
    before = dict(Place.objects.filter(pk__in=[row[0] for row in rows]).values_list("public_id", "digest"))
    return [row for row in rows if before.get(row[0]) != row[digest]]


def _by_place(links: QuerySet[Link]) -> Iterator[tuple[str, list[Said]]]:
    """Each place with what its entries say, one place at a time."""
    assertion = [f"assertion__{name}" for name in ("observed_on", "role", "sign")]
    columns = ["source_id", "external_id", "first_seen", "retired_on", *assertion]
    told = links.filter(entry__assertion__isnull=False).order_by("place_id")
    fields = Cast("entry__assertion__fields", TextField())
    rows = told.values_list("place_id", *(f"entry__{name}" for name in columns), fields, "vouched", "pk").iterator()
    for place, several in groupby(rows, key=itemgetter(0)):
        yield place, [Said(*one[1:]) for one in several]


def _with_signals(places: Sequence[tuple[str, list[Said]]]) -> list[Told]:
    words: dict[str, list[tuple[freshness.Signal, Mapping[str, Any]]]] = defaultdict(list)
    for one in Signal.objects.standing().filter(place__in=[place for place, _ in places]).order_by("pk"):
        words[one.place_id].append((signal(one), one.values))
    return [Told(place, said, words.get(place, ())) for place, said in places]


def _settled(trust: Mapping[str, float], as_of: date, places: Sequence[Told]) -> list[Row]:
    return [_row(one, trust, as_of) for one in places]


def _row(told: Told, trust: Mapping[str, float], as_of: date) -> Row:
    public_id, said = told.place, told.said
    fields = {one.link: json.loads(one.fields) for one in said}
    spoken = speaking(said)
    claims = [_claim(one, fields[one.link], trust[one.source]) for one in spoken]
    vouched = rules.vouched(claims, told.words) if told.words else [{}] * len(claims)
    claims = [replace(claim, vouched=names) if names else claim for claim, names in zip(claims, vouched, strict=True)]
    known: dict[str, Any] = {
        "listed": any(one.retired_on is None for one in said),
        "as_of": as_of,
        "signals": [signal for signal, _ in told.words],
        "known_since": min(one.first_seen for one in said),
        "months": settings.CLOCK.months,
    }
    standing, turns_on = rules.standing(claims, **known), rules.turns_on(claims, **known)
    values = rules.shown(claims)
    position = values.get("position", {})
    country, lat, lon = values.get("country", ""), position.get("lat"), position.get("lon")
    town = gazetteer.locate(country, values.get("locality", ""), lat, lon)
    row = (
        *(public_id, standing.status, standing.freshness, standing.confirmed_on, standing.confirmed_by),
        *(json.dumps(values), json.dumps(sorted({claim.source for claim in claims})), values.get("name", "")[:300]),
        *(country, town.region if town else "", town.id if town else None, values.get("locality", "")[:120]),
        *(values.get("main_kind", ""), lat, lon, _search(values), standing.due_on, turns_on),
    )
    shown = sorted(_canonical((*one[:-3], fields[one.link])) for one in said)  # what others say is shown beside it
    words = [(*signal._replace(fields=frozenset()), values) for signal, values in told.words]
    newly = {
        one.link: names
        for one, names in zip(spoken, vouched, strict=True)
        if {name: tuple(word) for name, word in one.vouched.items()} != names
    }
    return Row((*row, ids.digest(_canonical((*row[:5], values, *row[6:])), *shown, _canonical(words))), newly)


def _canonical(told: Any) -> str:
    """The same text for the same, whichever database it was read from: each puts the keys of JSON in its own order."""
    return json.dumps(told, sort_keys=True, default=str)


def _claim(said: Said, told: Mapping[str, Any], trust: float) -> rules.Claim:
    fields = {name: Value.from_json(value) for name, value in told.items()}
    return rules.Claim(said.source, said.external_id, said.observed_on, fields, said.role, trust=trust, sign=said.sign)


def _search(values: Mapping[str, Any]) -> str:
    said = (values.get("name"), *values.get("other_names", ()), values.get("locality"), values.get("brand"))
    words = dict.fromkeys(word for text in said if text for word in fold(text).split())
    return " ".join(words)
