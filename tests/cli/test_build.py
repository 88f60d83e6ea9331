"""`build` and `decide` from the outside: what a person types, what comes back, and how each failure is said."""

import csv
import fcntl
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coworkmed.opendata import tables
from tests.conftest import ROOT

LIST = "id;nome;citta;lat;lon\n" + "".join(
    f"{n};Officina {name};Genova;44.{40 + n};8.{90 + n}\n"
    for n, name in enumerate(("Levante", "Ponente", "Lanterna", "Serra", "Molo"), start=1)
)
CATALOGUE = """
[[source]]
key = "liguria"
title = { it = "Spazi liguri" }
keeper = "Regione"
licence = "CC-BY-4.0"
attribution = "Regione"
observed_on = "2025-03"
connector = "csv"
location = "spazi.csv"
[source.columns]
id = "id"
name = "nome"
locality = "citta"
lat = "lat"
lon = "lon"
[source.defaults]
country = "IT"
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue and its list."""
    return declared(tmp_path)


def declared(folder: Path) -> Path:
    (folder / "spazi.csv").write_text(LIST, encoding="utf-8")
    (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str, language: str = "en", **more: str) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own, nobody watching its output."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "LANG": language,
        "COWORKMED_VAR": str(folder / "var"),
        "SOURCE_DATE_EPOCH": "1790000000",
    } | more
    command = [sys.executable, "-P", "-m", "coworkmed.cli", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr + done.stdout  # nobody watches: no colours, no spinner
    return done


def build(folder: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "build", "--sources", "catalogue.toml", "--out", "out", *more, **environment)


def set_up(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "serve", "--sources", "catalogue.toml", "--set-up-only", *options)


def test_help_comes_at_once_and_whole(folder: Path) -> None:
    done = run(folder, "--help", PYTHONPROFILEIMPORTTIME="1")
    assert "publish the files." in " ".join(done.stdout.split())
    assert "coworkmed.cli.main" in done.stderr
    assert "coworkmed.cli.build" not in done.stderr
    assert "numpy" not in done.stderr


def test_the_main_job_and_again_and_a_list_that_shrank(folder: Path) -> None:
    assert build(folder, "--dry-run").returncode == 0
    assert not (folder / "out" / "manifest.json").exists()
    first = build(folder)
    assert first.returncode == 0
    assert "5 entries are 5 places" in first.stderr
    assert not first.stdout
    published = (folder / "out" / "manifest.json").read_bytes()
    assert "unchanged" in build(folder).stderr
    assert (folder / "out" / "manifest.json").read_bytes() == published
    (folder / "spazi.csv").write_text("".join(LIST.splitlines(keepends=True)[:3]), encoding="utf-8")
    shrunk = build(folder)
    assert shrunk.returncode == 3  # done, but a person is needed
    assert "2 of the 5" in " ".join(shrunk.stderr.split())
    accepted = build(folder, "--accept", "liguria", "--json")
    assert accepted.returncode == 0
    assert json.loads(accepted.stdout)["harvested"][0]["counts"]["vanished"] == 3


def test_a_decision_binds_the_next_build(built: Path) -> None:
    decided = run(built, "decide", "liguria:1", "liguria:5", "same", "--note", "moved", "--out", "out")
    assert (decided.returncode, decided.stderr) == (0, "1 verdict noted. The next build goes by it.\n")
    assert "5 entries are 4 places" in build(built).stderr
    with (built / "out" / "links.csv").open(encoding="utf-8") as file:
        place = {row["external_id"]: row["place_id"] for row in csv.DictReader(file)}
    assert place["1"] == place["5"]


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [
        (("liguria:1", "liguria:9"), 1, "No entry 9 in the source liguria."),
        (("liguria:1", "liguria:1"), 1, "can't be compared with itself"),
        (("liguria", "liguria:1"), 2, "has no colon"),
    ],
)
def test_a_decision_that_makes_no_sense(built: Path, pair: tuple[str, str], code: int, said: str) -> None:
    done = run(built, "decide", *pair, "same", "--out", "out")
    assert done.returncode == code
    assert said in done.stderr


