"""From a row as given to an entry that can be compared: every field in the form `kernel.fields` states, its original
beside it, what was repaired or is doubted said by a code of `sources.reasons`, persons' data dropped and counted.

`normalise` never raises on any row of text: it returns an Entry, or a Reject that says why.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from coworkmed.kernel import ids
from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.fold import fold, words
from coworkmed.kernel.values import Entry, Reject, Row, Value
from coworkmed.kernel.web_addresses import own_domain
from coworkmed.platform import borders
from coworkmed.sources import mapping
from coworkmed.sources.spec import Spec

from . import (
    addresses,
    codes,
    coordinates,
    dates,
    encodings,
    hours,
    identifiers,
    kinds,
    languages,
    names,
    phones,
    privacy,
    texts,
    towns,
    web,
)
from .privacy import scrub

__all__ = ["cleaned", "normalise", "scrub"]

MAX_ID = 200  # characters of an external id; a longer one is replaced by its digest
#: Targets whose own readers deal with persons' data.
_UNSCRUBBED = frozenset(
    "id web facebook twitter instagram socials phone email siret siren rna vat official_ids".split()
)
_ORDER = {name: place for place, name in enumerate(FIELDS)}
_WEEK = ("hours_mo", "hours_tu", "hours_we", "hours_th", "hours_fr", "hours_sa", "hours_su")
_LISTS = {"networks": True, "labels": True, "equipment": False, "services": False, "public": False}
_CODED: dict[str, Callable[[str], str]] = {
    "status": codes.status,
    "wheelchair": codes.flag,
    "internet": codes.flag,
    "hosts_visitors": codes.flag,
    "legal_form": codes.legal_form,
    "sector": codes.sector,
}
_JSON_MEMBER = re.compile(r'"([^"\\]{1,80})"\s*:\s*"(?:[^"\\]|\\.)*"')
_NAMING = frozenset("name other_names brand locality region country".split())  # where a title is no person's
_LONGEST = 10_000  # characters of a text a field is read from; a longer one stays among the extras
_AHEAD = 5  # years a row's own date may run ahead of its list's: catalogues age, but nobody checks in 2099
_LINES = frozenset("tel telephone phone fixe standard fax poste interne ext til telefono telefon tilefono n no".split())
_LIMITS = {"surface_built_m2": (1, 200_000), "desks": (1, 5_000), "members_now": (0, 20_000)}


def normalise(row: Row, spec: Spec) -> Entry | Reject:
    """The entry a row makes under what the catalogue says of its source, or why it makes none."""
    plan = _plan(spec)
    for column, accepted in plan.where:
        given = row.cells.get(column, "").strip()
        if given.casefold() not in accepted:
            return _reject(row, spec, "OUT_OF_SCOPE", column=column, value=_shown(column, given, plan))
    draft = _Draft(row, plan)
    if shifted := draft.shifted():
        return _reject(row, spec, "SHIFTED_ROW", column=shifted[0], value=_shown(*shifted, plan))
    name = names.read(draft.text("name"))
    if name is None:
        return _reject(row, spec, "NO_NAME")
    draft.fields["name"] = replace(name, repair=name.repair or row.repair)
    for step in plan.steps:
        step(draft)
    fields = {one: draft.fields[one] for one in sorted(draft.fields, key=_ORDER.__getitem__)}
    return Entry(row.number, draft.external_id(), draft.observed_on(), fields, draft.left_over(), dict(+draft.dropped))


def cleaned(reject: Reject, spec: Spec) -> Reject:
    """A reject freed of personal data, as a file of rejects may show it, with what was dropped."""
    dropped: Counter[str] = Counter()
    return replace(reject, cells=_cleaned(reject.cells, _plan(spec), dropped), dropped=dict(+dropped))


def _reject(row: Row, spec: Spec, code: str, **params: Any) -> Reject:
    return cleaned(Reject(row.number, row.cells, code, params), spec)


def _shown(column: str, text: str, plan: "_Plan") -> str:
    return _cleaned({column: text}, plan, Counter()).get(column, "")[:80]


def _cleaned(cells: Mapping[str, str], plan: "_Plan", dropped: Counter[str]) -> dict[str, str]:
    found = {}
    for column, text in cells.items():
        if mapping.says_nothing(text):
            continue
        if column in plan.hidden or privacy.names_a_person(column) or privacy.addresses_a_person(text):
            dropped[_person_data(text, plan.declared)] += 1
            continue
        clean, counts = scrub(text, plan.declared)
        if counts:
            dropped.update(counts)
        if column in plan.calling:
            clean = _landlines(clean, plan.declared)
        else:
            clean = privacy.unnamed(_without_members(clean, plan, dropped), dropped)
        if clean is text or not mapping.says_nothing(clean):
            found[column] = clean
    return found


def _without_members(text: str, plan: "_Plan", dropped: Counter[str]) -> str:
    """``text`` without what JSON in it gives as a person's name."""

    def member(found: re.Match[str]) -> str:
        if found[1] not in plan.hidden and not privacy.names_a_person(found[1]):
            return found[0]
        dropped["name"] += 1
        return f'"{found[1]}": ""'

    return _JSON_MEMBER.sub(member, text) if '"' in text and ":" in text else text


