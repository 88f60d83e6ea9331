"""Tables of pairs to score: two records a row, in columns that begin with left_ and right_."""

import csv
import gzip
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Literal, cast

import phonenumbers

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.web_addresses import canonical, own_domain

from .records import Record
from .words import STREET_TYPES

SIDES = ("left_", "right_")
#: What a pair can't be judged without.
NEEDED = ("left_name", "right_name")
#: What is added to each row.
ADDED = ("probability", "same", "relation", "reasons")

_NUMBER = r"\d+(?:\s?(?:bis|ter|quater|/?[a-z])\b)?(?:\s*[-–/]\s*\d+\w?)?"
_LEADING = re.compile(rf"^\s*(?:n[°o.]\s*)?({_NUMBER})[\s,]+(?=\D|\d+(?:st|nd|rd|th)\b)", re.I)
_TRAILING = re.compile(rf"^(\D.*?)[\s,]+({_NUMBER})\s*$", re.I)
_WITHIN = re.compile(rf"^(\D+?)\s({_NUMBER})\s", re.I)
_AT_AN_END = re.compile(rf"^{_NUMBER}\s|\s{_NUMBER}$", re.I)
_DOOR_BEHIND = re.compile(r"^(.*[^\W\d_].*?)\s+(\d{1,5}\w?)$")
#: A unit is a number or one letter: "Ste B", "Unit 5A", "#12", not the street "Stephens Avenue".
_UNIT = re.compile(
    r"(?:\b(?:ste|suite|unit|apt|apto|room|bldg|b[aâ]t(?:iment)?|lot|stop|space|spc|sala|loja|local|interno|nave|shop)\b|#)"
    r"[\s.:]*(?:no\b|#)?[\s.:]*(\w*\d[\w-]*|[a-z]\b)",
    re.I,
)
_FLOOR = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|ground|first|second|third|lower|upper)\s+(?:floor|fl|level)\b|"
    r"\b\d+\s*(?:º|°|er|e|ème)\s*(?:piso|piano|étage|andar)\b|\b\d+\s*\.?\s*kat\b|\bkat\s*:?\s*\d+\b|\b\d+\s*\.?\s*[º°]\s*(?:dto|dcha|esq|izda?)\b|\brez-de-chaussée\b|\b\d{1,2}f\b",
    re.I,
)
_NUMBER_SIGN = re.compile(r"\b(?:n\.?[°ºo]|no|num|núm|número|numéro|nr|br)(?:\s*[.:]\s*|\s+|(?<=[°ºo]))(?=\d)", re.I)
_NO_NUMBER = re.compile(r"\bs\s*/\s*n\b|\bs\.n\.c?\b|\bsnc\b", re.I)  # sin número, senza numero civico
_YEAR = re.compile(r"\b\d{1,2}\D+\b(?:1[789]|20)\d\d\s*$")  # "rue du 8 mai 1945"
_BETWEEN = re.compile(r"\b(?:btwn|between|near|off|at)\b.*", re.I)
_WORD = re.compile(r"[^\W\d_]{2}")
_DIGIT = re.compile(r"\d")
#: Types written onto the name ("Hauptstr."), and those a door may stand behind ("3rd Ave 1100"; not "Highway 97").
_WRITTEN_ON = re.compile(r"(?<=\w{3})(?:strasse|str|straat|gatan|vagen)$")
_CLOSING = frozenset("st street ave avenue av blvd boulevard rd road dr drive ln lane ct court pl place way".split())
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_BLOCKS = re.compile(r"^(.*?\D)((?:\d+(?:条|丁目|番地|番|号|の|-)*(?:東|西|南|北)?)+)")
PARTS = 4  # of a line are looked at; what follows is the town


