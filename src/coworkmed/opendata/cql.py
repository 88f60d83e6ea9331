"""Filters in CQL2 text (OGC 21-065), as queries of the database.

A property that is unknown is neither like nor unlike anything: each filter becomes two queries, of the places for which
it is true and of those for which it is false, and what is in neither is unknown. NOT exchanges the two.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, Literal, NamedTuple

import shapely
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from coworkmed.places.models import Place

#: Numbers are whole.
Kind = Literal["text", "number", "moment"]
#: From the axes a filter is written in to (longitude, latitude).
ToLonLat = Callable[[float, float], tuple[float, float]]

LONGEST = 4000  # characters
DEEPEST = 30  # brackets and NOTs in each other
MOST_PARTS = 200  # comparisons; values of a list count too
LARGEST = 2**31  # numbers below it can be asked for
MOST_INSIDE = 30_000  # places in the box about a shape: each is looked at
GEOMETRY = "geometry"
_NEVER = Q(pk__in=[])
_ALWAYS = ~_NEVER
_FLIPPED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LOOKUPS = {"=": "exact", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
_SHAPES = {
    *("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"),
}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|''|\\.|\\)*')
    | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)
    | "(?P<quoted>[^"\W\d][\w.:]*)"
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE,
)


class CqlError(ValueError):
    """The filter can't be understood; said so that who wrote it can mend it."""


class Queryable(NamedTuple):
    """A property that can be asked about: its column of the table of places, and what it holds."""

    column: str
    kind: Kind


class Truth(NamedTuple):
    """Of which places something is true, and of which it is false; of the others it is unknown."""

    yes: Q
    no: Q

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Truth":
        return Truth(self.no, self.yes)


class Like(Func):
    """SQL's LIKE, which minds capitals in every database: "%" stands for any letters, "_" for one, a backslash before
    what means itself."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "

    def __init__(self, column: str, pattern: str) -> None:
        self.column, self.pattern = column, pattern
        super().__init__(F(column), Value(pattern), output_field=BooleanField())

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Its LIKE doesn't mind capitals; its GLOB does."""
        same = self.copy()
        same.set_source_expressions([self.get_source_expressions()[0], Value(_glob(self.pattern))])
        return same.as_sql(compiler, connection, arg_joiner=" GLOB ", **extra)


def _glob(pattern: str) -> str:
    """The same for SQLite, whose LIKE doesn't mind capitals."""
    found = ""
    for one in re.findall(r"\\.|.", pattern, re.DOTALL):
        sign = {"%": "*", "_": "?"}.get(one)
        letter = one[-1]
        found += sign or (f"[{letter}]" if letter in "*?[" else letter)
    return found


def read(text: str, queryables: Mapping[str, Queryable], to_lon_lat: ToLonLat = lambda x, y: (x, y)) -> Q:
    """The places for which the filter is true. Raises CqlError."""
    if len(text) > LONGEST:
        raise CqlError(f"It is longer than {LONGEST} characters.")
    return _Reading(text, queryables, to_lon_lat).whole().yes


def within(west: float, south: float, east: float, north: float) -> Q:
    """Positions in a box; across the antimeridian where its west is east of its east."""
    beside = Q(lon__gte=west, lon__lte=east) if west <= east else Q(lon__gte=west) | Q(lon__lte=east)
    return Q(lat__gte=south, lat__lte=north) & beside


def known(one: Queryable) -> Q:
    """Places of which the property is known."""
    return ~Q(**{one.column: ""}) if one.kind == "text" else Q(**{f"{one.column}__isnull": False})


