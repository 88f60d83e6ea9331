"""The desk: who sees which pairs, what verdicts come to, what is taken back, what is learnt from them."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, models
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.linkage.model import shipped
from coworkmed.people.models import Operates, Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, export, forget
from coworkmed.places import services as registry
from coworkmed.places.models import Decision, Doubt, Link, Purpose, Verdict, Weights
from coworkmed.places.review import agreement, learning, queries, rules, services, tasks, weights
from coworkmed.places.services import Word
from coworkmed.platform import audit, jobs
from coworkmed.platform.models import Event, Job
from coworkmed.sources.models import Assertion, Entry
from tests.people.conftest import organisation, person, role
from tests.places.test_services import PHARE, RUCHE_A, RUCHE_B, World
from tests.web import factories

SAME, DIFFERENT, BRANCH, UNSURE = rules.SAID
REASONS = [
    {"code": "PRIOR", "weight": -0.5, "params": {}},
    {"code": "TOWN_SAME", "weight": 1.0, "params": {"town": "x"}},
]


def doubt(left: Entry, right: Entry, **fields: Any) -> Doubt:
    """A pair that nobody asks twice about, unless told."""
    told = {"turn": Doubt.objects.count(), "purpose": Purpose.GAIN, "probability": 0.5, "joined": False, "gain": 1.0}
    told |= {"left_entries": 1, "right_entries": 1, "stratum": "0.35-0.55 apart", "weights": "w", "reasons": REASONS}
    return Doubt.objects.create(left=left, right=right, **told | fields)


class Desk:
    """Two lists with a place each of every pair, and reviewers."""

    def __init__(self) -> None:
        self.lists = [factories.source(f"list-{n}") for n in range(2)]
        self.ana, self.ben, self.cleo = (
            Person.objects.create_superuser(f"{name}@example.org") for name in ("ana", "ben", "cleo")
        )

    def pair(self, name: str, twice: bool = False, same: bool = True, **fields: Any) -> Doubt:
        """A pair on which one is asked, or two. Which is a matter of its key: one is looked for."""
        numbers = (f"{name}{n}" for n in range(1000))
        keys = ((("list-0", one), ("list-1", one)) for one in numbers)
        key = next(two for two in keys if rules.judged_twice(*two, "gain") == twice)[0][1]
        told = {"country": "FR", "locality": "Nice", "phone": f"+3349000{Doubt.objects.count():04}"}
        other = {} if same else {"locality": "Brest", "phone": f"+3329000{Doubt.objects.count():04}"}
        left = factories.entry(self.lists[0], key, name=f"House {name}", **told)
        right = factories.entry(self.lists[1], key, name=f"House {name}" if same else f"Other {key}", **told | other)
        factories.place(left)
        factories.place(right)
        return doubt(left, right, **fields)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def numbers(of: Doubt) -> tuple[int, int]:
    return of.left_id, of.right_id


def judge(by: Person, of: Doubt, said: str, note: str = "") -> Any:
    return services.judge(by=by, pairs=[numbers(of)], said=said, note=note)


def state(of: Doubt) -> tuple[str, str]:
    """Of the pair, and what binds."""
    of.refresh_from_db()
    decision = Decision.objects.filter(left__in=numbers(of), right__in=numbers(of)).first()
    return of.state, decision.verdict if decision else ""


# -- pure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "once", "twice"),
    [
        ([], ("open", ""), ("open", "")),
        ([UNSURE], ("open", ""), ("open", "")),
        ([SAME], ("settled", SAME), ("second", SAME)),
        ([UNSURE, DIFFERENT], ("settled", DIFFERENT), ("second", DIFFERENT)),
        ([SAME, SAME], ("settled", SAME), ("settled", SAME)),
        ([SAME, DIFFERENT], ("disputed", ""), ("disputed", "")),
        ([BRANCH, DIFFERENT], ("settled", DIFFERENT), ("settled", DIFFERENT)),
        ([SAME, BRANCH, UNSURE], ("disputed", ""), ("disputed", "")),
        ([SAME, DIFFERENT, DIFFERENT], ("settled", DIFFERENT), ("settled", DIFFERENT)),
        ([SAME, BRANCH, SAME], ("settled", SAME), ("settled", SAME)),
    ],
)
def test_what_verdicts_come_to(said: list[str], once: tuple[str, str], twice: tuple[str, str]) -> None:
    for judged_by_two, wanted in ((False, once), (True, twice)):
        found = rules.outcome(said, twice=judged_by_two)
        assert (found.state, found.verdict) == wanted


def test_a_branch_is_remembered_unless_more_say_it_is_none() -> None:
    assert rules.outcome([BRANCH], twice=False).relation == "branch"
    assert rules.outcome([BRANCH, DIFFERENT], twice=False).relation == "branch"
    assert rules.outcome([BRANCH, DIFFERENT, DIFFERENT], twice=False).relation == ""
    assert rules.outcome([SAME], twice=False).relation == ""


@given(st.lists(st.sampled_from(rules.SAID), max_size=6), st.booleans(), st.randoms())
def test_the_order_of_verdicts_does_not_matter(said: list[str], twice: bool, random: Any) -> None:
    mixed = list(said)
    random.shuffle(mixed)
    assert rules.outcome(mixed, twice=twice) == rules.outcome(said, twice=twice)


def test_a_tenth_of_the_pairs_and_every_audit_are_judged_twice() -> None:
    pairs = [(("a", str(n)), ("b", str(n))) for n in range(5000)]
    share = sum(rules.judged_twice(*pair, "gain") for pair in pairs) / len(pairs)
    assert share == pytest.approx(rules.TWICE, abs=0.02)
    assert all(rules.judged_twice(one, other, "gain") == rules.judged_twice(other, one, "gain") for one, other in pairs)
    assert all(rules.judged_twice(*pair, "audit") for pair in pairs[:50])


def pairs_of(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def test_kappa_is_that_of_the_published_example() -> None:
    """SAS/STAT 14 User's Guide, "Getting Started: FREQ Procedure", Agreement Study: two dermatologists, 88 patients."""
    found = agreement.agreement(pairs_of([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]))
    assert found
    assert [round(one, 4) for one in (found.kappa, found.error, found.low, found.high)] == [
        0.3449,
        0.0724,
        0.203,
        0.4868,
    ]


