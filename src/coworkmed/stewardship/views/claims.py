"""Claiming a place, from both sides; and handing it back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places.models import Place
from coworkmed.web.errors import in_words

from ..forms.claim import AddressForm, AnswerForm, ClaimForm, CodeForm
from ..models import Claim
from ..queries import claims as queries
from ..queries.words import standing
from ..services import claims as services
from ..words import OUTCOMES, PROOFS

View = Callable[..., HttpResponse]


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def page(request: HttpRequest, name: str, shown: dict[str, Any], form: Any = None) -> HttpResponse:
    """A page with what was said to its reader; a form that came back with faults makes it 422."""
    said = {"messages": list(messages.get_messages(request)), "form": form, "OUTCOMES": OUTCOMES, "PROOFS": PROOFS}
    status = 422 if form is not None and form.errors else 200
    return render(request, f"stewardship/{name}.html", said | shown, status=status)


def goes_back(to: str) -> Callable[[View], View]:
    """What can't be done is said on the page of this name, that of the same claim."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            try:
                return view(request, pk)
            except NotAllowedError:
                raise
            except CoworkmedError as error:
                messages.error(request, in_words(error))
                return redirect(to, pk)

        return answer

    return around


def _place(public_id: str) -> Place:
    """The place that now answers for an id."""
    if (found := standing(public_id.lower())) is None:
        raise Http404
    return found


# -- who claims -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
def claim_place(request: HttpRequest, public_id: str) -> HttpResponse:
    """Says what claiming is and asks for whom and how it is proved."""
    place, person = _place(public_id), me(request)
    form = ClaimForm(request.POST if request.method == "POST" else None, person=person, known=queries.known(place))
    if form.is_valid():
        given = {name: form.cleaned_data.get(name, "") for name in ("proof", "address", "note")}
        try:
            made = services.claim(by=person, place=place, organisation=form.organisation_of(), **given)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error(None, in_words(error))
        else:
            return redirect("claim", made.pk)
    mine = queries.mine(person).filter(place=place, outcome="")
    return page(request, "claim_place", {"place": place, "mine": mine, "known": queries.known(place)}, form)


@require_safe
@private
def claims(request: HttpRequest) -> HttpResponse:
    """What I claimed, and what others claim that mine runs."""
    person = me(request)
    return page(
        request,
        "claims",
        {"claims": queries.mine(person).order_by("-created")[:200], "against": queries.against(person)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@goes_back("claim")
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a claim stands, and the field for its code."""
    one = get_object_or_404(queries.mine(me(request)), pk=pk)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            proved = services.prove(by=me(request), claim=one, code=form.cleaned_data["code"])
        except services.WrongCodeError as error:
            form.add_error("code", in_words(error))
        else:
            if proved.outcome:
                messages.success(request, _("Proved. Your organisation runs this place from now on."))
            return redirect("claim", pk)
    return _claim_page(request, one, form)


def _claim_page(request: HttpRequest, one: Claim, form: CodeForm, again: AddressForm | None = None) -> HttpResponse:
    known = queries.known(one.place)
    waits = bool(one.code and one.code_until and one.code_until > timezone.now())
    shown = {"claim": one, "waits": waits, "again": again or AddressForm(known=known), "place": one.place}
    response = page(request, "claim", shown, form)
    response.status_code = 422 if again is not None else response.status_code
    return response


@require_POST
@private
@goes_back("claim")
def claim_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Another code by mail."""
    one = get_object_or_404(queries.mine(me(request)), pk=pk)
    form = AddressForm(request.POST, known=queries.known(one.place))
    if not form.is_valid():
        return _claim_page(request, one, CodeForm(), form)
    services.send_code(by=me(request), claim=one, address=form.cleaned_data["address"])
    messages.success(request, _("A new code is on its way. The one before holds no more."))
    return redirect("claim", pk)


@require_POST
@private
@goes_back("claim")
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    services.withdraw(by=me(request), claim=get_object_or_404(queries.mine(me(request)), pk=pk))
    messages.success(request, _("The claim is taken back."))
    return redirect("claim", pk)


# -- who runs the place -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private
@goes_back("claim-answer")
def claim_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What another organisation claims, and two ways to answer: in words, or by handing the place over."""
    person = me(request)
    one = get_object_or_404(queries.against(person), pk=pk)
    if request.method == "POST" and request.POST.get("yield") == "yes":
        services.yield_to(by=person, claim=one)
        messages.success(request, _("The place is theirs from now on."))
        return redirect("claims")
    form = AnswerForm(request.POST or None, initial={"words": one.answer})
    if form.is_valid():
        services.answer(by=person, claim=one, words=form.cleaned_data["words"])
        messages.success(request, _("The steward will read it before they decide."))
        return redirect("claim-answer", pk)
    return page(request, "claim_answer", {"claim": one, "place": one.place}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def hand_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then the organisation runs the place no more."""
    place, person = _place(public_id), me(request)
    runs = queries.runner(place.pk, of=person)
    if runs is None or not can(person, Action.PLACE_DETACH, place):
        raise NotAllowedError(_("This is for the organisation that runs the place."))
    if request.method == "POST":
        services.hand_back(by=person, organisation=runs, place=place)
        messages.success(request, _("Done. What was said of the place stays on its page."))
        return redirect("claims")
    return page(request, "claim_hand_back", {"place": place, "organisation": runs})
