"""Reporting a page, deciding on a report, and contradicting the decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import FIELDS
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places import words
from coworkmed.places.freshness import KINDS
from coworkmed.places.models import Place
from coworkmed.places.pages.place import tongue
from coworkmed.places.views.place import of_place
from coworkmed.platform.tokens import TokenError
from coworkmed.web import errors
from coworkmed.web.errors import in_words

from ..forms.report import ObjectionForm, ReportDecisionForm, ReportForm
from ..models import Report
from ..services import reports as services
from ..services.suggestions import DecidedError, standing
from ..words import DONE, OUTCOMES, REASONS
from .anyone import ask_once_more, discreet, guarded, on_place, take_in
from .claims import me


@on_place
def report(request: HttpRequest, place: Place) -> HttpResponse:
    """Something should not be on this page."""
    purpose, form = f"report.{place.pk}", ReportForm(request.POST or None)

    def page(why: str = "", status: int = 200) -> HttpResponse:
        shown = {"place": place, "form": form, "why": why, **guarded(purpose)}
        return render(request, "stewardship/report_page.html", shown, status=status)

    if request.method != "POST":
        return page()
    if not form.is_valid():
        return page(_("Something can’t be taken as it stands: it is marked below."), 422)
    given = form.cleaned_data

    def keep() -> HttpResponse:
        services.report(place=place, **given)
        return redirect("report-thanks", place.pk)

    def sure(why: str) -> HttpResponse:
        shown = {"place": place, "differences": [], "said": given, "REASONS": REASONS}
        return ask_once_more(request, purpose, why, shown)

    return take_in(request, purpose, about=place.pk, form=page, sure=sure, keep=keep)


@require_safe
@of_place
def thanks(request: HttpRequest, found: Place) -> HttpResponse:
    """What happens with it now."""
    return render(request, "stewardship/report_thanks.html", {"place": found})


@csrf_exempt  # whoever reads the letter has no session: the link is what lets them
@require_http_methods(["GET", "HEAD", "POST"])
@discreet
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    """Contradict a decision, by the link of its letter. GET shows and changes nothing."""
    try:
        first = services.objected(token)
        form = ObjectionForm(request.POST or None)
        if form.is_valid():
            services.object_to(token=token, **form.cleaned_data)
            return redirect("report-thanks", first.place_id)
    except TokenError as error:
        return errors.page(request, 410, errors.Words(_("This link can’t be used any more"), in_words(error)))
    shown = {"report": first, "form": form, "REASONS": REASONS, "DONE": DONE}
    return render(request, "stewardship/report_object.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A report and all that is said of its place. A POST does something about it, or dismisses it; what can't be undone
    is asked once more."""
    person = me(request)
    found = get_object_or_404(Report.objects.visible_to(person).select_related("place", "objects_to"), pk=pk)
    place = standing(found.place)
    spoken, confirmations = services.words_on(place), services.confirmations_of(place)
    form = ReportDecisionForm(request.POST or None, words=spoken, confirmations=confirmations)
    asks = False
    if form.is_valid():
        asks = bool(form.acts.withhold) and not form.dismisses and "sure" not in request.POST
        if not asks:
            try:
                _act(request, found, form)
            except NotAllowedError:
                raise
            except DecidedError as error:
                messages.warning(request, in_words(error))
            except CoworkmedError as error:
                messages.error(request, in_words(error))
            else:
                messages.success(request, _("Decided. Whoever reported it is told, if they gave an address."))
            return redirect("report", pk)
    shown: dict[str, Any] = {
        "report": found,
        "place": place,
        "spoken": spoken,
        "confirmations": confirmations,
        "KINDS_OF_WORD": KINDS,
        "form": form,
        "asks": asks,
        "messages": list(messages.get_messages(request)),
        "words": words,
        "tongue": tongue,
        "FIELDS": FIELDS,
        "DONE": DONE,
        "OUTCOMES": OUTCOMES,
        "REASONS": REASONS,
    }
    return render(request, "stewardship/report.html", shown, status=422 if form.errors else 200)


def _act(request: HttpRequest, found: Report, form: ReportDecisionForm) -> None:
    reply = form.cleaned_data["reply"]
    if form.dismisses:
        services.dismiss(by=me(request), report=found, reply=reply)
    else:
        services.act(by=me(request), report=found, acts=form.acts, reply=reply)
