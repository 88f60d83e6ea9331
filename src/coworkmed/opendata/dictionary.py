"""The data dictionary: what each column of the table of places holds, for people and for programs (Frictionless)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.i18n import LANGUAGES, N_
from coworkmed.kernel.licences import LICENCES
from coworkmed.places import rules, words

from . import tables
from .feeds import Origins

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
#: Column → its title and what it holds, where the dictionary of fields does not say it all.
_ABOUT: Mapping[str, tuple[str, str]] = {
    "place_id": (N_("Identifier"), N_("Twelve letters and digits that are never used for another place.")),
    "status": (N_("Status"), N_("How the place stands, from all that vouches for it.")),
    "freshness": (N_("Freshness"), N_("How sure it is that the place is still there.")),
    "region_code": (N_("Region code"), N_("Code of the region (ISO 3166-2), by the gazetteer.")),
    "town_code": (N_("Town code"), N_("Number of the town in GeoNames, by the gazetteer.")),
    "lat": (N_("Latitude"), N_("Degrees north on WGS 84.")),
    "lon": (N_("Longitude"), N_("Degrees east on WGS 84.")),
    "position_precision": (N_("Precision of the position"), N_("How exactly the position is known.")),
    "price_day_currency": (N_("Currency of the price per day"), N_("Code of three letters (ISO 4217).")),
    "price_month_currency": (N_("Currency of the price per month"), N_("Code of three letters (ISO 4217).")),
    "confirmed_on": (
        N_("Newest evidence"),
        N_("Date of the newest evidence that the place exists, as far as it is known: a year, a month or a day."),
    ),
    "confirmed_by": (N_("Given by"), N_("Role of who gave that evidence.")),
    "sources": (N_("Sources"), N_("Keys of the lists that speak of the place.")),
    "licences": (N_("Licences"), N_("Codes of the licences under which the values shown stand.")),
    "attributions": (N_("Attributions"), N_("How the sources are to be named.")),
}
_FORMS: Mapping[str, str] = {
    "texts": N_("Several texts."),
    "code": N_("One of the codes below."),
    "codes": N_("Some of the codes below."),
    "date": N_("A date as far as it is known: a year, a month or a day."),
    "url": N_("A web address."),
    "urls": N_("Several web addresses."),
    "phone": N_("An international telephone number (E.164)."),
    "email": N_("An address of the place, never of a person."),
    "address": N_("The address in one line."),
    "ids": N_("Numbers in official registers, each as REGISTER:number."),
    "hours": N_("Opening hours as OpenStreetMap writes them."),
    "languages": N_("Codes of languages (ISO 639-1)."),
    "number": N_("A number."),
    "flag": N_("Yes, no or partly."),
    "price": N_("An amount of money."),
    "country": N_("Code of the country (ISO 3166-1, two letters)."),
    "text": N_("A text."),
}
_CODES: Mapping[str, Mapping[str, str]] = words.CODES | {
    "freshness": rules.FRESHNESS,
    "position_precision": words.PRECISION,
    "confirmed_by": words.ROLE,
}
_PARTIAL_DATE = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


@dataclass(frozen=True, slots=True)
class Column:
    """``title``, ``about`` and the labels of ``codes`` are in English, marked for translation; ``several`` values stand
    in one cell; ``months`` after how long the fact is asked again, None where it is not a fact of the place."""

    name: str
    title: str
    about: str
    type: str
    several: bool
    codes: Mapping[str, str]
    months: int | None


def columns() -> list[Column]:
    """Every column of the table of places, in its order."""
    every = [*((one.name, one.type) for one in tables.PLACES), ("attributions", "VARCHAR[]")]
    return [_column(name, kind) for name, kind in every]


def _column(name: str, kind: str) -> Column:
    field = FIELDS.get(name)
    title, about = _ABOUT.get(name) or _said(FIELDS[name])
    return Column(
        name,
        title,
        about,
        "number" if kind == "DOUBLE" else "string",
        kind == "VARCHAR[]",
        _CODES.get(name, {}),
        field.months if field else None,
    )


def _said(field: Field) -> tuple[str, str]:
    return field.label, _FORMS[field.form]


def package(site: str, origins: Origins, resource: str) -> dict[str, Any]:
    """A Data Package (version 2) of the table of places, whose CSV file is at ``resource``."""
    terms = origins.terms
    licences = [terms.licence] if terms.licence else terms.licences
    return {
        "$schema": PROFILE,
        "name": "coworkmed-places",
        "title": "Coworking spaces and third places around the Mediterranean",
        "homepage": f"{site}/",
        "description": terms.as_json()["sentence"],
        "licenses": [
            {"name": code, "path": LICENCES[code].url, "title": LICENCES[code].title}
            for code in licences
            if code in LICENCES
        ],
        "sources": [
            {"title": spec.attribution, "version": spec.observed_on}
            | ({"path": spec.homepage} if spec.homepage else {})
            for spec in origins.specs.values()
        ],
        "resources": [
            {
                "name": "places",
                "type": "table",
                "path": resource,
                "scheme": "http",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema(),
            }
        ],
    }


def schema() -> dict[str, Any]:
    """The Table Schema of the places; codes with their labels in every language that has them."""
    return {
        "fields": [_field(one) for one in columns()],
        "primaryKey": ["place_id"],
        "missingValues": [""],
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.name == "place_id":
        constraints = {"required": True, "unique": True}
    elif column.codes and not column.several:
        constraints = {"enum": list(column.codes)}
    elif column.name in ("confirmed_on", "opened", "closed"):
        constraints = {"pattern": _PARTIAL_DATE}
    told: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.title,
        "description": column.about,
        "titles": labels(column.title),
    }
    if constraints:
        told["constraints"] = constraints
    if column.several:
        told["separator"] = tables.LIST_SEPARATOR
    if column.codes:
        told["codes"] = [{"value": code, "labels": labels(label)} for code, label in column.codes.items()]
    return told


def labels(english: str) -> dict[str, str]:
    """Language → the words in it; a language without a translation is left out."""
    return dict(_labels(english, translation.gettext))


def _labels(english: str, translate: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        with translation.override(language):
            said = translate(english)
        if language == "en" or said != english:
            yield language, said
