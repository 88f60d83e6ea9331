"""Shares month by month as lines."""

from coworkmed.observatory.chart import HEIGHT, MONTHS, WIDTH, chart
from coworkmed.observatory.freshness import SMALL, Point


def point(month: int, of: int = 10, confirmed: int = 0, recent: int = 0, hidden: int = 0) -> Point:
    return Point(f"{2020 + month // 12}-{month % 12 + 1:02}", of, confirmed, recent, of - recent, hidden, 0, 3)


def test_a_line_goes_from_the_first_month_to_the_last_by_its_shares() -> None:
    drawn = chart([point(0, recent=10), point(1, recent=5), point(2, recent=0, hidden=10)])
    assert drawn
    paths = {line.code: line.path for line in drawn.lines}
    assert paths["recent_share"] == f"M0.0 0.0L{WIDTH / 2:.1f} {HEIGHT / 2:.1f}L{WIDTH:.1f} {HEIGHT:.1f}"
    assert {line.code: line.last for line in drawn.lines} == {
        "recent_share": 0.0, "confirmed_share": 0.0, "hidden_share": 1.0
    }  # fmt: skip


def test_months_of_too_few_places_leave_a_gap_and_no_ends() -> None:
    few = point(0, of=SMALL - 1, recent=SMALL - 1)
    assert few.recent_share is None
    drawn = chart([few, point(1, recent=5), few, point(3, recent=5), point(4, recent=5), few])
    assert drawn and len(drawn.points) == 4
    assert drawn.lines[0].path.count("M") == 2


def test_it_takes_two_months_to_draw_a_line() -> None:
    assert chart([]) is None
    assert chart([point(0)]) is None
    assert chart([point(0, of=1), point(1, of=1)]) is None
    drawn = chart([point(month) for month in range(MONTHS + 9)])
    assert drawn and len(drawn.points) == MONTHS and drawn.points[-1].month == point(MONTHS + 8).month
