"""Pages on which a place, or who looks after it, says that its page is right, or otherwise, or that it is gone.

By the link of a mail, without an account, or signed in. A GET shows and changes nothing, for scanners of mail follow
every link; what a link may do once, a POST does: its token is what tells that the reader means it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places import words
from coworkmed.places.models import Place
from coworkmed.places.pages.place import tongue
from coworkmed.places.views.pictures import small_map
from coworkmed.places.views.place import gone as nothing_left
from coworkmed.platform import gazetteer, limits, tokens
from coworkmed.platform.limits import Limit, LimitedError
from coworkmed.web import errors, formats, guard
from coworkmed.web.errors import in_words

from ..forms import PlaceForm
from ..forms.gone import GONE, ClosedForm
from ..queries import words as queries
from ..questions import hours, lines
from ..services import words as services
from ..services.words import WHAT, Speaker, Word
from .anyone import discreet as discreet  # the census has such pages too
from .anyone import too_many

_STILL = {"PROJECT": ("PROJECT", "OPEN"), "PAUSED": ("OPEN", "PAUSED"), "CLOSED": ("OPEN",), "UNKNOWN": ("OPEN",)}


@dataclass(frozen=True, slots=True)
class Door:
    """How someone came to speak of a place. ``former``: the id they came by, where the place was joined to another;
    ``address``: of the page they speak on."""

    place: Place
    speaker: Speaker
    address: str
    former: str = ""

    @property
    def by_link(self) -> bool:
        return self.speaker.person is None

    @property
    def own(self) -> bool:
        """Whether it is the place itself that speaks, and not who looks after it."""
        return self.by_link or queries.kind_of(cast(Person, self.speaker.person), self.place) == "OWNER"


@csrf_exempt  # nobody here has a session to abuse: the token in the address is what one must know
@require_http_methods(["GET", "HEAD", "POST"])
@discreet
def by_link(request: HttpRequest, what: str, token: str) -> HttpResponseBase:
    """Through a link of a mail."""
    if what not in WHAT:
        raise Http404
    try:
        about = tokens.read(token, purpose=f"place.{what}").thing
        place = queries.standing(about.id) if about.type == "place" else None
        if place is None:
            raise tokens.InvalidTokenError
        if not place.links.exists():
            return nothing_left(request, place)
        former = about.id if about.id != place.pk else ""
        return _ANSWERS[what](request, Door(place, Speaker(token, what), request.path, former))
    except tokens.TokenError as error:
        return _refused(request, what, token, error)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def signed_in(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """For who speaks for a place, or tends it."""
    place, person = queries.standing(public_id), cast(Person, request.user)
    if place is None or not place.links.exists():
        raise Http404
    if place.pk != public_id:
        return redirect(f"place-{what}", place.pk)
    if not queries.kind_of(person, place):
        raise NotAllowedError(N_("You neither run this place nor look after it. Anyone may suggest a change, though."))
    return _ANSWERS[what](request, Door(place, Speaker("", what, person), request.path))


# -- it is right ------------------------------------------------------------------------------------------------------


def _confirm(request: HttpRequest, door: Door) -> HttpResponse:
    offered = _STILL.get(door.place.status, (door.place.status,))

    def page(door: Door, changed: str = "") -> HttpResponse:
        values = door.place.values
        shown = {
            "facts": [(FIELDS[name], values[name]) for name in services.SHOWN if name in values],
            "hours": hours(door.place),
            "map": small_map(door.place),
            "offered": offered,
        }
        return _page(request, "confirm", door, shown, changed)

    status = request.POST.get("status", "")
    if request.method != "POST" or status not in offered:
        return page(door)
    return _kept(request, door, lambda by: services.confirm(place=door.place, by=by, status=status), page)


# -- it is otherwise --------------------------------------------------------------------------------------------------


def _correct(request: HttpRequest, door: Door) -> HttpResponse:
    """The form; then what of the page will change, to be kept or gone back from."""
    form = PlaceForm(request.POST if request.method == "POST" else None, place=door.place, own=door.own)
    step = request.POST.get("step", "look")

    def page(door: Door, changed: str = "") -> HttpResponse:
        return _page(request, "correct", door, {"form": form}, changed, wrong=bool(form.errors))

    if request.method != "POST" or not form.is_valid() or step == "edit":
        return page(door)
    if step == "keep":
        changes, kept = form.changes, form.kept
        return _kept(
            request,
            door,
            lambda by: services.correct(place=door.place, by=by, changes=changes, kept=kept),
            page,
        )
    if request.POST.get("seen") != queries.mark(door.place):
        return page(door, _(services.CHANGED))
    diff = [(FIELDS[name], door.place.values.get(name), value.value) for name, value in form.changes.items()]
    return _page(request, "look", door, {"diff": diff, "hidden": _hidden(form)})


def _hidden(form: forms.Form) -> list[Any]:
    """All that was typed, to be sent again."""
    return [field.as_hidden() for field in form]


# -- it is gone -------------------------------------------------------------------------------------------------------


def _gone(request: HttpRequest, door: Door) -> HttpResponse:
    """Four ways for a place not to be there; then what its page will say, to be kept or gone back from."""
    posted, step = request.POST.get("path", ""), request.POST.get("step", "look")
    paths = {
        path: form(request.POST if path == posted else None, place=door.place, auto_id=f"{path}-%s")
        for path, form in GONE.items()
        if path != "not-us" or door.by_link
    }
    form = paths.get(posted)

    def page(door: Door, changed: str = "") -> HttpResponse:
        shown = {"paths": paths, "posted": posted}
        return _page(request, "gone", door, shown, changed, wrong=bool(form and form.errors))

    if request.method != "POST" or form is None or not form.is_valid() or step == "edit":
        return page(door)
    if step == "keep":
        return _kept(request, door, lambda by: _say_gone(door.place, by, posted, form), page)
    shown = {"path": posted, "form": form, "hidden": _hidden(form), "announced": _announced(form)}
    changes = getattr(form, "changes", {})
    shown["diff"] = [(FIELDS[name], door.place.values.get(name), one.value) for name, one in changes.items()]
    return _page(request, "look-gone", door, shown)


def _announced(form: forms.Form) -> bool:
    return isinstance(form, ClosedForm) and form.announced


def _say_gone(place: Place, by: Speaker, path: str, form: Any) -> Word:
    if path == "closed":
        return services.close(place=place, by=by, on=form.partial)
    if path == "paused":
        return services.pause(place=place, by=by, until=form.partial)
    if path == "moved":
        return services.move(place=place, by=by, fields=form.changes)
    note = form.cleaned_data["note"]
    return services.disown(place=place, token=by.token, note=note, language=get_language() or "en")


_ANSWERS: Mapping[str, Callable[[HttpRequest, Door], HttpResponse]] = {
    "confirm": _confirm,
    "correct": _correct,
    "gone": _gone,
}


# -- what all three share ---------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    name: str,
    door: Door,
    shown: Mapping[str, Any],
    changed: str = "",
    *,
    wrong: bool = False,
) -> HttpResponse:
    said = {
        "door": door,
        "place": door.place,
        "name": door.place.name or door.place.pk,
        "seen": queries.mark(door.place),
        "changed": changed,
        "back": "back" in request.GET and request.method != "POST",
        "tongue": tongue,
        "words": words,
    }
    status = 409 if changed else 422 if wrong else 200
    return render(request, f"stewardship/words/{name}.html", {**said, **shown}, status=status)


def _kept(
    request: HttpRequest, door: Door, say: Callable[[Speaker], Word], again: Callable[[Door, str], HttpResponse]
) -> HttpResponse:
    """Say it, and thank for it; where the place has changed meanwhile, show the page once more."""
    try:
        word = say(door.speaker._replace(seen=request.POST.get("seen") or "-"))
    except (NotAllowedError, tokens.TokenError):
        raise
    except CoworkmedError as error:
        now = queries.standing(door.place.pk) or door.place
        former = door.place.pk if now.pk != door.place.pk else door.former
        return again(replace(door, place=now, former=former), in_words(error))
    return redirect("word-said", services.seal(word))


def _refused(request: HttpRequest, what: str, token: str, error: tokens.TokenError) -> HttpResponse:
    """Why a link does nothing (any more), and what to do instead."""
    place = None
    with suppress(tokens.TokenError):
        place = queries.standing(tokens.glance(token, purpose=f"place.{what}").thing.id)
    shown = {
        "reason": in_words(error),
        "place": place,
        "name": (place.name or place.pk) if place else "",
        "again": reverse("word-new-link", args=[what, token]) if place else "",
    }
    return render(request, "stewardship/words/refused.html", shown, status=410 if place else 404)


# -- afterwards -------------------------------------------------------------------------------------------------------


@require_safe
@discreet
def said(request: HttpRequest, word: str) -> HttpResponse:
    """Thanks, what the page says now, and something in return. For an hour it can be taken back here."""
    return _said(request, word)


def _said(request: HttpRequest, sealed: str, fault: str = "") -> HttpResponse:
    try:
        word, possible = services.unseal(sealed)
    except tokens.TokenError:
        raise Http404 from None
    place = queries.standing(word.place)
    if place is None:
        raise Http404
    share = queries.confirmed_share(place)
    shown = {
        "word": word,
        "place": place,
        "name": place.name or place.pk,
        "lines": lines(place),
        "undo": reverse("word-undo", args=[sealed]) if possible else "",
        "fault": fault,
        "around": (_territory(share[0]), *share[1:]) if share else None,
        "tongue": tongue,
    }
    return render(request, "stewardship/words/said.html", shown, status=409 if fault else 200)


def _territory(code: str) -> str:
    region = gazetteer.region(code)
    return region.name(get_language() or "en") if region else formats.country(code)


@csrf_exempt  # as above: who knows the address of the page was thanked on it
@require_POST
@discreet
def undo(request: HttpRequest, word: str) -> HttpResponse:
    """What was said by a slip is taken back, and the way is open again."""
    try:
        taken = services.take_back(word)
    except tokens.TokenError:
        raise Http404 from None
    except CoworkmedError as error:
        return _said(request, word, in_words(error))
    args = ("word", taken.what, taken.token) if taken.token else (f"place-{taken.what}", taken.place)
    return redirect(f"{reverse(args[0], args=args[1:])}?back=1")


#: Links that one network may ask for: whoever mistypes, and not who goes through all places there are.
_LINKS = Limit("links", 6, timedelta(hours=1)), Limit("links-a-day", 20, timedelta(days=1))


def _too_often(request: HttpRequest) -> HttpResponse | None:
    """Counts that a link is asked for; a page where that was too often."""
    try:
        limits.take(*((one, guard.network(request)) for one in _LINKS))
    except LimitedError as error:
        return too_many(errors.page(request, 429), error)
    return None


@csrf_exempt
@require_POST
@discreet
def new_link(request: HttpRequest, what: str, token: str) -> HttpResponse:
    """New links instead of one that has expired or was used, to the address it was sent to, if that is the place's."""
    if often := _too_often(request):
        return often
    try:
        old = tokens.glance(token, purpose=f"place.{what}")
    except tokens.TokenError as error:
        return _refused(request, what, token, error)
    place = queries.standing(old.thing.id)
    if place is None:
        raise Http404
    services.send_links(place=place, digest=old.address)
    return render(request, "stewardship/words/link-sent.html", {"place": place, "name": place.name or place.pk})


@csrf_exempt  # the page it is asked on is the same for all; it does no more than write to the place itself, once a week
@require_POST
@discreet
def ask_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Links to the address that the place's page shows."""
    if often := _too_often(request):
        return often
    place = queries.standing(public_id)
    if place is None:
        raise Http404
    services.send_links(place=place)
    return render(request, "stewardship/words/link-sent.html", {"place": place, "name": place.name or place.pk})
