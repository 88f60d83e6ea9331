"""Whatever is done to the books in whatever order, what must hold of them holds after each step."""

from collections import defaultdict
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from coworkmed.ledger import rules, services
from coworkmed.ledger.models import Balance, Entry, Transfer
from coworkmed.ledger.rules import CLOSING, MOST, AmountError, ClosedError, LedgerError, LimitError, TakenError, key

from .conftest import LOFT, MILL, QUAY, WHO, YARD, made_places

PLACES = (MILL, QUAY, YARD, LOFT)
NAMES = UUID("00000000-0000-0000-0000-00000000cafe")
AMOUNTS = st.one_of(st.integers(1, 30), st.sampled_from([1, 2**52, MOST, MOST + 1, 2**63 - 1, 0, -5]))
PAIRS = st.sampled_from([(one, other) for one in PLACES for other in PLACES if one != other])


class Books(RuleBasedStateMachine):
    """Beside the books, a plain memory of them: what is posted between two, what is held, what limits there are."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[tuple[str, str], int] = defaultdict(int)  # (lower, higher)
        self.held: dict[UUID, tuple[str, str, int]] = {}
        self.ended: dict[UUID, str] = {}
        self.given: dict[UUID, tuple[str, str, int]] = {}
        self.corrected: set[UUID] = set()
        self.limits: dict[str, tuple[int, int]] = {}
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        made_places()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # -- the memory's own reckoning

    def balance(self, place: str, partner: str = "") -> tuple[int, int, int]:
        """Posted, rising, falling; of a pair from the side of the lower."""
        posted = rising = falling = 0
        for (low, high), amount in self.posted.items():
            if (partner and (low, high) == (place, partner)) or (not partner and place in (low, high)):
                posted += amount if place == low else -amount
        for giver, taker, amount in self.held.values():
            if not partner or {giver, taker} == {place, partner}:
                rising += amount if giver == place else 0
                falling += amount if taker == place else 0
        return posted, rising, falling

    def has_room(self, giver: str, taker: str, amount: int) -> bool:
        low, high = sorted((giver, taker))
        for place, partner in ((giver, ""), (taker, ""), (low, high)):
            posted, rising, falling = self.balance(place, partner)
            floor, ceiling = self.limits.get(key("DAY", place, partner), (-MOST, MOST))
            up = place == giver
            if (up and posted + rising + amount > ceiling) or (not up and posted - falling - amount < floor):
                return False
        return True

    def gave(self, giver: str, taker: str, amount: int) -> None:
        low, high = sorted((giver, taker))
        self.posted[low, high] += amount if giver == low else -amount

    # -- what is done

    @initialize(target=keys)
    def first(self) -> UUID:
        return uuid5(NAMES, "first")

    @rule(target=keys, number=st.integers(0, 40))
    def new_key(self, number: int) -> UUID:
        return uuid5(NAMES, str(number))

    @rule(one=keys, between=PAIRS, amount=AMOUNTS, promised=st.booleans())
    def begin(self, one: UUID, between: tuple[str, str], amount: int, promised: bool) -> None:
        giver, taker = between
        begin = services.hold if promised else services.record
        known = one in self.held or one in self.ended or one in self.given
        try:
            begin(key=one, giver=giver, taker=taker, unit="DAY", amount=amount, about="", by=WHO)
        except AmountError:
            assert not 1 <= amount <= MOST
        except TakenError:
            assert known
        except LimitError:
            assert not known
            assert not self.has_room(giver, taker, amount)
        else:
            if known:
                return
            assert self.has_room(giver, taker, amount)
            if promised:
                self.held[one] = (giver, taker, amount)
            else:
                self.given[one] = (giver, taker, amount)
                self.gave(giver, taker, amount)

    @rule(one=keys, part=st.one_of(st.none(), AMOUNTS), why=st.sampled_from(["", "stayed on"]))
    def post(self, one: UUID, part: int | None, why: str) -> None:
        held = self.held.get(one)
        try:
            made = services.post(one, amount=part, overage_why=why, by=WHO)
        except ClosedError:
            assert self.ended[one] == "VOID"
        except TakenError:
            assert self.ended[one] == "POST"
        except AmountError:
            assert part is not None
        except LimitError:
            assert part is not None
            if held:
                assert not self.has_room(held[0], held[1], part - held[2])
        except LedgerError:
            assert (one not in self.held and one not in self.ended) or (part or 0) > 0
        else:
            if held:
                giver, taker, amount = self.held.pop(one)
                assert made.amount == (amount if part is None else part)
                assert made.amount <= amount or made.why
                self.gave(giver, taker, made.amount)
                self.given[made.key] = (giver, taker, made.amount)
                self.ended[one] = "POST"
            assert self.ended[one] == "POST"

    @rule(one=keys)
    def void(self, one: UUID) -> None:
        try:
            services.void(one, by=WHO)
        except ClosedError:
            assert self.ended[one] == "POST"
        except LedgerError:
            assert one not in self.held
            assert one not in self.ended
        else:
            self.held.pop(one, None)
            assert self.ended.setdefault(one, "VOID") == "VOID"

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        if not self.given:
            return
        one = data.draw(st.sampled_from(sorted(self.given)))
        giver, taker, amount = self.given[one]
        try:
            services.correct(one, why="by mistake", by=WHO)
        except LimitError:
            assert one not in self.corrected
            assert not self.has_room(taker, giver, amount)
        else:
            if one not in self.corrected:
                self.corrected.add(one)
                self.gave(taker, giver, amount)

    @rule(between=PAIRS, alone=st.booleans(), floor=st.integers(0, 40), ceiling=st.integers(0, 40))
    def limit(self, between: tuple[str, str], alone: bool, floor: int, ceiling: int) -> None:
        low, high = sorted(between)
        place, partner = (low, "") if alone else (low, high)
        services.transfers.make_balances("DAY", [place], [] if alone else [(low, high)])
        posted, rising, falling = self.balance(place, partner)
        limits = (-max(floor, falling - posted), max(ceiling, posted + rising))
        self.limits[key("DAY", place, partner)] = limits
        Balance.objects.filter(pk=key("DAY", place, partner)).update(floor=limits[0], ceiling=limits[1])

    # -- what must hold

    @invariant()
    def each_transfer_and_all_together_come_to_nothing(self) -> None:
        assert not Entry.objects.values("transfer").annotate(sum=Sum("amount")).exclude(sum=0).exists()
        assert sum(Balance.objects.positions().values_list("posted", flat=True)) == 0

    @invariant()
    def balances_are_those_of_the_entries_and_of_the_memory(self) -> None:
        sums: dict[str, int] = defaultdict(int)
        for place, partner, amount in Entry.objects.values_list("place", "partner", "amount"):
            sums[key("DAY", place)] += amount
            if place < partner:
                sums[key("DAY", place, partner)] += amount
        for one in Balance.objects.all():
            assert one.posted == sums[one.key]
            assert (one.posted, one.rising, one.falling) == self.balance(one.place_id, one.partner_id or "")

    @invariant()
    def no_limit_is_passed(self) -> None:
        for one in Balance.objects.all():
            assert (one.floor, one.ceiling) == self.limits.get(one.key, (-MOST, MOST))
            assert one.floor <= one.posted - one.falling <= one.posted + one.rising <= one.ceiling

    @invariant()
    def a_hold_ends_at_most_once(self) -> None:
        ends = list(Transfer.objects.filter(kind__in=CLOSING).values_list("refers_to", "kind"))
        assert dict(ends) == self.ended
        assert len(ends) == len(self.ended)


@pytest.mark.django_db
def test_the_books_hold_whatever_is_done() -> None:
    profile = settings(max_examples=max(settings().max_examples // 5, 5), stateful_step_count=25)
    run_state_machine_as_test(Books, settings=profile)


def test_amounts_are_read_as_they_are_written() -> None:
    for unit, text, parts in (("DAY", "2,5", 250), ("HOUR", "1.5", 90), ("TND", "0.001", 1), ("EUR", "12.50", 1250)):
        assert rules.parsed(unit, text) == parts
    for unit, text in (("DAY", "0.001"), ("EUR", "x"), ("EUR", ""), ("EUR", "-1"), ("EUR", "1e30"), ("EUR", "NaN")):
        with pytest.raises(AmountError):
            rules.parsed(unit, text)
    assert [rules.shown(unit, 250) for unit in ("DAY", "HOUR", "EUR", "TND")] == [
        "2.5 d",
        "4.17 h",
        "2.50 EUR",
        "0.250 TND",
    ]
