"""The index follows the registry, and finds what a reader means."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.search import find
from coworkmed.places.search.index import Index, index
from coworkmed.places.search.understand import understand
from coworkmed.platform import gazetteer
from coworkmed.platform.lock import exclusive
from coworkmed.web.map import Box

pytestmark = pytest.mark.django_db
Add = Callable[..., Place]


@pytest.fixture
def add() -> Add:
    made = iter(range(1000))

    def one(name: str, country: str = "", locality: str = "", **more: object) -> Place:
        town = gazetteer.locate(country, locality, None, None) if locality else None
        where = {"lat": town.lat, "lon": town.lon, "region": town.region, "town": town.id} if town else {}
        fields = {
            "public_id": f"p{next(made)}",
            "name": name,
            "country": country,
            "locality": locality,
            "status": "OPEN",
        }
        return Place.objects.create(**(fields | where | more))

    return one


def found(q: str = "", **asked: str) -> list[str]:
    """Names, in the order they are shown."""
    hits = find.find(Filters.read({"q": q, **asked})).hits
    places = Place.objects.in_bulk([hit.place_id for hit in hits])
    return [places[hit.place_id].name for hit in hits]


@pytest.mark.parametrize("q", ["αθηνα", "ΑΘΗΝΑ", "Αθήνα", "Athènes", "Atene", "Atenes", "Athens", "athin", "Atena"])
def test_a_town_is_found_by_its_name_in_any_language(add: Add, q: str) -> None:
    add("Kypseli Desk", "GR", "Αθήνα")
    add("Le Port", "FR", "Marseille")
    assert found(q) == ["Kypseli Desk"]


@pytest.mark.parametrize("q", ["sibenik", "Šibenik", "ŠIBENIK", "Sebenico"])
def test_croatian_letters_fold(add: Add, q: str) -> None:
    add("Čamac", "HR", "Šibenik")
    add("Drugi", "HR", "Split")
    assert found(q) == ["Čamac"]


@pytest.mark.parametrize("q", ["Grèce", "Ελλάδα", "grčka", "Greece coworking", "cowork Ελλάδα"])
def test_countries_and_kinds_have_names_in_every_language(add: Add, q: str) -> None:
    add("Kypseli Desk", "GR", "Αθήνα", main_kind="COWORK", values={"kinds": ["COWORK"]})
    add("Ateliers", "FR", "Marseille", main_kind="CRAFT")
    assert found(q) == ["Kypseli Desk"]


def test_what_is_called_so_comes_before_what_lies_there(add: Add) -> None:
    add("Nice Place to Work", "IT", "Roma")
    add("La Ruche", "FR", "Nice")
    add("Nice", "FR", "Nice")
    assert found("nice")[0] == "Nice"
    assert set(found("nice")) == {"Nice", "La Ruche", "Nice Place to Work"}


def test_a_word_begun_is_enough_and_a_slip_is_forgiven(add: Add) -> None:
    add("Filature des Docks", "FR", "Marseille")
    assert found("fila") == ["Filature des Docks"]
    slip = find.find(Filters(q="filatrue"))
    assert slip.near_spelling
    assert slip.total == 1
    assert not find.find(Filters(q="filature")).near_spelling
    assert find.count(Filters(q="filatrue")) == 1
    assert find.facets(Filters(q="filatrue"))["country"] == [find.Option("FR", 1)]
    assert find.positions(Filters(q="filatrue")) == find.positions(Filters(q="filature"))


def test_a_misspelt_town_is_forgiven(add: Add) -> None:
    add("Le Port", "FR", "Marseille")
    assert found("Marsielle") == ["Le Port"]


def test_words_are_cut_into_what_they_may_mean() -> None:
    parts = understand("fab lab aix en provence")
    assert [part.words for part in parts] == [("fab", "lab"), ("aix", "en", "provence")]
    assert parts[0].kind == "FAB"
    assert parts[1].territories[0].kind == "town"
    assert understand("!!!") == ()


@pytest.mark.parametrize(
    "q", ["coworking in Athens", "coworking à Athènes", "coworking en Atenas", "un coworking ad Atene",
          "coworking u Ateni", "coworking a prop d’Atenes", "χώροι στην Αθήνα", "near Athens",
          "près d’Athènes", "Αθήνα και γύρω"],
)  # fmt: skip
def test_words_that_tie_others_together_need_not_be_there(add: Add, q: str) -> None:
    add("Χώροι Κυψέλης", "GR", "Αθήνα", main_kind="COWORK", values={"kinds": ["COWORK"]})
    add("In", "FR", "Marseille")
    assert found(q) == ["Χώροι Κυψέλης"]


def test_who_is_called_so_word_by_word_comes_first(add: Add) -> None:
    add("Ruche", "FR", "Marseille")
    add("La Ruche", "FR", "Marseille")
    assert found("la ruche") == ["La Ruche", "Ruche"]
    assert found("la") == ["La Ruche"]  # nothing else is asked


def test_closed_places_are_found_only_when_asked_for(add: Add) -> None:
    add("Gone", status="CLOSED")
    add("Here")
    assert found() == ["Here"]
    assert found(status="CLOSED") == ["Gone"]


def test_open_now_by_the_clock_of_the_place(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    add("Athens", "GR", "Αθήνα", values={"opening_hours": "Mo-Fr 09:00-17:00"})
    add("Marseille", "FR", "Marseille", values={"opening_hours": "Mo-Fr 09:00-17:00; PH off"})
    add("Unsaid", "FR", "Marseille")
    add("Unclear", "FR", "Marseille", values={"opening_hours": "nine to five or so"})
    expected = {
        datetime(2026, 11, 23, 7, 30, tzinfo=UTC): ["Athens"],  # half past nine there, half past eight in Marseille
        datetime(2026, 11, 23, 12, 2, tzinfo=UTC): ["Athens", "Marseille"],
        datetime(2026, 11, 22, 12, 2, tzinfo=UTC): [],
        datetime(2026, 11, 11, 12, 2, tzinfo=UTC): ["Athens"],  # the armistice is a holiday in France
    }
    for moment, names in expected.items():
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert found(open_now="1") == names


def test_nearest_first_with_the_distance(add: Add) -> None:
    for town in ("Nice", "Toulon", "Marseille"):
        add(town, "FR", town)
    results = find.find(Filters(near="43.2965,5.3698"))
    places = Place.objects.in_bulk([hit.place_id for hit in results.hits])
    assert [places[hit.place_id].name for hit in results.hits] == ["Marseille", "Toulon", "Nice"]
    assert results.hits[2].km == pytest.approx(158.8, abs=2)


def test_near_leaves_nobody_out_however_far(add: Add) -> None:
    for town in ("Nice", "Marseille"):
        add(town, "FR", town)
    add("Nowhere")
    add("Kypseli Desk", "GR", "Αθήνα")
    asked = Filters(near="48.8566,2.3522", country="GR")
    results = find.find(asked)
    assert (results.total, find.count(asked)) == (1, 1)
    assert results.hits[0].km == pytest.approx(2096, abs=10)
    assert find.find(asked.but(country="")).total == 3
    assert find.find(Filters(near="0.0000,-179.0000")).total == 3


def test_near_is_walked_page_by_page_in_one_order(add: Add) -> None:
    for number in range(120):
        add(f"Place {number}", lat=36 + number * 37 % 97 / 12, lon=number * 53 % 101 / 5)
    asked = Filters(near="41.0000,9.0000")
    pages = [find.find(asked, limit=7, offset=offset) for offset in range(0, 120, 7)]
    assert {page.total for page in pages} == {120}
    walked = [hit for page in pages for hit in page.hits]
    assert len({hit.place_id for hit in walked}) == 120
    assert walked == sorted(walked, key=lambda hit: hit.km)


def test_the_index_follows_each_change(add: Add) -> None:
    one = add("Before")
    assert found("before") == ["Before"]
    Place.objects.filter(pk=one.pk).update(name="After", modified=timezone.now())
    assert found("after") == ["After"]
    assert found("before") == []
    other = add("Other")
    Place.objects.filter(pk=one.pk).update(merged_into=other, modified=timezone.now() + timedelta(seconds=1))
    assert found() == ["Other"]


def test_an_index_of_another_registry_is_made_anew(add: Add, tmp_path: Path) -> None:
    add("One")
    here = Index(tmp_path / "index")
    assert here.searcher().num_docs == 1
    Place.objects.all().delete()
    add("Two", modified=datetime(2020, 1, 1, tzinfo=UTC))  # as a backup put back would be
    assert Index(tmp_path / "index").searcher().num_docs == 1
    (tmp_path / "index.json").write_text("nonsense")
    assert Index(tmp_path / "index").searcher().num_docs == 1


def test_while_another_process_writes_the_index_answers_as_before(add: Add) -> None:
    add("One")
    assert found() == ["One"]
    add("Two")
    with exclusive(index().folder.with_suffix(".lock")):
        assert found() == ["One"]
    assert found() == ["One", "Two"]


def test_positions_or_cells(add: Add) -> None:
    for town in ("Marseille", "Aix-en-Provence", "Αθήνα"):
        add(town, "GR" if town == "Αθήνα" else "FR", town)
    add("Nowhere")
    everywhere = find.positions(Filters())
    assert everywhere is not None
    assert sorted(everywhere.names) == sorted(["Marseille", "Aix-en-Provence", "Αθήνα"])
    assert find.positions(Filters(), limit=2) is None
    cells = find.cells(Filters(), Box(-10, 30, 40, 50), across=24)
    assert sum(cell.count for cell in cells) == 3
    assert max(cell.count for cell in cells) == 2
    assert all(cell.box.south <= cell.lat <= cell.box.north for cell in cells)
