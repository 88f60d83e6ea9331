"""Every other form of list: spreadsheets, JSON, maps, OpenStreetMap, mednum, SpaceAPI; odd, broken and hostile ones."""

import gzip
import io
import json
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.values import Reject, Row
from coworkmed.sources import catalogue, connectors
from coworkmed.sources.catalogue import Pick, Spec
from coworkmed.sources.connectors import osm
from coworkmed.sources.reasons import REJECTIONS

ROOT = Path(__file__).resolve().parents[2]


def spec(connector: str, name: str = "", **options: Any) -> Spec:
    columns = {"name": Pick((name,))} if name else {}
    return Spec("list", {}, "", "CC0-1.0", "", connector, "", columns=columns, options=options)


def read(folder: Path, connector: str, content: Any, **options: Any) -> list[Row | Reject]:
    path = folder / "list"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return list(connectors.read(spec(connector, **options), path))


def only(rows: list[Row | Reject]) -> dict[str, str]:
    (row,) = rows
    assert isinstance(row, Row)
    return dict(row.cells)


def test_every_connector_is_named_and_a_mapping_stands_ready_for_the_known_formats() -> None:
    assert set(connectors.BUILTIN) <= set(connectors.CONNECTORS)
    assert connectors.default_columns("csv") == {}
    assert connectors.default_columns("mednum")["name"] == Pick(("nom",))


# spreadsheets


def xlsx(rows: list[list[object]], title: str = "Lieux") -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_a_spreadsheet_is_read_under_its_title_with_values_as_people_wrote_them(tmp_path: Path) -> None:
    from datetime import date, datetime

    content = xlsx(
        [
            ["Recensement 2023"],
            [],
            ["Nom", "CP", "Lat", "Ouvert", "Créé", None],
            ["La Cordée", 69003, 45.75, True, date(2011, 9, 1), "note"],
            [None, None, None, None, None, None],
            ["Étincelle", "01000", 43.6, False, datetime(2014, 1, 2, 9, 30), None],
        ]
    )
    assert read(tmp_path, "xlsx", content) == [
        Row(
            4,
            {
                "Nom": "La Cordée",
                "CP": "69003",
                "Lat": "45.75",
                "Ouvert": "true",
                "Créé": "2011-09-01",
                "column 6": "note",
            },
        ),
        Row(
            6,
            {
                "Nom": "Étincelle",
                "CP": "01000",
                "Lat": "43.6",
                "Ouvert": "false",
                "Créé": "2014-01-02 09:30:00",
                "column 6": "",
            },
        ),
    ]
    assert len(read(tmp_path, "spreadsheet", content, sheet="Lieux", header=3)) == 2
    with pytest.raises(SourceError, match="no sheet “Places”; there are: Lisez-moi, Lieux"):
        read(tmp_path, "xlsx", content, sheet="Places")
    with pytest.raises(SourceError, match="no column “name”"):
        read(tmp_path, "xlsx", content, name="name")


