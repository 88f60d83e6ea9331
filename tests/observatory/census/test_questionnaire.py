"""The questionnaire: every field exists, codes agree, conditions hang on what comes before, every text is there."""

import copy
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fields import CONFIDENTIAL, FIELDS
from coworkmed.observatory.census import questionnaire, rules, words
from coworkmed.observatory.census.questionnaire import Condition, QuestionnaireError, current, read

FILE = Path(questionnaire.__file__).with_name("questionnaire.toml")
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_every_question_asks_a_field_of_the_dictionary_by_its_codes() -> None:
    for one in current():
        assert (FIELDS | CONFIDENTIAL)[one.name] is one.field
        assert set(one.codes) <= set(one.field.codes)
        assert bool(one.codes) == bool(one.field.codes)
        assert one.public == (one.name in FIELDS)


def test_no_field_is_confidential_and_public() -> None:
    assert not set(FIELDS) & set(CONFIDENTIAL)


def test_the_core_takes_ten_minutes_and_comes_first() -> None:
    core = [one.core for one in current().sections]
    assert core == sorted(core, reverse=True)
    assert sum(one.minutes for one in current().sections if one.core) == 10


def test_every_text_is_there_and_marked_for_translation() -> None:
    marked = {
        message
        for path in (Path(words.__file__), Path(words.__file__).parents[2] / "places" / "words.py")
        for _, message, _, _ in extract_from_file("python", path, keywords={"N_": None})
    } | {one.label for one in FIELDS.values()}
    kinds = set(words.CODES["kinds"].values())  # marked in the dictionary itself
    for one in current():
        assert words.ASK[one.name] in marked
        assert words.HELP.get(one.name) is None or words.HELP[one.name] in marked
        assert not one.unit or words.UNITS[one.unit] in marked
        for code in one.codes:
            assert words.CODES[one.name][code] in marked | kinds, (one.name, code)
    for section in current().sections:
        assert set(words.SECTIONS[section.code]) <= marked
    assert set(words.ASK) == {one.name for one in current()}
    assert set(words.SECTIONS) == {one.code for one in current().sections}


def test_every_condition_hangs_on_an_earlier_question() -> None:
    order = [one.name for one in current()]
    assert all(order.index(needs.field) < order.index(one.name) for one in current() for needs in one.asked_if)


def spoilt(name: str, **more: object) -> dict[str, object]:
    data = copy.deepcopy(DATA)
    for section in data["section"]:
        for one in section["questions"]:
            if one["field"] == name:
                one |= more
    return data


@pytest.mark.parametrize(
    "data",
    [
        spoilt("legal_form", field="legal_from"),
        spoilt("legal_form", field="name"),
        spoilt("legal_form", leave=["GMBH"]),
        spoilt("transparency", alone=["NOTHING"]),
        spoilt("status", asked_if=[{"field": "status", "is": ["OPEN"]}]),
        spoilt("status", asked_if=[{"field": "story", "given": True}]),
        spoilt("user_vote", asked_if=[{"field": "desks", "over": 0, "given": True}]),
        spoilt("user_vote", asked_if=[{"field": "desks", "under": 0}]),
        spoilt("user_vote", asked_if=[{"field": "legal_form", "is": ["GMBH"]}]),
        spoilt("user_vote", at_most="story"),
        spoilt("user_vote", colour="red"),
    ],
    ids=["no field", "twice", "no code", "alone no code", "itself", "later", "two", "what", "code", "most", "unknown"],
)
def test_a_questionnaire_that_contradicts_itself_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(QuestionnaireError):
        read(data)


def test_conditions() -> None:
    assert Condition("a", among=("X", "Y")).holds("X")
    assert Condition("a", among=("X",)).holds(["Z", "X"])
    assert not Condition("a", among=("X",)).holds("Z")
    assert Condition("a", over=0).holds(0.5)
    assert not Condition("a", over=0).holds(0)
    assert not Condition("a", over=0).holds("many")
    assert Condition("a", given=True).holds("a story")
    for one in (Condition("a", among=("X",)), Condition("a", over=-1), Condition("a", given=True)):
        assert not one.holds(None)


def test_what_hangs_on_an_answer_is_asked_with_it_only() -> None:
    def asked(**values: object) -> set[str]:
        return {one.name for one in current().asked(values)}

    assert "facilitator_paid" not in asked()
    assert "facilitator_paid" in asked(facilitator_fte=0.5)
    assert "lease_end" in asked(premises_tenure="RENT_MARKET")
    assert "lease_end" not in asked(premises_tenure="OWNED")


@given(st.dictionaries(st.sampled_from([one.name for one in current()]), st.just("x")))
def test_nothing_is_asked_whose_ground_is_not(values: dict[str, str]) -> None:
    asked = [one.name for one in current().asked(values)]
    assert len(set(asked)) == len(asked)
    for one in current():
        if one.name in asked:
            assert all(needs.field in asked for needs in one.asked_if)


# -- what answers come to ---------------------------------------------------------------------------------------------


def test_an_outcome_is_what_is_asked_and_answered() -> None:
    known = {"desks": 24, "legal_form": "ASSOC", "name": "The mill"}
    values = {
        "desks": rules.answered(20, 24),
        "legal_form": rules.answered("ASSOC", "ASSOC"),
        "jobs_fte": rules.answered(2, None),
        "price_day": {"none": "REFUSED"},
        "facilitator_paid": rules.answered("yes", None),  # no longer asked: nobody facilitates
        "facilitator_fte": rules.answered(0, None),
    }
    found = rules.outcome(current(), values, known)
    assert {name: one.value for name, one in found.fields.items()} == {"desks": 20, "facilitator_fte": 0}
    assert found.vouches == ["legal_form"]
    assert found.confidential == {"jobs_fte": 2}


def test_what_a_place_is_above_all_is_among_its_kinds() -> None:
    values = {"main_kind": rules.answered("FAB", "COWORK"), "kinds": rules.answered(["COWORK"], ["COWORK"])}
    found = rules.outcome(current(), values, {"main_kind": "COWORK", "kinds": ["COWORK"]})
    assert found.fields["kinds"].value == ["FAB", "COWORK"]
    assert found.vouches == []


def test_questions_left_count_what_was_not_gone_through() -> None:
    every = len(current().asked({}))
    assert rules.left(current(), {}, {}, []) == every
    place = current().section("place")
    assert place
    assert rules.left(current(), {}, {}, ["place"]) == every - len(place.questions)
    assert rules.left(current(), {"desks": {"none": "UNKNOWN"}}, {}, ["place"]) == every - len(place.questions) - 1
    assert rules.left(current(), {}, {}, [one.code for one in current().sections]) == 0


# -- how many answered ------------------------------------------------------------------------------------------------


guests = st.lists(st.builds(rules.Guest, st.sampled_from(["FR", "GR", "HR", "IT", ""]), st.booleans(), st.booleans()))


@given(guests)
def test_progress_tells_of_no_fewer_than_five_and_loses_nobody(told: list[rules.Guest]) -> None:
    rows = rules.progress(told, fewest=5)
    whole = rules.total(told)
    assert sum(one.invited for one in rows) == whole.invited == len(told)
    assert sum(one.answered for one in rows) == whole.answered
    assert all(one.invited >= 5 for one in rows) or len(rows) == 1


def test_a_rate_of_nobody_is_none() -> None:
    assert rules.total([]).rate is None
    assert rules.total([rules.Guest("FR", False, True), rules.Guest("FR", True, False)]).rate == 0.5
