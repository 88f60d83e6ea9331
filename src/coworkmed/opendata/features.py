"""Places as OGC API Features: which are asked for, and how they are told in a reference system."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from math import atan, degrees, exp, isfinite, log, pi, radians, tan
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Max, Min, Q
from django.http import QueryDict

from coworkmed.api.problems import Problem, Wrong
from coworkmed.kernel import ids
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place, PlaceQuerySet
from coworkmed.places.queries import as_published
from coworkmed.places.search import find
from coworkmed.web.map import LIMIT, Box

from . import cql, tables
from .cql import Queryable
from .feeds import Origins

COLLECTION = "places"
MOST, USUAL = 1000, 100
FARTHEST = 10_000  # places left aside by “offset”: who wants more follows “next”

OGC = "http://www.opengis.net/def/crs"
CRS84, WGS84, MERCATOR = f"{OGC}/OGC/1.3/CRS84", f"{OGC}/EPSG/0/4326", f"{OGC}/EPSG/0/3857"
_RADIUS = 6378137.0
_EDGE = 85.0511287798066  # degrees: Mercator's map ends there

CONFORMS = (
    *(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "geojson", "oas30")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{one}"
        for one in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{one}"
        for one in (
            *("cql2-text", "basic-cql2", "advanced-comparison-operators"),
            *("basic-spatial-functions", "basic-spatial-functions-plus"),
        )
    ),
)

#: What can be asked of places, by the columns that answer it.
QUERYABLES: Mapping[str, Queryable] = {
    "place_id": Queryable("public_id", "text"),
    "name": Queryable("name", "text"),
    "status": Queryable("status", "text"),
    "freshness": Queryable("freshness", "text"),
    "main_kind": Queryable("main_kind", "text"),
    "country": Queryable("country", "text"),
    "region_code": Queryable("region", "text"),
    "town_code": Queryable("town", "number"),
    "locality": Queryable("locality", "text"),
    "confirmed_on": Queryable("confirmed_on", "text"),
    "confirmed_by": Queryable("confirmed_by", "text"),
    "modified": Queryable("modified", "moment"),
}
#: What the search index answers, and faster: property → filter.
_INDEXED = {"country": "country", "region_code": "region", "town_code": "town"}
_OTHERS = (
    "f",
    "limit",
    "offset",
    "after",
    "bbox",
    "bbox-crs",
    "datetime",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
)


class System(NamedTuple):
    """A reference system: from degrees to its axes, and back."""

    told: Callable[[float, float], tuple[float, float]]
    asked: Callable[[float, float], tuple[float, float]]


def _to_mercator(lon: float, lat: float) -> tuple[float, float]:
    lat = max(-_EDGE, min(_EDGE, lat))
    return round(radians(lon) * _RADIUS, 2), round(log(tan(pi / 4 + radians(lat) / 2)) * _RADIUS, 2)


def _from_mercator(x: float, y: float) -> tuple[float, float]:
    return degrees(x / _RADIUS), degrees(2 * atan(exp(min(y / _RADIUS, 700.0))) - pi / 2)


SYSTEMS: Mapping[str, System] = {
    CRS84: System(lambda lon, lat: (lon, lat), lambda x, y: (x, y)),
    WGS84: System(lambda lon, lat: (lat, lon), lambda x, y: (y, x)),  # latitude first, as its register has it
    MERCATOR: System(_to_mercator, _from_mercator),
}


def wrong(parameter: str, detail: str, code: str = "invalid-parameter") -> Problem:
    """A parameter that can't be used as it stands: 400, as OGC has it."""
    return Problem(400, code, f"{parameter}: {detail}", (Wrong(parameter, detail),))


