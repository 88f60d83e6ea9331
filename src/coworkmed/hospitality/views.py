"""The page on which a place says how it receives visitors."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places.models import Place
from coworkmed.web.errors import in_words

from . import calendar, services
from .forms import TermsForm
from .models import Host
from .rules import SUSPENSIONS
from .services.declaring import declare


@require_http_methods(["GET", "HEAD", "POST"])
@private
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """On which terms a place receives visitors; those who may commit it change them."""
    place = get_object_or_404(Place.objects.current(), pk=public_id.lower())
    me = cast(Person, request.user)
    may_bind = can(me, Action.PLACE_BIND, place)
    if not may_bind and not can(me, Action.PLACE_HOST, place):
        raise NotAllowedError(_("This is for those who run the place."))
    host = Host.objects.select_related("current").filter(pk=place.pk).first()
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if host and act in ("pause", "reconfirm"):
        (services.pause if act == "pause" else services.reconfirm)(by=me, host=host)
        messages.success(request, _("Kept."))
        return redirect("place-hosting", place.pk)
    form = _form(request, place, host)
    if request.method == "POST" and form.is_valid():
        try:
            declare(by=me, place=place, promise=form.promise(), when=form.when())
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("Kept. These terms hold for all who ask from now on."))
            return redirect("place-hosting", place.pk)
    shown: dict[str, Any] = {
        "place": place, "host": host, "form": form, "may_bind": may_bind,
        "why": _(SUSPENSIONS[host.suspended_why]) if host and host.suspended_why else "",
        "messages": list(messages.get_messages(request)),
    }  # fmt: skip
    return render(request, "hospitality/terms.html", shown, status=422 if form.errors else 200)


def _form(request: HttpRequest, place: Place, host: Host | None) -> TermsForm:
    """The form, with what stands already: of a new host, the opening hours the registry knows."""
    text = str(place.values.get("opening_hours") or "")
    proposed = calendar.proposed(text, place.country, timezone.localdate()) if text and host is None else None
    return TermsForm(request.POST if request.method == "POST" else None, host=host, proposed=proposed)
