"""The fictional lists: well-formed, overlapping, in the proper scripts, and clearly fiction."""

import csv
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import phonenumbers
import pytest
from stdnum.fr import siret as stdnum_siret

from coworkmed.demo import network, truth, write
from coworkmed.demo.formats import FEDERATION, GUIDE, MAP
from coworkmed.demo.gazetteer import TERRITORIES
from coworkmed.demo.houses import siret
from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.geo import distance_m
from coworkmed.platform.borders import country_at
from coworkmed.sources import catalogue

FOLDER_FILES = {"federation-2023.csv", "map-2026.geojson", "guide-2025.json", "truth.csv", "catalogue.toml"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("demo")).parent


@pytest.fixture(scope="module")
def federation(folder) -> list[dict[str, str]]:
    text = (folder / "federation-2023.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


@pytest.fixture(scope="module")
def tags(folder) -> list[dict[str, str]]:
    return [one["properties"] for one in json.loads((folder / "map-2026.geojson").read_text())["features"]]


@pytest.fixture(scope="module")
def guide(folder) -> list[dict]:
    return json.loads((folder / "guide-2025.json").read_text())["guide"]["places"]


def scripts(text: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}


def test_the_folder_holds_three_lists_their_truth_and_a_catalogue_that_loads(folder):
    assert {path.name for path in folder.iterdir()} == FOLDER_FILES
    specs = catalogue.load(folder / "catalogue.toml")
    assert [spec.key for spec in specs] == [FEDERATION, MAP, GUIDE]
    assert len({spec.licence for spec in specs}) == 3
    assert len({spec.observed_on[:4] for spec in specs}) == 3
    assert all(Path(spec.location).is_file() for spec in specs)


def test_every_title_says_fiction_in_seven_languages(folder):
    for spec in catalogue.load(folder / "catalogue.toml"):
        assert set(spec.title) == {"fr", "el", "it", "hr", "es", "ca", "en"}
        said = re.compile("fiction|μυθοπλασία|finzione|fikcija|ficci[óo]n?", re.I)
        assert all(map(said.match, spec.title.values()))


def test_the_lists_are_in_the_forms_their_keepers_chose(folder, federation, tags, guide):
    raw = (folder / "federation-2023.csv").read_bytes()
    assert raw.startswith("\ufeffN°;".encode()) and raw.endswith(b"\r\n")
    plain = [row for row in federation if re.fullmatch(r"-?\d+,\d+", row["Latitude"])]
    assert len(plain) > 0.98 * len(federation)
    assert {FEDERATION: len(federation), MAP: len(tags), GUIDE: len(guide)} == dict(truth().rows)


def test_about_four_hundred_places_in_five_territories_and_all_common_kinds():
    houses = network.network().houses
    assert 380 <= len(houses) <= 420
    assert Counter(house.town.country for house in houses).keys() == TERRITORIES.keys()
    assert min(Counter(house.town.country for house in houses).values()) > 70
    assert {house.kind for house in houses} <= KINDS.keys() and len({house.kind for house in houses}) == 7


def test_lists_overlap_and_each_knows_places_the_others_do_not():
    knows: dict[str, set[str]] = {}
    for (source, _), place in truth().places.items():
        knows.setdefault(source, set()).add(place)
    for one in knows:
        for other in knows.keys() - {one}:
            assert len(knows[one] & knows[other]) > 80
            assert knows[one] - knows[other]


def test_the_same_bytes_every_time_and_in_another_process(folder, tmp_path):
    code = "import sys, pathlib; from coworkmed.demo import write; write(pathlib.Path(sys.argv[1]))"
    root = Path(__file__).parents[2]
    environment = {"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, timeout=60)
    for name in FOLDER_FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_only_reserved_web_domains(folder):
    for name in FOLDER_FILES - {"truth.csv", "catalogue.toml"}:
        text = (folder / name).read_text()
        hosts = re.findall(r"(?:https?://|@)((?:[\w-]+\.)+\w+)", text)
        assert hosts and {host.rpartition(".")[2] for host in hosts} == {"example"}
        assert not re.search(r"\bwww\.|\.(com|org|net|eu|fr|gr|it|hr|es|cat)\b", text)


def test_telephone_numbers_are_valid_and_stand_in_invented_ranges():
    numbers = [house.phone for house in network.network().houses]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE
        assert number.startswith("+3346571") or "55" in number


def test_french_identifiers_pass_their_check_and_belong_to_nobody():
    for number in (1, 77, 99_999):
        assert stdnum_siret.is_valid(siret(number)) and siret(number).startswith("000")


def test_places_stand_in_their_town_and_country():
    for house in network.network().houses:
        assert distance_m(house.lat, house.lon, house.town.lat, house.town.lon) < 1600
        assert country_at(house.lat, house.lon) == house.town.country


def test_each_list_writes_in_its_script(federation, tags, guide):
    faults = {fault.external_id for fault in truth().faults}
    greek = [row["Nom"] for row in federation if row["Pays"] == "GR" and row["N°"] not in faults]
    assert greek and all("GREEK" in scripts(name) for name in greek)
    assert all("GREEK" in scripts(one["name"]) for one in tags if one["addr:country"] == "GR")
    for place in guide:
        assert "GREEK" not in scripts(place["title"] + place["where"]["street"] + place["where"]["city"])
    written = " ".join(row["Nom"] + row["Adresse"] + row["Commune"] for row in federation)
    assert set("čćšžéèçàúό") <= set(written.lower()) and "l·l" in written.lower()


def test_the_truth_file_names_every_entry_once(folder):
    rows = list(csv.DictReader((folder / "truth.csv").read_text().splitlines()))
    keys = [(row["source"], row["external_id"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {key: row["true_place"] for key, row in zip(keys, rows, strict=True)} == truth().places


def test_the_truth_agrees_with_itself(federation, tags, guide):
    told = truth()
    ids = {
        FEDERATION: {row["N°"] for row in federation},
        MAP: {one["@id"] for one in tags},
        GUIDE: {one["ref"] for one in guide},
    }
    assert {source: {i for s, i in told.places if s == source} for source in ids}.items() <= {
        source: known - {fault.external_id for fault in told.faults if fault.code in ("NO_NAME", "SHIFTED")}
        for source, known in ids.items()
    }.items()
    assert all(told.places[left] != told.places[right] for left, right in told.apart)
    assert all(told.places[left] == told.places[right] for left, right in told.together)
    assert all(fault.external_id in ids[fault.source] for fault in told.faults)
    assert all(key in told.places for key, _, _ in told.settled)


@pytest.mark.parametrize(
    "group",
    [
        "chain",
        "tenant",
        "twin",
        "premises left",
        "premises taken",
        "renamed",
        "renamed openly",
        "moved",
        "closed",
        "repeated",
        "hours",
    ],
)
def test_each_hard_case_is_planted_in_every_territory(group):
    planted = {house.town.country for house in network.network().houses if house.group == group}
    assert planted == TERRITORIES.keys()


def test_what_is_planted_shows():
    houses = network.network().houses
    for knot in {house.knot for house in houses} - {""}:
        members = [house for house in houses if house.knot == knot]
        assert len(members) >= 2
        if members[0].group == "chain":
            assert len({house.town.name for house in members}) == 1
            near = [
                distance_m(one.lat, one.lon, other.lat, other.lon)
                for index, one in enumerate(members)
                for other in members[:index]
            ]
            assert min(near) > 500
        if members[0].group == "tenant":
            assert len({(house.lat, house.lon, house.street, house.number) for house in members}) == 1
        if members[0].group == "twin":
            assert len({house.name for house in members}) == 1 and len({house.town for house in members}) == len(
                members
            )
    for house in houses:
        if house.group == "moved":
            assert house.former_address and distance_m(house.lat, house.lon, *house.former_address[2:]) > 50
        if house.group.startswith("renamed"):
            assert house.former_name and house.former_name != house.name


def test_personal_data_in_the_lists_is_invented(folder):
    text = (folder / "federation-2023.csv").read_text("utf-8-sig")
    assert text.count("Fictive") == 1 and text.count("zoe.fictive@courriel.example") == 1
