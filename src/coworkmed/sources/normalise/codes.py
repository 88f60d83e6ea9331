"""Words of lists to codes of the data dictionary (status, yes and no, legal form, sector); numbers and prices."""

import re
from functools import lru_cache

from coworkmed.kernel.fields import LEGAL_FORMS, SECTORS, STATUSES
from coworkmed.kernel.fold import fold, words

_PHRASES = {
    "PAUSED": ("temporarily closed", "temporairement ferme", "ferme temporairement", "temporaneamente chiuso",
               "cerrado temporalmente", "tancat temporalment", "privremeno zatvoren", "prosorina kleisto", "en pause",
               "en travaux", "paused", "suspendu", "suspended", "sospeso", "suspendido", "reformatting"),
    "CLOSED": ("closed", "inactive", "ferme", "fermee", "fermeture definitive", "definitivement ferme", "chiuso",
               "ferme definitivement", "inattivo", "cerrado", "inactivo", "tancat", "inactiu", "zatvoren", "neaktivan",
               "kleisto", "anenergo", "disused", "permanently closed", "abandoned", "dead"),
    "PROJECT": ("project", "planned", "building", "under construction", "proposed", "en projet", "projet", "a venir",
                "prochainement", "en construction", "en cours de creation", "progetto", "in progetto", "proyecto",
                "en proyecto", "projecte", "en projecte", "u planu", "planiran", "projekt", "coming soon",
                "ouverture prochaine"),
    "OPEN": ("open", "opened", "active", "actif", "en activite", "operational", "ouvert", "ouverte", "en service",
             "aperto", "attivo", "abierto", "activo", "obert", "actiu", "otvoren", "aktivan", "aktivno", "anoikto",
             "energo"),
}  # fmt: skip
_YES = frozenset(
    "yes y oui o true vrai 1 x si sim nai da wlan wifi wired terminal service free designated full total".split()
)
_NO = frozenset("no n non false faux 0 ne ochi oxi none aucun aucune nul".split())
_LIMITED = frozenset(
    "limited partial partiel partielle partiellement limite parziale limitato parcial limitado djelomicno".split()
)

_LEGAL: tuple[tuple[str, str], ...] = (
    ("COOP_MULTI", "scic|societe cooperative d interet collectif"),
    ("COOP_WORKER", "scop|societe cooperative (?:et|ouvriere|de production)|cooperativa de trabajo"),
    ("COOP_OTHER", "cooperative|cooperativa|coop|koin s ep|koinsep|zadruga|synetairismos|sccl|kda|cae"),
    ("PUBLIC_COMPANY", "spl|sem|societe publique locale|societe d economie mixte|in house"),
    ("PUBLIC_GROUP", "gip|groupement d interet public|epcc|syndicat mixte"),
    ("PUBLIC_LOCAL", ("commune|mairie|ville|epci|communaute|collectivite|collectivites|departement|metropole|region|"
     "municipality|comune|ayuntamiento|ajuntament|opcina|dimos|etablissement public|ccas|local authority|government")),
    ("UNIVERSITY", "universite|university|universita|universidad|universitat|sveuciliste|panepistimio|academic"),
    ("SCHOOL", "ecole|lycee|college|school|scuola|escuela|escola"),
    ("FOUNDATION", "fondation|foundation|fondazione|fundacion|fundacio|zaklada|idryma|fonds de dotation"),
    ("ASSOC", ("association|associatif|associative|asso|associazione|asociacion|associacio|udruga|non profit|nonprofit|"
     "ong|ngo|aps|onlus|asbl|somateio|amke|loi 1901")),
    ("SOLE", ("auto entrepreneur|autoentrepreneur|micro entreprise|entreprise individuelle|entrepreneur individuel|"
     "ditta individuale|autonomo|obrt|atomiki|eirl")),
    ("COMPANY", ("sas|sasu|sarl|eurl|sa|sci|snc|societe|entreprise|srl|srls|spa|sl|slu|sociedad limitada|d o o|doo|"
     "j d o o|jdoo|ike|epe|company|corporation|ltd|limited")),
    ("INFORMAL", "informal group|informel|collectif|collettivo|colectivo|informale|neformalna"),
)  # fmt: skip
_LEGAL_PATTERNS = [(code, re.compile(rf"\b(?:{pattern})\b")) for code, pattern in _LEGAL]
_SECTOR = (
    ("HYBRID", re.compile(r"\b(?:hybride?|mixte|misto|mixto|hybrid|public prive|pubblico privato)\b")),
    (
        "ASSOCIATIVE",
        re.compile(r"\b(?:associati\w*|asso|non lucratif|non profit|sans but lucratif|associatif|udruga)\b"),
    ),
    ("PUBLIC", re.compile(r"\b(?:public\w*|pubblic\w*|government|dimosio\w*|javn\w*|collectivite\w*|commune)\b")),
    ("PRIVATE", re.compile(r"\b(?:prive\w*|privat\w*|privad\w*|private|idiotik\w*|entrepreneur)\b")),
)
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?")
_ABOUT = re.compile(
    r"[~≈<>+?_]|\b(?:about|around|environ|env|circa|approx|more|less|plus|moins|over|jusqu|up)\b", re.IGNORECASE
)
_CURRENCIES = (
    (re.compile(r"€|eur", re.IGNORECASE), "EUR"),
    (re.compile(r"£|gbp", re.IGNORECASE), "GBP"),
    (re.compile(r"₺|\btl\b|try\b", re.IGNORECASE), "TRY"),
    (re.compile(r"\bkn\b|hrk", re.IGNORECASE), "HRK"),
    (re.compile(r"\bmad\b|\bdhs?\b", re.IGNORECASE), "MAD"),
    (re.compile(r"\btnd\b|\bdt\b", re.IGNORECASE), "TND"),
    (re.compile(r"chf", re.IGNORECASE), "CHF"),
    (re.compile(r"\$|usd", re.IGNORECASE), "USD"),
)
_EURO = frozenset("AD AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK".split())
_FREE = frozenset("gratuit gratuite free gratis gratuito besplatno dorean 0".split())


