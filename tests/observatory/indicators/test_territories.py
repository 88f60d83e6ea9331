"""Statistics of territories that an operator brings: used where they are said, refused in words where wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from coworkmed.observatory.indicators import compute, statistics
from coworkmed.observatory.indicators.figures import Figures
from coworkmed.observatory.indicators.statistics import StatisticsError
from coworkmed.opendata import services

from .factory import figure, figures, folder

HEAD = "territory,territory_type,in_metropolis,inhabitants,year,source\n"
MARSEILLE, AIX = "2995469", "3038354"
GIVEN = f"""{HEAD}FR-PAC,INTERMEDIATE,,5000000,2023,"A statistical office, table 1"
FR-PAC,RURAL,,1,2001,"A statistical office, table 1"
{MARSEILLE},URBAN,yes,870000,2022,"A statistical office, table 1"
{AIX},,no,,2022,Another office
"""


def given(path: Path, text: str | bytes) -> Path:
    table = path / statistics.GIVEN
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    return table


def computed(path: Path, text: str) -> Path:
    """Twelve places in Marseille, eight in Aix, six elsewhere in their region, and five in another."""
    where = [("FR-PAC", MARSEILLE)] * 12 + [("FR-PAC", AIX)] * 8 + [("FR-PAC", "1")] * 6 + [("FR-OCC", "2")] * 5
    out = folder(path / "out", [{"region_code": region, "town_code": town} for region, town in where])
    beside = path / "beside"
    beside.mkdir()
    statistics.write(given(path, text), beside)
    compute.write(out, beside=beside)
    return out


def test_places_are_counted_by_inhabitants_and_by_type_of_where_they_lie(tmp_path: Path) -> None:
    out = computed(tmp_path, GIVEN)
    assert figure(out, "density", level="region", territory="FR-PAC")["value"] == pytest.approx(26 / 50)
    assert figure(out, "density", level="town", territory=MARSEILLE)["of"] == 870000
    assert not figures(out, "density", territory=AIX), "of whose inhabitants nobody spoke"
    types = {one["category"]: one["n"] for one in figures(out, "rural_share", level="all", counted="ANY", basis="ALL")}
    assert types == {"URBAN": 12, "INTERMEDIATE": 14}, "a town's own type, else its region's"
    outside = figure(out, "outside_metropolis_share")
    assert (outside["n"], outside["of"]) == (8, 20)
    assert figure(out, "places_open", territory_type="URBAN")["n"] == 12
    assert figure(out, "places_open")["n"] == 31


def test_the_figures_name_their_sources(tmp_path: Path) -> None:
    told = Figures(computed(tmp_path, GIVEN)).about
    assert told["statistics"] == ["A statistical office, table 1, 2022–2023", "Another office, 2022"]
    assert told["indicators"]["density"]["known"]
    assert told["indicators"]["affordability"]["why"] == "NO_STATISTICS"


def test_without_a_table_what_rests_on_it_is_not_known(tmp_path: Path) -> None:
    assert statistics.write(tmp_path / statistics.GIVEN, tmp_path) is None
    out = folder(tmp_path / "out", [{}] * 6)
    unknown = compute.write(out).unknown
    assert {unknown[code] for code in ("density", "rural_share", "outside_metropolis_share")} == {"NO_STATISTICS"}


def test_a_table_of_a_spreadsheet_program_is_read_too(tmp_path: Path) -> None:
    text = "\ufeff" + HEAD.replace(",", ";") + "FR;;;68000000;2024;An office\r\n\r\nMT;;;560000;2024;An office\r\n"
    assert [row["territory"] for row in statistics.read(given(tmp_path, text))] == ["FR", "MT"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the column territory"),
        ("territory,year\nFR,2020\n", "lacks the column source"),
        (HEAD.replace("source", "source,colour") + "FR,,,1,2020,x,blue\n", "has a column colour"),
        (HEAD + "EL,,,1,2020,x\n", "line 2: “EL” is no territory"),
        (HEAD + "99999999999999,,,1,2020,x\n", "is no territory"),
        (HEAD + "FR,,,many,2020,x\n", "“many” is no inhabitants"),
        (HEAD + "FR,,,-1,2020,x\n", "“-1” is no inhabitants"),
        (HEAD + "FR,,,nan,2020,x\n", "“nan” is no inhabitants"),
        (HEAD + "FR,,,1e999,2020,x\n", "is no inhabitants"),
        (HEAD + "FR,TOWN,,1,2020,x\n", "“TOWN” is no territory_type"),
        (HEAD + "FR,,perhaps,1,2020,x\n", "“perhaps” is no in_metropolis"),
        (HEAD + "FR,,,1,20,x\n", "“20” is no year"),
        (HEAD + "FR,,,1,2999,x\n", "“2999” is no year"),
        (HEAD + "FR,,,1,²024,x\n", "is no year"),
        (HEAD + "FR,,,1,2020,\n", "“” is no source"),
        (HEAD + "FR,,,1,2020,x,y\n", "more values than columns"),
        (HEAD + "FR,,,1,2020,x\nFR,,,2,2020,x\n", "line 3: FR stands there twice for 2020"),
        (b"\xff\xfeterritory", "is not text in UTF-8"),
        (HEAD + '"FR\0,,,1,2020,x\n', "territories.csv"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(StatisticsError) as wrong:
        statistics.write(given(tmp_path, text), tmp_path)
    assert said in str(wrong.value)
    assert not (tmp_path / statistics.NAME).exists()


@pytest.mark.django_db
def test_the_table_in_the_folder_of_the_site_is_used(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENV = replace(settings.ENV, var=tmp_path)
    seen: list[bool] = []
    monkeypatch.setattr(services, "publish", lambda *_, beside, **__: seen.append((beside / statistics.NAME).is_file()))
    services.put_out(tmp_path / "out", as_of=date(2026, 3, 1))
    given(tmp_path, GIVEN)
    services.put_out(tmp_path / "out", as_of=date(2026, 3, 1))
    assert seen == [False, True]


def test_a_table_that_is_wrong_stops_the_build_before_it_begins(tmp_path: Path, settings: Any) -> None:
    settings.ENV = replace(settings.ENV, var=tmp_path)
    given(tmp_path, HEAD + "EL,,,1,2020,x\n")
    with pytest.raises(StatisticsError):
        services.build(specs=[], folder=tmp_path, out=tmp_path / "out", as_of=date(2026, 3, 1))
