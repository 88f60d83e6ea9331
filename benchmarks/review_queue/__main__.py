"""How long the desk takes over a registry of many places: ``python -m benchmarks.review_queue``.

As many places as wanted, each of a list; a tenth of them in doubt with a neighbour, a fifth of the doubts judged. Asked
by an operator, by stewards of a country, a region and a town, and by a coordinator of a network that runs a hundred
places. ``DATABASE_URL`` names an empty PostgreSQL database; without it, a SQLite file that is thrown away.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

COUNTRIES = ("FR", "ES", "IT", "GR", "HR")
REGIONS, TOWNS, RUN, REPEATS = 10, 2_000, 100, 7


def fill(count: int) -> None:
    """Places, entries, links and doubts, and nothing else: what the desk's questions go by."""
    from coworkmed.places.models import Decision, Doubt, Link, Place, Verdict
    from coworkmed.platform.database import insert
    from coworkmed.sources.models import Entry, Source

    random, day, moment = Random(1), "2026-01-01", "2026-01-01 00:00:00+00:00"
    for key in ("list-0", "list-1"):
        Source.objects.create(key=key, spec={"title": {"en": key}}, position=0)

    def places() -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            country = COUNTRIES[n // 7 % 5]
            yield f"p{n}", country, f"{country}-{n // 7 % REGIONS}", 1 + n // 7 % TOWNS

    def doubts() -> Iterator[tuple[Any, ...]]:
        for turn, n in enumerate(range(1, count - 1, 10)):
            sure = turn % 3 == 0
            probability, state = 0.98 if sure else round(random.random(), 4), "settled" if turn % 5 == 0 else "open"
            yield n, n + 1, turn, "gain", probability, sure, "s", "w", "same" if sure else "other", "[]", state

    insert(Place, ("public_id", "country", "region", "town"), places())
    insert(
        Entry,
        ("id", "source_id", "external_id", "first_seen"),
        ((n, f"list-{n % 2}", str(n), day) for n in range(1, count)),
    )
    insert(Link, ("entry_id", "place_id", "decided_by"), ((n, f"p{n}", "alone") for n in range(1, count)))
    columns = "left_id right_id turn purpose probability joined stratum weights relation reasons state".split()
    insert(Doubt, columns, doubts())
    settled = list(Doubt.objects.filter(state="settled").values_list("left", "right"))
    insert(Decision, ("left_id", "right_id", "verdict", "decided_on"), ((*pair, "same", day) for pair in settled))
    said = ("left_id", "right_id", "said", "purpose", "at", "act", "run")
    insert(Verdict, said, ((*pair, "same", "gain", moment, f"{n:032x}", 0) for n, pair in enumerate(settled)))


def reviewers() -> dict[str, Any]:
    from coworkmed.people.models import Membership, Operates, Organisation, Person

    def made(name: str, role: str, territory: str = "") -> Any:
        person = Person.objects.create_user(f"{name}@example.org")
        network = Organisation.objects.create(kind="NETWORK", name={"en": name}, territory=territory)
        Membership.objects.create(person=person, organisation=network, role=role)
        return person

    found = {
        "operator": Person.objects.create_superuser("operator@example.org"),
        "steward of a country": made("country", "STEWARD", "FR"),
        "steward of a region": made("region", "STEWARD", "FR-0"),
        "steward of a town": made("town", "STEWARD", "1"),
        "coordinator": made("coordinator", "COORDINATOR"),
    }
    network = Organisation.objects.get(name__en="coordinator")
    Operates.objects.bulk_create(Operates(organisation=network, place=f"p{n * 10 + 1}") for n in range(RUN))
    return found


def questions() -> dict[str, Callable[[Any], Any]]:
    from coworkmed.places.review import queries

    return {
        "the next pair": lambda who: queries.queue(who).first(),
        "twenty of the queue": lambda who: list(queries.queue(who)[:20]),
        "how many wait": lambda who: queries.queue(who).count(),
        "groups that are alike": queries.shapes,
        "agreement": lambda who: queries.agreed(),
    }


def took(ask: Callable[[], Any]) -> float:
    """Milliseconds, the median of several; once before, so that what is kept is kept."""
    ask()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=1_000_000)
    count = parser.parse_args().places
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COWORKMED_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
        import django

        django.setup()
        from django.db import connection

        from coworkmed.platform import database

        if os.environ.get("DATABASE_URL"):
            database.prepare()
        else:
            database.use(Path(folder) / "coworkmed.sqlite3")
        fill(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{connection.vendor}, {count:,} places, load {os.getloadavg()[0]:.1f}; ms, medians of {REPEATS}\n")
        asked = questions()
        print(f"| who | waits | {' | '.join(asked)} |\n| --- |{' ---: |' * (len(asked) + 1)}")
        for name, who in reviewers().items():
            times = [f"{took(lambda ask=ask, who=who: ask(who)):,.1f}" for ask in asked.values()]
            print(f"| {name} | {asked['how many wait'](who):,} | {' | '.join(times)} |", flush=True)


if __name__ == "__main__":
    main()
