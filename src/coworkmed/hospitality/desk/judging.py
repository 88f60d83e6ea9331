"""What to make of someone at the door, for a desk that asks the site: as its page does by itself where it can."""

from dataclasses import dataclass
from datetime import date, datetime

from ..models import Booking, Device, Host, Pass, Revocation, Visit
from ..passes import codes, keys, tokens
from ..passes.tokens import Outcome
from .queries import EXPECTED, day_now, expected


@dataclass(frozen=True, slots=True)
class Verdict:
    """``visitor`` is a pseudonym, "" where nobody vouches; ``name`` what they let hosts read; ``home`` the name of the
    place that vouches; ``hours`` when they booked for ("09:00–18:00"), "" where they did not."""

    outcome: Outcome
    visitor: str = ""
    name: str = ""
    home: str = ""
    hours: str = ""


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
    if outcome == Outcome.VALID:
        outcome = _at_the_door(host, held.pseudonym, today)
    name, hours = (come.name, come.hours) if come else ("", "")
    return Verdict(outcome, held.pseudonym, name, held.home.name or held.home_id, hours)


def _at_the_door(host: Host, visitor: str, today: date) -> Outcome:
    if Visit.objects.filter(place=host.pk, visitor=visitor, day=today).exists():
        return Outcome.HERE_ALREADY
    booked = Booking.objects.filter(host=host, visitor=visitor, day=today, state__in=EXPECTED).exists()
    return Outcome.VALID if booked else Outcome.OVER_LEASE


def _by_code(code: str, today: date) -> tuple[Outcome, Pass | None]:
    held = Pass.objects.select_related("home").filter(code=code).first()
    if held is None:
        return Outcome.UNKNOWN_CODE, None
    if held.ended:
        return Outcome.REVOKED, held
    if today > held.until:
        return Outcome.EXPIRED, held
    return (Outcome.NOT_YET if today < held.since else Outcome.VALID), held


def _by_token(shown: str, today: date) -> tuple[Outcome, Pass | None]:
    try:
        pseudonym = tokens.read(shown).pseudonym
    except tokens.UnreadableError:
        return Outcome.UNREADABLE, None
    known = {key_id: key for key_id, (key, _) in keys.believed(today).items()}
    revoked = set(
        Revocation.objects.filter(pass_ended__pseudonym=pseudonym).values_list("pass_ended__pseudonym", flat=True)
    )
    outcome, said = tokens.judge(shown, keys=known, revoked=revoked, today=today)
    proved = said is not None and outcome not in (Outcome.UNKNOWN_KEY, Outcome.ALTERED)
    return outcome, Pass.objects.select_related("home").filter(pseudonym=pseudonym).first() if proved else None
