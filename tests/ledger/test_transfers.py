"""Promised, given, given up, corrected."""

import contextlib
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from coworkmed.ledger import rules, services
from coworkmed.ledger.models import Balance, Entry, Transfer
from coworkmed.ledger.rules import MOST, Kind
from coworkmed.ledger.services import AmountError, ClosedError, LedgerError, LimitError, TakenError, Unit
from coworkmed.people.models import Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place

from .conftest import LOFT, MILL, QUAY, WHO, YARD


def given(amount: int = 100, giver: str = MILL, taker: str = QUAY, key: UUID | None = None) -> Transfer:
    return services.record(
        key=key or uuid4(), giver=giver, taker=taker, unit=Unit.DAY, amount=amount, about="a stay", by=WHO
    )


def held(amount: int = 100, giver: str = MILL, taker: str = QUAY, key: UUID | None = None) -> Transfer:
    return services.hold(
        key=key or uuid4(), giver=giver, taker=taker, unit=Unit.DAY, amount=amount, about="a stay", by=WHO
    )


def balance(place: str, partner: str = "") -> tuple[int, int, int]:
    one = Balance.objects.get(pk=rules.key(Unit.DAY, place, partner))
    return one.posted, one.rising, one.falling


def limited(place: str, partner: str = "", **limits: int) -> None:
    Balance.objects.filter(pk=rules.key(Unit.DAY, place, partner)).update(**limits)


class TestTwoPhases:
    def test_a_promise_counts_against_limits_and_is_owed_by_nobody(self, houses: list[str]) -> None:
        held(150)
        assert balance(MILL) == balance(MILL, QUAY) == (0, 150, 0)
        assert balance(QUAY) == (0, 0, 150)
        assert not Entry.objects.exists()

    @pytest.mark.parametrize("amount", [None, 40])
    def test_it_comes_true_in_full_or_in_part(self, houses: list[str], amount: int | None) -> None:
        made = services.post(held(150).key, amount=amount, by=WHO)
        assert made.amount == (amount or 150)
        assert balance(MILL) == balance(MILL, QUAY) == (made.amount, 0, 0)
        assert balance(QUAY) == (-made.amount, 0, 0)
        assert set(Entry.objects.values_list("place", "partner", "amount")) == {
            (MILL, QUAY, made.amount), (QUAY, MILL, -made.amount),
        }  # fmt: skip

    def test_or_comes_to_nothing(self, houses: list[str]) -> None:
        services.void(held().key, by=WHO)
        assert balance(MILL) == balance(QUAY) == (0, 0, 0)

    def test_more_than_was_promised_needs_a_reason_and_room(self, houses: list[str]) -> None:
        key = held(100).key
        with pytest.raises(LedgerError, match="reason"):
            services.post(key, amount=130, overage_why="  ", by=WHO)
        limited(MILL, QUAY, ceiling=120)
        with pytest.raises(LimitError) as error:
            services.post(key, amount=130, overage_why="stayed on", by=WHO)
        assert error.value.room == 20
        assert services.post(key, amount=120, overage_why="stayed on", by=WHO).why == "stayed on"
        assert balance(MILL, QUAY) == (120, 0, 0)

    @pytest.mark.parametrize(("first", "then"), [(services.post, services.void), (services.void, services.post)])
    def test_it_ends_once(self, houses: list[str], first, then) -> None:
        key = held().key
        known = first(key, by=WHO)
        assert first(key, by=WHO) == known
        with pytest.raises(ClosedError):
            then(key, by=WHO)
        assert Transfer.objects.count() == 2

    def test_posted_again_with_another_amount_is_refused(self, houses: list[str]) -> None:
        key = held().key
        services.post(key, amount=10, by=WHO)
        with pytest.raises(TakenError):
            services.post(key, amount=20, by=WHO)

    def test_only_what_was_promised_can_come_true(self, houses: list[str]) -> None:
        for key in (uuid4(), given().key):
            for end in (services.post, services.void):
                with pytest.raises(LedgerError):
                    end(key, by=WHO)


