"""What every request to the API passes: methods, pages of other sites, what a client already has."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt

from coworkmed import __version__
from coworkmed.kernel import ids

from . import problems

View = Callable[..., HttpResponse]

METHODS = ("GET", "HEAD", "OPTIONS")
#: Read from anywhere, by anyone, never with anybody's cookies.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
KEPT = "public, max-age=60"
#: Parameters whose answer changes by the minute, whatever the registry does.
BY_THE_MINUTE = ("open_now",)


def door(view: View, state: Callable[[], str]) -> View:
    """``view`` for whoever reads from anywhere; ``state`` is a text that changes whenever anything shown does."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override("en"):
            response = _answered(request, view, state, args, kwargs)
        for name, value in ({"Content-Language": "en"} | CORS).items():
            response.headers.setdefault(name, value)
        return response

    return cast(View, opened)


def _answered(
    request: HttpRequest, view: View, state: Callable[[], str], args: Any, kwargs: dict[str, Any]
) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
    if request.method not in METHODS:
        return _not_allowed(request)
    try:
        tag = _tag(request, state)
        if tag in request.headers.get("If-None-Match", "") and (known := get_conditional_response(request, etag=tag)):
            return known  # nothing to make: it is what the client has
        response = _got(request, view, args, kwargs)
    except Exception as error:
        return problems.mistake(request, error)
    return _to_keep(request, response, tag) if response.status_code == HTTPStatus.OK else response


def _got(request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]) -> HttpResponse:
    """HEAD is asked as GET; the server leaves the body out."""
    method, request.method = request.method, "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = method


def _tag(request: HttpRequest, state: Callable[[], str]) -> str:
    """Of the answer to this address: the same as long as the registry, the software and the day are."""
    now = timezone.now()
    moment = f"{now:%Y%m%d%H%M}" if any(name in request.GET for name in BY_THE_MINUTE) else f"{now:%Y%m%d}"
    return f'"{ids.digest(__version__, state(), moment, request.build_absolute_uri())}"'


def _to_keep(request: HttpRequest, response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", KEPT)
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    known = get_conditional_response(request, etag=tag, last_modified=modified, response=response)
    return known or response


def _not_allowed(request: HttpRequest) -> HttpResponse:
    detail = f"{request.method} is not answered here: the API can only be read."
    response = problems.answer(request, HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", detail)
    response.headers["Allow"] = PREFLIGHT["Allow"]
    return response
