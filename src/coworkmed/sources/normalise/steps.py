"""The steps from a draft's texts to its fields: a function a subject, in the order in which they lean on each other."""

from collections.abc import Callable
from dataclasses import replace

from coworkmed.kernel.fold import fold, words
from coworkmed.kernel.values import Value
from coworkmed.kernel.web_addresses import own_domain
from coworkmed.platform import borders

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
from .draft import Draft, landlines
from .privacy import scrub

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
_LINES = frozenset("tel telephone phone fixe standard fax poste interne ext til telefono telefon tilefono n no".split())
_LIMITS = {"surface_built_m2": (1, 200_000), "desks": (1, 5_000), "members_now": (0, 20_000)}


def _country(draft: Draft) -> None:
    given = draft.text("country")
    if given and (code := languages.country(given)):
        draft.put("country", Value(code, given))
    else:
        if given:
            draft.unread.add("country")
        if draft.plan.declared:
            draft.put("country", Value(draft.plan.declared))


def _town(draft: Draft) -> None:
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


def _address(draft: Draft) -> None:
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


def _position(draft: Draft) -> None:
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


def _web(draft: Draft) -> None:
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


def _email(draft: Draft, elsewhere: list[str]) -> None:
    given = draft.text("email")
    if not (given or elsewhere):
        return
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


def _phone(draft: Draft) -> None:
    given = draft.text("phone")
    if not given:
        return
    region = phones.region(draft.value("country"), draft.value("postcode") or "")
    kept, odd = [], []
    for part in phones.split(given) or [given]:
        number, mobile = phones.parse(part, region)
        spoken = any(map(str.isalpha, part))
        bare = landlines(part, region) if spoken else ""
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


def _official_ids(draft: Draft) -> None:
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
        checked = holds and not (scheme == "VAT" and number.isdigit())  # bare digits of no country: no rule to hold
        if number and (checked or not scrub(given, country)[1]):
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


def _hours(draft: Draft) -> None:
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


def _kinds(draft: Draft) -> None:
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


def _brand(draft: Draft) -> None:
    if given := draft.text("brand"):
        draft.put("brand", texts.read(given))
    elif found := names.brand(draft.value("name")):
        draft.put("brand", Value(found, draft.text("name"), "FROM_NAME"))


def _coded(draft: Draft) -> None:
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


def _measured(draft: Draft) -> None:
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


def _told(draft: Draft) -> None:
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
STEPS: tuple[tuple[Callable[[Draft], None], tuple[str, ...]], ...] = (
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
