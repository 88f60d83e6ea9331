"""Reports: what should not be on a page goes, whoever reported it is told why, and can object once."""

import json
import re
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from coworkmed.kernel.values import Value
from coworkmed.people.models import Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places import queries as places_queries
from coworkmed.places import services as places_services
from coworkmed.places.models import Link, Place, Signal
from coworkmed.platform import audit, tokens
from coworkmed.platform.mail import render
from coworkmed.platform.models import Mail
from coworkmed.platform.tokens import TokenError
from coworkmed.sources import services as sources
from coworkmed.sources.models import Assertion, Entry, Withheld
from coworkmed.sources.spec import Pick, Spec
from coworkmed.stewardship.models import Report
from coworkmed.stewardship.services import reports as services
from coworkmed.stewardship.services import suggestions
from coworkmed.stewardship.services.reports import Acts
from coworkmed.stewardship.services.suggestions import DecidedError
from coworkmed.stewardship.words import REASONS
from coworkmed.web import guard
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry
from tests.web.html import Reader

from .conftest import AtOnce

TODAY = timezone.localdate()
KEPT = Acts(other=True)


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    found = registry()
    places_services.settle(as_of=timezone.localdate())
    return {name: Place.objects.get(pk=one.pk) for name, one in found.items()}


@pytest.fixture
def colleague(places: dict[str, Place]) -> Person:
    found = person("colleague@example.org")
    role(found, organisation("Region", kind="AUTHORITY"), "STEWARD", territory="FR")
    return found


def fresh(place: Place) -> Place:
    return Place.objects.get(pk=place.pk)


def reported(place: Place, reason: str = "PRIVATE", **more: str) -> Report:
    return services.report(place=place, reason=reason, **more)


def entry_of(place: Place, source: str = "region-fictive") -> Entry:
    return Link.objects.get(place=place, entry__source=source).entry


@pytest.mark.django_db
class TestReport:
    @pytest.mark.parametrize("reason", REASONS)
    def test_what_hurts_comes_first(self, places, reason):
        made = reported(places["mill"], reason)
        days = (made.due - timezone.now()) / timedelta(days=1)
        assert days == pytest.approx(2 if reason in ("PRIVATE", "RIGHTS") else 14, abs=0.01)

    def test_the_trail_names_nobody(self, places):
        reported(places["mill"], note="Ana lives there", email="ana@example.org")
        assert not [one for one in audit.trail() if "ana" in f"{one.before}{one.after}{one.why}".lower()]

    def test_only_who_tends_the_place_decides(self, places, steward):
        made = reported(places["athens"])
        for who in (steward, person("stranger@example.org")):
            assert made not in Report.objects.visible_to(who)
            with pytest.raises(NotAllowedError):
                services.act(by=who, report=made, acts=KEPT, reply="Done")
            with pytest.raises(NotAllowedError):
                services.dismiss(by=who, report=made, reply="No")
        assert Report.objects.open().count() == 1


@pytest.mark.django_db
class TestTakenOff:
    @pytest.fixture
    def taken_off(self, places, steward) -> Place:
        mill = places["mill"]
        places_services.tell(
            place=mill, kind="NETWORK", who=audit.Who("steward"), verb="place.confirmed", as_of=TODAY,
            vouches=["phone", "desks"],
        )  # fmt: skip
        suggestions.suggest(place=fresh(mill), fields={"phone": Value("+33490000009"), "desks": Value(3)})
        acts = Acts(withhold=[(entry_of(mill).pk, "phone"), (entry_of(mill, "mer-commune").pk, "phone")])
        services.act(by=steward, report=reported(mill), acts=acts, reply="It was a private number.")
        return fresh(mill)

    def test_it_is_nowhere_in_the_registry(self, taken_off, client):
        number = "+33490000000"
        assert "phone" not in taken_off.values
        kept = [one.fields for one in Assertion.objects.all()], [one.values for one in Signal.objects.all()]
        before = list(taken_off.suggestions.values_list("values", "before"))
        assert number not in json.dumps([*kept, before])
        row = places_queries.as_published([taken_off.pk])[0]
        assert row.get("phone") is None
        own = [f"/en/places/{taken_off.pk}/{part}" for part in ("", "sheet/", "card.vcf")]
        for page in (*own, f"/api/v1/places/{taken_off.pk}", "/places.csv"):
            answer = client.get(page)
            text = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code == 200
            assert b"490000000" not in text.replace(b" ", b""), page

    def test_the_trail_tells_which_and_not_what(self, taken_off):
        told = [one for one in audit.trail() if one.verb == "place.withheld"]
        assert {json.loads(one.after)["field"] for one in told} == {"phone"}
        assert not [one for one in told if "490000000" in one.before + one.after]

    def test_other_values_stay(self, taken_off):
        assert taken_off.values["desks"] == 24
        assert taken_off.values["opening_hours"] == "Mo-Fr 08:30-19:00"

    def test_settling_all_anew_brings_nothing_back(self, taken_off):
        places_services.settle(as_of=TODAY)
        assert "phone" not in fresh(taken_off).values

    def test_what_it_was_can_t_be_read_from_what_is_kept(self, taken_off):
        assert not [one for one in Withheld.objects.all() if "490" in one.digest]

    def test_a_value_that_is_gone_can_t_be_taken_off_again(self, taken_off, steward):
        acts = Acts(withhold=[(entry_of(taken_off).pk, "phone")])
        with pytest.raises(services.CoworkmedError, match="already"):
            services.act(by=steward, report=reported(taken_off), acts=acts, reply="Again")
        assert Report.objects.open().count() == 1

    def test_nor_one_of_another_place(self, places, steward):
        acts = Acts(withhold=[(entry_of(places["athens"], "mer-commune").pk, "email")])
        with pytest.raises(services.CoworkmedError):
            services.act(by=steward, report=reported(places["mill"]), acts=acts, reply="Not mine")
        assert fresh(places["athens"]).values["email"] == "geia@kypseli.example"


