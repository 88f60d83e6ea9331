"""A site moved from one database to another and back: nothing lost, nothing altered, all or nothing."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import JSONField, Value
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from coworkmed.cli.copydb import copydb
from coworkmed.people.models import Membership, Organisation, Person
from coworkmed.places.models import Decision, Place
from coworkmed.platform import audit, copying
from coworkmed.platform.models import Job, Mail, Quiet, Schedule
from coworkmed.sources.models import Entry, Harvest, Source
from tests.web.factories import registry
from tools import postgres

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TEXT = "Το «σπίτι» d'Élodie \\ \"café\"; --\t\r\n😀 %s {x} ' OR 1=1"
NUMBERS = [0, 1, 1.0, -0.0, 0.1, 1e22, 1e23, 1.5e-9, 5e-324, 2**53 + 1, 2**80, -(2**63), True, None, "1", ""]


@pytest.fixture(autouse=True)
def other_databases(transactional_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests may reach their own database only, if not told otherwise."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server: the one the tests run on, or one for the time."""
    given = os.environ.get("DATABASE_URL", "")
    with nullcontext(given) if given.startswith("postgres") else postgres.server() as address:
        yield address


@pytest.fixture(scope="module")
def made_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the site's tables, which take their time to make, and nothing in them."""
    path = tmp_path_factory.mktemp("made") / "made.sqlite3"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def made_postgresql(server: str) -> Iterator[str]:
    """Name of a database on the server with the same."""
    with postgres.database(server) as address:
        make_tables(address)
        yield urlsplit(address).path[1:]


def make_tables(url: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": url}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
    subprocess.run(command, env=environment | {"DJANGO_SETTINGS_MODULE": "coworkmed.settings"}, check=True)


@pytest.fixture
def postgresql(server: str, made_postgresql: str) -> Iterator[str]:
    """A database on the server, its tables empty."""
    with postgres.database(server) as address:
        name = sql.Identifier(urlsplit(address).path[1:])
        with psycopg.connect(server, autocommit=True) as base:
            base.execute(sql.SQL("DROP DATABASE {}").format(name))
            base.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(made_postgresql)))
        yield address


@pytest.fixture
def back(tmp_path: Path, made_sqlite: Path) -> str:
    """A SQLite file, its tables empty."""
    return f"sqlite:///{shutil.copy(made_sqlite, tmp_path / 'back.sqlite3')}"


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest) -> str:
    """A database of the other kind than the tests', its tables empty."""
    return str(request.getfixturevalue("postgresql" if connection.vendor == "sqlite" else "back"))


@pytest.fixture
def bare(server: str, tmp_path: Path) -> Iterator[str]:
    """A database of the other kind than the tests', without tables."""
    if connection.vendor == "postgresql":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    with postgres.database(server) as address:
        yield address


@pytest.fixture
def here() -> str:
    """The address of the tests' own database, filled with what is hard to move."""
    fill()
    return address()


def address() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    who = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}@{quote(given['HOST'], safe='')}:{given['PORT']}"
    return f"postgres://{who}/{given['NAME']}"


def fill() -> None:
    places = registry()
    one, other = list(places.values())[:2]
    Place.objects.filter(pk=one.pk).update(lat=-0.0, lon=0.1 + 0.2, merged_into=other, name="", values={})
    Place.objects.filter(pk=other.pk).update(lat=5e-324, lon=-1.7976931348623157e308, name=TEXT, town=None)
    Decision.objects.all().delete()
    entries = Entry.objects.all()[:2]
    Decision.objects.create(left=entries[0], right=entries[1], verdict="same", note=TEXT, decided_on=date.max)
    Harvest.objects.create(pk=2**62, source=Source.objects.first(), as_of=date.min, outcome="APPLIED", counts={})
    person = Person.objects.create_superuser("ana@example.org", name=TEXT)
    network = Organisation.objects.create(kind="NETWORK", name={"el": TEXT, "en": "x" * 5000, "": ""})
    Membership.objects.create(
        person=person,
        organisation=Organisation.objects.create(kind="OPERATOR", name={}, parent=network),
        role="OWNER",
        since=datetime.min.replace(tzinfo=UTC),
        until=datetime.max.replace(tzinfo=UTC),
    )
    person.usersession_set.create(
        session_key="k" * 32, ip="2001:DB8::0001", user_agent=TEXT, last_seen_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    Session.objects.create(session_key="k" * 32, session_data="e30", expire_date=datetime(2027, 1, 1, tzinfo=UTC))
    LogEntry.objects.create(
        user=person, content_type=ContentType.objects.get_for_model(Place), object_id="1", action_flag=CHANGE
    )
    nested: object = NUMBERS
    for depth in range(40):
        nested = {"z": depth, "a": [nested, {}], "ключ": {"\u2028": "\ud83d\ude00"}}
    Job.objects.create(name="nested", arguments={"b": nested, "a": NUMBERS})
    Schedule.objects.create(name="x", rule="every 2 hours", next=datetime(2026, 1, 1, 0, 0, 0, 1, UTC), active=False)
    Mail.objects.create(key="null", address="a", language="el", template="t", context=Value(None, JSONField()))
    for n in range(5):
        with transaction.atomic():
            audit.record(
                who=audit.Who("operator", str(n)),
                verb="place.told",
                thing=audit.Thing("place", one.pk),
                before={"n": NUMBERS[n]},
                after=None,
                why=TEXT,
            )
    Job.objects.create(name="gone").delete()  # its number is used up


def tables(found: list[copying.Compared]) -> dict[str, int]:
    return {one.table: one.source.rows for one in found if one.source.rows}


def execute(url: str, *statements: str) -> None:
    """As someone would by hand."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as base, base:
            for statement in statements:
                base.execute(statement)
    else:
        with psycopg.connect(url) as base:
            for statement in statements:
                base.execute(statement)  # type: ignore[arg-type]


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as base:
            return list(base.execute(question))
    with psycopg.connect(url) as base:
        return base.execute(question).fetchall()  # type: ignore[arg-type]


def run(url: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """A command of the site on that database."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-m", "coworkmed.cli", *command], env=environment, capture_output=True, text=True
    )


