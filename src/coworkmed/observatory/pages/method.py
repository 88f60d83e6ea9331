"""What the page about the method shows: one real place, and how it came about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coworkmed.kernel.fields import FIELDS
from coworkmed.linkage.records import Reason
from coworkmed.linkage.review import Quality
from coworkmed.linkage.waterfall import Waterfall, drawn
from coworkmed.places import queries, rules
from coworkmed.places.models import Link, Place, Weakest
from coworkmed.sources.models import Entry, Source

#: What a reader grasps without knowing the place, best first.
TELLING = ("opening_hours", "address", "web", "phone", "name", "kinds", "status", "postcode", "locality", "position")
RARELY = 120  # months
_LOOKED_AT = 500  # places that several entries speak of, from the first public id on
_TRIED = 40  # of these, those in most lists


@dataclass(frozen=True, slots=True)
class Line:
    """What one list says of the place."""

    entry: Entry
    name: str

    @property
    def source(self) -> Source:
        return self.entry.source


@dataclass(frozen=True, slots=True)
class Example:
    """A place that several lists know and disagree on.

    ``ends``     the two entries it hangs together by most weakly     ``fall``  why these are one place
    ``settled``  one field on which the lists disagree
    """

    place: Place
    lines: Sequence[Line]
    ends: tuple[Line, Line]
    probability: float
    fall: Waterfall
    settled: rules.Settled
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class MethodPage:
    example: Example | None
    quality: Quality | None


def method_page() -> MethodPage:
    """The example is None where no list disagrees with another on a place they share."""
    return MethodPage(next(filter(None, map(_example, _candidates())), None), queries.quality())


def intervals() -> list[tuple[int, list[str]]]:
    """After how many months which facts are asked again, the soonest first; what hardly changes is left out."""
    found: dict[int, list[str]] = defaultdict(list)
    for field in FIELDS.values():
        if field.months < RARELY:
            found[field.months].append(field.label)
    return sorted(found.items())


def _candidates() -> list[str]:
    """Public ids of places with several entries, those in most lists first: the same in each run."""
    places = Place.objects.current().order_by("pk").values_list("pk", "sources")
    of_three = list(places.exclude(weakest=None)[:_LOOKED_AT])
    known = of_three or list(places.filter(links__tied_to__isnull=False).distinct()[:_LOOKED_AT])
    return [place for place, _ in sorted(known, key=lambda one: (-len(one[1]), one[0]))[:_TRIED]]


def _example(public_id: str) -> Example | None:
    """What there is to show of a place; None where its lists agree, or a person tied it together."""
    links = Link.objects.filter(place=public_id, entry__retired_on=None).exclude(entry__assertion=None)
    links = links.select_related("place", "entry__source", "entry__assertion").order_by("entry__source__position", "pk")
    lines = {link.entry_id: _line(link) for link in links}
    tie = _weakest(public_id, list(links))
    if tie is None or not {tie.left, tie.right} <= lines.keys():
        return None
    vouched = {link.entry_id: link.vouched for link in links}
    claims = [
        queries.claim(one.entry, float(one.source.spec.get("trust", 0.5)), vouched[one.entry.pk])
        for one in lines.values()
    ]
    settled = rules.settle(claims)
    contested = [settled[name] for name in TELLING if name in settled and settled[name].contested]
    if not contested:
        return None
    return Example(
        place=links[0].place,
        lines=list(lines.values()),
        ends=(lines[tie.left], lines[tie.right]),
        probability=tie.probability,
        fall=tie.fall,
        settled=contested[0],
        sources={one.source.key: one.source for one in lines.values()},
    )


def _line(link: Link) -> Line:
    said = link.entry.assertion.fields if link.entry.assertion else {}
    return Line(link.entry, str(said["name"]["value"]) if "name" in said else link.place.name)


@dataclass(frozen=True, slots=True)
class _Tie:
    left: int
    right: int
    probability: float
    fall: Waterfall


def _weakest(public_id: str, links: Sequence[Link]) -> _Tie | None:
    """Of three entries or more it is kept; two have but the one tie."""
    kept = Weakest.objects.filter(place=public_id).first()
    if kept:
        return _tie(kept.left_id, kept.right_id, kept.probability, kept.reasons)
    tied = next((link for link in links if link.tied_to_id), None)
    return _tie(tied.entry_id, tied.tied_to_id, tied.probability, tied.reasons) if tied else None


def _tie(left: int, right: int | None, probability: float, reasons: Sequence[Mapping[str, object]]) -> _Tie | None:
    fall = drawn([Reason.from_json(one) for one in reasons])
    return _Tie(left, right, probability, fall) if fall and right else None
