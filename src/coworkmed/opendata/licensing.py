"""Under which licence a published file may be passed on, computed from the licences of what is in it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils import timezone

from coworkmed.kernel.licences import LICENCES, NOTES, families
from coworkmed.places import rules
from coworkmed.places.models import Signal
from coworkmed.places.queries import EntryRow, PlaceRow, Places, SignalRow, Snapshot, by_place, place_row
from coworkmed.sources.voices import LICENCE

from .tables import licences


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be done with a file.

    ``licences``  codes of all that is in it            ``families``  share-alike families among them
    ``licence``   code of the one to pass it on under, "" where none or no single one can be named
    ``note``      key of NOTES, its sentence filled by ``params``
    """

    licences: tuple[str, ...]
    families: tuple[str, ...]
    licence: str
    note: str
    params: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "licences": list(self.licences),
            "share_alike": list(self.families),
            "licence": self.licence,
            "note": self.note,
            "params": dict(self.params),
            "sentence": NOTES[self.note].format(**self.params),
        }


def merged(codes: Collection[str]) -> Terms:
    """Terms of one database that merges values under licences ``codes``."""
    found, share_alike = tuple(sorted(codes)), tuple(sorted(families(set(codes))))
    if unknown := [code for code in found if code not in LICENCES]:
        return Terms(found, share_alike, "", "UNKNOWN", {"licences": ", ".join(unknown)})
    if len(share_alike) > 1:
        return Terms(found, share_alike, "", "CONFLICT", {"families": ", ".join(share_alike)})
    if share_alike:
        code = max(code for code in found if LICENCES[code].share_alike)  # the latest version of the one family
        return Terms(found, share_alike, code, "SHARE_ALIKE", {"licence": LICENCES[code].title})
    note = "ATTRIBUTION" if any(LICENCES[code].attribution for code in found) else "FREE" if found else "NOTHING"
    return Terms(found, (), found[0] if len(found) == 1 else "", note)


def collected(codes: Collection[str], note: str = "COLLECTION") -> Terms:
    """Terms of a file that keeps what each source says apart, or only draws figures from it."""
    found = tuple(sorted(codes))
    return Terms(found, tuple(sorted(families(set(codes)))), "", note if found else "NOTHING")


def of_places(snapshot: Snapshot) -> Terms:
    """Terms of the table of places: those of the values it shows."""
    return merged({code for place in snapshot.places for code in licences(place)})


def of_entries(snapshot: Snapshot) -> Terms:
    """Terms of the tables that keep each source's rows apart."""
    return collected(_codes(snapshot))


def of_signals(snapshot: Snapshot) -> Terms:
    """Terms of what people said besides lists: which fields they vouched for, not what those say."""
    return merged({LICENCE} if snapshot.signals else set())


def of_figures(snapshot: Snapshot) -> Terms:
    """Terms of figures and report."""
    return collected(_codes(snapshot), "FIGURES")


def _codes(snapshot: Snapshot) -> set[str]:
    return {entry.licence for entry in snapshot.entries} | {row.spec.licence for row in snapshot.sources}


def leave_out(snapshot: Snapshot, unwanted: Collection[str]) -> Snapshot:
    """The registry without what stands under the share-alike families ``unwanted``.

    Places others speak of too are settled anew from what is left and from what people said besides lists; places nobody
    else speaks of are left out, as are the sources, doubts, signals and rejected rows concerned. Which entries are one
    place stays as it was decided, and who vouched for a value vouched for all who say the same.
    """
    codes = codes_of(unwanted)

    def wanted(code: str) -> bool:
        return code not in codes

    sources = [row for row in snapshot.sources if wanted(row.spec.licence)]
    left_out = {row.spec.key for row in snapshot.sources} - {row.spec.key for row in sources}
    entries = [entry for entry in snapshot.entries if wanted(entry.licence) and entry.source not in left_out]
    kept = {(entry.source, entry.external_id) for entry in entries}
    touched = {entry.place_id for entry in snapshot.entries if (entry.source, entry.external_id) not in kept}
    said = by_place(entries)
    signals = [one for one in snapshot.signals if one.place_id in said]
    heard: dict[str, list[SignalRow]] = defaultdict(list)
    for one in signals:
        heard[one.place_id].append(one)
    trust = {row.spec.key: row.spec.trust for row in sources}
    return replace(
        snapshot,
        places=[
            _settled(place, said[place.place_id], heard[place.place_id], trust, snapshot.as_of)
            if place.place_id in touched
            else place
            for place in snapshot.places
            if place.place_id in said
        ],
        entries=entries,
        sources=sources,
        doubts=[doubt for doubt in snapshot.doubts if doubt.left in kept and doubt.right in kept],
        rejections=[row for row in snapshot.rejections if row.source not in left_out],
        quality=None,  # it is that of the whole
        signals=signals,
    )


def lawful(places: Places, without: Collection[str]) -> Iterator[PlaceRow]:
    """Some places as `leave_out` would leave them, were ``without`` left out of the whole registry."""
    codes = codes_of(without)
    if not codes:
        yield from places
        return
    kept = {place_id: [one for one in places.said[place_id] if one.licence not in codes] for place_id in places.ids}
    heard: dict[str, list[SignalRow]] = defaultdict(list)
    touched = [place_id for place_id in places.ids if len(kept[place_id]) < len(places.said[place_id])]
    for one in Signal.objects.standing().filter(place__in=touched).order_by("pk"):
        heard[one.place_id].append(
            SignalRow(one.place_id, one.kind, one.on, one.says, one.until, tuple(sorted(one.values)))
        )
    again, today = set(touched), timezone.localdate()
    for place in places:
        if place.place_id not in again:
            yield place
        elif said := kept[place.place_id]:
            yield _settled(place, said, heard[place.place_id], places.trust, today)


def codes_of(unwanted: Collection[str]) -> set[str]:
    """The licences of some share-alike families."""
    return {code for code, licence in LICENCES.items() if licence.family and licence.family in unwanted}


def _settled(
    place: PlaceRow, said: Sequence[EntryRow], heard: Sequence[SignalRow], trust: Mapping[str, float], as_of: date
) -> PlaceRow:
    claims = [one.claim(trust[one.source]) for one in said]
    listed = any(one.retired_on is None for one in said)
    signals = [one.signal for one in heard]
    standing = rules.standing(claims, listed=listed, as_of=as_of, signals=signals)
    return place_row(place.place_id, standing, claims)
