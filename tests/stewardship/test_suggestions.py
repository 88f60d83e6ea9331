"""Suggestions: anyone says what should stand there; who knows decides; what nobody answers for is shown as such."""

import json
import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.values import Value
from coworkmed.people.models import Operates, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places import services as places_services
from coworkmed.places.models import Link, Place, Signal
from coworkmed.platform import audit
from coworkmed.platform.mail import render
from coworkmed.platform.models import Mail
from coworkmed.stewardship import rules, tasks
from coworkmed.stewardship.models import Asked, Suggestion
from coworkmed.stewardship.queries.suggestions import differences, waiting_on
from coworkmed.stewardship.services import suggestions as services
from coworkmed.stewardship.services.suggestions import DecidedError
from coworkmed.web import guard
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry
from tests.web.html import Reader

from .conftest import AtOnce

HOURS = {"opening_hours": Value("Mo-Fr 10:00-18:00", "10-18")}


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    found = registry()
    places_services.settle(as_of=timezone.localdate())
    return {name: Place.objects.get(pk=one.pk) for name, one in found.items()}


@pytest.fixture
def owner(places: dict[str, Place]) -> Person:
    """Runs the mill."""
    found = person("owner@example.org", language="fr")
    house = organisation("Mill", kind="OPERATOR")
    role(found, house, "OWNER")
    Operates.objects.create(organisation=house, place=places["mill"].pk)
    return found


def fresh(place: Place) -> Place:
    return Place.objects.get(pk=place.pk)


def suggested(place: Place, fields: dict[str, Value] | None = None, **more: str) -> Suggestion:
    return services.suggest(place=place, fields=fields or HOURS, **more)


def later(days: int = 15):
    return timezone.now() + timedelta(days=days)


def verbs(kind: str, key: object) -> list[str]:
    return [one.verb for one in reversed(audit.history(audit.Thing(kind, str(key))))]


class TestSuggest:
    def test_only_what_differs_is_kept(self, places):
        mill = places["mill"]
        made = suggested(mill, HOURS | {"desks": Value(24)})
        assert made.values == {"opening_hours": {"value": "Mo-Fr 10:00-18:00", "given": "10-18"}}
        assert made.before == {"opening_hours": "Mo-Fr 08:30-19:00"}
        assert fresh(mill).values == mill.values
        assert verbs("suggestion", made.pk) == ["suggestion.made"]

    def test_nothing_new_is_nothing_to_suggest(self, places):
        with pytest.raises(services.CoworkmedError):
            suggested(places["mill"], {"desks": Value(24)})
        assert not Suggestion.objects.exists()

    def test_the_trail_names_nobody(self, places):
        suggested(places["mill"], note="Ana was there", email="ana@example.org")
        assert not [one for one in audit.trail() if "ana" in f"{one.before}{one.after}{one.why}".lower()]


class TestWhoDecides:
    def test_those_who_speak_for_it_and_those_who_tend_it(self, places, steward, owner):
        made = suggested(places["mill"])
        other = suggested(places["athens"], {"desks": Value(3)})
        stranger, elsewhere = person("stranger@example.org"), person("greek@example.org")
        role(elsewhere, organisation("Greece"), "STEWARD", territory="GR")
        seen = {one.email: set(Suggestion.objects.visible_to(one)) for one in (steward, owner, stranger, elsewhere)}
        assert seen == {steward.email: {made}, owner.email: {made}, stranger.email: set(), elsewhere.email: {other}}
        for one in (stranger, elsewhere):
            with pytest.raises(NotAllowedError):
                services.accept(by=one, suggestion=made, names=["opening_hours"])
            with pytest.raises(NotAllowedError):
                services.refuse(by=one, suggestion=made, reply="No")

    def test_an_owner_s_word_is_the_place_s_own(self, places, owner):
        services.accept(by=owner, suggestion=suggested(places["mill"]), names=["opening_hours"])
        assert fresh(places["mill"]).values["opening_hours"] == "Mo-Fr 10:00-18:00"
        link = Link.objects.get(place=places["mill"], entry__source="own-word")
        assert link.entry.assertion.role == "OWNER"
        assert fresh(places["mill"]).freshness == "confirmed"

    @pytest.mark.parametrize(("kind", "source"), [("NETWORK", "network-word"), ("AUTHORITY", "authority-word")])
    def test_a_steward_s_is_that_of_whom_they_tend_it_for(self, places, kind, source):
        found = person("one@example.org")
        role(found, organisation("Body", kind=kind), "STEWARD", territory="FR")
        services.accept(by=found, suggestion=suggested(places["mill"]), names=["opening_hours"])
        assert Link.objects.filter(place=places["mill"], entry__source=source).exists()


