"""Every write on the registry: linking entries to places, settling what is shown, and a person's decisions."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Count, Max, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.processes import in_order
from coworkmed.kernel.values import Value
from coworkmed.linkage import engine, review
from coworkmed.linkage.engines import LOCAL, Engine
from coworkmed.linkage.model import Model, shipped
from coworkmed.linkage.outcomes import chains
from coworkmed.linkage.records import Key, Linkage, Pair, Record, Ruling
from coworkmed.linkage.waterfall import parts
from coworkmed.platform import gazetteer
from coworkmed.platform.database import insert
from coworkmed.platform.progress import Progress, counted, silent
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Source

from . import rules
from .comparable import stored
from .models import Change, Decision, Doubt, Link, Place, Purpose, Refresh, Weakest
from .queries import speaking

T = TypeVar("T")

_BATCH = 1000
_EXPLAINED = 5000
#: Part of what a refresh depends on: raise it when linking or settling change, and the registry is made anew.
VERSION = "5"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linking did to the registry. ``doubts`` are the pairs a person should judge for what that is worth,
    ``audits`` those drawn at random; ``quality`` is what verdicts say of the registry."""

    entries: int
    places: int
    made: int
    merged: int
    split: int
    doubts: int
    audits: int
    quality: review.Quality


@transaction.atomic
def refresh(
    *,
    as_of: date,
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> Linked | None:
    """Link and settle the registry, or do nothing (None) where neither the lists, the decisions nor the day changed.

    All of it or nothing: whoever reads meanwhile sees the registry as before or as after. ``progress`` is told the
    stage ("link", "settle") and how far it is.
    """
    model = model or shipped()
    state = _state(model)
    if Refresh.objects.filter(state=state, as_of=as_of).exists():
        return None
    linked = link(as_of=as_of, model=model, on=on, progress=partial(progress, "link"))
    settle(as_of=as_of, progress=partial(progress, "settle"))
    Refresh.objects.all().delete()
    Refresh.objects.create(state=state, as_of=as_of, census=linked.quality.census)
    return linked


def _state(model: Model) -> str:
    """Digest of all that a refresh depends on besides the day."""
    last = Harvest.objects.order_by("-pk").values_list("pk", flat=True).first()
    rulings = [f"{ruling.left}{ruling.right}{ruling.verdict}" for ruling in _rulings()]
    return ids.digest(VERSION, gazetteer.edition(), _weights(model), str(last), *sorted(rulings))


def _weights(model: Model) -> str:
    """Digest of the weights the machine judges by."""
    return ids.digest(str(model.as_json()))


@transaction.atomic
def link(*, as_of: date, model: Model | None = None, on: Engine = LOCAL, progress: Progress = silent) -> Linked:
    """Decide anew which entries are one place, and give each place its public id: all of it or nothing.

    Ids survive: a place keeps its id as long as one of its entries is left, a merged place redirects, a split leaves a
    note. A person's decisions bind.
    """
    model = model or shipped()
    Source.objects.select_for_update().order_by("key").first()  # one run at a time
    read = sorted(counted(_records(), progress), key=lambda one: one[0].key)  # each database sorts in its own way
    records, entries = [one for one, _ in read], [pk for _, pk in read]
    found = engine.link(records, list(_rulings()), model=model, engine=on)
    keys = [one.key for one in records]
    agenda = review.agenda(found, keys, _verdicts(keys), _sampled(model))
    groups = [[records[position].key for position in cluster] for cluster in found.clusters]
    before = {
        (source, external_id): place
        for source, external_id, place in Link.objects.values_list("entry__source_id", "entry__external_id", "place_id")
    }
    given = rules.assign(groups, before, frozenset(Place.objects.values_list("public_id", flat=True)))
    _store_places(given, as_of)
    _store_chains(records, found, given)
    _store_links(entries, found, given)
    _store_weakest(entries, found, given)
    _store_doubts(entries, found, agenda.questions, model)
    return Linked(
        entries=len(entries),
        places=len(given.ids),
        made=len(given.made),
        merged=len(given.merged),
        split=len(given.split),
        doubts=sum(question.gain is not None for question in agenda.questions),
        audits=sum(question.purpose == "audit" for question in agenda.questions),
        quality=review.estimate(agenda.census),
    )


@transaction.atomic
def settle(*, as_of: date, progress: Progress = silent) -> int:
    """Settle every place anew from what its entries say; returns how many places there are. Only those that come out
    otherwise than before are written."""
    trust = {source.key: Spec.from_json(source.spec).trust for source in Source.objects.all()}
    now, total = _now(), 0
    gazetteer.locate("FR", "Paris", None, None)  # read once, before the work is shared out
    for rows in in_order(partial(_settled, trust, as_of), batched(_by_place(), _BATCH)):
        insert(Place, (*_SETTLED, "modified"), ((*row, now) for row in _changed(rows)), key="public_id")
        total += len(rows)
        progress(total)
    return total


def _now() -> datetime:
    """The moment of a change: later than that of every earlier one, so that nobody who follows misses it. Whoever asks
    holds the lock that lets one run work at a time."""
    last: datetime | None = Place.objects.aggregate(Max("modified"))["modified__max"]
    now = timezone.now()
    return max(now, last + timedelta(microseconds=1)) if last else now


def _changed(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of ``rows`` (columns of `_SETTLED`) that differ from what is stored."""
    digest = _SETTLED.index("digest")
    before = dict(Place.objects.filter(pk__in=[row[0] for row in rows]).values_list("public_id", "digest"))
    return [row for row in rows if before.get(row[0]) != row[digest]]


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on two entries, named by source and identifier: "same" or "different"."""

    left: tuple[str, str]
    right: tuple[str, str]
    verdict: str
    note: str = ""


@transaction.atomic
def decide(*, words: Sequence[Word], as_of: date) -> None:
    """Record what a person says of pairs of entries: all of it or nothing. It binds from the next `link` on.

    With it is kept what the machine thought when it asked; who changes their mind leaves that as it was.

    Raises CoworkmedError where an entry is unknown or is compared with itself.
    """
    for word in words:
        one, other = sorted((_entry(word.left), _entry(word.right)), key=lambda entry: entry.pk)
        if one == other:
            raise CoworkmedError(N_("An entry can't be compared with itself."))
        said = {"verdict": word.verdict, "decided_on": as_of, "note": word.note}
        Decision.objects.update_or_create(
            left=one, right=other, defaults=said, create_defaults=said | _asked(one, other)
        )


def _asked(one: Entry, other: Entry) -> dict[str, Any]:
    """What the machine said of two entries when it asked about them; {} if it didn't."""
    told = "purpose", "probability", "stratum", "inclusion", "weights"
    return Doubt.objects.filter(left__in=(one, other), right__in=(one, other)).values(*told).first() or {}


def _entry(key: tuple[str, str]) -> Entry:
    entries = Entry.objects.filter(source=key[0])
    if found := entries.filter(external_id=key[1]).first():
        return found
    for renamed in entries.exclude(former_ids=[]):
        if key[1] in renamed.former_ids:
            return renamed
    raise CoworkmedError(N_("No entry {id} in the source {source}."), source=key[0], id=key[1])


def _records() -> Iterator[tuple[Record, int]]:
    """What the entries say now, as the engine compares it, with their numbers in the database."""
    told = Entry.objects.filter(assertion__isnull=False)
    for source, external_id, pk, fields in told.values_list(
        "source_id", "external_id", "pk", "assertion__fields"
    ).iterator():
        yield stored((sys.intern(source), external_id), fields), pk


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def _rulings() -> Iterator[Ruling]:
    for decision in Decision.objects.select_related("left", "right"):
        same = decision.verdict == Decision.Verdict.SAME
        yield Ruling(_key(decision.left), _key(decision.right), "same" if same else "different")


def _verdicts(keys: Sequence[Key]) -> dict[tuple[int, int], bool]:
    """What people said of pairs of records (by position, left < right): whether they are the same."""
    position = {key: at for at, key in enumerate(keys)}
    judged = (
        (position[ruling.left], position[ruling.right], ruling.verdict == "same")
        for ruling in _rulings()
        if ruling.left in position and ruling.right in position
    )
    return {(min(one, other), max(one, other)): same for one, other, same in judged}


def _sampled(model: Model) -> dict[str, tuple[int, int]]:
    """Stratum → verdicts on its pairs drawn at random, and how many said "same".

    Only those drawn under these weights: others sort pairs into the strata in their own way, and weights trained on
    verdicts would be tried on what they have learnt by heart.
    """
    drawn = Decision.objects.filter(purpose=Purpose.AUDIT, weights=_weights(model)).order_by("stratum")
    verdicts = drawn.values_list("stratum").annotate(
        judged=Count("pk"), same=Count("pk", filter=Q(verdict=Decision.Verdict.SAME))
    )
    return {name: (judged, same) for name, judged, same in verdicts}


def _store_places(given: rules.Assignment, as_of: date) -> None:
    insert(Place, ["public_id"], ((one,) for one in sorted(given.made)))
    now = _now()
    Place.objects.filter(public_id__in=given.revived).update(merged_into=None, digest="")  # settled anew after this
    for old, kept in given.merged.items():
        Place.objects.filter(merged_into=old).update(merged_into=kept, modified=now)  # an earlier redirect follows
        Place.objects.filter(public_id=old).update(
            merged_into=kept, status="MERGED", sources=[], digest="", modified=now
        )
    day, kind = as_of.isoformat(), Change.Kind
    changes: list[tuple[str, str | None, str, str]]
    changes = [(one, None, kind.MADE.value, day) for one in sorted(given.made - set(given.split))]
    changes += [(one, other, kind.MERGED.value, day) for one, other in sorted(given.merged.items())]
    changes += [(one, other, kind.SPLIT.value, day) for one, other in sorted(given.split.items())]
    insert(Change, ["place_id", "other_id", "kind", "on"], changes)


def _store_links(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    def links(members: Sequence[tuple[str, int]]) -> list[tuple[Any, ...]]:
        tied = [at for _, at in members if at in found.ties]
        ties = dict(zip(tied, found.explain([found.ties[at] for at in tied]), strict=True))
        return [(entries[at], public_id, *_tie(at, ties.get(at), entries)) for public_id, at in members]

    columns = "entry_id", "place_id", "probability", "decided_by", "tied_to_id", "relation", "reasons"
    members = ((place, at) for place, cluster in zip(given.ids, found.clusters, strict=True) for at in cluster)
    for rows in in_order(links, batched(members, _EXPLAINED)):
        insert(Link, columns, rows, key="entry_id")


def _store_chains(records: Sequence[Record], found: Linkage, given: rules.Assignment) -> None:
    chain: dict[str, str] = {}
    for one in chains(found, records):  # of several, the brand: it comes first
        chain |= {given.ids[at]: f"{one.by}:{one.name}"[:300] for at in one.clusters if given.ids[at] not in chain}
    Place.objects.exclude(chain="").update(chain="")
    insert(Place, ["public_id", "chain"], sorted(chain.items()), key="public_id")


def _store_weakest(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    """Of places of three entries or more: between two there is but one tie."""

    def weakest() -> Iterator[tuple[Any, ...]]:
        several = ((at, pair) for at, pair in found.weakest.items() if len(found.clusters[at]) > 2)
        for batch in batched(several, _EXPLAINED):
            why = found.explain([pair for _, pair in batch])
            for (at, _), pair in zip(batch, why, strict=True):
                yield given.ids[at], entries[pair.left], entries[pair.right], *_judged(pair)

    Weakest.objects.all().delete()
    insert(Weakest, ["place_id", "left_id", "right_id", "probability", "relation", "reasons"], weakest())


def _tie(at: int, tie: Pair | None, entries: Sequence[int]) -> tuple[Any, ...]:
    """Of the entry of the record ``at`` to its place."""
    if tie is None:
        return 1.0, Link.By.ALONE.value, None, "", "[]"
    by = Link.By.PERSON if any(reason.code == engine.RULED for reason in tie.reasons) else Link.By.MACHINE
    probability, *why = _judged(tie)
    return probability, by.value, entries[tie.left + tie.right - at], *why


def _judged(pair: Pair) -> tuple[float, str, str]:
    """The probability of a pair that was explained, the relation, and the reasons as JSON."""
    return round(pair.probability, 4), pair.relation, json.dumps([reason.as_json() for reason in parts(pair)])


def _store_doubts(entries: Sequence[int], found: Linkage, questions: Sequence[review.Question], model: Model) -> None:
    weights = _weights(model)

    def doubts() -> Iterator[tuple[Any, ...]]:
        for batch in batched(enumerate(questions), _EXPLAINED):
            why = found.explain([question.pair for _, question in batch])
            for (turn, asked), pair in zip(batch, why, strict=True):
                _, relation, reasons = _judged(pair)
                yield (
                    *(entries[asked.pair.left], entries[asked.pair.right], turn, asked.purpose),
                    *(round(asked.pair.probability, 4), asked.joined, asked.gain, *(asked.sides or (None, None))),
                    *(asked.stratum, asked.inclusion, weights, relation, reasons),
                )

    columns = (
        "left_id right_id turn purpose probability joined gain left_entries right_entries "
        "stratum inclusion weights relation reasons"
    ).split()
    Doubt.objects.all().delete()
    insert(Doubt, columns, doubts())


class Said(NamedTuple):
    """What an entry says, its fields in JSON."""

    source: str
    external_id: str
    retired_on: date | None
    observed_on: str
    role: str
    fields: str


def _by_place() -> Iterator[tuple[str, list[Said]]]:
    """Each place with what its entries say, one place at a time."""
    said = "source_id", "external_id", "retired_on", *(f"assertion__{name}" for name in ("observed_on", "role"))
    told = Link.objects.filter(entry__assertion__isnull=False).order_by("place_id")
    rows = told.values_list(
        "place_id", *(f"entry__{name}" for name in said), Cast("entry__assertion__fields", TextField())
    ).iterator()
    for place, several in groupby(rows, key=itemgetter(0)):
        yield place, [Said(*one[1:]) for one in several]


_SETTLED = (
    "public_id status freshness confirmed_on confirmed_by values sources name country region town locality main_kind "
    "lat lon search digest"
).split()


def _settled(
    trust: Mapping[str, float], as_of: date, places: Sequence[tuple[str, Sequence[Said]]]
) -> list[tuple[Any, ...]]:
    """Places as they are stored (columns of `_SETTLED`)."""
    return [_row(public_id, said, trust, as_of) for public_id, said in places]


def _row(public_id: str, said: Sequence[Said], trust: Mapping[str, float], as_of: date) -> tuple[Any, ...]:
    claims = [_claim(one, trust[one.source]) for one in speaking(said)]
    standing = rules.standing(claims, listed=any(one.retired_on is None for one in said), as_of=as_of)
    values = rules.shown(claims)
    position = values.get("position", {})
    country, lat, lon = values.get("country", ""), position.get("lat"), position.get("lon")
    town = gazetteer.locate(country, values.get("locality", ""), lat, lon)
    row = (
        *(public_id, standing.status, standing.freshness, standing.confirmed_on, standing.confirmed_by),
        *(json.dumps(values), json.dumps(sorted({claim.source for claim in claims})), values.get("name", "")[:300]),
        *(country, town.region if town else "", town.id if town else None, values.get("locality", "")[:120]),
        *(values.get("main_kind", ""), lat, lon, _search(values)),
    )
    return *row, ids.digest(*map(str, row), *sorted(map(str, said)))  # what others say is shown beside it


def _claim(said: Said, trust: float) -> rules.Claim:
    fields = {name: Value.from_json(value) for name, value in json.loads(said.fields).items()}
    return rules.Claim(said.source, said.external_id, said.observed_on, fields, said.role, trust=trust)


def _search(values: Mapping[str, Any]) -> str:
    said = (values.get("name"), *values.get("other_names", ()), values.get("locality"), values.get("brand"))
    words = dict.fromkeys(word for text in said if text for word in fold(text).split())
    return " ".join(words)


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` things, the last one shorter."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
