"""What is counted, on which evidence, and the definition of every figure that is one number."""

from dataclasses import dataclass

from coworkmed.kernel.i18n import N_
from coworkmed.places.queries import PlaceRow
from coworkmed.sources.voices import CENSUS


@dataclass(frozen=True, slots=True)
class Definition:
    """What a count counts: ``title`` and ``text`` for a reader; ``kind`` that a source must declare, "" for any."""

    code: str
    title: str
    text: str
    kind: str = ""

    def holds(self, place: PlaceRow) -> bool:
        """Whether a place counts."""
        return not self.kind or self.kind in place.get("kinds", ())

    @property
    def facets(self) -> dict[str, str]:
        """The same as facets of the search."""
        return {"kind": self.kind} if self.kind else {}


@dataclass(frozen=True, slots=True)
class Basis:
    """How old the newest evidence of a place may be for it to count: ``bands`` of `places.rules.age_band`."""

    code: str
    title: str
    bands: frozenset[str]


DEFINITIONS = {
    one.code: one
    for one in (
        Definition("ANY", N_("Any third place"), N_("Every place of the registry, whatever its kind.")),
        Definition(
            "COWORK",
            N_("Coworking, as declared"),
            N_("Places that at least one source declares to be a coworking space, whatever else they are."),
            "COWORK",
        ),
    )
}
#: Bands of age in the order they are shown; "" is for places nobody has dated.
BANDS = {
    "fresh": N_("under 6 months"),
    "ageing": N_("6 to 12 months"),
    "stale": N_("12 to 24 months"),
    "expired": N_("24 months and over"),
    "": N_("undated"),
}
BASES = {
    one.code: one
    for one in (
        Basis("ALL", N_("On all records"), frozenset(BANDS)),
        Basis("CURRENT", N_("Evidence under 24 months old"), frozenset(("fresh", "ageing", "stale"))),
        Basis("CONFIRMED", N_("Evidence under 12 months old"), frozenset(("fresh", "ageing"))),
    )
}
#: A place of these statuses is no place to count: it is another one, or none.
NOT_COUNTED = ("MERGED", "NOT_A_MATCH")

#: How those come to speak who are no list (`sources.voices`), by the key of their source.
VOICES = {
    "own-word": N_(
        "What the place itself says, by a link sent to its own address or signed in for the organisation that runs it. "
        "Its word goes before that of any list."
    ),
    "network-word": N_(
        "What the network that looks after a place says of it, signed in. Its word goes before that of lists."
    ),
    "authority-word": N_(
        "What the public authority that looks after a place says of it, signed in. Its word goes before that of lists."
    ),
    "suggestions": N_(
        "What anyone may suggest, with a note and where it can be read. The place or its steward decides; what nobody "
        "has answered within two weeks is shown as not confirmed."
    ),
    **dict.fromkeys(
        sorted(CENSUS, key=lambda key: int(key.partition("-")[2])),
        N_(
            "What a place answered to a wave of the census, by a personal link or on paper: what may be shown of one "
            "place. The rest of the answers is told of groups of places only."
        ),
    ),
}

#: title, definition and formula of every figure that is one number.
_NUMBERS = {
    "places_open": (
        N_("Places open"),
        N_("Places whose status is open, among those that match the definition; on records of the age stated."),
        "|{p : status(p) = OPEN, age(p) within basis, p matches definition}|",
    ),
    "confirmed_share": (
        N_("Share with evidence under 12 months old"),
        N_("Places whose newest evidence is under 12 months old, among places not known to be closed."),
        "|{p : age(p) < 12 months}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "vouched_share": (
        N_("Share vouched for by someone on the spot"),
        N_(
            "Places confirmed within 12 months by the place itself, its network, an authority or a peer, not by a list "
            "alone; among places not known to be closed."
        ),
        "|{p : freshness(p) = confirmed}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "stale_share": (
        N_("Share with evidence 12 months old or more"),
        N_("Places whose newest evidence is 12 months old or more, among places not known to be closed."),
        "|{p : age(p) ≥ 12 months}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "hidden_share": (
        N_("Share left out of the counts"),
        N_(
            "Places of which nothing has been heard for 24 months or more, or which no list holds any more, among "
            "places not known to be closed. They keep their pages and can be found, but are not counted as current."
        ),
        "|{p : freshness(p) = doubtful}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "median_age_of_confirmation": (
        N_("Median age of the newest evidence, in days"),
        N_(
            "Half of the dated places not known to be closed have evidence younger than this; a year or a month counts "
            "from its last day."
        ),
        "median(as_of − confirmed_on(p))",
    ),
    "share_in_one_list": (
        N_("Share known to one list only"),
        N_("Places that a single list speaks of, among all places counted."),
        "|{p : |lists(p)| = 1}| / |{p}|",
    ),
}
#: … and of those told of months gone by only.
_SERIES = {
    "median_age_in_months": (
        N_("Median age of the newest evidence, in calendar months"),
        N_(
            "Half of the dated places not known to be closed had evidence younger than this at the end of the month; a "
            "year or a month counts from its last day."
        ),
        "median(month − month of confirmed_on(p))",
    ),
}
FIGURES = _NUMBERS | _SERIES
REPORTED = tuple(_NUMBERS)
