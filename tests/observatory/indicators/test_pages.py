"""The pages of the indicators: by territory, by definition, within the pages of others, as spreadsheets."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from coworkmed.observatory.indicators import compute
from coworkmed.observatory.indicators.catalogue import INDICATORS, UNKNOWN
from coworkmed.observatory.views import indicators as views

from .factory import folder, said
from .test_compute import every_column

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ALL = "/en/observatory/indicators/"


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.ENV = replace(settings.ENV, var=tmp_path)
    return tmp_path


@pytest.fixture
def published(var: Path) -> Path:
    regions = [("FR", "FR-PAC", "2995469")] * 30 + [("FR", "FR-OCC", "2972315")] * 9 + [("ES", "ES-CT", "3128760")] * 8
    places = [
        {"country": country, "region_code": region, "town_code": town, "confirmed_on": "2026-01" if at % 3 else "2021"}
        for at, (country, region, town) in enumerate(regions)
    ]
    out = folder(var / "published", places)
    said(out)
    compute.write(out)
    return out


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_before_anything_is_published_the_pages_say_so(client: Client, var: Path) -> None:
    for address in (ALL, f"{ALL}places_open/", f"{ALL}places_open/?embed"):
        assert "No indicators yet" in text(client, address)
    text(client, f"{ALL}places_open.csv", 404)


def test_all_of_them_are_listed_and_what_is_unknown_says_why(client: Client, published: Path) -> None:
    page = text(client, ALL)
    for one in INDICATORS.values():
        assert f'/indicators/{one.code}/"' in page
    assert page.count(UNKNOWN["NOT_ANSWERED"]) > 5
    assert ">47<" in page, "places open"
    assert ">0<" not in page


@pytest.mark.parametrize("query", ["?territory=FR&confirmed=1", "?territory=fr-pac&definition=COWORK"])
def test_every_indicator_has_a_page(client: Client, published: Path, query: str) -> None:
    for code in INDICATORS:
        page = text(client, f"{ALL}{code}/{query}")
        assert "CREATE TABLE records" in page or "published figures" in page, code
        assert "As of 1 March 2026" in page, code


def test_with_every_column_filled_too(client: Client, var: Path) -> None:
    out, beside = every_column(var)
    compute.write(out, beside=beside)
    out.rename(var / "published")
    for code in INDICATORS:
        text(client, f"{ALL}{code}/?territory=FR-PAC&confirmed=1")
        text(client, f"{ALL}{code}/?territory=FR&embed")
    assert "Held back" not in text(client, f"{ALL}grant_dependence/")
    text(client, ALL)


def test_a_territory_shows_its_parts(client: Client, published: Path) -> None:
    page = text(client, f"{ALL}confirmed_share/?territory=FR")
    assert "Provence-Alpes-Côte" in page and "By region" in page and "Spain" in page, "in the list to choose from"
    assert "?territory=FR-PAC" in page
    assert "Marseille" in text(client, f"{ALL}confirmed_share/?territory=FR-PAC")
    none = text(client, f"{ALL}confirmed_share/?territory=HR")
    assert "no place that counts" in none


@pytest.mark.parametrize(
    "query", ["territory=XX", "territory=FR-XXX", "territory=%3Cscript%3E", "territory=99999999", "territory=%00"]
)
def test_a_territory_nobody_knows_is_not_found(client: Client, published: Path, query: str) -> None:
    text(client, f"{ALL}?{query}", 404)
    text(client, f"{ALL}places_open/?{query}", 404)


def test_other_choices_that_are_none_are_as_if_not_made(client: Client, published: Path) -> None:
    assert "47" in text(client, f"{ALL}places_open/?definition=%27%3B--&confirmed=maybe&sort=x")
    text(client, f"{ALL}nonsense/", 404)
    text(client, f"{ALL}nonsense.csv", 404)


def test_what_others_counted_stands_beside(client: Client, published: Path) -> None:
    page = text(client, f"{ALL}places_open/?territory=FR-PAC")
    assert "What others counted" in page and "127" in page and "this registry" in page


def test_a_spreadsheet_is_what_was_computed(client: Client, published: Path) -> None:
    answer = client.get(f"{ALL}places_open.csv?territory=FR")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["country"] for row in rows} == {"FR"} and {row["as_of"] for row in rows} == {"2026-03-01"}
    [one] = [r for r in rows if (r["level"], r["counted"], r["basis"]) == ("country", "ANY", "ALL")]
    assert one["n"] == "39"
    assert "places_open-fr-2026-03-01.csv" in answer["Content-Disposition"]


def test_only_partners_may_frame_and_only_the_embedded_page(client: Client, published: Path, settings: Any) -> None:
    settings.ENV = replace(settings.ENV, embed="https://region.example https://club.example")
    embedded, whole = client.get(f"{ALL}places_open/?embed"), client.get(f"{ALL}places_open/")
    assert "frame-ancestors https://region.example https://club.example" in embedded["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded and "<nav" not in embedded.content.decode()
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"] and whole["X-Frame-Options"] == "DENY"
    assert "To show within another page" in whole.content.decode()
    settings.ENV = replace(settings.ENV, embed="")
    assert "frame-ancestors 'none'" in client.get(f"{ALL}places_open/?embed")["Content-Security-Policy"]


def test_a_wrong_partner_is_said_in_words() -> None:
    with pytest.raises(Exception, match="COWORKMED_EMBED is “http://x”"):
        views.framed("http://x")


def test_editions_are_told_over_time(client: Client, published: Path, var: Path) -> None:
    for at, count in enumerate((10, 20)):
        edition = folder(var / "editions" / f"2025-0{at + 1}", [{}] * count)
        (edition / "manifest.json").write_text(f'{{"as_of": "2025-0{at + 1}-01"}}')
        compute.write(edition)
    page = text(client, f"{ALL}places_open/")
    assert "In each edition" in page and "1 February 2025" in page