class TestOnce:
    @pytest.mark.parametrize("write", [held, given])
    def test_the_same_key_gives_the_first_answer(self, houses: list[str], write) -> None:
        key = uuid4()
        assert write(100, key=key) == write(100, key=key)
        limited(MILL, QUAY, ceiling=100)  # not even where there is no room left
        assert write(100, key=key).pk == key
        assert Transfer.objects.count() == 1
        assert sum(balance(MILL)) == 100

    def test_with_other_figures_it_is_refused(self, houses: list[str]) -> None:
        key = uuid4()
        held(100, key=key)
        for other in ({"amount": 101}, {"taker": YARD}, {"giver": QUAY, "taker": YARD}):
            with pytest.raises(TakenError):
                held(**{"key": key, "amount": 100} | other)
        with pytest.raises(TakenError):
            given(100, key=key)


class TestLimits:
    @pytest.mark.parametrize(
        ("place", "partner", "limits", "room"),
        [
            (MILL, "", {"ceiling": 250}, 50),
            (QUAY, "", {"floor": -230}, 30),
            (MILL, QUAY, {"ceiling": 210}, 10),
            (MILL, QUAY, {"ceiling": 200}, 0),
        ],
    )
    def test_what_is_given_and_promised_stays_within_each(self, houses, place, partner, limits, room) -> None:
        given(100)
        held(100)
        limited(place, partner, **limits)
        with pytest.raises(LimitError) as error:
            held(room + 1)
        assert error.value.room == room
        assert rules.shown(Unit.DAY, room) in str(error.value)
        if room:
            held(room)

    def test_the_other_way_a_pair_has_the_other_limit(self, houses: list[str]) -> None:
        given(10, giver=QUAY, taker=MILL)
        limited(MILL, QUAY, floor=-15)
        with pytest.raises(LimitError):
            given(6, giver=QUAY, taker=MILL)
        given(5, giver=QUAY, taker=MILL)
        given(10**6)  # back: no limit that way

    @pytest.mark.parametrize("change", [{"posted": 501}, {"rising": 401}, {"falling": -1}, {"floor": 1}])
    def test_the_database_itself_keeps_them(self, houses: list[str], change: dict[str, int]) -> None:
        given(100)
        limited(MILL, ceiling=500)
        with pytest.raises(IntegrityError), transaction.atomic():
            limited(MILL, **change)

    def test_a_refusal_changes_nothing_and_the_transaction_goes_on(self, houses: list[str]) -> None:
        given(100)
        limited(MILL, ceiling=100)
        with transaction.atomic():
            with pytest.raises(LimitError):
                held(1)
            given(1, giver=YARD, taker=LOFT)
        assert Transfer.objects.count() == 2


class TestAmounts:
    @pytest.mark.parametrize("amount", [0, -1, True, 1.0, "1", None, 2**53, 2**63 - 1, 2**63, 10**40])
    def test_what_can_not_be_counted_is_refused(self, houses: list[str], amount) -> None:
        for write in (held, given):
            with pytest.raises(AmountError):
                write(amount)

    def test_the_largest_is_counted_to_the_last_digit_and_no_further(self, houses: list[str]) -> None:
        given(MOST)
        assert balance(MILL) == (MOST, 0, 0)
        with pytest.raises(LimitError) as error:
            given(1, taker=YARD)
        assert error.value.room == 0
        given(1, giver=YARD, taker=MILL)
        given(1, giver=MILL, taker=LOFT)
        assert Entry.objects.aggregate(s=Sum("amount"))["s"] == 0

    def test_units_do_not_mix(self, houses: list[str]) -> None:
        given(100)
        services.record(key=uuid4(), giver=MILL, taker=QUAY, unit="EUR", amount=100, about="rent", by=WHO)
        assert balance(MILL) == (100, 0, 0)
        with pytest.raises(ValueError, match="XXX"):
            services.record(key=uuid4(), giver=MILL, taker=QUAY, unit="XXX", amount=100, about="rent", by=WHO)


