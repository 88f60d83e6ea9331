"""Waves at work: whom they ask and when, what is kept and sent, what becomes of it, who sees who is silent."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.db import connections
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory.census import letters, portrait, queries, services
from coworkmed.observatory.census.services import Speaker, answering, writing
from coworkmed.observatory.models import Answer, Invitation, Release, Wave
from coworkmed.people.models import Operates, Organisation, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place, Signal
from coworkmed.platform import jobs, tokens
from coworkmed.platform.audit import Thing
from coworkmed.platform.models import Event, Quiet
from coworkmed.platform.tokens import address_digest
from coworkmed.sources.models import Entry
from coworkmed.stewardship.models import Asked, Report
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry

from .waves import answer, given, invited, path, wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sends")]
TO = "geia@kypseli.example"
LINK = Speaker()


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    return registry()


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_superuser("operator@example.org")


@pytest.fixture
def network(db: None) -> Organisation:
    return organisation("Network")


@pytest.fixture
def ana(network: Organisation, places: dict[str, Place]) -> Person:
    """Who coordinates the network that the mill belongs to."""
    found = person("ana@example.org")
    role(found, network, "COORDINATOR")
    Operates.objects.create(organisation=network, place=places["mill"].pk)
    return found


@pytest.fixture
def asked(places: dict[str, Place]) -> Invitation:
    """The Athens place, invited to an open wave."""
    return invited(places["athens"], wave(), TO)


def prepared(by: Person, organisation: Organisation | None = None, **more: Any) -> Wave:
    today = timezone.localdate()
    told = {"title": {"en": "Census"}, "territories": [], "opens": today, "closes": today + timedelta(30)}
    return services.prepare(by=by, organisation=organisation, **told | more)


def written() -> list[outbox.EmailMessage]:
    jobs.run_due()
    return list(getattr(outbox, "outbox", []))


# -- preparing and opening --------------------------------------------------------------------------------------------


def test_a_dry_run_tells_whom_it_would_ask_and_asks_nobody(operator: Person, places: dict[str, Place]) -> None:
    draft = prepared(operator, territories=["GR", "FR-PAC", "HR"])
    plan = queries.plan(draft, operator)
    assert plan.places == Place.objects.shown().filter(country__in=["GR", "HR"]).count() + (
        places["mill"].region == "FR-PAC"
    )
    assert dict(plan.by_language)["el"] == 1
    assert plan.without_address == plan.places - 1
    assert not Invitation.objects.exists()
    assert not Asked.objects.exists()


def test_a_coordinator_asks_the_places_of_their_network_only(ana: Person, network: Organisation) -> None:
    draft = prepared(ana, network)
    assert services.open_wave(by=ana, wave=draft) == 1
    with pytest.raises(CoworkmedError, match="opened already"):
        services.open_wave(by=ana, wave=draft)


def test_who_may_not_run_a_wave_is_refused(network: Organisation, ana: Person, operator: Person) -> None:
    stranger = person("stranger@example.org")
    for by, of in ((stranger, None), (stranger, network), (ana, None), (ana, organisation("Other"))):
        with pytest.raises(NotAllowedError):
            prepared(by, of)
    draft = prepared(operator)
    for act in (services.open_wave, services.remind, services.close):
        with pytest.raises(NotAllowedError):
            act(by=ana, wave=draft)


def test_a_wave_is_not_opened_where_mail_goes_nowhere(operator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name: getattr(settings.ENV, name) for name in settings.ENV.__slots__}
    monkeypatch.setattr(settings, "ENV", type(settings.ENV)(**kept | {"email_url": ""}))
    with pytest.raises(CoworkmedError, match="Mail goes nowhere"):
        services.open_wave(by=operator, wave=prepared(operator))


# -- letters ----------------------------------------------------------------------------------------------------------


def test_an_invitation_goes_out_in_the_places_language_once(operator: Person, places: dict[str, Place]) -> None:
    services.open_wave(by=operator, wave=prepared(operator, title={"en": "Census", "el": "Η απογραφή"}))
    today = timezone.localdate()
    assert services.write(today=today) == 1  # one place has an address
    assert services.write(today=today) == 0
    (sent,) = written()
    assert sent.to == [TO]
    assert "Η απογραφή" in sent.subject
    assert "/el/census/answer/" in sent.body
    invitation = Invitation.objects.get(place=places["athens"])
    assert invitation.sent_on == today and invitation.address == address_digest(TO)


def test_the_months_question_comes_in_the_same_mail(operator: Person, places: dict[str, Place]) -> None:
    today = timezone.localdate()
    Place.objects.filter(pk=places["athens"].pk).update(due_on=today)
    services.open_wave(by=operator, wave=prepared(operator))
    services.write(today=today)
    (sent,) = written()
    assert "/word/confirm/" in sent.body
    assert Asked.objects.get().to == Asked.To.OWNER  # what the clock would have asked waits for an answer


@pytest.mark.parametrize("hindrance", ["asked lately", "stopped", "not us", "budget"])
def test_nobody_is_written_to_who_should_not_be(
    operator: Person, places: dict[str, Place], hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    today, athens = timezone.localdate(), places["athens"]
    match hindrance:
        case "asked lately":
            Asked.objects.create(
                address=address_digest(TO), place=athens, to="OWNER", on=today - timedelta(29), mail="m"
            )
        case "stopped":
            Quiet.objects.create(pk=address_digest(TO), reason=Quiet.Reason.STOPPED)
        case "not us":
            Report.objects.create(place=athens, reason="NOT_US", address=address_digest(TO), due=timezone.now())
        case "budget":
            monkeypatch.setattr(writing, "may_write", lambda today, **about: False)
    services.open_wave(by=operator, wave=prepared(operator))
    assert services.write(today=today) == 0
    assert written() == []
    if hindrance == "asked lately":  # the month has gone by the next day
        assert services.write(today=today + timedelta(1)) == 1


def test_a_reminder_waits_for_its_month_and_for_who_is_silent(operator: Person, places: dict[str, Place]) -> None:
    today = timezone.localdate()
    draft = prepared(operator, closes=today + timedelta(90))
    services.open_wave(by=operator, wave=draft)
    services.write(today=today)
    assert services.remind(by=operator, wave=draft) == 1
    assert services.write(today=today + timedelta(29)) == 0
    assert services.write(today=today + timedelta(30)) == 1
    invitation = Invitation.objects.get(place=places["athens"])
    assert invitation.reminders == 1
    answer(invitation, {"jobs_fte": 2})
    assert services.remind(by=operator, wave=draft) == 0


# -- the link ---------------------------------------------------------------------------------------------------------


def test_a_link_works_again_and_again_and_for_its_place_only(asked: Invitation) -> None:
    token = path(asked, TO).split("/")[4]
    for _ in range(3):
        assert services.by_link(token) == asked
    with pytest.raises(tokens.TokenError):
        services.by_link(token[:-1] + ("A" if token[-1] != "A" else "B"))
    other = tokens.make(purpose="place.confirm", thing=Thing("census", str(asked.pk)), address=TO)
    with pytest.raises(tokens.TokenError):
        services.by_link(other)
    with pytest.raises(tokens.TokenError):
        services.by_link(tokens.make(purpose=letters.PURPOSE, thing=Thing("place", "x"), address=TO))


def test_a_link_dies_with_its_address(asked: Invitation) -> None:
    token = path(asked, TO).split("/")[4]
    Report.objects.create(place=asked.place, reason="NOT_US", address=address_digest(TO), due=timezone.now())
    with pytest.raises(tokens.TokenError):
        services.by_link(token)
    Report.objects.all().delete()
    Invitation.objects.filter(pk=asked.pk).update(address=address_digest("new@place.example"))
    with pytest.raises(tokens.TokenError):
        services.by_link(token)


# -- answering --------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_the_places_word_in_this_wave(asked: Invitation) -> None:
    values = given(desks=30, jobs_fte=2.5) | {"name": {"value": asked.place.name, "how": "confirmed"}}
    services.keep(invitation=asked, section="basics", answers=values, by=LINK)
    services.submit(invitation=asked, by=LINK)
    place = Place.objects.get(pk=asked.place_id)
    entry = Entry.objects.get(source="census-1")
    assert entry.assertion and set(entry.assertion.fields) == {"desks"}
    assert entry.assertion.role == "OWNER" and entry.assertion.licence == "CC0-1.0"
    assert place.values["desks"] == 30
    assert "jobs_fte" not in place.values
    assert place.freshness == "confirmed"
    assert Signal.objects.get(place=place, kind="CENSUS").values == {"name": place.name}
    asked.refresh_from_db()
    assert asked.answered_on == timezone.localdate()
    assert "jobs" not in "".join(Event.objects.values_list("after", flat=True))


def test_answers_sent_anew_speak_instead_of_the_earlier(asked: Invitation) -> None:
    answer(asked, {"desks": 30})
    answer(asked, {"desks": 31})
    kept = Answer.objects.get()
    assert kept.version == 2
    assert Place.objects.get(pk=asked.place_id).values["desks"] == 31
    assert Entry.objects.filter(source="census-1", retired_on=None).count() == 1


def test_a_correction_of_the_same_day_goes_before_the_census(asked: Invitation) -> None:
    from coworkmed.kernel.values import Value
    from coworkmed.stewardship.services import words
    from coworkmed.stewardship.services.words import Speaker as ByLink

    answer(asked, {"desks": 30})
    token = tokens.make(purpose="place.correct", thing=Thing("place", asked.place_id), address=TO)
    words.correct(place=asked.place, by=ByLink(token, "correct"), changes={"desks": Value(8)}, kept=())
    assert Place.objects.get(pk=asked.place_id).values["desks"] == 8


def test_an_empty_answer_is_not_sent(asked: Invitation) -> None:
    with pytest.raises(CoworkmedError, match="Nothing has been answered"):
        services.submit(invitation=asked, by=LINK)
    services.keep(invitation=asked, section="basics", answers={"desks": {"none": "REFUSED"}}, by=LINK)
    with pytest.raises(CoworkmedError, match="Nothing has been answered"):
        services.submit(invitation=asked, by=LINK)


@pytest.mark.parametrize("when", ["before", "after", "closed"])
def test_nothing_is_kept_outside_the_wave_and_nothing_is_lost(asked: Invitation, when: str) -> None:
    services.keep(invitation=asked, section="basics", answers=given(desks=30), by=LINK)
    today = timezone.localdate()
    changed: dict[str, Any] = {
        "before": {"opens": today + timedelta(1)},
        "after": {"opens": today - timedelta(9), "closes": today - timedelta(1)},
        "closed": {"state": Wave.State.CLOSED},
    }[when]
    Wave.objects.update(**changed)
    for act in (
        lambda: services.keep(invitation=asked, section="basics", answers=given(desks=1), by=LINK),
        lambda: services.submit(invitation=asked, by=LINK),
    ):
        with pytest.raises(CoworkmedError, match="takes no answers"):
            act()
    assert Answer.objects.get().values["desks"]["value"] == 30


def test_paper_may_come_late_and_only_by_who_looks_after_the_place(
    asked: Invitation, ana: Person, operator: Person
) -> None:
    today = timezone.localdate()
    Wave.objects.update(opens=today - timedelta(9), closes=today - timedelta(1))
    with pytest.raises(NotAllowedError):
        services.keep(invitation=asked, section="basics", answers=given(desks=1), by=Speaker(ana))
    with pytest.raises(CoworkmedError, match="No place of yours"):
        services.by_paper(asked.code, asked.wave, ana)
    assert services.by_paper(asked.code, asked.wave, operator) == asked
    services.keep(invitation=asked, section="basics", answers=given(desks=12), by=Speaker(operator))
    assert services.submit(invitation=asked, by=Speaker(operator)).channel == "PAPER"


def test_a_place_that_was_joined_to_another_answers_for_that(asked: Invitation, places: dict[str, Place]) -> None:
    services.keep(invitation=asked, section="basics", answers=given(desks=30), by=LINK)
    place = places["athens"]
    place.links.update(place=places["split"])
    Place.objects.filter(pk=place.pk).update(merged_into=places["split"])
    services.submit(invitation=asked, by=LINK)
    assert Place.objects.get(pk=places["split"].pk).values["desks"] == 30


def test_what_was_answered_in_confidence_is_known_to_the_same_reader_a_year_later(asked: Invitation) -> None:
    answer(asked, {"jobs_fte": 2.5, "story": "It rained.", "story_consent": "NO"})
    again = wave()
    assert queries.known(asked.place, invited(asked.place, again, TO))["jobs_fte"].value == 2.5
    Invitation.objects.filter(wave=again).update(address=address_digest("new@place.example"))
    other = Invitation.objects.get(wave=again)
    assert "jobs_fte" not in queries.known(asked.place, other)
    assert "story" not in queries.known(asked.place, other)


# -- two at once ------------------------------------------------------------------------------------------------------


def at_once(invitation: Invitation) -> dict[str, Any]:
    """Two devices keep two sections at the same moment; what is kept then."""
    ready, faults = threading.Barrier(2), []

    def run(section: str, values: dict[str, Any]) -> None:
        try:
            ready.wait(5)
            services.keep(invitation=invitation, section=section, answers=values, by=LINK)
        except Exception as fault:  # told below
            faults.append(fault)
        finally:
            connections.close_all()

    told = [("basics", given(desks=30)), ("economy", given(jobs_fte=2))]
    threads = [threading.Thread(target=run, args=one) for one in told]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert faults == []
    kept = Answer.objects.get()
    return kept.values | {"seen": kept.seen}


@pytest.mark.django_db(transaction=True)
def test_two_devices_lose_nothing_of_each_other(asked: Invitation) -> None:
    services.keep(invitation=asked, section="place", answers={}, by=LINK)
    found = at_once(asked)
    assert {"desks", "jobs_fte"} <= set(found)
    assert set(found["seen"]) == {"place", "basics", "economy"}


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_answer_one_of_them_is_lost(asked: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read before either writes, outside a transaction that would hold the row."""
    services.keep(invitation=asked, section="place", answers={}, by=LINK)
    both = threading.Barrier(2)

    def unheld(invitation: Invitation) -> Answer:
        found = Answer.objects.get(wave=invitation.wave, place=invitation.place_id)
        both.wait(10)
        return found

    monkeypatch.setattr(answering, "_answer", unheld)
    monkeypatch.setattr(services, "keep", services.keep.__wrapped__)
    found = at_once(asked)
    assert not {"desks", "jobs_fte"} <= set(found)


