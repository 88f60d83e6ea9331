"""An entry in the making: the texts picked for it, freed of persons' data, and what has been read from them so far."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coworkmed.kernel import ids
from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import SIGNS, Row, Value
from coworkmed.sources import mapping
from coworkmed.sources.spec import Spec

from . import (
    dates,
    phones,
    privacy,
)
from .privacy import scrub

MAX_ID = 200  # characters of an external id; a longer one is replaced by its digest
#: Targets whose own readers deal with persons' data.
_UNSCRUBBED = frozenset(
    "id web facebook twitter instagram socials phone email siret siren rna vat official_ids".split()
)
_JSON_MEMBER = re.compile(r'"([^"\\]{1,80})"\s*:\s*"(?:[^"\\]|\\.)*"')
_NAMING = frozenset("name other_names brand locality region country".split())  # where a title is no person's
_LONGEST = 10_000  # characters of a text a field is read from; a longer one stays among the extras
_AHEAD = 5  # years a row's own date may run ahead of its list's: catalogues age, but nobody checks in 2099


def clean(cells: Mapping[str, str], plan: "Plan", dropped: Counter[str]) -> dict[str, str]:
    found = {}
    for column, text in cells.items():
        if mapping.says_nothing(text):
            continue
        if column in plan.hidden or privacy.names_a_person(column) or privacy.addresses_a_person(text):
            dropped[_person_data(text, plan.declared)] += 1
            continue
        clean, counts = scrub(text, plan.declared)
        if counts:
            dropped.update(counts)
        if column in plan.calling:
            clean = landlines(clean, plan.declared)
        else:
            clean = privacy.unnamed(_without_members(clean, plan, dropped), dropped)
        if clean is text or not mapping.says_nothing(clean):
            found[column] = clean
    return found


def _without_members(text: str, plan: "Plan", dropped: Counter[str]) -> str:
    """``text`` without what JSON in it gives as a person's name."""

    def member(found: re.Match[str]) -> str:
        if found[1] not in plan.hidden and not privacy.names_a_person(found[1]):
            return found[0]
        dropped["name"] += 1
        return f'"{found[1]}": ""'

    return _JSON_MEMBER.sub(member, text) if '"' in text and ":" in text else text


def landlines(text: str, country: str) -> str:
    """The landlines in ``text`` and not a word of what stands around them: that is whom to ask for."""
    found = (one[0].strip() for one in phones.CANDIDATE.finditer(text))
    return " / ".join(one for one in found if phones.is_landline(one, country))


def _person_data(text: str, country: str) -> str:
    return next(iter(scrub(text, country)[1]), "name")


def columns_of(spec: Spec, target: str) -> tuple[str, ...]:
    """The columns of a list from which a target is read."""
    found = spec.columns.get(target)
    return found.columns if found else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the catalogue says of a source, made ready for its rows.

    ``declared``   the one country the list covers, or ""
    ``hidden``     columns that hold persons' data
    ``calling``    columns of telephones and e-mails
    ``crosswalk``  folded value of the list → kind
    ``steps``      what there is to do, in order
    """

    spec: Spec
    declared: str
    where: tuple[tuple[str, frozenset[str]], ...]
    hidden: frozenset[str]
    calling: frozenset[str]
    used: frozenset[str]
    crosswalk: Mapping[str, str]
    steps: tuple[Callable[["Draft"], None], ...]


class Draft:
    """An entry in the making. ``texts`` are the targets' texts as picked, freed of personal data."""

    def __init__(self, row: Row, plan: Plan) -> None:
        self.row, self.plan, self.spec = row, plan, plan.spec
        self.fields: dict[str, Value] = {}
        self.dropped: Counter[str] = Counter()
        self.unread: set[str] = set()  # targets whose text couldn't become a value: it stays among the extras
        self.cells = row.cells
        if plan.hidden:
            self.cells = {column: text for column, text in row.cells.items() if column not in plan.hidden}
            for column in plan.hidden:
                if not mapping.says_nothing(text := row.cells.get(column, "")):
                    self.dropped[_person_data(text, plan.declared)] += 1
        self.texts = mapping.pick(self.cells, plan.spec)
        for target, text in list(self.texts.items()):
            if len(text) > _LONGEST and target != "description":
                self.unread.add(target)
                del self.texts[target]
            elif target not in _UNSCRUBBED:
                clean, counts = scrub(text, plan.declared)
                if counts:
                    self.dropped.update(counts)
                self.texts[target] = clean if target in _NAMING else privacy.unnamed(clean, self.dropped)

    def text(self, target: str) -> str:
        return self.texts.get(target, "")

    def value(self, name: str) -> Any:
        found = self.fields.get(name)
        return found.value if found else ""

    def put(self, name: str, value: Value | None, *targets: str) -> None:
        """Keep ``value``; where there is none, the texts it should have come from stay among the extras."""
        if value is not None:
            self.fields[name] = value
        else:
            self.unread.update(targets or (name,))

    def shifted(self) -> tuple[str, str] | None:
        """A (column, text) that shows that values slid into each other's columns: two of the places for numbers hold
        words without a digit."""
        odd = [
            (columns_of(self.spec, target)[:1] or (target,), text)
            for target in ("lat", "lon", "postcode", "siret", "siren", "geo_score")
            if (text := self.text(target)) and not any(map(str.isdigit, text)) and sum(map(str.isalpha, text)) > 3
        ]
        return (odd[0][0][0], odd[0][1]) if len(odd) > 1 else None

    def external_id(self) -> str:
        """The list's own id, else one that depends on nothing but what identifies the place in the list."""
        given = self.text("id").strip()
        found = Counter(scrub(given)[1])
        privacy.unnamed(given, found)
        if given and not found:
            return given if len(given) <= MAX_ID else "~" + ids.digest(given)
        self.dropped.update(found)
        parts = [fold(self.text(one)) for one in ("name", "house_number", "street", "address", "postcode", "locality")]
        parts += [self.text(one) for one in ("lat", "lon", "coordinates")]
        return "~" + ids.digest(*parts, str(self.value("web")))

    def observed_on(self) -> tuple[str, str]:
        """The row's own date of last check where it has a believable one, else the list's; and what it is a sign of."""
        listed = self.spec.observed_on
        for target, sign in SIGNS.items():
            found, doubt = dates.read(self.text(target))
            if found and not doubt and (not listed or int(found[:4]) <= int(listed[:4]) + _AHEAD):
                return found, sign
            if self.text(target):
                self.unread.add(target)
        return listed, ""

    def left_over(self) -> dict[str, str]:
        """What no field took: unmapped columns, and mapped ones that couldn't be read; without personal data."""
        used = self.plan.used
        fresh = {column: text for column, text in self.cells.items() if column not in used}
        kept = clean(fresh, self.plan, self.dropped)
        if self.unread:
            again = {column for target in self.unread for column in columns_of(self.spec, target)}
            unread = {column: self.cells[column] for column in again if column in self.cells}
            kept |= clean(unread, self.plan, Counter())  # counted when it was read
        return dict(sorted(kept.items()))
