"""Reads of the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coworkmed.kernel.values import Value
from coworkmed.sources.catalogue import Spec


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
    """One place as it is shown. ``values`` hold the settled value of each known field, in the form `kernel.fields` states;
    ``authors`` say for each who won: {"source", "external_id", "observed_on", "licence", "why"} (a list for unions)."""

    place_id: str
    status: str
    freshness: str
    confirmed_on: str
    confirmed_by: str
    values: Mapping[str, Any]
    authors: Mapping[str, Any]
    sources: tuple[str, ...]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and what its last accepted reading brought. ``rejected`` counts by code, ``dropped`` personal data by kind."""

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
