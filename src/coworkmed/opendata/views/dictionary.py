"""The data dictionary, for people and for programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coworkmed.api.answers import answer
from coworkmed.places.filters import Filters

from .. import dictionary, features
from ..feeds import Origins
from .doors import opened


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every column and every code, in the reader's language."""
    return render(request, "opendata/dictionary.html", {"columns": dictionary.columns()})


def package(request: HttpRequest) -> HttpResponse:
    """The same as a Data Package."""
    features.check(request.GET)
    site = request.build_absolute_uri("/").rstrip("/")
    made = dictionary.package(site, Origins.of(Filters()), f"{site}{reverse('places-csv')}")
    return answer(made)


package_view = opened(package, page=None)
