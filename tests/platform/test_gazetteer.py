"""Towns, regions and countries by name and by position, in every spelling a reader or a list may have."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.platform import gazetteer

ATHENS, SPLIT, SIBENIK, MARSEILLE, ROME = "264371", "3190261", "3190941", "2995469", "3169070"
TOWNS = [gazetteer.town(number) for number in gazetteer._book().ids.tolist()]

towns = st.sampled_from(TOWNS)


def first(text, **more):
    found = gazetteer.named(text, **more)
    return (found[0].kind, found[0].code) if found else None


@pytest.mark.parametrize(
    "text", ["αθηνα", "ΑΘΗΝΑ", "Αθήνα", "Athènes", "Atene", "Atenes", "Atenas", "athina", "أثينا", "Атина"]
)
def test_athens_in_any_spelling(text):
    assert first(text) == ("town", ATHENS)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("sibenik", "town", SIBENIK), ("Spalato", "town", SPLIT), ("سبليت", "town", SPLIT), ("Сплит", "town", SPLIT),
        ("Marsiglia", "town", MARSEILLE), ("Roma", "town", ROME), ("Trastevere", "town", ROME),
        ("LA CIOTAT", "town", "3010025"), ("aix en provence", "town", "3038354"), ("Nova Gorica", "town", "3194452"),
        ("laquila", "town", "3175121"), ("spezia", "town", "3175081"),
        ("Ελλάδα", "country", "GR"), ("ελλαδα", "country", "GR"), ("Grèce", "country", "GR"),
        ("Grčka", "country", "GR"),
        ("Hrvatska", "country", "HR"), ("Croatie", "country", "HR"), ("Κροατία", "country", "HR"),
        ("تونس", "country", "TN"), ("Monaco", "country", "MC"), ("Turquia", "country", "TR"),
        ("PACA", "region", "FR-PAC"), ("Région Sud", "region", "FR-PAC"), ("Catalunya", "region", "ES-CT"),
        ("Καταλωνία", "region", "ES-CT"), ("Ligurie", "region", "IT-42"), ("αττικη", "region", "GR-I"),
        ("Splitsko-dalmatinska", "region", "HR-17"), ("Corse", "region", "FR-20R"), ("Sardenya", "region", "IT-88"),
    ],
)  # fmt: skip
def test_a_territory_by_a_name_of_it(text, kind, code):
    assert first(text) == (kind, code)


@pytest.mark.parametrize(
    ("text", "code"), [("grecka", "GR"), ("kroasi", "HR"), ("thesaloniki", "734077"), ("barcelne", "3128760")]
)
def test_misspelt(text, code):
    assert first(text) is None
    assert first(text, typos=True)[1] == code


def test_what_is_named_so_leaves_no_room_for_misspellings():
    exact = gazetteer.named("Nice", limit=50)
    assert exact[0].label == "Nice"
    assert gazetteer.named("Nice", typos=True, limit=50) == exact


@pytest.mark.parametrize(
    ("text", "code"), [("athi", ATHENS), ("αθη", ATHENS), ("mars", MARSEILLE), ("la cio", "3010025")]
)
def test_as_you_type(text, code):
    assert code in [one.code for one in gazetteer.named(text, prefix=True)]


def test_a_usual_name_begins_before_a_rare_one():
    found = [one.code for one in gazetteer.named("la ci", prefix=True)]
    assert found.index("3010025") < found.index("3128760")  # La Ciotat, and Barcelona for its Ciutat Vella


@pytest.mark.parametrize("text", ["", " ", "!?", "xyzzyqq", "qqqqqqqqqq" * 1000, "12345", "\x00", "☕"])
def test_nonsense(text):
    assert gazetteer.named(text, prefix=True, typos=True) == []


def test_no_more_than_asked_and_nothing_twice():
    found = gazetteer.named("s", prefix=True, limit=20)
    assert len(found) == len(set(found)) == 20


@given(towns, st.sampled_from(["NFC", "NFD"]), st.sampled_from([str.lower, str.upper, str]), st.booleans())
def test_every_town_by_its_own_name_in_any_accenting(town, form, case, bare):
    text = case(unicodedata.normalize(form, town.name))
    if bare:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    assert str(town.id) in [one.code for one in gazetteer.named(text, limit=1000)]


@given(towns)
def test_a_town_lies_in_itself(town):
    assert gazetteer.locate(town.country, town.name, town.lat, town.lon) == town
    assert gazetteer.locate("", town.name, town.lat, town.lon) == town


@given(towns, st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_no_town_is_less_remote_than_the_one_found(town, north, east):
    lat, lon = town.lat + north, town.lon + east
    found = gazetteer.locate(town.country, "", lat, lon)

    def remote(one):
        away = math.hypot(one.lat - lat, (one.lon - lon) * math.cos(math.radians(lat))) * gazetteer.DEGREE_KM
        return gazetteer.remoteness(away, gazetteer.reach_km(one.population)), away

    others = [remote(one) for one in TOWNS if one.country == town.country]
    least = min(score for score, away in others if away <= gazetteer.TOWN_KM)
    assert found is not None and remote(found)[0] == pytest.approx(least)


@pytest.mark.parametrize(
    ("country", "locality", "lat", "lon", "expected"),
    [
        ("FR", "Marseille 6e", 43.286, 5.383, "Marseille"),
        ("FR", "", 43.286, 5.383, "Marseille"),
        ("FR", "MARSEILLE CEDEX 06", None, None, "Marseille"),
        ("FR", "Lyon 3e Arrondissement", None, None, "Lyon"),
        ("FR", "Montreuil", 48.86, 2.44, "Montreuil"),
        ("FR", "", 48.8584, 2.2945, "Paris"),
        ("FR", "", 48.86, 2.44, "Montreuil"),
        ("FR", "St Etienne", None, None, "Saint-Étienne"),
        ("FR", "Valbonne Sophia Antipolis", 43.62, 7.05, "Valbonne"),
        ("FR", "Saint-Denis", -20.88, 55.45, "Saint-Denis"),
        ("GR", "Athina (Exarchia)", 37.986, 23.733, "Athína"),
        ("GR", "Αθήνα", None, None, "Athína"),
        ("IT", "Milan", None, None, "Milano"),
        ("HR", "Spalato", 43.51, 16.44, "Split"),
        ("ES", "Sant Martí", 41.41, 2.20, "Barcelona"),
        ("ES", "L'Hospitalet", 41.36, 2.10, "L'Hospitalet de Llobregat"),
    ],
)
def test_the_town_a_place_lies_in(country, locality, lat, lon, expected):
    assert gazetteer.locate(country, locality, lat, lon).name == expected


def test_of_towns_of_one_name_the_position_tells_else_the_largest():
    in_paris = gazetteer.locate("FR", "Saint-Denis", 48.936, 2.357)
    on_the_island = gazetteer.locate("FR", "Saint-Denis", -20.88, 55.45)
    assert (in_paris.region, on_the_island.region) == ("FR-IDF", "FR-974")
    assert gazetteer.locate("FR", "Saint-Denis", None, None) == max(
        in_paris, on_the_island, key=lambda one: one.population
    )


def test_a_name_far_from_the_position_loses_to_it():
    assert gazetteer.locate("FR", "Marseille", 48.8584, 2.2945).name == "Paris"


@pytest.mark.parametrize(
    ("country", "locality", "lat", "lon"),
    [
        ("FR", "Atlantide", 0.0, 0.0), ("FR", "", 51.5, -40.0), ("FR", "", None, None), ("XX", "Paris", 48.85, 2.35),
        ("FR", "x", math.nan, 2.0), ("FR", "", math.inf, -math.inf), ("FR", "?" * 10_000, 500.0, 500.0),
        ("FR", "Villeneuve de nulle part", None, None),
    ],
)  # fmt: skip
def test_no_town(country, locality, lat, lon):
    assert gazetteer.locate(country, locality, lat, lon) is None


def test_a_position_that_is_none_leaves_the_name():
    assert gazetteer.locate("FR", "Marseille", math.nan, 999.0).name == "Marseille"
    assert gazetteer.locate("FR", "Marseille", 0.0, 0.0).name == "Marseille"


def test_in_a_query():
    found = gazetteer.find_in(["coworking", "split", "croatie"])
    assert [(start, end, one.code) for start, end, one in found] == [(1, 2, SPLIT), (2, 3, "HR")]
    found = gazetteer.find_in("fablab aix en provence la ciotat".split())
    assert [(start, end, one.label) for start, end, one in found] == [(1, 4, "Aix-en-Provence"), (4, 6, "La Ciotat")]
    assert gazetteer.find_in([]) == []


@given(st.lists(st.sampled_from("la de split nova gorica aix en provence cafe 42 xyzzyqq".split()), max_size=12))
def test_runs_in_a_query_follow_each_other(words):
    end = 0
    for start, stop, one in gazetteer.find_in(words):
        assert end <= start < stop <= len(words)
        assert one in gazetteer.named(" ".join(words[start:stop]), limit=1000)
        end = stop


def test_labels_are_the_readers():
    athens = gazetteer.named("athina")[0]
    in_all = [gazetteer.label(athens, language) for language in LANGUAGES]
    assert in_all == ["Athènes", "Αθήνα", "Atene", "Atena", "Atenas", "Atenes", "Athens"]
    assert gazetteer.label("GR", "hr") == "Grčka"
    assert gazetteer.label("ES-CT", "ca") == "Catalunya"
    assert gazetteer.label("3010025", "el") == "La Ciotat"
    assert gazetteer.label("TR-34", "xx") == gazetteer.region("TR-34").name("en")
    assert [gazetteer.label(code, "fr") for code in ("QX", "XX-1", "1")] == ["QX", "XX-1", "1"]


@pytest.mark.parametrize("country", ["FR", "IT", "ES", "GR", "HR", "CY"])
def test_regions_have_a_name_in_every_language_of_the_site(country):
    for region in gazetteer.regions(country):
        assert set(region.names) == set(LANGUAGES), region


def test_regions_and_towns_know_each_other():
    for country in gazetteer._book().listed:
        for region in gazetteer.regions(country):
            listed = gazetteer.towns(region.code)
            assert listed and all((one.region, one.country) == (region.code, country) for one in listed)
            assert [one.population for one in listed] == sorted((one.population for one in listed), reverse=True)
            assert gazetteer.region(region.code) is region
    assert gazetteer.towns("FR-PAC")[0].name == "Marseille"
    assert (gazetteer.regions("XX"), gazetteer.towns("XX-1"), gazetteer.region(""), gazetteer.town(0)) == (
        [],
        [],
        None,
        None,
    )


def test_nearly_every_town_has_a_region():
    without = {one.country for one in TOWNS if not one.region}
    assert without <= {"XK", "GI", "MC", "VA", "PS", "RS", "BA", "MA", "MK"}
    assert sum(not one.region for one in TOWNS) < 200


@pytest.mark.parametrize(
    ("name", "country", "region"),
    [
        ("Marseille", "FR", "FR-PAC"), ("Ajaccio", "FR", "FR-20R"), ("Milano", "IT", "IT-25"),
        ("Lisboa", "PT", "PT-11"),
        ("Barcelona", "ES", "ES-CT"), ("Athína", "GR", "GR-I"), ("Thessaloníki", "GR", "GR-B"),
        ("Split", "HR", "HR-17"),
        ("Zagreb", "HR", "HR-21"), ("Tiranë", "AL", "AL-11"), ("Sarajevo", "BA", "BA-BIH"), ("Limassol", "CY", "CY-02"),
        ("Tunis", "TN", "TN-11"), ("Marrakech", "MA", "MA-07"), ("Beyrouth", "LB", "LB-BA"), ("Koper", "SI", "SI-050"),
        ("Beograd", "RS", "RS-00"), ("Skopje", "MK", "MK-85"),
    ],
)  # fmt: skip
def test_the_region_of_a_town(name, country, region):
    assert gazetteer.locate(country, name, None, None).region == region
