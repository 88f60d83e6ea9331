"""The index is a cache: whatever happens to it or beside it, the site answers, and it heals."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.search import find
from coworkmed.places.search import index as module
from coworkmed.places.search.index import Index, index
from coworkmed.platform import database
from coworkmed.platform.lock import exclusive

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of three places, as it stands on a disk after the process that wrote it has ended."""
    for number in range(3):
        Place.objects.create(public_id=f"p{number}", name=f"Place {number}", status="OPEN")
    written = Index(tmp_path / "index")
    assert held(written) == 3
    return written.folder


def held(of: Index) -> int:
    return of.searcher().num_docs


def _shorten(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _garble(path: Path) -> None:
    path.write_bytes(b"\xff{")


@pytest.mark.parametrize("harm", [Path.unlink, _shorten, _garble])
@pytest.mark.parametrize("kind", ["meta.json", "*.term", "*.store", "*.fast", "*.idx", ".managed.json"])
def test_a_damaged_index_is_made_anew(folder: Path, kind: str, harm: Callable[[Path], None]) -> None:
    for path in folder.glob(kind):
        harm(path)
    assert held(Index(folder)) == 3


def test_an_index_that_was_thrown_away_is_made_anew(folder: Path) -> None:
    """Its state still says that all is there."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert held(Index(folder)) == 3


def test_damage_beneath_a_process_at_work_heals_with_the_next_change(folder: Path) -> None:
    at_work = Index(folder)
    assert held(at_work) == 3
    for path in folder.iterdir():
        path.unlink()
    assert held(at_work) == 3
    Place.objects.create(public_id="new", status="OPEN")
    assert held(at_work) == 4


def test_an_index_of_another_form_is_made_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = module.tantivy.SchemaBuilder().build()
    for path in folder.iterdir():
        path.unlink()
    module.tantivy.Index(other, path=str(folder))
    assert held(Index(folder)) == 3


def test_a_process_sees_what_another_made_anew(folder: Path) -> None:
    one, other = Index(folder), Index(folder)
    assert held(one) == held(other) == 3
    Place.objects.filter(pk="p0").delete()
    Place.objects.filter(pk="p1").update(modified=timezone.now())
    assert held(one) == 2  # counted, found wanting, made anew
    assert held(other) == 2


def test_one_that_can_t_be_written_answers_as_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    at_work = Index(folder)
    assert held(at_work) == 3
    tries: list[int] = []

    def full(*_: object) -> None:
        tries.append(1)
        raise OSError(28, "No space left on device")

    Place.objects.create(public_id="new", status="OPEN")
    with monkeypatch.context() as disk:
        disk.setattr(at_work, "_write", full)
        assert held(at_work) == held(at_work) == 3
        assert tries == [1]  # and isn't tried again at once
    assert "can't follow" in caplog.text
    monkeypatch.setattr(module, "monotonic", lambda: at_work._paused_until)
    assert held(at_work) == 4


def test_a_disk_that_is_full_costs_no_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Place.objects.create(public_id="new", status="OPEN")
    starting = Index(folder)
    with monkeypatch.context() as disk:
        disk.setattr(starting, "_write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        assert held(starting) == 3
    assert held(Index(folder)) == 4


def test_where_no_index_can_be_made_the_site_says_so(
    client: Client, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Place.objects.create(public_id="0123456789ab", name="Here", status="OPEN")
    (tmp_path / "file").write_text("no folder")
    settings.SEARCH_ROOT = tmp_path / "file" / "search"
    with pytest.raises(OperationalError):
        index().searcher()
    client.raise_request_exception = False
    page = client.get("/fr/places/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert client.get("/api/v1/places").json()["code"] == "unavailable"
    assert client.get("/en/sources/").status_code == 200


def test_while_the_first_index_is_made_nobody_is_told_there_is_nothing(folder: Path) -> None:
    """Another process is at it: what stands so far is not the registry."""
    starting = Index(folder)
    with exclusive(folder.with_suffix(".lock")):
        assert held(starting) == 3  # of this registry, and whole as far as it goes
        folder.with_suffix(".json").unlink()
        with pytest.raises(OperationalError):
            Index(folder).searcher()


def test_a_rehearsal_leaves_no_trace(folder: Path) -> None:
    """A dry run that searches; then a real change, later than the rehearsed one."""
    at_work = Index(folder)
    assert held(at_work) == 3
    with database.rehearsal():
        Place.objects.create(public_id="dream", name="Never was", status="OPEN")
        Place.objects.filter(pk="p0").update(name="Renamed", modified=timezone.now())
        assert held(at_work) == 3
    Place.objects.create(public_id="new", name="Real", status="OPEN")
    Place.objects.filter(pk="p1").delete()
    searcher = at_work.searcher()
    names = {searcher.doc(at)["label"][0] for _, at in searcher.search(module.tantivy.Query.all_query(), 10).hits}
    assert names == {"Place 0", "Place 2", "Real"}


def test_a_clock_put_back_loses_nothing(folder: Path) -> None:
    at_work = Index(folder)
    assert held(at_work) == 3
    Place.objects.create(public_id="new", status="OPEN", modified=timezone.now() - timedelta(days=3))
    Place.objects.filter(pk="p0").update(modified=timezone.now() + timedelta(seconds=1))
    assert held(at_work) == 4


def test_a_place_merged_then_parted_again_comes_and_goes(folder: Path) -> None:
    at_work = Index(folder)
    assert held(at_work) == 3
    Place.objects.filter(pk="p0").update(merged_into="p1", status="MERGED", modified=timezone.now())
    assert held(at_work) == 2
    Place.objects.filter(pk="p0").update(merged_into=None, status="OPEN", modified=timezone.now())
    assert held(at_work) == 3


def test_a_place_that_vanished_from_the_database_is_left_out(client: Client) -> None:
    for number in range(3):
        Place.objects.create(public_id=f"00000000000{number}", name=f"Place {number}", status="OPEN")
    assert find.find(Filters()).total == 3
    Place.objects.filter(pk="000000000001").delete()  # and the newest mark of a change stays
    for address in ("/fr/places/", "/api/v1/places", "/places.csv", "/places.geojson", "/places.atom"):
        answer = client.get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert b"000000000001" not in text


def test_many_threads_at_once_see_all_or_what_was(folder: Path) -> None:
    at_work = Index(folder)
    assert held(at_work) == 3
    Place.objects.create(public_id="new", status="OPEN")
    at_work._turn.acquire()  # another thread is bringing it up to the database
    assert held(at_work) == 3
    at_work._turn.release()
    assert held(at_work) == 4
