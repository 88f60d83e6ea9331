"""True places: real towns, crowded and empty, and what ties places to each other."""

from collections import Counter, defaultdict
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import world
from benchmarks.world import World, initials, text
from coworkmed.kernel.geo import distance_m

BOXES = {"FR": (41, 52, -6, 10), "ES": (35, 44, -10, 5), "IT": (35, 48, 6, 19), "HR": (42, 47, 13, 20)}
BOXES["GR"] = (34, 42, 19, 30)
PLACES = 12_000


@pytest.fixture(scope="module")
def places():
    return list(islice(World(Random(1), PLACES), PLACES))


def test_towns_lie_in_their_country_and_bear_their_own_name():
    towns = world.towns()
    assert len(towns) > 1000
    for town in towns:
        south, north, west, east = BOXES[town.country]
        assert south < town.lat < north and west < town.lon < east
        assert town.population >= 1000 and town.english and town.name.latin
        assert any("Ͱ" <= letter <= "Ͽ" for letter in town.name.own) == (town.country == "GR")
        assert not any("Ͱ" <= letter <= "Ͽ" for letter in town.name.latin + town.english)
    for country in BOXES:
        names = [(town.name.own, town.postcode(0)) for town in towns if town.country == country]
        assert len(names) == len(set(names)) == len({code for _, code in names}) > 100


def test_a_few_towns_are_crowded_and_most_have_a_handful(places):
    sizes = sorted(Counter(place.town.name.own for place in places).values(), reverse=True)
    assert sum(sizes[:20]) > 0.2 * PLACES
    assert sizes[len(sizes) // 2] < 10 and len(sizes) > 1000


def test_places_stand_in_their_town(places):
    away = sorted(distance_m(place.lat, place.lon, place.town.lat, place.town.lon) for place in places)
    assert away[PLACES // 2] < 3_000 and away[-1] < 30_000


def test_houses_of_a_street_stand_along_it(places):
    streets = defaultdict(list)
    for place in places:
        streets[id(place.street)].append(place)
    shared = [several for several in streets.values() if len({place.house for place in several}) > 1]
    assert len(shared) > 200
    for several in shared:
        one, other = several[0], several[-1]
        assert distance_m(one.lat, one.lon, other.lat, other.lon) == pytest.approx(
            8 * abs(one.house - other.house), rel=0.02
        )


def test_numbers_tell_places_apart_and_names_within_a_town(places):
    assert [place.number for place in places] == list(range(1, PLACES + 1))
    held = Counter((place.town.name.own, place.town.country, place.name.own) for place in places if not place.brand)
    assert sum(times > 1 for times in held.values()) / len(held) < 0.01


def test_some_names_are_met_in_many_towns(places):
    towns = defaultdict(set)
    for place in places:
        if not place.brand:
            towns[place.own_name.own].add(place.town.name.own)
    assert sum(len(several) > 1 for several in towns.values()) > 300


def test_branches_share_a_domain_and_nothing_else_does_but_what_belongs_together(places):
    domains = defaultdict(list)
    for place in places:
        domains[place.web].append(place)
    branches = [place for place in places if place.brand]
    assert len(branches) / PLACES == pytest.approx(world.CHAINS, abs=0.02)
    assert len({place.web for place in branches}) < len(branches) / 4
    for web, several in domains.items():
        if web and len(several) > 1 and not any(place.brand for place in several):
            assert len({place.town.name.own for place in several}) == 1


def test_telephones_are_one_places_but_for_chains_and_second_sites(places):
    held = Counter(place.phone for place in places if not place.brand)
    assert sum(times > 1 for times in held.values()) / len(held) < 0.02


def test_tenants_moves_renamings_and_successions_are_as_frequent_as_said(places):
    at = Counter((id(place.street), place.house) for place in places)
    together = sum(times for times in at.values() if times > 1) / PLACES
    assert together > 2 * (world.TENANTS + world.SUCCESSORS + world.SERVICES) * 0.7
    assert sum(place.former is not None for place in places) / PLACES == pytest.approx(world.MOVED, abs=0.006)
    assert sum(place.former_name is not None for place in places) / PLACES == pytest.approx(world.RENAMED, abs=0.006)
    assert sum(place.since > 0 for place in places) / PLACES == pytest.approx(world.SUCCESSORS, abs=0.005)


def test_domains_are_reserved_for_examples(places):
    hosts = {place.web for place in places} | {place.other_web for place in places}
    assert {host.rsplit(".", 1)[-1] for host in hosts if host} == {"example"}
    assert all(host.isascii() and " " not in host for host in hosts)


@given(st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_places(seed):
    one, other = (
        [
            (place.name.own, place.street.name.own, place.house, place.lat, place.phone, place.web)
            for place in islice(World(Random(seed), 50), 5)
        ]
        for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maison des Jeunes et de la Culture de", "MJC"),
        ("Espace Public Numérique de", "EPN"),
        ("Maison de l'Innovation et du Numérique de", "MIN"),
        ("", ""),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_greek_gets_its_usual_latin_spelling():
    assert text("Η Κυψέλη").latin == "I Kypseli"
    assert text("Rue de l'Église").latin == "Rue de l'Église"


def test_every_institution_has_initials_of_two_letters_or_more():
    for speech in world.speeches().values():
        for name in speech.institutions:
            assert len(initials(name.latin.rsplit("{}", 1)[0])) >= 2
