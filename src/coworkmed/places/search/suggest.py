"""What somebody who types may mean: a territory, a kind of place, a place. A few at once, and at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from tantivy import Occur, Query, Searcher

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.platform import gazetteer
from coworkmed.sources.normalise import kinds
from coworkmed.web import formats

from ..filters import LONGEST_SEARCH, Filters
from ..models import SHOWN, Place
from .find import count
from .index import index, schema

MOST = 8
SHORTEST = 2  # letters: one letter means nothing yet
_TERRITORIES, _KINDS = 3, 2  # of each, at most, as long as there are places of the name
_TRIED = 8  # territories of the name asked for; those without a place are left out
#: Where a place's names stand, and what a whole word and the beginning of one are worth there.
_NAMES = (("name", 6.0, 3.0), ("also", 4.0, 2.0))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``label`` in the reader's language, ``detail`` where it is ("" if that says nothing), ``href`` the page of it."""

    kind: Literal["place", "town", "region", "country", "kind"]
    label: str
    detail: str
    href: str


def suggest(text: str, language: str, limit: int = MOST) -> list[Suggestion]:
    """What ``text`` may be the beginning of: territories that have places, kinds, then places by name."""
    words = fold(text[:LONGEST_SEARCH]).split()
    if len("".join(words)) < SHORTEST:
        return []
    searcher = index().searcher()
    with translation.override(language):
        territories = list(islice(_territories(searcher, text, language), limit))
        of_kind = list(islice(_kinds(searcher, " ".join(words)), _KINDS))
        places = _places(searcher, words, limit)
        taken = territories[:_TERRITORIES], of_kind, places, territories[_TERRITORIES:]
        return list(islice(chain(*taken), limit))


def _territories(searcher: Searcher, text: str, language: str) -> Iterator[Suggestion]:
    for one in gazetteer.named(text, language=language, prefix=True, limit=_TRIED):
        filters = Filters.read({one.kind: one.code})
        if searcher.doc_freq(one.kind, one.code) and count(filters):
            yield Suggestion(_kind_of(one), one.label, _where(one, language), _search(filters))


def _kind_of(one: gazetteer.Named) -> Literal["town", "region", "country"]:
    return "town" if one.kind == "town" else "region" if one.kind == "region" else "country"


def _where(one: gazetteer.Named, language: str) -> str:
    if one.kind == "country":
        return ""
    town = gazetteer.town(int(one.code)) if one.kind == "town" else None
    region = gazetteer.label(town.region, language) if town and town.region else ""
    return ", ".join(filter(None, (region, formats.country(one.country))))


def _kinds(searcher: Searcher, beginning: str) -> Iterator[Suggestion]:
    """Kinds one of whose names, in any language, begins so."""
    for code, label in KINDS.items():
        names = chain([fold(_(label))], map(fold, kinds.WORDS.get(code, ())))
        filters = Filters(kind=code)
        if any(name.startswith(beginning) for name in names) and searcher.doc_freq("kind", code) and count(filters):
            yield Suggestion("kind", _(label), "", _search(filters))


def _places(searcher: Searcher, words: list[str], limit: int) -> list[Suggestion]:
    """Places one of whose names has words that begin with each of ``words``."""
    open_ones = Query.const_score_query(Query.term_set_query(schema(), "status", list(SHOWN)), 0.0)
    shown = Query.boolean_query([(Occur.Must, one) for one in (open_ones, *map(_begun, words))])
    hits = searcher.search(shown, limit).hits
    found = [str(searcher.doc(at)["id"][0]) for _score, at in hits]
    places = Place.objects.in_bulk(found)
    return [_place(places[one]) for one in found if one in places]


def _begun(word: str) -> Query:
    ways = []
    for name, whole, beginning in _NAMES:
        ways.append(Query.const_score_query(Query.term_query(schema(), name, word, "basic"), whole))
        begun = Query.fuzzy_term_query(schema(), name, word, distance=0, prefix=True)
        ways.append(Query.const_score_query(begun, beginning))
    return Query.disjunction_max_query(ways)


def _place(place: Place) -> Suggestion:
    where = ", ".join(filter(None, (place.locality, formats.country(place.country) if place.country else "")))
    return Suggestion("place", place.name or place.public_id, where, reverse("place", args=[place.public_id]))


def _search(filters: Filters) -> str:
    return f"{reverse('places')}?{filters.query()}"
