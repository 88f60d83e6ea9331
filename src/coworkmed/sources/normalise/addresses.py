"""Addresses: a line to show, and its number, street and unit to compare, by the habits of each country.

France, Morocco, Tunisia … put the number first; Italy, Spain, Greece and Croatia last. Kinds of streets are spelt out.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coworkmed.kernel.fold import fold, latin
from coworkmed.kernel.values import Value

from . import encodings, texts
from . import street_words as words
from .towns import without_country

_EXTRA = r"(?:bis|ter|quater|quinquies|[a-h])"
_UNIT = re.compile(rf"\b(?:{words.UNITS})\b")
_STOREY = re.compile(
    rf"\b\d{{1,2}}\s?(?:e|er|eme|ere|nd|th|st|rd|os|o|a)\s*(?:{words.STOREYS})\b"
    r"|\b\d{1,2}\s?(?:e|er|eme)$|^\d{1,2}\s?[oa](?:$|\s\w{1,2}$)"
)
_FIRST = re.compile(  # "12 bis, rue …", "20/22 boulevard …", "n° 5 place …"
    rf"""
    (?:n(?:o|um|umero)?\.?[\s°º]*)?
    (\d{{1,4}}) ((?:\s?[-/,&]\s?\d{{1,4}} | \s(?:a|et|et\ le)\s\d{{1,4}})*)
    (?:[\s-]?({_EXTRA})(?:\s?[-/]\s?(?:{_EXTRA}))?)?
    (?!\w)[\s,.]*(?=[a-z(])
    """,
    re.VERBOSE,
)
_LAST = re.compile(  # "via Roma, 12/b", "Ερμού 12", "Calle Mayor nº 3 bajos"
    rf"""
    ^(.*?[a-z.'’)/]{{2,}}.*?)[\s,]+
    (?:n(?:o|um|ro|umero|br)?[.°º]*\s*)?
    (\d{{1,4}})(?:\s?[-/]\s?(\d{{1,4}}))?(?:[\s/]?({_EXTRA}))?
    (?!\w)(.*)$
    """,
    re.VERBOSE,
)
# "Maison de quartier 11 rue du Gaingalet": the address begins at the number in front of the kind of street.
_BEFORE_NUMBER = re.compile(
    rf"^(.*[a-z]{{3}}.*?)[\s,]+(\d{{1,4}}(?:\s?[/-]\s?\d{{1,4}})?\s?{_EXTRA}?[\s,]+(?:{words.FRENCH_TYPES})\b)"
)
_NUMBER_WITHIN = re.compile(r"[\s,]\d.*[a-z]")  # what every piece the pattern above finds holds
_BREAK = re.compile(r"\s*\n\s*")
_UNIT_FIRST = re.compile(rf"\b\d{{1,4}}\s?(?:bis|ter)?\s*,?\s(?=(?:{'|'.join(sorted(words.TYPES))})\b)")
_ALONE = re.compile(rf"(?:n[o°.]*\s*)?\d{{1,4}}\s?{_EXTRA}?")
_FOLLOWS = re.compile(r"(?:n[o°.]*\s*)?\d{1,4}\s?[a-z]?(?:$|\s|[/-])")
# "rue du  novembre", "rue du ème régiment": the day or the number is gone
_DIGITLESS = re.compile(
    rf"\b(?:{words.FRENCH_TYPES}|passage) du\s+(?:{words.MONTHS})\b|\bdu\s+(?:e|er|eme|ieme)\s+[a-z]"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """An address taken apart; every part folded, "" where unknown."""

    number: str = ""
    street: str = ""
    unit: str = ""


def read(given: str, country: str, *, number: str = "", street: str = "") -> Value | None:
    """An address in the form `kernel.fields` states. ``number`` and ``street`` come from their own columns if any."""
    text, repair = encodings.tidy(given)
    line = (texts.line(_BREAK.sub(", ", text)) if "\n" in text else text).strip(" ,;-")
    if not fold(line):
        return None
    lost = encodings.lost_letters(line)
    if texts.shouts(line):
        line, repair = texts.lowered(line), repair or "CAPITALS"
    parts = parse(street or line, country)
    if number and not parts.number:
        parts = Parts(_number(latin(number)), parts.street, parts.unit)
    plain = latin(line)
    digitless = "du" in plain and _DIGITLESS.search(plain)
    doubt = "LOST_DIGITS" if digitless else "LOST_LETTERS" if lost else ""
    value: dict[str, Any] = {"line": line[:400], "number": parts.number, "street": parts.street, "unit": parts.unit}
    return Value(value, given, repair, doubt)


@lru_cache(maxsize=100_000)
def parse(line: str, country: str) -> Parts:
    """Number, street and unit out of one line of an address without its town."""
    text = without_country(latin(line))
    pieces = [piece for one in re.split(r"[,;\n]|\s[-–]\s|\s\(|\)", text) if (piece := one.strip(" .-"))]
    pieces = [half for piece in _joined(pieces) for half in _from_number(piece)]
    units, best, score = [], Parts(), -1
    for piece in pieces:
        rest, unit = _without_unit(piece)
        units += [unit] if unit else []
        found = _split(rest, country)
        weight = 2 * bool(found.number) + 3 * _typed(found.street)
        if weight > score:
            best, score = found, weight
    if score <= 0 and len(pieces) > 1:  # no number, no type of street: the first piece is as good as any
        best = _split(_without_unit(pieces[0])[0], country)
    return Parts(best.number, best.street, " ".join(filter(None, [best.unit, *units])))


def _from_number(piece: str) -> list[str]:
    """A piece, cut where its address begins at a number in the middle of it."""
    return _BEFORE_NUMBER.sub(r"\1\n\2", piece).split("\n") if _NUMBER_WITHIN.search(piece) else [piece]


def _joined(pieces: list[str]) -> list[str]:
    """A number alone belongs to the piece before it ("calle mayor, 12"), or after ("12, rue mercière")."""
    done: list[str] = []
    for piece in pieces:
        after = bool(done) and bool(_FOLLOWS.match(piece)) and not re.search(r"\d", done[-1])
        if after or (done and (_ALONE.fullmatch(done[-1]) or len(done[-1]) == 1)):  # "C, Palaudàries 25"
            done[-1] += ", " + piece
        else:
            done.append(piece)
    return done


def _without_unit(piece: str) -> tuple[str, str]:
    """(the piece, its unit) split where a word for building, floor, door … stands after the street."""
    found = _STOREY.search(piece) or _UNIT.search(piece)
    if not found:
        return piece, ""
    if found.start() == 0 and any(word in words.TYPES for word in fold(piece).split()):
        street = _UNIT_FIRST.search(piece)  # "bat b 12 rue x"
        return (piece[street.start() :], fold(piece[: street.start()])) if street and street.start() else (piece, "")
    return piece[: found.start()].strip(" ,.-/"), fold(piece[found.start() :])


def _split(piece: str, country: str) -> Parts:
    if _ALONE.fullmatch(piece):
        return Parts(_number(piece))
    if found := _FIRST.match(piece):
        street = piece[found.end() :]
        return Parts(_number(found[0]), _street(street, country), "")
    if found := _LAST.match(piece):
        head = found[1]
        number = "-".join(filter(None, (found[2].lstrip("0") or "0", found[3]))) + (found[4] or "")
        return Parts(number, _street(head, country), fold(found[5]))
    return Parts("", _street(piece, country), "")


def _number(text: str) -> str:
    digits = [one.lstrip("0") or "0" for one in re.findall(r"\d{1,5}", text)]
    extra = re.search(rf"(?<=[\d\s-]){_EXTRA}\b", text)
    numbers = digits if len(digits) < 3 else [digits[0], digits[-1]]
    return "-".join(numbers) + (extra[0] if extra and digits else "")


def _street(text: str, country: str) -> str:
    """A street's folded name, its abbreviations spelt out."""
    table = words.ABBREVIATIONS.get(country, words.DEFAULT)
    found = fold(text).split()
    done: list[str] = []
    place = 0
    while place < len(found):
        double = " ".join(found[place : place + 2])
        if double in table and (place == 0 or "s" not in found[place : place + 1]):
            done.append(table[double])
            place += 2
            continue
        word = found[place]
        # one letter is an abbreviation only in front: "c" of "c pujades", not of "rue c"
        done.append(table.get(word, word) if len(word) > 1 or place == 0 else word)
        place += 1
    silent = words.SILENT.get(country, ())
    kept = [word for word in done if word not in silent] or done
    return " ".join(kept)


def _typed(street: str) -> bool:
    return any(word in words.TYPES for word in street.split()[:2])
