"""How linking and settling work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import rules


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How linking and settling work."""
    return render(request, "places/method.html", {"CRITERIA": rules.CRITERIA, "FRESHNESS": rules.FRESHNESS})
