"""Forms that anyone may send, without an account, without cookies, and without a third party that tells people from
programs.

A form carries a signed moment, a field that people don't see, and a task for the browser: to find a number with which
the digest of that moment begins with zeros. Whoever comes with all three in order is let through. Whoever does not
(no JavaScript, too quick, the hidden field filled in by a helpful browser) is asked once more on a page that repeats
what they typed, and may do so less often. A form that was open for too long, or has been sent already, comes back as
it was filled in. Nothing typed is lost.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from coworkmed.kernel.i18n import N_
from coworkmed.platform import limits
from coworkmed.platform.limits import Limit

#: Bits of zero that a digest must begin with: on average 2 ** BITS digests, about a second on a phone.
BITS = 14
QUICKEST = timedelta(seconds=3)  # nobody reads and fills in a form sooner
LIFE = timedelta(hours=24)
_LONGEST = 300  # characters of a field of ours

#: Names of our fields, and of the button that leads from the second page back to the form.
CHALLENGE, PROOF, TRAP, SURE, BACK = "form", "proof", "website", "sure", "again"
OURS = frozenset((CHALLENGE, PROOF, TRAP, SURE, BACK))

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: For each network: with all in order, and when asked once more. For each thing, from wherever.
PROVED, PROVED_A_DAY = Limit("proved", 20, HOUR), Limit("proved-a-day", 60, DAY)
UNPROVED = Limit("unproved", 4, DAY)
ABOUT = Limit("about", 12, DAY)


class Verdict(Enum):
    LET_THROUGH = "let through"
    ASK = "ask"  # is this what you meant?
    AGAIN = "again"  # the form as it was filled in, and why


class Checked(NamedTuple):
    """What to do with what was sent; ``why`` is a sentence for its reader, "" where it is let through."""

    verdict: Verdict
    why: str = ""


TOO_OLD = N_("This form was open for more than a day. Look at it once more, and send it again.")
SENT = N_("This form has been sent already, and reached us. To send it once more, press the button again.")
FOREIGN = N_("This seems to come from another site. So we ask once more.")
UNPROVEN = N_("Your browser did no arithmetic for us, which keeps robots away. So we ask once more.")
TOO_QUICK = N_("That was quicker than people usually are. So we ask once more.")
TRAPPED = N_("A field was filled in that people don’t see: some browsers do that by themselves. So we ask once more.")


def challenge(purpose: str) -> str:
    """The signed moment of a form for ``purpose``, never the same twice."""
    return _signer(purpose).sign(secrets.token_urlsafe(9))


def sure(purpose: str) -> str:
    """The same for the page that asks once more."""
    return challenge(_sure(purpose))


def check(request: HttpRequest, purpose: str, *, about: str) -> Checked:
    """What to do with a form for ``purpose`` on the thing ``about``, and count it where it is let through.

    Raises LimitedError where too much came from this network, or on this thing.
    """
    sent, now = request.POST, timezone.now()
    sure = _moment(sent, SURE, _sure(purpose))
    opened = sure or _moment(sent, CHALLENGE, purpose)
    if opened is None or now - opened > LIFE:
        return Checked(Verdict.AGAIN, TOO_OLD)
    form = hashlib.sha256(sent[SURE if sure else CHALLENGE].encode()).hexdigest()
    if limits.done(form):
        return Checked(Verdict.AGAIN, SENT)
    if not sure and (why := _doubt(request, now - opened)):
        return Checked(Verdict.ASK, why)
    origin = network(request)
    by_network = [(UNPROVED, origin)] if sure else [(PROVED, origin), (PROVED_A_DAY, origin)]
    limits.take(*by_network, (ABOUT, f"{purpose}:{about}"))
    return Checked(Verdict.LET_THROUGH) if limits.once(form, within=2 * LIFE) else Checked(Verdict.AGAIN, SENT)


def network(request: HttpRequest) -> str:
    """The network a request comes from, its address as the one proxy that is trusted tells it."""
    return limits.network(get_adapter(request).get_client_ip(request))


def typed(sent: QueryDict) -> list[tuple[str, str]]:
    """All that somebody typed into a form, to be carried along: without what is ours."""
    return [(name, value) for name, values in sent.lists() if name not in OURS for value in values]


def proves(challenge: str, proof: str) -> bool:
    """Whether the number ``proof`` solves the task that ``challenge`` sets."""
    if not (proof.isascii() and proof.isdecimal() and len(proof) <= 12):
        return False
    digest = hashlib.sha256(f"{challenge}:{proof}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - BITS) == 0


def _doubt(request: HttpRequest, age: timedelta) -> str:
    """Why to ask once more; "" where there is no reason to."""
    sent = request.POST
    if _foreign(request):
        return FOREIGN
    if sent.get(TRAP):
        return TRAPPED
    if age < QUICKEST:
        return TOO_QUICK
    return "" if proves(sent[CHALLENGE], sent.get(PROOF, "")) else UNPROVEN


def _moment(sent: QueryDict, name: str, purpose: str) -> datetime | None:
    """The moment that was signed for ``purpose`` in a field; None where none was."""
    token = sent.get(name, "")
    if not 0 < len(token) <= _LONGEST:
        return None
    try:
        _signer(purpose).unsign(token)
        return datetime.fromtimestamp(signing.b62_decode(token.split(".")[-2]), UTC)
    except (signing.BadSignature, ValueError):
        return None


def _sure(purpose: str) -> str:
    return f"{purpose}.sure"


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"coworkmed.form.{purpose}")


def _foreign(request: HttpRequest) -> bool:
    """Whether a page of another site sent this: browsers say where a form was."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()
