"""What a connector already knows of a format everybody writes alike: its columns, its kinds, its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coworkmed.kernel.i18n import LANGUAGES

from ..spec import Pick


@dataclass(frozen=True, slots=True)
class Builtin:
    """The mapping a catalogue entry gets for nothing, and may override key by key."""

    columns: Mapping[str, Pick] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def _first(*columns: str) -> Pick:
    return Pick(columns)


_POSITION = {"lat": _first("lat"), "lon": _first("lon")}

#: OpenStreetMap: https://wiki.openstreetmap.org/wiki/Tag:office=coworking and the keys it lists.
OSM = Builtin(
    columns={
        "id": _first("id"),
        "name": _first("name", *(f"name:{code}" for code in LANGUAGES), "official_name", "brand"),
        "other_names": Pick(
            ("alt_name", "official_name", "short_name", "old_name", *(f"name:{code}" for code in LANGUAGES)), " | "
        ),
        "brand": _first("brand"),
        "operator": _first("operator"),
        "status": _first("lifecycle"),
        "kinds": _first("kind"),
        "house_number": _first("addr:housenumber", "contact:housenumber"),
        "street": _first("addr:street", "contact:street", "addr:place"),
        "postcode": _first("addr:postcode", "contact:postcode"),
        "locality": _first("addr:city", "contact:city", "addr:town", "addr:village"),
        "country": _first("addr:country"),
        "web": _first("website", "contact:website", "url"),
        "email": _first("email", "contact:email"),
        "phone": _first("phone", "contact:phone"),
        "facebook": _first("contact:facebook", "facebook"),
        "twitter": _first("contact:twitter", "twitter"),
        "instagram": _first("contact:instagram", "instagram"),
        "opening_hours": _first("opening_hours"),
        "seen_on": _first("check_date", "survey:date"),
        "opened": _first("start_date", "opening_date"),
        "siret": _first("ref:FR:SIRET"),
        "siren": _first("ref:FR:SIREN"),
        "rna": _first("ref:FR:RNA"),
        "vat": _first("ref:vatin"),
        "wikidata": _first("wikidata"),
        "wheelchair": _first("wheelchair"),
        "internet": _first("internet_access"),
        "description": _first("description"),
        **_POSITION,
    },
    kinds={
        "office=coworking": "COWORK",
        "amenity=coworking_space": "COWORK",
        "leisure=hackerspace": "FAB",
        "amenity=library": "LIBRARY_CAFE",
        "amenity=cafe": "LIBRARY_CAFE",
        "amenity=arts_centre": "CULTURE",
        "amenity=community_centre": "MIXED",
        "amenity=social_centre": "MIXED",
    },
)

#: The French schema of places of digital mediation: https://schema.data.gouv.fr/LaMednum/standard-mediation-num
MEDNUM = Builtin(
    columns={
        "id": _first("id"),
        "name": _first("nom"),
        "kinds": _first("typologie"),
        "siret": _first("pivot.siret", "siret"),
        "rna": _first("pivot.rna"),
        "address": _first("adresse"),
        "postcode": _first("code_postal"),
        "locality": _first("commune"),
        "lau": _first("code_insee"),
        "lat": _first("latitude"),
        "lon": _first("longitude"),
        "phone": _first("telephone"),
        "email": _first("courriels", "courriel"),
        "web": _first("site_web"),
        "opening_hours": _first("horaires"),
        "operator": _first("structure_parente"),
        "description": _first("presentation_resume", "presentation_detail"),
        "checked_on": _first("date_maj"),
        "services": _first("services"),
        "public": _first("publics_specifiquement_adresses", "publics_accueillis"),
        "labels": Pick(
            ("dispositif_programmes_nationaux", "formations_labels", "autres_formations_labels", "labels_nationaux"),
            " | ",
        ),
    },
    kinds={"TIERS_LIEUX": "MIXED", "FABLAB": "FAB", "BIB": "LIBRARY_CAFE"},
    defaults={"country": "FR"},
)

#: SpaceAPI 13 to 15: https://spaceapi.io/docs/
SPACEAPI = Builtin(
    columns={
        "id": _first("space"),
        "name": _first("space"),
        "kinds": _first("kind"),
        "web": _first("url"),
        "address": _first("location.address", "address"),
        "country": _first("location.country_code"),
        "lat": _first("location.lat", "lat"),
        "lon": _first("location.lon", "lon"),
        "email": _first("contact.email"),
        "phone": _first("contact.phone"),
        "facebook": _first("contact.facebook"),
        "twitter": _first("contact.twitter"),
        "instagram": _first("contact.instagram"),
        "stirred_on": _first("state.lastchange"),
        "price_day": _first("price_day"),
        "price_month": _first("price_month"),
    },
    kinds={"hackerspace": "FAB"},
    defaults={"kinds": "hackerspace"},
)

BUILTIN: Mapping[str, Builtin] = {
    "osm": OSM,
    "mednum": MEDNUM,
    "spaceapi": SPACEAPI,
    "geojson": Builtin(columns=_POSITION),
    "geopackage": Builtin(columns=_POSITION),
}
