"""How indicators went from edition to edition in one territory: a small picture for each, with its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..indicators.catalogue import INDICATORS, THEMES, Indicator
from ..indicators.figures import Figure, Figures
from .indicators import INSIDE, PARTS, Choice, chosen, scale

WIDTH, HEIGHT = 240, 72  # units of a picture: time from the first edition to the last, values from nought to the top
COLUMNS = 6  # states of play in a table
#: What of an indicator must be as it was, or its figures can't be set side by side.
_MEANING = ("definition", "formula", "unit", "population")


@dataclass(frozen=True, slots=True)
class Moment:
    """A figure of the day ``on``; ``frozen`` unless it is what was published last and is no edition yet; ``anew`` if
    the indicator was defined otherwise before."""

    on: date
    figure: Figure
    frozen: bool = True
    anew: bool = False


@dataclass(frozen=True)
class Course:
    """An indicator over time, the oldest first; each moment has a value."""

    indicator: Indicator
    moments: Sequence[Moment]

    @property
    def last(self) -> Moment:
        return self.moments[-1]

    @property
    def before(self) -> Moment | None:
        """The first with which the last may be compared; None if there is none but itself."""
        since = max((at for at, one in enumerate(self.moments) if one.anew), default=0)
        return self.moments[since] if since < len(self.moments) - 1 else None

    @property
    def marks(self) -> list[tuple[float, float]]:
        """Where each moment stands in the picture."""
        first, last = self.moments[0].on, self.moments[-1].on
        days = (last - first).days or 1
        top = scale(self.indicator, [one.figure for one in self.moments])
        return [
            (round(WIDTH * (one.on - first).days / days, 1), round(HEIGHT * (1 - (one.figure.value or 0) / top), 1))
            for one in self.moments
        ]

    @property
    def path(self) -> str:
        """The line through them, with a gap where the indicator was defined anew."""
        return "".join(
            f"{'M' if not at or one.anew else 'L'}{x:g} {y:g}"
            for at, (one, (x, y)) in enumerate(zip(self.moments, self.marks, strict=True))
        )


@dataclass(frozen=True)
class OverTime:
    """``themes`` title → its indicators that have a past; ``days`` of which there are figures, the oldest first."""

    themes: Sequence[tuple[str, Sequence[Course]]]
    days: Sequence[date]

    @property
    def told(self) -> int:
        return sum(len(courses) for _, courses in self.themes)


def over_time(choice: Choice, editions: Sequence[Path], published: Path) -> OverTime:
    """The indicators that are one figure, in the territory chosen: of each edition in its folder, and of what was
    ``published`` last if that is newer than all of them."""
    states = sorted(_states(editions, published), key=lambda state: state[0].as_of)
    moments: dict[str, list[Moment]] = {code: [] for code in INDICATORS}
    meanings: dict[str, Mapping[str, Any]] = {}
    for found, frozen in states:
        about = found.about["indicators"]
        where = {"level": choice.level, "territory": choice.territory, "territory_type": ""}
        for figure in found.find(**where, basis=choice.basis, counted=("ANY", "COWORK")):
            one = INDICATORS.get(figure.code)
            if one is None or one.labels or figure.value is None or not chosen(one, figure, choice):
                continue
            meaning = {name: about.get(one.code, {}).get(name) for name in _MEANING}
            anew = meanings.get(one.code, meaning) != meaning
            meanings[one.code] = meaning
            moments[one.code].append(Moment(found.as_of, figure, frozen, anew))
    courses = [Course(INDICATORS[code], told) for code, told in moments.items() if len(told) > 1]
    themes = [(title, [one for one in courses if one.indicator.theme == key]) for key, title in THEMES.items()]
    return OverTime([theme for theme in themes if theme[1]], sorted({found.as_of for found, _ in states}))


@dataclass(frozen=True)
class Grid:
    """One indicator in each part of a territory: ``rows`` (code of the part, its figure on each of the ``days`` or None
    where none is told), the largest today first."""

    days: Sequence[date]
    rows: Sequence[tuple[str, Sequence[Figure | None]]]


def grid(one: Indicator, choice: Choice, editions: Sequence[Path], published: Path) -> Grid:
    """The last `COLUMNS` states of the parts of the territory chosen; none of an indicator that is several figures."""
    inside = INSIDE.get(choice.level, "")
    states = sorted(_states(editions, published), key=lambda state: state[0].as_of)[-COLUMNS:]
    if one.labels or not inside or len(states) < 2:
        return Grid([], [])
    told: list[dict[str, Figure]] = []
    for found, _ in states:
        figures = found.find(code=one.code, level=inside, territory_type="", **choice.within)
        told.append({row.territory: row for row in figures if row.value is not None and chosen(one, row, choice)})
    rows = [(code, [state.get(code) for state in told]) for code in {code for state in told for code in state}]
    rows.sort(key=lambda row: (-(row[1][-1].value or 0) if row[1][-1] else 1, row[0]))
    return Grid([found.as_of for found, _ in states], rows[:PARTS])


def _states(editions: Sequence[Path], published: Path) -> Iterator[tuple[Figures, bool]]:
    """Figures that can be read, and whether they are frozen."""
    found = [(one, one.as_of) for one in map(Figures, editions) if one.there]
    yield from ((one, True) for one, _ in found)
    today = Figures(published)
    if today.there and all(today.as_of > on for _, on in found):
        yield today, False
