"""`match` from the outside."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from coworkmed.cli.match import match

ROWS = """\
pair_id,label,left_name,left_addr_freeform,left_phones,left_addr_country,right_name,right_addr_freeform,right_phones,right_addr_country
1,0,Café Romo,"Calle Milicias, 4",+34941261490,ES,Cafetería Villarreal,"Parque del Carmen, 6",+34941244211,ES
2,1,La Fabrique,12 rue de Rome,04 91 00 00 01,FR,La Fabrique (coworking),"Rue de Rome, 12",+33491000001,FR
3,1,Κήπος,Ερμού 12,,GR,Kipos,Ermou 12,,GR
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def scored(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_rows_keep_their_order_and_gain_a_probability_and_its_reasons(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    done = CliRunner().invoke(match, [str(table), "--out", str(out)])
    assert done.exit_code == 0, done.output
    rows = scored(out)
    assert [row["pair_id"] for row in rows] == ["1", "2", "3"]
    assert [row["same"] for row in rows] == ["0", "1", "1"]
    assert all(len(row["probability"].partition(".")[2]) == 4 for row in rows)
    assert "Same telephone: +33491000001 (for)" in rows[1]["reasons"].split("; ")
    assert [row["relation"] for row in rows] == ["other", "same", "same"]
    assert "3 pairs" in done.stderr
    assert not done.stdout


def test_the_threshold_moves_same_and_not_the_probability(table: Path, tmp_path: Path) -> None:
    low, high = tmp_path / "low.csv", tmp_path / "high.csv"
    for out, threshold in ((low, "0"), (high, "1")):
        assert CliRunner().invoke(match, [str(table), "--out", str(out), "--threshold", threshold]).exit_code == 0
    assert [row["same"] for row in scored(low)] == ["1", "1", "1"]
    assert [row["same"] for row in scored(high)] == ["0", "0", "0"]
    assert [row["probability"] for row in scored(low)] == [row["probability"] for row in scored(high)]


def test_figures_as_json(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv.gz"
    done = CliRunner().invoke(match, [str(table), "--out", str(out), "--json"])
    assert json.loads(done.stdout) == {"pairs": 3, "same": 2, "threshold": 0.5, "out": str(out)}
    assert out.read_bytes()[:2] == b"\x1f\x8b"


def test_the_answers_change_nothing(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(ROWS.replace("\n1,0,", "\n1,1,").replace("\n2,1,", "\n2,0,"), encoding="utf-8")
    outs = []
    for at, path in enumerate((table, other)):
        out = tmp_path / f"out{at}.csv"
        assert CliRunner().invoke(match, [str(path), "--out", str(out)]).exit_code == 0
        outs.append([(row["probability"], row["reasons"]) for row in scored(out)])
    assert outs[0] == outs[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "no column"), ("left_name\nA\n", "no column right_name"), ("left_name,right_name\n1,2,3\n", "more cells")],
)
def test_a_table_that_can_not_be_read_ends_with_1_and_words(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    done = CliRunner().invoke(match, [str(path), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 1
    assert said in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("arguments", [[], ["missing.csv", "--out", "x.csv"], ["--threshold", "2"]])
def test_a_wrong_call_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(match, arguments).exit_code == 2


def test_an_empty_table_gives_an_empty_table(tmp_path: Path) -> None:
    path, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    path.write_text("left_name,right_name\n", encoding="utf-8")
    assert CliRunner().invoke(match, [str(path), "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8") == "left_name,right_name,probability,same,relation,reasons\n"
