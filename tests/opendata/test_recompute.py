"""Whoever has the published files, and nothing else, comes to the same places and the same figures."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coworkmed.kernel.values import Value
from coworkmed.observatory import freshness, queries
from coworkmed.observatory.freshness import SMALL
from coworkmed.opendata import tables
from coworkmed.opendata.csv_text import unguard
from coworkmed.opendata.publish import publish
from coworkmed.places import rules, services
from coworkmed.places.freshness import Signal
from coworkmed.places.models import Place
from coworkmed.places.models import Signal as Word
from coworkmed.places.queries import place_row, snapshot
from coworkmed.platform import audit
from coworkmed.sources.models import Entry
from tests.places.test_services import PHARE, RUCHE_A, RUCHE_B, World

pytestmark = pytest.mark.django_db

TOWN = "13003,Marseille,43.31{0},5.37{0},,"
OTHERS = [
    f"{10 + n},Atelier {name},{n + 1} rue {name},{TOWN.format(n)}" for n, name in enumerate(("Un", "Deux", "Tro"))
]
WHO = audit.Who("owner", "p-7")


@pytest.fixture
def told(tmp_path: Path) -> World:
    """Two lists, and people who confirm, correct, move, close, suggest, and say what proves false."""
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE, *OTHERS], b=[RUCHE_B, OTHERS[2].replace("Tro", "Trois")])

    def tell(external_id: str, kind: str = "OWNER", **said: Any) -> Place:
        place = world.place_of("a", external_id)
        services.tell(place=place, kind=kind, who=WHO, verb="place.told", as_of=world.day, **said)
        return place

    ruche = world.place_of("a", "1")
    tell("1", fields={"status": Value("OPEN")}, vouches=list(ruche.values))
    tell("1", fields={"phone": Value("+33491000099"), "other_names": Value(["La Ruche"])})
    tell("2", says="MOVED")
    tell("10", fields={"status": Value("CLOSED"), "closed": Value("2026-10")}, says="CLOSED")
    tell("11", kind="LISTED", fields={"web": Value("https://atelier.example")})
    false = tell("12", kind="VISIT", vouches=["name"])
    services.strike(place=false, word=Word.objects.get(place=false), who=WHO, as_of=world.day)
    tell("12", kind="NETWORK", fields={"status": Value("PAUSED")}, says="PAUSED", until="2027-02")
    world.day += timedelta(40)
    world.run(a=[RUCHE_A.replace("12 rue", "16 rue"), PHARE, *OTHERS], b=[RUCHE_B])  # one vanishes from b
    world.day += timedelta(40)
    world.run(a=[RUCHE_A.replace("12 rue", "16 rue"), PHARE, *OTHERS], b=[RUCHE_B])
    assert Entry.objects.exclude(retired_on=None).exists()
    return world


def rows(path: Path) -> list[dict[str, Any]]:
    """A parquet file, as others read it."""
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: unguard(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def recomputed(out: Path) -> dict[str, dict[str, Any]]:
    """Every place by the registry's rules, from the published files alone: its row in the table of places."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    as_of = date.fromisoformat(manifest["as_of"])
    trust = {one["key"]: one["trust"] for one in manifest["sources"]}
    retired = {(one["source"], one["external_id"]) for one in lines(out / "links.csv") if one["retired_on"]}
    entries: dict[str, dict[tuple[str, str], list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in rows(out / "assertions.parquet"):
        entries[one["place_id"]][one["source"], one["external_id"]].append(one)
    signals: dict[str, list[Signal]] = defaultdict(list)
    for one in rows(out / "signals.parquet"):
        heard = Signal(one["kind"], one["on"], one["says"], frozenset(one["fields"]), one["until"])
        signals[one["place_id"]].append(heard)
    found = {}
    for place_id, said in entries.items():
        claims = {key: claim(fields, trust[key[0]]) for key, fields in said.items()}
        speaking = [one for key, one in claims.items() if key not in retired] or list(claims.values())
        standing = rules.standing(
            speaking, listed=bool(claims.keys() - retired), as_of=as_of, signals=signals[place_id]
        )
        found[place_id] = tables.place_line(place_row(place_id, standing, speaking))
    return found


def claim(fields: list[Mapping[str, Any]], trust: float) -> rules.Claim:
    first = fields[0]
    return rules.Claim(
        source=first["source"],
        external_id=first["external_id"],
        observed_on=first["observed_on"],
        fields={one["field"]: Value(json.loads(one["value"]), doubt=one["doubt"]) for one in fields},
        role=first["role"],
        licence=first["licence"],
        trust=trust,
        vouched={one["field"]: (one["vouched_on"], one["vouched_by"]) for one in fields if one["vouched_on"]},
    )


def published(out: Path) -> dict[str, dict[str, Any]]:
    return {one["place_id"]: one for one in rows(out / "places.parquet")}


def test_every_place_follows_from_the_published_files(told: World, tmp_path: Path) -> None:
    publish(snapshot(told.day), tmp_path / "out")
    assert recomputed(tmp_path / "out") == published(tmp_path / "out")
    ruche, phare = (published(tmp_path / "out")[told.place_of("a", one).pk] for one in "12")
    assert (ruche["freshness"], ruche["phone"], phare["freshness"]) == ("confirmed", "+33491000099", "moved")
    assert {one["status"] for one in published(tmp_path / "out").values()} == {"OPEN", "CLOSED", "PAUSED"}


@pytest.mark.parametrize("lost", ["signals.parquet", "assertions.parquet"])
def test_it_does_not_without_what_people_said(
    told: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The test above would notice, were signals or what they vouch for left out of the files, or of the settling."""
    publish(snapshot(told.day), tmp_path / "out")
    whole = rows

    def robbed(path: Path) -> list[dict[str, Any]]:
        if path.name == lost == "signals.parquet":
            return []
        return [one | {"vouched_on": ""} for one in whole(path)] if path.name == lost else whole(path)

    expected = published(tmp_path / "out")
    monkeypatch.setattr(f"{__name__}.rows", robbed)
    assert recomputed(tmp_path / "out") != expected


def test_the_figures_follow_from_the_published_places(told: World, tmp_path: Path) -> None:
    day = told.day
    past = freshness.every_series(queries.past(), day)
    publish(snapshot(day), tmp_path / "out", past=past)
    places = [one for one in published(tmp_path / "out").values() if one["status"] != "CLOSED"]
    told_of = lines(tmp_path / "out" / "freshness.csv")
    now = {(one["territory"], one["source"], one["figure"]): one for one in told_of if one["on"] == day.isoformat()}
    for country, source in [("", ""), ("FR", ""), ("", "a"), ("", "own-word"), ("FR", "b")]:
        these = [one for one in places if country in ("", one["country"]) and (not source or source in one["sources"])]
        for figure, states in (("vouched_share", "confirmed"), ("hidden_share", "doubtful")):
            row = now[country, source, figure]
            n = sum(one["freshness"] == states for one in these)
            assert (int(row["n"]), int(row["of"])) == (n, len(these))
            assert row["value"] == (f"{n / len(these):.6g}" if len(these) >= SMALL else "")
            assert row["definition"]
    months = {one["on"] for one in told_of} - {day.isoformat()}
    assert months == {"2026-11-30", "2026-12-31", "2027-01-31"}
    whole = {
        one["on"]: one["n"]
        for one in told_of
        if (one["territory"], one["source"]) == ("", "") and one["figure"] == "vouched_share"
    }
    assert whole["2026-11-30"] == str(past[freshness.ALL][0].confirmed) == "1"


def test_signals_name_nobody(told: World, tmp_path: Path) -> None:
    publish(snapshot(told.day), tmp_path / "out")
    table = lines(tmp_path / "out" / "signals.csv")
    assert list(table[0]) == ["place_id", "kind", "on", "says", "until", "fields"]
    assert len(table) == Word.objects.standing().count() == len(rows(tmp_path / "out" / "signals.parquet")) == 4
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or b"p-7" not in path.read_bytes()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"]["signals.csv"]["licence"]["note"] == "FREE"
