"""Questions to people and what their answers are kept with: the draw, the sample, the labels."""

from datetime import date, timedelta

import pytest

from coworkmed.linkage.review import STRATA
from coworkmed.places import services
from coworkmed.places.models import Decision, Doubt, Refresh
from coworkmed.places.queries import labels, snapshot
from coworkmed.places.services import Word
from tests.places.test_services import PHARE, RUCHE_A, RUCHE_B, World

pytestmark = pytest.mark.django_db

#: A name near the lighthouse's, a street away: neither surely it nor surely not.
NEAR = "b2,Phare du Port,40 rue Breteuil,13006,Marseille,43.2901,5.3760,https://phare.example,"
RUCHE, DOUBTFUL = (("a", "1"), ("b", "b1")), (("a", "2"), ("b", "b2"))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def asked(world):
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B, NEAR])
    return world


def doubt_on(pair):
    return Doubt.objects.get(left__external_id=pair[0][1], right__external_id=pair[1][1])


def judge(world, *verdicts):
    services.decide(words=[Word(*pair, verdict) for pair, verdict in verdicts], as_of=world.day)


def test_every_question_says_why_it_is_asked(asked):
    questions = list(Doubt.objects.all())
    assert [one.turn for one in questions] == list(range(len(questions)))
    assert doubt_on(RUCHE).joined
    for one in questions:
        assert one.stratum in STRATA
        assert one.stratum.endswith("joined" if one.joined else "apart")
        assert one.purpose == "gain" or (one.purpose == "audit" and 0 < one.inclusion <= 1)
        assert one.weights
        assert one.reasons


def test_a_verdict_is_kept_with_what_the_machine_thought(asked):
    before = doubt_on(RUCHE)
    judge(asked, (RUCHE, "same"))
    decision = Decision.objects.get()
    for name in ("purpose", "probability", "stratum", "inclusion", "weights"):
        assert getattr(decision, name) == getattr(before, name), name
    asked.run()
    judge(asked, (RUCHE, "different"))  # no question any more: what was kept stays
    decision.refresh_from_db()
    assert (decision.verdict, decision.purpose, decision.stratum) == ("different", before.purpose, before.stratum)


def test_a_verdict_nobody_asked_for_is_no_sample(world):
    world.run(a=[RUCHE_A], b=[NEAR])
    judge(world, ((("a", "1"), ("b", "b2")), "different"))
    decision = Decision.objects.get()
    assert (decision.purpose, decision.probability, decision.stratum) == ("own", None, "")
    world.run()
    assert snapshot(world.day).quality.verdicts == 0


def test_what_is_judged_is_asked_no_more(asked):
    asked_before = Doubt.objects.count()
    judge(asked, (RUCHE, "same"))
    linked = asked.run()
    assert Doubt.objects.count() == asked_before - 1 == linked.doubts + Doubt.objects.filter(gain=None).count()
    assert linked.audits == Doubt.objects.filter(purpose="audit").count()


def test_a_small_registry_judged_whole_is_known_exactly(asked):
    assert snapshot(asked.day).quality.precision.estimate is None
    pairs = [
        ((one.left.source_id, one.left.external_id), (one.right.source_id, one.right.external_id))
        for one in Doubt.objects.all()
    ]
    judge(asked, *((pair, "same" if pair in (RUCHE, DOUBTFUL) else "different") for pair in pairs))
    linked = asked.run()
    quality = snapshot(asked.day).quality
    assert quality == linked.quality
    assert (quality.precision.estimate, quality.precision.low, quality.recall.estimate) == (1.0, 1.0, 1.0)
    assert quality.verdicts == len(pairs)
    assert quality.census["right"] == len({*pairs} & {RUCHE, DOUBTFUL})
    assert Doubt.objects.count() == 0


def test_a_sample_drawn_under_other_weights_is_not_counted(asked):
    judge(asked, (RUCHE, "same"))
    Decision.objects.update(weights="of another model")
    asked.run()
    quality = snapshot(asked.day).quality
    assert quality.verdicts == 0
    assert quality.census["right"] == 1, "it still binds, and is known"


def test_labels_are_the_pairs_judged_as_the_engine_compares_them(asked):
    judge(asked, ((DOUBTFUL[1], DOUBTFUL[0]), "different"), (RUCHE, "same"))
    found = list(labels())
    assert [(left.key, right.key, same) for left, right, same in found] == [(*RUCHE, 1), (*DOUBTFUL, 0)]
    assert (found[0][0].name, found[0][0].domains) == ("La Ruche Bleue", ("ruche.example",))


def test_a_registry_of_before_has_no_quality_to_state(asked):
    Refresh.objects.update(census={})
    assert snapshot(asked.day).quality is None
    assert snapshot(date(2026, 1, 1) + timedelta(days=1)).quality is None
