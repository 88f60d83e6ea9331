"""Official identifiers of organisations, with their check digits; persons' identifiers recognised to be dropped.

A rule is here where a country's numbers are met in lists of places: France, Italy, Spain, Croatia, Greece. Other
European VAT numbers are kept by their shape.
"""

import re
from collections.abc import Callable
from functools import lru_cache

_NOISE = re.compile(r"[\s.\-/_\u00a0:]+")
_FLOAT = re.compile(r"\d+[.,]0*")
_SCIENTIFIC = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d{1,2})")
_CODICE_FISCALE = re.compile(
    "[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", re.ASCII
)
_NATURAL_PERSON = re.compile(r"([0-9]{8}|[XYZKLM][0-9]{7})([A-Z])", re.ASCII)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_VAT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_EU = frozenset("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())


def luhn(digits: str) -> bool:
    """The Luhn check (ISO/IEC 7812-1, annex B) over ASCII digits."""
    total = sum(map(int, digits[::-2])) + sum(sum(divmod(2 * int(one), 10)) for one in digits[-2::-2])
    return total % 10 == 0


def siren(text: str) -> bool:
    """French company number: 9 digits, Luhn."""
    return _digits(text, 9) and luhn(text)


def siret(text: str) -> bool:
    """French establishment number: SIREN and 5 digits, Luhn; La Poste's add up to a multiple of five instead."""
    if not _digits(text, 14) or not luhn(text[:9]):
        return False
    if text[:9] == "356000000" and text != "35600000000048":
        return sum(map(int, text)) % 5 == 0
    return luhn(text)


def rna(text: str) -> bool:
    """French register of associations: W and 9 digits, the second and third of which may name a Corsican department."""
    return bool(re.fullmatch(r"W(?:\d{9}|\d[AB]\d{7}|2[AB]\d{7})", text))


def fr_vat(text: str) -> bool:
    """French VAT number without its prefix: a key of two characters and a SIREN (Monaco's begin with 000)."""
    if len(text) != 11 or not _digits(text[2:], 9) or any(one not in _VAT_ALPHABET for one in text[:2]):
        return False
    if text[2:5] != "000" and not siren(text[2:]):
        return False
    if text[:2].isdigit():
        return int(text[:2]) == int(text[2:] + "12") % 97
    first, second = (_VAT_ALPHABET.index(one) for one in text[:2])
    key = first * 24 + second - 10 if text[0].isdigit() else first * 34 + second - 100
    return (int(text[2:]) + 1 + key // 11) % 11 == key % 11


def it_vat(text: str) -> bool:
    """Italian partita IVA: 11 digits, Luhn, the office in digits 8 to 10."""
    office = text[7:10]
    return (
        _digits(text, 11)
        and text[:7] != "0000000"
        and ("001" <= office <= "100" or office in {"120", "121", "888", "999"})
        and luhn(text)
    )


def es_cif(text: str) -> bool:
    """Spanish NIF of a body: a letter for its kind, 7 digits, a control digit or the letter that stands for it (which
    kinds take which is contested, so either will do)."""
    if len(text) != 9 or text[0] not in "ABCDEFGHJNPQRSUVW" or not _digits(text[1:8], 7):
        return False
    control = next(digit for digit in "0123456789" if luhn(text[1:8] + digit))
    return text[8] in (control, "JABCDEFGHI"[int(control)])


def hr_oib(text: str) -> bool:
    """Croatian OIB: 11 digits, ISO 7064 mod 11, 10."""
    if not _digits(text, 11):
        return False
    rest = 10
    for digit in text[:10]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(text[10])


def gr_afm(text: str) -> bool:
    """Greek AFM: 9 digits, weights of powers of two, modulo 11 and 10."""
    if not _digits(text, 9) or text == "000000000":
        return False
    return sum(int(digit) << place for place, digit in zip(range(8, 0, -1), text, strict=False)) % 11 % 10 == int(
        text[8]
    )


#: Scheme → its check.
CHECKS: dict[str, Callable[[str], bool]] = {
    "SIRET": siret,
    "SIREN": siren,
    "RNA": rna,
    "PIVA": it_vat,
    "NIF": es_cif,
    "OIB": hr_oib,
    "AFM": gr_afm,
}
#: Prefix of an EU VAT number → the national scheme it repeats.
_NATIONAL = {"IT": "PIVA", "ES": "NIF", "HR": "OIB", "EL": "AFM", "GR": "AFM"}
_BY_COUNTRY = {"FR": ("SIRET", "SIREN", "RNA"), "IT": ("PIVA",), "ES": ("NIF",), "HR": ("OIB",), "GR": ("AFM",)}


def personal(text: str) -> bool:
    """Whether ``text`` is a natural person's number: a Spanish DNI, NIE or K, L, M form, or an Italian codice fiscale
    of 16 characters."""
    if not 8 < len(text) < 30 or not text[-1].isalpha() or text[-2].isalpha():
        return False
    text = compact(text).removeprefix("ES")
    if _CODICE_FISCALE.fullmatch(text):
        return True
    if found := _NATURAL_PERSON.fullmatch(text):
        number = found[1].translate(str.maketrans("XYZKLM", "012000"))
        return _DNI_LETTERS[int(number) % 23] == found[2]
    return False


def compact(text: str) -> str:
    """``text`` without separators, capitals; a number that went through a spreadsheet as a float gets its digits back
    when they are all there."""
    text = text.strip()
    if found := _SCIENTIFIC.fullmatch(text):
        whole, part, power = found[1], found[2], int(found[3])
        if len(part) <= power <= 20:
            text = whole + part.ljust(power, "0")
    elif _FLOAT.fullmatch(text):
        text = re.split("[.,]", text)[0]
    return _NOISE.sub("", text).upper()


@lru_cache(maxsize=100_000)
def read(text: str, scheme: str, country: str = "") -> tuple[str, str, bool]:
    """(scheme, value, whether its check digits hold) of one number said to be of ``scheme`` (SIRET, SIREN, RNA, VAT or
    another key of CHECKS); a SIREN in a SIRET column, a national number in a VAT column … are told by their shape.
    An empty value means that the text is no identifier at all.
    """
    value = compact(text)
    if not re.fullmatch(r"(?=.*\d)[A-Z0-9]{5,20}", value) or set(value) == {"0"}:
        return scheme, "", False
    if scheme in ("SIRET", "SIREN"):
        if value[:2] == "FR" and fr_vat(value[2:]):
            return "VAT", value, True
        if rna(value):
            return "RNA", value, True
        for size, one in ((14, "SIRET"), (9, "SIREN")):
            padded = value.zfill(size)  # a spreadsheet drops leading noughts
            if size - 2 <= len(value) <= size and CHECKS[one](padded):
                return one, padded, True
        return {14: "SIRET", 9: "SIREN"}.get(len(value), scheme), value, False
    if scheme == "VAT":
        return _vat(value, country)
    check = CHECKS.get(scheme)
    return scheme, value, check(value) if check else True


def _vat(value: str, country: str) -> tuple[str, str, bool]:
    prefix = value[:2]
    if prefix == "FR":
        return "VAT", value, fr_vat(value[2:])
    if prefix in _NATIONAL and value[2:] and (prefix != "ES" or len(value) == 11):
        scheme = _NATIONAL[prefix]
        return scheme, value[2:], CHECKS[scheme](value[2:])
    if prefix in _EU and re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{8,12}", value):
        return "VAT", value, True
    schemes = _BY_COUNTRY.get(country, ())
    for scheme in schemes:
        if CHECKS[scheme](value):
            return scheme, value, True
    return (schemes[-1] if schemes and country != "FR" else "VAT"), value, not schemes


def _digits(text: str, size: int) -> bool:
    return len(text) == size and text.isascii() and text.isdigit()
