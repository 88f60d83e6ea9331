"""A new reading beside what is known: nothing lost, nothing destroyed, whatever the order."""

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.values import Entry, Reject, Value
from coworkmed.sources import rules
from coworkmed.sources.rules import Known

AS_OF = date(2026, 11, 22)


def entry(external_id, name="La Ruche", number=1, **more):
    fields = {"name": Value(name)} | {key: Value(value) for key, value in more.items()}
    return Entry(number, external_id, "2025", fields)


def reading(*entries):
    return rules.collect(map(rules.stated, entries))


def known(read, missing_since=None, **more):
    return [
        Known(external_id, one.digest, one.print, missing_since, **more) for external_id, one in read.entries.items()
    ]


rows = st.lists(
    st.one_of(
        st.builds(entry, st.sampled_from(["1", "2", "1#2", "3"]), st.sampled_from(["A", "B", "C"])).map(rules.stated),
        st.builds(Reject, st.just(0), st.just({}), st.just("NO_NAME")),
    ),
    max_size=12,
).map(lambda found: [replace(row, number=number) for number, row in enumerate(found, 1)])


def test_what_was_not_dropped_is_not_counted():
    read = reading(replace(entry("1"), dropped={"email": 2, "name": 0}), replace(entry("2"), dropped={"email": 1}))
    assert dict(read.dropped) == {"email": 3}


@given(rows)
def test_no_row_is_lost(found):
    assert rules.collect(found).rows == len(found)


@given(rows, st.randoms())
def test_the_order_of_rows_is_irrelevant(found, random):
    one, other = rules.collect(found), rules.collect(random.sample(found, len(found)))
    assert [replace(row, number=0) for row in one.entries.values()] == [
        replace(row, number=0) for row in other.entries.values()
    ]
    assert sorted(reject.code for reject in one.rejects) == sorted(reject.code for reject in other.rejects)


@given(st.text(), st.text())
def test_rows_that_share_an_id_do_not_change_places_when_one_is_reworded(old, new):
    ruche, phare = entry("1", "La Ruche", phone=old), entry("1", "Le Phare")
    before = reading(ruche, phare)
    after = reading(replace(ruche, fields=ruche.fields | {"phone": Value(new)}), phare)
    names = [
        {one: json.loads(row.fields)["name"]["value"] for one, row in read.entries.items()} for read in (before, after)
    ]
    assert names[0] == names[1]


@given(rows)
def test_reading_the_same_list_again_changes_nothing(found):
    read = rules.collect(found)
    difference = rules.compare(known(read), read, as_of=AS_OF)
    assert set(difference.same) == set(read.entries)
    assert not any((difference.added, difference.changed, difference.renamed, difference.vanished, difference.retired))


def test_a_row_said_twice_is_rejected_once_and_names_its_twin():
    read = reading(entry("1", number=7), entry("1", number=9))
    assert [(reject.number, reject.code, reject.params) for reject in read.rejects] == [
        (9, "DUPLICATE_ROW", {"row": 7})
    ]


def test_two_places_under_one_id_both_stay():
    assert set(reading(entry("1", "A"), entry("1", "B")).entries) == {"1", "1#2"}


def test_added_changed_and_vanished():
    before = reading(*(entry(str(n), f"Place {n}") for n in range(10)))
    after = reading(*(entry(str(n), f"Place {n}!" if n == 3 else f"Place {n}", phone="1" if n == 3 else "0")
                      for n in range(1, 10)), entry("new", "Newcomer"))  # fmt: skip
    difference = rules.compare(known(before), after, as_of=AS_OF)
    assert difference.added == ("new",)
    assert difference.vanished == ("0",)
    assert difference.flag == ""


def test_an_empty_list_is_not_believed():
    assert rules.compare(known(reading(entry("1"))), reading(), as_of=AS_OF).flag == "EMPTY"
    assert rules.compare([], reading(), as_of=AS_OF).flag == "EMPTY"


def test_a_list_that_shrank_by_a_fifth_is_believed_and_by_more_is_not():
    before = reading(*(entry(str(n), f"Place {n}") for n in range(10)))
    eight = reading(*(entry(str(n), f"Place {n}") for n in range(8)))
    seven = reading(*(entry(str(n), f"Place {n}") for n in range(7)))
    assert rules.compare(known(before), eight, as_of=AS_OF).flag == ""
    refused = rules.compare(known(before), seven, as_of=AS_OF)
    assert (refused.flag, refused.flag_params) == ("SHRUNKEN", {"before": 10, "now": 7})


def test_a_list_that_exchanged_all_its_entries_is_not_believed():
    before = reading(*(entry(str(n), f"Place {n}") for n in range(10)))
    after = reading(*(entry(f"x{n}", f"Somewhere else {n}") for n in range(10)))
    assert rules.compare(known(before), after, as_of=AS_OF).flag == "REPLACED"


def test_a_list_that_changes_its_identifiers_is_recognised():
    before = reading(*(entry(str(n), f"Place {n}", postcode="13001") for n in range(10)))
    after = reading(*(entry(f"new-{n}", f"PLACE {n}", postcode="13001") for n in range(10)))
    difference = rules.compare(known(before), after, as_of=AS_OF)
    assert difference.renamed == {f"new-{n}": str(n) for n in range(10)}
    assert not (difference.added or difference.vanished or difference.flag)


def test_twins_are_never_taken_for_each_other():
    before = reading(
        entry("1", postcode="13001"), entry("2", postcode="13001"), *(entry(f"k{n}", f"K{n}") for n in range(20))
    )
    after = reading(entry("x", postcode="13001"), *(entry(f"k{n}", f"K{n}") for n in range(20)))
    difference = rules.compare(known(before), after, as_of=AS_OF)
    assert not difference.renamed
    assert set(difference.vanished) == {"1", "2"}


def test_a_vanished_entry_waits_thirty_days():
    gone = known(reading(entry("1")), missing_since=AS_OF - timedelta(days=29))
    read = reading(entry("2", "Other"))
    assert rules.compare(gone, read, as_of=AS_OF).retired == ()
    assert rules.compare(gone, read, as_of=AS_OF + timedelta(days=1)).retired == ("1",)


def test_one_that_comes_back_is_welcome():
    read = reading(entry("1"))
    difference = rules.compare(known(read, missing_since=AS_OF), read, as_of=AS_OF)
    assert difference.returned == ("1",)
