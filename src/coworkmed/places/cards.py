"""A place on the cards that other programs read: schema.org's JSON-LD and vCard 4.0 (RFC 6350).

Pure functions over the settled values; nothing here reads or writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coworkmed.kernel.licences import LICENCES

from .hours import Week, together

SCHEMA = "https://schema.org"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Who runs it not for profit: then it is no `LocalBusiness`.
_NOT_A_BUSINESS = frozenset(
    "ASSOC COOP_WORKER COOP_MULTI COOP_OTHER PUBLIC_LOCAL PUBLIC_GROUP UNIVERSITY SCHOOL FOUNDATION INFORMAL".split()
)
#: schema.org has no word for these kinds; OpenStreetMap's tag says it.
_KINDS = {
    "COWORK": "https://wiki.openstreetmap.org/wiki/Tag:amenity=coworking_space",
    "FAB": "https://wiki.openstreetmap.org/wiki/Tag:leisure=hackerspace",
}
_AMENITIES = {"wheelchair": "wheelchair", "internet": "internet_access"}


@dataclass(frozen=True, slots=True)
class Origin:
    """A list that speaks of the place, as it wants to be named."""

    title: str
    licence: str
    homepage: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What the cards say. ``values`` are settled values by field; ``address`` is its permanent address with us;
    ``week`` is there only where one ordinary week tells the opening hours."""

    public_id: str
    name: str
    status: str
    address: str
    values: Mapping[str, Any]
    modified: datetime
    origins: Sequence[Origin] = ()
    week: Week | None = None
    zone: str = ""


def json_ld(card: Card) -> dict[str, Any]:
    """The place as a schema.org object, empty properties left out."""
    values = card.values
    address, position = _mapping(values.get("address")), _mapping(values.get("position"))
    closed = card.status in ("CLOSED", "NOT_A_MATCH")
    said = {
        "@context": SCHEMA,
        "@type": _types(values),
        "@id": card.address,
        "url": card.address,
        "additionalType": [_KINDS[kind] for kind in values.get("kinds", ()) if kind in _KINDS],
        "identifier": [_identifier("CoWorkMed", card.public_id)]
        + [_identifier(one["scheme"], one["value"]) for one in values.get("official_ids", ()) if "scheme" in one],
        "name": card.name,
        "alternateName": values.get("other_names"),
        "description": values.get("description"),
        "address": _typed(
            "PostalAddress",
            streetAddress=_line(address),
            postalCode=values.get("postcode"),
            addressLocality=values.get("locality"),
            addressRegion=values.get("region"),
            addressCountry=values.get("country"),
        ),
        "geo": _typed("GeoCoordinates", latitude=position.get("lat"), longitude=position.get("lon")),
        "telephone": values.get("phone"),
        "email": values.get("email"),
        "sameAs": [*web([values.get("web")]), *web(values.get("socials", ())), *_wikidata(values.get("wikidata"))],
        "openingHoursSpecification": [] if closed or card.week is None else _week(card.week),
        "amenityFeature": list(_amenities(values)),
        "knowsLanguage": values.get("languages"),
        "priceRange": _price(values),
        "parentOrganization": _typed("Organization", name=values.get("operator")),
        "memberOf": [_typed("Organization", name=name) for name in values.get("networks", ())],
        "foundingDate": values.get("opened"),
        "dissolutionDate": values.get("closed"),
        "isBasedOn": [_origin(one) for one in card.origins],
    }
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def vcard(card: Card) -> str:
    """The place as a vCard of an organisation, lines folded and ended as the standard asks."""
    values = card.values
    address, position = _mapping(values.get("address")), _mapping(values.get("position"))
    parts = ("", "", _line(address), values.get("locality"), values.get("region"), values.get("postcode"))
    where = ";".join(_escaped(part) for part in (*parts, values.get("country")))
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "PRODID:-//CoWorkMed//EN",
        "KIND:org",
        f"UID:{card.address}",
        f"SOURCE:{card.address}",
        f"REV:{card.modified:%Y%m%dT%H%M%SZ}",
        f"FN:{_escaped(card.name)}",
        f"ORG:{_escaped(values.get('operator') or card.name)}",
        *(f"NICKNAME:{_escaped(name)}" for name in values.get("other_names", ())),
        f"ADR:{where}" if where.strip(";") else "",
        f"GEO:geo:{position['lat']},{position['lon']}" if {"lat", "lon"} <= position.keys() else "",
        f"TZ:{card.zone}" if card.zone else "",
        f"TEL;VALUE=uri:tel:{_uri(values['phone'])}" if values.get("phone") else "",
        f"EMAIL:{_escaped(values['email'])}" if values.get("email") else "",
        *(f"URL:{_uri(one)}" for one in web([values.get("web"), *values.get("socials", ())])),
        *(f"LANG:{_escaped(code)}" for code in values.get("languages", ())),
        f"NOTE:{_escaped(_credit(card.origins))}" if card.origins else "",
        "END:VCARD",
    ]
    return "".join(_folded(line) for line in lines if line)


