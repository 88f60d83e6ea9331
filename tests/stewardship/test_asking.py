"""The clock at work: who is asked, in their language; killed anywhere, nobody is asked twice and nobody forgotten."""

from collections import Counter
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier, Thread, current_thread
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core import mail as outbox
from django.db import connection
from django.utils import timezone

from coworkmed.cli.asking import asking as command
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.models import Operates
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import consent
from coworkmed.places import clock_settings
from coworkmed.places.models import Place
from coworkmed.platform import audit, jobs, mail
from coworkmed.platform.models import Event, Job, Mail, Quiet, Schedule
from coworkmed.platform.tokens import address_digest
from coworkmed.stewardship import tasks
from coworkmed.stewardship.models import Asked, Report
from coworkmed.stewardship.queries import asking as queries
from coworkmed.stewardship.services import asking
from tests.people.conftest import organisation, person, role
from tests.platform.killed import at_every_statement, kill_at

TODAY = date(2026, 11, 24)  # a Tuesday on which nobody rests
LONG_AGO = date(2025, 3, 1)
BY = audit.Who("operator")


@pytest.fixture(autouse=True)
def sends(monkeypatch):
    """A site that may send."""
    ready = {"email_url": "smtp://relay.example", "email_from": "us@example.org", "site_url": "https://third.example"}
    changed = type(settings.ENV)(**{name: getattr(settings.ENV, name) for name in settings.ENV.__slots__} | ready)
    monkeypatch.setattr(settings, "ENV", changed)


@pytest.fixture
def ana(db):
    return person("ana@example.org")


@pytest.fixture
def ben(db):
    return person("ben@example.org")


@pytest.fixture
def operator(db):
    return person("operator@example.org", is_staff=True)


@pytest.fixture
def on_that_tuesday(monkeypatch):
    """The day the job takes for today."""
    monkeypatch.setattr(tasks, "timezone", SimpleNamespace(now=lambda: datetime(2026, 11, 24, 5, 10, tzinfo=UTC)))


def policy(monkeypatch, **policy):
    monkeypatch.setattr(settings, "CLOCK", clock_settings.Settings(policy))


def due(key, email="", on=LONG_AGO, **fields):
    values = {"name": f"House {key}", "kinds": ["COWORK"]} | ({"email": email} if email else {})
    told = {"public_id": key, "name": f"House {key}", "country": "FR", "due_on": on, "freshness": "unconfirmed"}
    return Place.objects.create(**told | {"values": values} | fields)


def asked(day=TODAY):
    """Address → places, of the letters planned for a day."""
    return {one.reader.address: [ask.place_id for ask in one.asks] for one in queries.plan(day)}


