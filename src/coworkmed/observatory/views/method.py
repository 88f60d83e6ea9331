"""How linking and settling work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places import explained, freshness, rules
from coworkmed.places import words as places_words
from coworkmed.places.clock import Policy
from coworkmed.places.views.pictures import band

from .. import words
from ..definitions import BASES, DEFINITIONS, FIGURES
from ..freshness import SMALL
from ..pages.method import intervals, method_page

#: State of a place → why it may be in it.
STATES = {
    "confirmed": ("VOUCHED",),
    "unconfirmed": ("LISTED", "LAPSED", "PAUSE_OVER"),
    "doubtful": ("SILENT", "UNLISTED"),
    "unreachable": ("NO_ANSWER",),
    "moved": ("LEFT",),
    "paused": ("PAUSED",),
    "closed": ("CLOSED",),
}
#: Figures of freshness, in the order in which they are explained.
FIGURES_SHOWN = ("vouched_share", "confirmed_share", "stale_share", "hidden_share", "median_age_of_confirmation")


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
            "CONFIRMING": freshness.CONFIRMING,
            "FIELDS": FIELDS,
            "FIGURES": FIGURES,
            "FIGURES_SHOWN": FIGURES_SHOWN,
            "FRESHNESS": freshness.FRESHNESS,
            "INTERVALS": intervals(),
            "KINDS": freshness.KINDS,
            "LICENCES": LICENCES,
            "POLICY": Policy(),
            "SMALL": SMALL,
            "STATES": STATES,
            "WHY": freshness.WHY,
        },
    )
