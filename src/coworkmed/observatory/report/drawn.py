"""Charts as SVG: bars with their intervals, lines over time, survival. One picture for the page, light or dark,
and for print.

Colours are presentation attributes, so that a picture stands alone; a page restyles every part by its class:
``chart-bar``, ``chart-rest``, ``chart-interval``, ``chart-line``, ``chart-grid``. Lines differ in their dashes too, and
every value is written beside its mark: nothing is told by colour alone. Numbers and labels come in the reader's
language; pictures run from left to right in every one, as their figures do.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 480  # units; text is legible down to two thirds of its size
_ROW, _BAR, _SIZE = 38, 10, 15
_LEFT, _PLOT, _FOOT = 50, 190, 26  # of charts with two axes
_LONGEST = 60  # letters of a label with its value
_SEA, _CLAY, _QUIET, _FAINT = "#12506b", "#a3452a", "#6b6459", "#d9d2c5"
#: Colour and dashes of the first line, the second …
_STROKES = ((_SEA, "none"), (_CLAY, "9 4"), (_QUIET, "2 4"))


@dataclass(frozen=True, slots=True)
class Bar:
    """``value`` between 0 and the chart's top, None where it is not told; ``said`` the same in words. ``low`` and
    ``high`` are the ends of its interval."""

    label: str
    value: float | None
    said: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """``shares`` between 0 and 1, one for each step of time, None where none is told."""

    label: str
    shares: Sequence[float | None]


def bars(rows: Sequence[Bar], *, top: float, title: str, says: str, name: str) -> Markup:
    """A bar for each row, its label and value above it, with a whisker for its interval; ``top`` is the value at the
    end of the row. ``name`` makes the ids unique on a page."""
    shapes = Markup("").join(_bar(at, row, top) for at, row in enumerate(rows))
    return _picture(_ROW * len(rows), shapes, title, says, name)


def _bar(at: int, row: Bar, top: float) -> Markup:
    y = at * _ROW
    words = _text(0, y + 15, _cut(row.label, _LONGEST - len(row.said))) + _text(
        WIDTH, y + 15, row.said, anchor="end", strong=True
    )
    rest = Markup('<rect class="chart-rest" x="0" y="{}" width="{}" height="{}" fill="#efeade"/>').format(
        y + 21, WIDTH, _BAR
    )
    if row.value is None:
        return words + rest
    mark = Markup('<rect class="chart-bar" x="0" y="{}" width="{}" height="{}" fill="{}"/>').format(
        y + 21, _number(_along(row.value, top)), _BAR, _SEA
    )
    return words + rest + mark + _whisker(row, top, y + 21 + _BAR / 2)


def _whisker(row: Bar, top: float, y: float) -> Markup:
    if row.low is None or row.high is None:
        return Markup("")
    low, high = _number(_along(row.low, top)), _number(_along(row.high, top))
    path = f"M{low} {y:g}H{high}M{low} {y - 7:g}v14M{high} {y - 7:g}v14"
    return Markup('<path class="chart-interval" d="{}" fill="none" stroke="{}" stroke-width="2"/>').format(path, _CLAY)


def lines(series: Sequence[Line], *, ends: tuple[str, str], scale: Callable[[float], str], title: str, says: str,
          name: str) -> Markup:  # fmt: skip
    """Shares over time: each line in its own dashes, named with its last value under the picture; ``ends`` are the
    first and the last moment in words, ``scale`` writes a share."""
    steps = max((len(one.shares) for one in series), default=0)
    shapes = [_grid(scale), _axis(ends)]
    for at, (one, (colour, dashes)) in enumerate(zip(series, _STROKES, strict=False)):
        y = _PLOT + _FOOT + 26 + at * 24
        last = next((share for share in reversed(one.shares) if share is not None), None)
        shapes += [
            _stroke(_path(one.shares, steps), colour, dashes, at),
            _stroke(f"M0 {y - 5}H34", colour, dashes, at),
            _text(44, y, _cut(one.label, _LONGEST - 12)),
            _text(WIDTH, y, "–" if last is None else scale(last), anchor="end", strong=True),
        ]
    return _picture(_PLOT + _FOOT + 20 + 24 * len(series), Markup("").join(shapes), title, says, name)


def survival(rows: Sequence[tuple[int, Bar]], *, scale: Callable[[float], str], title: str, says: str,
             name: str) -> Markup:  # fmt: skip
    """A Kaplan–Meier curve at some years after the opening, each with its interval: (years, share). It steps down at
    the years that are told; what happened in between is in no published figure."""
    last = max((years for years, _ in rows), default=1)

    def x(years: float) -> float:
        return _LEFT + (WIDTH - _LEFT - 12) * years / last

    told = [(years, one) for years, one in sorted(rows, key=lambda row: row[0]) if one.value is not None]
    curve = f"M{x(0):g} {_down(1)}" + "".join(f"H{x(years):.1f}V{_down(one.value or 0)}" for years, one in told)
    shapes = [_grid(scale), _stroke(curve, _SEA, "none", 0)]
    for years, one in told:
        at = f"{x(years):.1f}"
        shapes.append(_text(x(years), _PLOT + 22, one.label, anchor="end" if years == last else "middle"))
        if one.low is not None and one.high is not None:
            low, high = _down(one.low), _down(one.high)
            path = f"M{at} {low}V{high}m-6 0h12M{at} {low}m-6 0h12"
            shapes.append(
                Markup('<path class="chart-interval" d="{}" fill="none" stroke="{}" stroke-width="2"/>').format(
                    path, _CLAY
                )
            )
    return _picture(_PLOT + _FOOT + 8, Markup("").join(shapes), title, says, name)


def _picture(height: float, shapes: Markup, title: str, says: str, name: str) -> Markup:
    return Markup(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{name}-title" aria-describedby="{name}-desc" direction="ltr" '
        'font-family="Libertinus Serif" font-size="{size}">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{says}</desc>{shapes}</svg>'
    ).format(width=WIDTH, height=_number(height), name=name, size=_SIZE, title=title, says=says, shapes=shapes)


def _text(x: float, y: float, words: str, *, anchor: str = "start", strong: bool = False) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" font-weight="{}" fill="#2b2a28">{}</text>').format(
        _number(x), _number(y), anchor, 600 if strong else 400, words
    )


def _grid(scale: Callable[[float], str]) -> Markup:
    """Lines at none, a half and all, each named."""
    marks = [
        Markup('<path class="chart-grid" d="M{} {}H{}" stroke="{}" fill="none"/>').format(
            _LEFT, _down(share), WIDTH, _FAINT
        )
        + _text(_LEFT - 8, float(_down(share)) + 5, scale(share), anchor="end")
        for share in (0.0, 0.5, 1.0)
    ]
    return Markup("").join(marks)


def _axis(ends: tuple[str, str]) -> Markup:
    return _text(_LEFT, _PLOT + 22, ends[0]) + _text(WIDTH, _PLOT + 22, ends[1], anchor="end")


def _stroke(path: str, colour: str, dashes: str, at: int) -> Markup:
    return Markup(
        '<path class="chart-line chart-line-{}" d="{}" fill="none" stroke="{}" stroke-width="2.5" '
        'stroke-dasharray="{}" stroke-linejoin="round"/>'
    ).format(at, path, colour, dashes)


def _path(shares: Iterable[float | None], steps: int) -> str:
    step, path, pen = (WIDTH - _LEFT) / max(1, steps - 1), "", "M"
    for at, share in enumerate(shares):
        if share is not None:
            path += f"{pen}{_LEFT + at * step:.1f} {_down(share)}"
        pen = "M" if share is None else "L"
    return path


def _down(share: float) -> str:
    return _number(12 + (_PLOT - 12) * (1 - share))


def _along(value: float, top: float) -> float:
    return WIDTH * min(max(value / top, 0.0), 1.0) if top > 0 else 0.0


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _cut(label: str, longest: int) -> str:
    return label if len(label) <= longest else label[: max(1, longest - 1)].rstrip() + "…"