@pytest.mark.django_db
class TestWho:
    def test_the_address_shown_is_asked_once_for_all_its_places(self):
        due("a", "hello@a.example", date(2025, 5, 1))
        due("b", "HELLO@a.example", LONG_AGO)
        due("c", "other@c.example", TODAY + timedelta(1))
        due("d", "closed@d.example", status="CLOSED")
        due("e", "merged@e.example", merged_into=Place.objects.get(pk="a"), status="MERGED")
        (letter,) = queries.plan(TODAY)
        assert [ask.place_id for ask in letter.asks] == ["b", "a"]
        assert letter.to == "OWNER"

    def test_who_runs_it_goes_before_the_address_shown_and_the_owner_before_the_team(self, ana, ben):
        due("a", "info@a.example")
        runs = organisation("Runs it", kind="OPERATOR")
        Operates.objects.create(organisation=runs, place="a")
        role(ben, runs, "TEAM")
        consent(person=ben, purpose="ASKED", given=True)
        assert asked() == {"ben@example.org": ["a"]}
        role(ana, runs, "OWNER")
        assert asked() == {"ben@example.org": ["a"]}, "ana has not agreed to be asked"
        consent(person=ana, purpose="ASKED", given=True)
        assert asked() == {"ana@example.org": ["a"]}
        mail.stop("ana@example.org")
        assert asked() == {"ben@example.org": ["a"]}
        mail.stop("ben@example.org")
        assert asked() == {"info@a.example": ["a"]}
        ana.memberships.update(until=timezone.now())
        ben.emailaddress_set.update(verified=False)
        Quiet.objects.all().delete()
        assert asked() == {"info@a.example": ["a"]}

    def test_the_nearest_steward_looks_after_a_place_without_an_address(self, ana, ben, operator):
        due("a", region="FR-PAC", town=2995469)
        where = organisation("Authority", kind="AUTHORITY")
        assert asked() == {"operator@example.org": ["a"]}
        for tends, territory in (("country", "FR"), ("region", "FR-PAC"), ("town", "2995469")):
            role(person(f"{tends}@example.org"), where, "STEWARD", territory=territory)
            assert asked() == {f"{tends}@example.org": ["a"]}
        runs = organisation("Runs it", parent=organisation("Network"), kind="OPERATOR")
        Operates.objects.create(organisation=runs, place="a")
        role(ben, runs.parent, "STEWARD")
        assert asked() == {"ben@example.org": ["a"]}
        for tends in ("ben", "town", "region"):
            mail.stop(f"{tends}@example.org")
        assert asked() == {"country@example.org": ["a"]}
        mail.stop("country@example.org")
        role(ana, runs.parent, "COORDINATOR")
        assert asked() == {"ana@example.org": ["a"]}

    def test_whoever_is_asked_as_a_steward_may_tend_the_place(self, ana, ben, operator):
        """A coordinator of a territory where nobody of theirs runs the place has no say in it, and is not asked."""
        authority = organisation("Authority", kind="AUTHORITY", territory="FR")
        role(ana, authority, "COORDINATOR")
        role(ben, authority, "OBSERVER")
        place = due("a", region="FR-PAC")
        assert not can(ana, Action.PLACE_TEND, place)
        assert can(operator, Action.PLACE_TEND, place)
        assert asked() == {"operator@example.org": ["a"]}
        role(ben, authority, "STEWARD")
        assert can(ben, Action.PLACE_TEND, place)
        assert asked() == {"ben@example.org": ["a"]}

    def test_several_share_fairly_and_who_leaves_changes_nothing_for_the_others(self, monkeypatch):
        policy(monkeypatch, budget=1000)
        monkeypatch.setattr(queries, "MOST", {"OWNER": 1, "STEWARD": 1000})
        region = organisation("Authority", kind="AUTHORITY", territory="FR-PAC")
        for name in "xyz":
            role(person(f"{name}@example.org"), region, "STEWARD")
        for number in range(300):
            due(f"p{number:03}", region="FR-PAC")
        before = {place: who for who, places in asked().items() for place in places}
        shares = Counter(before.values())
        assert len(before) == 300
        assert all(70 < count < 130 for count in shares.values()), shares
        region.memberships.filter(person__email="z@example.org").update(until=timezone.now())
        after = {place: who for who, places in asked().items() for place in places}
        assert {place for place in before if before[place] != after[place]} == {
            place for place, who in before.items() if who == "z@example.org"
        }

    def test_who_is_not_the_place_is_not_asked_about_it_again(self, operator):
        for key in "ab":
            due(key, "hello@a.example")
        Report.objects.create(
            place_id="a", reason="NOT_US", address=address_digest("hello@a.example"), due=timezone.now()
        )
        assert asked() == {"hello@a.example": ["b"], "operator@example.org": ["a"]}
        Report.objects.update(outcome="REFUSED")
        assert asked() == {"hello@a.example": ["a", "b"]}

    @pytest.mark.parametrize("reason", ["BOUNCED", "STOPPED"])
    def test_where_mail_comes_back_or_is_not_wanted_the_steward_is_asked_why(self, operator, reason):
        due("a", "hello@a.example")
        mail.quiet(address_digest("hello@a.example"), Quiet.Reason[reason])
        (letter,) = queries.plan(TODAY)
        assert (letter.reader.address, letter.asks[0].why) == ("operator@example.org", reason)

    def test_without_anyone_to_ask_nothing_is_asked(self):
        due("a")
        assert asked() == {}

    def test_one_mail_asks_about_so_many_places_and_the_others_wait(self, monkeypatch):
        for number in range(30):
            due(f"p{number:02}", "chain@a.example")
        assert asking.ask(today=TODAY) == 1
        first = set(Asked.objects.values_list("place", flat=True))
        assert len(first) == queries.MOST["OWNER"] < 30
        assert asked(TODAY + timedelta(29)) == {}
        assert set(asked(date(2027, 1, 11))["chain@a.example"]).isdisjoint(first)

    def test_who_runs_one_place_and_tends_another_is_asked_as_one_of_both(self, ana):
        due("a", "ana@example.org")
        due("b", on=date(2025, 1, 1))
        role(ana, organisation("Authority", kind="AUTHORITY", territory="FR"), "STEWARD")
        (letter,) = queries.plan(TODAY)
        assert (letter.to, [ask.place_id for ask in letter.asks]) == ("STEWARD", ["b"])

    def test_the_past_is_read_in_a_few_questions(self, django_assert_max_num_queries, operator):
        for number in range(20):
            due(f"p{number:02}", f"a{number}@a.example" if number % 2 else "")
        with django_assert_max_num_queries(20):
            queries.plan(TODAY)


