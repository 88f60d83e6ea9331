"""A report on paper: what the Typst document ``report.typ`` is told, as plain data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from anyascii import anyascii
from django.utils.translation import gettext as _
from typst import TypstError

from coworkmed.web import typeset

from .contents import Block, Note, Paragraph, Picture, Points, Report, Section, Table, Text, plain

#: What the fonts that Typst brings can show: Latin, Greek and Cyrillic with their marks, Hebrew, Arabic, punctuation,
#: signs. A letter of another script is written in Latin ones, since PDF/UA knows no empty boxes.
_SCRIPTS = (
    (0x20, 0x2DC), (0x300, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x63A), (0x641, 0x64A), (0x1E00, 0x1FFF), (0x2010, 0x2027),
    (0x2030, 0x203A), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2190, 0x22F1), (0x27E6, 0x27EB),
)  # fmt: skip
#: … and what they show in any order, whatever marks were put on what.
_PLAIN = ((0x20, 0x24F), (0x384, 0x3CE), (0x1F00, 0x1FFF), (0x2010, 0x2026), (0x20AC, 0x20AC), (0x2200, 0x22F1))
_ASCII = re.compile(r"[\x20-\x7e]*")
_NARROW, _WIDE = 6, 38  # letters a column is as wide as, at least and at most
_KEPT = 18  # letters of a number that stays in one line


def pdf(report: Report) -> bytes:
    """As PDF/UA-1; the same report gives the same bytes."""
    data, made = told(report), datetime.combine(report.as_of, time(), UTC)
    try:
        return typeset.pdf("report", printable(data), made=made)
    except TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return typeset.pdf("report", printable(data, _PLAIN), made=made)


def told(report: Report) -> dict[str, Any]:
    return {
        "title": report.full_title,
        "language": report.language,
        "eyebrow": report.eyebrow,
        "heading": report.title,
        "day": report.day,
        "running": report.running,
        "contents": _("Contents"),
        "foot": report.foot,
        "chapters": [{"title": one.title, "blocks": _blocks(one.blocks)} for one in report.chapters],
    }


def printable(value: Any, scripts: Sequence[tuple[int, int]] = _SCRIPTS) -> Any:
    """The same, of letters that can be printed."""
    match value:
        case str():
            return value if _ASCII.fullmatch(value) else "".join(_letter(one, scripts) for one in value)
        case Mapping():
            return {key: printable(one, scripts) for key, one in value.items()}
        case Sequence():
            return [printable(one, scripts) for one in value]
    return value


def _letter(letter: str, scripts: Sequence[tuple[int, int]]) -> str:
    if letter.isspace():
        return "\u00a0" if letter in "\u00a0\u202f" else " "
    if unicodedata.category(letter).startswith("C"):  # steers, or is no letter
        return ""
    code = ord(letter)
    return letter if any(first <= code <= last for first, last in scripts) else anyascii(letter)


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [_block(one) for one in blocks]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "tone": block.tone, "text": _runs(block.text)}
        case Points():
            return {"kind": "points", "ordered": block.ordered, "items": [_runs(item) for item in block.items]}
        case Table():
            return _table(block)
        case Picture():
            behind = _table(block.behind) if block.behind else None
            return {
                "kind": "picture", "svg": str(block.svg), "title": block.title, "says": block.says, "behind": behind,
                "map": block.kind == "map",
            }  # fmt: skip
        case Note():
            return {"kind": "note", "title": block.title, "language": block.language, "blocks": _blocks(block.blocks)}
        case Section():
            return {"kind": "section", "title": block.title, "blocks": _blocks(block.blocks)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.caption,
        "head": list(table.head),
        "rows": [[_cell(cell, at in table.numbers) for at, cell in enumerate(row)] for row in table.rows],
        "numbers": sorted(table.numbers),
        "widths": _widths(table),
    }


def _cell(text: Text, number: bool) -> list[dict[str, str]]:
    """A short number is not cut in two."""
    runs = _runs(text)
    if not number or len(plain(text)) > _KEPT:
        return runs
    return [run | {"text": run["text"].replace(" ", "\u00a0")} for run in runs]


def _widths(table: Table) -> list[dict[str, int]]:
    """How wide each column is: short numbers as many ``letters`` as they have, or the longest word above them; all
    others share what is left by the length of what is in them, within bounds."""
    found = []
    for at, head in enumerate(table.head):
        longest = max((len(plain(row[at])) for row in table.rows), default=0)
        word = min(max(map(len, head.split()), default=0), _KEPT - 4)
        if at in table.numbers and longest <= _KEPT:
            found.append({"letters": max(longest, word, _NARROW + 2)})
        else:
            found.append({"share": min(max(longest, word, _NARROW), _WIDE)})
    return found


def _runs(text: Text) -> list[dict[str, str]]:
    """Links lead to pages: a file that lies beside the page does not lie beside a paper."""
    return [
        {
            "text": run.text,
            "style": run.style,
            "href": run.href if run.href.startswith(("https://", "http://")) else "",
            "language": run.language,
        }
        for run in text
    ]
