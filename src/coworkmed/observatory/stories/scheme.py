"""The thematic scheme by which stories are coded, and how far its coders agree. Pure."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coworkmed.places.review.agreement import Agreement, agreement

_FILE = Path(__file__).with_name("scheme.toml")

#: What the first and the second coder found in a story.
Codes = tuple[Collection[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Scheme:
    """``fields``: field of life → its themes, in their order."""

    version: str
    fields: Mapping[str, tuple[str, ...]]

    @property
    def themes(self) -> tuple[str, ...]:
        return tuple(theme for themes in self.fields.values() for theme in themes)

    def ordered(self, themes: Iterable[str]) -> list[str]:
        """Those of these that are themes, each once, in the scheme's order."""
        found = set(themes)
        return [one for one in self.themes if one in found]


@cache
def current() -> Scheme:
    """The scheme of this version of the software."""
    return read(_FILE.read_text(encoding="utf-8"))


def read(text: str) -> Scheme:
    """A scheme from what its file says. ValueError where a theme stands in it twice."""
    data = tomllib.loads(text)
    found = Scheme(data["version"], {field: tuple(themes) for field, themes in data["fields"].items()})
    if len(set(found.themes)) < len(found.themes):
        raise ValueError(f"a theme stands twice: {found.themes}")
    return found


def same(codes: Codes) -> bool:
    """Whether both found the same."""
    first, second = map(set, codes)
    return first == second


def disputed(codes: Codes) -> list[str]:
    """The themes that only one of them found, in the scheme's order."""
    first, second = map(set, codes)
    return current().ordered(first ^ second)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Of one theme: in how many of the stories coded by two either found it, and how far they agree on it (None where
    too few were coded, or both always said the same of all)."""

    theme: str
    found: int
    stories: int
    agreement: Agreement | None


def agreed(coded: Sequence[Codes]) -> list[Agreed]:
    """Theme by theme: of one story the themes hang together, so that only stories can be counted as independent."""
    return [
        Agreed(
            theme,
            sum(theme in first or theme in second for first, second in coded),
            len(coded),
            agreement([(theme in first, theme in second) for first, second in coded]),
        )
        for theme in current().themes
    ]
