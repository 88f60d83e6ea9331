"""Stories as they are read, and what waits for their coders."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.places.models import Place
from coworkmed.stewardship.queries.words import standing

from ..models import Coding, Story
from . import scheme
from .scheme import Codes


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stories are wanted: "" for all. ``territory``: code of a country or a region."""

    theme: str = ""
    territory: str = ""
    language: str = ""
    place: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Choice":
        """From the parameters of an address; what means nothing is left out."""
        theme = asked.get("theme", "")
        told = (asked.get(name, "").replace("\0", "")[:20] for name in ("territory", "language", "place"))
        return cls(theme if theme in scheme.current().themes else "", *told)

    def items(self) -> dict[str, str]:
        names = ("theme", "territory", "language", "place")
        return {name: value for name in names if (value := getattr(self, name))}


def published(choice: Choice) -> list[Story]:
    """What is published of it, the newest first. A story that does not name its place is found by its country alone."""
    asked = Story.objects.filter(state=Story.State.PUBLISHED).select_related("place", "place__merged_into", "wave")
    if choice.language:
        asked = asked.filter(language=choice.language)
    if choice.place:
        asked = asked.filter(Q(place=choice.place) | Q(place__merged_into=choice.place), named=True)
    if choice.territory:
        named_there = Q(place__region=choice.territory, named=True)
        asked = asked.filter(Q(place__country=choice.territory) | named_there)
    return [one for one in asked if not choice.theme or choice.theme in one.themes]


def offered() -> dict[str, list[str]]:
    """Languages and countries of which there is any."""
    told = Story.objects.filter(state=Story.State.PUBLISHED).order_by()
    return {
        "languages": sorted(set(told.values_list("language", flat=True))),
        "territories": sorted(set(told.values_list("place__country", flat=True)) - {""}),
    }


def themed() -> dict[str, int]:
    """Theme → how many published stories are of it."""
    told = Story.objects.filter(state=Story.State.PUBLISHED).values_list("themes", flat=True)
    found = dict.fromkeys(scheme.current().themes, 0)
    for themes in told:
        for one in themes:
            if one in found:
                found[one] += 1
    return found


def of_place(place: Place) -> QuerySet[Story]:
    """All that a place has told, for itself, the newest first."""
    return Story.objects.filter(Q(place=place) | Q(place__merged_into=place)).order_by("-pk")


def place_of(story: Story) -> Place:
    return standing(story.place_id) or story.place


# -- coding -----------------------------------------------------------------------------------------------------------


def coded() -> list[Codes]:
    """What the first and the second coder found in each story that two have coded."""
    found: dict[int, list[Any]] = {}
    for story, themes in Coding.objects.order_by("story", "pk").values_list("story", "themes"):
        found.setdefault(story, []).append(themes)
    return [(both[0], both[1]) for both in found.values() if len(both) >= 2]


@dataclass(frozen=True, slots=True)
class Work:
    """What waits for one coder: to be coded by them, to be settled, to be published by who looks after the place."""

    code: list[Story]
    settle: list[Story]
    publish: list[Story]


def work(person: Person) -> Work:
    """What waits for ``person``, the longest waiting first."""
    waiting = Story.objects.filter(state=Story.State.SUBMITTED).select_related("place", "place__merged_into")
    read = Counter(Coding.objects.values_list("story", flat=True))
    mine = set(Coding.objects.filter(coder=person).values_list("story", flat=True))
    to: dict[str, list[Story]] = {"code": [], "settle": [], "publish": []}
    for one in waiting.order_by("told_on", "pk"):
        place = place_of(one)
        if can(person, Action.PLACE_SPEAK, place):
            continue
        if one.settled:
            if can(person, Action.PLACE_TEND, place):
                to["publish"].append(one)
        elif read[one.pk] >= 2:
            to["settle"].append(one)
        elif one.pk not in mine:
            to["code"].append(one)
    return Work(**to)
