"""Generated records: as many as asked, the same for a seed, and the same in the table for other tools."""

from collections import Counter

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linkage import generated
from benchmarks.linkage.generated import COLUMNS, core, records, write
from coworkmed.kernel.fold import fold

SIZE = 3_000


@pytest.fixture(scope="module")
def made():
    return records(SIZE, 1)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write(SIZE, 1, tmp_path_factory.mktemp("generated") / "new folder")


def rows(path):
    with duckdb.connect() as database:
        found = database.execute("SELECT * FROM read_parquet(?) ORDER BY id", [str(path)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_as_many_records_as_asked_each_with_its_place(made):
    found, truth = made
    assert len(found) == len(truth) == SIZE
    assert len({record.key for record in found}) == SIZE
    assert 1.33 < SIZE / len(set(truth)) < 1.47
    assert max(Counter(truth).values()) <= 9


def test_the_same_for_a_seed_and_other_for_another(made):
    assert records(SIZE, 1) == made
    assert records(SIZE, 2)[0] != made[0]


def test_records_are_what_the_registry_would_hand_over(made):
    for record in made[0]:
        assert record.name and record.country in {"FR", "ES", "IT", "GR", "HR"} and record.locality
        assert (record.lat is None) == (record.lon is None)
        assert record.number == "" or record.street
        assert record.radius_m in {30.0, 150.0, 3000.0}
        assert all(phone.startswith("+") and phone[1:].isdigit() for phone in record.phones)
        assert all(domain.endswith(".example") for domain in record.domains)


def test_the_table_holds_the_records_in_their_order(made, table):
    found, truth = made
    listed = rows(table)
    assert list(listed[0]) == list(COLUMNS) and len(listed) == SIZE
    for at, (record, place, row) in enumerate(zip(found, truth, listed, strict=True)):
        assert (row["id"], row["source"], row["truth"]) == (at, record.key[0], place)
        assert row["name"] == record.name and row["name_folded"] == (fold(record.name) or None)
        assert (row["lat"], row["lon"]) == (record.lat, record.lon)
        assert row["phone"] == (record.phones[0] if record.phones else None)
        assert row["domain"] == (record.domains[0] if record.domains else None)
        assert row["postcode"] == (record.postcode or None)


def test_a_table_is_made_once(table):
    before = table.stat().st_mtime_ns
    assert write(SIZE, 1, table.parent) == table
    assert table.stat().st_mtime_ns == before
    assert [path.name for path in table.parent.iterdir()] == [table.name]


def test_nothing_half_made_stays(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(generated, "_row", broken)
    with pytest.raises(RuntimeError):
        write(10, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        write(10, 1, tmp_path / "file")


def test_no_records():
    assert records(0, 1) == ([], [])


@pytest.mark.parametrize(
    ("name", "town", "words"),
    [
        ("Coworking Mûrier bleu SARL Gap", "Gap", "murier bleu"),
        ("Le Coworking", "Gap", "coworking"),
        ("La", "Gap", "la"),
        ("", "Gap", ""),
    ],
)
def test_core_words(name, town, words):
    assert core(name, town) == words


@given(st.text(max_size=60), st.text(max_size=20))
def test_core_words_are_words_of_the_name(name, town):
    assert set(core(name, town).split()) <= set(generated.name_words(name))
