"""What time alone changes: day by day it comes out as if the whole registry were settled anew."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fields import ROLES
from coworkmed.kernel.values import Value
from coworkmed.places import rules, services, tasks
from coworkmed.places.freshness import KINDS, Signal, age_band, reaches
from coworkmed.places.models import Place
from coworkmed.places.models import Signal as KeptSignal
from coworkmed.places.rules import Claim
from coworkmed.places.services import settling
from coworkmed.platform import jobs
from tests.web.factories import entry, place, source

START = date(2026, 11, 24)
KNOWN = date(2025, 1, 1)
SAYS = ("", "", "", "", "UNREACHABLE", "DOUBTED", "MOVED", "PAUSED", "CLOSED")

partial = st.dates(date(2023, 6, 1), date(2027, 6, 1)).flatmap(
    lambda day: st.sampled_from([str(day), str(day), str(day)[:7], str(day)[:4], ""])
)
later = st.one_of(st.just(""), st.dates(date(2026, 6, 1), date(2028, 1, 1)).map(str))
signals = st.builds(
    Signal, st.sampled_from(list(KINDS)), partial, st.sampled_from(SAYS), st.just(frozenset(("address",))), later
)
said = st.fixed_dictionaries(
    {"name": st.just(Value("La Ruche"))},
    optional={
        "status": st.sampled_from(["OPEN", "PAUSED", "CLOSED", "PROJECT"]).map(Value),
        "closed": st.one_of(st.none(), partial.filter(bool)).map(Value),
        "address": st.just(Value({"line": "1 quai du Port"})),
    },
)
claims = st.lists(
    st.builds(Claim, st.just("a"), st.uuids().map(str), partial, said, st.sampled_from(ROLES)), min_size=1, max_size=4
)


@given(claims, st.lists(signals, max_size=4), st.booleans(), st.integers(0, 900))
def test_until_the_day_it_turns_nothing_changes_and_on_that_day_something_does(told, heard, listed, days):
    def then(day):
        return rules.standing(told, listed=listed, as_of=day, signals=heard, known_since=KNOWN)

    today = START + timedelta(days)
    turns = rules.turns_on(told, listed=listed, as_of=today, signals=heard, known_since=KNOWN)
    for number in range(1, 900):
        day = today + timedelta(number)
        if day == turns:
            assert then(day) != then(today)
            return
        assert then(day) == then(today), day
    assert turns is None or turns > today + timedelta(899)


@given(partial.filter(bool), st.sampled_from([12, 24]))
def test_so_many_months_old_is_as_the_bands_count_them(on, months):
    day = reaches(on, months)
    younger = {12: "ageing", 24: "stale"}[months]
    assert age_band(on, day - timedelta(1)) == younger != age_band(on, day)


def test_the_29th_of_february_is_a_year_old_on_the_first_of_march():
    assert reaches("2024-02-29", 12) == date(2025, 3, 1)
    assert reaches("2024-02-29", 24) == date(2026, 3, 1)
    assert reaches("2024-02-28", 12) == date(2025, 2, 28)


def some_day(random, first=-900, last=500):
    day = str(START + timedelta(random.randint(first, last)))
    return random.choice([day, day, day[:7], day[:4]])


def a_registry(random, size):
    """Places of one to three lists and voices, some with signals."""
    lists = [source(f"list-{number}") for number in range(3)]
    for number in range(size):
        spoken = []
        for one in random.sample(lists, random.randint(1, 3)):
            fields = {"name": f"House {number}", "country": "FR", "locality": "Nice"}
            if random.random() < 0.25:
                fields["status"] = random.choice(["OPEN", "PAUSED", "PROJECT", "CLOSED"])
            if random.random() < 0.2:
                fields["closed"] = some_day(random, -100, 700)
            spoken.append(entry(one, f"{one.key}-{number}", some_day(random, -900, 0), **fields))
        made = place(*spoken)
        for one in spoken[1:]:
            type(one.assertion).objects.filter(pk=one.assertion.pk).update(role=random.choice(["OWNER", "NETWORK"]))
        for _ in range(random.randint(0, 3)):
            KeptSignal.objects.create(
                place=made,
                kind=random.choice(list(KINDS)),
                on=str(START - timedelta(random.randint(0, 800))),
                says=random.choice(SAYS),
                until=random.choice(["", str(START + timedelta(random.randint(-50, 600)))]),
                values={"name": f"House {number}"},
            )


def table():
    return list(Place.objects.order_by("pk").values_list(*settling._SETTLED))


def settled_from_scratch(day):
    """The whole table as a full run of that day leaves it; nothing is kept."""
    with transaction.atomic():
        Place.objects.update(digest="", status="OPEN", freshness="", turns_on=None, due_on=None)
        services.settle(as_of=day)
        found = table()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_aged_day_by_day_the_registry_is_as_settled_from_scratch(seed):
    random = Random(seed)
    a_registry(random, 40)
    services.settle(as_of=START)
    turned = 0
    for number in range(1, 800, random.choice([1, 2, 5])):
        day = START + timedelta(number)
        turned += services.age(as_of=day)
        if random.random() < 0.04:
            assert table() == settled_from_scratch(day), day
    assert table() == settled_from_scratch(day)
    assert turned > 30
    assert services.age(as_of=day) == 0


@pytest.mark.django_db
def test_only_what_turned_is_settled_and_said_to_have_changed(monkeypatch, django_assert_max_num_queries):
    lists = source("a")
    fresh, old = (
        place(entry(lists, key, on, name=key, country="FR")) for key, on in (("x", "2026-05"), ("y", "2024-12-01"))
    )
    services.settle(as_of=START)
    before = dict(Place.objects.values_list("pk", "modified"))
    assert Place.objects.get(pk=old.pk).turns_on == date(2026, 12, 1)
    assert services.age(as_of=date(2026, 11, 30)) == 0
    monkeypatch.setattr(settling, "_AGED", 1)
    assert services.age(as_of=date(2026, 12, 1)) == 1
    after = dict(Place.objects.values_list("pk", "modified"))
    assert after[fresh.pk] == before[fresh.pk]
    assert after[old.pk] > before[old.pk]
    assert Place.objects.get(pk=old.pk).freshness == "doubtful"
    with django_assert_max_num_queries(1):
        services.age(as_of=date(2026, 12, 2))


@pytest.mark.django_db(transaction=True)
def test_a_run_on_the_whole_registry_is_waited_for(monkeypatch):
    """What can't be settled now is settled by a job, and the others are not kept from it."""
    lists = source("a")
    made = [place(entry(lists, key, "2024-12-01", name=key, country="FR")) for key in "xyz"]
    services.settle(as_of=START)
    monkeypatch.setattr(settling, "_AGED", 2)
    monkeypatch.setattr(settling, "hold_registry", lambda wait=True: wait)
    day = date(2026, 12, 24)
    assert services.age(as_of=day) == 3
    assert set(Place.objects.values_list("freshness", flat=True)) == {"unconfirmed"}
    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: day)
    jobs.run_due()
    assert set(Place.objects.filter(pk__in=[one.pk for one in made]).values_list("freshness", flat=True)) == {
        "doubtful"
    }


@pytest.mark.django_db
def test_the_job_goes_by_the_day_it_is_done_on(monkeypatch):
    lists = source("a")
    old = place(entry(lists, "y", "2020-12-01", name="y", country="FR"))
    services.settle(as_of=date(2021, 1, 1))
    assert Place.objects.get(pk=old.pk).freshness == "unconfirmed"
    tasks.age()
    assert Place.objects.get(pk=old.pk).freshness == "doubtful"
