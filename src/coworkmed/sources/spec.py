"""What the catalogue declares of one source, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a target's text comes from: ``columns`` tried in order, the first with text wins; or, with ``join`` set,
    all their texts joined by it."""

    columns: tuple[str, ...]
    join: str | None = None

    def as_json(self) -> Any:
        return list(self.columns) if self.join is None else {"join": list(self.columns), "with": self.join}

    @classmethod
    def from_json(cls, data: Any) -> "Pick":
        return cls(tuple(data["join"]), data["with"]) if isinstance(data, Mapping) else cls(tuple(data))


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

    def as_json(self) -> dict[str, Any]:
        """The declaration as a JSON object; `from_json` gives it back."""
        return {
            "key": self.key,
            "title": dict(self.title),
            "keeper": self.keeper,
            "licence": self.licence,
            "attribution": self.attribution,
            "connector": self.connector,
            "location": self.location,
            "observed_on": self.observed_on,
            "cadence": self.cadence,
            "territory": list(self.territory),
            "trust": self.trust,
            "homepage": self.homepage,
            "columns": {target: pick.as_json() for target, pick in self.columns.items()},
            "kinds": dict(self.kinds),
            "defaults": dict(self.defaults),
            "where": {column: list(texts) for column, texts in self.where.items()},
            "personal": list(self.personal),
            "derived_from": list(self.derived_from),
            "options": dict(self.options),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Spec":
        found = dict(data)
        for name in ("territory", "personal", "derived_from"):
            found[name] = tuple(found.get(name, ()))
        found["columns"] = {target: Pick.from_json(pick) for target, pick in found.get("columns", {}).items()}
        found["where"] = {column: tuple(texts) for column, texts in found.get("where", {}).items()}
        return cls(**found)
