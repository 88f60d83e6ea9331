"""Opening hours: real prose from lists, in the languages around the sea; shy where the meaning could change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import validate

from coworkmed.sources.normalise import hours

READ = [
    ("Lundi au vendredi 8h30-12h / 13h30-17h", "Mo-Fr 08:30-12:00,13:30-17:00"),
    ("Les mardi, mercredi et vendredi : 9h00-17h00", "Tu,We,Fr 09:00-17:00"),
    ("Lundi-Vendredi 09:00-19:00\nSamedi 10:00-18:00", "Mo-Fr 09:00-19:00; Sa 10:00-18:00"),
    ("Lundi Mardi : 9h-12h / 14h/17h ; Mercredi : 9h-12h", "Mo,Tu 09:00-12:00,14:00-17:00; We 09:00-12:00"),
    ("Mardi 16 h 18 h Mercredi : 9 h 30 12 h - 14 h 18 h. Vendredi : 16 h 18 h.",
     "Tu,Fr 16:00-18:00; We 09:30-12:00,14:00-18:00"),
    ("DU LUNDI AU VENDREDI de 9h à 12h et de 14h à 17h", "Mo-Fr 09:00-12:00,14:00-17:00"),
    ("mardi mercredi et vendredi : 14h-18h |samedi : 9h-13h", "Tu,We,Fr 14:00-18:00; Sa 09:00-13:00"),
    ("Mardi-Mercredi-Jeudi : 8h30-17h", "Tu-Th 08:30-17:00"),
    ("Lundi au samedi 9h12h 14h18h", "Mo-Sa 09:00-12:00,14:00-18:00"),
    ("Lundi 9h à 12h - 14h 17h30", "Mo 09:00-12:00,14:00-17:30"),
    ("Lundi 09h30h-12h30", "Mo 09:30-12:30"),
    ("du lundi au vendredi de 9h à 18h, fermé le samedi", "Mo-Fr 09:00-18:00; Sa off"),
    ("Lundi au vendredi 9h-12h sauf jours fériés", "Mo-Fr 09:00-12:00; PH off"),
    ("9h-18h du lundi au vendredi", "Mo-Fr 09:00-18:00"),
    ("samedi au lundi 9h-12h", "Mo,Sa,Su 09:00-12:00"),
    ("Tous les jours 9h-18h", "Mo-Su 09:00-18:00"),
    ("Du mardi au samedi de 9h à minuit", "Tu-Sa 09:00-24:00"),
    ("Lundi au samedi de 18h à 2h", "Mo-Sa 18:00-02:00"),
    ("24h/24 et 7j/7", "24/7"),
    ("24/7", "24/7"),
    ("Accueil du public du lundi au vendredi de 09h00 à 12h30 sans RDV.", "Mo-Fr 09:00-12:30"),
    # OpenStreetMap's own, and its French rewriting
    ("Mo-Fr 09:00-18:00; PH off", "Mo-Fr 09:00-18:00; PH off"),
    ("Mo-Fr 09:00-18:00;", "Mo-Fr 09:00-18:00"),
    ("Jul-Aug: Mo-Fr 10:00-14:00", "Jul-Aug: Mo-Fr 10:00-14:00"),
    ("Lundi-Jeudi 06:30-02:00\nVendredi 06:30-04:00", "Mo-Th 06:30-02:00; Fr 06:30-04:00"),
    ("Lundi-Vendredi 09:00-18:00\nJours feries, Samedi, Dimanche Ferme", "Mo-Fr 09:00-18:00; PH, Sa, Su off"),
    ("Sep-Juin: Mardi-Samedi 14:00-18:00", "Sep-Jun: Tu-Sa 14:00-18:00"),
    # the neighbours
    ("Δευτέρα - Παρασκευή 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("Δευ - Παρ: 09:00 έως 18:00, Σάβ 10:00-14:00", "Mo-Fr 09:00-18:00; Sa 10:00-14:00"),
    ("Lunedì - Venerdì: 9.00 - 18.00", "Mo-Fr 09:00-18:00"),
    ("Dal lunedì al venerdì dalle 9 alle 18", "Mo-Fr 09:00-18:00"),
    ("lun-ven 9-18", "Mo-Fr 09:00-18:00"),
    ("Lunes a viernes de 9:00 a 20:00", "Mo-Fr 09:00-20:00"),
    ("L-V 9:00-20:00", "Mo-Fr 09:00-20:00"),
    ("Dilluns a divendres de 9 h a 18 h", "Mo-Fr 09:00-18:00"),
    ("ponedjeljak - petak 08-16 h", "Mo-Fr 08:00-16:00"),
    ("Mon-Fri 9am-6pm", "Mo-Fr 09:00-18:00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "osm"), READ)
def test_what_is_read(text: str, osm: str) -> None:
    assert hours.read(text) == (osm, "")
    assert validate(osm)


@pytest.mark.parametrize(
    "text",
    [
        "Un lundi sur deux en alternance avec le site de Sancerre",
        "2 vendredi par mois 9h-13h",
        "1er et 3ème lundi du mois de 14h à 17h",
        "En période scolaire : Mercredi et samedi : de 13h00 à 18h00",
        "Horaires d'ouverture : 8h-12h 13h-17h sauf le vendredi 8h-12h 13h-16h30",
        "Mercredi : 14H-16H (semaine paire)",
        "Lundi au vendredi 9h-21h, ouvert le week-end en fonctions des évènements accueillis",
        "Lundi au samedi de 9-21h30 pour les adhérents",
        "du mardi au samedi",
        "Lundi 9h-12h-14h",
        "Lundi 14h-12h-9h-10h",
        "Lundi 25h-26h",
        "Itinérance",
        "",
        "Fermé",
    ],
)
def test_what_could_mean_something_else_is_left_as_given(text: str) -> None:
    assert hours.read(text) == ("", "")


@pytest.mark.parametrize(
    ("text", "osm", "doubt"),
    [
        ("9h - 12h ; 14h - 16h", "09:00-12:00,14:00-16:00", "NO_DAYS"),
        ("Sur RDV : 02.47.74.56.08", '"by appointment"', "BY_APPOINTMENT"),
        ("Lundi au vendredi 9h-12h sur rendez-vous", "Mo-Fr 09:00-12:00", "BY_APPOINTMENT"),
    ],
)
def test_what_is_read_with_a_doubt(text: str, osm: str, doubt: str) -> None:
    assert hours.read(text) == (osm, doubt)
    assert validate(osm)


def test_a_column_per_weekday() -> None:
    week = dict(enumerate(["Fermé"] + ["9h à 12h et 14h à 17h"] * 4 + ["9h-12h", "FERMEE"]))
    assert hours.read_week(week) == ("Mo,Su off; Tu-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00", "", [])


def test_a_weekday_that_cannot_be_read_is_said() -> None:
    found, doubt, unread = hours.read_week({0: "Lundi de 10h à 12h", 1: "9h-12h", 2: "10h à 12h une semaine sur deux"})
    assert (found, doubt, unread) == ("Mo 10:00-12:00; Tu 09:00-12:00", "SOME_DAYS_UNREAD", [2])
    assert hours.read_week({0: "Mardi de 10h à 12h"}) == ("", "", [0])
    assert hours.read_week({0: "9-12 / 14-17"})[0] == "Mo 09:00-12:00,14:00-17:00"


DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True),
    st.integers(0, 11),
    st.integers(12, 23),
    st.sampled_from(["h", "h00", ":00", " h 00", "H00"]),
    st.sampled_from([" - ", "-", " à ", "/", " / "]),
)
def test_any_days_and_any_writing_of_the_time(days: list[int], start: int, end: int, hour: str, between: str) -> None:
    text = f"{', '.join(DAYS[day] for day in days)} : {start}{hour}{between}{end}{hour}"
    found, doubt = hours.read(text)
    assert doubt == ""
    assert found.endswith(f" {start:02}:00-{end:02}:00")
    assert sorted(hours.DAYS.index(one) for part in found.split()[0].split(",") for one in expanded(part)) == sorted(
        days
    )


def expanded(part: str) -> list[str]:
    first, _, last = part.partition("-")
    place = hours.DAYS.index
    return [hours.DAYS[day] for day in range(place(first), place(last or first) + 1)]


WORDS = st.sampled_from(
    [*DAYS, "au", "et", "9h", "12h30", "-", "/", "fermé", ";", "14", "h", "de", "sauf", "24/7", "PH", ":"]
)


@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map(" ".join))
def test_whatever_is_written_comes_out_is_valid_or_nothing(text: str) -> None:
    found, _ = hours.read(text)
    assert not found or validate(found)
    week, _, _ = hours.read_week(dict.fromkeys(range(7), text))
    assert not week or validate(week)
