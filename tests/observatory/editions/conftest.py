"""Two editions of a made-up network, frozen once for all tests of a run and copied for each."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from coworkmed.observatory.editions import freeze, shelf
from coworkmed.observatory.editions.shelf import Edition
from coworkmed.opendata.publish import publish
from coworkmed.places.queries import EntryRow, Snapshot
from tests.observatory.factory import entry, snapshot, source

FIRST, SECOND, ISSUED = date(2026, 3, 1), date(2026, 6, 1), date(2026, 6, 2)
REPORTS = ("fr", "en")  # two languages are enough to tell
LISTS = [
    source("a", homepage="https://a.example"),
    source("b", licence="CC-BY-SA-4.0", keeper="Ένωση & Co"),
]


def place(number: int, listed: str = "a", of: str = "", **fields: Any) -> EntryRow:
    """Entry ``number`` of a list, of the place ``of`` (by default its own)."""
    told = {"name": f"Place {number}", "country": "FR", "locality": "Marseille", "kinds": ["COWORK"], "status": "OPEN"}
    return entry(listed, str(number), of or f"p{number:02}", **(told | fields))


def before() -> Snapshot:
    entries = [place(number) for number in range(1, 13)]
    entries += [place(13, status="CLOSED"), place(14, status="PROJECT"), place(15, of="p01", listed="b")]
    return snapshot(entries, LISTS, as_of=FIRST)


def after() -> Snapshot:
    """One of each thing that can happen to a place, and two of some."""
    entries = [place(number) for number in (1, 2, 5, 6, 7, 8, 9, 10)]
    entries += [
        place(3, status="CLOSED"),
        place(4, kinds=["FABLAB"]),
        place(11, of="p10"),  # merged
        place(13),  # open again
        place(14),  # begun
        place(15, of="p15", listed="b"),  # told apart from p01
        place(20, opened="2026-04"),
        place(21, opened="2026"),  # found: nobody can say whether before or after
        place(22),
    ]  # and p12 is gone
    return snapshot(entries, LISTS, as_of=SECOND)


@pytest.fixture(scope="session")
def _tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    publish(before(), folder / "before", reports=REPORTS)
    publish(after(), folder / "after", reports=REPORTS)
    return folder


@pytest.fixture
def tables(_tables: Path, tmp_path: Path) -> Path:
    """Published tables: ``before`` and ``after``."""
    return shutil.copytree(_tables, tmp_path / "tables")


@pytest.fixture
def shelf_root(var: Path, settings: Any) -> Path:
    """Where this test's editions stand."""
    settings.ENV = replace(settings.ENV, var=var)
    return var / "editions"


@pytest.fixture
def freezing(shelf_root: Path, db: None) -> Callable[..., Edition]:
    def made(tables: Path, **more: Any) -> Edition:
        return freeze.create(tables, issued=ISSUED, **more)

    return made


@pytest.fixture(scope="session")
def _two(_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without the trail, which belongs to a test."""
    folder = tmp_path_factory.mktemp("frozen") / "editions"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(freeze, "transaction", SimpleNamespace(atomic=nullcontext))
        patch.setattr(freeze.audit, "record", lambda **told: 0)
        freeze.create(_tables / "before", issued=ISSUED, where=folder)
        freeze.create(_tables / "after", issued=ISSUED, where=folder, title="Summer & sea")
    return folder


@pytest.fixture
def two(_two: Path, shelf_root: Path) -> tuple[Edition, Edition]:
    shutil.copytree(_two, shelf_root)
    first, second = shelf.editions(shelf_root)
    return first, second
