"""What lists do to a name, a street or a position on its way in: each function spoils one thing, and only that."""

from collections.abc import Mapping
from math import cos, pi, radians, sin
from random import Random

_METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


def near(rng: Random, lat: float, lon: float, metres: float) -> tuple[float, float]:
    """A point at about ``metres`` (half to one and a half times) in any direction; degrees to six decimals."""
    return towards(lat, lon, metres * rng.uniform(0.5, 1.5), rng.uniform(0, 2 * pi))


def towards(lat: float, lon: float, metres: float, angle: float) -> tuple[float, float]:
    """The point ``metres`` away in direction ``angle`` (radians from the east, anticlockwise)."""
    north, east = metres * sin(angle) / _METRES_PER_DEGREE, metres * cos(angle) / _METRES_PER_DEGREE
    return round(lat + north, 6), round(lon + east / cos(radians(lat)), 6)


def typo(rng: Random, text: str) -> str:
    """``text`` with one slip inside one of its longer words: two letters swapped, one lost or one doubled."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) > 4]
    if not long:
        return text
    index = rng.choice(long)
    word = words[index]
    at = rng.randrange(1, len(word) - 2)
    slip = rng.choice(("swap", "lose", "double"))
    if slip == "swap":
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        word = word[:at] + ("" if slip == "lose" else word[at] * 2) + word[at + 1 :]
    return " ".join([*words[:index], word, *words[index + 1 :]])


def reordered(text: str) -> str:
    """``text`` with its first word last: "Coworking Mûrier bleu" as "Mûrier bleu Coworking"."""
    first, _, rest = text.partition(" ")
    return f"{rest} {first}" if rest else text


def abbreviated(street: str, abbreviations: Mapping[str, str]) -> str:
    """``street`` with its type abbreviated, as the country does it."""
    return " ".join(abbreviations.get(word, word) for word in street.split(" "))
