"""Delimited text: every record that is not blank comes out, whatever was done to the file."""

import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.values import Reject, Row
from coworkmed.sources import connectors
from coworkmed.sources.catalogue import Pick, Spec
from coworkmed.sources.connectors import tables
from coworkmed.sources.connectors.common import unique
from coworkmed.sources.reasons import REJECTIONS, REPAIRS


def spec(connector: str = "csv", name: str = "name", **options: Any) -> Spec:
    return Spec("list", {}, "", "CC0-1.0", "", connector, "", columns={"name": Pick((name,))}, options=options)


def read(
    folder: Path, content: bytes | str, connector: str = "csv", name: str = "name", **options: Any
) -> list[Row | Reject]:
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(connectors.read(spec(connector, name, **options), path))


def cells(rows: Iterable[Row | Reject]) -> list[list[str]]:
    return [list(row.cells.values()) for row in rows]


def test_rows_keep_their_line_their_columns_and_their_text(tmp_path: Path) -> None:
    rows = read(tmp_path, 'name,town\n\n  La Cordée ,Lyon\n"Le ""Lab"", Nice","a\nb"\n,\nMutinerie,Paris\n')
    assert rows == [
        Row(3, {"name": "  La Cordée ", "town": "Lyon"}),
        Row(4, {"name": 'Le "Lab", Nice', "town": "a\nb"}),
        Row(7, {"name": "Mutinerie", "town": "Paris"}),
    ]


@pytest.mark.parametrize("delimiter", tables.DELIMITERS)
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["name", "lat", "town"], ["La Cordée", "45,75", "Lyon, 3e"], ["Étincelle", "43,60", "Toulouse; centre"]]
    quoted = io.StringIO()
    csv.writer(quoted, delimiter=delimiter).writerows(lines)
    assert cells(read(tmp_path, quoted.getvalue())) == lines[1:]


def test_a_declared_delimiter_wins_and_a_spreadsheet_may_declare_it(tmp_path: Path) -> None:
    assert read(tmp_path, "name,x;y,z\na,b;c,d\n", delimiter=";", name="name,x") == [
        Row(2, {"name,x": "a,b", "y,z": "c,d"})
    ]
    assert read(tmp_path, "sep=;\r\nname;b,c\r\n1;2,3\r\n") == [Row(3, {"name": "1", "b,c": "2,3"})]
    assert read(tmp_path, "name\tb,c\n1\t2,3\n", connector="tsv") == [Row(2, {"name": "1", "b,c": "2,3"})]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "name;town\nΧώρος Συνεργασίας;Θεσσαλονίκη\nCafé «Ž»;Čakovec\n"),
        ("utf-8-sig", "name;town\nΧώρος;Αθήνα\n"),
        ("utf-16", "name;town\nΧώρος;Αθήνα\n"),
        ("utf-16-le", "name;town\nCoworking;Paris\n"),
        ("utf-16-be", "name;town\nCoworking;Paris\n"),
        ("utf-32", "name;town\nΧώρος;Αθήνα\n"),
        ("cp1252", "name;town\nLa Cordée – été;Besançon\nÉtincelle;Sète\nL’Établi;Orléans\n"),
        ("cp1253", "name;town\nΧώρος Συνεργασίας Ρομάντσο;Αθήνα\nΣυνεργατικό καφενείο;Θεσσαλονίκη\n"),
        ("cp1250", "name;town\nPoduzetnički inkubator Šibenik;Šibenik\nKuća čuda;Čakovec\nŽivi atelje;Požega\n"),
        ("iso8859_7", "name;town\nΧώρος Συνεργασίας;Αθήνα\nΆνω Πόλη;Θεσσαλονίκη\n"),
        ("cp1254", "name;town\nKolektif Çalışma;İstanbul\nGüneş Ofis;Beşiktaş\n"),
        ("cp850", "name;town\nLa Cordée;Besançon\nL'Établi;Orléans\nÉtincelle;Sète\n"),
        ("cp1251", "name;town\nКоворкинг на Набережной;Москва\nОткрытое пространство;Одесса\n"),
        ("mac_roman", "name;town\nLa Cordée;Besançon\nL’Établi;Orléans\nLe Café où ça bosse;Sète\n"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, text: str) -> None:
    expected = [line.split(";") for line in text.splitlines()[1:]]
    assert cells(read(tmp_path, text.encode(encoding))) == expected
    assert cells(read(tmp_path, text.encode(encoding), encoding=encoding)) == expected


def test_a_stray_windows_letter_in_a_utf8_file_is_read_as_what_it_was(tmp_path: Path) -> None:
    content = "name,town\nÉtincelle,Sète\nL’Établi,Orléans\n".encode() + "Café,Nîmes\n".encode("cp1252")
    assert cells(read(tmp_path, content))[-1] == ["Café", "Nîmes"]


