"""The lists behind the registry, for programs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from ninja import Router

from coworkmed.api.answers import answer, only
from coworkmed.api.problems import Problem, documented
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES

from .models import Harvest, Rejection, Source
from .reasons import REJECTIONS

router = Router(tags=["Sources"])


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why rows were turned away, and how many. ``code`` stays, ``because`` says it in English."""

    code: str
    because: str
    rows: int


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A list: who keeps it, under which licence, and what its last accepted reading brought.

    ``observed_on`` is the partial date it speaks of, ``entries`` what it now says something of, ``rows`` what was read;
    ``flag`` is why it waits for a person, null while all is well.
    """

    key: str
    title: Mapping[str, str]
    keeper: str
    homepage: str | None
    licence: str
    licence_title: str
    licence_url: str | None
    attribution: str
    observed_on: str | None
    cadence: str
    territory: Sequence[str]
    derived_from: Sequence[str]
    harvested_on: date | None
    flag: str | None
    rows: int | None
    entries: int
    rejected: Sequence[Rejected]


@dataclass(frozen=True, slots=True)
class SourceList:
    sources: Sequence[SourceRecord]


@router.get(
    "/sources",
    response={200: SourceList, **documented()},
    operation_id="sources",
    summary=N_("The lists the registry is made of"),
)
def sources(request: HttpRequest) -> HttpResponse:
    """Every list, in the order of the catalogue."""
    only(request)
    return answer(SourceList(_sources()))


@router.get(
    "/sources/{key}",
    response={200: SourceRecord, **documented(404)},
    operation_id="source",
    summary=N_("One list"),
)
def source(request: HttpRequest, key: str) -> HttpResponse:
    """One list, by its key."""
    only(request)
    found = next((one for one in _sources() if one.key == key), None)
    if found is None:
        raise Problem(404, "not-found", "No source has this key.")
    return answer(found)


def _sources() -> list[SourceRecord]:
    """Every source in three queries."""
    speaking = Count("entries", filter=Q(entries__retired_on=None, entries__missing_since=None))
    read = dict(Harvest.objects.filter(outcome=Harvest.Outcome.APPLIED).order_by("pk").values_list("source", "counts"))
    rejected: dict[str, list[Rejected]] = defaultdict(list)
    told = Rejection.objects.order_by().values_list("source", "code").annotate(rows=Count("pk"))
    for key, code, rows in told.order_by("source", "-rows", "code"):
        rejected[key].append(Rejected(code, REJECTIONS.get(code, code), rows))
    return [
        _record(one, one.current, read.get(one.key, {}).get("rows"), rejected[one.key])
        for one in Source.objects.annotate(current=speaking).order_by("position", "key")
    ]


def _record(source: Source, entries: int, rows: int | None, rejected: Sequence[Rejected]) -> SourceRecord:
    spec = source.spec
    licence = LICENCES.get(spec.get("licence", ""))
    return SourceRecord(
        key=source.key,
        title=spec.get("title", {}),
        keeper=spec.get("keeper", ""),
        homepage=spec.get("homepage") or None,
        licence=spec.get("licence", ""),
        licence_title=licence.title if licence else spec.get("licence", ""),
        licence_url=licence.url if licence else None,
        attribution=spec.get("attribution", ""),
        observed_on=spec.get("observed_on") or None,
        cadence=spec.get("cadence", "unknown"),
        territory=spec.get("territory", ()),
        derived_from=spec.get("derived_from", ()),
        harvested_on=source.harvested_on,
        flag=source.flag or None,
        rows=rows,
        entries=entries,
        rejected=rejected,
    )