def test_kappa_is_refused_where_it_says_nothing() -> None:
    assert agreement.agreement([(SAME, SAME)] * 4 + [(DIFFERENT, DIFFERENT)] * 5) is None
    assert agreement.agreement([(SAME, SAME)] * 50) is None
    all_agree = agreement.agreement([(SAME, SAME)] * 8 + [(DIFFERENT, DIFFERENT)] * 4)
    assert all_agree
    assert (all_agree.kappa, all_agree.high) == (1.0, 1.0)
    assert all_agree.low < 0.6, "twelve pairs prove little"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=10, max_size=60))
def test_kappa_stays_within_its_bounds(said: list[tuple[str, str]]) -> None:
    if found := agreement.agreement(said):
        assert -1 <= found.low <= found.kappa + 1e-12
        assert found.kappa - 1e-12 <= found.high <= 1


# -- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_sees_the_pairs_of_places_they_tend() -> None:
    places = factories.registry()
    entry_of = {name: one.links.first() for name, one in places.items() if name != "gone"}
    pairs = {
        (one, other): doubt(entry_of[one].entry, entry_of[other].entry)
        for one, other in (("mill", "athens"), ("rome", "athens"), ("rome", "closed"))
    }
    network = organisation("Network")
    mill = organisation("Mill", network, kind="OPERATOR")
    Operates.objects.create(organisation=mill, place=places["mill"].pk)
    reviewers = {
        "steward of Greece": role(person("s@example.org"), organisation("Greece", territory="GR"), "STEWARD").person,
        "steward of a town": role(
            person("t@example.org"), organisation("Town"), "STEWARD", territory=str(places["rome"].town)
        ).person,
        "steward of a network": role(person("n@example.org"), network, "STEWARD").person,
        "coordinator above": role(person("c@example.org"), network, "COORDINATOR").person,
        "operator": Person.objects.create_superuser("o@example.org"),
        "owner": role(person("w@example.org"), mill, "OWNER").person,
        "observer": role(person("v@example.org"), network, "OBSERVER").person,
        "team": role(person("m@example.org"), mill, "TEAM").person,
        "nobody": person("x@example.org"),
    }
    blocked = Person.objects.create_user("b@example.org", is_staff=True, is_active=False)
    for name, who in (reviewers | {"blocked": blocked}).items():
        wanted = {
            names for names in pairs if any(can(who, Action.PLACE_TEND, places[one]) for one in names)
        }  # pair by pair
        seen = set(Doubt.objects.visible_to(who).values_list("pk", flat=True))
        assert seen == {pairs[names].pk for names in wanted}, name
        assert queries.queue(who).count() == len(wanted), name
    assert [queries.queue(one).count() for one in reviewers.values()] == [2, 2, 1, 1, 3, 0, 0, 0, 0]
    assert [one.tends for one in reviewers.values()] == [True] * 5 + [False] * 4
    steward = reviewers["steward of Greece"]
    with pytest.raises(NotAllowedError):
        judge(steward, pairs["rome", "closed"], SAME)
    judge(steward, pairs["rome", "athens"], DIFFERENT)
    event = Event.objects.get()
    assert (event.role, event.person, event.verb, event.thing_type) == (
        "steward",
        str(steward.pk),
        "pair.judged",
        "pair",
    )


