"""The description of the features service for programs: OpenAPI 3.0, and the queryables as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from coworkmed import __version__
from coworkmed.kernel.fields import FIELDS, KINDS, ROLES
from coworkmed.places import rules
from coworkmed.places.models import SHOWN

from . import cql, features

Json = dict[str, Any]

ABOUT = (
    "Places of the registry as OGC API Features: for QGIS, GDAL and other geographic software. Reading needs no key. "
    "Each feature names the sources that must be named with it, and their licences."
)
COLLECTION = (
    "Coworking spaces and other third places that are open, planned, paused or not known to be otherwise; closed ones "
    "are in the read API and in the published editions. “datetime” selects by when what is shown of a place changed."
)
_ABOUT: Mapping[str, str] = {
    "place_id": "Identifier of the place, never used for another",
    "freshness": "How sure it is",
    "region_code": "Region (ISO 3166-2)",
    "town_code": "Town (GeoNames number)",
    "confirmed_on": "Date of the newest evidence, as far as it is known (YYYY, YYYY-MM or YYYY-MM-DD)",
    "confirmed_by": "Role of who gave it",
    "modified": "When what is shown of the place last changed",
}
_CODES: Mapping[str, tuple[str, ...]] = {
    "status": SHOWN,
    "freshness": tuple(rules.FRESHNESS),
    "main_kind": tuple(KINDS),
    "confirmed_by": ROLES,
}
_TYPES: Mapping[cql.Kind, Json] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "moment": {"type": "string", "format": "date-time"},
}


def queryables(address: str) -> Json:
    """A JSON Schema of all that can be asked, at its ``address``."""
    point = {"title": FIELDS["position"].label, "format": "geometry-point", "x-ogc-role": "primary-geometry"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": "Third places",
        "properties": {name: _property(name) for name in features.QUERYABLES} | {cql.GEOMETRY: point},
        "additionalProperties": False,
    }


def described(root: str) -> Json:
    """The service at the address ``root`` (without a slash at its end)."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "CoWorkMed: places as OGC API Features", "version": __version__, "description": ABOUT},
        "servers": [{"url": root}],
        "paths": {
            "/": _get("landing", "Where everything is", "object"),
            "/conformance": _get("conformance", "What it conforms to", "object"),
            "/collections": _get("collections", "All collections", "object"),
            f"/collections/{features.COLLECTION}": _get("collection", "The collection of places", "object"),
            f"/collections/{features.COLLECTION}/queryables": _get(
                "queryables", "What can be asked of places", "object", kind="application/schema+json"
            ),
            f"/collections/{features.COLLECTION}/items": _get(
                *("items", "Places that pass every filter", "featureCollection", _parameters()),
                kind="application/geo+json",
            ),
            f"/collections/{features.COLLECTION}/items/{{place_id}}": _get(
                "item",
                "One place",
                "feature",
                [
                    {"name": "place_id", "in": "path", "required": True, "schema": {"type": "string"}},
                    _parameter("crs", "Reference system of the coordinates", _systems()),
                ],
                kind="application/geo+json",
                missing=True,
            ),
        },
        "components": {"schemas": _schemas()},
    }


def _get(
    name: str,
    about: str,
    schema: str,
    parameters: list[Json] | None = None,
    *,
    kind: str = "application/json",
    missing: bool = False,
) -> Json:
    form = _parameter("f", "“html” leads to the page for people", {"type": "string", "enum": ["json", "html"]})
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    answers: Json = {
        "200": {"description": about, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}},
        "302": {"description": "The page for people"},
        "400": {"description": "A parameter is unknown or makes no sense", "content": problem},
    }
    if missing:
        answers["404"] = {"description": "There is no such place", "content": problem}
    return {
        "get": {"operationId": name, "summary": about, "parameters": [*(parameters or []), form], "responses": answers}
    }


def _parameters() -> list[Json]:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    box = _parameter("bbox", "Lower and upper corner: west,south,east,north unless bbox-crs says otherwise", numbers)
    limit = {"type": "integer", "minimum": 1, "maximum": features.MOST, "default": features.USUAL}
    offset = {"type": "integer", "minimum": 0, "maximum": features.FARTHEST, "default": 0}
    return [
        _parameter("limit", "How many at a time", limit),
        _parameter("offset", "How many to leave aside; to read all, follow the links “next”", offset),
        _parameter("after", "The place to go on after, as “next” has it", {"type": "string"}),
        box | {"style": "form", "explode": False},
        _parameter("bbox-crs", "Reference system of bbox", _systems()),
        _parameter("datetime", "When it changed: a moment, or an interval with “/” and “..”", {"type": "string"}),
        _parameter("crs", "Reference system of the coordinates", _systems()),
        _parameter("filter", "A filter in CQL2 text", {"type": "string", "maxLength": cql.LONGEST}),
        _parameter("filter-lang", "Its language", {"type": "string", "enum": ["cql2-text"], "default": "cql2-text"}),
        _parameter("filter-crs", "Reference system of its shapes", _systems()),
        *(_parameter(name, _about(name), _TYPES[one.kind]) for name, one in features.QUERYABLES.items()),
    ]


def _parameter(name: str, about: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _systems() -> Json:
    return {"type": "string", "format": "uri", "enum": list(features.SYSTEMS), "default": features.CRS84}


def _property(name: str) -> Json:
    codes = {"enum": list(_CODES[name])} if name in _CODES else {}
    return {"title": _about(name), **_TYPES[features.QUERYABLES[name].kind], **codes}


def _about(name: str) -> str:
    return _ABOUT.get(name) or FIELDS[name].label


def _schemas() -> Json:
    link = {
        "type": "object",
        "required": ["rel", "href"],
        "properties": {name: {"type": "string"} for name in ("rel", "href", "type", "title")},
    }
    links = {"type": "array", "items": link}
    point = {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
    }
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": point,
            "properties": {"type": "object"},
            "links": links,
        },
    }
    return {
        "object": {"type": "object"},
        "feature": feature,
        "featureCollection": {
            "type": "object",
            "required": ["type", "features", "links", "numberReturned"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
                "links": links,
                "timeStamp": {"type": "string", "format": "date-time"},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
            },
        },
        "problem": {
            "type": "object",
            "required": ["code", "title", "status", "detail"],
            "properties": {
                **{name: {"type": "string"} for name in ("type", "title", "detail", "instance", "code")},
                "status": {"type": "integer"},
            },
        },
    }
