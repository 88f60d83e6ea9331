"""Answers taken back, and answers whose time is over: nothing told in confidence is left anywhere."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory.census import disclosure, extract, letters, queries, rules, services
from coworkmed.observatory.census.services import Speaker
from coworkmed.observatory.models import Answer, Invitation, Release, Story, Wave
from coworkmed.people.models import Operates, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import jobs
from coworkmed.platform.models import Event
from coworkmed.sources.models import Entry, Source
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry, source

from .waves import answer, given, invited, path, wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sends")]
TO = "geia@kypseli.example"
LINK = Speaker()
#: What nobody else says, to be looked for.
JOBS, TALE = 7391.5, "Zografia began to mend bicycles, and the square filled with people."
SECRET = {"jobs_fte": JOBS, "result": "LOSS", "story": TALE, "story_consent": "NO"}


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    return registry()


@pytest.fixture
def asked(places: dict[str, Place]) -> Invitation:
    return invited(places["athens"], wave(), TO)


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_superuser("operator@example.org")


@pytest.fixture
def peers(db: None) -> list[Invitation]:
    """Six places of one kind and country, each of which has answered, and so counts in what is told."""
    found, speaks = wave(), source("region-fictive")
    made = [kindred(f"p{at:015}", speaks) for at in range(6)]
    told = [invited(one, found, f"{one.pk}@place.example") for one in made]
    for at, one in enumerate(told[:5]):
        answer(one, {"jobs_fte": JOBS + at})
    return told


def kindred(name: str, speaks: Source) -> Place:
    """A coworking space in France of which somebody speaks."""
    made = Place.objects.create(public_id=name, name=name, status="OPEN", country="FR", main_kind="COWORK")
    entry = Entry.objects.create(source=speaks, external_id=name, first_seen=timezone.localdate())
    made.links.create(entry=entry, decided_by="alone")
    return made


def where(said: str) -> Iterator[str]:
    """Every table in which a row holds these words."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            if said in str(row):
                yield model._meta.label


def told() -> list[str]:
    return [*where(str(JOBS)), *where(TALE)]


# -- taking back ------------------------------------------------------------------------------------------------------


def test_nothing_told_in_confidence_is_left_in_any_table(asked: Invitation) -> None:
    answer(asked, SECRET)
    assert told()
    services.withdraw(invitation=asked, by=LINK)
    assert told() == []
    assert not Answer.objects.exists()
    invitation = Invitation.objects.get()
    assert (invitation.answered_on, invitation.withdrawn_on) == (None, timezone.localdate())
    assert Event.objects.get(verb="census.withdrawn").role == "owner"


def test_what_was_told_of_the_place_counts_no_more(asked: Invitation) -> None:
    before = Place.objects.get(pk=asked.place_id)
    services.keep(invitation=asked, section="basics", answers=given(desks=77, user_vote="CONSULTED"), by=LINK)
    services.keep(
        invitation=asked, section="place", answers={"name": {"value": before.values["name"], "how": "confirmed"}},
        by=LINK,
    )  # fmt: skip
    services.submit(invitation=asked, by=LINK)
    shown = Place.objects.get(pk=asked.place_id)
    assert shown.values["desks"] == 77 and shown.freshness == "confirmed"
    services.withdraw(invitation=asked, by=LINK)
    after = Place.objects.get(pk=asked.place_id)
    assert after.values == before.values and after.freshness == before.freshness
    assert not before.signals.standing().filter(kind="CENSUS").exists()


def test_another_wave_stays(asked: Invitation) -> None:
    other = invited(asked.place, wave(), TO)
    for one, desks in ((other, 70), (asked, 80)):
        services.keep(invitation=one, section="basics", answers=given(desks=desks, jobs_fte=3), by=LINK)
        services.submit(invitation=one, by=LINK)
    services.withdraw(invitation=asked, by=LINK)
    assert Answer.objects.get().wave == other.wave
    assert Place.objects.get(pk=asked.place_id).values["desks"] == 70


def test_who_took_back_is_neither_silent_nor_reminded(asked: Invitation, operator: Person) -> None:
    answer(asked, SECRET)
    services.withdraw(invitation=asked, by=LINK)
    assert not queries.silent(asked.wave, operator).exists()
    assert services.remind(by=operator, wave=asked.wave) == 0
    assert services.write(today=timezone.localdate() + timedelta(20)) == 0


def test_it_may_answer_anew_and_take_that_back_as_well(asked: Invitation) -> None:
    for _ in range(2):
        answer(asked, SECRET)
        assert Invitation.objects.get().withdrawn_on is None
        services.withdraw(invitation=asked, by=LINK)
        assert told() == []
    with pytest.raises(CoworkmedError, match="no answers"):
        services.withdraw(invitation=asked, by=LINK)


