"""The icon, for documents that don't name one: browsers then ask for it at its old address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(max_age=86_400, public=True)
def view(request: HttpRequest) -> HttpResponse:
    return redirect(static("mark.svg"))
