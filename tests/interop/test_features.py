"""Others' clients read the places as OGC API Features: GDAL's driver and OWSLib, from a server that runs."""

import json
import subprocess
import sys
from typing import Any

import pytest
from owslib.ogcapi.features import Features
from pytest_django.live_server_helper import LiveServer

from coworkmed.places.models import Place
from tests.web.factories import registry

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost"])


@pytest.fixture
def places(transactional_db: None) -> dict[str, Place]:
    return registry()


@pytest.fixture
def root(places: dict[str, Place], live_server: LiveServer) -> str:
    return f"{live_server.url}/ogc/"


def shown() -> list[str]:
    return sorted(Place.objects.shown().values_list("pk", flat=True))


#: GDAL keeps Python's lock while it waits for the server, a thread of this process: it reads in one of its own.
GDAL = """
import json, struct, sys
import pyogrio
address, how = f"OAPIF:{sys.argv[1]}", json.loads(sys.argv[2])
how = {name: tuple(one) if isinstance(one, list) else one for name, one in how.items()}
_, _, points, fields = pyogrio.raw.read(address, layer="places", columns=["place_id", "name"], **how)
places = {one: struct.unpack("<dd", point[5:21]) for one, point in zip(fields[0], points)}
print(json.dumps([pyogrio.list_layers(address)[:, 0].tolist(), places]))
"""


def read(root: str, **how: Any) -> dict[str, list[float]]:
    """Ids and coordinates of what GDAL reads."""
    asked = [sys.executable, "-c", GDAL, root, json.dumps(how)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    layers, places = json.loads(done.stdout)
    assert layers == ["places"]
    return dict(places)


def test_gdal_reads_all_pages(root: str) -> None:
    assert sorted(read(root, PAGE_SIZE="2")) == shown()


def test_gdal_reads_boxes_and_filters(root: str, places: dict[str, Place]) -> None:
    assert read(root, bbox=[4, 43, 5, 44]) == {places["mill"].pk: pytest.approx([4.831, 43.789])}
    found = read(root, where="country = 'FR' OR main_kind = 'FAB'")
    assert sorted(found) == sorted([places["mill"].pk, places["rome"].pk])


def test_owslib_reads_the_service(root: str) -> None:
    service = Features(root)
    assert service.feature_collections() == ["places"]
    assert "core" in " ".join(service.conformance()["conformsTo"])
    assert service.api()["openapi"].startswith("3.0")
    assert {"country", "name"} <= set(service.collection_queryables("places")["properties"])
    page = service.collection_items("places", limit=2)
    assert (page["numberMatched"], page["numberReturned"]) == (5, 2)
    assert [one["id"] for one in service.collection_items("places", limit=2, offset=2)["features"]] == shown()[2:4]
    (mill,) = service.collection_items("places", bbox=[4, 43, 5, 44])["features"]
    assert service.collection_item("places", mill["id"])["geometry"]["coordinates"] == [4.831, 43.789]
    assert service.collection_items("places", filter="country = 'GR'")["numberMatched"] == 1
