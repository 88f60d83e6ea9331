"""Names, kinds, phones, web, dates, coordinates, codes, languages and encodings, by their hard cases."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.sources.normalise import (
    codes,
    coordinates,
    dates,
    encodings,
    kinds,
    languages,
    names,
    phones,
    privacy,
    texts,
    web,
)

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ESPACE DE COWORKING", "Espace de Coworking"),
        ("LA FABRIQUE 18", "La Fabrique 18"),
        ("MJC DE LYON XII", "MJC de Lyon XII"),
        ("ADSEA 28 : PÔLE DE JOUR POUR ADOLESCENTS", "ADSEA 28 : Pôle de Jour pour Adolescents"),
        ("MAISON DE SERVICES AU PUBLIC D'ABONDANCE", "Maison de Services au Public d'Abondance"),
        ("« La Ruche »", "La Ruche"),
        ('"Le Lab"', "Le Lab"),
        ('L\'"Atelier"', 'L\'"Atelier"'),
        ("CafÃ© du CommerÃ§e", "Café du Commerçe"),
        ("  Le\u00a0 15,\n Tiers-Lab ", "Le 15, Tiers-Lab"),
        ("L&#039;&eacute;tabli", "L'établi"),
        ("BUG", "BUG"),
        ("Σπίτι της Συνεργασίας", "Σπίτι της Συνεργασίας"),
    ],
)
def test_names(given: str, shown: str) -> None:
    found = names.read(given)
    assert found
    assert (found.value, found.given) == (shown, given)


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Regus - Marseille", "Regus"),
        ("Spaces Bercy", "Spaces"),
        ("Spaces for Makers", ""),
        ("Impact Hub Zagreb", "Impact Hub"),
        ("L'Anticafé Beaubourg", "Anticafé"),
        ("Morning Trudaine", "Morning"),
        ("Morning Glory", ""),
        ("Cowork Inn", ""),
        ("Le HQ", ""),
    ],
)
def test_brands(name: str, brand: str) -> None:
    assert names.brand(name) == brand


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tiers lieux à dominante coworking", ["COWORK"]),
        ("Tiers lieux à dominante fablab", ["FAB"]),
        ("Tiers-lieu / Coworking / FabLab / Hackerspace", ["COWORK", "FAB"]),
        ("Fablab / Hackerspace | Espace de coworking | Tiers-Lieux", ["FAB", "COWORK"]),
        ("a co-working space and an incubator / accelerator / lab", ["COWORK", "INCUBATOR"]),
        ("χώρος συνεργασίας", ["COWORK"]),
        ("vivero de empresas", ["INCUBATOR"]),
        ("Pépinière d'entreprises", ["INCUBATOR"]),
        ("Knjižnica", ["LIBRARY_CAFE"]),
        ("Tiers-Lieux", ["MIXED"]),
        ("LIVING_LAB", ["LIVING_LAB"]),
        ("Centre social", []),
        ("Agriculture", []),
        ("", []),
    ],
)
def test_kinds(text: str, found: list[str]) -> None:
    assert kinds.read(text, {})[0] == found


def test_every_kind_s_words_name_that_kind() -> None:
    for kind, phrases in kinds.WORDS.items():
        for phrase in phrases:
            assert kind in kinds.named(phrase.replace("_", " ")) or kind in kinds.read(phrase, {})[0], phrase


@pytest.mark.parametrize(
    ("text", "country", "number", "mobile"),
    [
        ("04 91 00 00 00", "FR", "+33491000000", False),
        ("+33 (0)4 91 12 34 56", "FR", "+33491123456", False),
        ("06.12.34.56.78", "FR", "+33612345678", True),
        ("210 3212345", "GR", "+302103212345", False),
        ("697 1234567", "GR", "+306971234567", True),
        ("02 1234567", "IT", "+39021234567", False),
        ("333 1234567", "IT", "+393331234567", True),
        ("932 123 456", "ES", "+34932123456", False),
        ("01 2345 678", "HR", "+38512345678", False),
        ("0262 41 12 34", phones.region("FR", "97400"), "+262262411234", False),
        ("04 91", "FR", "", False),
        ("04 91 00 00 00", "", "", False),
    ],
)
def test_phones(text: str, country: str, number: str, mobile: bool) -> None:
    assert phones.parse(text, country) == (number, mobile)


def test_a_title_gives_a_person_away() -> None:
    assert privacy.addresses_a_person("Madame PATTE-AUBOURG")
    assert privacy.addresses_a_person("Sig.ra Rossi")
    assert not privacy.addresses_a_person("Monsieur et la ville")
    assert not privacy.addresses_a_person("Maison des associations")


def test_several_phones_in_a_cell() -> None:
    assert phones.split("02 48 24 22 26 - 06.12.34.56.78") == ["02 48 24 22 26", "06.12.34.56.78"]
    assert phones.split("0491000000/0492000000") == ["0491000000", "0492000000"]
    assert phones.split("04/91/00/00/00") == ["04/91/00/00/00"]


@pytest.mark.parametrize(
    "text",
    ["06/07/2021 14:24:04", "2020/06/30 16:04:32.708", "43.333887", "SIRET 61234567800012", "06.1234567", "12345678"],
)
def test_what_only_looks_like_a_mobile_number_stays(text: str) -> None:
    assert privacy.scrub(text) == (text, {})


@pytest.mark.parametrize(
    "text",
    ["06 12 34 56 78", "(06) 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "Tél : 06-12-34-56-78.",
    "+385 91 123 4567",
     "marie.curie@lab.fr", "mailto:marie@lab.fr", "marie [at] lab.fr", "<marie@lab.fr>"],
)  # fmt: skip
def test_persons_are_scrubbed(text: str) -> None:
    clean, dropped = privacy.scrub(text)
    assert sum(dropped.values()) == 1
    assert not any(map(str.isdigit, clean))
    assert "marie" not in clean


@pytest.mark.parametrize(
    ("email", "known", "role"),
    [
        ("contact@x.fr", (), True),
        ("info.nice@x.fr", ("Lab", "Nice"), True),
        ("mediatheque.nice@ville-nice.fr", ("", "Nice"), True),
        ("lelab@lelab.fr", (), True),
        ("fablabnice@gmail.com", ("Fablab", "Nice"), True),
        ("lafabrique18@gmail.com", ("La Fabrique 18",), True),
        ("segreteria@comune.it", (), True),
        ("jean.dupont@x.fr", ("Lab",), False),
        ("contact.dupont@x.fr", ("Lab",), False),
        ("j.dupont@dupont.fr", (), False),
        ("@", (), False),
    ],
)
def test_role_addresses(email: str, known: tuple[str, ...], role: bool) -> None:
    assert privacy.is_role(email, *known) is role


@pytest.mark.parametrize(
    "column", ["CONTACT", "Nom du responsable", "prénom", "contactName", "Nom contact", "username"]
)
def test_columns_that_name_persons(column: str) -> None:
    assert privacy.names_a_person(column)


@pytest.mark.parametrize(
    "column", ["nom", "contact_telephone", "contact:street", "structure_porteuse", "c_nom", "email", ""]
)
def test_columns_that_do_not(column: str) -> None:
    assert not privacy.names_a_person(column)


def test_web_columns() -> None:
    assert web.read("http://").sites == []
    assert web.read("http://a.fr ; https://fr-fr.facebook.com/LeLab/?ref=ts") == web.Found(
        sites=["http://a.fr"], socials=["https://www.facebook.com/lelab"]
    )
    assert web.read("htp:/a.fr").repaired
    assert not web.read("www.a.fr").repaired
    assert web.read("@LicaEurope", "twitter.com").socials == ["https://twitter.com/licaeurope"]
    assert web.read("LICA.europe", "facebook.com").socials == ["https://www.facebook.com/lica.europe"]
    assert web.read("https://www.facebook.com/profile.php?id=12&ref=ts").socials == [
        "https://www.facebook.com/profile.php?id=12"
    ]
    assert web.read("oui", "facebook.com") == web.Found()
    assert web.read("pages/Collectif-POC/8960", "facebook.com").socials == [
        "https://www.facebook.com/pages/collectif-poc/8960"
    ]
    assert web.read("https://www.linkedin.com/in/marie-curie").persons == 1
    assert web.read("https://www.linkedin.com/company/lelab").socials == ["https://www.linkedin.com/company/lelab"]
    assert web.read("pas de site").odd == ["pas", "de", "site"]
    assert web.read("<https://twitter.com/a>, <http://b.fr>, <>").sites == ["http://b.fr"]
    assert web.read("https://www.facebook.com").socials == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("05/05/2021 14:29:42", ("2021-05-05", "")),
        ("2020/06/30 16:04:32.708", ("2020-06-30", "")),
        ("2021-04", ("2021-04", "")),
        ("06/30/2020", ("2020-06-30", "")),
        ("04/2021", ("2021-04", "")),
        ("2013", ("2013", "")),
        ("2011?", ("2011", "UNSURE")),
        ("40940", ("2012-02-01", "")),  # a spreadsheet's day number
        ("mars 2013", ("2013-03", "")),
        ("1er mai 2014", ("2014-05-01", "")),
        ("Σεπτέμβριος 2015", ("2015-09", "")),
        ("siječanj 2016", ("2016-01", "")),
        ("31/02/2020", ("2020-02", "IMPOSSIBLE_DATE")),
        ("45/13/2020", ("2020", "IMPOSSIBLE_DATE")),
        ("2031-01-01", ("2031-01-01", "")),
        ("1970-01-01", ("", "")),
        ("01/01/1970 00:00:00", ("", "")),
        ("candidate", ("", "")),
        ("", ("", "")),
    ],
)
def test_dates(text: str, found: tuple[str, str]) -> None:
    assert dates.read(text) == found


@given(st.dates(date(1971, 1, 1), TODAY))
def test_every_day_is_read_in_three_writings(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%Y/%m/%d} 10:00:00"):
        assert dates.read(text) == (day.isoformat(), "")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("43.295", 43.295), ("5,3698", 5.3698), ("43 17'42\"", 43.295), ("-0 22'15\"", -0.370833), ("43°17'42\"N", 43.295),
     ("1° 30' O", -1.5), ("N 43.2", 43.2), ("-1,5", -1.5), ("−1.5", -1.5)],
)  # fmt: skip
def test_one_coordinate(text: str, degrees: float) -> None:
    assert coordinates.degrees(text) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e400", "43 77'", "43.2.1", "Bouches-du-Rhône"])
def test_what_is_no_coordinate(text: str) -> None:
    assert coordinates.degrees(text) is None


@pytest.mark.parametrize(
    "text",
    ["43.29, 5.37", "43,29 5,37", "43.29;5.37", "[43.29, 5.37]", "43,29, 5,37", "43.29,5.37", "POINT(5.37 43.29)",
     '{"type":"Point","coordinates":[5.37,43.29]}', "N43.29 E5.37", "43°17'24\"N 5°22'12\"E"],
)  # fmt: skip
def test_both_coordinates_in_one_cell(text: str) -> None:
    assert coordinates.pair(text) == pytest.approx((43.29, 5.37))


def test_positions_that_can_be_true_and_those_that_cannot() -> None:
    assert coordinates.place(43.3, 5.4, "FR") == coordinates.Position(43.3, 5.4)
    assert coordinates.place(5.4, 43.3, "FR") == coordinates.Position(43.3, 5.4, "SWAPPED")
    assert coordinates.place(48.58, -7.75, "FR") == coordinates.Position(48.58, -7.75, "", "SIGN_LOST")
    assert coordinates.place(41.9, 12.5, "FR") == coordinates.Position(41.9, 12.5, "", "OUT_OF_COUNTRY")
    assert coordinates.place(0, 0, "FR") is None
    assert coordinates.place(4_330_000, 540_000, "FR") is None
    assert coordinates.place(5.4, 43.3, "") == coordinates.Position(5.4, 43.3)


@given(st.floats(41, 51), st.floats(-5, 9))
def test_a_swap_is_always_found_out(lat: float, lon: float) -> None:
    given_right = coordinates.place(lat, lon, "FR")
    swapped = coordinates.place(lon, lat, "FR")
    assert given_right
    if not given_right.doubt:
        assert swapped == coordinates.Position(lat, lon, "SWAPPED")


def test_codes() -> None:
    assert [codes.status(one) for one in ("active", "Fermé définitivement", "planned", "OPEN", "otvoren",
    "web form")] == [
        "OPEN", "CLOSED", "PROJECT", "OPEN", "OPEN", "",
    ]  # fmt: skip
    assert codes.status("temporairement fermé") == "PAUSED"
    assert [codes.flag(one) for one in ("oui", "Non", "wlan", "partiel", "True", "0", "peut-être")] == [
        "yes", "no", "yes", "limited", "yes", "no", "",
    ]  # fmt: skip
    assert codes.legal_form("Société coopérative et participative (SCOP)") == "COOP_WORKER"
    assert codes.legal_form("Société coopérative d'intérêt collectif (SCIC)") == "COOP_MULTI"
    assert codes.legal_form("Association") == "ASSOC"
    assert codes.legal_form("obrt") == "SOLE"
    assert codes.legal_form("d.o.o.") == "COMPANY"
    assert codes.legal_form("autre") == ""
    assert codes.sector("Public, privé") == "HYBRID"
    assert codes.sector("Privé") == "PRIVATE"


@pytest.mark.parametrize(
    ("text", "found"),
    [("1 200 m²", (1200, "")), ("1.200", (1200, "")), ("12,5", (12.5, "")), ("~15", (15, "APPROXIMATE")),
     ("20+", (20, "APPROXIMATE")), ("10-20", (10, "APPROXIMATE")), ("About 60", (60, "APPROXIMATE")), ("beaucoup",
     (None, ""))],
)  # fmt: skip
def test_numbers(text: str, found: tuple[float | None, str]) -> None:
    assert codes.number(text) == found


def test_prices() -> None:
    assert codes.price("15 €/jour", "FR") == ({"amount": 15, "currency": "EUR"}, "")
    assert codes.price("à partir de 15", "FR") == ({"amount": 15, "currency": "EUR"}, "APPROXIMATE")
    assert codes.price("50HRK (croatian currency) / month", "HR")[0] == {"amount": 50, "currency": "HRK"}
    assert codes.price("Gratuit", "FR") == ({"amount": 0, "currency": "EUR"}, "")
    assert codes.price("500", "AL") == (None, "")
    assert codes.price("on donation", "FR") == (None, "")


def test_languages_and_countries_in_anyone_s_words() -> None:
    assert languages.languages("français, anglais et italien") == ("fr", "en", "it")
    assert languages.languages("FR; EN | el-GR") == ("fr", "en", "el")
    assert languages.languages("hrvatski, ελληνικά, català") == ("hr", "el", "ca")
    assert languages.languages("klingon") == ()
    for name, code in [("France", "FR"), ("Ελλάδα", "GR"), ("EL", "GR"), ("Hrvatska", "HR"), ("Espagne", "ES"),
    ("it", "IT"),
                       ("Grecia", "GR"), ("ITA", "IT"), ("UK", "GB"), ("Atlantis", ""), ("ZZ", "")]:  # fmt: skip
        assert languages.country(name) == code


@pytest.mark.parametrize(
    ("text", "lost"),
    [("Espa_a - See more", True), ("Vend<_me", True), ("Sart‹\x9dne", True), ("Universit\ufffd", True),
    ("Caf?s du monde", True),
     ("Universit_ de Pau", True), ("co_working", False), ("Qui? Moi", False), ("IpÌ©fix", True), ("Le Lab", False)],
)  # fmt: skip
def test_lost_letters(text: str, lost: bool) -> None:
    assert encodings.lost_letters(text) is lost


def test_a_repair_that_is_not_certain_is_not_made() -> None:
    assert encodings.tidy("IpÌ©fix") == ("IpÌ©fix", "")


@pytest.mark.parametrize("text", ["Âge d'or", "SÃO JOÃO", "GÊNERO", "Città", "Ça va", "naïve", "Ÿ", "Đakovo", "Αθήνα"])
def test_good_letters_are_left_alone(text: str) -> None:
    assert encodings.tidy(text) == (text, "")


@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0xFF), min_size=3))
def test_what_was_encoded_twice_and_mended_is_what_it_was(letters: str) -> None:
    text = f"le café {letters}".lower()
    damaged = text.encode().decode("latin-1")
    mended, repair = encodings.tidy(damaged)
    assert repair != "MOJIBAKE" or mended == encodings.tidy(text)[0]


@given(st.text())
def test_tidying_and_lowering_settle(text: str) -> None:
    once, _ = encodings.tidy(text)
    if "&" not in once and "\\" not in once and not encodings._DOUBLE_ENCODED.search(once):
        assert encodings.tidy(once)[0] == once
    lowered = texts.lowered(text)
    assert len(texts.lowered(lowered)) == len(lowered)


def test_lists_in_a_cell() -> None:
    assert texts.items("SUD LABS, Sud labs,FABRIQUE (a, b)", commas=True) == ["SUD LABS", "FABRIQUE (a, b)"]
    assert texts.items("Adultes | Seniors; Jeunes (11-26 ans)") == ["Adultes", "Seniors", "Jeunes (11-26 ans)"]
    assert texts.items("|;-") == []
