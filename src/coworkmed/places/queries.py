"""Reads of the registry."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coworkmed.kernel.values import Value
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Rejection, Source

from . import rules
from .models import Doubt, Link, Place


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
    """A pair for review, as two (source, external_id) keys."""

    left: tuple[str, str]
    right: tuple[str, str]
    probability: float
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RejectRow:
    source: str
    number: int
    code: str
    params: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole registry on one day, every list sorted by its key: what is published is a pure function of this."""

    as_of: date
    places: Sequence[PlaceRow]
    entries: Sequence[EntryRow]
    sources: Sequence[SourceRow]
    doubts: Sequence[DoubtRow]
    rejections: Sequence[RejectRow]


def claim(entry: Entry, trust: float) -> rules.Claim:
    """What an entry now says, as `rules.settle` takes it. The entry must have said something."""
    said = entry.assertion
    if said is None:
        raise ValueError(f"{entry} has said nothing")
    fields = {name: Value.from_json(value) for name, value in said.fields.items()}
    return rules.Claim(entry.source_id, entry.external_id, said.observed_on, fields, said.role, said.licence, trust)


def speaking(entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose word counts: those not retired; where all have retired, all of them."""
    return [entry for entry in entries if entry.retired_on is None] or list(entries)


def snapshot(as_of: date) -> Snapshot:
    """The registry as it stands, to be published as of a day."""
    specs = {source.key: Spec.from_json(source.spec) for source in Source.objects.all()}
    links = list(
        Link.objects.select_related("entry", "entry__assertion").order_by("entry__source_id", "entry__external_id")
    )
    by_place: dict[str, list[Entry]] = defaultdict(list)
    for link in links:
        by_place[link.place_id].append(link.entry)
    return Snapshot(
        as_of=as_of,
        places=[
            _place_row(place, by_place[place.public_id], specs)
            for place in Place.objects.current().order_by("public_id")
            if place.public_id in by_place
        ],
        entries=[_entry_row(link, specs) for link in links],
        sources=[_source_row(source, specs[source.key]) for source in Source.objects.all()],
        doubts=[
            DoubtRow(_key(doubt.left), _key(doubt.right), doubt.probability, doubt.reasons)
            for doubt in Doubt.objects.select_related("left", "right").order_by(
                "-probability", "left__source_id", "left__external_id", "right__source_id", "right__external_id"
            )
        ],
        rejections=[
            RejectRow(one.source_id, one.number, one.code, one.params, one.cells)
            for one in Rejection.objects.order_by("source_id", "number", "code", "pk")
        ],
    )


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def _place_row(place: Place, entries: Sequence[Entry], specs: Mapping[str, Spec]) -> PlaceRow:
    settled = rules.settle([claim(entry, specs[entry.source_id].trust) for entry in speaking(entries)])
    return PlaceRow(
        place_id=place.public_id,
        status=place.status,
        freshness=place.freshness,
        confirmed_on=place.confirmed_on,
        confirmed_by=place.confirmed_by,
        values=place.values,
        authors={name: [_author(one, by) for by in one.by] for name, one in settled.items()},
        sources=tuple(place.sources),
    )


def _author(settled: rules.Settled, by: rules.Claim) -> dict[str, str]:
    return {
        "source": by.source,
        "external_id": by.external_id,
        "observed_on": by.observed_on,
        "licence": by.licence,
        "why": settled.why,
    }


def _entry_row(link: Link, specs: Mapping[str, Spec]) -> EntryRow:
    entry = link.entry
    said = claim(entry, specs[entry.source_id].trust)
    return EntryRow(
        source=entry.source_id,
        external_id=entry.external_id,
        place_id=link.place_id,
        probability=link.probability,
        decided_by=link.decided_by,
        role=said.role,
        observed_on=said.observed_on,
        licence=said.licence,
        fields=said.fields,
        missing_since=entry.missing_since,
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