# -- the portrait -----------------------------------------------------------------------------------------------------


@pytest.fixture
def many(places: dict[str, Place]) -> list[Invitation]:
    """Twelve places of one kind and country, invited to a wave."""
    found = wave()
    made = [
        Place.objects.create(
            public_id=f"p{at:015}", name=f"P{at}", status="OPEN", country="FR", region="FR-PAC", main_kind="COWORK",
            values={"desks": 10 + at},
        )
        for at in range(12)
    ]  # fmt: skip
    for one in made:  # somebody speaks of each
        entry = Entry.objects.create(source_id="region-fictive", external_id=one.pk, first_seen=date(2026, 1, 1))
        one.links.create(entry=entry, decided_by="alone")
    return [invited(one, found, f"{one.pk}@place.example") for one in made]


def told(invitation: Invitation) -> dict[str, portrait.Beside]:
    answered = queries.answer_of(invitation)
    return {one.figure.code: one for one in queries.beside(answered, invitation.place)}


def test_a_confidential_figure_appears_with_the_fifth_answer(many: list[Invitation]) -> None:
    for at, one in enumerate(many[:4]):
        answer(one, {"jobs_fte": at})
    assert told(many[0])["jobs_fte"].group is None
    answer(many[4], {"jobs_fte": 4})
    found = told(many[0])["jobs_fte"]
    assert (found.n, found.group, found.median, found.own) == (5, portrait.NARROWEST, 2, 0)
    assert found.stands == "LOW"


