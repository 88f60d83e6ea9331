"""All indicators of all territories: our one pass in DuckDB, the same SQL on PostgreSQL, the same figures in pandas.

    python -m benchmarks.observatory --sizes 10000 100000 1000000 --pandas PYTHON --postgres

Each run is a process of its own: wall and processor seconds of the work, without the start of Python, and the peak
memory of the process. PostgreSQL's processor time is the server's and is not told; loading the tables into it stands
apart. ``--pandas`` names a Python with the packages of ``peers.in``. The load average before each run tells how busy
the machine was: wall seconds are only as good as that.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .generated import generate


def work(engine: str, folder: Path) -> dict[str, float]:
    """One run in this process."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
    os.environ["COWORKMED_VAR"] = str(folder)
    django.setup()
    from coworkmed.observatory.indicators import compute
    from coworkmed.observatory.indicators.engines import Postgres, duck
    from coworkmed.observatory.indicators.extract import Extract

    start, used = time.perf_counter(), time.process_time()
    loading = 0.0
    if engine == "duckdb":
        rows = compute.write(folder, memory="3GB").rows
    else:
        import psycopg

        from tools import postgres

        with postgres.database("") as url, duck() as files, psycopg.connect(url, autocommit=True) as connection:
            extract, server = Extract(folder), Postgres(connection, files)
            start = time.perf_counter()
            extract.open(server, files)
            loading = time.perf_counter() - start
            Extract.open = lambda *_: None  # type: ignore[method-assign]
            compute.find(server, files, extract)
            [(rows,)] = server.rows("SELECT count(*) FROM found")
    return {
        "wall": time.perf_counter() - start - loading,
        "cpu": time.process_time() - used,
        "rows": rows,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "loading": loading,
    }


def run(command: list[str]) -> dict[str, float]:
    load = os.getloadavg()[0]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {"load": load, **json.loads(done.stdout.splitlines()[-1])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--pandas", help="a Python with pandas")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where generated tables are kept")
    asked = parser.parse_args()
    if asked.work:
        print(json.dumps(work(asked.work, asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        for size in asked.sizes:
            folder = (asked.folder or Path(scratch)) / str(size)
            if not (folder / "manifest.json").is_file():
                generate(folder, size)
            ours = [sys.executable, "-m", "benchmarks.observatory", "--folder", str(folder), "--work"]
            commands = {"duckdb": [*ours, "duckdb"]}
            if asked.pandas:
                commands["pandas"] = [asked.pandas, str(Path(__file__).with_name("with_pandas.py")), str(folder)]
            if asked.postgres:
                commands["postgres"] = [*ours, "postgres"]
            for name, command in commands.items():
                told = run(command)
                figures = "  ".join(f"{key} {amount:,.1f}" for key, amount in told.items())
                print(f"{size:>9,}  {name:<9} {figures}", flush=True)


if __name__ == "__main__":
    main()
