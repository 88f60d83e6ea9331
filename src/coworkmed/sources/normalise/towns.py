"""Towns and postcodes: each in its own column, or at the end of an address written in one line."""

import re
from functools import lru_cache

from coworkmed.kernel.fold import fold, latin
from coworkmed.kernel.values import Value

from . import texts

_COUNTRIES = (
    "bosnia and herzegovina",
    *"france italia italy italie espana espa_a spain espagne espanya greece ellada hellas grece croatia".split(),
    *"hrvatska croatie portugal malta cyprus kypros turkey turkiye egypt tunisie tunisia morocco maroc".split(),
    *"lebanon liban israel slovenia slovenija albania".split(),
)
_COUNTRY_WORD = re.compile(rf"(?<![\s,.(-])(?<!\ben)(?<!\bde)(?:^|[\s,.(-]+)(?:{'|'.join(_COUNTRIES)})\b[\s.)]*$")
_AFTER = ".)" + "".join(filter(str.isspace, map(chr, range(128))))
_POSTCODES = {
    "FR": re.compile(r"(?<!\d)(?:F-?|FR-?)?(\d{2}\s?\d{3})(?!\d)"),
    "IT": re.compile(r"(?<!\d)(?:I-|IT-)?(\d{5})(?!\d)"),
    "ES": re.compile(r"(?<!\d)(?:E-|ES-)?((?:0[1-9]|[1-4]\d|5[0-2])\d{3})(?!\d)"),
    "HR": re.compile(r"(?<!\d)(?:HR-?)?([1-5]\d{4})(?!\d)"),
    "GR": re.compile(r"(?<!\d)(?:GR-?\s?)?([1-8]\d{2}\s?\d{2})(?!\d)"),
    "PT": re.compile(r"(?<!\d)(?:P-?|PT-?)?(\d{4}-\d{3})(?!\d)"),
    "AD": re.compile(r"(?<!\w)(AD\d00)(?!\d)"),
    "MC": re.compile(r"(?<!\d)(980\d{2})(?!\d)"),
    "MT": re.compile(r"(?<![A-Z])([A-Z]{3}\s?\d{2,4})(?!\d)"),
    "CY": re.compile(r"(?<!\d)(?:CY-?)?(\d{4})(?!\d)"),
    "SI": re.compile(r"(?<!\d)(?:SI-?)?(\d{4})(?!\d)"),
    "TN": re.compile(r"(?<!\d)(\d{4})(?!\d)"),
    "MA": re.compile(r"(?<!\d)(\d{5})(?!\d)"),
    "TR": re.compile(r"(?<!\d)(\d{5})(?!\d)"),
}
_BREAK = re.compile(r"\s*\n\s*")
_PADS = {"FR": 5, "ES": 5, "IT": 5}  # countries whose leading noughts a spreadsheet loses
_CEDEX = re.compile(r"\s*\bcedex\b.*$", re.IGNORECASE)
_ARRONDISSEMENT = re.compile(
    r"^(Paris|Lyon|Marseille)\s+(?:\d{1,2}|[IVX]{1,5})\s*(?:e|er|è|ème|eme|nd)?(?:\s+arr.*)?$", re.IGNORECASE
)
_BRACKET = re.compile(r"\s*\([^)]*\)?\s*$")


@lru_cache(maxsize=50_000)
def postcode(text: str, country: str, lau: str = "") -> tuple[str, str, str]:
    """(postcode, repair, doubt) of a postcode's own column; an empty postcode where the text is none.

    A French one is held against its municipality code: both begin with the department, but for Corsica.
    """
    code = re.sub(r"\.0$", "", text.strip().upper())
    code = re.sub(r"^(?:F|FR|I|IT|E|ES|GR|HR|SI|P|PT|CY|MC)[-\s]+(?=\d)", "", code).replace("\u00a0", " ")
    repair = ""
    size = _PADS.get(country, 0)
    if size and code.isascii() and code.isdigit() and size - 2 + (country == "FR") <= len(code) < size:
        code, repair = code.zfill(size), "PADDED"
    pattern = _POSTCODES.get(country)
    if pattern is None:
        return (code if re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{2,9}", code) else ""), repair, ""
    found = pattern.fullmatch(code)
    if not found:
        odd = re.fullmatch(r"[A-Z]{0,3}[-\s]?\d[\d\s-]{1,8}", code)
        return (code, repair, "BAD_POSTCODE") if odd else ("", "", "")
    code = re.sub(r"\s", "", found[1])
    if country == "FR" and len(lau) == 5 and not _same_department(code, lau):
        return code, repair, "OTHER_DEPARTMENT"
    return code, repair, ""


def tail(text: str, country: str) -> tuple[str, str, str]:
    """(address without its end, postcode, town) of an address in one line; empty where the line doesn't say."""
    pattern = _POSTCODES.get(country)
    line = texts.line(_BREAK.sub(", ", text)) if "\n" in text else text
    hits = list(pattern.finditer(line)) if pattern else []
    hits = [hit for hit in hits if hit.start() > 0 or len(line) > hit.end()]
    if not hits:
        return line, "", ""
    hit = hits[-1]
    before, after = line[: hit.start()].rstrip(" ,-–("), line[hit.end() :].lstrip(" ,-–)")
    town = re.split(r"[,;(/|]|\s[-–]\s", after)[0].strip(" .")
    if country in ("ES", "PT") and (not re.match(r"[^\W\d_]", town) or fold(without_country(town)) == ""):
        head, _, last = before.rpartition(",")  # "Barcelona 08005"
        town = last.strip() if head and not re.search(r"\d", last) else ""
        before = head if town else before
    town = without_country(town)
    few = 3 if re.match(r"\s*,", line[hit.end() :]) else 6  # after a comma it may as well be a remark
    if not re.match(r"[^\W\d_]", town) or len(town.split()) > few:
        town = ""
    if country == "IT":
        town = re.sub(r"\s[A-Z]{2}$", "", town)  # the province
    return before.rstrip(" ,-–"), re.sub(r"\s", "", hit[1]), town


@lru_cache(maxsize=50_000)
def locality(given: str) -> Value | None:
    """A town as shown: no CEDEX, no arrondissement, no bracket, shouting lowered."""
    value = texts.read(given, calm=False)
    if value is None:
        return None
    name = _BRACKET.sub("", _CEDEX.sub("", value.value)).strip(" ,;-–/") or value.value
    repair = value.repair
    if name.isupper() and sum(map(str.isalpha, name)) > 2:
        name, repair = texts.lowered(name), repair or "CAPITALS"
    elif name.islower():
        name = texts.lowered(name.upper())
    if found := _ARRONDISSEMENT.match(name):
        name = found[1].capitalize()
    if not fold(name) or fold(name).replace(" ", "").isdigit():
        return None
    return Value(name[:120], given, repair, value.doubt)


def without_country(text: str) -> str:
    """``text`` without a country's name at its end."""
    plain = latin(text)
    if not plain.rstrip(_AFTER).endswith(_COUNTRIES):  # most: spares them a long search
        return text
    found = _COUNTRY_WORD.search(plain)
    return text[: found.start()].strip(" ,.-") if found and len(plain) == len(text) else text


def _same_department(code: str, lau: str) -> bool:
    department = lau[:3] if lau[:2] == "97" else lau[:2]
    return code.startswith("20" if department in ("2A", "2B") else department)