def test_the_queue_is_best_first_and_never_asks_twice(desk: Desk) -> None:
    second, first = desk.pair("b", turn=5), desk.pair("a", turn=1)
    assert list(queries.queue(desk.ana)) == [first, second]
    judge(desk.ana, first, UNSURE)
    assert list(queries.queue(desk.ana)) == [second]
    assert list(queries.queue(desk.ben)) == [first, second], "it comes back to others"
    assert state(first) == ("open", "")
    judge(desk.ben, first, SAME)
    assert list(queries.queue(desk.cleo)) == [second]


def test_what_was_decided_at_the_command_line_is_asked_no_more(desk: Desk) -> None:
    one = desk.pair("a")
    keys = [(each.source_id, each.external_id) for each in (one.left, one.right)]
    registry.decide(words=[Word(keys[0], keys[1], "different")], as_of=timezone.localdate())
    assert not queries.queue(desk.ana).exists()


# -- verdicts -------------------------------------------------------------------------------------------------------


def test_the_first_verdict_binds_and_keeps_what_the_machine_thought(desk: Desk) -> None:
    one = desk.pair("a", probability=0.4321)
    judge(desk.ana, one, SAME, "the same door")
    decision = Decision.objects.get()
    assert (decision.verdict, decision.note, decision.purpose) == (SAME, "the same door", "gain")
    assert (decision.probability, decision.stratum, decision.weights) == (0.4321, "0.35-0.55 apart", "w")
    assert state(one) == ("settled", SAME)
    event = Event.objects.get()
    assert (event.verb, event.after, event.why) == ("pair.judged", '"same"', "the same door")


def test_a_second_reviewer_is_asked_and_agrees(desk: Desk) -> None:
    one = desk.pair("a", twice=True)
    judge(desk.ana, one, DIFFERENT)
    assert state(one) == ("second", DIFFERENT)
    assert list(queries.queue(desk.ana)) == []
    assert list(queries.queue(desk.ben)) == [one]
    judge(desk.ben, one, BRANCH)
    assert state(one) == ("settled", DIFFERENT)
    assert Decision.objects.get().relation == "branch"