@lru_cache(maxsize=10_000)
def status(text: str) -> str:
    """The status code ``text`` names; "" if it names none."""
    if text.strip().upper() in STATUSES:
        return text.strip().upper()
    folded = fold(text)
    return next((code for code, phrases in _PHRASES.items() if folded in phrases), "")


@lru_cache(maxsize=10_000)
def flag(text: str) -> str:
    """ "yes", "no" or "limited"; "" where ``text`` says none of them."""
    folded = fold(text)
    for code, known in (("yes", _YES), ("no", _NO), ("limited", _LIMITED)):
        if folded in known:
            return code
    found = words(text)[:1]
    return "yes" if found and found[0] in ("oui", "yes") else "no" if found and found[0] == "non" else ""


@lru_cache(maxsize=10_000)
def legal_form(text: str) -> str:
    """The legal form ``text`` names, the more particular before the more general; "" if none."""
    if text.strip().upper() in LEGAL_FORMS:
        return text.strip().upper()
    folded = fold(text)
    return next((code for code, pattern in _LEGAL_PATTERNS if pattern.search(folded)), "")


@lru_cache(maxsize=10_000)
def sector(text: str) -> str:
    """The sector ``text`` names; HYBRID where it names several; "" if none."""
    if text.strip().upper() in SECTORS:
        return text.strip().upper()
    folded = fold(text)
    found = [code for code, pattern in _SECTOR if pattern.search(folded)]
    return "" if not found else found[0] if len(found) == 1 or found[0] in ("HYBRID", "ASSOCIATIVE") else "HYBRID"


@lru_cache(maxsize=10_000)
def number(text: str) -> tuple[float | None, str]:
    """(number, doubt) of a quantity; "about", "20+" or a range (its first end) give the doubt "APPROXIMATE"."""
    found = _NUMBER.findall(text)
    if not found or len(found[0]) > 15:
        return None, ""
    first = re.sub(r"[ \u00a0\u202f]", "", found[0])
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", first):
        first = first.replace(".", "")
    value = float(first.replace(",", "."))
    ranged = bool(re.search(r"\d\s*(?:-|–|à|a|to)\s*\d", text))
    return (int(value) if value.is_integer() else value), "APPROXIMATE" if ranged or _ABOUT.search(text) else ""


def price(text: str, country: str) -> tuple[dict[str, object] | None, str]:
    """({"amount", "currency"}, doubt) of a price. With no currency, the country's where that is the euro; free is 0."""
    amount, doubt = number(text)
    currency = next((code for pattern, code in _CURRENCIES if pattern.search(text)), "")
    if amount is None and fold(text) in _FREE:
        amount = 0
    currency = currency or ("EUR" if country in _EURO else "")
    if amount is None or not currency:
        return None, ""
    several = len(_NUMBER.findall(text)) > 1
    from_on = bool(re.search(r"\b(?:partir|from|da|desde|des|od|apo)\b", fold(text)))
    return {"amount": amount, "currency": currency}, doubt or ("APPROXIMATE" if several or from_on else "")
