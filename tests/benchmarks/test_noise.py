"""What is measured of pairs; and, beside the real lists, that generated pairs differ as real ones do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import noise
from benchmarks.noise import agreeing, columns, side_by_side, table, true_pairs
from coworkmed.linkage.records import Record
from tests.linkage import french

LISTS = st.sampled_from(["a", "b"])
TEXTS = st.sampled_from(["", "Rue des Lilas", "rue des lilas", "Via Roma", "Ελιά"])
RECORDS = st.builds(
    Record,
    key=st.tuples(LISTS, st.text("0123456789", min_size=1, max_size=3)),
    name=TEXTS,
    locality=st.sampled_from(["", "Nice", "NICE", "Nizza"]),
    street=TEXTS,
    number=st.sampled_from(["", "1", "1 bis", "3-5"]),
    postcode=st.sampled_from(["", "06000"]),
    lat=st.sampled_from([43.7, 43.701]),
    lon=st.just(7.26),
    phones=st.sampled_from([(), ("+33123456789",)]),
    domains=st.sampled_from([(), ("a.example",), ("b.example", "a.example")]),
)


def test_no_pairs_answer_nothing():
    assert all(np.isnan(value) for value in table([]).values())


@given(st.lists(st.tuples(RECORDS, RECORDS), min_size=1, max_size=8))
def test_shares_are_shares_whichever_side_is_first(pairs):
    found, turned = table(pairs), table([(other, one) for one, other in pairs])
    for row, value in found.items():
        assert np.isnan(value) == np.isnan(turned[row])
        assert np.isnan(value) or value == pytest.approx(turned[row])
        assert np.isnan(value) or row.endswith(", m") or 0 <= value <= 1
    bands = [value for row, value in found.items() if row.startswith("token sort ratio")]
    assert sum(bands) == pytest.approx(1)


@given(st.lists(RECORDS, min_size=1, max_size=8))
def test_a_record_agrees_with_itself(given_records):
    found = table([(record, record) for record in given_records])
    for row, value in found.items():
        if "agree" in row or row in ("name letter for letter", "name same when folded"):
            assert np.isnan(value) or value == 1
        if (
            "agree" not in row
            and "silent" not in row
            and "without" not in row
            and not row.startswith(("name", "token"))
        ):
            assert value == 0


def test_what_is_measured():
    one = Record(("a", "1"), "Café du Port", locality="Nice", street="rue Nove", number="3", lat=43.7, lon=7.26)
    other = Record(("b", "1"), "Cafe du port Nice", locality="Nizza", street="Rue Nove", lat=43.701, lon=7.26)
    found = table([(one, other)])
    assert found["name letter for letter"] == found["name same when folded"] == 0
    assert found["name within the other's"] == found["town: agree, where both"] == 1
    assert found["number: a side silent"] == found["phone: a side silent"] == 1
    assert np.isnan(found["phone: agree, where both"])
    assert found["distance, 50 % within, m"] == pytest.approx(111, abs=1)
    assert "111" in side_by_side({"one pair": found}, {"one pair": 1})


@given(st.lists(RECORDS, max_size=12, unique_by=lambda record: record.key))
def test_agreeing_pairs_are_of_two_lists_and_share_what_each_list_has_once(given_records):
    pairs = agreeing(given_records)
    for one, other in pairs:
        assert one.key[0] != other.key[0]
        shared = {*one.phones, *one.domains} & {*other.phones, *other.domains}
        assert any(
            len([record for record in given_records if text in (*record.phones, *record.domains)]) == 2
            for text in shared
        )
    turned = {frozenset((one.key, other.key)) for one, other in agreeing(given_records[::-1])}
    assert {frozenset((one.key, other.key)) for one, other in pairs} == turned


def test_true_pairs_are_of_one_place_in_two_lists():
    given_records = [Record((source, str(at)), "x") for at, source in enumerate("aabb")]
    pairs = true_pairs(given_records, [1, 1, 1, 2])
    assert [(one.key[1], other.key[1]) for one, other in pairs] == [("0", "2"), ("1", "2")]


@pytest.fixture(scope="module")
def measured():
    return {title: table(pairs) for title, pairs in columns(20_000, 5)}


#: Row → how far generated pairs may be from real ones, chosen the same way.
NEAR = {
    "name same when folded": 0.15,
    "name within the other's": 0.12,
    "names without a common word": 0.08,
    "token sort ratio 0 to 50": 0.08,
    "token sort ratio 50 to 70": 0.10,
    "token sort ratio 85 to 95": 0.06,
    "street: agree, where both": 0.10,
    "number: agree, where both": 0.14,
}


@pytest.mark.data
@pytest.mark.skipif(not french.present(), reason="the French lists are not beside the project")
@pytest.mark.parametrize("row", NEAR)
def test_generated_pairs_differ_as_those_of_the_french_lists(measured, row):
    assert measured["generated, French"][row] == pytest.approx(measured["French, agreeing"][row], abs=NEAR[row])


@pytest.mark.data
@pytest.mark.skipif(not noise.OVERTURE.exists(), reason="the labelled Overture pairs are not beside the project")
@pytest.mark.parametrize(
    "row", [*NEAR, "phone: agree, where both", "domain: agree, where both", "phone: a side silent"]
)
def test_generated_pairs_differ_as_those_of_overture(measured, row):
    assert measured["generated, commercial"][row] == pytest.approx(
        measured["Overture, same"][row], abs=NEAR.get(row, 0.12)
    )


def test_generated_pairs_are_measured_without_any_real_list(monkeypatch, tmp_path):
    monkeypatch.setattr(french, "DATA", tmp_path)
    monkeypatch.setattr(noise, "OVERTURE", tmp_path / "none")
    found = dict(columns(500, 1))
    assert list(found) == ["generated, all"] and len(found["generated, all"]) > 50
