"""What every open service passes: read from anywhere, problems for errors, a page of the site for who wants one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from coworkmed.api import problems
from coworkmed.api.door import door
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.queries import revision

from .. import dcat

View = Callable[..., HttpResponse]
#: Where people find the same: an address of the site in their language, of what the view is asked with.
Page = Callable[..., str]


def about(*_: Any, **__: Any) -> str:
    """The page that tells of all that is open."""
    return reverse("open-data")


def opened(view: View, page: Page | None = about) -> View:
    """``view`` for programs from anywhere; a browser, and whoever asks with ``f=html``, is led to the page. Without
    ``page`` there is none: all are given the same."""
    inner = door(_told(view), _state)
    if page is None:
        return inner

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD") and wants_page(request):
            response: HttpResponse = HttpResponseRedirect(for_people(request, page, *args, **kwargs))
        else:
            response = inner(request, *args, **kwargs)
        patch_vary_headers(response, ("Accept",))
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def wants_page(request: HttpRequest) -> bool:
    """Whether a person asks: by ``f=html``, or by a browser."""
    asked = request.GET.get("f", "")
    return asked == "html" or (not asked and prefers(request, "application/json", "text/html") == "text/html")


def prefers(request: HttpRequest, *kinds: str) -> str:
    """Which of these media types the client likes best; the first where it doesn't say, or likes several as well."""
    return request.get_preferred_type(kinds) or kinds[0]


def for_people(request: HttpRequest, page: Page, *args: Any, **kwargs: Any) -> str:
    """The address of the page in the reader's language."""
    language = translation.get_language_from_request(request)
    with translation.override(language if language in LANGUAGES else "en"):
        return page(request, *args, **kwargs)


def _state() -> str:
    """Changes whenever what is open does: the registry, or the edition beside it."""
    return f"{revision()} {dcat.state()}"


def _told(view: View) -> View:
    """Problems that the view raises, as answers."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except problems.Problem as error:
            return problems.answer(request, error.status, error.code, error.detail, error.errors)

    return answered
