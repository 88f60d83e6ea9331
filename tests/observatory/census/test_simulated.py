"""Five hundred answers, drawn as places around the sea answer: valid, compared in steps, and giving nobody away."""

from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
from django.utils import timezone

from coworkmed.demo import answers as demo
from coworkmed.observatory.census import disclosure, extract, portrait, queries, rules, services
from coworkmed.observatory.census.questionnaire import current
from coworkmed.observatory.models import Answer, Invitation, Release, Wave
from coworkmed.places.models import Place

from .waves import given, wave

PLACES = 500
REGIONS = ("FR-PAC", "FR-OCC", "FR-COR", "GR-I", "GR-B", "HR-17", "HR-21", "IT-52", "ES-CT", "ES-VC")
KINDS = ("COWORK", "COWORK", "COWORK", "FAB", "CULTURE", "MIXED")


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, object]]:
    return demo.answers(f"p{at:03}" for at in range(PLACES))


def test_the_same_seed_draws_the_same(drawn: dict[str, dict[str, object]]) -> None:
    assert demo.answers(["p000", "p001"]) == {name: drawn[name] for name in ("p000", "p001")}
    assert demo.answers(["p000"], seed=1)["p000"] != drawn["p000"]


def test_every_answer_is_one_the_questionnaire_takes(drawn: dict[str, dict[str, object]]) -> None:
    for values in drawn.values():
        found = rules.outcome(current(), given(**values), {})
        assert set(found.fields) | set(found.confidential) == set(values)  # nothing that isn't asked of them
        for name, value in values.items():
            question = current().question(name)
            match question.field.form:
                case "code" | "flag":
                    assert value in question.codes
                case "codes":
                    assert isinstance(value, list) and set(value) <= set(question.codes)
                case "shares":
                    assert isinstance(value, dict) and set(value) <= set(question.codes)
                    assert sum(value.values()) == 100 and min(value.values()) >= 0
                case "levels":
                    assert isinstance(value, dict) and set(value.values()) <= {0, 1, 2, 3}
                case "number":
                    assert isinstance(value, int | float)
                    assert (question.low or 0) <= value <= (question.high or 1e9)
        occupied, desks = values.get("desks_occupied"), values["desks"]
        assert occupied is None or occupied <= desks  # type: ignore[operator]


@pytest.fixture
def answered(db: None, drawn: dict[str, dict[str, object]]) -> Wave:
    """A wave in which the answers came in by twenty-five, and groups were told of as they did."""
    found = wave()
    places = [
        Place(
            public_id=name, name=name, status="OPEN", main_kind=KINDS[at % len(KINDS)],
            region=REGIONS[at * 7 % len(REGIONS)], country=REGIONS[at * 7 % len(REGIONS)][:2], values={},
        )
        for at, name in enumerate(drawn)
    ]  # fmt: skip
    Place.objects.bulk_create(places)
    Invitation.objects.bulk_create(
        [Invitation(wave=found, place=one, answered_on=timezone.localdate()) for one in places]
    )
    for start in range(0, PLACES, 25):
        Answer.objects.bulk_create(
            Answer(wave=found, place=one, values=given(**drawn[one.pk]), state=Answer.State.SUBMITTED, version=1)
            for one in places[start : start + 25]
        )
        services.compare(wave=found)
    return found


def test_nobody_is_given_away_over_the_whole_wave(answered: Wave) -> None:
    """The attack: of all that was ever told of a figure, the sets that adding and subtracting can reach."""
    told = Counter(Release.objects.values_list("figure", flat=True))
    assert set(told) == {one.code for one in portrait.FIGURES.values() if not one.public}
    assert min(told.values()) >= 4  # 25, 50, 100, 200, 400: each as far as it was answered
    for figure in told:
        releases = [queries.counted(one) for one in queries.releases(answered, figure)]
        assert min(disclosure.parts(releases).values()) >= rules.FEWEST
        assert min(one["n"] for last in queries.releases(answered, figure) for one in last.groups.values()) >= 5


def test_two_portraits_of_one_kind_and_region_tell_the_same(answered: Wave) -> None:
    """Differencing two portraits: what two neighbours are told of their group doesn't differ by their own answers."""
    neighbours = Place.objects.filter(main_kind="COWORK", region="FR-PAC")[:2]
    told = [
        {one.figure.code: (one.group, one.n, one.low, one.median, one.high, one.shares)
         for one in queries.beside(answered.answers.get(place=place), place) if not one.figure.public}
        for place in neighbours
    ]  # fmt: skip
    assert told[0] == told[1]
    assert any(group == portrait.NARROWEST for group, *_ in told[0].values())  # detail is left, for all the care


def test_a_group_is_as_it_was_answered(answered: Wave, drawn: dict[str, dict[str, object]]) -> None:
    last = queries.releases(answered, "jobs_fte")[-1]
    values = sorted(one["jobs_fte"] for one in drawn.values() if "jobs_fte" in one)  # type: ignore[type-var]
    assert last.groups[""]["n"] <= len(values)
    assert values[0] <= last.groups[""]["low"] <= last.groups[""]["median"] <= values[-1]  # type: ignore[operator]


def test_the_table_for_indicators(answered: Wave, tmp_path: Path) -> None:
    Invitation.objects.filter(place="p000").update(answered_on=None)
    Answer.objects.filter(place="p000").update(state=Answer.State.DRAFT)
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{extract.write(tmp_path)}')").fetchone() == (0,)  # open
    Wave.objects.update(state=Wave.State.CLOSED)
    path = extract.write(tmp_path)
    found = duckdb.sql(
        "SELECT count(*), count(*) FILTER (answered), sum(jobs_fte), max(income_public_grant), min(place_id) "
        f"FROM read_parquet('{path}')"
    ).fetchone()
    assert found is not None
    places, answers, jobs, grant, first = found
    assert (places, answers, first) == (PLACES, PLACES - 1, "p000")
    assert jobs > 100 and 0 < grant <= 100


@pytest.mark.django_db
def test_before_a_wave_the_table_is_empty(tmp_path: Path) -> None:
    today = timezone.localdate()
    wave(state=Wave.State.DRAFT, opens=today, closes=date(2099, 1, 1))
    assert extract.newest() is None
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{extract.write(tmp_path)}')").fetchone() == (0,)
