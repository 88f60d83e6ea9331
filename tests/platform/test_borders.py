"""Countries by position: capitals, islands, quays, neighbours, and everything that is not on the map."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.platform import borders

TOWNS = [
    ("FR", 43.2965, 5.3698, "Marseille"),
    ("FR", 42.6973, 9.4509, "Bastia"),
    ("FR", 48.3904, -4.4861, "Brest"),
    ("FR", 46.4850, -1.8200, "Les Sables, out on the quay"),
    ("FR", 16.2411, -61.5331, "Pointe-à-Pitre"),
    ("FR", -20.8789, 55.4481, "Saint-Denis de la Réunion"),
    ("MC", 43.7384, 7.4246, "Monaco"),
    ("IT", 41.9028, 12.4964, "Rome"),
    ("VA", 41.9034, 12.4534, "Vatican"),
    ("SM", 43.9424, 12.4578, "San Marino"),
    ("IT", 35.5019, 12.6094, "Lampedusa"),
    ("IT", 45.4371, 12.3326, "Venice"),
    ("GR", 37.9838, 23.7275, "Athens"),
    ("GR", 36.1500, 29.5900, "Kastellorizo"),
    ("GR", 36.4341, 28.2176, "Rhodes"),
    ("GR", 39.1069, 26.5573, "Mytilene"),
    ("TR", 38.4237, 27.1428, "Izmir"),
    ("HR", 43.5081, 16.4402, "Split"),
    ("HR", 42.7683, 16.9011, "Lastovo"),
    ("HR", 42.6507, 18.0944, "Dubrovnik"),
    ("BA", 42.9230, 17.6150, "Neum"),
    ("ES", 41.3874, 2.1686, "Barcelona"),
    ("ES", 39.5696, 2.6502, "Palma"),
    ("ES", 28.1235, -15.4363, "Las Palmas"),
    ("ES", 35.8894, -5.3213, "Ceuta"),
    ("AD", 42.5063, 1.5218, "Andorra la Vella"),
    ("GI", 36.1408, -5.3536, "Gibraltar"),
    ("MT", 35.8989, 14.5146, "Valletta"),
    ("MT", 36.0443, 14.2390, "Gozo"),
    ("CY", 34.7071, 33.0226, "Limassol"),
    ("CY", 35.3364, 33.3199, "Kyrenia"),
    ("PT", 37.7412, -25.6756, "Ponta Delgada"),
    ("TN", 33.8076, 10.8451, "Djerba"),
    ("LB", 33.8938, 35.5018, "Beirut"),
    ("IL", 32.0853, 34.7818, "Tel Aviv"),
    ("PS", 31.9038, 35.2034, "Ramallah"),
    ("XK", 42.6629, 21.1655, "Pristina"),
]


@pytest.mark.parametrize(("country", "lat", "lon", "town"), TOWNS, ids=[one[3] for one in TOWNS])
def test_a_town_lies_in_its_country(country: str, lat: float, lon: float, town: str) -> None:
    assert borders.country_at(lat, lon) == country
    assert borders.metres_outside(country, lat, lon) <= borders.COAST_M


@pytest.mark.parametrize(("lat", "lon"), [(42.0, 5.5), (0.0, 0.0), (35.0, 19.0), (-45.0, 170.0), (90.0, 0.0)])
def test_the_open_sea_and_the_rest_of_the_world_are_in_no_country_we_know(lat: float, lon: float) -> None:
    assert borders.country_at(lat, lon) is None


def test_a_position_across_the_border_says_how_far_it_is() -> None:
    assert borders.metres_outside("ES", 43.2965, 5.3698) == pytest.approx(200_000, rel=0.2)  # Marseille
    assert borders.metres_outside("FR", 41.3874, 2.1686) == pytest.approx(112_000, rel=0.1)  # Barcelona
    assert borders.metres_outside("LB", 35.5018, 33.8938) > 50_000  # Beirut with its two numbers swapped: Cyprus


def test_a_country_without_an_outline_holds_nothing_against_a_position() -> None:
    assert borders.metres_outside("US", 43.0, 5.0) == 0.0


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_two_answers_agree(lat: float, lon: float) -> None:
    country = borders.country_at(lat, lon)
    if country:
        assert borders.metres_outside(country, lat, lon) <= borders.COAST_M
    else:
        assert borders.metres_outside("FR", lat, lon) > 0


def test_outlines_are_closed_rings_in_degrees() -> None:
    found = dict(borders.outlines())
    assert {"FR", "IT", "ES", "GR", "HR", "MT", "AD", "CY"} <= set(found)
    assert list(found) == sorted(found)
    assert len(found["GR"]) > 60  # islands are there
    for rings in found.values():
        for ring in rings:
            assert ring[0] == ring[-1]
            assert all(-32 <= lon <= 46 and 21 <= lat <= 60 for lon, lat in ring)