def called(*arguments: str) -> Result:
    return CliRunner().invoke(copydb, arguments)


class TestThereAndBack:
    def test_nothing_is_lost_or_altered(self, here: str, elsewhere: str, back: str, postgresql: str) -> None:
        there = copying.copy(source=here, target=elsewhere)
        last = postgresql if elsewhere == back else back
        again = copying.copy(source=elsewhere, target=last)
        assert all(one.same for one in (*there, *again))
        assert [one.source for one in there] == [one.target for one in again]
        assert all(one.same for one in copying.compare(source=here, target=last))
        rows = tables(there)
        assert {"people_person", "places_place", "platform_event", "django_session", "django_content_type"} <= set(rows)
        assert rows["platform_event"] == 5
        for url in (elsewhere, last):
            verified = run(url, "audit", "verify")
            assert verified.returncode == 0, verified.stderr
            assert verified.stdout.startswith("5 events: the trail holds.")

    def test_values_are_what_they_were(self, here: str, elsewhere: str) -> None:
        copying.copy(source=here, target=elsewhere)
        settings = copying._settings(elsewhere)
        with copying._opened(settings, settings) as (_, there):
            for model in (Place, Mail, Membership, Organisation, Person, Decision, Harvest):
                told = [field.attname for field in model._meta.concrete_fields]
                original, copied = (
                    list(model.objects.using(alias).order_by("pk").values_list(*told))
                    for alias in ("default", there.alias)
                )
                assert original == copied, model
            # PostgreSQL writes 1e+22 with all its digits, which Python then takes for a whole number
            original, copied = (
                json.loads(json.dumps(Job.objects.using(alias).get(name="nested").arguments), parse_int=float)
                for alias in ("default", there.alias)
            )
            assert original == copied
            null, empty = (
                Mail.objects.using(there.alias).filter(context=value).count()
                for value in (Value(None, JSONField()), {})
            )
            assert (null, empty) == (1, 0)

    def test_a_number_that_was_given_is_never_given_again(self, here: str, elsewhere: str) -> None:
        """The trail names things by their numbers: another thing under the same would inherit its history."""
        gone = Job.objects.create(name="last")
        gone_pk = gone.pk
        gone.delete()
        copying.copy(source=here, target=elsewhere)
        settings = copying._settings(elsewhere)
        with copying._opened(settings, settings) as (_, there):
            assert Job.objects.using(there.alias).create(name="next").pk == gone_pk + 1

    def test_the_trail_in_the_copy_refuses_to_be_changed_and_goes_on(self, here: str, elsewhere: str) -> None:
        copying.copy(source=here, target=elsewhere)
        refusal = sqlite3.IntegrityError if elsewhere.startswith("sqlite") else psycopg.errors.IntegrityError
        with pytest.raises(refusal, match="append-only"):
            execute(elsewhere, "UPDATE platform_event SET why = 'x' WHERE number = 3")

    def test_a_site_without_anything_into_a_database_without_tables(self, bare: str) -> None:
        assert set(tables(copying.copy(source=address(), target=bare))) <= {
            "auth_permission",
            "django_content_type",
        }

    def test_between_two_of_the_same_kind(self, here: str, request: pytest.FixtureRequest) -> None:
        same_kind = request.getfixturevalue("back" if connection.vendor == "sqlite" else "postgresql")
        assert all(one.same for one in copying.copy(source=here, target=same_kind))


