"""Someone asks to come. In one transaction, with all it takes: or not at all.

Asked for twice, with the same id, it is one booking and the same answer.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require, signed
from coworkmed.platform import audit

from .. import books, clock, rules
from ..errors import FullError, OtherRequestError, RefusedError, TermsError, explained
from ..models import AgreementVersion, Booking, Pass, Resource, State
from ..queries import agreements
from . import claims
from .asks import Ask, House, house, uses, when
from .releasing import offer, sweep, tell

#: Unanswered requests and places waited for that one visitor may have at a time.
MOST_OPEN = 12
MOST_UNITS = 50
_OPEN = (State.HELD, State.WAITING)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who asks, as the trail names them: the visitor in person, the host's team, or else that of their home."""

    who: audit.Who
    hosting: bool = False
    in_person: bool = False


def book(*, by: Person, ask: Ask, now: datetime | None = None, series: uuid.UUID | None = None) -> Booking:
    """Ask to come. The booking stands at once where the host's terms say so, and for its own team; else it is held
    until the host answers.

    Raises NotAllowedError, RefusedError in its kinds (`errors`), ledger.LimitError, OtherRequestError for an id that
    stands for something else. Nothing is kept then.
    """
    moment = now or timezone.now()
    with explained(), transaction.atomic():
        claims.lock([ask.resource.pk])
        return _book(by, ask, house(ask.resource.host_id), moment, series)


def wait(*, by: Person, ask: Ask, now: datetime | None = None) -> Booking:
    """Wait for a place to come free where all is taken: it is then offered, in the order people asked.

    Raises what `book` does; RefusedError where something is free now.
    """
    moment = now or timezone.now()
    with explained(), transaction.atomic():
        claims.lock([ask.resource.pk])
        found = house(ask.resource.host_id)
        made, speaker, known = _checked(by, ask, found, moment)
        if known:
            return known
        try:
            with explained(), transaction.atomic():
                claims.take(made, *_uses(made, ask, found))
                transaction.set_rollback(True)  # a rehearsal: were there room, nobody need wait
        except FullError:
            made.state, made.hold_until, made.counted = State.WAITING, None, False
            made.save(force_insert=True)
            tell(made, speaker.who, "booking.waits", "")
            return made
    raise RefusedError(N_("There is room then: nobody need wait."))


def book_series(
    *, by: Person, ask: Ask, days: Iterable[date], now: datetime | None = None
) -> list[tuple[date, Booking | CoworkmedError]]:
    """Ask for the same on several days. Each is a booking of its own, or the reason why that day can't be had: the
    others stand. The ids follow from that of ``ask``, so that asking twice is asking once."""
    found: list[tuple[date, Booking | CoworkmedError]] = []
    for day in days:
        shift = day - ask.day
        one = replace(
            ask,
            id=uuid.uuid5(ask.id, day.isoformat()),
            day=day,
            starts=ask.starts and ask.starts + shift,
            ends=ask.ends and ask.ends + shift,
        )
        try:
            found.append((day, book(by=by, ask=one, now=now, series=ask.id)))
        except NotAllowedError:
            raise
        except CoworkmedError as refusal:
            found.append((day, refusal))
    return found


def _book(by: Person, ask: Ask, found: House, now: datetime, series: uuid.UUID | None) -> Booking:
    made, speaker, known = _checked(by, ask, found, now)
    if known:
        return known
    made.series = series
    claims.take(made, *_uses(made, ask, found))
    books.hold(made, speaker.who)
    tell(made, speaker.who, "booking.made" if made.state == State.CONFIRMED else "booking.asked", "")
    return made


def _checked(by: Person, ask: Ask, found: House, now: datetime) -> tuple[Booking, Speaker, Booking | None]:
    """The booking that would be made, who makes it, and the one that stands under its id already. What ran out of what
    is asked for is swept on the way."""
    speaker = _speaks(by, ask, found)
    near = Booking.objects.filter(
        Q(pk=ask.id)
        | Q(resource__in=found.rivals(ask.resource.pk), state=State.HELD, hold_until__lte=now)
        | Q(visitor=ask.visitor, state__in=_OPEN)
    )
    near = near.select_related("home", "host__place").order_by("pk")
    held = list(near.select_for_update(of=("self",), skip_locked=True))
    if known := _known(held, ask):
        return known, speaker, known
    if sweep(held, now):
        offer(found, ask.resource.pk, ask.day, now)
    waits = [one for one in held if one.state in _OPEN]
    if len(waits) >= MOST_OPEN and not speaker.hosting:
        raise TermsError(N_("Too many of your requests wait for an answer. Give one up, or wait."))
    return _made(by, ask, found, now, speaker), speaker, None


def _speaks(by: Person, ask: Ask, found: House) -> Speaker:
    """As whom ``by`` asks. Raises NotAllowedError, also where nobody vouches for the visitor on that day."""
    if ask.home is not None:
        held = Pass.objects.filter(
            pseudonym=ask.visitor, home=ask.home, ended=None, since__lte=ask.day, until__gte=ask.day
        )
        if not (bearer := list(held.order_by().values_list("bearer__person", flat=True))):
            raise NotAllowedError(N_("Nobody vouches for this visitor on that day. Ask your own place for a pass."))
        if by.pk in bearer:
            return Speaker(signed(by, "visitor"), in_person=True)
    if role := quality(by, Action.PLACE_HOST, found.host.place):
        return Speaker(signed(by, role), hosting=True)
    return Speaker(require(by, Action.PLACE_HOST, ask.home))


