"""`simulate` from the outside."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from coworkmed.cli.main import coworkmed

SMALL = ("--places", "60", "--years", "1", "--seed", "3")


def simulated(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(coworkmed, ["simulate", *arguments])


def test_a_table_by_quarter_and_a_picture(tmp_path: Path) -> None:
    done = simulated(*SMALL, "--chart", str(tmp_path / "years.svg"))
    assert done.exit_code == 0, done.output
    for quarter in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
        assert quarter in done.stdout
    picture = ET.parse(tmp_path / "years.svg").getroot()
    assert sum(one.get("class") == "line line-0" for one in picture.iter()) == 3


def test_the_figures_as_json_state_what_they_assume() -> None:
    done = simulated(*SMALL, "--json", "--closing", "0.2", "--answers", "0", "--budget", "1", "--existence", "6")
    found = json.loads(done.stdout)
    world = found["world"]
    assert (world["places"], world["seed"], world["closing"], world["answers"]) == (60, 3, 0.2, 0)
    assert (found["policy"]["budget"], world["existence"]) == (1, 6)
    assert [len(found[name]) for name in ("asked", "not_asked")] == [4, 4]
    assert found == json.loads(simulated(*SMALL, "--json", "--closing", "0.2", "--answers", "0", "--budget", "1",
                                         "--existence", "6").stdout)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [("--answers", "1.5"), ("--closing", "-1"), ("--places", "0"), ("--years", "many"), ("--existence", "0")],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(wrong: tuple[str, str]) -> None:
    done = simulated(*wrong)
    assert done.exit_code == 2
    assert wrong[0] in done.output


def test_a_picture_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = simulated(*SMALL, "--chart", str(tmp_path / "nowhere" / "years.svg"))
    assert done.exit_code == 1
    assert "years.svg can't be opened" in done.output.replace("\n", "")
