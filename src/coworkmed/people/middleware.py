"""What happens around each request of someone who signed in."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from coworkmed.web import errors

from .models import Person
from .second_factors import LostKeyError


class Seen:
    """Notes the day someone was last here, and no finer; once a day. Who has no session costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, Person):
            today = timezone.localdate()
            if request.user.last_seen != today:
                with suppress(OperationalError):  # others write for long: a page that is only read shall not fail
                    Person.objects.filter(pk=request.user.pk).update(last_seen=today)
        return self.get_response(request)


class LostKey:
    """Says in words that codes kept under another secret of the site can't be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, LostKeyError):
            return None
        return errors.page(request, 409, errors.Words(_("These codes no longer work"), _(exception.message)))
