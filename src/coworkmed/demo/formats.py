"""The three lists as files: the columns each keeper invented, and how they write a date, a number or a kind."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

from .houses import HOURS, House
from .listing import Heard

FEDERATION, MAP, GUIDE = "demo-federation", "demo-map", "demo-guide"

Cells = dict[str, Any]

_FEDERATION_KINDS = {
    "COWORK": "Espace de coworking",
    "FAB": "Atelier de fabrication",
    "CULTURE": "Lieu culturel",
    "LIBRARY_CAFE": "Café ou médiathèque",
    "INCUBATOR": "Pépinière d'entreprises",
    "CRAFT": "Ateliers d'artisans",
    "SMART_WORK_CENTRE": "Télécentre",
}
_MAP_TAGS = {
    "COWORK": ("office", "coworking"),
    "FAB": ("leisure", "hackerspace"),
    "CULTURE": ("amenity", "arts_centre"),
    "LIBRARY_CAFE": ("amenity", "cafe"),
    "INCUBATOR": ("office", "incubator"),
    "CRAFT": ("craft", "yes"),
    "SMART_WORK_CENTRE": ("office", "telework"),
}
_GUIDE_KINDS = {
    "COWORK": "coworking",
    "FAB": "makerspace",
    "CULTURE": "art space",
    "LIBRARY_CAFE": "laptop café",
    "INCUBATOR": "start-up hub",
    "CRAFT": "shared workshop",
    "SMART_WORK_CENTRE": "telework hub",
}
_REMARKS = (
    "Accueil le mardi, visite sur demande.",
    "Ancienne huilerie rénovée ; jardin partagé.",
    "Salle de réunion ouverte aux associations.",
    "Fermé en août.",
)
_ROLE = {"fr": "bonjour", "ca": "hola", "it": "info", "el": "info", "hr": "info"}


def federation(rng: Random, number: int, house: House, heard: Heard) -> Cells:
    """A row of the federation's table: decimal commas, dates in whatever form the clerk of the day used."""
    street, first = heard.street, house.territory.number_first
    checked = date(2022, 6, 1) + timedelta(days=rng.randrange(520))
    return {
        "N°": f"FED-{number:04d}",
        "Nom": heard.name,
        "Type": _FEDERATION_KINDS[house.kind],
        "Adresse": f"{heard.number} {street}".strip() if first else f"{street}, {heard.number}".strip(", "),
        "Code postal": heard.postcode,
        "Commune": heard.town,
        "Région": house.town.region,
        "Pays": house.town.country,
        "Latitude": f"{heard.lat:.6f}".replace(".", ","),
        "Longitude": f"{heard.lon:.6f}".replace(".", ","),
        "Score": f"{rng.uniform(0.72, 0.99):.2f}".replace(".", ","),
        "Téléphone": _spaced(heard.phone, rng),
        "Courriel": f"{_ROLE[house.territory.language]}@{_domain(house)}" if heard.web and rng.random() < 0.5 else "",
        "Contact": "",
        "Site": heard.web if rng.random() < 0.7 else heard.web.removeprefix("https://").rstrip("/"),
        "SIRET": house.siret if rng.random() < 0.7 else "",
        "Ouverture": str(house.opened) if rng.random() < 0.7 else "",
        "Vérifié le": checked.strftime(rng.choice(("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y 14:05:00"))),
        "Horaires": HOURS[house.hours][0] if rng.random() < 0.5 else "",
        "État": "ouvert",
        "Postes": str(house.desks) if rng.random() < 0.6 else "",
        "Remarques": rng.choice(_REMARKS) if rng.random() < 0.2 else "",
    }


