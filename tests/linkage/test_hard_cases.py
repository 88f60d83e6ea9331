"""The cases that fool matchers, by name."""

from dataclasses import replace

import numpy as np
import pytest

from coworkmed.linkage import engine
from coworkmed.linkage.cluster import Rules, cluster
from coworkmed.linkage.records import Linkage, Record, Ruling


def linked(*records: Record, rulings: tuple[Ruling, ...] = ()) -> Linkage:
    return engine.link(records, rulings)


def together(linkage: Linkage, one: int, other: int) -> bool:
    return any(one in cluster and other in cluster for cluster in linkage.clusters)


def chance(one: Record, other: Record) -> float:
    return engine.score([one, other], [(0, 1)])[0].probability


REGUS_PRADO = Record(
    ("a", "1"),
    "Regus",
    country="FR",
    locality="Marseille",
    postcode="13008",
    street="Avenue du Prado",
    number="565",
    lat=43.2711,
    lon=5.3897,
    domains=("regus.com",),
)
REGUS_JOLIETTE = replace(
    REGUS_PRADO, key=("c", "1"), postcode="13002", street="Place de la Joliette", number="10", lat=43.3047, lon=5.3665
)


def test_two_branches_of_a_chain_in_one_town_stay_apart() -> None:
    found = linked(REGUS_PRADO, REGUS_JOLIETTE)
    assert not together(found, 0, 1)
    assert not found.doubts  # nor is a reviewer asked about them


def test_branches_stay_apart_even_with_one_telephone_and_one_page() -> None:
    shared = {"phones": ("+33800000000",), "urls": ("https://regus.com/marseille",)}
    assert not together(linked(replace(REGUS_PRADO, **shared), replace(REGUS_JOLIETTE, **shared)), 0, 1)


def test_one_branch_in_two_lists_is_one_place() -> None:
    other = replace(REGUS_PRADO, key=("b", "1"), name="Regus Marseille Prado", lat=43.2712)
    assert together(linked(REGUS_PRADO, other, REGUS_JOLIETTE), 0, 1)


def test_a_chain_nobody_declared_shows_by_its_domain() -> None:
    streets = ("Rue Haxo", "Rue Grignan", "Quai du Port", "Cours Julien", "Rue Sainte")
    branches = [
        Record(
            (f"list-{at % 2}", str(at)),
            "Bureaux Zenobia",
            country="FR",
            locality="Marseille",
            street=street,
            number=str(10 + at),
            lat=43.29 + at / 200,
            lon=5.37,
            domains=("zenobia.example",),
        )
        for at, street in enumerate(streets)
    ]
    found = linked(*branches)
    assert len(found.clusters) == len(branches)


def test_tenants_of_one_building_are_not_one_place() -> None:
    home = {
        "country": "FR",
        "locality": "Marseille",
        "postcode": "13003",
        "street": "Rue Jobin",
        "number": "41",
        "lat": 43.3096,
        "lon": 5.3904,
    }
    workshop = Record(("a", "1"), "Lieu de Fabrication Ouvert", kinds=("FAB",), **home)
    nursery = Record(("b", "1"), "Crèche des Loupiots", **home)
    radio = Record(("c", "1"), "Radio Grenouille", **home)
    assert len(linked(workshop, nursery, radio).clusters) == 3


def test_tenants_who_share_a_switchboard_are_no_more_than_likely_one() -> None:
    """The real pair: two readers out of three took them for one place."""
    home = {"locality": "Cannes", "street": "rue de Mimont", "number": "5", "phones": ("+33492997777",)}
    desk = Record(("a", "1"), "Espace Public Numérique", lat=43.55, lon=7.01, **home)
    assert chance(desk, replace(desk, key=("b", "1"), name="Locoworking")) < 0.6
    elsewhere = replace(desk, key=("b", "1"), name="Locoworking", number="29", lat=43.552)
    assert not together(linked(desk, elsewhere), 0, 1)


