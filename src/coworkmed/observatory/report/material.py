"""What a report is drawn from: one snapshot, its figures, and what a coordinator adds. The same for every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.licences import NOTES
from coworkmed.places.queries import PlaceRow, Snapshot, SourceRow
from coworkmed.sources.voices import KEYS as VOICES

from ..definitions import NOT_COUNTED
from ..freshness import SMALL, Point
from ..indicators.figures import Figure
from ..indicators.figures import Figures as Computed
from ..rules import Brought, Figures, Territory
from .editorial import Editorial

#: Levels of territory a report tells indicators of; of regions, how many places there are.
_LEVELS = ("all", "country")


@dataclass(frozen=True)
class Material:
    """``indicators``  of all territories and of each country; of regions, the places open
    ``unknown``     indicator → key of `indicators.catalogue.UNKNOWN`, for those that are not known
    ``past``        how fresh the registry was, month by month
    ``files``       names of the files published with the report
    ``note``        key of `kernel.licences.NOTES` for the terms of the data, filled by ``params``; "" for none
    ``without``     share-alike families whose data was left out
    ``site``        address of a site whose pages are linked, whatever its language; no links if empty
    """

    snapshot: Snapshot
    figures: Figures
    indicators: Sequence[Figure] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    past: Sequence[Point] = ()
    files: Sequence[str] = ()
    note: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()
    site: str = ""
    editorial: Editorial = field(default_factory=Editorial)

    @cached_property
    def shown(self) -> list[PlaceRow]:
        """The places that are one."""
        return [place for place in self.snapshot.places if place.status not in NOT_COUNTED]

    @cached_property
    def sources(self) -> Mapping[str, SourceRow]:
        return {row.spec.key: row for row in self.snapshot.sources}

    @cached_property
    def lists(self) -> Sequence[Brought]:
        """What each list brought; what people said is no list."""
        return [row for row in self.figures.sources if row.source not in VOICES]

    @cached_property
    def countries(self) -> Sequence[Territory]:
        """Those with enough places for a chapter of their own."""
        return [row for row in self.figures.countries if row.country and row.counts["ANY"]["ALL"] >= SMALL]

    @cached_property
    def sources_in(self) -> Mapping[str, set[str]]:
        """Which sources speak of places of a country, by its code."""
        found: dict[str, set[str]] = {}
        for place in self.shown:
            found.setdefault(place.get("country", ""), set()).update(place.sources)
        return found

    @property
    def licence(self) -> str:
        """The sentence on the terms of the data, to be translated."""
        return NOTES.get(self.note, "")

    @property
    def warns(self) -> bool:
        return self.note in ("CONFLICT", "UNKNOWN")

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str, str, str], Sequence[Figure]]:
        found: dict[tuple[str, str, str, str], list[Figure]] = {}
        for one in self.indicators:
            found.setdefault((one.code, one.territory, one.counted, one.basis), []).append(one)
        return found

    def told(self, code: str, territory: str = "", counted: str = "ANY", basis: str = "ALL") -> Sequence[Figure]:
        """The figures of an indicator in one territory, one for each category."""
        return self._by_key.get((code, territory, counted, basis), ())

    def by_country(self, code: str, counted: str = "ANY") -> list[Figure]:
        """The figures of an indicator that has no categories, of each country."""
        return [
            one
            for one in self.indicators
            if (one.code, one.level, one.counted, one.basis) == (code, "country", counted, "ALL")
        ]

    def regions(self, country: str, counted: str = "ANY", basis: str = "ALL") -> list[Figure]:
        """Places open by region of a country, most first."""
        rows = [
            one
            for one in self.indicators
            if (one.code, one.level, one.country, one.counted, one.basis)
            == ("places_open", "region", country, counted, basis)
        ]
        return sorted(rows, key=lambda one: (-(one.n or 0), one.territory))

    def page(self, language: str, path: str) -> str:
        """Address of a page of the site in a language; "" if there is no site."""
        if not self.site:
            return ""
        site, _, last = self.site.rstrip("/").rpartition("/")
        return f"{site if last in LANGUAGES else self.site.rstrip('/')}/{language}/{path}"


def computed(found: Computed) -> tuple[list[Figure], dict[str, str]]:
    """The ``indicators`` and ``unknown`` of a report, from what was computed."""
    if not found.there:
        return [], {}
    whole = found.find(level=_LEVELS, territory_type="")
    regions = found.find(code="places_open", level="region", territory_type="", basis="ALL")
    unknown = {code: one["why"] for code, one in found.about["indicators"].items() if one["why"]}
    return [*whole, *regions], unknown
