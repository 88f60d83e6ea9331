"""The desk: what waits, a pair, several that are alike, and what is taken back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES
from coworkmed.linkage.reasons import RELATIONS
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.views import private
from coworkmed.sources.models import Source
from coworkmed.web import formats
from coworkmed.web.errors import in_words
from coworkmed.web.formats import own_words

from .. import explained
from .. import words as places_words
from ..models import Doubt, Verdict, Weights
from ..pages.place import distance, tongue
from ..views.pictures import band
from . import pages, queries, rules, services, weights, words
from .agreement import LEAST
from .forms import TOGETHER, ActForm, ShapeForm, VerdictForm, WeightsForm
from .learning import Lesson

View = Callable[..., HttpResponse]
#: Pairs listed on the first page of the desk.
LISTED = 20
#: Two numbers that any database can hold, and a dash.
LONGEST_NAME, LARGEST = 37, 10**18


def at_desk(view: View) -> View:
    """For who reviews pairs somewhere. What can't be done is said on the page that comes next."""

    @private
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _me(request).tends:
            raise NotAllowedError(N_("Your role does not allow this, or no longer does."))
        try:
            return view(request, *args, **kwargs)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            messages.error(request, in_words(error))
            return redirect("review")

    return answer


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _page(request: HttpRequest, name: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    said = {"messages": list(messages.get_messages(request)), "acts": queries.last_acts(_me(request))}
    told = {"VERDICTS": words.VERDICTS, "KEYS": words.KEYS, "UNDO_KEY": words.UNDO_KEY, "RELATIONS": RELATIONS}
    return render(request, f"review/{name}.html", said | told | {"distance": distance} | shown, status=status)


@require_safe
@at_desk
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, best first; what may be judged together; how far reviewers agree; what decisions teach."""
    person = _me(request)
    waiting = queries.queue(person)
    told = waiting[:LISTED].select_related(
        "left__assertion", "right__assertion", "left__source", "right__source", "left__link__place"
    )
    learnt = Weights.objects.exclude(lesson={}).filter(adopted_at=None).last()
    shown = {
        "count": waiting.count(),
        "doubts": [(one, pages.Line(one.left), pages.Line(one.right)) for one in told],
        "shapes": queries.shapes(person),
        "titles": {one.key: own_words(one.spec.get("title"), one.key)[0] for one in Source.objects.all()},
        "signed": signed,
        "agreement": queries.agreed(),
        "twice": queries.twice_judged(),
        "least": LEAST,
        "learnt": learnt,
        "lesson": Lesson.from_json(learnt.lesson) if learnt else None,
        "in_use": _in_use(),
        "operates": can(person, Action.SITE_OPERATE),
        "COMPARISONS": words.COMPARISONS,
    }
    return _page(request, "desk", shown)


def _in_use() -> dict[str, Any]:
    """The weights in use: none of the registry's own, brought from elsewhere, or learnt here."""
    kept = weights.adopted()
    return {"kept": kept, "lesson": Lesson.from_json(kept.lesson) if kept and kept.lesson else None}


def signed(change: float) -> str:
    """A change with its sign, as the reader writes numbers."""
    return ("+" if change > 0 else "−" if change < 0 else "") + formats.number(abs(change))


@require_safe
@at_desk
def following(request: HttpRequest) -> HttpResponse:
    """The next pair; the desk where none waits."""
    return _onwards(request)


def _onwards(request: HttpRequest) -> HttpResponse:
    found = queries.queue(_me(request)).first()
    return redirect("review-pair", found.left_id, found.right_id) if found else redirect("review")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def pair(request: HttpRequest, left: int, right: int) -> HttpResponse:
    """A pair side by side. A POST judges it and leads to the next."""
    if max(left, right) >= LARGEST:
        raise Http404
    person = _me(request)
    seen = Doubt.objects.visible_to(person).filter(queries.of_pair(left, right)).select_related("left", "right")
    doubt = seen.distinct().first()
    if request.method == "POST":
        form = VerdictForm(request.POST)
        if form.is_valid():
            if doubt is None and not Doubt.objects.filter(queries.of_pair(left, right)).exists():
                raise CoworkmedError(N_("The registry was made anew meanwhile, and this is no longer in question."))
            services.judge(by=person, pairs=[(left, right)], **form.cleaned_data)
            messages.success(request, words.done(form.cleaned_data["said"], 1))
            return _onwards(request)
    if doubt is None:
        raise Http404
    mine = Verdict.objects.filter(person=person, left=min(left, right), right=max(left, right)).first()
    shown = {
        "page": pages.pair_page(doubt),
        "mine": mine,
        "waiting": queries.queue(person).count(),
        "note": request.POST.get("note", ""),
        "why_asked": words.WHY_ASKED,
        "DISPUTED": words.DISPUTED,
        "words": places_words,
        "bars": explained.bars,
        "together": explained.together,
        "band": band(),
        "tongue": tongue,
        "LICENCES": LICENCES,
    }
    return _page(request, "pair", shown, 422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def together(request: HttpRequest) -> HttpResponse:
    """Pairs that are alike, to be judged with one press once they were looked through."""
    person = _me(request)
    shape = ShapeForm(request.GET).shape()
    if shape is None:
        raise Http404
    alike = queries.of_shape(person, shape)
    some = alike[: rules.TOGETHER].select_related(
        "left__assertion", "right__assertion", "left__source", "right__source"
    )
    listed = [(one, pages.Line(one.left), pages.Line(one.right)) for one in some]
    fault = ""
    if request.method == "POST":
        form, pairs = VerdictForm(request.POST), [_numbers(one) for one in request.POST.getlist("pair")]
        if form.is_valid() and pairs:
            services.judge(by=person, pairs=pairs, **form.cleaned_data)
            messages.success(request, words.done(form.cleaned_data["said"], len(pairs)))
            left = queries.of_shape(person, shape).exists()
            return redirect(request.get_full_path()) if left else redirect("review")
        fault = _("Choose at least one pair, and a verdict.")
    shown = {"shape": shape, "listed": listed, "count": alike.count(), "fault": fault, "TOGETHER": TOGETHER}
    return _page(request, "alike", shown, 422 if fault else 200)


def _numbers(name: str) -> tuple[int, int]:
    """Of the entries of a pair. CoworkmedError where the words name none."""
    one, _dash, other = name.partition("-")
    if not (one.isascii() and one.isdecimal() and other.isascii() and other.isdecimal()) or len(name) > LONGEST_NAME:
        raise CoworkmedError(N_("“{name}” names no pair."), name=name[:LONGEST_NAME])
    return int(one), int(other)


@require_POST
@at_desk
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was said with one press, and show it again."""
    form = ActForm(request.POST)
    if not form.is_valid():
        raise CoworkmedError(N_("There is nothing to take back: it was taken back already."))
    pairs = services.undo(by=_me(request), act=form.cleaned_data["act"])
    messages.success(request, _("Taken back."))
    return redirect("review-pair", *pairs[0]) if len(pairs) == 1 else redirect("review")


@require_POST
@at_desk
def weigh(request: HttpRequest) -> HttpResponse:
    """Take over the weights that were learnt, or go back to those before."""
    form = WeightsForm(request.POST)
    if form.is_valid() and (number := form.cleaned_data["number"]):
        weights.adopt(by=_me(request), number=number)
        messages.success(request, _("The next run goes by these weights."))
    else:
        weights.go_back(by=_me(request))
        messages.success(request, _("The next run goes by the weights of before."))
    return redirect("review")
