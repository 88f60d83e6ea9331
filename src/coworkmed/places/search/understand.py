"""What the words of a reader may mean: a town, a region or a country in any language, a kind of place, a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from coworkmed.kernel.fold import fold
from coworkmed.kernel.fold import words as folded
from coworkmed.linkage.words import STOPWORDS
from coworkmed.platform import gazetteer
from coworkmed.sources.normalise import kinds

SHORTEST_START = 3  # letters from which the beginning of a word is taken for that of a territory
BEGINNINGS = 5  # territories a beginning may stand for
NAMESAKES = 4  # territories of one name: Valencia is a town, a region, and more towns
#: Words that tie others together, with those for "near" and "around" in the seven languages.
_TIES = STOPWORDS | frozenset(
    folded(
        "near around close pres proche autour vicino intorno presso cerca alrededor prop voltant blizu oko "
        "kod κοντά γύρω"
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a search, and what else they may mean than a name: territories, a kind. ``tie``: they only tie
    others together; who has them comes first, and nobody needs to."""

    words: tuple[str, ...]
    territories: tuple[gazetteer.Named, ...] = ()
    kind: str = ""
    tie: bool = False


@lru_cache(maxsize=2000)
def understand(text: str) -> tuple[Part, ...]:
    """A search cut into parts, in the order of its words; () where nothing but signs was written.

    A town, region or country named in full, or begun by the last words, is a part; so are the words for a kind of
    place; every other word stands alone.
    """
    words = fold(text).split()
    parts: list[Part] = []
    at = 0
    for start, end, territories in _territories(words):
        if start >= at:
            parts += [*_rest(words[at:start]), Part(tuple(words[start:end]), territories, _kind(words[start:end]))]
            at = end
    parts += _rest(words[at:])
    return tuple(_tied(_begun(parts)))


def _tied(parts: Sequence[Part]) -> Sequence[Part]:
    """With the words marked that only tie others together: "coworking **in** Athens". Alone they are all there is."""
    ties = [all(word in _TIES for word in part.words) for part in parts]
    return parts if all(ties) else [replace(part, tie=tie) for part, tie in zip(parts, ties, strict=True)]


def _territories(words: Sequence[str]) -> list[tuple[int, int, tuple[gazetteer.Named, ...]]]:
    return [
        (start, end, tuple(gazetteer.named(" ".join(words[start:end]), limit=NAMESAKES)))
        for start, end, _ in gazetteer.find_in(words)
    ]


def _rest(words: Sequence[str]) -> list[Part]:
    """Words that name no territory: those for a kind together, the others one by one."""
    parts: list[Part] = []
    at = 0
    while at < len(words):
        size = next((size for size in range(min(4, len(words) - at), 0, -1) if _kind(words[at : at + size])), 1)
        these = tuple(words[at : at + size])
        parts.append(Part(these, kind=_kind(these)))
        at += size
    return parts


def _kind(words: Sequence[str]) -> str:
    """The one kind these words name, if all of them are needed to name it."""
    found = kinds.named(" ".join(words))
    fewer = words[1:] and (kinds.named(" ".join(words[1:])) or kinds.named(" ".join(words[:-1])))
    return found[0] if len(found) == 1 and not fewer else ""


def _begun(parts: list[Part]) -> list[Part]:
    """The last word may be the beginning of a territory's name."""
    if not parts or parts[-1].territories or parts[-1].kind or len(parts[-1].words[-1]) < SHORTEST_START:
        return parts
    last = parts[-1]
    named = gazetteer.named(" ".join(last.words), prefix=True, limit=BEGINNINGS)
    return [*parts[:-1], Part(last.words, tuple(named))]
