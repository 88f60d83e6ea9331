"""Kinds of streets and what they are shortened to, folded, country by country, for `addresses` to read."""

_FRENCH = {
    "r": "rue", "av": "avenue", "ave": "avenue", "aven": "avenue", "avn": "avenue", "bd": "boulevard",
    "bld": "boulevard", "blvd": "boulevard", "boul": "boulevard", "bvd": "boulevard", "bvld": "boulevard",
    "boulv": "boulevard", "pl": "place", "plc": "place", "all": "allee", "allees": "allee", "che": "chemin",
    "chem": "chemin", "chm": "chemin", "ch": "chemin", "imp": "impasse", "rte": "route", "sq": "square",
    "crs": "cours", "fg": "faubourg", "fbg": "faubourg", "res": "residence", "lot": "lotissement", "psg": "passage",
    "pas": "passage", "rpt": "rond point", "esp": "esplanade", "prom": "promenade", "st": "saint", "ste": "sainte",
    "sts": "saints", "gal": "general", "gen": "general", "gl": "general", "mal": "marechal", "mar": "marechal",
    "marl": "marechal", "dr": "docteur", "pdt": "president", "pst": "president", "cdt": "commandant",
    "col": "colonel", "pr": "professeur", "nd": "notre dame", "qua": "quai", "rn": "route nationale",
    "rd": "route departementale", "hlm": "hlm", "mte": "montee", "zi": "zone industrielle", "za": "zone artisanale",
    "zac": "zone d amenagement concerte", "ld": "lieu dit",
}  # fmt: skip
_ITALIAN = {
    "v": "via", "vl": "viale", "vle": "viale", "v le": "viale", "pza": "piazza", "pzza": "piazza", "p zza": "piazza",
    "p za": "piazza", "p le": "piazzale", "ple": "piazzale", "c so": "corso", "cso": "corso", "l go": "largo",
    "lgo": "largo", "v lo": "vicolo", "vlo": "vicolo", "str": "strada", "s da": "strada", "loc": "localita",
    "fraz": "frazione", "c da": "contrada", "cda": "contrada", "lung no": "lungarno", "f lli": "fratelli", "s": "san",
}  # fmt: skip
# Catalan ones take their Castilian name: one street bears both.
_SPANISH = {
    "c": "calle", "cl": "calle", "cll": "calle", "carrer": "calle", "cr": "calle", "avda": "avenida", "av": "avenida",
    "avd": "avenida", "avinguda": "avenida", "avgda": "avenida", "avd a": "avenida", "pza": "plaza", "plza": "plaza",
    "pl": "plaza", "pz": "plaza", "placa": "plaza", "pso": "paseo", "ps": "paseo", "p": "paseo", "passeig": "paseo",
    "pg": "paseo", "ctra": "carretera", "cra": "carretera", "cami": "camino", "cno": "camino", "rda": "ronda",
    "trv": "travesia", "trav": "travesia", "travessera": "travesera", "urb": "urbanizacion", "pol": "poligono",
    "pol ind": "poligono industrial", "poligon": "poligono", "gta": "glorieta", "rbla": "rambla", "sta": "santa",
    "sto": "santo", "ntra sra": "nuestra senora", "passatge": "pasaje", "pje": "pasaje", "dr": "doctor",
}  # fmt: skip
_CROATIAN = {
    "ul": "ulica", "av": "avenija", "kralja": "kralja", "sv": "sveti", "dr": "doktora", "bb": "bb",
}  # fmt: skip
_GREEK = {
    "od": "odos", "leof": "leoforos", "lf": "leoforos", "leo": "leoforos", "l": "leoforos", "pl": "plateia",
    "plat": "plateia", "platia": "plateia", "ag": "agiou", "agias": "agias", "st": "odos", "str": "odos",
    "street": "odos", "ave": "leoforos", "avenue": "leoforos", "av": "leoforos", "square": "plateia", "sq": "plateia",
}  # fmt: skip

#: Country → abbreviation → the word.
ABBREVIATIONS = {
    "FR": _FRENCH, "MC": _FRENCH, "IT": _ITALIAN, "SM": _ITALIAN, "ES": _SPANISH, "AD": _SPANISH,
    "HR": _CROATIAN, "GR": _GREEK, "CY": _GREEK,
}  # fmt: skip
#: Where the country has no table of its own.
DEFAULT = {
    "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "rd": "road", "sq": "square", "bd": "boulevard",
    "blvd": "boulevard",
}  # fmt: skip
#: The word for street where everyone leaves it out.
SILENT = {"GR": ("odos",), "CY": ("odos",), "HR": ("ulica",)}
#: Words that say a text is a street's name.
TYPES = frozenset(
    """
    allee avenida avenija avenue boulevard calle camino campo carrefour carretera chemin cite contrada corniche
    corso cour cours descente domaine esplanade faubourg frazione galerie glorieta hameau impasse lane largo
    leoforos lieu localita lotissement lungarno lungomare mail montee obala odos parc parvis pasaje paseo passage
    piazza piazzale place plateia plaza poligono pont port prilaz promenade put quai rambla rampe residence road
    rond ronda route rue ruelle salita sentier setaliste square strada street traverse travesera travesia trg ulica
    urbanizacion venelle via viale vicolo villa voie zone
    """.split()
)
#: Kinds of streets in front of which a French number stands.
FRENCH_TYPES = "rue|r|avenue|av|ave|boulevard|bd|bld|place|pl|allee|chemin|impasse|route|square|cours|quai|faubourg"
#: Words for a part of a building, or a box at the post.
UNITS = (
    "bat(?:iment)?|bt|immeuble|imm|etage|rdc|rez de chaussee|porte|escalier|esc|appartement|appt?|apt|hall|local|lot"
    "|bureau|bp|cs|scala|int(?:erno)?|piano|palazzina|edificio|ed|piso|planta|puerta|bajos?|baixos|nave|oficina|pis"
    "|entresuelo|entlo|pral|kat|stan|orofos|floor|flat|suite|room|building|block"
)
STOREYS = "etage|piso|planta|piano|kat|orofos|floor"
MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
