"""Editions: frozen once, different from the last by what is counted, proved from their files alone."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory.editions import changes, freeze, proof, shelf
from coworkmed.observatory.editions.shelf import MANIFEST, SUMS, Edition
from coworkmed.platform.lock import exclusive
from coworkmed.platform.models import Event
from tests.conftest import ROOT

from .conftest import REPORTS

Freezing = Callable[..., Edition]
Two = tuple[Edition, Edition]
WITH_REPORT = {shelf.DOOR, *(name for code in REPORTS for name in shelf.REPORTS[code])}


def loose(edition: Edition, folder: Path) -> Path:
    """A copy one may write to, as somebody else would have it from the site."""
    for name in (*edition.files, *shelf.SEALS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(edition.folder / name, folder / name)
    return folder


def reseal(folder: Path) -> None:
    """Have manifest and checksums say what the files now are, as a forger would."""
    told = json.loads((folder / MANIFEST).read_text())
    for name, one in told["files"].items():
        one["sha256"], one["bytes"] = shelf.sha256(folder / name), (folder / name).stat().st_size
    (folder / MANIFEST).write_text(json.dumps(told))
    (folder / SUMS).write_text(shelf.sums(told["files"], shelf.sha256(folder / MANIFEST)))


def said(found: proof.Proof) -> list[str]:
    return [proof.FAULTS[one.key].format(**one.params) for one in found.faults]


def rewrite(path: Path, change: str) -> None:
    """A parquet file after a statement on the table ``t``."""
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE t AS SELECT * FROM read_parquet('{path}')")
        db.execute(change)
        db.execute(f"COPY t TO '{path}' (FORMAT parquet)")


# -- made once ------------------------------------------------------------------------------------


def test_an_edition_is_all_its_files_and_can_not_be_written_to(two: Two, shelf_root: Path) -> None:
    first, second = two
    assert (first.id, second.id, second.before, second.title) == ("2026-03", "2026-06", "2026-03", "Summer & sea")
    for one in two:
        held = {path.relative_to(one.folder).as_posix(): path for path in one.folder.rglob("*") if path.is_file()}
        assert held.keys() == {*shelf.FILES, *WITH_REPORT}
        assert {stat.S_IMODE(path.stat().st_mode) for path in held.values()} == {0o444}
        folders = {one.folder, *(path.parent for path in held.values())}
        assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o555}
        assert one.digest == hashlib.sha256((one.folder / MANIFEST).read_bytes()).hexdigest()
    assert [one.id for one in shelf.editions()] == ["2026-03", "2026-06"]
    assert not (shelf_root / ".making").exists()


def test_the_trail_keeps_the_digest(tables: Path, freezing: Freezing) -> None:
    made = freezing(tables / "before")
    [event] = Event.objects.filter(verb="edition.created")
    assert (event.thing_id, json.loads(event.after)["digest"]) == (made.id, made.digest)


def test_sha256sum_finds_all_well(two: Two) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=two[1].folder, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.count(": OK") == len(shelf.FILES) - 1 + len(WITH_REPORT)


def test_the_same_tables_give_the_same_edition(tables: Path, freezing: Freezing, tmp_path: Path) -> None:
    one = freezing(tables / "before")
    other = freeze.create(tables / "before", issued=date(2026, 6, 2), where=tmp_path / "elsewhere")
    assert one.digest == other.digest


def test_a_report_put_right_is_a_new_edition(tables: Path, freezing: Freezing) -> None:
    freezing(tables / "before")
    page, manifest = tables / "before/report/en/index.html", tables / "before/manifest.json"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- put right -->", encoding="utf-8")
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["files"]["report/en/index.html"]["sha256"] = shelf.sha256(page)
    manifest.write_text(json.dumps(told), encoding="utf-8")
    assert freezing(tables / "before").id == "2026-03.1"


def test_nothing_is_made_twice_or_over_another(two: Two, tables: Path, freezing: Freezing) -> None:
    digests = [one.digest for one in two]
    with pytest.raises(CoworkmedError, match="Nothing has changed since edition 2026-06"):
        freezing(tables / "after")
    with pytest.raises(CoworkmedError, match="can't be of an earlier day"):
        freezing(tables / "before")
    changed = tables / "after"
    (changed / "rejects.csv").write_text("source,row,code,reason,given\na,1,NO_NAME,,{}\n")
    with pytest.raises(CoworkmedError, match=r"rejects\.csv is not what was published"):
        freezing(changed)
    told = json.loads((changed / MANIFEST).read_text())
    told["files"]["rejects.csv"]["sha256"] = shelf.sha256(changed / "rejects.csv")
    (changed / MANIFEST).write_text(json.dumps(told))
    assert freezing(changed).id == "2026-06.1"
    assert [one.digest for one in shelf.editions()][:2] == digests


@pytest.mark.parametrize("lost", ["places.parquet", shelf.FIGURES, MANIFEST])
def test_tables_that_are_not_all_there_are_refused(tables: Path, freezing: Freezing, lost: str) -> None:
    (tables / "before" / lost).unlink()
    with pytest.raises(CoworkmedError, match=r"\.parquet is not among|holds no published tables"):
        freezing(tables / "before")
    assert shelf.editions() == []


@pytest.mark.parametrize(
    ("lost", "refusal"), [(shelf.FIGURES, "is not among the published"), ("licence", "holds no published tables")]
)
def test_tables_of_an_older_program_are_refused(tables: Path, freezing: Freezing, lost: str, refusal: str) -> None:
    manifest = tables / "before" / MANIFEST
    told = json.loads(manifest.read_text())
    del (told if lost in told else told["files"])[lost]
    manifest.write_text(json.dumps(told))
    with pytest.raises(CoworkmedError, match=refusal):
        freezing(tables / "before")


def test_two_are_not_made_at_once(tables: Path, freezing: Freezing, shelf_root: Path) -> None:
    with exclusive(shelf_root / "lock"), pytest.raises(CoworkmedError, match="Another run is at work"):
        freezing(tables / "before")
    assert freezing(tables / "before").id == "2026-03"


@pytest.mark.parametrize("title", ["two\nlines", "x" * 201])
def test_a_title_is_one_line(tables: Path, freezing: Freezing, title: str) -> None:
    with pytest.raises(CoworkmedError, match="A title is one line"):
        freezing(tables / "before", title=title)


def test_what_a_killed_run_left_is_in_nobodys_way(tables: Path, freezing: Freezing, shelf_root: Path) -> None:
    (shelf_root / ".making").mkdir(parents=True)
    (shelf_root / ".making" / "places.csv").write_text("half")
    (shelf_root / ".making" / "report").mkdir()
    (shelf_root / ".making" / "report").chmod(0o555)
    (shelf_root / ".making").chmod(0o555)
    assert shelf.editions() == []
    freezing(tables / "before")
    assert proof.verify(shelf_root / "2026-03").faults == []


@pytest.mark.parametrize(
    ("taken", "name"),
    [(set(), "2026-11"), ({"2026-11"}, "2026-11.1"), ({"2026-11", "2026-11.1"}, "2026-11.2"), ({"2026-10"}, "2026-11")],
)
def test_names_go_by_month_and_turn(taken: set[str], name: str) -> None:
    assert shelf.next_id(date(2026, 11, 23), taken) == name


@pytest.mark.parametrize(
    "name", ["..", "../2026-03", "2026-13", "2026-3", "2026-03.0", "lock", "", "2026-03/", "٢٠٢٦-٠٣"]
)
def test_no_other_name_is_looked_up(two: Two, name: str) -> None:
    assert shelf.find(name) is None


# -- what changed ---------------------------------------------------------------------------------


def test_each_place_that_changed_is_told_once_with_its_reason(two: Two) -> None:
    found = two[1].changes
    assert found["by_place"] == {
        "OPENED": ["p20"],
        "FOUND": ["p21", "p22"],
        "SPLIT": ["p15"],
        "MERGED": ["p11"],
        "GONE": ["p12"],
        "STARTED": ["p14"],
        "REOPENED": ["p13"],
        "CLOSED": ["p03"],
        "REDEFINED": ["p04"],
    }
    counts = found["counts"]
    assert counts == {reason: len(found["by_place"][reason]) for reason in changes.REASONS}
    then, now = found["places"]
    assert now == then + sum(counts[one] for one in changes.ADDING) - sum(counts[one] for one in changes.TAKING)
    assert found["indicators"] == []
    assert (found["before"], found["digest"]) == (two[0].id, two[0].digest)
    assert two[0].changes["counts"] == {}


def test_lists_that_came_and_went_are_told(two: Two) -> None:
    found = changes.compare(
        two[0].folder, two[1].folder, [{"key": "a", "title": {}}, {"key": "c", "title": {"en": "C"}}]
    )
    assert found["lists_added"] == {"c": {"en": "C"}}
    assert found["lists_dropped"] == {"b": {"en": "The list b"}}
    assert two[1].changes["lists_added"] == two[1].changes["lists_dropped"] == {}


def test_indicators_that_are_made_otherwise_are_told(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "site" / "2026-03")
    about = json.loads((folder / shelf.ABOUT).read_text())
    about["indicators"]["places_open"]["sql"] += " -- otherwise"
    (folder / shelf.ABOUT).write_text(json.dumps(about))
    assert changes.compare(folder, two[1].folder, two[1].told["sources"])["indicators"] == ["places_open"]


# -- proved ---------------------------------------------------------------------------------------


def test_an_edition_holds_on_its_own(two: Two, tmp_path: Path) -> None:
    beside = proof.verify(two[1].folder)
    assert (beside.faults, [one.key for one in beside.notes]) == ([], ["KEPT"])
    assert beside.figures > 100
    alone = proof.verify(loose(two[1], tmp_path / "alone"))
    assert alone.faults == []
    assert [one.key for one in alone.notes] == ["KEPT", "ALONE"]


@pytest.mark.parametrize("name", sorted({*shelf.FILES, "report-fr.pdf", "report/fr/index.html"}))
def test_one_byte_changed_in_any_file_is_named(two: Two, tmp_path: Path, name: str) -> None:
    folder = loose(two[0], tmp_path / "copy")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    found = said(proof.verify(folder))
    assert found
    assert name in found[0] or (name == MANIFEST and SUMS in " ".join(found))


@pytest.mark.parametrize("name", sorted({*shelf.FILES, "report-fr.pdf", "report/fr/index.html"}))
def test_a_file_that_is_missing_is_named(two: Two, tmp_path: Path, name: str) -> None:
    folder = loose(two[0], tmp_path / "copy")
    (folder / name).unlink()
    assert any(name in one for one in said(proof.verify(folder)))


def test_a_file_that_was_added_is_named(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    (folder / "extra.csv").write_text("a")
    assert said(proof.verify(folder)) == ["extra.csv is no part of the edition."]


def test_one_figure_changed_is_named_though_all_checksums_were_forged(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    change = (
        "UPDATE t SET value = value + 1, n = n + 1 WHERE code = 'places_open' AND level = 'all' "
        "AND counted = 'COWORK' AND basis = 'ALL'"
    )
    rewrite(folder / shelf.FIGURES, change)
    reseal(folder)
    [found] = said(proof.verify(folder))
    assert found.startswith("places_open all COWORK ALL is 13, n = 13/14 (")
    assert "the data gives 12, n = 12/14 (" in found


@pytest.mark.parametrize("column", ["value", "n", "of", "note", "newest", "sources", "country"])
def test_no_column_of_a_figure_can_be_forged(two: Two, tmp_path: Path, column: str) -> None:
    folder = loose(two[0], tmp_path / "copy")
    other = f'"{column}" + 1' if column in ("value", "n", "of") else "'2020-01'"
    change = f'UPDATE t SET "{column}" = {other} WHERE rowid = (SELECT min(rowid) FROM t WHERE value IS NOT NULL)'
    rewrite(folder / shelf.FIGURES, change)
    reseal(folder)
    assert [one.key for one in proof.verify(folder).faults] == ["FIGURE"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("DELETE FROM t WHERE rowid = (SELECT min(rowid) FROM t)", "NOT_TOLD"),
        ("INSERT INTO t SELECT * REPLACE ('IT' AS territory) FROM t WHERE rowid = 0", "NOT_FOUND"),
    ],
)
def test_a_figure_left_out_or_put_in_is_named(two: Two, tmp_path: Path, change: str, key: str) -> None:
    folder = loose(two[0], tmp_path / "copy")
    rewrite(folder / shelf.FIGURES, change)
    reseal(folder)
    assert [one.key for one in proof.verify(folder).faults] == [key]


def test_one_value_of_the_data_changed_moves_figures_though_all_checksums_were_forged(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    rewrite(folder / "places.parquet", "UPDATE t SET status = 'CLOSED' WHERE place_id = 'p05'")
    reseal(folder)
    found = proof.verify(folder)
    assert {one.key for one in found.faults} - {"MORE"} == {"FIGURE", "SETTLED"}
    assert len([one for one in found.faults if one.key == "FIGURE"]) <= proof.NAMED


def test_what_changed_can_not_be_forged_beside_the_edition_before(two: Two, tmp_path: Path) -> None:
    site = tmp_path / "site"
    loose(two[0], site / "2026-03")
    folder = loose(two[1], site / "2026-06")
    told = json.loads((folder / shelf.CHANGES).read_text())
    told["counts"]["CLOSED"] = 0
    (folder / shelf.CHANGES).write_text(json.dumps(told))
    reseal(folder)
    assert said(proof.verify(folder)) == ["changes.json does not say what changed since edition 2026-03."]


def test_an_edition_forged_throughout_is_not_the_one_that_was_cited(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    told = json.loads((folder / MANIFEST).read_text())
    told["sources"][0]["attribution"] = "Somebody else"
    (folder / MANIFEST).write_text(json.dumps(told))
    reseal(folder)
    assert proof.verify(folder).faults == []
    assert [one.key for one in proof.verify(folder, digest=two[0].digest).faults] == ["OTHER"]
    assert proof.verify(two[0].folder, digest=two[0].digest.upper()).faults == []


def test_a_value_no_figure_counts_must_follow_from_what_was_said(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    rewrite(folder / "places.parquet", "UPDATE t SET name = 'Forged' WHERE place_id = 'p05'")
    reseal(folder)
    assert said(proof.verify(folder)) == [
        'p05 name is "Forged" in the table of places; what was said of it gives "Place 5".'
    ]


def test_figures_of_the_report_must_follow_from_the_places(two: Two, tmp_path: Path) -> None:
    folder = loose(two[0], tmp_path / "copy")
    told = json.loads((folder / "figures.json").read_text())
    told["ages"]["fresh"] += 1
    (folder / "figures.json").write_text(json.dumps(told))
    reseal(folder)
    [found] = said(proof.verify(folder))
    assert found.startswith("figures.json: ages fresh is ")


def test_what_rests_on_answers_that_are_not_published_is_said_and_left_alone(two: Two, tmp_path: Path) -> None:
    """The edition knows an indicator of the census; its tables, which show no answer, do not."""
    folder = loose(two[0], tmp_path / "copy")
    about = json.loads((folder / shelf.ABOUT).read_text())
    about["indicators"]["desk_occupancy"] |= {"known": True, "why": "", "reason": ""}
    (folder / shelf.ABOUT).write_text(json.dumps(about))
    rewrite(
        folder / shelf.FIGURES,
        "INSERT INTO t SELECT * REPLACE ('desk_occupancy' AS code, 0.5 AS value) FROM t "
        "WHERE code = 'places_open' AND level = 'all' LIMIT 1",
    )
    reseal(folder)
    found = proof.verify(folder)
    assert found.faults == []
    [note] = [one for one in found.notes if one.key == "ANSWERS"]
    assert note.params["indicators"] == "desk_occupancy"


def test_other_sql_is_said(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = loose(two[0], tmp_path / "copy")
    told = json.loads((folder / MANIFEST).read_text())
    told["software"] |= {"version": "0.0.1", "sql": "otherwise"}
    (folder / MANIFEST).write_text(json.dumps(told))
    reseal(folder)
    note, _kept = proof.verify(folder).notes
    assert "CoWorkMed 0.0.1" in proof.NOTES[note.key].format(**note.params)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"edition": {"id": "2026-03"}}', "\x00", '{"edition": 1}'])
def test_what_is_no_edition_is_said_so(two: Two, tmp_path: Path, text: str) -> None:
    folder = loose(two[0], tmp_path / "copy")
    (folder / MANIFEST).write_text(text)
    [found] = said(proof.verify(folder))
    assert found.startswith(f"{folder} holds no edition")


@pytest.mark.slow
def test_a_clean_machine_proves_an_edition_from_its_files_alone(two: Two, tmp_path: Path) -> None:
    """Another process, with no database that could be opened, comes to the same; and to a fault where there is one."""
    folder = loose(two[0], tmp_path / "copy")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "COWORKMED_VAR": str(tmp_path / "nothing"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/db",
    }
    command = [sys.executable, "-P", "-m", "coworkmed.cli", "edition", "verify", str(folder)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )

    done = run("--digest", two[0].digest)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Edition 2026-03 holds: ")
    rewrite(folder / shelf.FIGURES, "UPDATE t SET n = n + 1 WHERE rowid = 0")
    done = run()
    assert done.returncode == 1
    assert "indicators.parquet was altered" in done.stderr
    assert "in the edition; the data gives" in done.stderr
