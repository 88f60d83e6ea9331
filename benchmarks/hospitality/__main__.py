"""Booking under a race and alone, on PostgreSQL that waits for the disk: ``python -m benchmarks.hospitality``.

First what must be zero: places given away twice, acknowledged bookings that are not there. Then the longest wait, the
statements and processor time of one booking, bookings a second on distinct hosts, and the search over all hosts.
"""

import json
import multiprocessing
import os
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import django
import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools import postgres  # noqa: E402

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FIRST = date(2026, 12, 1)
FORK = multiprocessing.get_context("fork")


@click.command()
@click.option("--clients", default=32, help="processes that want the same place at once")
@click.option("--raced", default=10_000, help="attempts in all, each client at the last place of a day")
@click.option("--alone", default=400, help="bookings nobody competes for, by each of two processes")
@click.option("--places", default=5_000)
@click.option("--bookings", default=200_000)
def main(clients: int, raced: int, alone: int, places: int, bookings: int) -> None:
    with postgres.database("") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = on")
            connection.execute("SELECT pg_reload_conf()")
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        from coworkmed.platform import database

        database.prepare()
        print(json.dumps(_race(clients, raced), indent=2), flush=True)
        print(json.dumps(_alone(alone), indent=2), flush=True)
        print(json.dumps(_search(places, bookings), indent=2), flush=True)
        from django.db import connections

        connections.close_all()