def test_after_the_wave_too(asked: Invitation, operator: Person) -> None:
    answer(asked, SECRET)
    services.close(by=operator, wave=asked.wave)
    services.withdraw(invitation=asked, by=LINK)
    assert told() == []


def test_who_may_take_back(asked: Invitation, operator: Person) -> None:
    mill, stranger, owner = organisation("Mill", kind="OPERATOR"), person("s@example.org"), person("o@example.org")
    role(owner, mill, "OWNER")
    Operates.objects.create(organisation=mill, place=asked.place_id)
    answer(asked, SECRET)
    with pytest.raises(NotAllowedError):
        services.withdraw(invitation=asked, by=Speaker(stranger))
    assert Answer.objects.exists()
    services.withdraw(invitation=asked, by=Speaker(owner))
    answer(asked, SECRET)
    services.withdraw(invitation=asked, by=Speaker(operator))  # who keyed in its paper
    assert not Answer.objects.exists()


# -- what is told of groups -------------------------------------------------------------------------------------------


def test_of_who_counted_nothing_is_left_but_that_somebody_stood_there(peers: list[Invitation]) -> None:
    (before,) = Release.objects.filter(figure="jobs_fte")
    services.withdraw(invitation=peers[0], by=LINK)
    assert [*where(str(JOBS))] == []
    after = Release.objects.get(pk=before.pk)
    assert after.groups == before.groups  # what was told can't be taken back
    assert peers[0].place_id not in str(after.members) + str(after.gone)
    assert list(after.gone.values()) == [before.members[peers[0].place_id]["group"]]


def test_two_portraits_subtracted_don_t_give_away_who_left(peers: list[Invitation]) -> None:
    services.withdraw(invitation=peers[0], by=LINK)
    answer(peers[0], {"jobs_fte": 1})
    for at in range(5):
        late = kindred(f"q{at:015}", Source.objects.get(pk="region-fictive"))
        answer(invited(late, peers[0].wave, f"q{at}@place.example"), {"jobs_fte": at})
    releases = queries.releases(peers[0].wave, "jobs_fte")
    assert len(releases) == 2
    stood = [queries.counted(one) for one in releases]
    assert min(disclosure.parts(stood).values()) >= rules.FEWEST
    assert {one.place_id for one in peers[1:5]}.isdisjoint(releases[1].members)  # they would give it away


# -- pages ------------------------------------------------------------------------------------------------------------


def test_by_the_link_of_the_mail(client: Client, asked: Invitation) -> None:
    answer(asked, SECRET)
    base = path(asked, TO)
    services.show(invitation=asked, public=True)
    portrait = f"/en/census/portrait/{asked.wave.number}/{asked.place_id}/"
    assert client.get(portrait).status_code == 200
    assert f"{base}withdraw/" in client.get(base).content.decode()
    assert client.get(f"{base}withdraw/").status_code == 200
    assert Answer.objects.exists()  # looking changes nothing
    for _ in range(2):  # pressed twice
        assert client.post(f"{base}withdraw/").status_code == 302
    assert "Your answers are taken back" in client.get(f"{base}withdraw/").content.decode()
    assert client.get(portrait).status_code == 404
    assert client.get(f"{base}portrait/").status_code == 302
    assert client.get(f"{base}portrait.pdf").status_code == 302


def test_signed_in(client: Client, asked: Invitation) -> None:
    mill, owner = organisation("Mill", kind="OPERATOR"), person("o@example.org")
    role(owner, mill, "OWNER")
    Operates.objects.create(organisation=mill, place=asked.place_id)
    page = f"/en/census/of/{asked.place_id}/"
    client.force_login(owner)
    assert "Nothing was answered" in client.get(page).content.decode()
    answer(asked, SECRET)
    shown = client.get(page).content.decode()
    assert str(queries.kept_until(asked.wave).year) in shown and str(JOBS) not in shown
    for number in ("", "99", "x"):
        assert client.post(page, {"wave": number}).status_code == 404
    assert client.post(page, {"wave": str(asked.wave.number)}).status_code == 302
    assert told() == []


def test_the_place_is_told_before_it_answers_for_how_long_it_is_kept(client: Client, asked: Invitation) -> None:
    until = queries.kept_until(asked.wave)
    assert until.year == asked.wave.closes.year + rules.KEPT_YEARS
    assert str(until.year) in client.get(path(asked, TO)).content.decode()
    letter = letters.letter(asked, asked.place, TO, today=timezone.localdate())
    assert letter.context["kept"] == until.isoformat()


# -- forgetting -------------------------------------------------------------------------------------------------------