def _landlines(text: str, country: str) -> str:
    """The landlines in ``text`` and not a word of what stands around them: that is whom to ask for."""
    found = (one[0].strip() for one in phones.CANDIDATE.finditer(text))
    return " / ".join(one for one in found if phones.parse(one, country)[0])


def _person_data(text: str, country: str) -> str:
    return next(iter(scrub(text, country)[1]), "name")


def _columns(spec: Spec, target: str) -> tuple[str, ...]:
    found = spec.columns.get(target)
    return found.columns if found else ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the catalogue says of a source, made ready for its rows.

    ``declared``   the one country the list covers, or ""
    ``hidden``     columns that hold persons' data
    ``calling``    columns of telephones and e-mails
    ``crosswalk``  folded value of the list → kind
    ``steps``      what there is to do, in order
    """

    spec: Spec
    declared: str
    where: tuple[tuple[str, frozenset[str]], ...]
    hidden: frozenset[str]
    calling: frozenset[str]
    used: frozenset[str]
    crosswalk: Mapping[str, str]
    steps: tuple[Callable[["_Draft"], None], ...]


_plans: dict[int, _Plan] = {}


def _plan(spec: Spec) -> _Plan:
    """The plan of a source, made once as long as its rows come one after another."""
    known = _plans.get(id(spec))
    if known is None or known.spec is not spec:
        _plans.clear()
        asked = {*spec.columns, *spec.defaults}
        known = _plans[id(spec)] = _Plan(
            spec,
            spec.territory[0] if len(spec.territory) == 1 else "",
            tuple((one, frozenset(text.strip().casefold() for text in texts)) for one, texts in spec.where.items()),
            frozenset((*spec.personal, *_columns(spec, "contact_name"))),
            frozenset((*_columns(spec, "phone"), *_columns(spec, "email"))),
            frozenset(column for one in spec.columns.values() for column in one.columns),
            {fold(value): code for value, code in spec.kinds.items() if code in KINDS},
            tuple(step for step, targets in _STEPS if not targets or asked.intersection(targets)),
        )
    return known


class _Draft:
    """An entry in the making. ``texts`` are the targets' texts as picked, freed of personal data."""

    def __init__(self, row: Row, plan: _Plan) -> None:
        self.row, self.plan, self.spec = row, plan, plan.spec
        self.fields: dict[str, Value] = {}
        self.dropped: Counter[str] = Counter()
        self.unread: set[str] = set()  # targets whose text couldn't become a value: it stays among the extras
        self.cells = row.cells
        if plan.hidden:
            self.cells = {column: text for column, text in row.cells.items() if column not in plan.hidden}
            for column in plan.hidden:
                if not mapping.says_nothing(text := row.cells.get(column, "")):
                    self.dropped[_person_data(text, plan.declared)] += 1
        self.texts = mapping.pick(self.cells, plan.spec)
        for target, text in list(self.texts.items()):
            if len(text) > _LONGEST and target != "description":
                self.unread.add(target)
                del self.texts[target]
            elif target not in _UNSCRUBBED:
                clean, counts = scrub(text, plan.declared)
                if counts:
                    self.dropped.update(counts)
                self.texts[target] = clean if target in _NAMING else privacy.unnamed(clean, self.dropped)

    def text(self, target: str) -> str:
        return self.texts.get(target, "")

    def value(self, name: str) -> Any:
        found = self.fields.get(name)
        return found.value if found else ""

    def put(self, name: str, value: Value | None, *targets: str) -> None:
        """Keep ``value``; where there is none, the texts it should have come from stay among the extras."""
        if value is not None:
            self.fields[name] = value
        else:
            self.unread.update(targets or (name,))

    def shifted(self) -> tuple[str, str] | None:
        """A (column, text) that shows that values slid into each other's columns: two of the places for numbers hold
        words without a digit."""
        odd = [
            (_columns(self.spec, target)[:1] or (target,), text)
            for target in ("lat", "lon", "postcode", "siret", "siren", "geo_score")
            if (text := self.text(target)) and not any(map(str.isdigit, text)) and sum(map(str.isalpha, text)) > 3
        ]
        return (odd[0][0][0], odd[0][1]) if len(odd) > 1 else None

    def external_id(self) -> str:
        """The list's own id, else one that depends on nothing but what identifies the place in the list."""
        given = self.text("id").strip()
        found = Counter(scrub(given)[1])
        privacy.unnamed(given, found)
        if given and not found:
            return given if len(given) <= MAX_ID else "~" + ids.digest(given)
        self.dropped.update(found)
        parts = [fold(self.text(one)) for one in ("name", "house_number", "street", "address", "postcode", "locality")]
        parts += [self.text(one) for one in ("lat", "lon", "coordinates")]
        return "~" + ids.digest(*parts, str(self.value("web")))

    def observed_on(self) -> str:
        """The row's own date of last check where it has a believable one, else the list's."""
        found, doubt = dates.read(self.text("checked_on"))
        listed = self.spec.observed_on
        if found and not doubt and (not listed or int(found[:4]) <= int(listed[:4]) + _AHEAD):
            return found
        if self.text("checked_on"):
            self.unread.add("checked_on")
        return listed

    def left_over(self) -> dict[str, str]:
        """What no field took: unmapped columns, and mapped ones that couldn't be read; without personal data."""
        used = self.plan.used
        fresh = {column: text for column, text in self.cells.items() if column not in used}
        kept = _cleaned(fresh, self.plan, self.dropped)
        if self.unread:
            again = {column for target in self.unread for column in _columns(self.spec, target)}
            unread = {column: self.cells[column] for column in again if column in self.cells}
            kept |= _cleaned(unread, self.plan, Counter())  # counted when it was read
        return dict(sorted(kept.items()))


