"""How fresh some places are, and how fresh they were, for the pages of territories and of lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import caches
from django.db.models import Max, QuerySet

from coworkmed import __version__
from coworkmed.kernel import ids
from coworkmed.places.models import Link, Place, Refresh

from .. import queries
from ..chart import Chart, chart
from ..freshness import Cell, Evidence, Freshness, Point, every_series, figures

MOST = 20_000  # places whose past is gone through for a page; of more, the published series tells
KEPT = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Fresh:
    """``now`` on a day; ``chart`` of the months gone by, None where there are too few; ``published`` where the series
    is to be found in the published files only."""

    now: Freshness
    chart: Chart | None
    published: bool = False


def of_territory(columns: Mapping[str, object], today: date) -> Fresh:
    """Of the places whose columns are as ``columns`` says."""
    here = Place.objects.current().filter(**columns)
    return _fresh(queries.evidence(columns), today, repr(sorted(columns.items())), lambda: _past(here, "", today))


def of_source(key: str, today: date) -> Fresh:
    """Of the places that a list knows, while it spoke of them."""
    known = Place.objects.current().filter(pk__in=Link.objects.filter(entry__source=key).values("place"))
    told = [one for one in queries.evidence() if key in one.sources]
    return _fresh(told, today, f"source {key}", lambda: _past(known, key, today))


def _fresh(evidence: Sequence[Evidence], today: date, name: str, past: Callable[[], Sequence[Point]]) -> Fresh:
    now = figures(evidence, today).all
    if now.of > MOST:
        return Fresh(now, None, published=True)
    # no word of this month changes the months before: only linking anew does
    run = Refresh.objects.aggregate(last=Max("pk"))["last"]
    key = ids.digest(__version__, "series", name, f"{today:%Y-%m}", str(run))
    points = caches["pages"].get(key)
    if points is None:
        points = past()
        caches["pages"].set(key, points, KEPT)
    return Fresh(now, chart(points))


def _past(places: QuerySet[Place], source: str, today: date) -> Sequence[Point]:
    cell = Cell("", source)

    def counted(territories: Iterable[str], sources: Iterable[str]) -> Sequence[Cell]:
        return [cell] if source in ("", *sources) else []

    return every_series(queries.past(places), today.replace(day=1) - timedelta(1), counted).get(cell, [])