def test_an_unknown_encoding_is_said_to_be_unknown(tmp_path: Path) -> None:
    for encoding in ("klingon", "base64", "rot13"):
        with pytest.raises(SourceError, match="no encoding called"):
            read(tmp_path, "name\nx\n", encoding=encoding)


def test_headers_are_made_whole_and_unique(tmp_path: Path) -> None:
    (row,) = read(tmp_path, 'name,,name," two\nlines ",\n1,2,3,4,\n')
    assert list(row.cells) == ["name", "column 2", "name (2)", "two lines"]


def test_a_list_may_have_no_header_or_one_further_down(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "a,b\nc,d\n", header=0, name="column 1")) == [["a", "b"], ["c", "d"]]
    assert read(tmp_path, "A list of places\n\nname,town\nc,d\n", header=3) == [Row(4, {"name": "c", "town": "d"})]


def test_nul_bytes_go_and_the_row_stays(tmp_path: Path) -> None:
    assert read(tmp_path, b"name,town\nLa\x00 Mutinerie,Paris\n") == [Row(2, {"name": "La Mutinerie", "town": "Paris"})]


def test_a_long_text_is_no_reason_to_stop(tmp_path: Path) -> None:
    long = "x" * 300_000
    assert cells(read(tmp_path, f"name,town\n{long},Paris\n")) == [[long, "Paris"]]


FULL = "".join(
    f"Place {n},{n} rue des Lilas,{75000 + n},Paris,48.{n},2.{n},https://place{n}.example\n" for n in range(10, 60)
)
HEADER = "name,address,postcode,town,lat,lon,web\n"


def test_a_separator_left_unquoted_in_prose_is_put_back(tmp_path: Path) -> None:
    row = read(tmp_path, HEADER + FULL + "Shifted,12, rue Foch,75012,Paris,48.1,2.1,https://x.example\n")[-1]
    assert row == Row(
        52,
        dict(
            zip(
                HEADER.strip().split(","),
                ["Shifted", "12, rue Foch", "75012", "Paris", "48.1", "2.1", "https://x.example"],
                strict=True,
            )
        ),
        "CELLS_REJOINED",
    )
    assert row.repair in REPAIRS


@pytest.mark.parametrize(
    "line",
    [
        "Which,of,these,75012,Paris,48.1,2.1,https://x.example",  # two ways to join
        "No way,1 rue Foch,75012,Paris,centre,far,48.1,2.1,https://x.example,more,and,more",
        "Short,1 rue Foch,75012",
        "Lost one,75012,Paris,48.1,2.1,https://x.example",
    ],
)
def test_a_row_that_can_not_be_told_apart_is_kept_as_a_reject(tmp_path: Path, line: str) -> None:
    *rows, reject = read(tmp_path, HEADER + FULL + line + "\n")
    assert len(rows) == 50
    assert isinstance(reject, Reject)
    assert (reject.number, reject.code) == (52, "SHIFTED")
    assert list(reject.cells.values()) == line.split(",")
    assert REJECTIONS["SHIFTED"].format(**reject.params)


def test_cells_left_out_at_the_end_are_empty_where_that_is_the_lists_habit(tmp_path: Path) -> None:
    rows = read(tmp_path, "name,town,web\nA,Nice,\nB,Paris,https://b.example\nC,Lyon\n")
    assert rows[-1] == Row(4, {"name": "C", "town": "Lyon", "web": ""})
    rows = read(tmp_path, "name,town,web\nA,Nice,https://a.example\nB,Paris,https://b.example\nC,Lyon\n")
    assert isinstance(rows[-1], Reject)  # or else a cell may be missing anywhere


def test_empty_cells_beyond_the_last_column_say_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "name,town\nA,Nice,,\n") == [Row(2, {"name": "A", "town": "Nice"})]


def test_a_quote_nobody_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = read(tmp_path, 'name,town,web\n1,Nice,x\n2,"Paris,x\n3,Lyon,"x"\n4,Sète,x\n5,"Arles",x\n')
    assert [type(row) for row in rows] == [Row, Reject, Row, Row, Row]
    assert rows[1] == Reject(3, {"name": "2", "town": '"Paris', "web": "x"}, "UNCLOSED_QUOTE")
    assert rows[2] == Row(4, {"name": "3", "town": "Lyon", "web": "x"})


def test_a_quote_closed_by_another_rows_quote_swallows_nothing(tmp_path: Path) -> None:
    body = 'a,"b,c,d\n1,2,3,4\n5,6,7,"\nx,y,z,w\n'  # in order as quotes go, yet a whole row stands inside
    rows = read(tmp_path, "name,p,q,r\n" + body)
    assert Row(3, {"name": "1", "p": "2", "q": "3", "r": "4"}) in rows
    assert rows[-1] == Row(5, {"name": "x", "p": "y", "q": "z", "r": "w"})