@pytest.mark.django_db
class TestLetters:
    def test_each_in_its_language_with_links_and_a_way_to_stop(self, ben):
        due("a", "ciao@a.example", country="IT")
        due("b", "hola@b.example", country="ES", region="ES-CT")
        due("c", country="GR")
        role(ben, organisation("Authority", kind="AUTHORITY", territory="GR"), "STEWARD")
        type(ben).objects.filter(pk=ben.pk).update(language="hr")
        assert asking.ask(today=TODAY) == 3
        jobs.run_due()
        sent = {one.to[0]: one for one in outbox.outbox}
        languages = {address: one.extra_headers["Content-Language"] for address, one in sent.items()}
        assert languages == {"ciao@a.example": "it", "hola@b.example": "ca", "ben@example.org": "hr"}
        for one in sent.values():
            assert "https://third.example/" in one.body
            assert one.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert sent["hola@b.example"].body.count("/word/") == 3
        assert "House c" in sent["ben@example.org"].body

    def test_what_was_asked_is_remembered_without_the_address(self):
        due("a", "hello@a.example")
        asking.ask(today=TODAY)
        kept = Asked.objects.get()
        assert (kept.place_id, kept.to, kept.why, kept.on) == ("a", "OWNER", "DUE", TODAY)
        assert kept.address == address_digest("hello@a.example") and "@" not in kept.mail
        assert Mail.objects.get().key == kept.mail
        event = Event.objects.get(verb="places.asked")
        assert (event.role, event.thing_id) == ("machine", str(TODAY))
        assert "example" not in event.after

    def test_the_day_goes_on_where_it_stopped_and_nobody_is_asked_twice(self, monkeypatch):
        for number in range(5):
            due(f"p{number}", f"a{number}@a.example", LONG_AGO + timedelta(number))
        policy(monkeypatch, budget=2)
        assert asking.ask(today=TODAY) == 2
        assert asking.ask(today=TODAY) == 0
        policy(monkeypatch, budget=4)
        assert asking.ask(today=TODAY) == 2
        policy(monkeypatch, budget=100)
        assert asking.ask(today=TODAY + timedelta(1)) == 1
        assert Mail.objects.count() == len(set(Mail.objects.values_list("address", flat=True))) == 5

    def test_silence_goes_to_the_steward_and_an_answer_ends_the_asking(self, operator):
        due("a", "hello@a.example")
        asking.ask(today=TODAY)
        assert asked(TODAY + timedelta(34)) == {}
        monday = date(2027, 1, 11)  # after the days of Christmas
        assert asked(monday) == {"operator@example.org": ["a"]}
        Place.objects.update(due_on=date(2027, 11, 24))
        assert asked(monday) == {}

    def test_an_address_that_is_none_is_not_in_the_way_of_the_others(self, operator, caplog):
        due("a", "no address", date(2024, 1, 1))
        due("b", "hello@b.example")
        assert asking.ask(today=TODAY) == 2
        assert [one.to for one in Mail.objects.all()] == ["hello@b.example"]
        assert Asked.objects.get(place="a").to == "OWNER"
        assert "a place can't be asked" in caplog.text

    def test_hostile_values_are_words_like_others(self):
        due("a", "hello@a.example", name="<script>alert(1)</script> {{ 7*7 }}\r\nBcc: x@y.example")
        asking.ask(today=TODAY)
        jobs.run_due()
        (sent,) = outbox.outbox
        assert sent.to == ["hello@a.example"] and not sent.bcc
        assert "<script" not in sent.alternatives[0][0]
        assert "\n" not in sent.subject