def test_where_two_disagree_nothing_binds_until_a_third_has_judged(desk: Desk) -> None:
    one = desk.pair("a", purpose=Purpose.AUDIT)
    judge(desk.ana, one, SAME)
    judge(desk.ben, one, DIFFERENT)
    assert state(one) == ("disputed", "")
    assert not queries.queue(desk.ben).exists()
    judge(desk.cleo, one, DIFFERENT)
    assert state(one) == ("settled", DIFFERENT)
    assert Decision.objects.get().purpose == "audit"
    assert Verdict.objects.count() == 3, "each word is kept"


def test_pressed_twice_is_said_once(desk: Desk) -> None:
    one = desk.pair("a")
    assert judge(desk.ana, one, SAME) == judge(desk.ana, one, SAME)
    assert (Verdict.objects.count(), Event.objects.count()) == (1, 1)
    with pytest.raises(CoworkmedError, match="already judged"):
        judge(desk.ana, one, DIFFERENT)
    assert state(one) == ("settled", SAME)


@pytest.mark.parametrize("said", ["", "perhaps", "SAME"])
def test_no_other_verdict_is_known(desk: Desk, said: str) -> None:
    with pytest.raises(CoworkmedError):
        judge(desk.ana, desk.pair("a"), said)


def test_a_pair_that_is_no_longer_in_question_is_said_to_be(desk: Desk) -> None:
    one = desk.pair("a")
    Doubt.objects.all().delete()
    with pytest.raises(CoworkmedError, match="made anew"):
        judge(desk.ana, one, SAME)
    assert not Verdict.objects.exists()


# -- taking back ----------------------------------------------------------------------------------------------------


def test_undo_takes_the_decision_back(desk: Desk) -> None:
    one = desk.pair("a")
    act = judge(desk.ana, one, SAME)
    assert services.undo(by=desk.ana, act=act) == [tuple(sorted(numbers(one)))]
    assert state(one) == ("open", "")
    assert list(queries.queue(desk.ana)) == [one]
    assert [event.verb for event in Event.objects.order_by("number")] == ["pair.judged", "pair.undone"]
    with pytest.raises(CoworkmedError, match="already"):
        services.undo(by=desk.ana, act=act)
    assert audit.verify().broken is None


def test_undo_gives_back_what_others_said(desk: Desk) -> None:
    one = desk.pair("a", twice=True)
    judge(desk.ana, one, SAME)
    act = judge(desk.ben, one, DIFFERENT)
    assert state(one) == ("disputed", "")
    services.undo(by=desk.ben, act=act)
    assert state(one) == ("second", SAME)
    assert Decision.objects.get().probability == 0.5


def test_nobody_takes_back_what_another_said(desk: Desk) -> None:
    one = desk.pair("a")
    act = judge(desk.ana, one, SAME)
    with pytest.raises(CoworkmedError):
        services.undo(by=desk.ben, act=act)
    assert state(one) == ("settled", SAME)


def test_what_a_run_removed_meanwhile_is_not_taken_back_in_silence(desk: Desk) -> None:
    act = judge(desk.ana, desk.pair("a"), SAME)
    Doubt.objects.all().delete()
    with pytest.raises(CoworkmedError, match="made anew"):
        services.undo(by=desk.ana, act=act)
    assert Verdict.objects.count() == Decision.objects.count() == 1


def test_an_operator_ends_a_dispute_at_the_command_line(desk: Desk) -> None:
    one = desk.pair("a", twice=True)
    judge(desk.ana, one, SAME)
    judge(desk.ben, one, DIFFERENT)
    keys = [(each.source_id, each.external_id) for each in (one.left, one.right)]
    registry.decide(words=[Word(keys[0], keys[1], "same")], as_of=timezone.localdate())
    assert not queries.queue(desk.cleo).exists()


def test_a_decision_from_the_command_line_stands(desk: Desk) -> None:
    one = desk.pair("a")
    act = judge(desk.ana, one, SAME)
    keys = [(each.source_id, each.external_id) for each in (one.left, one.right)]
    registry.decide(words=[Word(keys[0], keys[1], "different")], as_of=timezone.localdate())
    services.undo(by=desk.ana, act=act)
    assert state(one)[1] == DIFFERENT