class TestDecide:
    def test_some_fields_of_several(self, places, steward):
        made = suggested(places["mill"], HOURS | {"desks": Value(30)}, email="ana@example.org")
        services.accept(by=steward, suggestion=made, names=["desks"], reply="Thanks")
        values = fresh(places["mill"]).values
        assert (values["desks"], values["opening_hours"]) == (30, "Mo-Fr 08:30-19:00")
        kept = Suggestion.objects.get()
        assert (kept.outcome, kept.taken, kept.decided_by, kept.email) == ("ACCEPTED", ["desks"], steward, "")
        letter = Mail.objects.get(template="decision")
        assert letter.to == "ana@example.org"
        assert (letter.context["taken"], letter.context["left"]) == (["desks"], ["opening_hours"])

    def test_nothing_ticked_is_no_acceptance(self, places, steward):
        with pytest.raises(services.CoworkmedError, match="Choose"):
            services.accept(by=steward, suggestion=suggested(places["mill"]), names=["email"])
        assert Suggestion.objects.open().count() == 1

    def test_a_refusal_needs_its_reason_and_changes_nothing(self, places, steward):
        made = suggested(places["mill"], email="ana@example.org")
        with pytest.raises(services.CoworkmedError, match="Say why"):
            services.refuse(by=steward, suggestion=made, reply="  ")
        services.refuse(by=steward, suggestion=made, reply="I was there.")
        assert fresh(places["mill"]).values == places["mill"].values
        assert Mail.objects.get().context["reply"] == "I was there."

    def test_who_comes_second_is_told(self, places, steward, owner):
        made = suggested(places["mill"])
        services.accept(by=owner, suggestion=made, names=["opening_hours"])
        with pytest.raises(DecidedError):
            services.refuse(by=steward, suggestion=made, reply="No")
        assert Suggestion.objects.get().outcome == "ACCEPTED"

    def test_a_closure_accepted_closes(self, places, steward):
        made = suggested(places["mill"], {"status": Value("CLOSED"), "closed": Value("2026-05")})
        services.accept(by=steward, suggestion=made, names=["status", "closed"])
        mill = fresh(places["mill"])
        assert (mill.status, mill.freshness, mill.values["closed"]) == ("CLOSED", "closed", "2026-05")
        assert "place.closed" in verbs("place", mill.pk)

    def test_a_place_that_was_joined_to_another_is_followed(self, places, steward):
        made = suggested(places["mill"])
        Suggestion.objects.filter(pk=made.pk).update(place=places["gone"])
        services.accept(by=steward, suggestion=Suggestion.objects.get(), names=["opening_hours"])
        assert fresh(places["mill"]).values["opening_hours"] == "Mo-Fr 10:00-18:00"

    def test_what_moved_on_is_shown_beside(self, places, owner):
        made = suggested(places["mill"], HOURS | {"desks": Value(30)})
        services.accept(by=owner, suggestion=suggested(places["mill"], {"desks": Value(40)}), names=["desks"])
        told = {one.field.name: one for one in differences(Suggestion.objects.get(pk=made.pk))}
        assert (told["desks"].before, told["desks"].now, told["desks"].proposed.value) == (24, 40, 30)
        assert told["desks"].moved_on
        assert not told["opening_hours"].moved_on


