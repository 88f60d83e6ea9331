"""Reconciliation for OpenRefine: one address that answers what it is, queries and the values of columns."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from coworkmed import __version__
from coworkmed.api import problems
from coworkmed.api.answers import answer
from coworkmed.api.door import CORS, PREFLIGHT
from coworkmed.places.models import Place
from coworkmed.web import guard, security

from .. import features
from .. import reconciliation as service
from ..reconciliation import QueryError
from .doors import opened

#: Batches a network may send in a minute, to each process: a spreadsheet of 5,000 rows is 500. Counted here and not
#: with the other limits, which write to the database each time.
OFTEN = 600
LARGEST = 200_000  # characters of a batch
METHODS = "GET, HEAD, POST, OPTIONS"
WIDTH, HEIGHT = 400, 240


def root(request: HttpRequest) -> HttpResponse:
    """The manifest; or, of what is asked by GET or POST, the answer."""
    asked = request.POST if request.method == "POST" else request.GET
    if "queries" in asked:
        return _answer(_batch(_json(str(asked["queries"]))))
    if "extend" in asked:
        return _answer(service.extended(_json(str(asked["extend"]))))
    if request.method == "POST":
        raise QueryError("“queries” or “extend” is needed.")
    return _answer(_manifest(request))


def _batch(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or len(given) > service.MOST_QUERIES:
        raise QueryError(f"“queries” is an object of at most {service.MOST_QUERIES} queries.")
    return service.reconciled({key: service.Query.read(one) for key, one in given.items()})


def _json(text: str) -> Any:
    if len(text) > LARGEST:
        raise QueryError(f"More than {LARGEST} characters are too many for one batch.")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise QueryError("This is no JSON.") from None


def _manifest(request: HttpRequest) -> dict[str, Any]:
    site = request.build_absolute_uri("/").rstrip("/")
    with translation.override("en"):
        documentation = f"{site}{reverse('open-data')}"
    suggest = {
        name: {"service_url": site, "service_path": reverse(f"reconcile-suggest-{name}")}
        for name in ("entity", "property", "type")
    }
    return {
        "versions": ["0.1", "0.2"],
        "name": "CoWorkMed: third places around the Mediterranean",
        "identifierSpace": f"{site}/places/",
        "schemaSpace": f"{site}{reverse('datapackage')}",
        "documentation": documentation,
        "serviceVersion": __version__,
        "defaultTypes": [service.TYPE],
        "view": {"url": f"{site}/places/{{{{id}}}}/"},
        "preview": {"url": f"{site}{reverse('reconcile-preview')}?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": site, "service_path": reverse("reconcile-properties")},
            "property_settings": [],
        },
    }


def suggest(request: HttpRequest, what: str) -> HttpResponse:
    """What someone who types may mean: a place, a property of a query, a type."""
    prefix = request.GET.get("prefix", "")[: service.LONGEST].replace("\0", " ")
    if what == "entity":
        return _answer({"result": service.suggested(prefix)})
    known: Mapping[str, str] = service.PROPERTIES if what == "property" else service.types()
    return _answer({"result": service.matching(known, prefix)})


def properties(request: HttpRequest) -> HttpResponse:
    """Columns that can be fetched."""
    limit = request.GET.get("limit", "")
    most = int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 6 else None
    told = service.matching(service.columns(), "")[:most]
    return _answer({"properties": told, "type": service.TYPE["id"]} | ({"limit": most} if most is not None else {}))


@require_safe
@xframe_options_exempt
def preview(request: HttpRequest) -> HttpResponse:
    """A place in a few words, for a frame in OpenRefine."""
    place_id = request.GET.get("id", "")
    place = Place.objects.current().filter(pk=place_id).first() if features.is_id(place_id) else None
    status = HTTPStatus.OK if place else HTTPStatus.NOT_FOUND
    page = render(request, "opendata/preview.html", {"place": place}, status=status)
    page.headers["Content-Security-Policy"] = security.policy().replace("frame-ancestors 'none'", "frame-ancestors *")
    page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return page


def _answer(value: Any) -> HttpResponse:
    return answer(value)


def _open(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For programs and pages of others, by GET and by POST; so often, and no more."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        with translation.override("en"):
            response = _limited(request, view)
        for name, value in CORS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


def _limited(request: HttpRequest, view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    if request.method == "OPTIONS":
        headers = PREFLIGHT | {"Allow": METHODS, "Access-Control-Allow-Methods": METHODS}
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)
    if request.method not in METHODS.split(", "):
        detail = f"{request.method} is not answered here."
        response = problems.answer(request, HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", detail)
        response.headers["Allow"] = METHODS
        return response
    try:
        if (request.method == "POST" or request.GET) and _counts.one_more(guard.network(request)) > OFTEN:
            return _too_often(request)
        return view(request)
    except QueryError as error:
        return problems.answer(request, HTTPStatus.BAD_REQUEST, "invalid-parameter", str(error))
    except Exception as error:
        return problems.mistake(request, error)


def _too_often(request: HttpRequest) -> HttpResponse:
    detail = "That was too often for now: send fewer, larger batches, or wait a minute."
    response = problems.answer(request, HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", detail)
    response.headers["Retry-After"] = "60"
    return response


class Counts:
    """How often each network asked in this minute."""

    def __init__(self) -> None:
        self.lock, self.minute, self.of = Lock(), 0, Counter[str]()

    def one_more(self, network: str) -> int:
        """Count once; how often that makes."""
        minute = int(time.time() // 60)
        with self.lock:
            if minute != self.minute:
                self.minute, self.of = minute, Counter()
            self.of[network] += 1
            return self.of[network]


_counts = Counts()
root_view = _open(root)
suggest_view, properties_view = opened(suggest, page=None), opened(properties, page=None)
