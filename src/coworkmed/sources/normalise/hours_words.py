"""The words of opening hours in the languages around the sea, folded (`kernel.fold.latin`), for `hours` to read."""

import re

_BY_DAY = (
    """lundi lundis lun lu monday mondays mon mo lunedi lunes dilluns dl
    ponedjeljak ponedjeljka ponedjeljkom pon deftera defteras def""",
    """mardi mardis mar tuesday tuesdays tue tues tu martedi martes dimarts dt
    utorak utorka utorkom uto triti tritis tri""",
    """mercredi mercredis mer wednesday wednesdays wed we mercoledi miercoles mie dimecres dc
    srijeda srijede srijedom sri tetarti tetartis tet""",
    """jeudi jeudis jeu thursday thursdays thu thur thurs th giovedi gio jueves jue dijous dj
    cetvrtak cetvrtka cetvrtkom cet pempti pemptis pem""",
    """vendredi vendredis ven friday fridays fri fr venerdi viernes vie divendres dv
    petak petka petkom pet paraskevi paraskevis par""",
    """samedi samedis sam saturday saturdays sat sa sabato sabado sab dissabte ds
    subota subote subotom sub savvato savvatou sav""",
    """dimanche dimanches dim sunday sundays sun su domenica domingo dom diumenge dg
    nedjelja nedjelje nedjeljom ned kyriaki kyriakis kyr""",
)
#: Word → weekday from 0 (Monday).
DAY = {word: day for day, words in enumerate(_BY_DAY) for word in words.split()}

CLOSED = frozenset(
    "ferme fermee fermes fermeture closed off chiuso chiusa cerrado cerrada tancat tancada zatvoreno kleisto".split()
)
#: From one day or hour through another.
THROUGH = frozenset("au a to till until through jusqu al alle fins hasta do eos mechri".split())
#: Words that leave the meaning as it is.
FILLER = frozenset(
    """
    du de des la le les l un h d et and e y i kai puis au aux en dans pour tous toutes toute
    horaire horaires heure heures ouverture ouvertures ouvert ouverte ouverts ouvertes accueil public jour jours journee
    matin matinee matinees apres midi soir soiree continu continue sans interruption non stop nonstop
    espace coworking co working bureau bureaux fablab lab permanence permanences reception physique telephonique
    standard secretariat administratif uniquement seulement
    orario orari apertura aperto dalle alle dal al ore mattina pomeriggio
    horario horarios abierto abierta de las los a el manana tarde obert oberta mati
    radno vrijeme od do sati oraria leitourgias oris apo ton ti
    opening hours hrs hr open from
    """.split()
)


def _phrases(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


_MEETING = r"(?:rdv|rendez[ -]?vous)"
_24 = r"24\s?h?(?:eures)?\s*/\s*24\s?h?(?:eures)?"
_7 = r"7\s?j?(?:ours)?\s*/\s*7\s?j?(?:ours)?"
ALWAYS = re.compile(
    rf"[\s(]*(?:ouvert|acces|open|aperto|abierto)?\s*(?:24\s*/\s*7|h24|24h|24h sur 24|{_24}|{_24}[\s,;et-]*{_7}"
    rf"|{_7}[\s,;et-]*{_24}|24 heures sur 24[\s,]*(?:et )?7 jours sur 7|24 ore su 24[\s,]*7 giorni su 7)\W*"
)
EVERY_DAY = _phrases(
    r"7\s?j?(?:ours)?\s?/\s?7\s?j?", "7 jours sur 7", "tous les jours(?! sur)", "every ?day", "daily", "ogni giorno",
    "tutti i giorni", "todos los dias", "tots els dies", "svaki dan", "svakodnevno", "kathimerina", "7 dias",
)  # fmt: skip
WEEK_DAYS = _phrases(r"l ?(?:-|a|au) ?v", "dies? feiners?", "radnim danom", "weekdays", "kathimerines")
APPOINTMENT = _phrases(
    rf"(?:(?:sur|avec|prise de|uniquement) )?{_MEETING}", "sur reservation", "by appointment", "su appuntamento",
    "cita previa", "con cita", "amb cita", "po dogovoru", "katopin rantevou",
)  # fmt: skip
#: Also by appointment, or without one: the hours stand.
NO_APPOINTMENT = re.compile(
    rf"\bsans {_MEETING}\b|\b(?:et|ou) (?:sur|avec) {_MEETING}\b|\b(?:sur|avec) ou sans {_MEETING}\b"
)
PUBLIC_HOLIDAYS = _phrases(r"(?:fermee?s?|sauf|hors)\s+(?:les? )?jours? feries?")
CLOSED_ALL_DAY = re.compile(
    r"ferme(?:e|s|ture)?s?(?: au public| toute la journee| ce jour)?\W*|non ouvert au public|-+"
)

#: OpenStreetMap's words as some exports put them into French.
FRENCH_OSM = {
    "lundi": "Mo", "mardi": "Tu", "mercredi": "We", "jeudi": "Th", "vendredi": "Fr", "samedi": "Sa", "dimanche": "Su",
    "jours feries": "PH", "vacances scolaires": "SH", "ferme": "off", "closed": "off", "janv": "Jan", "jan": "Jan",
    "fev": "Feb", "mars": "Mar", "mar": "Mar", "avr": "Apr", "mai": "May", "juin": "Jun", "juil": "Jul", "aout": "Aug",
    "sept": "Sep", "sep": "Sep", "oct": "Oct", "nov": "Nov", "dec": "Dec",
}  # fmt: skip
FRENCH_OSM_TERM = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jours f[eé]ri[eé]s|vacances scolaires|ferm[eé]|closed"
    r"|janv|jan|f[eé]v|mars|mar|avr|mai|juin|juil|ao[uû]t|sept|sep|oct|nov|d[eé]c)(?![^\W\d_])",
    re.IGNORECASE,
)
#: How a text in OpenStreetMap's syntax begins.
OSM = re.compile(
    r"(?:24/7|(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|week|sunrise|\d\d:\d\d)\b"
    r"|\".*\"$|off$|closed$)"
)
