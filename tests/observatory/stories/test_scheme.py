"""The scheme of themes, and how far its coders agree."""

import pytest

from coworkmed.observatory.stories import scheme, words


def test_every_theme_and_field_has_its_words() -> None:
    found = scheme.current()
    assert set(words.THEMES) == set(found.themes)
    assert set(words.FIELDS) == set(found.fields)


def test_a_theme_stands_in_a_scheme_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        scheme.read('version = "1"\n[fields]\nWORK = ["A", "B"]\nPUBLIC = ["A"]')


def test_what_coders_find_is_put_in_order_and_known() -> None:
    assert scheme.current().ordered(["SAY", "SKILLS", "SAY", "NONSENSE"]) == ["SKILLS", "SAY"]
    assert scheme.same((["SAY", "SKILLS"], ["SKILLS", "SAY"]))
    assert scheme.disputed((["SAY", "SKILLS"], ["SKILLS", "POLICY"])) == ["SAY", "POLICY"]


def test_agreement_is_told_theme_by_theme() -> None:
    """Of 20 stories: both found it in 8, both not in 8, one only in 4: kappa is (0.8 - 0.5) / 0.5."""
    coded = [(["SKILLS"], ["SKILLS"])] * 8 + [([], [])] * 8 + [(["SKILLS"], [])] * 2 + [([], ["SKILLS"])] * 2
    found = {one.theme: one for one in scheme.agreed(coded)}
    skills = found["SKILLS"]
    assert skills.agreement is not None
    assert skills.agreement.kappa == pytest.approx(0.6)
    assert skills.agreement.low < 0.6 < skills.agreement.high
    assert (skills.found, skills.stories) == (12, 20)
    assert found["POLICY"].agreement is None  # nobody found it: there is nothing to agree on
    assert {one.agreement for one in scheme.agreed(coded[:5])} == {None}  # too few
