"""The pages that tell people what is open and how to take it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coworkmed.kernel.licences import NOTES
from coworkmed.places.filters import Filters

from ..feeds import Origins


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Files, services, and what each is for."""
    terms = Origins.of(Filters()).terms
    conflict = terms.note == "CONFLICT"
    told = "" if conflict else _(NOTES[terms.note]).format(**terms.params)
    return render(request, "opendata/index.html", {"terms": told, "conflict": conflict})
