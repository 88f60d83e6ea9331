"""Errors planted in the fictional lists, each with what must come of it."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .formats import FEDERATION, GUIDE, MAP
from .houses import House

Outcome = Literal["read", "repair", "doubt", "unused", "reject", "drop"]
#: An entry: source and the source's own identifier.
Key = tuple[str, str]


@dataclass(slots=True)
class Line:
    """One line of a list.

    ``cells`` in the list's own columns; ``raw`` the row as text, if spoilt as a row; ``note`` what was planted
    """

    source: str
    external_id: str
    house: House
    cells: dict[str, Any]
    note: str = ""
    raw: str = ""

    @property
    def key(self) -> Key:
        return self.source, self.external_id


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in one line and what must come of it.

    ``outcome``  the value is read right all the same, or repaired, or doubted, or not used (it can't be true at all),
                 or the row rejected, or a personal value dropped at the door
    ``code``     of `sources.reasons` for a repair, a doubt, a reject; the kind of personal data for a drop
    ``field``    the field of `kernel.fields` that shows it ("" where it is the whole row)
    """

    source: str
    external_id: str
    outcome: Outcome
    code: str
    field: str = ""


_Spoil = Callable[[Line], None]
_Test = Callable[[Line], bool]
Lists = Mapping[str, list[Line]]


@dataclass(slots=True)
class Planted:
    """``lost``: entries whose only row is rejected, so that they can't enter the registry"""

    faults: list[Fault] = field(default_factory=list)
    lost: set[Key] = field(default_factory=set)


def _swap(line: Line) -> None:
    cells = line.cells
    if line.source == GUIDE:
        where = cells["where"]
        where["lat"], where["lng"] = where["lng"], where["lat"]
    else:
        cells["Latitude"], cells["Longitude"] = cells["Longitude"], cells["Latitude"]


def _sexagesimal(degrees: float, letters: str) -> str:
    seconds = round(abs(degrees) * 36000)
    letter = letters[degrees < 0]
    return f"{seconds // 36000}° {seconds // 600 % 60:02d}' {seconds % 600 // 10:02d},{seconds % 10}\" {letter}"


def _in_degrees_minutes_seconds(line: Line) -> None:
    line.cells["Latitude"] = _sexagesimal(float(line.cells["Latitude"].replace(",", ".")), "NS")
    line.cells["Longitude"] = _sexagesimal(float(line.cells["Longitude"].replace(",", ".")), "EW")


def _twice_encoded(line: Line) -> None:
    line.cells["Nom"] = line.cells["Nom"].encode().decode("cp1252")


def _can_be_twice_encoded(line: Line) -> bool:
    try:
        return bool(line.cells["Nom"].encode().decode("cp1252") != line.cells["Nom"])
    except UnicodeDecodeError:
        return False


def _cut(separator: str) -> _Spoil:
    """The name holds a delimiter, and nobody quoted it: the cells after it stand one column too far."""

    def spoil(line: Line) -> None:
        line.cells["Remarques"] = "Fermé en août."
        row = io.StringIO()
        csv.writer(row, delimiter=";", lineterminator="").writerow(line.cells.values())
        name = line.cells["Nom"]
        line.raw = row.getvalue().replace(name, name.replace(" ", separator, 1), 1)

    return spoil


def _set(**cells: str) -> _Spoil:
    return lambda line: line.cells.update(cells)


def _wrong_check_digit(line: Line) -> None:
    siret = line.house.siret
    line.cells["SIRET"] = siret[:-1] + str((int(siret[-1]) + 1) % 10)


def _lose_a_letter(line: Line) -> None:
    marked = next(letter for letter in line.cells["name"] if not letter.isascii())
    line.cells["name"] = line.cells["name"].replace(marked, "\ufffd", 1)


def _lose_the_zero(line: Line) -> None:
    line.cells["Code postal"] = line.cells["Code postal"].lstrip("0")


def _at(lat: float, lon: float) -> _Spoil:
    return lambda line: line.cells.update(lat=lat, lon=lon)


def _any(line: Line) -> bool:
    return True


def _two_words(line: Line) -> bool:
    return " " in line.cells["Nom"]


def _marked(line: Line) -> bool:
    return not line.cells["name"].isascii()


def _zero_first(line: Line) -> bool:
    return bool(line.cells["Code postal"].startswith("0"))


#: Source, country, which line it fits, what is done to it, what must come of it, and the field that shows it.
_FAULTS: tuple[tuple[str, str, _Test, _Spoil, Outcome, str, str], ...] = (
    (FEDERATION, "FR", _any, _swap, "repair", "SWAPPED", "position"),
    (FEDERATION, "IT", _any, _swap, "repair", "SWAPPED", "position"),
    (GUIDE, "GR", _any, _swap, "repair", "SWAPPED", "position"),
    (FEDERATION, "ES", _any, _set(Latitude="48,856600", Longitude="2,352200"), "doubt", "OUT_OF_COUNTRY", "position"),
    (MAP, "HR", _any, _at(0, 0), "unused", "NULL_ISLAND", "position"),
    (FEDERATION, "GR", _any, _set(Score="0,21"), "doubt", "LOW_GEOCODER_SCORE", "position"),
    (FEDERATION, "HR", _any, _in_degrees_minutes_seconds, "read", "DMS", "position"),
    (FEDERATION, "FR", _can_be_twice_encoded, _twice_encoded, "repair", "MOJIBAKE", "name"),
    (FEDERATION, "GR", _can_be_twice_encoded, _twice_encoded, "repair", "MOJIBAKE", "name"),
    (MAP, "FR", _marked, _lose_a_letter, "doubt", "LOST_LETTERS", "name"),
    (FEDERATION, "FR", _zero_first, _lose_the_zero, "repair", "PADDED", "postcode"),
    (FEDERATION, "FR", _any, _wrong_check_digit, "doubt", "BAD_CHECK_DIGIT", "official_ids"),
    (FEDERATION, "HR", _any, _set(Ouverture="31/02/2019"), "doubt", "IMPOSSIBLE_DATE", "opened"),
    (FEDERATION, "IT", _any, _set(Nom=""), "reject", "NO_NAME", ""),
    (FEDERATION, "ES", _any, _set(), "reject", "DUPLICATE_ROW", ""),
    (FEDERATION, "FR", _two_words, _cut(";"), "reject", "SHIFTED", ""),
    (FEDERATION, "IT", _two_words, _cut("; "), "repair", "CELLS_REJOINED", ""),
    (FEDERATION, "FR", _any, _set(Courriel="zoe.fictive@courriel.example"), "drop", "email", ""),
    (FEDERATION, "FR", _any, _set(Téléphone="06 39 98 00 12"), "drop", "mobile", ""),
    (FEDERATION, "FR", _any, _set(Contact="Zoé Fictive"), "drop", "name", ""),
    (MAP, "HR", _any, _set(phone="+385 99 555 0123"), "drop", "mobile", ""),
)


def plant(lists: Lists) -> Planted:
    """Spoil some ordinary lines of ``lists``, in place; each is spoilt once."""
    planted = Planted()
    for source, country, fits, spoil, outcome, code, name in _FAULTS:
        line = next(
            line for line in lists[source] if line.house.town.country == country and not line.note and fits(line)
        )
        spoil(line)
        line.note = f"fault {code}"
        planted.faults.append(Fault(source, line.external_id, outcome, code, name))
        if code == "DUPLICATE_ROW":
            lists[source].append(line)
        elif outcome == "reject":
            planted.lost.add(line.key)
    return planted
