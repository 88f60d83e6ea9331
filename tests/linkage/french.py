"""The French lists as records, by a light adapter of their own: what is measured is the matching, not the import."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from coworkmed.kernel.web_addresses import canonical, own_domain
from coworkmed.linkage.pairs import split_address, telephone
from coworkmed.linkage.records import Record

DATA = Path(__file__).resolve().parents[3] / "shared/data"
#: Our key → (file, column of the list's own id)
LISTS = {
    "fr-cget-2019": ("fr-tiers-lieux-cget-2019/tiers_lieux.csv", "ID"),
    "fr-region-sud-2022": ("fr-region-sud-lieux-numeriques-2022/lieux.csv", "row_id"),
    "fr-aura-2022": ("fr-auvergne-rhone-alpes-lieux-numeriques-2022/lieux.csv", "row_id"),
    "fr-cvl-2020": ("fr-centre-val-de-loire-lieux-numeriques-2020/lieux.csv", "gid"),
    "fr-osm-coworking-2026": ("fr-osm-third-places-2026/coworking.csv", "osm_id"),
}
#: Our field → the columns of any list that may hold it, the first filled one wins.
COLUMNS = {
    "name": ("NOM_TL", "nom", "c_nom", "name"),
    "address": ("ADRESSE", "adresse", "c_adresse"),
    "number": ("adresse_numero", "addr:housenumber", "contact:housenumber"),
    "street": ("adresse_rue", "addr:street", "contact:street"),
    "postcode": ("CP", "adresse_code_postal", "code_postal", "c_postcode", "addr:postcode", "contact:postcode"),
    "locality": ("COMINIT", "adresse_commune", "commune", "c_city", "addr:city", "contact:city"),
    "lat": ("LAT", "latitude", "c_lat_coor1", "lat"),
    "lon": ("LONG", "longitude", "c_long_coor1", "lon"),
    "web": ("WEB", "contact_web", "site_web", "c_site_web", "website", "contact:website"),
    "phone": ("contact_telephone", "c_telephone", "phone", "contact:phone"),
    "siret": ("ref:FR:SIRET",),
    "siren": ("c_siren_site",),
    "brand": ("brand",),
    "operator": ("operator",),
    "score": ("PRECISION",),
}
SOCIAL = ("FACEBOOK", "TWITTER", "contact_facebook", "contact_twitter")
OTHER_NAMES = ("alt_name", "old_name", "official_name", "short_name")


def present() -> bool:
    return all((DATA / file).exists() for file, _ in LISTS.values())


def records() -> Iterator[Record]:
    """Third places of the five lists (all 1,512 of the census, the flagged rows of the regional lists, OSM's 212)."""
    for source, (file, identifier) in LISTS.items():
        with (DATA / file).open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                if row.get("is_third_place", "True") == "True":
                    yield _record(source, row, row[identifier])


def _record(source: str, row: dict[str, str], identifier: str) -> Record:
    def get(field: str) -> str:
        return next((row[column].strip() for column in COLUMNS[field] if row.get(column, "").strip()), "")

    number, street, unit = split_address(re.sub(r"\s*\n\s*", ", ", get("address")))
    urls = [url for text in (get("web"), *(row.get(column, "") for column in SOCIAL)) if (url := canonical(text))]
    siret, siren = re.sub(r"\D", "", get("siret")), re.sub(r"\D", "", get("siren"))
    vague = get("score") and float(get("score")) < 0.7
    return Record(
        key=(source, identifier),
        name=get("name"),
        other_names=tuple(row[column] for column in OTHER_NAMES if row.get(column)),
        brand=get("brand"),
        operator=get("operator"),
        country="FR",
        locality=get("locality"),
        postcode=get("postcode"),
        street=get("street") or street,
        number=get("number") or number,
        unit=unit,
        lat=float(get("lat")) if get("lat") else None,
        lon=float(get("lon")) if get("lon") else None,
        radius_m=3_000.0 if vague else 30.0 if source.startswith("fr-osm") else 150.0,
        domains=tuple(dict.fromkeys(domain for url in urls if (domain := own_domain(url)))),
        phones=tuple(filter(None, [telephone(get("phone"), "FR")])),
        urls=tuple(urls),
        ids=tuple(
            f"{scheme}:{value}" for scheme, value in (("SIRET", siret), ("SIREN", siren)) if len(value) in (9, 14)
        ),
    )
