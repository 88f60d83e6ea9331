"""What happens around each request of someone who signed in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from .models import Person


class Seen:
    """Notes the day someone was last here, and no finer; once a day. Who has no session costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, Person):
            today = timezone.localdate()
            if request.user.last_seen != today:
                Person.objects.filter(pk=request.user.pk).update(last_seen=today)
        return self.get_response(request)
