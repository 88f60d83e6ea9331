"""From answers to figures: an indicator that rests on the census comes out of a build, and no answer does."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coworkmed.observatory.census import extract, services
from coworkmed.observatory.models import Told, Wave
from coworkmed.opendata import services as opendata
from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.sources.spec import Pick, Spec

from .waves import answer, invited, wave

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
COLUMNS = ("id", "name", "lat", "lon")


@pytest.fixture
def specs(tmp_path: Path) -> list[Spec]:
    """A list of eight places in Marseille that nobody takes for one another."""
    names = (
        "Ruche Bleue",
        "Le Phare",
        "Atelier Curiol",
        "Coco Velten",
        "Halle Breteuil",
        "Fabrique",
        "Usine",
        "Quai 7",
    )
    rows = [f"{at},{name},43.{29 + at}6,5.{36 + at}1" for at, name in enumerate(names)]
    path = tmp_path / "list.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return [
        Spec(
            key="list", title={"en": "List"}, keeper="Someone", licence="CC0-1.0", attribution="Someone",
            connector="csv", location=str(path), observed_on="2026", territory=("FR",),
            columns={name: Pick((name,)) for name in COLUMNS}, defaults={"country": "FR", "kinds": "coworking"},
            options={"delimiter": ",", "encoding": "utf-8"},
        )
    ]  # fmt: skip


def told(out: Path) -> dict[str, Any]:
    """Code → figure for France, of all records."""
    rows = duckdb.sql(
        f"SELECT code, value, n FROM read_parquet('{out / 'indicators.parquet'}') "
        "WHERE territory = 'FR' AND level = 'country' AND counted = 'ANY' AND basis = 'ALL' AND category = ''"
    ).fetchall()
    return {code: (value, n) for code, value, n in rows}


def test_an_indicator_of_the_census_comes_out_of_a_build(
    specs: list[Spec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opendata.gather(specs=specs, folder=tmp_path / "fetched", as_of=DAY)
    asked = [invited(one, found) for found in [wave()] for one in Place.objects.order_by("pk")]
    for at, one in enumerate(asked):
        answer(one, {"jobs_fte": 1.5 + at})
    services.close(by=Person.objects.create_superuser("operator@example.org"), wave=Wave.objects.get())
    beside: list[Path] = []
    write = extract.write
    monkeypatch.setattr(extract, "write", lambda folder: beside.append(folder) or write(folder))
    opendata.build(specs=specs, folder=tmp_path / "fetched", out=tmp_path / "out", as_of=DAY)
    found = told(tmp_path / "out")
    assert found["response_rate"] == (1, 8)
    assert found["jobs_direct_fte"] == (sum(1.5 + at for at in range(8)), 8)
    assert Wave.objects.get().told_on
    assert not any(extract.NAME in files for _, _, files in os.walk(tmp_path))  # no answer is published
    assert not beside[0].exists()


def test_figures_of_answers_are_told_once(specs: list[Spec], tmp_path: Path) -> None:
    """Places close, move and grow old: figures computed anew would differ by the answers of those that did."""
    opendata.gather(specs=specs, folder=tmp_path / "fetched", as_of=DAY)
    asked = [invited(one, found) for found in [wave()] for one in Place.objects.order_by("pk")]
    for at, one in enumerate(asked):
        answer(one, {"jobs_fte": 1.5 + at})
    services.close(by=Person.objects.create_superuser("operator@example.org"), wave=Wave.objects.get())
    first, later = tmp_path / "first", tmp_path / "later"
    opendata.put_out(first, as_of=DAY, reports=())
    opendata.put_out(later, as_of=DAY + timedelta(800), reports=())  # when all that was answered is old
    assert {basis for *_, basis in jobs(first)} == {"ALL", "CONFIRMED"}
    assert jobs(later) == jobs(first)
    services.withdraw(invitation=asked[0], by=services.Speaker())
    assert not Told.objects.exists()
    opendata.put_out(later, as_of=DAY, reports=())
    assert jobs(later) == []


def jobs(out: Path) -> list[tuple[Any, ...]]:
    """What is told of the jobs of each territory."""
    return duckdb.sql(
        f"SELECT level, territory, counted, value, n, basis FROM read_parquet('{out / 'indicators.parquet'}') "
        "WHERE code = 'jobs_direct_fte' ORDER BY ALL"
    ).fetchall()
