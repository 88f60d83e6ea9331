"""Telling that a page is right or wrong: the ways there are, suggestions, and deciding on them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import FIELDS
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places import words
from coworkmed.places.models import Place
from coworkmed.places.pages.place import tongue
from coworkmed.places.views.place import of_place, shown_of
from coworkmed.web.errors import in_words

from ..forms import PlaceForm
from ..forms.suggestion import AgainForm, ByForm, NoMoreForm, SuggestionForm, says_nothing
from ..models import Suggestion
from ..queries.suggestions import Difference, differences
from ..services import suggestions as services
from ..services.suggestions import DecidedError
from ..words import OUTCOMES
from .anyone import ask_once_more, guarded, on_place, take_in
from .claims import me


@of_place
def tell(request: HttpRequest, found: Place) -> HttpResponse:
    """What one can say of a page, and to whom: to the place, to us, to the keepers of the lists."""
    return render(request, "places/tell.html", shown_of(request, found))


@on_place
def suggest(request: HttpRequest, place: Place) -> HttpResponse:
    """The page of the place as a form: whatever is otherwise in it is suggested."""
    sent = request.POST or None
    return _suggested(request, place, "suggestion_change", PlaceForm(sent, place=place), ByForm(sent))


@on_place
def suggest_closed(request: HttpRequest, place: Place) -> HttpResponse:
    """That it no longer exists; or that it does, where it is shown as closed."""
    sent = request.POST or None
    form = (AgainForm if place.status == "CLOSED" else NoMoreForm)(sent, place=place)
    return _suggested(request, place, "suggestion_closed", form, ByForm(sent))


@require_safe
@of_place
def thanks(request: HttpRequest, found: Place) -> HttpResponse:
    """What happens with it now."""
    return render(request, "stewardship/suggestion_thanks.html", {"place": found})


def _suggested(
    request: HttpRequest, place: Place, template: str, form: PlaceForm | NoMoreForm | AgainForm, by: ByForm
) -> HttpResponse:
    purpose = f"{template}.{place.pk}"

    def page(why: str = "", status: int = 200) -> HttpResponse:
        shown = {"place": place, "form": form, "by": by, "why": why, **guarded(purpose)}
        return render(request, f"stewardship/{template}.html", shown, status=status)

    if request.method != "POST":
        return page()
    # each tells its own faults, so both are asked
    if not all([form.is_valid(), by.is_valid()]):
        return page(_("Something can’t be taken as it stands: it is marked below."), 422)
    changes = form.changes
    if says_nothing(place, changes):
        return page(_("All this is on the page already. Change what is wrong, then send it."), 422)

    def keep() -> HttpResponse:
        services.suggest(place=place, fields=changes, **by.cleaned_data)
        return redirect("suggestion-thanks", place.pk)

    def sure(why: str) -> HttpResponse:
        differ = [
            Difference(FIELDS[name], place.values.get(name), place.values.get(name), value)
            for name, value in changes.items()
        ]
        shown = {"place": place, "differences": differ, "said": by.cleaned_data, **_words()}
        return ask_once_more(request, purpose, why, shown)

    return take_in(request, purpose, about=place.pk, form=page, sure=sure, keep=keep)


# -- deciding ---------------------------------------------------------------------------------------------------------


@require_safe
@private
def suggestions(request: HttpRequest) -> HttpResponse:
    """Those that wait for me, the most urgent first."""
    waiting = Suggestion.objects.visible_to(me(request)).open().select_related("place")[:100]
    said = {"messages": list(messages.get_messages(request)), "waiting": waiting, "FIELDS": FIELDS}
    return render(request, "stewardship/suggestions.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: as it was, as it is, as it would be. A POST accepts some of it, or refuses it."""
    person = me(request)
    found = get_object_or_404(Suggestion.objects.visible_to(person).select_related("place", "entry"), pk=pk)
    form = SuggestionForm(request.POST or None, suggestion=found)
    if form.is_valid():
        names, reply = form.cleaned_data["names"], form.cleaned_data["reply"]
        try:
            if form.refuses:
                services.refuse(by=person, suggestion=found, reply=reply)
            else:
                services.accept(by=person, suggestion=found, names=names, reply=reply)
        except DecidedError as error:
            messages.warning(request, in_words(error))
            return redirect("suggestion", pk)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("Decided. Whoever suggested it is told, if they gave an address."))
            return redirect("suggestion", pk)
    shown = {
        "suggestion": found,
        "place": services.standing(found.place),
        "differences": differences(found),
        "messages": list(messages.get_messages(request)),
        "form": form,
        "open": found.outcome in ("", "PUBLISHED"),
        "OUTCOMES": OUTCOMES,
        **_words(),
    }
    return render(request, "stewardship/suggestion.html", shown, status=422 if form.errors else 200)


def _words() -> dict[str, Any]:
    """What showing values needs."""
    return {"words": words, "tongue": tongue}