def test_a_renamed_place_with_its_old_number_is_found_again() -> None:
    old = Record(
        ("a", "1"),
        "La Paillasse Saône",
        locality="Villeurbanne",
        street="rue du Luizet",
        number="1",
        lat=45.7835,
        lon=4.8844,
        ids=("SIRET:80432110500010",),
    )
    new = replace(old, key=("b", "1"), name="La MYNE")
    assert together(linked(old, new), 0, 1)


def test_a_renamed_place_without_any_number_is_not_joined_blindly() -> None:
    old = Record(("a", "1"), "Coworkain", locality="Bourg-en-Bresse", street="rue des Casernes", number="4")
    assert not together(linked(old, replace(old, key=("b", "1"), name="Le QG")), 0, 1)


def test_a_moved_place_goes_to_review() -> None:
    before = Record(
        ("a", "1"),
        "Centifolab",
        country="FR",
        locality="Grasse",
        postcode="06130",
        street="route de la Marigarde",
        number="23",
        lat=43.6541,
        lon=6.9301,
        domains=("centifolab.org",),
        urls=("https://www.facebook.com/Centifolab/",),
    )
    after = replace(before, key=("b", "1"), street="avenue Chiris", number="21", lat=43.6582, lon=6.9285)
    found = linked(before, after)
    assert together(found, 0, 1) or [(pair.left, pair.right) for pair in found.doubts].tolist() == [0, 0]


def test_greek_and_latin_spellings_of_one_name_meet() -> None:
    greek = Record(
        ("a", "1"), "Το Στέκι της Πλάκας", country="GR", locality="Αθήνα", street="Ευαγγελιστρίας", number="12"
    )
    latin = Record(
        ("b", "1"), "To Steki tis Plakas", country="GR", locality="Athens", street="Evangelistrias", number="12"
    )
    assert together(linked(greek, latin), 0, 1)


def test_croatian_letters_and_their_plain_spelling_meet() -> None:
    one = Record(("a", "1"), "Kuća Đurđevac", country="HR", locality="Đakovo", street="Šetalište kralja", number="3")
    other = Record(
        ("b", "1"), "Kuca Djurdjevac", country="HR", locality="Djakovo", street="Setaliste kralja", number="3"
    )
    assert together(linked(one, other), 0, 1)


def test_a_name_and_its_initials() -> None:
    whole = Record(
        ("a", "1"),
        "Liberté Living Lab",
        locality="Paris",
        street="rue d'Alexandrie",
        number="9",
        lat=48.8679,
        lon=2.3507,
    )
    short = replace(whole, key=("b", "1"), name="LLL")
    other = replace(whole, key=("b", "1"), name="XYZ")
    assert chance(whole, short) > chance(whole, other)
    assert any(reason.code == "ACRONYM" for reason in engine.score([whole, short], [(0, 1)])[0].reasons)


@pytest.mark.parametrize("misspelt", ["Impact Hub Zagerb", "ImpactHub Zagreb", "Impakt Hub Zagreb"])
def test_impact_hub_zagreb_misspelt(misspelt: str) -> None:
    right = Record(
        ("a", "1"),
        "Impact Hub Zagreb",
        country="HR",
        locality="Zagreb",
        street="Vlaška",
        number="70e",
        lat=45.8144,
        lon=15.9906,
    )
    wrong = replace(right, key=("b", "1"), name=misspelt, lat=45.8146)
    assert together(linked(right, wrong), 0, 1)


def test_impact_hub_zagreb_misspelt_in_two_lists_is_one_place() -> None:
    right = Record(
        ("a", "1"),
        "Impact Hub Zagreb",
        country="HR",
        locality="Zagreb",
        street="Vlaška",
        number="70e",
        lat=45.8144,
        lon=15.9906,
    )
    one, other = (
        replace(right, key=(source, "1"), name=name)
        for source, name in (("b", "Impact Hab Zagreb"), ("c", "Impact Hub Zagrb"))
    )
    assert linked(right, one, other).clusters == [(0, 1, 2)]