def test_a_misplaced_quote_within_a_line_is_only_a_character(tmp_path: Path) -> None:
    assert read(tmp_path, 'name,town\nLe 5" pouces,Nice\n"Le "Lab" ici",Paris\n')[0] == Row(
        2, {"name": 'Le 5" pouces', "town": "Nice"}
    )
    assert [row.cells["town"] for row in read(tmp_path, 'name,town\n"Le "Lab" ici",Paris\n')] == ["Paris"]


def test_the_column_of_the_name_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no column “nom”.*name, town"):
        read(tmp_path, "name,town\nA,Nice\n", name="nom")


@pytest.mark.parametrize("content", [b"", b"  \r\n \n", b"\xef\xbb\xbf", b"\0\0\0"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="empty"):
        read(tmp_path, content)


def test_a_header_alone_is_a_sound_list_of_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "name,town\n") == []


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html>\n<html><body>404</body></html>",
        b"\xef\xbb\xbf  <!-- x -->\n<HTML lang=fr>",
        b"%PDF-1.4 name,town\n",
        b"SQLite format 3\0name,town",
        bytes(range(1, 32)) * 20,
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError):
        read(tmp_path, content)


def test_gzip_and_zip_are_opened(tmp_path: Path) -> None:
    text = b"name,town\nA,Nice\n"
    assert len(read(tmp_path, gzip.compress(text))) == 1
    assert len(read(tmp_path, zipped({"list.csv": text, "readme.md": b"x", "__MACOSX/._list.csv": b"y"}))) == 1
    two = zipped({"a.csv": text, "b.csv": b"name\nB\n"})
    with pytest.raises(SourceError, match=r"a\.csv, b\.csv"):
        read(tmp_path, two)
    assert cells(read(tmp_path, two, member="b.csv")) == [["B"]]


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"name,town\n" + b"A,Nice\n" * 1000)
    with pytest.raises(SourceError, match="unpacked"):
        read(tmp_path, whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="unpacked"):
        read(tmp_path, zipped({"list.csv": b"name\nA\n" * 100})[:60])


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"name\n" + b"0" * 40_000_000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        read(tmp_path, bomb)
    with pytest.raises(SourceError, match="unpacks to more than"):
        read(tmp_path, zipped({"list.csv": b"0" * 40_000_000}))


# properties

_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=12)


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=20), st.sampled_from(tables.DELIMITERS))
@example([["1", "a\n2,3,4", "b"]], ",")
def test_a_well_written_list_comes_out_cell_for_cell(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["name", "b", "c"], *rows])
    found = list(tables.records(io.StringIO(text.getvalue(), newline=""), {"delimiter": delimiter}))
    assert cells(found) == [row for row in rows if any(text.strip() for text in row)]
    assert all(isinstance(row, Row) for row in found)


def letters(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w", text))


_HOSTILE = st.lists(
    st.sampled_from([*"abcé1 \",;\t|\n\r'", '"', '"', ",", "\n", "\r\n", '""', "\0", "x" * 40]), max_size=120
).map("".join)


@given(_HOSTILE)
@settings(max_examples=300)
@example('a,b\n1,"2\n3,4\n')
@example('"')
@example('a;b;c;d\n"1;2;3;4\n5;6;7;8";9;10;11\n')
def test_no_letter_of_a_hostile_text_is_lost(text: str) -> None:
    found = list(tables.records(io.StringIO(text, newline=""), {"header": 0}))
    assert letters(text.replace("\0", "")) == letters("".join(one for row in cells(found) for one in row))


@given(st.binary(max_size=300) | _HOSTILE.map(str.encode))
@settings(max_examples=300)
def test_hostile_bytes_raise_nothing_but_a_source_error(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        try:
            found = read(Path(folder), content, header=0, name="column 1")
        except SourceError:
            return
    assert all(
        isinstance(row, Row | Reject) and all(isinstance(text, str) for text in row.cells.values()) for row in found
    )
    assert all(row.code in REJECTIONS for row in found if isinstance(row, Reject))


def test_a_row_pushed_into_the_empty_cell_beyond_the_last_is_put_together_again(tmp_path: Path) -> None:
    rows = [f"{n};House {n};Street {n};{13000 + n};43.{n};5.{n};" for n in range(10, 40)]
    rows.append("40;House 40;Street 40; on the left;13040;43.3;5.3;")
    *_, last = read(tmp_path, "\n".join(["id;name;street;postcode;lat;lon;remarks", *rows]), delimiter=";")
    assert isinstance(last, Row)
    assert (last.cells["street"], last.cells["postcode"], last.repair) == (
        "Street 40; on the left",
        "13040",
        "CELLS_REJOINED",
    )


def test_a_heading_repeated_for_ever_takes_no_time() -> None:
    assert unique(["c"] * 50_000)[-1] == "c (50000)"
    assert unique(["c", "c (2)", "c", "c"]) == ["c", "c (2)", "c (3)", "c (4)"]
