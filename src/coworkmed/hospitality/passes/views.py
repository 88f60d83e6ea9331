"""Pages of passes: those of one's members, and one's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, verified
from coworkmed.people.views import private
from coworkmed.places.models import Place
from coworkmed.web import qr
from coworkmed.web.errors import in_words

from ..models import Bearer, Pass
from . import codes, letters, services
from .forms import JourneyForm, RenewForm, VouchForm
from .tokens import Right
from .words import RIGHTS

View = Callable[..., HttpResponse]


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _page(request: HttpRequest, name: str, shown: dict[str, Any], form: Any = None) -> HttpResponse:
    said = {"messages": list(messages.get_messages(request)), "form": form, "RIGHTS": RIGHTS}
    status = 422 if form is not None and form.errors else 200
    return render(request, f"passes/{name}.html", said | shown, status=status)


def _home(request: HttpRequest, public_id: str) -> Place:
    """A place one receives people at; refused to others."""
    place = get_object_or_404(Place.objects.current(), pk=public_id.lower())
    if not can(me(request), Action.PLACE_HOST, place):
        raise NotAllowedError(_("This is for those who run the place."))
    return place


def _said(view: Callable[[HttpRequest, Pass], None]) -> View:
    """What can't be done is said on the page of the place's passes."""

    @wraps(view)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        held = get_object_or_404(Pass.objects.visible_to(request.user).select_related("home"), pk=pk)
        try:
            view(request, held)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            messages.error(request, in_words(error))
        return redirect("place-passes", held.vouching.pk)

    return answer


# -- the home place ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
def members(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whom the place vouches for, and the form to vouch for one more."""
    place = _home(request, public_id)
    form = VouchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.vouch(
                by=me(request), home=place, name=given["name"], email=given["email"], language=given["language"],
                since=timezone.localdate(), until=given["until"], rights=[Right(one) for one in given["rights"]],
                shows_name=given["shows_name"],
            )  # fmt: skip
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error("until", in_words(error))
        else:
            messages.success(request, _("Done: there is a pass for {name}.").format(name=given["name"]))
            return redirect("place-passes", place.pk)
    held = Pass.objects.of(place).select_related("bearer")
    standing = held.filter(pk__in=Pass.objects.standing().values("pk"))
    over = held.exclude(pk__in=standing.values("pk")).filter(bearer__isnull=False)
    shown = {
        "place": place,
        "standing": [(one, letters.seal(one.bearer) if hasattr(one, "bearer") else "") for one in standing],
        "over": over[:100],
        "may_bind": can(me(request), Action.PLACE_BIND, place),
        "spaced": codes.spaced,
        "kept": services.BEARER_KEPT.days,
    }
    return _page(request, "members", shown, form)


@require_POST
@private
@_said
def end(request: HttpRequest, held: Pass) -> None:
    services.end(by=me(request), held=held)
    messages.success(request, _("Ended. Desks refuse this pass as soon as they have been connected again."))


@require_POST
@private
@_said
def renew(request: HttpRequest, held: Pass) -> None:
    form = RenewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the last day."))
        return
    services.renew(by=me(request), held=held, until=form.cleaned_data["until"])
    messages.success(request, _("Kept."))


@require_POST
@private
@_said
def new_link(request: HttpRequest, held: Pass) -> None:
    services.new_link(by=me(request), held=held, language=get_language() or "en")
    messages.success(request, _("The pass has another address and another code now. The old ones are dead."))


@require_POST
@private
def replace_key(request: HttpRequest, public_id: str) -> HttpResponse:
    place = _home(request, public_id)
    services.replace_key(by=me(request), home=place, lost=request.POST.get("lost") == "yes")
    messages.success(request, _("Passes of your place are signed with a new key from now on."))
    return redirect("place-passes", place.pk)


# -- the member -------------------------------------------------------------------------------------------------------


@require_safe
@private
def mine(request: HttpRequest) -> HttpResponse:
    """The passes of who is signed in."""
    theirs = Bearer.objects.filter(Q(person=me(request)) | Q(email__in=verified(me(request))))
    held = theirs.filter(pass_held__in=Pass.objects.standing()).select_related("pass_held__home")
    return _page(request, "mine", {"passes": [(one, letters.seal(one)) for one in held]})


@require_safe
@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    """A pass, for whoever has its address: to show at a desk, on the phone or on paper."""
    if (bearer := letters.unseal(token)) is None:
        raise Http404
    held, form = bearer.pass_held, JourneyForm(request.GET if "begins" in request.GET else None)
    begins = form.cleaned_data["begins"] if form.is_valid() else None
    try:
        shown = services.token(held, begins=begins)
    except CoworkmedError as error:
        form.add_error("begins", in_words(error))
        shown = services.token(held)
    response = _page(
        request,
        "pass",
        {
            "pass": held,
            "bearer": bearer,
            "token": token,
            "qr": qr.drawn(shown, mode="alphanumeric") if shown else "",
            "days": services.days_of(shown),
            "code": codes.spaced(held.code),
        },
        form,
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the pass
    return response
