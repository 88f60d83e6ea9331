"""What the home page shows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from coworkmed.sources.models import Source
from coworkmed.sources.voices import KEYS as VOICES

from ..freshness import age_band
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
    recent: int  # with evidence younger than 12 months
    confirmed: int  # vouched for by someone on the spot within 12 months
    hidden: int  # doubtful: listed, and not counted as current
    as_of: date | None

    @property
    def countries(self) -> int:
        return len(self.lands)

    @property
    def recent_share(self) -> float:
        return self.recent / self.places if self.places else 0.0

    @property
    def confirmed_share(self) -> float:
        return self.confirmed / self.places if self.places else 0.0


def overview(today: date) -> Overview:
    """Counted over places that are not closed; ``as_of`` is the day a list was last read."""
    alike = Place.objects.shown().order_by().values_list("country", "freshness", "confirmed_on")
    places, recent, states = Counter[str](), Counter[str](), Counter[str]()
    for country, freshness, confirmed_on, count in alike.annotate(count=Count("*")):
        places[country] += count
        states[freshness] += count
        recent[country] += count * (age_band(confirmed_on, today) in ("fresh", "ageing"))
    ranked = sorted(places, key=lambda country: (-places[country], country))
    lands = tuple(Land(country, places[country], recent[country]) for country in ranked)
    lists = Source.objects.exclude(harvested_on=None).exclude(key__in=VOICES)
    sources = lists.aggregate(count=Count("pk"), as_of=Max("harvested_on"))
    return Overview(
        places=places.total(),
        sources=sources["count"],
        lands=tuple(land for land in lands if land.code),  # a place of no known country still counts
        recent=recent.total(),
        confirmed=states["confirmed"],
        hidden=states["doubtful"],
        as_of=sources["as_of"],
    )