ALTERED = {
    "a letter": ("people_person", "UPDATE people_person SET name = 'x' || name"),
    "upper case": ("people_person", "UPDATE people_person SET email = replace(email, 'ana', 'anb')"),
    "a number in JSON": ("platform_job", """UPDATE platform_job SET arguments = '{"a": 2}' WHERE name = 'nested'"""),
    "JSON's null": ("platform_mail", "UPDATE platform_mail SET context = '{}'"),
    "nothing for empty": ("places_place", "UPDATE places_place SET town = 0 WHERE town IS NULL"),
    "a yes": ("platform_schedule", "UPDATE platform_schedule SET active = NOT active"),
    "the last bit of a fraction": ("places_place", "UPDATE places_place SET lon = 0.3 WHERE lon BETWEEN 0.29 AND 0.31"),
    "a microsecond": ("platform_schedule", "UPDATE platform_schedule SET next = '2026-01-01 00:00:00.000002+00:00'"),
    "a row gone": ("django_session", "DELETE FROM django_session"),
    "a row more": (
        "platform_quiet",
        "INSERT INTO platform_quiet VALUES ('a', 'stopped', '', '2026-01-01 00:00:00+00:00')",
    ),
}


class TestSums:
    def test_whatever_is_altered_shows_and_nothing_else(self, here: str, back: str, postgresql: str) -> None:
        for target in (back, postgresql):
            copying.copy(source=here, target=target)
            for what, (table, statement) in ALTERED.items():
                execute(target, f"CREATE TABLE kept AS SELECT * FROM {table}", statement)
                found = copying.compare(source=here, target=target)
                execute(target, f"DELETE FROM {table}", f"INSERT INTO {table} SELECT * FROM kept", "DROP TABLE kept")
                assert [one.table for one in found if not one.same] == [table], what
            assert all(one.same for one in copying.compare(source=here, target=target))

    def test_two_rows_that_changed_places_in_the_table_are_no_difference_and_two_values_are(self, here: str) -> None:
        rows = [(1, "a"), (2, "b"), (3, "b")]
        sums = []
        for each in (rows, rows[::-1], [(1, "b"), (2, "a"), (3, "b")], [(1, "a"), (1, "a"), (2, "b"), (3, "b")]):
            total = copying._Total(Quiet)
            total.add(each)
            sums.append(total.sum)
        assert sums[0] == sums[1]
        assert len(set(sums)) == 3


