"""CSV that a spreadsheet can open without running what a stranger wrote in it, and that reads back unchanged.

A cell that a spreadsheet would take for a formula (it begins with = + - @, their full-width forms, a tab or a line
break) is given an apostrophe in front; so is a cell that begins with an apostrophe. Reading back, one leading
apostrophe is dropped (`unguard`). Plain numbers, telephone numbers in international form among them, are harmless and
left as they are.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_FORMULA = tuple("=+-@\t\r\n'＝＋－＠")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")


def guard(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs; `unguard` gives it back."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def unguard(cell: str) -> str:
    """The text that was written into a cell."""
    return cell.removeprefix("'")


class _Line:
    """A file that gives back what is written, as the writer of CSV does in its turn."""

    def write(self, text: str) -> str:
        return text.removesuffix("\r\n") + "\n"


# the writer quotes line breaks only of the kind it ends its own lines with: let it end them with both
_row = csv.writer(_Line(), lineterminator="\r\n").writerow


def line(cells: Iterable[str]) -> str:
    """A line of a CSV file (RFC 4180 but for its line ends, which are LF), its cells guarded."""
    text: str = _row([guard(cell) if cell else "" for cell in cells])
    return text


def lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a CSV file."""
    yield from map(line, chain([header], rows))
