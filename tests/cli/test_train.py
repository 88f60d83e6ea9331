"""`train` from the outside, and that what it learns is what the other commands judge by."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coworkmed.cli.link import link
from coworkmed.cli.match import match
from coworkmed.cli.train import train
from coworkmed.linkage import em, model, training
from tests.cli.test_build import build, run

HEAD = "label,left_name,left_addr_freeform,left_addr_country,right_name,right_addr_freeform,right_addr_country\n"
NAMES = ("Ruche Bleue", "Phare Vert", "Atelier Nord", "Grand Moulin", "Petite Usine", "Hangar Neuf", "Jardin Clos")
PAIRS = HEAD + "".join(
    f"1,{name},{at} rue Longue,FR,{name} coworking,{at} rue Longue,FR\n"
    f"0,{name},{at} rue Longue,FR,{NAMES[at - 2]},{at + 40} rue Haute,FR\n"
    for at, name in enumerate(NAMES, start=1)
)
LIST = "id,name,street,postcode,city,country\n" + "".join(
    f"{at},{name},{at} rue Longue,13001,Marseille,FR\n{at + 50},{name} coworking,{at} rue Longue,13001,Marseille,FR\n"
    for at, name in enumerate(NAMES, start=1)
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pairs.csv").write_text(PAIRS, encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def trained(*arguments: str) -> Result:
    return CliRunner().invoke(train, ["--out", "weights.json", *arguments])


def test_judged_pairs_make_weights_that_say_where_they_come_from(folder: Path) -> None:
    arguments = "--start none --as-of 2026-11-23 --licence CC0-1.0 --json".split()
    done = trained("--pairs", "pairs.csv", "--credit", "Someone, CC0-1.0", *arguments)
    assert done.exit_code == 0, done.output
    about = json.loads(done.stdout)["about"]
    assert model.read(folder / "weights.json").about == about
    assert (about["date"], about["licence"], about["sources"]) == ("2026-11-23", "CC0-1.0", ["Someone, CC0-1.0"])
    [given] = about["inputs"]
    assert (given["pairs"], given["labels"], given["same"], len(given["sha256"])) == ("pairs.csv", 14, 7, 64)
    assert about["share"] == 0.5
    figures = about["figures"]["Judged pairs"]
    assert figures["before"]["pairs"] == figures["after"]["pairs"] == 14
    assert figures["after"]["f1"] > 0.8


def test_what_is_declared_and_not_learnt_is_said(folder: Path) -> None:
    about = []
    for start in ("none", "shipped"):
        assert trained("--pairs", "pairs.csv", "--start", start).exit_code == 0
        about.append(model.read(folder / "weights.json").about["declared"])
    assert about == [sorted(training.DECLARED), model.shipped().about["declared"]]


def test_the_same_input_gives_the_same_file(folder: Path) -> None:
    texts = []
    for _ in range(2):
        assert trained("--pairs", "pairs.csv", "--list", "list.csv", "--as-of", "2026-11-23").exit_code == 0
        texts.append((folder / "weights.json").read_bytes())
    assert texts[0] == texts[1]


def test_lists_alone_are_enough(folder: Path) -> None:
    done = trained("--start", "none", "--list", "list.csv")
    assert done.exit_code == 0, done.output
    assert "Learnt without labels" in done.stderr
    learnt = model.read(folder / "weights.json")
    assert learnt.about["inputs"][0] == {"list": "list.csv", "places": 14}
    assert learnt.about["inputs"][1]["candidates"] > 0
    # seven places stand in it twice
    found = CliRunner().invoke(link, ["--left", "list.csv", "--out", "links.csv", "--weights", "weights.json"])
    assert found.exit_code == 0, found.output
    with (folder / "links.csv").open(encoding="utf-8") as file:
        assert {(row["left_id"], row["right_id"]) for row in csv.DictReader(file)} >= {
            (str(at), str(at + 50)) for at in range(1, 8)
        }


def test_one_improves_on_what_another_left(folder: Path) -> None:
    assert trained("--start", "none", "--list", "list.csv", "--credit", "The list, CC0-1.0").exit_code == 0
    (folder / "weights.json").rename(folder / "first.json")
    done = trained("--start", "first.json", "--pairs", "pairs.csv")
    assert done.exit_code == 0, done.output
    assert "F1 before" in done.stderr
    about = model.read(folder / "weights.json").about
    assert about["sources"] == ["The list, CC0-1.0"]
    assert [next(iter(one)) for one in about["inputs"]] == ["list", "method", "pairs"]


def test_the_other_commands_judge_by_the_weights_given(folder: Path) -> None:
    timid = em.neutral()
    model.write(folder / "timid.json", model.Model(timid.bias - 30, timid.tables, {}, {"share": 0.1}))
    for weights, same in (((), 7), (("--weights", "timid.json"), 0)):
        done = CliRunner().invoke(match, ["pairs.csv", "--out", "scored.csv", "--json", *weights])
        assert json.loads(done.stdout)["same"] == same
    done = CliRunner().invoke(link, ["--left", "list.csv", "--out", "links.csv", "--json", "--weights", "timid.json"])
    assert json.loads(done.stdout)["links"] == 0


@pytest.mark.parametrize("command", [match, link])
def test_damaged_weights_end_with_1_and_words(folder: Path, command: object) -> None:
    (folder / "bad.json").write_text("{", encoding="utf-8")
    asked = ["pairs.csv"] if command is match else ["--left", "list.csv"]
    done = CliRunner().invoke(match if command is match else link, [*asked, "--out", "x.csv", "--weights", "bad.json"])
    assert done.exit_code == 1
    assert "bad.json is no file of weights, or it is damaged." in done.stderr
    assert not (folder / "x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "nothing to learn from"),
        ("--pairs pairs.csv --registry .", "--registry says whose --decisions"),
        ("--pairs none.csv", "does not exist"),
        ("--list none.csv", "does not exist"),
        ("--pairs pairs.csv --as-of yesterday", "does not match"),
    ],
)
def test_a_wrong_call_ends_with_2(folder: Path, arguments: str, said: str) -> None:
    done = trained(*arguments.split())
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not (folder / "weights.json").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column"),
        ("left_name,right_name\nA,B\n", "no column label"),
        ("label,left_name,right_name\nperhaps,A,B\n", "row 1: the label is “perhaps”"),
        ("label,left_name,right_name\n", "pairs of both kinds"),
        ("label,left_name,right_name\n1,A,B\n1,C,D\n", "pairs of both kinds"),
    ],
)
def test_pairs_nothing_can_be_learnt_from_end_with_1_and_words(folder: Path, content: str, said: str) -> None:
    (folder / "bad.csv").write_text(content, encoding="utf-8")
    done = trained("--pairs", "bad.csv")
    assert done.exit_code == 1
    assert said in " ".join(done.stderr.split())
    assert not (folder / "weights.json").exists()


def test_a_list_that_is_none_is_named(folder: Path) -> None:
    (folder / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = trained("--list", "bad.csv")
    assert done.exit_code == 1
    assert "bad.csv" in done.stderr


@pytest.mark.parametrize(
    ("out", "said"), [("pairs.csv", "would overwrite pairs.csv"), ("nowhere/weights.json", "no folder")]
)
def test_weights_that_can_not_be_put_there(folder: Path, out: str, said: str) -> None:
    done = CliRunner().invoke(train, ["--out", out, "--pairs", "pairs.csv"])
    assert done.exit_code == 1
    assert said in " ".join(done.stderr.split())
    assert (folder / "pairs.csv").read_text(encoding="utf-8") == PAIRS


def test_a_start_that_is_no_file(folder: Path) -> None:
    done = trained("--pairs", "pairs.csv", "--start", "nothing.json")
    assert done.exit_code == 1
    assert "nothing.json can't be read" in done.stderr


@pytest.mark.slow
def test_decisions_teach_and_the_registry_is_linked_by_what_they_taught(built: Path) -> None:
    none = run(built, "train", "--decisions", "--registry", "out", "--out", "weights.json")
    assert (none.returncode, "No reviewer has decided anything yet" in none.stderr) == (1, True)
    for left, right, verdict in (("1", "5", "same"), ("2", "3", "different")):
        decided = run(built, "decide", f"liguria:{left}", f"liguria:{right}", verdict, "--out", "out")
        assert decided.returncode == 0, decided.stderr
    learnt = run(built, "train", "--decisions", "--registry", "out", "--out", "weights.json")
    assert learnt.returncode == 0, learnt.stderr
    assert "Decisions" in learnt.stderr
    assert model.read(built / "weights.json").about["inputs"][-1] == {"decisions": 2, "same": 1}
    assert model.read(built / "weights.json").about["declared"] == []
    again = build(built, "--weights", "weights.json")
    assert again.returncode == 0, again.stderr
    assert "5 entries are 4 places" in again.stderr
    (built / "weights.json").write_text("{}", encoding="utf-8")
    refused = build(built, "--weights", "weights.json")
    assert (refused.returncode, "damaged" in refused.stderr) == (1, True)
