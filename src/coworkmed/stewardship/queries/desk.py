"""The steward's desk: what waits for a person, of the places they look after, oldest first.

Each kind of work is a queryset over `tended`, which says the permission once; counts stop at `MOST`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from coworkmed.people.models import Membership, Operates, Organisation, Person, below
from coworkmed.people.queries import standings
from coworkmed.people.rules import ALLOWED, Action, Who
from coworkmed.places import clock
from coworkmed.places.models import SHOWN, Doubt, Place
from coworkmed.places.review.queries import queue
from coworkmed.platform.models import Quiet
from coworkmed.platform.tokens import address_digest
from coworkmed.sources.models import Source

from ..models import Asked, Claim, Report, Suggestion, about
from .asking import policy as site_policy
from .words import disowned

PAGE = 50
MOST = 999  # what is counted at most: a desk with more waiting is read page by page
_PROBED = 2000  # addresses that came back or stopped, looked at

#: In the order of the tabs.
WORK = ("confirm", "suggestions", "reports", "claims", "review", "sources", "mails")


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of what someone tends: a ``territory`` (code of the gazetteer) or the places of a network. ``key`` stands
    in addresses."""

    key: str
    territory: str = ""
    network: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A place that nobody answers for: why it is a person's turn (`clock.REASONS`), and since when."""

    place: Place
    why: str
    since: date


# -- what someone looks after -----------------------------------------------------------------------------------------


def scopes(person: Person) -> list[Scope]:
    """The parts to choose from, for who tends several; operators choose among all countries."""
    held = [one for one in standings(person) if one.role in ALLOWED[Action.PLACE_TEND]]
    territories = dict.fromkeys(one.territory for one in held if one.role == Who.STEWARD and one.territory)
    if person.is_staff:
        countries = Place.objects.exclude(country="").order_by("country").values_list("country", flat=True)
        territories |= dict.fromkeys(countries.distinct())  # from an index alone
    networks = Organisation.objects.filter(pk__in={one.organisation for one in held if not one.territory})
    return [
        *(Scope(one, territory=one) for one in territories),
        *(Scope(f"n{one.pk}", network=one) for one in networks.order_by("pk")),
    ]


def tended(person: Person, scope: Scope | None = None, *, gone: bool = False) -> QuerySet[Place]:
    """The places ``person`` looks after, of one scope where one is given, and with ``gone`` those that have closed or
    are none as well. A scope never widens what they may."""
    # by the status alone, lest SQLite take the index of ``merged_into`` for that of ``due_on``: what was joined to
    # another has one of its own
    places = Place.objects.where_may(person, Action.PLACE_TEND)
    places = places if gone else places.filter(status__in=SHOWN)
    if scope is None:
        return places
    if scope.network:
        run = Operates.objects.filter(organisation__in={scope.network.pk} | below([scope.network.pk]), until=None)
        return places.filter(pk__in=run.values("place"))
    if scope.territory.isdecimal():
        return places.filter(town=int(scope.territory))
    return places.filter(**{"region" if "-" in scope.territory else "country": scope.territory})


def watches_sources(person: Person) -> bool:
    """Whether the lists are theirs to look after: coordinators' and operators'."""
    return person.is_staff or any(one.role == Who.COORDINATOR for one in standings(person))


# -- what waits -------------------------------------------------------------------------------------------------------


