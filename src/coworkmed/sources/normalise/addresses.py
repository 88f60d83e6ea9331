"""Addresses: a line to show, and its number, street and unit to compare, by the habits of each country.

France, Morocco, Tunisia … put the number first; Italy, Spain, Greece and Croatia last. Street types are spelt out, and
those of Catalan take their Castilian name, since one street bears both.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coworkmed.kernel.fold import fold, latin
from coworkmed.kernel.values import Value

from . import encodings, texts

_FRENCH = {
    "r": "rue", "av": "avenue", "ave": "avenue", "aven": "avenue", "avn": "avenue", "bd": "boulevard", "bld": "boulevard",
    "blvd": "boulevard", "boul": "boulevard", "bvd": "boulevard", "bvld": "boulevard", "boulv": "boulevard",
    "pl": "place", "plc": "place", "all": "allee", "allees": "allee", "che": "chemin", "chem": "chemin", "chm": "chemin",
    "ch": "chemin", "imp": "impasse", "rte": "route", "sq": "square", "crs": "cours", "fg": "faubourg",
    "fbg": "faubourg", "res": "residence", "lot": "lotissement", "psg": "passage", "pas": "passage", "rpt": "rond point",
    "esp": "esplanade", "prom": "promenade", "st": "saint", "ste": "sainte", "sts": "saints", "gal": "general",
    "gen": "general", "gl": "general", "mal": "marechal", "mar": "marechal", "marl": "marechal", "dr": "docteur",
    "pdt": "president", "pst": "president", "cdt": "commandant", "col": "colonel", "pr": "professeur", "nd": "notre dame",
    "qua": "quai", "rn": "route nationale", "rd": "route departementale", "hlm": "hlm", "mte": "montee", "zi": "zone "
    "industrielle", "za": "zone artisanale", "zac": "zone d amenagement concerte", "ld": "lieu dit",
}  # fmt: skip
_ITALIAN = {
    "v": "via", "vl": "viale", "vle": "viale", "v le": "viale", "pza": "piazza", "pzza": "piazza", "p zza": "piazza",
    "p za": "piazza", "p le": "piazzale", "ple": "piazzale", "c so": "corso", "cso": "corso", "l go": "largo",
    "lgo": "largo", "v lo": "vicolo", "vlo": "vicolo", "str": "strada", "s da": "strada", "loc": "localita",
    "fraz": "frazione", "c da": "contrada", "cda": "contrada", "lung no": "lungarno", "f lli": "fratelli", "s": "san",
}  # fmt: skip
_SPANISH = {
    "c": "calle", "cl": "calle", "cll": "calle", "carrer": "calle", "cr": "calle", "avda": "avenida", "av": "avenida",
    "avd": "avenida", "avinguda": "avenida", "avgda": "avenida", "avd a": "avenida", "pza": "plaza", "plza": "plaza",
    "pl": "plaza", "pz": "plaza", "placa": "plaza", "pso": "paseo", "ps": "paseo", "p": "paseo", "passeig": "paseo",
    "pg": "paseo", "ctra": "carretera", "cra": "carretera", "cami": "camino", "cno": "camino", "rda": "ronda",
    "trv": "travesia", "trav": "travesia", "travessera": "travesera", "urb": "urbanizacion", "pol": "poligono",
    "pol ind": "poligono industrial", "poligon": "poligono", "gta": "glorieta", "rbla": "rambla", "sta": "santa",
    "sto": "santo", "ntra sra": "nuestra senora", "passatge": "pasaje", "pje": "pasaje", "dr": "doctor",
}  # fmt: skip
_CROATIAN = {"ul": "ulica", "av": "avenija", "kralja": "kralja", "sv": "sveti", "dr": "doktora", "bb": "bb"}
_GREEK = {
    "od": "odos", "leof": "leoforos", "lf": "leoforos", "leo": "leoforos", "l": "leoforos", "pl": "plateia", "plat": "plateia",
    "platia": "plateia", "ag": "agiou", "agias": "agias", "st": "odos", "str": "odos", "street": "odos", "ave": "leoforos",
    "avenue": "leoforos", "av": "leoforos", "square": "plateia", "sq": "plateia",
}  # fmt: skip
_ABBREVIATIONS = {"FR": _FRENCH, "MC": _FRENCH, "IT": _ITALIAN, "SM": _ITALIAN, "ES": _SPANISH, "AD": _SPANISH,
                  "HR": _CROATIAN, "GR": _GREEK, "CY": _GREEK}  # fmt: skip
_DEFAULT = {"st": "street", "str": "street", "ave": "avenue", "av": "avenue", "rd": "road", "sq": "square", "bd": "boulevard",
            "blvd": "boulevard"}  # fmt: skip
#: What a street's name goes without: the word for street where everyone leaves it out.
_SILENT = {"GR": ("odos",), "CY": ("odos",), "HR": ("ulica",)}
_TYPES = frozenset(
    """
    rue avenue boulevard place allee chemin impasse route square cours faubourg residence lotissement passage esplanade
    promenade quai montee ruelle sentier venelle traverse villa cite parc zone hameau domaine rond lieu carrefour voie
    mail galerie cour descente rampe corniche pont port parvis
    via viale piazza piazzale corso largo vicolo strada localita frazione contrada lungomare lungarno salita calle campo
    calle avenida plaza paseo carretera camino ronda travesia travesera urbanizacion poligono glorieta rambla pasaje
    ulica avenija trg put obala setaliste prilaz
    odos leoforos plateia
    street road lane avenue
    """.split()
)
_UNIT = re.compile(
    r"\b(?:bat(?:iment)?|bt|immeuble|imm|etage|rdc|rez de chaussee|porte|escalier|esc|appartement|appt?|apt|hall|"
    r"local|lot|bureau|bp|cs|scala|int(?:erno)?|piano|palazzina|edificio|ed|piso|planta|puerta|bajos?|baixos|local|nave|"
    r"oficina|pis|entresuelo|entlo|pral|kat|stan|orofos|floor|flat|suite|room|building|block)\b"
)
_STOREY = re.compile(
    r"\b\d{1,2}\s?(?:e|er|eme|ere|nd|th|st|rd|os|o|a)\s*(?:etage|piso|planta|piano|kat|orofos|floor)\b"
    r"|\b\d{1,2}\s?(?:e|er|eme)$|^\d{1,2}\s?[oa]\b"
)
_EXTRA = r"(?:bis|ter|quater|quinquies|[a-h])"
_FIRST = re.compile(
    rf"(?:n(?:o|um|umero)?\.?[\s°º]*)?(\d{{1,4}})((?:\s?[-/,&]\s?\d{{1,4}}|\s(?:a|et|et le)\s\d{{1,4}})*)(?:[\s-]?({_EXTRA})(?:\s?[-/]\s?(?:{_EXTRA}))?)?(?![\w])[\s,.]*(?=[a-z(])"
)
_LAST = re.compile(
    rf"^(.*?[a-z.'’)/]{{2,}}.*?)[\s,]+(?:n(?:o|um|ro|umero|br)?[.°º]*\s*)?(\d{{1,4}})(?:\s?[-/]\s?(\d{{1,4}}))?(?:[\s/]?({_EXTRA}))?(?![\w])(.*)$"
)
_MONTH = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_DIGITLESS = re.compile(
    rf"\b(?:rue|avenue|av|bd|boulevard|place|pl|quai|square|impasse|allee|chemin|cours|passage) du\s+(?:{_MONTH})\b|\bdu\s+(?:e|er|eme|ieme)\s+[a-z]"
)
_COUNTRY_WORD = re.compile(
    r"[\s,.(-]*\b(?:france|italia|italy|italie|espana|espa_a|spain|espagne|espanya|greece|ellada|hellas|grece|croatia|"
    r"hrvatska|croatie|portugal|malta|cyprus|kypros|turkey|turkiye|egypt|tunisie|tunisia|morocco|maroc|lebanon|liban|"
    r"israel|slovenia|slovenija|bosnia and herzegovina|albania)\b[\s.)]*$"
)
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
_PADS = {"FR": 5, "ES": 5, "IT": 5}  # countries whose leading noughts a spreadsheet loses
_CEDEX = re.compile(r"\s*\bcedex\b.*$", re.IGNORECASE)
_ARRONDISSEMENT = re.compile(
    r"^(Paris|Lyon|Marseille)\s+(?:\d{1,2}|[IVX]{1,5})\s*(?:e|er|è|ème|eme|nd)?(?:\s+arr.*)?$", re.IGNORECASE
)
_BRACKET = re.compile(r"\s*\([^)]*\)?\s*$")


@dataclass(frozen=True, slots=True)
class Parts:
    """An address taken apart; every part folded, "" where unknown."""

    number: str = ""
    street: str = ""
    unit: str = ""


def read(given: str, country: str, *, number: str = "", street: str = "") -> Value | None:
    """An address in the form `kernel.fields` states. ``number`` and ``street`` come from their own columns if any."""
    text, repair = encodings.tidy(given)
    line = texts.line(re.sub(r"\s*\n\s*", ", ", text)).strip(" ,;-")
    if not fold(line):
        return None
    lost = encodings.lost_letters(line)
    if texts.shouts(line):
        line, repair = texts.lowered(line), repair or "CAPITALS"
    parts = parse(street or line, country)
    if number and not parts.number:
        parts = Parts(_number(latin(number)), parts.street, parts.unit)
    doubt = "LOST_DIGITS" if _DIGITLESS.search(latin(line)) else "LOST_LETTERS" if lost else ""
    value: dict[str, Any] = {"line": line[:400], "number": parts.number, "street": parts.street, "unit": parts.unit}
    return Value(value, given, repair, doubt)


@lru_cache(maxsize=100_000)
def parse(line: str, country: str) -> Parts:
    """Number, street and unit out of one line of an address without its town."""
    text = _COUNTRY_WORD.sub("", latin(line))
    pieces = [piece for one in re.split(r"[,;\n]|\s[-–]\s|\s\(|\)", text) if (piece := one.strip(" .-"))]
    pieces = _joined(pieces)
    units, best, score = [], Parts(), -1
    for piece in pieces:
        rest, unit = _without_unit(piece)
        units += [unit] if unit else []
        found = _split(rest, country)
        weight = 2 * bool(found.number) + 3 * _typed(found.street)
        if weight > score:
            best, score = found, weight
    if score <= 0 and len(pieces) > 1:  # no number, no type of street: the first piece is as good as any
        best = _split(_without_unit(pieces[0])[0], country)
    return Parts(best.number, best.street, " ".join(filter(None, [best.unit, *units])))


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
    line = texts.line(re.sub(r"\s*\n\s*", ", ", text))
    hits = list(pattern.finditer(line)) if pattern else []
    hits = [hit for hit in hits if hit.start() > 0 or len(line) > hit.end()]
    if not hits:
        return line, "", ""
    hit = hits[-1]
    before, after = line[: hit.start()].rstrip(" ,-–("), line[hit.end() :].lstrip(" ,-–)")
    town = re.split(r"[,;(/|]|\s[-–]\s", after)[0].strip(" .")
    if country in ("ES", "PT") and (not re.match(r"[^\W\d_]", town) or fold(_cut_country(town)) == ""):
        head, _, last = before.rpartition(",")  # "Barcelona 08005"
        town = last.strip() if head and not re.search(r"\d", last) else ""
        before = head if town else before
    town = _cut_country(town) if re.match(r"[^\W\d_]", town) else ""
    if country == "IT":
        town = re.sub(r"\s[A-Z]{2}$", "", town)  # the province
    return before.rstrip(" ,-–"), re.sub(r"\s", "", hit[1]), town


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


def _cut_country(text: str) -> str:
    found = _COUNTRY_WORD.search(latin(text))
    return text[: found.start()].strip(" ,.-") if found and len(latin(text)) == len(text) else text


def _same_department(code: str, lau: str) -> bool:
    department = lau[:3] if lau[:2] == "97" else lau[:2]
    return code.startswith("20" if department in ("2A", "2B") else department)


def _joined(pieces: list[str]) -> list[str]:
    """A number alone belongs to the piece before it ("calle mayor, 12"), or after ("12, rue mercière")."""
    done: list[str] = []
    for piece in pieces:
        if done and (
            re.match(r"(?:n[o°.]*\s*)?\d{1,4}\s?[a-z]?(?:$|\s|[/-])", piece) and not re.search(r"\d", done[-1])
        ):
            done[-1] += ", " + piece
        elif done and re.fullmatch(rf"(?:n[o°.]*\s*)?\d{{1,4}}\s?{_EXTRA}?", done[-1]):
            done[-1] += ", " + piece
        else:
            done.append(piece)
    return done


def _without_unit(piece: str) -> tuple[str, str]:
    """(the piece, its unit) split where a word for building, floor, door … stands after the street."""
    found = _STOREY.search(piece) or _UNIT.search(piece)
    if not found:
        return piece, ""
    head = piece[: found.start()].strip(" ,.-/")
    if any(one in _TYPES for one in fold(piece[found.start() :]).split()) and found.start() == 0:
        # the unit comes first: "bat b 12 rue x"
        street = re.search(r"\b\d{1,4}\s?(?:bis|ter)?\s*,?\s(?=(?:%s)\b)" % "|".join(sorted(_TYPES)), piece)
        if street and street.start() > 0:
            return piece[street.start() :], fold(piece[: street.start()])
        return piece, ""
    return head, fold(piece[found.start() :])


def _split(piece: str, country: str) -> Parts:
    if re.fullmatch(rf"\d{{1,4}}\s?{_EXTRA}?", piece):
        return Parts(_number(piece))
    if found := _FIRST.match(piece):
        street = piece[found.end() :]
        return Parts(_number(found[0]), _street(street, country), "")
    if found := _LAST.match(piece):
        head = found[1]
        number = "-".join(filter(None, (found[2].lstrip("0") or "0", found[3]))) + (found[4] or "")
        return Parts(number, _street(head, country), fold(found[5]))
    return Parts("", _street(piece, country), "")


def _number(text: str) -> str:
    digits = [one.lstrip("0") or "0" for one in re.findall(r"\d{1,5}", text)]
    extra = re.search(rf"(?<=[\d\s-]){_EXTRA}\b", text)
    numbers = digits if len(digits) < 3 else [digits[0], digits[-1]]
    return "-".join(numbers) + (extra[0] if extra and digits else "")


def _street(text: str, country: str) -> str:
    """A street's folded name, its abbreviations spelt out."""
    table = _ABBREVIATIONS.get(country, _DEFAULT)
    found = fold(text).split()
    done: list[str] = []
    place = 0
    while place < len(found):
        double = " ".join(found[place : place + 2])
        if double in table and (place == 0 or "s" not in found[place : place + 1]):
            done.append(table[double])
            place += 2
            continue
        word = found[place]
        # one letter is an abbreviation only in front: "c" of "c pujades", not of "rue c"
        done.append(table.get(word, word) if len(word) > 1 or place == 0 else word)
        place += 1
    silent = _SILENT.get(country, ())
    kept = [word for word in done if word not in silent] or done
    return " ".join(kept)


def _typed(street: str) -> bool:
    return any(word in _TYPES for word in street.split()[:2])