@pytest.mark.django_db
class TestWhatOthersWrite:
    def test_an_address_and_a_place_once_a_month(self, operator):
        place = due("a", "hello@a.example")
        assert queries.may_write(TODAY, address="hello@a.example", place="a")
        asking.note(to="hello@a.example", mail="suggested:1", today=TODAY, place=place, why="SUGGESTED")
        assert not queries.may_write(TODAY + timedelta(29), address="Hello@a.example")
        assert not queries.may_write(TODAY + timedelta(29), place="a")
        assert queries.may_write(TODAY + timedelta(30), address="hello@a.example", place="a")
        assert queries.may_write(TODAY, address="other@a.example", place="b")
        assert asked(TODAY) == {}, "the clock keeps to it too"

    def test_a_mail_that_asks_nothing_is_no_silence_of_the_owner(self, operator):
        place = due("a", "hello@a.example")
        asking.note(to="hello@a.example", mail="suggested:1", today=TODAY, place=place)
        assert asked(date(2027, 1, 11)) == {"hello@a.example": ["a"]}

    def test_a_mail_about_no_place_counts_for_the_day_only(self, monkeypatch):
        policy(monkeypatch, budget=2)
        due("a", "hello@a.example")
        due("b", "hello@b.example")
        asking.note(to="hello@a.example", mail="digest:1", today=TODAY)
        asking.note(to="hello@a.example", mail="digest:1", today=TODAY)
        assert queries.may_write(TODAY, address="hello@a.example", place="a")
        assert len(queries.plan(TODAY)) == 1
        asking.ask(today=TODAY)
        assert not queries.may_write(TODAY)
        assert queries.may_write(TODAY + timedelta(1))

    def test_nothing_goes_to_who_wants_none(self):
        mail.stop("hello@a.example")
        assert not queries.may_write(TODAY, address="hello@a.example")


