"""A process that books is killed at any of its statements: there is all of the booking or nothing, and asked again with
the same id it stands once."""

import os
import signal

import pytest
from django.db import connection

from coworkmed.hospitality import services
from coworkmed.hospitality.models import Booking, PoolClaim, PoolDay, Quota
from coworkmed.ledger.models import Transfer
from coworkmed.platform.models import Event

from .world import NOW, world

pytestmark = pytest.mark.django_db(transaction=True)


def counts() -> tuple[int, ...]:
    used = sum(PoolDay.objects.values_list("used", flat=True)), sum(Quota.objects.values_list("used", flat=True))
    told = Event.objects.filter(thing_type="booking").count()
    return Booking.objects.count(), PoolClaim.objects.count(), *used, Transfer.objects.count(), told


def booked_in_a_process(by, ask, kill_at: int) -> tuple[int, int]:
    """Book in a process of its own, killed before that statement (0: not at all); how it ended, and how many statements
    it ran."""
    connection.close()  # not to be shared with the other process
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def counted(execute, sql, params, many, context):
            nonlocal count
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)  # no clean-up, no goodbye: the machine lost its power
            return execute(sql, params, many, context)

        try:
            connection.execute_wrappers.append(counted)
            services.book(by=by, ask=ask, now=NOW)
            os.write(writing, str(count).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        text = told.read()
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), int(text or 0)


def test_killed_at_any_statement_it_is_booked_or_not_and_then_once():
    split = world()
    before = counts()
    ask = split.ask()
    for moment in range(1, 100):
        status, _ = booked_in_a_process(split.visitor, ask, moment)
        if status != -signal.SIGKILL:
            break
        assert counts() == before, f"part of it was kept when killed before statement {moment}"
    assert status == 0
    assert moment > 8, "it was killed at each statement there is"
    whole = (1, 1, 1, 1, 1, 1)
    assert counts() == whole
    services.book(by=split.visitor, ask=ask, now=NOW)
    assert counts() == whole, "asked again, it is the same"
