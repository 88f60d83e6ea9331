"""A stranger's list: which form it has, and what its columns probably hold, by their headers and by what is in them.

Headers are compared folded, in the seven languages and in the jargon of open data; contents by what they look like.
A guess says how sure it is; a person decides.
"""

import json
import re
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.fields import FIELDS, INPUTS
from coworkmed.kernel.fold import fold, latin, words
from coworkmed.kernel.values import Row
from coworkmed.platform import borders

from . import connectors
from .connectors import common, documents, tables, text
from .spec import Pick, Spec

SAMPLE = 400  # rows looked at
SURE = 0.75  # from here on a guess needs no question
_FLOOR = 0.35  # below, there is no guess


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column probably holds. ``target`` is "" where nothing fits; ``others`` are the next candidates."""

    column: str
    target: str
    confidence: float
    examples: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a list can be read. ``country`` is the one it lies in ("" if several or unknown); ``rows`` a sample."""

    connector: str
    options: Mapping[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()
    country: str = ""
    rows: tuple[Row, ...] = ()

    def columns(self) -> dict[str, Pick]:
        """Target → columns, surest first; what holds people's names is left out."""
        chosen: dict[str, list[str]] = {}
        for guess in sorted(self.guesses, key=lambda guess: -guess.confidence):
            if guess.target and guess.target != "contact_name":
                chosen.setdefault(guess.target, []).append(guess.column)
        return {target: Pick(tuple(names)) for target, names in chosen.items()}

    def personal(self) -> tuple[str, ...]:
        """Columns that hold people's names."""
        return tuple(guess.column for guess in self.guesses if guess.target == "contact_name")


def propose(path: Path) -> Proposal:
    """How the list at ``path`` can be read. Raises SourceError if it is of no form we know, or can't be read."""
    connector, options = recognise(path)
    spec = Spec("proposal", {}, "", "", "", connector, str(path), options=options)
    rows = tuple(row for row in islice(connectors.read(spec, path), SAMPLE) if isinstance(row, Row))
    ready = connectors.default_columns(connector)
    columns: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.cells.items():
            columns.setdefault(name, []).append(value)
    known = {name: target for target, pick in ready.items() for name in pick.columns} if len(ready) > 2 else {}
    guesses = guess_columns(columns, known)
    return Proposal(connector, options, guesses, country_of(rows, guesses), rows)


# the form of a file


def recognise(path: Path) -> tuple[str, dict[str, Any]]:
    """Connector and options for a file, by what is in it; its name decides nothing."""
    if path.is_dir():
        return "spaceapi", {}
    start = common.head(path)
    if start.startswith(b"PK\x03\x04") and _is_office(path):
        return "spreadsheet", {}
    with common.unpacked(path, {}) as file:
        start = common.head(file)
        common.refuse_html(start)
        if start.startswith(b"\xd0\xcf\x11\xe0") or (start.startswith(b"PK") and _is_office(file)):
            return "spreadsheet", {}
        if start.startswith(b"SQLite format 3\0"):
            return "geopackage", {}
        first = start.lstrip(b"\xef\xbb\xbf \t\r\n\x1e")
        if b"OSMHeader" in start[:512] or re.match(rb"(<\?xml.*?\?>\s*)?<osm\b", first, re.S):
            return "osm", {}
        return _json_form(file) if first[:1] in (b"{", b"[") else _table_form(file)


def _is_office(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({"[Content_Types].xml", "mimetype"} & set(archive.namelist()))
    except (zipfile.BadZipFile, OSError):
        return False


def _table_form(path: Path) -> tuple[str, dict[str, Any]]:
    encoding, _ = text.detect(path, {})
    sample = list(islice(text.lines(path, {}), 60))
    delimiter = tables.sniff([common.clean(line) for line in sample])
    first = next((row for row in tables.records(sample, {"delimiter": delimiter}) if isinstance(row, Row)), None)
    if first and {"nom", "commune", "pivot"} <= set(first.cells):
        return "mednum", {}
    options: dict[str, Any] = {"delimiter": delimiter}
    if encoding not in ("utf-8", "utf-8-sig"):
        options["encoding"] = encoding
    return "csv", options


def _json_form(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        document = documents.load(path, {})
    except SourceError:
        line = next((line for line in text.lines(path, {}) if line.strip()), "")
        if not _is_json(line):
            raise
        return ("geojson" if '"Feature"' in line else "ndjson"), {}
    if isinstance(document, Mapping):
        if document.get("type") in ("FeatureCollection", "Feature"):
            return "geojson", {}
        if isinstance(document.get("elements"), list) and {"osm3s", "generator", "version"} & set(document):
            return "osm", {}
        if "space" in document or _is_directory(document):
            return "spaceapi", {}
    return _objects_form(document)


def _objects_form(document: Any) -> tuple[str, dict[str, Any]]:
    """The form of a list of objects, by the names in them; the longest list where the document holds several."""
    options: dict[str, Any] = {}
    try:
        sample = documents.items(document, options)
    except SourceError:
        where, sample = max(_lists(document), key=lambda found: len(found[1]), default=("", []))
        if not sample:
            raise
        options = {"path": where}
    keys = {key for item in sample[:20] if isinstance(item, Mapping) for key in item}
    if {"nom", "commune", "pivot"} <= keys:
        return "mednum", {}
    if "space" in keys or {"url", "valid"} <= keys:
        return "spaceapi", {}
    return "json", options


def _is_json(line: str) -> bool:
    try:
        json.loads(line.strip("\x1e \t\r\n"))
    except (ValueError, RecursionError):
        return False
    return True


def _is_directory(document: Mapping[str, Any]) -> bool:
    return bool(document) and all(isinstance(one, str) and one.startswith("http") for one in document.values())


def _lists(document: Any, path: str = "", depth: int = 3) -> list[tuple[str, list[Any]]]:
    """Lists of objects in a document, each with the path to it."""
    if isinstance(document, list):
        return [(path, document)] if document and all(isinstance(item, Mapping) for item in document) else []
    if not isinstance(document, Mapping) or not depth:
        return []
    inner = (_lists(item, f"{path}.{key}".strip("."), depth - 1) for key, item in document.items())
    return [found for lists in inner for found in lists]


# the columns


@cache
def headers() -> Mapping[str, Sequence[str]]:
    """Target → what its column is called, in the seven languages (`headers.toml`)."""
    found: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
    return found


Test = Callable[[str], bool]


def _like(pattern: str) -> Test:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _within(low: float, high: float) -> Test:
    def test(value: str) -> bool:
        try:
            return low <= float(value.replace(",", ".")) <= high
        except ValueError:
            return False

    return test


def _luhn(length: int) -> Test:
    def test(value: str) -> bool:
        digits = re.sub(r"[\s.]", "", value)
        if len(digits) != length or not digits.isascii() or not digits.isdigit() or not digits.strip("0"):
            return False
        doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
        return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0

    return test


_FLAGS = frozenset(
    "yes no limited true false oui non ναι όχι si sì sí da ne parziale partiel parcial wlan wired designated".split()
)
_KIND_WORDS = re.compile(
    r"cowork|co work|tiers lieu|fab ?lab|maker|hacker|bibliothe|mediathe|librar|biblioteca|knjiznica|vivliothiki|incub"
    r"|viver|hub\b|atelier|living ?lab|synergat|espace public numerique|epn\b|cafe|kafe|telecentre|telework|smart work"
    r"|business cent|inkubator|cultur|maison de service|msap"
)
_HOURS = re.compile(
    r"\d\s?[h:]\s?\d{0,2}.*\d\s?[h:]|24/7|\b(?:mo|tu|we|th|fr|sa|su)\b.*\d|^(?:ferme|fermee|chiuso|cerrado|tancat|zatvoreno"
    r"|kleista|closed|off)$"
)
_DAYS = tuple(f"hours_{day}" for day in ("mo", "tu", "we", "th", "fr", "sa", "su"))
_DATE = (
    r"\d{4}([-/]\d{1,2}([-/]\d{1,2})?)?([ T][\d:.]+(Z|[+-]\d\d:?\d\d)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( [\d:]+)?"
    r"|[34]\d{4}"  # the days spreadsheets count
)


def _hours(value: str) -> bool:
    return _HOURS.search(latin(value)) is not None and not _like(_DATE)(value)


#: target → what its contents look like.
LOOKS: Mapping[str, Test] = {
    "postcode": _like(r"(?:[A-Z]{1,2}[- ]?)?\d{2,3}[ -]?\d{1,3}|\d{4}-\d{3}|0"),
    "lau": _like(r"\d[\dAB]\d{3,4}|\d{4}|\d{6}|0"),
    "house_number": _like(r"\d{1,4}\s?(?:[a-z]|bis|ter|quater)?(?:\s?[-/,]\s?\d{1,4}[a-z]?)*"),
    "lat": _within(-90, 90),
    "lon": _within(-180, 180),
    "coordinates": _like(r"[\[(]?\s*-?\d{1,3}[.,]\d+\s*[,; |]\s*-?\d{1,3}[.,]\d+\s*[\])]?|.*\d\s*[°º].*\d.*"),
    "geo_score": _within(0, 1.0),
    "web": _like(r"(?:\w{3,5}://?|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:/\S*)?"),
    "email": _like(r"[^@\s]+@[^@\s]+\.[a-z]{2,}(?:\s*[,;|]\s*[^@\s]+@[^@\s]+)*"),
    "phone": _like(r"(?:(?:\+|00)[\d\s()./-]{8,20}|\(?\d(?:[\s()./-]{0,2}\d){7,10})(?:\s*[,;/|].*)?"),
    "facebook": _like(r".*facebook\.\S*|.*\bfb\.\S+|@?[\w.-]+"),
    "twitter": _like(r".*(?:twitter|//x)\.com\S*|@?\w+"),
    "instagram": _like(r".*instagram\.\S*|@?[\w.]+"),
    "siret": _luhn(14),
    "siren": _luhn(9),
    "rna": _like(r"W\d{9}"),
    "vat": _like(r"(?:[A-Z]{2})?\s?[0-9A-Z]{8,13}"),
    "wikidata": _like(r"Q\d+"),
    "country": _like(r"[A-Z]{2,3}|[^\W\d]{4,}(?: [^\W\d]+)?"),
    "checked_on": _like(_DATE),
    "seen_on": _like(_DATE),
    "stirred_on": _like(_DATE),
    "opened": _like(_DATE),
    "closed": _like(_DATE),
    "wheelchair": lambda value: value.casefold() in _FLAGS,
    "internet": lambda value: value.casefold() in _FLAGS,
    "hosts_visitors": lambda value: value.casefold() in _FLAGS or value.casefold() in ("maybe", "peut-être"),
    "desks": _within(0, 5000),
    "members_now": _within(0, 100_000),
    "surface_built_m2": _like(r"\d[\d .,]*\s*(?:m2|m²|τ\.?μ\.?|mq)?"),
    "price_day": _like(r"[€$]?\s?\d+(?:[.,]\d+)?\s?(?:€|eur|kn|hrk|euros?)?"),
    "price_month": _like(r"[€$]?\s?\d+(?:[.,]\d+)?\s?(?:€|eur|kn|hrk|euros?)?"),
    "opening_hours": _hours,
    **dict.fromkeys(_DAYS, _hours),
    "kinds": lambda value: _KIND_WORDS.search(fold(value)) is not None,
}
#: How far contents alone, without a telling header, make a target likely.
_TELLING = {
    "email": 0.85, "siret": 0.8, "rna": 0.8, "web": 0.55, "phone": 0.5, "coordinates": 0.55,
    "opening_hours": 0.5, "kinds": 0.5,
}  # fmt: skip
#: Targets that one column alone can hold.
_SINGLE = {"id", "name", "lat", "lon", "coordinates", "geo_score", "country", *_DAYS}


def guess_columns(columns: Mapping[str, Sequence[str]], known: Mapping[str, str] | None = None) -> tuple[Guess, ...]:
    """What each column probably holds, from its header and its values; ``known`` columns are certain."""
    known = known or {}
    prefix = _common_prefix(list(columns))
    scored = {name: _scores(name.removeprefix(prefix), values) for name, values in columns.items()}
    taken: dict[str, str] = {}
    order = sorted(
        ((score, name, target) for name, scores in scored.items() for target, score in scores.items()),
        key=lambda one: (-one[0], list(columns).index(one[1])),
    )
    chosen: dict[str, tuple[str, float]] = {name: (target, 1.0) for name, target in known.items() if name in columns}
    for score, name, target in order:
        if name in chosen or name in known or score < _FLOOR:
            continue
        if target in _SINGLE and target in taken:
            continue
        if target in taken and score < 0.6:  # a second column for the same thing has to be likelier
            continue
        chosen[name] = (target, score)
        taken.setdefault(target, name)
    return tuple(_guess(name, columns[name], chosen.get(name), scored[name]) for name in columns)


def _common_prefix(names: Sequence[str]) -> str:
    """What most headers begin with, as in c_nom, c_adresse, c_ville; "" where that is nothing."""
    starts = Counter(found[0] for name in names if (found := re.match(r"[^\W_]{1,8}[_.]+(?=\w)", name)))
    prefix, count = max(starts.items(), key=lambda one: one[1], default=("", 0))
    return prefix if count > 3 and count > len(names) * 0.6 else ""


def _guess(name: str, values: Sequence[str], chosen: tuple[str, float] | None, scores: Mapping[str, float]) -> Guess:
    target, confidence = chosen or ("", 0.0)
    filled = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    others = [one for one in sorted(scores, key=lambda one: -scores[one]) if one != target and scores[one] > 0.15]
    return Guess(name, target, round(confidence, 2), tuple(value[:60] for value in filled[:3]), tuple(others[:4]))


def _scores(header: str, values: Sequence[str]) -> dict[str, float]:
    filled = [value.strip() for value in values if value.strip()]
    found: dict[str, float] = {}
    for target in headers():
        by_header = header_score(header, target)
        if not by_header and target not in _TELLING:
            continue
        found[target] = _combined(target, by_header, filled, len(values))
    return {target: score for target, score in found.items() if score > 0.1}


def _combined(target: str, by_header: float, filled: Sequence[str], rows: int) -> float:
    if not filled:
        return by_header * 0.6
    if target == "id":
        distinct = len(set(filled)) / max(rows, 1)
        return by_header * (0.3 + 0.7 * (distinct > 0.98))
    if target == "name":  # what has few different values, or numbers only, is no name
        distinct = len(set(filled)) / len(filled)
        return by_header * (0.95 if distinct > 0.3 and sum(map(_has_letters, filled)) > len(filled) * 0.9 else 0.4)
    if target not in LOOKS:
        return by_header * 0.9
    share = sum(map(LOOKS[target], filled)) / len(filled)
    if not by_header:
        return _TELLING.get(target, 0.0) * share if share > 0.6 else 0.0
    if target in ("lat", "lon", "geo_score") and share > 0.8:
        return by_header
    return by_header * (0.25 + 0.75 * min(1.0, share / 0.8)) if share > 0.1 else by_header * 0.25


def _has_letters(value: str) -> bool:
    return any(map(str.isalpha, value))


@cache
def _synonyms(target: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(one)) for one in headers()[target])


@cache
def header_score(header: str, target: str) -> float:
    """How well a column's header names a target: 1 if it says just that, less the more other words are beside it."""
    tokens = _tokens(header)
    first, colon, _ = header.partition(":")
    whole_only = bool(colon) and first not in ("addr", "contact", "ref")  # operator:wikidata is not the place's own
    joined = "".join(tokens)
    best = 0.0
    for synonym in _synonyms(target):
        if tuple(tokens) == synonym or joined == "".join(synonym):
            return 1.0
        length = len(tokens) + 1 if whole_only else len(synonym)
        for start in range(len(tokens) - length + 1):
            if tuple(tokens[start : start + length]) == synonym and max(map(len, synonym)) > 1:
                at_end = start + length == len(tokens)
                best = max(best, 0.35 + 0.45 * length / len(tokens) + 0.1 * at_end)
    return best


def _tokens(header: str) -> list[str]:
    """The words of a header, whatever holds them together: codePostal, c_postcode, addr:postcode, "Code postal"."""
    return words(re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", header).replace("_", " "))


# the country


def country_of(rows: Sequence[Row], guesses: Sequence[Guess]) -> str:
    """The country nearly all of a list lies in, by its positions, else by its telephone prefixes and web domains; ""
    where the list says it itself, or where nothing tells."""
    column = {guess.target: guess.column for guess in reversed(guesses) if guess.target}
    if "country" in column:
        return ""
    votes: Counter[str] = Counter()
    if "lat" in column and "lon" in column:
        for row in rows[:100]:
            try:
                place = (float(row.cells[column[axis]].replace(",", ".")) for axis in ("lat", "lon"))
                votes[borders.country_at(*place) or ""] += 1
            except (ValueError, KeyError):
                continue
    if not any(votes):
        votes = _votes_of_texts(rows, column)
    winner, count = max(votes.items(), key=lambda one: one[1], default=("", 0))
    return winner if count >= 3 and count > 0.7 * votes.total() else ""


_PREFIXES = {
    "33": "FR",
    "30": "GR",
    "39": "IT",
    "385": "HR",
    "34": "ES",
    "351": "PT",
    "356": "MT",
    "357": "CY",
    "386": "SI",
}
# "310/246-1501": as numbers are written in North America, without those that could be Greek
_AMERICAN = re.compile(r"\(?[3-57-9]\d\d\)?[ ./-]{0,2}\d{3} ?-\d{4}")
_DOMAINS = {code.lower(): code for code in "FR GR IT HR ES PT MT CY SI TR MA TN AL BA ME LB EG IL DZ MC AD".split()}


def _votes_of_texts(rows: Sequence[Row], column: Mapping[str, str]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for row in rows:
        given = row.cells.get(column.get("phone", ""), "").strip()
        votes["US"] += _AMERICAN.fullmatch(given) is not None
        phone = re.sub(r"[^\d+]", "", given)
        for prefix, country in _PREFIXES.items():
            votes[country] += phone.startswith((f"+{prefix}", f"00{prefix}"))
        for target in ("web", "email"):
            if found := re.search(r"\.([a-z]{2})(?:[/:?#]|$)", row.cells.get(column.get(target, ""), "").lower()):
                votes[_DOMAINS.get(found[1], "")] += found[1] in _DOMAINS
    return +votes


def label(target: str) -> str:
    """What a target is called, in English, marked for translation where it is shown."""
    return FIELDS[target].label if target in FIELDS else INPUTS[target]
