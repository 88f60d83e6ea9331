"""`edition` from the outside: made, listed, proved, refused in sentences."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coworkmed.cli.edition import edition
from coworkmed.observatory.editions import shelf
from tests.observatory.editions.conftest import _tables, _two, shelf_root, tables, two  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database is ready."""
    monkeypatch.setattr("coworkmed.platform.database.prepare", lambda: None)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(edition, [str(one) for one in arguments], standalone_mode=True)


def test_tables_are_frozen_listed_and_proved(tables: Path, shelf_root: Path) -> None:  # noqa: F811
    assert "No edition has been made yet" in run("list").stderr
    made = run("create", "--from", tables / "before", "--title", "The first")
    assert made.exit_code == 0, made.output
    name, digest = made.stdout.split()
    assert name == "2026-03"
    assert shelf.find(name).issued == date(2026, 9, 21)
    changed = run("create", "--from", tables / "after")
    assert "Opened: 1" in changed.stderr
    listed = run("list").stdout
    assert listed.index("2026-06") < listed.index("2026-03")
    assert digest[:12] in listed
    assert "The first" in listed
    for which in (name, shelf_root / name):
        held = run("verify", which, "--digest", digest)
        assert (held.exit_code, held.stdout.splitlines()[-1]) == (0, digest)
    again = run("create", "--from", tables / "after")
    assert (again.exit_code, again.stderr) == (1, "Error: Nothing has changed since edition 2026-06.\n")


def test_the_registry_of_the_site_is_frozen_as_it_stands(shelf_root: Path) -> None:  # noqa: F811
    made = run("create", "--as-of", "2026-11-20")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("2026-11 ")
    assert run("verify", "2026-11").exit_code == 0


def test_what_is_wrong_is_said_and_ends_with_one(two: Any, tmp_path: Path) -> None:  # noqa: F811
    assert run("verify", tmp_path / "nowhere").exit_code == 1
    assert "holds no edition" in run("verify", tmp_path / "nowhere").stderr
    path = two[0].folder / "places.csv"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    found = run("verify", "2026-03")
    assert found.exit_code == 1
    assert "Error: places.csv was altered: its checksum is " in found.stderr


def test_a_day_and_published_tables_exclude_each_other(tables: Path) -> None:  # noqa: F811
    refused = run("create", "--from", tables / "before", "--as-of", "2026-11-20")
    assert refused.exit_code == 2
    assert "Published tables have their day" in refused.stderr
