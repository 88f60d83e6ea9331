"""Filters in CQL2 text: what is true, what is false, and what nobody knows."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.opendata import cql
from coworkmed.opendata.cql import CqlError
from coworkmed.opendata.features import MERCATOR, QUERYABLES, SYSTEMS, WGS84
from coworkmed.places.models import Place


def found(filter_: str, crs: str = "") -> set[str]:
    """The towns of the places for which the filter is true; the hostile one is called by its country."""
    to_lon_lat = SYSTEMS[crs].asked if crs else (lambda x, y: (x, y))
    where = cql.read(filter_, QUERYABLES, to_lon_lat)
    return {one.name.split()[0] for one in Place.objects.shown().filter(where)}


MILL, ATHENS, SPLIT, ROME, ODD = "La", "Κοινός", "Čamac", "Officina", "<script>alert('1')</script>"
ALL = {MILL, ATHENS, SPLIT, ROME, ODD}


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("country = 'FR'", {MILL}),
        ("'FR' = country", {MILL}),
        ("\"country\" = 'FR'", {MILL}),
        ("country <> 'FR'", ALL - {MILL}),
        ("NOT country = 'FR'", ALL - {MILL}),
        ("country = 'FR' OR country = 'GR'", {MILL, ATHENS}),
        ("country = 'FR' or country = 'GR' and main_kind = 'FAB'", {MILL}),
        ("(country = 'FR' OR country = 'GR') AND main_kind = 'COWORK'", {MILL, ATHENS}),
        ("country IN ('FR', 'IT')", {MILL, ROME}),
        ("country NOT IN ('FR', 'IT')", ALL - {MILL, ROME}),
        ("country BETWEEN 'FR' AND 'GR'", {MILL, ATHENS}),
        ("country NOT BETWEEN 'FR' AND 'GR'", ALL - {MILL, ATHENS}),
        ("'GR' < country", ALL - {MILL, ATHENS}),
        ("name LIKE 'La F%'", {MILL}),
        ("name LIKE 'la f%'", set()),
        ("name LIKE 'Κοινός%'", {ATHENS}),
        ("name NOT LIKE '%a%'", {ATHENS}),
        ("name LIKE 'L_ Filature%'", {MILL}),
        ("name LIKE '%alert(''1'')%'", {ODD}),
        ("name LIKE '%alert(\\'1\\')%'", {ODD}),
        ("name LIKE '%[<>]%'", set()),
        ("name LIKE '*'", set()),
        # nobody knows what the fifth is
        ("main_kind IS NULL", {ODD}),
        ("main_kind IS NOT NULL", ALL - {ODD}),
        ("main_kind <> 'FAB'", {MILL, ATHENS, SPLIT}),
        ("NOT (main_kind = 'FAB')", {MILL, ATHENS, SPLIT}),
        ("NOT (main_kind = 'FAB' OR main_kind = 'COWORK')", {SPLIT}),
        ("NOT (main_kind = 'FAB' AND country = 'IT')", ALL - {ROME}),
        ("main_kind = 'FAB' OR TRUE", ALL),
        ("NOT NOT main_kind = 'FAB'", {ROME}),
        ("TRUE", ALL),
        ("FALSE OR country = 'FR'", {MILL}),
        ("NOT TRUE", set()),
        ("modified > TIMESTAMP('2000-01-01T00:00:00Z')", ALL),
        ("modified < DATE('2000-01-01')", set()),
        ("modified > '2000-01-01T00:00:00+02:00'", ALL),
        ("town_code = 1 OR town_code IS NULL OR town_code > 0", ALL),
        # shapes
        ("S_INTERSECTS(geometry, BBOX(4, 43, 5, 44))", {MILL}),
        ("NOT S_INTERSECTS(geometry, BBOX(4, 43, 5, 44))", ALL - {MILL}),
        ("S_INTERSECTS(geometry, BBOX(20, 30, 4.5, 60))", {ATHENS}),
        ("S_INTERSECTS(\"geometry\", POLYGON((4 43, 5 43, 4.831 43.789, 4 43)))", {MILL}),
        ("S_INTERSECTS(POLYGON((4 43,5 43,5 43.7,4 43)), geometry)", set()),
        ("S_INTERSECTS(geometry, POINT(4.831 43.789))", {MILL}),
        ("S_INTERSECTS(geometry,MULTIPOLYGON(((4 43,6 44,4 45,4 43)),((20 30,30 30,25 45,20 30))))", {MILL, ATHENS}),
        ("S_INTERSECTS(geometry, POLYGON((0 30,30 30,30 50,0 50,0 30),(4 43,5 43,5 44,4 44,4 43)))", ALL - {MILL}),
        ("NOT S_INTERSECTS(geometry, POLYGON((4 43, 6 44, 4 45, 4 43))) AND country IN ('FR','GR')", {ATHENS}),
    ],
)  # fmt: skip
def test_a_filter_finds_what_it_says(places: dict[str, Place], filter_: str, expected: set[str]) -> None:
    assert found(filter_) == expected


def test_shapes_stand_on_the_axes_asked_for(places: dict[str, Place]) -> None:
    assert found("S_INTERSECTS(geometry, BBOX(43, 4, 44, 5))", WGS84) == {MILL}
    assert found("S_INTERSECTS(geometry, POLYGON((43 4, 44 6, 45 4, 43 4)))", WGS84) == {MILL}
    assert found("S_INTERSECTS(geometry, BBOX(445277, 5311971, 556597, 5465442))", MERCATOR) == {MILL}


def test_a_place_without_position_is_neither_inside_nor_outside(places: dict[str, Place]) -> None:
    Place.objects.filter(pk=places["mill"].pk).update(lat=None, lon=None)
    for shape in ("BBOX(4,43,5,44)", "POLYGON((4 43,6 44,4 45,4 43))"):
        assert MILL not in found(f"S_INTERSECTS(geometry, {shape})")
        assert MILL not in found(f"NOT S_INTERSECTS(geometry, {shape})")


def test_a_shape_among_too_many_places_is_refused(places: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cql, "MOST_INSIDE", 2)
    with pytest.raises(CqlError, match="smaller"):
        found("S_INTERSECTS(geometry, POLYGON((0 30,30 30,30 50,0 30)))")


@pytest.mark.parametrize(
    "filter_",
    [
        "", "country", "country =", "= 'FR'", "country = 'FR' AND", "country = 'FR' x", "country = FR", "nothing = 'x'",
        "(country = 'FR'", "country = 'FR')", "country IN ()", "country IN ('FR'", "country = 5", "town_code = 'x'",
        "town_code = 1.5", "town_code = 1e300", "town_code = 99999999999999999999", "country == 'FR'", "country LIKE 5",
        "country LIKE name", "town_code LIKE 'x'", "name LIKE 'x\\'", "modified = 'yesterday'", "modified = DATE('x')",
        "modified = DATE(5)", "modified = TIMESTAMP('2026-01-01T00:00:00+99:00')", "'a' = 'a'", "country = 'a\0b'",
        "country IS 'FR'", "country IS NOT", "S_INTERSECTS(geometry)", "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(country, BBOX(1,2,3,4))", "S_INTERSECTS(geometry, BBOX(1,2,3))",
        "S_INTERSECTS(geometry, BBOX(1,2,3,1e999))", "S_INTERSECTS(geometry, BBOX(1,5,3,4))",
        "S_INTERSECTS(geometry, POLYGON((1 2)))", "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))",
        "S_INTERSECTS(geometry, POLYGON EMPTY)", "S_INTERSECTS(geometry, POINT Z(1 2 3))",
        "S_WITHIN(geometry, POINT(1 2))", "S_INTERSECTS(geometry, POINT(",
        "CASEI(name) = 'x'", "country = 'FR", "country = \"FR\"", "'", "\\", "é = 'a'",
        "(" * 1000 + "TRUE" + ")" * 1000, "NOT " * 1000 + "TRUE", " AND ".join(["TRUE"] * 201), "x" * 5000,
        "country IN (" + ",".join(["'a'"] * 300) + ")",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(filter_: str) -> None:
    with pytest.raises(CqlError) as told:
        cql.read(filter_, QUERYABLES)
    assert str(told.value)


@given(st.text(max_size=60) | st.lists(st.sampled_from(
    "country town_code name = <> < ( ) ' , 'FR' 5 -1e9 AND OR NOT IN LIKE BETWEEN IS NULL TRUE S_INTERSECTS geometry "
    "BBOX POLYGON DATE \" \\ % \0".split(" ")), max_size=12).map(" ".join))  # fmt: skip
def test_whatever_is_written_is_read_or_refused(filter_: str) -> None:
    with suppress(CqlError):
        cql.read(filter_, QUERYABLES)


@pytest.mark.data
def test_the_examples_of_the_standard_are_read_or_refused(db: None, shared_data: Path) -> None:
    """None of them speaks of our properties: each is refused for that, or for a function that we don't have."""
    folder = shared_data / "conformance/ogcapi-features/cql2/standard/schema/examples/text"
    known = dict.fromkeys(("eo:instrument", "name", "city", "country", "landsat:wrs_path"), QUERYABLES["name"])
    read = 0
    for file in sorted(folder.glob("*.txt")):
        with suppress(CqlError):
            cql.read(file.read_text(), QUERYABLES | known)
            read += 1
    assert read > 3