class Desk:
    """What waits of the places of ``scope``, for ``person``, on ``today``."""

    def __init__(
        self,
        person: Person,
        scope: Scope | None = None,
        *,
        today: date | None = None,
        policy: clock.Policy | None = None,
    ) -> None:
        self.person, self.scope = person, scope
        self.today = today or timezone.localdate()
        self.policy = policy or site_policy()
        self.places = tended(person, scope)
        self._barred: Mapping[str, tuple[str, date]] | None = None

    def counts(self) -> dict[str, int]:
        """How much waits of each kind of `WORK`, up to `MOST` + 1. Lists are counted for those who look after them."""
        found = {"confirm": count(self.confirm()), "mails": len(self.mails())}
        found |= {name: count(getattr(self, name)()) for name in ("suggestions", "reports", "claims", "review")}
        found["sources"] = count(self.sources())
        return {name: found[name] for name in WORK}

    def confirm(self) -> QuerySet[Place, str]:
        """Ids of places that fell due and that a person has to follow up: the place was asked and is silent, there is
        no address of it, or mail to it comes back or is not wanted."""
        asked = Asked.objects.filter(place=OuterRef("pk"), on__gte=OuterRef("due_on"))
        late = self.today - timedelta(self.policy.steward_after)
        run = Operates.objects.filter(place=OuterRef("pk"), until=None)
        found = self.places.filter(due_on__lte=self.today).filter(
            (~Q(values__has_key="email") & ~Exists(run))
            | Exists(asked.filter(to=Asked.To.OWNER, on__lte=late))
            | Exists(asked.filter(to=Asked.To.STEWARD))
            | Q(pk__in=list(self.barred()))
        )
        return found.order_by("due_on", "pk").values_list("pk", flat=True)  # ids: whole places are slow to put in order

    def suggestions(self) -> QuerySet[Suggestion]:
        return self._cases(Suggestion.objects.visible_to(self.person))

    def reports(self) -> QuerySet[Report]:
        return self._cases(Report.objects.visible_to(self.person))

    def claims(self) -> QuerySet[Claim]:
        """Those in which a steward has a part: a code by mail is between us and the place."""
        claims = Claim.objects.visible_to(self.person).exclude(proof="DOMAIN", disputed=False)
        return self._cases(claims.select_related("organisation"))

    def review(self) -> QuerySet[Doubt]:
        waits = queue(self.person)
        if self.scope is None:
            return waits
        return waits.filter(Q(left__link__place__in=self.places) | Q(right__link__place__in=self.places))

    def sources(self) -> QuerySet[Source]:
        """Lists that need a person."""
        return Source.objects.exclude(flag="") if watches_sources(self.person) else Source.objects.none()

    def mails(self) -> list[Place]:
        """Places to which mail comes back, longest known first: their address is to be put right."""
        since = {place: day for place, (why, day) in self.barred().items() if why == "BOUNCED"}
        found = self.places.filter(pk__in=list(since))
        return sorted(found, key=lambda one: (since[one.pk], one.pk))

    def barred(self) -> Mapping[str, tuple[str, date]]:
        """Public id of each place whose present address takes no mail, or whose readers say that it isn't the place's →
        why (`clock.REASONS`) and since when. Read once."""
        if self._barred is None:
            self._barred = self._find_barred()
        return self._barred

    def _find_barred(self) -> dict[str, tuple[str, date]]:
        quiet, not_theirs = dict(_quiet(Quiet.objects.order_by("since")[:_PROBED])), disowned()
        if not quiet and not not_theirs:
            return {}
        written = Asked.objects.filter(address__in=quiet, to=Asked.To.OWNER).values("place")
        places = self.places.filter(Q(pk__in=written) | Q(pk__in={place for place, _ in not_theirs}))
        found: dict[str, tuple[str, date]] = {}
        for place, digests in digests_of(places.only("public_id", "values")).items():
            theirs = [one for one in digests if (place, one) not in not_theirs]
            if digests and not theirs:
                found[place] = "NO_ADDRESS", self.today
            elif theirs and all(one in quiet for one in theirs):
                found[place] = quiet[theirs[0]]
        return found

    def rows(self, ids: Sequence[str]) -> list[Row]:
        """Places of `confirm` by their ids: why each is a person's turn, by the clock that asks them."""
        known = Place.objects.in_bulk(ids)
        places = [known[one] for one in ids if one in known]
        asked: dict[str, dict[str, date]] = defaultdict(dict)
        for place, to, on in Asked.objects.filter(place__in=places).order_by("on").values_list("place", "to", "on"):
            asked[str(place)][to] = on
        addresses = digests_of(places)
        return [self._row(one, addresses[one.pk], asked[one.pk]) for one in places]

    def _row(self, place: Place, digests: list[str], asked: Mapping[str, date]) -> Row:
        due = place.due_on or self.today
        barred = self.barred().get(place.pk)
        owner = digests[0] if digests else ""
        case = clock.Case(place.pk, place.country, due, owner, "a steward")
        known = {owner: barred[0]} if barred else {}  # then all of its addresses are
        ask = clock.question(case, asked.get(Asked.To.OWNER, date.min), date.min, known, self.policy)
        if ask is None or ask.to == Asked.To.OWNER:  # a steward was asked before the place was given an address
            return Row(place, "SILENT", due)
        return Row(place, ask.why, barred[1] if barred and ask.why in ("BOUNCED", "STOPPED") else ask.since)

    def _cases(self, seen: QuerySet[Any]) -> QuerySet[Any]:
        found = seen.filter(about(tended(self.person, self.scope, gone=True))) if self.scope else seen
        return found.filter(outcome="").select_related("place").order_by("due", "pk")


def count(waiting: Any) -> int:
    """How much waits, up to `MOST` + 1, of a list or a queryset."""
    return int(waiting.order_by()[: MOST + 1].count()) if isinstance(waiting, QuerySet) else len(waiting)


def _quiet(some: Iterable[Quiet]) -> Iterable[tuple[str, tuple[str, date]]]:
    for one in some:
        yield one.address, ("BOUNCED" if one.reason == Quiet.Reason.BOUNCED else "STOPPED", one.since.date())


def digests_of(places: Iterable[Place]) -> dict[str, list[str]]:
    """For each place the digests of the addresses it can be asked at: of those who speak for the organisation that runs
    it, and its own; none where there is none."""
    found = {one.pk: one for one in places}
    run = dict(Operates.objects.filter(place__in=found, until=None).values_list("place", "organisation"))
    speak: dict[int, list[str]] = defaultdict(list)
    if run:
        held = Membership.objects.current().filter(
            organisation__in=set(run.values()), role__in=ALLOWED[Action.PLACE_SPEAK]
        )
        for organisation, email in held.order_by("pk").values_list("organisation", F("person__email")):
            speak[organisation].append(address_digest(email))
    own = {place: one.values.get("email") for place, one in found.items()}
    return {
        place: [*speak.get(run.get(place, 0), ()), *([address_digest(email)] if email else [])]
        for place, email in own.items()
    }
