"""A new reading of a list beside what is known of it: added, changed, renamed, vanished, or not to be believed.

Pure functions; nothing here reads or writes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from coworkmed.kernel import ids
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Entry, Reject, Value

#: A list that lost more than this share of its entries is not believed until a person says so.
SHRUNKEN_SHARE = 0.20
#: A vanished entry is kept this long before it stops speaking.
GRACE = timedelta(days=30)

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
class Reading:
    """A whole list as read: its entries under distinct ids, what was rejected, and how many rows there were."""

    entries: Mapping[str, Entry]
    digests: Mapping[str, str]
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


def collect(rows: Iterable[Entry | Reject]) -> Reading:
    """The reading of a list, whatever the order of its rows: no id twice, no row lost.

    A row that repeats another word for word is rejected as such. Rows that share an id and differ all stay, the second
    and later ones under ``id#2``, ``id#3`` … in an order that depends on what they describe, then on all they say: a
    new telephone number does not make them change places.
    """
    rejects: list[Reject] = []
    by_id: dict[str, dict[str, Entry]] = defaultdict(dict)
    for row in rows:
        if isinstance(row, Reject):
            rejects.append(row)
            continue
        digest = said(row)
        if twin := by_id[row.external_id].get(digest):
            given = {name: value.given for name, value in row.fields.items()}
            cells = {"id": row.external_id, **row.extra, **given}
            rejects.append(Reject(row.number, cells, "DUPLICATE_ROW", {"row": twin.number}))
        else:
            by_id[row.external_id][digest] = row
    entries: dict[str, Entry] = {}
    digests: dict[str, str] = {}
    taken = set(by_id)
    for external_id in sorted(by_id):
        same_id = sorted(by_id[external_id].items(), key=lambda row: (fingerprint(row[1].fields), row[0]))
        for turn, (digest, entry) in enumerate(same_id, start=1):
            unique = external_id if turn == 1 else _free(external_id, turn, taken)
            taken.add(unique)
            entries[unique] = entry if unique == entry.external_id else replace(entry, external_id=unique)
            digests[unique] = digest
    return Reading(entries, digests, rejects)


def _free(external_id: str, turn: int, taken: set[str]) -> str:
    while (candidate := f"{external_id}#{turn}") in taken:
        turn += 1
    return candidate


def said(entry: Entry) -> str:
    """Digest of what an entry says: the same words on the same day give the same digest, whatever the row's number."""
    fields = {name: value.as_json() for name, value in entry.fields.items()}
    return ids.digest(entry.observed_on, _canonical(fields), _canonical(dict(entry.extra)))


def fingerprint(fields: Mapping[str, Value]) -> str:
    """What an entry describes, apart from the id the list gives it: name, street and town, folded."""
    address = fields["address"].value if "address" in fields else {}
    town = next((str(fields[name].value) for name in ("postcode", "locality", "lau") if name in fields), "")
    position = fields["position"].value if "position" in fields and not (address or town) else {}
    parts = (
        fold(str(fields["name"].value)) if "name" in fields else "",
        fold(str(address.get("line", ""))),
        fold(town),
        f"{position.get('lat', '')},{position.get('lon', '')}",
    )
    return ids.digest(*parts)


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
    difference = Difference(
        added=added,
        changed=tuple(
            external_id
            for external_id, digest in reading.digests.items()
            if external_id in by_id and by_id[external_id].digest != digest
        ),
        same=tuple(
            external_id
            for external_id, digest in reading.digests.items()
            if external_id in by_id and by_id[external_id].digest == digest
        ),
        returned=tuple(
            external_id for external_id in reading.entries if external_id in by_id and external_id not in present
        ),
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
    old = _unique((one.print, one.external_id) for one in gone)
    new = _unique((fingerprint(reading.entries[external_id].fields), external_id) for external_id in fresh)
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