def moment(text: str) -> datetime:
    """A date (its first moment) or a time with its zone; one without is UTC. ValueError."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", text, re.ASCII):
        raise ValueError(text)
    found = datetime.fromisoformat(text)
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(text) from None


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: text, number, quoted (a property in "…"), word, sign, end."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class _Name:
    name: str
    of: Queryable


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise CqlError(f"It makes no sense from here on: “{text[at : at + 20].strip()}”.")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Reading:
    """A filter in the reading, token by token."""

    def __init__(self, text: str, queryables: Mapping[str, Queryable], to_lon_lat: ToLonLat) -> None:
        self.text, self.queryables, self.to_lon_lat = text, queryables, to_lon_lat
        self.tokens = _tokens(text)
        self.at = self.depth = self.parts = 0

    def whole(self) -> Truth:
        found = self.either()
        if self.now.kind != "end":
            raise self.error("AND, OR or the end")
        return found

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def error(self, wanted: str) -> CqlError:
        given = f"“{self.now.text}”" if self.now.kind != "end" else "the end"
        return CqlError(f"{wanted} was expected at character {self.now.at + 1}, where {given} stands.")

    def took(self, *words: str) -> str:
        """The word or sign that comes next, if it is one of these; "" and nothing is taken otherwise."""
        token = self.now
        said = token.text.upper() if token.kind in ("word", "sign") else ""
        if said not in words or not said:
            return ""
        self.at += 1
        return said

    def need(self, *words: str) -> str:
        said = self.took(*words)
        if not said:
            raise self.error(" or ".join(words))
        return said

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise CqlError(f"More than {DEEPEST} brackets or NOTs are in each other.")

    def one_more(self) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise CqlError(f"It has more than {MOST_PARTS} comparisons.")

    # What is true or false

    def either(self) -> Truth:
        found = self.both()
        while self.took("OR"):
            found |= self.both()
        return found

    def both(self) -> Truth:
        found = self.factor()
        while self.took("AND"):
            found &= self.factor()
        return found

    def factor(self) -> Truth:
        if not self.took("NOT"):
            return self.predicate()
        self.deeper()
        found = ~self.factor()
        self.depth -= 1
        return found

    def predicate(self) -> Truth:
        self.one_more()
        if self.took("("):
            self.deeper()
            found = self.either()
            self.need(")")
            self.depth -= 1
            return found
        if said := self.took("TRUE", "FALSE"):
            return Truth(_ALWAYS, _NEVER) if said == "TRUE" else Truth(_NEVER, _ALWAYS)
        if self.took("S_INTERSECTS"):
            return self.intersects()
        one = self.scalar()
        if isinstance(one, _Name):
            return self.about(one)
        sign = self.need(*_FLIPPED)
        other = self.scalar()
        if not isinstance(other, _Name):
            raise CqlError("Each comparison needs a property.")
        return self.compared(other, _FLIPPED[sign], one)

    def about(self, one: _Name) -> Truth:
        """What is said of a property."""
        if self.took("IS"):
            is_not = self.took("NOT")
            self.need("NULL")
            there = known(one.of)
            return Truth(there, ~there) if is_not else Truth(~there, there)
        negated = self.took("NOT")
        said = self.need("LIKE", "IN", "BETWEEN") if negated else self.need(*_FLIPPED, "LIKE", "IN", "BETWEEN", "IS")
        if said == "LIKE":
            found = self.like(one)
        elif said == "IN":
            found = self.listed(one)
        elif said == "BETWEEN":
            low = self.scalar()
            self.need("AND")
            found = self.compared(one, ">=", low) & self.compared(one, "<=", self.scalar())
        else:
            return self.compared(one, said, self.scalar())
        return ~found if negated else found

    def like(self, one: _Name) -> Truth:
        if one.of.kind != "text" or self.now.kind != "text":
            raise self.error("A text to be LIKE")
        pattern = str(self.scalar())
        if re.search(r"(?<!\\)(\\\\)*\\$", pattern):
            raise CqlError("A pattern can't end with a backslash that makes nothing mean itself.")
        there, so = known(one.of), Q(Like(one.of.column, pattern))
        return Truth(there & so, there & ~so)

    def listed(self, one: _Name) -> Truth:
        self.need("(")
        values = [self.value(one, self.scalar())]
        while self.took(","):
            self.one_more()
            values.append(self.value(one, self.scalar()))
        self.need(")")
        return self.of(one, "in", values)

    def compared(self, one: _Name, sign: str, value: object) -> Truth:
        if sign == "<>":
            return ~self.compared(one, "=", value)
        return self.of(one, _LOOKUPS[sign], self.value(one, value))

    def of(self, one: _Name, lookup: str, value: object) -> Truth:
        there = known(one.of)
        so = Q(**{f"{one.of.column}__{lookup}": value})
        return Truth(there & so, there & ~so)

    def value(self, one: _Name, value: object) -> object:
        """What the property may be compared with. CqlError where it is of another kind."""
        wanted = {"text": str, "number": int, "moment": datetime}[one.of.kind]
        if one.of.kind == "moment" and isinstance(value, str):
            try:
                return moment(value)
            except ValueError:
                raise CqlError(
                    f"{one.name} is compared with a moment, such as TIMESTAMP('2026-11-22T10:00:00Z')."
                ) from None
        if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST:
            value = int(value)
        if not isinstance(value, wanted):
            raise CqlError(f"{one.name} is a {one.of.kind}: it can't be compared with that.")
        return value

    # What is compared

    def scalar(self) -> object:
        token = self.now
        self.at += token.kind != "end"
        if token.kind == "text":
            return _plain(token.text)
        if token.kind == "number":
            return float(token.text)
        if token.kind == "word" and token.text.upper() in ("DATE", "TIMESTAMP") and self.took("("):
            return self.instant()
        if token.kind in ("word", "quoted") and token.text in self.queryables:
            return _Name(token.text, self.queryables[token.text])
        self.at -= token.kind != "end"
        if token.kind in ("word", "quoted"):
            raise CqlError(f"“{token.text}” is none of {', '.join(self.queryables)}.")
        raise self.error("A property or a value")

    def instant(self) -> datetime:
        if self.now.kind != "text":
            raise self.error("A moment in quotes")
        text = _plain(self.now.text)
        self.at += 1
        self.need(")")
        try:
            return moment(text)
        except ValueError:
            raise CqlError(f"“{text}” is no date or time.") from None

    # Shapes

    def intersects(self) -> Truth:
        self.need("(")
        first = self.shape()
        self.need(",")
        second = self.shape()
        self.need(")")
        shapes = [one for one in (first, second) if one is not None]
        if len(shapes) != 1:
            raise CqlError(f"S_INTERSECTS compares {GEOMETRY} with one shape.")
        return _intersecting(shapes[0])

    def shape(self) -> BaseGeometry | None:
        """A shape in degrees; None for the property that holds it."""
        token = self.now
        word = token.text.upper()
        if token.kind in ("word", "quoted") and token.text == GEOMETRY:
            self.at += 1
            return None
        if token.kind != "word" or word not in {"BBOX", *_SHAPES}:
            raise self.error(f"{GEOMETRY}, BBOX or a shape such as POLYGON")
        self.at += 1
        if word == "BBOX":
            return self.box()
        depth, start = 0, token.at
        while self.now.kind != "end":
            depth += {"(": 1, ")": -1}.get(self.now.text, 0)
            self.at += 1
            if depth == 0:
                break
        wkt = self.text[start : self.tokens[self.at - 1].at + 1]
        try:
            found = shapely.from_wkt(wkt)
        except shapely.errors.ShapelyError:
            raise CqlError(f"“{wkt[:60]}” is no shape in well-known text.") from None
        if found.has_z or not found.is_valid or found.is_empty:
            raise CqlError("The shape is empty, crosses itself or has heights.")
        return self.in_degrees(found)

    def box(self) -> BaseGeometry:
        self.need("(")
        given = [self.scalar()]
        while self.took(","):
            given.append(self.scalar())
        self.need(")")
        numbers = [one for one in given if isinstance(one, float) and isfinite(one)]
        if len(numbers) != 4 or len(given) != 4:
            raise CqlError("BBOX needs four numbers.")
        left, bottom = self.to_lon_lat(numbers[0], numbers[1])
        right, top = self.to_lon_lat(numbers[2], numbers[3])
        if bottom > top:
            raise CqlError("The south of a BBOX must not be north of its north.")
        if left > right:
            return shapely.union(box(left, bottom, 180, top), box(-180, bottom, right, top))
        return box(left, bottom, right, top)

    def in_degrees(self, found: BaseGeometry) -> BaseGeometry:
        return shapely.transform(found, lambda points: [self.to_lon_lat(*one) for one in points.tolist()])


def _plain(quoted: str) -> str:
    """The text in quotes; in it, two single quotes or one after a backslash are one."""
    text = quoted[1:-1].replace("''", "'").replace("\\'", "'")
    if "\0" in text:
        raise CqlError("No text holds NUL.")
    return text


def _intersecting(shape: BaseGeometry) -> Truth:
    placed = Q(lat__isnull=False, lon__isnull=False)
    west, south, east, north = shape.bounds
    inside = within(west, south, east, north)
    if not shape.equals(box(*shape.bounds)):
        inside &= Q(pk__in=_points_in(shape, inside))
    return Truth(placed & inside, placed & ~inside)


def _points_in(shape: BaseGeometry, about: Q) -> Sequence[str]:
    rows = list(Place.objects.shown().filter(about).values_list("pk", "lon", "lat")[: MOST_INSIDE + 1])
    if len(rows) > MOST_INSIDE:
        raise CqlError(f"More than {MOST_INSIDE} places lie about the shape: take a smaller one, or a BBOX.")
    if not rows:
        return []
    ids, lons, lats = zip(*rows, strict=True)
    shapely.prepare(shape)
    inside = shapely.intersects_xy(shape, lons, lats)
    return [one for one, it_is in zip(ids, inside, strict=True) if it_is]
