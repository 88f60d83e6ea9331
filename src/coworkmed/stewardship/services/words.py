"""The place's own word, and that of who looks after it: this is right, this is otherwise, it is gone.

Nobody needs an account for it: the link of a mail is enough, once. What was said can be taken back for an hour.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.utils import timezone

from coworkmed.kernel import dates
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.people.models import Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action
from coworkmed.people.services import require, signed
from coworkmed.places import freshness
from coworkmed.places.models import Place, Signal
from coworkmed.places.services import strike, tell
from coworkmed.platform import audit, mail, stops, tokens
from coworkmed.sources import services as sources
from coworkmed.sources.models import Entry
from coworkmed.sources.voices import VOICES

from .. import questions
from ..models import Report
from ..queries import words as queries

#: What who confirms a page is shown of it, and so vouches for: all but the status, which is asked for, and what only
#: machines read.
SHOWN = (
    *("name", "kinds", "opening_hours", "address", "postcode", "locality", "country", "position"),
    *("web", "email", "phone", "socials", "description", "public", "languages", "opened"),
    *("desks", "surface_built_m2", "price_day", "price_month", "wheelchair", "internet", "equipment", "services"),
    *(
        "hosts_visitors",
        "members_now",
        "operator",
        "legal_form",
        "sector",
        "networks",
        "labels",
        "other_names",
        "brand",
    ),
)
#: What the links of a mail are for: the purpose of its token is ``place.`` and one of these.
WHAT = ("confirm", "correct", "gone")
TAKEN_BACK_FOR = timedelta(hours=1)
NOT_US_DUE = timedelta(days=14)
CHANGED = N_("The page has changed since you opened it. Look at it once more: nothing was lost.")
_signer = signing.TimestampSigner(salt="coworkmed.word")
_OUR_LINK = audit.Who("owner")  # whoever reads the mail of the place


class ChangedError(CoworkmedError):
    """What is shown is no longer what was looked at."""


class Speaker(NamedTuple):
    """Who speaks: whoever holds a link of a mail (its token, and of `WHAT` what it is for), or who signed in; and what
    they had before them (`queries.words.mark`), "" where that doesn't matter."""

    token: str = ""
    what: str = ""
    person: Person | None = None
    seen: str = ""


class Word(NamedTuple):
    """What was said, by numbers, so that it can be shown and taken back.

    ``entry``, ``signal``, ``report``  what it became; 0 for none
    ``silenced``  entries that speak no more because of it
    ``by``        role and person, as the trail names them
    ``token``     the link it was said by; "" for who signed in
    """

    place: str
    verb: str
    entry: int = 0
    signal: int = 0
    report: int = 0
    silenced: tuple[int, ...] = ()
    by: tuple[str, str] = ("", "")
    on: str = ""
    what: str = ""
    token: str = ""


def confirm(*, place: Place, by: Speaker, status: str) -> Word:
    """All that is shown of the place (`SHOWN`) is right, and it is ``status``: as shown, or open again."""
    fields = {"status": Value(status)}
    if place.status == "CLOSED" and status == "OPEN" and "closed" in place.values:
        fields["closed"] = Value(None)
    again = status == "OPEN" and place.status in ("CLOSED", "PAUSED", "PROJECT")
    return _say(
        place,
        by,
        "place.reopened" if again else "place.confirmed",
        fields=fields,
        vouches=SHOWN,
        says="PAUSED" if status == "PAUSED" else "",
    )


def correct(*, place: Place, by: Speaker, changes: Mapping[str, Value], kept: Collection[str]) -> Word:
    """Some of what is shown is otherwise, and the rest of the form is right; without changes, it is all right."""
    if not changes:
        return _say(place, by, "place.confirmed", vouches=kept)
    return _say(place, by, "place.corrected", fields=changes, vouches=kept)


def close(*, place: Place, by: Speaker, on: str) -> Word:
    """The place has closed for good, or will on a day to come. ``on``: partial date, "" where it isn't known."""
    said = {"closed": Value(on)} if on else {}
    if on and dates.first_day(on) > timezone.localdate():
        return _say(place, by, "place.closing", fields=said)
    return _say(place, by, "place.closed", fields=said | {"status": Value("CLOSED")}, says="CLOSED")


def pause(*, place: Place, by: Speaker, until: str) -> Word:
    """The place is closed for a time. ``until``: partial date, "" where it isn't known."""
    return _say(place, by, "place.paused", fields={"status": Value("PAUSED")}, says="PAUSED", until=until)


def move(*, place: Place, by: Speaker, fields: Mapping[str, Value]) -> Word:
    """The place has left its address; ``fields`` tell where it is now, as far as that is known."""
    return _say(place, by, "place.moved", fields=fields, says="" if fields else "MOVED")


@transaction.atomic
def disown(*, place: Place, token: str, note: str, language: str) -> Word:
    """Who reads the mail of an address is not this place: nobody asks there again about it, and a steward is told."""
    spent = _spend(Speaker(token, "gone"), place)
    report = Report.objects.create(
        place=place,
        reason="NOT_US",
        note=note,
        address=spent.address,
        language=language,
        due=timezone.now() + NOT_US_DUE,
    )
    thing = audit.Thing("report", str(report.pk))
    audit.record(who=audit.Who("reader"), verb="report.made", thing=thing, before=None, after={"reason": "NOT_US"})
    return Word(place.pk, "report.made", report=report.pk, by=("reader", ""), on=_today(), what="gone", token=token)


