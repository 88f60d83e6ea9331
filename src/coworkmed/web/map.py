"""A map drawn as SVG: land, rhumb lines, and places as dots that join into counted ones where they would overlap.

It needs no script, no tiles and no other host: pages and the self-contained report share it. Colours are presentation
attributes, so that the picture stands alone and a style sheet may restyle every part by its class: ``map-sea``,
``map-land``, ``map-rhumb``, ``map-dot``, ``map-cluster``, ``map-count``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from math import asinh, atan, cos, degrees, log10, pi, radians, sin, sinh, tan

import numpy as np
import shapely
from markupsafe import Markup, escape

from coworkmed.platform import borders

Points = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

DOT = 4.5  # radius of one place, same units
JOIN = 15.0  # places closer than this are drawn as one counted dot
LIMIT = 85.0  # Mercator has no poles


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of WGS84 degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, positions: Sequence[tuple[float, float]], *, margin: float = 0.08, least: float = 0.0004) -> "Box":
        """The box that holds (lat, lon) ``positions``, with a margin (share of its size), at least ``least`` degrees
        a side. ValueError if there are none."""
        lats, lons = [lat for lat, _ in positions], [lon for _, lon in positions]
        pad = max(margin * max(max(lats) - min(lats), max(lons) - min(lons)), least)
        return cls(min(lons) - pad, max(min(lats) - pad, -LIMIT), max(lons) + pad, min(max(lats) + pad, LIMIT))

    @classmethod
    def parse(cls, text: str) -> "Box":
        """From "west,south,east,north", the order GeoJSON uses. ValueError if it is no box on Earth."""
        west, south, east, north = (float(part) for part in text.split(","))
        if not (-180 <= west < east <= 180 and -LIMIT <= south < north <= LIMIT):
            raise ValueError(text)
        return cls(west, south, east, north)

    def __str__(self) -> str:
        return f"{self.west:.5f},{self.south:.5f},{self.east:.5f},{self.north:.5f}"

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


#: What a map shows when nobody says otherwise.
MEDITERRANEAN = Box(-10.0, 33.4, 36.6, 47.6)


@dataclass(frozen=True, slots=True)
class Dot:
    """One place on the map, or ``count`` of them counted before; ``href`` makes a single one a link, ``letter`` stands
    beside it."""

    lat: float
    lon: float
    label: str
    href: str = ""
    count: int = 1
    letter: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to the drawing's units: Mercator, so that a straight line is a rhumb line."""

    box: Box
    scale: float  # units per radian
    width: int
    height: float

    @classmethod
    def fit(cls, box: Box, width: int, ratio: float | None) -> "_Frame":
        """``box``, widened about its centre until its height is ``ratio`` of its width (as it is, if None)."""
        west, east, south, north = radians(box.west), radians(box.east), _y(box.south), _y(box.north)
        if ratio is not None:
            span = max(east - west, (north - south) / ratio)
            middle, centre = (west + east) / 2, (south + north) / 2
            west, east = middle - span / 2, middle + span / 2
            south, north = centre - span * ratio / 2, centre + span * ratio / 2
        scale = width / (east - west)
        wider = Box(degrees(west), degrees(atan(sinh(south))), degrees(east), degrees(atan(sinh(north))))
        return cls(wider, scale, width, round((north - south) * scale, 1))

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        ((x, y),) = self.flat(np.array([[lon, lat]]))
        return float(x), float(y)

    def flat(self, points: Points) -> Points:
        """Rows of longitude and latitude as rows of x and y."""
        lons, lats = np.radians(points[:, 0]), np.radians(np.clip(points[:, 1], -LIMIT, LIMIT))
        x, y = lons - radians(self.box.west), _y(self.box.north) - np.arcsinh(np.tan(lats))
        return np.column_stack((x, y)) * self.scale


@dataclass(frozen=True, slots=True)
class _Group:
    x: float
    y: float
    members: tuple[Dot, ...]
    count: int  # of the places its members stand for

    @property
    def radius(self) -> float:
        return DOT if self.count == 1 else 8.5 + 3.5 * log10(self.count)

    def join(self, other: "_Group") -> "_Group":
        mine, theirs = self.count, other.count
        return _Group(
            (self.x * mine + other.x * theirs) / (mine + theirs),
            (self.y * mine + other.y * theirs) / (mine + theirs),
            self.members + other.members,
            mine + theirs,
        )


def draw(
    dots: Iterable[Dot],
    *,
    title: str,
    description: str,
    box: Box = MEDITERRANEAN,
    width: int = 1000,
    ratio: float | None = None,
    name: str = "map",
    count_label: Callable[[int], str] = str,
    cluster_href: Callable[[Box], str] | None = None,
) -> Markup:
    """The map of ``dots`` inside ``box`` as an ``<svg>`` element; dots outside it are left out.

    ``title`` and ``description`` are read to whoever can't see it; ``name`` makes its ids unique on the page;
    ``width`` is in the drawing's own units (dots have a fixed size in them) and ``ratio`` its height / width (the box
    grows to fill it); ``count_label`` names a counted dot ("12 places");
    ``cluster_href`` gives it a link, from the box of what it holds. The same arguments give the same bytes.
    """
    frame = _Frame.fit(box, width, ratio)
    groups = _group(sorted(dots, key=lambda dot: (dot.label, dot.href, dot.lat, dot.lon)), frame)
    marks = Markup("").join(_mark(group, count_label, cluster_href) for group in groups)
    return Markup(
        '<svg class="map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="group" '
        'aria-labelledby="{name}-title" aria-describedby="{name}-desc" font-family="system-ui, sans-serif">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
        '<rect class="map-sea" width="{width}" height="{height}" fill="#e3edf1"/>'
        '<path class="map-rhumb" d="{rhumbs}" fill="none" stroke="#2b6c86" stroke-width=".6" stroke-opacity=".16"/>'
        '<path class="map-land" d="{land}" fill="#f7f3ea" stroke="#c9bfae" stroke-width=".8" stroke-linejoin="round"/>'
        "{marks}</svg>"
    ).format(
        width=width,
        height=_text(frame.height),
        name=name,
        title=title,
        description=description,
        rhumbs=rhumbs(width, frame.height),
        land=_land(frame),
        marks=marks,
    )


