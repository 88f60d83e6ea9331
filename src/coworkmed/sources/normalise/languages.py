"""Names of languages and countries in the project's own languages, to their ISO codes."""

import re
from functools import cache, lru_cache

from babel import Locale

from coworkmed.kernel.fold import fold, words
from coworkmed.kernel.i18n import LANGUAGES

_BETWEEN = re.compile(r"[|;,/\n+&]| et | and | e | y | i | και ")
_EXTRA_COUNTRIES = {
    "fra": "FR", "france metropolitaine": "FR", "ita": "IT", "esp": "ES", "grc": "GR", "hellas": "GR", "ellas": "GR",
    "el": "GR", "hrv": "HR", "rh": "HR", "prt": "PT", "mlt": "MT", "and": "AD", "mco": "MC", "tur": "TR",
    "turkey": "TR",
    "cyp": "CY", "mar": "MA", "tun": "TN", "dza": "DZ", "egy": "EG", "lbn": "LB", "isr": "IL", "pse": "PS", "svn": "SI",
    "bih": "BA", "mne": "ME", "alb": "AL", "mkd": "MK", "macedonia": "MK", "palestine": "PS", "uk": "GB", "gbr": "GB",
    "bosnia": "BA", "bosnie": "BA", "viet nam": "VN", "deu": "DE", "catalunya": "ES", "cataluna": "ES",
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    named = {
        fold(name): code
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "XA", "XB")
    }
    return named | _EXTRA_COUNTRIES


@cache
def _languages() -> dict[str, str]:
    return {
        fold(name): code
        for shown in LANGUAGES
        for code, name in Locale(shown).languages.items()
        if len(code) == 2 and code.isalpha()
    } | {"catala": "ca", "castellano": "es", "castilian": "es", "flamand": "nl", "serbo croatian": "sh", "gr": "el"}


@lru_cache(maxsize=10_000)
def country(text: str) -> str:
    """ISO 3166-1 alpha-2 code of a country given by code or by name; "" if it is none."""
    folded = fold(text)
    if len(folded) == 2 and folded != "uk" and folded != "el":
        return folded.upper() if folded.upper() in _countries().values() else ""
    return _countries().get(folded, "")


@lru_cache(maxsize=10_000)
def languages(text: str) -> tuple[str, ...]:
    """ISO 639-1 codes of the languages named in ``text``, in order, once each; names we don't know are left out."""
    codes = set(_languages().values())
    found: dict[str, None] = {}
    for part in _BETWEEN.split(text):
        name = fold(part.split("-")[0]) if re.fullmatch(r"\s*[a-zA-Z]{2}-[a-zA-Z]{2}\s*", part) else fold(part)
        code = _languages().get(name) or (name if name in codes else "")
        for one in [code] if code else [_languages().get(word, "") for word in words(part)]:
            if one:
                found[one] = None
    return tuple(found)
