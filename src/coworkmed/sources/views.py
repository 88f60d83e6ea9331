"""Pages about the lists the registry is made of."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES

from . import pages
from .rules import FLAGS

OUTCOMES = {
    "APPLIED": N_("Taken in"),
    "UNCHANGED": N_("Nothing new"),
    "REFUSED": N_("Refused: nothing was changed"),
}


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Every list: who keeps it, under which licence, what it brought and what was turned away."""
    return render(request, "sources/list.html", {"sources": pages.sources(), "FLAGS": FLAGS, "LICENCES": LICENCES})


@require_safe
def source(request: HttpRequest, key: str) -> HttpResponse:
    """One list."""
    shown = pages.source(key)
    if shown is None:
        raise Http404
    return render(
        request,
        "sources/source.html",
        {
            "shown": shown,
            "rejects": pages.rejects(key),
            "harvests": pages.harvests(key),
            "FLAGS": FLAGS,
            "LICENCES": LICENCES,
            "OUTCOMES": OUTCOMES,
        },
    )
