"""What the pages of the indicators show, read from the figures that were computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.i18n import N_
from coworkmed.places import words

from ..definitions import DEFINITIONS
from ..indicators.catalogue import INDICATORS, THEMES, Indicator
from ..indicators.figures import Figure, Figures
from ..indicators.measures import Estimated
from ..published import Published, Spread, published, widest
from .territory import Area, country, region, town

#: Indicators of how recent the evidence is: on recent evidence alone they say nothing.
ABOUT_AGE = ("confirmed_share", "median_age_of_confirmation")
SHOWN = 6  # categories of an indicator in the list of all
PARTS = 100  # territories in a table
TERRITORY_TYPES = {"URBAN": N_("Urban"), "INTERMEDIATE": N_("Intermediate"), "RURAL": N_("Rural")}
RESULTS = {"PROFIT": N_("Profit"), "BREAK_EVEN": N_("Break-even"), "LOSS": N_("Loss")}
YEARS_AFTER = {
    "1": N_("after 1 year"), "3": N_("after 3 years"), "5": N_("after 5 years"), "10": N_("after 10 years"),
}  # fmt: skip
#: `Indicator.labels` → code → what it is called.
LABELS: Mapping[str, Mapping[str, str]] = {
    "fields": {name: field.label for name, field in FIELDS.items()},
    "kinds": KINDS,
    "legal_forms": words.LEGAL_FORM,
    "sectors": words.SECTOR,
    "initiators": words.INITIATED_BY,
    "results": RESULTS,
    "territory_types": TERRITORY_TYPES,
    "years_after": YEARS_AFTER,
}
#: Level of a territory → of its parts.
INSIDE = {"all": "country", "country": "region", "region": "town"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to see: a territory ("" for all), a definition (key of DEFINITIONS), recent records alone."""

    territory: str = ""
    definition: str = "ANY"
    confirmed: bool = False

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Choice":
        """From an address; what is no choice is as if it had not been asked for."""
        definition = asked.get("definition", "")
        return cls(
            asked.get("territory", "").strip().upper()[:10],
            definition if definition in DEFINITIONS else "ANY",
            asked.get("confirmed") == "1",
        )

    @property
    def basis(self) -> str:
        return "CONFIRMED" if self.confirmed else "ALL"

    @property
    def level(self) -> str:
        if not self.territory:
            return "all"
        return "town" if self.territory.isdecimal() else "region" if "-" in self.territory else "country"

    @property
    def area(self) -> Area | None:
        """Of the gazetteer; None if there is no such territory, or all are meant."""
        match self.level:
            case "town":
                return town(int(self.territory))
            case "region":
                return region(self.territory)
            case "country":
                return country(self.territory)
        return None

    @property
    def within(self) -> Mapping[str, str]:
        """The columns of the figures that lie in it."""
        return {self.level: self.territory} if self.level in ("country", "region") else {}

    def query(self, **other: object) -> str:
        """The same as an address has it, but for ``other``; "" for what is usual."""
        one = replace(self, **other)  # type: ignore[arg-type]
        told = {"territory": one.territory, "definition": one.definition if one.definition != "ANY" else ""}
        told["confirmed"] = "1" if one.confirmed else ""
        return urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True)
class Told:
    """An indicator in one territory: its figures (one for each category), on the basis that was chosen."""

    indicator: Indicator
    figures: Sequence[Figure]
    why: str

    @property
    def one(self) -> Figure | None:
        """The figure, where there is but one."""
        return None if self.indicator.labels or not self.figures else self.figures[0]

    @cached_property
    def first(self) -> Sequence[Figure]:
        """The figures the list of all has room for."""
        return ranked(self.indicator, self.figures)[:SHOWN]

    @property
    def top(self) -> float:
        return scale(self.indicator, self.figures)


@dataclass(frozen=True)
class Row:
    """A line of a table: on all records, and on recent ones; ``past`` of one edition or several."""

    figure: Figure
    confirmed: Figure | None


@dataclass(frozen=True)
class IndicatorPage:
    told: Told
    here: Sequence[Row]
    parts: Sequence[Row]
    others: int
    inside: str
    series: Sequence[tuple[str, Figure]]
    published: Sequence[Published]
    spread: Spread | None
    ours: Mapping[str, Figure]

    @property
    def compares(self) -> bool:
        """Whether recent records stand beside all: not where these were chosen, nor where it tells their age."""
        code = self.told.indicator.code
        return code not in ABOUT_AGE and any(row.confirmed for row in (*self.here, *self.parts))

    def top(self, rows: Sequence[Row]) -> float:
        """The value at the end of a bar of a table."""
        return scale(self.told.indicator, [row.figure for row in rows])

    @property
    def definition(self) -> str:
        """By which definition its figures count, which may be the only one there is."""
        return next((row.figure.counted for row in self.here), "")

    @property
    def sources(self) -> Sequence[str]:
        return sorted({key for row in self.here for key in row.figure.sources.split()})

    @property
    def span(self) -> tuple[str, str]:
        return (
            min((row.figure.oldest for row in self.here if row.figure.oldest), default=""),
            max((row.figure.newest for row in self.here if row.figure.newest), default=""),
        )


