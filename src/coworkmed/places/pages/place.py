"""What the page of one place shows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages
from babel.units import format_unit

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.geo import distance_m
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.linkage.records import Reason
from coworkmed.linkage.waterfall import Waterfall, drawn
from coworkmed.sources.models import Entry, Source
from coworkmed.sources.voices import KEYS as VOICES
from coworkmed.web import formats
from coworkmed.web.formats import own_words
from coworkmed.web.jinja import say

from .. import cards, hours, queries, rules
from ..filters import Filters
from ..freshness import day
from ..models import Link, Place, Weakest
from ..search import find
from .history import Event, history
from .opening import Opening, opening

_OSM_ELEMENT = re.compile(r"(?:node|way|relation)/\d+")
PREMISES = 12  # of a chain, shown on the page of one of them
NEAREST = 5  # other places shown
_LANGUAGE_OF_SCRIPT = {"GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy"}
_BANNERS = {
    "CLOSED": N_("This place is closed. Its page stays, with what was known of it."),
    "PAUSED": N_("This place is closed for a time."),
    "PROJECT": N_("This place is planned: it is not open yet."),
    "NOT_A_MATCH": N_("This is not a third place. Its page stays, so that nobody lists it again by mistake."),
}
_FRESHNESS_BANNERS = {
    "doubtful": N_("It is doubtful that this place still exists. Ask before you go."),
    "unreachable": N_("Nobody could be reached there lately. That does not mean it is closed: ask before you go."),
    "moved": N_("This place seems to have moved. Ask before you go."),
}

#: How the fields of a place are laid out on its page: (anchor, heading, fields), what a visitor asks first first.
SECTIONS = (
    ("open", N_("When it is open"), ("opening_hours",)),
    ("where", N_("Where"), ("address", "postcode", "locality", "region", "country", "position")),
    ("contact", N_("How to get in touch"), ("web", "email", "phone", "socials")),
    ("what", N_("What it is"), ("kinds", "description", "public", "languages", "opened", "closed")),
    (
        "offers",
        N_("What it offers"),
        (
            "desks", "surface_built_m2", "price_day", "price_month", "wheelchair", "internet", "equipment", "services",
            "hosts_visitors", "members_now", "desks_flex", "desks_fixed", "offices_closed", "meeting_rooms",
            "fibre_mbps", "child_friendly", "quiet_room", "events_per_month", "available_for_mobility", "hosting_days",
        ),
    ),
    (
        "governance",
        N_("Who runs it"),
        (
            "operator", "legal_form", "sector", "networks", "labels", "initiated_by", "who_decides", "user_vote",
            "transparency", "facilitator_fte", "facilitator_paid", "non_money_payment", "premises_tenure",
        ),
    ),
    (
        "names",
        N_("Names and identifiers"),
        ("name", "other_names", "brand", "status", "main_kind", "official_ids", "wikidata", "lau"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one list, or the word of people, says of one field. ``lost`` is "" where it is shown, "AGREED" where it says
    the same, else why not (`rules.CRITERIA`); ``vouched`` when and in which role somebody last said that it is so."""

    source: Source
    external_id: str
    value: Value
    observed_on: str
    role: str
    licence: str
    lost: str = ""
    vouched: Sequence[str] = ()

    @property
    def own(self) -> bool:
        """Whether people said it themselves, and no list."""
        return self.source.key in VOICES

    @property
    def last_on(self) -> str:
        """The partial date on which it was last said or vouched for."""
        return max((self.observed_on, *self.vouched[:1]), key=day)


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One settled field: its value, why it is shown, and everything said of it, what is shown first. ``contested``:
    lists say otherwise, and nobody who knows the place has said how it is."""

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

    @property
    def web_page(self) -> str:
        """Where to tell its keeper: the entry's own page where that is known, else the list's; "" without."""
        if self.source.spec.get("licence") == "ODbL-1.0" and _OSM_ELEMENT.fullmatch(self.entry.external_id):
            return f"https://www.openstreetmap.org/{self.entry.external_id}"
        return next(iter(cards.web([self.source.spec.get("homepage")])), "")


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
class Near:
    """Another place and how far away it is, in metres as the crow flies."""

    place: Place
    metres: float


@dataclass(frozen=True, slots=True)
class PlacePage:
    place: Place
    sections: Sequence[tuple[str, str, Sequence[FieldShown]]]  # anchor, heading, fields
    witnesses: Sequence[Witness]  # of lists
    voices: Sequence[Witness]  # what people said, by entry
    ties: Mapping[int, Tie]  # by the number of the entry tied
    weakest: Tie | None
    stays: Sequence[Stay]  # where it lived, if it seems to have moved
    chain: Chain | None
    history: Sequence[Event]
    opening: Opening | None  # None where nobody says when
    near: Sequence[Near]
    banner: str  # what a visitor must know first, in a sentence; "" where all is well

    @property
    def contested(self) -> int:
        return sum(shown.contested for _, _, fields in self.sections for shown in fields)

    @property
    def origins(self) -> list[cards.Origin]:
        """The lists and people that speak of it, each once, as they want to be named."""
        return [
            cards.Origin(own_words(spec.get("title"), key)[0], spec.get("licence", ""), spec.get("homepage", ""))
            for key, spec in {one.source.key: one.source.spec for one in (*self.witnesses, *self.voices)}.items()
        ]

    @property
    def lists(self) -> int:
        """How many lists speak of it."""
        return len({one.source.key for one in self.witnesses})


def place_page(place: Place, moment: datetime) -> PlacePage:
    """Everything the page of ``place`` shows at an aware ``moment``, in a few queries, however many lists know it."""
    links = place.links.select_related("entry__source", "entry__assertion").order_by("entry__source__position", "pk")
    every = [Witness(link, link.entry, link.entry.source) for link in links]
    witnesses = [one for one in every if one.source.key not in VOICES]
    sources = {one.source.key: one.source for one in every}
    vouched = {one.entry.pk: one.link.vouched for one in every}
    speaking = queries.speaking([one.entry for one in every if one.entry.assertion])
    claims = [queries.claim(entry, _trust(entry.source), vouched[entry.pk]) for entry in speaking]
    settled = rules.settle(claims)
    shown = {name: _shown(one, sources) for name, one in settled.items()}
    sections = [(anchor, title, [shown[name] for name in names if name in shown]) for anchor, title, names in SECTIONS]
    ties = _ties(witnesses)
    weakest = _weakest(place, witnesses)
    moved = any(tie.relation == "moved" for tie in (*ties.values(), weakest) if tie)
    return PlacePage(
        place=place,
        sections=[section for section in sections if section[2]],
        witnesses=witnesses,
        voices=[one for one in every if one.source.key in VOICES],
        ties=ties,
        weakest=weakest,
        stays=_stays(claims, sources) if moved else [],
        chain=_chain(place),
        history=history(place, witnesses),
        opening=opening_of(place, moment),
        near=near(place),
        banner=_banner(place),
    )


def opening_of(place: Place, moment: datetime) -> Opening | None:
    """When it is open; nothing is said of now where it is closed for good or for a time, or was never open."""
    text = str(place.values.get("opening_hours") or "")
    zone = time_zone(place) if place.status in ("OPEN", "UNKNOWN") else None
    return opening(text, place.country, zone, moment) if text else None


def time_zone(place: Place) -> ZoneInfo | None:
    """The one its clocks go by, where that is known."""
    position = None if place.lat is None or place.lon is None else (place.lat, place.lon)
    return hours.zone(place.country, position)


def card(page: PlacePage, address: str) -> cards.Card:
    """What other programs read of the place, whose permanent ``address`` it is."""
    place, zone = page.place, time_zone(page.place)
    return cards.Card(
        public_id=place.public_id,
        name=place.name or place.public_id,
        status=place.status,
        address=address,
        values=place.values,
        modified=place.modified.astimezone(UTC),
        origins=page.origins,
        week=page.opening.week if page.opening else None,
        zone=zone.key if zone else "",
    )


def near(place: Place) -> list[Near]:
    """The nearest places that one may hope to walk into."""
    if place.lat is None or place.lon is None:
        return []
    asked = Filters(near=f"{place.lat:.4f},{place.lon:.4f}", sort="distance")
    hits = find.find(asked, limit=NEAREST + 1).hits
    rows = Place.objects.shown().in_bulk([hit.place_id for hit in hits if hit.place_id != place.pk])
    found = [
        Near(one, distance_m(place.lat, place.lon, one.lat, one.lon))
        for one in rows.values()
        if one.lat is not None and one.lon is not None
    ]
    return sorted(found, key=lambda one: (one.metres, one.place.public_id))[:NEAREST]


def distance(metres: float) -> str:
    """A distance as the reader writes it, as exact as the eye is."""
    if metres < 1000:
        return format_unit(round(metres, -1), "length-meter", "short", locale=formats.locale())
    kilometres = round(metres / 1000, 1 if metres < 10_000 else None)
    return format_unit(kilometres, "length-kilometer", "short", locale=formats.locale())


def tongue(text: str, country: str) -> str:
    """The language a free text is most likely in, as an HTML ``lang``: that of its letters, else the country's; ""
    (unknown) where neither tells."""
    letters = Counter(_script(sign) for sign in text if sign.isalpha())
    script = letters.most_common(1)[0][0] if letters else ""
    if script != "LATIN":
        return _LANGUAGE_OF_SCRIPT.get(script, "")
    languages = get_official_languages(country, de_facto=True) if country else ()
    return languages[0] if languages and languages[0] not in _LANGUAGE_OF_SCRIPT.values() else ""


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _banner(place: Place) -> str:
    """What a visitor must know before going there."""
    if place.status == "CLOSED" and (closed := place.values.get("closed")):
        return say(N_("This place closed: {day}. Its page stays, with what was known of it."), day=formats.day(closed))
    if place.status in _BANNERS:
        return say(_BANNERS[place.status])
    return say(_FRESHNESS_BANNERS.get(place.freshness, ""))


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
    alike = Place.objects.filter(chain=place.chain).exclude(chain="")  # the second, so that the index can be used
    others = alike.current().exclude(pk=place.pk).order_by("search", "public_id")
    return Chain(by, name, others.count(), list(others[:PREMISES]))


def _trust(source: Source) -> float:
    return float(source.spec.get("trust", 0.5))


def _shown(settled: rules.Settled, sources: Mapping[str, Source]) -> FieldShown:
    def said(claim: rules.Claim, lost: str = "") -> Said:
        return Said(
            sources[claim.source],
            claim.external_id,
            claim.fields[settled.field],
            claim.observed_on,
            claim.role,
            claim.licence,
            lost,
            claim.vouched.get(settled.field, ()),
        )

    known = any(one.source in rules.OWN_WORDS or one.vouched.get(settled.field) for one in settled.by)
    return FieldShown(
        FIELDS[settled.field],
        settled.value,
        settled.why,
        [*map(said, settled.by), *(said(rival.claim, rival.why) for rival in settled.rivals)],
        settled.contested and not known,
    )