@pytest.mark.django_db
class TestSwitch:
    def test_a_new_site_asks_nobody_until_it_is_told_to(self):
        due("a", "hello@a.example")
        jobs.install()
        Schedule.objects.filter(name__in=(asking.ASK, asking.SITES)).update(next=timezone.now())
        jobs.tick()
        jobs.run_due()
        assert not Asked.objects.exists()
        tasks.ask()
        assert not Asked.objects.exists()
        asking.switch(asking.ASK, on=True, by=BY)
        assert Schedule.objects.get(pk=asking.ASK).active
        tasks.ask.enqueue(key=jobs.SCHEDULED)
        asking.switch(asking.ASK, on=False, by=BY)
        assert not Job.objects.filter(name=asking.ASK, state="waiting").exists()
        assert list(Event.objects.filter(verb="site.switched").values_list("after", flat=True)) == ["true", "false"]

    def test_the_job_asks_on_the_day_it_is_done(self, on_that_tuesday):
        due("a", "hello@a.example")
        jobs.rest(asking.ASK, resting=False)
        tasks.ask()
        assert Asked.objects.get().on == TODAY

    @pytest.mark.parametrize(
        ("lacks", "says"),
        [
            ({"email_url": ""}, "Mail goes nowhere"),
            ({"email_from": ""}, "EMAIL_FROM"),
            ({"site_url": "http://localhost:8000"}, "SITE_URL"),
            ({"demo": True}, "fiction"),
        ],
    )
    def test_a_site_that_can_t_send_says_what_it_lacks(self, monkeypatch, lacks, says):
        kept = {name: getattr(settings.ENV, name) for name in settings.ENV.__slots__}
        monkeypatch.setattr(settings, "ENV", type(settings.ENV)(**kept | lacks))
        due("a", "hello@a.example")
        for act in (lambda: asking.switch(asking.ASK, on=True, by=BY), lambda: asking.ask(today=TODAY)):
            with pytest.raises(CoworkmedError, match=says):
                act()
        assert jobs.rests(asking.ASK)
        assert not Asked.objects.exists()
        asking.switch(asking.SITES, on=True, by=BY)

    def test_who_was_asked_is_forgotten_after_years(self):
        for on in (TODAY - timedelta(4 * 365), timezone.now().date()):
            Asked.objects.create(place=due(str(on)), address="x", to="OWNER", why="DUE", on=on, mail=str(on))
        tasks.forget()
        assert Asked.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestCommand:
    def run(self, *arguments):
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
        return done.exit_code, done.output

    def test_on_and_off_and_how_it_stands(self):
        due("a", "hello@a.example")
        assert "Off: no place is asked" in self.run()[1]
        assert "1 place is due" in self.run()[1]
        assert self.run("on")[0] == 0 and not jobs.rests(asking.ASK)
        assert self.run("sites", "on")[0] == 0 and not jobs.rests(asking.SITES)
        assert "On: places are asked" in self.run()[1]
        self.run("off")
        assert jobs.rests(asking.ASK) and not jobs.rests(asking.SITES)
        assert self.run("sites", "sideways")[0] == 2

    def test_a_site_that_can_t_send_is_not_switched_on(self, monkeypatch):
        kept = {name: getattr(settings.ENV, name) for name in settings.ENV.__slots__}
        monkeypatch.setattr(settings, "ENV", type(settings.ENV)(**kept | {"email_url": ""}))
        code, said = self.run("on")
        assert code == 1 and "EMAIL_URL" in said
        assert "EMAIL_URL" in self.run()[1]

    def test_the_preview_asks_nobody_and_its_letter_confirms_nothing(self, tmp_path):
        due("a", "hello@a.example", date(2025, 1, 1), country="IT")
        due("b", "hola@b.example", country="ES")
        letter = tmp_path / "letter.html"
        code, said = self.run("preview", "--day", str(TODAY), "--letter", str(letter))
        assert code == 0
        assert "2026-11-24: 2 letters" in said
        assert "hello@a.example  it  1" in said and "hola@b.example  es  1" in said
        page = letter.read_text()
        assert "House a" in page and "/word/" not in page and "/it/places/a/" in page
        assert not Asked.objects.exists() and not Mail.objects.exists()

    def test_on_a_quiet_day_it_looks_ahead(self, monkeypatch):
        due("a", "hello@a.example")
        monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2027, 7, 30))
        assert "2027-09-01: 1 letter" in self.run("preview")[1]
        assert "Nobody would be asked" in self.run("preview", "--day", "2027-08-10")[1]

    def test_nobody_to_ask(self):
        assert "Nobody would be asked" in self.run("preview")[1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_and_run_again_nobody_is_asked_twice_and_nobody_forgotten(operator, on_that_tuesday):
    """As the worker does it. All that is written down on a day is one transaction."""
    for key, email in (("a", "hello@a.example"), ("b", "hello@a.example"), ("c", "")):
        due(key, email)
    jobs.rest(asking.ASK, resting=False)
    tasks.ask.enqueue(key=jobs.SCHEDULED)
    whole = [("a", "OWNER"), ("b", "OWNER"), ("c", "STEWARD")]
    seen = Counter()

    def check(statement):
        rows = sorted(Asked.objects.values_list("place", "to"))
        letters, events = Mail.objects.count(), Event.objects.filter(verb="places.asked").count()
        assert (rows, letters, events) in (([], 0, 0), (whole, 2, 1)), statement
        seen[letters] += 1
        Job.objects.filter(state="running").update(lease=timezone.now() - timedelta(1), attempts=0)

    assert at_every_statement(jobs.run_one, check) > 20
    assert seen[0] > 20
    assert Mail.objects.count() == 2
    assert Job.objects.get(name=asking.ASK).state == "done"
    asking.ask(today=TODAY)
    assert Mail.objects.count() == 2, "a second run the same day writes to nobody"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_one_transaction_the_killing_shows(monkeypatch):
    """The negative control of the test above: letters written and not remembered would be written again."""
    for key in "ab":
        due(key, f"hello@{key}.example")
    monkeypatch.setattr(asking.audit, "record", lambda **told: 0)
    monkeypatch.setattr(asking, "transaction", SimpleNamespace(atomic=nullcontext))

    def left_half(statement):
        kill_at(statement, lambda: asking.ask(today=TODAY))
        found = Mail.objects.count(), Asked.objects.count()
        for kind in (Mail, Asked, Job):
            kind.objects.all().delete()
        return found == (1, 0)

    assert any(map(left_half, range(1, 100)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time anyway")
@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_at_once_write_one_letter_each_address(monkeypatch, guarded):
    """Both have planned before either writes. Without the key under which there is one mail, and without a look at what
    was written since, there would be two."""
    for key in "abc":
        due(key, f"hello@{key}.example")
    both, planned, send, numbers = Barrier(2), queries.plan, mail.send, count()
    waited = set()

    def plan(today):
        found = planned(today)
        if current_thread() not in waited:
            waited.add(current_thread())
            both.wait(20)
        return found

    monkeypatch.setattr(queries, "plan", plan)
    if not guarded:
        monkeypatch.setattr(asking, "_last_asked", lambda: 0)
        monkeypatch.setattr(mail, "send", lambda *, key, **told: send(key=f"{key}:{next(numbers)}", **told))
        monkeypatch.setattr(asking.Asked.objects, "bulk_create", list)

    def work():
        try:
            asking.ask(today=TODAY)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert Mail.objects.count() == (3 if guarded else 6)
    assert Asked.objects.count() == (3 if guarded else 0)
