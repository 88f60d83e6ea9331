"""Seeded questions of every class, made from what the registry holds, so that every one has an answer.

A class is what a reader does: write a name, begin one, write a town or a country in a language of theirs, tick facets,
look into a box, or all of it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import LANGUAGES

PER_CLASS = 400
_FACETS = (
    "country",
    "region",
    "kind",
    "governance",
    "price",
    "wheelchair",
    "hosts",
    "equipment",
    "freshness",
    "source",
)


def questions(seed: int, several: int = PER_CLASS) -> dict[str, list[str]]:
    """Class → the parts of addresses after "?", for the site's own search. The same for a seed and a registry."""
    rng = Random(seed)
    places = sample(rng, 2 * several)
    return {name: _made(partial(ask, rng), places, several) for name, ask in CLASSES.items()}


def _made(ask: Callable[[Mapping[str, Any]], dict[str, str] | None], places: Sequence[Any], several: int) -> list[str]:
    made = [urlencode(asked) for place in places if (asked := ask(place))]
    if len(made) < several:
        raise ValueError("the registry is too small to ask so much of it")
    return made[:several]


def sample(rng: Random, several: int) -> list[dict[str, Any]]:
    """Columns of some places that stand on the map, the same whatever the database."""
    from coworkmed.places.models import Place

    known = sorted(Place.objects.shown().exclude(lat=None).exclude(town=None).values_list("pk", flat=True))
    drawn = rng.sample(known, min(several, len(known)))
    told: dict[str, dict[str, Any]] = {
        place["public_id"]: dict(place) for place in Place.objects.filter(pk__in=drawn).values()
    }
    return [told[one] for one in drawn]


def _words(rng: Random, place: Mapping[str, Any]) -> dict[str, str] | None:
    """The whole name, or the longer half of its words."""
    words = place["name"].split()
    kept = sorted(words, key=len)[len(words) // 2 :] if rng.random() < 0.5 else words
    return {"q": " ".join(word for word in words if word in kept)} if words else None


def _beginning(rng: Random, place: Mapping[str, Any]) -> dict[str, str] | None:
    """Three to six letters of a word of the name, as they are typed."""
    long = [word for word in fold(place["name"]).split() if len(word) > 3]
    return {"q": rng.choice(long)[: rng.randrange(3, 7)]} if long else None


def _abroad(rng: Random, place: Mapping[str, Any]) -> dict[str, str]:
    """Its town, or its country, as some language of the site calls it; half of them with a word of the name."""
    from coworkmed.platform import gazetteer

    code = str(place["town"]) if rng.random() < 0.8 else place["country"]
    label = gazetteer.label(code, rng.choice(list(LANGUAGES)))
    word = max(place["name"].split(), key=len, default="")
    return {"q": f"{word} {label}" if rng.random() < 0.5 else label}


def _facets(rng: Random, place: Mapping[str, Any], most: int = 4) -> dict[str, str]:
    """Two to four facets of the place."""
    from coworkmed.places.search.index import facets

    borne = {name: sorted(codes) for name, codes in facets(dict(place)).items() if name in _FACETS and any(codes)}
    chosen = rng.sample(sorted(borne), rng.randrange(2, most + 1))
    return {name: rng.choice(borne[name]) for name in chosen}


def _box(rng: Random, place: Mapping[str, Any]) -> dict[str, str]:
    """A box the place lies in, from a quarter (1 km) to a region (100 km), each scale as often."""
    tall = 10 ** rng.uniform(-2, 0)
    south, west = place["lat"] - rng.random() * tall, place["lon"] - rng.random() * tall * 1.3
    return {"box": f"{west:.5f},{south:.5f},{west + tall * 1.3:.5f},{south + tall:.5f}"}


def _together(rng: Random, place: Mapping[str, Any]) -> dict[str, str] | None:
    """The beginning of a word, a facet or two, and a box."""
    begun = _beginning(rng, place)
    return begun and begun | _facets(rng, place, 2) | _box(rng, place)


CLASSES: Mapping[str, Callable[[Random, Mapping[str, Any]], dict[str, str] | None]] = {
    "whole words of a name": _words,
    "first 3 to 6 letters": _beginning,
    "town or country in a language": _abroad,
    "two to four facets": _facets,
    "bounding box": _box,
    "letters, facets and box": _together,
}
