"""Generated lists: as many lines as asked, the same for a seed, with the rates they promise."""

import csv
import tomllib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import generate
from benchmarks.pipeline.quality import Quality, pairwise
from coworkmed.demo.gazetteer import TERRITORIES
from coworkmed.sources import catalogue

ASSERTIONS = 4000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return generate.generate(ASSERTIONS, 1, tmp_path_factory.mktemp("generated")).parent


@pytest.fixture(scope="module")
def rows(folder):
    return {name: table(folder / f"{name}.csv") for name in generate.LISTS}


@pytest.fixture(scope="module")
def truth(folder):
    return {(row["source"], row["external_id"]): row["true_place"] for row in table(folder / "truth.csv")}


def table(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def test_as_many_assertions_as_asked_and_every_one_in_the_truth(rows, truth):
    keys = [(name, row["id"]) for name in rows for row in rows[name]]
    assert len(keys) == len(set(keys)) == ASSERTIONS
    assert set(keys) == set(truth)


def test_about_one_and_two_fifths_assertions_a_place_and_few_twice_in_a_list(truth):
    assert 1.35 < len(truth) / len(set(truth.values())) < 1.45
    held = Counter((source, place) for (source, _), place in truth.items())
    assert 0 < sum(times > 1 for times in held.values()) / len(held) < 0.03


def test_the_catalogue_loads(folder):
    specs = catalogue.load(folder / "catalogue.toml")
    assert [spec.key for spec in specs] == list(generate.LISTS)
    assert tomllib.loads((folder / "catalogue.toml").read_text())["source"][0]["columns"].keys() == {
        "kinds" if column == "kind" else column for column in generate.COLUMNS
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(folder, tmp_path):
    generate.generate(ASSERTIONS, 1, tmp_path / "same")
    generate.generate(ASSERTIONS, 2, tmp_path / "other")
    name = "generated-region.csv"
    assert (tmp_path / "same" / name).read_bytes() == (folder / name).read_bytes()
    assert (tmp_path / "other" / name).read_bytes() != (folder / name).read_bytes()


@pytest.mark.parametrize("assertions", [1, 2, 7])
def test_any_number_of_assertions(assertions, tmp_path):
    generate.generate(assertions, 1, tmp_path)
    assert len(table(tmp_path / "truth.csv")) == assertions


@pytest.mark.parametrize("name", generate.LISTS)
def test_lists_are_silent_as_often_as_they_promise(rows, name):
    def missing(column):
        return sum(not row[column] for row in rows[name]) / len(rows[name])

    habits = generate.LISTS[name]
    assert missing("phone") == pytest.approx(habits.no_phone, abs=0.06)
    assert missing("postcode") == pytest.approx(habits.no_postcode, abs=0.05)
    assert missing("lat") == pytest.approx(habits.no_position, abs=0.04)
    assert missing("web") >= habits.no_web - 0.05


def test_every_country_in_its_own_letters(rows):
    written = {}
    for row in rows["generated-census"]:
        written[row["country"]] = written.get(row["country"], "") + row["name"] + row["address"]
    assert written.keys() == TERRITORIES.keys()
    assert set("αβγδλ") <= set(written["GR"].lower()) and set("čšž") <= set(written["HR"].lower())


def test_the_number_stands_before_the_street_in_france_and_behind_it_elsewhere(rows):
    first = {row["country"]: [] for row in rows["generated-census"]}
    for row in rows["generated-census"]:
        first[row["country"]].append(row["address"][:1].isdigit())
    for country, begins in first.items():
        share = sum(begins) / len(begins)
        assert share > 0.8 if country == "FR" else share < 0.15


def test_only_reserved_domains(rows):
    hosts = {row["web"].split("/")[2] for name in rows for row in rows[name] if row["web"]}
    assert hosts and all(host.endswith(".example") for host in hosts)


def test_quality_of_a_perfect_a_lumped_and_a_split_answer():
    true = {1: "a", 2: "a", 3: "b", 4: "b"}
    assert pairwise(true, true) == Quality(1, 1)
    assert pairwise(dict.fromkeys(true, "x"), true) == Quality(2 / 6, 1)
    assert pairwise({key: key for key in true}, true) == Quality(1, 0)


@given(st.dictionaries(st.integers(0, 30), st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_quality_counts_pairs(both):
    found, true = ({key: pair[side] for key, pair in both.items()} for side in (0, 1))
    pairs = [(one, other) for one in both for other in both if one < other]
    joined = [pair for pair in pairs if found[pair[0]] == found[pair[1]]]
    one_place = [pair for pair in pairs if true[pair[0]] == true[pair[1]]]
    hits = len(set(joined) & set(one_place))
    assert pairwise(found, true) == Quality(
        hits / len(joined) if joined else 1, hits / len(one_place) if one_place else 1
    )
