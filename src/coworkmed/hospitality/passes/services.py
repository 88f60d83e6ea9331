"""Every change to passes: vouch for a member, renew, end; and the keys that sign them."""

import secrets
from collections.abc import Collection
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place
from coworkmed.platform import audit

from ..models import Bearer, Pass, Revocation
from . import codes, keys, letters
from .tokens import LONGEST, Right, issue, read
from .tokens import Pass as Said

LONGEST_VOUCHED = timedelta(days=366)
SHOWN_FOR = 7  # days that a pass holds as it is shown today
#: Once a pass is over, its home place has so long to look up whose it was. Then nobody can.
BEARER_KEPT = timedelta(days=90)
LISTED = timedelta(days=keys.AHEAD + LONGEST)  # that a pass which ended stays in the bulletin


@transaction.atomic
def vouch(
    *,
    by: Person,
    home: Place,
    name: str,
    since: date,
    until: date,
    rights: Collection[Right] = (Right.DESK,),
    email: str = "",
    language: str = "en",
    shows_name: bool = False,
) -> Pass:
    """Vouch for a member of ``home``. With an ``email`` they are written where their pass is.

    Raises NotAllowedError; CoworkmedError for days that are over, in the wrong order or more than a year.
    """
    who = require(by, Action.PLACE_HOST, home)
    _days(since, until)
    made = Pass.objects.create(
        pseudonym=secrets.token_hex(7), home=home, code=codes.new(), rights=sorted(rights), since=since, until=until
    )
    email = email.strip().lower()
    account = EmailAddress.objects.filter(email=email, verified=True).first() if email else None
    bearer = Bearer.objects.create(
        pass_held=made, name=name.strip(), email=email, person=account.user if account else None,
        shows_name=shows_name, link=secrets.token_urlsafe(12),
    )  # fmt: skip
    _tell(who, "pass.vouch", made, after={"since": since.isoformat(), "until": until.isoformat()})
    if email:
        letters.vouched(bearer, language=language)
    return made


@transaction.atomic
def renew(*, by: Person, held: Pass, until: date) -> None:
    """Vouch for longer, or less long. Raises NotAllowedError; CoworkmedError where it ended."""
    who = require(by, Action.PLACE_HOST, held.vouching)
    one = _standing(held)
    _days(one.since, until)
    if not Bearer.objects.filter(pass_held=one).exists():
        raise CoworkmedError(N_("Nobody knows any more whose pass this was. Vouch for the member anew."))
    Pass.objects.filter(pk=one.pk).update(until=until)
    _tell(who, "pass.renew", one, before={"until": one.until.isoformat()}, after={"until": until.isoformat()})


@transaction.atomic
def end(*, by: Person, held: Pass) -> None:
    """Vouch no more: every desk refuses the pass as soon as it has heard of it. Raises NotAllowedError."""
    who = require(by, Action.PLACE_HOST, held.vouching)
    _end(who, _standing(held))


@transaction.atomic
def new_link(*, by: Person, held: Pass, language: str = "en") -> Bearer:
    """Another address and another code for a pass, where the old ones went astray. Raises NotAllowedError."""
    who = require(by, Action.PLACE_HOST, held.vouching)
    one = _standing(held)
    Pass.objects.filter(pk=one.pk).update(code=codes.new())
    bearer = Bearer.objects.select_for_update().get(pass_held=one)
    bearer.link = secrets.token_urlsafe(12)
    Bearer.objects.filter(pk=bearer.pk).update(link=bearer.link)
    _tell(who, "pass.link", one)
    if bearer.email:
        letters.vouched(bearer, language=language)
    return bearer


@transaction.atomic
def replace_key(*, by: Person, home: Place, lost: bool = False) -> None:
    """Sign with another key from now on. ``lost``: whoever may have the old one can make passes with it, so none that
    it signed is believed any more, and members open theirs again. Raises NotAllowedError."""
    who = require(by, Action.PLACE_BIND, home)
    old = keys.retire(home, lost=lost)
    new, _ = keys.signing(home)
    thing = audit.Thing("place", home.pk)
    audit.record(who=who, verb="pass.key", thing=thing, before=old or None, after={"key": new, "lost": lost})


