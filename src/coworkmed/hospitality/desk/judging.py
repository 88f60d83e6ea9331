"""What to make of someone at the door, for a desk that asks the site: as its page does by itself where it can."""

from dataclasses import dataclass
from datetime import date, datetime

from ..models import Booking, Device, Host, Lease, Pass, Visit
from ..passes import codes, keys, tokens
from ..passes.tokens import Outcome
from .queries import EXPECTED, day_now, expected
from .services.leases import left


@dataclass(frozen=True, slots=True)
class Verdict:
    """``visitor`` is a pseudonym, "" where nobody vouches; ``name`` what they let hosts read; ``home`` the name of the
    place that vouches; ``hours`` when they booked for ("09:00–18:00"), "" where they did not; ``lease`` on whose places
    for walk-ins they come, "" where on none."""

    outcome: Outcome
    visitor: str = ""
    name: str = ""
    home: str = ""
    hours: str = ""
    lease: str = ""


def judge(device: Device, shown: str, now: datetime) -> Verdict:
    """What a device's desk should do with what was scanned or typed."""
    host = device.place.host
    today = day_now(host, now)
    if code := codes.typed(shown):
        outcome, held = _by_code(code, today)
    else:
        outcome, held = _by_token(shown, today)
    if held is None:
        return Verdict(outcome)
    come = next((one for one in expected(host, [today]) if one.visitor == held.pseudonym), None)
    lease = ""
    if outcome == Outcome.VALID:
        outcome, lease = _at_the_door(device, host, held.pseudonym, now)
    name, hours = (come.name, come.hours) if come else ("", "")
    return Verdict(outcome, held.pseudonym, name, held.home.name or held.home_id, hours, lease)


def _at_the_door(device: Device, host: Host, visitor: str, now: datetime) -> tuple[Outcome, str]:
    """What to make of somebody whose pass holds, and the lease on which they come."""
    today = day_now(host, now)
    if Visit.objects.filter(place=host.pk, visitor=visitor, day=today).exists():
        return Outcome.HERE_ALREADY, ""
    if Booking.objects.filter(host=host, visitor=visitor, day=today, state__in=EXPECTED).exists():
        return Outcome.VALID, ""
    lease = Lease.objects.filter(device=device, day=today, settled=None, expires__gt=now).first()
    return (Outcome.VALID, str(lease.pk)) if lease and left(lease) > 0 else (Outcome.OVER_LEASE, "")


def _by_code(code: str, today: date) -> tuple[Outcome, Pass | None]:
    held = Pass.objects.select_related("home").filter(code=code).first()
    if held is None:
        return Outcome.UNKNOWN_CODE, None
    return _of_pass(held, today), held


def _of_pass(held: Pass, today: date) -> Outcome:
    if held.ended:
        return Outcome.REVOKED
    if today > held.until:
        return Outcome.EXPIRED
    return Outcome.NOT_YET if today < held.since else Outcome.VALID


def _by_token(shown: str, today: date) -> tuple[Outcome, Pass | None]:
    try:
        said = tokens.read(shown)
    except tokens.UnreadableError:
        return Outcome.UNREADABLE, None
    known = keys.believed(today, said.key)
    outcome, _ = tokens.judge(shown, keys={one: key for one, (key, _) in known.items()}, revoked=(), today=today)
    if outcome in (Outcome.UNKNOWN_KEY, Outcome.ALTERED):
        return outcome, None
    _, home = known[said.key]
    held = Pass.objects.select_related("home").filter(pseudonym=said.pseudonym, home=home).first()
    if held is None:  # a place vouches for its own members only
        return Outcome.ALTERED, None
    stands = _of_pass(held, today)
    return (stands if stands == Outcome.REVOKED or outcome == Outcome.VALID else outcome), held
