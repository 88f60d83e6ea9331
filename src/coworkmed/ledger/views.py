"""The books of a place, for those who may read them."""

import re
from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.people.views import private
from coworkmed.places.models import Place
from coworkmed.web.errors import in_words

from . import files, queries, services
from .forms import LimitForm, ReasonForm
from .models import SetOff, Statement, Transfer
from .rules import CORRECTABLE
from .services import setting_off
from .words import KINDS

#: Form of a statement → its type and how it is made.
FORMS: Mapping[str, tuple[str, Callable[[Statement], str | bytes]]] = {
    "pdf": ("application/pdf", files.as_pdf),
    "csv": ("text/csv; charset=utf-8", files.as_csv),
    "json": ("application/json", files.as_json),
}
_NAME = re.compile(rf"([0-9]{{4}}-[0-9]{{2}})-([A-Z]{{3,4}})\.({'|'.join(FORMS)})")


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _place(public_id: str, person: Person) -> Place:
    """The place that now answers for an id, to who may read its books. Raises NotAllowedError for others."""
    found = get_object_or_404(Place.objects.select_related("merged_into"), pk=public_id.lower())
    found = found.merged_into or found
    require(person, Action.PLACE_BOOKS, found)
    return found


@require_safe
@private
def all_books(request: HttpRequest) -> HttpResponse:
    """The places whose books I may read; where there is one, its books."""
    places = queries.readable(_me(request))
    if len(places) == 1:
        return redirect("books", places[0].pk)
    shown = {"messages": list(messages.get_messages(request)), "places": places}
    return render(request, "ledger/all.html", shown)


@require_safe
@private
def books(request: HttpRequest, public_id: str) -> HttpResponse:
    """What stands between a place and each partner, what is promised, and what was written down."""
    person = _me(request)
    place = _place(public_id, person)
    return render(
        request,
        "ledger/books.html",
        {
            "messages": list(messages.get_messages(request)),
            "place": place,
            "positions": queries.positions(place),
            "partners": queries.partners(place),
            "holds": queries.open_holds(place),
            "lines": queries.entries(place),
            "statements": queries.statements(person, place),
            "proposals": queries.proposals(place),
            "may_bind": can(person, Action.PLACE_BIND, place),
            "KINDS": KINDS,
            "CORRECTABLE": CORRECTABLE,
            "amount": files.shown,
            "unit_name": files.unit_name,
        },
    )


@require_safe
@private
def statement(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """A statement as a file: "2026-10-DAY.pdf"."""
    person = _me(request)
    place = _place(public_id, person)
    if (named := _NAME.fullmatch(name)) is None:
        raise Http404
    month, unit, form = named.groups()
    one = get_object_or_404(Statement.objects.visible_to(person), place=place, month=month, unit=unit)
    content_type, made = FORMS[form]
    response = HttpResponse(made(one), content_type=content_type)
    filename = f"{place.pk}-{one.month}-{one.unit}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_POST
@private
def answer(request: HttpRequest, public_id: str, run: UUID) -> HttpResponse:
    """A place's word on a set-off: ``agrees`` is "yes" or "no"."""
    person = _me(request)
    place = _place(public_id, person)
    held = get_object_or_404(SetOff, pk=run)
    require(person, Action.PLACE_BIND, place)
    if (said := request.POST.get("agrees")) not in ("yes", "no"):
        messages.error(request, _("Say whether your place takes part or not."))
        return redirect("books", place.pk)
    try:
        now = setting_off.answer(run=held, place=place, agrees=said == "yes", by=person)
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        messages.error(request, in_words(error))
        return redirect("books", place.pk)
    if said == "no":
        messages.success(request, _("Your place stays out. Nothing in your books changes."))
    elif now.state == SetOff.State.POSTED:
        messages.success(request, _("All have agreed: the debts are set off."))
    elif now.pk != held.pk:
        messages.success(request, _("A debt changed meanwhile, so it was reckoned anew. Please look at it again."))
    else:
        messages.success(request, _("You agree. It is set off as soon as all others have agreed."))
    return redirect("books", place.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def take_back(request: HttpRequest, public_id: str, transfer: UUID) -> HttpResponse:
    """Asks for a reason, then writes the exact inverse of an entry."""
    person = _me(request)
    place = _place(public_id, person)
    require(person, Action.PLACE_BIND, place)
    found = get_object_or_404(Transfer.objects.select_related("taker"), pk=transfer, giver=place, kind__in=CORRECTABLE)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.correct(found.key, why=form.cleaned_data["why"], by=person)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("It is taken back. Both entries stay in the books."))
            return redirect("books", place.pk)
    shown = {"messages": [], "place": place, "transfer": found, "form": form, "amount": files.shown}
    return render(request, "ledger/take_back.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def limits(request: HttpRequest, public_id: str) -> HttpResponse:
    """How much may be owed at most, by all together or by one partner."""
    person = _me(request)
    place = _place(public_id, person)
    require(person, Action.PLACE_BIND, place)
    known = {one.place: one.name for one in queries.partners(place, even=True)}
    units = [(one, files.unit_name(one)) for one in dict.fromkeys(["DAY", "HOUR", *queries.positions(place)])]
    form = LimitForm(request.POST if request.method == "POST" else None, partners=list(known.items()), units=units)
    if form.is_valid():
        said = form.cleaned_data
        partner = Place.objects.get(pk=said["partner"]) if said["partner"] else None
        owing = {} if partner else {"owing": said["owing"]}
        try:
            services.limit(place=place, partner=partner, unit=said["unit"], owed=said["owed"], by=person, **owing)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("The limit holds from now on."))
            return redirect("books-limits", place.pk)
    shown = {
        "messages": list(messages.get_messages(request)),
        "place": place,
        "form": form,
        "limits": queries.limits(place),
        "amount": files.shown,
    }
    return render(request, "ledger/limits.html", shown, status=422 if form.errors else 200)
