"""How someone comes to answer for a place: by its personal link, or keying in its paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.places import words as place_words
from coworkmed.places.models import Place
from coworkmed.places.pages.place import tongue
from coworkmed.platform import tokens
from coworkmed.stewardship.views.desk import at_desk
from coworkmed.stewardship.views.words import discreet
from coworkmed.web import formats

from ...models import Invitation, Wave
from .. import queries, services, words
from ..services import Speaker

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Door:
    """How someone came to answer for a place. ``base``: the address below which its pages are."""

    invitation: Invitation
    place: Place
    speaker: Speaker
    base: str

    @property
    def by_link(self) -> bool:
        return self.speaker.person is None

    @property
    def wave(self) -> Wave:
        return self.invitation.wave

    @property
    def open(self) -> bool:
        wave = self.wave
        return wave.takes_answers(timezone.localdate()) if self.by_link else wave.state == Wave.State.OPEN

    @property
    def known(self) -> Mapping[str, queries.Known]:
        """What is known of the place; what it answered before in confidence only to who reads its mail."""
        return queries.known(self.place, self.invitation if self.by_link else None)

    def to(self, page: str) -> str:
        return f"{self.base}{page}/" if page else self.base


View = Callable[..., HttpResponseBase]


def through_link(view: View) -> View:
    """A page behind the link of a mail: no session, so nothing to forge."""

    @csrf_exempt
    @BOTH
    @discreet
    @wraps(view)
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        try:
            invitation = services.by_link(token)
        except tokens.TokenError as error:
            return refused(request, _(error.message).format(**error.params))
        place = queries.place_of(invitation)
        if place is None:
            return refused(request, _("Nobody speaks of this place any more, so that nothing can be said of it."))
        base = reverse("census-answer", args=[token])
        return view(request, Door(invitation, place, Speaker(), base), **kwargs)

    return answer


def through_paper(view: View) -> View:
    """The same pages for who keys in the paper of a place they look after."""

    @BOTH
    @at_desk
    @wraps(view)
    def answer(request: HttpRequest, number: int, code: str, **kwargs: Any) -> HttpResponse:
        wave, person = get_object_or_404(Wave, number=number), me(request)
        try:
            invitation = services.by_paper(code, wave, person)
        except CoworkmedError:
            raise Http404 from None
        try:
            services.to_key_in(code, wave, person)
        except CoworkmedError as error:
            messages.error(request, _(error.message).format(**error.params))
            return redirect("wave", number)
        place = queries.place_of(invitation)
        if place is None:
            raise Http404
        base = reverse("wave-paper", args=[number, code])
        return cast(HttpResponse, view(request, Door(invitation, place, Speaker(person), base), **kwargs))

    return answer


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "census/refused.html", {"reason": reason}, status=404)


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def plain(door: Door) -> dict[str, Any]:
    """Field → what is known of the place."""
    return {name: one.value for name, one in door.known.items()}


def page(request: HttpRequest, name: str, door: Door, shown: Mapping[str, Any], status: int = 0) -> HttpResponse:
    form = shown.get("form")
    said = {
        "door": door,
        "place": door.place,
        "name": door.place.name or door.place.pk,
        "wave": door.wave,
        "title": formats.own_words(door.wave.title, str(door.wave.number))[0],
        "answer": queries.answer_of(door.invitation),
        "kept_until": queries.kept_until(door.wave),
        "SECTIONS": words.SECTIONS,
        "words": place_words,
        "tongue": tongue,
    }
    status = status or (422 if form is not None and form.is_bound and form.errors else 200)
    return render(request, f"census/{name}.html", said | dict(shown), status=status)
