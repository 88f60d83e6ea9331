"""The guided command: a stranger's list gets its entry in a catalogue, by answers or by guesses alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coworkmed.cli.sources import sources
from coworkmed.sources import catalogue, connectors
from coworkmed.sources.catalogue import Pick

LIST = """Denominazione;Indirizzo;CAP;Comune;Lat;Long;Referente;Colore
Spazio Uno;Via Roma 1;50123;Firenze;43.77;11.25;Anna Rossi;blu
Officina Due;Via Verdi 2;50122;Firenze;43.76;11.26;;rosso
Terzo Luogo;Via Dante 3;56125;Pisa;43.71;10.40;Ugo Bianchi;blu
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spazi.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def run(folder: Path, *args: str, answers: str = "") -> Result:
    return CliRunner().invoke(
        sources, ["add", str(folder / "spazi.csv"), "--catalogue", str(folder / "c.toml"), *args], input=answers
    )


def test_guesses_alone_make_an_entry_that_reads_the_list(folder: Path) -> None:
    result = run(folder, "--yes", "--keeper", "Regione", "--licence", "IODL-2.0", "--date", "2024-05")
    assert result.exit_code == 0, result.output
    assert "Spazio Uno" in result.output
    (spec,) = catalogue.load(folder / "c.toml")
    assert spec.key == "it-spazi"
    assert spec.columns == {
        "name": Pick(("Denominazione",)), "address": Pick(("Indirizzo",)), "postcode": Pick(("CAP",)),
        "locality": Pick(("Comune",)), "lat": Pick(("Lat",)), "lon": Pick(("Long",)),
    }  # fmt: skip
    assert (spec.personal, spec.defaults, spec.territory) == (("Referente",), {"country": "IT"}, ("IT",))
    assert (spec.observed_on, spec.licence, spec.keeper) == ("2024-05", "IODL-2.0", "Regione")
    assert spec.location == str(folder / "spazi.csv")
    assert len(list(connectors.read(spec, Path(spec.location)))) == 3
    assert 'location = "spazi.csv"' in (folder / "c.toml").read_text()  # the folder can be moved as a whole


def test_a_person_answers_and_changes_what_is_wrong(folder: Path) -> None:
    answers = ["8", "kinds", "99", "x", "", "Spazi toscani", "Regione Toscana", "toscana", "CC-BY-4.0", "2024", "", "y"]
    result = run(folder, answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert result.output.count("Please type a number from 1 to 8.") == 2
    (spec,) = catalogue.load(folder / "c.toml")
    assert (spec.key, spec.title, spec.licence, spec.observed_on) == (
        "toscana",
        {"en": "Spazi toscani"},
        "CC-BY-4.0",
        "2024",
    )
    assert spec.columns["kinds"] == Pick(("Colore",))


def test_an_unsure_guess_is_asked_about_and_can_be_refused(folder: Path) -> None:
    (folder / "spazi.csv").write_text("nome;misc\nA;https://a.example\nB;https://b.example\nC;https://c.example\n")
    described = ["", "T", "K", "k", "CC0-1.0", "", "IT", "y"]
    assert run(folder, answers="\n".join(["", *described]) + "\n").exit_code == 0
    assert catalogue.load(folder / "c.toml")[0].columns["web"] == Pick(("misc",))
    described[3] = "k2"
    assert run(folder, answers="\n".join(["no such field", "0", *described]) + "\n").exit_code == 0
    assert "web" not in catalogue.load(folder / "c.toml")[1].columns


def test_what_stands_in_the_catalogue_stays_comments_and_all(folder: Path) -> None:
    before = (
        '# our lists\n[[source]] # the first\nkey = "one"\ntitle = "One"\nkeeper = "K"\nlicence = "CC0-1.0"\n'
        'connector = "csv"\nlocation = "one.csv"\n[source.columns]\nname = "n"   # odd\n'
    )
    (folder / "c.toml").write_text(before)
    assert run(folder, "--yes", "--keeper", "R", "--licence", "CC0-1.0", "--key", "two").exit_code == 0
    assert (folder / "c.toml").read_text().startswith(before)
    assert [spec.key for spec in catalogue.load(folder / "c.toml")] == ["one", "two"]
    assert run(folder, "--yes", "--keeper", "R", "--licence", "CC0-1.0", "--key", "two").exit_code == 2
    assert run(folder, "--yes", "--keeper", "R", "--licence", "CC0-1.0").exit_code == 0
    assert run(folder, "--yes", "--keeper", "R", "--licence", "CC0-1.0").exit_code == 0
    assert [spec.key for spec in catalogue.load(folder / "c.toml")] == ["one", "two", "it-spazi", "it-spazi-2"]
    assert sorted(path.name for path in folder.iterdir()) == ["c.toml", "spazi.csv"]


def test_a_broken_catalogue_is_never_written_to(folder: Path) -> None:
    (folder / "c.toml").write_text("[[source]]\nkey = 'x'\n")
    result = run(folder, "--yes", "--keeper", "R", "--licence", "CC0-1.0")
    assert result.exit_code == 1
    assert "x: “title” is missing" in result.output
    assert (folder / "c.toml").read_text() == "[[source]]\nkey = 'x'\n"


def test_saying_no_writes_nothing(folder: Path) -> None:
    result = run(folder, answers="\nT\nK\nk\nCC0-1.0\n\n\nn\n")
    assert result.exit_code == 1
    assert "Nothing was written." in result.output
    assert not (folder / "c.toml").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["--yes"],  # nobody can guess a licence
        ["--yes", "--keeper", "K", "--licence", "mine"],
        ["--yes", "--keeper", "K", "--licence", "CC0-1.0", "--date", "last year"],
        ["--yes", "--keeper", "K", "--licence", "CC0-1.0", "--key", "Not A Key"],
    ],
)
def test_a_wrong_call_has_its_own_exit(folder: Path, args: list[str]) -> None:
    assert run(folder, *args).exit_code == 2
    assert not (folder / "c.toml").exists()


