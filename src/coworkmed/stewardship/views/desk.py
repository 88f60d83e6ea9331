"""The steward's desk, and a steward's part in claims."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.i18n import N_
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.places.clock import REASONS as SILENCE
from coworkmed.places.words import STATUS
from coworkmed.platform import gazetteer
from coworkmed.sources.rules import FLAGS
from coworkmed.web import formats

from ..forms.claim import DecisionForm
from ..models import Claim
from ..queries import claims as claim_queries
from ..queries import desk as queries
from ..questions import language_of
from ..services import claims as services
from ..words import REASONS
from .claims import goes_back, me, page

View = Callable[..., HttpResponse]
if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:  # generic for the type checker only
    _Paginator = Paginator


class _Counted(_Paginator):
    """Pages of what has been counted already."""

    def __init__(self, waiting: Any, per_page: int, count: int) -> None:
        super().__init__(waiting, per_page)
        self._count = count

    @cached_property
    def count(self) -> int:
        return self._count


def at_desk(view: View) -> View:
    """For who looks after places anywhere."""

    @private
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not me(request).tends:
            raise NotAllowedError(N_("Your role does not allow this, or no longer does."))
        return view(request, *args, **kwargs)

    return answer


@require_safe
@at_desk
def desk(request: HttpRequest, work: str = queries.WORK[0]) -> HttpResponse:
    """What waits of one kind, oldest first; tabs say how much waits of each."""
    if work not in queries.WORK or work == "review":
        raise Http404
    person = me(request)
    every = queries.scopes(person)
    asked = request.GET.get("of", "")
    scope = next((one for one in every if one.key == asked), None)
    table = queries.Desk(person, scope)
    counts = table.counts()
    waiting = getattr(table, work)()
    listed = _Counted(waiting, queries.PAGE, counts[work]).get_page(request.GET.get("page"))
    of = {"of": scope.key} if scope else {}
    shown = {
        "work": work,
        "scopes": [(one.key, _scope(one)) for one in every],
        "scope": scope,
        "scope_name": _scope(scope) if scope else "",
        "counts": counts,
        "sources_too": queries.watches_sources(person),
        "listed": listed,
        "rows": table.rows(list(listed)) if work == "confirm" else list(listed),
        "query": "?" + urlencode(of) if of else "",
        "at": lambda number: "?" + urlencode(of | {"page": number}),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "MOST": queries.MOST,
        "SILENCE": SILENCE,
        "STATUS": STATUS,
        "REASONS": REASONS,
        "FLAGS": FLAGS,
    }
    return page(request, "desk", shown)


def _scope(scope: queries.Scope) -> str:
    if scope.network:
        return formats.own_words(scope.network.name, str(scope.network))[0]
    return gazetteer.label(scope.territory, get_language() or "en")


# -- claims -----------------------------------------------------------------------------------------------------------


def _claim(request: HttpRequest, pk: int) -> Claim:
    seen = Claim.objects.visible_to(me(request)).select_related("place", "organisation", "person")
    return get_object_or_404(seen, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
@goes_back("desk-claim")
def desk_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """A claim as the steward sees it: both sides, and the decision."""
    one, person = _claim(request, pk), me(request)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        accept = form.cleaned_data["accept"] == "yes"
        if services.decide(by=person, claim=one, accept=accept, reply=form.cleaned_data["reply"]):
            messages.success(request, _("Decided. Both sides are told."))
        else:
            messages.success(request, _("The organisation that runs the place is told, and is heard first."))
        return redirect("desk-claim", pk)
    runs = claim_queries.runner(one.place_id)
    shown = {
        "claim": one,
        "place": one.place,
        "runs": runs if runs and runs.pk != one.organisation_id else None,
        "known": claim_queries.known(one.place),
        "may": can(person, Action.PLACE_ATTACH, one.place) and not claim_queries.is_party(person, one),
        "now": timezone.now(),
    }
    return page(request, "desk_claim", shown, form)


@require_POST
@at_desk
@goes_back("desk-claim")
def desk_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The number to call, and the code to read out. Not kept: each call has its own."""
    one = _claim(request, pk)
    code = services.call(by=me(request), claim=one)
    shown = {"claim": one, "place": one.place, "code": code, "known": claim_queries.known(one.place)}
    return page(request, "desk_call", shown)


@require_POST
@at_desk
@goes_back("desk-claim")
def desk_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter to print: address and code."""
    one = _claim(request, pk)
    code = services.write(by=me(request), claim=one)
    one.refresh_from_db()
    shown = {"claim": one, "place": one.place, "code": code, "known": claim_queries.known(one.place)}
    with translation.override(language_of(one.place)):
        link = request.build_absolute_uri(reverse("place", args=[one.place_id]))
        told = shown | {"link": link, "today": timezone.localdate()}
        sheet = render_to_string("stewardship/letter.html", told, request)
    return page(request, "desk_letter", shown | {"sheet": mark_safe(sheet)})  # noqa: S308 (a page of ours)