def _country(draft: _Draft) -> None:
    given = draft.text("country")
    if given and (code := languages.country(given)):
        draft.put("country", Value(code, given))
    else:
        if given:
            draft.unread.add("country")
        if draft.plan.declared:
            draft.put("country", Value(draft.plan.declared))


def _town(draft: _Draft) -> None:
    for target in ("locality", "region"):
        if given := draft.text(target):
            draft.put(target, towns.locality(given) if target == "locality" else texts.read(given, calm=True))
    if given := draft.text("lau"):
        code = given.strip().upper().removesuffix(".0")
        if draft.value("country") == "FR" and len(code) == 4 and code.isdigit():
            draft.put("lau", Value(code.zfill(5), given, "PADDED"))
        else:
            draft.put("lau", Value(code, given) if code.isalnum() and 2 < len(code) < 13 else None)
    if given := draft.text("postcode"):
        code, repair, doubt = towns.postcode(given, draft.value("country"), draft.value("lau"))
        draft.put("postcode", Value(code, given, repair, doubt) if code else None)


def _address(draft: _Draft) -> None:
    country = draft.value("country")
    number, street = draft.text("house_number"), draft.text("street")
    given = draft.text("address")
    if street:
        line = (
            f"{street} {number}"
            if number and country in ("IT", "ES", "GR", "HR", "AD", "CY", "SM")
            else f"{number} {street}"
        )
        draft.put("address", addresses.read(line.strip(), country, number=number), "street", "house_number")
        if given:
            draft.unread.add("address")
        return
    if not given:
        if number:
            draft.unread.add("house_number")
        return
    line, code, town = towns.tail(encodings.tidy(given)[0], country)
    if code and "postcode" not in draft.fields:
        draft.put("postcode", Value(code, given, "FROM_ADDRESS"))
    if town and "locality" not in draft.fields and (found := towns.locality(town)):
        draft.put("locality", replace(found, given=given, repair="FROM_ADDRESS"))
    value = addresses.read(line if code else given, country)
    if value is not None:
        draft.put("address", replace(value, given=given))
    elif not code:
        draft.unread.add("address")


