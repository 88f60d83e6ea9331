"""What goes into the engine and what comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: An entry's name for ever: the source's key and the source's own id.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One entry in the form the engine compares. Texts are as shown (the engine folds them); empty means unknown.

    A record may hold anything. What is beyond bounds is left aside without a word: letters of a text, words, names and
    contacts beyond those `texts` says, positions off the map, telephones too short to be one, identifiers without
    scheme or value, days that are none.

    ``radius_m``  how far off the position may be, in metres (entrance 30, street 150, locality 3,000; unknown 150)
    ``domains``   web domains of the place's own (no page on a shared platform)
    ``phones``    E.164
    ``ids``       "SCHEME:value" of official or global registers (SIRET, SIREN, VAT, WIKIDATA, OSM …)
    ``urls``      whole web and social addresses, canonical
    """

    key: Key
    name: str
    other_names: tuple[str, ...] = ()
    brand: str = ""
    operator: str = ""
    kinds: tuple[str, ...] = ()
    country: str = ""
    locality: str = ""
    postcode: str = ""
    street: str = ""
    number: str = ""
    unit: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: float = 150.0
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    opened: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two records look the same or not: ``code`` names a sentence of `linkage.reasons.SENTENCES`, ``params`` fill
    it, ``weight`` is its share of the log-odds (natural logarithm; positive speaks for "same")."""

    code: str
    weight: float
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "weight": round(self.weight, 3), "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        return cls(data["code"], data["weight"], data["params"])


#: What two entries are to each other. "moved": one place at two addresses, one after the other; "branch": two premises
#: of one chain; "tenant": one inside the other's building; "other": two places.
Relation = Literal["same", "moved", "branch", "tenant", "other"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records (by position in the input, left < right), how likely they are one place, and what else they may be to
    each other. ``reasons``, the weightiest first, are there once the pair was explained; ``prior`` is the log-odds of a
    pair of which nothing is known, so that with all weights it adds up to those of ``probability``."""

    left: int
    right: int
    probability: float
    relation: Relation = "other"
    reasons: tuple[Reason, ...] = ()
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's word on two entries."""

    left: Key
    right: Key
    verdict: Literal["same", "different"]


class Scored(NamedTuple):
    """Every pair that was compared and is not out of the question, and every pair within a place: both positions
    (left < right), the probability, and whether the two were joined. Sorted by position."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    probability: NDArray[np.float64]
    joined: NDArray[np.bool_]


@dataclass(frozen=True)
class Linkage:
    """``clusters``  positions of the records of each place, each sorted; together a partition of the input
    ``ties``      the pair that ties each record most strongly to its cluster (absent for a record alone)
    ``weakest``   for each cluster of several records (by its place in ``clusters``), the pair without which it would
                  fall apart: the weakest of the strongest ties that hold it together
    ``doubts``    the grey zone: pairs across clusters for a person to review, most probable first
    ``branches``  pairs of clusters (by their places in ``clusters``, the lower first) of which an entry of the one and
                  an entry of the other are branches of one chain
    ``scored``    all pairs worth counting
    ``explain``   the same pairs with their reasons; ask for many at a time
    """

    clusters: Sequence[tuple[int, ...]]
    ties: Mapping[int, Pair]
    weakest: Mapping[int, Pair]
    doubts: Sequence[Pair]
    branches: Sequence[tuple[int, int]]
    scored: Scored
    explain: Callable[[Sequence[Pair]], list[Pair]] = field(repr=False, compare=False)