@pytest.fixture
def world(tmp_path: Any, db: None) -> World:
    made = World(tmp_path)
    made.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    return made


def test_a_run_goes_by_the_verdict_which_then_stays(world: World) -> None:
    ana = Person.objects.create_superuser("ana@example.org")
    one = Doubt.objects.get(left__external_id="1", right__external_id="b1")
    assert one.purpose == "audit"
    assert one.joined
    assert world.place_of("a", "1") == world.place_of("b", "b1")
    act = judge(ana, one, DIFFERENT)
    world.run()
    assert world.place_of("a", "1") != world.place_of("b", "b1")
    (last,) = queries.last_acts(ana)
    assert last.used
    with pytest.raises(CoworkmedError, match="made anew"):
        services.undo(by=ana, act=act)
    assert Decision.objects.get().verdict == DIFFERENT


def test_what_waits_for_another_survives_the_run_once(world: World) -> None:
    ana, ben, cleo = (Person.objects.create_superuser(f"{name}@example.org") for name in ("ana", "ben", "cleo"))
    one = Doubt.objects.get(left__external_id="1", right__external_id="b1")
    judge(ana, one, SAME)
    world.run()
    assert state(one) == ("second", SAME)
    judge(ben, one, DIFFERENT)
    world.run()
    assert state(one) == ("disputed", "")
    assert Doubt.objects.filter(queries.of_pair(*numbers(one))).count() == 1
    assert list(queries.queue(cleo).filter(pk=one.pk)) == [one]
    judge(cleo, one, SAME)
    world.run()
    assert not Doubt.objects.filter(queries.of_pair(*numbers(one))).exists()
    assert Decision.objects.get().verdict == SAME


# -- many at once ---------------------------------------------------------------------------------------------------


@pytest.fixture
def alike(desk: Desk) -> list[Doubt]:
    return [desk.pair(f"p{n}", probability=0.97, joined=True, relation="same") for n in range(24)]


def test_what_is_alike_is_judged_and_taken_back_as_one(desk: Desk, alike: list[Doubt]) -> None:
    (shape,) = queries.shapes(desk.ana)
    assert (shape.count, shape.likely, shape.left, shape.right) == (24, True, "list-0", "list-1")
    assert set(queries.of_shape(desk.ana, shape)) == set(alike)
    act = services.judge(by=desk.ana, pairs=[numbers(one) for one in alike[:20]], said=SAME)
    assert Decision.objects.count() == 20
    assert [one.count for one in queries.shapes(desk.ana)] == [4]
    assert [(one.count, one.said) for one in queries.last_acts(desk.ana)] == [(20, SAME)]
    assert len(services.undo(by=desk.ana, act=act)) == 20
    assert not Decision.objects.exists()
    assert queries.queue(desk.ana).count() == 24


def test_never_more_than_twenty_and_only_what_is_alike(desk: Desk, alike: list[Doubt]) -> None:
    unsure, unlike = desk.pair("u", probability=0.5), desk.pair("v", probability=0.01)
    disputed = desk.pair("w", probability=0.97, joined=True, relation="same", state="disputed")
    for pairs in (alike[:21], [alike[0], unsure], [alike[0], unlike], [alike[0], disputed], []):
        with pytest.raises(CoworkmedError):
            services.judge(by=desk.ana, pairs=[numbers(one) for one in pairs], said=SAME)
    judge(desk.ana, alike[0], SAME)
    with pytest.raises(CoworkmedError, match="judged by nobody yet"):  # all of them or none
        services.judge(by=desk.ana, pairs=[numbers(one) for one in alike[:3]], said=SAME)
    assert Verdict.objects.count() == 1


def test_a_second_look_is_one_by_one(desk: Desk) -> None:
    some = [desk.pair(f"q{n}", twice=True, probability=0.99, joined=True) for n in range(3)]
    services.judge(by=desk.ana, pairs=[numbers(one) for one in some], said=SAME)
    assert queries.shapes(desk.ben) == []
    assert queries.queue(desk.ben).count() == 3


