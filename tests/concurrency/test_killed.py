"""A run killed at any moment leaves the registry as before or after, and the next one finishes."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CATALOGUE = """
[[source]]
key = "{key}"
title = "List {key}"
keeper = "Someone"
licence = "CC0-1.0"
attribution = "Someone"
observed_on = "{year}"
territory = ["FR"]
connector = "csv"
location = "{key}.csv"
[source.columns]
id = "id"
name = "name"
postcode = "postcode"
locality = "town"
[source.defaults]
country = "FR"
"""


def write_lists(folder: Path, edition: int) -> Path:
    """Two lists that overlap, in a first edition or a second one with changes, and their catalogue."""
    folder.mkdir(exist_ok=True)
    for key, first, last in (("a", 0, 30), ("b", 20, 50)):
        rows = [f"{key}{n},House {n * 7919 % 1000},{13000 + n},Town {n}" for n in range(first + edition, last)]
        if edition:
            rows[3] += " sur Mer"
        (folder / f"{key}.csv").write_text("\n".join(["id,name,postcode,town", *rows]) + "\n")
    catalogue = folder / "catalogue.toml"
    catalogue.write_text("".join(CATALOGUE.format(key=key, year=2024 + edition) for key in "ab"))
    return catalogue


def build(catalogue: Path, out: Path, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COWORKMED_VAR": str(out.parent / "var")}
    command = [sys.executable, "-m", "tests.concurrency.killed", str(kill_at), "build"]
    return subprocess.run(
        [*command, "--sources", str(catalogue), "--out", str(out), "--as-of", "2026-11-22"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def published(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".registry" not in path.parts
    }


def state(out: Path) -> dict[str, int]:
    """How many entries each list has, and how many are linked and settled: what a reader of the registry would find."""
    with sqlite3.connect(out / ".registry" / "registry.sqlite3") as registry:
        assert registry.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        silent = registry.execute("SELECT count(*) FROM sources_entry WHERE assertion_id IS NULL").fetchone()[0]
        assert silent == 0, "an entry was taken in without what it says"
        entries = registry.execute("SELECT source_id, count(*) FROM sources_entry GROUP BY 1").fetchall()
        links = registry.execute("SELECT count(*) FROM places_link").fetchone()[0]
        unsettled = registry.execute(
            "SELECT count(*) FROM places_place WHERE name = '' AND merged_into_id IS NULL"
        ).fetchone()[0]
    assert unsettled == 0, "a place was made and not settled"
    return {**dict(entries), "links": links}


@pytest.fixture(scope="module")
def first_built(tmp_path_factory):
    """A folder where the first edition was built."""
    return tmp_path_factory.mktemp("first") / "built"


@pytest.fixture(scope="module")
def reference(tmp_path_factory, first_built):
    """What uninterrupted runs publish, for each edition, and how many statements they take."""
    folder = tmp_path_factory.mktemp("reference")
    found = {}
    for edition in (0, 1):
        if edition:
            shutil.copytree(folder, first_built)
        done = build(write_lists(folder / "lists", edition), folder / "out")
        assert done.returncode == 0, done.stderr
        found[edition] = (int(done.stdout.split()[-1]), published(folder / "out"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("edition", "moment"), [(0, 2), (0, 6), (0, 7), *((1, moment) for moment in range(1, 8))])
def test_killed_anywhere_the_next_run_finishes(tmp_path, reference, first_built, edition, moment):
    statements, expected = reference[edition]
    out = tmp_path / "out"
    if edition:
        shutil.copytree(first_built, tmp_path, dirs_exist_ok=True)
    catalogue = write_lists(tmp_path / "lists", edition)
    killed = build(catalogue, out, kill_at=statements * moment // 8)
    assert killed.returncode == -signal.SIGKILL
    if edition:  # the tables are there: the registry reads as before a step or after it
        found = state(out)
        assert found["a"] == 30
        assert found["b"] == 30
        assert found["links"] == 60
        assert set(published(out)) == set(reference[0][1])
    assert build(catalogue, out).returncode == 0
    assert published(out) == expected
