"""GeoJSON: properties as columns, and the position as ``lat`` and ``lon`` in WGS84 degrees."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, cell, malformed
from .documents import as_text, decode, flat, load
from .text import lines

_WGS84 = ("crs84", "4326", "4979")


def read_geojson(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The features of a GeoJSON file (RFC 7946), or of one with a feature per line; a shape counts by its centroid."""
    for number, feature in enumerate(_features(path, options), start=1):
        yield _feature(number, feature)


def _features(path: Path, options: Options) -> list[Any]:
    try:
        document = load(path, options)
    except SourceError:
        document = _sequence(path, options)
    if isinstance(document, Mapping) and document.get("type") == "Feature":
        return [document]
    features = document.get("features") if isinstance(document, Mapping) else document
    if not isinstance(features, list):
        raise malformed(N_("The file is not GeoJSON: it holds no features."))
    if isinstance(document, Mapping) and (crs := document.get("crs")):
        name = as_text(crs).lower()
        if not any(code in name for code in _WGS84):
            raise malformed(N_("The positions are not in WGS84 degrees, as GeoJSON asks: {detail}."), name)
    return features


def _sequence(path: Path, options: Options) -> list[Any]:
    """One feature per line (RFC 8142, with or without the separators)."""
    found = []
    for line in lines(path, options):
        if text := line.strip("\ufeff\x1e \t\r\n"):
            try:
                found.append(decode(text))
            except (ValueError, RecursionError) as error:
                raise malformed(N_("The file is not GeoJSON: {detail}."), error) from error
    return found


def _feature(number: int, feature: Any) -> Row | Reject:
    if not isinstance(feature, Mapping):
        return Reject(number, {"element": as_text(feature)}, "NOT_A_RECORD")
    properties = feature.get("properties")
    cells = flat(properties if isinstance(properties, Mapping) else {})
    if "id" in feature and "id" not in cells:
        cells["id"] = as_text(feature["id"])
    if not cells and not isinstance(feature.get("geometry"), Mapping):
        return Reject(number, {"element": as_text(feature)}, "NOT_A_RECORD")
    return Row(number, placed(cells, *position(feature.get("geometry"))))


def placed(cells: dict[str, str], lat: str, lon: str) -> dict[str, str]:
    """``cells`` with the position added; a property of the same name gives way, under ``properties.``"""
    for name in ("lat", "lon"):
        if name in cells:
            cells[f"properties.{name}"] = cells.pop(name)
    return {**cells, "lat": lat, "lon": lon}


def position(geometry: Any) -> tuple[str, str]:
    """Latitude and longitude of a GeoJSON geometry as text: a point's as written, of any other the centroid's."""
    try:
        if geometry["type"] == "Point":
            lon, lat = (cell(number) for number in geometry["coordinates"][:2])
            return (lat, lon) if float(lat) == float(lat) and float(lon) == float(lon) else ("", "")
        return centre(shapely.geometry.shape(_numbers(geometry)))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        return "", ""


def centre(shape: Any) -> tuple[str, str]:
    """Latitude and longitude of a shape's centroid, to seven decimals (a centimetre)."""
    if shape is None or shape.is_empty:
        return "", ""
    point = shape.centroid
    return (f"{point.y:.7f}", f"{point.x:.7f}") if point.x == point.x and point.y == point.y else ("", "")


def _numbers(item: Any) -> Any:
    """A geometry whose numbers were kept as text, as shapely wants it."""
    if isinstance(item, Mapping):
        return {key: inner if key == "type" else _numbers(inner) for key, inner in item.items()}
    return [_numbers(inner) for inner in item] if isinstance(item, list) else float(item)
