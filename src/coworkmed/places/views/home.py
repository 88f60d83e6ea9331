"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..filters import Filters
from ..pages.home import overview
from .pictures import map_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in five seconds."""
    return render(
        request,
        "places/home.html",
        {"overview": overview(timezone.localdate()), "map": map_of(Filters())},
    )
