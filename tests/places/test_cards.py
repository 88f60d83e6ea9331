"""What other programs read of a place, read back by one of them."""

import json
from datetime import UTC, datetime
from typing import Any

import vobject
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.places import hours
from coworkmed.places.cards import Card, Origin, json_ld, vcard

ADDRESS = "https://registry.example/places/0123456789ab/"
VALUES: dict[str, Any] = {
    "kinds": ["COWORK"],
    "other_names": ["The Mill; and more"],
    "address": {"line": "12 bis, rue des Filatures", "number": "12bis", "street": "rue des filatures"},
    "postcode": "13999",
    "locality": "Saint-Rémy",
    "country": "FR",
    "position": {"lat": 43.789, "lon": 4.831},
    "web": "https://filature.example/",
    "socials": ["https://social.example/@filature", "javascript:alert(1)"],
    "phone": "+33490000000",
    "email": "bonjour@filature.example",
    "languages": ["fr", "en"],
    "official_ids": [{"scheme": "SIRET", "value": "12345678900011"}],
    "price_day": {"amount": 15.0, "currency": "EUR"},
    "wheelchair": "limited",
    "internet": "yes",
    "equipment": ["imprimante 3D"],
    "opened": "2014-09",
    "wikidata": "Q42",
}
ORIGINS = (Origin("Recensement, 2026", "etalab-2.0", "https://region.example/"), Origin("Carte", "ODbL-1.0"))


def card(name: str = "La Filature", text: str = "", **values: Any) -> Card:
    table = hours.timetable(text, "FR", datetime(2026, 11, 23).date()) if text else None
    return Card(
        public_id="0123456789ab",
        name=name,
        status=values.pop("status", "OPEN"),
        address=ADDRESS,
        values=VALUES | values,
        modified=datetime(2026, 11, 1, 12, tzinfo=UTC),
        origins=ORIGINS,
        week=table.seasons[0].week if table and table.stable else None,
        zone="Europe/Paris",
    )


def read(text: str) -> Any:
    return vobject.readOne(text)


def test_a_card_is_read_back() -> None:
    found = read(vcard(card()))
    assert found.version.value == "4.0"
    assert found.kind.value == "org"
    assert found.fn.value == "La Filature"
    assert found.adr.value.street == "12 bis, rue des Filatures"
    assert (found.adr.value.city, found.adr.value.code, found.adr.value.country) == ("Saint-Rémy", "13999", "FR")
    assert found.geo.value == "geo:43.789,4.831"
    assert found.tel.value == "tel:+33490000000"
    assert found.email.value == "bonjour@filature.example"
    assert [one.value for one in found.url_list] == ["https://filature.example/", "https://social.example/@filature"]
    assert [one.value for one in found.lang_list] == ["fr", "en"]
    assert (found.uid.value, found.source.value) == (ADDRESS, ADDRESS)
    assert found.rev.value == "20261101T120000Z"
    assert "Recensement, 2026 (etalab-2.0)" in found.note.value


def test_a_card_of_almost_nothing() -> None:
    bare = Card("0123456789ab", "Ker", "UNKNOWN", ADDRESS, {}, datetime(2026, 1, 1, tzinfo=UTC))
    assert set(read(vcard(bare)).contents) == {"version", "prodid", "kind", "uid", "source", "rev", "fn", "org"}
    assert set(json_ld(bare)) == {"@context", "@type", "@id", "url", "identifier", "name"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).filter(str.strip))
def test_any_name_survives(name: str) -> None:
    text = vcard(card(name))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert read(text).fn.value == name


@given(st.text(max_size=60))
def test_no_text_brings_a_property_of_its_own(text: str) -> None:
    hostile = f"x{text}\r\nNOTE:mine\nTEL:1"
    lines = vcard(card(hostile, phone=hostile, web=f"https://a.example/{hostile}", email=hostile)).split("\r\n")
    assert not [line for line in lines if line.startswith(("NOTE:mine", "TEL:1"))]


def test_json_ld_says_what_is_known() -> None:
    data = json_ld(card(text="Mo-Fr 09:00-13:00,16:00-24:00; Sa 20:00-02:00 unknown"))
    assert data["@type"] == ["LocalBusiness"]
    assert data["address"]["streetAddress"] == "12 bis, rue des Filatures"
    assert data["geo"] == {"@type": "GeoCoordinates", "latitude": 43.789, "longitude": 4.831}
    assert data["sameAs"] == [
        "https://filature.example/",
        "https://social.example/@filature",
        "https://www.wikidata.org/entity/Q42",
    ]
    assert [(one["opens"], one["closes"], len(one["dayOfWeek"])) for one in data["openingHoursSpecification"]] == [
        ("09:00", "13:00", 5),
        ("16:00", "23:59", 5),
    ]  # Saturday is not sure, so it is not said
    assert data["isBasedOn"][0]["license"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    assert data["priceRange"] == "15 EUR"
    assert {one["name"]: one["value"] for one in data["amenityFeature"]} == {
        "wheelchair": "limited", "internet_access": True, "imprimante 3D": True,
    }  # fmt: skip
    assert json.loads(json.dumps(data)) == data


def test_hours_that_change_through_the_year_are_not_reduced_to_a_week() -> None:
    assert "openingHoursSpecification" not in json_ld(card(text="Jun-Sep 08:00-23:00; Oct-May Fr-Su 10:00-18:00"))


def test_what_is_run_in_common_is_no_business() -> None:
    assert json_ld(card(legal_form="ASSOC"))["@type"] == ["Organization", "Place"]
    assert json_ld(card(sector="PUBLIC"))["@type"] == ["Organization", "Place"]
    assert json_ld(card(legal_form="COMPANY"))["@type"] == ["LocalBusiness"]


def test_a_closed_place_does_not_open() -> None:
    data = json_ld(card(text="Mo-Fr 09:00-18:00", status="CLOSED", closed="2025-06"))
    assert data["dissolutionDate"] == "2025-06"
    assert "openingHoursSpecification" not in data
