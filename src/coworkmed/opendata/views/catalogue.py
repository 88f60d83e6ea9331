"""The catalogue for data portals."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from .. import dcat, features, rdf
from .doors import opened, prefers

TURTLE, JSON_LD = "text/turtle", "application/ld+json"


def catalogue(request: HttpRequest) -> HttpResponse:
    """Led to the form that the client likes best; each has an address of its own."""
    features.check(request.GET, "f")
    best = prefers(request, TURTLE, JSON_LD, "application/json")
    return HttpResponseRedirect(reverse("catalogue-ttl" if best == TURTLE else "catalogue-jsonld"))


def turtle(request: HttpRequest) -> HttpResponse:
    features.check(request.GET)
    text = rdf.turtle(dcat.catalogue(_site(request)), dcat.PREFIXES)
    return HttpResponse(text, content_type=f"{TURTLE}; charset=utf-8")


def json_ld(request: HttpRequest) -> HttpResponse:
    features.check(request.GET)
    return HttpResponse(rdf.dumped(dcat.catalogue(_site(request)), dcat.PREFIXES), content_type=JSON_LD)


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


catalogue_view, turtle_view, json_ld_view = opened(catalogue), opened(turtle, page=None), opened(json_ld, page=None)
