"""Pages for what goes wrong, in the reader's language, each with a way on."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from markupsafe import Markup

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import LANGUAGE_NAMES, N_

from . import formats, language
from .jinja import in_language

LONGEST_ADDRESS = 32_768  # characters, as sent; servers give up at 65,536
RETRY_AFTER = 30  # seconds

_log = logging.getLogger(__name__)
_CODE = re.compile(r"/([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?(?=/|$)")  # what stands where a language does
_BARE = Markup(
    '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    "<title>{title} · CoWorkMed</title></head>"
    '<body><main><h1>{title}</h1><p>{text}</p><p><a href="/">CoWorkMed</a></p></main></body></html>'
)


class Words(NamedTuple):
    title: str
    text: str


def in_words(error: CoworkmedError) -> str:
    """What went wrong, in the reader's language."""
    return _(error.message).format(**error.params)


WORDS: Mapping[int, Words] = {
    400: Words(
        N_("We could not read that request"),
        N_("Something in the address or the form makes no sense to us. Go back and try again."),
    ),
    403: Words(
        N_("This page is not open to you"),
        N_("Either you have to sign in first, or the form was open for too long. Go back, reload and try again."),
    ),
    404: Words(
        N_("There is nothing at this address"),
        N_(
            "No page and no place of ours has this address. Our identifiers are never reused: if you followed a link "
            "to a place, it was mistyped, or the place was never in this registry."
        ),
    ),
    405: Words(
        N_("This page can only be read"),
        N_("Something was sent to a page that takes nothing in. Open it from a link, or search for what you need."),
    ),
    410: Words(
        N_("This page is gone for good"),
        N_("There was something at this address, and there never will be again. Search for what took its place."),
    ),
    414: Words(
        N_("That is too long for an address"),
        N_("A few words are enough to find a place: its name, its town, or what kind of place it is."),
    ),
    429: Words(
        N_("That was a lot at once"),
        N_("Too many requests came from your address. Wait a minute and try again; nothing was lost."),
    ),
    500: Words(
        N_("We made a mistake"),
        N_("This page could not be made, and it is our fault. Nothing was lost. Please try again later."),
    ),
    503: Words(
        N_("The registry can't be read just now"),
        N_("Its database does not answer: it is being looked after, or busy. Nothing was lost. Try again in a minute."),
    ),
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing there; or a language, by itself or with a country, that we speak under another code, or not at all."""
    found = _CODE.match(request.path_info)
    if not found or found[0][1:] in LANGUAGE_NAMES:
        return page(request, 404)
    code, rest = found[1].lower(), request.get_full_path()[found.end() :] or "/"
    if code in LANGUAGE_NAMES:
        return redirect(in_language(rest, code))
    with translation.override(language.of(request)):
        name = formats.language_name(code)
        if name == code:
            return page(request, 404)
        words = Words(
            _("We do not speak this language yet: {language}").format(language=name),
            _("Every page exists in the seven languages below. Choose the one you read best."),
        )
    return page(request, 404, words, elsewhere={one: in_language(rest, one) for one in LANGUAGE_NAMES})


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake; or, where it was the database that failed, word that it will be back."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return page(request, 500)
    typed = [] if request.method != "POST" else [(name, one) for name, said in request.POST.lists() for one in said]
    words = Words(
        _("We could not keep this just now"),
        _("The registry is busy, most often with the night’s lists, and takes nothing in for some minutes. What you "
          "typed is not lost: it waits on this page, to be sent again."),
    ) if typed else None  # fmt: skip
    response = page(request, 503, words, typed=typed)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


class Explained:
    """Middleware: an address too long is refused, and an answer that only says a number gets its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for_people = not request.path.startswith("/api/")
        if for_people and len(request.get_full_path()) > LONGEST_ADDRESS:
            return page(request, 414)
        response = self.get_response(request)
        said = response.streaming or bool(getattr(response, "content", b""))
        if response.status_code not in WORDS or said or not for_people:
            return response
        explained = page(request, response.status_code)
        for name in ("Allow", "Retry-After", "Cache-Control"):
            if name in response.headers:
                explained.headers[name] = response.headers[name]
        return explained


def page(
    request: HttpRequest,
    status: int,
    words: Words | None = None,
    elsewhere: Mapping[str, str] | None = None,
    typed: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The page for ``status``, in other ``words`` than the usual where given; ``elsewhere`` by code of language; with
    what was ``typed`` into a form, to be sent to the same address again."""
    with translation.override(language.of(request)):
        title, text = words or (_(part) for part in WORDS[status])
        try:
            said = {"status": status, "title": title, "text": text, "elsewhere": elsewhere or {}, "typed": typed}
            return render(request, "errors/error.html", said, status=status)
        except Exception:  # whatever broke the page may have broken the layout of all
            _log.exception("The page of an error could not be made")
            direction = "rtl" if translation.get_language_bidi() else "ltr"
            bare = _BARE.format(language=translation.get_language(), direction=direction, title=title, text=text)
            return HttpResponse(bare, status=status)
