"""Opening hours to OpenStreetMap's syntax: what is in it already, and prose in the languages around the sea.

The prose reader is deliberately shy: it knows days, times, "closed", "every day" and some filler. A word that can
change the meaning (every other week, holidays, seasons, except …) and that it can't express makes it give up, so that
nothing false is published; the text stays with the entry as given.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from opening_hours import validate

from coworkmed.kernel.fold import latin

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY_WORDS = (
    "lundis? lun lu monday mondays mon mo lunedi lunes dilluns dl ponedjeljak ponedjeljka ponedjeljkom pon deftera defteras def deu",
    "mardis? mar tuesday tuesdays tue tues tu martedi martes dimarts dt utorak utorka utorkom uto triti tritis tri",
    "mercredis? mer wednesday wednesdays wed we mercoledi miercoles mie dimecres dc srijeda srijede srijedom sri tetarti tetartis tet",
    "jeudis? jeu thursday thursdays thu thur thurs th giovedi gio jueves jue dijous dj cetvrtak cetvrtka cetvrtkom cet pempti pemptis pem",
    "vendredis? ven friday fridays fri fr venerdi viernes vie divendres dv petak petka petkom pet paraskevi paraskevis par",
    "samedis? sam saturday saturdays sat sa sabato sabado sab dissabte ds subota subote subotom sub savvato savvatou sav",
    "dimanches? dim sunday sundays sun su domenica domingo dom diumenge dg nedjelja nedjelje nedjeljom ned kyriaki kyriakis kyr",
)  # fmt: skip
_DAY = {
    form: number
    for number, forms in enumerate(_DAY_WORDS)
    for word in forms.split()
    for form in ([word[:-2], word[:-1]] if word.endswith("s?") else [word])
}
_ALWAYS = re.compile(
    r"24\s*/\s*7\b|24\s?h?(?:eures)?\s*/\s*24\s?h?(?:eures)?[\s,;et-]*7\s?j?(?:ours)?\s*/\s*7\s?j?|\b7\s?j?(?:ours)?\s*/\s*7\s?j?[\s,;et-]*24\s?h?\s*/\s*24\s?h?|24 heures sur 24[\s,]*(?:et )?7 jours sur 7|24 ores? su 24[\s,]*7 giorni su 7"
)
_EVERY_DAY = re.compile(
    r"\b7\s?j?(?:ours)?\s?/\s?7\s?j?\b|\b7 jours sur 7\b|\btous les jours\b(?! sur)|\bevery ?day\b|\bdaily\b|\bogni giorno\b|\btutti i giorni\b|\btodos los dias\b|\btots els dies\b|\bsvaki dan\b|\bsvakodnevno\b|\bkathimerina\b|\b7 dias\b"
)
_WEEK_DAYS = re.compile(
    r"\bdu? l ?(?:-|a|au) ?v\b|\bl ?(?:-|a) ?v\b|\bdies? feiners?\b|\bradnim danom\b|\bweekdays\b|\bkathimerines\b"
)
_APPOINTMENT = re.compile(
    r"\b(?:sur|avec|prise de) (?:rdv|rendez[ -]?vous|reservation)\b|\buniquement rdv\b|\bby appointment\b|\bsu appuntamento\b|\bcita previa\b|\bcon cita\b|\bamb cita\b|\bpo dogovoru\b|\bkatopin rantevou\b|\b(?:rdv|rendez[ -]?vous)\b"
)
_WITHOUT_APPOINTMENT = re.compile(
    r"\bsans (?:rdv|rendez[ -]?vous)\b|\b(?:et|ou|,) (?:sur|avec) (?:rdv|rendez[ -]?vous)\b|\b(?:sur|avec) ou sans (?:rdv|rendez[ -]?vous)\b"
)
_HOLIDAYS = re.compile(
    r"\bferme(?:e|s)?\s+(?:les? )?jours? feries?\b|\bsauf (?:les )?jours? feries?\b|\bhors (?:les )?jours? feries?\b"
)
_CLOSED = frozenset(
    "ferme fermee fermes fermeture closed off chiuso chiusa cerrado cerrada tancat tancada zatvoreno kleisto kleista".split()
)
_THROUGH = frozenset("au a to till until through jusqu al fins hasta do eos mechri -".split())
_FILLER = frozenset(
    """
    du de des de la le les l un h d et and e y i kai und puis horaire horaires heure heures ouverture ouvertures ouvert
    ouverte ouverts ouvertes accueil public jour jours journee au a aux en dans pour tous toutes toute matin matinee
    matinees apres midi apres-midi apm soir soiree aprem am bureau bureaux orario orari apertura aperto dalle alle dal
    al dal ore horario horarios abierto abierta obert oberta de las los a les el radno vrijeme od do sati h oraria
    orario leitourgias oris apo ton ti continu continue sans interruption non stop non-stop nonstop espace coworking co working
    uniquement seulement reception physique telephonique standard opening hours hrs hr open from mattina pomeriggio
    manana tarde mati uhr heures. secretariat administratif fablab lab permanence permanences
    """.split()
)
# A time: 9h, 9h30, 9 h 30, 09:30, 9.30, 09h30h. In "14h 17h30" and "9h12h" what follows the h is the next time.
_TOKEN = re.compile(
    r"(?P<time>(?<![\d:])(?:[01]?\d|2[0-4])"
    r"(?:\s?h(?:eures?|rs?)?(?:(?:00|15|30|45)(?!\d)h?(?!\w)|\s?[0-5]\d(?!\d|\s?h))?(?![a-gi-z])|[:.][0-5]\d(?!\d)\s?(?:h(?:eures?|rs?)?\b)?))"
    r"|(?P<bare>(?<![\d:])(?:[01]?\d|2[0-4])(?![\d:]))"
    r"|(?P<word>[a-z]+)"
    r"|(?P<mark>[^\sa-z0-9]+)|(?P<odd>\d+)"
)
_OSM = re.compile(
    r"(?:24/7|(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|week|sunrise|\d\d:\d\d|\")\b.*|\".*\"|off|closed)",
    re.DOTALL,
)
_CLOSED_ALL_DAY = re.compile(
    r"ferme(?:e|s|ture)?s?(?: au public| toute la journee| ce jour)?\W*|non ouvert au public|-+"
)
_BARE_SPANS = re.compile(r"\d{1,2} ?- ?\d{1,2}(?: ?[/,] ?\d{1,2} ?- ?\d{1,2})?")
_FRENCH_TERMS = {
    "lundi": "Mo", "mardi": "Tu", "mercredi": "We", "jeudi": "Th", "vendredi": "Fr", "samedi": "Sa", "dimanche": "Su",
    "jours feries": "PH", "vacances scolaires": "SH", "ferme": "off", "closed": "off", "janv": "Jan", "jan": "Jan",
    "fev": "Feb", "mars": "Mar", "mar": "Mar", "avr": "Apr", "mai": "May", "juin": "Jun", "juil": "Jul", "aout": "Aug",
    "sept": "Sep", "sep": "Sep", "oct": "Oct", "nov": "Nov", "dec": "Dec",
}  # fmt: skip
_FRENCH_TERM = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jours f[eé]ri[eé]s|vacances scolaires|ferm[eé]|closed|janv|jan|"
    r"f[eé]v|mars|mar|avr|mai|juin|juil|ao[uû]t|sept|sep|oct|nov|d[eé]c)(?![^\W\d_])",
    re.IGNORECASE,
)
_MERIDIEM = re.compile(r"(?<![\d:])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b\.?")

Times = list[tuple[int, int]]
Week = dict[int, Times]  # weekday from 0 → spans in minutes; an empty list means closed


@lru_cache(maxsize=50_000)
def read(text: str) -> tuple[str, str]:
    """(opening_hours in OpenStreetMap's syntax, doubt) of a text; ("", "") where it can't be said without guessing.

    Doubts: "NO_DAYS" (times without days: taken as every day), "BY_APPOINTMENT".
    """
    text = text.strip()
    if not text or len(text) > 500:
        return "", ""
    if (_OSM.match(text) and (valid := _valid(text))) or (valid := _dialect(text)):
        return valid, ""
    return _prose(latin(text))


def read_week(days: Mapping[int, str]) -> tuple[str, str, list[int]]:
    """(opening_hours, doubt, days that can't be read) out of one text per weekday (0 is Monday)."""
    week: Week = {}
    unread = []
    for day, text in sorted(days.items()):
        spans = _day(latin(text.strip()), day)
        if spans is None:
            unread.append(day)
        else:
            week[day] = spans
    if not any(week.values()):
        return "", "", unread
    return _written(week), "SOME_DAYS_UNREAD" if unread else "", unread


@lru_cache(maxsize=50_000)
def _valid(text: str) -> str:
    """``text`` if it is opening_hours syntax as it stands (a final semicolon forgiven), else ""."""
    text = re.sub(r"\s+", " ", text.strip().rstrip(";").strip())
    return text if validate(text) else ""


def _dialect(text: str) -> str:
    """Opening hours whose words alone were put into French ("Lundi-Jeudi 06:30-02:00", a rule per line), or ""."""
    if not re.search(r"\d\d:\d\d", text):
        return ""
    rules = (line.strip().rstrip(";,") for line in _FRENCH_TERM.sub(_osm_term, text).split("\n"))
    return "" if re.search(r"[a-z]{4}|[A-Z]{3}", text := "; ".join(filter(None, rules))) else _valid(text)


def _osm_term(found: re.Match[str]) -> str:
    word = latin(found[0])
    return _FRENCH_TERMS.get(word) or next(
        (osm for french, osm in _FRENCH_TERMS.items() if word.startswith(french)), word
    )


@lru_cache(maxsize=50_000)
def _day(text: str, day: int) -> Times | None:
    """The spans of one weekday's own text; empty where it is closed, None where it can't be read."""
    text = text.strip(" |:;,.")
    if text in _CLOSED or _CLOSED_ALL_DAY.fullmatch(text):
        return []
    if re.fullmatch(r"24 ?h?(?: ?/ ?24 ?h?)?|h24", text):
        return [(0, 1440)]
    if _BARE_SPANS.fullmatch(text):
        text = re.sub(r"(\d)(?!\d)", r"\1h", text)
    week = _week(_prepared(text))
    return next(iter(week.values())) if week is not None and set(week) in ({-1}, {day}) else None


def _prose(text: str) -> tuple[str, str]:
    if re.fullmatch(r"[\s(]*(?:ouvert|acces|open|aperto|abierto)?\s*(?:%s)\W*" % _ALWAYS.pattern, text) or text in (
        "24h/24", "h24", "24/24", "24h/24h", "24h sur 24", "24h", "24 h / 24",
    ):  # fmt: skip
        return "24/7", ""
    appointment = bool(_APPOINTMENT.search(_WITHOUT_APPOINTMENT.sub(" ", text)))
    week = _week(_prepared(text))
    if week is None or not any(week.values()):
        return (
            ('"by appointment"', "BY_APPOINTMENT") if appointment and not re.search(r"\d\s?h|\d:\d", text) else ("", "")
        )
    doubt = "BY_APPOINTMENT" if appointment else ""
    if -1 in week:
        if len(week) > 1:
            return "", ""
        return _spans(week[-1]), doubt or "NO_DAYS"
    off = "; PH off" if _HOLIDAYS.search(text) else ""
    return _written(week) + off, doubt


def _prepared(text: str) -> str:
    text = _HOLIDAYS.sub(" ", text)
    text = _WITHOUT_APPOINTMENT.sub(" ", text)
    text = _APPOINTMENT.sub(" ", text)
    text = _EVERY_DAY.sub(" lundi a dimanche ", text)
    text = _WEEK_DAYS.sub(" lundi a vendredi ", text)
    text = re.sub(r"\b(?:midi)\b(?<!apres midi)(?<!apres-midi)", "12h", text)
    text = re.sub(r"\bminuit\b", "24h", text)
    text = re.sub(r"(\d)\s?h\s?[o0]{2}\b", r"\1h00", text)
    return _MERIDIEM.sub(_clock, text)


def _clock(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + 12 * (found[3] == "p")
    return f"{hour}:{found[2] or '00'}"


def _week(text: str) -> Week | None:
    """Days and times of folded prose; key -1 holds times said of no day. None where a word could change the meaning."""
    week: Week = {}
    days: list[int] = []
    times: list[int] = []
    through = closing = False

    def close() -> bool:
        nonlocal days, times
        if len(times) % 2:
            return False
        if times:
            spans = _paired(times)
            if spans is None:
                return False
            for day in days or [-1]:
                week.setdefault(day, []).extend(spans)
        days, times = [], []
        return True

    tokens = [(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(text)]
    for place, (kind, token) in enumerate(tokens):
        if kind == "word" and token in _DAY:
            if times and not close():
                return None
            day = _DAY[token]
            if closing and not days:
                week[day] = []
            if through and days:
                days += [one % 7 for one in range(days[-1] + 1, day + 1 if day > days[-1] else day + 8)]
            days.append(day)
            if closing:
                week.update({one: [] for one in days})
            through = False
        elif kind == "word" and token in _CLOSED:
            if days and not times:
                week.update({one: [] for one in days})
                days = []
            else:
                if not close():
                    return None
                closing = True
                continue
        elif kind == "time" or (kind == "bare" and _is_hour(tokens, place)):
            if closing:
                days, closing = [], False
            minutes = _minutes(token)
            if minutes is None:
                return None
            times.append(minutes)
            through = False
        elif kind == "word" or kind == "mark":
            if closing and days and set(token) & set(".;|"):
                days, closing = [], False
            if token in _THROUGH or (kind == "mark" and set(token) <= set("-–—>")):
                through = bool(days) and not times
            elif kind == "word" and token not in _FILLER:
                return None
            elif token in (";", "\n", ".") or token in ("et", "and", "e", "y", "i", "kai", ",", "&"):
                through = False
        else:
            return None
    if closing and days:
        week.update({one: [] for one in days})
        days = []
    if days and not times:
        if set(week) != {-1}:
            return None  # days without times: something was not understood
        return dict.fromkeys(days, week[-1])  # "9h-18h du lundi au vendredi"
    return week if close() else None


def _is_hour(tokens: list[tuple[str, str]], place: int) -> bool:
    """Whether a bare number is an hour: a dash, a slash or "to" ties it to a time."""
    for step in (-1, 1):
        beside = place + step
        if 0 <= beside < len(tokens) and (tokens[beside][1] in _THROUGH or tokens[beside][1] in "-–/a"):
            other = beside + step
            if 0 <= other < len(tokens) and tokens[other][0] in ("time", "bare"):
                return True
    return False


def _minutes(token: str) -> int | None:
    parts = re.findall(r"\d+", token)
    hour, minute = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
    total = hour * 60 + minute
    return total if total <= 1440 and minute < 60 else None


def _paired(times: list[int]) -> Times | None:
    spans = list(zip(times[::2], times[1::2], strict=True))
    last = -1
    for number, (start, end) in enumerate(spans):
        if end == 0:
            end = 1440
            spans[number] = (start, end)
        if start == end or start < last or (end < start and (number < len(spans) - 1 or end > 6 * 60)):
            return None
        last = end
    return spans


def _written(week: Week) -> str:
    """A week in OpenStreetMap's syntax: days with the same hours together, in the order of the week."""
    groups: dict[str, list[int]] = {}
    for day in sorted(week):
        groups.setdefault(_spans(week[day]) if week[day] else "off", []).append(day)
    return "; ".join(f"{_day_list(days)} {spans}" for spans, days in groups.items())


def _spans(spans: Times) -> str:
    return ",".join(f"{_time(start)}-{_time(end)}" for start, end in dict.fromkeys(spans))


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day_list(days: list[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        DAYS[run[0]] if len(run) == 1 else ",".join(DAYS[one] for one in run) if len(run) == 2 else
        f"{DAYS[run[0]]}-{DAYS[run[-1]]}"
        for run in runs
    )  # fmt: skip
