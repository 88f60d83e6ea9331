"""What robots hear of places: a site that answers or doesn't. People's words come by `services.tell`.

Of a run of signals that say the same, the first and the last tell all (`freshness.judge`), so no more are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zlib import crc32

from django.db import transaction
from django.db.models.fields.json import KT
from django.utils import timezone

from coworkmed.kernel.fold import fold
from coworkmed.sources.home_pages import Answer
from coworkmed.sources.voices import KEYS as VOICES

from .freshness import day
from .models import Link, Place, Signal
from .services import settle_some

#: The job that looks at places' own sites; it rests on a new site.
SITES = "places.sites"
CYCLE = 30  # days from one look at a site to the next
A_DAY = 4000  # sites at most: where there are more, each is looked at less often
AT_A_TIME = 20
_GONE = frozenset((404, 410))
_SHORTEST = 4  # letters of a name: a shorter one is found anywhere


@transaction.atomic
def hear(*, place: Place, kind: str, on: date, says: str = "") -> None:
    """Take in what a robot hears of a place today, and show what follows. The same twice is once."""
    held = Place.objects.select_for_update().get(pk=place.pk)
    heard = Signal.objects.standing().filter(place=held).order_by("pk")
    run = _run([one for one in heard if one.kind == kind], says)
    if run and run[-1].on == str(on):
        return
    if len(run) > 1 and not _interrupted(held, run[-2], heard):
        Signal.objects.filter(pk=run[-1].pk).update(on=on.isoformat())
    else:
        Signal.objects.create(place=held, kind=kind, on=on.isoformat(), says=says)
    settle_some(places=[held.pk], as_of=timezone.localdate())


def _run(signals: Sequence[Signal], says: str) -> list[Signal]:
    """The last of them, as many as say the same."""
    found: list[Signal] = []
    for one in sorted(signals, key=lambda one: day(one.on), reverse=True):
        if one.says != says:
            break
        found.insert(0, one)
    return found


def _interrupted(place: Place, first: Signal, heard: Iterable[Signal]) -> bool:
    """Whether anything else than lists spoke of the place since: failures count from then on anew."""
    since = day(first.on)
    if any(day(one.on) >= since for one in heard if one.kind != first.kind):
        return True
    voices = Link.objects.filter(place=place, entry__source__in=VOICES)
    spoken = voices.values_list("entry__assertion__observed_on", flat=True)
    return any(day(on) >= since for on in spoken if on)


def said_by(answer: Answer, names: Iterable[str]) -> str | None:
    """What a place's own site tells: "" that it is there, for it answers with one of its ``names``; "UNREACHABLE";
    None where it can't be told: it refuses robots, or speaks of something else."""
    if answer.status == 0 or answer.status in _GONE or (answer.status >= 500 and not answer.wait):
        return "UNREACHABLE"
    page = f" {fold(answer.text)} " if answer.text else ""
    words = (fold(name) for name in names)
    return "" if any(len(word) >= _SHORTEST and f" {word} " in page for word in words) else None


def pages(today: date) -> Iterator[list[str]]:
    """The places whose own site is looked at on a day, some at a time; those of one address together."""
    sites = Place.objects.shown().filter(values__has_key="web")
    cycle = max(CYCLE, -(-sites.count() // A_DAY))
    by_page: dict[str, list[str]] = defaultdict(list)
    for place, web in sites.order_by("pk").values_list("pk", KT("values__web")).iterator():
        if web and crc32(web.encode()) % cycle == today.toordinal() % cycle:
            by_page[web].append(place)
    batch: list[str] = []
    for _, several in sorted(by_page.items()):
        batch += several
        if len(batch) >= AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


def names_of(place: Place) -> list[str]:
    """By what a place may be called on its own site."""
    values = place.values
    return [one for one in (values.get("name"), values.get("brand"), *values.get("other_names", ())) if one]
