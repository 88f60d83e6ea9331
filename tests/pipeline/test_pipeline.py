"""From lists to published files: the same input gives the same bytes, whatever the order it comes in, and real lists
give the figures that are known of them."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from coworkmed.opendata import services
from coworkmed.opendata.publish import MANIFEST, REPORTS, differing
from coworkmed.places import services as places
from coworkmed.platform.database import rehearsal
from coworkmed.sources import catalogue
from coworkmed.sources.models import Assertion, Entry
from coworkmed.sources.spec import Pick, Spec

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
COLUMNS = "id name street postcode locality lat lon web phone".split()
TOWN = "13001,Marseille,43.29{0},5.36{0}"
#: Identifiers that databases sort each in their own way; two rows share one; the same houses in several lists.
LISTS = {
    "atlas": [
        f"Z1,La Ruche Bleue,12 rue des Lilas,{TOWN.format(61)},https://ruche.example,+33 4 91 00 00 01",
        f"a2,Le Phare,3 quai du Port,{TOWN.format(55)},https://phare.example,+33 4 91 00 00 02",
        f"É3,L'Établi,8 rue Curiol,{TOWN.format(70)},,",
        f"_4,Coco Velten,16 rue Bernard du Bois,{TOWN.format(30)},https://coco.example,",
        f"a2,Le Comptoir,40 rue Breteuil,{TOWN.format(12)},,",
    ],
    "guide": [
        f"b-1,La Ruche Bleue Coworking,12 rue des Lilas,{TOWN.format(61)},http://www.ruche.example/,",
        f"B1,PHARE,3 quai du Port,{TOWN.format(56)},,+33491000002",
        f"b 1,L'Etabli atelier,9 rue Curiol,{TOWN.format(71)},,",
    ],
    "region": [
        f"10,Ruche bleue,12 r. des Lilas,{TOWN.format(62)},https://ruche.example/nous,",
        f"9,Velten,16 rue Bernard du Bois,{TOWN.format(31)},,",
        f"1,Ailleurs,1 rue d'Ailleurs,{TOWN.format(99)},,",
    ],
}
REFUSED = [f"5,,1 rue Sans Nom,{TOWN.format(11)},,", LISTS["region"][2]]


class Desk:
    """Someone who keeps some lists in files and publishes them, into a folder of its own each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0

    def write(self, key: str, rows: Sequence[str]) -> Spec:
        path = self.folder / f"{key}.csv"
        path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
        return Spec(
            key=key,
            title={"en": key},
            keeper="Someone",
            licence="CC0-1.0",
            attribution="Someone",
            connector="csv",
            location=str(path),
            observed_on="2026",
            territory=("FR",),
            columns={name: Pick((name,)) for name in COLUMNS},
            defaults={"country": "FR", "kinds": "coworking"},
            options={"delimiter": ",", "encoding": "utf-8"},
        )

    def publish(self, specs: Sequence[Spec], day: date = DAY) -> dict[str, bytes]:
        self.runs += 1
        out = self.folder / f"out-{self.runs}"
        services.build(specs=specs, folder=self.folder / "fetched", out=out, as_of=day, reports=["en"])
        return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def publish_from_nothing(self, specs: Sequence[Spec]) -> dict[str, bytes]:
        """… and forget the registry again."""
        with rehearsal():
            return self.publish(specs)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def table(text: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(text.decode(), newline="")))


def test_the_same_lists_give_the_same_bytes(desk: Desk) -> None:
    specs = [desk.write(key, rows) for key, rows in LISTS.items()]
    assert desk.publish_from_nothing(specs) == desk.publish_from_nothing(specs)


def test_everything_is_sorted_alike_on_every_database(desk: Desk) -> None:
    published = desk.publish([desk.write(key, rows) for key, rows in LISTS.items()])
    for name, width in (("links.csv", 2), ("places.csv", 1)):
        _, *rows = table(published[name])
        assert [row[:width] for row in rows] == sorted(row[:width] for row in rows), name
    columns, *review = table(published["review.csv"])
    gains = [float(gain) for row in review if (gain := row[columns.index("gain")])]
    assert gains == sorted(gains, reverse=True)
    assert len({(*row[:2], *row[3:5]) for row in review}) == len(review) > len(gains) > 0
    assert all(row[:2] < row[3:5] for row in review)


def test_the_order_of_rows_is_irrelevant(desk: Desk) -> None:
    lists = LISTS | {"region": [*LISTS["region"], *REFUSED]}
    one = desk.publish_from_nothing([desk.write(key, rows) for key, rows in lists.items()])
    other = desk.publish_from_nothing([desk.write(key, rows[::-1]) for key, rows in lists.items()])
    numbered = {"rejects.csv", *REPORTS["en"], MANIFEST}  # they tell in which row of the list a person finds it
    assert {name: one[name] for name in one.keys() - numbered} == {
        name: other[name] for name in other.keys() - numbered
    }
    rejects = [sorted((row[0], *row[2:]) for row in table(found["rejects.csv"])) for found in (one, other)]
    assert rejects[0] == rejects[1]
    assert len(rejects[0]) == 1 + len(REFUSED)


def test_the_order_of_sources_is_irrelevant_to_the_data(desk: Desk) -> None:
    specs = [desk.write(key, rows) for key, rows in LISTS.items()]
    one, other = desk.publish_from_nothing(specs), desk.publish_from_nothing(specs[::-1])
    told = {"figures.json", *REPORTS["en"], MANIFEST}  # they present the sources in the catalogue's order
    assert {name: one[name] for name in one.keys() - told} == {name: other[name] for name in other.keys() - told}


