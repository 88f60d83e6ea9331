"""What people say of a place: shown at once, outlasting every later import, and gone once struck out."""

import random
import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.values import Value
from coworkmed.people import services as people
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.places import rules, services
from coworkmed.places.freshness import Signal as Told
from coworkmed.places.models import Link, Place, Signal
from coworkmed.places.pages.place import place_page
from coworkmed.places.queries import as_published
from coworkmed.places.services import refreshing, settling
from coworkmed.platform import audit, jobs
from coworkmed.platform.models import Event
from coworkmed.sources.models import Entry, Source
from tests.places.test_services import PHARE, RUCHE_A, RUCHE_B, World

OWNER = audit.Who("owner", "7")
HOURS = "Mo-Fr 09:00-18:00"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def phare(world):
    world.run(a=[PHARE])
    return world.place_of("a", "2")


def tell(place, day, *, kind="OWNER", verb="place.corrected", **said):
    services.tell(place=place, kind=kind, who=OWNER, verb=verb, as_of=day, **said)
    return Place.objects.get(pk=place.pk)


def confirm(place, day, **said):
    return tell(
        place, day, verb="place.confirmed", fields={"status": Value("OPEN")}, vouches=list(place.values), **said
    )


pytestmark = pytest.mark.django_db


def test_a_confirmed_place_is_confirmed_and_asked_again_in_time(world, phare):
    assert (phare.freshness, phare.due_on) == ("unconfirmed", world.day)
    after = confirm(phare, world.day)
    assert (after.status, after.freshness, after.confirmed_by) == ("OPEN", "confirmed", "OWNER")
    assert after.confirmed_on == world.day.isoformat()
    assert after.due_on == world.day.replace(year=world.day.year + 1)  # existence and telephone: twelve months
    assert after.modified > phare.modified


def test_what_was_confirmed_stays_said_by_the_list_under_its_licence(world, phare):
    confirm(phare, world.day)
    (row,) = as_published([phare.pk])
    assert row.authors["phone"][0]["source"] == "a"
    assert row.authors["status"][0]["source"] == "own-word"


def test_a_list_read_later_does_not_undo_what_was_confirmed(world, phare):
    confirm(phare, world.day)
    other = PHARE.replace("00 02", "99 99").replace("2,", "9,", 1)
    world.run(b=[other])
    place = world.place_of("b", "9")
    assert place.pk == phare.pk  # the two lists speak of one place
    assert place.values["phone"] == "+33491000002"
    settled = {one.field.name: one for section in place_page(place, place.modified).sections for one in section[2]}
    assert [one.lost for one in settled["phone"].said] == ["", "ROLE"]


def test_a_list_that_changes_its_own_value_does_not_undo_what_was_confirmed(world, phare):
    given = world.day
    confirm(phare, given)
    world.run(a=[PHARE.replace("00 02", "99 99").replace("quai du Port", "quai Neuf")])
    place = world.place_of("a", "2")
    assert (place.pk, place.values["phone"]) == (phare.pk, "+33491000002")
    assert place.values["address"] == phare.values["address"]
    (row,) = as_published([phare.pk])
    assert row.authors["phone"][0] | {"why": ""} == {
        "source": "own-word", "external_id": f"{phare.pk}.2", "observed_on": given.isoformat(), "licence": "CC0-1.0",
        "why": "",
    }  # fmt: skip
    said = Entry.objects.filter(source="own-word").count()
    world.run(a=[PHARE.replace("00 02", "88 88")])
    assert world.place_of("a", "2").values["phone"] == "+33491000002"
    assert Entry.objects.filter(source="own-word").count() == said  # said once
    after = tell(phare, world.day, fields={"phone": Value("+33491000007")})
    world.run(a=[PHARE.replace("00 02", "77 77")])
    assert after.values["phone"] == world.place_of("a", "2").values["phone"] == "+33491000007"


def test_unconfirmed_the_same_list_would_have_won(world, phare):
    """The control of the test before: it is the confirmation that keeps the number."""
    Source.objects.filter(pk="a").update(spec=Source.objects.get(pk="a").spec | {"trust": 0.1})
    world.run(b=[PHARE.replace("00 02", "99 99").replace("2,", "9,", 1)])
    assert world.place_of("b", "9").values["phone"] == "+33491009999"


