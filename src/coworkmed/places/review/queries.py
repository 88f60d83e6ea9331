"""What waits at the desk, for whom, and how far reviewers agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Least

from coworkmed.people.models import Person

from ..models import Decision, Doubt, Refresh, Verdict
from . import rules
from .agreement import Agreement, agreement

State = Doubt.State
#: What one said last, offered to be taken back.
LAST = 5


def queue(person: Person) -> QuerySet[Doubt]:
    """What waits for ``person``, worth most first: what they may judge, have not judged, and nobody has decided."""
    return judgeable(person).order_by("turn", "pk")


def judgeable(person: Person) -> QuerySet[Doubt]:
    """The same in no order."""
    mine = Verdict.objects.filter(person=person, **_of_pair())
    decided = Exists(Decision.objects.filter(**_of_pair()))
    waits = Q(state=State.SECOND) | (Q(state__in=(State.OPEN, State.DISPUTED)) & ~decided)
    return Doubt.objects.visible_to(person).exclude(state=State.SETTLED).filter(waits, ~Exists(mine))


def _of_pair() -> dict[str, Any]:
    """Verdicts and decisions keep the lower number on the left, doubts the key that comes first."""
    return {
        "left": Least(OuterRef("left_id"), OuterRef("right_id")),
        "right": Greatest(OuterRef("left_id"), OuterRef("right_id")),
    }


def of_pair(one: int, other: int) -> Q:
    """The doubt on two entries, in whichever order."""
    return Q(left=one, right=other) | Q(left=other, right=one)


def current_run() -> int:
    """The number of the run the registry stands by; 0 before any."""
    return Refresh.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Doubts that are alike: between the same two lists, held for the same, as surely. ``count`` of them wait."""

    left: str
    right: str
    joined: bool
    relation: str
    likely: bool  # surely one place; else surely two
    count: int = 0

    @property
    def params(self) -> dict[str, str]:
        """In an address."""
        flags = {"joined": "1" if self.joined else "0", "likely": "1" if self.likely else "0"}
        return {"left": self.left, "right": self.right, "relation": self.relation} | flags


_LIKELY = Case(When(probability__gte=rules.SURE, then=Value(True)), default=False, output_field=BooleanField())


def alike(person: Person) -> QuerySet[Doubt]:
    """What may be judged together: sure either way, and judged by nobody yet, for a second look is one by one."""
    sure = Q(probability__gte=rules.SURE) | Q(probability__lte=rules.UNLIKELY)
    return queue(person).filter(sure, state=State.OPEN)


def shapes(person: Person) -> list[Shape]:
    """Groups of two pairs and more that may be judged together, the largest first."""
    columns = "left__source_id", "right__source_id", "joined", "relation", "likely"
    found = alike(person).annotate(likely=_LIKELY).order_by().values_list(*columns)
    counted = found.annotate(count=Count("pk"), first=Min("turn")).filter(count__gt=1).order_by("-count", "first")
    return [Shape(*row[:6]) for row in counted]


def of_shape(person: Person, shape: Shape) -> QuerySet[Doubt]:
    told = alike(person).annotate(likely=_LIKELY)
    return told.filter(
        left__source=shape.left,
        right__source=shape.right,
        joined=shape.joined,
        relation=shape.relation,
        likely=shape.likely,
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer said with one press, of one pair or of ``count``. ``used``: a run has gone by it since."""

    number: UUID
    said: str
    first: Verdict
    count: int
    used: bool


def last_acts(person: Person, most: int = LAST) -> list[Act]:
    """What ``person`` said last, the newest first."""
    run = current_run()
    verdicts = (
        Verdict.objects.filter(person=person).order_by("-pk").select_related("left__assertion", "right__assertion")
    )
    some = verdicts[: most * rules.TOGETHER]
    found = []
    for number, several in groupby(some, key=lambda one: one.act):
        told = list(several)
        found.append(Act(number, told[0].said, told[-1], len(told), any(one.run < run for one in told)))
    return found[:most]


def agreed() -> Agreement | None:
    """How far the first two reviewers of a pair agree, over all pairs that two judged."""
    return agreement(judged_by_two(Verdict.objects.exclude(said=Verdict.Said.UNSURE)))


def judged_by_two(verdicts: QuerySet[Verdict]) -> list[tuple[str, str]]:
    """What the first and the second said of each pair that two judged, by what it binds: two premises of one chain are
    two places."""
    rows = verdicts.order_by("left", "right", "pk").values_list("left", "right", "said")
    return [(two[0], two[1]) for two in _by_pair(rows.iterator()) if len(two) > 1]


def _by_pair(rows: Iterable[tuple[int, int, str]]) -> Iterable[Sequence[str]]:
    for _, several in groupby(rows, key=lambda row: row[:2]):
        yield [rules.BINDS[said] for _, _, said in several]


def twice_judged() -> int:
    """How many pairs two reviewers judged."""
    several = Verdict.objects.exclude(said=Verdict.Said.UNSURE).order_by().values("left", "right")
    return several.annotate(count=Count(F("pk"))).filter(count__gt=1).count()
