"""What a stranger's list probably holds: real lists against the mapping made by hand, and headers in every language."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.fields import FIELDS, INPUTS
from coworkmed.sources import catalogue, connectors, proposals
from coworkmed.sources.catalogue import Pick
from coworkmed.sources.proposals import Proposal, guess_columns, propose

ROOT = Path(__file__).resolve().parents[2]


def proposed(folder: Path, content: str | bytes | Any) -> Proposal:
    path = folder / "list.download"
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return propose(path)


def targets(proposal: Proposal) -> dict[str, str]:
    return {guess.column: guess.target for guess in proposal.guesses}


PLACES = [
    [
        "1",
        "Romantso",
        "Anaxagora 3",
        "10552",
        "Athina",
        "37.981",
        "23.726",
        "https://romantso.example",
        "+30 210 7000000",
    ],
    [
        "2",
        "Impact Hub",
        "Karaiskaki 28",
        "10554",
        "Athina",
        "37.978",
        "23.722",
        "https://hub.example",
        "+30 210 7000001",
    ],
    [
        "3",
        "Stone Soup",
        "Emm. Benaki 5",
        "10678",
        "Athina",
        "37.985",
        "23.732",
        "https://soup.example",
        "+30 210 7000002",
    ],
    [
        "4",
        "CoHo",
        "Vas. Olgas 33",
        "54641",
        "Thessaloniki",
        "40.611",
        "22.953",
        "https://coho.example",
        "+30 2310 700003",
    ],
]
EXPECTED = ["id", "name", "address", "postcode", "locality", "lat", "lon", "web", "phone"]


@pytest.mark.parametrize(
    "headers",
    [
        "Α/Α;Επωνυμία;Διεύθυνση;Τ.Κ.;Πόλη;Γεωγραφικό πλάτος;Γεωγραφικό μήκος;Ιστοσελίδα;Τηλέφωνο",
        "Codice;Denominazione;Indirizzo;CAP;Comune;Latitudine;Longitudine;Sito web;Telefono",
        "Redni broj;Naziv;Adresa;Poštanski broj;Grad;Geografska širina;Geografska dužina;Web stranica;Telefon",
        "Código;Nombre del espacio;Dirección;Código postal;Municipio;Latitud;Longitud;Página web;Teléfono",
        "Codi;Nom de l'espai;Adreça;Codi postal;Municipi;Latitud;Longitud;Lloc web;Telèfon",
        "Identifiant;Nom du lieu;Adresse postale;Code postal;Commune;Latitude;Longitude;Site internet;Téléphone",
        "id;spaceName;fullAddress;zipCode;city;lat;lng;websiteUrl;phoneNumber",
        "tl_id;tl_nom;tl_adresse;tl_cp;tl_ville;tl_lat;tl_long;tl_site_web;tl_tel",
        "ID;NOM_TL;ADRESSE;CP;NOMCOM;LAT;LONG;WEB;TEL",
    ],
)
def test_headers_are_understood_in_every_language(tmp_path: Path, headers: str) -> None:
    found = proposed(tmp_path, "\n".join([headers, *map(";".join, PLACES)]))
    assert list(targets(found).values()) == EXPECTED
    assert found.country == "GR"
    assert (found.connector, found.options["delimiter"]) == ("csv", ";")
    assert all(guess.confidence >= 0.6 for guess in found.guesses)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Ωράριο λειτουργίας", "opening_hours"),
        ("Radno vrijeme", "opening_hours"),
        ("Horari d'obertura", "opening_hours"),
        ("Email", "email"),
        ("Correo electrónico", "email"),
        ("Elektronička pošta", "email"),
        ("Ηλ. ταχυδρομείο", "email"),
        ("Última actualización", "checked_on"),
        ("Datum ažuriranja", "checked_on"),
        ("Data aggiornamento", "checked_on"),
        ("Έτος ίδρυσης", "opened"),
        ("Godina osnivanja", "opened"),
        ("Anno di apertura", "opened"),
        ("Υπεύθυνος επικοινωνίας", "contact_name"),
        ("Persona de contacte", "contact_name"),
        ("Referente", "contact_name"),
        ("Θέσεις εργασίας", "desks"),
        ("Postazioni", "desks"),
        ("Llocs de treball", "desks"),
        ("Radna mjesta", "desks"),
        ("Dilluns", "hours_mo"),
        ("Ponedjeljak", "hours_mo"),
        ("Δευτέρα", "hours_mo"),
        ("OIB", "vat"),
        ("Partita IVA", "vat"),
        ("ΑΦΜ", "vat"),
        ("Numéro SIRET", "siret"),
    ],
)
def test_other_headers_are_understood_too(headers: str, expected: str) -> None:
    (guess,) = guess_columns({headers: ["", ""]})
    assert guess.target == expected


def test_contents_speak_where_headers_do_not() -> None:
    guesses = guess_columns(
        {
            "a": ["info@lab.example", "contact@hub.example", ""],
            "b": ["https://lab.example", "http://hub.example/x", "www.third.example"],
            "c": ["+33 4 91 00 00 00", "04 91 00 00 01", "0491000002"],
            "d": ["Lundi au vendredi 9h-18h", "9h-12h / 14h-17h", "24/7"],
            "e": ["Espace de coworking", "FabLab", "Tiers-lieu"],
            "f": ["73282932000074", "55210055400013", "35600000000048"],
            "g": ["blue", "green", "red"],
        }
    )
    assert [guess.target for guess in guesses] == ["email", "web", "phone", "opening_hours", "kinds", "siret", ""]
    assert all(guess.confidence < 0.9 for guess in guesses)  # and only so sure


def test_contents_that_contradict_a_header_take_its_word_away() -> None:
    (siret, internet) = guess_columns(
        {"SIRET": ["none yet", "asked", "?"], "INTERNET": ["https://a.example", "https://b.example", ""]}
    )
    assert siret.confidence < 0.5
    assert internet.target == "web"  # as the French census calls it


def test_two_columns_for_one_thing_are_tried_in_order() -> None:
    found = Proposal(
        "csv", guesses=guess_columns({"Ville": ["Nice", ""], "Commune": ["", "Sète"], "Contact": ["A B", ""]})
    )
    assert found.columns() == {"locality": Pick(("Ville", "Commune"))}
    assert found.personal() == ("Contact",)


def test_examples_are_the_first_three_different_values() -> None:
    (guess,) = guess_columns({"Ville": ["Nice", "", "Nice", " Sète ", "Arles", "Nîmes"]})
    assert guess.examples == ("Nice", "Sète", "Arles")


def test_the_country_needs_most_of_the_places(tmp_path: Path) -> None:
    lines = ["name;lat;lon", "A;43.7;7.26", "B;43.3;5.4", "C;45.8;15.97", "D;37.98;23.72"]
    assert proposed(tmp_path, "\n".join(lines)).country == ""
    assert proposed(tmp_path, "name;pays;lat;lon\n" + "A;FR;43.7;7.26\n" * 5).country == ""  # each row says it itself
    assert proposed(tmp_path, "name;tel\n" + "A;+385 1 234 567\n" * 5).country == "HR"


# the form of the file, whatever its name

SPACE = {"space": "Lab", "api_compatibility": ["15"], "url": "https://lab.example"}
FEATURE = {"type": "Feature", "properties": {"nom": "A"}, "geometry": {"type": "Point", "coordinates": [5, 43]}}


@pytest.mark.parametrize(
    ("content", "connector", "options"),
    [
        ("name,town\nA,Nice\n", "csv", {"delimiter": ","}),
        ("name\ttown\nA\tNice\n", "csv", {"delimiter": "\t"}),
        (
            "nom;ville\nÉtabli;Sète\nLa Cordée;Besançon\n".encode("cp1252"),
            "csv",
            {"delimiter": ";", "encoding": "cp1252"},
        ),
        (gzip.compress(b"name;town\nA;Nice\n"), "csv", {"delimiter": ";"}),
        ("id,pivot,nom,commune\n1,,A,Nice\n", "mednum", {}),
        ([{"id": "1", "pivot": "", "nom": "A", "commune": "Nice"}], "mednum", {}),
        ([{"nom": "A"}], "json", {}),
        ({"meta": {"x": 1}, "rows": [{"nom": "A"}]}, "json", {}),
        ({"a": [{"nom": "A"}, {"nom": "B"}], "b": {"c": [{"x": 1}]}}, "json", {"path": "a"}),
        ('{"nom": "A"}\n{"nom": "B"}\n', "ndjson", {}),
        ({"type": "FeatureCollection", "features": [FEATURE]}, "geojson", {}),
        ("\x1e" + json.dumps(FEATURE) + "\n\x1e" + json.dumps(FEATURE) + "\n", "geojson", {}),
        ({"version": 0.6, "elements": []}, "osm", {}),
        ('<?xml version="1.0"?>\n<osm version="0.6"></osm>', "osm", {}),
        (SPACE, "spaceapi", {}),
        ({"Lab": "https://lab.example/api"}, "spaceapi", {}),
        ([{"url": "https://lab.example", "valid": True, "data": SPACE}], "spaceapi", {}),
    ],
)
def test_the_form_is_recognised_by_what_is_in_it(tmp_path: Path, content: Any, connector: str, options: Any) -> None:
    found = proposed(tmp_path, content)
    assert (found.connector, found.options) == (connector, options)


def test_a_spreadsheet_is_recognised(tmp_path: Path) -> None:
    import openpyxl

    book, packed = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Denominazione", "Comune"])
    book.active.append(["Talent Garden", "Milano"])
    book.save(packed)
    found = proposed(tmp_path, packed.getvalue())
    assert (found.connector, targets(found)) == ("spreadsheet", {"Denominazione": "name", "Comune": "locality"})


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"%PDF-1.4", b'{"a": 1}', b"[1, 2", b"PK\x03\x04"])
def test_what_has_no_form_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        proposed(tmp_path, content)


def test_a_known_format_needs_no_guessing(tmp_path: Path) -> None:
    found = proposed(
        tmp_path,
        {
            "version": 0.6,
            "elements": [
                {"type": "node", "id": 1, "lat": 43.7, "lon": 7.26, "tags": {"office": "coworking", "name": "A"}}
            ],
        },
    )
    assert {guess.column: guess.target for guess in found.guesses if guess.confidence == 1}["name"] == "name"


def test_every_word_for_a_header_names_a_target_and_is_found_again() -> None:
    assert set(proposals.headers()) <= {*FIELDS, *INPUTS}
    for target, names in proposals.headers().items():
        assert all(proposals.header_score(name, target) == 1.0 for name in names)


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=15), max_size=6), max_size=6))
def test_any_columns_at_all_get_a_guess_each(columns: dict[str, list[str]]) -> None:
    guesses = guess_columns(columns)
    assert [guess.column for guess in guesses] == list(columns)
    assert all(
        0 <= guess.confidence <= 1 and (guess.target in FIELDS or guess.target in {"", *INPUTS}) for guess in guesses
    )
    single = [guess.target for guess in guesses if guess.target in ("id", "name", "lat", "lon")]
    assert len(single) == len(set(single))


@pytest.mark.data
def test_guesses_agree_with_the_mapping_made_by_hand(shared_data: Path) -> None:
    right = mapped = 0
    for spec in catalogue.load(ROOT / "catalogues" / "mediterranean.toml"):
        if spec.connector not in connectors.BUILTIN:
            by_hand = {name: target for target, pick in spec.columns.items() for name in pick.columns}
            found = propose(Path(spec.location))
            assert found.country == ("" if "country" in spec.columns else "FR")
            for guess in found.guesses:
                if guess.column in by_hand:
                    mapped += 1
                    right += guess.target == by_hand[guess.column]
    assert mapped > 180
    assert right / mapped >= 0.97
