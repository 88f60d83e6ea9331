"""Kinds of places: the source's declared crosswalk first, then words of the field in the languages around the sea."""

import re
from collections.abc import Mapping
from functools import lru_cache

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold

_BARS = re.compile(r"[|;\n]")
_PARTS = re.compile(r"[,/+&]| et | and | y | e (?=[a-z])| i (?=[a-z])| και ", re.IGNORECASE)

#: Kind → folded phrases that name it. MIXED last: it says nothing where something else is said.
WORDS: dict[str, tuple[str, ...]] = {
    "COWORK": (
        "coworking", "co working", "coworking space", "cowork", "espace de travail partage", "bureaux partages",
        "bureau partage", "spazio di coworking", "espacio de coworking", "espai de coworking", "coworkings",
        "choros synergasias", "choros synergatikis ergasias", "synergatikos choros", "prostor za suradnju",
        "zajednicki ured", "zajednicki radni prostor", "dijeljeni ured", "shared office", "shared offices",
        "coworking_space", "oficina compartida", "ufficio condiviso", "impact hub",
    ),
    "SMART_WORK_CENTRE": ("teletravail", "telecentre", "telelavoro", "teletrabajo", "teletreball", "tilergasia",
                          "rad na daljinu", "smart work centre", "smart work center", "telework", "centre d affaires",
                          "business centre", "poduzetnicki centar"),
    "FAB": ("fablab", "fab lab", "fab labs", "fablabs", "makerspace", "makerspaces", "hackerspace", "hackerspaces",
            "hackspace", "hacklab", "hacklabs", "biohacklab", "techshop", "atelier de fabrication numerique",
            "laboratoire de fabrication", "fabrication numerique", "maker space", "hacker space"),
    "CRAFT": ("atelier partage", "ateliers partages", "ateliers d artistes", "atelier d artistes", "atelier artisanal",
              "ateliers artisanaux", "shared workshop", "shared workshops", "repair cafe", "recyclerie",
              "ressourcerie", "taller compartido", "laboratorio artigiano", "zajednicka radionica", "bricotheque"),
    "LIVING_LAB": ("living lab", "livinglab", "laboratoire d innovation sociale", "social innovation lab", "medialab",
                   "media lab", "tiers lab", "urban lab"),
    "CORP_LAB": ("corporate lab", "laboratoire d entreprise", "open lab entreprise"),
    "CREATIVE_HUB": ("creative hub", "hub creativo", "hub creatif", "pole creatif", "kreativni hub",
                     "dimiourgikos komvos",   "artlab"),
    "CULTURE": ("culture", "tiers lieu culturel", "lieu culturel", "centre culturel", "friche culturelle",
                "cultural centre", "centro culturale", "centro cultural", "centre cultural", "kulturni centar",
                "politistiko kentro", "lieu intermediaire", "arts centre", "art space", "gallery", "galerie"),
    "FOOD": ("cuisine partagee", "tiers lieu nourricier", "shared kitchen", "cucina condivisa", "cocina compartida",
             "koini kouzina", "epicerie participative", "cantine solidaire", "kitchen incubator"),
    "FARMLAND": ("jardin partage", "jardins partages", "shared farmland", "orti condivisi", "huerto compartido",
                 "ferme partagee", "community garden"),
    "UNI_HUB": ("university hub", "learning centre", "learning center", "learning lab", "campus connecte",
                "university tech labs", "tiers lieu universitaire", "pepite"),
    "LIBRARY_CAFE": ("mediatheque", "bibliotheque", "library", "biblioteca", "bibliotheques", "knjiznica",
                     "vivliothiki", "cafe", "cafe coworking", "cofee", "coffee shop", "kafeneio", "kavana",
                     "internet cafe", "cafe associatif", "cafe wifi"),
    "INCUBATOR": ("incubateur", "incubator", "incubators", "incubatore", "incubadora", "vivero de empresas",
                  "viver d empreses", "pepiniere", "pepiniere d entreprises", "accelerateur", "accelerator",
                  "aceleradora", "acceleratore", "inkubator", "poduzetnicki inkubator", "thermokoitida", "startup hub",
                  "hotel d entreprises", "couveuse", "business incubator", "business incubators"),
    "MIXED": ("tiers lieu", "tiers lieux", "tierslieu", "tierslieux", "third place", "third places", "terzo luogo",
              "tercer lugar", "tercer lloc", "trece mjesto", "tritos topos", "hybrid place", "lieu hybride",
              "fabrique de territoire"),
}  # fmt: skip
_BY_NAME = frozenset(("COWORK", "FAB", "INCUBATOR", "LIVING_LAB", "LIBRARY_CAFE", "MIXED"))
_LIBRARY = re.compile(r"\b(?:mediatheque|bibliotheque|library|biblioteca|knjiznica|vivliothiki)\b")


_PHRASES = {fold(phrase): kind for kind, phrases in WORDS.items() for phrase in phrases}
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)


@lru_cache(maxsize=20_000)
def named(folded: str) -> tuple[str, ...]:
    """The kinds whose words stand in a folded text, in the order they are met (the longest phrase at each word counts);
    MIXED only when alone."""
    words = folded.split()
    found: dict[str, None] = {}
    place = 0
    while place < len(words):
        for size in range(min(_LONGEST, len(words) - place), 0, -1):
            if kind := _PHRASES.get(" ".join(words[place : place + size])):
                found[kind] = None
                place += size - 1
                break
        place += 1
    if len(found) > 1:
        found.pop("MIXED", None)
    return tuple(found)


def read(text: str, crosswalk: Mapping[str, str]) -> tuple[list[str], bool]:
    """(kind codes in order of arrival, whether every part of ``text`` was understood).

    ``crosswalk`` maps folded values of the list to kinds; it is tried on the whole text, on its parts between bars,
    then on their parts between commas; a part it doesn't know goes through the general words.
    """
    if whole := _declared(fold(text), crosswalk):
        return [whole], True
    found: dict[str, None] = {}
    clear = True
    for piece in filter(None, map(str.strip, _BARS.split(text))):
        kinds = _piece(piece, crosswalk)
        found |= dict.fromkeys(kinds)
        clear &= bool(kinds)
    if len(found) > 1:
        found.pop("MIXED", None)
    return list(found), clear


def of_name(name: str) -> list[str]:
    """The kinds a place's own name states ("Fablab de …", "Médiathèque …"), of those a name can be believed on."""
    folded = fold(name)
    return [kind for kind in named(folded) if kind in _BY_NAME and (kind != "LIBRARY_CAFE" or _LIBRARY.search(folded))]


def _piece(piece: str, crosswalk: Mapping[str, str]) -> tuple[str, ...]:
    if declared := _declared(fold(piece), crosswalk):
        return (declared,)
    declared_parts = [code for part in _PARTS.split(piece) if (code := _declared(fold(part), crosswalk))]
    return (*declared_parts, *named(fold(piece)))


def _declared(folded: str, crosswalk: Mapping[str, str]) -> str:
    code = crosswalk.get(folded, "")
    return code if code in KINDS else folded.upper().replace(" ", "_") if _is_code(folded) else ""


@lru_cache(maxsize=20_000)
def _is_code(folded: str) -> bool:
    return folded.upper().replace(" ", "_") in KINDS
