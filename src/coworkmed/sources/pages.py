"""What the pages about sources show, read in few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from coworkmed.kernel.licences import LICENCES, Licence

from .models import Harvest, Rejection, Source
from .reasons import REJECTIONS


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with what fills it, and how many rows it turned away."""

    sentence: str
    params: Mapping[str, Any]
    count: int


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One source: what was declared of it, what its last accepted reading brought, and what was turned away.

    ``rejected``  why rows were turned away, the most frequent reasons first; ``others`` counts the rows of the rest
    """

    source: Source
    entries: int
    counts: Mapping[str, Any] = field(default_factory=dict)
    rejected: Sequence[Reason] = ()
    others: int = 0

    @property
    def spec(self) -> Mapping[str, Any]:
        return dict(self.source.spec)

    @property
    def licence(self) -> Licence | None:
        return LICENCES.get(self.spec.get("licence", ""))

    @property
    def rejections(self) -> int:
        return sum(reason.count for reason in self.rejected) + self.others

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


REASONS_SHOWN = 6
REJECTS_SHOWN = 50
HARVESTS_SHOWN = 20


def sources() -> list[SourceShown]:
    """Every source, in the catalogue's order; three queries."""
    speaking = Count("entries", filter=Q(entries__retired_on=None, entries__missing_since=None))
    applied = Harvest.objects.filter(outcome=Harvest.Outcome.APPLIED).order_by("pk")
    counts = {harvest.source_id: harvest.counts for harvest in applied}
    reasons: dict[str, list[Reason]] = defaultdict(list)
    told = Rejection.objects.order_by().values_list("source", "code", "params").annotate(count=Count("pk"))
    for key, code, params, count in told.order_by("source", "-count", "code"):
        reasons[key].append(Reason(REJECTIONS.get(code, code), params, count))
    return [
        SourceShown(
            source,
            source.current,
            counts.get(source.key, {}),
            reasons[source.key][:REASONS_SHOWN],
            sum(reason.count for reason in reasons[source.key][REASONS_SHOWN:]),
        )
        for source in Source.objects.annotate(current=speaking).order_by("position", "key")
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
