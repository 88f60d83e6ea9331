"""A site with a generated registry: made, asked in a process of its own, served as it always is."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import Server, free_port, serving

ROOT = Path(__file__).resolve().parents[2]
_STAMP = "filled.json"


@dataclass(frozen=True, slots=True)
class Filled:
    """What it took: wall and processor seconds until the database was full and then until the index was, what both
    take on disk, and the peak memory of the largest process, all in MB; ``load`` of the machine before."""

    places: int
    database_s: float
    database_cpu_s: float
    index_s: float
    index_cpu_s: float
    database_mb: float
    index_mb: float
    peak_mb: float
    load: float

    def __str__(self) -> str:
        return (
            f"{self.places:,} places: database {self.database_s:.1f} s ({self.database_cpu_s:.1f} CPU s), "
            f"{self.database_mb:,.0f} MB; index {self.index_s:.1f} s ({self.index_cpu_s:.1f} CPU s), "
            f"{self.index_mb:,.0f} MB; peak {self.peak_mb:,.0f} MB; load before {self.load:.1f}"
        )


@dataclass(frozen=True, slots=True)
class Site:
    """``folder`` of its own files; ``database_url`` as for the site, "" for a SQLite file in the folder."""

    folder: Path
    places: int
    database_url: str = ""
    seed: int = 1

    @property
    def database(self) -> str:
        return "PostgreSQL" if self.database_url else "SQLite"

    @property
    def environment(self) -> dict[str, str]:
        paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        return {
            "COWORKMED_VAR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "PYTHONPATH": paths,
            "LANGUAGE": "en",
        }

    def filled(self) -> Filled:
        """Fill it, unless that was done already. A PostgreSQL database must be empty."""
        stamp = self.folder / _STAMP
        if stamp.exists() and not self.database_url:
            return Filled(**json.loads(stamp.read_text()))
        self.folder.mkdir(parents=True, exist_ok=True)
        told = self.inside("fill")
        stamp.write_text(json.dumps(told))
        return Filled(**told)

    def inside(self, what: str) -> Any:
        """The answer of ``python -m benchmarks.directory inside`` in a process of its own."""
        command = [sys.executable, "-m", "benchmarks.directory", "inside", what]
        done = subprocess.run(
            [*command, "--places", str(self.places), "--seed", str(self.seed)],
            check=True,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def served(self) -> Iterator[Server]:
        """The site as the command line serves it, after bringing its tables and its index up to date."""
        port = free_port()
        command = [sys.executable, "-m", "coworkmed.cli", "serve", "--no-demo", "--port", str(port)]
        beside = (postmaster(self.database_url),) if self.database_url else ()
        with serving(
            f"CoWorkMed on {self.database}",
            command,
            port,
            environment=self.environment,
            log=self.folder / "server.log",
            probe="/api/v1/",
            beside=beside,
        ) as server:
            yield server


def postmaster(url: str) -> int:
    """The first process of the PostgreSQL server of a database, which must run on this machine."""
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int").fetchone()
    if not found:
        raise RuntimeError("the database does not tell its process")
    return int(found[0])


def fill_here(places: int, seed: int) -> dict[str, Any]:
    """Fill the site of this process's environment; what it took, as `Filled` has it."""
    from django.conf import settings

    from coworkmed.places.search.index import index
    from coworkmed.platform import database

    from .registry import fill

    load = os.getloadavg()[0]
    database.prepare()
    start, cpu = time.perf_counter(), _cpu()
    fill(places, seed)
    full, full_cpu = time.perf_counter(), _cpu()
    index().follow()
    return {
        "places": places,
        "database_s": full - start,
        "database_cpu_s": full_cpu - cpu,
        "index_s": time.perf_counter() - full,
        "index_cpu_s": _cpu() - full_cpu,
        "database_mb": _database_mb(),
        "index_mb": sum(one.stat().st_size for one in Path(settings.SEARCH_ROOT).rglob("*") if one.is_file()) / 2**20,
        "peak_mb": max(resource.getrusage(who).ru_maxrss for who in _WHO) / 1024,
        "load": load,
    }


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _WHO))


def _database_mb() -> float:
    """On disk, once nothing waits in the write-ahead log."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return float(cursor.fetchone()[0]) / 2**20
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(connection.settings_dict["NAME"])).stat().st_size / 2**20
