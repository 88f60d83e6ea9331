"""Maps drawn for the pages of the registry, and how old what they show is."""

from collections.abc import Callable
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from coworkmed.web import map as maps
from coworkmed.web.jinja import say_many

from .. import rules
from ..filters import Filters
from ..models import Place
from ..search import find

MAP_RATIO = 0.5  # height of a map by its width
NEAR_DEGREES = 0.25  # half a side of what counts as nearby
ONE_SPOT_DEGREES = 0.002  # places so close stand on one spot: no closer look tells them apart, the list does
REGION_DEGREES = 1.6  # half a side of the small map on a place's page: enough coast to know it by


def band() -> Callable[[str], str]:
    """From a partial date to its band of age, today."""
    return partial(rules.age_band, as_of=timezone.localdate())


def map_of(filters: Filters, width: int = 1000) -> Markup:
    """Where the places are that ``filters`` find; counted beforehand where they are very many. ``width`` is about how
    many pixels wide a page shows it, so that its dots keep their size."""
    closer, listed = reverse("map"), reverse("places")

    def look(box: maps.Box) -> str:
        page = closer if box.east - box.west > ONE_SPOT_DEGREES else listed
        return f"{page}?{filters.query(box=box)}"

    return maps.draw(
        _dots(filters),
        title=_("Map of places"),
        description=_(
            "The same places are in the list. A number counts places too close to be told apart: "
            "follow it to look closer."
        ),
        box=filters.box or maps.MEDITERRANEAN,
        width=width,
        ratio=MAP_RATIO,
        count_label=lambda count: say_many("{n} place", "{n} places", count),
        cluster_href=look,
    )


def _dots(filters: Filters) -> list[maps.Dot]:
    if found := find.positions(filters):
        pattern = reverse("place", args=["ID"])
        return [
            maps.Dot(lat, lon, name, pattern.replace("ID", public_id))
            for public_id, name, lat, lon in zip(*found, strict=True)
        ]
    cells = find.cells(filters, filters.box or maps.MEDITERRANEAN, across=80)
    return [maps.Dot(cell.lat, cell.lon, "", count=cell.count) for cell in cells]


def around(found: Place, degrees: float) -> maps.Box | None:
    if found.lat is None or found.lon is None:
        return None
    return maps.Box.around([(found.lat, found.lon)], least=degrees)


def small_map(found: Place) -> Markup | None:
    if (box := around(found, REGION_DEGREES)) is None or found.lat is None or found.lon is None:
        return None
    return maps.draw(
        [maps.Dot(found.lat, found.lon, found.name)],
        title=_("Where it is"),
        description=found.name,
        box=box,
        width=400,
        ratio=MAP_RATIO,
        name="where",
    )
