"""The page of a place: what a visitor asks first, who says so, and what can be taken away."""

import io
import json
import re
from datetime import datetime
from typing import Any

import pytest
import vobject
from django.test import Client
from django.utils import timezone
from PIL import Image

from coworkmed.kernel import ids
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Change, Place
from coworkmed.places.pages.place import distance, tongue
from coworkmed.places.picture import SIZE, Face, draw

from . import factories
from .html import Reader

MOMENT = datetime.fromisoformat("2026-11-23T14:00+01:00")  # a Monday
PARTS = ("", "sheet/", "tell/", "card.vcf", "picture.png", "code.svg")


@pytest.fixture(autouse=True)
def _monday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MOMENT)
    monkeypatch.setattr(timezone, "localdate", lambda: MOMENT.date())


def page(client: Client, place: Place, part: str = "", language: str = "en") -> str:
    answer = client.get(f"/{language}/places/{place.public_id}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def json_ld(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def listed(**fields: Any) -> Place:
    """A place that one list speaks of."""
    source = factories.source(f"list-{ids.digest(repr(fields))[:8]}")
    return factories.place(factories.entry(source, "one", "2026-10", **{"name": "Ruche", "country": "FR"} | fields))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_in_every_language(client: Client, places: dict[str, Place], language: str) -> None:
    for part in PARTS:
        answer = client.get(f"/{language}/places/{places['mill'].public_id}/{part}")
        assert answer.status_code == 200
        if answer.headers["Content-Type"].startswith("text/html"):
            assert Reader(answer.content.decode()).faults == []


def test_what_a_visitor_asks_first(client: Client, places: dict[str, Place]) -> None:
    text = Reader(page(client, places["mill"])).text
    head = text[text.index("La Filature") : text.index("When it is open")]
    assert "Coworking space" in head
    assert "Open now, until 19:00" in head
    assert "It is 14:00 there." in head
    assert "Monday – Friday" in " ".join(text.replace("\u2009", " ").split())


def test_ways_to_get_in_touch_are_links(client: Client, places: dict[str, Place]) -> None:
    assert "tel:+33490000000" in Reader(page(client, places["mill"])).links
    assert "mailto:geia@kypseli.example" in Reader(page(client, places["athens"])).links


def test_hours_nobody_can_work_out_are_shown_as_written(client: Client, db: None) -> None:
    html = page(client, listed(opening_hours="Mo-Fr 09:00-12:00, 14:00+; SH off"))
    assert "Mo-Fr 09:00-12:00, 14:00+; SH off" in html
    assert "We can&#39;t work these hours out" in html
    assert "Open now" not in html
    assert "openingHoursSpecification" not in json_ld(html)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("CLOSED", "This place closed: June 2025."),
        ("PAUSED", "This place is closed for a time."),
        ("PROJECT", "it is not open yet"),
        ("NOT_A_MATCH", "This is not a third place."),
    ],
)
def test_a_place_that_is_not_open_says_so_first(client: Client, db: None, status: str, sentence: str) -> None:
    place = listed(status=status, closed="2025-06", opening_hours="Mo-Su 00:00-24:00")
    text = Reader(page(client, place)).text
    assert sentence in text
    assert "Open at all hours" not in text


def test_words_of_others_bear_their_language(client: Client, places: dict[str, Place]) -> None:
    assert re.search(r'<h1 lang="el"><bdi>Κοινός', page(client, places["athens"]))
    assert '<bdi lang="fr">Un ancien moulin' in page(client, places["mill"], language="el")
    assert "<bdi>Un ancien moulin" in page(client, places["mill"], language="fr")


@pytest.mark.parametrize(
    ("text", "country", "language"),
    [
        ("Atelier partagé", "FR", "fr"),
        ("Χώρος", "FR", "el"),
        ("Athens Hub", "GR", ""),
        ("مقهى", "TN", "ar"),
        ("Zajednički prostor", "HR", "hr"),
        ("Space", "", ""),
        ("12", "XX", ""),
        ("", "FR", "fr"),
    ],
)
def test_the_language_of_a_text(text: str, country: str, language: str) -> None:
    assert tongue(text, country) == (language if any(map(str.isalpha, text)) else "")


def test_nearby_places_come_nearest_first(client: Client, db: None) -> None:
    here = listed(position=factories.position(43.3, 5.4))
    others = [listed(name=f"Near {n}", position=factories.position(43.3 + n / 100, 5.4)) for n in range(1, 8)]
    listed(name="Near but closed", status="CLOSED", position=factories.position(43.3, 5.4))
    links = Reader(page(client, here)).links
    shown = [link for link in links if link in {f"/en/places/{one.public_id}/" for one in others}]
    assert shown == [f"/en/places/{one.public_id}/" for one in others[:5]]


@pytest.mark.parametrize(("metres", "text"), [(84.0, "80 m"), (1234.0, "1.2 km"), (23_456.0, "23 km"), (0.0, "0 m")])
def test_distances(metres: float, text: str) -> None:
    assert distance(metres) == text


