"""What goes into the engine and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

#: An entry's name for ever: the source's key and the source's own id.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One entry in the form the engine compares. Texts are as shown (the engine folds them); empty means unknown.

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


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records (by position in the input, left < right) and how likely they are one place."""

    left: int
    right: int
    probability: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's word on two entries."""

    left: Key
    right: Key
    verdict: Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class Linkage:
    """``clusters``  positions of the records of each place, each sorted; together a partition of the input
    ``ties``      the pair that ties each record most strongly to its cluster (absent for a record alone)
    ``doubts``    the grey zone: pairs across clusters for a person to review, most probable first
    """

    clusters: Sequence[tuple[int, ...]]
    ties: Mapping[int, Pair]
    doubts: Sequence[Pair]
