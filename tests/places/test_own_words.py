"""What places say of themselves beside lists: the whole of a list of things, that there is none, this value only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.freshness import Signal
from coworkmed.places.rules import Claim

LIST = Claim("list", "1", "2026-05", {"kinds": Value(["COWORK", "INCUBATOR"]), "phone": Value("+33491000001")})


def own(fields, on="2026-11-20", source="own-word", role="OWNER"):
    return Claim(source, "p.1", on, {name: Value(value) for name, value in fields.items()}, role, trust=1.0)


def test_who_knows_the_place_says_the_whole():
    found = rules.settle([LIST, own({"kinds": ["COWORK"]})])["kinds"]
    assert (found.value, found.why) == (["COWORK"], "ROLE")
    assert [(one.claim.source, one.why) for one in found.rivals] == [("list", "ROLE")]


def test_a_list_that_says_less_agrees():
    found = rules.settle([LIST, own({"kinds": ["FAB", "COWORK", "INCUBATOR"]})])["kinds"]
    assert (found.why, [one.why for one in found.rivals]) == ("AGREED", ["AGREED"])


@pytest.mark.parametrize(("source", "role"), [("suggestions", "IMPORT"), ("another-list", "OWNER")])
def test_what_others_say_still_adds_up(source, role):
    found = rules.settle([LIST, own({"kinds": ["FAB"]}, source=source, role=role)])["kinds"]
    assert sorted(found.value) == ["COWORK", "FAB", "INCUBATOR"]


def test_an_old_word_is_not_the_whole_any_more():
    found = rules.settle([LIST, own({"kinds": ["FAB"]}, on="2023-01-01")])["kinds"]
    assert sorted(found.value) == ["COWORK", "FAB", "INCUBATOR"]


@pytest.mark.parametrize(("name", "none"), [("phone", None), ("kinds", [])])
def test_of_what_there_is_not_nothing_is_shown(name, none):
    assert name not in rules.settle([LIST, own({name: none})])
    assert name not in rules.shown([LIST, own({name: none})])
    assert name not in rules.shown([own({name: none})])


def test_who_says_later_what_there_is_is_believed():
    later = own({"phone": "+33491000009"}, on="2026-12-01", source="authority-word", role="AUTHORITY")
    denied = own({"phone": None})
    assert "phone" not in rules.settle([LIST, denied, later])  # the place's own word goes before
    found = rules.settle(
        [LIST, own({"phone": None}, source="network-word", role="NETWORK"), own({"phone": "+33491000009"})]
    )
    assert found["phone"].value == "+33491000009"


_VALUES = {
    "phone": st.sampled_from([None, "+33491000001", "+33491000002"]),
    "kinds": st.lists(st.sampled_from(["COWORK", "FAB", "FOOD"]), max_size=3),
    "position": st.sampled_from([None, {"lat": 43.3, "lon": 5.4}, {"lat": 43.31, "lon": 5.4}]),
    "address": st.sampled_from([None, {"line": "1 quai", "number": "1", "street": "quai"}, {"line": "rue"}]),
    "closed": st.sampled_from([None, "2026", "2026-05"]),
}
_CLAIMS = st.lists(
    st.builds(
        lambda source, on, fields: own(fields, on, *source),
        st.sampled_from(
            [("own-word", "OWNER"), ("authority-word", "AUTHORITY"), ("list", "IMPORT"), ("old", "IMPORT")]
        ),
        st.sampled_from(["", "2023", "2026-05", "2026-11-20"]),
        st.fixed_dictionaries({}, optional=_VALUES),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda claim: claim.key,
)


@given(_CLAIMS)
def test_whoever_says_there_is_none_breaks_nothing(claims):
    """Whatever is shown was said by someone, the order is irrelevant, and there is no empty value."""
    settled = rules.settle(claims)
    again = rules.settle(claims[::-1])
    assert {name: one.value for name, one in settled.items()} == {name: one.value for name, one in again.items()}
    for name, one in settled.items():
        assert one.value not in (None, [])
        said = [claim.fields[name].value for claim in claims if name in claim.fields]
        if FIELDS[name].union:
            assert set(one.value) <= {item for value in said for item in value}
        else:
            assert one.value in said
    rules.stays(claims)


def test_confirming_what_is_shown_goes_on_showing_it():
    """Two positions 100 m from each other agree; the one that was shown, and confirmed, stays."""
    near = {"lat": 43.7890, "lon": 4.8310}
    claims = [
        Claim("survey", "1", "2026-04", {"position": Value(near)}, trust=0.5),
        Claim("crowd", "2", "2025-02", {"position": Value({"lat": 43.7899, "lon": 4.8310})}, trust=0.9),
    ]
    assert rules.settle(claims)["position"].value == near
    vouched = rules.vouched(claims, [(Signal("OWNER", "2026-11-20"), {"position": near})])
    assert vouched == [{"position": ("2026-11-20", "OWNER")}, {}]


def test_where_nobody_says_it_to_the_letter_who_agrees_is_vouched_for():
    claims = [Claim("survey", "1", "2026-04", {"name": Value("LA FILATURE")})]
    vouched = rules.vouched(claims, [(Signal("OWNER", "2026-11-20"), {"name": "La Filature"})])
    assert vouched == [{"name": ("2026-11-20", "OWNER")}]
