"""`link` from the outside: lists of any form in, links out, and words for whatever is wrong."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coworkmed.cli.link import COLUMNS, link

LEFT = """\
ID;Nom du lieu;Adresse;Code postal;Commune;Téléphone;Courriel;Couleur
a1;La Ruche Bleue;12 rue des Lilas;13001;Marseille;04 91 00 00 01;;bleu
a2;Le Phare;3 quai du Port;13002;Marseille;06 12 34 56 78;jeanne.dupont@phare.example;vert
a3;Coco Velten;16 rue Bernard du Bois;13001;Marseille;;;rouge
a4;;1 rue Sans Nom;13001;Marseille;;;rouge
"""
RIGHT: list[dict[str, Any]] = [
    {"business_id": "-9x", "name": "RUCHE BLEUE coworking", "addr": "12 r. des Lilas", "city": "Marseille",
     "phone": "+33 4 91 00 00 01", "stars": 4},
    {"business_id": "=7", "name": "Phare", "addr": "Quai du Port 3", "city": "Marseille",
     "phone": "+33612345678", "stars": 5},
    {"business_id": "z", "name": "Le Comptoir", "addr": "40 rue Breteuil", "city": "Marseille", "stars": 3},
]  # fmt: skip


@pytest.fixture
def left(tmp_path: Path) -> Path:
    path = tmp_path / "left.csv"
    path.write_bytes(LEFT.encode("cp1252"))
    return path


@pytest.fixture
def right(tmp_path: Path) -> Path:
    path = tmp_path / "right.json"
    path.write_text(json.dumps(RIGHT), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(link, [str(one) for one in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs(path: Path) -> list[tuple[str, str]]:
    return [(row["left_id"], row["right_id"]) for row in rows(path)]


def test_two_lists_of_strangers_are_linked_and_said_to_be_understood(left: Path, right: Path, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    done = run("--left", left, "--right", right, "--out", out)
    assert done.exit_code == 0, done.output
    found = rows(out)
    assert tuple(found[0]) == COLUMNS
    assert pairs(out) == [("a1", "-9x"), ("a2", "'=7")]  # an id as it is, but for what a spreadsheet would run
    assert [row["same"] for row in found] == ["1", "1"]
    assert [row["left_name"] for row in found] == ["La Ruche Bleue", "Le Phare"]
    assert "Same address: rue des lilas, 12 (for)" in found[0]["reasons"].split("; ")
    assert found[0]["relation"] == "same"
    assert float(found[0]["probability"]) >= float(found[1]["probability"]) > 0.75
    for said in ("Nom du lieu", "Couleur", "left out: 1", "The row gives no name.", "stars", "2 links"):
        assert said in done.stderr
    assert not done.stdout


def test_nothing_of_a_person_is_written(left: Path, right: Path, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    done = run("--left", left, "--right", right, "--out", out, "--doubts")
    for text in (out.read_text(encoding="utf-8"), done.stderr):
        assert "612345678" not in text.replace(" ", "")
        assert "jeanne" not in text


def test_as_json(left: Path, right: Path, tmp_path: Path) -> None:
    done = run("--left", left, "--right", right, "--out", tmp_path / "o.csv", "--json")
    said = json.loads(done.stdout)
    assert (said["links"], said["doubts"], said["left"]["places"]) == (2, 0, 3)
    assert said["left"]["columns"]["Nom du lieu"] == "name"
    assert said["left"]["rejected"] == {"NO_NAME": 1}
    assert said["right"]["unused"] == ["stars"]
    assert not done.stderr


def test_duplicates_inside_one_list(tmp_path: Path) -> None:
    path, out = tmp_path / "one.csv", tmp_path / "twice.csv.gz"
    path.write_text(
        "name,street,city\nLa Ruche,12 rue des Lilas,Nice\nAilleurs,4 rue X,Nice\nRuche,12 rue des Lilas,Nice\n"
        "La Ruche,12 rue des Lilas,Nice\n",
        encoding="utf-8",
    )
    done = run("--left", path, "--out", out)
    assert done.exit_code == 0, done.output
    with gzip.open(out, "rt", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert {(row["left_id"], row["right_id"]) for row in found} == {("1", "3"), ("1", "4"), ("3", "4")}


def test_each_place_once(tmp_path: Path) -> None:
    one, other, out = (tmp_path / name for name in ("one.csv", "other.csv", "out.csv"))
    one.write_text("id,name,street,city\n1,La Ruche,12 rue des Lilas,Nice\n2,Ruche,12 rue des Lilas,Nice\n")
    other.write_text("id,name,street,city\n8,La Ruche,12 rue des Lilas,Nice\n")
    assert run("--left", one, "--right", other, "--out", out).exit_code == 0
    assert sorted(pairs(out)) == [("1", "8"), ("2", "8")]
    assert run("--left", one, "--right", other, "--out", out, "--one-to-one").exit_code == 0
    assert pairs(out) == [("1", "8")]


def test_doubts_are_added_and_a_threshold_judges_pairs_alone(tmp_path: Path) -> None:
    one, other, out = (tmp_path / name for name in ("one.csv", "other.csv", "out.csv"))
    head = "id,name,street,postcode,city\n"
    one.write_text(head + "1,Hévéa,2 rue Zimmermann,69007,Lyon\n")
    other.write_text(head + "8,Hévéa Etic,2 rue Zimmermann,69007,Lyon\n9,Etic,2 rue Zimmermann,69007,Lyon\n")
    assert run("--left", one, "--right", other, "--out", out).exit_code == 0
    certain = rows(out)
    assert run("--left", one, "--right", other, "--out", out, "--doubts").exit_code == 0
    every = rows(out)
    assert [row for row in every if row["same"] == "1"] == certain
    assert {row["same"] for row in every[len(certain) :]} <= {"0"}
    for threshold in ("0.35", "0.9999"):
        assert run("--left", one, "--right", other, "--out", out, "--threshold", threshold).exit_code == 0
        assert all(float(row["probability"]) >= float(threshold) for row in rows(out))
    assert rows(out) == []  # so sure of such a pair nobody can be


def test_what_guessing_misses_can_be_said(tmp_path: Path) -> None:
    one, other, out = (tmp_path / name for name in ("one.csv", "other.csv", "out.csv"))
    one.write_text("k,wat,waar\n7,La Ruche,12 rue des Lilas\n8,Le Phare,3 quai du Port\n")
    other.write_text("id,name,street\nx,La Ruche,12 rue des Lilas\n")
    refused = run("--left", one, "--right", other, "--out", out)
    assert refused.exit_code == 1
    assert "one.csv: No column is known to hold the name of a place. The columns are: k, wat, waar." in refused.stderr
    said = ["--left-map", "id=k", "--left-map", "name=wat", "--left-map", "address=waar"]
    assert run("--left", one, "--right", other, "--out", out, *said).exit_code == 0
    assert pairs(out) == [("7", "x")]
    told = json.loads(
        run("--left", one, "--right", other, "--out", out, *said, "--right-map", "street=", "--json").stdout
    )
    assert told["right"]["unused"] == ["street"]


def test_a_catalogue_says_how_to_read(left: Path, right: Path, tmp_path: Path) -> None:
    declared = tmp_path / "catalogue.toml"
    declared.write_text(
        '[[source]]\nkey = "one"\ntitle = "One"\nkeeper = "K"\nlicence = "CC0-1.0"\nconnector = "csv"\n'
        'location = "left.csv"\nterritory = ["FR"]\n'
        '[source.columns]\nid = "ID"\nname = "Nom du lieu"\naddress = "Adresse"\n'
        '[source.where]\nCouleur = ["bleu"]\n',
        encoding="utf-8",
    )
    out = tmp_path / "out.csv"
    done = run("--left", left, "--right", right, "--out", out, "--catalogue", declared, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)["left"]
    assert (said["places"], said["country"], said["rejected"]) == (1, "FR", {"OUT_OF_SCOPE": 3})
    assert "Commune" in said["unused"]
    elsewhere = run("--left", right, "--out", out, "--catalogue", declared)
    assert elsewhere.exit_code == 1 and "declares none of the lists" in elsewhere.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--left", "left.csv", "--right", "./left.csv"], "Both lists are left.csv"),
        (["--left", "left.csv", "--out", "left.csv"], "would overwrite"),
        (["--left", "left.csv", "--out", "nowhere/out.csv"], "There is no folder"),
        (["--left", "empty.csv"], "empty.csv: The file is empty."),
        (["--left", "head.csv"], "head.csv: The list holds no rows."),
        (["--left", "page.csv"], "page.csv: The file is a web page"),
        (["--left", "left.csv", "--left-map", "nam=ID"], "There is no field “nam”. Did you mean one of these: name"),
        (
            ["--left", "left.csv", "--left-map", "name=Nom lieu"],
            "no column “Nom lieu”. Did you mean one of these: Nom du",
        ),
    ],
)
def test_what_is_wrong_ends_with_1_and_words(
    left: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in (("empty", ""), ("head", "id,name\n"), ("page", "<!doctype html><html></html>")):
        (tmp_path / f"{name}.csv").write_text(content)
    done = run(*(arguments if "--out" in arguments else [*arguments, "--out", "out.csv"]))
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert not (tmp_path / "out.csv").exists()
    assert left.read_bytes() == LEFT.encode("cp1252")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--left", "missing.csv"],
        ["--left", "left.csv", "--threshold", "0.1"],
        ["--left", "left.csv", "--one-to-one"],
        ["--left", "left.csv", "--country", "France"],
        ["--left", "left.csv", "--left-map", "name"],
    ],
)
def test_a_wrong_call_ends_with_2(
    left: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(left.parent)
    assert run(*arguments, "--out", "out.csv").exit_code == 2


@pytest.mark.data
def test_the_restaurants_of_two_guides(shared_data: Path, tmp_path: Path) -> None:
    folder, out = shared_data / "restaurants-fodors-zagats", tmp_path / "out.csv"
    assert run("--left", folder / "records_864.csv", "--out", out).exit_code == 0
    true = {tuple(sorted((row["id_a"], row["id_b"]))) for row in rows(folder / "true_pairs_112.csv")}
    found = {tuple(sorted(pair)) for pair in pairs(out)}
    assert len(found & true) >= 0.93 * len(true)
    assert len(found & true) >= 0.93 * len(found)