def _position(draft: _Draft) -> None:
    pair = None
    if draft.text("lat") and draft.text("lon"):
        lat, lon = coordinates.degrees(draft.text("lat")), coordinates.degrees(draft.text("lon"))
        pair = (lat, lon) if lat is not None and lon is not None else None
        given = f"{draft.text('lat')}, {draft.text('lon')}"
    if pair is None and draft.text("coordinates"):
        given = draft.text("coordinates")
        pair = coordinates.pair(given)
    if pair is None:
        draft.unread.update(one for one in ("lat", "lon", "coordinates", "geo_score") if draft.text(one))
        return
    score = coordinates.degrees(draft.text("geo_score"))
    if score is None or not 0 <= score <= 1:
        if draft.text("geo_score"):
            draft.unread.add("geo_score")
        score = None
    where = draft.value("address") or {}
    precision = ""
    if score is not None:
        precision = (
            "LOCALITY" if not where.get("street") else "ENTRANCE" if where.get("number") and score >= 0.8 else "STREET"
        )
    found = coordinates.place(*pair, draft.value("country"), vague=precision == "LOCALITY")
    if found is None:
        draft.unread.update(("lat", "lon", "coordinates"))
        return
    doubt = found.doubt or ("LOW_GEOCODER_SCORE" if score is not None and score < coordinates.LOW_SCORE else "")
    value = {"lat": round(found.lat, 7), "lon": round(found.lon, 7), "precision": precision, "score": score}
    draft.put("position", Value(value, given, found.repair, doubt))
    if "country" not in draft.fields and (code := borders.country_at(found.lat, found.lon)):
        draft.put("country", Value(code, "", "FROM_POSITION"))


def _web(draft: _Draft) -> None:
    pages: dict[str, None] = {}
    givens: list[str] = []
    emails: list[str] = []
    for target in ("web", "facebook", "twitter", "instagram", "socials"):
        given, mobiles = phones.without_mobiles(draft.text(target), draft.plan.declared)
        if mobiles:
            draft.dropped["mobile"] += mobiles
        if not given.strip():
            continue
        found = web.read(given, web.HANDLES.get(target, ""))
        emails += found.emails
        clean = scrub(given)[0] if found.emails else given
        if found.persons:
            draft.dropped["name"] += found.persons
            clean = ""
        if target == "web":
            draft.put("web", web.site(clean, found) if found.sites else None, *(["web"] if found.odd else ["-"]))
        elif found.sites and "web" not in draft.fields and not draft.text("web"):
            draft.put("web", Value(found.sites[0], clean, "MOVED"))
        if found.odd or (found.sites and target != "web"):
            draft.unread.add(target)
        if fresh := [page for page in found.socials if page]:
            pages |= dict.fromkeys(fresh)
            givens += [clean] if clean else []
    if pages:
        draft.put("socials", Value(list(pages), " | ".join(dict.fromkeys(givens))))
    _email(draft, emails)


