"""How long it takes to know whom to ask, and to write to them: ``python -m benchmarks.due_list --out FOLDER``.

Generated places straight into the tables (what lists say of them plays no part here), people who run or tend some of
them, and half a year of questions already put. Then, each in a process of its own so that peaks don't mix: the query
alone, the plan of a day, the day's letters written down, the query of what time has changed, and letters sent through a
mail server on this machine, which runs in a process of its own too. ``--database-url`` names an empty PostgreSQL
database; without it, a SQLite file in the folder. A folder that was filled is used again.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)  # a Tuesday nobody rests on
REGIONS = ("FR-PAC", "FR-OCC", "ES-CT", "ES-VC", "IT-LIG", "IT-TOS", "GR-I", "GR-M", "HR-17", "HR-18")
RUN, STEWARDS, ASKED_DAYS, A_DAY = 0.01, 10, 180, 100


def told(number: int, random: Random) -> dict[str, Any]:
    """What is shown of a place: two of three have an address of their own."""
    address = {"email": f"hello@place{number}.example"} if random.random() < 0.65 else {}
    return address | {
        "name": f"House {number}",
        "kinds": ["COWORK"],
        "status": "OPEN",
        "address": {"line": f"{number % 90} rue des Lilas", "number": str(number % 90), "street": "rue des lilas"},
        "position": {"lat": 43.3, "lon": 5.4, "precision": "STREET", "score": None},
        "opening_hours": "Mo-Fr 09:00-18:00",
        "phone": "+33491000001",
        "web": f"https://place{number}.example/",
        "description": "A place to work among others, with a garden and a kitchen. " * 3,
    }


def fill(places: int) -> None:
    """All tables, for ``places`` places of which all are due."""
    from allauth.account.models import EmailAddress

    from coworkmed.people.models import Membership, Operates, Organisation, Person
    from coworkmed.places.models import Place
    from coworkmed.platform import database
    from coworkmed.platform.database import insert
    from coworkmed.platform.tokens import address_digest
    from coworkmed.stewardship.models import Asked

    database.prepare()
    random = Random(1)
    rows = (
        (f"p{number:07}", "OPEN", "unconfirmed", json.dumps(told(number, random)), f"House {number}",
         region[:2], region, TODAY - timedelta(random.randint(0, 900)), TODAY + timedelta(random.randint(0, 700)))
        for number in range(places)
        for region in (REGIONS[number % len(REGIONS)],)
    )  # fmt: skip
    columns = ["public_id", "status", "freshness", "values", "name", "country", "region", "due_on", "turns_on"]
    insert(Place, columns, rows)

    def person(name: str) -> Person:
        made = Person.objects.create(email=f"{name}@example.org", language="fr")
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
        return made

    for number, region in enumerate(REGIONS):
        body = Organisation.objects.create(kind="AUTHORITY", name={"en": region}, territory=region)
        for one in range(STEWARDS):
            Membership.objects.create(person=person(f"s{number}-{one}"), organisation=body, role="STEWARD")
    for number in range(int(places * RUN)):
        body = Organisation.objects.create(kind="OPERATOR", name={"en": f"Runs {number}"})
        Membership.objects.create(person=person(f"o{number}"), organisation=body, role="OWNER")
        Operates.objects.create(organisation=body, place=f"p{number:07}")
    asked = (
        (address_digest(f"hello@place{number}.example"), f"p{number:07}", "OWNER", "DUE",
         TODAY - timedelta(1 + number // A_DAY % ASKED_DAYS), f"past:{number}")
        for number in range(min(places // 2, A_DAY * ASKED_DAYS))
    )  # fmt: skip
    insert(Asked, ["address", "place_id", "to", "why", "on", "mail"], asked)


def make_due(share: float) -> None:
    """Let that share of the places be due."""
    from django.db import connection

    from coworkmed.places.models import Place

    later = Place.objects.filter(pk__gte=f"p{int(Place.objects.count() * share):07}")
    later.update(due_on=TODAY + timedelta(30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def query() -> str:
    from coworkmed.stewardship.queries.asking import _due

    return f"{sum(1 for _ in _due(TODAY)):,} places"


def turned() -> str:
    from coworkmed.places.models import Place

    found = Place.objects.filter(turns_on__lte=TODAY).order_by("turns_on", "pk").values_list("pk", flat=True)
    return f"{len(found):,} places"


def plan() -> str:
    from coworkmed.stewardship.queries import asking

    letters = asking.plan(TODAY)
    return f"{len(letters)} letters about {sum(len(one.asks) for one in letters):,} places"


def ask() -> str:
    from coworkmed.stewardship.services import asking

    return f"{asking.ask(today=TODAY)} letters written"


def queue(letters: int) -> str:
    """Letters as the clock writes them, each about a place, a hundred in a transaction as on a day."""
    from django.db import transaction

    from coworkmed.places.models import Place
    from coworkmed.platform import mail, stops
    from coworkmed.stewardship import questions

    places = list(Place.objects.order_by("-pk")[:letters])
    for start in range(0, len(places), A_DAY):
        with transaction.atomic():
            for one in places[start : start + A_DAY]:
                to = f"desk@{one.pk}.example"
                context = questions.question([one], to, language="fr")
                key = f"bench:{one.pk}"
                mail.send(to=to, language="fr", template="ask", context=context, key=key, stop=stops.stop_address(to))
    return f"{len(places):,} letters"


def send() -> str:
    from coworkmed.platform import mail
    from coworkmed.platform.models import Mail

    before = Mail.objects.filter(state="sent").count()
    while Mail.objects.filter(state="waiting").exists():
        mail.deliver()
    return f"{Mail.objects.filter(state='sent').count() - before:,} sent"


def serve() -> None:
    """A mail server on this machine that takes all it is given, until its input ends."""
    from tests.platform.smtp import mailbox

    with mailbox() as box:
        print(box.port, flush=True)
        sys.stdin.read()


@contextmanager
def mail_server() -> Iterator[int]:
    """Its port."""
    command = [sys.executable, "-m", "benchmarks.due_list", "--inside", "serve", "--out", "."]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield int(server.stdout.readline()) if server.stdout else 0
        server.communicate()


ORDER = ["query", "turned", "plan", "due0.3", "query", "plan", "ask", "queue", "send"]
STAGES: dict[str, Callable[[], str]] = {"query": query, "turned": turned, "plan": plan, "ask": ask, "send": send}


def inside(what: str, places: int, letters: int) -> None:
    """A stage in this process: prints its line."""
    import django

    if what == "serve":
        serve()
        return
    django.setup()
    if what == "fill":
        fill(places)
        return
    if what.startswith("due"):
        make_due(float(what.removeprefix("due")))
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    came = queue(letters) if what == "queue" else STAGES[what]()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {came} | {wall:.2f} | {cpu:.2f} | {peak - before:,.0f} | {os.getloadavg()[0]:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.due_list")
    parser.add_argument("--places", type=int, default=1_000_000)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--stages", nargs="+", default=ORDER, help="“due0.3”: from here on that share is due")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        inside(given.inside, given.places, given.letters)
        return
    with mail_server() as port:
        environment = {
            "COWORKMED_VAR": str(given.out),
            "DATABASE_URL": given.database_url,
            "DJANGO_SETTINGS_MODULE": "coworkmed.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=no",
            "EMAIL_FROM": "us@third.example",
            "SITE_URL": "https://third.example",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        }

        def apart(stage: str) -> None:
            sizes = ["--places", str(given.places), "--letters", str(given.letters)]
            command = [sys.executable, "-m", "benchmarks.due_list", "--inside", stage, "--out", str(given.out), *sizes]
            subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **environment})

        stamp = given.out / "due_list.filled"
        if not stamp.exists():
            given.out.mkdir(parents=True, exist_ok=True)
            apart("fill")
            stamp.touch()
        print(f"{given.places:,} places, {given.database_url.split(':')[0] or 'SQLite'}\n")
        print("| stage | came to | wall s | CPU s | MB more | load |")
        print("| --- | --- | ---: | ---: | ---: | ---: |", flush=True)
        for stage in given.stages:
            apart(stage)


if __name__ == "__main__":
    main()
