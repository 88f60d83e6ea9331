"""Passes as octets: nothing altered is believed, nothing is said that should not be, and codes stay coarse."""

import base64
from datetime import date, timedelta

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.hospitality.passes import codes, tokens
from coworkmed.hospitality.passes.tokens import Key, Outcome, Pass, Right

FROM, UNTIL = date(2026, 11, 20), date(2026, 11, 29)
TODAY = date(2026, 11, 23)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw().hex()
SAID = Pass("a1b2c3d4", "00112233445566", FROM, UNTIL, frozenset({Right.DESK}))
TOKEN = tokens.issue(PRIVATE, SAID)
KEYS = {SAID.key: Key(PUBLIC, date(2026, 12, 31))}


def judged(token: str = TOKEN, today: date = TODAY, revoked: frozenset[str] = frozenset(), **keys: Key) -> Outcome:
    return tokens.judge(token, keys=keys or KEYS, revoked=revoked, today=today)[0]


def test_it_says_what_was_vouched_for_and_fits_a_coarse_code() -> None:
    assert tokens.read(TOKEN) == SAID
    assert (tokens.SIZE, len(TOKEN)) == (80, 128)
    code = segno.make(TOKEN, error="m", micro=False, boost_error=False)
    assert (code.designator, code.mode) == ("6-M", "alphanumeric")  # 41 by 41


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (FROM - timedelta(days=1), Outcome.NOT_YET),
        (FROM, Outcome.VALID),
        (UNTIL, Outcome.VALID),
        (UNTIL + timedelta(days=1), Outcome.EXPIRED),
    ],
)
def test_it_holds_from_its_first_day_to_its_last(today: date, outcome: Outcome) -> None:
    assert judged(today=today) == outcome


def test_what_else_a_desk_may_find() -> None:
    assert judged(revoked=frozenset({SAID.pseudonym})) == Outcome.REVOKED
    assert judged(a1b2c3d5=KEYS[SAID.key]) == Outcome.UNKNOWN_KEY
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    assert judged(a1b2c3d4=Key(other, date.max)) == Outcome.ALTERED
    assert judged(a1b2c3d4=Key(PUBLIC, TODAY - timedelta(days=1))) == Outcome.EXPIRED  # its key is believed no more
    assert judged(f" {TOKEN[:40].lower()}\n{TOKEN[40:]} ") == Outcome.VALID


@pytest.mark.parametrize("at", range(tokens.SIZE))
def test_one_octet_altered_and_it_is_refused(at: int) -> None:
    raw = bytearray(tokens.octets(TOKEN))
    for bit in range(8):
        raw[at] ^= 1 << bit
        token = base64.b32encode(raw).decode()
        raw[at] ^= 1 << bit
        assert judged(token) in (Outcome.ALTERED, Outcome.UNKNOWN_KEY, Outcome.UNREADABLE)
        if 1 <= at < 5:
            assert judged(token) == Outcome.UNKNOWN_KEY
        elif at:
            assert judged(token) in (Outcome.ALTERED, Outcome.UNREADABLE)


@given(st.text(max_size=200) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=128, max_size=128))
def test_nothing_typed_is_a_pass_by_chance(text: str) -> None:
    assert judged(text) in (Outcome.UNREADABLE, Outcome.UNKNOWN_KEY, Outcome.ALTERED)


@pytest.mark.parametrize("cut", [0, 1, 127])
def test_a_part_of_one_is_none(cut: int) -> None:
    assert judged(TOKEN[:cut]) == Outcome.UNREADABLE
    assert judged(TOKEN + TOKEN[: cut + 1]) == Outcome.UNREADABLE


def test_a_signature_for_something_else_is_none_for_a_pass() -> None:
    head = tokens.octets(TOKEN)[: tokens.HEAD.size]
    assert judged(base64.b32encode(head + PRIVATE.sign(head)).decode()) == Outcome.ALTERED


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FROM, FROM - timedelta(days=1)),
        (FROM, FROM + timedelta(days=tokens.LONGEST)),
        (date(2019, 12, 31), date(2020, 1, 1)),
        (date(2299, 1, 1), date(2299, 1, 2)),
    ],
)
def test_days_that_do_not_fit_are_refused(first: date, last: date) -> None:
    with pytest.raises(ValueError, match="no pass holds"):
        tokens.issue(PRIVATE, Pass(SAID.key, SAID.pseudonym, first, last, frozenset()))


@given(
    st.dates(date(2020, 1, 1), date(2190, 1, 1)),
    st.integers(1, tokens.LONGEST),
    st.frozensets(st.sampled_from(list(Right))),
    st.binary(min_size=7, max_size=7),
)
def test_it_reads_back_what_was_written(first: date, days: int, rights: frozenset[Right], pseudonym: bytes) -> None:
    said = Pass(SAID.key, pseudonym.hex(), first, first + timedelta(days=days - 1), rights)
    assert tokens.read(tokens.issue(PRIVATE, said)) == said


@given(st.from_regex(r"[0-9A-HJKMNP-TV-Z]{10}", fullmatch=True))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    assert codes.typed(codes.spaced(code)) == code
    assert codes.typed(f" {code.lower()[:3]} {code[3:]} ") == code
    assert codes.typed(code.replace("1", "I").replace("0", "O")) == code
    assert codes.typed(code[:9]) == codes.typed(code + "0") == codes.typed(code[:9] + "U") == ""


def test_codes_are_told_to_a_desk_by_digests_that_differ_from_place_to_place() -> None:
    code = codes.new()
    assert codes.typed(code) == code
    assert codes.digest(code, "one") != codes.digest(code, "other")
