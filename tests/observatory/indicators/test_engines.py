"""One SQL, two engines: what DuckDB finds, PostgreSQL finds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from coworkmed.observatory.indicators import assemble, compute
from coworkmed.observatory.indicators.engines import Engine, Postgres, duck
from coworkmed.observatory.indicators.extract import Extract
from tools import postgres

from .factory import said
from .test_compute import every_column


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.database("") as url:
        yield url


def found(engine: Engine) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in assemble.FOUND)
    rows = engine.rows(f"SELECT {names}, coalesce(note, '') FROM found")
    told = {tuple(part or "" for part in row[:9]): row[9:] for row in rows}
    assert len(told) == len(rows), "no figure twice"
    return told


def test_both_find_the_same(tmp_path: Path, server: str) -> None:
    out, beside = every_column(tmp_path)
    said(out)
    extract = Extract(out, beside)
    with duck() as files:
        unknown = compute.find(files, files, extract)
        here = found(files)
    with duck() as files, psycopg.connect(server, autocommit=True) as connection:
        there_engine = Postgres(connection, files)
        assert compute.find(there_engine, files, extract) == unknown
        there = found(there_engine)
    assert len({key[0] for key in here}) > 30
    assert here.keys() == there.keys()
    for key, (value, n, of, low, high, note) in here.items():
        again = there[key]
        assert (n, of, note) == (again[1], again[2], again[5]), key
        for one, other in ((value, again[0]), (low, again[3]), (high, again[4])):
            assert one == (other if other is None else pytest.approx(float(other), abs=1e-9)), key
