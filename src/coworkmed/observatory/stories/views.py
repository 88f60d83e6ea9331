"""Pages of stories: reading them, telling them by a link or signed in, and what their coders do."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places import words as place_words
from coworkmed.places.models import Place
from coworkmed.platform import gazetteer, limits, tokens
from coworkmed.platform.limits import Limit, LimitedError
from coworkmed.stewardship.queries.words import disowned, standing
from coworkmed.stewardship.views.anyone import on_place, too_many
from coworkmed.stewardship.views.desk import at_desk
from coworkmed.stewardship.views.words import discreet
from coworkmed.web import errors, formats, guard

from ..models import Story
from . import letters, queries, rules, scheme, services, words
from .forms import CodesForm, StoryForm

_BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20  # stories on a page
LINKS = Limit("story-links", 10, guard.HOUR)  # asked for, for each network
OPENING = 120  # characters by which a story is cited


# -- reading ----------------------------------------------------------------------------------------------------------


@require_safe
@never_cache  # what is taken back is gone at once
def stories(request: HttpRequest) -> HttpResponse:
    """What places tell, by theme, place, territory and language."""
    choice = queries.Choice.read(request.GET)
    found = queries.published(choice)
    listed = Paginator(found, PAGE).get_page(request.GET.get("page"))
    of = standing(choice.place.lower()) if choice.place else None
    shown = {
        "choice": choice,
        "listed": listed,
        "stories": [(one, queries.place_of(one)) for one in listed],
        "count": len(found),
        "of": of,
        "counts": queries.themed(),
        "offered": queries.offered(),
        "territory": _territory,
        "to": lambda **other: _address(choice, **other),
        "place_words": place_words,
    }
    return render(request, "stories/index.html", shown | _words())


def _address(choice: queries.Choice, **other: Any) -> str:
    told = {name: value for name, value in (choice.items() | other).items() if value}
    return reverse("stories") + (f"?{urlencode(told)}" if told else "")


def _territory(code: str) -> str:
    return gazetteer.label(code, get_language() or "en") if code else ""


def _words() -> dict[str, Any]:
    return {"THEMES": words.THEMES, "FIELDS": words.FIELDS, "scheme": scheme.current()}


@require_safe
@never_cache
def story(request: HttpRequest, reference: str) -> HttpResponse:
    """One story, to be read and cited; or that it was taken back."""
    found = Story.objects.select_related("place", "wave").filter(reference=reference.lower()).first()
    if found is not None and found.state == Story.State.WITHDRAWN:
        told = _("Whoever told it took it back on {day}. Its text is deleted.").format(
            day=formats.day(found.withdrawn_on) if found.withdrawn_on else ""
        )
        return errors.page(request, 410, errors.Words(_("This story was taken back"), told))
    if found is None or found.state != Story.State.PUBLISHED:
        raise Http404
    if reference != found.reference:
        return redirect("story", found.reference, permanent=True)
    place = queries.place_of(found)
    shown = {
        "story": found,
        "place": place,
        "permalink": f"{settings.ENV.site_url.rstrip('/')}/stories/{found.reference}/",
        "opening": _opening(found.text),
        "territory": _territory,
        "SETTLED": words.SETTLED,
    }
    return render(request, "stories/story.html", shown | _words())


def _opening(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= OPENING else line[:OPENING].rsplit(" ", 1)[0] + " …"


@require_safe
def themes(request: HttpRequest) -> HttpResponse:
    """The scheme: what each theme means, how many stories are of it, and how far their coders agree."""
    agreed = {one.theme: one for one in scheme.agreed(queries.coded())}
    return render(request, "stories/themes.html", {"counts": queries.themed(), "agreed": agreed} | _words())


# -- telling ----------------------------------------------------------------------------------------------------------


@on_place
def door(request: HttpRequest, place: Place) -> HttpResponse:
    """Where a place begins to tell: signed in, or by a link to the address that its page shows."""
    sent = request.method == "POST"
    if sent:
        try:
            limits.take((LINKS, guard.network(request)))
        except LimitedError as error:
            return too_many(errors.page(request, 429), error)
        letters.send_link(place=place)
    told = queries.published(queries.Choice(place=place.pk))
    shown = {"place": place, "name": place.name or place.pk, "sent": sent, "count": len(told), "TERMS": words.TERMS}
    return render(request, "stories/door.html", shown)


@csrf_exempt  # nobody here has a session to abuse: the token in the address is what one must know
@_BOTH
@discreet
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """For whoever reads the mail of a place."""
    try:
        found = tokens.read(token, purpose=letters.PURPOSE)
        place = standing(found.thing.id) if found.thing.type == "place" else None
        if place is None or not place.links.exists() or (found.thing.id, found.address) in disowned():
            raise tokens.InvalidTokenError
    except tokens.TokenError as error:
        told = {"reason": _(error.message).format(**error.params)}
        return render(request, "stories/refused.html", told, status=404)
    return _telling(request, place, None)


@_BOTH
@private
def signed_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """For who speaks for the place."""
    place, person = standing(public_id), cast(Person, request.user)
    if place is None or not place.links.exists():
        raise Http404
    services.teller(place, person)
    return _telling(request, place, person)


def _telling(request: HttpRequest, place: Place, person: Person | None) -> HttpResponse:
    """The stories of a place for itself, and one to write: kept as a draft, sent, or taken back."""
    told = list(queries.of_place(place))
    draft = next((one for one in told if one.state == Story.State.DRAFT), None)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    form = StoryForm(request.POST if step in ("keep", "send") else None, send=step == "send", initial=_begin(draft))
    status = 200
    try:
        if step == "withdraw":
            chosen = next((one for one in told if one.reference == request.POST.get("story")), None)
            if chosen is None:
                raise Http404
            services.withdraw(story=chosen, place=place, by=person)
            return redirect(f"{request.path}?said=withdrawn")
        if form.is_bound and form.is_valid():
            services.keep(place=place, by=person, told=form.told, story=draft, send=step == "send")
            return redirect(f"{request.path}?said={'sent' if step == 'send' else 'kept'}")
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        form.add_error(None, _(error.message).format(**error.params))
    if form.is_bound and form.errors:
        status = 422
    shown = {
        "place": place,
        "name": place.name or place.pk,
        "by_link": person is None,
        "told": [one for one in told if one.state not in (Story.State.DRAFT, Story.State.WITHDRAWN)],
        "draft": draft,
        "form": form,
        "said": request.GET.get("said", ""),
        "STATES": words.STATES,
        "TERMS": words.TERMS,
    }
    return render(request, "stories/tell.html", shown, status=status)


def _begin(draft: Story | None) -> dict[str, Any]:
    if draft is None:
        return {"language": get_language() or "en", "named": "NAMED"}
    naming = "NAMED" if draft.named else "UNNAMED"
    return {"text": draft.text, "language": draft.language, "named": naming, "teller": draft.teller}


# -- coding -----------------------------------------------------------------------------------------------------------


@require_safe
@at_desk
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for who looks after places: to give themes to, to settle, to publish."""
    waiting = queries.work(cast(Person, request.user))
    shown = {"work": waiting, "opening": _opening, "messages": list(messages.get_messages(request))}
    return render(request, "stories/desk.html", shown)


