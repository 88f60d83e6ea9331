"""An index kept up to date says what linking everything anew would say."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.linkage.generated import records as generated
from coworkmed.linkage import engine
from coworkmed.linkage.index import Index
from coworkmed.linkage.prepare import MANY_PREMISES
from coworkmed.linkage.records import Key, Record, Ruling

from .test_engine import records

MANY, _ = generated(600, 3)


def anew(given_records: Sequence[Record], rulings: Sequence[Ruling] = ()) -> list[tuple[Key, ...]]:
    found = engine.link(given_records, rulings)
    return sorted(tuple(sorted(given_records[at].key for at in cluster)) for cluster in found.clusters)


def numbered(some: Sequence[Record]) -> list[Record]:
    return [replace(record, key=(record.key[0], str(number))) for number, record in enumerate(some)]


def test_an_index_links_as_the_engine_does() -> None:
    assert Index(MANY).places() == anew(MANY)


def test_an_empty_index_can_grow() -> None:
    index = Index()
    assert index.places() == []
    assert index.update(MANY[:5]).places == index.places()
    assert {key for place in index.places() for key in place} == {record.key for record in MANY[:5]}


@given(st.lists(records(), min_size=2, max_size=9).map(numbered), st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_added_links_as_if_it_had_always_been_there(some: list[Record], data: st.DataObject) -> None:
    known = data.draw(st.integers(1, len(some) - 1))
    index = Index(some[:known])
    index.doubt[:] = 1.0
    index.update(some[known:])
    whole = Index(some, counts=index.counts)
    if (whole.doubt == 1.0).all():
        assert index.places() == whole.places()


def test_adding_to_a_town_gives_what_linking_everything_gives() -> None:
    index = Index(MANY[:550])
    changed = index.update(MANY[550:])
    whole = Index(MANY, counts=index.counts)
    whole.doubt = index.doubt
    whole._link(whole._reach(range(len(MANY))))  # with what the first lists taught of themselves
    assert index.places() == whole.places()
    assert {record.key for record in MANY[550:]} <= {key for place in changed.places for key in place}


def test_an_update_says_all_that_changed() -> None:
    index = Index(MANY[:550])
    before = set(index.places())
    changed = index.update(MANY[550:], removed=[MANY[0].key, MANY[1].key])
    after = set(index.places())
    assert after - before <= set(changed.places)
    assert len(changed.places) < len(after) / 2


def test_what_leaves_leaves_no_trace() -> None:
    index = Index(MANY[:300])
    before = index.places()
    index.update(MANY[300:360])
    index.update(removed=[record.key for record in MANY[300:360]])
    assert index.places() == before


def test_a_changed_record_takes_the_place_of_the_one_it_was() -> None:
    index = Index(MANY[:300])
    moved = replace(
        MANY[5], lat=10.0, lon=10.0, name="Elsewhere", street="", locality="", domains=(), phones=(), urls=()
    )
    index.update([moved])
    assert (moved.key,) in index.places()
    index.update([MANY[5]])
    assert index.places() == Index(MANY[:300]).places()


def test_rulings_are_heeded_and_stay() -> None:
    index = Index(MANY[:200])
    pair = next(place for place in index.places() if len(place) > 1)
    index.update(rulings=[Ruling(pair[0], pair[1], "different")])
    assert not any(pair[0] in place and pair[1] in place for place in index.places())
    far = [place[0] for place in index.places()][:2]
    index.update(MANY[200:220], rulings=[Ruling(far[0], far[1], "same")])
    assert any(far[0] in place and far[1] in place for place in index.places())
    index.update(MANY[220:260])
    assert any(far[0] in place and far[1] in place for place in index.places())
    assert not any(pair[0] in place and pair[1] in place for place in index.places())


def test_a_domain_that_becomes_that_of_many_speaks_less() -> None:
    """Four premises with one domain are a chain: what the domain joined before may fall apart."""
    base = MANY[0]
    chain = [
        replace(
            base, key=("x", str(at)), name=f"Quartier {name}", street=f"rue {name}", number="1", lat=None, lon=None,
            domains=("chaine.example",), phones=(), urls=(), locality=name, postcode=f"1300{at}", brand="",
        )
        for at, name in enumerate(("Avelin", "Bourdic", "Cazals", "Drancy"))
    ]  # fmt: skip
    index = Index(chain[:3])
    index.update(chain[3:])
    assert (index.columns.items["spread"] == MANY_PREMISES).sum() == 4
    assert index.places() == Index(chain, counts=index.counts).places()


def test_two_records_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        Index([MANY[0], MANY[0]])
    with pytest.raises(ValueError, match="same key"):
        Index().update([MANY[0], MANY[0]])


def test_what_only_a_leaving_entry_held_together_falls_apart() -> None:
    """Rulings tie two entries that have nothing in common by way of a third, which goes or becomes another."""
    one, two, middle = (Record(("a", name), name) for name in ("Avelin", "Bourdic", "Cazals"))
    rulings = [Ruling(one.key, middle.key, "same"), Ruling(middle.key, two.key, "same")]
    index = Index([one, two, middle], rulings)
    assert index.places() == [(one.key, two.key, middle.key)]
    changed = index.update(removed=[middle.key])
    assert index.places() == [(one.key,), (two.key,)]
    assert set(changed.places) == {(one.key,), (two.key,)}
    assert index.update([middle]).places == index.places() == [(one.key, two.key, middle.key)]


@given(
    st.lists(records(), min_size=3, max_size=7).map(numbered),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(("same", "different"))), max_size=4),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_whatever_comes_and_goes_rulings_hold_and_every_entry_has_one_place(
    some: list[Record], ruled: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    rulings = [
        Ruling(some[one % len(some)].key, some[other % len(some)].key, verdict)
        for one, other, verdict in ruled
        if one % len(some) != other % len(some)
    ]
    index = Index(some[:-1], rulings[:2])
    going = data.draw(st.sets(st.sampled_from([record.key for record in some])))
    index.update(some[-1:], going, rulings[2:])  # one that goes and comes at once has come
    index.update()
    there = {record.key for record in some if record.key not in going or record == some[-1]}
    places = index.places()
    assert sorted(key for place in places for key in place) == sorted(there)
    place_of = {key: place for place in places for key in place}
    apart = {frozenset((one.left, one.right)) for one in rulings if one.verdict == "different"}
    for ruling in rulings:
        if ruling.left in there and ruling.right in there:
            together = place_of[ruling.left] == place_of[ruling.right]
            assert not together if ruling.verdict == "different" else together or apart
    index.update(some[:-1])
    whole = Index(some, rulings, counts=index.counts)
    if (index.doubt == whole.doubt).all():
        assert index.places() == whole.places()