class TestPlaces:
    def test_a_place_owes_itself_nothing(self, houses: list[str]) -> None:
        with pytest.raises(LedgerError, match="itself"):
            given(taker=MILL)

    def test_nor_is_there_one_that_is_none(self, houses: list[str]) -> None:
        with pytest.raises(LedgerError, match="no such place"):
            given(taker="zzzz00000000")

    @pytest.mark.parametrize("known_before", [False, True])
    def test_one_that_joined_another_gives_way_to_it(self, houses: list[str], known_before: bool) -> None:
        key = uuid4()
        known = given(giver=YARD, taker=LOFT, key=key)
        if known_before:
            services.void(held(giver=QUAY, taker=LOFT).key, by=WHO)
            services.void(held(giver=MILL, taker=YARD).key, by=WHO)
        Place.objects.filter(pk=YARD).update(merged_into=QUAY)
        assert given(taker=YARD).taker_id == QUAY
        assert given(giver=YARD, taker=LOFT).giver_id == QUAY
        assert given(giver=YARD, taker=LOFT, key=key) == known
        later = given(giver=YARD, taker=LOFT)
        for giver in (YARD, QUAY):  # whoever repeats it may not have heard of it
            assert given(giver=giver, taker=LOFT, key=later.key) == later
        with pytest.raises(services.TakenError):
            given(giver=MILL, taker=LOFT, key=later.key)
        with pytest.raises(LedgerError, match="itself"):
            given(giver=QUAY, taker=YARD)


class TestCorrections:
    @pytest.mark.parametrize("promised", [False, True])
    def test_the_exact_inverse_once(self, houses: list[str], promised: bool) -> None:
        before = given(30)
        wrong = services.post(held(100).key, amount=70, by=WHO) if promised else given(70)
        made = services.correct(wrong.key, why="the wrong day", by=WHO)
        assert services.correct(wrong.key, why="the wrong day", by=WHO) == made
        assert made.kind == Kind.CORRECTION
        sides = {one.place_id: one.amount for one in made.entries.all()}
        assert sides == {one.place_id: -one.amount for one in wrong.entries.all()}
        assert balance(MILL) == (before.amount, 0, 0)
        assert Entry.objects.aggregate(s=Sum("amount"))["s"] == 0

    def test_not_beyond_a_limit(self, houses: list[str]) -> None:
        wrong = given(100)
        services.record(key=uuid4(), giver=QUAY, taker=MILL, unit=Unit.DAY, amount=100, about="", by=WHO)
        limited(MILL, QUAY, floor=-50)
        with pytest.raises(LimitError):
            services.correct(wrong.key, why="wrong", by=WHO)
        assert balance(MILL, QUAY) == (0, 0, 0)

    def test_not_without_a_reason_nor_of_what_is_none(self, houses: list[str]) -> None:
        wrong = given()
        made = services.correct(wrong.key, why="wrong", by=WHO)
        for key, why in ((wrong.key, " "), (made.key, "again"), (held().key, "promise"), (uuid4(), "none")):
            with pytest.raises(LedgerError):
                services.correct(key, why=why, by=WHO)

    def test_nor_by_whoever_comes_along(self, houses: list[str]) -> None:
        wrong, someone = given(), Person.objects.create_user("x@example.org")
        with pytest.raises(NotAllowedError):
            services.correct(wrong.key, why="wrong", by=someone)
        with pytest.raises(NotAllowedError):
            services.record(key=uuid4(), giver=MILL, taker=QUAY, unit=Unit.DAY, amount=1, about="", by=someone)


class TestForGood:
    @pytest.mark.parametrize("model", [Transfer, Entry])
    def test_nothing_written_is_changed_or_removed(self, houses: list[str], model) -> None:
        given()
        table = model._meta.db_table
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(amount=7)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")
        if connection.vendor == "sqlite":
            before = list(model.objects.values_list())
            with contextlib.suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
                assert cursor.rowcount == 0
            assert list(model.objects.values_list()) == before
        else:
            connection.check_constraints()  # what waits for the end of the transaction would stand in the way
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {table} CASCADE")


def test_few_statements(houses: list[str]) -> None:
    given(giver=MILL)  # the balances are made with the first transfer between two
    keys = [uuid4(), uuid4()]
    counts = {}
    for name, work in {
        "hold": lambda: held(key=keys[0]),
        "post": lambda: services.post(keys[0], by=WHO),
        "hold again": lambda: held(key=keys[1]),
        "void": lambda: services.void(keys[1], by=WHO),
        "record": given,
    }.items():
        with CaptureQueriesContext(connection) as asked:
            work()
        counts[name] = len(asked)
    assert counts == {"hold": 3, "post": 4, "hold again": 3, "void": 3, "record": 4}
