"""What programs are given of the registry: places as records, what changed, territories, counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.platform import gazetteer
from coworkmed.sources.models import Source

from .. import queries, rules
from ..filters import Filters
from ..models import Place
from ..search import find
from .listing import labels

_COLUMNS = (
    *("public_id", "name", "status", "freshness", "confirmed_on", "confirmed_by", "main_kind"),
    *("country", "region", "town", "lat", "lon", "sources", "modified"),
)
#: Facets counted for a territory.
_TOLD = ("kind", "freshness", "status", "source")
_WITHIN = {"country": "region", "region": "town"}


@dataclass(frozen=True, slots=True)
class Attribution:
    """How a source is to be named. ``licence`` is a code (SPDX where there is one)."""

    title: Mapping[str, str]
    keeper: str
    licence: str
    attribution: str
    homepage: str


@dataclass(frozen=True, slots=True)
class Record:
    """A place as it is shown; what is not known is null.

    ``values`` are the settled values by field of the data dictionary; ``confirmed_on`` is a partial date (YYYY, YYYY-MM
    or YYYY-MM-DD) of the newest evidence, ``confirmed_by`` the role that gave it; ``region`` is ISO 3166-2, ``town`` a
    GeoNames number, ``lat`` and ``lon`` are WGS84 degrees; ``km`` is the distance asked for; ``page`` is for people.
    """

    id: str
    name: str
    status: str
    freshness: str | None
    confirmed_on: str | None
    confirmed_by: str | None
    kind: str | None
    country: str | None
    region: str | None
    town: int | None
    lat: float | None
    lon: float | None
    km: float | None
    values: Mapping[str, Any]
    sources: Sequence[str]
    modified: datetime
    page: str
    deleted: Literal[False] = False


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An identifier that no longer stands for a place of its own: ``merged_into`` does."""

    id: str
    merged_into: str | None
    modified: datetime
    deleted: Literal[True] = True


@dataclass(frozen=True, slots=True)
class PlaceList:
    """Some places, and how to name the ``sources`` that speak of them.

    ``total`` counts all that pass (null for changes); ``order`` is "id", "modified", or the order asked for; ``next``
    is the address of the page after this one, null on the last.
    """

    total: int | None
    order: str
    places: Sequence[Record | Tombstone]
    sources: Mapping[str, Attribution]
    next: str | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who said a value: an entry of a source, when, in which role, under which licence. ``vouched_on`` and
    ``vouched_by``: when somebody on the spot last said that it is so, and in which role."""

    source: str
    external_id: str
    observed_on: str | None
    role: str
    licence: str
    vouched_on: str | None
    vouched_by: str | None


@dataclass(frozen=True, slots=True)
class Rival:
    """What somebody else says of the same field, and why it is not shown; "AGREED" where it says the same."""

    value: Any
    why: str
    because: str
    author: Author


@dataclass(frozen=True, slots=True)
class Told:
    """One field: the value shown, who is behind it, why it and no other, and what others say. ``why`` is a code,
    ``because`` the same in English."""

    value: Any
    why: str
    because: str
    authors: Sequence[Author]
    others: Sequence[Rival]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An entry of a source that speaks of the place, and how sure it is that it does."""

    source: str
    external_id: str
    probability: float
    decided_by: str
    missing_since: date | None
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place with all that is known of it, value by value, and everything said otherwise."""

    place: Record
    fields: Mapping[str, Told]
    entries: Sequence[Evidence]
    sources: Mapping[str, Attribution]
    formerly: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """The place this identifier now leads to."""

    merged_into: str
    address: str


@dataclass(frozen=True, slots=True)
class Count:
    """One value of a facet, in words, and how many places it would show."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts by facet, each as if it were not filtered by."""

    total: int
    facets: Mapping[str, Sequence[Count]]


@dataclass(frozen=True, slots=True)
class Territory:
    """A country, region or town, its names by language, and the places there: by kind, freshness, status and source,
    and by region or town ``within`` it. Closed places are not counted."""

    code: str
    kind: Literal["country", "region", "town"]
    names: Mapping[str, str]
    country: str
    region: str | None
    places: int
    counts: Mapping[str, Sequence[Count]]
    within: Sequence[Count]
    page: str


def records(place_ids: Sequence[str], distances: Mapping[str, float | None] | None = None) -> list[Record]:
    """Places as records, in the order given; one query. ``distances`` in km."""
    places = Place.objects.filter(pk__in=place_ids).values(*_COLUMNS, "values")
    found = {one["public_id"]: _record(one, (distances or {}).get(one["public_id"])) for one in places}
    return [found[one] for one in place_ids if one in found]


def changes(after: datetime, last: str, limit: int) -> list[Record | Tombstone]:
    """What changed after a moment, or then and with an id behind ``last``, the earliest first: places as they are now,
    closed ones too, and tombstones. Two queries at most: what changed at one moment may be the whole registry, and is
    walked by its key."""
    columns = (*_COLUMNS, "values", "merged_into")
    then = Place.objects.filter(modified=after, public_id__gt=last).order_by("public_id")
    rows = list(then.values(*columns)[:limit]) if last else []
    later = Place.objects.filter(modified__gt=after).order_by("modified", "public_id")
    rows += later.values(*columns)[: limit - len(rows)]
    return [_tombstone(one) if one["merged_into"] else _record(one) for one in rows]


