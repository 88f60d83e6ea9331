"""Departments: parts of a house that a name speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.linkage.departments import DEPARTMENTS, departments


def test_they_fit_in_one_integer() -> None:
    assert min(DEPARTMENTS.values()) >= 0 and max(DEPARTMENTS.values()) < 63


@pytest.mark.parametrize(
    ("one", "other"), [("pharmacie", "farmakeio"), ("parking", "parkiraliste"), ("bibliotheque", "knjiznica")]
)
def test_words_of_one_meaning_agree_across_languages(one: str, other: str) -> None:
    assert departments([one]) == departments([other]) != 0


@pytest.mark.parametrize("word", ["coworking", "fablab", "station", "fabrique", "tour", "cantine", "hub", "lab"])
def test_what_places_are_called_is_no_department(word: str) -> None:
    assert departments([word]) == 0


@given(st.lists(st.sampled_from([*DEPARTMENTS, "morel", "nice"])))
def test_order_and_repetition_say_nothing(name: list[str]) -> None:
    assert departments(name) == departments([*reversed(name), *name])


@given(st.lists(st.sampled_from(sorted(DEPARTMENTS))), st.sampled_from(sorted(DEPARTMENTS)))
def test_another_word_only_adds(name: list[str], word: str) -> None:
    assert departments([*name, word]) == departments(name) | departments([word])
