"""CSV, TSV and their kin, as people really write them. Every record that is not blank comes out, as a row or a reject.

The standard library's reader does the parsing. Around it: which delimiter, what to do with a row of too many or too
few cells, and a quotation mark nobody closed, which must not swallow the rows after it.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, clean, unique
from .text import lines

DELIMITERS = (",", ";", "\t", "|")
_SNIFFED = 60  # records looked at to choose the delimiter
_LEARNT = 200  # records looked at to learn what a column holds
_LONGEST = 500  # lines a quoted text may span
_ENOUGH = 20  # values a column needs before its look counts

csv.field_size_limit(2**31 - 1)  # a long text is no reason to stop; the size of the file is limited where it is fetched

Record = tuple[int, list[str], bool]  # the line it starts on, its cells, whether it is sound


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The rows of a delimited text file. Options: encoding, delimiter, quote, header (its line, 0 for none)."""
    return records(lines(path, options), options)


def read_tsv(path: Path, options: Options) -> Iterator[Row | Reject]:
    """As `read`, with tabs unless told otherwise."""
    return read(path, {"delimiter": "\t", **options})


def records(text: Iterable[str], options: Options) -> Iterator[Row | Reject]:
    """The rows of delimited text, given line by line."""
    numbered = ((number, clean(line)) for number, line in enumerate(text, start=1))
    skipped = options.get("header", 1)
    if not isinstance(skipped, int) or isinstance(skipped, bool) or skipped < 0:
        raise SourceError(N_("The option “header” must be the number of a line."))
    source = _Lines(islice(numbered, max(skipped - 1, 0), None))
    declared = source.separator()
    dialect = _Dialect(
        _character(options, "delimiter", declared) or sniff(source.peek(_SNIFFED)), _character(options, "quote", '"')
    )
    parsed = _split(source, dialect)
    first = next((record for record in parsed if _filled(record[1])), None)
    if first is None:
        return
    if skipped == 0:
        headers = unique([""] * len(first[1]))
        parsed = chain([first], parsed)
    else:
        headers = unique(_trimmed(first[1]))
    yield from _rows(parsed, headers, dialect)


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    quote: str

    def strict(self, text: Iterable[str]) -> list[str]:
        """The cells of one record; csv.Error if its quotes are not in order."""
        reader = csv.reader(text, delimiter=self.delimiter, quotechar=self.quote, strict=True)
        return next(reader, [])

    def loose(self, line: str) -> list[str]:
        """The cells of one line, a misplaced quote being just a character."""
        reader = csv.reader([line], delimiter=self.delimiter, quotechar=self.quote)
        return next(reader, [])

    def plain(self, line: str) -> list[str]:
        """The cells of one line as if there were no quotes."""
        return line.rstrip("\r\n").split(self.delimiter)


def _character(options: Options, name: str, default: str) -> str:
    value = options.get(name, default)
    if not isinstance(value, str) or len(value) > 1 or value in ("\r", "\n"):
        raise SourceError(N_("The option “{name}” must be one character."), name=name)
    return value


class _Lines:
    """Numbered lines that can be looked at ahead and put back."""

    def __init__(self, numbered: Iterator[tuple[int, str]]) -> None:
        self._rest = numbered
        self._ahead: deque[tuple[int, str]] = deque()

    def __next__(self) -> tuple[int, str]:
        return self._ahead.popleft() if self._ahead else next(self._rest)

    def __iter__(self) -> "Iterator[tuple[int, str]]":
        return self

    def put_back(self, numbered: Sequence[tuple[int, str]]) -> None:
        self._ahead.extendleft(reversed(numbered))

    def peek(self, count: int) -> list[str]:
        taken = list(islice(self, count))
        self.put_back(taken)
        return [line for _, line in taken]

    def separator(self) -> str:
        """The delimiter a spreadsheet declares on a first line of its own ("sep=;"), which is taken away."""
        first = self.peek(1)
        if first and (found := re.fullmatch(r"\ufeff?sep=(.)\s*", first[0], re.I)):
            next(self)
            return found[1]
        return ""


def sniff(sample: Sequence[str]) -> str:
    """The delimiter that cuts the most lines of ``sample`` into one and the same number of cells; else a comma."""

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(cells) for cells in _sampled(sample, delimiter) if _filled(cells))
        counts.pop(1, None)
        return max(((count, width) for width, count in counts.items()), default=(0, 0))

    return max(DELIMITERS, key=agreement)


