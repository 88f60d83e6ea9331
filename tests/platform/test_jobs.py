"""Jobs: neither lost nor done twice, whoever is killed when."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.cli.work import work as command
from coworkmed.platform import jobs
from coworkmed.platform.models import Job, Quiet, Schedule

from .killed import at_every_statement, kill_at

ROOT = Path(__file__).resolve().parents[2]
LATER = timedelta(days=400)


@pytest.fixture
def declare(monkeypatch):
    """Declare jobs for one test, beside none of the others."""
    jobs.every_job()  # or reading them would declare them in place of these
    monkeypatch.setattr(jobs, "DECLARED", {})
    return jobs.job


def note(text: str = "done") -> None:
    """An effect that shows how often it took place."""
    Quiet.objects.create(address=f"{text}-{Quiet.objects.count()}", reason="stopped")


def effects() -> int:
    return Quiet.objects.count()


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def in_a_thread(work):
    def and_close():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=and_close)
    thread.start()
    return thread


@pytest.mark.django_db
class TestEnqueue:
    def test_it_is_done_once_with_its_arguments(self, declare):
        done = []
        ask = declare("ask")(lambda place, days=1: done.append((place, days)))
        ask.enqueue(place="p1", days=7)
        assert jobs.run_due() == 1
        assert jobs.run_due() == 0
        assert done == [("p1", 7)]
        assert states() == ["done"]

    def test_it_waits_for_its_time_and_the_earliest_goes_first(self, declare):
        done = []
        now = timezone.now()
        say = declare("say")(lambda hours: done.append(hours))
        for hours in (3, 1, 2):
            say.enqueue(due=now + timedelta(hours=hours), hours=hours)
        assert jobs.run_due(now) == 0
        assert jobs.run_due(now + timedelta(hours=2)) == 2
        assert done == [1, 2]

    @pytest.mark.parametrize("arguments", [{}, {"place": "p1", "colour": "blue"}, {"place": object()}, {"place": {1}}])
    def test_what_it_does_not_take_is_refused_at_once(self, declare, arguments):
        ask = declare("ask")(lambda place: None)
        with pytest.raises(TypeError):
            ask.enqueue(**arguments)
        assert states() == []

    def test_under_one_key_one_waits_at_the_earlier_time(self, declare):
        settle = declare("settle")(lambda place: note())
        other = declare("other")(lambda place: note())
        now = timezone.now()
        for minutes in (30, 10, 20):
            settle.enqueue(key="p1", due=now + timedelta(minutes=minutes), place="p1")
        settle.enqueue(key="p2", place="p2")
        other.enqueue(key="p1", place="p1")
        other.enqueue(place="p1")
        other.enqueue(place="p1")
        assert Job.objects.filter(name="settle", key="p1").get().due == now + timedelta(minutes=10)
        assert jobs.run_due(now + timedelta(hours=1)) == 5
        settle.enqueue(key="p1", place="p1")
        assert jobs.run_due() == 1

    def test_one_that_runs_does_not_count_as_waiting(self, declare):
        def again() -> None:
            note()
            if effects() < 3:
                settle.enqueue(key="p1")

        settle = declare("settle")(again)
        settle.enqueue(key="p1")
        assert jobs.run_due() == 3

    def test_two_jobs_of_one_name_or_a_rule_that_says_nothing_are_refused(self, declare):
        declare("ask")(note)
        with pytest.raises(ValueError, match="two jobs"):
            declare("ask")(note)
        with pytest.raises(ValueError, match="no rule"):
            declare("tell", every="now and then")


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_a_change_that_is_undone_asks_for_nothing(self, declare):
        ask = declare("ask")(note)
        with transaction.atomic():
            ask.enqueue(key="p1")
            transaction.set_rollback(True)
        assert jobs.run_due() == 0

    def test_who_joins_a_waiting_job_is_seen_by_it(self, declare):
        """The change is not committed yet when a worker comes by: it may not begin without seeing the change."""
        assert self._seen(declare) == 1

    def test_without_the_lock_it_would_not_be(self, declare, monkeypatch):
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer at a time: there is no lock to take away")
        real = models.QuerySet.select_for_update
        monkeypatch.setattr(
            models.QuerySet, "select_for_update", lambda self, **how: real(self, **how) if how else self
        )
        assert self._seen(declare) == 0

    def _seen(self, declare) -> int:
        seen = []
        look = declare("look")(lambda: seen.append(effects()))
        look.enqueue(key="p1")
        changed, asked = threading.Event(), threading.Event()

        def change() -> None:
            with transaction.atomic():
                note()
                look.enqueue(key="p1")
                changed.set()
                asked.wait(0.5)

        thread = in_a_thread(change)
        assert changed.wait(5)
        jobs.run_due()
        asked.set()
        thread.join()
        jobs.run_due()
        return seen[-1]

    def test_asked_for_twice_at_once_one_waits(self, declare):
        ask = declare("ask")(note)
        start = threading.Barrier(4)

        def enqueue() -> None:
            start.wait(5)
            ask.enqueue(key="p1")

        for thread in [in_a_thread(enqueue) for _ in range(4)]:
            thread.join()
        assert states() == ["waiting"]

    def test_several_workers_do_each_job_once(self, declare):
        say = declare("say")(lambda number: Quiet.objects.create(address=str(number), reason="stopped"))
        for number in range(20):
            say.enqueue(number=number)
        for thread in [in_a_thread(jobs.run_due) for _ in range(3)]:
            thread.join()
        assert effects() == 20
        assert set(states()) == {"done"}

    def test_what_a_failed_try_did_is_undone(self, declare):
        def half() -> None:
            note()
            raise RuntimeError("the other half")

        declare("half")(half).enqueue()
        jobs.run_due()
        assert effects() == 0
        assert Job.objects.get().error == "RuntimeError: the other half"


@pytest.mark.django_db
class TestFailing:
    def test_later_and_later_then_given_up(self, declare):
        declare("ask", retries=3, backoff=timedelta(minutes=1))(lambda: 1 / 0).enqueue()
        waits = []
        while jobs.run_one(timezone.now() + LATER) and (found := Job.objects.get()).state == "waiting":
            waits.append(round((found.due - timezone.now()).total_seconds() / 60))
            assert jobs.run_due() == 0, "not before its time"
        assert waits == [1, 2, 4]
        given_up = jobs.failed().get()
        assert given_up.attempts == 4
        assert given_up.error == "ZeroDivisionError: division by zero"
        assert jobs.run_due(timezone.now() + LATER) == 0

    def test_nobody_waits_longer_than_a_day(self, declare):
        assert declare("ask")(note).wait(32_000) == timedelta(days=1)

    def test_it_works_in_the_end(self, declare):
        tries = []

        def third_time() -> None:
            tries.append(1)
            if len(tries) < 3:
                raise OSError("not yet")

        declare("ask")(third_time).enqueue()
        while jobs.run_one(timezone.now() + LATER):
            pass
        assert len(tries) == 3
        assert states() == ["done"]

    def test_a_job_nobody_knows_any_more_is_given_up(self, declare):
        declare("ask")(note).enqueue()
        jobs.DECLARED.clear()
        jobs.run_due()
        assert jobs.failed().get().error == "LookupError: no job is named ask"

    def test_a_person_tries_it_again(self, declare):
        works = []
        ask = declare("ask", retries=0)(lambda: note() if works else 1 / 0)
        ask.enqueue(key="p1")
        jobs.run_due()
        failed = jobs.failed().get()
        works.append(True)
        assert jobs.retry(failed.pk)
        assert not jobs.retry(failed.pk)
        assert jobs.run_due() == 1
        assert effects() == 1
        assert jobs.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 0, "replaced": 0}

    def test_one_that_waits_to_do_the_same_stands_for_it(self, declare):
        broken = declare("broken", retries=0)(lambda: 1 / 0)
        broken.enqueue(key="p1")
        jobs.run_due()
        broken.enqueue(key="p1")
        assert jobs.retry(jobs.failed().get().pk)
        assert states() == ["replaced", "waiting"]

    @pytest.mark.parametrize("atomic", [True, False])
    def test_failing_while_another_waits_under_its_key(self, declare, atomic):
        ask = declare("ask", atomic=atomic)(lambda: Job.objects.create(name="ask", key="p1") and 1 / 0)
        ask.enqueue(key="p1")
        assert jobs.run_one()
        assert states() == (["waiting"] if atomic else ["replaced", "waiting"])

    def test_what_is_done_is_forgotten_and_what_failed_is_not(self, declare):
        ask = declare("ask", retries=0)(lambda fails: 1 / 0 if fails else None)
        ask.enqueue(fails=True)
        ask.enqueue(fails=False)
        jobs.run_due()
        Job.objects.update(finished=timezone.now() - timedelta(days=31))
        jobs.purge()
        assert states() == ["failed"]


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "moment", "following"),
        [
            ("every 10 minutes", "2026-11-23T05:59:59", "2026-11-23T06:00"),
            ("every 10 minutes", "2026-11-23T06:00:00", "2026-11-23T06:10"),
            ("every 1 hour", "2026-11-23T06:00:01", "2026-11-23T07:00"),
            ("every 2 days", "2026-11-23T06:00:01", "2026-11-25T00:00"),
            ("every day at 03:10 UTC", "2026-11-23T03:09:59", "2026-11-23T03:10"),
            ("every day at 03:10 UTC", "2026-12-31T03:10:00", "2027-01-01T03:10"),
            ("every day at 03:10 UTC", "2026-11-23T04:00:00+02:00", "2026-11-23T03:10"),
        ],
    )
    def test_the_next_time(self, rule, moment, following):
        start = datetime.fromisoformat(moment)
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        assert jobs.following(rule, start) == datetime.fromisoformat(following).replace(tzinfo=UTC)

    @pytest.mark.parametrize(
        "rule",
        ["", "daily", "every 0 minutes", "every day at 3:10", "every day at 24:00 UTC", "every day at 03:60 UTC",
         "every -1 hours", "every 10 minutes\n", "every 99999 days"],
    )  # fmt: skip
    def test_what_is_no_rule(self, rule):
        with pytest.raises(ValueError, match=r"rule|must be in"):
            jobs.following(rule, timezone.now())

    @given(
        rule=st.builds("every {} {}s".format, st.integers(1, 9999), st.sampled_from(["minute", "hour", "day"]))
        | st.builds("every day at {:02}:{:02} UTC".format, st.integers(0, 23), st.integers(0, 59)),
        moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    )
    def test_it_is_later_and_the_one_after_that_is_later_still(self, rule, moment):
        first = jobs.following(rule, moment)
        assert moment < first < jobs.following(rule, first)
        assert jobs.following(rule, first - timedelta(microseconds=1)) == first


@pytest.mark.django_db
class TestSchedules:
    NOW = datetime(2026, 11, 23, 6, 3, tzinfo=UTC)

    def test_due_again_and_again_and_once_when_missed(self, declare):
        declare("tick", every="every 10 minutes")(note)
        jobs.install(self.NOW)
        assert jobs.tick(self.NOW) == 0
        assert jobs.tick(self.NOW + timedelta(minutes=7)) == 1
        assert jobs.tick(self.NOW + timedelta(minutes=7)) == 0
        assert jobs.tick(self.NOW + timedelta(days=3)) == 1
        assert jobs.run_due() == 1
        assert jobs.tick(self.NOW + timedelta(days=3, minutes=10)) == 1
        assert jobs.run_due() == 1
        assert effects() == 2

    def test_a_restart_moves_nothing_and_a_new_rule_counts_from_now(self, declare):
        declare("tick", every="every day at 05:00 UTC")(note)
        jobs.install(self.NOW)
        before = Schedule.objects.get()
        Schedule.objects.update(active=False)
        jobs.install(self.NOW + timedelta(days=2))
        assert Schedule.objects.get().next == before.next
        assert jobs.tick(self.NOW + timedelta(days=3)) == 0, "it rests"
        jobs.DECLARED.clear()
        declare("tick", every="every 2 hours")(note)
        jobs.install(self.NOW)
        assert Schedule.objects.get().next == datetime(2026, 11, 23, 8, tzinfo=UTC)
        assert not Schedule.objects.get().active
        jobs.DECLARED.clear()
        jobs.install(self.NOW)
        assert not Schedule.objects.exists()

    def test_every_job_of_the_site_is_declared(self):
        jobs.install()
        assert {"jobs.purge", "mail.deliver", "mail.purge", "tokens.purge"} <= set(
            Schedule.objects.values_list("name", flat=True)
        )


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def test_at_every_statement_the_effect_takes_place_once(self, declare):
        """A worker dies at its 1st, 2nd, 3rd … statement; the one after it finds everything as it must be."""
        declare("change", retries=0)(lambda: (note(), note()))

        def run() -> None:
            jobs.run_due()

        def check(statement: int) -> None:
            Job.objects.filter(state="running").update(attempts=0)  # not to be given up for having died so often
            jobs.run_due(timezone.now() + LATER)
            assert effects() == 2, f"killed at statement {statement}"
            assert states() == ["done"]
            Job.objects.all().delete()
            Quiet.objects.all().delete()
            jobs.DECLARED["change"].enqueue()

        jobs.DECLARED["change"].enqueue()
        assert at_every_statement(run, check) >= 6

    def test_at_every_statement_a_schedule_asks_once(self, declare):
        declare("change", every="every 10 minutes")(note)
        jobs.install()
        now = timezone.now() + timedelta(minutes=11)

        def check(statement: int) -> None:
            jobs.tick(now)
            assert states() == ["waiting"], f"killed at statement {statement}"
            Job.objects.all().delete()
            Schedule.objects.update(next=now)

        Schedule.objects.update(next=now)
        assert at_every_statement(lambda: jobs.tick(now), check) >= 4

    def test_one_that_always_kills_its_worker_is_given_up(self, declare):
        poison = declare("poison", retries=2)(lambda: os.kill(os.getpid(), signal.SIGKILL))
        poison.enqueue()
        for turn in range(3):
            assert kill_at(0, lambda: jobs.run_one(timezone.now() + LATER)), turn
        assert states() == ["running"]
        jobs.run_due(timezone.now() + LATER)
        assert "silent" in jobs.failed().get().error

    def test_before_its_lease_ends_nobody_takes_it_up(self, declare):
        poison = declare("poison", lease=timedelta(minutes=5))(lambda: os.kill(os.getpid(), signal.SIGKILL))
        poison.enqueue()
        kill_at(0, jobs.run_due)
        assert jobs.run_due(timezone.now() + timedelta(minutes=4)) == 0
        assert states() == ["running"]

    @pytest.mark.parametrize("atomic", [True, False])
    def test_a_worker_that_was_held_for_dead_finishes_nothing(self, declare, atomic):
        """It was only slow: meanwhile another did the job, and what the slow one did in its transaction is undone."""
        turns = []

        def slow() -> None:
            turns.append(1)
            if len(turns) == 1:
                Job.objects.update(claim="another")  # as the other worker would, from its own connection
            note()

        declare("slow", atomic=atomic)(slow).enqueue()
        jobs.run_one()
        assert effects() == (0 if atomic else 1)
        assert states() == ["running"], "it is the other's to finish"


@pytest.mark.django_db(transaction=True)
class TestWorker:
    def test_it_works_until_it_is_told_to_stop(self, declare):
        declare("change")(note).enqueue()
        stop = threading.Event()
        thread = in_a_thread(lambda: jobs.work(stop, poll=0.01))
        deadline = time.monotonic() + 10
        while "done" not in states() and time.monotonic() < deadline:
            time.sleep(0.02)
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
        assert states() == ["done"]

    def test_a_slow_job_keeps_no_quick_one_waiting(self, declare):
        quick_done = threading.Event()
        declare("slow", slow=True, atomic=False)(lambda: quick_done.wait(5) and note()).enqueue()
        declare("quick")(lambda: transaction.on_commit(quick_done.set)).enqueue()
        stop = threading.Event()
        thread = in_a_thread(lambda: jobs.work(stop, poll=0.01))
        deadline = time.monotonic() + 10
        while states() != ["done", "done"] and time.monotonic() < deadline:
            time.sleep(0.02)
        stop.set()
        thread.join(10)
        assert effects() == 1, "the slow one saw the quick one end"

    def test_a_database_that_is_away_is_waited_for(self, declare, monkeypatch):
        declare("change")(note).enqueue()
        real, away = jobs.tick, []

        def tick() -> int:
            if len(away) < 3:
                away.append(1)
                raise OperationalError("the server is being restarted")
            return real()

        monkeypatch.setattr(jobs, "tick", tick)
        stop = threading.Event()
        thread = in_a_thread(lambda: jobs.work(stop, poll=0.01))
        deadline = time.monotonic() + 10
        while "done" not in states() and time.monotonic() < deadline:
            time.sleep(0.02)
        stop.set()
        thread.join(10)
        assert effects() == 1

    def test_once(self, declare, monkeypatch):
        monkeypatch.setattr("coworkmed.platform.database.prepare", lambda: None)
        declare("change")(note).enqueue()
        assert CliRunner().invoke(command, ["--once"]).output == "1 job begun.\n"
        assert effects() == 1


class TestBeside:
    """A server, played by a small program, with a worker beside it."""

    @pytest.fixture
    def start(self, var):
        started = []

        def start(server: str) -> "subprocess.Popen[bytes]":
            fake = [sys.executable, "-c", server]
            code = f"import sys; from coworkmed.cli import beside as b; b.PATIENCE_S = 2; sys.exit(b.beside({fake!r}))"
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COWORKMED_VAR": str(var)}
            environment.pop("DATABASE_URL", None)
            started.append(subprocess.Popen([sys.executable, "-c", code], env=environment))
            return started[-1]

        yield start
        for process in started:
            process.kill()
            process.wait()

    def children(self, pid: int) -> list[int]:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def gone(self, pids: list[int]) -> bool:
        deadline = time.monotonic() + 20
        while any(self.alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not any(self.alive(pid) for pid in pids)

    def alive(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        return False

    def both(self, process: "subprocess.Popen[bytes]") -> list[int]:
        deadline = time.monotonic() + 20
        while len(found := self.children(process.pid)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return found

    @pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="who is whose child is read from /proc")
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
    def test_told_to_end_or_killed_it_leaves_nobody_behind(self, start, end, tmp_path):
        begun = tmp_path / "begun"
        server = f"import os, time; parent = os.getppid(); open({str(begun)!r}, 'w')\n"
        process = start(server + "while os.getppid() == parent: time.sleep(.1)")
        both = self.both(process)
        while not begun.exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(end)
        assert process.wait(20) == (0 if end == signal.SIGTERM else -signal.SIGKILL)
        assert self.gone(both)

    def test_a_server_that_will_not_end_is_killed_with_its_workers(self, start, tmp_path):
        begun = tmp_path / "begun"
        deaf = "import os, signal, time; signal.signal(15, signal.SIG_IGN); child = os.fork()\n"
        process = start(f"{deaf}child or open({str(begun)!r}, 'w')\ntime.sleep(60)")
        while not begun.exists():
            assert process.poll() is None
            time.sleep(0.05)
        (server, worker) = self.both(process)
        family = [server, worker, *self.children(server), *self.children(worker)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        assert len(family) == 3
        assert self.gone(family)

    def test_a_server_that_ends_by_itself_ends_all_and_says_so(self, start):
        process = start("import sys, time; time.sleep(1); sys.exit(7)")
        assert process.wait(30) == 7
