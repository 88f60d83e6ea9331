"""The figures that are known of the real French lists come out of them, and an estimate of what they miss."""

import csv
from pathlib import Path

import duckdb
import pytest

from coworkmed.observatory.indicators import compute
from coworkmed.observatory.indicators.extract import Extract
from coworkmed.opendata import services
from coworkmed.sources import catalogue
from tests.pipeline.test_pipeline import DAY

from .factory import figure, figures, table

pytestmark = [pytest.mark.data, pytest.mark.django_db]
CENSUS, STREET_MAP = "fr-cget-2019", "fr-osm-coworking-2026"


def test_the_census_of_2019(shared_data: Path, tmp_path: Path) -> None:
    """1,512 rows, 127 of them in Provence-Alpes-Côte d'Azur; 1,118 mainly coworking among 1,463 of a stated type; 825
    inside a metropolis: from the assertions as they are published, list by list."""
    specs = catalogue.load(Path(__file__).parents[3] / "catalogues" / "mediterranean.toml")
    chosen = [one for one in specs if one.key in (CENSUS, STREET_MAP)]
    out = tmp_path / "out"
    services.build(specs=chosen, folder=tmp_path / "fetched", out=out, as_of=DAY)
    lists = shared_data / "fr-tiers-lieux-cget-2019" / "tiers_lieux.csv"
    with lists.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    metropolis = {row["INSEECOM"]: row["METRO"] == "1" for row in rows if row["INSEECOM"] != "0"}
    beside = tmp_path / "beside"
    beside.mkdir()
    table(beside / "municipalities.parquet", [{"lau": lau, "in_metropolis": it} for lau, it in metropolis.items()])
    # what the list says of each row, for 157 of which it knows no municipality and of Viroflay says both
    table(tmp_path / "rows.parquet", [{"external_id": row["ID"], "inside": row["METRO"] == "1"} for row in rows])

    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE said AS SELECT * FROM '{out / 'assertions.parquet'}' WHERE source = '{CENSUS}'")
        db.execute(f"CREATE TABLE metro AS SELECT external_id FROM '{tmp_path / 'rows.parquet'}' WHERE inside")

        def count(condition: str) -> int:
            found = db.execute(f"SELECT count(DISTINCT external_id) FROM said WHERE {condition}").fetchone()
            return found[0] if found else 0

        assert count("TRUE") == 1512
        assert count("field = 'region' AND value LIKE '%Provence-Alpes-Côte%'") == 127
        declared = "field = 'main_kind' AND coalesce(repair, '') = ''"
        assert count(f"{declared} AND value = '\"COWORK\"'") == 1118
        assert count(f"{declared} AND value IN ('\"COWORK\"', '\"FAB\"')") == 1463
        assert count("external_id IN (SELECT external_id FROM metro)") == 825

    compute.write(out, beside=beside)
    places = figure(out, "places_open", level="country", territory="FR")
    assert 1200 < places["n"] <= places["of"] < 1512 + 3000
    outside = figure(out, "outside_metropolis_share", level="country", territory="FR")
    assert outside["low"] < outside["value"] < outside["high"]
    unseen = figures(out, "unseen_estimate", level="country", territory="FR")
    assert [one["category"] for one in unseen] == [f"{CENSUS} {STREET_MAP}"]
    assert unseen[0]["note"] == "DATES_APART", "seven years lie between the two: no estimate may be made of them"
    assert Extract(out).lists[CENSUS], "what it was made from is published with it"


def test_two_lists_of_near_dates_estimate_what_both_miss(shared_data: Path, tmp_path: Path) -> None:
    """Two regional lists told apart by a few years at most give an estimate with its interval, or say why not."""
    specs = catalogue.load(Path(__file__).parents[3] / "catalogues" / "mediterranean.toml")
    services.build(specs=specs, folder=tmp_path / "fetched", out=tmp_path / "out", as_of=DAY)
    found = figures(tmp_path / "out", "unseen_estimate", level="all")
    told = [one for one in found if one["value"] is not None]
    assert all(one["of"] <= one["low"] <= one["value"] <= one["high"] for one in told)
    assert {one["note"] for one in found if one["value"] is None} <= {"RELATED", "DATES_APART", "TOO_FEW_MATCHES"}
    assert found