def split_address(text: str) -> tuple[str, str, str]:
    """(number, street, unit) of one line as people write it: "12 bis, rue X", "Via X, 12", "1 Main St Ste 4"."""
    if _HAN_OR_KANA.search(text):
        return _split_blocks(unicodedata.normalize("NFKC", text))
    line = _NUMBER_SIGN.sub(" ", _NO_NUMBER.sub(" ", _FLOOR.sub(" ", text)))
    unit = _UNIT.search(line)
    kept = unit[1] if unit and _WORD.search(_UNIT.sub(" ", line)) else ""
    if kept:
        line = _UNIT.sub(" ", line)
    parts = [part.strip(" )-:") for part in re.split(r"\s*[,;(]\s*", line) if part.strip(" )-:")][:PARTS]
    for at, part in enumerate(parts):
        if re.fullmatch(_NUMBER, part, re.I):  # "Via Roma, 12, 2° piano" or "12, rue des Lilas"
            return part, parts[at - 1] if at else parts[1] if len(parts) > 1 else "", kept
        if at and (found := _LEADING.match(part)):  # "Av. Brasil, 120 - Centro" or "ZA Les Paluds, 12 avenue X"
            rest = part[found.end() :].strip(" -")
            behind = _has_type(parts[at - 1]) and "-" in part
            return found[1], rest if _has_type(rest) and not behind else parts[at - 1], kept
    line = _likeliest(parts)
    number, street, door = _split_line(_BETWEEN.sub("", line).strip() or line)
    if not number and unit and unit[0].startswith("#"):  # "Altamirano #140"
        return kept, street, ""
    return number, street, kept or door


def _split_line(line: str) -> tuple[str, str, str]:
    if found := _LEADING.match(line):
        street = line[found.end() :].strip()
        door = _DOOR_BEHIND.match(street)  # "805 3rd Ave 1100"
        return (found[1], door[1], door[2]) if door and _closes(door[1]) else (found[1], street, "")
    if (found := _TRAILING.match(line)) and not _YEAR.search(line):
        return found[2], found[1], ""
    if (found := _WITHIN.match(line + " ")) and not _names_a_street(found[1]):  # "Calle Mayor 5 bajo"
        return found[2], found[1], ""
    return "", line.strip(), ""


def _split_blocks(text: str) -> tuple[str, str, str]:
    """A Japanese address names the block for a street: "江東区新砂3丁目3-53" is 3-53 in 新砂3."""
    found = _BLOCKS.match(re.sub("[−‐－ー](?=\\d)", "-", text))
    if not found:
        return "", text, ""
    area = re.sub(r"^.*[県市区郡]|[\s,]+", "", found[1]) or found[1]
    numbers = re.findall(r"\d+", found[2])
    ahead = max(len(numbers) - 2, 1 if "丁目" in found[2] else 0)
    return "-".join(numbers[ahead:]), area + " ".join(numbers[:ahead]), ""


def _likeliest(parts: Sequence[str]) -> str:
    """The part that names the street: the first with a type of street and a number, with a type, with a number."""
    typed = [part for part in parts if _has_type(part)]
    numbered = [part for part in parts if _AT_AN_END.search(part)]
    both = [part for part in typed if _DIGIT.search(part)]
    return next(iter([*both, *typed, *numbered, *parts]), "")


def _names_a_street(words: str) -> bool:
    """Whether the words are but a street's type, so that the number belongs to its name ("rue du 8 mai")."""
    return all(word in STREET_TYPES or len(word) < 4 for word in fold(words).split())


def _has_type(words: str) -> bool:
    """Whether a type of street stands in front, at the end (before a point of the compass), or is written on."""
    found = [word for word in fold(words).split() if not word.isdigit()]
    ends = {*found[:1], *[word for word in found if len(word) > 1][-2:]}
    return any(word in STREET_TYPES and len(word) > 1 for word in ends) or any(map(_WRITTEN_ON.search, found))


def _closes(words: str) -> bool:
    """Whether a number behind these words is a door."""
    return any(word in _CLOSING for word in fold(words).split()[-1:])


