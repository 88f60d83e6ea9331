"""What goes wrong, as problem details (RFC 9457): one shape for every error of the API."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from pydantic import TypeAdapter

from coworkmed.kernel.i18n import N_

MEDIA_TYPE = "application/problem+json"
#: code → what it is, in a few words; the code stays, the words may change.
TITLES = {
    "bad-request": N_("The request makes no sense"),
    "invalid-parameter": N_("A parameter makes no sense"),
    "unknown-parameter": N_("There is no such parameter"),
    "repeated-parameter": N_("A parameter is given twice"),
    "not-together": N_("These parameters exclude each other"),
    "unknown-cursor": N_("The cursor is none of ours, or of another question"),
    "expired-cursor": N_("The registry has changed since the cursor was given"),
    "too-deep": N_("No more can be reached in this order"),
    "not-found": N_("There is nothing at this address"),
    "gone": N_("This is no longer in the registry"),
    "method-not-allowed": N_("Only GET, HEAD and OPTIONS are answered"),
    "too-many-requests": N_("That was too often for now"),
    "server-error": N_("We made a mistake"),
    "unavailable": N_("The registry can't be read just now"),
}
RETRY_AFTER = 30  # seconds
_encode = TypeAdapter(Any).dump_json
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One parameter and what is wrong with it."""

    parameter: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """An error, as RFC 9457 has it. ``code`` stays the same for the same mistake; ``errors`` name the parameters."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: Sequence[Wrong] = ()


class Problem(Exception):  # noqa: N818 (the standard's own word)
    """Raised anywhere under a route: becomes the answer. ``code`` is a key of TITLES."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[Wrong] = ()) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors


def invalid(parameter: str, detail: str, code: str = "invalid-parameter") -> Problem:
    """A parameter that can't be used as it stands."""
    return Problem(422, code, f"{parameter}: {detail}", (Wrong(parameter, detail),))


def answer(request: HttpRequest, status: int, code: str, detail: str, errors: Sequence[Wrong] = ()) -> HttpResponse:
    """The problem as a response."""
    kind = request.build_absolute_uri(f"{reverse('api')}#{code}")  # the page that says what each code means
    told = ProblemDetails(kind, TITLES[code], status, detail, request.path, code, errors)
    return HttpResponse(_encode(told), status=status, content_type=MEDIA_TYPE)


def not_found(request: HttpRequest) -> HttpResponse:
    """For addresses that lead to no route."""
    return answer(request, HTTPStatus.NOT_FOUND, "not-found", "No part of the API has this address.")


def handle(api: NinjaAPI) -> None:
    """Have ``api`` answer every error as a problem."""
    api.add_exception_handler(Problem, _told)
    api.add_exception_handler(Http404, _absent)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Exception, mistake)


def documented(*statuses: int) -> dict[int, Any]:
    """For a route's ``response``: the errors that it may answer besides those every route may."""
    return dict.fromkeys((400, *statuses, 422, 500, 503), ProblemDetails)


def _told(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(request, error.status, error.code, error.detail, error.errors)


def _absent(request: HttpRequest, error: Any) -> HttpResponse:
    return not_found(request)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    wrong = [_wrong(one) for one in error.errors]
    detail = "; ".join(f"{one.parameter}: {one.detail}" for one in wrong)
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-parameter", detail, wrong)


def _wrong(error: Mapping[str, Any]) -> Wrong:
    return Wrong(str(error["loc"][-1]), str(error["msg"]).removeprefix("Value error, "))


def mistake(request: HttpRequest, error: Any) -> HttpResponse:
    """Of ours, or of the database: told in the log, and to the client only that it is so; or a request so odd that it
    can't be read at all."""
    if isinstance(error, SuspiciousOperation):
        return answer(request, HTTPStatus.BAD_REQUEST, "bad-request", "The address can't be read: it asks too much.")
    _log.error("%s failed", request.path, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        detail = "The database does not answer: it is being looked after, or busy. Please try again in a minute."
        response = answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    detail = "It is our fault, and it is in our log. Please try again later."
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "server-error", detail)
