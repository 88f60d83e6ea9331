"""What is read in texts: one place's name, town, street and number in the languages and alphabets around the sea."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fold import fold
from coworkmed.linkage import words
from coworkmed.linkage.reading import CLASS_WEIGHT
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import (
    brand_of,
    concept_of,
    host_of,
    house_numbers,
    known_by,
    name_words,
    sound,
    street_words,
    town_words,
    word_class,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))

TOWNS = [
    ("Sfax", "صفاقس", "Safaqis", "SFAX"),
    ("Tunis", "تونس", "Tunisi", "Túnez"),
    ("Sousse", "سوسة", "Susa"),
    ("Bizerte", "بنزرت", "Biserta", "Banzart"),
    ("Djerba", "جربة", "Jerba", "Gerba"),
    ("La Marsa", "المرسى", "Marsa"),
    ("Kairouan", "القيروان", "Al-Qayrawan"),
    ("Alger", "الجزائر", "Algiers", "Argel", "El Djazaïr"),
    ("Oran", "وهران", "Wahran"),
    ("Constantine", "قسنطينة", "Qusantina"),
    ("Béjaïa", "بجاية", "Bougie"),
    ("Tizi Ouzou", "تيزي وزو", "Tizi-Ouzou"),
    ("Rabat", "الرباط", "RABAT"),
    ("Casablanca", "الدار البيضاء", "Dar el-Beïda"),
    ("Tanger", "طنجة", "Tangier", "Tánger"),
    ("Tétouan", "تطوان", "Tetuán"),
    ("Fès", "فاس", "Fez"),
    ("Al Hoceima", "الحسيمة", "Alhucemas"),
    ("Beyrouth", "بيروت", "Beirut", "Βηρυτός", "Bayrut"),
    ("Tripoli", "طرابلس", "Trablous", "Τρίπολη"),
    ("Saïda", "صيدا", "Sidon"),
    ("Cairo", "القاهرة", "Le Caire", "El Cairo", "Κάιρο", "Il Cairo"),
    ("Alexandria", "الإسكندرية", "Alexandrie", "Αλεξάνδρεια"),
    ("Port Said", "بورسعيد", "Port-Saïd"),
    ("Tel Aviv", "תל אביב", "Tel Aviv-Yafo", "تل أبيب"),
    ("Jérusalem", "ירושלים", "القدس", "Gerusalemme"),
    ("Haifa", "חיפה", "حيفا"),
    ("Beograd", "Београд", "Belgrade", "Βελιγράδι"),
    ("Podgorica", "Подгорица", "Podgoritsa"),
    ("Skopje", "Скопје", "Скопие", "Üsküp", "Σκόπια"),
    ("Kotor", "Котор", "Cattaro"),
    ("Mostar", "Мостар"),
    ("Sarajevo", "Сарајево", "Saraybosna"),
    ("Ulcinj", "Улцињ", "Ulqin"),
    ("Sofia", "София", "Sofiya"),
    ("Shkodër", "Scutari", "Skadar", "Shkodra"),
    ("Durrës", "Durazzo", "Drač"),
    ("Edirne", "Αδριανούπολη", "Одрин", "Andrinople"),
    ("İzmir", "IZMIR", "Σμύρνη", "Smyrne"),
    ("İstanbul", "Κωνσταντινούπολη", "Estambul"),
    ("Xàtiva", "Játiva"),
    ("L'Hospitalet de Llobregat", "Hospitalet de Llobregat", "L’Hospitalet"),
    ("Alacant", "Alicante", "Alicante/Alacant"),
    ("Donostia-San Sebastián", "San Sebastián", "Saint-Sébastien"),
    ("Palma", "Palma de Mallorca"),
    ("A Coruña", "La Coruña", "La Corogne"),
    ("Eivissa", "Ibiza"),
    ("Χανιά", "Chania", "Hania", "La Canée"),
    ("Ηράκλειο", "Irakleio", "Heraklion", "Iráklio"),
    ("Αθήνα", "Athens", "Δήμος Αθηναίων", "Atene", "أثينا"),
    ("Θεσσαλονίκη", "Thessaloniki", "Salonique", "Solun"),
    ("Κέρκυρα", "Corfu", "Krf"),
    ("Λευκωσία", "Nicosia", "Lefkoşa", "Nicosia (Lefkosia)"),
    ("Rijeka", "Fiume"),
    ("Dubrovnik", "Ragusa"),
    ("Trieste", "Trst", "Τεργέστη"),
    ("Roma", "Comune di Roma", "Rome", "Ρώμη"),
    ("Genova", "Gênes", "Genoa"),
    ("La Spezia", "Spezia", "LA SPEZIA"),
    ("Sainte-Maxime", "Ste Maxime", "STE-MAXIME"),
    ("Saint-Étienne", "St Etienne", "ST-ETIENNE CEDEX 2"),
    ("Marseille", "Marsiglia", "Marseille 8e", "MARSEILLE 08", "Marseille VIIIe"),
    ("Lyon", "Lyon 3ème arrondissement", "Lione"),
    ("Il-Belt Valletta", "Valletta", "La Valette"),
    ("San Ġiljan", "St. Julian's", "Saint Julians"),
]


def heard(town: str) -> str:
    return "".join(map(sound, town_words(town)))


@pytest.mark.parametrize("spellings", TOWNS, ids=[one[0] for one in TOWNS])
def test_one_town_in_several_languages(spellings: tuple[str, ...]) -> None:
    assert len({heard(one) for one in spellings}) == 1


def test_different_towns_stay_apart() -> None:
    assert len({heard(spellings[0]) for spellings in TOWNS}) == len(TOWNS)
    assert town_words("Le Mans") != town_words("Le Man")
    assert town_words("Villefranche-sur-Mer") == ("villefranche", "sur", "mer")


def test_a_town_of_small_words_keeps_them() -> None:
    assert town_words("Os") == ("os",)
    assert town_words("La") == ("la",)
    assert town_words("13001") == town_words("") == ()


SHARED = [
    (("library", "municipal"), ("Bibliothèque municipale", "Δημοτική Βιβλιοθήκη", "Biblioteca Comunale",
                                "Gradska knjižnica", "Biblioteca municipal")),
    (("centre", "cultural"), ("Centre culturel", "Πολιτιστικό Κέντρο", "Centro Culturale", "Kulturni centar",
                              "Centro cultural", "Kültür Merkezi")),
    (("centre", "youth"), ("Centre des jeunes", "Κέντρο Νέων", "Centro giovani", "Centar mladih",
                           "Centre de joves")),
    (("coworking", "space"), ("Espace de coworking", "Χώρος Coworking", "Spazio coworking", "Coworking prostor",
                              "Espai de cotreball", "Coworking space", "مساحة مشتركة")),
    (("incubator",), ("Pépinière", "Θερμοκοιτίδα", "Incubatore", "Inkubator", "Vivero", "Viver")),
    (("café",), ("Café", "Καφενείο", "Caffè", "Kavana", "Cafetería", "قهوة", "مقهى", "Kahvesi")),
    (("town hall",), ("Mairie", "Δημαρχείο", "Municipio", "Vijećnica", "Ayuntamiento", "Ajuntament", "Town Hall")),
    (("garden",), ("Jardin", "Κήπος", "Giardino", "Vrt", "Jardín", "Jardí", "حديقة")),
    (("university",), ("Université", "Πανεπιστήμιο", "Università", "Sveučilište", "Universidad", "Universitat",
                       "جامعة")),
    (("factory",), ("La Fabrique", "Fabbrica", "Tvornica", "La Fábrica", "Εργοστάσιο")),
    (("barn",), ("La Grange", "Fienile", "The Barn")),
    (("fablab",), ("Fab Lab", "FabLab", "makerspace", "Χάκερσπεϊς", "hacker space")),
]  # fmt: skip


@pytest.mark.parametrize(("concepts", "names"), SHARED, ids=[one[0][0] for one in SHARED])
def test_generic_words_share_a_concept_across_languages(concepts: tuple[str, ...], names: tuple[str, ...]) -> None:
    for name in names:
        assert sorted(filter(None, map(concept_of, name_words(name)))) == sorted(concepts), name


def test_a_proper_word_has_no_concept_and_plurals_share_theirs() -> None:
    assert concept_of("caracol") == concept_of("") == ""
    assert concept_of("incubadoras") == concept_of("incubadora") == "incubator"


def test_no_word_has_two_concepts_and_no_spelling_two_towns() -> None:
    concepts = [(fold(word), concept) for concept, listed in words.CONCEPT_WORDS for word in listed]
    assert dict(concepts) == dict(reversed(concepts))
    towns = [
        (" ".join(words.bare_town(fold(other).split())), town) for town, listed in words.TOWN_NAMES for other in listed
    ]
    assert dict(towns) == dict(reversed(towns))
    assert len({town for _, town in towns}) >= 150


def test_tables_are_consistent() -> None:
    assert not [word for word in words.CONCEPTS if not re.fullmatch("[a-z0-9]+", word)]
    assert set(words.CONCEPTS.values()) >= words.EVOCATIVE
    assert not words.STOPWORDS & (words.KINDS | words.CONCEPTS.keys() | words.EXONYMS.keys())
    assert not set(words.TOWNS.values()) & words.TOWNS.keys()  # one step is enough
    for brand in words.BRANDS:
        assert " ".join(name_words(brand)) == brand


NAMES = [
    ("S.A.R.L. L'Atelier", "sarl l atelier"),
    ("Foo S.r.l", "foo srl"),
    ("Foo S.L.", "foo sl"),
    ("Foo S.L.U", "foo slu"),
    ("Foo d. o. o.", "foo doo"),
    ("Foo j.d.o.o.", "foo jdoo"),
    ("Φως Κοιν.Σ.Επ.", "fos koinsep"),
    ("Fos Koin.S.Ep.", "fos koinsep"),
    ("ΦΩΣ ΚΟΙΝΣΕΠ", "fos koinsep"),
    ("Foo Α.Ε.", "foo ae"),
    ("Foo Sociedad Limitada", "foo sl"),
    ("Foo, société à responsabilité limitée", "foo sarl"),
    ("Foo Società Cooperativa", "foo societa cooperativa"),
    ("M.A.M.A.", "mama"),
    ("MAMA", "mama"),
    ("Vitamin C. A day", "vitamin c a day"),
    ("Maison des Jeunes et de la Culture", "mjc"),
    ("MJC", "mjc"),
    ("M.J.C. de Nice", "mjc de nice"),
    ("Maison des jeunes", "maison des jeunes"),
    ("Chambre de Commerce et d'Industrie", "cci"),
    ("Camera di Commercio", "cci"),
    ("CCIAA", "cci"),
    ("Κέντρο Εξυπηρέτησης Πολιτών", "kep"),
    ("ΚΕΠ", "kep"),
    ("Espace Public Numérique", "epn"),
    ("Point Information Médiation Multi-Services", "pimms"),
    ("Co-Working & Fab Lab", "coworking fablab"),
    ("Jack's Tiers-Lieu", "jacks tierslieu"),
    ("St Paul Coworking", "saint paul coworking"),
    ("Coworking Main St", "coworking main st"),
    ("", ""),
    ("***", ""),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_words_of_a_name(name: str, expected: str) -> None:
    assert name_words(name) == tuple(expected.split())


@pytest.mark.parametrize(
    "form",
    "SCIC SCOP SARL S.A.S. ΙΚΕ Ι.Κ.Ε. ΕΠΕ Α.Ε. Ο.Ε. ΑΜΚΕ Κοιν.Σ.Επ. S.r.l. S.p.A. A.P.S. ETS ODV d.o.o. j.d.o.o. obrt "
    "udruga zadruga S.L. S.L.U. S.C.C.L. SCCL Fundació Ltd. GmbH SUARL".split(),
)
def test_legal_forms_with_and_without_dots(form: str) -> None:
    assert [word_class(word) for word in name_words(f"Caracol {form}")] == ["", "legal form"]


STREETS = [
    ("Avenue de la République", "republique"),
    ("Av. République", "republique"),
    ("rue St Paul", "saint paul"),
    ("rue Saint-Paul", "saint paul"),
    ("Main St", "main"),
    ("Main St Suite 5", "main"),
    ("av. du Gal de Gaulle", "general gaulle"),
    ("Place du 8 mai 1945", "8 mai 1945"),
    ("rue de la Porte", "porte"),
    ("rue X, bât B, 2e étage", "x"),
    ("Calle Mayor, piso 2", "mayor"),
    ("Carrer de la Marina, planta baixa", "marina"),
    ("Via Roma s.n.c.", "roma"),
    ("Via Roma, piano terra", "roma"),
    ("C/ Mayor s/n", "mayor"),
    ("Ulica kralja Zvonimira", "kralja zvonimira"),
    ("Naselje Gaj bb", "gaj"),
    ("Οδός Ερμού", "ermou"),
    ("Ermou Str.", "ermou"),
    ("Λεωφ. Αλεξάνδρας", "alexandras"),
    ("Πάροδος Ερμού, 3ος όροφος", "ermou"),
    ("улица Његошева", "njegoseva"),
    ("Njegoševa ulica", "njegoseva"),
    ("شارع الحبيب بورقيبة", "habib bourguiba"),
    ("Rue Habib Bourguiba", "habib bourguiba"),
    ("Atatürk Caddesi", "ataturk"),
    ("Broadway Fl 23", "broadway"),
    ("Rue de la", "rue de la"),
    ("Bajo", "bajo"),
    ("", ""),
]


@pytest.mark.parametrize(("street", "expected"), STREETS)
def test_the_words_a_street_is_known_by(street: str, expected: str) -> None:
    assert street_words(street) == tuple(expected.split())


NUMBERS = [
    ("12", 12, 12),
    ("12 bis", 12, 12),
    ("12ter", 12, 12),
    ("12/A", 12, 12),
    ("nº 5", 5, 5),
    ("n° 5 bis", 5, 5),
    ("70e", 70, 70),
    ("٣", 3, 3),
    ("26-29", 26, 29),
    ("26 – 29", 26, 29),
    ("12 bis-14", 12, 14),
    ("12 a 14", 12, 14),
    ("5 et 7", 5, 7),
    ("12/14", 12, 14),
    ("12/101", 12, 12),
    ("5-1001", 5, 5),
    ("29-2", 29, 29),
    ("12, 3° piano", 12, 12),
    ("2, 3° piano", 2, 2),
    ("2, 3º", 2, 2),
    ("12 int. 14", 12, 12),
    ("Bât B 12", 12, 12),
    ("km 3", 3000, 3000),
    ("km 3,5", 3500, 3500),
    ("χλμ. 3", 3000, 3000),
    ("PK 3+250", 3250, 3250),
    ("s/n", -1, -1),
    ("S/Nº", -1, -1),
    ("s.n.c.", -1, -1),
    ("s/n, 2º piso", -1, -1),
    ("bb", -1, -1),
    ("B.B.", -1, -1),
    ("χ.α.", -1, -1),
    ("sans numéro", -1, -1),
    ("", -1, -1),
    ("12345678", 123456, 123456),
]


@pytest.mark.parametrize(("number", "first", "last"), NUMBERS)
def test_house_numbers(number: str, first: int, last: int) -> None:
    assert house_numbers(number) == (first, last)


def test_what_a_name_is_inside_of() -> None:
    assert host_of("Hacklab in MAMA") == host_of("Lab @ Mama") == "mama"
    assert host_of("Ατελιέ στο Στέκι") == "steki"
    assert host_of("In Vino") == host_of("Inside") == host_of("MAMA") == ""


def test_brands_by_the_beginning_of_the_name() -> None:
    record = Record(("a", "1"), "Le Village by CA Nice")
    assert brand_of(record, known_by(record)) == "levillagebyca"
    other = replace(record, name="Village Nice")
    assert brand_of(other, known_by(other)) == ""
    assert brand_of(replace(other, brand="Impact Hub"), known_by(other)) == "impacthub"


@given(ANY_TEXT)
def test_every_text_has_words_and_every_word_a_class(text: str) -> None:
    for found in (name_words(text), town_words(text), street_words(text)):
        assert all(re.fullmatch("[a-z0-9]+", word) for word in found)
    assert bool(street_words(text)) == bool(name_words(text)) == bool(fold(text))
    assert fold(text) or not town_words(text)
    for word in [text, *name_words(text)]:
        assert word_class(word) in {"", *CLASS_WEIGHT}
        assert concept_of(word) in {"", *words.CONCEPTS.values()}


PIECES = st.lists(
    st.sampled_from(
        sorted({*words.PHRASES, "st", "de", "la", "x", *(w for e in words.PHRASES.values() for r, _ in e for w in r)})
    ),
    max_size=8,
)


@given(PIECES)
def test_words_once_brought_together_stay(pieces: list[str]) -> None:
    once = name_words(" ".join(pieces))
    assert name_words(" ".join(once)) == once


@given(st.sampled_from(sorted(words.TOWNS)))
def test_a_town_once_translated_stays(spelling: str) -> None:
    assert town_words(" ".join(town_words(spelling))) == town_words(spelling)


@given(ANY_TEXT)
def test_house_numbers_are_in_order_or_none(text: str) -> None:
    first, last = house_numbers(text)
    assert (first, last) == (-1, -1) or 0 <= first <= last


@given(st.integers(1, 999), st.integers(1, 60), st.sampled_from(["{}-{}", "{} - {}", "{}bis-{}", "nº {} a {}"]))
def test_a_range_of_house_numbers_reads_back(first: int, more: int, written: str) -> None:
    assert house_numbers(written.format(first, first + more)) == (first, first + more)


@given(st.sampled_from(["sarl", "srl", "doo", "sl", "ae", "mjc", "xyz"]))
def test_dots_make_no_difference(word: str) -> None:
    assert name_words(".".join(word.upper()) + ".") == name_words(". ".join(word) + ".") == name_words(word)