@pytest.mark.django_db
def test_a_list_can_t_bring_it_back(tmp_path: Path) -> None:
    """The same list is read before, after, and once it says something else."""
    names = {"id": "id", "name": "name", "locality": "town", "phone": "phone", "desks": "desks"}
    columns = {target: Pick((column,)) for target, column in names.items()}
    keeper = "A keeper"
    location = str(tmp_path / "one.csv")
    spec = Spec("one", {"en": "One"}, keeper, "CC0-1.0", keeper, "csv", location, territory=("FR",), columns=columns)
    sources.register(specs=[spec])

    def read(phone: str, desks: int, day: int) -> dict[str, object]:
        rows = "".join(f"{number},Place {number},Nice,{phone},{desks}\n" for number in range(1, 4))
        (tmp_path / "one.csv").write_text("id,name,town,phone,desks\n" + rows)
        done = sources.harvest(spec=spec, as_of=date(2026, 11, day), folder=tmp_path)
        assert done.outcome == "APPLIED", done
        return Entry.objects.get(source="one", external_id="1").assertion.fields

    said = read("+33 4 93 00 00 00", 5, 1)
    entry = Entry.objects.get(source="one", external_id="1")
    sources.withhold(entry=entry, name="phone", value=said["phone"]["value"], as_of=date(2026, 11, 2))
    again = read("+33 4 93 00 00 00", 6, 3)
    assert again["desks"]["value"] == 6
    assert "phone" not in again
    assert "phone" in Entry.objects.get(source="one", external_id="2").assertion.fields
    assert not Assertion.objects.filter(entry=entry, fields__has_key="phone").exists()
    assert read("+33 4 93 00 00 01", 6, 4)["phone"]["value"] == "+33493000001"


@pytest.mark.django_db
class TestDecide:
    def test_false_words_count_no_more(self, places, steward):
        mill = places["mill"]
        said = places_services.tell(
            place=mill, kind="OWNER", who=audit.Who("owner"), verb="place.corrected", as_of=TODAY,
            fields={"desks": Value(999)},
        )  # fmt: skip
        assert fresh(mill).values["desks"] == 999
        services.act(by=steward, report=reported(mill, "FALSE"), acts=Acts(strike=[said.pk]), reply="It was a joke.")
        assert fresh(mill).values["desks"] == 24
        assert Report.objects.get().done == ["STRUCK"]

    def test_lists_can_t_be_struck_out(self, places, steward):
        mill = places["mill"]
        acts = Acts(strike=[entry_of(mill).pk])
        services.act(by=steward, report=reported(mill, "FALSE"), acts=acts, reply="Done")
        assert fresh(mill).values == mill.values

    def test_no_place_at_all(self, places, colleague):
        acts = Acts(not_a_place=True, keeper=True)
        services.act(by=colleague, report=reported(places["mill"], "NOT_A_PLACE"), acts=acts, reply="A bakery.")
        assert fresh(places["mill"]).status == "NOT_A_MATCH"
        assert Report.objects.get().done == ["NOT_A_PLACE", "KEEPER"]

    @pytest.mark.parametrize("reply", ["", "  \n"])
    def test_nothing_is_decided_without_a_reason(self, places, steward, reply):
        made = reported(places["mill"])
        with pytest.raises(services.CoworkmedError, match="why"):
            services.act(by=steward, report=made, acts=KEPT, reply=reply)
        with pytest.raises(services.CoworkmedError, match="why"):
            services.dismiss(by=steward, report=made, reply=reply)
        with pytest.raises(services.CoworkmedError, match="Choose"):
            services.act(by=steward, report=made, acts=Acts(), reply="Reason")
        assert Report.objects.open().count() == 1

    def test_who_comes_second_is_told(self, places, steward, colleague):
        made = reported(places["mill"])
        services.dismiss(by=steward, report=made, reply="All is well")
        with pytest.raises(DecidedError):
            services.act(by=colleague, report=made, acts=KEPT, reply="Done")

    @pytest.mark.parametrize("language", ["fr", "el", "hr"])
    def test_the_letter_is_in_their_language_and_says_why(self, places, steward, language):
        with translation.override(language):
            made = reported(places["mill"], email="ana@example.org")
        services.dismiss(by=steward, report=made, reply="It is the number of the place.")
        letter = Mail.objects.get()
        assert (letter.to, letter.language) == ("ana@example.org", language)
        read = render(language=letter.language, template=letter.template, context=letter.context)
        assert "It is the number of the place." in read.text
        assert f"/{language}/reports/object/" in read.text
        assert Report.objects.get().email == ""

    def test_no_address_no_letter(self, places, steward):
        services.dismiss(by=steward, report=reported(places["mill"]), reply="Fine as it is")
        assert not Mail.objects.exists()


