"""Make `platform/data/borders.geojson.gz` from Natural Earth's 1:10m countries (public domain), development only.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/borders.py package/countries-10m.json src/coworkmed/platform/data/borders.geojson.gz

The countries that touch the box around the Mediterranean and Europe are cut to it, and simplified together, so that a
shared border stays shared and no island is lost. Disputed territory follows the country that the European Union
recognises, where it recognises one: Cyprus is one country here, bases included.
"""

import gzip
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely

BOX = (-32.0, 21.0, 46.0, 60.0)  # west, south, east, north: from the Azores to the Tigris, from the Sahara to Stockholm
TOLERANCE = 0.004  # degrees: about 400 m
CODES = {
    "008": "AL", "012": "DZ", "020": "AD", "031": "AZ", "040": "AT", "051": "AM", "056": "BE", "070": "BA", "100": "BG",
    "112": "BY", "191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "246": "FI", "248": "AX", "250": "FR",
    "268": "GE", "275": "PS", "276": "DE", "292": "GI", "300": "GR", "348": "HU", "364": "IR", "368": "IQ", "372": "IE",
    "376": "IL", "380": "IT", "400": "JO", "422": "LB", "428": "LV", "434": "LY", "438": "LI", "440": "LT", "442": "LU",
    "466": "ML", "470": "MT", "478": "MR", "492": "MC", "498": "MD", "499": "ME", "504": "MA", "528": "NL", "562": "NE",
    "578": "NO", "616": "PL", "620": "PT", "642": "RO", "643": "RU", "674": "SM", "682": "SA", "688": "RS", "703": "SK",
    "705": "SI", "724": "ES", "729": "SD", "732": "EH", "752": "SE", "756": "CH", "760": "SY", "788": "TN", "792": "TR",
    "804": "UA", "807": "MK", "818": "EG", "826": "GB", "831": "GG", "832": "JE", "833": "IM", "336": "VA", "148": "TD",
    "398": "KZ",
}  # fmt: skip
NAMES = {  # parts without a number in the source
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Dhekelia": "CY",
    "Akrotiri": "CY",
}

Ring = list[tuple[float, float]]


def arcs(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of a quantised TopoJSON topology in degrees (delta decoding, TopoJSON specification 2.1.3)."""
    (scale_x, scale_y), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy, *_ in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + x0, y * scale_y + y0))
        decoded.append(line)
    return decoded


def ring(indices: list[int], lines: list[Ring]) -> Ring:
    """Arcs joined to a ring; a negative index is an arc run backwards."""
    points: Ring = []
    for index in indices:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        points += line[1:] if points else line
    return points


def polygons(geometry: dict[str, Any], lines: list[Ring]) -> shapely.Geometry:
    """A geometry of the topology as shapely polygons, pieces that wrap around the antimeridian left out."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    made = []
    for part in parts:
        rings = [found for indices in part if len(found := ring(indices, lines)) > 3]
        if rings and all(abs(a[0] - b[0]) < 180 for a, b in pairwise(rings[0])):
            made.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.unary_union([shapely.make_valid(one) for one in made])


def surface(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """``shape`` without the lines and points that cutting leaves behind."""
    return shapely.MultiPolygon([one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"])


def main(source: Path, target: Path) -> None:
    topology = json.loads(source.read_text())
    lines, box = arcs(topology), shapely.box(*BOX)
    parts: dict[str, list[shapely.Geometry]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = CODES.get(geometry.get("id", "")) or NAMES.get(geometry["properties"]["name"])
        if code and not (cut := polygons(geometry, lines).intersection(box)).is_empty:
            parts.setdefault(code, []).append(cut)
    codes = sorted(parts)
    whole = [surface(shapely.unary_union(parts[code])) for code in codes]
    features = []
    for code, shape in zip(codes, shapely.coverage_simplify(whole, TOLERANCE), strict=True):
        shape = surface(shapely.set_precision(shape, 0.001)).normalize()
        geometry = json.loads(shapely.to_geojson(shape))
        features.append({"type": "Feature", "id": code, "properties": {}, "geometry": geometry})
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(features)} countries, {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