def _say(
    place: Place,
    by: Speaker,
    verb: str,
    *,
    fields: Mapping[str, Value] | None = None,
    vouches: Collection[str] = (),
    says: str = "",
    until: str = "",
) -> Word:
    with transaction.atomic():
        kind, who = _who(by, place)
        held = Place.objects.select_for_update().get(pk=place.pk)
        if by.token:
            _spend(by, held)
        if by.seen and by.seen != queries.mark(held):
            raise ChangedError(CHANGED)
        voice = Entry.objects.filter(
            source=VOICES[freshness.ROLE_OF[kind]].key, external_id__startswith=f"{held.pk}.", retired_on=None
        )
        spoke = set(voice.values_list("pk", flat=True))
        signals = set(Signal.objects.filter(place=held).values_list("pk", flat=True))
        entry = tell(
            place=held,
            kind=kind,
            who=who,
            verb=verb,
            as_of=timezone.localdate(),
            fields=fields,
            vouches=vouches,
            says=says,
            until=until,
        )
        signal = Signal.objects.filter(place=held).exclude(pk__in=signals).first()
        silenced = spoke - set(voice.values_list("pk", flat=True))
    return Word(
        held.pk,
        verb,
        entry.pk if entry else 0,
        signal.pk if signal else 0,
        0,
        tuple(sorted(silenced)),
        (who.role, who.person),
        _today(),
        by.what,
        by.token,
    )


def _today() -> str:
    return timezone.localdate().isoformat()


def _who(by: Speaker, place: Place) -> tuple[str, audit.Who]:
    """What the word is, and who says it as the trail names them. Raises NotAllowedError."""
    if by.person is None:
        return "OWNER", _OUR_LINK
    if role := quality(by.person, Action.PLACE_SPEAK, place):
        return "OWNER", signed(by.person, role)
    who = require(by.person, Action.PLACE_TEND, place)
    return queries.kind_of(by.person, place), who


def _spend(by: Speaker, place: Place) -> tokens.Token:
    """Use a link, which must be about this place or one that was found to be the same."""
    spent = tokens.use(by.token, purpose=f"place.{by.what}")
    about = queries.standing(spent.thing.id) if spent.thing.type == "place" else None
    if about is None or about.pk != place.pk:
        raise tokens.InvalidTokenError
    return spent


# -- taking it back ---------------------------------------------------------------------------------------------------


def seal(word: Word) -> str:
    """A word as the token of the page that thanks for it."""
    return _signer.sign_object([*word], compress=True)


def unseal(sealed: str) -> tuple[Word, bool]:
    """The word, and whether it can still be taken back. Raises InvalidTokenError."""
    try:
        fields = _signer.unsign_object(sealed)
        word = Word(*fields)._replace(silenced=tuple(fields[5]), by=tuple(fields[6]))
    except (signing.BadSignature, ValueError, TypeError, IndexError):
        raise tokens.InvalidTokenError from None
    try:
        _signer.unsign(sealed, max_age=TAKEN_BACK_FOR)
    except signing.SignatureExpired:
        return word, False
    return word, _stands(word)


def _stands(word: Word) -> bool:
    if word.report:
        return Report.objects.filter(pk=word.report, outcome="").exists()
    entry = not word.entry or Entry.objects.filter(pk=word.entry, retired_on=None).exists()
    return entry and (not word.signal or Signal.objects.filter(pk=word.signal, struck_on=None).exists())


@transaction.atomic
def take_back(sealed: str) -> Word:
    """What was said by a slip is said no more, what it silenced speaks again, and the link works once more."""
    word, _ = unseal(sealed)
    about = queries.standing(word.place)
    if about is None:
        raise tokens.InvalidTokenError
    place = Place.objects.select_for_update().get(pk=about.pk)
    _, possible = unseal(sealed)  # asked again, now that nobody else is at it
    if not possible:
        raise CoworkmedError(N_("This can’t be taken back any more: it was already, or an hour has gone by."))
    who = audit.Who(*word.by)
    if word.report:
        Report.objects.filter(pk=word.report, outcome="").update(
            outcome="WITHDRAWN", decided=timezone.now(), decided_as=who.role, note=""
        )
        thing = audit.Thing("report", str(word.report))
        audit.record(who=who, verb="report.withdrawn", thing=thing, before=None, after=None)
    else:
        sources.revive(entries=word.silenced, as_of=date.fromisoformat(word.on))
        strike(
            place=place,
            entry=Entry.objects.select_related("assertion").filter(pk=word.entry).first(),
            word=Signal.objects.filter(pk=word.signal).first(),
            who=who,
            as_of=timezone.localdate(),
        )
    if word.token:
        tokens.release(tokens.glance(word.token, purpose=f"place.{word.what}").digest)
    return word


# -- a new link -------------------------------------------------------------------------------------------------------


def send_links(*, place: Place, digest: str = "") -> None:
    """Write to the place anew: to the address of ``digest`` if it is one of the place's, else (without one) to the
    address shown. Once a week: who asks for more gets nothing, and is not told whether there is such an address."""
    to = queries.address_of(place, digest) if digest else str(place.values.get("email") or "")
    if not to or (place.pk, tokens.address_digest(to)) in queries.disowned():
        return
    language = questions.language_for(to, place)
    year, week, _ = timezone.localdate().isocalendar()
    with suppress(mail.AddressError):  # what some list gives as its address is none
        mail.send(
            to=to,
            language=language,
            template="ask",
            context=questions.question([place], to, language=language),
            key=f"links:{place.pk}:{tokens.address_digest(to)}:{year}-{week}",
            stop=stops.stop_address(to),
        )
