"""Others' tools read what we publish, and find the same in every format."""

import csv
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from coworkmed.opendata import tables
from coworkmed.opendata.csv_text import unguard
from coworkmed.opendata.publish import publish
from coworkmed.places.queries import Snapshot
from tests.observatory.factory import entry, network, snapshot


@pytest.fixture(scope="module")
def registry() -> Snapshot:
    made = network()
    odd = entry(
        "nomad-guide",
        "odd",
        "zz-odd",
        licence="CC0-1.0",
        name='Ηράκλειο, «Ελιά»\n"Đ" \x00 ﷽ 🏛',
        other_names=["a | b", "-1", ""],
        official_ids=[{"scheme": "SIRET", "value": "123"}],
        kinds=["FAB"],
        desks=12,
        members_now=7.5,
        price_day={"amount": 12.5, "currency": "EUR"},
        description="[1, 2]",
    )
    return snapshot([*made.entries, odd], made.sources, made.doubts, made.rejections)


@pytest.fixture(scope="module")
def out(registry: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    publish(registry, folder)
    return folder


def test_places_are_the_same_in_csv_and_parquet(registry: Snapshot, out: Path) -> None:
    table = pq.read_table(out / "places.parquet")
    with (out / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert table.column_names == list(rows[0])
    for typed, plain in zip(table.to_pylist(), rows, strict=True):
        assert {name: tables.cell(value) for name, value in typed.items()} == {
            name: unguard(cell) for name, cell in plain.items()
        }
    assert table.to_pylist() == list(tables.places(registry))


def test_parquet_has_types_an_analyst_can_use(out: Path) -> None:
    schema = pq.read_schema(out / "places.parquet")
    assert schema.field("lat").type == pa.float64()
    assert schema.field("desks").type == pa.float64()
    assert schema.field("kinds").type == pa.list_(schema.field("kinds").type.value_type)
    assert schema.field("name").type == pa.string()


def test_duckdb_recomputes_a_published_figure(out: Path) -> None:
    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    published = next(
        one["value"] for one in figures["figures"]
        if (one["code"], one["counted"], one["basis"]) == ("places_open", "COWORK", "ALL")
    )  # fmt: skip
    query = "select count(*) from read_parquet(?) where status = 'OPEN' and list_contains(kinds, 'COWORK')"
    assert duckdb.execute(query, [str(out / "places.parquet")]).fetchone() == (published,)


def test_every_value_of_every_list_is_among_the_assertions(registry: Snapshot, out: Path) -> None:
    rows = pq.read_table(out / "assertions.parquet").to_pylist()
    said = {(e.source, e.external_id, name): value for e in registry.entries for name, value in e.fields.items()}
    assert {(row["source"], row["external_id"], row["field"]) for row in rows} == set(said)
    for row in rows:
        value = said[row["source"], row["external_id"], row["field"]]
        assert json.loads(row["value"]) == value.value
        assert (row["given"], row["repair"], row["doubt"]) == (value.given, value.repair, value.doubt)


def test_the_licence_of_each_value_shown_can_be_looked_up(registry: Snapshot, out: Path) -> None:
    query = """
        select place_id, list_sort(list(distinct licence)) from read_parquet(?) where shown group by place_id
    """
    found = dict(duckdb.execute(query, [str(out / "assertions.parquet")]).fetchall())
    assert found == {place.place_id: tables.licences(place) for place in registry.places}


def test_geojson_is_read_by_shapely_and_keeps_to_the_standard(registry: Snapshot, out: Path) -> None:
    text = (out / "places.geojson").read_text(encoding="utf-8")
    data = json.loads(text)
    assert data["type"] == "FeatureCollection"
    assert len(data["features"]) == len(registry.places)
    for feature, place in zip(data["features"], registry.places, strict=True):
        assert feature["id"] == place.place_id
        assert list(feature) == sorted(feature)
        if feature["geometry"] is None:
            assert "position" not in place.values
            continue
        point = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert (point.x, point.y) == pytest.approx(
            (place.values["position"]["lon"], place.values["position"]["lat"]), abs=5e-7
        )
        assert all(len(str(number).partition(".")[2]) <= 6 for number in feature["geometry"]["coordinates"])
