"""Taking a list in: what changes, what must not, and what a later run finds."""

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from coworkmed.kernel.errors import SourceError
from coworkmed.platform import database
from coworkmed.sources import services
from coworkmed.sources.catalogue import Pick, Spec
from coworkmed.sources.models import Assertion, Entry, Harvest, Rejection, Source

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)


class List:
    """A small list kept in a CSV file, as its keeper would edit it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "list.csv"
        self.folder = folder / "fetched"
        self.spec = Spec(
            key="list",
            title={"en": "A list"},
            keeper="Someone",
            licence="CC0-1.0",
            attribution="Someone",
            connector="csv",
            location=str(self.path),
            observed_on="2026",
            territory=("FR",),
            columns={name: Pick((name,)) for name in ("id", "name", "postcode", "locality", "email")},
            defaults={"country": "FR"},
            options={"delimiter": ",", "encoding": "utf-8"},
        )
        services.register(specs=[self.spec])

    def write(self, *rows: str) -> "List":
        self.path.write_text("\n".join(["id,name,postcode,locality,email", *rows]) + "\n")
        return self

    def harvest(self, day: date = DAY, **more) -> services.Harvested:
        return services.harvest(spec=self.spec, as_of=day, folder=self.folder, **more)

    @property
    def source(self) -> Source:
        return Source.objects.get(key="list")

    def names(self) -> dict[str, str]:
        entries = Entry.objects.filter(retired_on=None).select_related("assertion")
        return {entry.external_id: entry.assertion.fields["name"]["value"] for entry in entries}


@pytest.fixture
def kept(tmp_path):
    return List(tmp_path).write(*(f"{n},House {n},1300{n},Marseille," for n in range(1, 10)))


def state():
    return (
        list(Entry.objects.values_list()),
        list(Assertion.objects.values_list()),
        list(Rejection.objects.values_list()),
        list(Source.objects.values_list("checksum")),
    )


def test_a_first_reading_is_all_new(kept):
    done = kept.harvest()
    assert (done.outcome, done.counts["added"], done.counts["rows"]) == ("APPLIED", 9, 9)
    assert len(kept.names()) == 9


def test_several_processes_read_what_one_reads(kept, monkeypatch):
    monkeypatch.setattr(services, "_CHUNK", 3)
    rows = [f"{n % 50},House {n % 45},130{n % 100:02},Marseille,{'jean@x.fr' if n % 7 else ''}" for n in range(120)]
    kept.write(*rows, "short", "9,,13001,Marseille,", "x,y,z,1,2,3,4")
    readings = {}
    for cores in (1, 2):
        monkeypatch.setattr(os, "cpu_count", partial(int, cores))
        readings[cores] = services.read(kept.spec, kept.path)
    assert readings[1] == readings[2]
    assert readings[1].rows == 123
    assert readings[1].dropped["email"] > 50


def test_what_is_kept_is_what_the_reading_says(kept):
    kept.write("1,Café 'Ελλάδα' \\ \"x\",13001,Marseille,", "2,Le \u2028 Phare,13002,,").harvest()
    read = services.read(kept.spec, kept.path)
    for external_id, one in read.entries.items():
        found = Entry.objects.get(external_id=external_id)
        assert found.former_ids == []
        assert found.assertion.entry == found
        assert (found.assertion.fields, found.assertion.extra) == (json.loads(one.fields), json.loads(one.extra))


def test_running_twice_changes_nothing(kept):
    kept.harvest()
    before = state()
    assert kept.harvest(DAY + timedelta(days=1)).outcome == "UNCHANGED"
    assert state() == before


def test_a_change_is_a_new_assertion_beside_the_old(kept):
    kept.harvest()
    kept.write("1,Another House,13001,Marseille,", *(f"{n},House {n},1300{n},Marseille," for n in range(2, 10)))
    done = kept.harvest()
    assert (done.counts["changed"], done.counts["same"]) == (1, 8)
    said = Assertion.objects.filter(entry__external_id="1").values_list("fields__name__value", flat=True)
    assert list(said) == ["House 1", "Another House"]
    assert kept.names()["1"] == "Another House"


def test_a_day_somebody_was_there_is_kept_as_such(kept):
    kept.harvest()
    seen = replace(kept.spec, columns=kept.spec.columns | {"seen_on": Pick(("email",))})
    kept.write(*(f"{n},House {n},1300{n},Marseille,{'2026-03-04' if n < 3 else ''}" for n in range(1, 10)))
    done = services.harvest(spec=seen, as_of=DAY, folder=kept.folder)
    assert (done.counts["changed"], done.counts["same"]) == (2, 7)
    said = Assertion.objects.exclude(sign="").values_list("entry__external_id", "observed_on", "sign")
    assert sorted(said) == [("1", "2026-03-04", "CHECK_DATE"), ("2", "2026-03-04", "CHECK_DATE")]


def test_the_order_of_rows_is_irrelevant(kept):
    kept.harvest()
    kept.write(*(f"{n},House {n},1300{n},Marseille," for n in reversed(range(1, 10))))
    done = kept.harvest()
    assert (done.outcome, done.counts["same"]) == ("APPLIED", 9)
    assert Assertion.objects.count() == 9


def test_a_licence_put_right_holds_for_all_that_is_said(kept):
    kept.harvest()
    kept.spec = replace(kept.spec, licence="ODbL-1.0")
    services.register(specs=[kept.spec])
    assert kept.harvest().counts["changed"] == 9
    assert set(Entry.objects.values_list("assertion__licence", flat=True)) == {"ODbL-1.0"}
    assert Assertion.objects.filter(licence="CC0-1.0").count() == 9, "what was said was said"


@pytest.mark.parametrize(
    ("rows", "flag"),
    [
        ([], "EMPTY"),
        ([f"{n},House {n},1300{n},Marseille," for n in range(1, 7)], "SHRUNKEN"),
        ([f"x{n},Villa {n},0600{n},Nice," for n in range(1, 10)], "REPLACED"),
    ],
)
def test_a_suspect_list_changes_nothing_and_flags_itself(kept, rows, flag):
    kept.harvest()
    before = state()
    kept.write(*rows)
    assert kept.harvest().outcome == "REFUSED"
    assert state() == before
    assert kept.source.flag == flag
    assert Harvest.objects.first().flag == flag


def test_a_person_can_say_that_it_is_right(kept):
    kept.harvest()
    kept.write(*(f"{n},House {n},1300{n},Marseille," for n in range(1, 7)))
    kept.harvest()
    assert kept.harvest(accept=True).counts["vanished"] == 3
    assert kept.source.flag == ""


def test_a_list_put_right_clears_its_flag(kept):
    kept.harvest()
    good = kept.path.read_text()
    kept.write()
    kept.harvest()
    kept.path.write_text(good)
    assert kept.harvest().outcome == "UNCHANGED"
    assert kept.source.flag == ""


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 50, b"<!DOCTYPE html><html><body>Sorry</body></html>"])
def test_what_is_no_list_changes_nothing(kept, content):
    kept.harvest()
    before = state()
    kept.path.write_bytes(content)
    assert kept.harvest().outcome == "REFUSED"
    assert state() == before


def test_a_list_that_is_gone_changes_nothing(kept):
    kept.harvest()
    before = state()
    kept.path.unlink()
    done = kept.harvest()
    assert (done.outcome, done.flag) == ("REFUSED", "UNREACHABLE")
    assert state() == before


def test_an_unreachable_address_is_said_in_words(kept):
    def refuse(*args, **kwargs):
        raise SourceError("no answer from {host}", host="lists.example")

    done = kept.harvest(opener=refuse)
    assert done.flag_params == {"detail": "no answer from lists.example"}


def test_a_vanished_entry_waits_thirty_days_then_falls_silent(kept):
    kept.harvest()
    kept.write(*(f"{n},House {n},1300{n},Marseille," for n in range(1, 9)))
    assert kept.harvest().counts["vanished"] == 1
    assert "9" in kept.names()
    assert kept.harvest(DAY + timedelta(days=29)).counts["retired"] == 0
    assert "9" in kept.names()
    assert kept.harvest(DAY + timedelta(days=30)).counts["retired"] == 1
    assert "9" not in kept.names()
    assert Assertion.objects.filter(entry__external_id="9").exists(), "what was asserted is never destroyed"


def test_one_that_comes_back_speaks_again(kept):
    kept.harvest()
    good = kept.path.read_text()
    kept.write(*(f"{n},House {n},1300{n},Marseille," for n in range(1, 9)))
    kept.harvest()
    kept.harvest(DAY + timedelta(days=40))
    kept.path.write_text(good)
    assert kept.harvest(DAY + timedelta(days=41)).counts["returned"] == 1
    assert Entry.objects.get(external_id="9").missing_since is None
    assert "9" in kept.names()
    assert Assertion.objects.count() == 9


def test_new_identifiers_for_the_same_places_are_recognised(kept):
    kept.harvest()
    pks = set(Entry.objects.values_list("pk", flat=True))
    kept.write(*(f"FR-{n},House {n},1300{n},Marseille," for n in range(1, 10)))
    done = kept.harvest()
    assert (done.outcome, done.counts["renamed"], done.counts["added"], done.counts["vanished"]) == ("APPLIED", 9, 0, 0)
    assert set(Entry.objects.values_list("pk", flat=True)) == pks
    assert Entry.objects.get(external_id="FR-1").former_ids == ["1"]


def test_a_dry_run_shows_all_and_changes_nothing(kept):
    before = state()
    with database.rehearsal():
        assert kept.harvest().counts["added"] == 9
    assert state() == before


def test_every_row_is_an_entry_or_a_reject_with_a_reason(kept):
    kept.write(
        "1,House,13001,Marseille,", "2,,13002,Marseille,", "1,House,13001,Marseille,", "1,Villa,13001,Marseille,"
    )
    done = kept.harvest()
    assert done.counts["rows"] == 4
    assert set(kept.names().values()) == {"House", "Villa"}
    assert sorted(Rejection.objects.values_list("number", "code")) == [(3, "NO_NAME"), (4, "DUPLICATE_ROW")]


def test_no_private_person_comes_in(kept):
    kept.write("1,House,13001,Marseille,jeanne.martin@house.example", "2,Villa,13002,Marseille,contact@villa.example")
    assert kept.harvest().counts["dropped"] == 1
    stored = repr(state())
    assert "jeanne" not in stored
    assert "contact@villa.example" in stored


def test_nobody_has_seen_tomorrow(kept):
    spec = replace(kept.spec, observed_on="2031")
    services.register(specs=[spec])
    services.harvest(spec=spec, as_of=DAY, folder=kept.folder)
    assert set(Assertion.objects.values_list("observed_on", flat=True)) == {"2026-11-22"}


def test_personal_data_of_a_rejected_row_is_dropped_and_counted_too(kept):
    kept.write("1,House,13001,Marseille,", "2,,13002,Marseille,jeanne.martin@house.example")
    assert kept.harvest().counts["dropped"] == 1
    assert "jeanne" not in repr(list(Rejection.objects.values_list()))
