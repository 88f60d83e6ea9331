"""The nightly asking: which lists are due, each once, the registry after them, whoever is killed when."""

import socket
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed import demo, env
from coworkmed.cli import work
from coworkmed.places.models import Place
from coworkmed.platform import jobs
from coworkmed.platform.models import Job, Quiet, Schedule
from coworkmed.sources import catalogue, rules, services, tasks, voices
from coworkmed.sources.catalogue import CADENCES, Pick, Spec
from coworkmed.sources.models import Assertion, Entry, Harvest, Source
from tests.platform.killed import at_every_statement

DAY = date(2026, 11, 22)
LATER = timedelta(days=400)


class TestDue:
    @pytest.mark.parametrize(
        ("cadence", "days", "due"),
        [
            *((cadence, None, True) for cadence in CADENCES),  # never had
            ("live", 0, False),
            ("live", 1, True),
            ("daily", 1, True),
            ("weekly", 6, False),
            ("weekly", 7, True),
            ("monthly", 29, False),
            ("monthly", 30, True),
            ("yearly", 29, False),
            ("yearly", 30, True),
            ("irregular", 30, True),
            ("unknown", 30, True),
            ("frozen", 3000, False),
        ],
    )
    def test_by_cadence(self, cadence: str, days: int | None, due: bool) -> None:
        harvested_on = None if days is None else DAY - timedelta(days=days)
        assert rules.is_due(cadence=cadence, harvested_on=harvested_on, today=DAY) is due

    @given(st.sampled_from(CADENCES), st.integers(-400, 4000))
    def test_one_that_is_due_stays_so_until_it_is_had(self, cadence: str, days: int) -> None:
        """However often the night is missed."""
        had = DAY - timedelta(days=days)
        if rules.is_due(cadence=cadence, harvested_on=had, today=DAY):
            assert rules.is_due(cadence=cadence, harvested_on=had, today=DAY + timedelta(days=1))
        assert not rules.is_due(cadence=cadence, harvested_on=DAY, today=DAY)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWORKMED_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(settings, "ENV", env.read())


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many harvests each refresh found, in place of refreshing."""
    found: list[int] = []
    monkeypatch.setattr(jobs, "DECLARED", {one.name: one for one in (tasks.ask, tasks.harvest)})
    jobs.job(tasks.REFRESH, slow=True)(lambda: found.append(Harvest.objects.exclude(outcome="REFUSED").count()))
    return found


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Three lists of one place each, in a folder."""
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text(f"id,name,postcode,locality\n1,House {number},1300{number},Marseille\n")
    services.register(specs=[spec(tmp_path, number) for number in range(3)])
    return tmp_path


def spec(folder: Path, number: int, **more: object) -> Spec:
    fields = {
        "key": f"list-{number}",
        "title": {"en": "A list"},
        "keeper": "Someone",
        "licence": "CC0-1.0",
        "attribution": "Someone",
        "connector": "csv",
        "location": str(folder / f"{number}.csv"),
        "cadence": "daily",
        "columns": {name: Pick((name,)) for name in ("id", "name", "postcode", "locality")},
        "defaults": {"country": "FR"},
        "options": {"delimiter": ",", "encoding": "utf-8"},
    }
    return Spec(**(fields | more))  # type: ignore[arg-type]


def waiting(name: str) -> list[str]:
    return sorted(Job.objects.filter(name=name, state="waiting").values_list("key", flat=True))


def harvested_before(days: int) -> None:
    Source.objects.update(harvested_on=timezone.now().date() - timedelta(days=days))


