"""The state of play as one page that stands alone: no script, no other file, no other host.

It is written in the language that is active; whoever calls activates one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places.queries import PlaceRow, RejectRow, Snapshot
from coworkmed.places.rules import FRESHNESS
from coworkmed.places.words import STATUS
from coworkmed.sources.reasons import REJECTIONS
from coworkmed.web import formats
from coworkmed.web.map import MEDITERRANEAN, Box, Dot, draw

from . import definitions, unseen, words
from .chart import chart
from .freshness import Point
from .rules import Figures

#: The widest the map may be; what lies further out (overseas departments …) is counted under it.
WIDEST = Box(-19.0, 24.0, 46.0, 60.0)
#: Share of the places that may lie outside the map on each side, so that a stray position does not shrink all others.
STRAY = 0.01
RATIO = 0.56


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows of one source that could not enter for one reason: how many, and the first as an example."""

    source: str
    code: str
    count: int
    first: RejectRow

    @property
    def template(self) -> str:
        return REJECTIONS.get(self.code, self.code)


def render(
    snapshot: Snapshot,
    figures: Figures,
    *,
    files: Sequence[str] = (),
    licence_note: str = "",
    warn: bool = False,
    without: Sequence[str] = (),
    site: str = "",
    past: Sequence[Point] = (),
) -> str:
    """The report as HTML.

    ``files``         names of the files published beside it, one folder up
    ``licence_note``  what may be done with the data, in a sentence; ``warn`` if it is a warning
    ``without``       share-alike families whose data was left out
    ``past``          how fresh the registry was, month by month
    ``site``          address of the pages in this language (``https://…/fr``) that are linked; no links if empty
    """
    site = site.rstrip("/")
    shown = [place for place in snapshot.places if place.status not in definitions.NOT_COUNTED]
    box = _box([_position(place) for place in shown if place.get("position")])
    inside = [place for place in shown if place.get("position") and box.holds(*_position(place))]
    return render_to_string(
        "report/index.html",
        {
            "BANDS": definitions.BANDS,
            "BASES": definitions.BASES,
            "DEFINITIONS": definitions.DEFINITIONS,
            "FIELDS": FIELDS,
            "FIGURES": {code: definitions.FIGURES[code] for code in definitions.REPORTED},
            "KINDS": KINDS,
            "LICENCES": LICENCES,
            "REFUSALS": unseen.REFUSALS,
            "STATUS": STATUS,
            "VOICES": definitions.VOICES,
            "figures": figures,
            "quality": words.quality(snapshot.quality),
            "sources": {row.spec.key: row for row in snapshot.sources},
            "titles": {row.spec.key: row.spec.title for row in snapshot.sources},
            "map": _map(inside, box, site),
            "outside": figures.located - len(inside),
            "freshness": _freshness(shown),
            "chart": chart(past),
            "rejected": _rejected(snapshot.rejections),
            "files": files,
            "licence_note": licence_note,
            "warn": warn,
            "without": without,
            "site": site,
        },
        using="jinja2",
    )


def _position(place: PlaceRow) -> tuple[float, float]:
    return place.values["position"]["lat"], place.values["position"]["lon"]


def _box(positions: Sequence[tuple[float, float]]) -> Box:
    """The box that holds all but the stray of the (lat, lon) positions around the Mediterranean."""
    inside = [(lat, lon) for lat, lon in positions if WIDEST.holds(lat, lon)]
    if not inside:
        return MEDITERRANEAN
    stray = int(STRAY * len(inside))
    lats, lons = sorted(lat for lat, _ in inside), sorted(lon for _, lon in inside)
    return Box.around([(lats[stray], lons[stray]), (lats[-1 - stray], lons[-1 - stray])])


def _map(places: Sequence[PlaceRow], box: Box, site: str) -> Markup:
    dots = [
        Dot(
            *_position(place),
            str(place.get("name", place.place_id)),
            f"{site}/places/{place.place_id}/" if site else "",
        )
        for place in places
    ]
    return draw(
        dots,
        title=_("Map of the places"),
        description=_("The tables below give the same places by country, region and kind."),
        box=box,
        ratio=RATIO,
        count_label=lambda count: ngettext("{n} place", "{n} places", count).format(n=formats.number(count)),
    )


def _freshness(places: Sequence[PlaceRow]) -> list[tuple[str, int]]:
    """How sure we are of the places, in words, with how many there are of each; most sure first."""
    count: Mapping[str, int] = {code: sum(place.freshness == code for place in places) for code in FRESHNESS}
    return [(label, count[code]) for code, label in FRESHNESS.items() if count[code]]


def _rejected(rows: Sequence[RejectRow]) -> list[Rejected]:
    groups: dict[tuple[str, str], list[RejectRow]] = defaultdict(list)
    for row in rows:
        groups[row.source, row.code].append(row)
    return [Rejected(source, code, len(group), group[0]) for (source, code), group in groups.items()]
