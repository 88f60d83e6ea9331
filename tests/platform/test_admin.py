"""The back office: for operators, to look at; what may be done there is done by services and told to the trail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from coworkmed.people.models import Person
from coworkmed.platform import audit, jobs, mail, operating, tasks
from coworkmed.platform.admin import shortened
from coworkmed.platform.back_office import BY_HAND
from coworkmed.platform.models import Event, Job, Mail, Quiet, Schedule
from coworkmed.sources.models import Source
from tests.web import factories

pytestmark = pytest.mark.django_db
PAGES = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
READ_ONLY = sorted(PAGES.keys() - BY_HAND.keys())
WHO = audit.Who("operator", "1")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(Person.objects.create_superuser("operator@example.org"))
    return client


def address(label: str) -> str:
    return f"/admin/{label.replace('.', '/')}/"


def act(client: Client, label: str, action: str, *chosen: object, **more: str) -> HttpResponse:
    given = {"action": action, "_selected_action": [str(one) for one in chosen], **more}
    answer = client.post(address(label), given, follow=True)
    assert answer.status_code == 200
    return answer


def told() -> list[tuple[str, str, str]]:
    return list(Event.objects.order_by("number").values_list("verb", "thing_type", "role"))


class TestNothingIsWrittenHere:
    def test_whatever_is_not_read_only_has_a_reason(self) -> None:
        assert BY_HAND.keys() <= PAGES.keys()
        assert all(BY_HAND.values())
        assert not {label for label in BY_HAND if label.startswith(("people", "platform", "places", "sources"))}

    def test_pages_that_packages_bring_are_left_out(self) -> None:
        ours = {one.label for one in apps.get_app_configs() if one.name.startswith("coworkmed")}
        assert {label.split(".")[0] for label in READ_ONLY} <= ours
        assert not admin.site.is_registered(apps.get_model("mfa.Authenticator")), "it shows secrets"

    @pytest.mark.parametrize("label", READ_ONLY)
    def test_no_page_adds_changes_or_deletes(self, operator: Client, label: str) -> None:
        factories.registry()
        page, home = PAGES[label], address(label)
        request = RequestFactory().get(home)
        request.user = Person.objects.get(is_staff=True)
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)
        assert "delete_selected" not in page.get_actions(request)
        assert not page.list_editable
        assert not page.inlines
        assert operator.get(home).status_code == 200
        assert operator.get(home, {"q": "x'%00"}).status_code == 200
        assert operator.post(home + "add/", {}).status_code == 403
        key = page.model._base_manager.values_list("pk", flat=True).first()
        if key is not None:
            assert operator.get(f"{home}{key}/change/").status_code == 200
            assert operator.post(f"{home}{key}/change/", {}).status_code == 403
            assert operator.post(f"{home}{key}/delete/", {"post": "yes"}).status_code == 403

    @pytest.mark.parametrize("label", sorted(PAGES))
    def test_operators_only(self, client: Client, label: str) -> None:
        assert client.get(address(label)).headers["Location"].startswith("/admin/login/")
        client.force_login(Person.objects.create_user("reader@example.org"))
        assert client.get(address(label)).status_code == 302
        assert client.post(address(label), {"action": "retry", "_selected_action": ["1"]}).status_code == 302
        assert client.get("/admin/platform/quiet/resume/").status_code == 302

    def test_an_operator_needs_no_permission_of_djangos(self, client: Client) -> None:
        client.force_login(Person.objects.create_user("operator@example.org", is_staff=True))
        assert all(client.get(address(label)).status_code == 200 for label in READ_ONLY)


def given_up(**fields: Any) -> Job:
    fields = {"name": "jobs.purge", "state": "failed", "attempts": 6, "error": "ValueError: no", **fields}
    return Job.objects.create(finished=timezone.now(), **fields)


class TestJobs:
    def test_one_that_was_given_up_is_tried_again(self, operator: Client) -> None:
        job, done = given_up(), given_up(state="done")
        answer = act(operator, "platform.job", "retry", job.pk, done.pk)
        assert "1 job is tried again now." in answer.content.decode()
        assert (Job.objects.get(pk=job.pk).state, Job.objects.get(pk=done.pk).state) == ("waiting", "done")
        assert told() == [("job.retried", "job", "operator")]
        assert Event.objects.get().thing_id == str(job.pk)
        assert Event.objects.get().person == str(Person.objects.get().pk)

    def test_there_may_be_none(self, operator: Client) -> None:
        answer = act(operator, "platform.job", "retry", given_up(state="done").pk)
        assert "Only jobs that were given up" in answer.content.decode()
        assert told() == []

    def test_an_error_names_nobody(self, operator: Client) -> None:
        job = given_up(error="SMTPError: 550 <ana.anic@example.org>: no such user")
        for page in ("/admin/platform/job/", f"/admin/platform/job/{job.pk}/change/"):
            text = operator.get(page).content.decode()
            assert "an…@example.org" in text
            assert "ana.anic" not in text


class TestSchedules:
    def test_one_rests_and_goes_on_from_its_next_time(self, operator: Client) -> None:
        jobs.install()
        act(operator, "platform.schedule", "rest", "sources.ask")
        assert not Schedule.objects.get(pk="sources.ask").active
        Schedule.objects.filter(pk="sources.ask").update(next=timezone.now() - timedelta(days=90))
        act(operator, "platform.schedule", "rest", "sources.ask")
        answer = act(operator, "platform.schedule", "go_on", "sources.ask")
        assert "“sources.ask” goes on." in answer.content.decode()
        known = Schedule.objects.get(pk="sources.ask")
        assert known.active
        assert known.next > timezone.now(), "what it missed is not made up for in the middle of the day"
        assert told() == [("schedule.switched", "schedule", "operator")] * 2
        assert list(Event.objects.values_list("before", "after")) == [("true", "false"), ("false", "true")]


@pytest.fixture
def letter() -> Callable[..., Mail]:
    def made(state: str = "doubtful", to: str = "ana.anic@example.org", **fields: Any) -> Mail:
        more = {"address": "d", "language": "en", "template": "notice", "key": f"k{Mail.objects.count()}", **fields}
        return Mail.objects.create(to=to, state=state, context={"words": "very private"}, **more)

    return made


class TestMails:
    def test_neither_the_address_nor_what_it_says_is_shown(self, operator: Client, letter: Callable[..., Mail]) -> None:
        one = letter(
            stop="https://site.example/stop/secret", error="450 <ana.anic@example.org>: later", message_id="<x>"
        )
        for page in ("/admin/platform/mail/", f"/admin/platform/mail/{one.pk}/change/"):
            text = operator.get(page).content.decode()
            assert "an…@example.org" in text
            for secret in ("ana.anic", "very private", "stop/secret"):
                assert secret not in text

    def test_it_was_sent(self, operator: Client, letter: Callable[..., Mail]) -> None:
        one, waiting = letter(), letter("waiting")
        answer = act(operator, "platform.mail", "it_was_sent", one.pk, waiting.pk)
        assert "1 mail is held for sent." in answer.content.decode()
        assert set(Mail.objects.values_list("pk", "state", "to")) == {
            (one.pk, "sent", ""),
            (waiting.pk, "waiting", "ana.anic@example.org"),
        }
        assert told() == [("mail.resolved", "mail", "operator")]

    def test_to_send_it_again_is_asked_first(self, operator: Client, letter: Callable[..., Mail]) -> None:
        one = letter()
        page = act(operator, "platform.mail", "send_again", one.pk).content.decode()
        assert "Whoever got it gets it twice." in page
        assert "ana.anic" not in page
        assert Mail.objects.get().state == "doubtful"
        act(operator, "platform.mail", "send_again", one.pk, confirmed="yes")
        assert Mail.objects.get().state == "waiting"
        assert Job.objects.get(name="mail.deliver").state == "waiting"
        assert told() == [("mail.resolved", "mail", "operator")]

    def test_one_whose_address_is_forgotten_can_not_be(self, operator: Client, letter: Callable[..., Mail]) -> None:
        one = letter(to="")
        answer = act(operator, "platform.mail", "send_again", one.pk, confirmed="yes")
        assert "can’t be sent again" in answer.content.decode()
        assert Mail.objects.get().state == "doubtful"
        assert told() == []

    def test_two_who_decide_at_once_decide_once(self, letter: Callable[..., Mail]) -> None:
        one = letter()
        assert operating.resolve(who=WHO, letter=one, sent=True)
        assert not operating.resolve(who=WHO, letter=one, sent=True)
        assert len(told()) == 1

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("ana.anic@example.org", "an…@example.org"),
            ("a@b", "a…@b"),
            ("550 <x.y@z.gr> unknown; next: «ο.γεωργίου@example.gr»", "550 <x.…@z.gr> unknown; next: «ο…@example.gr»"),
            ("no address at all @ noon", "no address at all @ noon"),
            ("", ""),
        ],
    )
    def test_addresses_are_shortened_wherever_they_stand(self, text: str, shown: str) -> None:
        assert shortened(text) == shown


class TestQuiet:
    def test_an_address_is_typed_for_only_its_digest_is_known(self, operator: Client) -> None:
        mail.stop("Ana@example.org")
        assert "ana@" not in operator.get("/admin/platform/quiet/").content.decode()
        page = "/admin/platform/quiet/resume/"
        for wrong, said in (("ben@example.org", "No mails are withheld"), ("ana", "valid email"), ("", "required")):
            assert said in operator.post(page, {"address": wrong}).content.decode()
        assert Quiet.objects.exists()
        answer = operator.post(page, {"address": "ana@EXAMPLE.org"}, follow=True)
        assert "gets mails again." in answer.content.decode()
        assert not Quiet.objects.exists()
        assert told() == [("mail.resumed", "mail", "operator")]
        assert not any("ana" in str(value).lower() for row in Event.objects.values_list() for value in row)


class TestEvents:
    def test_they_are_found_by_their_thing_and_filtered_by_what_was_done(self, operator: Client) -> None:
        for thing, verb in (("p1", "place.told"), ("p2", "place.told"), ("p1", "place.struck")):
            audit.record(
                who=WHO, verb=verb, thing=audit.Thing("place", thing), before=None, after=None, why=f"why-{thing}"
            )
        page = "/admin/platform/event/"
        assert operator.get(page, {"q": "place p1"}).content.decode().count("why-p1") == 2
        assert "why-p2" not in operator.get(page, {"q": "place p1"}).content.decode()
        assert operator.get(page, {"verb__exact": "place.struck"}).content.decode().count("why-p1") == 1


class TestAtAGlance:
    def signs(self, client: Client) -> dict[str, str]:
        answer = client.get("/admin/")
        assert answer.status_code == 200
        return {sign.words: sign.state for sign in answer.context["signs"]}

    def test_a_new_site(self, operator: Client) -> None:
        found = self.signs(operator)
        assert "bad" not in found.values()
        assert found["No list was taken in yet."] == "good"
        assert found["The trail was not verified yet. It is each week, or by “./run audit verify”."] == "watch"

    def test_what_needs_a_person(self, operator: Client, letter: Callable[..., Mail]) -> None:
        given_up()
        letter(), letter("failed"), letter("failed")
        source = factories.source("list-a")
        Source.objects.filter(pk=source.pk).update(flag="SHRUNKEN", flag_params={"before": 9, "now": 2})
        found = self.signs(operator)
        assert found["1 job was given up."] == "bad"
        assert found["1 mail was sent or was not: say which."] == "watch"
        assert found["2 mails were refused."] == "watch"
        assert found["list-a: The list came back with 2 of the 9 entries it held."] == "watch"

    def test_every_link_leads_somewhere(self, operator: Client, letter: Callable[..., Mail]) -> None:
        given_up()
        letter(), letter("failed")
        Job.objects.create(name="late", due=timezone.now() - timedelta(hours=1))
        Source.objects.filter(pk=factories.source("list-a").pk).update(flag="EMPTY", flag_params={"before": 9})
        tasks.verify()
        links = [sign.link for sign in operator.get("/admin/").context["signs"]]
        assert all(operator.get(link).status_code == 200 for link in links)
        assert len(links) == 7

    def test_nobody_works(self, operator: Client) -> None:
        Job.objects.create(name="late", due=timezone.now() - timedelta(hours=1))
        (words,) = (words for words, state in self.signs(operator).items() if state == "bad")
        assert words.startswith("Nobody works: a job has been due since")

    def test_the_trail_held(self, operator: Client) -> None:
        audit.record(who=WHO, verb="place.told", thing=audit.Thing("place", "p"), before=None, after=None)
        tasks.verify()
        (words,) = (words for words, state in self.signs(operator).items() if words.startswith("The trail held on"))
        assert words.endswith("1 event.")
        tasks.verify()
        assert audit.verify().broken is None, "what was found belongs to the trail"

    def test_a_trail_that_was_altered_is_red(self, operator: Client, caplog: pytest.LogCaptureFixture) -> None:
        for _ in range(3):
            audit.record(who=WHO, verb="place.told", thing=audit.Thing("place", "p"), before=None, after=None)
        altered = audit._rows

        def rows(last: int) -> Any:
            for row in altered(last):
                yield (*row[:9], "another reason", row[10]) if row[0] == 2 else row

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(audit, "_rows", rows)
            tasks.verify()
        (words,) = (words for words, state in self.signs(operator).items() if state == "bad")
        assert words.startswith("The trail does not hold: event 2 was altered, removed or put in.")
        assert "does not hold" in caplog.text

    def test_it_asks_the_database_little(self, operator: Client, django_assert_max_num_queries: Any) -> None:
        factories.registry()
        with django_assert_max_num_queries(16):
            operator.get("/admin/")