class TestRefused:
    def refused(self, source: str, target: str, said: str) -> None:
        with pytest.raises(copying.CopyError, match=said) as caught:
            copying.copy(source=source, target=target)
        assert str(caught.value)

    def test_a_copy_that_differs_is_not_kept(self, here: str, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """One letter on the way, as a fault in the program might lose it."""
        real = copying._ready

        def faulty(model: type, one: object) -> Callable[..., list[object]]:
            ready = real(model, one)
            at = [field.attname for field in model._meta.concrete_fields].index("name") if model is Person else None
            return lambda row: [x[1:] if n == at else x for n, x in enumerate(ready(row))]

        monkeypatch.setattr(copying, "_ready", faulty)
        self.refused(here, elsewhere, "people_person")
        assert ask(elsewhere, "SELECT count(*) FROM people_person") == [(0,)]
        monkeypatch.undo()
        assert copying.copy(source=here, target=elsewhere), "the same target does for the next try"

    def test_a_target_that_holds_something(self, here: str, elsewhere: str) -> None:
        copying.copy(source=here, target=elsewhere)
        before = ask(elsewhere, "SELECT count(*), max(name) FROM people_person")
        self.refused(here, elsewhere, "not empty")
        assert ask(elsewhere, "SELECT count(*), max(name) FROM people_person") == before
        self.refused(here, here, "not empty")

    def test_another_version(self, here: str, elsewhere: str) -> None:
        copying.copy(source=address(), target=elsewhere)
        execute(elsewhere, "DELETE FROM django_migrations WHERE app = 'places' AND name LIKE '0002%'")
        self.refused(elsewhere, here, "older version")
        self.refused(here, elsewhere, "older version")

    def test_a_newer_version(self, here: str, elsewhere: str) -> None:
        copying.copy(source=here, target=elsewhere)
        execute(
            elsewhere,
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('places', '9999_tomorrow', '2030-01-01 00:00:00+00:00')",
        )
        self.refused(elsewhere, here, "newer version")

    def test_a_database_that_is_none(self, here: str, tmp_path: Path) -> None:
        missing, empty, text = (tmp_path / name for name in ("missing.sqlite3", "empty.sqlite3", "text.sqlite3"))
        empty.touch()
        text.write_text("no database at all, but long enough to be looked at as one" * 20)
        self.refused(f"sqlite:///{missing}", here, "There is no database")
        assert not missing.exists(), "a mistyped name makes no file"
        self.refused(f"sqlite:///{empty}", here, "holds no site")
        self.refused("mysql://host/name", here, "begins with")
        said = called("--from", f"sqlite:///{text}", "--to", here)
        assert said.exit_code == 1

    @pytest.mark.parametrize(
        ("table", "statement"),
        [
            ("places_place", "UPDATE places_place SET name = printf('%.301c', 'x')"),
            ("places_place", "UPDATE places_place SET town = 3000000000"),
            ("people_person", "UPDATE people_person SET name = 'a' || char(0) || 'b'"),
            ("platform_job", """UPDATE platform_job SET arguments = '{"a": "\\u0000"}'"""),
            ("platform_job", """UPDATE platform_job SET arguments = '{"a": "\\ud83d"}'"""),
        ],
    )
    def test_what_postgresql_can_not_hold_is_named(
        self, here: str, back: str, postgresql: str, table: str, statement: str
    ) -> None:
        copying.copy(source=here, target=back)
        execute(back, statement)
        self.refused(back, postgresql, rf"can't hold the row \S+ of {table}")
        assert ask(postgresql, "SELECT count(*) FROM people_person") == [(0,)]

    def test_a_row_that_points_at_nothing(self, here: str, back: str, elsewhere: str, postgresql: str) -> None:
        copying.copy(source=here, target=back)
        execute(back, "PRAGMA foreign_keys = OFF", "UPDATE places_link SET place_id = 'nowhere' WHERE entry_id > 0")
        self.refused(back, postgresql, "points at is missing")
        assert ask(postgresql, "SELECT count(*) FROM people_person") == [(0,)]


class TestMeanwhile:
    """The site goes on writing while it is copied."""

    def copied(self, here: str, elsewhere: str) -> int:
        written: list[str] = []

        def write(table: str, rows: int) -> None:
            if not written:  # tables are copied in order: this one comes later
                Quiet.objects.create(address=f"late {table}", reason="stopped")
                written.append(table)

        copying.copy(source=here, target=elsewhere, progress=write)
        assert written != ["platform_quiet"]
        return int(str(ask(elsewhere, "SELECT count(*) FROM platform_quiet")[0][0]))

    def test_the_copy_is_of_one_moment_and_nobody_waits(self, here: str, elsewhere: str) -> None:
        begun = datetime.now(UTC)
        assert self.copied(here, elsewhere) == 0
        assert datetime.now(UTC) - begun < timedelta(seconds=19), "a writer that waits gives up after 20"
        assert Quiet.objects.count() == 1
        assert [one.table for one in copying.compare(source=here, target=elsewhere) if not one.same] == [
            "platform_quiet"
        ]

    def test_without_the_one_moment_it_would_not_be(
        self, here: str, elsewhere: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(copying, "_one_moment", lambda one: nullcontext())
        with pytest.MonkeyPatch.context() as patch:
            # a cursor of PostgreSQL lives in a transaction only
            patch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
            assert self.copied(here, elsewhere) == 1


class TestCommand:
    def test_it_says_what_it_did_and_that_both_agree(self, here: str, elsewhere: str) -> None:
        done = called("--from", here, "--to", elsewhere)
        assert done.exit_code == 0, done.output
        assert "people_person" in done.output
        assert "rows were copied and compared." in done.output
        checked = called("--from", here, "--to", elsewhere, "--check")
        assert checked.exit_code == 0
        assert "Both hold the same" in checked.output

    def test_it_ends_with_1_where_they_differ_and_shows_both_sums(self, here: str, elsewhere: str) -> None:
        called("--from", here, "--to", elsewhere)
        execute(elsewhere, "UPDATE people_person SET name = 'x'")
        checked = called("--from", here, "--to", elsewhere, "--check")
        assert checked.exit_code == 1
        assert "These tables differ: people_person." in checked.output
        assert "≠" in checked.output

    def test_tables_of_nobody_are_named(self, here: str, elsewhere: str) -> None:
        copying.copy(source=here, target=elsewhere)
        execute(elsewhere, "CREATE TABLE a_plugin (x int)")
        assert copying.left_behind(elsewhere) == ["a_plugin"]

    def test_no_password_is_ever_told(self, here: str) -> None:
        refused = called("--from", here, "--to", "postgres://ana:Geheim-7@127.0.0.1:1/site")
        assert refused.exit_code == 1
        assert "Geheim" not in refused.output + str(refused.exception)
