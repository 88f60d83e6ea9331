"""Portraits: what they show, for everyone where their place lets them, and on paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.places import words as place_words
from coworkmed.places.models import Place
from coworkmed.stewardship.views.desk import at_desk
from coworkmed.web import formats, typeset

from ...models import Answer, Wave
from .. import papers, queries, services
from .. import portrait as figures
from .doors import Door, me, through_link, through_paper


def portrayed(answer: Answer, told: list[figures.Beside]) -> dict[str, Any]:
    return {
        "told": [one for one in told if one.group is not None],
        "waiting": [one for one in told if one.group is None and one.own is not None],
        "answer": answer,
        "GROUPS": figures.GROUPS,
        "STANDS": figures.STANDS,
        "WIDTH": figures.WIDTH,
        "amount": papers.amount,
    }


@require_safe
@never_cache  # it may be made private again at once
def public_portrait(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """A portrait that its place lets everyone read."""
    answer = get_object_or_404(
        Answer.objects.select_related("wave", "place"), wave__number=number, place=public_id, public=True
    )
    told = queries.beside(answer, answer.place)
    shown = portrayed(answer, [one.public for one in told]) | {
        "place": answer.place,
        "name": answer.place.name or answer.place.pk,
        "wave": answer.wave,
        "title": formats.own_words(answer.wave.title, str(number))[0],
        "door": None,
        "words": place_words,
    }
    return render(request, "census/portrait.html", shown)


# -- on paper ---------------------------------------------------------------------------------------------------------


def _document(document: str, data: dict[str, Any], name: str) -> HttpResponse:
    answer = HttpResponse(typeset.pdf(document, data, made=timezone.now()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _on_paper(request: HttpRequest, answer: Answer, place: Place, *, openly: bool) -> HttpResponse:
    told = queries.beside(answer, place)
    data = papers.portrayed(
        answer.wave,
        place,
        [one.public for one in told] if openly else told,
        day=timezone.localdate(),
        address=request.build_absolute_uri(reverse("census")),
    )
    return _document("portrait", data, f"portrait-{place.pk}")


@require_safe
@never_cache
def public_portrait_pdf(request: HttpRequest, number: int, public_id: str) -> HttpResponse:
    """The portrait on a page to hand to whoever decides, that its place lets everyone read."""
    answer = get_object_or_404(
        Answer.objects.select_related("wave", "place"), wave__number=number, place=public_id, public=True
    )
    return _on_paper(request, answer, answer.place, openly=True)


def _portrait_pdf(request: HttpRequest, door: Door) -> HttpResponse:
    """The same for its place."""
    answer = queries.answer_of(door.invitation)
    if answer.state != Answer.State.SUBMITTED:
        return redirect(door.to(""))
    return _on_paper(request, answer, door.place, openly=False)


answer_portrait_pdf, paper_portrait_pdf = (
    require_safe(one) for one in (through_link(_portrait_pdf), through_paper(_portrait_pdf))
)


@require_safe
@at_desk
def paper(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """The questionnaire of a place to print, with its code, in the language of the page."""
    found = get_object_or_404(Wave, number=number)
    try:
        invitation = services.by_paper(code, found, me(request))
    except CoworkmedError:
        raise Http404 from None
    place = queries.place_of(invitation) or invitation.place
    known = papers.known_openly({name: one.value for name, one in queries.known(place).items()})
    data = papers.questionnaire(found, invitation, place, known, kept_until=queries.kept_until(found))
    return _document("census", data, f"census-{invitation.code}")