def _race(clients: int, raced: int) -> dict[str, Any]:
    """All clients want the one desk of each day, one day after the other."""
    from coworkmed.hospitality.errors import FullError
    from coworkmed.hospitality.models import Booking
    from coworkmed.places.models import Place
    from tests.hospitality import world

    found = world.world(_promise(desks=1), world.ALWAYS)
    Place.objects.update(country="")  # every day is a day: no public holidays
    people = [(one, world.pseudonym(one)) for one in world.members(found, clients)]
    days = [FIRST + timedelta(days=number) for number in range(max(raced // clients, 1))]

    def client(number: int, barrier: Any) -> list[tuple[str, float]]:
        person, name = people[number]
        said = []
        for day in days:
            ask = found.ask(day, visitor=name)
            barrier.wait()
            began = time.perf_counter()
            try:
                outcome = str(world.services.book(by=person, ask=ask, now=NOW).pk)
            except FullError:
                outcome = "full"
            except Exception as error:
                outcome = f"error: {type(error).__name__}"
            said.append((outcome, time.perf_counter() - began))
        return said

    said = [one for each in _processes(client, clients) for one in each]
    acknowledged = {one for one, _ in said if one != "full" and not one.startswith("error")}
    stored = {str(one) for one in Booking.objects.values_list("pk", flat=True)}
    waits = sorted(wait for _, wait in said)
    return {
        "raced": len(said),
        "clients": clients,
        "places": len(days),
        "given": len(acknowledged),
        "oversold": sum(count - 1 for count in Counter(Booking.objects.values_list("day", flat=True)).values()),
        "lost": len(acknowledged - stored),
        "not acknowledged, yet there": len(stored - acknowledged),
        "errors": sorted({one for one, _ in said if one.startswith("error")}),
        "wait p50 ms": round(1000 * statistics.median(waits), 1),
        "wait p99 ms": round(1000 * waits[int(len(waits) * 0.99)], 1),
        "worst wait ms": round(1000 * waits[-1], 1),
    }


def _alone(count: int) -> dict[str, Any]:
    """Two processes book at hosts of their own: nothing to wait for but the disk and the trail."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from coworkmed.hospitality.models import Host, Resource
    from coworkmed.places.models import Place
    from tests.hospitality import world

    made = Host.objects.get()
    home = Place.objects.get(pk="marseille")
    pools = []
    for number in range(20):
        place = Place.objects.create(public_id=f"alone{number}", name=f"Alone {number}", country="", status="OPEN")
        host = Host.objects.create(
            place=place, zone=made.zone, calendar=made.calendar, current=made.current, reconfirmed_on=NOW.date()
        )
        pools.append(Resource.objects.create(host=host, kind="POOL", capacity=50))
    people = [world.member(f"alone{number}@example.org", home) for number in range(2)]
    names = [world.pseudonym(one) for one in people]

    def ask(client: int, number: int) -> Any:
        day = FIRST + timedelta(days=number // 10)
        pool = pools[client * 10 + number % 10]
        return world.services.Ask(id=uuid.uuid4(), resource=pool, visitor=names[client], day=day, home=home)

    world.services.book(
        by=people[0], ask=ask(0, count + 10), now=NOW
    )  # the first between two places makes their accounts
    with CaptureQueriesContext(connection) as asked:
        world.services.book(by=people[0], ask=ask(0, count), now=NOW)
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    trail = sum("platform_event" in one or "platform_head" in one for one in statements)
    ledger = sum("ledger_" in one for one in statements)

    def client(number: int, barrier: Any) -> tuple[float, float]:
        barrier.wait()
        began, processor = time.perf_counter(), time.process_time()
        for one in range(count):
            world.services.book(by=people[number], ask=ask(number, one), now=NOW)
        return time.perf_counter() - began, time.process_time() - processor

    found = _processes(client, 2)
    return {
        "statements a booking": len(statements),
        "of these the ledger's": ledger,
        "of these the trail's": trail,
        "processor ms a booking": round(1000 * sum(cpu for _, cpu in found) / (2 * count), 2),
        "bookings a second, two processes": round(2 * count / max(wall for wall, _ in found)),
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def _search(places: int, bookings: int) -> dict[str, Any]:
    """Who would host someone on a day, with that many hosts and bookings."""
    from django.db import connection

    from coworkmed.hospitality.models import Booking, Host, PoolClaim, PoolDay, Resource
    from coworkmed.hospitality.queries.free import free
    from coworkmed.places.models import Place

    made = Booking.objects.select_related("host").first()
    assert made is not None
    countries = ("FR", "IT", "ES", "HR", "GR")
    found = [
        Place(public_id=f"p{number}", name=f"Place {number:05}", country=countries[number % 5], status="OPEN")
        for number in range(places)
    ]
    Place.objects.bulk_create(found, batch_size=1000)
    hosts = [
        Host(
            place=one, zone="Europe/Rome", calendar=made.host.calendar, current_id=made.terms_id,
            reconfirmed_on=NOW.date(),
        )
        for one in found
    ]  # fmt: skip
    Host.objects.bulk_create(hosts, batch_size=1000)
    pools = Resource.objects.bulk_create(
        [Resource(host=one, kind="POOL", capacity=2) for one in hosts], batch_size=1000
    )
    each = max(bookings // places, 1)
    for pool in range(0, places, 500):
        several, claims, days = [], [], []
        for one in pools[pool : pool + 500]:
            for number in range(each):
                day = FIRST + timedelta(days=number // 2 + pool % 7)
                several.append(
                    Booking(
                        id=uuid.uuid4(), host=one.host, visitor=f"v{number}", resource=one, day=day, slots=[],
                        local_start=f"{day}T09:00", local_end=f"{day}T18:00", zone="Europe/Rome",
                        starts=datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=8),
                        ends=datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=17),
                        state="CONFIRMED", terms_id=made.terms_id, snapshot=made.snapshot,
                    )
                )  # fmt: skip
                claims.append(PoolClaim(booking=several[-1], pool=one, day=day))
                if number % 2 == 0:
                    days.append(PoolDay(pool=one, day=day, used=2 if number + 1 < each else 1, capacity=2))
        Booking.objects.bulk_create(several, batch_size=2000)
        PoolClaim.objects.bulk_create(claims, batch_size=5000)
        PoolDay.objects.bulk_create(days, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times, processor = [], time.process_time()
    for number in range(100):
        day = FIRST + timedelta(days=number % 30)
        narrowed = Place.objects.filter(country=countries[number % 5]) if number % 2 else None
        began = time.perf_counter()
        free(day, now=NOW, places=narrowed)
        times.append(1000 * (time.perf_counter() - began))
    processor = time.process_time() - processor
    times.sort()
    return {
        "places": places,
        "bookings": Booking.objects.count(),
        "processor ms a search": round(10 * processor, 1),
        "search p50 ms": round(times[50], 1),
        "search p95 ms": round(times[95], 1),
        "worst ms": round(times[-1], 1),
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def _promise(desks: int) -> Any:
    from tests.hospitality import world

    return world.services.Promise(days_per_visitor=366, desks_per_day=desks, instant=True, ahead_days=366)


def _processes(work: Callable[[int, Any], Any], count: int) -> Sequence[Any]:
    """Run ``work`` in so many processes at once; what each returned."""
    from django.db import connections

    connections.close_all()
    barrier, pipes, found = FORK.Barrier(count), [], []

    def run(number: int, pipe: Any) -> None:
        pipe.send(work(number, barrier))
        connections.close_all()
        pipe.close()

    for number in range(count):
        mine, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=run, args=(number, theirs))
        process.start()
        theirs.close()
        pipes.append((process, mine))
    for process, pipe in pipes:
        found.append(pipe.recv())
        process.join()
    return found


if __name__ == "__main__":
    main()
