"""Telephone numbers: landlines of places kept in E.164, mobile numbers (persons') recognised to be dropped."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

_PERSONAL = {PhoneNumberType.MOBILE, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.PAGER}
_BETWEEN = re.compile(
    r"[;,|\n]|\s(?:ou|or|et|e|y|o|i|ή|και|ili|and|puis)\s|\s[/-]\s|(?<=\d)/(?=\s*(?:\+|0)\d(?:[\s.]?\d){7})"
)
_GROUP = re.compile(r"\+?\(?\d+")
_JOINTS = re.compile("[_·•]")  # what stands between digits, and the library does not read over
_DIGITS = re.compile(r"\d")
# Where a number may stand in running text: an optional + or 00, then 8 digits or more in groups.
CANDIDATE = re.compile(r"(?<![\w,/@=-])(?<!\d\.)(?:\+|00)?\s?\(?\d(?:[\s.\-‐‑–—·•_()/]{0,3}\d){7,59}(?![\w@]|[.,]\d)")
# … or where an address of the web calls one
_CALLED = re.compile(r"(?:wa\.me/|t\.me/|tel:|[?&](?:phone|tel|mobile|telephone)=)(?:\+|%2B)?\d{8,15}", re.IGNORECASE)
_MOST_GROUPS = 12  # of digits, in one number
# … but neither a decimal number, nor an identifier as French companies write it, nor a date with its time
_OTHER = re.compile(
    r"\d+\.(?!0$)\d+$|\d{3} ?\d{3} ?\d{3}[ .]\d{5}$"
    r"|\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}([/.-])\d{1,2}\2\d{1,2}(?!\d)"
)
#: How mobile numbers begin, by calling code (national numbering plans).
_MOBILE_STARTS = {
    30: ("69",),
    33: ("6", "7"),
    34: ("6", "7"),
    39: ("3",),
    351: ("9",),
    356: ("7", "9"),
    357: ("9",),
    376: ("3", "6"),
    385: ("9",),
    386: ("3", "4", "5", "6", "7"),
}
#: Where no country is known: those of the Mediterranean whose own way of writing mobile numbers stands out.
_USUAL = ("FR", "IT", "ES", "GR", "HR")
_OVERSEAS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"}


def split(text: str) -> list[str]:
    """The separate numbers in one cell, as given."""
    return [part for one in _BETWEEN.split(text) if len(_DIGITS.findall(part := one.strip())) > 2]


def region(country: str, postcode: str) -> str:
    """The numbering plan of a place: the French overseas departments have their own."""
    return _OVERSEAS.get(postcode[:3], country) if country == "FR" else country


@lru_cache(maxsize=200_000)
def parse(text: str, country: str) -> tuple[str, bool]:
    """(E.164 or "" if invalid, whether it is a mobile number, so a person's) of one number in ``country``'s writing."""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException:
        return "", False
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # no valid number
        return "", False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), kind in _PERSONAL


def looks_mobile(text: str, country: str) -> bool:
    """Whether a number that is not valid begins as mobile numbers do: mistyped or fictional, it may be a person's."""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException:
        return False
    return str(number.national_number).startswith(_MOBILE_STARTS.get(number.country_code or 0, ()))


def is_mobile(text: str, country: str = "") -> bool:
    """Whether ``text`` is a mobile number in ``country``'s writing, the international one, or, with no country known,
    any usual one."""
    text = _JOINTS.sub(" ", text).strip()
    if text.startswith("00"):
        text = "+" + text[2:].lstrip()
    countries = ("",) if text.startswith("+") else (country,) if country else _USUAL
    return any(parse(text, one)[1] for one in countries)


def without_mobiles(text: str, country: str = "") -> tuple[str, int]:
    """``text`` without the mobile numbers in it, and how many there were."""
    if len(text) < 8 or sum(map(str.isdigit, text)) < 8:
        return text, 0
    dropped = 0

    def drop(found: re.Match[str]) -> str:
        nonlocal dropped
        kept, count = _kept(found[0], country)
        dropped += count
        return kept

    def hang_up(found: re.Match[str]) -> str:
        nonlocal dropped
        number = re.sub(r"\D", "", found[0].replace("%2B", ""))
        if not (is_mobile("+" + number) or is_mobile(number, country)):
            return found[0]
        dropped += 1
        return ""

    return CANDIDATE.sub(drop, _CALLED.sub(hang_up, text)), dropped


def _kept(text: str, country: str) -> tuple[str, int]:
    """A run of digits without the mobile numbers in it, and how many there were; other numbers may touch them."""
    if _OTHER.match(text) or (country and is_landline(text, country)):
        return text, 0
    groups = list(_GROUP.finditer(text))
    for first in range(len(groups)):
        for last in range(min(len(groups), first + _MOST_GROUPS), first, -1):
            start, end = groups[first].start(), groups[last - 1].end()
            if 8 <= sum(map(str.isdigit, text[start:end])) <= 15 and is_mobile(text[start:end], country):
                before, after = text[:start], text[end:]
                rest, more = _kept(after, country)
                return before + rest, more + 1
    return text, 0


def is_landline(text: str, country: str) -> bool:
    """Whether ``text`` is a valid number and no mobile one."""
    number, mobile = parse(text, country)
    return bool(number) and not mobile
