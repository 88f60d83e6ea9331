"""Who may do what: one table of actions, and when a role held somewhere counts for a thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Who(StrEnum):
    """In what quality someone acts. The first five are roles one has in an organisation (`ROLES`)."""

    OWNER = "OWNER"  # answers for the organisation
    TEAM = "TEAM"  # works there
    STEWARD = "STEWARD"  # looks after the places of a territory or a network
    COORDINATOR = "COORDINATOR"  # runs the daily affairs of a network
    OBSERVER = "OBSERVER"  # sees, and does nothing
    OPERATOR = "OPERATOR"  # runs this site
    SELF = "SELF"  # the thing is the person
    PERSON = "PERSON"  # anyone who signed in


class Action(StrEnum):
    """Everything a permission is asked for."""

    ACCOUNT_SEE = "account.see"
    ACCOUNT_CHANGE = "account.change"
    ACCOUNT_BLOCK = "account.block"
    ACCOUNT_RESCUE = "account.rescue"  # take away ways to sign in that were lost
    ORGANISATION_FOUND = "organisation.found"  # one that runs places; its founder owns it
    ORGANISATION_APPOINT = "organisation.appoint"  # of any kind, with a territory and a parent
    ORGANISATION_SEE = "organisation.see"
    ORGANISATION_CHANGE = "organisation.change"
    ORGANISATION_END = "organisation.end"
    MEMBERS_ADDRESSES = "members.addresses"
    MEMBERS_INVITE = "members.invite"
    MEMBERS_END = "members.end"
    OWNERS_CHANGE = "owners.change"  # invite an owner, end an owner's role
    PLACE_ATTACH = "place.attach"  # say which organisation runs a place
    PLACE_CLAIM = "place.claim"  # say, and prove, that an organisation runs a place
    PLACE_DETACH = "place.detach"  # say that an organisation runs a place no more
    PLACE_SPEAK = "place.speak"  # say things of a place as the one who runs it
    PLACE_TEND = "place.tend"  # judge suggestions, review pairs, follow up silence
    PLACE_HOST = "place.host"  # answer those who ask to come, and receive them at the desk
    PLACE_BIND = "place.bind"  # commit a place: hosting terms, agreements, setting debts off
    PLACE_BOOKS = "place.books"  # read what a place has given and received
    CENSUS_RUN = "census.run"  # prepare a census wave, open, remind and close it
    SITE_OPERATE = "site.operate"


ROLES = (Who.OWNER, Who.COORDINATOR, Who.STEWARD, Who.TEAM, Who.OBSERVER)  # in the order of succession to an owner
#: Roles that hold in the organisations below one's own as well.
REACHING_DOWN = frozenset({Who.STEWARD, Who.COORDINATOR})
_NEAREST = (Who.SELF, *ROLES, Who.OPERATOR, Who.PERSON)
_RUNS, _ALL = {Who.OWNER, Who.COORDINATOR}, set(ROLES)

ALLOWED: Mapping[Action, frozenset[Who]] = {
    action: frozenset(who)
    for action, who in {
        Action.ACCOUNT_SEE: {Who.SELF},
        Action.ACCOUNT_CHANGE: {Who.SELF},
        Action.ACCOUNT_BLOCK: {Who.OPERATOR},
        Action.ACCOUNT_RESCUE: {Who.OPERATOR},
        Action.ORGANISATION_FOUND: {Who.PERSON},
        Action.ORGANISATION_APPOINT: {Who.OPERATOR},
        Action.ORGANISATION_SEE: _ALL | {Who.OPERATOR},
        Action.ORGANISATION_CHANGE: _RUNS | {Who.OPERATOR},
        Action.ORGANISATION_END: {Who.OWNER, Who.OPERATOR},
        Action.MEMBERS_ADDRESSES: _RUNS | {Who.OPERATOR},
        Action.MEMBERS_INVITE: _RUNS | {Who.OPERATOR},
        Action.MEMBERS_END: _RUNS | {Who.OPERATOR},
        Action.OWNERS_CHANGE: {Who.OWNER, Who.OPERATOR},
        Action.PLACE_ATTACH: {Who.STEWARD, Who.OPERATOR},
        Action.PLACE_CLAIM: {Who.OWNER},
        Action.PLACE_DETACH: {Who.OWNER, Who.STEWARD, Who.OPERATOR},
        Action.PLACE_SPEAK: {Who.OWNER, Who.TEAM},
        Action.PLACE_TEND: {Who.STEWARD, Who.COORDINATOR, Who.OPERATOR},
        Action.PLACE_HOST: {Who.OWNER, Who.TEAM},
        Action.PLACE_BIND: {Who.OWNER},
        Action.PLACE_BOOKS: {Who.OWNER, Who.TEAM, Who.COORDINATOR, Who.OPERATOR},
        Action.CENSUS_RUN: {Who.COORDINATOR, Who.OPERATOR},
        Action.SITE_OPERATE: {Who.OPERATOR},
    }.items()
}


def offered(kind: str) -> tuple[Who, ...]:
    """The roles there are in an organisation of this kind. One that runs places is anybody's to found: in it nobody
    judges what is said of places, its own least of all."""
    return tuple(role for role in ROLES if kind != "OPERATOR" or role not in REACHING_DOWN)


@dataclass(frozen=True, slots=True)
class Standing:
    """A role someone holds now. ``territory`` is a code of the gazetteer, "" for none."""

    role: str
    organisation: int
    territory: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a thing belongs to: organisations, those above them, and the territories it lies in."""

    own: frozenset[int] = field(default_factory=frozenset)
    above: frozenset[int] = field(default_factory=frozenset)
    territories: frozenset[str] = field(default_factory=frozenset)


def holds(standing: Standing, reach: Reach) -> bool:
    """Whether a role counts for a thing of that reach."""
    return (
        standing.organisation in reach.own
        or (standing.role in REACHING_DOWN and standing.organisation in reach.above)
        or (standing.role == Who.STEWARD and standing.territory in reach.territories - {""})
    )


def quality(action: Action, *, qualities: Iterable[Who], standings: Iterable[Standing], reach: Reach) -> Who | None:
    """In what quality someone may do this: one they have whatever the thing is, or a role that counts for it. Of
    several the nearest: as themselves, by a role, as an operator of the site, as anyone. None where they may not."""
    may = ALLOWED[action]
    counting = {Who(one.role) for one in standings if one.role in may and holds(one, reach)}
    return min(counting | may.intersection(qualities), key=_NEAREST.index, default=None)


def allowed(action: Action, *, qualities: Iterable[Who], standings: Iterable[Standing], reach: Reach) -> bool:
    """Whether someone may do this in any quality."""
    return quality(action, qualities=qualities, standings=standings, reach=reach) is not None


def successor(others: Iterable[tuple[str, float, int]]) -> int | None:
    """Who owns an organisation once its last owner is gone: of (role, since, person), the highest role, then the
    longest there; none where nobody is left."""
    ranked = sorted(others, key=lambda one: (ROLES.index(Who(one[0])), one[1], one[2]))
    return ranked[0][2] if ranked else None


def closes_a_circle(organisation: int, parent: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether ``organisation`` would stand above itself under ``parent``; ``parents`` is each one's parent now."""
    seen = {organisation}
    while parent is not None:
        if parent in seen:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False
