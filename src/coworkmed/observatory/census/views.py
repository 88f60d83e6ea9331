"""Pages of the census: answering by a personal link or from paper, the portrait, and running a wave.

A link shows and changes nothing by itself, for scanners of mail follow every link: what is kept is sent by a form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import CONFIDENTIAL, FIELDS
from coworkmed.people.models import Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places import words as place_words
from coworkmed.places.models import Place
from coworkmed.places.pages.place import tongue
from coworkmed.platform import gazetteer, tokens
from coworkmed.stewardship.views.desk import at_desk
from coworkmed.stewardship.views.words import discreet
from coworkmed.web import formats

from ..models import Answer, Invitation, Wave
from . import portrait as figures
from . import queries, rules, services, typed, words
from .forms import CodeForm, SectionForm, WaveForm
from .questionnaire import Section, current
from .services import Speaker

_WAVE = require_http_methods(["GET", "HEAD", "POST"])


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

    def to(self, page: str) -> str:
        return f"{self.base}{page}/" if page else self.base


View = Callable[..., HttpResponseBase]


def through_link(view: View) -> View:
    """A page behind the link of a mail: no session, so nothing to forge."""

    @csrf_exempt
    @_WAVE
    @discreet
    @wraps(view)
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        try:
            invitation = services.by_link(token)
        except tokens.TokenError as error:
            return _refused(request, _(error.message).format(**error.params))
        place = queries.place_of(invitation)
        if place is None:
            return _refused(request, _("Nobody speaks of this place any more, so that nothing can be said of it."))
        base = reverse("census-answer", args=[token])
        return view(request, Door(invitation, place, Speaker(), base), **kwargs)

    return answer


def through_paper(view: View) -> View:
    """The same pages for who keys in the paper of a place they look after."""

    @_WAVE
    @at_desk
    @wraps(view)
    def answer(request: HttpRequest, number: int, code: str, **kwargs: Any) -> HttpResponse:
        wave, person = get_object_or_404(Wave, number=number), _me(request)
        try:
            invitation = services.by_paper(code, wave, person)
        except CoworkmedError:
            raise Http404 from None
        place = queries.place_of(invitation)
        if place is None:
            raise Http404
        base = reverse("wave-paper", args=[number, code])
        return cast(HttpResponse, view(request, Door(invitation, place, Speaker(person), base), **kwargs))

    return answer


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "census/refused.html", {"reason": reason}, status=404)


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


# -- answering --------------------------------------------------------------------------------------------------------


def _door(request: HttpRequest, door: Door) -> HttpResponse:
    """What it is about, how long it takes, where one left off; begins, or goes on."""
    if request.method == "POST":
        if door.open:
            services.begin(invitation=door.invitation)
        return redirect(door.to(_next(door)))
    return _page(request, "door", door, {"next": _next(door), "sections": _steps(door)})


def _next(door: Door) -> str:
    """The first section that was not gone through; the check after the last."""
    answer, known = queries.answer_of(door.invitation), _plain(door)
    asked = {one.name for one in current().asked(rules.told(answer.values, known))}
    codes = [one.code for one in rules.sections(current(), asked)]
    return next((code for code in codes if code not in answer.seen), "check")


def _plain(door: Door) -> dict[str, Any]:
    return {name: one.value for name, one in queries.known(door.place, door.invitation).items()}


def _steps(door: Door) -> list[dict[str, Any]]:
    """The sections, which of them were gone through, and their pages."""
    answer = queries.answer_of(door.invitation)
    asked = {one.name for one in current().asked(rules.told(answer.values, _plain(door)))}
    return [
        {
            "code": one.code,
            "title": words.SECTIONS[one.code][0],
            "minutes": one.minutes,
            "core": one.core,
            "seen": one.code in answer.seen,
            "to": door.to(one.code),
        }
        for one in rules.sections(current(), asked)
    ]


def _section(request: HttpRequest, door: Door, section: str) -> HttpResponse:
    """A section's questions: what is known first, to be said right at once; then the others. Kept as it is left."""
    found = current().section(section)
    if found is None:
        raise Http404
    answer, known = queries.answer_of(door.invitation), queries.known(door.place, door.invitation)
    plain = {name: one.value for name, one in known.items()}
    asked = {one.name for one in current().asked(rules.told(answer.values, plain))}
    questions = [one for one in found.questions if one.name in asked]
    if not questions:
        return redirect(door.to(rules.following(current(), answer.values, plain, found) or "check"))
    form = SectionForm(
        request.POST if request.method == "POST" else None,
        questions=questions,
        known=plain,
        values=answer.values,
        country=door.place.country,
        confirm=request.POST.get("step") == "right",
    )
    if request.method == "POST" and form.is_valid():
        return _kept(request, door, found, form, answer, plain)
    return _page(request, "section", door, _shown(door, found, form, answer, known))


