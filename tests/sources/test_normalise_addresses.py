"""Addresses, postcodes and towns as lists around the sea write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fold import fold
from coworkmed.sources.normalise import addresses, towns

PARTS = [
    ("12 bis, Rue de la République", "FR", "12bis", "rue de la republique", ""),
    ("7bis Avenue Saint-Jérôme", "FR", "7bis", "avenue saint jerome", ""),
    ("20/22 boulevard Salvador Allende", "FR", "20-22", "boulevard salvador allende", ""),
    ("99 A boulevard Constantin Descat", "FR", "99a", "boulevard constantin descat", ""),
    ("16 BD GÉNÉRAL DE GAULLE", "FR", "16", "boulevard general de gaulle", ""),
    ("4 AV du Gal Leclerc", "FR", "4", "avenue du general leclerc", ""),
    ("n° 5 place du marché", "FR", "5", "place du marche", ""),
    ("5, pl. St-Jean", "FR", "5", "place saint jean", ""),
    ("94 grande rue - Pôle social le Clos St Martin", "FR", "94", "grande rue", ""),
    ("boulevard alphonse allais - Résidence La paternelle", "FR", "", "boulevard alphonse allais", ""),
    ("12 rue du 8 mai 1945", "FR", "12", "rue du 8 mai 1945", ""),
    ("Bât. B, 3 rue X", "FR", "3", "rue x", "bat b"),
    ("3 rue de la Paix, 2ème étage", "FR", "3", "rue de la paix", "2eme etage"),
    ("Bâtiment C IM2AG 220 rue de la Chimie", "FR", "220", "rue de la chimie", "batiment c im2ag"),
    ("Maison de quartier 11 rue du Gaingalet", "FR", "11", "rue du gaingalet", ""),
    ("Mairie d'Aiguebelle, Rue de l'Hôtel de Ville", "FR", "", "rue de l hotel de ville", ""),
    ("ZA les Hautes Vignes", "FR", "", "zone artisanale les hautes vignes", ""),
    ("198 bis", "FR", "198bis", "", ""),
    ("via Roma, 12/b int. 3", "IT", "12b", "via roma", "int 3"),
    ("P.zza Duomo 3", "IT", "3", "piazza duomo", ""),
    ("C.so Vittorio Emanuele II 154", "IT", "154", "corso vittorio emanuele ii", ""),
    ("C, Palaudàries 25-27", "ES", "25-27", "calle palaudaries", ""),
    ("C/Pujades 102", "ES", "102", "calle pujades", ""),
    ("Carrer de Pujades, 102", "ES", "102", "calle de pujades", ""),
    ("Avda. Diagonal, 123, 2º", "ES", "123", "avenida diagonal", "2o"),
    ("Οδός Ερμού 12", "GR", "12", "ermou", ""),
    ("Ερμού 12", "GR", "12", "ermou", ""),
    ("Λεωφ. Συγγρού 33", "GR", "33", "leoforos syngrou", ""),
    ("ul. Ilica 12a", "HR", "12a", "ilica", ""),
    ("Ilica 12", "HR", "12", "ilica", ""),
    ("Trg bana Jelačića 1", "HR", "1", "trg bana jelacica", ""),
]


@pytest.mark.parametrize(("line", "country", "number", "street", "unit"), PARTS)
def test_parts(line: str, country: str, number: str, street: str, unit: str) -> None:
    assert addresses.parse(line, country) == addresses.Parts(number, street, unit)


@pytest.mark.parametrize("line", ["rue du  novembre", "avenue du  mai", "Bd du novembre 1918", "rue du ème RI"])
def test_a_street_that_lost_its_number_is_doubted(line: str) -> None:
    found = addresses.read(line, "FR")
    assert found
    assert found.doubt == "LOST_DIGITS"


@pytest.mark.parametrize("line", ["rue du 11 novembre", "12 rue du 8 mai 1945", "rue du Mail", "rue du Bois"])
def test_a_street_that_kept_it_is_not(line: str) -> None:
    found = addresses.read(line, "FR")
    assert found
    assert found.doubt == ""


def test_a_shouted_address_is_shown_calmly() -> None:
    found = addresses.read("PLACE DU CHAMP DE FOIRE\nBP 12", "FR")
    assert found
    assert (found.value["line"], found.repair) == ("Place du Champ de Foire, BP 12", "CAPITALS")
    assert addresses.read(" - ", "FR") is None


@pytest.mark.parametrize(
    ("line", "country", "found"),
    [
        ("5 Rue Roland Garros, 41000 Blois, France", "FR", ("5 Rue Roland Garros", "41000", "Blois")),
        ("156 rue Oberkampf 75011 Paris", "FR", ("156 rue Oberkampf", "75011", "Paris")),
        ("29 rue de Meaux, 75019 PARIS, lundi", "FR", ("29 rue de Meaux", "75019", "PARIS")),
        ("14 rue X, Cannes, Provence-Alpes-Cote d'Azur, 06150", "FR",
         ("14 rue X, Cannes, Provence-Alpes-Cote d'Azur", "06150", "")),
        ("C/Pujades 102. Poble Nou, Barcelona 08005 Espa_a", "ES", ("C/Pujades 102. Poble Nou", "08005", "Barcelona")),
        ("Carrer Consell de Cent, 159, 08015 Barcelona, Spain", "ES", ("Carrer Consell de Cent, 159", "08015",
        "Barcelona")),
        ("Via Roma 1 - 20121 Milano MI, Italy", "IT", ("Via Roma 1", "20121", "Milano")),
        ("Ermou 1, 105 63 Athens, Greece", "GR", ("Ermou 1", "10563", "Athens")),
        ("Ilica 1, HR-10000 Zagreb", "HR", ("Ilica 1", "10000", "Zagreb")),
        ("6, rue des alpes, 93290 Tremblay en France", "FR", ("6, rue des alpes", "93290", "Tremblay en France")),
        ("3 Rue X, 39290, Parking gratuit derrière le FabLab", "FR", ("3 Rue X", "39290", "")),
        ("Istanbul, Turkey", "TR", ("Istanbul, Turkey", "", "")),
    ],
)  # fmt: skip
def test_the_end_of_a_line(line: str, country: str, found: tuple[str, str, str]) -> None:
    assert towns.tail(line, country) == found


@pytest.mark.parametrize(
    ("text", "country", "lau", "found"),
    [
        ("13001", "FR", "13201", ("13001", "", "")),
        ("1000", "FR", "", ("01000", "PADDED", "")),
        ("8005", "ES", "", ("08005", "PADDED", "")),
        ("74360.0", "FR", "", ("74360", "", "")),
        ("F-13001", "FR", "", ("13001", "", "")),
        ("20000", "FR", "2A004", ("20000", "", "")),
        ("97400", "FR", "97411", ("97400", "", "")),
        ("69003", "FR", "38001", ("69003", "", "OTHER_DEPARTMENT")),
        ("105 57", "GR", "", ("10557", "", "")),
        ("1234567", "FR", "", ("1234567", "", "BAD_POSTCODE")),
        ("99000", "ES", "", ("99000", "", "BAD_POSTCODE")),
        ("0", "FR", "", ("", "", "")),
        ("Marseille", "FR", "", ("", "", "")),
        ("SW1A 1AA", "GB", "", ("SW1A 1AA", "", "")),
    ],
)
def test_postcodes(text: str, country: str, lau: str, found: tuple[str, str, str]) -> None:
    assert towns.postcode(text, country, lau) == found


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("PORT-SAINT-LOUIS-DU-RHÔNE", "Port-Saint-Louis-du-Rhône"),
        ("L'ISLE-SUR-LA-SORGUE", "L'Isle-sur-la-Sorgue"),
        ("PARIS 14", "Paris"),
        ("Marseille 13e Arrondissement", "Marseille"),
        ("LYON CEDEX 03", "Lyon"),
        ("Athens (Kolonaki)", "Athens"),
        ("aix les bains", "Aix les Bains"),
        ("ΘΕΣΣΑΛΟΝΊΚΗ", "Θεσσαλονίκη"),
        ("AY", "AY"),
        ("Nice", "Nice"),
    ],
)
def test_towns(given: str, shown: str) -> None:
    found = towns.locality(given)
    assert found
    assert (found.value, found.given) == (shown, given)


def test_a_number_is_no_town() -> None:
    assert towns.locality("13001") is None


@given(st.text(), st.sampled_from(["FR", "IT", "ES", "GR", "HR", "PT", "XX", ""]))
def test_any_text_is_taken_apart_without_harm(text: str, country: str) -> None:
    parts = addresses.parse(text, country)
    assert parts.street == fold(parts.street)
    towns.tail(text, country)
    code, _, _ = towns.postcode(text, country)
    assert not code or towns.postcode(code, country)[0] == code


@given(st.integers(1, 9999), st.sampled_from(["", " bis", " ter"]), st.sampled_from(["rue", "av.", "Bd", "place"]))
def test_a_french_number_stands_in_front(number: int, extra: str, kind: str) -> None:
    parts = addresses.parse(f"{number}{extra} {kind} Jean Jaurès", "FR")
    assert parts.number == f"{number}{extra.strip()}"
    assert parts.street.endswith("jean jaures")
