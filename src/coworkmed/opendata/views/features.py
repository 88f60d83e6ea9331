"""Places as OGC API Features (parts 1, 2 and 3), for QGIS, GDAL and whatever else reads it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from coworkmed.api.answers import encode
from coworkmed.api.problems import Problem
from coworkmed.places.filters import Filters

from .. import features, features_api
from ..feeds import Origins
from .doors import opened

JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

Json = dict[str, Any]


def landing(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    _only_form(request)
    return _answer(
        {
            "title": "CoWorkMed",
            "description": features_api.ABOUT,
            "links": [
                *_itself(request, JSON),
                _link(request, "service-desc", reverse("ogc-api"), OPENAPI, "OpenAPI 3.0"),
                _link(request, "service-doc", _with(reverse("ogc-api"), f="html"), "text/html", "For people"),
                _link(request, "conformance", reverse("ogc-conformance"), JSON, "What it conforms to"),
                _link(request, "data", reverse("ogc-collections"), JSON, "The collection"),
                _link(request, "describedby", reverse("catalogue-ttl"), "text/turtle", "The catalogue (DCAT-AP)"),
            ],
        }
    )


def conformance(request: HttpRequest) -> HttpResponse:
    """The parts of the standards that hold."""
    _only_form(request)
    return _answer({"conformsTo": features.CONFORMS})


def api(request: HttpRequest) -> HttpResponse:
    """The description for programs, OpenAPI 3.0."""
    _only_form(request)
    return _answer(features_api.described(request.build_absolute_uri(reverse("ogc")).rstrip("/")), kind=OPENAPI)


def collections(request: HttpRequest) -> HttpResponse:
    """All there are: one."""
    _only_form(request)
    links = _itself(request, JSON)
    return _answer({"links": links, "crs": list(features.SYSTEMS), "collections": [_collection(request)]})


def collection(request: HttpRequest) -> HttpResponse:
    """The places."""
    _only_form(request)
    return _answer(_collection(request))


def queryables(request: HttpRequest) -> HttpResponse:
    """What can be asked of places, as a JSON Schema."""
    _only_form(request)
    here = request.build_absolute_uri(reverse("ogc-queryables"))
    return _answer(features_api.queryables(here), kind=SCHEMA)


def items(request: HttpRequest) -> HttpResponse:
    """Places that pass every filter, a page of them."""
    _form(request)
    asked = features.Asked.read(request.GET)
    found = features.items(asked)
    links = _itself(request, GEOJSON)
    if found.last:
        links.append(_link(request, "next", _again(request, after=found.last), GEOJSON, "The page after this one"))
    links.append(_link(request, "collection", reverse("ogc-collection"), JSON, "Of which they are"))
    response = _answer(
        {
            "type": "FeatureCollection",
            "features": found.features,
            "links": links,
            "timeStamp": timezone.now().replace(microsecond=0).isoformat().replace("+00:00", "Z"),
            "numberMatched": found.matched,
            "numberReturned": len(found.features),
        },
        GEOJSON,
        asked.crs,
    )
    header = ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"' for one in links if one["rel"] == "next")
    return _headed(response, Link=header)


def item(request: HttpRequest, place_id: str) -> HttpResponse:
    """One place."""
    _form(request)
    features.check(request.GET, "f", "crs")
    crs = features.crs(request.GET)
    found = features.item(place_id, crs)
    if found is None:
        detail = "No place that is open, planned, paused or unknown has this identifier."
        raise Problem(404, "not-found", detail)
    found["links"] = [
        *_itself(request, GEOJSON),
        _link(request, "collection", reverse("ogc-collection"), JSON, "Of which it is"),
    ]
    return _answer(found, GEOJSON, crs)


def _collection(request: HttpRequest) -> Json:
    licence = Origins.of(Filters()).licence_url
    here = reverse("ogc-collection")
    links = [
        _link(request, "self", here, JSON, "This"),
        _link(request, "alternate", _with(here, f="html"), "text/html", "For people"),
        _link(request, "items", reverse("ogc-items"), GEOJSON, "The places"),
        _link(
            request,
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            reverse("ogc-queryables"),
            SCHEMA,
            "Queryables",
        ),
    ]
    if licence:
        links.append({"rel": "license", "href": licence, "title": "Licence"})
    return {
        "id": features.COLLECTION,
        "title": "Third places",
        "description": features_api.COLLECTION,
        "itemType": "feature",
        "extent": features.extent(),
        "crs": list(features.SYSTEMS),
        "storageCrs": features.CRS84,
        "links": links,
    }


# Answers


def _answer(value: Json, kind: str = JSON, crs: str = "") -> HttpResponse:
    return _headed(HttpResponse(encode(value), content_type=kind), **{"Content-Crs": f"<{crs}>" if crs else ""})


def _headed(response: HttpResponse, **headers: str) -> HttpResponse:
    for name, value in headers.items():
        if value:
            response.headers[name] = value
    return response


def _only_form(request: HttpRequest) -> None:
    features.check(request.GET, "f")
    _form(request)


def _form(request: HttpRequest) -> None:
    if request.GET.get("f", "json") not in ("json", "html"):
        raise features.wrong("f", "json or html")


def _itself(request: HttpRequest, kind: str) -> list[Json]:
    return [
        _link(request, "self", _again(request), kind, "This"),
        _link(request, "alternate", _again(request, f="html"), "text/html", "For people"),
    ]


def _link(request: HttpRequest, rel: str, address: str, kind: str, title: str) -> Json:
    return {"rel": rel, "href": request.build_absolute_uri(address), "type": kind, "title": title}


def _again(request: HttpRequest, **changed: str) -> str:
    """The address asked for, with some of its parameters ``changed``; behind a page nothing is left aside again."""
    asked = {name: str(text) for name, text in request.GET.items() if not (changed.get("after") and name == "offset")}
    return _with(request.path, **asked | changed)


def _with(address: str, **params: str) -> str:
    return f"{address}?{urlencode(params)}" if params else address


# For people: the pages the site has anyway


def _list(request: HttpRequest) -> str:
    asked = {"country": "country", "region": "region_code", "town": "town_code"}
    known = {name: request.GET[param] for name, param in asked.items() if param in request.GET}
    filters = Filters.read(known | ({"box": request.GET["bbox"]} if "bbox" in request.GET else {}))
    return f"{reverse('places')}?{filters.query()}".rstrip("?")


def _place(request: HttpRequest, place_id: str) -> str:
    return reverse("place", args=[place_id]) if place_id.isalnum() and place_id.isascii() else reverse("places")


landing_view, conformance_view, api_view = opened(landing), opened(conformance), opened(api)
collections_view, collection_view, queryables_view = opened(collections), opened(collection), opened(queryables)
items_view, item_view = opened(items, _list), opened(item, _place)
