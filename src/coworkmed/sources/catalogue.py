"""The catalogue: a TOML file that declares each source. This module holds its shape; reading it is `load`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Where a target's text comes from: the first non-empty of these columns, or all of them joined.
@dataclass(frozen=True, slots=True)
class Pick:
    """``columns`` tried in order, the first with text wins; or, with ``join`` set, all their texts joined by it."""

    columns: tuple[str, ...]
    join: str | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """One source as the catalogue declares it.

    ``key``           short name, unique, stable: it is part of every public identifier
    ``title``         language code → title
    ``observed_on``   partial date the list as a whole speaks of; a row's own date comes first
    ``territory``     ISO countries the list claims to cover
    ``trust``         0 to 1, breaks ties between sources of the same rank
    ``location``      absolute path or http(s) address
    ``columns``       target (`kernel.fields.FIELDS` or `INPUTS`) → Pick
    ``kinds``         declared crosswalk: a value of the list (compared folded) → kind code
    ``defaults``      target → text used where the list is silent
    ``where``         column → accepted texts; other rows are out of scope
    ``personal``      columns that hold people's names or contacts, dropped at the door
    ``derived_from``  keys or names of lists it was made from: such lists are no independent witnesses
    ``options``       what the connector needs besides (sheet, path, layer, encoding, delimiter, tags…)
    """

    key: str
    title: Mapping[str, str]
    keeper: str
    licence: str
    attribution: str
    connector: str
    location: str
    observed_on: str = ""
    cadence: str = "unknown"
    territory: tuple[str, ...] = ()
    trust: float = 0.5
    homepage: str = ""
    columns: Mapping[str, Pick] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]: ...

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Spec": ...


def load(path: Path) -> list[Spec]:
    """The sources a catalogue file declares, in its order; relative locations are taken from the file's folder.

    Raises CatalogueError naming the source and what is wrong with it, in words (unknown key, connector, target, kind
    or licence; missing title; duplicate key …).
    """
    raise NotImplementedError
