"""The first page: what this is and for whom, in figures that say what they count."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Place
from coworkmed.places.pages.home import Land, overview

from .factories import AS_OF
from .html import Reader

BUDGET = 60 * 1024  # octets on the line, of all a page needs
ASKED_FOR = re.compile(r'(?:href|src)="/static/([\w./-]+\.(?:css|js|woff2|svg))"')
IMPORTED = re.compile(r"""from\s+["']\./([\w.-]+)["']""")


def test_figures_are_counted_over_places_not_known_to_be_closed(places: dict[str, Place]) -> None:
    told = overview(AS_OF)
    shown = Place.objects.shown()
    assert told.places == shown.count() > 0
    assert told.recent == sum(place.confirmed_on > "2025-11-01" for place in shown)
    assert 0 < told.recent < told.places
    assert told.countries == len({place.country for place in shown})
    assert told.as_of == AS_OF


def test_countries_are_told_with_most_places_first(places: dict[str, Place]) -> None:
    lands = overview(AS_OF).lands
    assert sum(land.places for land in lands) == Place.objects.shown().count()
    assert [land.places for land in lands] == sorted((land.places for land in lands), reverse=True)
    croatia = next(land for land in lands if land.code == "HR")
    assert croatia.places == Place.objects.shown().filter(country="HR").count()


def test_a_place_of_no_known_country_counts_all_the_same(places: dict[str, Place]) -> None:
    before = overview(AS_OF)
    Place.objects.filter(pk=places["mill"].pk).update(country="")
    after = overview(AS_OF)
    assert after.places == before.places
    assert "" not in {land.code for land in after.lands}


def test_shares_of_nothing() -> None:
    assert Land("FR", 0, 0).recent_share == 0


@pytest.mark.django_db
def test_an_empty_registry_has_no_figures_and_says_why(client: Client) -> None:
    assert overview(date(2024, 2, 29)).places == 0  # a day last year did not have
    page = Reader(client.get("/en/").content.decode())
    assert page.faults == []
    assert "The registry is empty" in page.text
    assert "Evidence under 12 months old" not in page.text
    assert "I need a desk" in page.text


def test_it_says_what_it_is_and_for_whom(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: AS_OF)
    text = Reader(client.get("/en/").content.decode()).text
    told = overview(AS_OF)
    for said in (
        "one open registry made from many partial lists",
        f"in {told.countries} countries",
        "last read today",
        *("I need a desk", "I run a place", "I coordinate a network"),
        *("I represent a territory", "I do research", "I am just curious"),
    ):
        assert said in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_light(client: Client, places: dict[str, Place], language: str) -> None:
    """Page, sheets, scripts and the letters of its language, as they go over the line."""
    page = client.get(f"/{language}/").content
    names = {one for one in ASKED_FOR.findall(page.decode()) if not one.startswith("fonts/")}
    for name in [one for one in names if one.endswith(".js")]:
        names |= {f"js/{one}" for one in IMPORTED.findall(static(name).read_text())}
    letters = ["latin", *({"el": ["greek"], "hr": ["latin-ext"]}.get(language, []))]
    weight = len(gzip.compress(page, 6)) + sum(len(gzip.compress(static(name).read_bytes(), 9)) for name in names)
    weight += sum(static(f"fonts/literata-{one}.woff2").stat().st_size for one in letters)
    assert "site.css" in names
    assert weight <= BUDGET


def static(name: str) -> Path:
    found = finders.find(name)
    assert found, f"{settings.STATIC_URL}{name} is nowhere"
    return Path(found)
