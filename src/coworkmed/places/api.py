"""The registry for programs: search, changes, one place, counts, suggestions, territories."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from ninja import Query, Router, Schema
from pydantic import Field

from coworkmed.api import cursors
from coworkmed.api.answers import MEDIA_TYPE, address, answer, encode, only
from coworkmed.api.problems import Problem, documented, invalid
from coworkmed.kernel import ids
from coworkmed.kernel.fields import KINDS, SECTORS
from coworkmed.kernel.i18n import LANGUAGES, N_
from coworkmed.web.map import LIMIT, Box

from . import rules, words
from .filters import LONGEST_SEARCH, SORTS, Filters
from .models import Place
from .pages import records
from .search import find
from .search.index import index
from .search.suggest import MOST as MOST_SUGGESTIONS
from .search.suggest import Suggestion, suggest

router = Router(tags=["Places"])

MOST, USUAL = 500, 50
_IS_ID, _IS_MOMENT, _IS_MARK = f"[{ids.ALPHABET}]{{12}}", r"[-+:.T\d]{19,32}", r"[-+:.\w]{1,60}"
#: How a list may be walked, and how it is written where the walk stands: by id; by rank, in one state of the registry;
#: by what changed last.
_WAYS = {"id": (_IS_ID,), "rank": (_IS_MARK, r"\d{1,6}"), "modified": (_IS_MOMENT, _IS_ID)}
_CHANGES = frozenset(("modified_after", "after", "limit"))


def _one_of(codes: Iterable[str]) -> dict[str, Any]:
    """For the description of a parameter: what it may be, "" being the same as leaving it out."""
    return {"enum": ["", *codes]}


class Search(Schema):
    """What can be asked of places: as in the addresses of the site's own lists."""

    q: str = Field(
        "",
        max_length=LONGEST_SEARCH,
        description=N_("Words to find: names, towns, countries, kinds, in any language and script."),
    )
    country: str = Field("", description=N_("Country, by its ISO 3166-1 code of two letters."))
    region: str = Field("", description=N_("Region, by its ISO 3166-2 code."))
    town: str = Field("", description=N_("Town, by its GeoNames number."))
    kind: str = Field("", description=N_("Kind of place."), json_schema_extra=_one_of(KINDS))
    governance: str = Field("", description=N_("Who is behind it."), json_schema_extra=_one_of(SECTORS))
    price: str = Field("", description=N_("What a day costs."), json_schema_extra=_one_of(rules.PRICE_BANDS))
    wheelchair: str = Field("", description=N_("Wheelchair access."), json_schema_extra=_one_of(words.FLAG))
    hosts: str = Field("", description=N_("Whether it hosts visitors."), json_schema_extra=_one_of(words.FLAG))
    equipment: str = Field("", max_length=80, description=N_("A piece of equipment, as the facets spell it."))
    open_now: str = Field("", description=N_("1: only what is open at this moment."), json_schema_extra=_one_of("1"))
    freshness: str = Field("", description=N_("How sure it is."), json_schema_extra=_one_of(rules.FRESHNESS))
    status: str = Field(
        "",
        description=N_("Status. Without one, places that are closed or joined with another are left out."),
        json_schema_extra=_one_of(words.STATUS),
    )
    source: str = Field("", max_length=80, description=N_("Key of a source that lists it."))
    near: str = Field("", description=N_("“latitude,longitude” in degrees: the nearest come first."))
    bbox: str = Field("", description=N_("“west,south,east,north” in degrees: only what lies within."))
    box: str = Field("", description=N_("The same as bbox."))

    def filters(self) -> Filters:
        """As the search takes it. Problem where something makes no sense: pages leave that out, programs are told."""
        asked = {name: text for name, text in self if isinstance(text, str) and text}
        if "bbox" in asked or "box" in asked:
            name = "bbox" if "bbox" in asked else "box"
            asked["box"] = str(_box(name, asked[name]))
        found = Filters.read(asked)
        for name in asked:
            if not getattr(found, "box" if name == "bbox" else name, True):
                about = type(self).model_json_schema()["properties"][name]
                codes = ", ".join(filter(None, about.get("enum", ())))
                hint = f"{about['description']} One of {codes}." if codes else about["description"]
                raise invalid(name, f"“{asked[name]}” makes no sense. {hint}")
        for name in ("country", "region", "town"):
            code = getattr(found, name)
            if code and records.kind_of(code) != name:
                raise invalid(name, f"There is no {name} “{code}” that we know of.")
        if found.sort == "distance" and not found.near:
            raise invalid("sort", "“distance” needs “near”.")
        return found


