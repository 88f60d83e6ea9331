"""Check digits against python-stdnum as an oracle, spreadsheet damage, and persons' numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.es import cif, dni, nie
from stdnum.fr import siren, siret, tva
from stdnum.gr import vat as afm
from stdnum.hr import oib
from stdnum.it import codicefiscale, iva

from coworkmed.sources.normalise import identifiers

DIGITS = st.text("0123456789", min_size=8, max_size=14)


@given(DIGITS)
def test_digits_agree_with_the_oracle(body: str) -> None:
    for number in (body[:-1] + digit for digit in "0123456789"):  # among ten neighbours one is good
        assert identifiers.siren(number) == siren.is_valid(number)
        assert identifiers.siret(number) == siret.is_valid(number)
        assert identifiers.it_vat(number) == iva.is_valid(number)
        assert identifiers.hr_oib(number) == oib.is_valid(number)
        if number.strip("0"):
            assert identifiers.gr_afm(number) == (len(number) == 9 and afm.is_valid(number))


@given(st.sampled_from("ABCDEFGHJNPQRSUVW"), st.text("0123456789", min_size=7, max_size=7))
def test_spanish_bodies_agree_with_the_oracle(letter: str, body: str) -> None:
    for control in "0123456789ABCDEFGHIJ":
        assert identifiers.es_cif(letter + body + control) == cif.is_valid(letter + body + control)


@given(
    st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=2, max_size=2), st.text("0123456789", min_size=8, max_size=8)
)
def test_french_vat_agrees_with_the_oracle(key: str, body: str) -> None:
    number = next(body + digit for digit in "0123456789" if identifiers.luhn(body + digit))
    assert identifiers.fr_vat(key + number) == tva.is_valid(key + number)


@given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from("ABCDEFGHJKLMNPQRSTVWXYZ"))
def test_a_person_s_number_is_told_from_a_body_s(body: str, letter: str) -> None:
    assert identifiers.personal(body + letter) == dni.is_valid(body + letter)
    assert identifiers.personal("X" + body[1:] + letter) == nie.is_valid("X" + body[1:] + letter)
    assert not identifiers.personal(body)


def test_an_italian_person_is_told_from_a_body() -> None:
    assert codicefiscale.is_valid("RCCMNL83S18D969H")
    assert identifiers.personal("RCC MNL 83S18 D969H")
    assert not identifiers.personal("00743110157")


@pytest.mark.parametrize(
    ("text", "scheme", "country", "found"),
    [
        ("732 829 320 00074", "SIRET", "FR", ("SIRET", "73282932000074", True)),
        ("732829320", "SIRET", "FR", ("SIREN", "732829320", True)),
        ("73282932000074", "SIREN", "FR", ("SIRET", "73282932000074", True)),
        ("35600000049837", "SIRET", "FR", ("SIRET", "35600000049837", True)),  # La Poste
        ("73282932000075", "SIRET", "FR", ("SIRET", "73282932000075", False)),
        ("4,34806402E8", "SIREN", "FR", ("SIREN", "434806402", True)),  # a spreadsheet's float
        ("434806402.0", "SIREN", "FR", ("SIREN", "434806402", True)),
        ("5520135", "SIREN", "FR", ("SIREN", "005520135", True)),  # leading noughts lost
        ("W751234567", "RNA", "FR", ("RNA", "W751234567", True)),
        ("W2A1234567", "SIREN", "FR", ("RNA", "W2A1234567", True)),
        ("FR 40 303 265 045", "VAT", "FR", ("VAT", "FR40303265045", True)),
        ("IT 00743110157", "VAT", "IT", ("PIVA", "00743110157", True)),
        ("00743110157", "VAT", "IT", ("PIVA", "00743110157", True)),
        ("ES-J99216582", "VAT", "ES", ("NIF", "J99216582", True)),
        ("HR33392005961", "VAT", "HR", ("OIB", "33392005961", True)),
        ("EL094259216", "VAT", "GR", ("AFM", "094259216", True)),
        ("094259217", "VAT", "GR", ("AFM", "094259217", False)),
        ("DE 136,695 976", "VAT", "", ("VAT", "", False)),
        ("PT501964843", "VAT", "PT", ("VAT", "PT501964843", True)),
    ],
)
def test_reading(text: str, scheme: str, country: str, found: tuple[str, str, bool]) -> None:
    assert identifiers.read(text, scheme, country) == found


@pytest.mark.parametrize("text", ["", "False", "aucun", "000000000", "12", "en cours", "x" * 50])
def test_what_is_no_identifier(text: str) -> None:
    assert identifiers.read(text, "SIREN")[1] == ""


@given(
    st.text(), st.sampled_from(["SIRET", "SIREN", "RNA", "VAT", "PIVA", "ÉTRANGE"]), st.sampled_from(["FR", "IT", ""])
)
def test_any_text_is_read_without_harm(text: str, scheme: str, country: str) -> None:
    found, value, holds = identifiers.read(text, scheme, country)
    assert value or not holds
    if value and holds and found in identifiers.CHECKS:
        assert identifiers.CHECKS[found](value)
    assert value.isascii()
