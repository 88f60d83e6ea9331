"""Which language a reader is answered in: asked of the browser once, or chosen once; after that the address says it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from .jinja import in_language

LONGEST_NEXT = 2000  # characters; Django redirects to no longer address


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """To the first page in the language the reader chose before, or else reads best."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"{reverse('home')}{'?' if query else ''}{query}")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@require_safe
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language, and go on reading: ``next`` is the page the reader was on, in whatever language."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    asked = request.GET.get("next", "")
    ours = (
        asked.startswith("/")
        and len(asked) <= LONGEST_NEXT
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    )
    response = HttpResponseRedirect(in_language(asked if ours else "/", code))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def of(request: HttpRequest) -> str:
    """The code of the reader's language, whether or not anything has asked before."""
    return getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request, check_path=True)
