"""What the page of one place shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Reason
from coworkmed.linkage.waterfall import Waterfall, drawn
from coworkmed.sources.models import Assertion, Entry, Source

from .. import queries, rules
from ..models import Change, Link, Place, Weakest

PREMISES = 12  # of a chain, shown on the page of one of them

#: How the fields of a place are laid out on its page: heading → fields, in order.
SECTIONS = (
    (
        N_("What it is"),
        ("name", "kinds", "description", "other_names", "brand", "status", "opened", "closed", "languages", "public"),
    ),
    (N_("Where"), ("address", "postcode", "locality", "region", "country", "position")),
    (N_("When it is open"), ("opening_hours",)),
    (N_("How to get in touch"), ("web", "email", "phone", "socials")),
    (
        N_("What it offers"),
        (
            "desks", "surface_built_m2", "price_day", "price_month", "wheelchair", "internet", "equipment", "services",
            "hosts_visitors", "members_now",
        ),
    ),
    (N_("Who runs it"), ("operator", "legal_form", "sector", "networks", "labels")),
    (N_("Identifiers"), ("official_ids", "wikidata", "lau", "main_kind")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one list says of one field. ``lost`` is "" where it is shown, "AGREED" where it says the same, else why not
    (`rules.CRITERIA`)."""

    source: Source
    external_id: str
    value: Value
    observed_on: str
    role: str
    licence: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One settled field: its value, why it is shown, and everything said of it, what is shown first."""

    field: Field
    value: Any
    why: str
    said: Sequence[Said]
    contested: bool

    @property
    def authors(self) -> list[Said]:
        return [one for one in self.said if not one.lost]


@dataclass(frozen=True, slots=True)
class Witness:
    """An entry of a list that speaks of the place."""

    link: Link
    entry: Entry
    source: Source

    @property
    def name(self) -> str:
        """What that list calls the place."""
        said = self.entry.assertion.fields if self.entry.assertion else {}
        return str(said["name"]["value"]) if "name" in said else self.entry.external_id


@dataclass(frozen=True, slots=True)
class Tie:
    """Why two entries are thought to speak of one place. ``relation`` is a `linkage.records.Relation`; ``fall`` is None
    where there was nothing to weigh: a person said so."""

    one: Witness
    other: Witness
    probability: float
    relation: str
    fall: Waterfall | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The other premises of the chain a place belongs to: ``by`` is "brand" or "domain", ``others`` the first of
    ``count``."""

    by: str
    name: str
    count: int
    others: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Stay:
    """An address told of a place, first on one day by one list and last on another; "" if undated. ``current``: whether
    it is the one the place has moved to; None where the dates don't tell."""

    address: Mapping[str, Any]
    first: Source
    first_on: str
    last: Source
    last_on: str
    current: bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a place: ``message`` is a sentence whose ``params`` a page fills."""

    on: date
    message: str
    source: Source | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class PlacePage:
    place: Place
    sections: Sequence[tuple[str, Sequence[FieldShown]]]
    witnesses: Sequence[Witness]
    ties: Mapping[int, Tie]  # by the number of the entry tied
    weakest: Tie | None
    stays: Sequence[Stay]  # where it lived, if it seems to have moved
    chain: Chain | None
    history: Sequence[Event]

    @property
    def contested(self) -> int:
        return sum(shown.contested for _, fields in self.sections for shown in fields)


def place_page(place: Place) -> PlacePage:
    """Everything the page of ``place`` shows, in a few queries, however many lists know it."""
    links = place.links.select_related("entry__source", "entry__assertion").order_by("entry__source__position", "pk")
    witnesses = [Witness(link, link.entry, link.entry.source) for link in links]
    sources = {one.source.key: one.source for one in witnesses}
    speaking = queries.speaking([one.entry for one in witnesses if one.entry.assertion])
    claims = [queries.claim(entry, _trust(entry.source)) for entry in speaking]
    settled = rules.settle(claims)
    shown = {name: _shown(one, sources) for name, one in settled.items()}
    sections = [(title, [shown[name] for name in names if name in shown]) for title, names in SECTIONS]
    ties = _ties(witnesses)
    weakest = _weakest(place, witnesses)
    moved = any(tie.relation == "moved" for tie in (*ties.values(), weakest) if tie)
    return PlacePage(
        place=place,
        sections=[section for section in sections if section[1]],
        witnesses=witnesses,
        ties=ties,
        weakest=weakest,
        stays=_stays(claims, sources) if moved else [],
        chain=_chain(place),
        history=_history(place, witnesses),
    )


def _ties(witnesses: Sequence[Witness]) -> dict[int, Tie]:
    by_entry = {one.entry.pk: one for one in witnesses}
    return {
        one.entry.pk: Tie(
            one, by_entry[one.link.tied_to_id], one.link.probability, one.link.relation, _fall(one.link.reasons)
        )
        for one in witnesses
        if one.link.tied_to_id in by_entry
    }


def _weakest(place: Place, witnesses: Sequence[Witness]) -> Tie | None:
    by_entry = {one.entry.pk: one for one in witnesses}
    found = Weakest.objects.filter(place=place).first() if len(witnesses) > 2 else None
    if found is None or not {found.left_id, found.right_id} <= by_entry.keys():
        return None
    ends = by_entry[found.left_id], by_entry[found.right_id]
    return Tie(*ends, found.probability, found.relation, _fall(found.reasons))


def _fall(kept: Sequence[Mapping[str, Any]]) -> Waterfall | None:
    return drawn([Reason.from_json(one) for one in kept])


def _stays(claims: Sequence[rules.Claim], sources: Mapping[str, Source]) -> list[Stay]:
    told = rules.stays(claims)
    now = rules.moved_to(told)
    if len(told) < 2:
        return []
    return [
        Stay(
            address=one.address,
            first=sources[one.oldest.source],
            first_on=one.oldest.observed_on,
            last=sources[one.newest.source],
            last_on=one.newest.observed_on,
            current=None if now is None else one is now,
        )
        for one in told
    ]


def _chain(place: Place) -> Chain | None:
    if not place.chain:
        return None
    by, _, name = place.chain.partition(":")
    others = Place.objects.current().filter(chain=place.chain).exclude(pk=place.pk).order_by("search", "public_id")
    return Chain(by, name, others.count(), list(others[:PREMISES]))


def _trust(source: Source) -> float:
    return float(source.spec.get("trust", 0.5))


def _shown(settled: rules.Settled, sources: Mapping[str, Source]) -> FieldShown:
    def said(claim: rules.Claim, lost: str = "") -> Said:
        value = claim.fields[settled.field]
        return Said(sources[claim.source], claim.external_id, value, claim.observed_on, claim.role, claim.licence, lost)

    return FieldShown(
        FIELDS[settled.field],
        settled.value,
        settled.why,
        [*map(said, settled.by), *(said(rival.claim, rival.why) for rival in settled.rivals)],
        settled.contested,
    )


def _history(place: Place, witnesses: Sequence[Witness]) -> list[Event]:
    """What happened, newest first."""
    events = [Event(change.on, _CHANGES[change.kind], other=change.other_id or "") for change in place.changes.all()]
    by_entry = {one.entry.pk: one for one in witnesses}
    first = {one.entry.pk: one.entry.first_seen for one in witnesses}
    for one in witnesses:
        events.append(Event(one.entry.first_seen, N_("{source} listed it for the first time"), one.source))
        if one.entry.missing_since:
            events.append(Event(one.entry.missing_since, N_("It was no longer in {source}"), one.source))
        if one.entry.retired_on:
            events.append(Event(one.entry.retired_on, N_("{source} no longer speaks for it"), one.source))
    told = Assertion.objects.filter(entry__in=list(by_entry)).values_list("entry", "asserted_on").distinct()
    events += [
        Event(on, N_("{source} said something new"), by_entry[entry].source) for entry, on in told if on > first[entry]
    ]
    return sorted(events, key=lambda event: (event.on, event.message), reverse=True)


_CHANGES: dict[str, str] = {
    Change.Kind.MADE: N_("The place entered the registry"),
    Change.Kind.MERGED: N_("It was found to be the same as {other}"),
    Change.Kind.SPLIT: N_("It was parted from {other}"),
}
