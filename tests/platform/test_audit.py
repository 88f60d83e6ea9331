"""The trail: what was done is added, in order, and neither changed nor removed without it showing."""

import contextlib
import re
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, connections, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.cli.audit import audit as command
from coworkmed.platform import audit
from coworkmed.platform.audit import MACHINE, Thing, Verdict, Who, record, verify
from coworkmed.platform.models import Event, Head

from .guard import lifted

PLACE = Thing("place", "p1abc")
OWNER = Who("owner", "7f3a")


def add(number: int = 1) -> None:
    with transaction.atomic():
        for turn in range(number):
            record(who=OWNER, verb="place.correct", thing=PLACE, before={"n": turn}, after={"n": turn + 1}, why="Πέτρα")


@pytest.mark.django_db
class TestRecord:
    def test_a_row_per_event_and_a_trail_that_holds(self):
        add(3)
        assert [event.number for event in Event.objects.all()] == [1, 2, 3]
        assert verify() == Verdict(3, Head.objects.get().digest, None)

    def test_a_trail_of_nothing_holds(self):
        assert verify() == Verdict(0, "", None)

    @pytest.mark.parametrize(
        ("who", "verb"),
        [
            (Who("Owner"), "place.correct"),
            (Who("owner", "ana@example.org"), "place.correct"),
            (Who("owner", "Ana Horvat"), "place.correct"),
            (OWNER, "corrected the hours"),
            (OWNER, ""),
        ],
    )
    def test_names_and_sentences_are_refused(self, who, verb):
        with pytest.raises(ValueError, match=r"code|opaque"):
            record(who=who, verb=verb, thing=PLACE, before=None, after=None)
        assert not Event.objects.exists()

    def test_what_json_cannot_hold_is_refused(self):
        with pytest.raises(ValueError, match="JSON"):
            record(who=OWNER, verb="place.correct", thing=PLACE, before=None, after=float("nan"))

    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
        why=st.text(st.characters(exclude_categories=[])),
    )
    def test_whatever_json_holds_comes_back_and_holds(self, value, why):
        """Numbers past 64 bits, halves of characters, NUL: what is kept is what was digested, on every database."""
        record(who=MACHINE, verb="place.settle", thing=PLACE, before=value, after=None, why=why)
        assert audit.public_history(PLACE, most=1)[0].before == value
        assert verify().broken is None

    def test_histories(self):
        add(2)
        record(who=MACHINE, verb="place.settle", thing=Thing("place", "other"), before=None, after=1, why="tick")
        assert [event.number for event in audit.history(PLACE)] == [2, 1]
        assert [event.number for event in audit.trail()] == [3, 2, 1]
        told = audit.public_history(PLACE)
        assert [(one.role, one.verb, one.before, one.after) for one in told] == [
            ("owner", "place.correct", {"n": 1}, {"n": 2}),
            ("owner", "place.correct", {"n": 0}, {"n": 1}),
        ]
        assert "7f3a" not in str(told)
        assert "Πέτρα" not in str(told)


@pytest.mark.django_db(transaction=True)
def test_it_is_recorded_in_the_transaction_of_the_change_or_not_at_all():
    with pytest.raises(transaction.TransactionManagementError):
        record(who=OWNER, verb="place.correct", thing=PLACE, before=None, after=None)
    with transaction.atomic():
        record(who=OWNER, verb="place.correct", thing=PLACE, before=None, after=None)
        transaction.set_rollback(True)
    add()
    assert verify().rows == 1


@pytest.mark.django_db
class TestRefused:
    @pytest.mark.parametrize(
        "write",
        [
            lambda: Event.objects.filter(number=2).update(why="nothing happened"),
            lambda: Event.objects.filter(number=2).delete(),
            lambda: Event.objects.all().delete(),
            lambda: Event.objects.get(number=2).save(),
            lambda: Event.objects.bulk_create(
                Event.objects.filter(number=2), update_conflicts=True, unique_fields=["number"], update_fields=["why"]
            ),
            lambda: sql("UPDATE platform_event SET digest = ''"),
            lambda: (
                sql("INSERT OR REPLACE INTO platform_event SELECT * FROM platform_event")
                if connection.vendor == "sqlite"
                else sql("TRUNCATE platform_event")
            ),
        ],
        ids=["update", "delete", "delete all", "save", "upsert", "raw update", "past the triggers"],
    )
    def test_the_database_refuses_to_change_or_remove(self, write):
        add(3)
        rows = list(Event.objects.values())
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            write()
        assert list(Event.objects.values()) == rows
        assert verify().broken is None


