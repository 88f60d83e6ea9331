"""What the page of a pair shows: both sides, field by field, and why the machine hesitates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.geo import distance_m
from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Reason
from coworkmed.linkage.waterfall import Waterfall, drawn
from coworkmed.sources.models import Entry, Source
from coworkmed.web import map as maps

from ..models import Doubt, Link, Place
from ..rules import agree
from . import words

AGREES, DIFFERS, ALONE = "agrees", "differs", "alone"
#: What tells places apart comes first; then the rest, in the order of the data dictionary.
FIRST = ("name", "other_names", "address", "postcode", "locality", "position", "phone", "email", "web", "official_ids")
#: What says nothing on whether two entries are one place.
LEFT_OUT = frozenset({"country", "status"})
_MAP_WIDTH, _MAP_RATIO, _MAP_LEAST = 340, 0.62, 0.002


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a list, and what it says."""

    entry: Entry

    @property
    def source(self) -> Source:
        return self.entry.source

    @property
    def fields(self) -> dict[str, Value]:
        said = self.entry.assertion
        return {name: Value.from_json(one) for name, one in said.fields.items()} if said else {}

    @property
    def name(self) -> str:
        return str(self.fields["name"].value) if "name" in self.fields else self.entry.external_id

    @property
    def observed_on(self) -> str:
        return self.entry.assertion.observed_on if self.entry.assertion else ""

    @property
    def licence(self) -> str:
        return self.entry.assertion.licence if self.entry.assertion else ""

    @property
    def position(self) -> tuple[float, float] | None:
        if "position" not in self.fields:
            return None
        value = self.fields["position"].value
        return value["lat"], value["lon"]


@dataclass(frozen=True, slots=True)
class Side:
    """The entry in question, and those that stand with it; ``place`` is where they stand now."""

    letter: str
    place: Place | None
    lines: Sequence[Line]

    @property
    def end(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and who says it."""

    value: Any
    by: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Row:
    """What both sides say of one field; ``how``: "agrees", "differs", or "alone" where one side says nothing."""

    field: Field
    how: str
    cells: tuple[Sequence[Cell], Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class PairPage:
    """``others``  entries of a place that holds both, besides the two   ``effects``  verdict → what it does"""

    doubt: Doubt
    sides: tuple[Side, Side]
    others: Sequence[Line]
    rows: Sequence[Row]
    fall: Waterfall | None
    metres: float | None
    map: Markup | None
    effects: dict[str, str]

    def of(self, how: str) -> list[Row]:
        return [row for row in self.rows if row.how == how]

    @property
    def name(self) -> str:
        return f"{self.doubt.left_id}-{self.doubt.right_id}"


def pair_page(doubt: Doubt) -> PairPage:
    """The pair as it stands, in a few queries. A second reviewer sees nothing of what the first one's word has done."""
    ends = [doubt.left_id, doubt.right_id]
    places = {link.entry_id: link.place for link in Link.objects.filter(entry__in=ends).select_related("place")}
    left, right = places.get(doubt.left_id), places.get(doubt.right_id)
    together = left is not None and left == right
    held = _lines([one.pk for one in (left, right) if one])
    ends_of = {one.entry.pk: one for one in held} | {one.entry.pk: one for one in _ends(ends) if one.entry.pk in ends}
    if together:
        sides = (Side("A", left, [ends_of[doubt.left_id]]), Side("B", right, [ends_of[doubt.right_id]]))
        others = [one for one in held if one.entry.pk not in ends] if doubt.joined else []
    else:
        sides = _side("A", doubt.left_id, left, held, ends_of), _side("B", doubt.right_id, right, held, ends_of)
        others = []
    positions = sides[0].end.position, sides[1].end.position
    counts = None
    if doubt.left_entries and doubt.right_entries:
        counts = doubt.left_entries, doubt.right_entries
    return PairPage(
        doubt=doubt,
        sides=sides,
        others=others,
        rows=rows(*(side.lines for side in sides)),
        fall=drawn([Reason.from_json(one) for one in doubt.reasons]),
        metres=distance_m(*positions[0], *positions[1]) if positions[0] and positions[1] else None,
        map=_map(sides),
        effects=words.effects(doubt.joined, counts, len(held) if doubt.joined else 2),
    )


def _ends(entries: Sequence[int]) -> list[Line]:
    return [Line(one) for one in Entry.objects.filter(pk__in=entries).select_related("source", "assertion")]


def _lines(places: Sequence[str]) -> list[Line]:
    """All entries of some places, list by list."""
    found = Entry.objects.filter(link__place__in=places, assertion__isnull=False)
    told = found.select_related("source", "assertion", "link").order_by("source__position", "pk")
    return [Line(one) for one in told]


def _side(letter: str, end: int, place: Place | None, held: Sequence[Line], ends: dict[int, Line]) -> Side:
    with_it = [one for one in held if place and one.entry.link.place_id == place.pk and one.entry.pk != end]
    return Side(letter, place, [ends[end], *with_it])


def rows(left: Sequence[Line], right: Sequence[Line]) -> list[Row]:
    """Field by field what both sides say, those that tell places apart first."""
    said = {name for line in (*left, *right) for name in line.fields} & FIELDS.keys() - LEFT_OUT
    order = [*FIRST, *(name for name in FIELDS if name not in FIRST)]
    return [_row(FIELDS[name], left, right) for name in order if name in said]


def _row(field: Field, left: Sequence[Line], right: Sequence[Line]) -> Row:
    cells = _cells(field, left), _cells(field, right)
    if not (cells[0] and cells[1]):
        return Row(field, ALONE, cells)
    same = any(_agree(field, one.value, other.value) for one in cells[0] for other in cells[1])
    return Row(field, AGREES if same else DIFFERS, cells)


def _cells(field: Field, lines: Sequence[Line]) -> list[Cell]:
    """The different values of a side, in the order in which they are met."""
    found: list[tuple[Any, list[Line]]] = []
    for line in lines:
        if field.name not in line.fields:
            continue
        value = line.fields[field.name].value
        known = next((by for other, by in found if _alike(field, other, value)), None)
        if known is None:
            found.append((value, [line]))
        else:
            known.append(line)
    return [Cell(value, by) for value, by in found]


def _alike(field: Field, one: Any, other: Any) -> bool:
    return bool(one == other) if field.union else agree(field, one, other)


def _agree(field: Field, one: Any, other: Any) -> bool:
    """Whether two values speak for one place: sets do that share something."""
    if field.union and isinstance(one, list) and isinstance(other, list):
        return any(agree(field, mine, theirs) for mine in one for theirs in other)
    return agree(field, one, other)


def _map(sides: Iterable[Side]) -> Markup | None:
    """Where both stand; None where one has no position."""
    told = [(side, side.end.position) for side in sides]
    dots = [
        maps.Dot(*position, f"{side.letter}: {side.end.name}", letter=side.letter)
        for side, position in told
        if position
    ]
    if len(dots) < 2:
        return None
    box = maps.Box.around([(one.lat, one.lon) for one in dots], margin=0.5, least=_MAP_LEAST)
    return maps.draw(
        dots,
        title=_("Where both are"),
        description=" / ".join(one.label for one in dots),
        box=box,
        width=_MAP_WIDTH,
        ratio=_MAP_RATIO,
        name="both",
    )
