"""The lists asked again at their hours, each by a job of its own, and the registry brought up to date after them."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from coworkmed.platform import jobs

from . import rules, services, voices
from .models import Harvest, Source
from .spec import Spec

#: The job that links and settles anew. By its name, for places stand above sources.
REFRESH = "places.refresh"


@jobs.job("sources.ask", every="every day at 01:20 UTC")
def ask() -> None:
    """Ask for each list that is due. Whoever runs the site may let this rest."""
    today = timezone.now().date()
    for source in Source.objects.exclude(pk__in=voices.KEYS):
        cadence = Spec.from_json(source.spec).cadence
        if rules.is_due(cadence=cadence, harvested_on=source.harvested_on, today=today):
            harvest.enqueue(key=source.key, source=source.key)


@jobs.job(
    "sources.harvest",
    retries=3,
    backoff=timedelta(minutes=10),
    lease=timedelta(hours=2),
    atomic=False,  # it waits for the list's own server: no transaction should
    slow=True,
)
def harvest(source: str) -> None:
    """Take a list in, and have the registry follow if anything came of it. One that can't be had or believed is
    flagged, and asked again the next night.

    Done twice, it changes nothing more: it goes by what is known of today, were it killed before it asked for the rest.
    """
    today = timezone.now().date()
    spec = Spec.from_json(Source.objects.get(pk=source).spec)
    services.harvest(spec=spec, as_of=today, folder=settings.ENV.var / "fetched")
    if Harvest.objects.filter(source=source, as_of=today).exclude(outcome=Harvest.Outcome.REFUSED).exists():
        jobs.every_job()[REFRESH].enqueue(key=jobs.SCHEDULED)  # after the lists that wait: they were asked for before
