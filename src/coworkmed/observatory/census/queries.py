"""What the census reads: what is known of a place, whom a wave would ask, how far it is, what answers come to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from coworkmed.people.models import Organisation, Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.places import freshness
from coworkmed.places import queries as places
from coworkmed.places import rules as settling
from coworkmed.places.models import Place
from coworkmed.platform.models import Quiet
from coworkmed.platform.tokens import address_digest
from coworkmed.stewardship import questions
from coworkmed.stewardship.queries.words import addresses, disowned, standing

from ..models import Answer, Invitation, Release, Wave
from . import disclosure, portrait, rules
from .questionnaire import current


class Known(NamedTuple):
    """A value as the registry has it, the partial date of its evidence, and the title of its source by language; none
    for what the place itself answered to an earlier wave and nobody else is told."""

    value: Any
    on: str
    source: Mapping[str, str] | None


def known(place: Place, invitation: Invitation | None = None) -> dict[str, Known]:
    """field → what is known of what the questionnaire asks. With an ``invitation``, what the same reader answered to an
    earlier wave in confidence as well."""
    asked = {one.name for one in current() if one.public}
    links = place.links.select_related("entry__source", "entry__assertion")
    told = {one.entry.pk: one for one in links if one.entry.assertion}
    spoken = places.speaking([one.entry for one in told.values()])
    claims = [places.claim(one, float(one.source.spec.get("trust", 0.5)), told[one.pk].vouched) for one in spoken]
    titles = {one.source_id: one.source.spec.get("title", {}) for one in spoken}
    found = {}
    for name, settled in settling.settle(claims).items():
        if name in asked and name in place.values and settled.by:
            by = settled.by[0]
            on = max((by.observed_on, *by.vouched.get(name, ())[:1]), key=freshness.day)
            found[name] = Known(place.values[name], on, titles[by.source])
    if place.status in current().question("status").codes and "status" not in found:
        found["status"] = Known(place.status, place.confirmed_on, None)
    return found | (_said_before(place, invitation) if invitation and invitation.address else {})


def _said_before(place: Place, invitation: Invitation) -> dict[str, Known]:
    """What was answered in confidence to the last wave, by whoever reads the mail of the same address."""
    asked = Invitation.objects.filter(place=invitation.place, address=invitation.address)
    earlier = asked.filter(wave__number__lt=invitation.wave.number).values("wave")
    last = Answer.objects.filter(place=invitation.place, wave__in=earlier, state=Answer.State.SUBMITTED)
    answer = last.order_by("-wave__number").first()
    if answer is None:
        return {}
    private = {one.name for one in current() if not one.public and not one.name.startswith("story")}
    said = rules.said(answer.values)
    return {name: Known(said[name], answer.updated.date().isoformat(), None) for name in said if name in private}


# -- whom a wave asks -------------------------------------------------------------------------------------------------


def population(wave: Wave, by: Person) -> QuerySet[Place]:
    """The places a wave asks: open or about to be, in its territories, of those that ``by`` looks after."""
    mine = Place.objects.where_may(by, Action.PLACE_TEND)
    where = Q(country__in=wave.territories) | Q(region__in=wave.territories) if wave.territories else Q()
    return Place.objects.shown().filter(where, pk__in=mine.values("pk"))


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a wave would ask: how many places, by territory and by language; how many of them have no address to which
    mail goes, and are asked on paper or by telephone."""

    places: int
    by_territory: Sequence[tuple[str, int]]
    by_language: Sequence[tuple[str, int]]
    without_address: int


def plan(wave: Wave, by: Person) -> Plan:
    """The dry run of a wave: nobody is invited, and nothing is written."""
    territories: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    silent = set(Quiet.objects.values_list("address", flat=True))
    refused, without = disowned(), 0
    for place in population(wave, by).iterator(chunk_size=2000):
        territories[place.region or place.country] += 1
        languages[questions.language_of(place)] += 1
        without += not _reachable(place, silent, refused)
    return Plan(sum(territories.values()), territories.most_common(), languages.most_common(), without)


def _reachable(place: Place, silent: set[str], refused: set[tuple[str, str]]) -> list[str]:
    told = ((one, address_digest(one)) for one in addresses(place))
    return [one for one, digest in told if digest not in silent and (place.pk, digest) not in refused]


def address_of(place: Place) -> str:
    """Where a place is written to: the first who takes mail of those who run it, then the address shown; "" if none."""
    silent = set(Quiet.objects.values_list("address", flat=True))
    return next(iter(_reachable(place, silent, disowned())), "")


# -- how far it is ----------------------------------------------------------------------------------------------------


def guests(wave: Wave) -> list[rules.Guest]:
    told = wave.invitations.values_list("place__region", "place__country", "opened_on", "answered_on")
    return [rules.Guest(region or country, bool(opened), bool(done)) for region, country, opened, done in told]


def silent(wave: Wave, person: Person) -> QuerySet[Invitation]:
    """The invitations nobody answered, of the places that ``person`` looks after."""
    mine = Place.objects.where_may(person, Action.PLACE_TEND)
    waiting = wave.invitations.filter(answered_on=None, withdrawn_on=None, place__in=mine.values("pk"))
    return waiting.select_related("place").order_by("place__country", "place__region", "place__name")


