"""CSV that reads back as it was written, and that no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.opendata.csv_text import guard, lines, unguard

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HOSTILE = st.sampled_from([*"=+-@'＝＋－＠\t\r\n"])


@given(st.one_of(TEXT, st.builds(str.__add__, HOSTILE, TEXT)))
def test_what_was_guarded_reads_back(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.one_of(TEXT, st.builds(str.__add__, HOSTILE, TEXT)))
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    cell = guard(text)
    if cell.startswith(tuple("=+-@\t\r\n＝＋－＠")):
        float(cell)


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "'"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+33491000000", "-5.369801", "La Ruche", "", "l’été = chaud", "12-14"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert guard(text) == text


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=5))
def test_a_file_reads_back_whatever_it_holds(rows: list[list[str]]) -> None:
    text = "".join(lines(["one", "two"], rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["one", "two"]
    assert [[unguard(cell) for cell in row] for row in read[1:]] == rows
    assert text.endswith("\n")