# -- agreement, people ----------------------------------------------------------------------------------------------


def test_agreement_is_told_from_ten_pairs_on(desk: Desk) -> None:
    for n in range(10):
        assert queries.agreed() is None
        one = desk.pair(f"k{n}", twice=True)
        first, second = (SAME, SAME) if n < 5 else (DIFFERENT, BRANCH) if n < 9 else (SAME, DIFFERENT)
        judge(desk.ana, one, first)
        judge(desk.ben, one, second)
    found = queries.agreed()
    assert found
    assert found == agreement.agreement([(SAME, SAME)] * 5 + [(DIFFERENT, DIFFERENT)] * 4 + [(SAME, DIFFERENT)])
    assert (found.pairs, round(found.kappa, 2)) == (10, 0.8)


def test_who_leaves_leaves_their_verdicts_without_their_name(desk: Desk) -> None:
    one = desk.pair("a")
    judge(desk.ana, one, SAME, "seen it")
    assert export(desk.ana)["places.verdict"][0]["said"] == SAME
    forget(desk.ana)
    assert Verdict.objects.get().person is None
    assert state(one) == ("settled", SAME)


# -- at once --------------------------------------------------------------------------------------------------------


@pytest.fixture
def race(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Exception]]:
    """Two reviewers judge one pair, each looking at what was said before either writes, if nothing keeps them off."""
    desk = Desk()
    one = desk.pair("a", twice=True)
    both_looked = threading.Barrier(2)
    look = services._said

    def look_and_wait(*asked: int) -> list[str]:
        found = look(*asked)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other is kept waiting outside: that is the guard
            both_looked.wait(timeout=1)
        return found

    monkeypatch.setattr(services, "_said", look_and_wait)
    errors: list[Exception] = []

    def say(who: Person, said: str) -> None:
        try:
            judge(who, one, said)
        except Exception as error:  # whatever became of a word that was lost
            errors.append(error)
        finally:
            connection.close()

    def run() -> list[Exception]:
        said = ((desk.ana, SAME), (desk.ben, DIFFERENT))
        threads = [threading.Thread(target=say, args=args) for args in said]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


def test_two_who_judge_at_once_are_both_heard(race: Callable[[], list[Exception]]) -> None:
    assert race() == []
    assert sorted(Verdict.objects.values_list("said", flat=True)) == [DIFFERENT, SAME]
    assert Doubt.objects.get().state == "disputed"
    assert not Decision.objects.exists()
    assert Event.objects.count() == 2


