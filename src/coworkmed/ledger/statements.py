"""What a month's statement says, and how it is bound: to the statement before, and to the partner's own.

A statement is a JSON text; its digest is the SHA-256 of that text, which names the digest of the statement before. With
each partner there is a second chain, of the entries between the two as the one of the lower id has them: both partners'
statements show the same. `verify.py`, which shares no code with this, checks all of it from the files alone.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coworkmed.platform.audit import canonical

FORMAT = "coworkmed-statement/1"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry: ``amount`` as the place of the statement has it."""

    partner: str
    transfer: str
    kind: str
    at: datetime
    about: str
    why: str
    amount: int
    refers_to: str
    supply: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {
            "transfer": self.transfer,
            "kind": self.kind,
            "at": moment(self.at),
            "about": self.about,
            "why": self.why,
            "amount": self.amount,
            "refers_to": self.refers_to,
            "supply": dict(self.supply),
        }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def chain(previous: str, unit: str, place: str, partner: str, lines: Iterable[Line]) -> str:
    """The chain between two after ``lines`` of ``place``; the same from either side."""
    low, high = sorted((place, partner))
    sign = 1 if place == low else -1
    told = [[one.transfer, moment(one.at), sign * one.amount] for one in _in_order(lines)]
    return digest(canonical([previous, unit, low, high, told])) if told else previous


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: (one.at, one.transfer))


def body(
    *,
    place: str,
    unit: str,
    parts: int,
    month: str,
    names: Mapping[str, str],
    lines: Sequence[Line],
    before: Mapping[str, Any] | None,
    previous: str,
) -> dict[str, Any]:
    """The statement of a month. ``before``: the body of the statement before, whose digest is ``previous``; None for
    the first."""
    known = {one["place"]: one for one in before["partners"]} if before else {}
    partners = []
    for partner in sorted({*known, *(one.partner for one in lines)}):
        mine = _in_order(one for one in lines if one.partner == partner)
        opening, bound = (known[partner]["closing"], known[partner]["chain"]) if partner in known else (0, "")
        partners.append(
            {
                "place": partner,
                "name": names.get(partner, partner),
                "opening": opening,
                "closing": opening + sum(one.amount for one in mine),
                "previous": bound,
                "chain": chain(bound, unit, place, partner, mine),
                "entries": [one.as_json() for one in mine],
            }
        )
    return {
        "format": FORMAT,
        "place": place,
        "name": names.get(place, place),
        "unit": unit,
        "parts": parts,
        "month": month,
        "opening": sum(one["opening"] for one in partners),
        "closing": sum(one["closing"] for one in partners),
        "previous": previous,
        "partners": partners,
    }