def _kept(
    request: HttpRequest, door: Door, section: Section, form: SectionForm, answer: Answer, known: Mapping[str, Any]
) -> HttpResponse:
    """Keep it and go on: to questions of the same section that it opened, else to the next."""
    try:
        now = services.keep(invitation=door.invitation, section=section.code, answers=form.answers, by=door.speaker)
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        return _page(request, "closed", door, {"reason": _(error.message).format(**error.params)})
    if request.POST.get("step") == "later":
        return redirect(door.to(""))
    if new := rules.opened_by(current(), answer.values, now.values, known, section):
        return redirect(f"{door.to(section.code)}?more=1#q-{new[0]}")
    return redirect(door.to(rules.following(current(), now.values, known, section) or "check"))


def _shown(
    door: Door, section: Section, form: SectionForm, answer: Answer, known: Mapping[str, queries.Known]
) -> dict[str, Any]:
    steps = _steps(door)
    codes = [one["code"] for one in steps]
    asked = list(form.asked())
    at = codes.index(section.code)
    plain = {name: one.value for name, one in known.items()}
    return {
        "section": section,
        "form": form,
        "asked": asked,
        "known": [(one, known[one.question.name]) for one in asked if one.question.name in known],
        "told": {one.question.name for one in asked if one.question.name in answer.values},
        "steps": steps,
        "at": at,
        "left": rules.left(current(), answer.values, plain, answer.seen),
        "back": door.to(codes[at - 1]) if at else door.to(""),
    }


def _check(request: HttpRequest, door: Door) -> HttpResponse:
    """All that was answered, to be sent."""
    answer, fault = queries.answer_of(door.invitation), ""
    if request.method == "POST":
        try:
            services.submit(invitation=door.invitation, by=door.speaker)
        except NotAllowedError:
            raise
        except CoworkmedError as error:
            fault = _(error.message).format(**error.params)
        else:
            return redirect(door.to("portrait"))
    known = _plain(door)
    found = rules.outcome(current(), answer.values, known)
    public = [(name, known[name] if name in found.vouches else found.fields[name].value, name in found.vouches)
              for name in FIELDS if name in found.fields or name in found.vouches]  # fmt: skip
    shown = {
        "public": [(FIELDS[name], value, confirmed) for name, value, confirmed in public],
        "confidential": [(CONFIDENTIAL[name], _in_words(name, value)) for name, value in found.confidential.items()],
        "steps": _steps(door),
        "left": rules.left(current(), answer.values, known, answer.seen),
        "fault": fault,
    }
    return _page(request, "check", door, shown, 409 if fault else 200)


def _in_words(name: str, value: Any) -> str:
    """A confidential answer as one reads it."""
    labels = {code: _(text) for code, text in words.CODES.get(name, {}).items()}
    question = current().question(name)
    match question.field.form:
        case "shares":
            return " · ".join(
                f"{labels[code]} {formats.percent(share / 100)}" for code, share in value.items() if share
            )
        case "levels":
            return " · ".join(f"{labels[code]}: {_(words.LEVELS[str(level)])}" for code, level in value.items())
        case "codes":
            return " · ".join(labels[code] for code in value)
        case "code" | "flag":
            return labels[value]
        case "number":
            return formats.number(value)
        case "date":
            return formats.day(value)
    return typed.written(question, value)