def test_without_the_guard_they_would_not_be(
    race: Callable[[], list[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        wrapper = type(connections["default"])
        monkeypatch.setattr(wrapper, "_start_transaction_under_autocommit", lambda self: self.cursor().execute("BEGIN"))
    else:
        monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_: self)
    lost = race()
    assert lost or Doubt.objects.get().state != "disputed", "one of them was not heard"


# -- weights --------------------------------------------------------------------------------------------------------


OTHER_PHONE = {"value": "+33555000000"}


def teach(desk: Desk, same: int = 8, different: int = 6) -> None:
    for n in range(same):
        judge(desk.ana, desk.pair(f"s{n}"), SAME)
    for n in range(different):
        one = desk.pair(f"d{n}")  # alike in all but the telephone
        Assertion.objects.filter(entry=one.right).update(fields=one.right.assertion.fields | {"phone": OTHER_PHONE})
        judge(desk.ana, one, DIFFERENT)


def test_few_decisions_or_of_one_kind_teach_nothing(desk: Desk) -> None:
    teach(desk, same=learning.LEAST, different=0)
    assert weights.learn() is None
    assert not Weights.objects.exists()


def test_a_lesson_is_asked_for_once_and_told(desk: Desk) -> None:
    teach(desk)
    job = Job.objects.get(name="review.learn")
    assert timezone.now() < job.due <= timezone.now() + services.LESSON_AFTER
    assert jobs.every_job()["review.learn"].slow
    tasks.learn()
    kept = Weights.objects.get()
    lesson = learning.Lesson.from_json(kept.lesson)
    assert (lesson.decisions, lesson.same) == (14, 8)
    assert lesson.after > 0
    assert lesson.changes
    assert lesson.changes == learning.changes(shipped(), weights._model(kept))
    sizes = [one.size for one in lesson.changes]
    assert sizes == sorted(sizes, reverse=True)
    assert weights._model(kept).about["inputs"][-1] == {"decisions": 14, "same": 8}
    tasks.learn()  # done twice, the second takes the place of the first
    assert Weights.objects.count() == 1
    assert weights.text(weights.in_use()) == weights.text(shipped()), "nothing is taken over by itself"


def test_an_operator_takes_weights_over_and_goes_back(desk: Desk) -> None:
    teach(desk)
    made = weights.learn()
    assert made
    with pytest.raises(NotAllowedError):
        weights.adopt(by=person("steward@example.org"), number=made.pk)
    weights.adopt(by=desk.ana, number=made.pk)
    assert weights.text(weights.in_use()) == made.model
    assert weights.text(weights.base()) == weights.text(shipped()), "no decision counts twice"
    with pytest.raises(CoworkmedError, match="anew"):
        weights.adopt(by=desk.ana, number=made.pk)
    again = weights.learn()
    assert again
    weights.adopt(by=desk.ana, number=again.pk)
    weights.go_back(by=desk.ana)
    assert weights.adopted() == made
    weights.go_back(by=desk.ana)
    assert weights.adopted() is None
    with pytest.raises(CoworkmedError):
        weights.go_back(by=desk.ana)
    assert Event.objects.filter(verb="weights.changed").count() == 4


def test_the_next_run_goes_by_the_weights_taken_over(world: World) -> None:
    before = world.place_of("a", "1"), world.place_of("b", "b1")
    assert before[0] == before[1]
    sceptic = shipped()
    sceptic = type(sceptic)(-30.0, sceptic.tables, sceptic.seen, sceptic.about)
    weights.bring(sceptic)
    assert registry.refresh(as_of=world.day), "other weights are a change"
    assert world.place_of("a", "1") != world.place_of("b", "b1")
    assert registry.refresh(as_of=world.day) is None
    weights.bring(sceptic)
    assert Weights.objects.count() == 1
    weights.go_back(by=Person.objects.create_superuser("ana@example.org"))
    assert registry.refresh(as_of=world.day)
    assert Link.objects.filter(place=before[0]).count() == 2


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.ana)
    return client


def address(of: Doubt) -> str:
    return f"/en/review/{of.left_id}-{of.right_id}/"


def test_without_a_script_pairs_are_judged_by_plain_forms(desk: Desk, ana: Client) -> None:
    first, second = desk.pair("a"), desk.pair("b", same=False)
    assert ana.get("/en/review/next/").headers["Location"] == address(first)
    page = ana.get(address(first))
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    for words in ("House a", "List list-0", "CC BY 4.0", "What agrees", "1 place", "Joins 2 entries into one place."):
        assert words.replace("1 place", "One place") in page.content.decode(), words
    told = ana.post(address(first), {"said": SAME, "note": "same bell"})
    assert (told.status_code, told.headers["Location"]) == (302, address(second))
    page = ana.get(address(second)).content.decode()
    assert "Noted: The same place." in page
    assert "What differs" in page
    act = Verdict.objects.get().act
    assert ana.post("/en/review/undo/", {"act": str(act)}).headers["Location"] == address(first)
    for one in (first, second):
        ana.post(address(one), {"said": UNSURE})
    assert "Nothing waits for you" in ana.get("/en/review/").content.decode()
    assert ana.get("/en/review/next/").headers["Location"] == "/en/review/"


def test_a_second_reviewer_is_not_told_what_the_first_said(desk: Desk) -> None:
    one = desk.pair("a", twice=True)
    client = Client()
    client.force_login(desk.ben)
    before = client.get(address(one)).content.decode()
    judge(desk.ana, one, SAME, "the very same")
    after = client.get(address(one)).content.decode()
    token = "csrfmiddlewaretoken"
    assert [line for line in before.splitlines() if token not in line] == [
        line for line in after.splitlines() if token not in line
    ]


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/en/review/1-2/", None, 404),
        ("/en/review/99999999999999999999999-1/", None, 404),
        ("/en/review/1-2/", {"said": "perhaps"}, 404),
        ("/en/review/1-2/", {"said": SAME}, 302),
        ("/en/review/alike/", None, 404),
        ("/en/review/alike/?left=a&right=b&joined=2&likely=1", None, 404),
        ("/en/review/alike/?left=list-0&right=list-1&joined=1&likely=1", None, 200),
        ("/en/review/alike/?left=list-0&right=list-1&joined=1&likely=1", {"said": SAME}, 422),
        ("/en/review/alike/?left=list-0&right=list-1&joined=1&likely=1", {"said": SAME, "pair": "1;2"}, 302),
        ("/en/review/alike/?left=list-0&right=list-1&joined=1&likely=1", {"said": SAME, "pair": "٣-٤"}, 302),
        ("/en/review/alike/?left=list-0&right=list-1&joined=1&likely=1", {"said": SAME, "pair": "1-2"}, 302),
        ("/en/review/undo/", {"act": "x"}, 302),
        ("/en/review/undo/", {"act": "12345678-1234-5678-1234-567812345678"}, 302),
        ("/en/review/weights/", {"number": "x"}, 302),
        ("/en/review/weights/", {"number": "77"}, 302),
        ("/en/review/weights/", {}, 302),
    ],
)
def test_bad_input_is_answered_in_words(desk: Desk, ana: Client, path: str, data: Any, status: int) -> None:
    answer = ana.get(path) if data is None else ana.post(path, data)
    assert answer.status_code == status
    assert not Verdict.objects.exists()
    if status == 302:
        assert 'data-tone="error"' in ana.get(answer.headers["Location"]).content.decode()


