"""Pages on which a place answers, and sees its portrait.

A link shows and changes nothing by itself, for scanners of mail follow every link: what is kept is sent by a form.
"""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import CONFIDENTIAL, FIELDS
from coworkmed.people.services import NotAllowedError

from ...models import Answer
from .. import papers, queries, rules, services, words
from ..forms import SectionForm
from ..questionnaire import Section, current
from .doors import Door, page, plain, through_link, through_paper
from .portraits import portrayed


def _door(request: HttpRequest, door: Door) -> HttpResponse:
    """What it is about, how long it takes, where one left off; begins, or goes on."""
    if request.method == "POST":
        if door.open:
            services.begin(invitation=door.invitation)
        return redirect(door.to(_next(door)))
    return page(request, "door", door, {"next": _next(door), "sections": _steps(door)})


def _next(door: Door) -> str:
    """The first section that was not gone through; the check after the last."""
    answer, known = queries.answer_of(door.invitation), plain(door)
    asked = {one.name for one in current().asked(rules.told(answer.values, known))}
    codes = [one.code for one in rules.sections(current(), asked)]
    return next((code for code in codes if code not in answer.seen), "check")


def _steps(door: Door) -> list[dict[str, Any]]:
    """The sections, which of them were gone through, and their pages."""
    answer = queries.answer_of(door.invitation)
    asked = {one.name for one in current().asked(rules.told(answer.values, plain(door)))}
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
    answer, known = queries.answer_of(door.invitation), door.known
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
    return page(request, "section", door, _shown(door, found, form, answer, known))


def _kept(
    request: HttpRequest, door: Door, section: Section, form: SectionForm, answer: Answer, known: Mapping[str, Any]
) -> HttpResponse:
    """Keep it and go on: to questions of the same section that it opened, else to the next."""
    try:
        now = services.keep(invitation=door.invitation, section=section.code, answers=form.answers, by=door.speaker)
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        return page(request, "closed", door, {"reason": _(error.message).format(**error.params)})
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
    known = plain(door)
    found = rules.outcome(current(), answer.values, known)
    public = [(name, known[name] if name in found.vouches else found.fields[name].value, name in found.vouches)
              for name in FIELDS if name in found.fields or name in found.vouches]  # fmt: skip
    shown = {
        "public": [(FIELDS[name], value, confirmed) for name, value, confirmed in public],
        "confidential": [
            (CONFIDENTIAL[name], papers.in_words(current().question(name), value))
            for name, value in found.confidential.items()
        ],
        "steps": _steps(door),
        "left": rules.left(current(), answer.values, known, answer.seen),
        "fault": fault,
    }
    return page(request, "check", door, shown, 409 if fault else 200)


def _portrait(request: HttpRequest, door: Door) -> HttpResponse:
    """Thanks, and the place beside comparable ones; its keeper may let everyone read it."""
    answer = queries.answer_of(door.invitation)
    if answer.state != Answer.State.SUBMITTED:
        return redirect(door.to(""))
    if request.method == "POST" and door.by_link:
        services.show(invitation=door.invitation, public=request.POST.get("public") == "yes")
        return redirect(door.to("portrait"))
    link = reverse("portrait", args=[door.wave.number, answer.place_id])
    shown = portrayed(answer, queries.beside(answer, door.place)) | {
        "public": answer.public,
        "link": request.build_absolute_uri(link),
    }
    return page(request, "portrait", door, shown)


answer_door, paper_door = through_link(_door), through_paper(_door)
answer_section, paper_section = through_link(_section), through_paper(_section)
answer_check, paper_check = through_link(_check), through_paper(_check)
answer_portrait, paper_portrait = through_link(_portrait), through_paper(_portrait)