@pytest.mark.django_db
class TestObjection:
    @pytest.fixture
    def link(self, places, steward) -> str:
        services.dismiss(by=steward, report=reported(places["mill"], email="ana@example.org"), reply="No")
        found = re.search(r"/en/reports/object/[^/]+/", Mail.objects.get().context["objecting"])
        assert found
        return found[0]

    def test_someone_else_decides(self, client, link, steward, colleague):
        page = client.get(link)
        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]
        assert not Reader(page.content.decode()).faults
        assert client.post(link, {"note": ""}).status_code == 422
        assert client.post(link, {"note": "It is mine", "email": "ana@example.org"}).status_code == 302
        second = Report.objects.get(objects_to__isnull=False)
        assert second.reason == "PRIVATE"
        assert second not in Report.objects.visible_to(steward)
        assert second in Report.objects.visible_to(colleague)
        with pytest.raises(NotAllowedError):
            services.dismiss(by=steward, report=second, reply="I said no")
        services.dismiss(by=colleague, report=second, reply="It stays")
        assert Mail.objects.last().context["objecting"] == ""

    def test_once_and_a_scanner_changes_nothing(self, client, link):
        for _ in range(3):
            assert client.get(link).status_code == 200
            assert client.head(link).status_code == 200
        assert client.post(link, {"note": "It is mine"}).status_code == 302
        assert client.post(link, {"note": "Once more"}).status_code == 410
        assert client.get(link).status_code == 410
        assert Report.objects.count() == 2

    @pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 700])
    def test_links_that_are_none(self, client, places, token):
        answer = client.get(f"/en/reports/object/{token}/")
        assert answer.status_code == 410
        assert "This link" in answer.content.decode()

    def test_a_link_for_something_else(self, places):
        token = tokens.make(purpose="place.confirm", thing=audit.Thing("report", "1"), address="a@b.org")
        with pytest.raises(TokenError):
            services.object_to(token=token, note="x")

    def test_operators_decide_where_there_is_nobody_else(self, link, client, steward):
        operator = Person.objects.create_superuser("operator@example.org")
        client.post(link, {"note": "It is mine"})
        second = Report.objects.get(objects_to__isnull=False)
        assert second in Report.objects.visible_to(operator)
        services.act(by=operator, report=second, acts=KEPT, reply="You were right")
        assert Report.objects.get(pk=second.pk).outcome == "ACCEPTED"

    def test_the_link_opens_nothing_once_the_report_is_gone(self, client, link):
        Report.objects.all().delete()
        assert client.get(link).status_code == 410


@pytest.mark.django_db
def test_what_people_wrote_goes(places, steward) -> None:
    made = reported(places["mill"], note="Ana lives there", email="ana@example.org")
    other = reported(places["mill"], email="ben@example.org")
    services.dismiss(by=steward, report=made, reply="Ana is wrong")
    now = timezone.now()
    services.forget(now + timedelta(days=89))
    assert Report.objects.get(pk=made.pk).note
    services.forget(now + timedelta(days=183))
    found = Report.objects.get(pk=made.pk)
    assert (found.note, found.reply, found.outcome) == ("", "", "REFUSED")
    assert Report.objects.get(pk=other.pk).email == ""


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.fixture
    def places(self, transactional_db: None) -> dict[str, Place]:
        return registry()

    def both(self, at_once: AtOnce, made: Report, *people: Person) -> list[str]:
        acts = [partial(services.dismiss, by=one, report=made, reply="Fine") for one in people]
        return sorted(at_once(acts, DecidedError))

    def test_one_wins_and_the_other_is_told(self, at_once, places, steward, colleague):
        assert self.both(at_once, reported(places["mill"]), steward, colleague) == ["told", "won"]
        connection.close()

    def test_without_asking_whether_it_is_decided_both_would_win(
        self, at_once, places, steward, colleague, monkeypatch
    ):
        monkeypatch.setattr(services, "undecided", lambda one: Report.objects.filter(pk=one.pk))
        assert self.both(at_once, reported(places["mill"]), steward, colleague) == ["won", "won"]
        connection.close()