def test_is_this_right_leads_to_the_keepers(client: Client, places: dict[str, Place]) -> None:
    ways = [link for link in Reader(page(client, places["mill"])).links if "/tell/#" in link]
    assert [link.partition("#")[2] for link in ways] == ["confirm", "correct", "closed-down"]
    telling = Reader(page(client, places["mill"], "tell/"))
    assert {"confirm", "correct", "closed-down"} <= set(telling.ids)
    assert "13-001" in telling.text
    assert "Région de nulle part" in telling.text
    assert {"https://region.example/donnees", "https://www.openstreetmap.org/node/42"} <= set(telling.links)


# Its identity


@pytest.mark.parametrize("part", PARTS)
def test_an_earlier_id_leads_to_the_place_that_stands(client: Client, places: dict[str, Place], part: str) -> None:
    answer = client.get(f"/fr/places/{places['gone'].public_id}/{part}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/fr/places/{places['mill'].public_id}/{part}")


@pytest.mark.parametrize("part", PARTS)
def test_a_place_nothing_is_left_of_is_gone(client: Client, places: dict[str, Place], part: str) -> None:
    empty = Place.objects.create(public_id="zzzzzzzzzzzz", name="Nothing")
    Change.objects.create(place=empty, kind=Change.Kind.SPLIT, other=places["mill"], on=factories.AS_OF)
    answer = client.get(f"/en/places/zzzzzzzzzzzz/{part}")
    assert answer.status_code == 410
    told = Reader(answer.content.decode())
    assert told.faults == []
    assert f"On 1 November 2026 it was parted from {places['mill'].public_id}" in told.text


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS)
def test_an_id_that_never_was_is_not_found(client: Client, part: str) -> None:
    assert client.get(f"/en/places/000000000000/{part}").status_code == 404


# What can be taken away


def test_structured_data_can_be_read_back(client: Client, places: dict[str, Place]) -> None:
    data = json_ld(page(client, places["mill"]))
    assert data["@id"].endswith(f"/places/{places['mill'].public_id}/")
    assert data["openingHoursSpecification"][0]["opens"] == "08:30"
    assert [one["name"] for one in data["isBasedOn"]] == ["Fictional regional survey", "Common Sea map"]


def test_structured_data_is_no_way_in(client: Client, places: dict[str, Place]) -> None:
    html = page(client, places["hostile"])
    assert html.count("<script") == html.count("</script>")
    assert "<script>alert" not in html
    assert json_ld(html)["name"] == "<script>alert('1')</script> & “co”"


def test_a_card_for_the_address_book(client: Client, places: dict[str, Place]) -> None:
    answer = client.get(f"/en/places/{places['mill'].public_id}/card.vcf")
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert vobject.readOne(answer.content.decode()).fn.value == places["mill"].name


def test_the_picture_is_drawn_once_and_kept(client: Client, places: dict[str, Place]) -> None:
    path = f"/el/places/{places['athens'].public_id}/picture.png"
    answer = client.get(path)
    assert Image.open(io.BytesIO(answer.content)).size == SIZE
    assert "max-age=86400" in answer.headers["Cache-Control"]
    again = client.get(path, headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert f'content="http://testserver{path}"' in page(client, places["athens"], language="el")


@pytest.mark.parametrize(
    "face",
    [
        Face("", "", ""),
        Face("W" * 300, "x " * 200, "Town" * 50, (0.0, 0.0)),
        Face("Čamac · Κοινός Τόπος · مقهى · Кафе · 共用", "Kind", "Town", (43.7, 15.9)),
        Face("At the end of the world", "", "", (89.9, 179.9)),
        Face("Line\nbreak\tand \U0001f600", "", "", (-54.8, -68.3)),
    ],
    ids=["nothing", "too much", "scripts", "pole", "signs"],
)
def test_any_name_can_be_drawn(face: Face) -> None:
    assert Image.open(io.BytesIO(draw(face))).size == SIZE
    assert draw(face) == draw(face)


def test_a_code_to_scan_and_the_sheet_lead_home(client: Client, places: dict[str, Place]) -> None:
    code = page(client, places["mill"], "code.svg")
    assert code.count("<path") >= 1
    assert "style=" not in code
    text = Reader(page(client, places["mill"], "sheet/", "fr")).text
    for said in ("12 bis rue des Filatures", "+33 4 90 00 00 00", f"/places/{places['mill'].public_id}/", "15,00"):
        assert said in text


def test_pages_of_places_are_only_read(client: Client, places: dict[str, Place]) -> None:
    for part in PARTS:
        assert client.post(f"/en/places/{places['mill'].public_id}/{part}").status_code == 405


def test_a_page_asks_little_of_the_database(
    client: Client, places: dict[str, Place], django_assert_max_num_queries: Any
) -> None:
    sources = [factories.source(f"more-{number}") for number in range(8)]
    known = [factories.entry(one, "x", name="Ruche", position=factories.position(43, 5)) for one in sources]
    for place in (places["mill"], factories.place(*known)):  # eight lists cost no more than two
        client.get(f"/fr/places/{place.public_id}/")  # the index of the search follows what was just written
        for part, limit in (("", 11), ("sheet/", 11), ("picture.png", 5), ("code.svg", 5)):
            with django_assert_max_num_queries(limit):
                client.get(f"/en/places/{place.public_id}/{part}")
