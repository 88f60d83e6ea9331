"""Pages for what goes wrong, in the reader's language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        400,
        _("We could not read that request"),
        _("Something in the address or the form makes no sense to us. Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("This page is not open to you"),
        _("Either you have to sign in first, or the form was open for too long. Go back, reload and try again."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("There is nothing at this address"),
        _(
            "No page and no place of ours has this address. Our identifiers are never reused: if you followed a link "
            "to a place, it was mistyped, or the place was never in this registry."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("We made a mistake"),
        _("This page could not be made, and it is our fault. Nothing was lost. Please try again later."),
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "errors/error.html", {"status": status, "title": title, "text": text}, status=status)