def community_map(rng: Random, number: int, house: House, heard: Heard) -> Cells:
    """A feature of the community's map: keys and values in the manner of OpenStreetMap."""
    key, value = _MAP_TAGS[house.kind]
    tags = {
        "@id": f"node/{9_000_000_000 + number * 17}",
        "name": heard.name,
        key: value,
        "addr:street": heard.street,
        "addr:housenumber": heard.number,
        "addr:postcode": heard.postcode,
        "addr:city": heard.town,
        "addr:country": house.town.country,
        "phone": heard.phone and f"{_calling(heard.phone)} {heard.phone.removeprefix(_calling(heard.phone))}",
        "website": heard.web,
        "old_name": house.former_name.own if house.former_name and house.group == "renamed openly" else "",
        "brand": house.brand,
        "opening_hours": HOURS[house.hours][1] if rng.random() < 0.45 else "",
        "start_date": str(house.opened) if rng.random() < 0.2 else "",
        "wheelchair": rng.choice(("yes", "limited", "no", "", "")),
        "internet_access": rng.choice(("wlan", "yes", "")),
        "check_date": (date(2025, 9, 1) + timedelta(days=rng.randrange(400))).isoformat() if rng.random() < 0.6 else "",
        "lifecycle": "disused" if house.status == "CLOSED" else "",
    }
    return {"lat": heard.lat, "lon": heard.lon} | {name: text for name, text in tags.items() if text}


def guide(rng: Random, number: int, house: House, heard: Heard) -> Cells:
    """An entry of the travel guide: nested, in English, with prices."""
    street = (heard.number, heard.street) if house.territory.number_first else (heard.street, heard.number)
    return {
        "ref": f"g{number:04d}",
        "title": heard.name,
        "type": _GUIDE_KINDS[house.kind],
        "where": {
            "street": " ".join(part for part in street if part),
            "city": heard.town,
            "country": house.town.country,
            "lat": round(heard.lat, 5),
            "lng": round(heard.lon, 5),
        },
        "contact": {"tel": heard.phone.replace("+", "00", 1), "url": heard.web},
        "hours": HOURS[house.hours][2] if rng.random() < 0.4 else "",
        "day_pass": f"{rng.randrange(8, 28)} EUR" if house.kind == "COWORK" and rng.random() < 0.7 else "",
        "languages": [house.territory.language, "en"],
        "verified": (date(2025, 1, 6) + timedelta(days=rng.randrange(110))).isoformat(),
    }


def federation_text(rows: Iterable[Cells | str]) -> str:
    """The table as text; a row that is text already goes in as it stands."""
    out = io.StringIO()
    out.write("\ufeff")
    writer: Any = None
    for row in rows:
        if isinstance(row, str):
            out.write(row + "\r\n")
            continue
        if writer is None:
            writer = csv.DictWriter(out, list(row), delimiter=";", lineterminator="\r\n")
            writer.writeheader()
        writer.writerow(row)
    return out.getvalue()


def map_text(features: Iterable[Cells]) -> str:
    """The map as GeoJSON (RFC 7946): longitude first."""
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [cells["lon"], cells["lat"]]},
                "properties": {name: value for name, value in cells.items() if name not in ("lat", "lon")},
            }
            for cells in features
        ],
    }
    return json.dumps(collection, ensure_ascii=False, indent=1) + "\n"


def guide_text(places: Iterable[Cells]) -> str:
    """The guide as JSON, its places under ``guide.places``."""
    notice = "Fiction. None of these places exists."
    return json.dumps({"notice": notice, "guide": {"places": list(places)}}, ensure_ascii=False, indent=1) + "\n"


def _spaced(phone: str, rng: Random) -> str:
    """A number in E.164 as people type it: international in pairs, or national where it begins with 33."""
    if phone.startswith("+33") and rng.random() < 0.6:
        national = "0" + phone[3:]
        return rng.choice((" ", ".")).join(national[at : at + 2] for at in range(0, 10, 2))
    code = _calling(phone)
    return phone and f"{code} {phone[len(code) : len(code) + 2]} {phone[len(code) + 2 :]}"


def _calling(phone: str) -> str:
    return phone[:4] if phone.startswith("+385") else phone[:3]


def _domain(house: House) -> str:
    return house.web.removeprefix("https://").partition("/")[0]
