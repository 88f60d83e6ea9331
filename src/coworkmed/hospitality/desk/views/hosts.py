"""The desk, as those see it who answer for it: its devices, and who came."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places.models import Place
from coworkmed.web import qr
from coworkmed.web.errors import in_words

from ...models import Device
from .. import queries
from ..forms import DeviceForm
from ..services import devices as services
from ..words import ANOMALIES, REASONS

ON_A_PAGE = 50


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _place(request: HttpRequest, public_id: str) -> Place:
    place = get_object_or_404(Place.objects.current(), pk=public_id.lower())
    if not can(me(request), Action.PLACE_HOST, place):
        raise NotAllowedError(_("This is for those who run the place."))
    return place


def _device(request: HttpRequest, pk: int) -> Device:
    mine = Place.objects.where_may(me(request), Action.PLACE_HOST)
    held = Device.objects.current().filter(Q(place__in=mine) | Q(place__merged_into__in=mine))
    return get_object_or_404(held.select_related("place"), pk=pk)


def _page(request: HttpRequest, name: str, shown: dict[str, Any], form: Any = None) -> HttpResponse:
    said = {"messages": list(messages.get_messages(request)), "form": form, "ANOMALIES": ANOMALIES, "REASONS": REASONS}
    return render(request, f"desk/{name}.html", said | shown, status=422 if form is not None and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def devices(request: HttpRequest, public_id: str) -> HttpResponse:
    """The devices of a place, and one more."""
    place = _place(request, public_id)
    form = DeviceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, token = services.add(by=me(request), place=place, name=form.cleaned_data["name"])
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error("name", in_words(error))
        else:
            return _link(request, made, token)
    held = Device.objects.current().of(place)
    return _page(request, "devices", {"place": place, "devices": held}, form)


@require_POST
@private
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Another link for a device that waits to be set up, or is to be another browser."""
    device = _device(request, pk)
    return _link(request, device, services.link(device))


def _link(request: HttpRequest, device: Device, token: str) -> HttpResponse:
    address = settings.ENV.site_url.rstrip("/") + reverse("front-desk-set-up", args=[token])
    shown = {"place": device.place, "device": device, "address": address, "qr": qr.drawn(address)}
    return _page(request, "link", shown | {"here": reverse("front-desk-set-up", args=[token])})


@require_POST
@private
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    device = _device(request, pk)
    services.revoke(by=me(request), device=device)
    messages.success(request, _("{name} is no desk any more.").format(name=device.name))
    return redirect("place-desk", device.place.merged_into_id or device.place_id)


@require_safe
@private
def visits(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who came, and what to look at in it."""
    place = _place(request, public_id)
    page = Paginator(queries.visits(place.pk), ON_A_PAGE).get_page(request.GET.get("page"))
    away = queries.turned_away(place.pk)[:ON_A_PAGE] if page.number == 1 else []
    return _page(request, "visits", {"place": place, "page": page, "away": away})
