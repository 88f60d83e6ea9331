"""A PostgreSQL server for the length of a run: it answers, and leaves nothing behind."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import postgres
import psycopg


def test_a_database_for_the_time_and_nothing_after() -> None:
    with postgres.database() as address:
        folder = Path(unquote(urlsplit(address).hostname or ""))
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT 'Αθήνα' || current_database()").fetchone() == (
                "Αθήνα" + urlsplit(address).path[1:],
            )
        with postgres.database(address) as another:
            assert another != address
            psycopg.connect(another).close()
        with psycopg.connect(address) as connection:
            names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'coworkmed%'").fetchall()
            assert names == [(urlsplit(address).path[1:],)]
    assert folder.is_absolute()
    assert not folder.exists()
