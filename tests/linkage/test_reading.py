"""What is read off records: the tables say of each name what plain Python makes of its words."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.linkage.columns import ITEMS, Columns
from coworkmed.linkage.compiled import distinct, hashed, packed, together
from coworkmed.linkage.departments import departments
from coworkmed.linkage.prepare import joined, prepare
from coworkmed.linkage.reading import CLASS_WEIGHT, read
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import known_by, street_words, town_words, word_class
from coworkmed.linkage.words import STOPWORDS

TEXTS = st.lists(
    st.sampled_from("La Maison des Associations 3 Nizza Nice coworking S.C.I.C. l'Île bleue Ένα b de".split())
).map(" ".join)
RECORDS = st.lists(
    st.builds(
        Record,
        key=st.just(("a", "1")),
        name=TEXTS,
        other_names=st.lists(TEXTS, max_size=2).map(tuple),
        locality=TEXTS,
        street=TEXTS,
        number=st.sampled_from(["", "3", "12 bis"]),
        domains=st.sampled_from([(), ("la-fabrique.org",), ("a.fr", "b.fr")]),
        phones=st.sampled_from([(), ("+33491000001", "+33491000002")]),
        urls=st.sampled_from([(), ("https://a.fr/x/y", "https://facebook.com/b"), ("https://a.fr/x",)]),
        ids=st.sampled_from([(), ("SIRET:12345678900011", "VAT:FR1")]),
        kinds=st.sampled_from([(), ("COWORK", "café_bar")]),
    ),
    max_size=5,
)


def number(text: str) -> int:
    return int(hashed([text])[0])


def words_of(columns: Columns, name: int) -> np.ndarray:
    begin = columns.names[name]["words_begin"]
    return columns.words[begin : begin + columns.names[name]["words"]]


def text_at(columns: Columns, begin: int, length: int) -> str:
    return columns.chars[begin : begin + length].tobytes().decode()


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_names_say_what_their_words_make(records: list[Record]) -> None:
    columns = read(records)
    for record, row in zip(records, columns.records, strict=True):
        towns = town_words(record.locality)
        assert row["names"] == len(known_by(record))
        for place, name in enumerate(known_by(record), start=int(row["name_begin"])):
            kinds = [word_class(word, towns) for word in name]
            proper = [word for word, kind in zip(name, kinds, strict=True) if kind in ("", "number")]
            said = [word for word in name if word not in STOPWORDS]
            initials = "".join(word[0] for word in said if len(word) > 1)
            one, words = columns.names[place], words_of(columns, place)
            assert text_at(columns, one["core_begin"], one["core_length"]) == "".join(proper or said or name)
            assert text_at(columns, one["sorted_begin"], one["sorted_length"]) == " ".join(sorted(name))
            assert one["core"] == number("".join(proper or said or name))
            assert one["joined"] == number("".join(name))
            assert one["initials"] == (number(initials) if len(initials) > 2 else 0)
            assert one["departments"] == departments(name)
            assert words["word"].tolist() == [number(word) for word in name]
            twos = [number(word + after) for word, after in pairwise(name)]
            assert words["with_next"].tolist() == [*twos, 0]
            assert words["share"].tolist() == pytest.approx([CLASS_WEIGHT.get(kind, 1.0) for kind in kinds])
        street = street_words(record.street)
        begin = row["street_word_begin"]
        assert columns.words["word"][begin : begin + len(street)].tolist() == [number(word) for word in street]


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.integers(0, 5))
def test_parts_put_together_say_what_the_whole_does(records: list[Record], cut: int) -> None:
    whole, parts = read(records), joined([read(records[:cut]), read(records[cut:])])
    for table in ("records", "names", "items"):
        one, other = getattr(whole, table), getattr(parts, table)
        for field in one.dtype.names:
            if "begin" not in field:
                np.testing.assert_array_equal(one[field], other[field], field)
    assert sorted(whole.words["word"].tolist()) == sorted(parts.words["word"].tolist())


def test_items_stand_by_kind_and_say_what_they_belong_to() -> None:
    record = Record(
        ("a", "1"), "La Ruche", locality="Nizza", street="rue du 4 Septembre", number="3",
        domains=("a.fr",), phones=("+33491000001",), urls=("https://facebook.com/b", "https://a.fr/x/y"),
        ids=("SIRET:12345678900011",), kinds=("COWORK",),
    )  # fmt: skip
    columns = prepare([record])
    row, items = columns.records[0], columns.items
    at = dict(zip(ITEMS, np.cumsum([row[kind] for kind in ITEMS]) - 1, strict=True))
    last = {kind: items[place] for kind, place in at.items()}
    assert row["larger"]
    assert [last[kind]["value"] for kind in ("domains", "pages", "profiles", "ids", "kinds", "numbers")] == [
        number(text) for text in ("a.fr", "a.fr/x/y", "facebook.com/b", "SIRET:12345678900011", "cowork", "4")
    ]
    assert last["profiles"]["of"] == number("facebook.com")
    assert (last["ids"]["of"], last["ids"]["company"]) == (number("SIRET"), number("123456789"))
    assert last["ids"]["single"] and not last["ids"]["of_company"]
    assert (last["kinds"]["of"], last["kinds"]["single"]) == (number("COWORK"), True)


def test_a_record_may_say_nothing_at_all() -> None:
    columns = read([Record(("a", "1"), "")])
    assert columns.size == 1 and not len(columns.names) and not len(columns.words) and not len(columns.items)
    assert columns.records[0]["premises"] == 0


def test_pieces_are_put_together() -> None:
    chars, first = packed(["la", "ruche", "x"])
    pieces = np.array([0, 1, 2])
    start, end = first[pieces], first[pieces + 1]
    for space, expected in ((False, [b"laruche", b"", b"x"]), (True, [b"la ruche", b"", b"x"])):
        made, begins = together(chars, start, end, np.array([0, 0, 2]), 3, space)
        assert [made[one:other].tobytes() for one, other in pairwise(begins)] == expected


@given(st.lists(st.integers(-3, 3)))
def test_distinct_numbers_are_sorted(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))
