"""Reading a stranger's list as records: any usual form and any usual header, nothing said of it beforehand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import SourceError
from coworkmed.linkage.records import Record
from coworkmed.places import lists

PLACE = {"name": "La Ruche", "street": "12 rue des Lilas", "postcode": "13001", "city": "Marseille", "id": "x1"}


def written(folder: Path, content: str | Any) -> Path:
    path = folder / "list.download"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def only(found: lists.PlaceList) -> Record:
    (record,) = found.records
    return record


@pytest.mark.parametrize(
    "content",
    [
        "id\tname\tstreet\tpostcode\tcity\nx1\tLa Ruche\t12 rue des Lilas\t13001\tMarseille\n",
        "id|nom|adresse|cp|ville\nx1|La Ruche|12 rue des Lilas|13001|Marseille\n",
        "Codice;Denominazione;Via;Civico;CAP;Comune\nx1;La Ruche;rue des Lilas;12;13001;Marseille\n",
        "Κωδικός;Επωνυμία;Οδός;Αριθμός;Τ.Κ.;Πόλη\nx1;La Ruche;rue des Lilas;12;13001;Marseille\n",
        "Šifra,Naziv,Ulica,Kućni broj,Poštanski broj,Grad\nx1,La Ruche,rue des Lilas,12,13001,Marseille\n",
        "business_id,name,address,city,state,postal_code\nx1,La Ruche,12 rue des Lilas,Marseille,PAC,13001\n",
        "id,name,addr_freeform,addr_locality,addr_postcode\nx1,La Ruche,12 rue des Lilas,Marseille,13001\n",
        "fsq_place_id,name,address,locality,postcode\nx1,La Ruche,12 rue des Lilas,Marseille,13001\n",
        "@id,name,addr:street,addr:housenumber,addr:city,addr:postcode\nx1,La Ruche,rue des Lilas,12,Marseille,13001\n",
        [PLACE],
        {"data": {"items": [PLACE]}},
        json.dumps(PLACE) + "\n" + json.dumps({"name": ""}),
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": PLACE, "geometry": {"type": "Point", "coordinates": [5.37, 43.29]}}]},
        [{"id": "x1", "names": {"primary": "La Ruche"},
          "addresses": [{"freeform": "12 rue des Lilas", "locality": "Marseille", "postcode": "13001"}]}],
    ],
)  # fmt: skip
def test_forms_and_headers(tmp_path: Path, content: str | Any) -> None:
    found = lists.read(written(tmp_path, content), country="FR")
    record = only(found)
    assert (record.key, found.ids, found.names) == (("left", "x1"), ["x1"], ["La Ruche"])
    assert (record.street, record.number) == ("rue des lilas", "12")
    assert (record.postcode, record.locality, record.country) == ("13001", "Marseille", "FR")


def test_contacts_sites_identifiers_and_positions(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "nom,latitude,longitude,téléphone,email,siret,facebook,catégorie\n"
        "La Ruche,43.29,5.37,04 91 00 00 01,contact@ruche.example,73282932000074,laruche,Coworking\n"
        "Le Phare,43.30,5.38,,lephare13@gmail.com,,,Fablab\n",
    )
    first, second = lists.read(path).records
    assert (first.lat, first.lon, first.country) == (43.29, 5.37, "FR")
    assert first.phones == ("+33491000001",)
    assert first.domains == ("ruche.example",)  # of the mailbox: there is no site
    assert first.ids == ("SIRET:73282932000074",)
    assert first.urls == ("https://www.facebook.com/laruche",)
    assert (first.kinds, second.kinds) == (("COWORK",), ("FAB",))
    assert second.domains == ()  # anyone may have a mailbox there


def test_american_telephones_need_no_country(tmp_path: Path) -> None:
    rows = "".join(f"{n},Place {n},435 s. la cienega blv.,310/246-150{n},los angeles\n" for n in range(5))
    found = lists.read(written(tmp_path, "id,name,addr,phone,city\n" + rows))
    assert found.country == "US"
    assert [record.phones for record in found.records] == [(f"+1310246150{n}",) for n in range(5)]


def test_rows_without_an_id_are_known_by_their_number(tmp_path: Path) -> None:
    path = written(tmp_path, "name,city\nA Place,Nice\n,Nice\nThe Other,Nice\n")
    assert lists.read(path).ids == ["1", "3"]
    path = written(tmp_path, "id,name\na,A Place\n,B Place\nc,C Place\n" + "".join(f"d{n},P{n}\n" for n in range(97)))
    assert lists.read(path).ids[:3] == ["a", "#2", "c"]


def test_an_id_that_comes_twice_stays_and_its_records_are_two(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n" + "".join(f"{n},Place {n}\n" for n in range(99)) + "7,Another\n")
    found = lists.read(path, "right")
    assert found.ids.count("7") == 2
    assert len({record.key for record in found.records}) == 100
    assert {record.key[0] for record in found.records} == {"right"}


def test_columns_of_guessing_and_of_saying(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name,photo_url,website,fax\n1,A,http://img.example/1,http://a.example,0\n")
    found = lists.read(path)
    assert found.columns == {"id": "id", "name": "name", "website": "web"}
    assert found.unused == ["photo_url", "fax"]
    assert only(found).domains == ("a.example",)
    again = lists.read(path, columns={"web": ["photo_url"], "id": []})
    assert again.columns == {"name": "name", "photo_url": "web"}
    assert (again.ids, only(again).domains) == (["1"], ("img.example",))


def test_what_is_left_out_says_why(tmp_path: Path) -> None:
    found = lists.read(written(tmp_path, "id,name,city\n1,,Nice\n2,null,Nice\n3,Ok,Nice\n4,a,b,c,d\n"))
    assert [(reject.code, count) for reject, count in lists.reasons(found.rejects)] == [("NO_NAME", 2), ("SHIFTED", 1)]
    assert all(not reject.cells for reject in found.rejects)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=30))
def test_no_text_is_too_odd(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Every element is a record or a reject, whatever is in it."""
    path = written(tmp_path_factory.mktemp("odd"), [{"name": name, "address": name, "id": name} for name in names])
    try:
        found = lists.read(path)
    except SourceError:  # no name in any row that looks like one
        return
    assert len(found.records) + len(found.rejects) == len(names)
    assert len({record.key for record in found.records}) == len(found.records) == len(found.ids) == len(found.names)
