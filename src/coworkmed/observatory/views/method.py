"""How linking and settling work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places import explained, rules
from coworkmed.places import words as places_words
from coworkmed.places.views.pictures import band

from .. import words
from ..definitions import BASES, DEFINITIONS
from ..pages.method import method_page


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Step by step, on a place of the registry."""
    page = method_page()
    return render(
        request,
        "observatory/method.html",
        {
            "example": page.example,
            "quality": words.quality(page.quality),
            "band": band(),
            "bars": explained.bars,
            "together": explained.together,
            "words": places_words,
            "BASES": BASES,
            "CRITERIA": rules.CRITERIA,
            "DEFINITIONS": DEFINITIONS,
            "FIELDS": FIELDS,
            "FRESHNESS": rules.FRESHNESS,
            "LICENCES": LICENCES,
        },
    )
