"""What a pair's reasons say: names as written, the word that tells most, the site that bears the name."""

from typing import Any

import pytest

from coworkmed.linkage import Record, score
from coworkmed.linkage.reasons import say


def params(code: str, one: dict[str, Any], other: dict[str, Any]) -> Any:
    """The parameters of a reason of two records that share an address in Nice."""
    address = {"street": "Rue des Lilas", "number": "12", "locality": "Nice", "country": "FR"}
    pair = [Record(("a", "1"), **{**address, **one}), Record(("b", "1"), **{**address, **other})]
    found = {reason.code: reason for reason in score(pair, [(0, 1)])[0].reasons}
    assert "{" not in say(found[code])
    return found[code].params


def test_names_are_told_as_they_are_written() -> None:
    said = params("NAME_DIFFERENT", {"name": "L’Étable"}, {"name": "Βιβλιοθήκη"})
    assert said == {"left": "L’Étable", "right": "Βιβλιοθήκη"}


def test_another_name_is_told_where_it_agrees_best() -> None:
    said = params("NAME_SAME", {"name": "Wagon 12", "other_names": ("L’Étable",)}, {"name": "L'étable"})
    assert said == {"name": "L’Étable"}


def test_a_name_without_its_brackets_is_told_as_words() -> None:
    assert params("NAME_SAME", {"name": "L'Étable (ancien Wagon)"}, {"name": "L’étable"}) == {"name": "l etable"}


def test_of_shared_words_the_rarer_tells() -> None:
    said = params("NAME_WORD", {"name": "University Zorba"}, {"name": "Zorba University Sud"})
    assert said == {"word": "zorba"}


@pytest.mark.parametrize("swap", [False, True])
def test_the_site_told_is_the_one_that_bears_the_name(swap: bool) -> None:
    one = {"name": "La Ruche Niçoise", "domains": ("agence-azur.fr",)}
    other = {"name": "Ruche Niçoise", "domains": ("laruchenicoise.org",)}
    assert params("SITE_NAME", *((other, one) if swap else (one, other))) == {"site": "laruchenicoise.org"}


def test_the_only_site_is_told() -> None:
    said = params("SITE_NAME", {"name": "La Ruche", "domains": ("laruche.fr",)}, {"name": "La Ruche"})
    assert said == {"site": "laruche.fr"}
