"""The registry walked by id: every place once, in order, from wherever one stopped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel import ids
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.search import find
from coworkmed.places.search.index import number

public_ids = st.text(ids.ALPHABET, min_size=12, max_size=12)


@given(public_ids, public_ids)
def test_numbers_are_in_the_order_of_the_ids_and_fit_the_index(one: str, other: str) -> None:
    assert (number(one) < number(other)) == (one < other)
    assert (number(one) == number(other)) == (one == other)
    assert 0 <= number(one) < 2**60


@pytest.mark.parametrize("strange", ["", "p", "Ω", "not an id at all", "\ud800"])
def test_what_is_no_id_has_a_number_too(strange: str) -> None:
    assert 0 <= number(strange) < 2**60


@pytest.mark.django_db
@pytest.mark.parametrize("several", [1, 2, 7, 100])
def test_every_place_is_met_once_however_many_are_fetched_at_a_time(
    several: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = sorted(ids.place_id("list", str(turn)) for turn in range(30))
    for turn, one in enumerate(known):
        status = "CLOSED" if turn % 10 == 0 else "OPEN"
        Place.objects.create(public_id=one, name="Phare", country="FR" if turn % 2 else "IT", status=status)
    monkeypatch.setattr(find, "SHORT_WALK", several)
    monkeypatch.setattr(find, "DEEPEST", several)
    shown = [one for turn, one in enumerate(known) if turn % 10]
    assert list(find.by_id(Filters())) == shown
    assert list(find.by_id(Filters(q="phare", country="FR"))) == known[1::2]
    for after in (known[0], known[11], known[-1], "zzzzzzzzzzzz", "5"):
        assert list(find.by_id(Filters(), after)) == [one for one in shown if one > after]
