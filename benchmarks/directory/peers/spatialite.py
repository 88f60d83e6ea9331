"""Write a SpatiaLite file for pygeoapi; runs in the peers' environment.

    python spatialite.py PLAIN TARGET

``PLAIN`` is the SQLite file Datasette serves. pygeoapi looks by comparing columns and by ``Intersects``: the former
have an index, the latter uses none. The box it compares with bears no reference system, so neither may the points, and
every row must have one: else all lie in every box (``Intersects`` is then -1, which is true).
"""

import sqlite3
import sys


def main(plain: str, target: str) -> None:
    connection = sqlite3.connect(target)
    connection.enable_load_extension(True)
    connection.load_extension("mod_spatialite")
    connection.execute("SELECT InitSpatialMetaData(1)")
    connection.execute("ATTACH ? AS plain", (plain,))
    (statement,) = connection.execute("SELECT sql FROM plain.sqlite_master WHERE name = 'places'").fetchone()
    connection.execute(statement)
    connection.execute("INSERT INTO places SELECT * FROM plain.places WHERE lat IS NOT NULL")
    connection.execute("SELECT AddGeometryColumn('places', 'geom', 0, 'POINT', 'XY')")
    connection.execute("UPDATE places SET geom = MakePoint(lon, lat, 0)")
    connection.execute("CREATE INDEX places_by_kind ON places (country, kind)")
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
