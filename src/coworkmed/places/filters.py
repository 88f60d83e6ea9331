"""What a reader asks of the registry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from coworkmed.kernel.fields import KINDS
from coworkmed.web.map import Box

from . import rules

LONGEST_SEARCH = 200  # characters; what is longer is no name, and is cut
SORTS = {"name": ("search", "public_id"), "age": ("-confirmed_on", "search", "public_id")}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked for. Whatever makes no sense is left out, so no address can be wrong."""

    q: str = ""
    country: str = ""
    kind: str = ""
    source: str = ""
    freshness: str = ""
    sort: str = "name"
    box: Box | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        def text(name: str, longest: int = 80) -> str:
            return _CONTROL.sub(" ", asked.get(name, ""))[:longest].strip()

        return cls(
            q=text("q", LONGEST_SEARCH),
            country=text("country").upper() if re.fullmatch("[A-Za-z]{2}", text("country")) else "",
            kind=text("kind") if text("kind") in KINDS else "",
            source=text("source"),
            freshness=text("freshness") if text("freshness") in rules.FRESHNESS else "",
            sort=text("sort") if text("sort") in SORTS else "name",
            box=_box(text("box")),
        )

    def query(self, **changed: Any) -> str:
        """The part of an address after "?", defaults left out; ``changed`` may also set ``page``."""
        page = changed.pop("page", 1)
        new = replace(self, **changed)
        asked = {
            "q": new.q,
            "country": new.country,
            "kind": new.kind,
            "source": new.source,
            "freshness": new.freshness,
            "sort": new.sort if new.sort != "name" else "",
            "box": str(new.box) if new.box else "",
            "page": page if page != 1 else "",
        }
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def narrowed(self) -> bool:
        return self != Filters(sort=self.sort)


def _box(text: str) -> Box | None:
    try:
        return Box.parse(text)
    except ValueError:
        return None
