"""What the pages about sources show, read in few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from coworkmed.kernel.licences import LICENCES, Licence

from .models import Harvest, Rejection, Source
from .reasons import REJECTIONS


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One source: what was declared of it, what its last accepted reading brought, and what was turned away.

    ``rejected``  sentence of the reason → how many rows
    """

    source: Source
    entries: int
    counts: Mapping[str, Any] = field(default_factory=dict)
    rejected: Sequence[tuple[str, int]] = ()

    @property
    def spec(self) -> Mapping[str, Any]:
        return dict(self.source.spec)

    @property
    def licence(self) -> Licence | None:
        return LICENCES.get(self.spec.get("licence", ""))

    @property
    def rejections(self) -> int:
        return sum(count for _, count in self.rejected)

    @property
    def dropped(self) -> int:
        """Values of persons that never came in."""
        return int(self.counts.get("dropped", 0))


@dataclass(frozen=True, slots=True)
class RejectShown:
    number: int
    sentence: str
    params: Mapping[str, Any]
    cells: Mapping[str, str]


REJECTS_SHOWN = 50
HARVESTS_SHOWN = 20


def sources() -> list[SourceShown]:
    """Every source, in the catalogue's order; three queries."""
    speaking = Count("entries", filter=Q(entries__retired_on=None, entries__missing_since=None))
    applied = Harvest.objects.filter(outcome=Harvest.Outcome.APPLIED).order_by("pk")
    counts = {harvest.source_id: harvest.counts for harvest in applied}
    rejected: dict[str, list[tuple[str, int]]] = {}
    told = Rejection.objects.order_by().values_list("source", "code").annotate(count=Count("pk"))
    for key, code, count in told.order_by("source", "-count", "code"):
        rejected.setdefault(key, []).append((REJECTIONS.get(code, code), count))
    return [
        SourceShown(source, source.current, counts.get(source.key, {}), rejected.get(source.key, ()))
        for source in Source.objects.annotate(current=speaking)
    ]


def source(key: str) -> SourceShown | None:
    """One source, or None."""
    return next((shown for shown in sources() if shown.source.key == key), None)


def rejects(key: str) -> list[RejectShown]:
    """The first rows turned away from the last accepted reading of a source."""
    rows = Rejection.objects.filter(source=key)[:REJECTS_SHOWN]
    return [RejectShown(row.number, REJECTIONS.get(row.code, row.code), row.params, row.cells) for row in rows]


def harvests(key: str) -> list[Harvest]:
    """The latest runs over a source, newest first."""
    return list(Harvest.objects.filter(source=key)[:HARVESTS_SHOWN])