def test_what_the_owner_corrects_is_shown_as_theirs_and_the_old_value_kept(world, phare):
    after = tell(phare, world.day, fields={"phone": Value("+33491000003", given="04 91 00 00 03")})
    assert after.values["phone"] == "+33491000003"
    (row,) = as_published([phare.pk])
    assert row.authors["phone"][0]["source"] == "own-word"
    world.run(a=[PHARE.replace("00 02", "55 55")])
    assert world.place_of("a", "2").values["phone"] == "+33491000003"
    event = Event.objects.get(verb="place.corrected")
    assert ("+33491000002" in event.before, "+33491000003" in event.after) == (True, True)


def test_of_two_words_of_the_owner_the_newer_counts_and_the_older_is_silent(world, phare):
    tell(phare, world.day, fields={"opening_hours": Value(HOURS), "phone": Value("+33491000003")})
    tell(phare, world.day + timedelta(1), fields={"opening_hours": Value("Mo-Fr 10:00-17:00")})
    after = tell(phare, world.day + timedelta(2), fields={"phone": Value("+33491000004")})
    assert (after.values["opening_hours"], after.values["phone"]) == ("Mo-Fr 10:00-17:00", "+33491000004")
    tell(phare, world.day + timedelta(3), fields={"opening_hours": Value(HOURS), "phone": Value("+33491000004")})
    speaking = Entry.objects.filter(source="own-word", retired_on=None)
    assert [one.external_id for one in speaking] == [f"{phare.pk}.4"]


def test_closed_and_open_again(world, phare):
    day = world.day
    after = tell(
        phare, day, verb="place.closed", says="CLOSED", fields={"status": Value("CLOSED"), "closed": Value("2026-10")}
    )
    assert (after.status, after.freshness, after.due_on) == ("CLOSED", "closed", None)
    after = confirm(after, day + timedelta(2))
    assert (after.status, after.freshness) == ("OPEN", "confirmed")
    assert "closed" not in after.values


def test_paused_until_a_day_is_asked_the_day_after(world, phare):
    until = (world.day + timedelta(60)).isoformat()
    after = tell(phare, world.day, says="PAUSED", until=until, fields={"status": Value("PAUSED")})
    assert (after.status, after.freshness, after.due_on) == ("PAUSED", "paused", world.day + timedelta(61))


def test_moved_nobody_knows_where_and_then_told(world, phare):
    after = tell(phare, world.day, says="MOVED")
    assert (after.freshness, after.due_on) == ("moved", world.day)
    address = {"line": "1 rue Neuve", "number": "1", "street": "rue neuve"}
    after = tell(phare, world.day + timedelta(3), fields={"address": Value(address)})
    assert (after.freshness, after.values["address"]["line"]) == ("confirmed", "1 rue Neuve")


def test_a_suggestion_nobody_confirmed_confirms_nothing(world, phare):
    after = tell(phare, world.day, kind="LISTED", verb="place.suggested", fields={"opening_hours": Value(HOURS)})
    assert (after.values["opening_hours"], after.freshness) == (HOURS, "unconfirmed")
    after = confirm(phare, world.day)
    assert after.values["phone"] == "+33491000002"


def test_what_was_struck_out_counts_no_more(world, phare):
    before = Place.objects.get(pk=phare.pk)
    tell(phare, world.day, says="CLOSED", fields={"status": Value("CLOSED"), "closed": Value("2026-10")})
    entry, word = Entry.objects.get(source="own-word"), Signal.objects.get()
    services.strike(place=phare, entry=entry, word=word, who=audit.Who("steward", "8"), as_of=world.day)
    after = Place.objects.get(pk=phare.pk)
    assert (after.status, after.freshness, after.values) == (before.status, before.freshness, before.values)
    assert Event.objects.filter(verb="place.struck").count() == 1


def test_a_list_can_not_be_struck_out(world, phare):
    services.strike(place=phare, entry=Entry.objects.get(source="a"), who=OWNER, as_of=world.day)
    assert Entry.objects.get(source="a").retired_on is None


def test_words_stay_with_a_place_that_others_join(world):
    world.run(a=[RUCHE_A])
    confirm(world.place_of("a", "1"), world.day)
    world.run(b=[RUCHE_B])
    kept = world.place_of("b", "b1")
    assert Link.objects.get(entry__source="own-word").place_id == kept.pk
    assert Signal.objects.get().place_id == kept.pk
    assert kept.freshness == "confirmed"


def test_words_follow_the_place_that_loses_its_id(world):
    alone = "3,Le Phare,3 quai du Port,13002,Marseille,,,,"
    world.run(a=[PHARE], c=[PHARE], b=["5,Le Phare bleu,88 avenue Foch,06000,Nice,,,,"])
    old = world.place_of("b", "5")
    confirm(old, world.day)
    world.run(b=[alone.replace("3,", "5,", 1)])
    kept = world.place_of("b", "5")
    assert kept.pk != old.pk
    assert Place.objects.get(pk=old.pk).merged_into_id == kept.pk
    assert Signal.objects.get().place_id == kept.pk
    with pytest.raises(CoworkmedError, match="the same as another"):
        confirm(old, world.day)