def test_a_verdict_that_is_none_shows_the_pair_again_with_what_was_written(desk: Desk, ana: Client) -> None:
    answer = ana.post(address(desk.pair("a")), {"said": "perhaps", "note": "my reason"})
    assert answer.status_code == 422
    assert "my reason" in answer.content.decode()


def test_many_are_judged_by_a_form(desk: Desk, ana: Client, alike: list[Doubt]) -> None:
    page = "/en/review/alike/?left=list-0&right=list-1&relation=same&joined=1&likely=1"
    shown = ana.get(page).content.decode()
    assert shown.count('name="pair"') == 20
    assert "The first 20 of 24." in shown
    chosen = [f"{one.left_id}-{one.right_id}" for one in alike[:3]]
    assert ana.post(page, {"said": SAME, "pair": chosen}).headers["Location"] == page
    assert Verdict.objects.count() == 3
    assert "Noted for 3 pairs: The same place." in ana.get(page).content.decode()


def test_the_desk_says_what_was_learnt(desk: Desk, ana: Client) -> None:
    teach(desk)
    made = weights.learn()
    assert made
    page = ana.get("/en/review/").content.decode()
    assert "With 14 decisions the log loss goes from" in page
    assert "Use the new weights" in page
    ana.post("/en/review/weights/", {"number": str(made.pk)})
    page = ana.get("/en/review/").content.decode()
    assert "weights learnt here from 14 decisions" in page
    steward = role(person("s@example.org"), organisation("France", territory="FR"), "STEWARD").person
    client = Client()
    client.force_login(steward)
    page = client.get("/en/review/").content.decode()
    assert "weights learnt here" in page
    assert "Go back" not in page
    client.post("/en/review/weights/", {})
    assert weights.adopted() == made
