"""What a reader asks of the registry, as it stands in an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from coworkmed.kernel.fields import KINDS, SECTORS
from coworkmed.web.map import Box

from . import rules, words

LONGEST_SEARCH = 200  # characters; what is longer is no name, and is cut
#: How results may be ordered: by how well they fit what was written, by name, by age of the evidence, by distance.
SORTS = ("best", "name", "age", "distance")
_CODES = {
    "kind": KINDS,
    "governance": SECTORS,
    "wheelchair": words.FLAG,
    "hosts": words.FLAG,
    "price": rules.PRICE_BANDS,
    "freshness": rules.FRESHNESS,
    "status": words.STATUS,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked for. Whatever makes no sense is left out, so no address can be wrong.

    ``town`` is a GeoNames number, ``region`` an ISO 3166-2 code; ``near`` is "lat,lon" in degrees.
    """

    q: str = ""
    country: str = ""
    region: str = ""
    town: str = ""
    kind: str = ""
    governance: str = ""
    price: str = ""
    wheelchair: str = ""
    hosts: str = ""
    equipment: str = ""
    open_now: str = ""
    freshness: str = ""
    status: str = ""
    source: str = ""
    near: str = ""
    box: Box | None = None
    sort: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        def text(name: str, longest: int = 80) -> str:
            return _CONTROL.sub(" ", asked.get(name, ""))[:longest].strip()

        def form(name: str, pattern: str) -> str:
            return text(name) if re.fullmatch(pattern, text(name)) else ""

        codes = {name: text(name) if text(name) in known else "" for name, known in _CODES.items()}
        return cls(
            **codes,
            q=text("q", LONGEST_SEARCH),
            country=form("country", "[A-Za-z]{2}").upper(),
            region=form("region", "[A-Za-z]{2}-[A-Za-z0-9]{1,3}").upper(),
            town=form("town", "[0-9]{1,9}"),
            equipment=text("equipment"),
            open_now=form("open_now", "1"),
            source=text("source"),
            near=_position(text("near")),
            box=_box(text("box")),
            sort=text("sort") if text("sort") in SORTS else "",
        )

    def but(self, **changed: Any) -> "Filters":
        """The same but for what is ``changed``."""
        return replace(self, **changed)

    def query(self, **changed: Any) -> str:
        """The part of an address after "?", what was not asked left out; ``changed`` may also set ``page``."""
        page = changed.pop("page", 1)
        new = self.but(**changed)
        asked = {one.name: getattr(new, one.name) for one in fields(new)} | {"page": "" if page == 1 else page}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def narrowed(self) -> bool:
        return self != Filters(sort=self.sort)

    @property
    def order(self) -> str:
        """How to sort: as asked, else by what there is to sort by."""
        if (self.sort == "distance" and not self.near) or (self.sort == "best" and not self.q):
            return "name"
        return self.sort or ("distance" if self.near else "best" if self.q else "name")

    @property
    def centre(self) -> tuple[float, float] | None:
        """(lat, lon) to measure distances from."""
        if not self.near:
            return None
        lat, lon = self.near.split(",")
        return float(lat), float(lon)


def _box(text: str) -> Box | None:
    try:
        return Box.parse(text)
    except ValueError:
        return None


def _position(text: str) -> str:
    """ "lat,lon" rounded to some 10 m (nobody needs to know where a reader stands to the metre); "" if it is none."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        return ""
    return f"{lat:.4f},{lon:.4f}" if -90 <= lat <= 90 and -180 <= lon <= 180 else ""