def attributions(keys: Iterable[str]) -> dict[str, Attribution]:
    """How the sources with these keys are to be named; one query."""
    wanted = set(keys)
    return {
        key: Attribution(
            spec.get("title", {}),
            spec.get("keeper", ""),
            spec.get("licence", ""),
            spec.get("attribution", ""),
            spec.get("homepage", ""),
        )
        for key, spec in Source.objects.values_list("key", "spec")
        if key in wanted
    }


def record(place: Place) -> PlaceRecord | None:
    """All that is known of a place; None where no list speaks of it any more."""
    told = place.links.select_related("entry__source", "entry__assertion")
    links = list(told.order_by("entry__source__position", "pk"))
    entries = [link.entry for link in links]
    vouched = {link.entry_id: link.vouched for link in links}
    speaking = queries.speaking([entry for entry in entries if entry.assertion])
    claims = [queries.claim(entry, float(entry.source.spec.get("trust", 0.5)), vouched[entry.pk]) for entry in speaking]
    if not claims:
        return None
    row = {name: getattr(place, name) for name in (*_COLUMNS, "values")}
    return PlaceRecord(
        place=_record(row),
        fields={name: _told(one) for name, one in rules.settle(claims).items()},
        entries=[
            Evidence(
                link.entry.source_id,
                link.entry.external_id,
                link.probability,
                link.decided_by,
                link.entry.missing_since,
                link.entry.retired_on,
            )
            for link in links
        ],
        sources=attributions(entry.source_id for entry in entries),
        formerly=sorted(place.merged_from.values_list("public_id", flat=True)),
    )


def facets(filters: Filters, language: str) -> Facets:
    """How many places each choice would show."""
    with translation.override(language):
        label = labels()
        counted = {
            name: [Count(one.value, label(name, one.value), one.count) for one in options]
            for name, options in find.facets(filters).items()
        }
    return Facets(find.find(filters, limit=1).total, counted)


def territory(code: str) -> Territory | None:
    """A country (ISO 3166-1), region (ISO 3166-2) or town (GeoNames number); None where there is none of that code."""
    kind = kind_of(code)
    if kind is None:
        return None
    filters = Filters.read({kind: code})
    inner = _WITHIN.get(kind, "")
    with translation.override("en"):
        label = labels()
        found = find.facets(filters, (*_TOLD, inner) if inner else _TOLD)
        counts = {
            name: [Count(one.value, label(name, one.value), one.count) for one in options]
            for name, options in found.items()
        }
    town = gazetteer.town(int(code)) if kind == "town" else None
    region = town.region if town else code if kind == "region" else None
    return Territory(
        code=code,
        kind=kind,
        names={language: gazetteer.label(code, language) for language in LANGUAGES},
        country=town.country if town else code[:2],
        region=region or None,
        places=find.count(filters),
        counts={name: counts[name] for name in _TOLD},
        within=counts.get(inner, ()),
        page=f"{_site()}/places/?{filters.query()}",
    )


def kind_of(code: str) -> Literal["country", "region", "town"] | None:
    """Which kind of territory a code names; None where the gazetteer doesn't know it."""
    if code.isascii() and code.isdecimal() and len(code) < 10:
        return "town" if gazetteer.town(int(code)) else None
    if "-" in code:
        return "region" if gazetteer.region(code) else None
    called = gazetteer.named(gazetteer.label(code, "en")) if len(code) == 2 else ()
    return "country" if any(one.code == code for one in called) else None


def _site() -> str:
    return str(settings.ENV.site_url).rstrip("/")


def _record(row: Mapping[str, Any], km: float | None = None) -> Record:
    return Record(
        id=row["public_id"],
        name=row["name"],
        status=row["status"],
        freshness=row["freshness"] or None,
        confirmed_on=row["confirmed_on"] or None,
        confirmed_by=row["confirmed_by"] or None,
        kind=row["main_kind"] or None,
        country=row["country"] or None,
        region=row["region"] or None,
        town=row["town"],
        lat=row["lat"],
        lon=row["lon"],
        km=None if km is None else round(km, 3),
        values=row["values"],
        sources=row["sources"],
        modified=row["modified"],
        page=f"{_site()}/places/{row['public_id']}/",
    )


def _tombstone(row: Mapping[str, Any]) -> Tombstone:
    return Tombstone(row["public_id"], row["merged_into"], row["modified"])


def _told(one: rules.Settled) -> Told:
    others = [
        Rival(rival.claim.fields[one.field].value, rival.why, _because(rival.why), _author(rival.claim, one.field))
        for rival in one.rivals
    ]
    return Told(one.value, one.why, _because(one.why), [_author(claim, one.field) for claim in one.by], others)


def _because(why: str) -> str:
    return rules.CRITERIA.get(why) or rules.UNCONTESTED.get(why, why)


def _author(claim: rules.Claim, field: str) -> Author:
    on, by = claim.vouched.get(field, (None, None))
    return Author(claim.source, claim.external_id, claim.observed_on or None, claim.role, claim.licence, on, by)
