"""Reads of the registry."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Record
from coworkmed.linkage.review import Census, Quality, estimate
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Rejection, Source

from . import rules
from .comparable import record
from .models import Decision, Doubt, Link, Place, Refresh


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What one list now says of one place."""

    source: str
    external_id: str
    place_id: str
    probability: float
    decided_by: str  # alone | machine | person
    role: str
    observed_on: str
    licence: str
    fields: Mapping[str, Value]
    missing_since: date | None = None
    retired_on: date | None = None

    def claim(self, trust: float) -> rules.Claim:
        """What it says, as `rules.settle` takes it."""
        return rules.Claim(self.source, self.external_id, self.observed_on, self.fields, self.role, self.licence, trust)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place as it is shown.

    ``values``   field → settled value, in the form `kernel.fields` states
    ``authors``  field → who is behind it, best first: [{"source", "external_id", "observed_on", "licence", "why"}]
    """

    place_id: str
    status: str
    freshness: str
    confirmed_on: str
    confirmed_by: str
    values: Mapping[str, Any]
    authors: Mapping[str, Sequence[Mapping[str, str]]]
    sources: tuple[str, ...]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and its last accepted reading: ``rejected`` rows by code, ``dropped`` personal values by kind."""

    spec: Spec
    flag: str
    harvested_on: date | None
    read: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A pair for review, as two (source, external_id) keys, and what `linkage.review.Question` says of it."""

    left: tuple[str, str]
    right: tuple[str, str]
    probability: float
    reasons: Sequence[Mapping[str, Any]]
    gain: float | None
    purpose: str = "gain"
    joined: bool = False
    relation: str = ""
    sides: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RejectRow:
    source: str
    number: int
    code: str
    params: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole registry on one day: what is published is a pure function of this. Every list is sorted by its key,
    ``doubts`` in the order to ask in; ``quality`` is None where it is not known."""

    as_of: date
    places: Sequence[PlaceRow]
    entries: Sequence[EntryRow]
    sources: Sequence[SourceRow]
    doubts: Sequence[DoubtRow]
    rejections: Sequence[RejectRow]
    quality: Quality | None = None


def claim(entry: Entry, trust: float) -> rules.Claim:
    """What an entry now says, as `rules.settle` takes it. The entry must have said something."""
    said = entry.assertion
    if said is None:
        raise ValueError(f"{entry} has said nothing")
    fields = {name: Value.from_json(value) for name, value in said.fields.items()}
    return rules.Claim(entry.source_id, entry.external_id, said.observed_on, fields, said.role, said.licence, trust)


class _Retirable(Protocol):
    @property
    def retired_on(self) -> date | None: ...


Speaker = TypeVar("Speaker", bound=_Retirable)


def speaking(entries: Sequence[Speaker]) -> list[Speaker]:
    """The entries whose word counts: those not retired; where all have retired, all of them."""
    return [entry for entry in entries if entry.retired_on is None] or list(entries)


def by_place(entries: Iterable[EntryRow]) -> dict[str, list[EntryRow]]:
    """The entries whose word counts, by place."""
    found: dict[str, list[EntryRow]] = defaultdict(list)
    for entry in entries:
        found[entry.place_id].append(entry)
    return {place_id: speaking(said) for place_id, said in found.items()}


def snapshot(as_of: date) -> Snapshot:
    """The registry as it stands, to be published as of a day. Sorted here: databases sort text each in its own way."""
    specs = {source.key: Spec.from_json(source.spec) for source in Source.objects.all()}
    entries = sorted(_entry_rows(), key=lambda row: (row.source, row.external_id))
    said = by_place(entries)
    standings = Place.objects.current().values_list("public_id", "status", "freshness", "confirmed_on", "confirmed_by")
    return Snapshot(
        as_of=as_of,
        places=[
            place_row(place_id, rules.Standing(*standing), [row.claim(specs[row.source].trust) for row in rows])
            for place_id, *standing in sorted(standings)
            if (rows := said.get(place_id))
        ],
        entries=entries,
        sources=[
            _source_row(source, specs[source.key])
            for source in sorted(Source.objects.all(), key=lambda source: (source.position, source.key))
        ],
        doubts=[_doubt_row(doubt) for doubt in Doubt.objects.order_by("turn").select_related("left", "right")],
        rejections=sorted(
            (
                RejectRow(one.source_id, one.number, one.code, one.params, one.cells)
                for one in Rejection.objects.order_by("pk")
            ),
            key=lambda row: (row.source, row.number, row.code),
        ),
        quality=_quality(),
    )


