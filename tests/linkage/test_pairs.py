"""Tables of pairs: reading, writing, and the light parsing of what people put into them."""

import gzip
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import SourceError
from coworkmed.linkage import pairs

HEADER = "left_name,right_name,label,left_addr,right_addr,left_class"


def table(folder: Path, text: str, name: str = "pairs.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "number", "street", "unit"),
    [
        ("12 bis, rue des Lilas", "12 bis", "rue des Lilas", ""),
        ("Via Roma, 12", "12", "Via Roma", ""),
        ("Via Roma 12", "12", "Via Roma", ""),
        ("Calle Mayor, 5, 2º A", "5", "Calle Mayor", ""),
        ("1 Main St Ste 4", "1", "Main St", "4"),
        ("12-14 rue X", "12-14", "rue X", ""),
        ("Rue du 8 Mai 1945", "", "Rue du 8 Mai 1945", ""),
        ("25 rue du 8 mai 1945", "25", "rue du 8 mai 1945", ""),
        ("Ερμού 12", "12", "Ερμού", ""),
        ("156 2nd ave.", "156", "2nd ave.", ""),
        ("ZA Les Paluds, 12 avenue X", "12", "avenue X", ""),
        ("Av. Brasil, 120 - Centro", "120", "Av. Brasil", ""),
        ("rue Paradis", "", "rue Paradis", ""),
        ("Rue Vrandezanne 13-15, bât B", "13-15", "Rue Vrandezanne", "B"),
        ("3 place de la Mairie, 1er étage", "3", "place de la Mairie", ""),
        ("Via Garibaldi 12/A", "12/A", "Via Garibaldi", ""),
        ("Rua da Prata, n.º 12, 3.º Dto", "12", "Rua da Prata", ""),
        ("Uludağ Cad. No:82", "82", "Uludağ Cad.", ""),
        ("Av. Américas S/N", "", "Av. Américas", ""),
        ("Villa Maria, Via del Mare 4", "4", "Via del Mare", ""),
        ("First Place, 100 King Street West", "100", "King Street West", ""),
        ("Ground Floor, 54 Elm Street", "54", "Elm Street", ""),
        ("Unit 5A, Sunrise Business Park, Solent Way", "", "Solent Way", "5A"),
        ("13485 Stephens Avenue", "13485", "Stephens Avenue", ""),
        ("1011 2nd St N #107", "1011", "2nd St N", "107"),
        ("805 3rd Ave 1100", "805", "3rd Ave", "1100"),
        ("51511 Highway 97", "51511", "Highway 97", ""),
        ("Altamirano #140", "140", "Altamirano", ""),
        ("東京都江東区新砂３丁目３−５３", "3-53", "新砂3", ""),
        ("有明町2-2", "2-2", "有明町", ""),
        ("", "", "", ""),
    ],
)
def test_an_address_line(line: str, number: str, street: str, unit: str) -> None:
    assert pairs.split_address(line) == (number, street, unit)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parsing(text: str) -> None:
    number, street, unit = pairs.split_address(text)
    written = (text, unicodedata.normalize("NFKC", text))  # wide digits are read as plain ones
    said = re.findall(r"\w+", f"{number} {unit}")
    assert all(any(word in line for line in written) for word in said)
    assert isinstance(street, str)
    assert isinstance(pairs.telephone(text, "FR"), str)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("01 40 20 14 14", "FR", "+33140201414"),
        ("+33140201414", "", "+33140201414"),
        ("404/351 -9533", "", "4043519533"),
        ("12", "FR", ""),
        ("call us", "IT", ""),
    ],
)
def test_a_telephone(text: str, country: str, expected: str) -> None:
    assert pairs.telephone(text, country) == expected


def test_both_sides_of_a_row_become_records(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "left_id,left_name,left_websites,left_socials,left_brand,left_category,left_addr_country,right_id,right_name\n"
        "1,La Fabrique,http://www.fabrique.org/?utm_source=x,https://facebook.com/f,la fabrique,"
        "Work > Coworking Space,fr,"
        "2,X\n",
    )
    left, right = pairs.read(path).records()
    assert (left.name, left.domains, left.brand, left.country) == ("La Fabrique", ("fabrique.org",), "", "FR")
    assert left.kinds == ("coworking space",)
    assert len(left.urls) == 2
    assert (right.name, right.key[1]) == ("X", "2")


def test_answers_are_never_evidence(tmp_path: Path) -> None:
    one = table(tmp_path, f"{HEADER}\nA,B,1,x,y,7\n")
    other = table(tmp_path, f"{HEADER}\nA,B,0,x,y,9\n", "other.csv")
    assert pairs.read(one).records() == pairs.read(other).records()


def test_rows_come_back_whole_and_in_order(tmp_path: Path) -> None:
    path = table(tmp_path, f'{HEADER}\n"A, ""B""",Ω,1,,,\n\nshort\n')
    read = pairs.read(path)
    out = tmp_path / "out.csv"
    pairs.write(out, read, [("0.1", "0", "other", "x; y"), ("0.9", "1", "same", "")])
    again = pairs.read(out)
    assert list(again.columns) == [*HEADER.split(","), *pairs.ADDED]
    assert [row["left_name"] for row in again.rows] == ['A, "B"', "short"]
    assert again.rows[0]["reasons"] == "x; y"
    pairs.write(out, again, [("0.2", "0", ""), ("0.3", "0", "")])  # scoring anew replaces the old scores
    assert list(pairs.read(out).columns) == [*HEADER.split(","), *pairs.ADDED]


def test_packed_files_hold_no_time_and_no_name(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfleft_name;right_name\nA;B\n"))
    read = pairs.read(path)
    assert dict(read.rows[0]) == {"left_name": "A", "right_name": "B"}
    first, second = tmp_path / "1.csv.gz", tmp_path / "2.csv.gz"
    for out in (first, second):
        pairs.write(out, read, [("0", "0", "")])
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column left_name, right_name"),
        (b"name,other\n", "no column left_name"),
        (b"left_name,right_name,left_name\n", "two columns named left_name"),
        (b"left_name,right_name\na,b,c\n", "Row 1 has more cells"),
        (b"left_name,right_name\n\xff\xfe,b\n", "not written in UTF-8"),
        (b'left_name,right_name\n"a,b\n', "no well-formed table"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        pairs.read(path)


@pytest.mark.parametrize("content", [b"not gzip at all", gzip.compress(b"left_name,right_name\nA,B\n" * 50)[:-12]])
def test_a_broken_archive_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="can't be read"):
        pairs.read(path)


def test_what_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    read = pairs.read(table(tmp_path, "left_name,right_name\nA,B\n"))
    with pytest.raises(SourceError, match="can't be written"):
        pairs.write(tmp_path / "nowhere" / "out.csv", read, [("0", "0", "")])
    (tmp_path / "taken").mkdir()
    with pytest.raises(SourceError, match="can't be written"):
        pairs.write(tmp_path / "taken", read, [("0", "0", "")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pairs.csv", "taken"]
