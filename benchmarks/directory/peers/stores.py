"""The rows as each server wants them: a plain SQLite file with full text and an R*Tree, a SpatiaLite file, PostGIS."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from .rows import COLUMNS, NUMBERS, read

_TYPED = ", ".join(f"{name} {NUMBERS.get(name, 'TEXT')}{' PRIMARY KEY' * (name == 'id')}" for name in COLUMNS)
_WORDS = "name, other_names, locality"


def plain(folder: Path, target: Path) -> None:
    """For Datasette: what it searches by is indexed, and the file is as compact as it gets."""
    marks = ", ".join("?" * len(COLUMNS))
    with closing(sqlite3.connect(target)) as connection:
        connection.execute(f"CREATE TABLE places ({_TYPED})")
        connection.executemany(f"INSERT INTO places VALUES ({marks})", read(folder))
        connection.execute("CREATE INDEX places_by_kind ON places (country, kind, id)")
        connection.execute("CREATE INDEX places_by_kind_alone ON places (kind)")
        connection.execute(
            # quoted, or Datasette misses it
            f'CREATE VIRTUAL TABLE places_fts USING fts5 ({_WORDS}, content="places", '
            "tokenize='unicode61 remove_diacritics 2')"
        )
        connection.execute("INSERT INTO places_fts (places_fts) VALUES ('rebuild')")
        connection.execute("CREATE VIRTUAL TABLE places_box USING rtree (number, west, east, south, north)")
        connection.execute("INSERT INTO places_box SELECT rowid, lon, lon, lat, lat FROM places WHERE lat IS NOT NULL")
        connection.commit()
        connection.execute("INSERT INTO places_fts (places_fts) VALUES ('optimize')")
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("VACUUM")


def spatialite(python: Path, plain_file: Path, target: Path) -> None:
    """For pygeoapi's SQLite provider."""
    script = Path(__file__).with_name("spatialite.py")
    subprocess.run([python, script, plain_file, target], check=True)


def postgis(folder: Path, url: str) -> None:
    """For pygeoapi's PostgreSQL provider: geometry, properties and identifier are all indexed."""
    import psycopg

    types = _TYPED.replace("REAL", "double precision")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
        connection.execute(f"CREATE TABLE places ({types})")
        with connection.cursor().copy(f"COPY places ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in read(folder):
                copy.write_row(row)
        connection.execute("ALTER TABLE places ADD geom geometry(Point, 4326)")
        connection.execute("UPDATE places SET geom = ST_SetSRID(ST_MakePoint(lon, lat), 4326) WHERE lat IS NOT NULL")
        connection.execute("CREATE INDEX ON places USING gist (geom)")
        connection.execute("CREATE INDEX ON places (country, kind)")
        connection.execute("VACUUM FULL ANALYZE places")