class Walk(Search):
    """A search, and which part of it."""

    sort: str = Field("", description=N_("In which order."), json_schema_extra=_one_of(SORTS))
    limit: int = Field(USUAL, ge=1, le=MOST, description=N_("How many at a time."))
    after: str = Field(
        "", max_length=cursors.LONGEST, description=N_("Where to go on: the cursor that “next” of the page before has.")
    )
    modified_after: str = Field(
        "",
        max_length=40,
        description=N_("Instead of a search: what changed after this moment (ISO 8601), the earliest change first."),
    )


class Typed(Schema):
    q: str = Field(max_length=LONGEST_SEARCH, description=N_("What has been typed so far."))
    language: str = Field("en", description=N_("Language of the labels."), json_schema_extra={"enum": list(LANGUAGES)})


class Labelled(Search):
    language: str = Field("en", description=N_("Language of the labels."), json_schema_extra={"enum": list(LANGUAGES)})


@dataclass(frozen=True, slots=True)
class Suggestions:
    """``href`` is the page of each, for people."""

    suggestions: Sequence[Suggestion]


@router.get(
    "/places",
    response={200: records.PlaceList, **documented(410)},
    operation_id="places",
    summary=N_("Search, or follow what changes"),
)
def places(request: HttpRequest, asked: Query[Walk]) -> HttpResponse:
    """Places that pass every filter. Without words, “sort” or “near” they come by identifier, all of them however many
    there are; else in the order of the search, the first 10,000, and the walk ends with a problem if the registry
    changes meanwhile. “modified_after” gives what changed since, closed places and tombstones of merged ones included:
    keep the last “modified” for the next time."""
    only(request, asked)
    found = _changes(request, asked) if asked.modified_after else _search(request, asked)
    return answer(found, following=found.next or "")


@router.get(
    "/places/facets",
    response={200: records.Facets, **documented()},
    operation_id="facets",
    summary=N_("How many places each filter would show"),
)
def facets(request: HttpRequest, asked: Query[Labelled]) -> HttpResponse:
    """Values of each facet with their counts, as if that facet were not filtered by; at most 60 of each."""
    only(request, asked)
    return _in(asked.language, answer(records.facets(asked.filters(), _language(asked.language))))


@router.get(
    "/places/{public_id}",
    response={200: records.PlaceRecord, 301: records.Moved, **documented(404, 410)},
    operation_id="place",
    summary=N_("One place, with who says what"),
)
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every value with its authors, dates and licences, why it is shown, and what others say. An identifier is never
    used for another place: one that was merged redirects, one of which nothing is left is gone."""
    only(request)
    known = public_id.lower()
    found = Place.objects.filter(pk=known).first() if re.fullmatch(_IS_ID, known) else None
    if found is None:
        raise Problem(404, "not-found", "No place has this identifier, and none ever had.")
    if found.merged_into_id or known != public_id:
        return _moved(request, found.merged_into_id or known)
    told = records.record(found)
    if told is None:
        raise Problem(410, "gone", "No list speaks of this place any more. Its identifier is never used again.")
    return answer(told, modified=found.modified)


@router.get(
    "/suggest",
    response={200: Suggestions, **documented()},
    operation_id="suggest",
    summary=N_("What somebody who types may mean"),
)
def suggestions(request: HttpRequest, asked: Query[Typed]) -> HttpResponse:
    """Towns, regions, countries, kinds and places whose names begin so, at most eight."""
    only(request, asked)
    language = _language(asked.language)
    found = suggest(asked.q, language, MOST_SUGGESTIONS)
    return _in(
        language, answer(Suggestions([replace(one, href=request.build_absolute_uri(one.href)) for one in found]))
    )


@router.get(
    "/territories/{code}",
    response={200: records.Territory, **documented(404)},
    operation_id="territory",
    summary=N_("A country, region or town, and its places counted"),
)
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """By ISO 3166-1 or 3166-2 code or GeoNames number. “within” has the 60 regions or towns with the most places."""
    only(request)
    found = records.territory(code.upper())
    if found is None:
        raise Problem(404, "not-found", "No country, region or town that we know of has this code.")
    return answer(found)


def _search(request: HttpRequest, asked: Walk) -> records.PlaceList:
    """In the search's order where it has one, else by id."""
    filters = asked.filters()
    ranked = bool(filters.q or filters.sort or filters.near)
    way, at = cursors.read(asked.after, filters.query(), _WAYS)
    if way == "modified" or (way and (way == "rank") != ranked):
        raise invalid("after", "It belongs to another way of asking.", "unknown-cursor")
    if ranked:
        return _by_rank(request, filters, asked.limit, *at)
    behind = list(islice(find.by_id(filters, *at), asked.limit + 1))
    shown = behind[: asked.limit]
    following = cursors.write("id", filters.query(), shown[-1]) if len(behind) > len(shown) else ""
    return _list(request, records.records(shown), find.count(filters), "id", following)