@dataclass(frozen=True, slots=True)
class Asked:
    """``where`` is all that is asked; ``filters`` is the same for the search index, None where that can't answer it.
    ``after``: only places behind this id."""

    where: Q
    filters: Filters | None
    limit: int
    offset: int
    after: str
    crs: str

    @classmethod
    def read(cls, asked: QueryDict) -> "Asked":
        """Problem where a parameter is unknown, is given twice or makes no sense."""
        check(asked, *_OTHERS, *QUERYABLES)
        given = {name: str(text) for name, text in asked.items()}
        box, equal = _bbox(given), {name: given[name] for name in QUERYABLES if name in given}
        where = Q(cql.within(*box)) if box else Q()
        for name, text in equal.items():
            where &= _equals(name, text)
        moments, words = _datetime(given.get("datetime", "")), _filter(given)
        return cls(
            where & moments & words,
            None if moments or words else _filters(box, equal),
            limit=min(_whole("limit", given.get("limit", str(USUAL)), 1, None), MOST),
            offset=_whole("offset", given.get("offset", "0"), 0, FARTHEST),
            after=_id("after", given.get("after", "")),
            crs=_crs("crs", given),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """``features`` in the order of their ids; ``last`` is the id to go on after, "" on the last page; ``matched``
    counts all pages."""

    features: list[dict[str, Any]]
    matched: int
    last: str


def check(given: QueryDict, *known: str) -> None:
    """Problem where a parameter is none of these, or stands twice."""
    for name, values in given.lists():
        if name not in known:
            raise wrong(name, f"known here: {', '.join(known)}", "unknown-parameter")
        if len(values) > 1:
            raise wrong(name, "given more than once", "repeated-parameter")


def items(asked: Asked) -> Found:
    """A page of features, and how many there are on all."""
    behind = list(islice(_ids(asked), asked.offset, asked.offset + asked.limit + 1))
    shown = behind[: asked.limit]
    matched = find.count(asked.filters) if asked.filters else _places().filter(asked.where).count()
    return Found(list(told(shown, asked.crs)), matched, shown[-1] if len(behind) > len(shown) else "")


def item(place_id: str, crs: str) -> dict[str, Any] | None:
    """One feature; None where there is none of that id."""
    if not is_id(place_id) or not _places().filter(pk=place_id).exists():
        return None
    return next(told([place_id], crs), None)


def told(place_ids: list[str], crs: str = CRS84) -> Iterator[dict[str, Any]]:
    """Places as features: the columns of the published table, and what leads on from them."""
    rows = {
        one["public_id"]: one
        for one in Place.objects.filter(pk__in=place_ids).values("public_id", "region", "town", "modified")
    }
    origins = Origins.of(Filters())
    site = str(settings.ENV.site_url).rstrip("/")
    for place in as_published(place_ids):
        made, row = tables.feature(tables.place_line(place)), rows[place.place_id]
        if made["geometry"]:
            made["geometry"]["coordinates"] = list(SYSTEMS[crs].told(*made["geometry"]["coordinates"]))
        more = {
            "region_code": row["region"] or None,
            "town_code": row["town"],
            "modified": row["modified"].isoformat().replace("+00:00", "Z"),
            "attributions": origins.attributions(place.sources),
            "page": f"{site}/places/{place.place_id}/",
        }
        made["properties"] |= {name: value for name, value in more.items() if value not in (None, [])}
        yield made


def is_id(text: str) -> bool:
    """Whether it may be the identifier of a place."""
    return bool(re.fullmatch(f"[{ids.ALPHABET}]{{1,16}}", text))


def crs(given: QueryDict) -> str:
    """The reference system asked for."""
    return _crs("crs", {name: str(text) for name, text in given.items()})


def extent() -> dict[str, Any]:
    """Where the places are, and since when what is shown of them last changed."""
    edges = _places().aggregate(
        *(Min("lon"), Min("lat"), Max("lon"), Max("lat")), first=Min("modified"), last=Max("modified")
    )
    box = [edges[name] for name in ("lon__min", "lat__min", "lon__max", "lat__max")]
    told: dict[str, Any] = {"spatial": {"bbox": [[-180, -90, 180, 90] if None in box else box], "crs": CRS84}}
    if edges["first"]:
        interval = [edges[name].isoformat().replace("+00:00", "Z") for name in ("first", "last")]
        told["temporal"] = {"interval": [interval], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
    return told


def _places() -> PlaceQuerySet:
    return Place.objects.shown()


def _ids(asked: Asked) -> Iterator[str]:
    if asked.filters:
        return find.by_id(asked.filters, asked.after)
    behind = _places().filter(asked.where, public_id__gt=asked.after).order_by("public_id")
    return iter(behind.values_list("pk", flat=True)[: asked.offset + asked.limit + 1])


def _filters(box: tuple[float, ...] | None, equal: Mapping[str, str]) -> Filters | None:
    """What is asked in the words of the search index, if it has words for all of it."""
    if not equal.keys() <= _INDEXED.keys():
        return None
    found = Filters.read({_INDEXED[name]: text for name, text in equal.items()})
    if any(getattr(found, _INDEXED[name]) != text for name, text in equal.items()):
        return None
    if box is None:
        return found
    west, south, east, north = box
    if west >= east or south >= north or max(-south, north) > LIMIT:
        return None
    return found.but(box=Box(west, south, east, north))


def _equals(name: str, text: str) -> Q:
    one = QUERYABLES[name]
    try:
        if "\0" in text:
            raise ValueError(text)
        value: object = text if one.kind == "text" else cql.moment(text) if one.kind == "moment" else int(text)
        if isinstance(value, int) and abs(value) >= cql.LARGEST:
            raise ValueError(text)
    except ValueError:
        raise wrong(name, f"“{text[:60]}” is no {one.kind}.") from None
    return cql.known(one) & Q(**{one.column: value})


def _bbox(given: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) in degrees."""
    system = SYSTEMS[_crs("bbox-crs", given)]
    if "bbox" not in given:
        return None
    try:
        numbers = [float(one) for one in given["bbox"].split(",")]
        if len(numbers) == 6:  # with heights, of which we know nothing
            numbers = [*numbers[:2], *numbers[3:5]]
        first, second, third, fourth = numbers
        if not all(map(isfinite, numbers)):
            raise ValueError
    except ValueError:
        raise wrong("bbox", "Four numbers are needed, or six: both corners, the lower one first.") from None
    (west, south), (east, north) = system.asked(first, second), system.asked(third, fourth)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise wrong("bbox", "The lower corner comes first; longitudes go from -180 to 180, latitudes from -90 to 90.")
    return west, south, east, north


def _datetime(text: str) -> Q:
    """Places whose last change is that moment or day, or lies in the interval (“..” is open)."""
    if not text:
        return Q()
    ends = text.split("/")
    try:
        if len(ends) > 2 or all(one in ("", "..") for one in ends):
            raise ValueError(text)
        low, high = (None if one in ("", "..") else one for one in (ends[0], ends[-1]))
        if low and high and cql.moment(low) > cql.moment(high):
            raise ValueError(text)
        since = Q(modified__gte=cql.moment(low)) if low else Q()
        return since & (_until(high) if high else Q())
    except (ValueError, OverflowError):
        detail = "A moment, or two with “/” between, such as 2026-01-01T00:00:00Z/.. is needed."
        raise wrong("datetime", detail) from None


def _until(text: str) -> Q:
    """Up to a moment, or to the end of a day."""
    if len(text) > len("2026-01-01"):
        return Q(modified__lte=cql.moment(text))
    return Q(modified__lt=cql.moment(text) + timedelta(days=1))


def _filter(given: Mapping[str, str]) -> Q:
    if given.get("filter-lang", "cql2-text") != "cql2-text":
        raise wrong("filter-lang", "Only cql2-text is understood.")
    system = SYSTEMS[_crs("filter-crs", given)]
    if not given.get("filter"):
        return Q()
    try:
        return cql.read(given["filter"], QUERYABLES, system.asked)
    except cql.CqlError as error:
        raise wrong("filter", str(error)) from None


def _crs(name: str, given: Mapping[str, str]) -> str:
    crs = given.get(name, CRS84)
    if crs not in SYSTEMS:
        raise wrong(name, f"known here: {', '.join(SYSTEMS)}")
    return crs


def _whole(name: str, text: str, low: int, high: int | None) -> int:
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or not low <= int(text) <= (high or int(text)):
        raise wrong(name, f"A whole number from {low}{f' to {high}' if high else ' on'} is needed.")
    return int(text)


def _id(name: str, text: str) -> str:
    if text and not is_id(text):
        raise wrong(name, "Follow “next” as it was given.")
    return text
