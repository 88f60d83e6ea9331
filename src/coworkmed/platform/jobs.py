"""Jobs: work that is done later, by a worker, with the database as the queue. Why not a library: decision 5.

A job is declared where its subject is (``tasks.py``) and enqueued in the transaction of the change that asks for it, so
that it is neither lost nor done for nothing. It may be killed at any moment and is then done again: by default its
effects and the word that it is done are one transaction, so that they happen once. A job that speaks to the world
outside (``atomic=False``) must itself bear being done twice.
"""

import inspect
import json
import logging
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from django.db import DatabaseError, IntegrityError, close_old_connections, connections, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from .models import Job, Schedule

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(days=1)
KEPT = timedelta(days=30)  # what is done, for who wants to know what was done
SCHEDULED = "schedule"  # the key under which schedules ask
_TRIES_TO_ENQUEUE = 20
_RULE = re.compile(
    r"every (?:(?P<count>[1-9]\d{0,3}) (?P<unit>minute|hour|day)s?|day at (?P<hour>\d\d):(?P<minute>\d\d) UTC)"
)

State = Job.State


class LostError(Exception):
    """Another worker has the job by now: what this one did to it is undone."""


@dataclass(frozen=True)
class Declared:
    """A job as it is declared; called, it is the plain function."""

    name: str
    work: Callable[..., object]
    retries: int
    backoff: timedelta
    lease: timedelta
    atomic: bool
    every: str
    slow: bool
    resting: bool = False

    def __call__(self, **arguments: Any) -> object:
        return self.work(**arguments)

    def enqueue(self, *, key: str = "", due: datetime | None = None, **arguments: Any) -> None:
        """Ask for the job, from ``due`` on or at once, in the transaction at hand.

        Of jobs that wait under one ``key`` there is one: asked for again, it comes at the earlier time, with the
        arguments that it was first given. One that is running does not count, for it may have begun before the change.
        Raises TypeError for arguments that the job does not take, or that JSON can't hold.
        """
        inspect.signature(self.work).bind(**arguments)
        json.dumps(arguments, allow_nan=False)
        moment = due or timezone.now()
        with transaction.atomic():
            for _ in range(_TRIES_TO_ENQUEUE):
                if key and self._joined(key, moment):
                    return
                try:
                    with transaction.atomic():
                        Job.objects.create(name=self.name, key=key, arguments=arguments, due=moment)
                except IntegrityError:  # someone else asked for it just now
                    continue
                return
            raise DatabaseError(f"no end of jobs named {self.name} with the key {key}")

    def _joined(self, key: str, due: datetime) -> bool:
        """Whether one waits already. It is held until the transaction ends: no worker may begin it before then, for it
        would not see the change that it is asked for."""
        waiting = Job.objects.select_for_update().filter(name=self.name, key=key, state=State.WAITING).first()
        if waiting and waiting.due > due:
            Job.objects.filter(pk=waiting.pk).update(due=due)
        return waiting is not None

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts: twice as long each time, a day at most."""
        return min(self.backoff * (1 << min(attempts - 1, 30)), LONGEST_WAIT)


#: Every job by its name, of those declared so far: `every_job` knows all.
DECLARED: dict[str, Declared] = {}


@cache
def _read_all() -> None:
    for one in ("bounces", "mail", "shared"):  # each declares its jobs, as do those it uses
        import_module(f"coworkmed.platform.{one}")
    autodiscover_modules("tasks")  # each subject declares its jobs in its `tasks.py`


def every_job() -> Mapping[str, Declared]:
    """Every job by its name. What declares them is read when first asked for, so that nobody waits for it who has
    nothing to do with jobs."""
    _read_all()
    return DECLARED


def job(
    name: str,
    *,
    retries: int = 5,
    backoff: timedelta = timedelta(minutes=1),
    lease: timedelta = timedelta(minutes=10),
    atomic: bool = True,
    every: str = "",
    slow: bool = False,
    resting: bool = False,
) -> Callable[[Callable[..., object]], Declared]:
    """Declare a job.

    ``retries``  how many times it is tried again after the first, ``backoff`` later and then each time twice as late
    ``lease``  how long it may take: silent for longer, its worker is held for dead and another takes it up
    ``atomic``  its effects and the word that it is done are one transaction
    ``every``  when it is due by itself: "every 10 minutes", "every 2 hours", "every day at 03:10 UTC"
    ``slow``  it may take minutes: a worker does it beside the quick ones, so that no mail waits for it
    ``resting``  on a new site its schedule rests until someone wakes it (`rest`)

    Raises ValueError for a name that is taken or a rule that can't be read.
    """
    if every:
        following(every, timezone.now())

    def declare(work: Callable[..., object]) -> Declared:
        if name in DECLARED:
            raise ValueError(f"two jobs are named {name}")
        DECLARED[name] = Declared(name, work, retries, backoff, lease, atomic, every, slow, resting)
        return DECLARED[name]

    return declare


# schedules


def following(rule: str, moment: datetime) -> datetime:
    """The first time after ``moment`` that ``rule`` names, in UTC. ValueError for a rule that can't be read.

    Intervals are counted from the beginning of 1970, so that neither a restart nor a late worker moves them.
    """
    found = _RULE.fullmatch(rule)
    if not found:
        raise ValueError(f"“{rule}” is no rule: write “every 10 minutes” or “every day at 03:10 UTC”")
    if found["unit"]:
        period = timedelta(**{f"{found['unit']}s": int(found["count"])})
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return epoch + ((moment - epoch) // period + 1) * period
    today = moment.astimezone(UTC).replace(
        hour=int(found["hour"]), minute=int(found["minute"]), second=0, microsecond=0
    )
    return today if today > moment else today + timedelta(days=1)


def install(now: datetime | None = None) -> None:
    """Bring the schedules to what is declared; those that rest go on resting."""
    moment = now or timezone.now()
    wanted = {one.name: one for one in every_job().values() if one.every}
    with transaction.atomic():
        Schedule.objects.exclude(name__in=wanted).delete()
        known = dict(Schedule.objects.values_list("name", "rule"))
        for name, one in wanted.items():
            if known.get(name) != one.every:
                rule = {"rule": one.every, "next": following(one.every, moment)}
                Schedule.objects.update_or_create(
                    name=name, defaults=rule, create_defaults={**rule, "active": not one.resting}
                )


def rest(name: str, *, resting: bool) -> None:
    """Let the schedule of a job rest, and what it asked for already, or wake it. KeyError where it has none."""
    if not every_job()[name].every:
        raise KeyError(name)
    with transaction.atomic():
        install()
        Schedule.objects.filter(pk=name).update(active=not resting)
        if resting:
            Job.objects.filter(name=name, key=SCHEDULED, state=State.WAITING).delete()


def rests(name: str) -> bool:
    """Whether the schedule of a job rests. KeyError for a job that nobody declared."""
    known = Schedule.objects.filter(pk=name).values_list("active", flat=True).first()
    return every_job()[name].resting if known is None else not known


def tick(now: datetime | None = None) -> int:
    """Enqueue what is due by the schedules, once however often it was missed; returns how many."""
    moment = now or timezone.now()
    due = Schedule.objects.filter(active=True, next__lte=moment)
    if not due.exists():
        return 0
    with transaction.atomic():
        found = list(due.select_for_update(skip_locked=True))
        for schedule in found:
            if schedule.name in every_job():
                every_job()[schedule.name].enqueue(key=SCHEDULED)
            Schedule.objects.filter(pk=schedule.pk).update(next=following(schedule.rule, moment))
    return len(found)


# the worker


def run_one(now: datetime | None = None, *, slow: bool | None = None) -> bool:
    """Take up the job that has been due longest and do it; False where none is due. ``slow`` says of which, None of
    all."""
    taken = _claim(now or timezone.now(), slow)
    if not taken:
        return False
    declared = every_job().get(taken.name)
    try:
        if not declared:
            raise LookupError(f"no job is named {taken.name}")
        if taken.attempts > declared.retries + 1:
            raise TimeoutError("the worker was silent for longer than the lease, every time")
        _do(declared, taken)
    except LostError:
        log.warning("%s was taken up by another worker meanwhile; nothing of it was kept here", taken)
    except Exception as error:
        log.warning("%s failed", taken, exc_info=True)
        _failed(declared, taken, f"{type(error).__name__}: {error}")
    return True


def _claim(now: datetime, slow: bool | None) -> Job | None:
    """The job to do next, marked as ours: first those whose worker fell silent, then those that wait."""
    names = [one.name for one in every_job().values() if one.slow]
    lane = Job.objects.all() if slow is None else Job.objects.filter(Q(name__in=names) if slow else ~Q(name__in=names))
    silent = lane.filter(state=State.RUNNING, lease__lte=now).order_by("lease", "pk")
    waiting = lane.filter(state=State.WAITING, due__lte=now).order_by("due", "pk")
    for found in (silent, waiting):
        if not found.exists():  # asked first, for on SQLite a transaction keeps every other writer waiting
            continue
        with transaction.atomic():
            taken = found.select_for_update(skip_locked=True).first()
            if not taken:
                continue
            declared = every_job().get(taken.name)
            taken.state, taken.claim, taken.attempts = State.RUNNING, uuid.uuid4().hex, taken.attempts + 1
            taken.lease = timezone.now() + (declared.lease if declared else timedelta(minutes=1))
            taken.save(update_fields=["state", "claim", "attempts", "lease"])
            return taken
    return None


def _do(declared: Declared, taken: Job) -> None:
    if not declared.atomic:
        declared.work(**taken.arguments)
        _end(taken, State.DONE)
        return
    with transaction.atomic():
        declared.work(**taken.arguments)
        _end(taken, State.DONE)


def _end(taken: Job, state: Job.State, **changes: Any) -> None:
    """Let go of the job, if it is still ours. Raises LostError if it is not."""
    ours = Job.objects.filter(pk=taken.pk, claim=taken.claim, state=State.RUNNING)
    finished = None if state == State.WAITING else timezone.now()
    if not ours.update(state=state, claim="", lease=None, finished=finished, **changes):
        raise LostError


def _failed(declared: Declared | None, taken: Job, error: str) -> None:
    """Say when it is tried again, or that it is given up."""
    said = error.replace("\0", "")[:2000]
    try:
        if not declared or taken.attempts > declared.retries:
            log.error("%s is given up after %d attempts: %s", taken, taken.attempts, said)
            _end(taken, State.FAILED, error=said)
            return
        try:
            with transaction.atomic():
                _end(taken, State.WAITING, error=said, due=timezone.now() + declared.wait(taken.attempts))
        except IntegrityError:
            _end(taken, State.REPLACED, error=said)
    except LostError:
        log.warning("%s failed here and was taken up by another worker", taken)


def run_due(now: datetime | None = None) -> int:
    """Do all that is due, and what that makes due; returns how many jobs were begun."""
    done = 0
    while run_one(now):
        done += 1
    return done


def work(stop: threading.Event, *, poll: float = 1.0) -> None:
    """Be a worker until ``stop`` is set: quick jobs and schedules here, slow ones in a thread beside. What is being
    done is finished first. A database that can't be reached is waited for."""
    beside = threading.Thread(target=_work_slowly, args=(stop, poll))
    beside.start()
    installed = False
    while not stop.is_set():
        try:
            if not installed:
                install()
                installed = True
            tick()
            busy = run_one(slow=False)
        except DatabaseError:
            busy = _away()
        if not busy:
            stop.wait(poll)
            close_old_connections()
    beside.join()