def test_the_sixth_answer_and_a_correction_change_nothing_that_was_told(many: list[Invitation]) -> None:
    """Differencing in time: whoever looks before and after learns nothing of who came in between."""
    for at, one in enumerate(many[:5]):
        answer(one, {"jobs_fte": at})
    before = told(many[0])["jobs_fte"]
    answer(many[5], {"jobs_fte": 999})
    answer(many[1], {"jobs_fte": 777})
    assert told(many[0])["jobs_fte"] == before
    for one in many[6:10]:
        answer(one, {"jobs_fte": 50})
    assert told(many[0])["jobs_fte"].n == 10
    first, second = Release.objects.filter(figure="jobs_fte")
    assert {place: second.members[place]["value"] for place in first.members} == {
        place: one["value"] for place, one in first.members.items()
    }


def test_public_figures_are_compared_with_the_registry(many: list[Invitation]) -> None:
    answer(many[0], {"jobs_fte": 1})
    found = told(many[0])["desks"]
    assert found.group is not None and found.n >= 5 and found.own == 10


def test_a_public_portrait_hides_the_own_figures_that_are_not(many: list[Invitation]) -> None:
    for at, one in enumerate(many[:5]):
        answer(one, {"jobs_fte": at})
    assert told(many[2])["jobs_fte"].public.own is None
    assert told(many[2])["desks"].public.own == 12


