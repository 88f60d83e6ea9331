"""Datasette for uvicorn's workers; runs in the peers' environment. The file is named by PLACES_DB."""

import os

from datasette.app import Datasette

#: A page of a box by the R*Tree, which the table's own page can't use.
IN_BOX = """
SELECT places.* FROM places_box JOIN places ON places.rowid = places_box.number
WHERE west >= CAST(:west AS REAL) AND west <= CAST(:east AS REAL)
  AND south >= CAST(:south AS REAL) AND south <= CAST(:north AS REAL)
LIMIT 50
"""


def app() -> object:
    """The server as ASGI."""
    metadata = {"databases": {"places": {"queries": {"in_box": {"sql": IN_BOX}}}}}
    settings = {"suggest_facets": False, "num_sql_threads": int(os.environ["SQL_THREADS"]), "max_csv_mb": 0}
    return Datasette(immutables=[os.environ["PLACES_DB"]], metadata=metadata, settings=settings).app()
