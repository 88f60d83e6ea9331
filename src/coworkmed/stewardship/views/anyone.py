"""Pages on which anyone may say something of a place, without an account and without cookies."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from babel.dates import format_timedelta
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.places.models import Place
from coworkmed.places.views.place import gone
from coworkmed.platform.limits import LimitedError
from coworkmed.web import formats, guard
from coworkmed.web.errors import in_words
from coworkmed.web.guard import Verdict

from ..queries.words import standing

PageOf = Callable[[str, int], HttpResponse]


def discreet(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Kept by nobody, named to nobody, found by nobody: the address of the page is a key."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        vars(response)["_has_been_logged"] = True  # Django's own mark: its log would name the address of a faulty form
        return response

    return answer


def on_place(view: Callable[[HttpRequest, Place], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page that takes in what anyone says of a place. Under an earlier id one is led to the one that stands, and what
    was sent there counts for it. No program on the way keeps such a page; its reader's own browser may, and what they
    typed with it.

    Forms here have no token against foreign sites, for that needs a cookie: there is no session to abuse, and `guard`
    asks once more where a form comes from elsewhere.
    """

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def found(request: HttpRequest, public_id: str) -> HttpResponseBase:
        place = standing(public_id.lower())
        if place is None:
            raise Http404
        if place.pk != public_id and request.method != "POST" and request.resolver_match:
            return redirect(str(request.resolver_match.url_name), place.pk)
        answer = view(request, place) if place.links.exists() else gone(request, place)
        patch_cache_control(answer, private=True, no_cache=True)
        return answer

    return csrf_exempt(found)


def take_in(
    request: HttpRequest, purpose: str, *, about: str, form: PageOf, sure: Callable[[str], HttpResponse],
    keep: Callable[[], HttpResponse],
) -> HttpResponse:  # fmt: skip
    """What comes of a form that was filled in well.

    ``form``  its page as it was filled in, with a sentence that says why it is back, and a status
    ``sure``  the page that asks once more, with a sentence that says why
    ``keep``  keeps what was said, and thanks
    """
    if guard.BACK in request.POST:
        return form("", 200)
    try:
        checked = guard.check(request, purpose, about=about)
        if checked.verdict is Verdict.LET_THROUGH:
            return keep()
    except LimitedError as error:
        return too_many(form(too_much(error.until), 429), error)
    except CoworkmedError as error:
        return form(in_words(error), 422)
    if checked.verdict is Verdict.ASK:
        return sure(_(checked.why))
    return form(_(checked.why), 409)


def too_much(until: datetime) -> str:
    """That one has to wait, and how long."""
    wait = format_timedelta(until - timezone.now(), granularity="minute", add_direction=True, locale=formats.locale())
    return _(
        "So much came from your network, or on this place, that we let nothing more in for now. Nothing you wrote is "
        "lost: it is below. Send it again {later}."
    ).format(later=wait)


def too_many(answer: HttpResponse, error: LimitedError) -> HttpResponse:
    """A page that says so, with when to come back for programs."""
    answer.headers["Retry-After"] = str(max(int((error.until - timezone.now()).total_seconds()), 1))
    return answer


def ask_once_more(request: HttpRequest, purpose: str, why: str, shown: dict[str, Any]) -> HttpResponse:
    """Is this what you meant? With all that was typed, to be sent or to be gone over."""
    said = {"why": why, "typed": guard.typed(request.POST), "sure": guard.sure(purpose), "action": request.path}
    return render(request, "stewardship/sure.html", said | shown)


def guarded(purpose: str) -> dict[str, Any]:
    """What `guard_fields` of a form needs."""
    return {"challenge": guard.challenge(purpose), "bits": guard.BITS}