def waves_of(person: Person) -> QuerySet[Wave]:
    """The waves that ``person`` runs, or that ask places they look after."""
    runs = Wave.objects.where_may(person, Action.CENSUS_RUN)
    mine = Place.objects.where_may(person, Action.PLACE_TEND)
    tends = Invitation.objects.filter(place__in=mine.values("pk")).values("wave")
    return Wave.objects.filter(Q(pk__in=runs.values("pk")) | Q(pk__in=tends))


def may_run(person: Person, wave: Wave | None = None) -> bool:
    """Whether ``person`` may run this wave; without one, any."""
    if wave is not None and wave.organisation is not None:
        return can(person, Action.CENSUS_RUN, wave.organisation)
    runs_any = wave is None and Organisation.objects.where_may(person, Action.CENSUS_RUN).exists()
    return person.is_staff or runs_any


# -- answers ----------------------------------------------------------------------------------------------------------


def answer_of(invitation: Invitation) -> Answer:
    """What was answered so far; one that is not kept yet where nothing was."""
    found = Answer.objects.filter(wave=invitation.wave, place=invitation.place).first()
    return found or Answer(wave=invitation.wave, place=invitation.place)


def has_answered(invitation: Invitation) -> bool:
    """Whether anything of it is kept."""
    return Answer.objects.filter(wave=invitation.wave, place=invitation.place).exists()


def place_of(invitation: Invitation) -> Place | None:
    """The place as it is now, if it was joined to another; None where nobody speaks of it any more."""
    place = standing(invitation.place_id)
    return place if place is not None and place.links.exists() else None


def facts(answer: Answer, place: Place) -> dict[str, Any]:
    """All that figures can be read from: what is shown of the place, and what it answered."""
    return {**place.values, **rules.said(answer.values)}


def members(wave: Wave) -> dict[str, dict[str, tuple[disclosure.Path, Any]]]:
    """Figure that is told of groups only → place → the groups it belongs to and its value, of all that sent an answer
    that tells it."""
    figures = [one for one in portrait.FIGURES.values() if not one.public]
    found: dict[str, dict[str, tuple[disclosure.Path, Any]]] = {one.code: {} for one in figures}
    sent = wave.answers.filter(state=Answer.State.SUBMITTED).select_related("place")
    for one in sent.order_by("place").iterator(chunk_size=1000):
        where, told = one.place, facts(one, one.place)
        path = portrait.path(where.main_kind, where.country, where.region)
        for figure in figures:
            if (value := figure.read(told)) is not None:
                found[figure.code][where.pk] = path, value
    return found


def any_due(wave: Wave) -> bool:
    """Whether so many answers were sent that something could be told anew."""
    sent = wave.answers.filter(state=Answer.State.SUBMITTED).count()
    last = dict.fromkeys((one.code for one in portrait.FIGURES.values() if not one.public), 0)
    for figure, groups in wave.releases.order_by("number").values_list("figure", "groups"):
        last[figure] = groups[""]["n"]
    return any(sent >= max(rules.FEWEST, disclosure.GROWTH * counted) for counted in last.values())


def releases(wave: Wave, figure: str) -> list[Release]:
    return list(wave.releases.filter(figure=figure).order_by("number"))


def counted(release: Release) -> dict[str, disclosure.Path]:
    """Where each stood, those included who are gone."""
    stood = {place: one["group"] for place, one in release.members.items()} | release.gone
    return {place: tuple(group) for place, group in stood.items()}


def beside(answer: Answer, place: Place) -> list[portrait.Beside]:
    """The figures of a place beside comparable ones, in the catalogue's order."""
    own = facts(answer, place)
    where = portrait.path(place.main_kind, place.country, place.region)
    last = {one.figure: one for one in answer.wave.releases.order_by("number")}
    found = []
    for figure in portrait.FIGURES.values():
        told = _open_group(figure, where) if figure.public else _told_group(last.get(figure.code), where)
        value = figure.read(own)
        found.append(portrait.Beside.of(figure, value, *told) if told else portrait.Beside(figure, value))
    return found


def _told_group(release: Release | None, where: disclosure.Path) -> tuple[int, Mapping[str, Any]] | None:
    """The narrowest group around a place of which something was told."""
    for depth in range(len(where), -1, -1) if release else ():
        if told := release.groups.get(key(where[:depth])) if release else None:
            return depth, told
    return None


def _open_group(figure: portrait.Figure, where: disclosure.Path) -> tuple[int, Mapping[str, Any]] | None:
    """The same from the registry: the narrowest group in which five places tell it."""
    names = ("main_kind", "country", "region")
    for depth in range(len(where), -1, -1):
        group = Place.objects.shown().filter(**dict(zip(names, where[:depth], strict=False)))
        told = group.filter(values__has_key=figure.code).values_list(f"values__{figure.code}", flat=True)
        values = [value for one in told.iterator() if (value := figure.read({figure.code: one})) is not None]
        if len(values) >= rules.FEWEST:
            return depth, portrait.tell_openly(figure, values)
    return None


def key(path: disclosure.Path) -> str:
    """A group as it is kept: "" for all places."""
    return "/".join(path)


def kept_until(wave: Wave) -> date:
    """The last day on which the confidential answers of a wave are kept."""
    return rules.years_after(wave.closes, rules.KEPT_YEARS)


def answered_by(place: Place) -> list[Answer]:
    """What a place has answered, the newest wave first."""
    theirs = Q(place=place) | Q(place__merged_into=place)
    return list(Answer.objects.filter(theirs).select_related("wave").order_by("-wave__number", "pk"))