# -- pages ------------------------------------------------------------------------------------------------------------


def proved(client: Client, path: str) -> dict[str, str]:
    challenge = re.search(r'name="form" value="([^"]*)"', client.get(path).content.decode())
    assert challenge
    number = next(one for one in range(10_000) if guard.proves(challenge[1], str(one)))
    return {"form": challenge[1], "proof": str(number)}


@pytest.mark.django_db
class TestPages:
    def test_anyone_reports(self, client, places, patient):
        path = f"/en/places/{places['mill'].pk}/report/"
        answer = client.post(path, proved(client, path) | {"by-reason": "PRIVATE", "by-note": "My number"})
        assert answer.status_code == 302
        assert "two days" in client.get(answer.headers["Location"]).content.decode()
        made = Report.objects.get()
        assert (made.reason, made.note, made.place) == ("PRIVATE", "My number", places["mill"])
        assert not client.cookies

    @pytest.mark.parametrize(
        "typed", [{}, {"by-reason": "NONE"}, {"by-reason": "OTHER"}, {"by-reason": "FALSE", "by-email": "x"}]
    )
    def test_bad_input_comes_back(self, client, places, patient, typed):
        path = f"/en/places/{places['mill'].pk}/report/"
        answer = client.post(path, proved(client, path) | typed)
        assert answer.status_code == 422
        assert 'class="wrong"' in answer.content.decode()
        assert not Report.objects.exists()

    def test_deciding_asks_before_it_erases(self, client, places, steward):
        made, entry = reported(places["mill"], note="<b>mine</b>"), entry_of(places["mill"])
        client.force_login(steward)
        path = f"/en/reports/{made.pk}/"
        page = client.get(path).content.decode()
        assert "&lt;b&gt;mine" in page
        assert not Reader(page).faults
        sent = {"withhold": [f"{entry.pk}:phone"], "reply": "A private number", "decide": "act"}
        asked = client.post(path, sent).content.decode()
        assert "be undone" in asked
        assert "checked" in asked
        assert not Reader(asked).faults
        assert "phone" in fresh(places["mill"]).values
        assert client.post(path, sent | {"sure": "yes"}).status_code == 302
        assert "phone" not in Entry.objects.get(pk=entry.pk).assertion.fields
        done = client.get(path).content.decode()
        assert "taken off the page" in done
        assert not Reader(done).faults

    def test_a_false_confirmation_counts_no_more(self, client, places, steward):
        mill = places["mill"]
        places_services.tell(
            place=mill, kind="OWNER", who=audit.Who("owner"), verb="place.confirmed", as_of=timezone.localdate(),
            vouches=["phone", "desks"],
        )  # fmt: skip
        assert fresh(mill).freshness == "confirmed"
        made, word = reported(mill, "FALSE"), Signal.objects.get()
        client.force_login(steward)
        path = f"/en/reports/{made.pk}/"
        page = client.get(path).content.decode()
        assert "own word" in page
        assert not Reader(page).faults
        sent = {"decide": "act", "reply": "That was somebody else.", "unvouch": [str(word.pk)]}
        assert client.post(path, sent).status_code == 302
        assert fresh(mill).freshness == "unconfirmed"
        assert Report.objects.get().done == ["STRUCK"]

    def test_dismissing(self, client, places, steward):
        made = reported(places["mill"])
        client.force_login(steward)
        path = f"/en/reports/{made.pk}/"
        assert client.post(path, {"decide": "dismiss"}).status_code == 422
        assert client.post(path, {"decide": "act", "reply": "Hm"}).status_code == 422
        assert client.post(path, {"decide": "act", "reply": "Hm", "withhold": ["99999:phone"]}).status_code == 422
        assert client.post(path, {"decide": "dismiss", "reply": "All is well"}).status_code == 302
        assert Report.objects.get().outcome == "REFUSED"

    def test_strangers_find_nothing(self, client, places):
        made = reported(places["mill"])
        assert client.get(f"/en/reports/{made.pk}/").status_code == 302
        client.force_login(person("stranger@example.org"))
        assert client.get(f"/en/reports/{made.pk}/").status_code == 404
