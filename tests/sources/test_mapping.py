"""Columns to targets."""

from collections.abc import Mapping
from typing import Any

import pytest

from coworkmed.sources.mapping import pick, says_nothing
from coworkmed.sources.spec import Pick, Spec


def spec(columns: Mapping[str, Pick], **more: Any) -> Spec:
    return Spec("list", {"en": "A list"}, "", "CC0-1.0", "", "csv", "list.csv", columns=columns, **more)


def test_the_first_column_with_text_wins() -> None:
    source = spec({"postcode": Pick(("addr:postcode", "contact:postcode"))})
    assert pick({"addr:postcode": " ", "contact:postcode": " 75001 "}, source) == {"postcode": "75001"}
    assert pick({"addr:postcode": "75002", "contact:postcode": "75001"}, source) == {"postcode": "75002"}


def test_joined_columns_leave_no_empty_parts() -> None:
    source = spec({"address": Pick(("number", "repetition", "street"), join=" ")})
    assert pick({"number": "12", "repetition": "", "street": "rue X"}, source) == {"address": "12 rue X"}


def test_a_default_speaks_where_the_list_is_silent() -> None:
    source = spec({"country": Pick(("pays",))}, defaults={"country": "FR", "kinds": "COWORK", "status": ""})
    assert pick({"pays": "N/A"}, source) == {"country": "FR", "kinds": "COWORK"}
    assert pick({"pays": "IT"}, source) == {"country": "IT", "kinds": "COWORK"}


def test_a_missing_column_is_an_empty_one() -> None:
    assert pick({}, spec({"name": Pick(("nom", "title"))})) == {}


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "N/A", "null", "NaN", "Non renseigné", "#REF!", "…".replace("…", "...")]
)
def test_marks_of_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["0", "non", "None", "No", "Nancy"])
def test_what_only_looks_like_nothing(text: str) -> None:
    """ "None" is a town near Turin; "0" and "non" are answers."""
    assert not says_nothing(text)
