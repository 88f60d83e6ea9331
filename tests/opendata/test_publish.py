"""Publishing: the same registry gives the same bytes, and a run killed anywhere leaves the old files or the new."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as example_settings

import coworkmed
from coworkmed.opendata import tables
from coworkmed.opendata.csv_text import unguard
from coworkmed.opendata.publish import MANIFEST, STAGE, differing, finish_interrupted, publish
from coworkmed.places.queries import Snapshot
from tests.observatory.factory import entry, network, snapshot, snapshots, source

FILES = {
    "places.csv", "places.geojson", "places.parquet", "assertions.parquet", "links.csv", "review.csv", "rejects.csv",
    "figures.json", "report/index.html", "report/en/index.html", "report-en.pdf", "manifest.json",
    "signals.csv", "signals.parquet", "freshness.csv",
    "indicators.parquet", "indicators.json",
}  # fmt: skip
OLD, NEW = network(11), network(22)


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def manifest_of(out: Path) -> dict:
    return json.loads((out / MANIFEST).read_text(encoding="utf-8"))


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [[unguard(cell) for cell in row] for row in csv.reader(file)]


def test_everything_promised_is_there_and_as_the_manifest_says(tmp_path: Path) -> None:
    made = publish(network(), tmp_path)
    assert set(contents(tmp_path)) == FILES
    assert manifest_of(tmp_path) == made.as_json()
    assert set(made.files) == FILES - {MANIFEST}
    assert differing(tmp_path, made.as_json()) == []
    (tmp_path / "links.csv").write_text("tampered")
    (tmp_path / "figures.json").unlink()
    assert differing(tmp_path, made.as_json()) == ["figures.json", "links.csv"]


def test_the_same_registry_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        publish(network(), tmp_path / name)
    publish(network(), tmp_path / "a")  # and again over itself
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_several_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(network(), tmp_path / "one", "fr", site="https://example.org/fr")
    monkeypatch.setattr("coworkmed.opendata.publish.MANY", 1)
    publish(network(), tmp_path / "several", "fr", site="https://example.org/fr")
    assert contents(tmp_path / "one") == contents(tmp_path / "several")


@given(snapshots())
@example_settings(max_examples=8)
def test_any_registry_can_be_published_twice_alike(
    tmp_path_factory: pytest.TempPathFactory, registry: Snapshot
) -> None:
    one, other = (tmp_path_factory.mktemp("out") for _ in range(2))
    publish(registry, one)
    publish(registry, other)
    assert contents(one) == contents(other)
    for name, data in contents(one).items():
        if not name.endswith((".parquet", ".pdf")):
            data.decode("utf-8")
    assert len(read_csv(one / "places.csv")) == len(registry.places) + 1


def test_nothing_of_this_run_is_in_the_files(tmp_path: Path) -> None:
    publish(network(), tmp_path)
    for name, data in contents(tmp_path).items():
        assert str(tmp_path).encode() not in data, name
    assert manifest_of(tmp_path)["as_of"] == "2026-03-01"
    assert manifest_of(tmp_path)["software"] == {"name": "CoWorkMed", "version": coworkmed.__version__}


def test_links_have_exactly_the_columns_promised(tmp_path: Path) -> None:
    registry = network()
    publish(registry, tmp_path)
    header, *rows = read_csv(tmp_path / "links.csv")
    assert header == "source external_id place_id probability decided_by missing_since retired_on".split()
    assert [tuple(row[:3]) for row in rows] == [(e.source, e.external_id, e.place_id) for e in registry.entries]


def test_places_begin_with_what_one_looks_for(tmp_path: Path) -> None:
    publish(network(), tmp_path)
    header, first, *_ = read_csv(tmp_path / "places.csv")
    assert (
        header[:17]
        == (
            "place_id name status freshness main_kind kinds country region locality postcode address lat lon "
            "web phone email opening_hours"
        ).split()
    )
    assert header[-4:] == ["confirmed_on", "confirmed_by", "sources", "licences"]
    assert len(set(header)) == len(header) == len(first)


def test_a_formula_in_a_name_is_no_formula_in_the_table(tmp_path: Path) -> None:
    publish(snapshot([entry("a", "=1", "p1", name="=cmd|' /C calc'!A0")]), tmp_path)
    assert "\n'=1," not in (tmp_path / "links.csv").read_text()  # the first cell is the source's key
    assert ",'=1," in (tmp_path / "links.csv").read_text()
    assert read_csv(tmp_path / "places.csv")[1][1] == "=cmd|' /C calc'!A0"


def test_pairs_to_review_leave_the_verdict_to_a_person(tmp_path: Path) -> None:
    registry = network()
    publish(registry, tmp_path)
    header, *rows = read_csv(tmp_path / "review.csv")
    assert header == list(tables.REVIEW)
    assert len(rows) == len(registry.doubts)
    assert all(row[2] and row[5] and not row[-1] for row in rows)
    assert rows[0][6:] == ["0.6200", "no", "other", "1 + 2", "gain", "0.62", "40 m apart (for)", ""]
    assert rows[1][6:] == ["0.4400", "no", "", "", "audit", "", "Same town: Gap (slightly for)", ""]


def test_rejects_say_why_in_a_sentence_and_keep_the_row(tmp_path: Path) -> None:
    publish(network(), tmp_path)
    header, *rows = read_csv(tmp_path / "rejects.csv")
    assert header == ["source", "row", "code", "reason", "given"]
    row = next(row for row in rows if row[2] == "UNREADABLE_ROW")
    assert "3 cells for 12 columns" in row[3]
    assert json.loads(row[4]) == {"1": "=1+1"}


def test_the_manifest_names_each_source_as_it_must_be_named(tmp_path: Path) -> None:
    registry = network()
    made = publish(registry, tmp_path)
    assert [one["attribution"] for one in made.sources] == [row.spec.attribution for row in registry.sources]
    assert all(len(one["fingerprint"]) == 26 for one in made.sources)
    assert made.licence["licence"] == "ODbL-1.0"


def test_a_source_that_says_something_else_has_another_fingerprint(tmp_path: Path) -> None:
    prints = [
        publish(snapshot([entry("a", "1", "p1", name=name), entry("b", "1", "p1", name="y")]), tmp_path).sources
        for name in ("x", "z")
    ]
    assert prints[0][0]["fingerprint"] != prints[1][0]["fingerprint"]
    assert prints[0][1]["fingerprint"] == prints[1][1]["fingerprint"]


def test_licences_that_exclude_each_other_are_said_aloud_and_can_be_left_out(tmp_path: Path) -> None:
    registry = snapshot(
        [
            entry("osm", "1", "p1", licence="ODbL-1.0", name="x"),
            entry("atlas", "1", "p2", licence="CC-BY-SA-4.0", name="y"),
        ],
        [source("osm", licence="ODbL-1.0"), source("atlas", licence="CC-BY-SA-4.0")],
    )
    made = publish(registry, tmp_path)
    assert (made.licence["licence"], made.licence["share_alike"]) == ("", ["CC BY-SA", "ODbL"])
    assert "exclude each other" in (tmp_path / "report/en/index.html").read_text(encoding="utf-8")
    made = publish(registry, tmp_path, without=["CC BY-SA"])
    assert (made.licence["licence"], made.without) == ("ODbL-1.0", ("CC BY-SA",))
    assert [row[0] for row in read_csv(tmp_path / "places.csv")[1:]] == ["p1"]


def test_the_report_speaks_the_language_asked(tmp_path: Path) -> None:
    publish(network(11), tmp_path, "el")
    assert '<html lang="el"' in (tmp_path / "report/el/index.html").read_text(encoding="utf-8")
    assert manifest_of(tmp_path)["language"] == "el"


# Runs that are cut off


class Killed(BaseException):
    """As good as a kill: nothing of ours catches it."""


@pytest.fixture
def at_each_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], object]], None]:
    """Has a function be told before each step that touches the disk which one it is, from 1 on; until told anew."""

    def watch(tell: Callable[[int], object]) -> None:
        numbers, telling = count(1), []

        def guarded(original: Callable) -> Callable:
            def call(*args: object, **kwargs: object) -> object:
                if not telling:  # what is told touches the disk, too
                    telling.append(True)
                    try:
                        tell(next(numbers))
                    finally:
                        telling.pop()
                return original(*args, **kwargs)

            return call

        monkeypatch.undo()
        for owner, name in (
            (Path, "open"),
            (Path, "mkdir"),
            (Path, "replace"),
            (Path, "unlink"),
            (os, "fsync"),
            (shutil, "rmtree"),
        ):
            monkeypatch.setattr(owner, name, guarded(getattr(owner, name)))

    return watch


def kill_at(wanted: int) -> Callable[[int], None]:
    """To be told of each step: ends the work at the one of that number."""

    def tell(step: int) -> None:
        if step == wanted:
            raise Killed

    return tell


@pytest.fixture
def cut_off(
    tmp_path: Path, at_each_step: Callable[[Callable[[int], object]], None], monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    """For each step of publishing NEW over OLD the folder as it stood before: what a kill would have left there.

    What Python has yet to write is not in it, as after a kill.
    """
    out = tmp_path / "out"
    publish(OLD, out)
    left: list[Path] = []

    def copy(step: int) -> None:
        left.append(tmp_path / str(step))
        shutil.copytree(out, left[-1])

    at_each_step(copy)
    publish(NEW, out)
    monkeypatch.undo()
    assert len(left) > 40, "publishing has more steps than that"
    return left


def test_a_run_killed_at_any_step_is_undone_or_finished_by_the_next(tmp_path: Path, cut_off: list[Path]) -> None:
    publish(OLD, tmp_path / "old")
    publish(NEW, tmp_path / "new")
    old, new = contents(tmp_path / "old"), contents(tmp_path / "new")
    seen = []
    for out in cut_off:
        finish_interrupted(out)
        found = contents(out)
        assert found in (old, new)
        assert not (out / STAGE).exists()
        seen.append(found == new)
    assert seen == sorted(seen), "once complete, never undone"
    assert {False, True} == set(seen)


def test_a_second_kill_while_finishing_is_finished_too(
    tmp_path: Path,
    cut_off: list[Path],
    at_each_step: Callable[[Callable[[int], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(NEW, tmp_path / "new")
    new = contents(tmp_path / "new")
    begun = [out for out in cut_off if (out / STAGE / MANIFEST).exists()]
    killed = 0
    for out in begun:
        at_each_step(kill_at(3))
        try:
            finish_interrupted(out)
        except Killed:
            killed += 1
        monkeypatch.undo()
        finish_interrupted(out)
        assert contents(out) == new
    assert killed >= len(begun) - 3 > 10, "the last have fewer than three steps to go"


def test_a_cut_off_first_run_leaves_nothing_published(
    tmp_path: Path, at_each_step: Callable[[Callable[[int], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_each_step(kill_at(9))
    with pytest.raises(Killed):
        publish(NEW, tmp_path)
    monkeypatch.undo()
    assert set(contents(tmp_path)) == {name for name in contents(tmp_path) if name.startswith(STAGE)}
    publish(NEW, tmp_path)
    assert set(contents(tmp_path)) == FILES


CHILD = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from coworkmed.opendata.publish import publish
from tests.observatory.factory import network
name, step = sys.argv[2], int(sys.argv[3])
owner, count = (os, 0) if name == "fsync" else (Path, 0)
original = getattr(owner, name)
def call(*args, **kwargs):
    global count
    count += 1
    if count == step:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(owner, name, call)
publish(network(22), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("name", "step", "finished"), [("fsync", 5, False), ("replace", 2, True), ("replace", 6, True)]
)
def test_a_process_killed_for_good_leaves_the_old_files_or_the_new(
    tmp_path: Path, name: str, step: int, *, finished: bool
) -> None:
    out = tmp_path / "out"
    publish(OLD, out)
    publish(NEW, tmp_path / "new")
    old, new = contents(out), contents(tmp_path / "new")
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(out), name, str(step)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "COWORKMED_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    assert (out / STAGE).exists()
    assert finish_interrupted(out) is finished
    assert contents(out) == (new if finished else old)
