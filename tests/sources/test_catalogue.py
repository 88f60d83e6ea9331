"""The catalogue: what is declared comes out whole, and a mistake is named in words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import CatalogueError
from coworkmed.kernel.fields import FIELDS, INPUTS, KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.sources import catalogue, connectors
from coworkmed.sources.catalogue import Pick, Spec

ROOT = Path(__file__).resolve().parents[2]
ENTRY = """
[[source]]
key = "fr-list"
title = { fr = "Une liste", en = "A list" }
keeper = "Someone"
licence = "etalab-2.0"
connector = "csv"
location = "list.csv"
[source.columns]
name = "NOM"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load_one(folder: Path, text: str) -> Spec:
    (spec,) = catalogue.load(write(folder, text))
    return spec


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    spec = load_one(
        tmp_path,
        """
[[source]]
key = "fr-list"
title = { fr = "Une liste", en = "A list" }
keeper = "Someone"
licence = "etalab-2.0"
attribution = "Someone, 2019"
homepage = "https://example.org"
observed_on = 2019-04-02
cadence = "frozen"
territory = ["FR", "IT"]
trust = 1
connector = "csv"
location = "lists/list.csv"
derived_from = ["other"]
personal = ["CONTACT"]
[source.columns]
id = "ID"
name = "NOM"
locality = ["NOMCOM", "COMINIT"]
street = { join = ["num", "rue"], with = " " }
[source.kinds]
"Espace de coworking" = "COWORK"
[source.defaults]
country = "FR"
[source.where]
is_third_place = ["True"]
state = "open"
[source.options]
encoding = "cp1252"
""",
    )
    assert spec == Spec(
        key="fr-list",
        title={"fr": "Une liste", "en": "A list"},
        keeper="Someone",
        licence="etalab-2.0",
        attribution="Someone, 2019",
        homepage="https://example.org",
        observed_on="2019-04-02",
        cadence="frozen",
        territory=("FR", "IT"),
        trust=1.0,
        connector="csv",
        location=str((tmp_path / "lists/list.csv").resolve()),
        derived_from=("other",),
        personal=("CONTACT",),
        columns={
            "id": Pick(("ID",)),
            "name": Pick(("NOM",)),
            "locality": Pick(("NOMCOM", "COMINIT")),
            "street": Pick(("num", "rue"), " "),
        },
        kinds={"Espace de coworking": "COWORK"},
        defaults={"country": "FR"},
        where={"is_third_place": ("True",), "state": ("open",)},
        options={"encoding": "cp1252"},
    )


def test_a_plain_title_is_english_and_the_keeper_is_credited(tmp_path: Path) -> None:
    spec = load_one(tmp_path, ENTRY.replace('{ fr = "Une liste", en = "A list" }', '"A list"'))
    assert spec.title == {"en": "A list"}
    assert spec.attribution == "Someone"


def test_an_address_stays_as_it_is(tmp_path: Path) -> None:
    spec = load_one(tmp_path, ENTRY.replace('"list.csv"', '"https://example.org/list.csv"'))
    assert spec.location == "https://example.org/list.csv"


