"""Documents to print: set by Typst, read back by PDFium."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from typst import TypstError

from coworkmed.web import typeset

MADE = datetime(2026, 3, 1, tzinfo=UTC)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9H0z"/></svg>'
DOCUMENT = """
#import "house.typ": *
#show: paper.with(data.title, data.language, foot: "Foot")
= #data.title
#data.says
#figures-table(data.head, data.rows, right: (1,))
#drawing(data.svg, data.seen, width: 2cm)
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The look of the house, and one document in it."""
    (tmp_path / "house.typ").write_text((Path(typeset.__file__).parent / "house.typ").read_text())
    (tmp_path / "one.typ").write_text(DOCUMENT)
    monkeypatch.setattr(typeset, "_FOLDER", tmp_path)
    return tmp_path


def data(**other: Any) -> dict[str, Any]:
    said = {"title": "Χώροι συνεργασίας", "language": "el", "says": "Čakovec, Šibenik, l’œuvre", "head": ["Χώρα", "n"]}
    return said | {"rows": [["Ελλάδα", "1 234"]], "svg": SQUARE, "seen": "A square"} | other


def read(made: bytes) -> str:
    pages = pypdfium2.PdfDocument(made)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_it_is_read_back_in_every_script(house: Path) -> None:
    text = read(typeset.pdf("one", data(), made=MADE))
    assert [
        part for part in ("Χώροι συνεργασίας", "Čakovec, Šibenik, l’œuvre", "1 234", "Foot") if part not in text
    ] == []


def test_what_is_said_is_never_an_instruction(house: Path) -> None:
    said = '#read("house.typ") *not bold* $x$ <label> @label \\'
    assert said in read(typeset.pdf("one", data(says=said), made=MADE))


def test_the_same_gives_the_same_bytes(house: Path) -> None:
    first = typeset.pdf("one", data(), made=MADE)
    assert first == typeset.pdf("one", data(), made=MADE)
    assert first != typeset.pdf("one", data(says="otherwise"), made=MADE)


def test_a_picture_needs_words_in_its_place(house: Path) -> None:
    with pytest.raises(TypstError):
        typeset.pdf("one", data(seen=None), made=MADE)


def test_no_file_from_elsewhere(house: Path) -> None:
    (house / "one.typ").write_text('#read("../../../../etc/hostname")')
    with pytest.raises(TypstError):
        typeset.pdf("one", data(), made=MADE)
