"""Indicators from edition to edition: what is compared, what is not, and the page of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from coworkmed.observatory.indicators import compute
from coworkmed.observatory.indicators.catalogue import INDICATORS
from coworkmed.observatory.pages.indicators import Choice
from coworkmed.observatory.pages.over_time import HEIGHT, WIDTH, Course, grid, over_time

from .factory import folder

pytestmark = pytest.mark.django_db
PAGE = "/en/observatory/over-time/"


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.ENV = replace(settings.ENV, var=tmp_path)
    return tmp_path


def state(path: Path, day: str, recent: int, old: int) -> Path:
    """Places of Marseille, as published on a day."""
    rows = [{"confirmed_on": "2026-01"}] * recent + [{"confirmed_on": "2019"}] * old
    out = folder(path, [{"town_code": "2995469", **row} for row in rows])
    (out / "manifest.json").write_text(json.dumps({"as_of": day, "sources": []}))
    compute.write(out)
    return out


@pytest.fixture
def past(var: Path) -> list[Path]:
    """Two editions and what was published after them."""
    first = state(var / "editions" / "2026-02", "2026-02-01", 5, 15)
    second = state(var / "editions" / "2026-06", "2026-06-01", 12, 8)
    return [first, second, state(var / "published", "2026-10-01", 20, 4)]


def course(past: list[Path], code: str, territory: str = "") -> Course:
    themes = over_time(Choice(territory), past[:-1], past[-1]).themes
    [found] = [one for _, courses in themes for one in courses if one.indicator.code == code]
    return found


def text(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_figure_is_followed_from_edition_to_edition(past: list[Path]) -> None:
    found = course(past, "confirmed_share")
    assert [(one.on.isoformat(), one.figure.value, one.frozen) for one in found.moments] == [
        ("2026-02-01", 0.25, True), ("2026-06-01", 0.6, True), ("2026-10-01", pytest.approx(5 / 6), False),
    ]  # fmt: skip
    assert found.before is not None and found.before.figure.value == 0.25
    assert found.marks[0] == (0, HEIGHT * 0.75) and found.marks[-1] == (WIDTH, pytest.approx(HEIGHT / 6))
    assert 118 < found.marks[1][0] < 121, "by time, not by turn"
    assert found.path.count("M") == 1
    region = course(past, "confirmed_share", "FR-PAC")
    assert [one.figure.territory for one in region.moments] == ["FR-PAC"] * 3


def test_what_was_defined_anew_is_not_compared(past: list[Path]) -> None:
    about = past[0] / "indicators.json"
    told = json.loads(about.read_text())
    told["indicators"]["places_open"]["definition"] = "Places that somebody called open."
    about.write_text(json.dumps(told))
    found = course(past, "places_open")
    assert [one.anew for one in found.moments] == [False, True, False]
    assert found.path.count("M") == 2
    assert found.before is not None and found.before.on.isoformat() == "2026-06-01"
    assert course(past, "confirmed_share").path.count("M") == 1


def test_the_parts_of_a_territory_stand_side_by_side(client: Client, past: list[Path]) -> None:
    found = grid(INDICATORS["confirmed_share"], Choice("FR"), past[:-1], past[-1])
    [(code, figures)] = found.rows
    assert (code, [one and one.value for one in figures]) == ("FR-PAC", [0.25, 0.6, pytest.approx(5 / 6)])
    assert not grid(INDICATORS["item_fill"], Choice("FR"), past[:-1], past[-1]).rows
    assert not grid(INDICATORS["confirmed_share"], Choice("2995469"), past[:-1], past[-1]).rows, "a town has no parts"
    assert not grid(INDICATORS["confirmed_share"], Choice("FR"), past[:1], past[0].parent).rows, "of one day alone"
    page = client.get("/en/observatory/indicators/confirmed_share/?territory=FR").content.decode()
    assert "By region, over time" in page and "/observatory/over-time/?territory=FR-PAC" in page


def test_what_is_published_and_frozen_is_told_once(past: list[Path]) -> None:
    page = over_time(Choice(), past, past[-1])
    assert len(page.days) == 3
    assert all(one.frozen for _, courses in page.themes for found in courses for one in found.moments)


def test_what_a_killed_run_left_is_no_edition(client: Client, past: list[Path], var: Path) -> None:
    whole = text(client)
    state(var / "editions" / ".making", "2026-04-01", 1, 19)
    assert text(client) == whole


def test_a_page_shows_them_and_leads_on(client: Client, past: list[Path]) -> None:
    page = text(client, "?territory=FR-PAC")
    assert "Provence-Alpes-Côte" in page and "It was 25% on 1 February 2026." in page.replace("\u00a0", "")
    assert "not frozen yet" in page and "/indicators/confirmed_share/?territory=FR-PAC" in page
    assert "No figure of this choice" in text(client, "?territory=HR")
    assert "/observatory/over-time/?territory=FR-PAC" in text(client, "?territory=FR-PAC")
    for unknown in ("XX", "%00", "99999999999999999999"):
        text(client, f"?territory={unknown}", 404)


def test_with_less_than_two_states_it_says_what_to_do(client: Client, var: Path) -> None:
    assert "./run edition create" in text(client)
    state(var / "published", "2026-10-01", 9, 1)
    assert "./run edition create" in text(client)
    assert "Nothing to compare yet" in text(client, "?embed")


def test_partners_may_frame_it(client: Client, past: list[Path], settings: Any) -> None:
    settings.ENV = replace(settings.ENV, embed="https://region.example")
    embedded, whole = client.get(f"{PAGE}?territory=FR&embed"), client.get(f"{PAGE}?territory=FR")
    assert "frame-ancestors https://region.example" in embedded["Content-Security-Policy"]
    assert "<nav" not in embedded.content.decode() and "course-line" in embedded.content.decode()
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"] and whole["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ["/en/", "/en/state-of-play/", "/en/territories/FR/"])
def test_the_way_to_the_figures_is_shown(client: Client, past: list[Path], address: str) -> None:
    page = client.get(address).content.decode()
    assert "/en/observatory/indicators/" in page and "/en/editions/" in page