def rhumbs(width: float, height: float) -> str:
    """The lines of a portolan chart as an SVG path: sixteen winds on a circle, each joined to every other."""
    radius = max(width, height) * 0.62
    winds = [(width / 2 + radius * sin(turn * pi / 8), height / 2 - radius * cos(turn * pi / 8)) for turn in range(16)]
    return "".join(f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" for (x1, y1), (x2, y2) in combinations(winds, 2))


def _y(lat: float) -> float:
    return asinh(tan(radians(lat)))


def _text(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _group(dots: Sequence[Dot], frame: _Frame) -> list[_Group]:
    """Dots that would overlap, joined: first by the square they fall in, then whole groups, the largest first."""
    squares: dict[tuple[int, int], tuple[float, float, int, list[Dot]]] = {}
    for dot in dots:
        x, y = frame(dot.lat, dot.lon)
        if not (0 <= x <= frame.width and 0 <= y <= frame.height):
            continue
        square = int(x // JOIN), int(y // JOIN)
        mean_x, mean_y, before, members = squares.get(square, (0.0, 0.0, 0, []))
        count = before + dot.count
        mean_x, mean_y = (mean_x * before + x * dot.count) / count, (mean_y * before + y * dot.count) / count
        members.append(dot)
        squares[square] = mean_x, mean_y, count, members
    groups = [_Group(x, y, tuple(members), count) for x, y, count, members in squares.values()]
    kept: list[_Group] = []
    for group in sorted(groups, key=lambda each: (-each.count, each.x, each.y)):
        near = (i for i, other in enumerate(kept) if _touch(group, other))
        if (found := next(near, None)) is None:
            kept.append(group)
        else:
            kept[found] = kept[found].join(group)
    return sorted((_whole(group, frame) for group in kept), key=lambda each: (each.y, each.x))  # from north to south


def _whole(group: _Group, frame: _Frame) -> _Group:
    """A counted dot at the edge, moved in by as much as it would stick out."""
    if group.count == 1:
        return group
    edge = group.radius + 1
    x, y = max(edge, min(frame.width - edge, group.x)), max(edge, min(frame.height - edge, group.y))
    return replace(group, x=x, y=y)


def _touch(one: _Group, other: _Group) -> bool:
    gap = one.radius + other.radius
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2 < gap * gap


def _mark(group: _Group, count_label: Callable[[int], str], cluster_href: Callable[[Box], str] | None) -> Markup:
    x, y, radius = _text(group.x), _text(group.y), _text(group.radius)
    if group.count == 1:
        (dot,) = group.members
        shape = Markup(
            '<circle class="map-dot" cx="{}" cy="{}" r="{}" fill="#b4502f" stroke="#fff" stroke-width="1.2">'
            "<title>{}</title></circle>"
        ).format(x, y, radius, dot.label)
        if dot.letter:
            shape += Markup('<text class="map-letter" x="{}" y="{}" dy="-.6em" text-anchor="middle">{}</text>').format(
                x, y, dot.letter
            )
        return _linked(shape, dot.href, dot.label)
    label = count_label(group.count)
    shape = Markup(
        '<circle class="map-cluster" cx="{x}" cy="{y}" r="{radius}" fill="#1d5a73" stroke="#fff" stroke-width="1.5">'
        '<title>{label}</title></circle><text class="map-count" x="{x}" y="{y}" dy=".35em" text-anchor="middle" '
        'font-size="{size}" font-weight="600" fill="#fff" aria-hidden="true">{count}</text>'
    ).format(x=x, y=y, radius=radius, label=label, count=group.count, size=11 if group.count < 1000 else 9)
    inside = Box.around([(dot.lat, dot.lon) for dot in group.members])
    return _linked(shape, cluster_href(inside) if cluster_href else "", label)


def _linked(shape: Markup, href: str, label: str) -> Markup:
    if not href:
        return shape
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(href, label, shape)


@lru_cache(maxsize=64)
def _land(frame: _Frame) -> Markup:
    """Every country inside the frame as one SVG path, thinned to what the drawing can show."""
    shores, edges = _shores(), (frame.box.west, frame.box.south, frame.box.east, frame.box.north)
    near = shores.geometries[sorted(shores.query(shapely.box(*edges)))]
    parts = shapely.get_parts(shapely.clip_by_rect(near, *edges))
    lines = shapely.get_exterior_ring(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    drawn = shapely.simplify(shapely.transform(lines, frame.flat), frame.width / 1000)
    return escape("".join(map(_path, drawn)))


@lru_cache(maxsize=1)
def _shores() -> shapely.STRtree:
    """The outlines of all countries, to be found by where they are."""
    return shapely.STRtree([shapely.Polygon(ring) for _, rings in borders.outlines() for ring in rings])


def _path(line: shapely.LinearRing) -> str:
    points = np.round(shapely.get_coordinates(line), 1)
    if len(points) < 3:
        return ""
    steps = " ".join(f"{_text(x)} {_text(y)}" for x, y in np.diff(points[:-1], axis=0).tolist())
    return f"M{_text(points[0, 0])} {_text(points[0, 1])}l{steps}z"