def _types(values: Mapping[str, Any]) -> list[str]:
    common = values.get("legal_form") in _NOT_A_BUSINESS or values.get("sector") in ("PUBLIC", "ASSOCIATIVE")
    return ["Organization", "Place"] if common else ["LocalBusiness"]


def _typed(kind: str, **properties: Any) -> dict[str, Any]:
    """An object of schema.org; {} where nothing is known of it."""
    known = {name: value for name, value in properties.items() if value not in (None, "")}
    return {"@type": kind, **known} if known else {}


def _identifier(scheme: Any, value: Any) -> dict[str, Any]:
    return _typed("PropertyValue", propertyID=scheme, value=value)


def _week(week: Week) -> list[dict[str, Any]]:
    """Openings that are sure, two a day as two entries; a night closes on a clock that reads less than it opened."""
    return [
        _typed(
            "OpeningHoursSpecification",
            dayOfWeek=[f"{SCHEMA}/{_DAYS[day]}" for day in range(first, last + 1)],
            opens=_clock(span.opens),
            closes="23:59" if span.closes == 1440 else _clock(span.closes),
        )
        for first, last, spans in together(week)
        for span in spans
        if not span.perhaps
    ]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _amenities(values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for field, name in _AMENITIES.items():
        if values.get(field) in ("yes", "no", "limited"):
            value = {"yes": True, "no": False}.get(values[field], values[field])
            yield _typed("LocationFeatureSpecification", name=name, value=value)
    for text in (*values.get("equipment", ()), *values.get("services", ())):
        yield _typed("LocationFeatureSpecification", name=text, value=True)


def _price(values: Mapping[str, Any]) -> str:
    price = _mapping(values.get("price_day"))
    return f"{price['amount']:g} {price['currency']}" if {"amount", "currency"} <= price.keys() else ""


def _origin(one: Origin) -> dict[str, Any]:
    licence = LICENCES.get(one.licence)
    return _typed("Dataset", name=one.title, url=one.homepage, license=licence.url if licence else one.licence)


def _credit(origins: Sequence[Origin]) -> str:
    return "; ".join(f"{one.title} ({one.licence})" if one.licence else one.title for one in origins)


def web(addresses: Iterable[Any]) -> list[str]:
    """Those of the texts that are addresses of the web."""
    return [str(one) for one in addresses if str(one).startswith(("http://", "https://"))]


def _wikidata(code: Any) -> list[str]:
    return [f"https://www.wikidata.org/entity/{code}"] if code else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _line(address: Mapping[str, Any]) -> str:
    return str(
        address.get("line") or " ".join(str(address[name]) for name in ("number", "street") if address.get(name))
    )


def _escaped(text: Any) -> str:
    """A text value of a vCard: what has a meaning there is marked, line ends are written out."""
    found = "\n".join(str(text or "").splitlines())
    for mark in "\\,;":
        found = found.replace(mark, f"\\{mark}")
    return found.replace("\n", "\\n")


def _uri(text: Any) -> str:
    """An address as it stands; whoever hides a line end in it gets no second property."""
    return "".join(str(text).split())


def _folded(line: str) -> str:
    """``line`` cut every 75 octets, never inside a character, ended by CR LF."""
    rows, row = [], ""
    for sign in line:
        if len(row.encode()) + len(sign.encode()) > 75:
            rows.append(row)
            row = " "
        row += sign
    return "\r\n".join([*rows, row]) + "\r\n"
