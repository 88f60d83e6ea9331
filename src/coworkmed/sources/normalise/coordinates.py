"""Positions: any way of writing them, and whether they can be true."""

import re
from dataclasses import dataclass

from coworkmed.platform import borders

OUT_M = 5_000.0  # a position this far outside the declared country is doubted
LOCALITY_M = 3_000.0  # how far off a position known only by its town may be
LOW_SCORE = 0.5  # geocoders' own advice: below this the answer is a guess

_NUMBER = r"[-+−]?\d{1,9}(?:[.,]\d+)?"
_SIMPLE = re.compile(r"[-+]?\d{1,9}(?:\.\d{1,20})?", re.ASCII)
_PLAIN = re.compile(rf"([NSEWO])?\s*({_NUMBER})\s*°?\s*([NSEWO])?", re.IGNORECASE)
_DMS = re.compile(
    r"([NSEWO])?\s*([-+−]?\d{1,3})\s*[°º\s:d]\s*(\d{1,2}(?:[.,]\d+)?)\s*[’'′´:m\s]?\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"”″s]|''|’’)?)?\s*([NSEWO])?",
    re.IGNORECASE,
)
_WKT = re.compile(rf"POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)", re.IGNORECASE)
_GEOJSON = re.compile(rf"\"coordinates\"\s*:\s*\[\s*({_NUMBER})\s*,\s*({_NUMBER})")
_PAIR = re.compile(rf"[\[(]?\s*({_NUMBER})\s*(?:[;|/\s]\s*|,\s+|,(?=[-+−]?\d+\.))\s*({_NUMBER})\s*[\])]?")
_PAIR_COMMA = re.compile(r"\s*([-+−]?\d{1,3}[.,]\d+)\s*[,;\s]\s*([-+−]?\d{1,3}[.,]\d+)\s*")


@dataclass(frozen=True, slots=True)
class Position:
    """A WGS84 position in degrees, with the code of the repair or doubt it carries."""

    lat: float
    lon: float
    repair: str = ""
    doubt: str = ""


def degrees(text: str) -> float | None:
    """One coordinate: decimal with point or comma, degrees-minutes-seconds, a letter for the hemisphere; else None."""
    text = text.strip()
    return float(text) if _SIMPLE.fullmatch(text) else _odd(text)


def _odd(text: str) -> float | None:
    if found := _PLAIN.fullmatch(text):
        return _signed(_float(found[2]), found[1] or found[3])
    if found := _DMS.fullmatch(text):
        whole, minutes, seconds = _float(found[2]), _float(found[3]), _float(found[4] or "0")
        if minutes >= 60 or seconds >= 60:
            return None
        size = abs(whole) + minutes / 60 + seconds / 3600
        negative = whole < 0 or found[2].startswith(("-", "−"))
        return _signed(-size if negative else size, found[1] or found[5])
    return None


def pair(text: str) -> tuple[float, float] | None:
    """(lat, lon) written in one cell: "lat, lon" in any form, well-known text or a GeoJSON point (lon first)."""
    text = text.strip()[:200]
    if found := _WKT.search(text) or _GEOJSON.search(text):
        return _float(found[2]), _float(found[1])
    if found := _PAIR.fullmatch(text) or _PAIR_COMMA.fullmatch(text):
        return _float(found[1]), _float(found[2])
    for half in re.finditer(r"[,;|/]|\s{2,}|(?<=[NSEWO])\s*|\s+", text, re.IGNORECASE):
        lat, lon = degrees(text[: half.start()]), degrees(text[half.end() :])
        if lat is not None and lon is not None and re.search(r"[°º'’′\"NS]", text):
            return lat, lon
    return None


def place(lat: float, lon: float, country: str, *, vague: bool = False) -> Position | None:
    """The position that two numbers mean for a place said to be in ``country`` ("" if unknown); None if they mean none.

    Two numbers in each other's place are put right where that, and only that, falls in the country. A position
    elsewhere is kept and doubted. ``vague`` allows for a town's centre.
    """
    if lat == 0 == lon:
        return None
    fits = -90 <= lat <= 90 and -180 <= lon <= 180
    swaps = -90 <= lon <= 90 and -180 <= lat <= 180
    if not fits:
        if swaps and (not country or borders.metres_outside(country, lon, lat) <= OUT_M):
            return Position(lon, lat, "SWAPPED")
        return None
    if not country:
        return Position(lat, lon)
    allowed = OUT_M + LOCALITY_M * vague
    if borders.metres_outside(country, lat, lon) <= allowed:
        return Position(lat, lon)
    if swaps and borders.metres_outside(country, lon, lat) <= OUT_M:
        return Position(lon, lat, "SWAPPED")
    if borders.metres_outside(country, lat, -lon) <= OUT_M:
        return Position(lat, lon, "", "SIGN_LOST")
    return Position(lat, lon, "", "OUT_OF_COUNTRY")


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _signed(value: float, letter: str | None) -> float:
    return -abs(value) if letter and letter.upper() in "SWO" else value
