"""What lists make of a place: nothing without noise, one thing for each kind of noise, and what they promise."""

from dataclasses import fields, replace
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import lists
from benchmarks.lists import LISTS, NAMES, Habits, greeklish, hear, lines
from benchmarks.world import World
from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m

SILENT = {field.name: 0.0 for field in fields(Habits) if field.name not in ("weight", "year", "metres")}
CLEAN = Habits(weight=1, year=2026, metres=0, **SILENT)
PLACES = list(islice(World(Random(3), 3000), 3000))
ONE = st.sampled_from([place for place in PLACES if not place.brand and not place.acronym])
SEEDS = st.integers(0, 2**32)


@given(ONE, SEEDS)
def test_a_list_without_noise_tells_the_truth(place, seed):
    line = hear(Random(seed), place, CLEAN)
    assert line.name == place.name.own
    assert line.street == place.street.name.own
    assert line.number.split()[0].split("-")[0] == str(place.house)
    assert line.postcode == place.town.postcode(place.street.district)
    assert line.town == place.town.name.own
    assert (line.phone, line.web, line.path) == (place.phone, place.web, place.path)
    assert distance_m(line.lat, line.lon, place.lat, place.lon) < 1


@given(ONE, SEEDS)
def test_a_list_in_latin_letters_knows_no_greek(place, seed):
    line = hear(Random(seed), place, replace(CLEAN, latin=1.0))
    assert not any("Ͱ" <= letter <= "Ͽ" for letter in line.name + line.street + line.town)
    if place.town.country == "GR":
        assert fold(line.name) == fold(place.name.latin)


SILENCES = {
    "no_street": ("street", "number"),
    "no_number": ("number",),
    "no_postcode": ("postcode",),
    "no_phone": ("phone",),
    "no_web": ("web", "path"),
    "no_position": ("lat", "lon", "precision"),
}


@pytest.mark.parametrize("habit", SILENCES)
@given(ONE, SEEDS)
def test_silence_on_one_thing_says_nothing_of_it_and_all_of_the_rest(habit, place, seed):
    line = hear(Random(seed), place, replace(CLEAN, **{habit: 1.0}))
    for name in SILENCES[habit]:
        assert not getattr(line, name)
    assert line.name == place.name.own and line.town == place.town.name.own
    told = {"street": "no_street", "postcode": "no_postcode", "phone": "no_phone", "lat": "no_position"}
    assert all(getattr(line, name) for name, silence in told.items() if silence != habit)


CHANGES = {
    "typo": "name",
    "head_dropped": "name",
    "head_other": "name",
    "head_after": "name",
    "also": "name",
    "legal": "name",
    "town_appended": "name",
    "shortened": "name",
    "run_together": "name",
    "alias": "name",
    "abbreviated": "street",
    "bare_street": "street",
    "other_street": "street",
    "other_number": "number",
    "other_town": "town",
    "other_postcode": "postcode",
    "other_phone": "phone",
    "other_web": "web",
}


@pytest.mark.parametrize("habit", CHANGES)
def test_a_habit_changes_what_it_is_about_and_nothing_else(habit):
    habits, changed = replace(CLEAN, **{habit: 1.0}), 0
    for seed, place in enumerate(PLACES[:400]):
        if place.brand or place.acronym:
            continue
        line, plain = hear(Random(seed), place, habits), hear(Random(0), place, CLEAN)
        changed += getattr(line, CHANGES[habit]) != getattr(plain, CHANGES[habit])
        for name in {"name", "street", "postcode", "town", "phone", "web"} - {CHANGES[habit]}:
            assert getattr(line, name) == getattr(plain, name)
    assert changed > 40


def test_older_lists_have_moved_places_where_they_were_and_renamed_ones_as_they_were_called():
    old, new = replace(CLEAN, year=2019), CLEAN
    moved = next(place for place in PLACES if place.former and not place.brand and not place.acronym)
    assert hear(Random(1), moved, old).street == moved.former[0].name.own
    assert hear(Random(1), moved, new).street == moved.street.name.own
    assert hear(Random(1), moved, old).phone == hear(Random(1), moved, new).phone
    renamed = next(place for place in PLACES if place.former_name and not place.brand and not place.acronym)
    assert hear(Random(1), renamed, old).name == renamed.former_name.own
    assert hear(Random(1), renamed, new).name == renamed.name.own


def test_long_names_and_their_initials():
    place = next(place for place in PLACES if place.acronym)
    told = {hear(Random(seed), place, replace(CLEAN, initials=0.3)).name for seed in range(200)}
    latin = place.town.name.latin
    assert {place.name.own, place.acronym, f"{place.acronym} {latin}", f"{place.acronym} - {place.name.own}"} <= told


def test_branches_are_called_by_brand_quarter_or_town():
    place = next(place for place in PLACES if place.brand)
    told = {hear(Random(seed), place, CLEAN).name for seed in range(200)}
    assert len(told) >= 3 and all(name.startswith(place.brand.own) for name in told)


@pytest.fixture(scope="module")
def drawn():
    return list(lines(20_000, 1))


def test_lists_that_take_over_lines_from_another(drawn):
    """Where both lists know a place, the second often has the first one's position to the last digit and its name."""
    census, region = {}, {}
    for which, line, place in drawn:
        {0: census, 1: region}.get(which, {})[place.number] = line
    both = census.keys() & region.keys()
    same = [
        fold(census[place].name) == fold(region[place].name) and census[place].lat == region[place].lat
        for place in both
    ]
    assert len(both) > 100
    assert lists.COPIED - 0.1 < sum(same) / len(same) < lists.COPIED + 0.35


def test_a_successor_is_unknown_to_older_lists(drawn):
    known = [NAMES[which] for which, _, place in drawn if place.since]
    assert len(known) > 50
    assert all(LISTS[name].year >= lists.SUCCEEDED for name in known)


def test_every_list_knows_places(drawn):
    assert {which for which, _, _ in drawn} == set(range(len(LISTS)))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 50])
def test_any_number_of_lines(size):
    assert len(list(lines(size, 1))) == size


def test_no_list_makes_more_of_a_place_than_a_name():
    for _, line, _ in lines(5_000, 2):
        assert line.name.strip() == line.name != ""
        assert "{" not in line.name + line.street and "  " not in line.name


def test_greeklish_is_typed_otherwise():
    assert greeklish("Xanthi") == "Ksanthi"
    assert greeklish("Chora Evoia") == "Chora Eboia"
