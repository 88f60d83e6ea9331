"""What the home page shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from coworkmed.sources.models import Source

from ..models import Place


@dataclass(frozen=True, slots=True)
class Land:
    """What is known of one country: its ISO 3166-1 code, its places, and how many of them of late."""

    code: str
    places: int
    recent: int

    @property
    def recent_share(self) -> float:
        return self.recent / self.places if self.places else 0.0


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of play in figures: how many places are known, from how many lists, how many vouched for of late."""

    places: int
    sources: int
    lands: tuple[Land, ...]  # the one with most places first
    recent: int  # with evidence younger than `RECENT_MONTHS`
    as_of: date | None

    @property
    def countries(self) -> int:
        return len(self.lands)

    @property
    def recent_share(self) -> float:
        return self.recent / self.places if self.places else 0.0


RECENT_MONTHS = 12


def overview(today: date) -> Overview:
    """Counted over places that are not closed; ``as_of`` is the day a list was last read."""
    year_ago = today.replace(year=today.year - 1, day=min(today.day, 28)).isoformat()
    counted = (
        Place.objects.shown()
        .order_by()
        .values_list("country")
        .annotate(places=Count("pk"), recent=Count("pk", filter=Q(confirmed_on__gt=year_ago)))
        .order_by("-places", "country")
    )
    lands = tuple(Land(*row) for row in counted)
    sources = Source.objects.exclude(harvested_on=None).aggregate(count=Count("pk"), as_of=Max("harvested_on"))
    return Overview(
        places=sum(land.places for land in lands),
        sources=sources["count"],
        lands=tuple(land for land in lands if land.code),  # a place of no known country still counts
        recent=sum(land.recent for land in lands),
        as_of=sources["as_of"],
    )
