"""Figures of a published folder, and that nothing is told of what nobody knows."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coworkmed.kernel.fields import FIELDS
from coworkmed.observatory.definitions import DEFINITIONS
from coworkmed.observatory.indicators import assemble, compute
from coworkmed.observatory.indicators.catalogue import INDICATORS, ORIGINS, POPULATIONS, THEMES, UNITS, UNKNOWN
from coworkmed.observatory.indicators.engines import duck
from coworkmed.observatory.indicators.extract import COLUMNS, STATISTICS, Extract
from coworkmed.observatory.indicators.measures import Estimated, Filled, Quartiles, Split, Summed, View
from coworkmed.opendata.publish import publish
from tests.observatory.factory import network

from .factory import figure, figures, folder, table


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published")
    publish(network(200), out)
    return out


def test_the_catalogue_declares_all_that_was_promised() -> None:
    assert {one.number for one in INDICATORS.values()} == {str(number) for number in range(1, 26)}
    known = {*COLUMNS, *(f"territories.{name}" for name in STATISTICS)}
    for code, one in INDICATORS.items():
        assert one.theme in THEMES and one.unit in UNITS and one.among in POPULATIONS and one.origin in ORIGINS, code
        assert one.why in UNKNOWN and known.issuperset(one.needs), code
        assert one.title and one.text and one.formula and one.least >= 5, code
        if isinstance(one.measure, View):
            assert assemble.text(one.measure.name)


def test_answers_are_what_no_page_shows() -> None:
    """Whatever rests on a column that the public table has not is an answer, and small cells of it are held back."""
    statistics = {"territory_type", "in_metropolis", "region_code", "town_code"}
    shown = {*FIELDS, "price_month_currency", *statistics}
    for code, one in INDICATORS.items():
        columns = {need for need in one.needs if not need.startswith("territories.")} - {"invited", "answered"}
        assert one.answers == bool(columns - shown), code


@pytest.mark.parametrize("counted", DEFINITIONS)
@pytest.mark.parametrize("code", ["places_open", "confirmed_share", "vouched_share", "median_age_of_confirmation"])
def test_they_are_those_of_the_report(published: Path, code: str, counted: str) -> None:
    told = json.loads((published / "figures.json").read_text())["figures"]
    [report] = [one for one in told if (one["code"], one["counted"], one["basis"]) == (code, counted, "ALL")]
    found = figure(published, code, counted=counted)
    assert (found["value"], found["n"]) == (pytest.approx(report["value"], abs=1e-6), report["n"])
    assert tuple(found["sources"].split()) == tuple(report["sources"])


def test_all_is_the_sum_of_the_countries_and_they_of_their_regions(published: Path) -> None:
    whole = figure(published, "places_open")["n"]
    countries = figures(published, "places_open", level="country", counted="ANY", basis="ALL")
    assert whole == sum(one["n"] for one in countries) > 0
    for one in countries:
        parts = figures(published, "places_open", level="region", country=one["territory"], counted="ANY", basis="ALL")
        assert sum(part["n"] for part in parts) == one["n"]
    assert figure(published, "places_open", basis="CONFIRMED")["n"] < whole


def test_what_is_not_known_is_not_nought(published: Path) -> None:
    about = json.loads((published / compute.ABOUT).read_text())["indicators"]
    for code in ("grant_dependence", "density", "response_rate", "survival"):
        assert figures(published, code) == []
        assert (about[code]["known"], about[code]["reason"]) == (False, UNKNOWN[INDICATORS[code].why])
    assert about["places_open"]["known"]
    assert list(about) == sorted(INDICATORS)


def test_the_same_tables_give_the_same_bytes(published: Path, tmp_path: Path) -> None:
    compute.write(published, tmp_path)
    for name in (compute.TABLE, compute.ABOUT):
        assert (tmp_path / name).read_bytes() == (published / name).read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """`every_column`, and what was computed from it."""
    out, answers = every_column(tmp_path_factory.mktemp("whole"))
    compute.write(out, beside=answers)
    return out, answers


@pytest.mark.parametrize(
    "code", [c for c, one in INDICATORS.items() if isinstance(one.measure, Summed | Split | Quartiles)]
)
def test_the_sql_that_is_published_gives_the_figure(whole: tuple[Path, Path], code: str) -> None:
    """By itself, over the published tables, without the one pass all others are computed in."""
    out, answers = whole
    extract = Extract(out, answers)
    with duck() as files:
        extract.open(files, files)
        *first, last = assemble.published(code, extract.as_of()).rstrip(";\n").split(";\n\n")
        for sql in first:
            files.run(sql)
        found = {tuple(row[1:9]): row[9:12] for row in files.rows(last)}
    key = ("level", "territory", "country", "region", "territory_type", "counted", "basis")
    told = {
        (one["category"], *(one[name] for name in key)): one for one in figures(out, code) if one["value"] is not None
    }
    again = {tuple(part or "" for part in where): row for where, row in found.items()}
    assert told and told.keys() <= again.keys()
    for where, one in told.items():
        assert (one["n"], one["of"]) == tuple(map(int, again[where][1:]))
        assert one["value"] == pytest.approx(again[where][0], abs=1e-8)


def every_column(path: Path) -> tuple[Path, Path]:
    """A folder, and one beside it, that fill whatever any indicator reads."""
    kinds: list[list[str]] = [["COWORK"], ["COWORK", "FAB"], ["FAB"]]
    types = ["URBAN", "INTERMEDIATE", "RURAL"]
    places: list[dict[str, Any]] = [
        {
            "kinds": kinds[at % 3], "region_code": f"FR-{'PAC' if at % 7 % 2 else 'OCC'}", "town_code": str(at % 7),
            "status": "CLOSED" if at % 11 == 0 else "OPEN", "opened": str(2012 + at % 12),
            "closed": "2025-10" if at % 11 == 0 else None, "confirmed_on": "2026-01" if at % 4 else "2022",
            "desks": float(at % 30) + 1, "members_now": float(at % 50), "price_month": 100.0 + at % 90,
            "price_month_currency": "EUR", "legal_form": ["ASSOC", "COMPANY"][at % 2],
            "sector": ["PRIVATE", "PUBLIC", "HYBRID"][at % 3], "initiated_by": ["CITIZENS", "OTHER"][at % 2],
            "user_vote": ["NONE", "BY_SHARES"][at % 2], "facilitator_fte": float(at % 3),
            "non_money_payment": [["NONE"], ["SKILLS"], ["TIME_HOURS"]][at % 3], "lau": str(at % 5),
        }
        for at in range(400)
    ]  # fmt: skip
    answers = [
        {
            "place_id": f"p{at}", "invited": True, "answered": at % 3 > 0, "desks_occupied": float(at % 9),
            "lease_end": str(2026 + at % 9), "income_public_grant": float(at % 100),
            "result": ["PROFIT", "LOSS"][at % 2], "hours_given_month": float(at % 12), "jobs_fte": at % 4 / 2,
        }
        for at in range(400)
    ]  # fmt: skip
    out, beside = folder(path / "out", places), path / "beside"
    beside.mkdir()
    table(beside / "answers.parquet", answers)
    lau = [{"lau": str(at), "in_metropolis": at % 2 == 0, "territory_type": types[at % 3]} for at in range(5)]
    table(beside / "municipalities.parquet", lau)
    statistics = [
        {"territory": code, "inhabitants": 2e6, "self_employed": 1e5, "income_month": 1500.0, "within_20_minutes": 1e6}
        for code in ("FR", "FR-PAC", "FR-OCC")
    ]
    table(beside / "territories.parquet", statistics)
    return out, beside


def test_with_every_column_every_indicator_is_told(tmp_path: Path) -> None:
    out, beside = every_column(tmp_path)
    found = compute.write(out, beside=beside)
    assert found.unknown.keys() == {"unseen_estimate"}, "which needs what lists say"
    assert figure(out, "density", level="country", territory="FR")["value"] == pytest.approx(363 / 20)
    assert figure(out, "outside_metropolis_share")["of"] == 363
    assert figure(out, "access20", level="region", territory="FR-PAC")["value"] == 0.5
    price = figure(out, "price_month_flex", level="country", territory="FR")["value"]
    assert figure(out, "affordability", level="country", territory="FR")["value"] == pytest.approx(price / 1500)
    told = {one["category"]: one["n"] for one in figures(out, "rural_share", level="all", counted="ANY", basis="ALL")}
    assert sum(told.values()) == 363
    gap = figure(out, "price_gap")["value"]
    types = {
        one["territory_type"]: one["value"]
        for one in figures(out, "price_month_flex", level="all", counted="ANY", basis="ALL")
    }
    assert gap == pytest.approx(types["RURAL"] / types["URBAN"])
    assert {one["category"] for one in figures(out, "result_share")} == {"PROFIT", "LOSS"}


def test_few_places_make_a_count_and_no_share(tmp_path: Path) -> None:
    out = folder(tmp_path, [{}] * 4)
    compute.write(out)
    found = figure(out, "confirmed_share")
    assert (found["n"], found["of"], found["value"], found["note"]) == (4, 4, None, "TOO_FEW")
    assert figure(out, "places_open")["value"] == 4


@pytest.mark.parametrize("places", [[{"status": "CLOSED"}], [{"kinds": [], "country": None, "confirmed_on": None}]])
def test_hardly_anything_is_enough(tmp_path: Path, places: list[dict[str, Any]]) -> None:
    out = folder(tmp_path, [{"place_id": "x", **places[0]}])
    compute.write(out)
    assert figure(out, "places_open")["of"] == 1


def test_a_folder_without_tables_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"places\.parquet"):
        compute.write(tmp_path)


def test_an_older_extract_has_no_towns(tmp_path: Path) -> None:
    """Columns that were not yet published: what rests on them is not known, the rest is told."""
    out = tmp_path / "old"
    out.mkdir()
    table(
        out / "places.parquet",
        [{"place_id": "a", "status": "OPEN", "kinds": ["COWORK"], "country": "FR", "confirmed_on": "2026"}],
    )
    (out / "manifest.json").write_text('{"as_of": "2026-03-01"}')
    found = compute.write(out)
    assert figure(out, "places_open", level="country", territory="FR")["n"] == 1
    assert found.unknown["herfindahl"] == "NOTHING_HERE"


def test_measures_are_declared_once() -> None:
    assert [code for code, one in INDICATORS.items() if isinstance(one.measure, Filled)] == ["item_fill"]
    assert [code for code, one in INDICATORS.items() if isinstance(one.measure, Estimated)] == ["unseen_estimate"]
    assert duckdb.__version__ == "1.5.5", "pinned: see the decision"