@pytest.mark.django_db
class TestAsking:
    def test_each_list_once_in_a_job_of_its_own(self, lists: Path, following: list[int]) -> None:
        tasks.ask()
        tasks.ask()
        assert waiting("sources.harvest") == ["list-0", "list-1", "list-2"]
        assert not Harvest.objects.exists(), "to ask is quick: the work comes after"

    def test_only_what_is_due(self, lists: Path, following: list[int]) -> None:
        services.register(specs=[spec(lists, 0, cadence="weekly"), spec(lists, 1, cadence="frozen"), spec(lists, 2)])
        harvested_before(1)
        tasks.ask()
        assert waiting("sources.harvest") == ["list-2"]

    def test_people_are_no_list(self, db: None, following: list[int]) -> None:
        services.register(specs=list(voices.VOICES.values()))
        tasks.ask()
        assert waiting("sources.harvest") == []

    def test_one_refresh_after_all_of_them(self, lists: Path, following: list[int]) -> None:
        tasks.ask()
        jobs.run_due()
        assert following == [3]
        assert Entry.objects.count() == 3

    def test_nothing_new_is_no_work(self, lists: Path, following: list[int]) -> None:
        tasks.ask()
        jobs.run_due()
        Harvest.objects.all().delete()  # as if it had been another day
        harvested_before(1)
        tasks.ask()
        jobs.run_due()
        assert following == [3]
        assert not Job.objects.exclude(state="done").exists()

    def test_a_list_that_can_not_be_had_is_flagged_and_costs_the_others_nothing(
        self, lists: Path, following: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A site without a network, or a list that moved, is no failure of the program."""

        def unknown(host: str, port: int) -> list[str]:
            raise socket.gaierror("Temporary failure in name resolution")

        monkeypatch.setattr(
            services.fetch.fetch, "__kwdefaults__", services.fetch.fetch.__kwdefaults__ | {"resolve": unknown}
        )
        (lists / "1.csv").unlink()
        services.register(specs=[spec(lists, 2, location="https://list.example/list.csv")])
        tasks.ask()
        jobs.run_due()
        flags = dict(Source.objects.values_list("key", "flag"))
        assert flags == {"list-0": "", "list-1": "UNREACHABLE", "list-2": "UNREACHABLE"}
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}
        assert following == [1]
        tasks.ask()
        assert waiting("sources.harvest") == ["list-1", "list-2"], "they are asked again the next night"

    def test_a_list_that_shrank_changes_nothing(self, lists: Path, following: list[int]) -> None:
        tasks.ask()
        jobs.run_due()
        before = list(Assertion.objects.values_list())
        (lists / "0.csv").write_text("id,name,postcode,locality\n")
        Harvest.objects.all().delete()
        harvested_before(1)
        tasks.ask()
        jobs.run_due()
        assert Source.objects.get(pk="list-0").flag == "EMPTY"
        assert list(Assertion.objects.values_list()) == before
        assert following == [3]

    def test_what_vanished_goes_on_waiting_and_is_settled_when_it_stops_speaking(
        self, lists: Path, following: list[int]
    ) -> None:
        tasks.ask()
        jobs.run_due()
        Harvest.objects.all().delete()
        harvested_before(1)
        Entry.objects.filter(source="list-0").update(missing_since=timezone.now().date() - rules.GRACE)
        tasks.ask()
        jobs.run_due()
        assert Entry.objects.filter(source="list-0").exclude(retired_on=None).exists()
        assert len(following) == 2

    def test_an_operator_may_let_it_rest(self, lists: Path, following: list[int]) -> None:
        jobs.install()
        tomorrow = timezone.now() + timedelta(days=1)
        Schedule.objects.filter(name="sources.ask").update(active=False)
        assert jobs.tick(tomorrow) == 0
        Schedule.objects.filter(name="sources.ask").update(active=True)
        assert jobs.tick(tomorrow) == 1


@pytest.mark.django_db
def test_a_worker_shows_what_is_done_by_itself_and_what_rests(capsys: pytest.CaptureFixture[str]) -> None:
    jobs.install()
    Schedule.objects.filter(name="places.refresh").update(active=False)
    work.show()
    told = {line.split()[0]: line for line in capsys.readouterr().err.splitlines() if "." in line}
    assert "every day at 01:20 UTC" in told["sources.ask"]
    assert "01:20 UTC" in told["sources.ask"].split("every day at 01:20 UTC")[1], "the next time"
    assert told["places.refresh"].rstrip().endswith("rests")


@pytest.mark.django_db
def test_the_registry_follows_the_lists(lists: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the jobs as the site has them."""
    tasks.ask()
    jobs.run_due()
    assert set(Place.objects.values_list("name", flat=True)) == {"House 0", "House 1", "House 2"}
    assert not Job.objects.exclude(state="done").exists()


@pytest.mark.django_db
@pytest.mark.slow
def test_the_demo_is_asked_like_any_site(following: list[int], tmp_path: Path) -> None:
    services.register(specs=catalogue.load(demo.write(tmp_path / "lists")))
    tasks.ask()
    jobs.run_due()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert following == [Harvest.objects.exclude(outcome="REFUSED").count()]


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_it_takes_a_list_in_once(lists: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker dies at its 1st, 2nd, 3rd … statement; the one after it ends with the list taken in and the registry
    told of it, each once."""
    monkeypatch.setattr(jobs, "DECLARED", {tasks.harvest.name: tasks.harvest})
    jobs.job(tasks.REFRESH)(lambda: Quiet.objects.create(address=f"{Quiet.objects.count()}", reason="stopped"))

    def begin() -> None:
        Job.objects.all().delete()
        Entry.objects.update(assertion=None)
        Assertion.objects.all().delete()
        Entry.objects.all().delete()
        Harvest.objects.all().delete()
        Quiet.objects.all().delete()
        Source.objects.update(checksum="", etag="", last_modified="", harvested_on=None)
        tasks.harvest.enqueue(key="list-0", source="list-0")

    def check(statement: int) -> None:
        Job.objects.filter(state="running").update(attempts=0)  # not to be given up for having died so often
        jobs.run_due(timezone.now() + LATER)
        said = f"killed at statement {statement}"
        assert list(Entry.objects.values_list("external_id", "assertion__digest")) == list(
            Assertion.objects.values_list("entry__external_id", "digest")
        ), said
        assert Entry.objects.count() == 1, said
        assert list(Harvest.objects.values_list("outcome", flat=True)) == ["APPLIED"], said
        assert Quiet.objects.exists(), f"{said}, the registry never followed"
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}, said
        begin()

    begin()
    assert at_every_statement(jobs.run_due, check) >= 20
