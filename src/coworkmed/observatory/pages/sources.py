"""What the pages about lists show: what each brought, and what it alone knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from coworkmed.sources import pages as lists
from coworkmed.sources.models import Source
from coworkmed.sources.pages import SourceShown

from .. import queries
from ..definitions import VOICES
from ..queries import Known


@dataclass(frozen=True, slots=True)
class Brought:
    """A list as it was read, and what it knows of the registry."""

    read: SourceShown
    known: Known

    @property
    def source(self) -> Source:
        return self.read.source

    @property
    def voice(self) -> str:
        """How people come to speak under it, in a sentence; "" for a list."""
        return VOICES.get(self.source.key, "")


@dataclass(frozen=True, slots=True)
class Totals:
    """All lists together."""

    lists: int
    rows: int
    entries: int
    places: int
    rejections: int
    dropped: int


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """``brought`` by lists, ``voices`` what people say besides."""

    brought: Sequence[Brought]
    voices: Sequence[Brought]
    totals: Totals


def sources_page() -> SourcesPage:
    """Every list, in the catalogue's order, then those who are none."""
    known, places = queries.known_by()
    every = [Brought(one, known.get(one.source.key, Known())) for one in lists.sources()]
    brought = [one for one in every if not one.voice]
    return SourcesPage(
        brought,
        sorted((one for one in every if one.voice), key=lambda one: list(VOICES).index(one.source.key)),
        Totals(
            lists=sum(one.source.harvested_on is not None for one in brought),
            rows=sum(one.read.rows for one in brought),
            entries=sum(one.read.entries for one in brought),
            places=places,
            rejections=sum(one.read.rejections for one in brought),
            dropped=sum(one.read.dropped for one in brought),
        ),
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """Another list, and how many places both know."""

    source: Source
    places: int


def brought(key: str) -> tuple[Brought, Sequence[Shared]] | None:
    """One list, and with which others it shares places, most first; None where there is none of that key."""
    read = lists.source(key)
    if read is None:
        return None
    known = queries.known_by()[0].get(key, Known())
    others = Source.objects.in_bulk(list(known.shared))
    shared = [Shared(others[other], count) for other, count in known.shared.most_common() if other in others]
    return Brought(read, known), shared
