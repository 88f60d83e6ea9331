"""Reads of the registry."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, Protocol, TypeVar, overload

from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast

from coworkmed.kernel import ids
from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Record
from coworkmed.linkage.review import Census, Quality, estimate
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Rejection, Source

from . import freshness, rules
from .comparable import record
from .models import Decision, Doubt, Link, Place, Refresh, Signal
from .search.index import index


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What one list now says of one place. ``said``: its fields, or the JSON they are stored as: that takes little room
    and is read when asked for."""

    source: str
    external_id: str
    place_id: str
    probability: float
    decided_by: str  # alone | machine | person
    role: str
    observed_on: str
    licence: str
    said: Mapping[str, Value] | str
    missing_since: date | None = None
    retired_on: date | None = None
    vouched: Mapping[str, Sequence[str]] = field(default_factory=dict)  # `rules.Claim.vouched`

    @property
    def fields(self) -> Mapping[str, Value]:
        """By name; each time read anew where stored as JSON."""
        if isinstance(self.said, str):
            return {name: Value.from_json(value) for name, value in self.words().items()}
        return self.said

    def words(self) -> Mapping[str, Mapping[str, Any]]:
        """The fields as they are stored (`Value.as_json`)."""
        if isinstance(self.said, str):
            found: dict[str, dict[str, Any]] = json.loads(self.said)
            return found
        return {name: value.as_json() for name, value in self.said.items()}

    def claim(self, trust: float) -> rules.Claim:
        """What it says, as `rules.settle` takes it."""
        return rules.Claim(
            *(self.source, self.external_id, self.observed_on, self.fields),
            *(self.role, self.licence, trust, self.vouched),
        )


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


@dataclass(frozen=True, order=True, slots=True)
class SignalRow:
    """Something besides lists that tells of a place, and nobody struck out (`freshness.Signal`); ``fields`` are the
    names of those it vouches for, sorted."""

    place_id: str
    kind: str
    on: str
    says: str = ""
    until: str = ""
    fields: tuple[str, ...] = ()

    @property
    def signal(self) -> freshness.Signal:
        """As `rules.standing` takes it."""
        return freshness.Signal(self.kind, self.on, self.says, frozenset(self.fields), self.until)


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
    signals: Sequence[SignalRow] = ()