def sql(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


TEXTS = ("role", "person", "verb", "thing_type", "thing_id", "before", "after", "why", "digest")


@pytest.mark.django_db
class TestAltered:
    @given(row=st.integers(1, 5), column=st.sampled_from(TEXTS), place=st.integers(0), sign=st.sampled_from("x0 é"))
    def test_one_character_anywhere(self, row, column, place, sign):
        with transaction.atomic():
            add(5)
            with lifted():
                text = getattr(Event.objects.get(number=row), column)
                at = place % len(text)
                altered = text[:at] + (sign if text[at] != sign else "y") + text[at + 1 :]
                Event.objects.filter(number=row).update(**{column: altered})
                assert verify().broken == row
            transaction.set_rollback(True)

    @pytest.mark.parametrize(
        ("harm", "broken"),
        [
            (lambda: Event.objects.filter(number=2).update(at=models.F("at") + timedelta(microseconds=1)), 2),
            (lambda: Event.objects.filter(number=5).update(number=6), 5),
            (lambda: Event.objects.filter(number=2).delete(), 2),
            (lambda: Event.objects.filter(number=5).delete(), 5),
            (lambda: Event.objects.all().delete(), 1),
            (lambda: Event.objects.filter(number__gt=3).update(number=11 - models.F("number")), 4),
            (lambda: Event.objects.filter(number=3).update(why=""), 3),
            (lambda: Head.objects.all().delete(), 1),
            (lambda: Head.objects.update(number=4), 5),
            (lambda: Head.objects.update(digest="0" * 64), 6),
            (lambda: Event.objects.create(**row(5), number=6), 6),
        ],
        ids=["moment", "number", "cut out", "last cut off", "all", "exchanged", "emptied", "no head", "short head",
             "other head", "put in"],
    )  # fmt: skip
    def test_rows_moved_cut_out_or_put_in(self, harm, broken):
        add(5)
        with lifted():
            harm()
            assert verify().broken == broken

    def test_a_trail_rewritten_to_its_end_shows_beside_what_was_noted(self):
        add(3)
        noted = (2, Event.objects.get(number=2).digest)
        assert verify(known=noted).broken is None
        with lifted():
            Event.objects.all().delete()
            Head.objects.all().delete()
        add(3)
        assert verify().broken is None
        assert verify(known=noted).broken == 2
        assert verify(known=(9, "0" * 64)).broken == 4

    def test_the_command(self, monkeypatch):
        monkeypatch.setattr("coworkmed.platform.database.prepare", lambda: None)
        add(3)
        said = CliRunner().invoke(command, ["verify"])
        assert said.exit_code == 0
        noted = said.output.split()[-1]
        assert re.fullmatch(r"3:[0-9a-f]{64}", noted)
        assert CliRunner().invoke(command, ["verify", "--known", noted]).exit_code == 0
        assert CliRunner().invoke(command, ["verify", "--known", noted.replace("3:", "2:")]).exit_code == 1
        assert CliRunner().invoke(command, ["verify", "--known", "three"]).exit_code == 2
        with lifted():
            Event.objects.filter(number=2).update(why="")
            said = CliRunner().invoke(command, ["verify"])
        assert said.exit_code == 1
        assert "event 2" in said.output


def row(number: int) -> dict[str, object]:
    return {k: v for k, v in Event.objects.filter(number=number).values().get().items() if k != "number"}


@pytest.fixture
def race(monkeypatch):
    """Two at once that both look at the end of the trail before either adds to it, if nothing keeps them from it."""
    both_looked = threading.Barrier(2)
    look = audit._last

    def look_and_wait():
        found = look()
        with contextlib.suppress(threading.BrokenBarrierError):  # the other is kept waiting outside: that is the guard
            both_looked.wait(timeout=1)
        return found

    errors: list[Exception] = []

    def write() -> None:
        try:
            add()
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    def run() -> list[Exception]:
        add()
        monkeypatch.setattr(audit, "_last", look_and_wait)
        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_after_the_other(race):
    assert race() == []
    assert verify().rows == 3
    assert verify().broken is None


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_they_are_not(race, monkeypatch):
    if connection.vendor == "sqlite":
        wrapper = type(connections["default"])
        monkeypatch.setattr(wrapper, "_start_transaction_under_autocommit", lambda self: self.cursor().execute("BEGIN"))
    else:
        monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_: self)
    assert race(), "both took the same number, and nothing kept the second waiting"
