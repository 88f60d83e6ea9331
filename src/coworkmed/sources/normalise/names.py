"""Names of places: cleaned to be shown, and the chain they belong to. What to leave out when comparing is linkage's."""

import re

from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import Value

from . import texts

_QUOTES = frozenset("\"'“”«‘")
_WRAPPED = re.compile(r"^[\"'“”«‘]\s*(.+?)\s*[\"'“”»’]$", re.DOTALL)
_NOTHING = frozenset(
    "sans nom|inconnu|unknown|null|nan|none|n a|na|test|xxx|tbd|anonyme|senza nome|sin nombre".split("|")
)
_EDGES = " \t\n,;:|/\\-–—*_·"

#: Brand as shown → what a folded name of theirs begins with. Common words need more than themselves.
_BRANDS = {
    "Regus": r"regus|signature by regus",
    "Spaces": r"spaces(?:$| (?!for|by|of|and))",
    "HQ": r"hq$",
    "WeWork": r"we ?work",
    "Wojo": r"wojo",
    "Talent Garden": r"talent garden",
    "Impact Hub": r"(?:the )?impact ?hub",
    "Anticafé": r"(?:l )?anti ?cafe",
    "Now Coworking": r"now co ?working",
    "La Cordée": r"la cordee",
    "Morning": r"morning(?:$| coworking| (?!glory|star|light))",
    "Cowo": r"cowo",
    "Betacowork": r"betacowork",
    "Betahaus": r"betahaus",
    "Mindspace": r"mindspace",
    "Multiburo": r"multiburo",
    "Buro Club": r"buro ?club",
    "Startway": r"start ?way",
    "Kwerk": r"kwerk",
    "Deskeo": r"deskeo",
    "Hiptown": r"hiptown",
    "Newton Offices": r"newton offices?",
    "Baya Axess": r"baya axess",
    "Deskopolitan": r"deskopolitan",
    "Weréso": r"we ?reso",
    "Étincelle Coworking": r"etincelles? coworking",
    "Mama Works": r"mama works",
    "Nextdoor": r"next ?door",
    "Blue Office": r"blue office",
    "Stop & Work": r"stop (?:and )?work",
    "Relais d'Entreprises": r"relais d entreprises",
    "Aticco": r"aticco",
    "OneCoWork": r"one ?co ?work",
    "Cloudworks": r"cloudworks",
    "Utopicus": r"utopic ?us",
    "Networkia": r"networkia",
    "First Workplaces": r"first workplaces",
    "Loom": r"loom(?:$| (?:tower|house|by|huertas|salamanca))",
    "Copernico": r"copernico",
    "Kolektif House": r"kolektif house",
    "Workinton": r"workinton",
}
_SHOWN = dict(enumerate(_BRANDS))
_BRAND = re.compile("|".join(rf"(?P<b{place}>(?:{form})\b)" for place, form in enumerate(_BRANDS.values())))


def read(given: str) -> Value | None:
    """A name as shown: tidied, unwrapped from quotes, shouting lowered; None where the cell names nothing."""
    value = texts.read(given, calm=True)
    if value is None:
        return None
    name = value.value
    if name[0] in _QUOTES and name.count('"') < 3:
        name = _WRAPPED.sub(r"\1", name)
    name = name.strip(_EDGES)[:300]
    folded = fold(name)
    if not folded or folded in _NOTHING:
        return None
    return Value(name, given, value.repair, value.doubt)


def brand(name: str) -> str:
    """The chain a name begins with, or ""."""
    found = _BRAND.match(fold(name))
    return _SHOWN[int((found.lastgroup or "b0")[1:])] if found else ""