def _made(by: Person, ask: Ask, found: House, now: datetime, speaker: Speaker) -> Booking:
    """The booking as it would be. Raises RefusedError for what the terms don't allow; the host's own team may."""
    thing = found.things.get(ask.resource.pk)
    if thing is None or (thing.retired_on and ask.day >= thing.retired_on):
        raise TermsError(N_("This can't be booked any more."))
    if not 1 <= ask.units <= (MOST_UNITS if thing.kind == Resource.Kind.POOL else 1):
        raise RefusedError(N_("Ask for at least one desk, and for no more than there are."))
    starts, ends, instants = when(ask, found)
    terms, stay = found.terms, thing.kind != Resource.Kind.ROOM
    if instants.ends <= now:
        raise RefusedError(N_("This is over already."))
    if not speaker.hosting:
        _by_the_terms(ask, found, instants, now)
    version = agreements.between(found.host.place, ask.home) if ask.home else None
    at_once = speaker.hosting or (terms.instant and ask.home is not None)
    answer_by = min(now + timedelta(hours=terms.answer_hours), max(instants.starts, now))
    beyond = ask.beyond and terms.beyond in ("PAID", "HOURS")
    return Booking(
        id=ask.id,
        host=found.host,
        home=ask.home,
        visitor=ask.visitor,
        person=by if speaker.in_person else None,
        resource=thing,
        units=ask.units,
        stay=stay,
        day=ask.day,
        slots=sorted(ask.slots),
        local_start=f"{starts:%Y-%m-%dT%H:%M}",
        local_end=f"{ends:%Y-%m-%dT%H:%M}",
        zone=found.host.zone,
        starts=instants.starts,
        ends=instants.ends,
        state=State.CONFIRMED if at_once else State.HELD,
        hold_until=None if at_once else answer_by,
        terms=terms,
        agreement=version,
        snapshot=_policy(found, version, stay=stay, beyond=beyond).as_json(),
        charges=[list(one) for one in _charges(ask, found, version)] if stay and not beyond else [],
        message=ask.message,
        asked=now,
        changed=now,
        answered=now if at_once else None,
    )


def _by_the_terms(ask: Ask, found: House, instants: clock.Range, now: datetime) -> None:
    """Raises TermsError for what a visitor can't ask for."""
    terms = found.terms
    if found.host.suspended_on:
        raise TermsError(N_("This place takes no visitors for the time being."))
    if rules.blacked_out(terms.blackouts, ask.day):
        raise TermsError(N_("The host takes no visitors on that day."))
    if instants.starts <= now + timedelta(hours=terms.notice_hours) - timedelta(seconds=1):
        raise TermsError(N_("The host wants to be asked at least {hours} hours before."), hours=terms.notice_hours)
    if instants.starts > now + timedelta(days=terms.ahead_days):
        raise TermsError(N_("The host can be asked at most {days} days before."), days=terms.ahead_days)


def _policy(found: House, version: AgreementVersion | None, *, stay: bool, beyond: bool) -> rules.Policy:
    terms, said = found.terms, version or found.terms
    return rules.Policy(
        late_hours=said.late_hours,
        late_share=said.late_share,
        no_show_share=said.no_show_share,
        no_show_minutes=said.no_show_minutes,
        credit=(version.credit_per_day if version else 1) if stay and not beyond else 0,
        beyond=terms.beyond if beyond else "",
        amount=terms.beyond_amount if beyond else None,
        currency=terms.beyond_currency if beyond else "",
    )


def _charges(ask: Ask, found: House, version: AgreementVersion | None) -> Sequence[tuple[str, str, str, int]]:
    """The quotas it counts in: the agreement's, or else the host's own."""
    if version is None:
        if found.terms.beyond == "FREE":
            return []
        scope, year = f"host:{found.host.pk}", rules.window("YEAR", ask.day)
        return [(scope, ask.visitor, year, found.terms.days_per_visitor)]
    scope, window = f"agreement:{version.agreement_id}", rules.window(version.window, ask.day)
    limits = ((ask.visitor, version.days_per_visitor), ("", version.days_in_all))
    return [(scope, visitor, window, limit) for visitor, limit in limits if limit is not None]


def _uses(made: Booking, ask: Ask, found: House) -> tuple[list[claims.PoolUse], list[claims.Use]]:
    starts, ends = datetime.fromisoformat(made.local_start), datetime.fromisoformat(made.local_end)
    instants = clock.Range(made.starts, made.ends)
    return uses(made.resource_id, made.units, ask.slots, starts, ends, made.day, found, instants)


def _known(held: Iterable[Booking], ask: Ask) -> Booking | None:
    """The booking that stands under the id of ``ask``. Raises OtherRequestError where it is another's."""
    known = next((one for one in held if one.pk == ask.id), None)
    if known and not _same(known, ask):
        raise OtherRequestError
    return known


def _same(known: Booking, ask: Ask) -> bool:
    asked_start = ask.starts and f"{ask.starts:%Y-%m-%dT%H:%M}"
    return (known.resource_id, known.visitor, known.day, known.units, known.slots) == (
        ask.resource.pk, ask.visitor, ask.day, ask.units, sorted(ask.slots)
    ) and asked_start in (None, known.local_start)  # fmt: skip
