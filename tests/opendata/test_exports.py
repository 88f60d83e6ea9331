"""What a search finds as GeoPackage and GeoParquet, read by other hands; and what licences forbid in one file."""

import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from django.test import Client

from coworkmed.opendata import feeds, geopackage, licensing, tables
from coworkmed.opendata.views import files
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.queries import snapshot
from coworkmed.sources.models import Source
from tests.web.factories import AS_OF

Fetch = Callable[..., Path]
EXPORTS = ["places.csv", "places.geojson", "places.gpkg", "places.parquet"]


@pytest.fixture
def fetch(client: Client, places: dict[str, Place], tmp_path: Path) -> Fetch:
    def fetched(name: str, **asked: Any) -> Path:
        response = client.get(f"/{name}", asked)
        assert response.status_code == 200
        path = tmp_path / name
        path.write_bytes(b"".join(response.streaming_content))
        return path

    return fetched


def published() -> dict[str, dict[str, Any]]:
    shown = set(Place.objects.shown().values_list("pk", flat=True))
    return {row["place_id"]: row for row in tables.places(snapshot(AS_OF)) if row["place_id"] in shown}


def test_gdal_reads_the_geopackage(fetch: Fetch) -> None:
    path = fetch("places.gpkg")
    assert pyogrio.list_layers(path).tolist() == [["places", "Point"], ["sources", None]]
    info = pyogrio.read_info(path, layer="places")
    assert (info["crs"], info["geometry_type"], info["features"]) == ("EPSG:4326", "Point", 5)
    meta, _, points, fields = pyogrio.raw.read(path, layer="places")
    rows = [dict(zip(meta["fields"], one, strict=True)) for one in zip(*fields, strict=True)]
    for row, wkb in zip(rows, points, strict=True):
        expected = published()[row["place_id"]]
        point = shapely.from_wkb(wkb)
        assert (point.x, point.y) == (expected["lon"], expected["lat"])
        told = {name: tables.cell(value) for name, value in expected.items() if name not in ("lat", "lon")}
        assert {name: tables.cell(_plain(row[name])) for name in told} == told
        assert row["attributions"]
    assert info["total_bounds"] == pytest.approx((4.831, 37.999, 23.741, 43.789))


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value


def test_the_geopackage_says_its_terms_and_sources(fetch: Fetch) -> None:
    with closing(sqlite3.connect(fetch("places.gpkg"))) as file:
        assert file.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        (terms,) = file.execute("SELECT metadata FROM gpkg_metadata").fetchone()
        assert json.loads(terms)["licence"] == "ODbL-1.0"
        keys = {key for (key,) in file.execute("SELECT key FROM sources")}
    assert keys == {"region-fictive", "mer-commune", "mreza"}


def boxes(file: sqlite3.Connection) -> dict[int, tuple[float, ...]]:
    return {fid: box for fid, *box in file.execute("SELECT id, minx, maxx, miny, maxy FROM rtree_places_geom")}


def within(path: Path, box: tuple[float, float, float, float]) -> list[str]:
    """Names of what GDAL reads of a part of the map."""
    return list(pyogrio.raw.read(path, layer="places", bbox=box, columns=["name"])[3][0])


def test_a_part_of_the_map_is_read_by_the_index(fetch: Fetch) -> None:
    path = fetch("places.gpkg")
    assert pyogrio.read_info(path, layer="places")["capabilities"]["fast_spatial_filter"]
    [mill] = within(path, (4, 43, 5, 44))
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        (fid,) = file.execute("SELECT fid FROM places WHERE name = ?", (mill,)).fetchone()
        assert boxes(file)[fid] == pytest.approx([4.831, 4.831, 43.789, 43.789], abs=1e-5)
        assert len(boxes(file)) == 5
        file.execute("DELETE FROM rtree_places_geom WHERE id = ?", (fid,))
    assert within(path, (4, 43, 5, 44)) == [], "found by the index, and by nothing else"


def test_who_edits_the_geopackage_keeps_its_index_true(fetch: Fetch) -> None:
    with closing(sqlite3.connect(fetch("places.gpkg"), isolation_level=None)) as file:
        for name, at in (("MinX", 0), ("MaxX", 0), ("MinY", 1), ("MaxY", 1)):
            file.create_function(f"ST_{name}", 1, lambda blob, at=at: struct.unpack("<dd", blob[13:29])[at])
        file.create_function("ST_IsEmpty", 1, lambda blob: 0)

        def indexed(fid: int) -> list[float] | None:
            found = boxes(file).get(fid)
            return found and [round(side, 3) for side in found]

        file.execute("UPDATE places SET geom = ? WHERE fid = 1", (geopackage.point(5, 45),))
        assert indexed(1) == [5, 5, 45, 45]
        file.execute("UPDATE places SET geom = NULL WHERE fid = 1")
        assert indexed(1) is None
        file.execute("UPDATE places SET geom = ? WHERE fid = 1", (geopackage.point(6, 46),))
        file.execute("UPDATE places SET fid = 99 WHERE fid = 1")
        assert (indexed(1), indexed(99)) == (None, [6, 6, 46, 46])
        file.execute("UPDATE places SET fid = 98, geom = NULL WHERE fid = 99")
        assert (indexed(99), indexed(98)) == (None, None)
        file.execute("INSERT INTO places (fid, geom) VALUES (50, ?)", (geopackage.point(7, 47),))
        assert indexed(50) == [7, 7, 47, 47]
        file.execute("DELETE FROM places WHERE fid = 50")
        assert indexed(50) is None


