"""Records that no list should hold, and lists do: nothing raises or takes long, nothing is taken for agreement."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from math import inf, nan
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.linkage import engine
from coworkmed.linkage.columns import Columns
from coworkmed.linkage.compare import FEATURES, compare
from coworkmed.linkage.index import Index
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.reading import MAX_RADIUS_M, UNKNOWN_RADIUS_M, position
from coworkmed.linkage.reasons import say
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import MAX_ITEMS, identifiers, months, telephones

MANY = 70_000  # more than a column of counts holds
HOSTILE: dict[str, dict[str, Any]] = {
    "one word without end": {"name": "a" * 200_000},
    "brackets never closed": {"name": "(" * 50_000},
    "dots without end": {"name": "a. " * 20_000 + "é"},
    "words without end": {
        field: " ".join(f"mot{at}" for at in range(MANY)) for field in ("name", "street", "locality", "unit", "number")
    },
    "spaces without end": {"name": "x", "street": "x", "number": "1," + " " * 50_000 + "x etage"},
    "names without end": {"name": "x", "other_names": tuple(f"nom {at}" for at in range(MANY))},
    "contacts without end": {
        "name": "x",
        "urls": tuple(f"https://x{at}.fr/a/{at}" for at in range(MANY)),
        "kinds": tuple(f"k{at}" for at in range(MANY)),
        "domains": tuple(f"x{at}.fr" for at in range(MANY)),
        "phones": tuple(f"+33{at:09}" for at in range(MANY)),
        "ids": tuple(f"SIRET:{at:014}" for at in range(MANY)),
    },
    "a kind without end": {"name": "x", "kinds": (" ".join(f"k{at}" for at in range(MANY)),)},
    "profiles without end": {"name": "x", "urls": tuple(f"https://facebook.com/{at}" for at in range(MANY))},
    "emoji": {"name": "🏠🏡", "street": "🏠", "number": "🏠"},
    "other scripts": {"name": "ร้านกาแฟ", "other_names": ("المدينة",), "number": "٣٤", "street": "²³"},
    "control characters": {"name": "\x00\x1f\u202e\u200b", "locality": "\x00"},
    "halves of characters": {
        **dict.fromkeys(
            ("name", "brand", "country", "locality", "postcode", "street", "number", "unit", "opened"), "a\ud800b"
        ),
        "domains": ("\ud800.fr",),
        "phones": ("+33\ud800000000",),
        "urls": ("https://\ud800/x", "https://facebook.com/\ud800"),
        "ids": ("SIRET:\ud800",),
        "kinds": ("\ud800",),
    },
    "empty": {"name": ""},
    "nowhere": {"name": "p", "lat": nan, "lon": 5.0},
    "infinitely far": {"name": "p", "lat": inf, "lon": -inf},
    "off the map": {"name": "p", "lat": 1e300, "lon": 181.0},
    "half a position": {"name": "p", "lon": 5.0},
    "the pole": {"name": "p", "lat": 90.0, "lon": 180.0},
    "not known how far off": {"name": "p", "lat": 45.0, "lon": 5.0, "radius_m": nan},
    "anywhere": {"name": "p", "lat": 45.0, "lon": 5.0, "radius_m": inf},
    "numbers without end": {"name": "p", "street": "9" * 500, "number": "9" * 500},
    "days that are none": {"name": "p", "opened": "9" * 30, "closed": "2019-²"},
    "addresses that are none": {"name": "p", "urls": ("https://[::1/x", "http:///a", "x://y/z", "https://www.www./a")},
}


def levels(one: Record, other: Record) -> dict[str, int]:
    found = compare(prepare([one, other]), np.array([0]), np.array([1]))
    return dict(zip(FEATURES, found.levels[0].tolist(), strict=True))


@pytest.mark.parametrize("fields", HOSTILE.values(), ids=HOSTILE)
def test_no_record_breaks_the_engine(fields: dict[str, Any]) -> None:
    twins = [Record((source, "1\x00"), **fields) for source in "ab"]
    engine.link([Record(("warm", "up"), "Up")])
    began = perf_counter()
    (pair,) = engine.score(twins, [(0, 1)])
    (turned,) = engine.score(twins[::-1], [(0, 1)])
    assert pair.probability == turned.probability
    assert all(say(reason) for reason in pair.reasons)
    linkage = engine.link(twins)
    assert sorted(at for cluster in linkage.clusters for at in cluster) == [0, 1]
    assert len(Index(twins).update([twins[0]]).places) >= 1
    assert perf_counter() - began < 20  # seconds on a busy machine; unbounded ones took minutes


def test_a_hostile_record_does_not_harm_its_neighbours() -> None:
    hostile = [Record(("a", name), **fields) for name, fields in HOSTILE.items()]
    good = [Record((source, "1"), "La Fabrique", phones=("+33491000001",), lat=43.7, lon=7.26) for source in "yz"]
    alone = engine.score(good, [(0, 1)])[0].probability
    every = [*hostile, *good]
    found = engine.score(every, list(combinations(range(len(every)), 2)))
    assert all(0 <= pair.probability <= 1 for pair in found)
    assert found[-1].probability == pytest.approx(alone, abs=0.02)
    columns = prepare(every)
    assert columns.records["ids"].max() == columns.records["domains"].max() == MAX_ITEMS
    assert _within_bounds(columns)


def _within_bounds(columns: Columns) -> bool:
    """Whether every text lies in the table of characters, and items and names are counted to the last."""
    ends = [
        (table[f"{name[:-7]}_begin"] + table[name]).max(initial=0)
        for table in (columns.records, columns.names, columns.words)
        for name in table.dtype.names or ()
        if name.endswith("_length")
    ]
    counted = sum(int(columns.records[kind].sum()) for kind in ("town_words", "domains", "phones", "pages", "profiles"))
    counted += sum(int(columns.records[kind].sum()) for kind in ("ids", "kinds", "numbers"))
    return (
        max(ends) <= len(columns.chars)
        and counted == len(columns.items)
        and int(columns.records["names"].sum()) == len(columns.names)
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("domains", ("",)),
        ("phones", ("",)),
        ("phones", ("+",)),
        ("phones", ("12345",)),
        ("ids", ("",)),
        ("ids", (":",)),
        ("ids", ("SIRET:",)),
        ("ids", ("no scheme",)),
        ("kinds", ("",)),
        ("kinds", ("_",)),
        ("urls", ("http:///a",)),
        ("opened", "0000"),
        ("opened", "20190"),
    ],
)
def test_what_says_nothing_is_no_agreement(field: str, value: Any) -> None:
    one = Record(("a", "1"), "La Fabrique")
    other = replace(one, key=("b", "1"))
    nothing = levels(one, other)
    assert levels(replace(one, **{field: value}), replace(other, **{field: value})) == nothing


@given(*[st.floats() | st.none()] * 2, st.floats())
def test_a_position_is_on_the_map_or_unknown(lat: float | None, lon: float | None, radius: float) -> None:
    here = position(Record(("a", "1"), lat=lat, lon=lon, radius_m=radius, name=""))
    assert (here[:2] == (lat, lon) and abs(here[0]) <= 90 and abs(here[1]) <= 180) or (
        here[0] != here[0] and here[1] != here[1]
    )
    assert 0 <= here[2] <= MAX_RADIUS_M
    assert here[2] == (min(max(radius, 0), MAX_RADIUS_M) if radius == radius else UNKNOWN_RADIUS_M)


TEXT = st.text(st.characters(codec=None), max_size=12)


@given(
    st.tuples(*[TEXT] * 9),
    st.lists(TEXT, max_size=3),
    st.lists(TEXT, max_size=3),
    st.floats(),
    st.floats(),
    st.floats(),
)
@settings(max_examples=60, deadline=None)
def test_any_text_in_any_field(
    texts: tuple[str, ...], some: list[str], more: list[str], lat: float, lon: float, radius: float
) -> None:
    name, brand, country, locality, postcode, street, number, unit, date = texts
    one = Record(
        ("a", "1"), name, tuple(some), brand, name, tuple(some), country, locality, postcode, street, number, unit,
        lat, lon, radius, tuple(some), tuple(more), tuple(more),
        (*some, *(f"SIRET:{text}" for text in more)), date, date,
    )  # fmt: skip
    other = replace(one, key=("b", "1"), domains=one.phones, phones=one.domains, lat=lon, lon=lat, name=brand)
    (pair,), (turned,) = (engine.score(pair, [(0, 1)]) for pair in ([one, other], [other, one]))
    assert pair.probability == turned.probability
    assert all(say(reason) for reason in pair.reasons)
    assert len(engine.link([one, other]).clusters) in (1, 2)


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2019", 2019 * 12 + 6), ("2019-05", 2019 * 12 + 4), ("2019-05-12", 2019 * 12 + 4), ("2019-13", 2019 * 12 + 6)]
    + [(date, -1) for date in ("", "abc", "0000", "-5", "²", "9" * 30, "99999-01", "²019")],
)
def test_months(date: str, expected: int) -> None:
    assert months(date) == expected


def test_what_tells_a_telephone_and_an_identifier() -> None:
    assert telephones(("+", "", "+33 4 91 00 00 01", "491000001", "12345")) == {
        "00 00 01": "+33 4 91 00 00 01",
        "91000001": "491000001",
    }
    assert identifiers(("siret:1", "SIRET:1", "x", ":", "a:", ":b", "A:b:c")) == [("SIRET", "1"), ("A", "b:c")]


def test_the_identifier_shown_is_that_of_the_establishment() -> None:
    ids = ("SIREN:123456789", "SIRET:12345678900011")
    twins = [Record((source, "1"), "X", ids=ids) for source in "ab"]
    assert "Same official identifier: SIRET:12345678900011" in map(say, engine.score(twins, [(0, 1)])[0].reasons)


# Where there is no compiler, or nowhere to keep what it makes

DIGEST = """
import hashlib, warnings
warnings.simplefilter("error")
from benchmarks.linkage.generated import records
from coworkmed.linkage import compiled, engine
some, _ = records(120, 5)
found = engine.link(some)
parts = [*(part.tobytes() for part in found.scored), repr(found.clusters).encode(), repr(found.doubts).encode()]
pairs = engine.score(some, [(at, at + 1) for at in range(0, 119, 3)])
print(hasattr(compiled.hashes, "py_func"), hashlib.sha256(b"".join([*parts, repr(pairs).encode()])).hexdigest())
"""
ROOT = Path(__file__).parents[2]


def digest(before: str = "", **settings_: str) -> tuple[str, str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **settings_}
    found = subprocess.run(
        [sys.executable, "-c", before + DIGEST], capture_output=True, text=True, env=environment, check=False
    )
    assert found.returncode == 0, found.stderr
    is_compiled, number = found.stdout.split()
    return is_compiled, number


def test_interpreted_it_says_the_same_to_the_last_digit() -> None:
    here, expected = digest()
    switched_off, missing = digest(NUMBA_DISABLE_JIT="1"), digest("import sys; sys.modules['numba'] = None")
    assert here == "True"
    assert switched_off == missing == ("False", expected)


def test_without_a_place_to_keep_what_is_compiled() -> None:
    code = """
import numba.core.caching
numba.core.caching.CacheImpl._locator_classes = []
from coworkmed.linkage.compiled import hashed
print(hashed(["a"])[0])
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert found.returncode == 0, found.stderr
    from coworkmed.linkage.compiled import hashed

    assert int(found.stdout) == hashed(["a"])[0]
