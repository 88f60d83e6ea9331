"""Single comparisons, and the model's file."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coworkmed.linkage.compare import FEATURES, LEVELS, compare
from coworkmed.linkage.model import Model, shipped
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import house_numbers, name_words, street_words, town_words, word_class

ONE = Record(("a", "1"), "La Fabrique", country="FR", locality="Nice")


def level(feature: str, one: dict[str, Any], other: dict[str, Any], *more: Record) -> str:
    records = [replace(ONE, **one), replace(ONE, key=("b", "1"), **other), *more]
    found = compare(prepare(records), np.array([0]), np.array([1]))
    return LEVELS[feature][found.levels[0, FEATURES.index(feature)]]


@pytest.mark.parametrize(
    ("feature", "one", "other", "expected"),
    [
        (
            "premises",
            {"street": "rue de Rome", "number": "12"},
            {"street": "R. Rome", "number": "12 bis"},
            "street and number",
        ),
        (
            "premises",
            {"street": "rue de Rome", "number": "12-16"},
            {"street": "rue de Rome", "number": "14"},
            "street and number",
        ),
        (
            "premises",
            {"street": "rue de Rome", "number": "12"},
            {"street": "rue de Rome", "number": "18"},
            "near in the street",
        ),
        (
            "premises",
            {"street": "rue de Rome", "number": "12"},
            {"street": "rue de Rome", "number": "180"},
            "far along the street",
        ),
        ("premises", {"street": "rue de Rome", "number": "12"}, {"street": "rue de Rome"}, "street, a number unknown"),
        (
            "premises",
            {"street": "rue de Rome", "number": "12"},
            {"street": "quai du Port", "number": "9"},
            "other street",
        ),
        ("premises", {"street": "rue de Rome"}, {}, "unknown"),
        (
            "premises",
            {"street": "Hauptstr.", "number": "2"},
            {"street": "Hauptstraße", "number": "2"},
            "street and number",
        ),
        ("address_numbers", {"street": "calle 31", "number": "25"}, {"street": "25, 31 pte"}, "same"),
        ("address_numbers", {"street": "calle 31", "number": "25"}, {"street": "x", "number": "25"}, "some shared"),
        ("address_numbers", {"street": "x", "number": "25"}, {"street": "x", "number": "26"}, "none shared"),
        ("address_numbers", {"street": "x", "number": "25"}, {"street": "x"}, "unknown"),
        ("phone", {"phones": ("+4961263220",)}, {"phones": ("+494961263220",)}, "same"),
        ("department", {"name": "Garage Morel"}, {"name": "Garage Morel Carrosserie"}, "named"),
        ("department", {"name": "Pharmacie Morel"}, {"name": "Farmacia Morel"}, "none"),
        (
            "department",
            {"name": "Morel Parts", "urls": ("https://morel.com/stores/nice",)},
            {"name": "Morel", "urls": ("https://morel.com/en/",)},
            "named, on a site larger",
        ),
        ("site_name", {"domains": ("la-fabrique.org",)}, {}, "the name"),
        ("site_name", {"domains": ("lafabrique-nice.org",)}, {}, "part of the name"),
        ("site_name", {"domains": ("nice.fr",)}, {}, "other words"),
        ("site_name", {}, {}, "no site"),
        ("town", {"locality": "MARSEILLE 8e"}, {"locality": "Marsiglia"}, "same"),
        ("town", {"locality": "Αθήνα"}, {"locality": "Athens"}, "same"),
        ("town", {"locality": "Nice"}, {"locality": "Cannes"}, "differs"),
        ("postcode", {"postcode": "38868-3849"}, {"postcode": "38868"}, "same"),
        ("postcode", {"postcode": "0"}, {"postcode": "06000"}, "unknown"),
        ("postcode", {"postcode": "06000"}, {"postcode": "06200"}, "differs"),
        ("postcode", {"postcode": "06000"}, {"postcode": "06050"}, "same area"),
        ("phone", {"phones": ("+33493000001",)}, {"phones": ("+33493009999",)}, "same exchange"),
        ("profile", {"urls": ("https://facebook.com/a",)}, {"urls": ("https://twitter.com/a",)}, "unknown"),
        ("profile", {"urls": ("https://facebook.com/a",)}, {"urls": ("https://facebook.com/b",)}, "differs"),
        ("identifier", {"ids": ("SIREN:123456789",)}, {"ids": ("SIREN:123456789",)}, "unknown"),
        (
            "identifier",
            {"ids": ("SIRET:12345678900011",)},
            {"ids": ("SIRET:12345678900029",)},
            "other establishment of one company",
        ),
        ("identifier", {"ids": ("OSM:node/1",)}, {"ids": ("OSM:node/2",)}, "unknown"),
        ("kinds", {"kinds": ("COWORK",)}, {"kinds": ("FAB",)}, "unknown"),
        ("kinds", {"kinds": ("coffee shop",)}, {"kinds": ("hotel",)}, "under 0.01"),
        ("name_numbers", {"name": "Docks 2"}, {"name": "Docks 3"}, "differ"),
        ("inside", {"name": "MAMA"}, {"name": "Hacklab in mama"}, "yes"),
        ("inside", {"name": "MAMA"}, {"name": "Hacklab @ Mama"}, "yes"),
        ("inside", {"name": "MAMA"}, {"name": "In Mama"}, "no"),
        ("distance", {"lat": 43.7, "lon": 7.26}, {"lat": 43.7001, "lon": 7.26}, "on the spot"),
        ("distance", {"lat": 43.7, "lon": 7.26}, {"lat": 44.7, "lon": 7.26}, "beyond 50 km"),
        ("distance", {"lat": 43.7, "lon": 7.26}, {}, "unknown"),
    ],
)
def test_levels(feature: str, one: dict[str, Any], other: dict[str, Any], expected: str) -> None:
    assert level(feature, one, other) == expected
    assert level(feature, other, one) == expected


def test_a_domain_at_many_addresses_is_a_chain_s() -> None:
    many = [
        replace(ONE, key=("c", str(at)), street=f"rue {at}", number="1", domains=("chain.com",)) for at in range(1, 6)
    ]
    here = {"domains": ("chain.com",), "street": "rue A", "number": "1"}
    assert level("web", here, here) == "same"
    assert level("web", here, here, *many) == "shared by many"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("S.A.R.L. L'Atelier", ("sarl", "l", "atelier")),
        ("Co-Working & Fab Lab", ("coworking", "fablab")),
        ("Jack's Tiers-Lieu", ("jacks", "tierslieu")),
        ("Το Στέκι", ("to", "steki")),
    ],
)
def test_words_of_a_name(name: str, expected: tuple[str, ...]) -> None:
    assert name_words(name) == expected


def test_words_of_places() -> None:
    assert town_words("PARIS 12e") == town_words("Parigi") == ("paris",)
    assert street_words("Avenue de la République") == ("republique",)
    assert street_words("Place de la") == ("place", "de", "la")  # better common words than none
    assert [house_numbers(text) for text in ("12bis", "26-29", "29-2", "s/n", "")] == [
        (12, 12),
        (26, 29),
        (29, 29),
        (-1, -1),
        (-1, -1),
    ]
    assert [word_class(word, ("nice",)) for word in ("la", "scic", "nice", "coworking", "7", "caracol")] == [
        "stopword",
        "legal form",
        "town",
        "kind",
        "number",
        "",
    ]


def test_the_weights_file_reads_back_and_names_its_sources() -> None:
    model = shipped()
    assert Model.from_json(model.as_json()).as_json() == model.as_json()
    assert model.about["licence"]
    assert model.about["sources"]
    broken = model.as_json()
    del broken["weights"]["phone"]["same"]
    with pytest.raises(KeyError):
        Model.from_json(broken)
