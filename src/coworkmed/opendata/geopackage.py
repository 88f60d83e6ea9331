"""What a search finds as a GeoPackage (OGC 12-128r19, version 1.4): one file that QGIS and its like open as it is.

Written by SQLite itself, some hundreds of places at a time, with the spatial index that makes a map of them quick.
"""

import sqlite3
import struct
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coworkmed.kernel.batches import batched
from coworkmed.sources.spec import Spec

from . import tables
from .feeds import Origins

MEDIA_TYPE = "application/geopackage+sqlite3"
_GPKG, _VERSION = 0x47504B47, 10400
_WGS84 = 4326
_AT_ONCE = 500  # rows
_TYPES: Mapping[str, str] = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE", "VARCHAR[]": "TEXT"}
#: Where a position stands in the geometry, not in columns of its own.
_COLUMNS = {column.name: _TYPES[column.type] for column in tables.PLACES if column.name not in ("lat", "lon")}
_SOURCE = ("key", "title", "keeper", "licence", "attribution", "homepage")
_SYSTEM_4326 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT ''
);
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id)
);
"""


#: The extension of the spatial index: its triggers, as the standard words them, keep it true when the file is edited.
_INDEXED = """
CREATE TRIGGER "rtree_places_geom_insert" AFTER INSERT ON "places"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_places_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")
  );
END;
CREATE TRIGGER "rtree_places_geom_update2" AFTER UPDATE OF "geom" ON "places"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_places_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_places_geom_update4" AFTER UPDATE ON "places"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_places_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_places_geom_update5" AFTER UPDATE ON "places"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_places_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_places_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")
  );
END;
CREATE TRIGGER "rtree_places_geom_update6" AFTER UPDATE OF "geom" ON "places"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_places_geom" SET
    minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"), miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom")
  WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_places_geom_update7" AFTER UPDATE OF "geom" ON "places"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_places_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")
  );
END;
CREATE TRIGGER "rtree_places_geom_delete" AFTER DELETE ON "places"
WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_places_geom" WHERE id = OLD."fid";
END;
"""


def write(path: Path, rows: Iterable[Mapping[str, Any]], origins: Origins) -> None:
    """Write rows of the table of places (`feeds.rows`) to a new file: layer "places", table "sources", the terms."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"PRAGMA application_id = {_GPKG}")
        file.execute(f"PRAGMA user_version = {_VERSION}")
        file.execute("PRAGMA journal_mode = OFF")  # whoever reads it has it whole or not at all
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_TABLES)
        file.execute("BEGIN")
        _systems(file)
        _sources(file, origins.specs, now)
        _terms(file, origins)
        _places(file, rows, now)
        file.execute("COMMIT")


def point(lon: float, lat: float) -> bytes:
    """A position as GeoPackage keeps it: its header, then well-known binary."""
    return struct.pack("<2sBBi", b"GP", 0, 1, _WGS84) + wkb(lon, lat)


def wkb(lon: float, lat: float) -> bytes:
    """A position in well-known binary."""
    return struct.pack("<BIdd", 1, 1, lon, lat)


def _systems(file: sqlite3.Connection) -> None:
    file.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
            ("WGS 84 geodetic", _WGS84, "EPSG", _WGS84, _SYSTEM_4326, "longitude/latitude in degrees"),
        ],
    )


def _sources(file: sqlite3.Connection, specs: Mapping[str, Spec], now: str) -> None:
    columns = ", ".join(f"{name} TEXT" for name in _SOURCE)
    file.execute(f"CREATE TABLE sources (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {columns})")
    file.executemany(
        f"INSERT INTO sources ({', '.join(_SOURCE)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 (names of ours)
        [
            (key, spec.title.get("en") or next(iter(spec.title.values()), key), spec.keeper, spec.licence,
             spec.attribution, spec.homepage)
            for key, spec in specs.items()
        ],
    )  # fmt: skip
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('sources', 'attributes', 'sources', 'How the sources are to be named', ?)",
        (now,),
    )


def _terms(file: sqlite3.Connection, origins: Origins) -> None:
    told = tables.to_json(origins.terms.as_json())
    file.execute(
        "INSERT INTO gpkg_metadata (id, md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES (1, 'dataset', 'http://purl.org/dc/terms/', 'application/json', ?)",
        (told,),
    )
    file.execute("INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', 1)")
    definition = "http://www.geopackage.org/spec121/#extension_metadata"
    file.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
        [(name, definition) for name in ("gpkg_metadata", "gpkg_metadata_reference")],
    )


def _places(file: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], now: str) -> None:
    names = [*_COLUMNS, "attributions"]
    columns = ", ".join(f"{name} {_COLUMNS.get(name, 'TEXT')}" for name in names)
    file.execute(f"CREATE TABLE places (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {columns})")
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('places', 'features', 'places', 'Coworking spaces and other third places', ?, ?)",
        (now, _WGS84),
    )
    file.execute("INSERT INTO gpkg_geometry_columns VALUES ('places', 'geom', 'POINT', ?, 0, 0)", (_WGS84,))
    marks = ", ".join("?" * (len(names) + 1))
    into = f"INSERT INTO places (geom, {', '.join(names)}) VALUES ({marks})"  # noqa: S608 (names of ours)
    extent = _Extent()
    boxes = "INSERT INTO rtree_places_geom VALUES (?, ?, ?, ?, ?)"
    file.execute("CREATE VIRTUAL TABLE rtree_places_geom USING rtree(id, minx, maxx, miny, maxy)")
    for some in batched(enumerate(rows, 1), _AT_ONCE):
        file.executemany(into, [[extent.take(row), *(_cell(row[name]) for name in names)] for _, row in some])
        placed = [(fid, row["lon"], row["lat"]) for fid, row in some if _placed(row)]
        file.executemany(boxes, [(fid, lon, lon, lat, lat) for fid, lon, lat in placed])
    file.execute(
        "INSERT INTO gpkg_extensions VALUES ('places', 'geom', 'gpkg_rtree_index', ?, 'write-only')",
        ("http://www.geopackage.org/spec121/#extension_rtree",),
    )
    for trigger in filter(str.strip, _INDEXED.split("END;\n")):
        file.execute(f"{trigger}END")
    file.execute("UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name='places'", extent.box)


def _cell(value: Any) -> Any:
    """Lists become a text, as in CSV; a text SQLite can't hold loses what is none."""
    if isinstance(value, list):
        value = tables.LIST_SEPARATOR.join(value)
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _placed(row: Mapping[str, Any]) -> bool:
    return row["lon"] is not None and row["lat"] is not None


class _Extent:
    """The box about the points that were taken."""

    def __init__(self) -> None:
        self.box: tuple[float, float, float, float] | tuple[None, None, None, None] = (None, None, None, None)

    def take(self, row: Mapping[str, Any]) -> bytes | None:
        if not _placed(row):
            return None
        lon, lat = row["lon"], row["lat"]
        west, south, east, north = self.box
        if west is None or south is None or east is None or north is None:
            self.box = (lon, lat, lon, lat)
        else:
            self.box = (min(west, lon), min(south, lat), max(east, lon), max(north, lat))
        return point(lon, lat)
