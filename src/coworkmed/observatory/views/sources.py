"""The lists the registry is made of."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES
from coworkmed.places.views.pictures import band
from coworkmed.sources import pages as lists
from coworkmed.sources.rules import FLAGS

from ..freshness import SMALL
from ..pages import fresh
from ..pages import sources as pages
from ..words import lasting

OUTCOMES = {
    "APPLIED": N_("Taken in"),
    "UNCHANGED": N_("Nothing new"),
    "REFUSED": N_("Refused: nothing was changed"),
}
WORDS = {"CADENCES": lists.CADENCES, "FLAGS": FLAGS, "LICENCES": LICENCES, "OUTCOMES": OUTCOMES}


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Every list: who keeps it, under which licence, what it brought and what was turned away."""
    shown = {"page": pages.sources_page(), "band": band(), "today": timezone.localdate()}
    return render(request, "sources/list.html", shown | WORDS)


@require_safe
def source(request: HttpRequest, key: str) -> HttpResponse:
    """One list."""
    found = pages.brought(key)
    if found is None:
        raise Http404
    one, shared = found
    shown = {
        "one": one,
        "shared": shared,
        "fresh": fresh.of_source(key, timezone.localdate()),
        "rejects": lists.rejects(key),
        "harvests": lists.harvests(key),
        "band": band(),
        "lasting": lasting,
        "SMALL": SMALL,
    }
    return render(request, "sources/source.html", shown | WORDS)