def _portrait(request: HttpRequest, door: Door) -> HttpResponse:
    """Thanks, and the place beside comparable ones; its keeper may let everyone read it."""
    answer = queries.answer_of(door.invitation)
    if answer.state != Answer.State.SUBMITTED:
        return redirect(door.to(""))
    if request.method == "POST" and door.by_link:
        services.show(invitation=door.invitation, public=request.POST.get("public") == "yes")
        return redirect(door.to("portrait"))
    link = reverse("portrait", args=[door.wave.number, door.place.pk])
    shown = _portrayed(answer, queries.beside(answer, door.place)) | {
        "public": answer.public,
        "link": request.build_absolute_uri(link),
    }
    return _page(request, "portrait", door, shown)


def _portrayed(answer: Answer, told: list[figures.Beside]) -> dict[str, Any]:
    return {
        "told": [one for one in told if one.group is not None],
        "waiting": [one for one in told if one.group is None and one.own is not None],
        "answer": answer,
        "GROUPS": figures.GROUPS,
        "STANDS": figures.STANDS,
        "WIDTH": figures.WIDTH,
        "CODES": words.CODES,
    }


def _page(request: HttpRequest, name: str, door: Door, shown: Mapping[str, Any], status: int = 0) -> HttpResponse:
    form = shown.get("form")
    said = {
        "door": door,
        "place": door.place,
        "name": door.place.name or door.place.pk,
        "wave": door.wave,
        "title": formats.own_words(door.wave.title, str(door.wave.number))[0],
        "answer": queries.answer_of(door.invitation),
        "SECTIONS": words.SECTIONS,
        "words": place_words,
        "tongue": tongue,
    }
    status = status or (422 if form is not None and form.is_bound and form.errors else 200)
    return render(request, f"census/{name}.html", said | dict(shown), status=status)


answer_door, paper_door = through_link(_door), through_paper(_door)
answer_section, paper_section = through_link(_section), through_paper(_section)
answer_check, paper_check = through_link(_check), through_paper(_check)
answer_portrait, paper_portrait = through_link(_portrait), through_paper(_portrait)