def _by_rank(
    request: HttpRequest, filters: Filters, limit: int, state: str = "", reached: str = "0"
) -> records.PlaceList:
    index().keep_up()
    now = index().mark
    if state and state != now:
        detail = "Begin again without “after”; what is walked by id or by “modified_after” does not end so."
        raise Problem(410, "expired-cursor", detail)
    offset = int(reached)
    if offset >= find.DEEPEST:
        detail = f"Only the first {find.DEEPEST} can be reached in this order. Narrow the search, or ask for no order."
        raise Problem(422, "too-deep", detail)
    found = find.find(filters, limit=min(limit, find.DEEPEST - offset), offset=offset)
    distances = {hit.place_id: hit.km for hit in found.hits}
    end = offset + len(found.hits)
    following = cursors.write("rank", filters.query(), now, str(end)) if end < found.total and found.hits else ""
    return _list(request, records.records(list(distances), distances), found.total, filters.order, following)


def _changes(request: HttpRequest, asked: Walk) -> records.PlaceList:
    if others := sorted(set(request.GET) - _CHANGES):
        detail = f"“modified_after” follows the whole registry; leave out {', '.join(others)}."
        raise invalid("modified_after", detail, "not-together")
    moment, last = _moment("modified_after", asked.modified_after), ""
    way, at = cursors.read(asked.after, "", _WAYS)
    if way and way != "modified":
        raise invalid("after", "It belongs to another way of asking.", "unknown-cursor")
    if at:
        moment, last = _moment("after", at[0]), at[1]
    behind = records.changes(moment, last, asked.limit + 1)
    shown = behind[: asked.limit]
    more = len(behind) > len(shown)
    following = cursors.write("modified", "", shown[-1].modified.isoformat(), shown[-1].id) if more else ""
    return _list(request, shown, None, "modified", following)


def _list(request: HttpRequest, found: list[Any], total: int | None, order: str, following: str) -> records.PlaceList:
    keys = {key for one in found if isinstance(one, records.Record) for key in one.sources}
    return records.PlaceList(
        total, order, found, records.attributions(keys), address(request, after=following) if following else None
    )


def _moved(request: HttpRequest, to: str) -> HttpResponse:
    there = request.build_absolute_uri(reverse("api-v1:place", args=[to]))
    response = HttpResponsePermanentRedirect(there, content_type=MEDIA_TYPE)
    response.content = encode(records.Moved(to, there))
    response.headers["Cache-Control"] = "public, max-age=3600"  # a merge may be undone
    return response


def _in(language: str, response: HttpResponse) -> HttpResponse:
    response.headers["Content-Language"] = language
    return response


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise invalid("language", f"“{code}” is none of {', '.join(LANGUAGES)}.")
    return code


def _box(name: str, text: str) -> Box:
    """A box anywhere on Earth, cut where the map ends."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise invalid(name, "Four numbers are needed: west,south,east,north.") from None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise invalid(name, "Longitudes go from -180 to 180 and latitudes from -90 to 90 degrees.")
    if west >= east or south >= north:
        raise invalid(name, "West must be less than east, and south less than north.")
    low, high = max(south, -LIMIT), min(north, LIMIT)
    if low >= high:
        raise invalid(name, f"Nothing is beyond {LIMIT:g} degrees of latitude.")
    return Box(west, low, east, high)


def _moment(name: str, text: str) -> datetime:
    """An instant; a date is its first, and a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        detail = f"“{text}” is no ISO 8601 date or time, such as 2026-11-22T10:00:00Z (a + is written %2B)."
        raise invalid(name, detail) from None
