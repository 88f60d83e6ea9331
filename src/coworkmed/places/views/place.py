"""The page of one place, and what can be taken from it: a sheet, a card, a picture, a code to scan."""

import io
from collections.abc import Callable
from functools import lru_cache, wraps

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coworkmed.kernel import ids
from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.linkage.reasons import RELATIONS
from coworkmed.sources.reasons import DOUBTS, REPAIRS
from coworkmed.web import errors, formats

from .. import cards, explained, picture, rules, words
from ..models import Change, Place
from ..pages.place import card, distance, place_page, tongue
from .pictures import NEAR_DEGREES, around, band, small_map

PICTURE_KEPT = 86_400  # seconds a reader may keep the picture and the code without asking again
_draw = lru_cache(maxsize=64)(picture.draw)


def of_place(view: Callable[[HttpRequest, Place], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of a place by its public id: in another spelling or under an earlier id it leads to the one that stands;
    a place nothing is left of says so; an id that never was is not found."""

    @require_safe
    @wraps(view)
    def found(request: HttpRequest, public_id: str) -> HttpResponseBase:
        name = request.resolver_match.url_name if request.resolver_match else "place"
        if public_id != public_id.lower():
            return redirect(str(name), public_id.lower(), permanent=True)
        place = Place.objects.filter(pk=public_id).first()
        if place is None:
            raise Http404
        if place.merged_into_id:
            return redirect(str(name), place.merged_into_id, permanent=True)
        return view(request, place) if place.links.exists() else gone(request, place)

    return found


def gone(request: HttpRequest, place: Place) -> HttpResponse:
    """That nothing speaks of the place any more, and what happened last."""
    last = place.changes.select_related("other").last()
    text = _("No list speaks of it any more, so there is nothing left to show. Its identifier is never used again.")
    if last and last.other_id and last.kind == Change.Kind.SPLIT:
        text = _(
            "On {day} it was parted from {other}, and no list speaks of it any more. "
            "Its identifier is never used again."
        ).format(day=formats.day(last.on), other=last.other_id)
    title = _("This place is no longer in the registry")
    return errors.page(request, 410, errors.Words(title, text))


@of_place
def place(request: HttpRequest, found: Place) -> HttpResponse:
    """One place: what is known of it, who says so, and who says otherwise."""
    return render(request, "places/place.html", shown_of(request, found))


@of_place
def sheet(request: HttpRequest, found: Place) -> HttpResponse:
    """The place on one page of paper."""
    return render(request, "places/sheet.html", shown_of(request, found))


@of_place
def vcard(request: HttpRequest, found: Place) -> HttpResponse:
    """The place for an address book."""
    text = cards.vcard(card(place_page(found, timezone.now()), permalink(found)))
    answer = HttpResponse(text, content_type="text/vcard; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.public_id}.vcf"'
    return answer


@of_place
def place_picture(request: HttpRequest, found: Place) -> HttpResponseBase:
    """What others show beside a link to the place."""
    shown = face(found)
    return _kept(request, ids.digest(repr(shown)), lambda: HttpResponse(_draw(shown), content_type="image/png"))


@of_place
def code(request: HttpRequest, found: Place) -> HttpResponseBase:
    """Its permanent address, to be scanned."""
    address = permalink(found)
    return _kept(request, ids.digest(address), lambda: HttpResponse(_qr(address), content_type="image/svg+xml"))


def permalink(found: Place) -> str:
    """The address that will always lead to the place, in whatever language its reader speaks."""
    return f"{settings.ENV.site_url.rstrip('/')}/places/{found.public_id}/"


def face(found: Place) -> picture.Face:
    """What the picture of a place says, in the reader's language."""
    where = (found.locality, formats.country(found.country) if found.country else "")
    kind = KINDS.get(found.main_kind, "")
    return picture.Face(
        name=found.name or found.public_id,
        kind=_(kind) if kind else "",
        town=", ".join(part for part in where if part),
        position=None if found.lat is None or found.lon is None else (found.lat, found.lon),
    )


def shown_of(request: HttpRequest, found: Place) -> dict[str, object]:
    """All that pages about a place show of it."""
    page = place_page(found, timezone.now())
    return {
        "page": page,
        "map": small_map(found),
        "around": around(found, NEAR_DEGREES),
        "permalink": permalink(found),
        "json_ld": cards.json_ld(card(page, permalink(found))),
        "picture": request.build_absolute_uri(reverse("place-picture", args=[found.public_id])),
        "today": timezone.localdate(),
        "band": band(),
        "bars": explained.bars,
        "distance": distance,
        "together": explained.together,
        "tongue": tongue,
        "RELATIONS": RELATIONS,
        "words": words,
        "CRITERIA": rules.CRITERIA,
        "DOUBTS": DOUBTS,
        "FRESHNESS": rules.FRESHNESS,
        "LICENCES": LICENCES,
        "REPAIRS": REPAIRS,
        "UNCONTESTED": rules.UNCONTESTED,
    }


def _kept(request: HttpRequest, mark: str, make: Callable[[], HttpResponse]) -> HttpResponseBase:
    """A file readers keep for a day, made only for those who don't have it yet."""
    etag = quote_etag(mark)
    answer = get_conditional_response(request, etag=etag) or make()
    answer.headers["ETag"] = etag
    patch_cache_control(answer, public=True, max_age=PICTURE_KEPT)
    return answer


def _qr(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return out.getvalue()