@require_safe
@never_cache  # it may be made private again at once
def public_portrait(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """A portrait that its place lets everyone read."""
    answer = get_object_or_404(
        Answer.objects.select_related("wave", "place"), wave__number=number, place=public_id, public=True
    )
    told = queries.beside(answer, answer.place)
    shown = _portrayed(answer, [one.public for one in told]) | {
        "place": answer.place,
        "name": answer.place.name or answer.place.pk,
        "wave": answer.wave,
        "title": formats.own_words(answer.wave.title, str(number))[0],
        "door": None,
        "words": place_words,
    }
    return render(request, "census/portrait.html", shown)


# -- what everyone sees -----------------------------------------------------------------------------------------------


@require_safe
def census(request: HttpRequest) -> HttpResponse:
    """What the census is, and how many places answered each wave; never which."""
    waves = []
    for wave in Wave.objects.exclude(state=Wave.State.DRAFT):
        told = queries.guests(wave)
        waves.append(
            {
                "wave": wave,
                "title": formats.own_words(wave.title, str(wave.number))[0],
                "total": rules.total(told),
                "territories": _named(rules.progress(told, fewest=rules.FEWEST)),
            }
        )
    sections = [(one, *words.SECTIONS[one.code], len(one.questions)) for one in current().sections]
    return render(request, "census/index.html", {"waves": waves, "sections": sections, "STATES": words.STATES})


def _named(progress: list[rules.Progress]) -> list[tuple[str, rules.Progress]]:
    language = get_language() or "en"
    return [(gazetteer.label(one.territory, language) if one.territory else "", one) for one in progress]


# -- running a wave ---------------------------------------------------------------------------------------------------


@_WAVE
@at_desk
def waves(request: HttpRequest) -> HttpResponse:
    """The waves that concern who looks, and a new one for who may run it."""
    person = _me(request)
    may = queries.may_run(person)
    form = WaveForm(request.POST if request.method == "POST" else None, person=person) if may else None
    if request.method == "POST":
        if form is None:
            raise NotAllowedError(services.NOT_YOURS)
        if form.is_valid():
            told = form.cleaned_data
            wave = services.prepare(
                by=person,
                title=form.titles,
                organisation=told["organisation"],
                territories=told["territories"],
                opens=told["opens"],
                closes=told["closes"],
            )
            return redirect("wave", wave.number)
    mine = [(one, formats.own_words(one.title, str(one.number))[0]) for one in queries.waves_of(person)]
    shown = {"waves": mine, "form": form, "STATES": words.STATES, "messages": list(messages.get_messages(request))}
    return render(request, "census/waves.html", shown, status=422 if form and form.errors else 200)


@_WAVE
@at_desk
def wave(request: HttpRequest, number: int) -> HttpResponse:
    """How far a wave is; for who looks after its places, those that are silent; for who runs it, what to do next."""
    person = _me(request)
    found = get_object_or_404(queries.waves_of(person), number=number)
    may = queries.may_run(person, found)
    if request.method == "POST":
        return _act(request, person, found)
    told = queries.guests(found)
    silent = queries.silent(found, person)
    shown = {
        "wave": found,
        "title": formats.own_words(found.title, str(number))[0],
        "may": may,
        "plan": queries.plan(found, person) if may and found.state == Wave.State.DRAFT else None,
        "territory": lambda code: gazetteer.label(code, get_language() or "en") if code else "",
        "total": rules.total(told),
        "territories": _named(rules.progress(told, fewest=1 if may else rules.FEWEST)),
        "silent": list(silent[:200]),
        "silents": silent.count(),
        "takes": found.takes_answers(timezone.localdate()),
        "form": CodeForm(),
        "STATES": words.STATES,
        "messages": list(messages.get_messages(request)),
    }
    return render(request, "census/wave.html", shown)


def _act(request: HttpRequest, person: Person, wave: Wave) -> HttpResponse:
    """Open, remind or close; or find the paper of a place by its code."""
    step = request.POST.get("step", "")
    try:
        if step == "open":
            count = services.open_wave(by=person, wave=wave)
            text = _("The wave is open: {count} places are invited. Their mails go out day by day.")
            messages.success(request, text.format(count=formats.number(count)))
        elif step == "remind":
            count = services.remind(by=person, wave=wave)
            text = _("{count} places are reminded, each when a month has passed since the last mail.")
            messages.success(request, text.format(count=formats.number(count)))
        elif step == "close":
            services.close(by=person, wave=wave)
            messages.success(request, _("The wave is closed."))
        elif step == "paper":
            form = CodeForm(request.POST)
            code = form.cleaned_data["code"] if form.is_valid() else ""
            services.by_paper(code, wave, person)
            return redirect("wave-paper", wave.number, code)
        else:
            raise Http404
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        messages.error(request, _(error.message).format(**error.params))
    return redirect("wave", wave.number)


@require_safe
@at_desk
def paper(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """The questionnaire of a place to print, with its code, in the language of the page."""
    found = get_object_or_404(Wave, number=number)
    try:
        invitation = services.by_paper(code, found, _me(request))
    except CoworkmedError:
        raise Http404 from None
    place = queries.place_of(invitation) or invitation.place
    known = {name: one.value for name, one in queries.known(place).items() if name in FIELDS}
    shown = {
        "wave": found,
        "title": formats.own_words(found.title, str(number))[0],
        "place": place,
        "name": place.name or place.pk,
        "invitation": invitation,
        "sections": [
            (one, words.SECTIONS[one.code][0], [_on_paper(question, known) for question in one.questions])
            for one in current().sections
        ],
        "words": place_words,
        "CODES": words.CODES,
        "LEVELS": words.LEVELS,
    }
    return render(request, "census/paper.html", shown)


def _on_paper(question: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "question": question,
        "text": words.ASK[question.name],
        "help": words.HELP.get(question.name, ""),
        "unit": words.UNITS.get(question.unit, ""),
        "if": [
            {
                "text": words.ASK[one.field],
                "among": [_(words.CODES[one.field][code]) for code in one.among],
                "over": one.over,
            }
            for one in question.asked_if
        ],
        "known": known.get(question.name),
    }
