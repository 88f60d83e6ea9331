"""What the home page shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from coworkmed.sources.models import Source

from ..models import Place


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of play in figures: how many places are known, from how many lists, how many vouched for of late."""

    places: int
    sources: int
    countries: int
    recent: int  # with evidence younger than `RECENT_MONTHS`
    as_of: date | None

    @property
    def recent_share(self) -> float:
        return self.recent / self.places if self.places else 0.0


RECENT_MONTHS = 12


def overview(today: date) -> Overview:
    """Counted over places that are not closed; ``as_of`` is the day a list was last read."""
    year_ago = today.replace(year=today.year - 1, day=min(today.day, 28)).isoformat()
    counts = Place.objects.shown().aggregate(
        places=Count("pk"),
        countries=Count("country", distinct=True, filter=~Q(country="")),
        recent=Count("pk", filter=Q(confirmed_on__gt=year_ago)),
    )
    sources = Source.objects.exclude(harvested_on=None).aggregate(count=Count("pk"), as_of=Max("harvested_on"))
    return Overview(counts["places"], sources["count"], counts["countries"], counts["recent"], sources["as_of"])
