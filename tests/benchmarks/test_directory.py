"""The benchmark of the directory: its registry is whole, its questions have answers, its tables say what was found."""

import json
import sqlite3
from contextlib import closing

import pytest
from django.http import QueryDict

from benchmarks.directory import load, measure, peers
from benchmarks.directory.peers import rows, servers, stores
from benchmarks.directory.processes import Server
from benchmarks.directory.questions import CLASSES, questions
from benchmarks.directory.registry import AS_OF, fill, heard
from benchmarks.directory.site import Filled, Site
from benchmarks.directory.within import percentiles
from benchmarks.lighthouse.__main__ import lost, scores, weight
from coworkmed.places.filters import Filters
from coworkmed.places.models import Link, Place
from coworkmed.places.search import find

PLACES = 400


@pytest.fixture
def registry(db):
    fill(PLACES, seed=3)


def test_lists_speak_of_as_many_places_as_asked_the_same_for_a_seed():
    once, again = (list(heard(50, 3)) for _ in range(2))
    assert len(once) == 50
    assert [[one.line for one in several] for several in once] == [[one.line for one in several] for several in again]
    assert all(len({one.place.number for one in several}) == 1 for several in once)


def test_a_registry_is_as_a_build_would_leave_it(registry):
    places = Place.objects.all()
    assert len(places) == PLACES
    assert {place.pk for place in places} == set(Link.objects.values_list("place", flat=True))
    assert all(place.name and place.country and place.sources and place.freshness for place in places)
    assert sum(bool(place.town and place.region) for place in places) > 0.9 * PLACES
    assert max(place.confirmed_on for place in places) < AS_OF.isoformat()
    assert any(place.links.count() > 1 for place in places)


def test_every_question_finds_the_place_it_was_made_from(registry):
    asked = questions(1, several=25)
    assert asked == questions(1, several=25)
    assert list(asked) == list(CLASSES)
    for name, several in asked.items():
        totals = [find.find(Filters.read(QueryDict(one).dict()), limit=1).total for one in several]
        assert sum(total > 0 for total in totals) >= 0.9 * len(several), name


def test_a_registry_too_small_to_ask_so_much_of_it_is_refused(registry):
    with pytest.raises(ValueError, match="too small"):
        questions(1, several=PLACES)


def test_all_servers_have_the_same_rows_and_find_the_same(registry, tmp_path):
    shown = list(Place.objects.shown().order_by("pk").values())
    (tmp_path / rows.FILE).write_text("".join(json.dumps(rows.row(place)) + "\n" for place in shown))
    stores.plain(tmp_path, tmp_path / "places.db")
    place = next(one for one in shown if one["lat"] is not None and one["main_kind"])
    word = max(place["name"].split(), key=len)
    with closing(sqlite3.connect(tmp_path / "places.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM places").fetchone()
        found = connection.execute(
            "SELECT id FROM places WHERE rowid IN (SELECT rowid FROM places_fts WHERE places_fts MATCH ?)",
            (f'"{word}"',),
        )
        inside = connection.execute(
            "SELECT id FROM places JOIN places_box ON places.rowid = number WHERE west BETWEEN ? AND ?",
            (place["lon"] - 0.001, place["lon"] + 0.001),
        )
        assert count == len(shown)
        assert (place["public_id"],) in found.fetchall()
        assert (place["public_id"],) in inside.fetchall()


@pytest.mark.parametrize("dialect", [servers.OURS, servers.DATASETTE, servers.PYGEOAPI])
def test_each_server_is_asked_for_the_same_number_of_rows(dialect):
    asked = {"country": "FR", "kind": "FAB"}
    path = dialect.paths["a page of a country and a kind"](asked)
    assert "country=FR" in path
    assert "kind=FAB" in path
    assert f"={servers.LIMIT}" in path


def test_a_burst_with_a_refused_request_is_no_measurement(monkeypatch):
    told = {"requests": 9, "seconds": 1, "bytes": 9, "refused": 1, "broken": 0, "p50": 1, "p95": 1, "p99": 1}
    said = type("Done", (), {"stdout": json.dumps(told)})
    monkeypatch.setattr(load.subprocess, "run", lambda *_, **__: said)
    with pytest.raises(RuntimeError, match="refused"):
        load.burst(Server("ours", 1, ()), ["/"], clients=1, seconds=1)


def test_growth_is_an_exponent(tmp_path):
    filled = Filled(1, 1, 1, 1, 1, 1, 1, 1, 1)
    measured = []
    for places in (100, 1000, 10_000):
        took = [places**0.5 / 10] * 3
        told = dict.fromkeys(("find", "facets", "page"), took) | {"total": [1, 2, places]}
        told |= {f"{what} cpu": places / 10 for what in ("find", "facets", "page")}
        within = {"classes": {"words": told}, "places": places}
        measured.append(measure.Measured(Site(tmp_path, places), filled, within))
    assert "| SQLite: words | 1.00 (0.50) |" in measure.report(measured, [])
    assert measure._selective(measured[2])[0] == pytest.approx(2 / 3)  # few found, of those that were asked


def test_peers_are_compared_burst_by_burst():
    def burst(rate):
        return load.Burst(rate, 1, 2, 3, 4, 1024, 0.5)

    bursts = {("one", "ours"): [burst(100), burst(90)], ("one", "other"): [burst(50), burst(30)]}
    told = peers.report(7, bursts, {("one", "ours"): 1, ("one", "other"): 1}, {"ours": 10})
    assert "2.5 times (2.0 to 3.0)" in told


def test_percentiles_of_nothing_are_no_numbers():
    assert all(one != one for one in percentiles([]))
    assert percentiles(range(101)) == (50, 95, 99)


def lighthouse(score, weight_of=1):
    category = {"score": score, "auditRefs": [{"id": "slow", "weight": weight_of}, {"id": "told", "weight": 0}]}
    items = [
        {"url": "http://localhost/x.css", "resourceType": "Stylesheet", "transferSize": 2048},
        {"url": "http://localhost/vendor/maplibre-gl.js", "resourceType": "Script", "transferSize": 1024},
        {"url": "http://localhost/x.ico", "resourceType": "Icon", "transferSize": 512},
    ]
    audits = {"slow": {"score": score}, "told": {"score": 0}, "network-requests": {"details": {"items": items}}}
    return {
        "categories": dict.fromkeys(("performance", "accessibility", "best-practices", "seo"), category),
        "audits": audits,
    }


def test_what_costs_points_is_what_has_weight():
    assert lost(lighthouse(1)) == {}
    assert lost(lighthouse(0.75))["slow (performance)"] == 25
    assert scores([lighthouse(0.5), lighthouse(1), lighthouse(0.9)])["seo"] == 90


def test_the_map_is_weighed_apart():
    found = weight(lighthouse(1))
    assert (found["Stylesheet"], found["Script"], found["map"], found["other"]) == (2, 0, 1, 0.5)