def test_a_hacklab_inside_a_club_is_not_the_club() -> None:
    home = {
        "country": "HR",
        "locality": "Zagreb",
        "street": "Preradovićeva",
        "number": "18",
        "lat": 45.8099,
        "lon": 15.9754,
    }
    club = Record(("a", "1"), "MAMA", kinds=("CULTURE",), domains=("mi2.hr",), **home)
    hacklab = Record(("b", "1"), "Hacklab in mama", kinds=("FAB",), domains=("hacklab01.org",), **home)
    assert not together(linked(club, hacklab), 0, 1)


def test_numbers_in_names_tell_places_apart() -> None:
    first = Record(("a", "1"), "Coworking Docks 1", locality="Toulon", lat=43.12, lon=5.93)
    assert chance(first, replace(first, key=("b", "1"), name="Coworking Docks 2")) < 0.5
    assert chance(first, replace(first, key=("b", "1"))) > chance(
        first, replace(first, key=("b", "1"), name="Coworking Docks")
    )


def test_kind_legal_form_and_town_count_for_little() -> None:
    one = Record(("a", "1"), "SCIC Caracol", locality="Nice", lat=43.70, lon=7.26)
    assert chance(one, replace(one, key=("b", "1"), name="Espace de coworking Caracol Nice")) > 0.75
    assert chance(one, replace(one, key=("b", "1"), name="SCIC Limace")) < 0.35


def test_two_establishments_of_one_company_are_two_places() -> None:
    one = Record(
        ("a", "1"), "Ateliers Réunis", locality="Lyon", street="rue Bugeaud", number="3", ids=("SIRET:53511306200058",)
    )
    other = replace(one, key=("b", "1"), street="quai Jean Moulin", number="4", ids=("SIRET:53511306200082",))
    found = engine.score([one, other], [(0, 1)])[0]
    assert found.probability < 0.35
    assert "ID_COMPANY" in {reason.code for reason in found.reasons}


def test_streets_named_after_different_dates_differ() -> None:
    one = Record(("a", "1"), "Le Mas", locality="Alès", street="rue du 8 mai 1945", number="4")
    other = replace(one, key=("b", "1"), street="rue du 11 novembre 1918")
    assert "ADDRESS_NUMBER" in {reason.code for reason in engine.score([one, other], [(0, 1)])[0].reasons}


def test_a_vague_position_does_not_part() -> None:
    exact = Record(("a", "1"), "La Grange aux Loups", locality="Digne", lat=44.0937, lon=6.2363, radius_m=30)
    town = replace(exact, key=("b", "1"), lat=44.0990, lon=6.2300, radius_m=3_000)
    assert together(linked(exact, town), 0, 1)
    assert chance(exact, replace(town, radius_m=30)) < chance(exact, town)


@pytest.mark.parametrize(
    ("odds", "of_two_lists", "of_one"), [(3.0, True, True), (0.4, True, False), (-0.4, False, False)]
)
def test_two_entries_of_one_list_need_more_evidence_to_be_joined(odds: float, of_two_lists: bool, of_one: bool) -> None:
    left, right, known = np.array([0]), np.array([1]), np.array([odds])

    def joined(*sources: int) -> bool:
        rules = Rules(frozenset(), frozenset(), np.array(sources))
        return cluster(2, left, right, known, rules, lambda one, other: (known, known > 9)).tolist() == [0, 0]

    assert (joined(0, 1), joined(0, 0)) == (of_two_lists, of_one)


def test_two_branches_some_streets_apart_stay_apart_even_without_an_address() -> None:
    one = Record(("a", "1"), "WeWork", kinds=("COWORK",), country="FR", locality="Paris", lat=48.8716, lon=2.3110)
    found = linked(one, replace(one, key=("b", "1"), name="Wework", lat=48.8747, lon=2.3215))
    assert not together(found, 0, 1)