def test_a_decision_where_nothing_was_built_makes_no_registry(folder: Path) -> None:
    (folder / "out").mkdir()
    done = run(folder, "decide", "liguria:1", "liguria:2", "same", "--out", "out")
    assert done.returncode == 1
    assert "registry.sqlite3 can't be opened" in " ".join(done.stderr.split())
    assert list((folder / "out").iterdir()) == []


def test_two_at_once(built: Path) -> None:
    with (built / "out" / ".registry" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for done in (build(built), run(built, "decide", "liguria:1", "liguria:2", "same", "--out", "out")):
            assert done.returncode == 1
            assert "Another run is at work" in done.stderr


def test_what_the_machine_refuses_is_one_sentence_in_the_reader_s_language(folder: Path) -> None:
    (folder / "out").symlink_to("/proc/nowhere")  # where no one may write, whatever their rights
    done = build(folder, language="el_GR.UTF-8")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert re.search("[α-ω]", done.stderr)


def test_a_registry_that_is_no_database(folder: Path) -> None:
    (folder / "r.sqlite3").write_bytes(b"not a database at all" * 100)
    done = build(folder, "--registry", "r.sqlite3")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "not a database" in done.stderr


@pytest.mark.parametrize("content", [b"a = [", b"\xff\xfe\x00", b"[[source]]\nkey = 'x'\n"])
def test_a_catalogue_that_can_not_be_read(folder: Path, content: bytes) -> None:
    (folder / "catalogue.toml").write_bytes(content)
    done = build(folder)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert not (folder / "out").exists()


def test_a_wrong_address_of_the_database(folder: Path) -> None:
    done = build(folder, DATABASE_URL="mysql://x")
    assert done.returncode == 1
    assert done.stderr == "DATABASE_URL begins with “mysql”: use postgres:// or sqlite:///\n"


def test_a_review_that_was_filled_in_is_taken_back(built: Path) -> None:
    head = ";".join(tables.REVIEW) + "\n"
    gap = ";" * 7  # probability to reasons, empty as a spreadsheet may leave them
    review = built / "review.csv"
    rows = f"liguria;1;;liguria;5;{gap};Same\nliguria;2;;liguria;3;{gap};\n"
    review.write_text(head + rows, encoding="utf-8-sig")
    done = run(built, "decide", "--file", "review.csv", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "1 verdict noted. The next build goes by it.\n")
    review.write_text(head + f"liguria;1;;liguria;5;{gap};perhaps\n")
    done = run(built, "decide", "--file", "review.csv", "--out", "out")
    assert (done.returncode, "line 2: “perhaps” is no verdict" in done.stderr) == (1, True)
    review.write_text("a,b\n1,2\n")
    done = run(built, "decide", "--file", "review.csv", "--out", "out")
    assert (done.returncode, "is no review.csv: it lacks left_source" in done.stderr) == (1, True)
    assert run(built, "decide", "liguria:1", "--out", "out").returncode == 2


def test_a_site_takes_a_shrunken_list_and_a_verdict_when_told_to(site: Path) -> None:
    rows = (site / "spazi.csv").read_text(encoding="utf-8").splitlines()
    (site / "spazi.csv").write_text("\n".join(rows[:3]) + "\n", encoding="utf-8")
    flagged = set_up(site)
    assert (flagged.returncode, "⚠" in flagged.stderr) == (3, True)
    assert set_up(site, "--accept", "nobody").returncode == 1
    accepted = set_up(site, "--accept", "liguria")
    assert (accepted.returncode, "⚠" in accepted.stderr) == (0, False)
    assert run(site, "decide", "liguria:1", "liguria:2", "same").returncode == 0