class Places(Sequence[PlaceRow]):
    """The places of some standings of which something is said, each settled when it is asked for: as many as there may
    be take little room. ``standings`` and ``said`` by place, the former sorted; ``trust`` by source."""

    def __init__(
        self,
        standings: Mapping[str, rules.Standing],
        said: Mapping[str, Sequence[EntryRow]],
        trust: Mapping[str, float],
    ) -> None:
        self.standings, self.said, self.trust = standings, said, trust
        self.ids = [place_id for place_id in standings if place_id in said]

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> PlaceRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[PlaceRow]: ...
    def __getitem__(self, index: int | slice) -> PlaceRow | list[PlaceRow]:
        if isinstance(index, slice):
            return [self._row(place_id) for place_id in self.ids[index]]
        return self._row(self.ids[index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)

    def _row(self, place_id: str) -> PlaceRow:
        standing, said = self.standings[place_id], self.said[place_id]
        if len(said) > 1:
            return place_row(place_id, standing, [one.claim(self.trust[one.source]) for one in said])
        (one,) = said  # as of most places: sooner done
        values = rules.shown_alone({name: word["value"] for name, word in one.words().items()})
        author = [_author("ONLY", one)]
        return _place_row(place_id, standing, values, dict.fromkeys(values, author), (one.source,))


def signal(kept: Signal) -> freshness.Signal:
    """A signal as `rules.standing` takes it."""
    return freshness.Signal(kept.kind, kept.on, kept.says, frozenset(kept.values), kept.until)


def claim(entry: Entry, trust: float, vouched: Mapping[str, Sequence[str]] | None = None) -> rules.Claim:
    """What an entry now says, as `rules.settle` takes it, with what of it its link says was ``vouched`` for. The entry
    must have said something."""
    said = entry.assertion
    if said is None:
        raise ValueError(f"{entry} has said nothing")
    fields = {name: Value.from_json(value) for name, value in said.fields.items()}
    return rules.Claim(
        *(entry.source_id, entry.external_id, said.observed_on, fields, said.role, said.licence, trust),
        vouched or {},
        said.sign,
    )


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


def revision() -> str:
    """A digest that changes whenever anything does that readers are shown: a place, a linking, a reading of a list, and
    what is found of them."""
    index().keep_up()
    marks = (
        Place.objects.aggregate(last=Max("modified")),
        Refresh.objects.aggregate(last=Max("pk")),
        Harvest.objects.aggregate(last=Max("pk")),
    )
    return ids.digest(index().mark, *(str(mark["last"]) for mark in marks))


def snapshot(as_of: date) -> Snapshot:
    """The registry as it stands, to be published as of a day. Sorted here: databases sort text each in its own way."""
    specs = {source.key: Spec.from_json(source.spec) for source in Source.objects.all()}
    entries = sorted(_entry_rows(Link.objects.all()), key=attrgetter("source", "external_id"))
    standings = Place.objects.current().values_list("public_id", "status", "freshness", "confirmed_on", "confirmed_by")
    return Snapshot(
        as_of=as_of,
        places=Places(
            {one[0]: rules.Standing(*one[1:]) for one in sorted(standings.iterator())},
            by_place(entries),
            {key: spec.trust for key, spec in specs.items()},
        ),
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
        quality=quality(),
        signals=sorted(
            SignalRow(one.place_id, one.kind, one.on, one.says, one.until, tuple(sorted(one.values)))
            for one in Signal.objects.standing().order_by("pk").iterator()
        ),
    )


def names(ids: Collection[str]) -> dict[str, str]:
    """What places are called, by public id; those without a name are left out (`people.events.NAMING`)."""
    return dict(Place.objects.filter(pk__in=ids).exclude(name="").values_list("public_id", "name"))


def as_published(place_ids: Sequence[str]) -> Places:
    """Some places as the published tables tell them, in the order given; those nobody speaks of are left out. Three
    queries."""
    told = Place.objects.filter(pk__in=place_ids).values_list(
        "public_id", "status", "freshness", "confirmed_on", "confirmed_by"
    )
    standings = {one[0]: rules.Standing(*one[1:]) for one in told}
    return Places(
        {place_id: standings[place_id] for place_id in place_ids if place_id in standings},
        by_place(_entry_rows(Link.objects.filter(place__in=place_ids))),
        {source.key: Spec.from_json(source.spec).trust for source in Source.objects.all()},
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


def quality() -> Quality | None:
    """How good the registry is, by what people judged; None before entries were ever compared."""
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
    told: dict[tuple[Any, ...], list[dict[str, str]]] = {}  # most fields of a place have the same
    for one in settled.values():
        if (behind := _behind(one)) not in told:
            told[behind] = [_author(one.why, by) for by in one.by]
    return _place_row(
        place_id,
        standing,
        {name: one.value for name, one in settled.items()},
        {name: told[_behind(one)] for name, one in settled.items()},
        tuple(sorted({claim.source for claim in claims})),
    )


def _place_row(
    place_id: str,
    standing: rules.Standing,
    values: Mapping[str, Any],
    authors: Mapping[str, Sequence[Mapping[str, str]]],
    sources: tuple[str, ...],
) -> PlaceRow:
    return PlaceRow(
        place_id=place_id,
        status=standing.status,
        freshness=standing.freshness,
        confirmed_on=standing.confirmed_on,
        confirmed_by=standing.confirmed_by,
        values=values,
        authors=authors,
        sources=sources,
    )


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def _behind(settled: rules.Settled) -> tuple[Any, ...]:
    return settled.why, *(by.key for by in settled.by)


def _author(why: str, by: rules.Claim | EntryRow) -> dict[str, str]:
    return {
        "source": by.source,
        "external_id": by.external_id,
        "observed_on": by.observed_on,
        "licence": by.licence,
        "why": why,
    }


def _entry_rows(links: QuerySet[Link]) -> Iterator[EntryRow]:
    """All that is said over some links, a row at a time; texts that many rows share are kept once."""
    said = "entry__assertion__"
    rows = links.filter(entry__assertion__isnull=False).values_list(
        *("entry__source_id", "place_id", "decided_by", f"{said}role", f"{said}observed_on", f"{said}licence"),
        *("entry__external_id", "probability", Cast(f"{said}fields", TextField())),
        *("entry__missing_since", "entry__retired_on", "vouched"),
    )
    for row in rows.iterator():
        source, place_id, decided_by, role, observed_on, licence = map(sys.intern, row[:6])
        external_id, probability, fields, *rest = row[6:]
        yield EntryRow(
            *(source, external_id, place_id, probability, decided_by, role, observed_on, licence),
            *(fields, *rest),
        )


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