def labels() -> Iterator[tuple[Record, Record, int]]:
    """Every pair of entries a person judged, as the engine compares them, with 1 for one place and 0 for two; sorted.

    An entry speaks as it does now, not as it did when it was judged.
    """
    judged = Decision.objects.exclude(left__assertion=None).exclude(right__assertion=None)
    entries = "left__assertion", "right__assertion"
    found = ((sorted((one.left, one.right), key=_key), one) for one in judged.select_related("left", "right", *entries))
    for (left, right), decision in sorted(found, key=lambda pair: [_key(entry) for entry in pair[0]]):
        yield _record(left), _record(right), int(decision.verdict == Decision.Verdict.SAME)


def _record(entry: Entry) -> Record:
    return record(_key(entry), claim(entry, 0).fields)


def _quality() -> Quality | None:
    last = Refresh.objects.order_by("-pk").first()
    return estimate(Census.from_json(last.census)) if last and last.census else None


def _doubt_row(doubt: Doubt) -> DoubtRow:
    left, right = doubt.left_entries, doubt.right_entries
    return DoubtRow(
        left=_key(doubt.left),
        right=_key(doubt.right),
        probability=doubt.probability,
        reasons=doubt.reasons,
        purpose=doubt.purpose,
        joined=doubt.joined,
        relation=doubt.relation,
        gain=doubt.gain,
        sides=None if left is None or right is None else (left, right),
    )


def place_row(place_id: str, standing: rules.Standing, claims: Sequence[rules.Claim]) -> PlaceRow:
    """A place as it is shown, from what is claimed of it."""
    settled = rules.settle(claims)
    authors: dict[tuple[Any, ...], list[dict[str, str]]] = {}  # most fields of a place have the same
    for one in settled.values():
        authors.setdefault(_behind(one), [_author(one, by) for by in one.by])
    return PlaceRow(
        place_id=place_id,
        status=standing.status,
        freshness=standing.freshness,
        confirmed_on=standing.confirmed_on,
        confirmed_by=standing.confirmed_by,
        values={name: one.value for name, one in settled.items()},
        authors={name: authors[_behind(one)] for name, one in settled.items()},
        sources=tuple(sorted({claim.source for claim in claims})),
    )


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def _behind(settled: rules.Settled) -> tuple[Any, ...]:
    return settled.why, *(by.key for by in settled.by)


def _author(settled: rules.Settled, by: rules.Claim) -> dict[str, str]:
    return {
        "source": by.source,
        "external_id": by.external_id,
        "observed_on": by.observed_on,
        "licence": by.licence,
        "why": settled.why,
    }


def _entry_rows() -> Iterable[EntryRow]:
    """All that is said, a row at a time; texts that many rows share are kept once."""
    said = "entry__assertion__"
    for source, external_id, place_id, probability, decided_by, role, observed_on, licence, fields, *gone in (
        Link.objects.order_by("pk")
        .values_list(
            *("entry__source_id", "entry__external_id", "place_id", "probability", "decided_by"),
            *(f"{said}{name}" for name in ("role", "observed_on", "licence", "fields")),
            *("entry__missing_since", "entry__retired_on"),
        )
        .iterator()
    ):
        yield EntryRow(
            source=sys.intern(source),
            external_id=external_id,
            place_id=place_id,
            probability=probability,
            decided_by=sys.intern(decided_by),
            role=sys.intern(role),
            observed_on=sys.intern(observed_on),
            licence=sys.intern(licence),
            fields={sys.intern(name): _value(value) for name, value in fields.items()},
            missing_since=gone[0],
            retired_on=gone[1],
        )


def _value(data: Mapping[str, Any]) -> Value:
    found = Value.from_json(data)
    if isinstance(found.value, str):
        return _shared(found.value, found.given, found.repair, found.doubt)
    return found


_shared = lru_cache(maxsize=50_000)(Value)


def _source_row(source: Source, spec: Spec) -> SourceRow:
    applied = source.harvests.filter(outcome=Harvest.Outcome.APPLIED).first()
    counts: Mapping[str, int] = applied.counts if applied else {}
    return SourceRow(
        spec=spec,
        flag=source.flag,
        harvested_on=source.harvested_on,
        read=counts.get("rows", 0),
        rejected=dict(sorted(Counter(source.rejections.values_list("code", flat=True)).items())),
        dropped={name[8:]: count for name, count in sorted(counts.items()) if name.startswith("dropped_")},
    )
