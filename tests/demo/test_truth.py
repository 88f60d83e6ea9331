"""The whole flow over the fictional lists, against what is known to be true of them."""

from datetime import date

import pytest

from benchmarks.pipeline.quality import pairwise
from coworkmed.demo import network, truth, write
from coworkmed.demo.formats import FEDERATION
from coworkmed.demo.network import SOURCES
from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m
from coworkmed.opendata import services
from coworkmed.places.queries import Snapshot, snapshot
from coworkmed.platform import database
from coworkmed.sources import catalogue, reasons

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
TRUTH = truth()


@pytest.fixture(scope="module")
def registry(django_db_setup, django_db_blocker, tmp_path_factory) -> Snapshot:
    """The registry the demo lists make, read out of a transaction that is then undone."""
    folder = tmp_path_factory.mktemp("demo")
    specs = catalogue.load(write(folder / "lists"))
    with django_db_blocker.unblock(), database.rehearsal():
        built = services.gather(specs=specs, folder=folder / "fetched", as_of=DAY)
        assert not built.flagged
        return snapshot(DAY)


@pytest.fixture(scope="module")
def entries(registry):
    return {(entry.source, entry.external_id): entry for entry in registry.entries}


@pytest.fixture(scope="module")
def place_of(registry):
    return {(entry.source, entry.external_id): entry.place_id for entry in registry.entries}


def named(pair):
    return f"{pair[0]} {pair[1]}"


def faults(*outcomes):
    chosen = [fault for fault in TRUTH.faults if fault.outcome in outcomes]
    return pytest.mark.parametrize("fault", chosen, ids=[f"{one.code}-{one.external_id}" for one in chosen])


def test_nothing_is_lost(registry):
    for source in registry.sources:
        known = sum(entry.source == source.spec.key for entry in registry.entries)
        rejected = sum(row.source == source.spec.key for row in registry.rejections)
        assert known + rejected == source.read == TRUTH.rows[source.spec.key]
        assert sum(source.rejected.values()) == rejected


def test_every_entry_the_truth_expects_is_there_and_no_other(entries):
    assert entries.keys() == TRUTH.places.keys()


@faults("repair", "doubt")
def test_a_planted_error_is_repaired_or_doubted_and_said(entries, fault):
    fields = entries[fault.source, fault.external_id].fields
    values = [fields[fault.field]] if fault.field else list(fields.values())
    assert fault.code in {getattr(value, fault.outcome) for value in values}
    assert all(value.given for value in values if getattr(value, fault.outcome))
    assert fault.code in (reasons.REPAIRS if fault.outcome == "repair" else reasons.DOUBTS)


@faults("unused")
def test_a_value_that_cannot_be_true_is_not_used(entries, fault):
    assert fault.field not in entries[fault.source, fault.external_id].fields


@faults("reject")
def test_a_planted_error_that_spoils_the_row_is_rejected_with_its_reason(registry, fault):
    rejected = [row for row in registry.rejections if (row.source, row.code) == (fault.source, fault.code)]
    assert len(rejected) == 1
    assert reasons.REJECTIONS[fault.code].format(**rejected[0].params)


def test_no_row_is_rejected_but_those_planted(registry):
    assert sorted(row.code for row in registry.rejections) == sorted(
        fault.code for fault in TRUTH.faults if fault.outcome == "reject"
    )


@faults("read", "repair")
def test_a_repaired_value_is_the_true_one(entries, fault):
    house = next(one for one in network.network().houses if one.key == TRUTH.places[fault.source, fault.external_id])
    value = entries[fault.source, fault.external_id].fields[fault.field or "name"].value
    if fault.field == "position":
        assert distance_m(value["lat"], value["lon"], house.lat, house.lon) < 600
    elif fault.field == "postcode":
        assert value == house.town.postcode
    else:
        assert not set("ÃÎÏÅ") & set(value) and fold(house.own_name.latin) in fold(value)


@faults("drop")
def test_personal_data_is_dropped_and_counted(registry, entries, fault):
    source = next(one for one in registry.sources if one.spec.key == fault.source)
    assert source.dropped[fault.code] == sum(
        (one.source, one.code) == (fault.source, fault.code) for one in TRUTH.faults if one.outcome == "drop"
    )
    said = repr(entries[fault.source, fault.external_id])
    for personal in ("fictive", "Fictive", "639980012", "39 98 00 12", "995550123", "99 555 0123"):
        assert personal not in said


def test_nothing_sound_is_doubted(registry):
    """The only doubts and repairs are those planted: a clean value is never suspected."""
    planted = {(fault.source, fault.external_id, fault.field, fault.code) for fault in TRUTH.faults}
    suspected = {
        (entry.source, entry.external_id, name, code)
        for entry in registry.entries
        for name, value in entry.fields.items()
        for code in (value.repair, value.doubt)
        if code
    }
    assert {one for one in suspected if not {one, (*one[:2], "", one[3])} & planted} == set()


@pytest.mark.parametrize("pair", sorted(TRUTH.together), ids=named)
def test_what_looks_unlike_and_is_one_place_is_joined(place_of, pair):
    assert place_of[pair[0]] == place_of[pair[1]]


@pytest.mark.parametrize("pair", sorted(TRUTH.unsure), ids=named)
def test_what_only_a_person_can_tell_is_joined_or_waits_for_one(registry, place_of, pair):
    waiting = {frozenset((doubt.left, doubt.right)) for doubt in registry.doubts}
    assert place_of[pair[0]] == place_of[pair[1]] or frozenset(pair) in waiting


@pytest.mark.parametrize("group", ["chain", "tenant", "twin", "premises left"])
def test_what_resembles_and_is_two_places_stays_apart(place_of, group):
    of_group = [pair for pair in TRUTH.apart if group in (TRUTH.notes[pair[0]], TRUTH.notes[pair[1]])]
    assert len(of_group) >= 5
    assert [pair for pair in sorted(of_group) if place_of[pair[0]] == place_of[pair[1]]] == []


def test_links_against_the_truth(place_of):
    quality = pairwise(place_of, TRUTH.places)
    assert quality.precision >= 0.98
    assert quality.recall >= 0.95


def test_about_as_many_places_as_there_are(registry):
    assert len(registry.places) == pytest.approx(len(set(TRUTH.places.values())), rel=0.05)
    assert {place.place_id for place in registry.places} == {entry.place_id for entry in registry.entries}


@pytest.mark.parametrize(("key", "field", "value"), TRUTH.settled)
def test_the_newest_word_is_shown_where_lists_contradict_each_other(registry, place_of, key, field, value):
    place = next(one for one in registry.places if one.place_id == place_of[key])
    assert (place.status if field == "status" else place.get(field)) == value


def test_every_list_is_heard(registry):
    for source in SOURCES:
        assert any(source in place.sources for place in registry.places)
    alone = [place for place in registry.places if place.sources == (FEDERATION,)]
    assert alone and all(place.get("name") for place in registry.places)