def _email(draft: _Draft, elsewhere: list[str]) -> None:
    given = draft.text("email")
    own = privacy.emails(given)
    if given and not own:
        draft.dropped["name"] += 1  # whoever it is that one should ask for
    mine = own_domain(draft.value("web")) if draft.value("web") else ""
    known = (draft.value("name"), draft.text("name"), draft.value("locality") or "", mine.partition(".")[0])
    roles = [one for one in dict.fromkeys(own + elsewhere) if privacy.is_role(one, *known)]
    if persons := len(set(own + elsewhere)) - len(roles):
        draft.dropped["email"] += persons
    if roles:
        kept = roles[0]
        draft.put("email", Value(kept, kept, "" if kept in own else "MOVED"))


def _phone(draft: _Draft) -> None:
    given = draft.text("phone")
    if not given:
        return
    region = phones.region(draft.value("country"), draft.value("postcode") or "")
    kept, odd = [], []
    for part in phones.split(given) or [given]:
        number, mobile = phones.parse(part, region)
        spoken = any(map(str.isalpha, part))
        bare = _landlines(part, region) if spoken else ""
        if mobile or (not number and (phones.is_mobile(part, region) or phones.looks_mobile(part, region))):
            draft.dropped["mobile"] += 1
        elif number or bare:
            number = number or phones.parse(bare, region)[0]
            whom = {one for one in words(part) if one.isalpha()} - privacy.ROLES - _LINES if spoken else ()
            draft.dropped["name"] += bool(whom)
            kept.append((number, bare if whom and bare else part))
        elif sum(map(str.isdigit, part)) > 5 and not privacy.emails(part):
            odd.append(part)
        else:
            draft.dropped["name"] += spoken  # whoever it is that one should ask for
    if kept:
        draft.put("phone", Value(kept[0][0], " / ".join(part for _, part in kept)))
    elif odd and not phones.CANDIDATE.sub("", scrub(odd[0], region)[0]).strip(" +()./-"):
        draft.put("phone", Value(odd[0], odd[0], "", "INVALID_PHONE"))
    elif odd:
        draft.dropped["name"] += 1


def _official_ids(draft: _Draft) -> None:
    good: dict[tuple[str, str], str] = {}
    bad: dict[tuple[str, str], str] = {}
    country = draft.value("country")
    asked = [(target.upper(), draft.text(target)) for target in ("siret", "siren", "rna", "vat") if draft.text(target)]
    for one in texts.items(draft.text("official_ids"), commas=True):
        scheme, mark, number = one.partition(":")
        asked.append((scheme.strip().upper(), number) if mark and scheme.strip().isalpha() else ("VAT", one))
    for scheme, given in asked:
        if identifiers.personal(given):
            draft.dropped["person_id"] += 1
            continue
        scheme, number, holds = identifiers.read(given, scheme, country)
        if number and (holds or not scrub(given, country)[1]):
            (good if holds else bad).setdefault((scheme, number), given)
        else:
            draft.unread.add(scheme.lower())
            draft.dropped.update(scrub(given, country)[1])
    found, doubt = (good, "") if good else (bad, "BAD_CHECK_DIGIT")
    if found:
        value = [{"scheme": scheme, "value": number} for scheme, number in found]
        draft.put("official_ids", Value(value, " | ".join(found.values()), "", doubt))
    if good and bad:
        draft.unread.update(one for one in ("siret", "siren", "rna", "vat") if draft.text(one) in bad.values())
    if given := draft.text("wikidata"):
        number = given.strip().upper().rpartition("/")[2]
        ok = number[:1] == "Q" and number[1:].isascii() and number[1:].isdigit() and len(number) < 13
        draft.put("wikidata", Value(number, given) if ok else None)


def _hours(draft: _Draft) -> None:
    week = {day: encodings.tidy(draft.text(one))[0] for day, one in enumerate(_WEEK) if draft.text(one)}
    if given := draft.text("opening_hours"):
        found, doubt = hours.read(encodings.tidy(given)[0])
        if found:
            draft.put("opening_hours", Value(found, given, "", doubt))
            return
        draft.unread.add("opening_hours")
    if week:
        found, doubt, unread = hours.read_week(week)
        draft.unread.update(_WEEK[day] for day in unread)
        given = "\n".join(f"{hours.DAYS[day]}: {text}" for day, text in week.items())
        draft.put("opening_hours", Value(found, given, "", doubt) if found else None, *_WEEK)


