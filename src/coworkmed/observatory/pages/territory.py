"""What the page of a country, a region or a town shows, and the index of all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.places.filters import Filters
from coworkmed.places.models import SHOWN, Place
from coworkmed.places.rules import age_band
from coworkmed.places.search.find import find
from coworkmed.places.search.tally import tally
from coworkmed.places.words import STATUS
from coworkmed.platform import gazetteer
from coworkmed.sources.models import Source

from .. import queries
from ..definitions import BANDS, BASES, DEFINITIONS, NOT_COUNTED, VOICES, Definition
from ..published import Published, Spread, published, widest
from . import fresh
from .fresh import Fresh

NEWEST = 8  # places with the newest evidence
PARTS = 200  # parts of a territory in its table; the rest is counted
#: What is worth knowing of a place before one goes there: name → the fields of which one is enough.
ITEMS: Mapping[str, Sequence[str]] = {
    N_("Opening hours"): ("opening_hours",),
    N_("Price"): ("price_day", "price_month"),
    N_("Wheelchair access"): ("wheelchair",),
    N_("Web site"): ("web",),
    N_("Telephone or e-mail"): ("phone", "email"),
    N_("Who runs it"): ("operator", "legal_form", "sector"),
}
#: What a territory is made of.
_PARTS = {"country": "region", "region": "town"}


@dataclass(frozen=True, slots=True)
class Area:
    """A territory of the gazetteer: ``kind`` "country", "region" or "town" and its ``code`` there; ``within`` are the
    areas it lies in, the widest first."""

    kind: str
    code: str
    within: tuple["Area", ...] = ()

    @property
    def where(self) -> dict[str, str]:
        """The facet that its places bear, and the filter of the list of places."""
        return {self.kind: self.code}

    @property
    def columns(self) -> dict[str, object]:
        """The same by the columns of `Place`."""
        return {self.kind: int(self.code) if self.kind == "town" else self.code}


def country(code: str) -> Area | None:
    """By ISO 3166-1 alpha-2 code; None where there is no such country."""
    name = gazetteer.label(code, "en")
    meant = gazetteer.named(name)
    return Area("country", code) if any((one.kind, one.code) == ("country", code) for one in meant) else None


def region(code: str) -> Area | None:
    """By ISO 3166-2 code; None where the gazetteer has none."""
    return Area("region", code, (Area("country", code[:2]),)) if gazetteer.region(code) else None


def town(number: int) -> Area | None:
    """By GeoNames' number; None where the gazetteer has none."""
    found = gazetteer.town(number)
    if found is None:
        return None
    around = region(found.region) if found.region else None
    within = (*around.within, around) if around else (Area("country", found.country),)
    return Area("town", str(number), within)


@dataclass(frozen=True, slots=True)
class Counted:
    """Places open by one definition: key of BASES → how many."""

    definition: Definition
    open: Mapping[str, int]

    @property
    def recent_share(self) -> float:
        """Of those on all records, with evidence under 12 months old."""
        return self.open["CONFIRMED"] / self.open["ALL"] if self.open["ALL"] else 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A territory inside another, with its name for the reader.

    ``counts``  key of DEFINITIONS → key of BASES → places open     ``places``  those not known to be closed
    """

    code: str
    label: str
    counts: Mapping[str, Mapping[str, int]]
    places: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What one list, or people beside the lists, know here."""

    source: Source
    places: int
    alone: int

    @property
    def voice(self) -> bool:
        """Whether it is no list, but what people say."""
        return self.source.key in VOICES


