"""The catalogue: read by another hand, held against the shapes of DCAT-AP, true to what is there."""

import json
from datetime import timedelta
from pathlib import Path

import pyshacl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, RDF, RDFS, SH, Graph, URIRef
from rdflib.compare import isomorphic

from coworkmed.observatory.editions import freeze, shelf
from coworkmed.opendata import dcat, rdf
from coworkmed.opendata.publish import publish
from coworkmed.opendata.rdf import Iri, Literal, Thing
from coworkmed.places.models import Place
from coworkmed.places.queries import snapshot
from tests.web.factories import AS_OF

# rdflib deprecates what it uses itself, and knows the terms of the second version of DCAT
pytestmark = [
    pytest.mark.any_database,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),
    pytest.mark.filterwarnings("ignore:Code. .* is not defined in namespace DCAT"),
]

SITE = "http://testserver"
REGISTRY, SERIES = URIRef(f"{SITE}/catalogue#registry"), URIRef(f"{SITE}/catalogue#state-of-play")
EDITION = URIRef(f"{SITE}/catalogue#edition-{AS_OF}")


@pytest.fixture
def published(places: dict[str, Place], tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "var" / "published"
    publish(snapshot(AS_OF), folder)
    monkeypatch.setattr(dcat, "published", lambda: folder)
    return folder


def graph(client: Client, name: str = "ttl") -> Graph:
    response = client.get(f"/catalogue.{name}")
    assert response.status_code == 200
    return Graph().parse(data=response.content, format="turtle" if name == "ttl" else "json-ld")


def test_both_forms_say_the_same(client: Client, published: Path) -> None:
    one, other = graph(client), graph(client, "jsonld")
    assert len(one) > 150
    assert isomorphic(one, other)


@pytest.mark.data
@pytest.mark.parametrize("with_edition", [True, False])
def test_it_fits_the_shapes_of_dcat_ap(
    client: Client, places: dict[str, Place], shared_data: Path, with_edition: bool, request: pytest.FixtureRequest
) -> None:
    if with_edition:
        request.getfixturevalue("published")
    folder = shared_data / "conformance/dcat-ap-3.0.1/shacl"
    shapes = Graph()
    for one in sorted(folder.glob("*.ttl")):
        shapes.parse(one)
    for shape, named in list(shapes.subject_objects(SH.property)):
        if (named, SH.path, None) not in shapes:  # five of 297 are named there and nowhere described
            shapes.remove((shape, SH.property, named))
    told = graph(client)
    for thing in {one for triple in told for one in triple if isinstance(one, URIRef)}:
        told.add((thing, RDF.type, RDFS.Resource))  # as everything is
    fits, _, why = pyshacl.validate(told, shacl_graph=shapes, advanced=True, inplace=False)
    assert fits, why
    told.remove((None, DCTERMS.title, None))  # the shapes do bite
    assert not pyshacl.validate(told, shacl_graph=shapes, advanced=True, inplace=False)[0]


def test_one_series_of_editions_with_their_files(client: Client, published: Path) -> None:
    told = graph(client)
    assert list(told.subjects(RDF.type, DCAT["DatasetSeries"])) == [SERIES]
    assert list(told.subjects(DCAT["inSeries"], SERIES)) == [EDITION]
    manifest = json.loads((published / "manifest.json").read_text())
    files = {str(told.value(one, DCAT.downloadURL)): one for one in told.objects(EDITION, DCAT.distribution)}
    assert set(files) == {f"{SITE}/state-of-play/files/{name}" for name in manifest["files"]}
    for name, said in manifest["files"].items():
        node = files[f"{SITE}/state-of-play/files/{name}"]
        assert int(str(told.value(node, DCAT.byteSize))) == said["bytes"]
    places = files[f"{SITE}/state-of-play/files/places.csv"]
    assert str(told.value(places, DCTERMS.license)) == "https://opendatacommons.org/licenses/odbl/1-0/"
    assert told.value(files[f"{SITE}/state-of-play/files/links.csv"], DCTERMS.license) is None  # several, kept apart


def test_frozen_editions_follow_each_other(client: Client, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelves = published.parent / "editions"
    monkeypatch.setattr(shelf, "root", lambda: shelves)
    before = client.get("/catalogue.ttl")
    first = freeze.create(published, issued=AS_OF, where=shelves)
    publish(snapshot(AS_OF + timedelta(days=40)), published)
    second = freeze.create(published, issued=AS_OF + timedelta(days=41), where=shelves)
    again = client.get("/catalogue.ttl", headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 200
    told = graph(client)
    one, other = (URIRef(f"{SITE}/catalogue#edition-{edition.id}") for edition in (first, second))
    assert set(told.subjects(DCAT["inSeries"], SERIES)) == {one, other}
    assert list(told.subject_objects(DCAT["prev"])) == [(other, one)]
    addresses = [str(told.value(file, DCAT.downloadURL)) for file in told.objects(other, DCAT.distribution)]
    assert len(addresses) == len(second.files)
    for address in addresses:
        assert address.startswith(f"{SITE}/editions/{second.id}/files/")
        response = client.get(address.removeprefix(SITE))
        assert response.status_code == 200
        assert b"".join(response.streaming_content) if response.streaming else response.content


def test_what_is_offered_is_there(client: Client, places: dict[str, Place]) -> None:
    told = graph(client)
    addresses = {str(told.value(one, DCAT.downloadURL)) for one in told.objects(REGISTRY, DCAT.distribution)}
    addresses |= {str(one) for one in told.objects(None, DCAT.endpointURL)}
    addresses |= {str(one) for one in told.objects(None, DCAT.endpointDescription)}
    addresses |= {str(one) for one in told.objects(None, DCAT.landingPage)}
    assert len(addresses) == 9
    for address in addresses:
        response = client.get(address.removeprefix(SITE))
        assert response.status_code == 200, address
        assert b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("accept", "to"),
    [
        ("text/turtle", "/catalogue.ttl"),
        ("application/ld+json", "/catalogue.jsonld"),
        ("application/json;q=0.5, application/ld+json", "/catalogue.jsonld"),
        ("*/*", "/catalogue.ttl"),
        ("nonsense", "/catalogue.ttl"),
        ("text/html,*/*;q=0.8", "/en/open-data/"),
    ],
)
def test_each_client_is_led_to_its_form(client: Client, places: dict[str, Place], accept: str, to: str) -> None:
    led = client.get("/catalogue", headers={"Accept": accept})
    assert (led.status_code, led.headers["Location"]) == (302, to)
    assert "Accept" in led.headers["Vary"]


def test_an_unreadable_manifest_is_no_edition(client: Client, published: Path) -> None:
    for text in ("", "[]", "{}", '{"as_of": "2026-01-01", "files": 5}', '{"as_of": "x", "files": {}}'):
        (published / "manifest.json").write_text(text)
        assert dcat.editions() == []
    assert (EDITION, None, None) not in graph(client)


@given(st.text(), st.text(st.characters(codec="utf-8"), min_size=1))
def test_whatever_is_said_is_read_back_alike(text: str, name: str) -> None:
    nameless = Thing("", [], [("dct:c", Literal(text))])
    said = [("dct:title", Literal(text, "en")), ("dct:a", Iri(f"urn:{name}")), ("dct:b", nameless)]
    things = [Thing(f"https://example.org/{name}", ["dct:Thing"], said)]
    prefixes = {"dct": "http://purl.org/dc/terms/"}
    turtle = Graph().parse(data=rdf.turtle(things, prefixes), format="turtle")
    assert isomorphic(turtle, Graph().parse(data=rdf.dumped(things, prefixes), format="json-ld"))
    assert len(turtle) == 5
