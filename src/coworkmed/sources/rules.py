"""A new reading of a list beside what is known of it: added, changed, renamed, vanished, or not to be believed.

Pure functions; nothing here reads or writes.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from coworkmed.kernel import ids
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Entry, Reject

#: A list that lost more than this share of its entries is not believed until a person says so.
SHRUNKEN_SHARE = 0.20
#: A vanished entry is kept this long before it stops speaking.
GRACE = timedelta(days=30)

#: Days from one asking of a list to the next, by how often it is renewed (`catalogue.CADENCES`). Those that come out on
#: no known day are asked monthly: what is new is a month late at most, and to ask one that is as it was costs little.
ASKED_EVERY = {"live": 1, "daily": 1, "weekly": 7}
ASKED_SELDOM = 30

#: The fields that tell what an entry describes.
_DESCRIBING = ("name", "address", "postcode", "locality", "lau", "position")

#: Why a source needs a person, and what is done meanwhile: nothing.
FLAGS = {
    "UNREACHABLE": N_("The list could not be fetched: {detail}"),
    "MALFORMED": N_("The list could not be read: {detail}"),
    "EMPTY": N_("The list came back empty; the {before} entries known from it are kept."),
    "SHRUNKEN": N_("The list came back with {now} of the {before} entries it held."),
    "REPLACED": N_(
        "{vanished} of {before} entries vanished and {added} others came, with nothing to tell they are the same."
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry holds of one entry of a source. ``print`` is the fingerprint of what it describes."""

    external_id: str
    digest: str
    print: str
    missing_since: date | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What an entry says, in the form in which it is compared and kept: a tenth of the memory of the entry itself.

    ``fields``  JSON text: field → `kernel.values.Value.as_json`
    ``extra``   JSON text: columns nobody mapped
    ``digest``  of observed_on, fields and extra: the same words on the same day give the same, whatever the row
    ``sign``    as of an `Entry`
    """

    number: int
    external_id: str
    observed_on: str
    fields: str
    extra: str
    digest: str
    dropped: Mapping[str, int] = field(default_factory=dict)
    sign: str = ""

    @property
    def print(self) -> str:
        """The fingerprint of what the entry describes."""
        return fingerprint(json.loads(self.fields))


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole list as read: what its entries say under distinct ids, what was rejected, and how many rows there
    were."""

    entries: Mapping[str, Statement]
    rejects: Sequence[Reject]

    @property
    def rows(self) -> int:
        return len(self.entries) + len(self.rejects)

    @property
    def dropped(self) -> Counter[str]:
        """Personal values left at the door, by kind."""
        total: Counter[str] = Counter()
        for entry in self.entries.values():
            total.update(entry.dropped)
        for reject in self.rejects:
            total.update(reject.dropped)
        return +total  # without the kinds of which there were none


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reading would do to the registry. All are external ids; ``renamed`` maps the new id to the known one.

    ``added`` new · ``changed`` says something else · ``returned`` had vanished · ``same`` · ``vanished`` just gone ·
    ``retired`` gone longer than the grace period · ``flag`` why it must not be applied unasked, or ""
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    vanished: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    flag: str = ""
    flag_params: Mapping[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        names = ("added", "changed", "same", "returned", "renamed", "vanished", "retired")
        return {name: len(getattr(self, name)) for name in names}


def is_due(*, cadence: str, harvested_on: date | None, today: date) -> bool:
    """Whether a list is to be asked again. One that could not be had or believed counts as not asked; one that is
    frozen is asked until it has been had once."""
    if harvested_on is None:
        return True
    return cadence != "frozen" and (today - harvested_on).days >= ASKED_EVERY.get(cadence, ASKED_SELDOM)


def stated(entry: Entry) -> Statement:
    """What an entry says."""
    fields, extra = {name: value.as_json() for name, value in entry.fields.items()}, dict(entry.extra)
    told = (entry.observed_on, _canonical(fields), _canonical(extra) if extra else "{}")
    digest = ids.digest(*told, *filter(None, [entry.sign]))
    kept = json.dumps(fields), json.dumps(extra) if extra else "{}"
    return Statement(entry.number, entry.external_id, entry.observed_on, *kept, digest, entry.dropped, entry.sign)


def collect(rows: Iterable[Statement | Reject]) -> Reading:
    """The reading of a list, whatever the order of its rows: no id twice, no row lost.

    A row that repeats another word for word is rejected as such. Rows that share an id and differ all stay, the second
    and later ones under ``id#2``, ``id#3`` … in an order that depends on what they describe, then on all they say: a
    new telephone number does not make them change places.
    """
    rejects: list[Reject] = []
    by_id: dict[str, list[Statement]] = {}
    for row in rows:
        if isinstance(row, Reject):
            rejects.append(row)
            continue
        same_id = by_id.setdefault(row.external_id, [])
        if twin := next((one for one in same_id if one.digest == row.digest), None):
            rejects.append(Reject(row.number, _cells(row), "DUPLICATE_ROW", {"row": twin.number}))
        else:
            same_id.append(row)
    entries: dict[str, Statement] = {}
    taken = set(by_id)
    for external_id in sorted(by_id):
        first, *others = by_id[external_id]
        if others:
            first, *others = sorted((first, *others), key=lambda row: (row.print, row.digest))
        entries[external_id] = first
        for turn, row in enumerate(others, start=2):
            unique = _free(external_id, turn, taken)
            taken.add(unique)
            entries[unique] = replace(row, external_id=unique)
    return Reading(entries, rejects)


def _cells(row: Statement) -> dict[str, str]:
    """The row as given, as far as it was kept."""
    given = {name: value.get("given", "") for name, value in json.loads(row.fields).items()}
    return {"id": row.external_id, **json.loads(row.extra), **given}


def _free(external_id: str, turn: int, taken: set[str]) -> str:
    while (candidate := f"{external_id}#{turn}") in taken:
        turn += 1
    return candidate


def fingerprint(fields: Mapping[str, Any]) -> str:
    """What an entry describes, apart from the id the list gives it: name, street and town, folded. ``fields`` as
    `Value.as_json` gives them."""
    said = {name: fields[name]["value"] for name in _DESCRIBING if name in fields}
    address = said.get("address", {})
    town = next((str(said[name]) for name in ("postcode", "locality", "lau") if name in said), "")
    position = {} if address or town else said.get("position", {})
    parts = (
        fold(str(said.get("name", ""))),
        fold(str(address.get("line", ""))),
        fold(town),
        f"{position.get('lat', '')},{position.get('lon', '')}",
    )
    return ids.digest(*parts)


#: The JSON that digests are made of: the same bytes whatever the order of keys.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def compare(known: Sequence[Known], reading: Reading, *, as_of: date) -> Difference:
    """What ``reading`` changes in what is known of its source."""
    by_id = {one.external_id: one for one in known}
    present = {one.external_id for one in known if one.missing_since is None}
    fresh = [external_id for external_id in reading.entries if external_id not in by_id]
    gone = [one for one in known if one.external_id not in reading.entries]

    renamed = _renamed(fresh, gone, reading)
    kept = set(renamed.values())
    added = tuple(external_id for external_id in fresh if external_id not in renamed)
    vanished = tuple(one.external_id for one in gone if one.missing_since is None and one.external_id not in kept)
    met = {external_id: row for external_id, row in reading.entries.items() if external_id in by_id}
    difference = Difference(
        added=added,
        changed=tuple(one for one, row in met.items() if by_id[one].digest != row.digest),
        same=tuple(one for one, row in met.items() if by_id[one].digest == row.digest),
        returned=tuple(one for one in met if one not in present),
        renamed=renamed,
        vanished=vanished,
        retired=tuple(
            one.external_id
            for one in gone
            if one.missing_since
            and not one.retired
            and one.external_id not in kept
            and as_of - one.missing_since >= GRACE
        ),
    )
    flag, params = _flag(len(present), len(reading.entries), len(vanished), len(added))
    return replace(difference, flag=flag, flag_params=params)


def _renamed(fresh: Sequence[str], gone: Sequence[Known], reading: Reading) -> dict[str, str]:
    """New ids that describe, alone on both sides, exactly what a vanished entry described: new id → known id."""
    if not gone:
        return {}
    old = _unique((one.print, one.external_id) for one in gone)
    new = _unique((reading.entries[external_id].print, external_id) for external_id in fresh)
    return {new[mark]: old[mark] for mark in new if mark in old}


def _unique(marked: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Mark → id, for the marks only one id bears."""
    found: dict[str, str | None] = {}
    for mark, external_id in marked:
        found[mark] = None if mark in found else external_id
    return {mark: external_id for mark, external_id in found.items() if external_id is not None}


def _flag(before: int, now: int, vanished: int, added: int) -> tuple[str, dict[str, Any]]:
    if now == 0:  # an empty first reading is as suspect as a later one
        return "EMPTY", {"before": before}
    if vanished <= before * SHRUNKEN_SHARE:
        return "", {}
    if now < before * (1 - SHRUNKEN_SHARE):
        return "SHRUNKEN", {"before": before, "now": now}
    return "REPLACED", {"before": before, "vanished": vanished, "added": added}
