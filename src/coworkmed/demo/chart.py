"""Lines over time as one SVG picture of panels under each other, for documents: no script, no font, no other file.

It keeps its contrast by day and by night, and tells lines apart by dashes and labels, not by colour alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from markupsafe import Markup

WIDTH, HEIGHT = 720, 200  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 52, 150, 34, 26
APART = 16  # two labels closer than this are moved apart

_STYLE = Markup("""<style>
.ground{fill:#fbf9f4}text{font:13px system-ui,sans-serif;fill:#1d2b33}.title{font-weight:600}.soft{fill:#53626b}
.grid{stroke:#d9d4c7}.line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.line-0{stroke:#0b5c7a}.line-1{stroke:#b4532a;stroke-dasharray:6 4}.label-0{fill:#0b5c7a}.label-1{fill:#a34420}
@media (prefers-color-scheme:dark){.ground{fill:#14202a}text{fill:#eef1f2}.soft{fill:#a9b6be}.grid{stroke:#33434e}
.line-0{stroke:#6cc3e2}.line-1{stroke:#f09a6e}.label-0{fill:#6cc3e2}.label-1{fill:#f09a6e}}
</style>""")
_PANEL = Markup('<g transform="translate(0 {})"><text class="title" x="{}" y="20">{}</text>')
_GRID = Markup('<path class="grid" d="M{} {:.1f}H{}"/><text class="soft" x="{}" y="{:.1f}" text-anchor="end">{}</text>')


@dataclass(frozen=True, slots=True)
class Line:
    """A label and one value per point in time, None for a gap."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """Up to two lines under a title; ``say`` writes a value."""

    title: str
    lines: Sequence[Line]
    say: Callable[[float], str]


def draw(title: str, panels: Sequence[Panel], times: Sequence[str]) -> Markup:
    """The picture. ``times`` are the labels of the points in time, "" for those without; every line has as many
    values."""
    parts = [
        Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, HEIGHT * len(panels), title
        ),
        Markup("<title>{}</title>").format(title) + _STYLE,
        Markup('<rect class="ground" width="100%" height="100%"/>'),
        *(_panel(panel, times, HEIGHT * number) for number, panel in enumerate(panels)),
        Markup("</svg>\n"),
    ]
    return Markup("").join(parts)


def _panel(panel: Panel, times: Sequence[str], top: int) -> Markup:
    most = max((value for line in panel.lines for value in line.values if value is not None), default=0) or 1
    step = _step(most)
    count = ceil(most / step)
    bottom, height = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(times) - 1)

    def x(at: int) -> float:
        return LEFT + at * wide

    def y(value: float) -> float:
        return bottom - value / (step * count) * height

    parts = [_PANEL.format(top, LEFT, panel.title)]
    parts += [
        _GRID.format(LEFT, y(value), WIDTH - RIGHT, LEFT - 8, y(value) + 4, panel.say(value))
        for value in (number * step for number in range(count + 1))
    ]
    parts += [
        Markup('<text class="soft" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(x(at), HEIGHT - 8, label)
        for at, label in enumerate(times)
        if label
    ]
    ends = [(y(line.values[-1]) if line.values and line.values[-1] is not None else bottom) for line in panel.lines]
    for number, (line, at) in enumerate(zip(panel.lines, _apart(ends), strict=True)):
        parts.append(_line(line, number, x, y))
        parts.append(
            Markup('<text class="label-{}" x="{}" y="{:.1f}">{}</text>').format(
                number, WIDTH - RIGHT + 8, at + 4, line.label
            )
        )
    return Markup("").join([*parts, Markup("</g>")])


def _line(line: Line, number: int, x: Callable[[int], float], y: Callable[[float], float]) -> Markup:
    path, pen = "", "M"
    for at, value in enumerate(line.values):
        if value is None:
            pen = "M"
        else:
            path, pen = f"{path}{pen}{x(at):.1f} {y(value):.1f}", "L"
    return Markup('<path class="line line-{}" d="{}"/>').format(number, path)


def _step(most: float) -> float:
    """A round step (1, 2 or 5 times a power of ten) of which two to five reach ``most``."""
    power = 10.0 ** floor(log10(most / 2))
    return float(max(step for step in (power, 2 * power, 5 * power) if step <= most / 2))


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights of labels, moved so that no two overlap."""
    found = list(heights)
    order = sorted(range(len(found)), key=found.__getitem__)
    for upper, lower in pairwise(order):
        if (lack := APART - (found[lower] - found[upper])) > 0:
            found[upper] -= lack / 2
            found[lower] += lack / 2
    return found
