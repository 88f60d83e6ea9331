"""Dates as lists write them, to partial ISO dates."""

import re
from datetime import date, timedelta
from functools import lru_cache

from coworkmed.kernel.fold import fold

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T.*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ,].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(?:~|ca?\.? ?|vers |circa |en |in |depuis )*(\d{4})(?:\.0)?(\s*\??)")
_WORDS = re.compile(r"(?:(\d{1,2})(?:er|st|nd|rd|th)? (?:de |d )?)?([a-z]{3,})(?: de| del)? (\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EPOCH = date(1970, 1, 1)
#: First letters of month names, folded, in French, Greek, Italian, Croatian, Spanish, Catalan and English.
_MONTHS = {
    1: "jan ian gen sij ene",
    2: "fev feb febb velj fevrou",
    3: "mar mars ozu martios",
    4: "avr apr abr tra",
    5: "mai may mag svi maio maios maig",
    6: "juin jun giu lip ioun juny",
    7: "juil jul lug srp ioul",
    8: "aou aug ago kol avg",
    9: "sep set ruj",
    10: "oct okt ott lis",
    11: "nov stu noe",
    12: "dec dic des pro dek",
}
_BY_NAME = sorted(
    ((name, month) for month, names in _MONTHS.items() for name in names.split()), key=lambda x: -len(x[0])
)


@lru_cache(maxsize=100_000)
def read(text: str) -> tuple[str, str]:
    """(partial date, doubt) of ``text``; ("", "") where it is no date, or one a machine leaves when it has none.

    Day before month, as everywhere around the Mediterranean, unless only the other order exists. Day numbers of a
    spreadsheet are read as such. No clock is asked: the same text gives the same date on any day.
    """
    text = text.strip()
    if found := _YEAR.fullmatch(text):
        return _checked(int(found[1]), None, None, "UNSURE" if found[2].strip() else "")
    if found := _ISO.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3]) if found[3] else None)
    if found := _COMPACT.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if month > 12 >= day:
            day, month = month, day
        return _checked(year, month, day)
    if found := _MONTH_FIRST.fullmatch(text):
        return _checked(int(found[2]), int(found[1]), None)
    if (found := _SERIAL.fullmatch(text)) and 20_000 < int(found[1]) < 60_000:
        day_found = date(1899, 12, 30) + timedelta(days=int(found[1]))
        return _checked(day_found.year, day_found.month, day_found.day)
    if found := _WORDS.search(fold(text)):
        month_found = next((month for name, month in _BY_NAME if found[2].startswith(name)), None)
        if month_found:
            return _checked(int(found[3]), month_found, int(found[1]) if found[1] else None)
    return "", ""


def _checked(year: int, month: int | None, day: int | None, doubt: str = "") -> tuple[str, str]:
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        if month and 1 <= month <= 12 and year >= 1000:
            return f"{year:04}-{month:02}", "IMPOSSIBLE_DATE"
        return (f"{year:04}", "IMPOSSIBLE_DATE") if year >= 1000 else ("", "")
    if first == _EPOCH or year < 1000:
        return "", ""
    partial = f"{year:04}" if month is None else f"{year:04}-{month:02}" if day is None else first.isoformat()
    return partial, doubt