@dataclass(frozen=True, slots=True)
class Missing:
    """An item of which ``n`` of ``of`` places have no word."""

    label: str
    n: int
    of: int

    @property
    def share(self) -> float:
        return self.n / self.of


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a territory with a place in them, ``others`` beyond those, and the codes of those ``without``;
    ``unplaced`` places nobody can put in any of them."""

    kind: str
    rows: Sequence[Part]
    others: int = 0
    without: Sequence[str] = ()
    unplaced: int = 0


@dataclass(frozen=True, slots=True)
class TerritoryPage:
    """``places`` counts what is or was a place; ``alive`` those not known to be closed, whom ``ages`` (key of BANDS),
    ``kinds`` and ``missing`` are of."""

    area: Area
    places: int
    alive: int
    fresh: Fresh
    counts: Sequence[Counted]
    ages: Mapping[str, int]
    statuses: Sequence[tuple[str, int]]
    kinds: Sequence[tuple[str, int]]
    parts: Parts | None
    newest: Sequence[Place]
    lists: Sequence[Listed]
    missing: Sequence[Missing]
    published: Sequence[Published]
    spread: Spread | None

    @property
    def counted(self) -> Mapping[str, Counted]:
        return {one.definition.code: one for one in self.counts}

    @property
    def recent(self) -> int:
        """Places not known to be closed with evidence under 12 months old."""
        return sum(self.ages[band] for band in BASES["CONFIRMED"].bands)


def territory_page(area: Area, today: date, order: str = "") -> TerritoryPage:
    """Everything the page of ``area`` shows, on one day; its parts by number of places, or by "name"."""
    where = area.where
    statuses = tally("status", where)
    ages = _ages(where, today)
    figures = published(area.code)
    return TerritoryPage(
        area=area,
        places=sum(count for status, count in statuses.items() if status not in NOT_COUNTED),
        alive=sum(statuses[status] for status in SHOWN),
        fresh=fresh.of_territory(area.columns, today),
        counts=_counts(where, today),
        ages=ages,
        statuses=[(status, statuses[status]) for status in STATUS if statuses[status]],
        kinds=_kinds(where),
        parts=_parts(area, today, order),
        newest=_newest(where),
        lists=_lists(area.columns),
        missing=_missing(area.columns),
        published=figures,
        spread=widest(figures),
    )


def countries(today: date, order: str = "") -> Parts:
    """Every country with a place, for the index."""
    rows = _by_part("country", {}, today, order)
    return Parts("country", rows, unplaced=_alive({}) - sum(one.places for one in rows))


def _alive(where: Mapping[str, str]) -> int:
    """Places not known to be closed."""
    statuses = tally("status", where)
    return sum(statuses[status] for status in SHOWN)


def _dates(today: date) -> dict[str, list[str] | None]:
    """Key of BASES → the dates of evidence that count for it; None where all do."""
    known = list(tally("by_age", {}))
    return {
        basis.code: None if basis.bands >= BANDS.keys() else [on for on in known if age_band(on, today) in basis.bands]
        for basis in BASES.values()
    }


def _counts(where: Mapping[str, str], today: date) -> list[Counted]:
    dates = _dates(today)
    return [
        Counted(one, {basis: tally("status", {**where, **one.facets}, dates[basis])["OPEN"] for basis in BASES})
        for one in DEFINITIONS.values()
    ]


def _ages(where: Mapping[str, str], today: date) -> dict[str, int]:
    found = dict.fromkeys(BANDS, 0)
    for status in SHOWN:
        for on, count in tally("by_age", {**where, "status": status}).items():
            found[age_band(on, today)] += count
    return found


def _kinds(where: Mapping[str, str]) -> list[tuple[str, int]]:
    """Kind → places open, the most frequent first."""
    counts = tally("kind", {**where, "status": "OPEN"})
    return sorted(((kind, counts[kind]) for kind in KINDS if counts[kind]), key=lambda one: -one[1])


def _parts(area: Area, today: date, order: str) -> Parts | None:
    kind = _PARTS.get(area.kind)
    if kind is None:
        return None
    rows = _by_part(kind, area.where, today, order)
    seen = {one.code for one in rows}
    of_country = gazetteer.regions(area.code) if kind == "region" else []
    without = [one.code for one in of_country if one.code not in seen]
    unplaced = _alive(area.where) - sum(one.places for one in rows)
    return Parts(kind, rows[:PARTS], max(0, len(rows) - PARTS), without, unplaced)


def _by_part(kind: str, where: Mapping[str, str], today: date, order: str) -> list[Part]:
    places = sum((tally(kind, {**where, "status": status}) for status in SHOWN), Counter[str]())
    dates = _dates(today)
    counts = {
        (one.code, basis): tally(kind, {**where, **one.facets, "status": "OPEN"}, dates[basis])
        for one in DEFINITIONS.values()
        for basis in BASES
    }
    language = get_language() or "en"
    rows = [
        Part(
            code,
            gazetteer.label(code, language),
            {one: {basis: counts[one, basis][code] for basis in BASES} for one in DEFINITIONS},
            places[code],
        )
        for code in places
    ]
    by_name = order == "name"
    return sorted(rows, key=lambda row: (0 if by_name else -row.places, fold(row.label), row.code))


def _newest(where: Mapping[str, str]) -> list[Place]:
    hits = find(Filters.read({**where, "sort": "age"}), limit=NEWEST).hits
    found = Place.objects.in_bulk([hit.place_id for hit in hits])
    return [found[hit.place_id] for hit in hits if hit.place_id in found]


def _lists(columns: Mapping[str, object]) -> list[Listed]:
    known, _ = queries.known_by(columns)
    sources = Source.objects.in_bulk(list(known))
    rows = [Listed(sources[key], one.places, one.alone) for key, one in known.items() if key in sources]
    return sorted(rows, key=lambda row: (-row.places, row.source.key))


def _missing(columns: Mapping[str, object]) -> list[Missing]:
    """What is least known first."""
    known, of = queries.filled(list(ITEMS.values()), columns)
    rows = [Missing(label, of - count, of) for label, count in zip(ITEMS, known, strict=True) if of]
    return sorted(rows, key=lambda one: -one.n)