@lru_cache(maxsize=100_000)
def telephone(text: str, country: str) -> str:
    """E.164 where it can be read as a number of the country, else the digits; "" under six of them."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) > 5 else ""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _addresses(text: str) -> list[str]:
    return [found for one in _listed(text) if (found := canonical(one))]


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _kinds(row: Mapping[str, str], side: str) -> tuple[str, ...]:
    """The leaf of each category: "Dining and Drinking > Restaurant" is a restaurant."""
    texts = [row.get(f"{side}category", ""), *_listed(row.get(f"{side}alt_categories", "")), row.get(f"{side}type", "")]
    leaves = (fold(text.split(">")[-1]) for text in texts)
    return tuple(dict.fromkeys(leaf for leaf in leaves if leaf))[:4]


def record(row: Mapping[str, str], side: str, number: int) -> Record:
    """One side of a row. Its key is the side's own id where there is one, else the row's number and the side."""
    cell = {name.removeprefix(side): text.strip() for name, text in row.items() if name.startswith(side) and text}
    country = cell.get("addr_country", "").upper()
    house, street, unit = split_address(cell.get("addr_freeform") or cell.get("addr", ""))
    sites = _addresses(cell.get("websites") or cell.get("website", ""))
    phones = _listed(cell.get("phones") or cell.get("phone", ""))
    name, brand = cell.get("name", ""), cell.get("brand", "")
    return Record(
        key=(cell.get("dataset", ""), cell.get("id") or f"{number} {side}"),
        name=name,
        brand="" if fold(brand) == fold(name) else brand,  # some lists repeat the name there: that names no chain
        kinds=_kinds(row, side),
        country=country,
        locality=cell.get("addr_locality") or cell.get("city", ""),
        postcode=cell.get("addr_postcode", ""),
        street=street,
        number=house,
        unit=unit,
        lat=_float(cell.get("lat", "")),
        lon=_float(cell.get("lon", "")),
        domains=tuple(dict.fromkeys(filter(None, map(own_domain, sites)))),
        phones=tuple(dict.fromkeys(filter(None, (telephone(one, country) for one in phones)))),
        urls=tuple(dict.fromkeys([*sites, *_addresses(cell.get("socials", ""))])),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A file of pairs: its columns and its rows, as given."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, str]]

    def records(self) -> list[Record]:
        """Both records of each row in turn: those of row i are 2 i and 2 i + 1. Answers (``label``, ``class``) are not
        among the columns a record is made of."""
        return [record(row, side, number) for number, row in enumerate(self.rows) for side in SIDES]


@contextmanager
def _opened(path: Path, mode: Literal["r", "w"]) -> Iterator[IO[str]]:
    """A text file, packed with gzip where its name says so: without name or time inside, so that the same rows give the
    same bytes."""
    encoding = "utf-8-sig" if mode == "r" else "utf-8"
    with ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(path.open("rb" if mode == "r" else "wb"))
        if path.suffix.lower() == ".gz":
            packed = gzip.GzipFile(filename="", fileobj=raw, mode="rb" if mode == "r" else "wb", mtime=0)
            raw = cast(IO[bytes], stack.enter_context(packed))
        yield stack.enter_context(TextIOWrapper(raw, encoding=encoding, newline=""))


def read(path: Path) -> Table:
    """The pairs of a CSV or TSV file (UTF-8, gzip allowed). SourceError says in words what is wrong with it."""
    try:
        with _opened(path, "r") as file:
            header = file.readline()
            delimiter = max(",;\t", key=header.count)
            columns = next(csv.reader([header], delimiter=delimiter), [])
            _check(path, columns)
            rows = list(_rows(csv.reader(file, delimiter=delimiter, strict=True), columns))
    except UnicodeDecodeError as error:
        raise SourceError(N_("{file} is not written in UTF-8."), file=path.name) from error
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(N_("{file} can't be read: {problem}"), file=path.name, problem=str(error)) from error
    except csv.Error as error:
        raise SourceError(
            N_("{file} is no well-formed table: {problem}"), file=path.name, problem=str(error)
        ) from error
    return Table(columns, rows)


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise SourceError(
            N_("{file} has no column {columns}: a table of pairs names both sides in left_name and right_name."),
            file=path.name,
            columns=", ".join(missing),
        )
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise SourceError(N_("{file} has two columns named {columns}."), file=path.name, columns=", ".join(twice))


def _rows(cells: Iterable[list[str]], columns: Sequence[str]) -> Iterator[dict[str, str]]:
    for number, row in enumerate(cells, start=1):
        if len(row) > len(columns):
            raise SourceError(N_("Row {number} has more cells than there are columns."), number=number)
        if row:
            yield dict(zip(columns, row + [""] * (len(columns) - len(row)), strict=True))


def write(path: Path, table: Table, judged: Iterable[tuple[str, str, str, str]]) -> None:
    """The same rows in the same order with `ADDED` behind (in place of columns of that name). The file appears whole or
    not at all."""
    kept = [column for column in table.columns if column not in ADDED]
    with replaced(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*kept, *ADDED])
        writer.writerows(
            [*(row[column] for column in kept), *more] for row, more in zip(table.rows, judged, strict=True)
        )


@contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
    """A text file to write to (packed where its name ends in .gz), which takes the place of ``path`` once it is whole.
    SourceError says in words why it can't be written."""
    part = path.with_name(f"{path.name}.part.gz" if path.suffix.lower() == ".gz" else f"{path.name}.part")
    try:
        with _opened(part, "w") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SourceError(N_("{file} can't be written: {problem}"), file=path.name, problem=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
