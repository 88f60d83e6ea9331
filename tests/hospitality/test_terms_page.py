"""The page on which a place says how it receives visitors: filled in, corrected, refused in words."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coworkmed.hospitality.calendar import Calendar, Period, Span
from coworkmed.hospitality.models import Host
from coworkmed.places.models import Place

from .world import members, person, world

pytestmark = pytest.mark.django_db

FILLED = {
    "desks_per_day": "2", "days_per_visitor": "5", "beyond": "PAID", "price": "12.50", "minutes": "",
    "answer_hours": "24", "notice_hours": "12", "weekdays": ["0", "1"], "opens": "09:00", "closes": "17:30",
    "house_rules": "Ring twice.",
}  # fmt: skip
PAGE = "/en/places/split/hosting/"


def signed_in(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def owner():
    place = Place.objects.create(
        public_id="split", name="Split", country="HR", lat=43.5, lon=16.4, status="OPEN",
        values={"opening_hours": "Mo-Sa 08:00-20:00"},
    )  # fmt: skip
    return person("owner@split.example", of=place, role="OWNER")


def test_a_place_begins_to_receive_visitors(owner):
    client = signed_in(owner)
    shown = client.get(PAGE)
    assert shown.status_code == 200
    assert 'value="08:00' in shown.text, "by the hours that the registry knows"
    assert client.post(PAGE, FILLED).status_code == 302
    host = Host.objects.get()
    assert (host.zone, host.current.days_per_visitor, host.current.beyond_amount) == ("Europe/Zagreb", 5, 1250)
    assert Calendar.from_json(host.calendar).periods == (Period((Span(frozenset({0, 1}), 540, 1050),)),)
    assert host.resources.get().capacity == 2
    again = client.get(PAGE).text
    assert "version 1" in again
    assert "Ring twice." in again
    assert client.post(PAGE, FILLED | {"desks_per_day": "3", "closes": "02:00"}).status_code == 302
    host.refresh_from_db()
    assert (host.current.version, host.resources.get().capacity) == (2, 3)
    assert Calendar.from_json(host.calendar).periods[0].spans[0].closes == 1440 + 120


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days_per_visitor": "2"}, "greater than or equal to 3"),
        ({"notice_hours": "100"}, "less than or equal to 72"),
        ({"price": ""}, "Say how much"),
        ({"beyond": "HOURS"}, "Say how much"),
        ({"closes": "09:00"}, "another hour"),
        ({"opens": "noon"}, "valid time"),
        ({"weekdays": ["9"]}, "valid choice"),
        ({"weekdays": []}, "required"),
        ({"desks_per_day": "many"}, "whole number"),
        ({"beyond": "EVERYTHING"}, "valid choice"),
    ],
)
def test_what_can_not_be_is_told(owner, wrong, said):
    answer = signed_in(owner).post(PAGE, FILLED | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert not Host.objects.exists()


def test_who_may_and_who_may_look():
    split = world()
    assert signed_in(split.stranger).get(PAGE).status_code == 403
    team = signed_in(split.team)
    assert "Keep these terms" not in team.get(PAGE).text
    assert team.post(PAGE, FILLED).status_code == 403
    assert team.post(PAGE, {"act": "pause"}).status_code == 403
    split.host.refresh_from_db()
    assert (split.host.current.version, split.host.suspended_on) == (1, None)


def test_pause_and_go_on():
    split = world()
    client = signed_in(split.owner)
    assert client.post(PAGE, {"act": "pause"}).status_code == 302
    assert "asked for a pause" in client.get(PAGE).text
    client.post(PAGE, {"act": "reconfirm"})
    split.host.refresh_from_db()
    assert split.host.suspended_on is None


def test_nobody_is_turned_away_in_silence():
    split = world()
    Place.objects.update(country="")  # whenever this runs, no day is a public holiday
    now = timezone.now()
    monday = now.date() + timedelta(days=14 - now.weekday())
    for one in members(split, 2):
        split.book(monday, by=one, now=now)
    answer = signed_in(split.owner).post(PAGE, FILLED | {"desks_per_day": "1", "weekdays": ["0", "1", "2", "3", "4"]})
    assert answer.status_code == 422
    assert "2 bookings stand in the way" in answer.text
    split.host.refresh_from_db()
    assert split.host.current.version == 1, "all of it or nothing"


def test_richer_hours_are_kept():
    rich = Calendar((Period((Span(frozenset({0}), 540, 720), Span(frozenset({0}), 840, 1080))),))
    split = world(when=rich)
    client = signed_in(split.owner)
    assert "kept as they are" in client.get(PAGE).text
    assert client.post(PAGE, FILLED).status_code == 302
    split.host.refresh_from_db()
    assert Calendar.from_json(split.host.calendar) == rich
    assert split.host.day_cutoff == time()