def scale(indicator: Indicator, figures: Sequence[Figure]) -> float:
    """The value at the end of a bar: 1 of a share, else the largest there is."""
    if indicator.unit in ("share", "people", "index"):
        return 1.0
    ends = [one.high if one.high is not None else one.value for one in figures if one.value is not None]
    return max((end for end in ends if end is not None), default=1.0) or 1.0


def ranked(indicator: Indicator, figures: Sequence[Figure]) -> list[Figure]:
    """Categories in the order they are read: years as they follow, all others by value."""
    if indicator.labels in ("years", "years_after"):
        return sorted(figures, key=lambda one: int(one.category or 0))
    return sorted(figures, key=lambda one: (one.value is None, -(one.value or 0), one.category))


def overview(found: Figures, choice: Choice) -> list[tuple[str, list[Told]]]:
    """Every indicator of a territory, by theme."""
    where = {"level": choice.level, "territory": choice.territory, "territory_type": ""}
    rows = found.find(**where, basis=("ALL", choice.basis), counted=("ANY", "COWORK"))
    told = {code: _told(found, one, rows, choice) for code, one in INDICATORS.items()}
    return [
        (title, [told[code] for code, one in INDICATORS.items() if one.theme == key]) for key, title in THEMES.items()
    ]


def _told(found: Figures, one: Indicator, rows: Sequence[Figure], choice: Choice) -> Told:
    figures = [row for row in rows if row.code == one.code and chosen(one, row, choice)]
    if all(row.value is None for row in figures):
        why = next((row.note for row in figures if row.note), "") or found.why_unknown(one.code) or one.why
        return Told(one, figures, why)
    return Told(one, figures, "")


def chosen(one: Indicator, row: Figure, choice: Choice) -> bool:
    """Whether a figure is of the definition and on the basis chosen; some indicators have but one."""
    if isinstance(one.measure, Estimated):
        return True
    definition = "ANY" if one.labels in ("kinds", "years") else choice.definition
    basis = "ALL" if one.labels in ("years", "years_after") else choice.basis
    return (row.counted, row.basis) == (definition, basis)


def indicator_page(found: Figures, code: str, choice: Choice, editions: Sequence[Path] = ()) -> IndicatorPage:
    """One indicator: in the territory chosen, and in each of its parts."""
    one = INDICATORS[code]
    rows = found.find(code=code, level=choice.level, territory=choice.territory, territory_type="")
    told = _told(found, one, rows, choice)
    inside = INSIDE.get(choice.level, "")
    parts: list[Figure] = []
    if inside and not one.labels:
        parts = found.find(code=code, level=inside, territory_type="", **choice.within)
    listed = [row for row in parts if chosen(one, row, choice)]
    listed.sort(key=lambda row: (row.value is None, -(row.value or 0), row.territory))
    figures = published(choice.territory)
    ours = found.find(
        code="places_open", level=choice.level, territory=choice.territory, territory_type="", basis="ALL"
    )
    return IndicatorPage(
        told=told,
        here=_beside(ranked(one, told.figures), () if choice.confirmed else rows),
        parts=_beside(listed[:PARTS], () if choice.confirmed else parts),
        others=max(0, len(listed) - PARTS),
        inside=inside,
        series=_series(one, choice, editions),
        published=figures if code in ("places_open", "source_disagreement", "unseen_estimate") else (),
        spread=widest(figures),
        ours={row.counted: row for row in ours if row.counted in DEFINITIONS},
    )


def _beside(figures: Sequence[Figure], rows: Sequence[Figure]) -> list[Row]:
    """Each figure with that on recent records."""
    recent = {(row.territory, row.category, row.counted): row for row in rows if row.basis == "CONFIRMED"}
    return [Row(one, recent.get((one.territory, one.category, one.counted))) for one in figures]


def _series(one: Indicator, choice: Choice, editions: Sequence[Path]) -> list[tuple[str, Figure]]:
    """The figure in each edition that has one, the oldest first: (day, figure)."""
    if one.labels:
        return []
    told = []
    for folder in editions:
        past = Figures(folder)
        if past.there:
            rows = past.find(code=one.code, level=choice.level, territory=choice.territory, territory_type="")
            told += [
                (past.as_of.isoformat(), row) for row in rows if chosen(one, row, choice) and row.value is not None
            ]
    return sorted(told, key=lambda pair: pair[0])


def territories(found: Figures) -> dict[str, list[str]]:
    """Countries that can be chosen, each with its regions."""
    rows = found.find(code="places_open", level=("country", "region"), counted="ANY", basis="ALL", territory_type="")
    known: dict[str, list[str]] = {row.territory: [] for row in rows if row.level == "country"}
    for row in rows:
        if row.level == "region":
            known.setdefault(row.country, []).append(row.territory)
    return known