class TestUnanswered:
    def test_it_is_shown_as_not_confirmed_once(self, places):
        made = suggested(places["mill"], email="ana@example.org")
        assert services.lapse(later(13)) == 0
        assert services.lapse(later()) == 1
        assert services.lapse(later()) == 0
        kept = Suggestion.objects.get(pk=made.pk)
        assert (kept.outcome, kept.email, kept.entry.source_id) == ("PUBLISHED", "", "suggestions")
        mill = fresh(places["mill"])
        assert mill.values["opening_hours"] == "Mo-Fr 10:00-18:00"
        assert mill.freshness == "unconfirmed"
        assert Mail.objects.get(template="decision").context["outcome"] == "PUBLISHED"

    def test_the_job_bears_being_done_twice(self, places):
        suggested(places["mill"])
        Suggestion.objects.update(due=timezone.now() - timedelta(hours=1))
        tasks.lapse()
        tasks.lapse()
        assert Link.objects.filter(entry__source="suggestions").count() == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("email", "other@example.org"),
            ("web", "https://evil.example/"),
            ("phone", "+33490000009"),
            ("name", "Rubbish"),
            ("description", "Buy here"),
            ("address", {"line": "1 rue X", "number": "1", "street": "rue x", "unit": ""}),
            ("socials", ["https://evil.example/x"]),
            ("opening_hours", None),
            ("equipment", ["an insult"]),
        ],
    )
    def test_what_could_do_harm_waits_for_a_person(self, places, name, value):
        assert not rules.harmless(name, value)
        suggested(places["mill"], {name: Value(value)}, email="ana@example.org")
        services.lapse(later())
        assert fresh(places["mill"]).values == places["mill"].values
        assert Suggestion.objects.get().outcome == ""
        assert not Mail.objects.exists()

    def test_the_harmless_part_is_shown_and_the_rest_waits(self, places, steward):
        made = suggested(places["mill"], HOURS | {"email": Value("contact@filature.example")})
        services.lapse(later())
        assert fresh(places["mill"]).values["opening_hours"] == "Mo-Fr 10:00-18:00"
        assert "email" not in fresh(places["mill"]).values
        services.accept(by=steward, suggestion=Suggestion.objects.get(pk=made.pk), names=["email"])
        values = fresh(places["mill"]).values
        assert (values["email"], values["opening_hours"]) == ("contact@filature.example", "Mo-Fr 08:30-19:00")

    def test_a_closure_becomes_a_question_and_never_a_closure(self, places):
        rome = places["rome"]
        suggested(rome, {"status": Value("CLOSED"), "closed": Value("2026-05")})
        services.lapse(later())
        now = fresh(rome)
        assert (now.status, now.freshness) == ("OPEN", "doubtful")
        assert "closed" not in now.values
        assert now.confirmed_on == rome.confirmed_on
        assert now.due_on <= later().date()
        assert Suggestion.objects.open().count() == 1

    def test_a_doubt_does_not_outweigh_who_was_there(self, places, owner):
        places_services.tell(
            place=places["mill"], kind="OWNER", who=audit.Who("owner"), verb="place.confirmed",
            as_of=timezone.localdate(), fields={"status": Value("OPEN")},
        )  # fmt: skip
        suggested(fresh(places["mill"]), {"status": Value("CLOSED")})
        services.lapse(later())
        assert fresh(places["mill"]).freshness == "confirmed"

    def test_a_doubt_goes_with_the_refusal(self, places):
        rome, italian = places["rome"], person("it@example.org")
        role(italian, organisation("Italy"), "STEWARD", territory="IT")
        made = suggested(rome, {"status": Value("CLOSED")})
        services.lapse(later())
        services.refuse(by=italian, suggestion=Suggestion.objects.get(pk=made.pk), reply="It is open.")
        assert fresh(rome).freshness == rome.freshness
        assert not Signal.objects.standing().filter(says="DOUBTED").exists()

    def test_what_was_said_otherwise_meanwhile_stands(self, places, steward):
        suggested(places["mill"], {"desks": Value(30)})
        services.accept(by=steward, suggestion=suggested(places["mill"], {"desks": Value(40)}), names=["desks"])
        services.lapse(later())
        assert fresh(places["mill"]).values["desks"] == 40
        assert not Link.objects.filter(entry__source="suggestions").exists()

    @pytest.mark.parametrize("what", ["accept", "refuse"])
    def test_it_can_still_be_decided_on(self, places, steward, what):
        made = suggested(places["mill"])
        services.lapse(later())
        found = Suggestion.objects.get(pk=made.pk)
        if what == "accept":
            services.accept(by=steward, suggestion=found, names=["opening_hours"])
            wanted, source = "Mo-Fr 10:00-18:00", "network-word"
        else:
            services.refuse(by=steward, suggestion=found, reply="Wrong")
            wanted, source = "Mo-Fr 08:30-19:00", "region-fictive"
        assert fresh(places["mill"]).values["opening_hours"] == wanted
        assert not Link.objects.filter(entry__source="suggestions", entry__retired_on=None).exists()
        assert Link.objects.filter(place=places["mill"], entry__source=source, entry__retired_on=None).exists()
        with pytest.raises(DecidedError):
            services.refuse(by=steward, suggestion=found, reply="Again")


