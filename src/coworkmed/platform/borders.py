"""Which country a position lies in, and outlines of countries for small maps.

Natural Earth 1:10m, public domain, from the Azores to the Tigris and from the Sahara to Stockholm, simplified to about
800 m (`tools/borders.py` makes the file). Good for telling a wrong country from a right one, not for a land survey.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from math import asinh, atan, degrees, floor, radians, sinh, tan
from pathlib import Path
from typing import Any

import shapely

from coworkmed.kernel.geo import distance_m

DATA = Path(__file__).with_name("data") / "borders.geojson.gz"
COAST_M = 5_000.0  # a quay, an islet or a simplified coast: this near still counts as in the country
CELL = 0.1  # degrees

#: What the file leaves out, too far or too small: country → rough boxes (south, west, north, east).
BOXES = {
    "FR": (
        (15.75, -61.90, 16.60, -60.95),  # Guadeloupe
        (14.30, -61.30, 14.95, -60.75),  # Martinique
        (2.10, -54.70, 5.90, -51.50),  # French Guiana
        (-21.45, 55.15, -20.80, 55.90),  # Réunion
        (-13.10, 44.95, -12.55, 45.35),  # Mayotte
    ),
    "GR": ((36.08, 29.50, 36.17, 29.66),),  # Kastellorizo
    "VA": ((41.9000, 12.4455, 41.9075, 12.4585),),
}

Ring = list[tuple[float, float]]


def country_at(lat: float, lon: float) -> str | None:
    """ISO 3166-1 alpha-2 code of the country at a WGS84 position, or of the nearest within 5 km; None beyond."""
    for country in BOXES:
        if _boxed(country, lat, lon):
            return country
    atlas = _atlas()
    point = _point(lat, lon)
    for part in sorted(map(int, atlas.tree.query(point))):
        if atlas.parts[part].intersects(point):
            return atlas.owners[part]
    if (nearest := atlas.tree.nearest(point)) is None or _metres(atlas.parts[nearest], lat, lon) > COAST_M:
        return None
    return atlas.owners[int(nearest)]


def metres_outside(country: str, lat: float, lon: float) -> float:
    """How far a WGS84 position lies outside ``country`` in metres (to about a kilometre), 0 inside.

    0 as well for a country whose outline isn't known: nothing can be held against the position.
    """
    atlas = _atlas()
    if country not in atlas.parts_of or _boxed(country, lat, lon):
        return 0.0
    if _cell_inside(country, floor(lat / CELL), floor(lon / CELL)):
        return 0.0
    point = _point(lat, lon)
    tree, parts = atlas.parts_of[country]
    if any(parts[index].intersects(point) for index in tree.query(point)):
        return 0.0
    return _metres(parts[tree.nearest(point)], lat, lon)


@lru_cache(maxsize=50_000)
def _cell_inside(country: str, row: int, column: int) -> bool:
    """Whether a whole cell of the grid lies inside a country: most places do, and are answered by this alone."""
    south, north = (_northing(max(-89.9, min(89.9, one * CELL))) for one in (row, row + 1))
    cell = shapely.box(column * CELL, south, (column + 1) * CELL, north)
    tree, parts = _atlas().parts_of[country]
    return any(parts[index].contains(cell) for index in tree.query(cell))


@cache
def outlines() -> list[tuple[str, list[Ring]]]:
    """Each country's code and rings of (lon, lat), shells and holes alike (fill by the even-odd rule)."""
    return [
        (code, [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]) for code, polygons in _read()
    ]


@dataclass(frozen=True)
class _Atlas:
    """Every single polygon in Mercator (nearest there is nearest on the ground) and whose it is."""

    parts: list[shapely.Polygon]
    owners: list[str]
    tree: shapely.STRtree
    parts_of: dict[str, tuple[shapely.STRtree, list[shapely.Polygon]]]


def _read() -> list[tuple[str, list[Any]]]:
    """(code, MultiPolygon coordinates) in the file's order."""
    features = json.loads(gzip.decompress(DATA.read_bytes()))["features"]
    return [(one["id"], one["geometry"]["coordinates"]) for one in features]


@cache
def _atlas() -> _Atlas:
    parts: list[shapely.Polygon] = []
    owners: list[str] = []
    parts_of = {}
    for code, polygons in _read():
        own = [shapely.Polygon(*_mercator(polygon[:1]), holes=_mercator(polygon[1:])) for polygon in polygons]
        shapely.prepare(own)
        parts += own
        owners += [code] * len(own)
        parts_of[code] = (shapely.STRtree(own), own)
    return _Atlas(parts, owners, shapely.STRtree(parts), parts_of)


def _mercator(rings: list[Any]) -> list[Ring]:
    return [[(lon, _northing(lat)) for lon, lat in ring] for ring in rings]


def _northing(lat: float) -> float:
    return degrees(asinh(tan(radians(lat))))


def _point(lat: float, lon: float) -> Any:
    return shapely.Point(lon, _northing(max(-89.9, min(89.9, lat))))


def _metres(part: Any, lat: float, lon: float) -> float:
    (_, (x, y)) = shapely.get_coordinates(shapely.shortest_line(_point(lat, lon), part)).tolist()
    return distance_m(lat, lon, degrees(atan(sinh(radians(y)))), x)


def _boxed(country: str, lat: float, lon: float) -> bool:
    return any(s <= lat <= n and w <= lon <= e for s, w, n, e in BOXES.get(country, ()))