def test_importing_twice_changes_nothing(desk: Desk) -> None:
    specs = [desk.write(key, rows) for key, rows in LISTS.items()]
    first, said = desk.publish(specs), Assertion.objects.count()
    desk.write("atlas", LISTS["atlas"][::-1])  # another file, the same words
    assert desk.publish(specs) == first
    assert Assertion.objects.count() == said


def test_a_source_that_is_missing_for_a_time_loses_nothing(desk: Desk) -> None:
    specs = [desk.write(key, rows) for key, rows in LISTS.items()]
    first = desk.publish(specs)
    without = desk.publish(specs[1:])  # it left the catalogue …
    assert without["links.csv"] == first["links.csv"]
    assert desk.publish(specs) == first
    path = Path(specs[0].location)
    text = path.read_text()
    path.unlink()  # … or can't be had
    data = {"places.csv", "places.geojson", "places.parquet", "assertions.parquet", "links.csv", "figures.json"}
    flagged = desk.publish(specs)
    assert {name: flagged[name] for name in data} == {name: first[name] for name in data}
    path.write_text(text)
    assert desk.publish(specs) == first


def test_public_ids_and_decisions_survive_new_identifiers_and_new_words(desk: Desk) -> None:
    specs = [desk.write(key, rows) for key, rows in LISTS.items()]
    before = {(row[0], row[1]): row[2] for row in table(desk.publish(specs)["links.csv"])}
    places.decide(words=[places.Word(("atlas", "_4"), ("region", "9"), "different")], as_of=DAY)
    desk.write("atlas", [f"fr-{row}" if row.startswith("_4") else row for row in LISTS["atlas"]])
    desk.write("region", [row.replace("Ailleurs", "Bien ailleurs") for row in LISTS["region"]])
    after = {(row[0], row[1]): row[2] for row in table(desk.publish(specs, DAY + timedelta(days=1))["links.csv"])}
    assert Entry.objects.get(external_id="fr-_4").former_ids == ["_4"]
    assert after["atlas", "fr-_4"] != after["region", "9"]
    assert before["atlas", "_4"] in (after["atlas", "fr-_4"], after["region", "9"])
    same = before.keys() & after.keys() - {("region", "9")}
    assert {key: before[key] for key in same} == {key: after[key] for key in same}


@pytest.mark.data
def test_the_mediterranean_catalogue_gives_the_figures_that_are_known(shared_data: Path, tmp_path: Path) -> None:
    specs = catalogue.load(Path(__file__).parents[2] / "catalogues" / "mediterranean.toml")
    assert str(shared_data) in specs[0].location
    out = tmp_path / "out"
    built = services.build(specs=specs, folder=tmp_path / "fetched", out=out, as_of=DAY, reports=["en"])
    assert not built.flagged
    for one in built.harvested:
        assert one.counts["rows"] == one.counts["entries"] + one.counts["rejected"], one.key

    manifest = json.loads((out / MANIFEST).read_text())
    assert differing(out, manifest) == []
    entries = {source["key"]: source["entries"] for source in manifest["sources"]}
    assert entries == {one.key: one.counts["entries"] for one in built.harvested}
    assert entries["fr-cget-2019"] == 1512
    figures = json.loads((out / "figures.json").read_text())
    brought = {one["source"]: one for one in figures["sources"]}
    for one in brought.values():
        assert one["read"] == one["entries"] + sum(one["rejected"].values()), one["source"]

    told = Entry.objects.filter(source="fr-cget-2019").values_list("assertion__fields__main_kind", flat=True)
    kinds = Counter((kind["value"], kind.get("repair", "")) for kind in told if kind)
    assert (kinds["COWORK", ""], kinds["FAB", ""]) == (1118, 345), "as declared; a few more follow from their names"
    regional = {key: entries[key] for key in ("fr-region-sud-2022", "fr-aura-2022", "fr-cvl-2020")}
    assert sorted(regional.values()) == [42, 89, 147], regional

    report = unescape((out / "report" / "en" / "index.html").read_text(encoding="utf-8"))
    assert "of 1,512 entries 1,463 are of a stated main kind. Coworking space: 1,118; " in report
    assert "Provence-Alpes-Côte d'Azur: 127; " in report
    assert "No pair of these lists meets the conditions, so no estimate is given." in report
    assert "they are no independent witnesses" in report and "months apart: places opened and closed" in report

    links = {(row[0], row[1]): row[2] for row in table((out / "links.csv").read_bytes())[1:]}
    assert len(links) == sum(entries.values())
    one_place = {
        links[key]
        for key in (
            ("fr-cget-2019", "1334"),
            ("fr-osm-coworking-2026", "node/5989360187"),
            ("fr-region-sud-2022", "PACA0685"),
            ("med-atlas-2016", "ATL4475"),
        )
    }
    assert len(one_place) == 1
    make_it = next(row for row in table((out / "places.csv").read_bytes()) if row[0] in one_place)
    assert "Make it Marseille" in make_it
    known_to = "fr-cget-2019 | fr-osm-coworking-2026 | fr-region-sud-2022 | med-atlas-2016"
    assert known_to in make_it, "its provenance"