class TestForgetting:
    def test_what_readers_wrote_goes(self, places, steward):
        made = suggested(places["mill"], note="Ana told me", link="https://ana.example/", email="ana@example.org")
        services.refuse(by=steward, suggestion=made, reply="No, Ana")
        other = suggested(places["mill"], {"desks": Value(7)}, email="ben@example.org")
        services.forget(later(89))
        assert Suggestion.objects.get(pk=made.pk).note
        services.forget(later(181))
        rows = json.dumps([[one.note, one.link, one.reply, one.email] for one in Suggestion.objects.all()])
        assert "na" not in rows.lower()
        assert Suggestion.objects.get(pk=other.pk).email == ""


class TestOwnersAreTold:
    def test_once_a_month_and_no_more(self, places, owner):
        for number in (30, 31, 32):
            suggested(places["mill"], {"desks": Value(number)})
        letter = Mail.objects.get(template="suggestion_received")
        assert (letter.to, letter.language) == (owner.email, "fr")
        assert letter.stop
        assert Asked.objects.count() == 1
        assert len(waiting_on([places["mill"].pk])[places["mill"].pk]) == 3

    def test_not_when_the_place_was_asked_lately(self, places, owner):
        Asked.objects.create(
            address="x", place=places["mill"], to="OWNER", why="DUE", on=timezone.localdate(), mail="ask:1"
        )
        suggested(places["mill"])
        assert not Mail.objects.exists()

    def test_nobody_is_told_of_a_place_nobody_runs(self, places, steward):
        suggested(places["mill"])
        assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.fixture
    def places(self, transactional_db: None) -> dict[str, Place]:
        return registry()

    def both(self, at_once: AtOnce, made: Suggestion, *people: Person) -> list[str]:
        acts = [partial(services.accept, by=one, suggestion=made, names=["opening_hours"]) for one in people]
        return sorted(at_once(acts, DecidedError))

    def test_the_owner_gets_one_mail_of_several_at_once(self, at_once, places, owner):
        said = [partial(suggested, places["mill"], {"desks": Value(number)}) for number in (30, 31, 32)]
        assert at_once(said, DecidedError) == ["won"] * 3
        assert Suggestion.objects.count() == 3
        assert Mail.objects.count() == 1
        connection.close()

    def test_one_wins_and_the_other_is_told(self, at_once, places, steward, owner):
        assert self.both(at_once, suggested(places["mill"]), steward, owner) == ["told", "won"]
        assert Link.objects.filter(place=places["mill"], decided_by="person").count() == 1
        connection.close()

    def test_without_asking_whether_it_is_decided_both_would_win(self, at_once, places, steward, owner, monkeypatch):
        monkeypatch.setattr(services, "undecided", lambda one: Suggestion.objects.filter(pk=one.pk))
        assert self.both(at_once, suggested(places["mill"]), steward, owner) == ["won", "won"]
        connection.close()


# -- pages ------------------------------------------------------------------------------------------------------------


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def proof(challenge: str) -> str:
    return next(str(number) for number in range(10_000_000) if guard.proves(challenge, str(number)))


def filled(client: Client, path: str, **typed: str) -> dict[str, str]:
    """The form at ``path`` as a browser with JavaScript sends it."""
    text = client.get(path).content.decode()
    inputs = re.findall(r'<input type="(?:text|hidden|email|url)" name="([\w-]+)"(?: value="([^"]*)")?', text)
    selected = re.findall(r'<select name="(\w+)".*?<option value="(\w*)" selected', text, re.DOTALL)
    areas = re.findall(r'<textarea name="([\w-]+)".*?>\s?(.*?)</textarea>', text, re.DOTALL)
    ticked = re.findall(r'<input type="checkbox" name="(\w+)" value="(\w+)"[^>]* checked', text)
    sent = {name: value.replace("&amp;", "&").replace("&#x27;", "'") for name, value in (*inputs, *selected, *areas)}
    sent["kinds"] = [value for name, value in ticked if name == "kinds"]
    sent["proof"] = proof(field(text, "form"))
    return sent | typed


