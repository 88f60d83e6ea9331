"""The registry over several runs: ids that survive, decisions that bind, places that merge and part."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory.rules import figures
from coworkmed.places import rules, services
from coworkmed.places.models import Change, Link, Place, Refresh
from coworkmed.places.queries import place_row, snapshot
from coworkmed.places.services import linking
from coworkmed.platform import gazetteer
from coworkmed.sources import services as sources
from coworkmed.sources.catalogue import Pick, Spec
from coworkmed.sources.models import Harvest, Source

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
COLUMNS = ("id", "name", "street", "postcode", "locality", "lat", "lon", "web", "phone")
#            id  name                street            postcode town      lat      lon    web                 phone
RUCHE_A = "1,La Ruche Bleue,12 rue des Lilas,13001,Marseille,43.2961,5.3699,https://ruche.example,+33 4 91 00 00 01"
RUCHE_B = "b1,La Ruche Bleue Coworking,12 rue des Lilas,13001,Marseille,43.2962,5.3700,http://www.ruche.example/,"
PHARE = "2,Le Phare,3 quai du Port,13002,Marseille,43.2955,5.3720,https://phare.example,+33 4 91 00 00 02"


class World:
    """Some lists in files, harvested and refreshed day after day."""

    def __init__(self, folder):
        self.folder = folder
        self.day = DAY

    def run(self, **lists):
        self.day += timedelta(days=1)
        for key, rows in lists.items():
            path = self.folder / f"{key}.csv"
            path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
            spec = Spec(
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
                kinds={},
                defaults={"country": "FR", "kinds": "coworking"},
            )
            sources.register(specs=[spec])
            done = sources.harvest(spec=spec, as_of=self.day, folder=self.folder / "fetched", accept=True)
            assert done.outcome in ("APPLIED", "UNCHANGED"), done
        return services.refresh(as_of=self.day)

    def place_of(self, source, external_id):
        return Link.objects.get(entry__source=source, entry__external_id=external_id).place


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_what_somebody_else_says_is_a_change_too(world):
    """It is shown beside the value that won, with its date."""
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    before, phare = world.place_of("b", "b1"), world.place_of("a", "2")
    world.run(b=[RUCHE_B.replace("12 rue", "14 rue")])
    after = world.place_of("b", "b1")
    assert (after.pk, after.values) == (before.pk, before.values)
    assert after.modified > before.modified
    assert world.place_of("a", "2").modified == phare.modified


def test_other_names_of_towns_renew_the_registry(world, monkeypatch):
    world.run(a=[PHARE])
    assert services.refresh(as_of=world.day) is None
    monkeypatch.setattr(gazetteer, "edition", lambda: "another")
    assert services.refresh(as_of=world.day) is not None


def test_two_lists_that_know_one_place(world):
    linked = world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    assert (linked.entries, linked.places, linked.made) == (3, 2, 2)
    place = world.place_of("a", "1")
    assert place == world.place_of("b", "b1")
    assert (place.sources, place.country, place.locality) == (["a", "b"], "FR", "Marseille")
    link = Link.objects.get(entry__source="b")
    assert link.decided_by == "machine"
    assert link.probability > 0.8
    assert link.reasons
    assert Link.objects.get(entry__external_id="2").decided_by == "alone"


def test_ids_survive_the_next_run(world):
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    before = dict(Link.objects.values_list("entry__external_id", "place_id"))
    world.run(a=[PHARE, RUCHE_A.replace("La Ruche Bleue", "Ruche Bleue")])
    assert dict(Link.objects.values_list("entry__external_id", "place_id")) == before


def test_nothing_new_is_nothing_done(world):
    world.run(a=[RUCHE_A])
    assert services.refresh(as_of=world.day) is None
    assert services.refresh(as_of=world.day + timedelta(days=1)) is None
    assert services.refresh(as_of=world.day) is not None, "what was shown on an earlier day is made anew"


def test_a_later_day_shows_what_it_makes_old_and_no_more(world, monkeypatch):
    world.run(a=[RUCHE_A])
    place = world.place_of("a", "1")
    monkeypatch.setattr("coworkmed.places.services.refreshing.link", None)
    assert place.turns_on
    assert services.refresh(as_of=place.turns_on) is None
    assert world.place_of("a", "1").freshness == "doubtful"
    assert Refresh.objects.get().as_of == place.turns_on


def test_a_list_that_was_refused_is_no_reason_to_link_anew(world):
    world.run(a=[RUCHE_A])
    Source.objects.get(pk="a").harvests.create(as_of=world.day, outcome=Harvest.Outcome.REFUSED, counts={})
    assert services.refresh(as_of=world.day) is None
    Source.objects.get(pk="a").harvests.create(as_of=world.day, outcome=Harvest.Outcome.APPLIED, counts={})
    assert services.refresh(as_of=world.day) is not None


@pytest.mark.any_database
def test_what_is_shown_has_one_digest_however_a_database_orders_it():
    """PostgreSQL puts the keys of JSON in its own order, and each process those of a set: neither is a change."""
    script = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()\n"
        "from datetime import date\n"
        "from coworkmed.places.freshness import Signal\n"
        "from coworkmed.places.services.settling import Said, Told, _row\n"
        "position = {'value': {'lat': 43.3, 'lon': 5.4, 'precision': 'STREET'}, 'given': 'x'}\n"
        "turned = {'given': 'x', 'value': dict(reversed(list(position['value'].items())))}\n"
        "import json\n"
        "def row(fields, vouched):\n"
        "    said = Said('a', '1', date(2026, 1, 1), None, '2026-01-01', 'IMPORT', '', json.dumps(fields), {}, 1)\n"
        "    word = Signal('OWNER', '2026-02-01', fields=frozenset(vouched))\n"
        "    return _row(Told('p', [said], [(word, vouched)]), {'a': 0.5}, date(2026, 3, 1)).columns[-1]\n"
        "name = {'value': 'La Ruche'}\n"
        "one = row({'name': name, 'position': position}, {'name': 'La Ruche', 'position': position['value']})\n"
        "other = row({'position': turned, 'name': name}, {'position': turned['value'], 'name': 'La Ruche'})\n"
        "assert one == other, (one, other)\n"
        "print(one)\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": one}, capture_output=True, text=True,
            check=True,
        ).stdout
        for one in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def test_of_chains_only_what_changed_is_written(world, monkeypatch):
    """Who speaks of a place while all are being linked should find its row free."""
    world.run(a=[RUCHE_A, PHARE])
    Place.objects.filter(pk=world.place_of("a", "1").pk).update(chain="brand:ruche")
    kept: list[tuple[str, str]] = []
    monkeypatch.setattr(linking, "chains", lambda found, records: [])
    monkeypatch.setattr(linking, "insert", lambda model, columns, rows, **more: kept.extend(rows))
    linking._store_chains([], None, None)
    assert kept == [(world.place_of("a", "1").pk, "")]


def test_only_what_changes_is_said_to_have_changed(world):
    world.run(a=[RUCHE_A, PHARE])
    ruche, phare = world.place_of("a", "1"), world.place_of("a", "2")
    assert (ruche.region, gazetteer.town(ruche.town).name) == ("FR-PAC", "Marseille")
    world.run(a=[RUCHE_A.replace("La Ruche Bleue", "La Ruche Rouge"), PHARE])
    assert world.place_of("a", "1").modified > ruche.modified
    assert world.place_of("a", "2").modified == phare.modified


def test_each_change_comes_after_the_last(world, monkeypatch):
    """Whoever follows the registry by the time of its changes misses none, even if the clock is put back."""
    world.run(a=[RUCHE_A])
    before = world.place_of("a", "1").modified
    monkeypatch.setattr(timezone, "now", lambda: before - timedelta(hours=1))
    world.run(a=[RUCHE_A.replace("Lilas", "Roses")])
    assert world.place_of("a", "1").modified > before


def test_a_merged_place_says_when(world):
    world.run(
        a=[RUCHE_A], b=[RUCHE_B.replace("b1,La Ruche Bleue Coworking", "b1,Wholly Other").replace("ruche.", "x.")]
    )
    kept, other = world.place_of("a", "1"), world.place_of("b", "b1")
    assert kept != other
    services.decide(words=[services.Word(("a", "1"), ("b", "b1"), "same")], as_of=world.day)
    world.run()
    gone = Place.objects.exclude(merged_into=None).get()
    assert gone.modified > max(kept.modified, other.modified)


def test_a_person_who_says_different_parts_them_and_the_id_stays(world):
    world.run(a=[RUCHE_A], b=[RUCHE_B])
    shared = world.place_of("a", "1")
    services.decide(words=[services.Word(("a", "1"), ("b", "b1"), "different")], as_of=world.day)
    world.run()
    one, other = world.place_of("a", "1"), world.place_of("b", "b1")
    assert one != other
    assert shared in (one, other)
    assert Change.objects.filter(kind="split", other=shared).count() == 1
    world.run(a=[RUCHE_A.replace("Lilas", "Roses")], b=[RUCHE_B])
    assert world.place_of("a", "1") != world.place_of("b", "b1"), "the decision binds later runs"


def test_a_person_who_says_same_joins_them_and_the_other_id_redirects(world):
    world.run(a=[RUCHE_A, PHARE])
    lost = world.place_of("a", "2")
    services.decide(words=[services.Word(("a", "2"), ("a", "1"), "same")], as_of=world.day)
    linked = world.run()
    assert linked.merged == 1
    kept = world.place_of("a", "1")
    assert world.place_of("a", "2") == kept
    gone = {lost.public_id, kept.public_id}
    redirected = Place.objects.exclude(merged_into=None).get()
    assert (redirected.public_id in gone, redirected.merged_into, redirected.status) == (True, kept, "MERGED")
    assert Link.objects.filter(decided_by="person").exists()


def test_a_changed_mind_gives_the_old_id_back(world):
    world.run(a=[RUCHE_A, PHARE])
    before = dict(Link.objects.values_list("entry__external_id", "place_id"))
    services.decide(words=[services.Word(("a", "2"), ("a", "1"), "same")], as_of=world.day)
    world.run()
    services.decide(words=[services.Word(("a", "1"), ("a", "2"), "different")], as_of=world.day)
    world.run()
    assert dict(Link.objects.values_list("entry__external_id", "place_id")) == before
    assert not Place.objects.exclude(merged_into=None).exists()


def test_a_place_no_list_holds_any_more_stays_and_is_unknown(world):
    world.run(a=[RUCHE_A, PHARE])
    world.run(a=[RUCHE_A])
    assert world.place_of("a", "2").status == "OPEN", "it waits thirty days"
    world.day += timedelta(days=40)
    world.run(a=[RUCHE_A])
    place = world.place_of("a", "2")
    assert (place.status, place.name) == ("UNKNOWN", "Le Phare")


def test_a_list_that_fell_silent_is_no_source_of_a_place_any_more(world):
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B, PHARE])
    world.run(b=[PHARE])
    assert world.place_of("a", "1").sources == ["a", "b"], "it waits"
    world.day += timedelta(days=40)
    world.run(b=[PHARE])
    shot = snapshot(world.day)
    ruche = next(place for place in shot.places if place.place_id == world.place_of("b", "b1").public_id)
    assert ruche.sources == ("a",) == tuple(world.place_of("a", "1").sources)
    assert {author["source"] for by in ruche.authors.values() for author in by} == {"a"}
    assert len(shot.entries) == 4, "what it said is kept"
    brought = {one.source: one for one in figures(shot).sources}
    assert (brought["b"].entries, brought["b"].places) == (1, 1)


def test_a_decision_may_name_an_entry_as_its_list_did_before(world):
    world.run(a=[RUCHE_A, PHARE])
    world.run(a=[row.replace(row[:2], f"new{row[0]},", 1) for row in (RUCHE_A, PHARE)])
    services.decide(words=[services.Word(("a", "1"), ("a", "new2"), "same")], as_of=DAY)
    world.run()
    assert world.place_of("a", "new1") == world.place_of("a", "new2")


def test_a_decision_on_an_unknown_entry_is_refused(world):
    world.run(a=[RUCHE_A])
    with pytest.raises(CoworkmedError, match="No entry 99 in the source a"):
        services.decide(words=[services.Word(("a", "1"), ("a", "99"), "same")], as_of=DAY)
    with pytest.raises(CoworkmedError):
        services.decide(words=[services.Word(("a", "1"), ("a", "1"), "same")], as_of=DAY)


def test_the_snapshot_is_whole_and_sorted(world):
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    shot = snapshot(world.day)
    assert [place.place_id for place in shot.places] == sorted(place.place_id for place in shot.places)
    assert [(entry.source, entry.external_id) for entry in shot.entries] == [("a", "1"), ("a", "2"), ("b", "b1")]
    ruche = next(place for place in shot.places if len(place.sources) == 2)
    assert set(ruche.authors) == set(ruche.values)
    assert shot == snapshot(world.day)
    assert shot.places[0] == shot.places[:1][0] == next(iter(shot.places))


def test_a_place_of_one_entry_is_shown_as_any_other(world):
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    for place in (shot := snapshot(world.day)).places:
        said = [entry for entry in shot.entries if entry.place_id == place.place_id]
        standing = rules.Standing(place.status, place.freshness, place.confirmed_on, place.confirmed_by)
        assert place == place_row(place.place_id, standing, [entry.claim(0.5) for entry in said])
        assert [*place.values] == [*place.authors]
        assert all(entry.words() == {n: v.as_json() for n, v in entry.fields.items()} for entry in said)