@_BOTH
@at_desk
def work(request: HttpRequest, reference: str) -> HttpResponse:
    """One story at the desk."""
    person = cast(Person, request.user)
    found = get_object_or_404(Story.objects.visible_to(person), reference=reference)
    if found.state == Story.State.WITHDRAWN:
        raise Http404
    if request.method == "POST":
        return _act(request, person, found)
    place, codings = queries.place_of(found), list(found.codings.all())
    mine = next((one for one in codings if one.coder_id == person.pk), None)
    both = (codings[0].themes, codings[1].themes) if len(codings) >= 2 else None
    own = can(person, Action.PLACE_SPEAK, place)
    may = not own and found.state == Story.State.SUBMITTED
    shown = {
        "story": found,
        "place": place if found.named else None,
        "territory": _territory,
        "own": own,
        "mine": mine,
        "both": both,  # each is shown what the other found once both have said
        "disputed": scheme.disputed(both) if both else [],
        "may_code": may and both is None,
        "may_settle": may and both is not None and not found.settled,
        "may_keep": not own and can(person, Action.PLACE_TEND, place),
        "form": CodesForm(initial={"themes": mine.themes if mine else both[0] if both else []}),
        "SETTLED": words.SETTLED,
        "STATES": words.STATES,
        "messages": list(messages.get_messages(request)),
    }
    return render(request, "stories/work.html", shown | _words())


def _act(request: HttpRequest, person: Person, found: Story) -> HttpResponse:
    step = request.POST.get("step", "")
    form = CodesForm(request.POST)
    if step in ("code", "settle") and not form.is_valid():
        raise Http404  # a theme there is not
    try:
        if step == "code":
            services.code(by=person, story=found, themes=form.cleaned_data["themes"])
            messages.success(request, _("Your reading is kept."))
        elif step == "settle":
            services.settle(by=person, story=found, themes=form.cleaned_data["themes"])
            messages.success(request, _("Its themes are settled."))
        elif step == "publish":
            services.publish(by=person, story=found)
            messages.success(request, _("The story is published."))
        elif step == "decline":
            services.decline(by=person, story=found, reason=request.POST.get("reason", "")[: rules.LONGEST])
            messages.success(request, _("The story is not published. The place reads why."))
        else:
            raise Http404
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        messages.error(request, _(error.message).format(**error.params))
        return redirect("story-work", found.reference)
    return redirect("story-desk")
