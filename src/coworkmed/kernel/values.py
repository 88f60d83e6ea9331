"""The values that travel from a list to the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """One field of one assertion: the normalised value beside the text it came from.

    ``value``   JSON, in the form `kernel.fields` states for the field
    ``given``   the original text, untouched (personal data excepted)
    ``repair``  code of the certain repair that was made, or ""  (`sources.reasons`)
    ``doubt``   code of why the value is doubted, or ""; a doubted value is kept but loses to any other
    """

    value: Any
    given: str = ""
    repair: str = ""
    doubt: str = ""

    def as_json(self) -> dict[str, Any]:
        """A JSON object without the empty parts."""
        found: dict[str, Any] = {"value": self.value}
        if self.given:
            found["given"] = self.given
        if self.repair:
            found["repair"] = self.repair
        if self.doubt:
            found["doubt"] = self.doubt
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Value":
        return cls(data["value"], data.get("given", ""), data.get("repair", ""), data.get("doubt", ""))


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a connector read it.

    ``number``  where a person finds it again: line, row or element, counted from 1
    ``cells``   column → text as given ("" where empty); nested JSON arrives flattened with dots
    ``repair``  code of the certain repair that was made to the row as a whole, or ""  (`sources.reasons`)
    """

    number: int
    cells: Mapping[str, str]
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row, or the remains of one, that can't enter the registry, and why.

    ``code`` is a key of `sources.reasons.REJECTIONS`; ``params`` fill that sentence; ``dropped`` as for an Entry.
    """

    number: int
    cells: Mapping[str, str]
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)


#: Input that tells when a place was last seen → what that is a sign of; the first that can be read counts.
SIGNS = {"stirred_on": "HEARTBEAT", "seen_on": "CHECK_DATE", "checked_on": ""}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row made comparable: what a source says of one place.

    ``external_id``  the source's own id, or one derived from the content when it gives none
    ``observed_on``  partial date (YYYY, YYYY-MM or YYYY-MM-DD) when the source saw it so
    ``fields``       field name (`kernel.fields`) → Value
    ``extra``        columns nobody mapped, as given, freed of personal data
    ``dropped``      kind of personal data → how many values were dropped at the door
    ``sign``         what its date is a sign of (`SIGNS`), where it is more than that of a line in a list
    """

    number: int
    external_id: str
    observed_on: str
    fields: Mapping[str, Value]
    extra: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    sign: str = ""
