"""GeoPackage (OGC 12-128): an SQLite file of features, read as such.

The usual way, through GDAL, brings the whole process down on a damaged file; SQLite itself only raises an error. What
is left to do is small: the header before each shape, and bringing other reference systems to degrees.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import shapely

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, cell, clean, head, malformed
from .geo import placed

Place = Callable[[float, float], tuple[float, float]]  # x and y of a reference system → longitude and latitude

_LONGEST = 20_000_000  # bytes of one value
_ENVELOPE_SIZE = (0, 32, 48, 48, 64)  # bytes, by the code in the header's flags


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The features of a layer, a shape counting by its centroid. Options: layer, needed where there are several."""
    if not head(path, 16).startswith(b"SQLite format 3\0"):
        raise malformed(N_("The file is not a GeoPackage."))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)  # a computed column can ask for any size
            base.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield from _features(base, str(options.get("layer", "")))
    except (sqlite3.Error, OverflowError, MemoryError) as error:
        raise malformed(N_("The file is not a GeoPackage: {detail}."), error) from error


def _features(base: sqlite3.Connection, wanted: str) -> Iterator[Row]:
    layers = {
        name: (shape, reference)
        for name, shape, reference in base.execute(
            "SELECT g.table_name, g.column_name, s.organization || ':' || s.organization_coordsys_id "
            "FROM gpkg_geometry_columns g JOIN sqlite_master m ON m.name = g.table_name AND m.type = 'table' "
            "LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY g.table_name"
        )
    }
    if wanted not in layers and (wanted or len(layers) != 1):
        message = N_("Say in options.layer which layer holds the list; there are: {layers}.")
        raise SourceError(message, layers=clean(", ".join(map(str, layers))) or "-")
    layer = wanted or next(iter(layers))
    shape, reference = layers[layer]
    place = _placing(str(reference).upper())
    found = base.execute(f"SELECT * FROM {_quoted(layer)}")  # noqa: S608 (a name can't be a parameter; it is quoted)
    names = [str(column[0]) for column in found.description]
    for number, values in enumerate(found, start=1):
        cells = {clean(name): _text(value) for name, value in zip(names, values, strict=True) if name != shape}
        geometry = values[names.index(shape)] if shape in names else None
        yield Row(number, placed(cells, *_position(geometry, place)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "" if isinstance(value, bytes) else cell(value)


def _position(blob: object, place: Place) -> tuple[str, str]:
    """Latitude and longitude of a GeoPackage shape as text, "" for none or a broken one."""
    try:
        if not isinstance(blob, bytes) or blob[:2] != b"GP":
            return "", ""
        shape = shapely.from_wkb(blob[8 + _ENVELOPE_SIZE[blob[3] >> 1 & 7] :])
        if shape is None or shape.is_empty:
            return "", ""
        lon, lat = place(shape.centroid.x, shape.centroid.y)
    except (IndexError, ValueError, shapely.errors.ShapelyError, duckdb.Error):
        return "", ""
    return (f"{lat:.7f}", f"{lon:.7f}") if -90 <= lat <= 90 and -180 <= lon <= 180 else ("", "")


def _placing(reference: str) -> Place:
    """How to bring positions of a reference system, named as "EPSG:2154", to degrees."""
    if reference == "EPSG:4326":
        return lambda x, y: (x, y)

    def placed_by_proj(x: float, y: float) -> tuple[float, float]:
        point: Any = _spatial().execute(
            "SELECT ST_X(p), ST_Y(p) FROM "
            "(SELECT ST_Transform(ST_Point(?, ?), ?, 'EPSG:4326', always_xy := true) AS p)",
            [x, y, reference],
        )
        lon, lat = point.fetchone()
        return lon, lat

    try:
        placed_by_proj(0.0, 0.0)
    except duckdb.Error as error:
        message = N_("The positions are in a reference system we don't know: {reference}.")
        raise SourceError(message, reference=clean(reference)) from error
    return placed_by_proj


@cache
def _spatial() -> duckdb.DuckDBPyConnection:
    """A database in memory that knows reference systems, from the installed package: nothing is ever downloaded."""
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    )
    extension = files("duckdb_extension_spatial") / "extensions" / f"v{duckdb.__version__}" / "spatial.duckdb_extension"
    connection.load_extension(str(extension))
    return connection
