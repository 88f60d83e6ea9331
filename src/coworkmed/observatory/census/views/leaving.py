"""Taking answers back: by the link of the place, on paper's behalf, or signed in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.stewardship.queries.words import standing
from coworkmed.web import formats

from ...models import Invitation
from .. import queries, services
from ..services import Speaker
from .doors import BOTH, Door, me, page, through_link, through_paper


def _withdraw(request: HttpRequest, door: Door) -> HttpResponse:
    """What happens to the answers, and a button; afterwards, that it has happened."""
    answered = queries.has_answered(door.invitation)
    if request.method == "POST":
        if answered:  # pressed twice, it is done
            services.withdraw(invitation=door.invitation, by=door.speaker)
        return redirect(door.to("withdraw"))
    shown: dict[str, Any] = {"done": not answered and door.invitation.withdrawn_on is not None, "answered": answered}
    return page(request, "withdraw", door, shown)


answer_withdraw, paper_withdraw = through_link(_withdraw), through_paper(_withdraw)


@BOTH
@private
def own_answers(request: HttpRequest, public_id: str) -> HttpResponse:
    """For who runs a place: the waves it answered, and a way to take each answer back."""
    place, person = standing(public_id), me(request)
    if place is None:
        raise Http404
    if not can(person, Action.PLACE_SPEAK, place):
        raise NotAllowedError(services.NOT_YOURS)
    answered = queries.answered_by(place)
    if request.method == "POST":
        number = request.POST.get("wave", "")
        chosen = [one for one in answered if str(one.wave.number) == number]
        if not chosen:
            raise Http404
        for one in chosen:
            invitation = Invitation.objects.get(wave=one.wave_id, place=one.place_id)
            services.withdraw(invitation=invitation, by=Speaker(person))
        messages.success(request, _("The answers are taken back, and what was told in confidence is deleted."))
        return redirect("census-own", place.pk)
    shown = {
        "place": place,
        "name": place.name or place.pk,
        "answered": [
            (one, formats.own_words(one.wave.title, str(one.wave.number))[0], queries.kept_until(one.wave))
            for one in answered
        ],
        "messages": list(messages.get_messages(request)),
    }
    return render(request, "census/own.html", shown)
