"""Shares month by month as lines: paths of an SVG that a template draws, beside the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from coworkmed.kernel.i18n import N_

from .freshness import Point

WIDTH, HEIGHT = 600, 160  # units of the picture: shares from 0 at the bottom to all at the top
MONTHS = 60  # shown; the published series goes back to the beginning

#: What is drawn: share of `freshness.Point` → what it is called.
LINES = {
    "recent_share": N_("Evidence under 12 months old"),
    "confirmed_share": N_("Confirmed by someone on the spot"),
    "hidden_share": N_("Doubtful: left out of the counts"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """``path`` in the units of the picture, with a gap where no share is told; ``last`` the share it ends at."""

    code: str
    label: str
    path: str
    last: float


@dataclass(frozen=True, slots=True)
class Chart:
    lines: Sequence[Line]
    points: Sequence[Point]

    @property
    def box(self) -> str:
        return f"0 -4 {WIDTH} {HEIGHT + 8}"

    @property
    def grid(self) -> str:
        """Lines at none, a half and all."""
        return "".join(f"M0 {HEIGHT * part / 2:g}H{WIDTH}" for part in range(3))


def chart(points: Sequence[Point]) -> Chart | None:
    """The last `MONTHS` of a series as a chart, from the first to the last of which shares are told; None where these
    are fewer than two."""
    told = [at for at, point in enumerate(points) if point.told]
    shown = points[told[0] : told[-1] + 1][-MONTHS:] if told else ()
    if len(shown) < 2:
        return None
    return Chart([_line(code, label, shown) for code, label in LINES.items()], shown)


def _line(code: str, label: str, points: Sequence[Point]) -> Line:
    shares: list[float | None] = list(map(attrgetter(code), points))
    step, path, pen = WIDTH / (len(points) - 1), "", "M"
    for at, share in enumerate(shares):
        if share is not None:
            path += f"{pen}{at * step:.1f} {HEIGHT * (1 - share):.1f}"
        pen = "M" if share is None else "L"
    return Line(code, label, path, shares[-1] or 0.0)
