"""Pages of countries, regions and towns: figures by definition, who says so, and what others counted."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.observatory import published
from coworkmed.observatory.definitions import BASES, DEFINITIONS
from coworkmed.observatory.pages import territory as pages
from coworkmed.observatory.published import Published, widest
from coworkmed.observatory.rules import figures
from coworkmed.places.models import Place
from coworkmed.places.queries import snapshot
from coworkmed.platform import gazetteer

from . import factories
from .html import Reader
from .test_pages import read

MARSEILLE, DIGNE = 2995469, 3021382
TODAY = date(2026, 11, 10)


@pytest.fixture
def placed(places: dict[str, Place]) -> dict[str, Place]:
    """The fictional registry, some of it in regions and towns of the gazetteer."""
    Place.objects.filter(pk=places["mill"].pk).update(region="FR-PAC", town=MARSEILLE)
    Place.objects.filter(pk=places["split"].pk).update(region="HR-15")
    Place.objects.filter(pk=places["hostile"].pk).update(region="", town=None)
    return places


def text_of(client: Client, path: str, status: int = 200) -> str:
    return " ".join(read(client, path, status).text.split())


def test_a_country_a_region_and_a_town_in_every_language(client: Client, placed: dict[str, Place]) -> None:
    for language in LANGUAGES:
        for path in ("", "FR/", "FR-PAC/", f"town/{MARSEILLE}/", "ES/", "PT/", "?sort=name", "FR/?sort=nonsense"):
            page = read(client, f"/{language}/territories/{path}")
            assert page.language == language
    assert "Γαλλία" in text_of(client, "/el/territories/FR/")
    assert "Μασσαλία" in text_of(client, f"/el/territories/town/{MARSEILLE}/")


def test_counts_are_those_of_the_state_of_play(placed: dict[str, Place]) -> None:
    """The page counts by the search's index, the report by reading every place: one truth."""
    report = figures(snapshot(TODAY))
    by_country = {row.country: row.counts for row in report.countries}
    assert by_country.keys() >= {"FR", "GR", "HR", "IT", "ES"}
    for code, counts in by_country.items():
        area = pages.country(code)
        assert area
        page = pages.territory_page(area, TODAY)
        assert {one.definition.code: dict(one.open) for one in page.counts} == counts, code
    rows = {row.code: row.counts for row in pages.countries(TODAY).rows}
    assert {code: by_country[code] for code in rows} == rows
    assert by_country["FR"]["COWORK"]["CONFIRMED"] == 1
    assert by_country["HR"]["COWORK"] == {"ALL": 1, "CURRENT": 0, "CONFIRMED": 0}


def test_ages_statuses_kinds_and_what_is_missing_add_up(placed: dict[str, Place]) -> None:
    area = pages.country("HR")
    assert area
    page = pages.territory_page(area, TODAY)
    assert page.places == page.alive == sum(page.ages.values()) == 2
    assert page.statuses == [("OPEN", 2)]
    assert dict(page.kinds) == {"COWORK": 1, "CULTURE": 1}
    missing = {one.label: (one.n, one.of) for one in page.missing}
    assert missing["Opening hours"] == (2, 2)
    assert missing["Web site"] == (1, 2)
    spain = pages.country("ES")
    assert spain
    closed = pages.territory_page(spain, TODAY)
    assert (closed.places, closed.alive, closed.statuses, closed.missing) == (1, 0, [("CLOSED", 1)], [])


def test_the_parts_of_a_territory_are_told_with_what_lies_in_none(placed: dict[str, Place]) -> None:
    france, croatia, provence = pages.country("FR"), pages.country("HR"), pages.region("FR-PAC")
    assert france and croatia and provence
    parts = pages.territory_page(france, TODAY).parts
    assert parts and [row.code for row in parts.rows] == ["FR-PAC"] and parts.unplaced == 0
    assert set(parts.without) == {one.code for one in gazetteer.regions("FR")} - {"FR-PAC"}
    unknown = pages.territory_page(croatia, TODAY).parts
    assert unknown and ([row.code for row in unknown.rows], unknown.unplaced) == (["HR-15"], 1)
    towns = pages.territory_page(provence, TODAY).parts
    assert towns and [(row.code, row.label) for row in towns.rows] == [(str(MARSEILLE), "Marseille")]


def test_countries_by_number_of_places_or_by_name(placed: dict[str, Place]) -> None:
    by_count = [row.code for row in pages.countries(TODAY).rows]
    assert by_count[0] == "HR" and set(by_count) == {"HR", "FR", "GR", "IT"}
    assert [row.label for row in pages.countries(TODAY, "name").rows] == ["Croatia", "France", "Greece", "Italy"]


def test_who_lists_them_and_who_alone(placed: dict[str, Place]) -> None:
    area = pages.region("FR-PAC")
    assert area
    lists = {one.source.key: (one.places, one.alone) for one in pages.territory_page(area, TODAY).lists}
    assert lists == {"region-fictive": (1, 0), "mer-commune": (1, 0)}
    croatia = pages.country("HR")
    assert croatia
    alone = {one.source.key: (one.places, one.alone) for one in pages.territory_page(croatia, TODAY).lists}
    assert alone == {"mreza": (2, 2)}


