"""What a search shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.platform import gazetteer
from coworkmed.sources.models import Source
from coworkmed.web import formats

from .. import rules, words
from ..filters import Filters
from ..models import Place
from ..search import find
from ..search.understand import Part

PER_PAGE = 24
#: Facets a reader narrows a search by, in the order shown: name → heading.
FACETS = {
    "country": N_("Country"),
    "region": N_("Region"),
    "town": N_("Town"),
    "kind": N_("Kind"),
    "governance": N_("Who is behind it"),
    "price": N_("Price per day"),
    "wheelchair": N_("Wheelchair access"),
    "hosts": N_("Hosts visitors"),
    "equipment": N_("Equipment"),
    "freshness": N_("How sure we are"),
    "status": N_("Status"),
    "source": N_("Listed by"),
}
#: Shown only once they can mean something to the reader: facet → the one that comes first.
_WITHIN = {"region": "country", "town": "region"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS,
    "governance": words.SECTOR,
    "price": rules.PRICE_BANDS,
    "wheelchair": words.FLAG,
    "hosts": words.FLAG,
    "freshness": rules.FRESHNESS,
    "status": words.STATUS,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, how many places it would show, and the search it leads to (back out of it, if chosen)."""

    value: str
    label: str
    count: int
    chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    title: str
    choices: Sequence[Choice]

    @property
    def chosen(self) -> bool:
        return any(one.chosen for one in self.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """A place found; ``km`` away from where the reader is; ``also``: another name it was found by."""

    place: Place
    km: float | None
    also: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A territory the words of a search may mean, and the search for what lies in it."""

    label: str
    detail: str
    query: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a search, with what each facet would give."""

    filters: Filters
    total: int
    rows: Sequence[Row]
    facets: Sequence[Facet]
    meant: Sequence[Meant]
    near_spelling: bool
    page: Page[int]


def listing(filters: Filters, number: str) -> Listing:
    """The page ``number`` (nonsense gives the first, too much the last) of what ``filters`` find."""
    wanted = int(number) if number.isdecimal() and len(number) < 8 else 1
    wanted = max(1, min(wanted, find.DEEPEST // PER_PAGE))
    found = find.find(filters, limit=PER_PAGE, offset=(wanted - 1) * PER_PAGE)
    page = Paginator(range(min(found.total, find.DEEPEST)), PER_PAGE).get_page(wanted)
    if page.number != wanted:
        return listing(filters, str(page.number))
    return Listing(
        filters=filters,
        total=found.total,
        rows=_rows(found),
        facets=_facets(filters, found.total),
        meant=_meant(filters, found.parts),
        near_spelling=found.near_spelling,
        page=page,
    )


def _rows(found: find.Results) -> list[Row]:
    places = Place.objects.in_bulk([hit.place_id for hit in found.hits])
    return [
        Row(places[hit.place_id], hit.km, _also(places[hit.place_id], found.parts))
        for hit in found.hits
        if hit.place_id in places
    ]


def _also(place: Place, parts: Sequence[Part]) -> str:
    """The other name that holds words of the search which its name doesn't; "" if there is none."""
    missing = [word for part in parts for word in part.words if not _holds(place.name, word)]
    others = place.values.get("other_names", ())
    return next((str(name) for name in others if any(_holds(str(name), word) for word in missing)), "")


def _holds(text: str, word: str) -> bool:
    return any(one.startswith(word) for one in fold(text).split())


def _meant(filters: Filters, parts: Sequence[Part]) -> list[Meant]:
    """The territories named, with the rest of the search kept."""
    language = get_language() or "en"
    found = []
    for part in parts:
        rest = " ".join(word for other in parts if other is not part for word in other.words)
        for one in part.territories[:3]:
            inside = filters.but(q=rest, country="", region="", town="", sort="")
            narrowed = inside.but(**{one.kind: one.code})
            if find.count(narrowed):
                within = "" if one.kind == "country" else formats.country(one.country)
                found.append(Meant(gazetteer.label(one, language), within, narrowed.query()))
    return found


def _facets(filters: Filters, total: int) -> list[Facet]:
    """Those that narrow what ``filters`` find, ``total`` places, and those chosen."""
    shown = [name for name in FACETS if _shown(name, filters)]
    counted = find.facets(filters, shown)
    label = labels()
    facets = []
    for name in shown:
        chosen = getattr(filters, name)
        choices = [
            Choice(
                option.value,
                label(name, option.value),
                option.count,
                option.value == chosen,
                filters.query(**_without(name) | ({} if option.value == chosen else {name: option.value})),
            )
            for option in (sorted(counted[name], key=_rank) if name == "price" else counted[name])
        ]
        if chosen and not any(one.chosen for one in choices):
            choices.insert(0, Choice(chosen, label(name, chosen), 0, True, filters.query(**_without(name))))
        if chosen or any(one.count < total for one in choices):
            facets.append(Facet(name, FACETS[name], choices))
    return facets


def _rank(option: find.Option) -> int:
    """Prices from low to high, however many places ask them."""
    return list(rules.PRICE_BANDS).index(option.value)


def _shown(name: str, filters: Filters) -> bool:
    return name not in _WITHIN or bool(getattr(filters, _WITHIN[name]) or getattr(filters, name))


def _without(name: str) -> dict[str, str]:
    """A facet taken back, and with it what was chosen inside it."""
    inside = [inner for inner, outer in _WITHIN.items() if outer == name]
    return {name: ""} | {key: "" for inner in inside for key in _without(inner)}


def labels() -> Callable[[str, str], str]:
    """From a facet and a value of it to its name in the reader's language."""
    titles = {source.key: source.spec.get("title", {}) for source in Source.objects.only("key", "spec")}
    language = get_language() or "en"

    def label(name: str, value: str) -> str:
        if name == "country":
            return formats.country(value)
        if name in ("region", "town"):
            return gazetteer.label(value, language)
        if name == "source":
            return formats.own_words(titles.get(value), value)[0]
        return _(_WORDS[name][value]) if value in _WORDS.get(name, {}) else value

    return label