class TestPages:
    def test_a_stranger_suggests_and_no_cookie_is_set(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        answer = client.post(path, filled(client, path, desks="30") | {"by-note": "I counted", "by-email": "a@b.org"})
        assert answer.status_code == 302, Reader(answer.content.decode()).text
        made = Suggestion.objects.get()
        assert (list(made.values), made.note, made.email) == (["desks"], "I counted", "a@b.org")
        thanks = client.get(answer.headers["Location"])
        assert "Thank you" in thanks.content.decode()
        assert not client.cookies

    def test_the_same_again_is_not_kept_twice(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        sent = filled(client, path, desks="30")
        assert [client.post(path, sent).status_code for _ in range(2)] == [302, 409]
        assert Suggestion.objects.count() == 1

    def test_nothing_changed_says_so(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        answer = client.post(path, filled(client, path))
        assert answer.status_code == 422
        assert "on the page already" in answer.content.decode()

    @pytest.mark.parametrize(
        ("name", "value"),
        [("by-email", "no address"), ("by-link", "no link"), ("desks", "many"), ("by-note", "a\0b"),
         ("by-note", "x" * 2001), ("phone", "12"), ("opened", "yesterday")],
    )  # fmt: skip
    def test_bad_input_comes_back_filled_in(self, client, places, patient, name, value):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        answer = client.post(path, filled(client, path) | {"by-note": "Keep me"} | {name: value})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'class="wrong"' in text
        assert "Keep me" in text or name == "by-note"
        assert not Reader(text).faults
        assert not Suggestion.objects.exists()

    def test_without_javascript_it_is_asked_once_more(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        note = "A <b>note</b>\nin two lines"
        asked = client.post(path, filled(client, path, desks="30", proof="") | {"by-note": note})
        page = asked.content.decode()
        assert asked.status_code == 200
        assert "Is this what you meant?" in page
        assert "&lt;b&gt;note" in page
        assert not Reader(page).faults
        again = dict(re.findall(r'<textarea hidden name="([\w-]+)">\n(.*?)</textarea>', page, re.DOTALL))
        again = {name: value.replace("&lt;", "<").replace("&gt;", ">") for name, value in again.items()}
        back = client.post(path, again | {"again": "1"})
        assert 'value="30"' in back.content.decode()
        assert client.post(path, again | {"sure": field(page, "sure")}).status_code == 302
        assert Suggestion.objects.get().note.splitlines() == note.splitlines()

    def test_who_is_held_back_is_told_until_when_and_loses_nothing(self, client, places, patient, monkeypatch):
        monkeypatch.setattr(guard, "PROVED", guard.Limit("proved", 1, timedelta(hours=1)))
        path = f"/en/places/{places['mill'].pk}/suggest/"
        client.post(path, filled(client, path, desks="30"))
        answer = client.post(path, filled(client, path, desks="31") | {"by-note": "Keep me"})
        text = answer.content.decode()
        assert answer.status_code == 429
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600
        assert "Send it again in 1 hour" in text
        assert "Keep me" in text
        assert 'value="31"' in text

    def test_ten_million_characters_are_too_many(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/"
        answer = client.post(path, filled(client, path) | {"by-note": "x" * 10_000_000})
        assert answer.status_code == 400
        assert not Suggestion.objects.exists()

    def test_a_closing_date(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/suggest/closed/"
        assert client.post(path, filled(client, path, on="when it rained")).status_code == 422
        assert client.post(path, filled(client, path, on="05/2026")).status_code == 302
        assert Suggestion.objects.get().values["closed"]["value"] == "2026-05"

    def test_a_place_shown_as_closed_is_said_to_be_open(self, client, places, patient):
        path = f"/en/places/{places['closed'].pk}/suggest/closed/"
        assert client.post(path, filled(client, path)).status_code == 302
        spaniard = person("es@example.org")
        role(spaniard, organisation("Spain"), "STEWARD", territory="ES")
        made = Suggestion.objects.get()
        services.lapse(later())
        assert fresh(places["closed"]).status == "CLOSED"
        services.accept(by=spaniard, suggestion=made, names=["status", "closed"])
        now = fresh(places["closed"])
        assert (now.status, now.freshness, now.values.get("closed")) == ("OPEN", "confirmed", None)

    def test_forms_are_never_kept_by_the_site(self, client, places, settings):
        settings.CACHES = settings.CACHES | {
            "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "of suggestions"}
        }
        for path in ("suggest/", "suggest/closed/", "report/"):
            one, two = (client.get(f"/en/places/{places['mill'].pk}/{path}") for _ in range(2))
            assert "private" in one.headers["Cache-Control"]
            assert "no-cache" in one.headers["Cache-Control"]
            assert field(one.content.decode(), "form") != field(two.content.decode(), "form")

    def test_an_earlier_id_leads_to_the_one_that_stands(self, client, places, patient):
        answer = client.get(f"/en/places/{places['gone'].pk}/suggest/")
        assert answer.headers["Location"] == f"/en/places/{places['mill'].pk}/suggest/"
        assert client.get("/en/places/000000000000/suggest/").status_code == 404

    def test_values_of_others_do_no_harm(self, client, places, patient):
        for path in ("suggest/", "suggest/closed/", "report/", "tell/"):
            page = client.get(f"/en/places/{places['hostile'].pk}/{path}").content.decode()
            assert not Reader(page).faults
            assert "<script>alert" not in page

    def test_deciding(self, client, places, steward):
        made = suggested(places["mill"], HOURS | {"desks": Value(30)}, note="<i>I was there</i>")
        client.force_login(steward)
        assert "La Filature" in client.get("/en/suggestions/").content.decode()
        path = f"/en/suggestions/{made.pk}/"
        page = client.get(path).content.decode()
        assert "&lt;i&gt;I was there" in page
        assert not Reader(page).faults
        assert client.post(path, {"decide": "refuse", "reply": ""}).status_code == 422
        assert client.post(path, {"decide": "accept", "names": []}).status_code == 422
        assert client.post(path, {"decide": "accept", "names": ["status"]}).status_code == 422
        assert client.post(path, {"decide": "accept", "names": ["desks"]}).status_code == 302
        assert fresh(places["mill"]).values["desks"] == 30
        late = client.post(path, {"decide": "refuse", "reply": "No"}, follow=True).content.decode()
        assert "decided on this just now" in late
        assert "not taken over" in late
        assert not Reader(late).faults

    def test_strangers_find_nothing(self, client, places, steward):
        made = suggested(places["mill"])
        assert client.get(f"/en/suggestions/{made.pk}/").status_code == 302
        client.force_login(person("stranger@example.org"))
        assert client.get(f"/en/suggestions/{made.pk}/").status_code == 404
        assert client.post(f"/en/suggestions/{made.pk}/", {"decide": "accept", "names": ["desks"]}).status_code == 404


class TestLetters:
    @pytest.mark.parametrize("outcome", ["ACCEPTED", "REFUSED", "PUBLISHED"])
    def test_they_say_what_became_of_it(self, places, steward, outcome):
        made = suggested(places["mill"], HOURS | {"desks": Value(30)}, email="ana@example.org")
        if outcome == "ACCEPTED":
            services.accept(by=steward, suggestion=made, names=["desks"], reply="Only <the> desks")
        elif outcome == "REFUSED":
            services.refuse(by=steward, suggestion=made, reply="Only <the> desks")
        else:
            services.lapse(later())
        letter = Mail.objects.get()
        read = render(language="en", template=letter.template, context=letter.context)
        assert "La Filature" in read.subject
        assert ("Only <the> desks" in read.text) == (outcome != "PUBLISHED")
        assert "your address is deleted" in read.text

    def test_the_owner_s_names_the_fields(self, places, owner):
        suggested(places["mill"])
        letter = Mail.objects.get()
        read = render(language="en", template=letter.template, context=letter.context, stop=letter.stop)
        assert "Opening hours" in read.text
        assert "/fr/suggestions/" in read.text