def test_a_place_without_position_is_in_it_without_a_point(fetch: Fetch, places: dict[str, Place]) -> None:
    entry = places["rome"].links.get().entry
    entry.assertion.fields.pop("position")
    entry.assertion.__class__.objects.filter(pk=entry.assertion.pk).update(fields=entry.assertion.fields)
    _, _, points, _ = pyogrio.raw.read(fetch("places.gpkg", country="IT"), layer="places")
    assert list(points) == [None]
    geometry = pq.read_table(fetch("places.parquet", country="IT")).column("geometry").to_pylist()
    assert geometry == [None]


def test_analysts_read_the_geoparquet(fetch: Fetch) -> None:
    path = fetch("places.parquet")
    table = pq.read_table(path)
    for row in table.to_pylist():
        point, expected = shapely.from_wkb(row.pop("geometry")), published()[row["place_id"]]
        assert row.pop("attributions")
        assert row == expected
        assert (point.x, point.y) == (expected["lon"], expected["lat"])
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"] == {"encoding": "WKB", "geometry_types": ["Point"]}
    assert json.loads(table.schema.metadata[b"licence"])["licence"] == "ODbL-1.0"
    count = duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE list_contains(kinds, 'COWORK')").fetchone()
    assert count == (3,)


@pytest.mark.parametrize("name", ["places.gpkg", "places.parquet"])
def test_they_hold_what_the_search_finds(
    fetch: Fetch, client: Client, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    monkeypatch.setattr(files, "mkdtemp", lambda prefix: str(_folder(made)))
    monkeypatch.setattr(feeds, "_SEVERAL", 2)
    assert len(_ids(fetch(name))) == 5
    assert len(_ids(fetch(name, q="filature"))) == 1
    assert _ids(fetch(name, country="ZZ")) == []
    assert list(made.iterdir()) == []  # nothing is left behind
    first = client.head(f"/{name}")
    assert first.status_code == 200
    assert client.get(f"/{name}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def _folder(made: Path) -> Path:
    folder = made / str(len(list(made.iterdir())))
    folder.mkdir()
    return folder


def _ids(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).column("place_id").to_pylist())
    return list(pyogrio.raw.read(path, layer="places", columns=["place_id"])[3][0])


def test_a_file_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "mkdtemp", lambda prefix: str(_folder(tmp_path)))

    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        files.Temporary(fail)
    assert list(tmp_path.iterdir()) == []


# Licences that exclude each other


@pytest.fixture
def conflict(places: dict[str, Place]) -> dict[str, Place]:
    """One list more than ODbL's under share-alike: that of the network, of Split and the hostile one."""
    for key in ("region-fictive",):
        one = Source.objects.get(pk=key)
        Source.objects.filter(pk=key).update(spec=one.spec | {"licence": "CC-BY-SA-4.0"})
        for entry in one.entries.select_related("assertion"):
            type(entry.assertion).objects.filter(pk=entry.assertion.pk).update(licence="CC-BY-SA-4.0")
    return places


@pytest.mark.parametrize("name", EXPORTS)
def test_one_file_is_refused_with_the_reason_and_the_largest_lawful_one(
    client: Client, conflict: dict[str, Place], name: str
) -> None:
    for ask in (client.get, client.head):
        assert ask(f"/{name}").status_code == 409
    told = client.get(f"/{name}").json()
    assert told["detail"].startswith("Values under CC BY-SA, ODbL can't be passed on in one database. Take instead: ")
    ways = [one for one in told["detail"].split() if one.startswith("http")]
    assert ways == [f"http://testserver/{name}?without=CC+BY-SA", f"http://testserver/{name}?without=ODbL"]
    for way, licence in zip(ways, ("ODbL-1.0", "CC-BY-SA-4.0"), strict=True):
        response = client.get(way)
        assert response.status_code == 200
        assert b"".join(response.streaming_content)
        assert feeds.LICENCES[licence].url in response.headers["Link"]


def test_a_reader_is_told_in_their_words(client: Client, conflict: dict[str, Place]) -> None:
    response = client.get("/places.csv?q=co", headers={"Accept": "text/html"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "CC BY-SA and ODbL" in page
    assert "/places.csv?q=co&amp;without=CC+BY-SA" in page


def test_what_is_left_is_what_publishing_without_it_leaves(client: Client, conflict: dict[str, Place]) -> None:
    for family in ("ODbL", "CC BY-SA"):
        origins = feeds.Origins.of(Filters(), {family})
        left = {one["place_id"]: one for one in feeds.rows(Filters(), origins)}
        expected = licensing.leave_out(snapshot(AS_OF), {family})
        shown = set(Place.objects.shown().values_list("pk", flat=True))
        again = {row["place_id"]: row for row in tables.places(expected) if row["place_id"] in shown}
        assert {key: {name: row[name] for name in again[key]} for key, row in left.items()} == again
        counts = {kept: count for kept, _, count in feeds.choices(Filters(), feeds.Origins.of(Filters()).terms)}
        assert counts[({"ODbL", "CC BY-SA"} - {family}).pop()] == len(left)


def test_a_search_of_one_family_is_no_conflict(client: Client, conflict: dict[str, Place]) -> None:
    assert client.get("/places.csv?country=GR").status_code == 200
    assert client.get("/places.csv?without=nonsense").status_code == 409