def _work_slowly(stop: threading.Event, poll: float) -> None:
    while not stop.is_set():
        try:
            busy = run_one(slow=True)
        except DatabaseError:
            busy = _away()
        if not busy:
            stop.wait(poll)
            close_old_connections()
    connections.close_all()


def _away() -> bool:
    log.warning("the database can't be used just now", exc_info=True)
    connections.close_all()
    return False


# what people look at


def failed() -> QuerySet[Job]:
    """Jobs that were given up, the newest first."""
    return Job.objects.filter(state=State.FAILED).order_by("-finished")


def counts() -> Mapping[str, int]:
    """How many jobs are in each state."""
    found = Job.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(State.values, 0) | dict(found)


def schedules() -> QuerySet[Schedule]:
    """What is due by itself, by name."""
    return Schedule.objects.order_by("name")


def retry(pk: int) -> bool:
    """Try a job again that was given up; whether there was one."""
    try:
        with transaction.atomic():
            given_up = Job.objects.filter(pk=pk, state=State.FAILED)
            return bool(given_up.update(state=State.WAITING, attempts=0, due=timezone.now(), finished=None))
    except IntegrityError:  # one with its key is waiting to do the same
        return bool(Job.objects.filter(pk=pk, state=State.FAILED).update(state=State.REPLACED))


@job("jobs.purge", every="every day at 03:10 UTC")
def purge() -> None:
    """Forget jobs done a while ago. Those given up stay until a person has looked."""
    Job.objects.filter(state__in=[State.DONE, State.REPLACED], finished__lt=timezone.now() - KEPT).delete()