def test_the_page_says_what_others_counted_beside_our_own(client: Client, placed: dict[str, Place]) -> None:
    text = text_of(client, "/en/territories/ES/")
    for said in ("1,092", "2,802", "more than 1,500", "coworking spaces found active", "shown, not averaged",
                 "For 2023 alone they go from 1,036 to 2,802",
                 "this registry, places open on all records"):  # fmt: skip
        assert said in text, said
    assert "about 10" in text_of(client, "/en/territories/HR/")
    assert "450 to 500" in text_of(client, "/en/territories/ES-CT/")
    assert "12,009" in text_of(client, "/en/territories/")


@pytest.mark.django_db
def test_a_known_territory_without_a_place_says_what_to_do(client: Client) -> None:
    page = read(client, f"/en/territories/town/{DIGNE}/")
    text = " ".join(page.text.split())
    assert "No place known here yet" in text and "Digne-les-Bains" in text
    assert {"/en/sources/", "/en/territories/FR-PAC/"} <= set(page.links)
    assert "svg" not in page.tags[page.tags.index("main") :] or "No place known" in text
    assert "The registry is empty" in text_of(client, "/en/territories/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "ZZ",
        "FRA",
        "FR-ZZZ",
        "town",
        "<b>",
        "EU",
        "F",
        "%00",
        "x" * 3000,
        "FR-",
        "-",
        "١٢",
        "town/0",
        "town/99999999999",
    ],
)
def test_a_territory_nobody_knows_is_a_page_in_words(client: Client, path: str) -> None:
    page = read(client, f"/fr/territories/{path}/", 404)
    assert "/fr/territories/" in page.links


@pytest.mark.django_db
def test_a_code_in_small_letters_leads_to_its_page(client: Client) -> None:
    answer = client.get("/en/territories/fr-pac/")
    assert (answer.status_code, answer["Location"]) == (301, "/en/territories/FR-PAC/")


def test_open_data_is_asked_for_by_the_same_question_as_the_list(client: Client, placed: dict[str, Place]) -> None:
    links = read(client, f"/en/territories/town/{MARSEILLE}/").links
    for address in ("/places.csv", "/places.geojson", "/places.atom", "/en/places/", "/api/v1/places"):
        assert f"{address}?town={MARSEILLE}" in links


def test_the_map_holds_its_towns_whatever_stray_position_a_list_gives(client: Client, placed: dict[str, Place]) -> None:
    source = factories.source("stray")
    far = factories.entry(
        source, "1", "2026-08", name="Adrift", country="FR", position=factories.position(-20.0, -60.0)
    )
    adrift = factories.place(far)
    page = read(client, "/en/territories/FR/")
    assert f"/en/places/{placed['mill'].public_id}/" in page.links
    on_map = re.findall(r'<circle class="map-dot"', client.get("/en/territories/FR/").content.decode())
    assert len(on_map) == 1
    assert f"/en/places/{adrift.public_id}/" in page.links  # among the newest


def test_names_of_others_stay_text(client: Client, placed: dict[str, Place]) -> None:
    body = client.get("/en/territories/HR/").content.decode()
    assert "<script>alert" not in body and "&lt;script&gt;alert" in body
    assert Reader(body).faults == []


def test_every_published_figure_is_of_a_territory_we_know_and_counts_something_named() -> None:
    rows = [one for figures in published._all().values() for one in figures]
    assert len(rows) > 30
    for one in rows:
        known = one.territory in published.BEYOND or gazetteer.label(one.territory, "en") != one.territory
        assert known, one
        assert one.counted in published.COUNTED
        assert 2000 < one.year <= (one.until or one.year) <= timezone.localdate().year
        assert 0 < one.count <= (one.most or one.count)
        assert one.source and (not one.url or re.match(r"https?://[\w.-]+/", one.url))
    assert set(published.COUNTED) == {one.counted for one in rows}


def figure(year: int, count: int, **more: int) -> Published:
    return Published("ES", year, count, "COWORK", "Somebody", "", **more)


def test_the_widest_spread_is_of_figures_of_one_year() -> None:
    assert widest([]) is widest([figure(2019, 10), figure(2020, 99)]) is None
    assert widest([figure(2019, 10), figure(2019, 10)]) is None
    spread = widest([figure(2019, 10), figure(2019, 20), figure(2021, 10, until=2022), figure(2022, 5, most=30)])
    assert spread and (spread.year, spread.least, spread.most) == (2022, 5, 30)


def test_definitions_say_to_the_search_what_they_say_of_a_place() -> None:
    assert DEFINITIONS["ANY"].facets == {}
    assert DEFINITIONS["COWORK"].facets == {"kind": "COWORK"}
    assert set(BASES) == {"ALL", "CURRENT", "CONFIRMED"}
