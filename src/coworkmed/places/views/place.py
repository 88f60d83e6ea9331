"""The page of one place."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coworkmed.kernel.licences import LICENCES
from coworkmed.linkage.reasons import RELATIONS
from coworkmed.sources.reasons import DOUBTS, REPAIRS

from .. import explained, rules, words
from ..models import Place
from ..pages.place import place_page
from .pictures import NEAR_DEGREES, around, band, small_map


@require_safe
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """One place: what is known of it, who says so, and who says otherwise."""
    if public_id != public_id.lower():
        return redirect("place", public_id.lower(), permanent=True)
    found = Place.objects.filter(pk=public_id).first()
    if found is None:
        raise Http404
    if found.merged_into_id:
        return HttpResponsePermanentRedirect(reverse("place", args=[found.merged_into_id]))
    return render(
        request,
        "places/place.html",
        {
            "page": place_page(found),
            "map": small_map(found),
            "around": around(found, NEAR_DEGREES),
            "band": band(),
            "bars": explained.bars,
            "together": explained.together,
            "RELATIONS": RELATIONS,
            "words": words,
            "CRITERIA": rules.CRITERIA,
            "DOUBTS": DOUBTS,
            "FRESHNESS": rules.FRESHNESS,
            "LICENCES": LICENCES,
            "REPAIRS": REPAIRS,
            "UNCONTESTED": rules.UNCONTESTED,
        },
    )
