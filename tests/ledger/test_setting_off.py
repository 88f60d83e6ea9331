"""Set-off among places: proposed, agreed to, posted; whoever stays out or changes their mind meanwhile."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from coworkmed.ledger import netting, queries, rules, services
from coworkmed.ledger.models import Balance, SetOff, Transfer
from coworkmed.ledger.rules import LedgerError
from coworkmed.ledger.services import setting_off
from coworkmed.people.models import Operates, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import audit

from ..people.conftest import organisation, person, role
from .conftest import LOFT, MILL, QUAY, WHO, YARD
from .test_transfers import balance, given, held


@pytest.fixture
def owners(houses: list[str]) -> dict[str, Person]:
    """Each place has an owner of its own."""
    found = {}
    for number, place in enumerate(houses):
        runs = organisation(f"Runs {place}", kind="OPERATOR")
        Operates.objects.create(organisation=runs, place=place)
        found[place] = person(f"owner{number}@example.org")
        role(found[place], runs, "OWNER")
    return found


@pytest.fixture
def circle(owners: dict[str, Person]) -> SetOff:
    """Mill gave Quay, Quay gave Yard, Yard gave Mill; and Yard gave Loft."""
    for giver, taker, amount in (
        (MILL, QUAY, 500), (QUAY, YARD, 300), (YARD, MILL, 400), (YARD, LOFT, 50),
    ):  # fmt: skip
        given(amount, giver, taker)
    return setting_off.propose(unit="DAY", by=audit.MACHINE)


def positions() -> dict[str, int]:
    return dict(Balance.objects.positions().values_list("place", "posted"))


def agree(run: SetOff, owners: dict[str, Person], *places: str) -> SetOff:
    for place in places:
        run = setting_off.answer(run=run, place=Place.objects.get(pk=place), agrees=True, by=owners[place])
    return run


def amounts(run: SetOff) -> dict[tuple[str, str], int]:
    return {(one.debtor_id, one.creditor_id): one.amount for one in run.notices.all()}


def test_agreed_to_by_all_it_lowers_debts_and_no_position(circle: SetOff, owners: dict[str, Person]) -> None:
    assert amounts(circle) == {(QUAY, MILL): 300, (YARD, QUAY): 300, (MILL, YARD): 300}
    before = positions()
    run = agree(circle, owners, MILL, QUAY)
    assert run.state == "PROPOSED"
    assert not Transfer.objects.filter(kind="SET_OFF").exists()
    run = agree(run, owners, YARD)
    assert run.state == "POSTED"
    assert positions() == before
    assert balance(MILL, QUAY) == (200, 0, 0)
    made = Transfer.objects.get(kind="SET_OFF")
    assert made.amount == 900
    sides: Counter[str] = Counter()
    for one in made.entries.all():
        sides[one.place_id] += one.amount
    assert set(sides.values()) == {0}
    with pytest.raises(LedgerError, match="circle"):
        setting_off.propose(unit="DAY", by=audit.MACHINE)


def test_who_stays_out_is_left_out_and_the_rest_is_reckoned_anew(circle: SetOff, owners: dict[str, Person]) -> None:
    given(100, QUAY, LOFT)
    given(60, LOFT, MILL)
    run = agree(circle, owners, MILL)
    run = setting_off.answer(run=run, place=Place.objects.get(pk=YARD), agrees=False, by=owners[YARD])
    assert run != circle
    assert run.left_out == [YARD]
    assert amounts(run) == {(MILL, LOFT): 60, (LOFT, QUAY): 60, (QUAY, MILL): 60}
    assert run.agreed() == set()  # Mill had agreed to nothing with Loft
    assert SetOff.objects.get(pk=circle.pk).state == "REPLACED"
    with pytest.raises(LedgerError, match="over"):
        agree(circle, owners, QUAY)


def test_who_had_agreed_to_as_much_is_not_asked_again(circle: SetOff, owners: dict[str, Person]) -> None:
    run = agree(circle, owners, MILL, QUAY)
    given(50, YARD, QUAY)  # Yard owes Quay 250 now
    run = agree(run, owners, YARD)
    assert run != circle
    assert run.state == "POSTED", "less than what all had agreed to"
    assert set(amounts(run).values()) == {250}


def test_without_any_circle_left_it_is_over(circle: SetOff, owners: dict[str, Person]) -> None:
    run = setting_off.answer(run=circle, place=Place.objects.get(pk=QUAY), agrees=False, by=owners[QUAY])
    assert (run.pk, run.state) == (circle.pk, "WITHDRAWN")


def test_an_answer_may_be_changed_until_it_is_posted(circle: SetOff, owners: dict[str, Person]) -> None:
    agree(circle, owners, MILL)
    run = setting_off.answer(run=circle, place=Place.objects.get(pk=MILL), agrees=False, by=owners[MILL])
    assert run.state == "WITHDRAWN"
    assert not Transfer.objects.filter(kind="SET_OFF").exists()


def test_who_is_silent_is_left_out_in_time(circle: SetOff, owners: dict[str, Person]) -> None:
    agree(circle, owners, MILL, QUAY)
    assert setting_off.lapse(timezone.now()) == 0
    assert setting_off.lapse(timezone.now() + timedelta(days=15)) == 1
    assert SetOff.objects.get(pk=circle.pk).state == "WITHDRAWN"


def test_what_can_not_be_reckoned_keeps_nothing_else_back(
    circle: SetOff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(debts: object) -> None:
        raise netting.NettingError("too far apart")

    monkeypatch.setattr(netting, "cleared", refuse)
    assert setting_off.lapse(timezone.now() + timedelta(days=15)) == 0
    assert "too far apart" in caplog.text
    assert SetOff.objects.get(pk=circle.pk).state == "PROPOSED"


def test_only_those_it_concerns_answer_and_only_who_may_bind_them(circle: SetOff, owners: dict[str, Person]) -> None:
    mill, loft = Place.objects.get(pk=MILL), Place.objects.get(pk=LOFT)
    with pytest.raises(NotAllowedError):
        setting_off.answer(run=circle, place=mill, agrees=True, by=owners[QUAY])
    with pytest.raises(LedgerError, match="concern"):
        setting_off.answer(run=circle, place=loft, agrees=True, by=owners[LOFT])
    with pytest.raises(NotAllowedError):
        setting_off.withdraw(run=circle, by=owners[MILL])
    with pytest.raises(NotAllowedError):
        setting_off.propose(unit="EUR", by=owners[MILL])
    with pytest.raises(LedgerError, match="already"):
        setting_off.propose(unit="DAY", by=audit.MACHINE)


def test_whoever_runs_the_site_may_withdraw_it(circle: SetOff, operator: Person) -> None:
    setting_off.withdraw(run=circle, by=operator)
    assert SetOff.objects.get(pk=circle.pk).state == "WITHDRAWN"


def test_limits_are_never_passed_by_it(owners: dict[str, Person]) -> None:
    """Quay owes Mill 100, and Mill may come to owe Quay 80 more, of 10 it may owe: 30 can be set off at most."""
    given(100, MILL, QUAY)
    held(80, QUAY, MILL)
    Balance.objects.filter(pk=rules.key("DAY", MILL, QUAY)).update(floor=-10)
    given(100, QUAY, YARD)
    given(100, YARD, MILL)
    run = setting_off.propose(unit="DAY", by=audit.MACHINE)
    assert set(amounts(run).values()) == {30}
    run = agree(run, owners, MILL, QUAY, YARD)
    assert run.state == "POSTED"
    assert queries.debts("DAY") == {(YARD, QUAY): 70, (MILL, YARD): 70}


def test_the_same_debts_give_the_same_notices(circle: SetOff, operator: Person) -> None:
    setting_off.withdraw(run=circle, by=operator)
    again = setting_off.propose(unit="DAY", by=operator)
    assert (again.inputs, amounts(again)) == (circle.inputs, amounts(circle))


class TestJoined:
    def test_what_it_was_owed_and_owes_goes_on_with_the_other(self, houses: list[str]) -> None:
        given(100, YARD, MILL)
        given(30, QUAY, YARD)
        given(20, LOFT, MILL)
        given(5, YARD, LOFT)
        waits = held(50, YARD, QUAY)
        Balance.objects.filter(pk=rules.key("DAY", LOFT)).update(ceiling=20)
        Place.objects.filter(pk=YARD).update(merged_into=LOFT)
        before = positions()
        assert services.follow_joined() == 1
        assert services.follow_joined() == 0
        assert balance(YARD) == (0, 50, 0)
        assert balance(LOFT)[0] == before[LOFT] + before[YARD]
        assert balance(LOFT, MILL)[0] in (120, -120)
        assert balance(LOFT, YARD) == (0, 0, 0)
        assert (balance(MILL)[0], balance(QUAY)[0]) == (before[MILL], before[QUAY])
        services.post(waits.key, by=WHO)
        assert services.follow_joined() == 1
        assert balance(YARD) == (0, 0, 0)


class TestLimits:
    def test_a_place_says_what_others_may_owe_it(self, owners: dict[str, Person]) -> None:
        mill, quay = Place.objects.get(pk=MILL), Place.objects.get(pk=QUAY)
        for one, other in ((mill, quay), (quay, mill)):
            services.limit(place=one, partner=other, unit="DAY", owed=100, by=owners[one.pk])
        given(100, MILL, QUAY)
        with pytest.raises(services.LimitError):
            given(1, MILL, QUAY)
        given(200, QUAY, MILL)
        with pytest.raises(services.LimitError):
            given(1, QUAY, MILL)
        with pytest.raises(LedgerError, match="1 d already"):
            services.limit(place=quay, partner=mill, unit="DAY", owed=99, by=owners[QUAY])
        services.limit(place=quay, partner=mill, unit="DAY", owed=None, by=owners[QUAY])
        given(1, QUAY, MILL)

    def test_of_all_together_and_by_its_own_word_only(self, owners: dict[str, Person]) -> None:
        mill, quay = Place.objects.get(pk=MILL), Place.objects.get(pk=QUAY)
        services.limit(place=mill, unit="DAY", owed=100, owing=50, why="we are full", by=owners[MILL])
        one = Balance.objects.get(pk=rules.key("DAY", MILL))
        assert (one.floor, one.ceiling) == (-50, 100)
        assert audit.history(audit.Thing("balance", one.pk)).count() == 1
        with pytest.raises(NotAllowedError):
            services.limit(place=mill, unit="DAY", owed=1, by=owners[QUAY])
        with pytest.raises(LedgerError):
            services.limit(place=mill, partner=quay, unit="DAY", owing=1, by=owners[MILL])
