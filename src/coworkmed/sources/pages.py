"""What lists brought and what was turned away from them, read in few queries."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q

from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES, Licence

from .models import Harvest, Rejection, Source
from .reasons import REJECTIONS

#: How often a list is renewed (`catalogue.CADENCES`).
CADENCES = {
    "live": N_("renewed all the time"),
    "daily": N_("renewed every day"),
    "weekly": N_("renewed every week"),
    "monthly": N_("renewed every month"),
    "quarterly": N_("renewed every quarter"),
    "yearly": N_("renewed every year"),
    "irregular": N_("renewed now and then"),
    "frozen": N_("no longer renewed"),
}
#: What is left at the door of persons' data, by kind.
PERSONAL = {
    "name": N_("names of persons"),
    "email": N_("e-mail addresses of persons"),
    "mobile": N_("mobile numbers"),
    "person_id": N_("identifiers of persons"),
}


@dataclass(frozen=True, slots=True)
class RejectShown:
    """A row that was turned away, as it was given but for persons' data."""

    number: int
    sentence: str
    params: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with what fills it, how many rows it turned away, and the first of them."""

    sentence: str
    params: Mapping[str, Any]
    count: int
    example: RejectShown


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
    def rows(self) -> int:
        """Rows of the list, as last taken in."""
        return int(self.counts.get("rows", 0))

    @property
    def dropped(self) -> int:
        """Values of persons that never came in."""
        return int(self.counts.get("dropped", 0))

    @property
    def dropped_kinds(self) -> Sequence[tuple[str, int]]:
        """What they were, in words, and how many."""
        counted = ((words, int(self.counts.get(f"dropped_{kind}", 0))) for kind, words in PERSONAL.items())
        return [(words, count) for words, count in counted if count]


REASONS_SHOWN = 6
REJECTS_SHOWN = 50
HARVESTS_SHOWN = 20


def sources() -> list[SourceShown]:
    """Every source, in the catalogue's order; four queries."""
    speaking = Count("entries", filter=Q(entries__retired_on=None, entries__missing_since=None))
    applied = Harvest.objects.filter(outcome=Harvest.Outcome.APPLIED).order_by("pk")
    counts = {harvest.source_id: harvest.counts for harvest in applied}
    reasons = _reasons()
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


def _reasons() -> dict[str, list[Reason]]:
    """Why rows were turned away, by source, the most frequent reason first."""
    told = Rejection.objects.order_by().values_list("source", "code", "params")
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for source, code, params, count, row in told.annotate(count=Count("pk"), first=Min("pk")):
        key = source, code, _said(code, params)
        counts[key] += count
        first[key] = min(row, first.get(key, row))
    examples = Rejection.objects.in_bulk(list(first.values()))
    found: dict[str, list[Reason]] = defaultdict(list)
    for key in sorted(counts, key=lambda key: (-counts[key], key)):
        example = _reject(examples[first[key]])
        found[key[0]].append(Reason(example.sentence, example.params, counts[key], example))
    return found


def _said(code: str, params: Mapping[str, Any]) -> str:
    """What of ``params`` the sentence tells: rows of which it tells the same were turned away for one reason."""
    sentence = REJECTIONS.get(code, code)
    return repr([value for name, value in sorted(params.items()) if f"{{{name}}}" in sentence])


def _reject(row: Rejection) -> RejectShown:
    return RejectShown(row.number, REJECTIONS.get(row.code, row.code), row.params, row.cells)


def source(key: str) -> SourceShown | None:
    """One source, or None."""
    return next((shown for shown in sources() if shown.source.key == key), None)


def rejects(key: str) -> list[RejectShown]:
    """The first rows turned away from the last accepted reading of a source."""
    return [_reject(row) for row in Rejection.objects.filter(source=key)[:REJECTS_SHOWN]]


def harvests(key: str) -> list[Harvest]:
    """The latest runs over a source, newest first."""
    return list(Harvest.objects.filter(source=key)[:HARVESTS_SHOWN])
