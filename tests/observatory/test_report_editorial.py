"""What a coordinator adds: Markdown in which little is a command and nothing is harmful."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory import report
from coworkmed.observatory.report import Material, editorial
from coworkmed.observatory.report.contents import Note, Paragraph, Points, Run, plain
from coworkmed.observatory.rules import figures
from tests.observatory.factory import network

NOTE = """The *first* paragraph, with **weight** and [a source](https://source.example/a?b=1).

- one
- two
  - deeper

1. first
"""
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) [y](http://plain.example) [z](https://u:p@evil.example) "
    "![i](https://img.example/i.png) <img src=x onerror=alert(1)> {{ 7 * 7 }} `code` # no heading\n\n"
    "# still none\n\n> quote\n\n    code\n\n| a | b |\n|---|---|\n\n#eval(1) $x$ \u202eturned\u0007\n\n"
    + "- " * 40
    + "deep"
)


def read(folder: Path, **files: str) -> editorial.Editorial:
    for name, text in files.items():
        (folder / f"{name.replace('__', '-').replace('_', '.')}.md").write_text(text, encoding="utf-8")
    return editorial.read(folder, report.CHAPTERS)


def drawn(notes: editorial.Editorial, language: str = "en") -> report.Report:
    registry = network()
    with translation.override(language):
        return report.write(Material(registry, figures(registry), editorial=notes))


def test_paragraphs_lists_emphasis_and_links_are_understood() -> None:
    first, several, ordered = editorial.blocks(NOTE)
    assert isinstance(first, Paragraph)
    assert Run("first", "emphasis") in first.text
    assert Run("weight", "strong") in first.text
    assert Run("a source", "", "https://source.example/a?b=1") in first.text
    assert several == Points([(Run("one"),), (Run("two"),), (Run("deeper"),)])
    assert ordered == Points([(Run("first"),)], ordered=True)


def test_nothing_else_is_a_command() -> None:
    runs = [
        run
        for block in editorial.blocks(HOSTILE)
        for text in ([block.text] if isinstance(block, Paragraph) else block.items)
        for run in text
    ]
    assert {run.href for run in runs} == {"", "https://img.example/i.png"}
    text = "".join(run.text for run in runs)
    assert "<script>alert(1)</script>" in text
    assert "\u202e" not in text and "\u0007" not in text


def test_hostile_notes_stay_text_on_the_page_and_on_paper(tmp_path: Path) -> None:
    one = drawn(read(tmp_path, summary_en=HOSTILE, method_en=NOTE))
    with translation.override("en"):
        page, printed = report.html(one), report.pdf(one)
    assert "<script" not in page and "<img" not in page and "javascript:" not in page.replace("(javascript:", "")
    assert 'href="javascript' not in page
    assert "{{ 7 * 7 }}" in page
    assert printed.startswith(b"%PDF-")


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for block in editorial.blocks(text):
        assert isinstance(block, Paragraph | Points)


def test_a_note_stands_at_the_head_of_its_section_in_the_readers_language_or_another_that_is_named(
    tmp_path: Path,
) -> None:
    notes = read(tmp_path, summary_fr="Bonjour", summary_en="Hello", method_hr="Dobar dan", country__FR_el="Γεια")
    assert _note(drawn(notes, "fr"), "summary") == ("fr", "Bonjour", False)
    assert _note(drawn(notes, "el"), "summary") == ("en", "Hello", True)
    assert _note(drawn(notes, "it"), "method") == ("hr", "Dobar dan", True)
    assert "Γεια" in list(drawn(notes, "el").texts())


def _note(one: report.Report, chapter: str) -> tuple[str, str, bool]:
    [found] = [part for part in one.chapters if part.key == chapter]
    note = found.blocks[0]
    assert isinstance(note, Note)
    [block] = note.blocks
    assert isinstance(block, Paragraph)
    return note.language, plain(block.text), " · " in note.title


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("summary.md", "SECTION.LANGUAGE.md"),
        ("summary.xx.md", "SECTION.LANGUAGE.md"),
        ("sumary.fr.md", "no section"),
        ("country-hr.hr.md", "no section"),
    ],
)
def test_a_name_that_means_nothing_is_told(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_text("Hello")
    with pytest.raises(CoworkmedError, match=said):
        editorial.read(tmp_path, report.CHAPTERS)


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe", "UTF-8"), (b"x" * (editorial.LONGEST + 1), "longer than")])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "summary.fr.md").write_bytes(data)
    with pytest.raises(CoworkmedError, match=said):
        editorial.read(tmp_path, report.CHAPTERS)


def test_no_folder_and_an_empty_file_say_nothing(tmp_path: Path, settings: Any) -> None:
    assert editorial.read(tmp_path / "none", report.CHAPTERS).said == {}
    assert read(tmp_path, summary_en=" \n").of("summary", "en") is None
    settings.ENV = replace(settings.ENV, var=tmp_path)
    assert editorial.root() == tmp_path / "editorial"