def _sampled(sample: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(sample, delimiter=delimiter)
    except csv.Error:
        return


def _filled(cells: Sequence[str]) -> bool:
    return any(text.strip() for text in cells)


def _trimmed(cells: list[str]) -> list[str]:
    """``cells`` without the empty ones at the end."""
    end = len(cells)
    while end > 1 and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


# cutting the text into records


def _split(source: _Lines, dialect: _Dialect) -> Iterator[Record]:
    """Records in order. One whose opened quote is never properly closed ends with its line, and is marked unsound."""
    width = 0
    for number, line in source:
        if not line.strip():
            continue
        cells, sound = _record(number, line, source, dialect, width)
        width = width or len(cells)
        yield number, cells, sound


def _record(number: int, line: str, source: _Lines, dialect: _Dialect, width: int) -> tuple[list[str], bool]:
    if not dialect.quote or dialect.quote not in line:
        return dialect.plain(line), True
    taken: list[tuple[int, str]] = []

    def feed() -> Iterator[str]:
        yield line
        for following in islice(source, _LONGEST):
            taken.append(following)
            yield following[1]

    try:
        cells = dialect.strict(feed())
        if not any(_looks_like_a_record(text, dialect, width) for _, text in taken[:-1]):
            return cells, True
    except csv.Error:
        pass
    source.put_back(taken)
    if taken:  # the quote ran on into other lines
        return dialect.plain(line), False
    return dialect.loose(line), True


def _looks_like_a_record(line: str, dialect: _Dialect, width: int) -> bool:
    """Whether a line inside a quoted text is rather a row of its own: as many cells as the list has columns."""
    return width >= 4 and dialect.quote not in line and len(dialect.plain(line)) == width


# from records to rows


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column was seen to hold: a look all its values share (None for free text), and whether it may be empty."""

    look: re.Pattern[str] | None
    optional: bool

    def takes(self, text: str) -> bool:
        return self.look is None or not text.strip() or self.look.fullmatch(text) is not None


_LOOKS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\s*[-+]?\d+(?:[.,]\d+)?\s*",
        r"\s*(?:https?://|www\.)\S+\s*",
        r"\s*\S+@\S+\.\S+\s*",
        r"\s*(?:true|false|yes|no|oui|non|si|sí|sì|da|ne|ναι|όχι)\s*",
        r"\s*(?:\d{4}-\d\d?-\d\d?|\d\d?/\d\d?/\d{4}|\d{4}/\d\d?/\d\d?)(?:[ T][\d:.]+)?\s*",
    )
)
_EMPTY = re.compile(r"\s*")


def _rows(parsed: Iterator[Record], headers: list[str], dialect: _Dialect) -> Iterator[Row | Reject]:
    learnt = [record for record in islice(parsed, _LEARNT) if _filled(record[1])]
    columns = _columns([cells for _, cells, sound in learnt if sound], len(headers))
    for number, cells, sound in chain(learnt, parsed):
        if _filled(cells):
            yield _row(number, cells, sound, headers, columns, dialect.delimiter)


def _columns(seen: Sequence[list[str]], width: int) -> list[_Column]:
    full = [cells for cells in seen if len(cells) == width]
    often_short = sum(len(cells) < width for cells in seen) >= max(2, len(seen) * 0.2)  # its writer leaves them out
    return [_column([cells[position] for cells in full], often_short) for position in range(width)]


def _column(values: Sequence[str], optional: bool) -> _Column:
    filled = [value for value in values if value.strip()]
    optional = optional or len(filled) < len(values)
    if not filled and len(values) >= _ENOUGH:
        return _Column(_EMPTY, optional)
    if len(filled) < _ENOUGH:
        return _Column(None, optional)
    return _Column(next((look for look in _LOOKS if all(map(look.fullmatch, filled))), None), optional)


def _row(
    number: int, cells: list[str], sound: bool, headers: list[str], columns: Sequence[_Column], delimiter: str
) -> Row | Reject:
    width = len(headers)
    if not sound:
        return Reject(number, named(headers, cells), "UNCLOSED_QUOTE")
    if len(cells) > width and not _filled(cells[width:]):  # empty cells beyond the last column say nothing …
        if not _fits(cells[:width], columns) and (joined := _rejoined(cells, columns, delimiter)):
            return Row(number, dict(zip(headers, joined, strict=True)), "CELLS_REJOINED")  # … or were pushed out
        cells = cells[:width]
    if len(cells) == width:
        return Row(number, dict(zip(headers, cells, strict=True)))
    if len(cells) < width:
        padded = cells + [""] * (width - len(cells))
        if _fits(padded, columns) and all(column.optional for column in columns[len(cells) :]):
            return Row(number, dict(zip(headers, padded, strict=True)))
    elif joined := _rejoined(cells, columns, delimiter):
        return Row(number, dict(zip(headers, joined, strict=True)), "CELLS_REJOINED")
    return Reject(number, named(headers, cells), "SHIFTED", {"found": len(cells), "expected": width})


def named(headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """``cells`` under their headers, those beyond the last under numbers of their own: nothing is left out."""
    extra = [f"+{number}" for number in range(1, len(cells) - len(headers) + 1)]
    return dict(zip(unique([*headers, *extra]), cells, strict=False))


def _fits(cells: Sequence[str], columns: Sequence[_Column]) -> bool:
    return all(column.takes(text) for text, column in zip(cells, columns, strict=True))


def _rejoined(cells: list[str], columns: Sequence[_Column], delimiter: str) -> list[str] | None:
    """``cells`` with one text put together again that an unquoted delimiter had cut, where only one way is possible.

    Possible is what leaves every column with its look. Of several possible ways one is certain if it alone puts a
    cell that begins with a space (as after a comma in prose) back behind its comma.
    """
    surplus = len(cells) - len(columns)
    ways = []
    for start in range(len(columns)):
        parts = cells[start : start + surplus + 1]
        joined = [*cells[:start], delimiter.join(parts), *cells[start + surplus + 1 :]]
        if _fits(joined, columns):
            ways.append((all(part.startswith(" ") for part in parts[1:]), joined))
    if len(ways) > 1:
        ways = [way for way in ways if way[0]]
    return ways[0][1] if len(ways) == 1 else None