def test_who_runs_a_place_runs_the_one_it_was_found_to_be(world):
    world.run(a=[PHARE], c=[PHARE], b=["5,Le Phare bleu,88 avenue Foch,06000,Nice,,,,"])
    old = world.place_of("b", "5")
    owner = Person.objects.create_user("owner@phare.example")
    runs = people.found(by=owner, name={"fr": "Le Phare"})
    people.take_over(OWNER, runs, old.pk)
    world.run(b=["5,Le Phare,3 quai du Port,13002,Marseille,,,,"])
    kept = world.place_of("b", "5")
    assert kept.pk != old.pk
    assert can(owner, Action.PLACE_SPEAK, kept)
    assert not can(owner, Action.PLACE_SPEAK, old)
    assert list(Place.objects.where_may(owner, Action.PLACE_SPEAK)) == [kept]
    assert audit.verify().broken is None


def test_a_long_run_tells_the_trail_last(world, monkeypatch):
    """Whoever writes waits from then on, and would hold what the run still has to write."""
    world.run(a=[PHARE], c=[PHARE], b=["5,Le Phare bleu,88 avenue Foch,06000,Nice,,,,"])
    runs = people.found(by=Person.objects.create_user("owner@phare.example"), name={"fr": "Le Phare"})
    people.take_over(OWNER, runs, world.place_of("b", "5").pk)
    told, settle = [Event.objects.count()], refreshing.settle

    def settled(**given):
        settle(**given)
        told.append(Event.objects.count())

    monkeypatch.setattr(refreshing, "settle", settled)
    world.run(b=["5,Le Phare,3 quai du Port,13002,Marseille,,,,"])
    assert told[1] == told[0]
    assert Event.objects.count() == told[0] + 2


def test_settling_all_anew_comes_to_the_same(world, phare):
    confirm(phare, world.day)
    tell(phare, world.day + timedelta(1), fields={"opening_hours": Value(HOURS)}, says="")
    one = Place.objects.get(pk=phare.pk)
    services.settle(as_of=world.day + timedelta(1))
    assert Place.objects.get(pk=phare.pk).digest == one.digest


def test_catalogues_can_not_take_a_voice_of_ours(world):
    from coworkmed.sources.catalogue import checked_key

    with pytest.raises(CoworkmedError, match="choose another"):
        checked_key("x", "key", "own-word")


VALUES = st.dictionaries(st.sampled_from(["name", "phone", "web"]), st.sampled_from("abc"), min_size=1)
DAYS = st.dates(date(2020, 1, 1), date(2026, 1, 1))
CLAIMS = st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), DAYS, VALUES), min_size=1, max_size=4)


@given(CLAIMS, st.randoms(use_true_random=False))
def test_confirming_what_is_shown_changes_nothing_shown(told, chance: random.Random):
    """A property of settling: who says "all this is right" leaves all this as it is, whatever the order."""
    claims = [
        rules.Claim(source, str(at), on.isoformat(), {name: Value(value) for name, value in fields.items()})
        for at, (source, on, fields) in enumerate(told)
    ]
    before = rules.shown(claims)
    word = (Told("OWNER", "2026-02-01", fields=frozenset(before)), before)
    chance.shuffle(claims)
    after = [
        rules.Claim(one.source, one.external_id, one.observed_on, one.fields, vouched=names)
        for one, names in zip(claims, rules.vouched(claims, [word]), strict=True)
    ]
    assert rules.shown(after) == before
    late = rules.Claim("late", "0", "2026-12-31", {name: Value("other") for name in before})
    assert rules.shown([*after, late]) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time anyway")
def test_while_all_are_settled_a_word_is_kept_and_shown_after(tmp_path):
    world = World(tmp_path)
    world.run(a=[PHARE])
    phare, held, done = world.place_of("a", "2"), threading.Event(), threading.Event()

    def at_work():
        with transaction.atomic():
            settling.hold_registry()
            held.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=at_work)
    other.start()
    assert held.wait(20)
    assert confirm(phare, world.day).freshness == "unconfirmed"  # kept, not shown yet
    done.set()
    other.join()
    jobs.run_due()
    assert Place.objects.get(pk=phare.pk).freshness == "confirmed"