def test_an_ods_is_read_too(tmp_path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, table = OpenDocumentSpreadsheet(), Table(name="Χώροι")
    for values in (["Όνομα", "Πόλη"], ["Ρομάντσο", "Αθήνα"]):
        row = TableRow()
        for value in values:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            row.addElement(cell)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    packed = io.BytesIO()
    book.save(packed)
    assert only(read(tmp_path, "ods", packed.getvalue())) == {"Όνομα": "Ρομάντσο", "Πόλη": "Αθήνα"}


def test_a_spreadsheet_that_asks_for_all_memory_takes_nobody_with_it(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["name"], ["A"]]))) as sound, zipfile.ZipFile(content, "w") as bomb:
        for one in sound.namelist():
            text = sound.read(one)
            if one.endswith("sheet2.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                text = text.replace(b"</sheetData>", far).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
            bomb.writestr(one, text)
    with pytest.raises(SourceError, match="not a spreadsheet we can read"):
        read(tmp_path, "xlsx", content.getvalue())


@pytest.mark.parametrize(
    "content", [b"", b"name,town\nA,Nice\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, "xlsx", content)
    with pytest.raises(SourceError, match="web page"):
        read(tmp_path, "xlsx", b"<html><table><tr><td>name</table>")


def test_a_truncated_spreadsheet_is_refused(tmp_path: Path) -> None:
    content = xlsx([["name"], ["A"]])
    for size in (100, len(content) // 2, len(content) - 30):
        with pytest.raises(SourceError):
            read(tmp_path, "xlsx", content[:size])


# JSON


def test_objects_are_made_flat_and_numbers_stay_as_written(tmp_path: Path) -> None:
    content = (
        b'{"meta": {"count": 2}, "data": {"items": [{"id": 7, "name": "A", "geo": {"lat": 43.30, "lon": -5.400},'
        b' "tags": ["x", "y"], "open": true, "web": null, "desks": [{"n": 1}, {"n": 2}], "empty": []}, 3]}}'
    )
    first, second = read(tmp_path, "json", content, path="data.items")
    assert first == Row(
        1,
        {
            "id": "7", "name": "A", "geo.lat": "43.30", "geo.lon": "-5.400", "tags": "x | y",
            "open": "true", "web": "", "desks.n": "1 | 2", "empty": "",
        },
    )  # fmt: skip
    assert second == Reject(2, {"element": "3"}, "NOT_A_RECORD")
    assert read(tmp_path, "json", content) != []  # there is one list of objects only... and a bare number in it


def test_the_list_is_found_where_it_can_be_only_in_one_place(tmp_path: Path) -> None:
    assert only(read(tmp_path, "json", [{"name": "A"}])) == {"name": "A"}
    assert only(read(tmp_path, "json", {"next": None, "results": [{"name": "A"}]})) == {"name": "A"}
    assert only(read(tmp_path, "json", {"a1": {"name": "A"}})) == {"key": "a1", "name": "A"}
    assert read(tmp_path, "json", {"results": []}) == []
    with pytest.raises(SourceError, match=r"it holds: a, b\. Say where"):
        read(tmp_path, "json", {"a": [{"name": "A"}], "b": [{"name": "B"}]})
    with pytest.raises(SourceError, match=r"it holds: data, data\.items"):
        read(tmp_path, "json", {"data": {"items": [{"name": "A"}]}}, path="data.rows")


@pytest.mark.parametrize(
    "content", [b'[{"name": "A"}, {"na', b"", b"name,town", b"[" * 100_000, b"<html>", b'"x"', b'{"error": "quota"}']
)
def test_what_is_no_json_list_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, "json", content)


def test_a_broken_line_costs_itself_only(tmp_path: Path) -> None:
    rows = read(tmp_path, "ndjson", b'{"name": "A"}\n\n\x1e{"name": "B"}\n{"name": \n["C"]\n')
    assert rows == [
        Row(1, {"name": "A"}),
        Row(3, {"name": "B"}),
        Reject(4, {"line": '{"name":'}, "BAD_JSON"),
        Reject(5, {"element": '["C"]'}, "NOT_A_RECORD"),
    ]
    with pytest.raises(SourceError):
        read(tmp_path, "ndjson", b"name,town\nA,Nice\n")


def test_lone_surrogates_and_nul_can_not_reach_the_database(tmp_path: Path) -> None:
    assert only(read(tmp_path, "json", b'[{"na\\u0000me": "A\\ud800\\u0000"}]')) == {"name": "A\ufffd"}


# maps

POINT = {
    "type": "Feature",
    "id": 5,
    "properties": {"name": "A"},
    "geometry": {"type": "Point", "coordinates": [5.40, 43.3]},
}
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def test_features_have_their_properties_and_a_position(tmp_path: Path) -> None:
    assert only(read(tmp_path, "geojson", collection(POINT))) == {"name": "A", "id": "5", "lat": "43.3", "lon": "5.4"}
    as_written = json.dumps(collection(POINT)).replace("43.3", "43.3000").encode()
    assert only(read(tmp_path, "geojson", as_written))["lat"] == "43.3000"
    assert only(read(tmp_path, "geojson", POINT))["name"] == "A"
    square = collection({**POINT, "geometry": SQUARE})
    assert only(read(tmp_path, "geojson", square))["lat"] == "1.0000000"
    lines = b"\x1e" + json.dumps(POINT).encode() + b"\n\x1e" + json.dumps(POINT).encode() + b"\n"
    assert len(read(tmp_path, "geojson", lines)) == 2


def test_a_property_called_lat_gives_way_to_the_geometry_and_is_kept(tmp_path: Path) -> None:
    feature = {**POINT, "properties": {"name": "A", "lat": "43°18'N", "id": "own"}}
    cells = only(read(tmp_path, "geojson", collection(feature)))
    assert (cells["lat"], cells["properties.lat"], cells["id"]) == ("43.3", "43°18'N", "own")


@pytest.mark.parametrize(
    "geometry",
    [None, {}, {"type": "Point"}, {"type": "Point", "coordinates": ["x", None]}, {"type": "Point", "coordinates": [5]},
     {"type": "Polygon", "coordinates": [[[0, 0]]]}, {"type": "Blob", "coordinates": 3}, 7],
)  # fmt: skip
def test_a_feature_with_a_broken_geometry_stays_without_a_position(tmp_path: Path, geometry: Any) -> None:
    cells = only(read(tmp_path, "geojson", collection({**POINT, "geometry": geometry})))
    assert (cells["name"], cells["lat"], cells["lon"]) == ("A", "", "")


def test_features_that_are_none_are_rejects_and_other_systems_are_refused(tmp_path: Path) -> None:
    rows = read(tmp_path, "geojson", collection(3, {"type": "Feature", "properties": None, "geometry": None}, POINT))
    assert [type(row) for row in rows] == [Reject, Reject, Row]
    lambert = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    with pytest.raises(SourceError, match="not in WGS84"):
        read(tmp_path, "geojson", collection(POINT, crs=lambert))
    for broken in (b'{"type": "FeatureCollection", "features": [{"ty', b'{"type": "Topology"}', b""):
        with pytest.raises(SourceError):
            read(tmp_path, "geojson", broken)


def geopackage(path: Path, reference: int, x: float, y: float) -> bytes:
    """A GeoPackage of one layer with one point, made by hand from the standard (OGC 12-128r19)."""
    base = sqlite3.connect(path)
    base.executescript(f"""
        PRAGMA application_id = 0x47504B47; PRAGMA user_version = 10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
            organization_coordsys_id INTEGER, definition TEXT, description TEXT);
        INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '{WGS84}', NULL);
        INSERT INTO gpkg_spatial_ref_sys VALUES ('Lambert-93', 2154, 'EPSG', 2154, '{LAMBERT}', NULL);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, description TEXT,
            last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
        INSERT INTO gpkg_contents VALUES ('places', 'features', 'places', '', '2026-01-01', 0, 0, 1, 1, {reference});
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER,
            z TINYINT, m TINYINT);
        INSERT INTO gpkg_geometry_columns VALUES ('places', 'shape', 'POINT', {reference}, 0, 0);
        CREATE TABLE places (fid INTEGER PRIMARY KEY, shape BLOB, name TEXT, postcode TEXT, desks INTEGER);
    """)
    shape = b"GP\x00\x01" + struct.pack("<i", reference) + struct.pack("<BIdd", 1, 1, x, y)
    base.execute("INSERT INTO places VALUES (1, ?, 'Χώρος', '06000', 12), (2, NULL, 'Nowhere', NULL, NULL)", [shape])
    base.commit()
    base.close()
    return path.read_bytes()


WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
LAMBERT = (
    'PROJCS["RGF93 v1 / Lambert-93",GEOGCS["RGF93 v1",DATUM["Reseau_Geodesique_Francais_1993_v1",SPHEROID["GRS 1980",'
    '6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION['
    '"Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",46.5],PARAMETER["central_meridian",3],PARAMETER['
    '"standard_parallel_1",49],PARAMETER["standard_parallel_2",44],PARAMETER["false_easting",700000],PARAMETER['
    '"false_northing",6600000],UNIT["metre",1],AUTHORITY["EPSG","2154"]]'
)


def test_a_geopackage_is_brought_to_degrees(tmp_path: Path) -> None:
    first, second = read(tmp_path, "geopackage", geopackage(tmp_path / "a.gpkg", 4326, 7.26, 43.7))
    assert first == Row(
        1, {"fid": "1", "name": "Χώρος", "postcode": "06000", "desks": "12", "lat": "43.7000000", "lon": "7.2600000"}
    )
    assert (second.cells["name"], second.cells["lat"], second.cells["desks"]) == ("Nowhere", "", "")
    lambert = read(tmp_path, "geopackage", geopackage(tmp_path / "b.gpkg", 2154, 1043000, 6298000))[0]
    assert float(lambert.cells["lat"]) == pytest.approx(43.7, abs=0.1)
    assert float(lambert.cells["lon"]) == pytest.approx(7.26, abs=0.1)


def test_a_geopackage_has_the_layer_asked_for(tmp_path: Path) -> None:
    content = geopackage(tmp_path / "a.gpkg", 4326, 7.26, 43.7)
    assert len(read(tmp_path, "geopackage", content, layer="places")) == 2
    with pytest.raises(SourceError, match="there are: places"):
        read(tmp_path, "geopackage", content, layer="elsewhere")


@pytest.mark.parametrize("content", [b"", b"{}", b"SQLite format 3\0" + b"\0" * 2000, b"<OGRVRTDataSource/>"])
def test_what_is_no_geopackage_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, "geopackage", content)


# OpenStreetMap

OSM_XML = b"""<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" lat="45.81" lon="15.97"><tag k="office" v="coworking"/><tag k="name" v="Prostor \xc4\x8c"/></node>
<node id="2" lat="43.00" lon="5.00"/><node id="3" lat="43.00" lon="5.20"/><node id="4" lat="43.40" lon="5.20"/>
<node id="5" lat="43.1" lon="5.1"><tag k="amenity" v="cafe"/><tag k="name" v="No wifi"/></node>
<node id="6" lat="43.1" lon="5.1"><tag k="amenity" v="cafe"/><tag k="internet_access" v="wlan"/></node>
<node id="7" lat="43.1" lon="5.1"><tag k="amenity" v="cafe"/><tag k="internet_access" v="no"/></node>
<node id="8" lat="43.1" lon="5.1"><tag k="disused:amenity" v="coworking_space"/><tag k="name" v="Gone"/></node>
<node id="9" lat="43.1" lon="5.1"><tag k="shop" v="bakery"/></node>
<way id="10"><nd ref="2"/><nd ref="3"/><nd ref="4"/>
<tag k="amenity" v="coworking_space;cafe"/><tag k="leisure" v="hackerspace"/></way>
<way id="11"><nd ref="2"/><nd ref="3"/></way><way id="12"><nd ref="99"/><tag k="amenity" v="library"/></way>
<relation id="20"><member type="way" ref="11" role="outer"/><tag k="amenity" v="arts_centre"/></relation>
</osm>"""


def test_both_coworking_tags_are_read_and_other_third_places(tmp_path: Path) -> None:
    rows = {row.cells["id"]: row.cells for row in read(tmp_path, "osm", OSM_XML)}
    assert list(rows) == ["node/1", "node/6", "node/8", "way/10", "way/12", "relation/20"]
    assert rows["node/1"] == {
        "office": "coworking", "name": "Prostor Č", "id": "node/1", "kind": "office=coworking", "lifecycle": "",
        "lat": "45.8100000", "lon": "15.9700000",
    }  # fmt: skip
    assert rows["way/10"]["kind"] == "amenity=coworking_space | leisure=hackerspace"
    assert (rows["way/10"]["lat"], rows["way/10"]["lon"]) == ("43.2000000", "5.1000000")
    assert (rows["relation/20"]["lat"], rows["relation/20"]["lon"]) == ("43.0000000", "5.1000000")
    assert rows["way/12"]["lat"] == ""  # its node is not in the extract
    assert (rows["node/8"]["lifecycle"], rows["node/8"]["kind"]) == ("CLOSED", "amenity=coworking_space")


def test_other_tags_may_be_asked_for(tmp_path: Path) -> None:
    assert [row.cells["id"] for row in read(tmp_path, "osm", OSM_XML, tags=["shop=*", "amenity=cafe"])] == [
        "node/5", "node/6", "node/7", "node/9", "way/10",
    ]  # fmt: skip
    assert [row.cells["id"] for row in read(tmp_path, "osm", OSM_XML, tags=["amenity=cafe[name]"])] == ["node/5"]
    with pytest.raises(SourceError, match="should read key=value"):
        read(tmp_path, "osm", OSM_XML, tags=["office"])


def test_the_json_of_overpass_gives_the_same_places(tmp_path: Path) -> None:
    answer = {
        "version": 0.6,
        "elements": [
            {"type": "node", "id": 1, "lat": 45.81, "lon": 15.97, "tags": {"office": "coworking", "name": "Prostor"}},
            {"type": "way", "id": 10, "center": {"lat": 43.2, "lon": 5.1}, "tags": {"amenity": "coworking_space"}},
            {
                "type": "way",
                "id": 11,
                "bounds": {"minlat": 43, "maxlat": 44, "minlon": 5, "maxlon": 6},
                "tags": {"amenity": "library"},
            },
            {"type": "node", "id": 2, "lat": 43.0, "lon": 5.0},
            {"type": "node", "id": 3, "tags": {"shop": "bakery"}},
            "stray",
        ],
    }
    *rows, stray = read(tmp_path, "osm", answer)
    assert [(row.cells["id"], row.cells["lat"], row.cells["lon"]) for row in rows] == [
        ("node/1", "45.81", "15.97"),
        ("way/10", "43.2", "5.1"),
        ("way/11", "43.5000000", "5.5000000"),
    ]
    assert isinstance(stray, Reject)
    assert read(tmp_path, "osm", {"elements": []}) == []


def test_an_answer_overpass_cut_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cut the answer short: runtime error: Query timed out"):
        read(tmp_path, "osm", {"elements": [], "remark": 'runtime error: Query timed out in "query" at line 1.'})


@pytest.mark.parametrize(
    "content", [b"", b"<osm", b"<gpx></gpx>", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", b"name,town", b"{}"]
)
def test_what_is_no_openstreetmap_data_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, "osm", content)


@pytest.mark.data
def test_malta_and_andorra(shared_data: Path) -> None:
    malta = shared_data / "osm-malta-2018" / "malta.osm.pbf"
    rows = list(connectors.read(spec("osm"), malta))
    assert sum("amenity=library" in row.cells["kind"] for row in rows) == 12  # as its README counts
    assert all(row.cells["lat"] for row in rows)
    cafes = list(connectors.read(spec("osm", tags=["amenity=cafe"]), malta))
    assert len(cafes) == 130
    with TemporaryDirectory() as folder:
        packed = Path(folder) / "malta.pbf.gz"
        packed.write_bytes(gzip.compress(malta.read_bytes(), 1))
        assert len(list(connectors.read(spec("osm"), packed))) == len(rows)
        cut = Path(folder) / "cut.pbf"
        cut.write_bytes(malta.read_bytes()[:1_000_000])
        with pytest.raises(SourceError):
            list(connectors.read(spec("osm"), cut))
    andorra = shared_data / "osm-andorra-2013" / "andorra.osm.pbf"
    assert [row.cells["name"] for row in connectors.read(spec("osm"), andorra)] == ["Auditori Nacional d'Andorra"]


# mednum and SpaceAPI

MEDNUM = (
    '"id","pivot","nom","commune","code_postal","typologie","services"\n'
    '"a","43493312300029","Anonymal","Reims","51100","TIERS_LIEUX;ASSO","x"\n'
    '"b","00000000000000","Mairie","Reims","51100","MUNI","x"\n'
    '"c","W123456789","Le Lab","Reims","51100","FABLAB|ASSO","x"\n'
)


def test_a_mednum_list_as_csv_and_as_json(tmp_path: Path) -> None:
    from_csv = read(tmp_path, "mednum", MEDNUM.encode())
    assert [(row.cells["pivot.siret"], row.cells["pivot.rna"]) for row in from_csv] == [
        ("43493312300029", ""), ("", ""), ("", "W123456789"),
    ]  # fmt: skip
    assert [row.cells["third_place"] for row in from_csv] == ["yes", "no", "yes"]
    assert from_csv[0].cells["typologie"] == "TIERS_LIEUX | ASSO"
    objects = [{"id": "a", "pivot": "43493312300029", "nom": "Anonymal", "commune": "Reims", "code_postal": "51100",
                "typologie": ["TIERS_LIEUX", "ASSO"], "services": ["x"]}]  # fmt: skip
    assert only(read(tmp_path, "mednum", objects)) == dict(from_csv[0].cells)
    with pytest.raises(SourceError, match="doesn't follow the mednum schema"):
        read(tmp_path, "mednum", b"name,town\nA,Nice\n")


SPACE = {
    "api_compatibility": ["15"], "space": "Hacklab", "url": "https://lab.example", "logo": "",
    "location": {"address": "Ulica 1, Zagreb", "lat": 45.8, "lon": 15.97, "country_code": "HR"},
    "contact": {"email": "info@lab.example"}, "state": {"open": True, "lastchange": 1767225600},
    "membership_plans": [
        {"name": "Day", "value": 15, "currency": "EUR", "billing_interval": "daily"},
        {"name": "Month", "value": 120.5, "currency": "EUR", "billing_interval": "monthly"},
        {"name": "Year", "value": 900, "currency": "EUR", "billing_interval": "yearly"}, "stray",
    ],
}  # fmt: skip


def test_a_spaceapi_document_its_collector_and_the_directory(tmp_path: Path) -> None:
    cells = only(read(tmp_path, "spaceapi", SPACE))
    assert (cells["space"], cells["location.lat"], cells["state.lastchange"]) == ("Hacklab", "45.8", "2026-01-01")
    assert (cells["price_day"], cells["price_month"]) == ("15 EUR", "120.5 EUR")
    collected = [{"url": "https://lab.example/api", "valid": True, "data": SPACE}, {"url": "x", "valid": False}]
    first, second = read(tmp_path, "spaceapi", collected)
    assert first.cells["endpoint"] == "https://lab.example/api"
    assert isinstance(second, Reject)
    assert only(read(tmp_path, "spaceapi", {"Hacklab": "https://lab.example/api"})) == {
        "space": "Hacklab", "endpoint": "https://lab.example/api",
    }  # fmt: skip
    for broken in ([], "x", {}):
        with pytest.raises(SourceError) if broken != [] else pytest.MonkeyPatch.context():
            assert read(tmp_path, "spaceapi", broken) == []


def test_a_folder_of_spaceapi_documents(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(SPACE))
    (tmp_path / "b.json").write_text("<html>")
    good, bad = connectors.read(spec("spaceapi"), tmp_path)
    assert good.cells["space"] == "Hacklab"
    assert bad == Reject(2, {"file": "b.json"}, "BAD_JSON")


# hostile input

_JSONISH = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["features", "type", "properties", "geometry", "coordinates", "elements", "tags", "space", "data", "id"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)
_SHAPES = {
    "json": b'{"items": [{"name": "A"}, 3]}',
    "ndjson": b'{"name": "A"}\n{"name": "B"}\n',
    "geojson": json.dumps(collection(POINT)).encode(),
    "osm": OSM_XML,
    "mednum": MEDNUM.encode(),
    "spaceapi": json.dumps([SPACE]).encode(),
    "tsv": b"name\ttown\nA\tNice\n",
}


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """``content`` with a few bytes changed, cut off, or others put in."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(found)))
        found[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=6))
    return bytes(found[: draw(st.integers(0, len(found)))] if draw(st.booleans()) else found)


def check(connector: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        try:
            found = read(Path(folder), connector, content)
        except SourceError:
            return
    for row in found:
        assert all(isinstance(name, str) and isinstance(text, str) for name, text in row.cells.items())
        assert json.dumps(dict(row.cells), ensure_ascii=False).encode()  # no lone surrogate
        assert isinstance(row, Row) or row.code in REJECTIONS


@pytest.mark.parametrize("connector", _SHAPES)
@given(st.data())
@settings(max_examples=60)
def test_damaged_files_raise_nothing_but_a_source_error(connector: str, data: st.DataObject) -> None:
    check(connector, data.draw(damaged(_SHAPES[connector]) | st.binary(max_size=100)))


@pytest.mark.parametrize("connector", ["json", "geojson", "osm", "mednum", "spaceapi"])
@given(_JSONISH)
@settings(max_examples=60)
def test_json_of_any_shape_raises_nothing_but_a_source_error(connector: str, document: Any) -> None:
    check(connector, json.dumps(document).encode())


@given(st.data())
@settings(max_examples=15)
def test_damaged_spreadsheets_raise_nothing_but_a_source_error(data: st.DataObject) -> None:
    check("xlsx", data.draw(damaged(_BOOK)))


@given(st.data())
@settings(max_examples=15)
def test_damaged_geopackages_raise_nothing_but_a_source_error(data: st.DataObject) -> None:
    check("geopackage", data.draw(damaged(_PACKAGE)))


_BOOK = xlsx([["name", "town"], ["A", "Nice"], ["B", 3]])
with TemporaryDirectory() as _folder:
    _PACKAGE = geopackage(Path(_folder) / "a.gpkg", 4326, 7.26, 43.7)


def test_the_default_tags_all_have_a_kind() -> None:
    kinds = connectors.builtin("osm").kinds
    assert {f"{one.key}={one.value}" for one in osm.wanted({})} == set(kinds)


@pytest.mark.data
def test_every_row_of_the_real_lists_is_read(shared_data: Path) -> None:
    counts = {}
    for one in catalogue.load(ROOT / "catalogues" / "mediterranean.toml"):
        rows = list(connectors.read(one, Path(one.location)))
        assert all(isinstance(row, Row) for row in rows)
        counts[one.key] = len(rows)
    assert counts == {  # as the README of each list counts them
        "fr-cget-2019": 1512, "fr-region-sud-2022": 1241, "fr-aura-2022": 1171, "fr-cvl-2020": 426,
        "fr-osm-coworking-2026": 212, "fr-osm-libraries-2026": 267, "fr-osm-cafes-2026": 322, "med-atlas-2016": 808,
        "mt-osm-2018": 29, "ad-osm-2013": 1,
    }  # fmt: skip


def test_a_geopackage_that_computes_a_value_of_any_size_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    geopackage(file, 4326, 7.26, 43.7)
    with closing(sqlite3.connect(file)) as base:
        base.execute("ALTER TABLE places ADD COLUMN bomb GENERATED ALWAYS AS (hex(zeroblob(50000000))) VIRTUAL")
        base.commit()
    with pytest.raises(SourceError):
        read(tmp_path, "geopackage", file.read_bytes())