def test_when_its_time_is_over_it_is_deleted(asked: Invitation, places: dict[str, Place]) -> None:
    services.keep(invitation=asked, section="basics", answers=given(desks=77), by=LINK)
    answer(asked, SECRET)
    begun = invited(places["mill"], asked.wave)
    services.keep(invitation=begun, section="economy", answers=given(jobs_fte=JOBS), by=LINK)
    last = queries.kept_until(asked.wave)
    assert services.forget(today=last) == 0
    assert told()
    assert services.forget(today=last + timedelta(1)) == 1
    assert told() == []
    assert Answer.objects.get().values["desks"]["value"] == 77  # that is on the page of the place
    assert Place.objects.get(pk=asked.place_id).values["desks"] == 77
    closed = Wave.objects.get()
    assert (closed.state, closed.forgotten_on) == ("CLOSED", last + timedelta(1))
    assert services.forget(today=last + timedelta(9)) == 0


def test_groups_keep_what_was_told_of_them(peers: list[Invitation]) -> None:
    (before,) = Release.objects.filter(figure="jobs_fte")
    services.forget(today=queries.kept_until(peers[0].wave) + timedelta(1))
    after = Release.objects.get(pk=before.pk)
    assert after.groups == before.groups and after.members == {}
    assert [*where(str(JOBS))] == []


def test_it_is_done_each_night() -> None:
    assert jobs.every_job()["census.forget"].every


# -- opened again -----------------------------------------------------------------------------------------------------


def test_a_wave_is_opened_again_until_figures_tell_of_it(asked: Invitation, operator: Person, tmp_path: Path) -> None:
    today = timezone.localdate()
    with pytest.raises(CoworkmedError, match="not closed"):
        services.reopen(by=operator, wave=asked.wave, closes=today)
    services.close(by=operator, wave=asked.wave)
    with pytest.raises(CoworkmedError, match="has passed"):
        services.reopen(by=operator, wave=asked.wave, closes=today - timedelta(1))
    with pytest.raises(NotAllowedError):
        services.reopen(by=person("s@example.org"), wave=asked.wave, closes=today)
    services.reopen(by=operator, wave=asked.wave, closes=today + timedelta(5))
    answer(asked, SECRET)
    services.close(by=operator, wave=asked.wave)
    extract.write(tmp_path)
    with pytest.raises(CoworkmedError, match="have been published"):
        services.reopen(by=operator, wave=asked.wave, closes=today)


def test_the_coordinator_opens_it_again_from_its_page(client: Client, asked: Invitation, operator: Person) -> None:
    client.force_login(operator)
    page = f"/en/census/waves/{asked.wave.number}/"
    client.post(page, {"step": "close"})
    assert 'value="reopen"' in client.get(page).content.decode()
    client.post(page, {"step": "reopen", "closes": "yesterday"})
    assert Wave.objects.get().state == "CLOSED"
    assert "Say until which day" in client.get(page).content.decode()
    client.post(page, {"step": "reopen", "closes": str(timezone.localdate() + timedelta(9))})
    assert Wave.objects.get().state == "OPEN"


def test_figures_made_anew_after_a_withdrawal_tell_nothing_in_confidence(
    asked: Invitation, places: dict[str, Place], operator: Person, tmp_path: Path
) -> None:
    """Else the figures of two days, subtracted, would be the answers of who left in between."""
    other = invited(places["mill"], asked.wave)
    answer(asked, SECRET)
    answer(other, {"jobs_fte": 2})
    services.close(by=operator, wave=asked.wave)
    extract.write(tmp_path)
    told_of = list(extract.rows(Wave.objects.get()))
    assert {one.jobs_fte for one in told_of} == {JOBS, 2}
    services.withdraw(invitation=asked, by=LINK)
    left = list(extract.rows(Wave.objects.get()))
    assert [(one.answered, one.jobs_fte) for one in sorted(left, key=lambda one: one.answered)] == [
        (False, None), (True, None),
    ]  # fmt: skip


def test_what_was_never_sent_may_go_without_holding_back_the_figures(
    asked: Invitation, places: dict[str, Place], operator: Person, tmp_path: Path
) -> None:
    draft = invited(places["mill"], asked.wave, "mill@place.example")
    services.keep(invitation=draft, section="economy", answers=given(jobs_fte=2), by=LINK)
    answer(asked, SECRET)
    services.close(by=operator, wave=asked.wave)
    extract.write(tmp_path)
    services.withdraw(invitation=draft, by=LINK)
    assert not Wave.objects.get().thinned
    services.withdraw(invitation=asked, by=LINK)
    assert Wave.objects.get().thinned


def test_a_story_told_in_the_wave_goes_with_the_answers(asked: Invitation) -> None:
    answer(asked, SECRET | {"story_consent": "NAMED"})
    assert Story.objects.get().text == TALE
    services.withdraw(invitation=asked, by=LINK)
    assert Story.objects.get().state == "WITHDRAWN"
    assert told() == []