def test_a_list_nobody_can_read_or_without_names_is_a_problem(folder: Path) -> None:
    (folder / "spazi.csv").write_text("<html>404</html>")
    result = run(folder, "--yes", "--keeper", "K", "--licence", "CC0-1.0")
    assert (result.exit_code, "web page" in result.output) == (1, True)
    (folder / "spazi.csv").write_text("lat;lon\n43.7;7.2\n43.8;7.3\n")
    result = run(folder, "--yes", "--keeper", "K", "--licence", "CC0-1.0")
    assert (result.exit_code, "hold the name" in result.output) == (1, True)


def test_the_proposal_as_json_writes_nothing(folder: Path) -> None:
    result = run(folder, "--json")
    found = json.loads(result.output)
    assert (found["connector"], found["country"], found["columns"][0]["target"]) == ("csv", "IT", "name")
    assert not (folder / "c.toml").exists()


def test_lists_are_listed_and_checked(folder: Path) -> None:
    run(folder, "--yes", "--keeper", "Regione", "--licence", "IODL-2.0")
    runner = CliRunner()
    assert "it-spazi" in runner.invoke(sources, ["list", str(folder / "c.toml")]).output
    assert (
        json.loads(runner.invoke(sources, ["list", str(folder / "c.toml"), "--json"]).output)["sources"][0]["key"]
        == "it-spazi"
    )
    good = runner.invoke(sources, ["check", str(folder / "c.toml")])
    assert (good.exit_code, good.output) == (0, "1 lists declared, all in order.\n")
    (folder / "spazi.csv").unlink()
    missing = runner.invoke(sources, ["check", str(folder / "c.toml")])
    assert (missing.exit_code, "there is no file at" in missing.output) == (1, True)
    (folder / "c.toml").write_text((folder / "c.toml").read_text().replace("IODL-2.0", "IODL"))
    broken = runner.invoke(sources, ["check", str(folder / "c.toml"), "--json"])
    assert (broken.exit_code, len(json.loads(broken.output)["problems"])) == (1, 1)
    assert runner.invoke(sources, ["list", str(folder / "none.toml")]).exit_code == 1


def test_a_wrong_answer_is_asked_again_and_costs_no_other(folder: Path) -> None:
    answers = ["", "Spazi", "Regione", "Spazi!", "spazi-toscani", "CC-BY-4.0", "yesterday", "2024", "", "y"]
    result = run(folder, answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert "small letters, digits and hyphens" in result.output
    assert "yesterday is no date." in result.output
    (spec,) = catalogue.load(folder / "c.toml")
    assert (spec.key, spec.observed_on) == ("spazi-toscani", "2024")