def test_a_format_everybody_writes_alike_needs_no_columns(tmp_path: Path) -> None:
    text = ENTRY.replace('connector = "csv"', 'connector = "osm"').replace('name = "NOM"', 'phone = "phone:new"')
    spec = load_one(tmp_path, text + 'opening_hours = []\n[source.kinds]\n"amenity=library" = "CULTURE"\n')
    assert spec.columns["house_number"].columns[0] == "addr:housenumber"
    assert spec.columns["phone"] == Pick(("phone:new",))  # what the entry says wins
    assert "opening_hours" not in spec.columns  # and it may do without
    assert spec.kinds["office=coworking"] == "COWORK"
    assert spec.kinds["amenity=library"] == "CULTURE"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'licence = "etalab-2.0"',
            'licence = "etalab-2"',
            "fr-list: “etalab-2” is not known here. Did you mean “etalab-2.0”?",
        ),
        ('licence = "etalab-2.0"', 'licence = "mine"', "Known are: CC0-1.0"),
        ('connector = "csv"', 'connector = "cvs"', "Did you mean “csv”?"),
        ("keeper =", "keper =", "Did you mean “keeper”?"),
        ('name = "NOM"', 'name = "NOM"\nnmae = "X"', "Did you mean “name”?"),
        ('name = "NOM"', 'web = "X"', "no column is said to hold the name"),
        ('name = "NOM"', "name = 3", "“name” must be a column"),
        ('name = "NOM"', 'name = { jion = ["a"] }', "Did you mean “join”?"),
        ('key = "fr-list"', 'key = "FR list"', "“key” must be small letters"),
        ('key = "fr-list"', "", "[[source]] 1: “key” is missing"),
        ('keeper = "Someone"', 'keeper = ""', "fr-list: “keeper” is missing"),
        ("title = {", "title = { FR = 'x',", "“title” must be text"),
        ('location = "list.csv"', 'location = "ftp://example.org/x"', "“ftp://” is not known here"),
        ('connector = "csv"', 'connector = "csv"\ntrust = 2', "“trust” must be a number from 0 to 1"),
        ('connector = "csv"', 'connector = "csv"\ntrust = true', "“trust” must be a number from 0 to 1"),
        ('connector = "csv"', 'connector = "csv"\nobserved_on = "2019-13"', "“observed_on” must be a date"),
        ('connector = "csv"', 'connector = "csv"\nterritory = ["France"]', "“territory” must be a list of ISO"),
        ('connector = "csv"', 'connector = "csv"\ncadence = "never"', "Known are"),
        ('connector = "csv"', 'connector = "csv"\npersonal = "NAME"', "“personal” must be a list of texts"),
        ('name = "NOM"', 'name = "NOM"\n[source.kinds]\nx = "COWORKING"', "Did you mean “COWORK”?"),
        ('name = "NOM"', 'name = "NOM"\n[source.defaults]\ncuntry = "FR"', "Did you mean “country”?"),
        ('name = "NOM"', 'name = "NOM"\n[source.where]\nopen = [true]', "“open” must be a list of texts"),
        ('name = "NOM"', 'name = "NOM"\n[source.options]\nday = 2020-01-01', "“day” must be text, a number"),
        ('name = "NOM"', 'name = "NOM"\n[source.options]\nshare = inf', "“share” must be text, a number"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ENTRY
    with pytest.raises(CatalogueError) as error:
        catalogue.load(write(tmp_path, ENTRY.replace(old, new)))
    assert said in str(error.value)


def test_two_sources_can_not_share_a_key(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="Two sources have the key “fr-list”"):
        catalogue.load(write(tmp_path, ENTRY + ENTRY))


def test_every_source_with_a_mistake_is_reported(tmp_path: Path) -> None:
    text = ENTRY + ENTRY.replace("fr-list", "two").replace("csv", "cvs") + ENTRY.replace("fr-list", "three ")
    said = [str(error) for error in catalogue.problems(write(tmp_path, text))]
    assert len(said) == 2
    assert said[0].startswith("two: ")


@pytest.mark.parametrize("text", ["", "x = 1", "source = 3", "[[source]", "\x00", "source = []"])
def test_what_is_no_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogueError):
        catalogue.load(write(tmp_path, text))


def test_a_missing_catalogue_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="There is no catalogue at"):
        catalogue.load(tmp_path / "none.toml")


texts = st.text(max_size=12)
picks = st.builds(Pick, st.lists(texts, min_size=1, max_size=3).map(tuple), st.none() | texts)
plain = st.recursive(
    st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
specs = st.builds(
    Spec,
    key=st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
    title=st.dictionaries(st.sampled_from(["fr", "el", "en"]), texts),
    keeper=texts,
    licence=st.sampled_from(sorted(LICENCES)),
    attribution=texts,
    connector=st.sampled_from(connectors.CONNECTORS),
    location=texts,
    observed_on=texts,
    cadence=st.sampled_from(catalogue.CADENCES),
    territory=st.lists(st.from_regex("[A-Z]{2}", fullmatch=True), max_size=3).map(tuple),
    trust=st.floats(0, 1),
    homepage=texts,
    columns=st.dictionaries(st.sampled_from([*FIELDS, *INPUTS]), picks, max_size=4),
    kinds=st.dictionaries(texts, st.sampled_from(sorted(KINDS)), max_size=3),
    defaults=st.dictionaries(st.sampled_from(sorted(FIELDS)), texts, max_size=3),
    where=st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3),
    personal=st.lists(texts, max_size=3).map(tuple),
    derived_from=st.lists(texts, max_size=3).map(tuple),
    options=st.dictionaries(texts, plain, max_size=3),
)


@given(specs)
def test_json_and_back_is_the_same_declaration(spec: Spec) -> None:
    assert Spec.from_json(json.loads(json.dumps(spec.as_json()))) == spec


@pytest.mark.parametrize("path", sorted((ROOT / "catalogues").glob("*.toml")), ids=lambda path: path.name)
def test_the_catalogues_we_ship_are_sound(path: Path) -> None:
    assert catalogue.problems(path) == []
    specs = catalogue.load(path)
    assert all(spec.attribution and spec.homepage.startswith("https://") for spec in specs)


def test_what_a_connector_knows_by_itself_is_in_the_dictionary() -> None:
    for connector in connectors.CONNECTORS:
        ready = connectors.builtin(connector)
        assert set(ready.columns) | set(ready.defaults) <= {*FIELDS, *INPUTS}
        assert set(ready.kinds.values()) <= set(KINDS)