# -- who sees who is silent -------------------------------------------------------------------------------------------


def test_the_silent_are_named_to_those_who_look_after_them_only(
    operator: Person, ana: Person, places: dict[str, Place]
) -> None:
    found = wave()
    for name in ("mill", "athens"):
        invited(places[name], found)
    assert [one.place_id for one in queries.silent(found, ana)] == [places["mill"].pk]
    assert queries.silent(found, operator).count() == 2
    assert not queries.silent(found, person("stranger@example.org")).exists()


def test_waves_are_seen_by_whom_they_concern(operator: Person, ana: Person, places: dict[str, Place]) -> None:
    found = wave()
    assert not queries.waves_of(ana).exists()
    invited(places["mill"], found)
    assert list(queries.waves_of(ana)) == [found]
    assert not queries.may_run(ana, found)
    assert queries.may_run(operator, found)


def test_few_queries_for_many_guests(many: list[Invitation], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(1):
        assert len(queries.guests(many[0].wave)) == 12


def test_an_answer_that_is_asked_for_no_more_counts_nowhere(places: dict[str, Place]) -> None:
    asked = invited(places["mill"], wave(), TO)
    answer(asked, {"non_money_payment": ["TIME_HOURS"], "hours_given_month": 50})
    assert queries.facts(Answer.objects.get(), places["mill"])["hours_given_month"] == 50
    answer(asked, {"non_money_payment": ["NONE"]})
    assert "hours_given_month" not in Answer.objects.get().values
