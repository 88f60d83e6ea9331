"""The registry's jobs."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from coworkmed.kernel.errors import UnsafeAddressError
from coworkmed.platform import jobs
from coworkmed.sources.home_pages import Answer, look

from . import services, signals
from .models import Place, Signal
from .review import weights
from .review.tasks import learn as learn

log = logging.getLogger(__name__)


@jobs.job("places.refresh", retries=3, lease=timedelta(hours=2), every="every day at 02:50 UTC", slow=True)
def refresh() -> None:
    """Link and settle anew after the night's lists and the day's decisions. Does nothing where nothing changed."""
    services.refresh(as_of=timezone.now().date(), model=weights.in_use())


@jobs.job("places.age", retries=3, lease=timedelta(hours=1), every="every day at 00:20 UTC", atomic=False, slow=True)
def age() -> None:
    """Show what a new day alone makes old: a confirmation of a year ago, a pause that is over, a closing that was
    announced."""
    services.age(as_of=timezone.now().date())


#: Between two batches of sites, and between two sites of one: a few a minute.
_APART, _PAUSE = timedelta(minutes=4), 6.0
_LATER = timedelta(days=1)  # a site that asks for more is left alone until its next turn


@jobs.job(signals.SITES, every="every day at 06:30 UTC", resting=True)
def sites() -> None:
    """Ask for the day's looks at places' own sites, some at a time, over the day."""
    now = timezone.now()
    for number, several in enumerate(signals.pages(now.date())):
        look_at.enqueue(key=f"{now.date()}:{number}", due=now + number * _APART, places=several)


@jobs.job("places.look", retries=1, lease=timedelta(hours=1), atomic=False, slow=True)
def look_at(places: list[str], again: bool = False) -> None:
    """Look once at the own sites of some places, and hear what that tells of them. Where not one of them answers, it is
    we who can't be reached, and nothing was heard. One that asks us to come back later is looked at ``again``, once."""
    if jobs.rests(signals.SITES):
        return
    today = timezone.now().date()
    heard = Signal.objects.filter(place__in=places, kind="SITE", on=str(today)).values("place")  # by a run cut short
    waiting = Place.objects.shown().filter(pk__in=places, values__has_key="web").exclude(pk__in=heard)
    found, answers = {one.pk: one for one in waiting}, dict[str, Answer]()
    for one in found.values():
        web = str(one.values["web"])
        if web not in answers:
            if answers:
                time.sleep(_PAUSE)
            answers[web] = _answer(web)
    if not any(one.status for one in answers.values()):
        log.info("none of %d sites answers: nothing is made of it", len(answers))
        return
    for one in found.values():
        answer = answers[str(one.values["web"])]
        wait = timedelta(seconds=min(answer.wait, 2 * _LATER.total_seconds()))
        if wait and not again and wait <= _LATER:
            look_at.enqueue(key=one.pk, due=timezone.now() + wait, places=[one.pk], again=True)
        elif (says := signals.said_by(answer, signals.names_of(one))) is not None:
            signals.hear(place=one, kind="SITE", on=today, says=says)


def _answer(web: str) -> Answer:
    """What a site answers; from an address we don't call, nothing that tells anything."""
    try:
        return look(web, site=settings.ENV.site_url)
    except UnsafeAddressError:
        return Answer(status=403)
