"""An entry's fields in the form the matching engine compares."""

from collections.abc import Mapping
from typing import Any

from coworkmed.kernel import web_addresses
from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Key, Record

#: How far off a position may be, in metres, by its stated precision.
RADIUS_M = {"ENTRANCE": 30.0, "STREET": 150.0, "LOCALITY": 3000.0, "": 150.0}


def record(key: Key, fields: Mapping[str, Value]) -> Record:
    """The engine's record of an entry. A doubted value is left out: it may not speak for or against."""
    sure = {name: value.value for name, value in fields.items() if not value.doubt}
    return _record(key, fields["name"].value if "name" in fields else "", sure)


def stored(key: Key, fields: Mapping[str, Mapping[str, Any]]) -> Record:
    """The same of fields as they are stored (`Value.as_json`)."""
    sure = {name: value["value"] for name, value in fields.items() if not value.get("doubt")}
    return _record(key, fields["name"]["value"] if "name" in fields else "", sure)


def _record(key: Key, name: str, sure: Mapping[str, Any]) -> Record:
    address, position = sure.get("address", {}), sure.get("position", {})
    web = sure.get("web", "")
    domain = web_addresses.own_domain(web) if web else ""
    ids = [f"{one['scheme']}:{one['value']}" for one in sure.get("official_ids", ())]
    if "wikidata" in sure:
        ids.append(f"WIKIDATA:{sure['wikidata']}")
    return Record(
        key=key,
        name=name,
        other_names=tuple(sure.get("other_names", ())),
        brand=sure.get("brand", ""),
        operator=sure.get("operator", ""),
        kinds=tuple(sure.get("kinds", ())),
        country=sure.get("country", ""),
        locality=sure.get("locality", ""),
        postcode=sure.get("postcode", ""),
        street=address.get("street", ""),
        number=address.get("number", ""),
        unit=address.get("unit", ""),
        lat=position.get("lat"),
        lon=position.get("lon"),
        radius_m=RADIUS_M[position.get("precision", "")],
        domains=(domain,) if domain else (),
        phones=(sure["phone"],) if "phone" in sure else (),
        urls=tuple(filter(None, (web, *sure.get("socials", ())))),
        ids=tuple(ids),
        opened=sure.get("opened", ""),
        closed=sure.get("closed", ""),
    )