def _kinds(draft: _Draft) -> None:
    found: dict[str, None] = {}
    if given := draft.text("kinds"):
        listed, clear = kinds.read(encodings.tidy(given)[0], draft.plan.crosswalk)
        found = dict.fromkeys(listed)
        if found:
            draft.put("kinds", Value(listed, given))
        if not clear:
            draft.unread.add("kinds")
    if main := draft.text("main_kind"):
        listed, _ = kinds.read(main, draft.plan.crosswalk)
        draft.put("main_kind", Value(listed[0], main) if listed else None)
        if listed and not found:
            draft.put("kinds", Value(listed, main))
    elif found:
        draft.put("main_kind", Value(next(iter(found)), draft.text("kinds")))
    elif listed := kinds.of_name(draft.value("name")):
        for field, value in (("kinds", listed), ("main_kind", listed[0])):
            draft.put(field, Value(value, draft.text("name"), "FROM_NAME"))


def _brand(draft: _Draft) -> None:
    if given := draft.text("brand"):
        draft.put("brand", texts.read(given))
    elif found := names.brand(draft.value("name")):
        draft.put("brand", Value(found, draft.text("name"), "FROM_NAME"))


def _coded(draft: _Draft) -> None:
    for name, read in _CODED.items():
        if given := draft.text(name):
            code = read(given)
            draft.put(name, Value(code, given) if code else None)
    for name in ("opened", "closed"):
        if given := draft.text(name):
            found, doubt = dates.read(given)
            draft.put(name, Value(found, given, "", doubt) if found else None)
    if given := draft.text("languages"):
        listed = languages.languages(given)
        draft.put("languages", Value(list(listed), given) if listed else None)


def _measured(draft: _Draft) -> None:
    for name, (least, most) in _LIMITS.items():
        if given := draft.text(name):
            number, doubt = codes.number(given)
            if number is not None and not least <= number <= most:
                doubt = "IMPLAUSIBLE"
            draft.put(name, Value(number, given, "", doubt) if number is not None else None)
    for name in ("price_day", "price_month"):
        if given := draft.text(name):
            price, doubt = codes.price(given, draft.value("country"))
            draft.put(name, Value(price, given, "", doubt) if price else None)


def _told(draft: _Draft) -> None:
    if given := draft.text("other_names"):
        value = texts.read_list(given)
        others = [one for one in value.value if fold(one) != fold(draft.value("name"))] if value else []
        if value and others:
            draft.put("other_names", replace(value, value=others))
    for name, commas in _LISTS.items():
        if given := draft.text(name):
            draft.put(name, texts.read_list(given, commas=commas))
    if given := draft.text("operator"):
        draft.put("operator", texts.read(given, calm=True))
    if given := draft.text("description"):
        draft.put("description", texts.read(given, multiline=True))


#: In order (the country tells how to read the rest, the address how precise a position is), with the targets each
#: step reads: a source that maps none of them is spared it. No targets: always.
_STEPS: tuple[tuple[Callable[[_Draft], None], tuple[str, ...]], ...] = (
    (_country, ()),
    (_town, ("locality", "region", "lau", "postcode")),
    (_address, ("address", "street", "house_number")),
    (_position, ("lat", "lon", "coordinates")),
    (_web, ("web", "facebook", "twitter", "instagram", "socials", "email")),
    (_phone, ("phone",)),
    (_official_ids, ("siret", "siren", "rna", "vat", "official_ids", "wikidata")),
    (_hours, ("opening_hours", *_WEEK)),
    (_kinds, ()),
    (_brand, ()),
    (_coded, (*_CODED, "opened", "closed", "languages")),
    (_measured, (*_LIMITS, "price_day", "price_month")),
    (_told, (*_LISTS, "other_names", "operator", "description")),
)
