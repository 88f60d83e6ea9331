"""The clock at work: the letters of a day written down, and what was asked remembered, in one transaction."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.places.models import Place
from coworkmed.places.signals import SITES as SITES
from coworkmed.platform import audit, jobs, mail, stops
from coworkmed.platform.tokens import address_digest

from .. import questions
from ..letters import address
from ..models import Asked
from ..queries import asking as queries
from ..queries.asking import Letter

log = logging.getLogger(__name__)

#: The job that asks. Like the one that looks at places' own sites it rests on a new site.
ASK = "stewardship.ask"
_HERE = ("localhost", "127.0.0.1", "::1")


def ask(*, today: date) -> int:
    """Write down the letters of ``today``, and that these places were asked about: all or nothing, so that whoever is
    killed in the midst wrote to nobody. Returns how many. A second time the same day it writes what is left of the
    day's number, and to nobody twice.

    Raises CoworkmedError where mail can't leave as it should.
    """
    if hindrance := why_not():
        raise hindrance
    while True:
        last = _last_asked()
        letters = queries.plan(today)  # outside: of a large registry it takes so long that writers would wait in vain
        with transaction.atomic():
            if _last_asked() == last:  # else somebody wrote meanwhile, and the plan is of before
                return _write_all(letters, today)


def _last_asked() -> int | None:
    return Asked.objects.order_by("-pk").values_list("pk", flat=True).first()


def _write_all(letters: Sequence[Letter], today: date) -> int:
    written = [letter for letter in letters if _write(letter, today)]
    if written:
        counts = Counter(letter.to for letter in written)
        places = sum(len(letter.asks) for letter in written)
        after = {"owners": counts["OWNER"], "stewards": counts["STEWARD"], "places": places}
        thing = audit.Thing("asking", str(today))
        audit.record(who=audit.MACHINE, verb="places.asked", thing=thing, before=None, after=after)
    return len(written)


def _write(letter: Letter, today: date) -> bool:
    """Whether there was anything to write. An address that is none counts as silent, so that a steward is asked."""
    key = f"ask:{today}:{letter.reader.digest}"
    content = compose(letter)
    try:
        if not content or not mail.send(key=key, **content.as_mail()):
            return False
    except mail.AddressError:
        log.warning("a place can't be asked: what is given as its address is none (%s)", letter.asks[0].place_id)
    Asked.objects.bulk_create(
        Asked(address=letter.reader.digest, place_id=one.place_id, to=one.to, why=one.why, on=today, mail=key)
        for one in letter.asks
    )
    return True


@dataclass(frozen=True, slots=True)
class Content:
    """A letter as `platform.mail` takes it."""

    to: str
    language: str
    template: str
    context: dict[str, Any]

    def as_mail(self) -> dict[str, Any]:
        told = {"to": self.to, "language": self.language, "template": self.template, "context": self.context}
        return told | {"stop": stops.stop_address(self.to)}


def compose(letter: Letter) -> Content | None:
    """The letter in its reader's language; None where none of its places is there any more. Its links are good for
    whoever holds them."""
    known = Place.objects.in_bulk([one.place_id for one in letter.asks])
    asks = [one for one in letter.asks if one.place_id in known]
    if not asks:
        return None
    to = letter.reader.address
    if letter.to == "OWNER":
        places = [known[one.place_id] for one in asks]
        language = letter.reader.language or questions.language_for(to, places[0])
        return Content(to, language, "ask", questions.question(places, to, language=language))
    language = letter.reader.language or questions.language_of(known[asks[0].place_id])
    silent = [(known[one.place_id], one.why, one.since) for one in asks]
    desk = address("desk", language=language)
    return Content(to, language, "ask-steward", questions.round_of(silent, desk=desk, language=language))


def note(*, to: str, mail: str, today: date, place: Place | None = None, why: str = "") -> None:
    """Remember a mail that nobody asked for and that asks nothing the clock waits for, so that it counts: see
    `queries.asking.may_write`. ``mail`` is its key."""
    Asked.objects.get_or_create(
        place=place, mail=mail, defaults={"address": address_digest(to), "to": Asked.To.OTHER, "why": why, "on": today}
    )


def switch(job: str, *, on: bool, by: audit.Who) -> None:
    """Let the site ask its places (`ASK`), or look at their own sites (`SITES`), or no more. Raises CoworkmedError
    where mail can't leave as it should."""
    if on and job == ASK and (hindrance := why_not()):
        raise hindrance
    with transaction.atomic():
        before = not jobs.rests(job)
        jobs.rest(job, resting=not on)
        if before != on:
            audit.record(who=by, verb="site.switched", thing=audit.Thing("job", job), before=before, after=on)


def why_not() -> CoworkmedError | None:
    """Why letters can't be sent from this site as it is set up; None where they can."""
    sends = urlsplit(settings.ENV.email_url).scheme.startswith("smtp")
    if not settings.ENV.email_url:
        return CoworkmedError(N_("Mail goes nowhere yet: set EMAIL_URL to your mail server, and EMAIL_FROM."))
    if sends and settings.ENV.demo:
        return CoworkmedError(N_("These places are fiction: nobody is asked about them."))
    if sends and not settings.ENV.email_from:
        return CoworkmedError(N_("Set EMAIL_FROM first: people must see who asks them."))
    if sends and urlsplit(settings.ENV.site_url).hostname in _HERE:
        return CoworkmedError(N_("Set SITE_URL first: the links in letters would lead nowhere."))
    return None
