"""Statements: months closed, bound to each other, mirrored; checked from their files by a program of its own."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.utils import translation
from hypothesis import given as for_all
from hypothesis import strategies as st

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.ledger import files, services, verify
from coworkmed.ledger.models import Balance, Statement
from coworkmed.ledger.rules import LedgerError
from coworkmed.ledger.services import closing
from coworkmed.ledger.statements import Line, body, digest
from coworkmed.ledger.vat import Supply
from coworkmed.platform.audit import canonical

from .conftest import LOFT, MILL, QUAY, WHO, YARD
from .test_transfers import given, held

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
Moment = Callable[..., None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """Say when it is, for what is written down."""

    def said(*when: int) -> None:
        moment = datetime(*when, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return said


@pytest.fixture
def autumn(houses: list[str], at: Moment) -> list[Statement]:
    """Three months among three places, closed."""
    at(2026, 8, 1, 0, 0, 0)
    given(100, MILL, QUAY)
    given(30, QUAY, YARD)
    at(2026, 9, 30, 23, 59, 59, 999999)
    wrong = given(40, QUAY, MILL)
    at(2026, 10, 1, 0, 0, 0)
    services.correct(wrong.key, why="=the wrong day", by=WHO)
    services.record(
        key=uuid4(), giver=YARD, taker=MILL, unit="DAY", amount=50, about="=1+1", by=WHO,
        supply=Supply(category="S", rate="20", basis="PROPERTY", country="FR", net=1250, tax=250, currency="EUR"),
    )  # fmt: skip
    held(10, YARD, MILL)
    at(2026, 11, 1, 0, 0, 0)
    given(7, MILL, QUAY)
    assert closing.close(now=NOW) == 9
    return list(Statement.objects.order_by("place", "month"))


def exported(found: list[Statement]) -> list[dict[str, Any]]:
    return [json.loads(files.as_json(one)) for one in found]


def test_opening_and_entries_make_the_closing_and_the_next_goes_on(autumn: list[Statement]) -> None:
    mill = [(one.month, one.opening, one.closing, one.lines) for one in autumn if one.place_id == MILL]
    assert mill == [("2026-08", 0, 100, 1), ("2026-09", 100, 60, 1), ("2026-10", 60, 50, 2)]
    for one in Balance.objects.positions():
        last = max((s for s in autumn if s.place_id == one.place_id), key=lambda s: s.month)
        november = {MILL: 7, QUAY: -7, YARD: 0}[one.place_id]
        assert last.closing + november == one.posted


def test_closed_again_nothing_is_made_anew(autumn: list[Statement]) -> None:
    assert closing.close(now=NOW) == 0
    assert closing.close(now=NOW + timedelta(days=30)) == 3


def test_a_month_that_is_not_over_is_not_closed(houses: list[str]) -> None:
    for when in (NOW.replace(day=15), NOW.replace(month=12, day=1, hour=0)):
        with pytest.raises(LedgerError):
            closing.close(now=when, until="2026-11")


def test_idle_months_need_no_statement_where_nothing_is_owed(houses: list[str], at: Moment) -> None:
    at(2026, 1, 5)
    services.correct(given(5).key, why="wrong", by=WHO)
    at(2026, 6, 5)
    given(5)
    closing.close(now=NOW)
    months = Statement.objects.filter(place=MILL).order_by("month").values_list("month", flat=True)
    assert list(months) == ["2026-01", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert verify.check(exported(list(Statement.objects.all()))) == []


def test_all_of_it_holds_by_a_program_that_knows_the_files_only(autumn: list[Statement], tmp_path: Path) -> None:
    paths = []
    for number, one in enumerate(autumn):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(files.as_json(one), encoding="utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        alone = [sys.executable, "-I", "-S", str(verify.__file__), *map(str, paths)]
        return subprocess.run(alone, capture_output=True, text=True, check=False)

    done = run()
    assert (done.returncode, done.stdout) == (0, "9 statements: all of it holds.\n")
    paths[4].write_text(paths[4].read_text().replace('"amount": 40', '"amount": 41'))
    assert run().returncode == 1
    paths[4].write_text("[]")
    assert run().returncode == 1


def forged(said: dict[str, Any]) -> dict[str, Any]:
    """Digested anew, so that it holds by itself."""
    return {"statement": said, "digest": digest(canonical(said))}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda one: one.update(opening=one["opening"] + 1), "opening is not the sum"),
        (lambda one: one["partners"][0].update(closing=one["partners"][0]["closing"] + 1), "don't make the closing"),
        (lambda one: one["partners"][0]["entries"][0].update(amount=1), "the chain is broken"),
        (lambda one: one["partners"][0]["entries"][0].update(at="2026-09-01T00:00:00"), "of another month"),
        (lambda one: one.update(previous="0" * 64), "does not follow"),
        (lambda one: one["partners"][0].update(previous="0" * 64), "does not go on"),
        (lambda one: one["partners"][0].update(chain="0" * 64), "different chains"),
        (lambda one: one.update(partners=[]), "says nothing of it"),
        (lambda one: one.update(partners=[]), "it leaves out"),
    ],
)
def test_whoever_forges_one_is_told_by_the_others(autumn: list[Statement], fault, told: str) -> None:
    found = exported(autumn)
    assert verify.check(found) == []
    at = next(n for n, one in enumerate(autumn) if (one.place_id, one.month) == (MILL, "2026-10"))
    fault(found[at]["statement"])
    found[at] = forged(found[at]["statement"])
    assert any(told in one for one in verify.check(found))


@for_all(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from("abc"), st.sampled_from("abc"), st.integers(-99, 99)), max_size=30
    )
)
def test_any_month_is_the_mirror_of_the_partners(entries: list[tuple[int, str, str, int]]) -> None:
    stated = []
    for place in "abc":
        before: dict[str, Any] | None = None
        previous = ""
        for month in (1, 2, 3):
            lines = [
                Line(
                    partner=other if place == one else one, transfer=str(number), kind="RECORD",
                    at=datetime(2026, month_of, 1, number, tzinfo=UTC) if number < 24 else
                    datetime(2026, month_of, 2, number - 24, tzinfo=UTC),
                    about="", why="", amount=amount if place == one else -amount, refers_to="", supply={},
                )
                for number, (month_of, one, other, amount) in enumerate(entries)
                if month_of == month and one != other and place in (one, other)
            ]  # fmt: skip
            before = body(
                place=place, unit="DAY", parts=100, month=f"2026-{month:02}", names={}, lines=lines, before=before,
                previous=previous,
            )  # fmt: skip
            previous = digest(canonical(before))
            stated.append({"statement": before, "digest": previous})
    assert verify.check(stated) == []


def test_the_accountant_finds_both_directions_and_no_formula(autumn: list[Statement]) -> None:
    october = {one.place_id: one for one in autumn if one.month == "2026-10"}
    mine, theirs = (list(csv.DictReader(io.StringIO(files.as_csv(october[place])))) for place in (MILL, YARD))
    received = next(row for row in mine if row["partner"] == YARD)
    supplied = next(row for row in theirs if row["partner"] == MILL)
    assert (received["direction"], supplied["direction"]) == ("received", "supplied")
    assert (received["amount"], supplied["amount"]) == ("-0.50", "0.50")
    same = [name for name in files.COLUMNS if name.startswith(("BT-", "place of"))]
    assert {name: received[name] for name in same} == {name: supplied[name] for name in same}
    assert (supplied["BT-131 net amount"], supplied["BT-151 VAT category"], supplied["BT-130 unit of measure"]) == (
        "12.50", "S", "DAY",
    )  # fmt: skip
    assert supplied["about"] == "'=1+1"
    taken_back = next(row for row in mine if row["kind"] == "CORRECTION")
    assert (taken_back["direction"], taken_back["BT-129 quantity"]) == ("received", "-0.40")
    assert taken_back["why"].startswith("'=")
    assert taken_back["BT-131 net amount"] == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_in_each_language(autumn: list[Statement], language: str) -> None:
    one = next(one for one in autumn if (one.place_id, one.month) == (MILL, "2026-10"))
    with translation.override(language):
        made = files.as_pdf(one)
        text = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made))
        for part in ("Mill", "Yard", "=1+1", files.shown("DAY", 50), one.digest[:20]):
            assert part in text
        assert made == files.as_pdf(one)


def test_statements_of_places_apart_do_not_hang_together(autumn: list[Statement]) -> None:
    assert not Statement.objects.filter(place=LOFT).exists()
    quay = [one for one in exported(autumn) if one["statement"]["place"] == QUAY]
    assert verify.check(quay) == [], "one place's files alone are checked as far as they go"
