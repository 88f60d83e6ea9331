"""What may be done with the published files, and what is left out where licences exclude each other."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.licences import LICENCES, families
from coworkmed.opendata import licensing
from coworkmed.opendata.licensing import NOTES, leave_out, merged
from coworkmed.opendata.tables import licences
from coworkmed.places.queries import DoubtRow, RejectRow, SignalRow, Snapshot
from tests.observatory.factory import entry, snapshot, snapshots, source


@pytest.mark.parametrize(
    ("codes", "note", "licence"),
    [
        ([], "NOTHING", ""),
        (["CC0-1.0"], "FREE", "CC0-1.0"),
        (["CC0-1.0", "etalab-2.0"], "ATTRIBUTION", ""),
        (["ODbL-1.0", "etalab-2.0"], "SHARE_ALIKE", "ODbL-1.0"),
        (["CC-BY-SA-3.0", "CC-BY-SA-4.0"], "SHARE_ALIKE", "CC-BY-SA-4.0"),
        (["CC-BY-SA-4.0", "ODbL-1.0", "CC0-1.0"], "CONFLICT", ""),
        (["homemade", "ODbL-1.0"], "UNKNOWN", ""),
    ],
)
def test_terms_follow_from_what_is_in_a_file(codes: list[str], note: str, licence: str) -> None:
    found = merged(codes)
    assert (found.note, found.licence) == (note, licence)
    assert "{" not in found.as_json()["sentence"]


@given(st.sets(st.sampled_from(sorted(LICENCES))))
def test_two_share_alike_families_never_get_one_licence(codes: set[str]) -> None:
    found = merged(codes)
    assert (found.note == "CONFLICT") == (len(families(codes)) > 1)
    assert not found.licence or families({found.licence}) == families(codes)
    assert found.note in NOTES


def three_lists() -> Snapshot:
    said = [
        entry("osm", "1", "p1", licence="ODbL-1.0", name="Ο Φάρος", phone="+30210000000", observed_on="2026-01"),
        entry("atlas", "1", "p1", licence="CC-BY-SA-4.0", name="Faros", web="https://a.example", observed_on="2025-01"),
        entry("atlas", "2", "p2", licence="CC-BY-SA-4.0", name="Only the atlas knows it"),
        entry("town", "1", "p3", licence="etalab-2.0", name="La Ruche"),
    ]
    return snapshot(
        said,
        [
            source("osm", licence="ODbL-1.0"),
            source("atlas", licence="CC-BY-SA-4.0"),
            source("town", licence="etalab-2.0"),
        ],
        doubts=[DoubtRow(("atlas", "2"), ("town", "1"), 0.5, [], 0.5)],
        rejections=[RejectRow("atlas", 3, "NO_NAME", {}, {}), RejectRow("town", 9, "NO_NAME", {}, {})],
    )


def test_what_is_left_is_settled_without_those_who_fell_silent() -> None:
    said = [
        entry("osm", "1", "p1", licence="ODbL-1.0", name="Ο Φάρος", observed_on="2025-01"),
        entry("town", "1", "p1", licence="etalab-2.0", name="Faros", observed_on="2024-01"),
        replace(
            entry("town", "2", "p1", licence="etalab-2.0", name="An older name", observed_on="2026-01"),
            missing_since=date(2026, 1, 20),
            retired_on=date(2026, 2, 25),
        ),
    ]
    (place,) = leave_out(snapshot(said), ["ODbL"]).places
    assert place.values["name"] == "Faros"


def test_what_is_left_keeps_what_people_said() -> None:
    """Who vouched for a value outranks a newer list still; a visit still confirms; who is left out takes his along."""
    said = [
        replace(
            entry("town", "1", "p1", licence="etalab-2.0", name="La Ruche", phone="+33491000001", observed_on="2024"),
            vouched={"phone": ["2026-01-10", "OWNER"]},
        ),
        entry("guide", "1", "p1", licence="etalab-2.0", phone="+33491000002", observed_on="2026-02"),
        entry("osm", "1", "p1", licence="ODbL-1.0", name="La Ruche bleue", observed_on="2026-02"),
        entry("osm", "2", "p2", licence="ODbL-1.0", name="Le Phare"),
    ]
    signals = [SignalRow("p1", "VISIT", "2026-01-10", fields=("phone",)), SignalRow("p2", "VISIT", "2026-01-10")]
    registry = replace(snapshot(said), signals=signals)
    left = leave_out(registry, ["ODbL"])
    (place,) = left.places
    assert place.values["phone"] == "+33491000001"
    assert (place.freshness, place.confirmed_on, place.confirmed_by) == ("confirmed", "2026-01-10", "PEER")
    assert left.signals == signals[:1]
    deaf = replace(registry, signals=(), entries=[replace(one, vouched={}) for one in said])
    assert leave_out(deaf, ["ODbL"]).places[0].values["phone"] == "+33491000002"
    assert leave_out(deaf, ["ODbL"]).places[0].freshness == "unconfirmed"


def test_a_family_left_out_leaves_no_trace() -> None:
    registry = three_lists()
    assert licensing.of_places(registry).note == "CONFLICT"
    left = leave_out(registry, ["CC BY-SA"])
    assert [place.place_id for place in left.places] == ["p1", "p3"]
    assert left.places[0].values == {"name": "Ο Φάρος", "phone": "+30210000000"}
    assert left.places[0].sources == ("osm",)
    assert [row.spec.key for row in left.sources] == ["osm", "town"]
    assert left.doubts == []
    assert [row.source for row in left.rejections] == ["town"]
    assert licensing.of_places(left).licence == "ODbL-1.0"


def test_places_nobody_left_out_spoke_of_stay_as_they_are() -> None:
    registry = three_lists()
    assert leave_out(registry, ["CC BY-SA"]).places[1] is registry.places[2]
    assert leave_out(registry, ["ODbL"]).places[0].values["name"] == "Faros"


@given(snapshots(), st.sets(st.sampled_from(["ODbL", "CC BY-SA"])))
def test_what_is_left_is_free_of_the_families_left_out(registry: Snapshot, unwanted: set[str]) -> None:
    left = leave_out(registry, unwanted)
    assert not families({code for place in left.places for code in licences(place)}) & unwanted
    assert {one.place_id for one in left.entries} == {place.place_id for place in left.places}
    assert leave_out(left, unwanted) == left