def token(held: Pass, *, begins: date | None = None, today: date | None = None) -> str:
    """The pass as it is shown for the coming days: `SHOWN_FOR` of them, or `LONGEST` from a day on for a journey. The
    same every time it is asked for on a day; "" where it does not hold then.

    Raises CoworkmedError for a day too far ahead.
    """
    today = today or timezone.localdate()
    if begins is not None and not today <= begins <= today + timedelta(days=keys.AHEAD):
        raise CoworkmedError(N_("A pass can be taken along up to {days} days before."), days=keys.AHEAD)
    # West of us, or before the hour at which a place begins its day, it is still yesterday.
    first = max(held.since, begins or today - timedelta(days=1))
    last = min(held.until, first + timedelta(days=(LONGEST if begins else SHOWN_FOR) - 1))
    if held.ended or last < first:
        return ""
    key, private = keys.signing(held.home)
    return issue(private, Said(key, held.pseudonym, first, last, frozenset(Right(one) for one in held.rights)))


def days_of(shown: str) -> tuple[date, date] | None:
    """The first and the last day of a token as it is shown."""
    if not shown:
        return None
    said = read(shown)
    return said.since, said.until


@transaction.atomic
def forget(known: Collection[str]) -> None:
    """Somebody with these addresses goes: their passes end, and nobody knows whose they were."""
    addresses = [one.lower() for one in known if one]  # a member may have given none
    theirs = Bearer.objects.filter(Q(email__in=addresses) | Q(person__email__in=addresses)).select_related("pass_held")
    for bearer in theirs.select_for_update(of=("self",)):
        if bearer.pass_held.ended is None:
            _end(audit.MACHINE, bearer.pass_held)
        bearer.delete()


@transaction.atomic
def forget_old(now_on: date) -> int:
    """Delete who held passes that are long over, and take them off the bulletin; how many bearers."""
    before = now_on - BEARER_KEPT
    over = Bearer.objects.filter(pass_held__until__lt=before) | Bearer.objects.filter(pass_held__ended__date__lt=before)
    gone = over.delete()[0]
    last = Revocation.objects.order_by("pk").last()
    if last is not None:  # the last one stays: it is the number of the bulletin
        Revocation.objects.filter(on__lt=now_on - LISTED).exclude(pk=last.pk).delete()
    return gone


def rotate() -> int:
    """Replace the keys that signed for long enough; how many."""
    old = keys.aged()
    for one in old:
        with transaction.atomic():
            if keys.retire(one.place):
                thing = audit.Thing("place", str(one.place_id))
                audit.record(who=audit.MACHINE, verb="pass.key", thing=thing, before=one.key_id, after=None)
    return len(old)


def _end(who: audit.Who, held: Pass) -> None:
    now = timezone.now()
    Pass.objects.filter(pk=held.pk).update(ended=now)
    Revocation.objects.create(pass_ended=held, on=now.date())
    _tell(who, "pass.end", held)


def _standing(held: Pass) -> Pass:
    one = Pass.objects.select_for_update().get(pk=held.pk)
    if one.ended:
        raise CoworkmedError(N_("This pass has ended already."))
    return one


def _days(since: date, until: date) -> None:
    today = timezone.localdate()
    if until < max(since, today):
        raise CoworkmedError(N_("The last day is over already, or comes before the first."))
    if until - max(since, today) > LONGEST_VOUCHED:
        raise CoworkmedError(N_("Vouch for a year at most: then ask whether they are still with you."))


def _tell(who: audit.Who, verb: str, held: Pass, *, before: object = None, after: object = None) -> None:
    thing = audit.Thing("pass", f"{held.home_id}-{held.pk}")
    audit.record(who=who, verb=verb, thing=thing, before=before, after=after)
