"""Settling, standing and the assignment of public ids, as properties and as the cases people argue about."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel import dates, ids
from coworkmed.kernel.fields import FIELDS, ROLES
from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.rules import Claim

AS_OF = date(2026, 11, 22)


def claim(source="a", observed_on="2025-01-01", role="IMPORT", trust=0.5, **fields):
    given = {name: value if isinstance(value, Value) else Value(value) for name, value in fields.items()}
    return Claim(source, f"{source}-1", observed_on, given, role, "CC0-1.0", trust)


partial = st.dates(date(2000, 1, 1), date(2026, 12, 31)).flatmap(
    lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4], ""])
)
names = st.sampled_from(["La Ruche", "la ruche", "Ruche", "Το Σπίτι"])
positions = st.builds(
    lambda lat, lon, code: {"lat": lat, "lon": lon, "precision": code},
    st.floats(30, 50),
    st.floats(-10, 40),
    st.sampled_from(["", "ENTRANCE", "STREET", "LOCALITY"]),
)
fields = st.fixed_dictionaries(
    {"name": st.builds(Value, names, doubt=st.sampled_from(["", "LOST_LETTERS"]))},
    optional={
        "phone": st.builds(Value, st.sampled_from(["+33491000000", "+302100000000"])),
        "position": st.builds(Value, positions, doubt=st.sampled_from(["", "OUT_OF_COUNTRY"])),
        "other_names": st.builds(Value, st.lists(names, min_size=1, max_size=3)),
        "status": st.builds(Value, st.sampled_from(["OPEN", "CLOSED", "PAUSED"])),
        "closed": st.builds(Value, st.sampled_from(["2019", "2024-05", "2030"])),
    },
)


@st.composite
def claims(draw, min_size=1):
    keys = draw(
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9).map(str)), min_size=min_size, unique=True)
    )
    return [
        Claim(*key, draw(partial), draw(fields), draw(st.sampled_from(ROLES)), "CC0-1.0", draw(st.floats(0, 1)))
        for key in keys
    ]


@given(claims(), st.randoms())
def test_the_order_of_claims_is_irrelevant(said, random):
    shuffled = random.sample(said, len(said))
    assert rules.settle(shuffled) == rules.settle(said)


@given(claims())
def test_a_value_shown_was_said_by_someone(said):
    for name, settled in rules.settle(said).items():
        spoken = [one.fields[name].value for one in said if name in one.fields]
        if FIELDS[name].union:
            assert all(any(item in value for value in spoken) for item in settled.value)
        else:
            assert settled.value in spoken
            assert settled.value == settled.by[0].fields[name].value


@given(claims())
def test_the_short_way_to_the_values_leads_to_the_same(said):
    assert rules.shown(said) == {name: one.value for name, one in rules.settle(said).items()}
    (alone, *_) = said
    assert list(rules.shown([alone])) == list(rules.settle([alone]))


@given(claims())
def test_every_claim_is_accounted_for_once(said):
    for name, settled in rules.settle(said).items():
        keys = [one.key for one in settled.by] + [rival.claim.key for rival in settled.rivals]
        assert sorted(keys) == sorted(one.key for one in said if name in one.fields)


@given(claims())
def test_a_doubted_value_never_beats_a_sure_one(said):
    for name, settled in rules.settle(said).items():
        if any(name in one.fields and not one.fields[name].doubt for one in said):
            assert not settled.by[0].fields[name].doubt


@given(claims(min_size=2))
def test_taking_a_loser_away_changes_nothing(said):
    for name, settled in rules.settle(said).items():
        losers = [rival.claim for rival in settled.rivals if rival.why not in ("AGREED",)]
        if not FIELDS[name].union and losers and not losers[0].fields[name].doubt:
            # the newest sure claim sets what counts as stale, so only a loser older than it is without effect
            sure = [one.observed_on for one in said if name in one.fields and not one.fields[name].doubt]
            newest = max((dates.last_day(day) for day in sure if day), default=date.min)
            if losers[0].observed_on and dates.last_day(losers[0].observed_on) < newest:
                rest = [one for one in said if one.key != losers[0].key]
                assert rules.settle(rest)[name].value == settled.value


@given(claims(), st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.booleans())
def test_a_place_always_stands_somehow(said, as_of, listed):
    standing = rules.standing(said, listed=listed, as_of=as_of)
    assert standing.freshness in rules.FRESHNESS
    assert standing.confirmed_on in {one.observed_on for one in said}


@pytest.mark.parametrize(
    ("winner", "loser", "why"),
    [
        (claim("z", name="Ruche"), claim("a", name=Value("R_che", doubt="LOST_LETTERS")), "SURE"),
        (claim("z", "2026-01-01", name="New"), claim("a", "2019-01-01", role="OWNER", name="Old"), "CURRENT"),
        (claim("z", "2025-01-01", role="OWNER", name="Ours"), claim("a", "2026-01-01", name="Theirs"), "ROLE"),
        (claim("z", "2025-03-01", name="New"), claim("a", "2025-01-01", name="Old"), "NEWER"),
        (claim("z", "2025-12-31", name="Day"), claim("a", "2025", name="Year", trust=0.1), "TRUST"),
        (claim("a", name="First"), claim("z", name="Second"), "ORDER"),
    ],
)
def test_who_outranks_whom(winner, loser, why):
    settled = rules.settle([loser, winner])["name"]
    assert settled.by == (winner,)
    assert settled.why == why
    assert settled.contested == (why != "SURE")


def test_precise_beats_newer_for_a_position():
    entrance = claim("z", "2024-06-01", position={"lat": 43.3, "lon": 5.4, "precision": "ENTRANCE"})
    town = claim("a", "2025-06-01", position={"lat": 43.2, "lon": 5.3, "precision": "LOCALITY"})
    settled = rules.settle([town, entrance])["position"]
    assert (settled.by, settled.why) == ((entrance,), "PRECISE")


def test_spelling_is_no_disagreement():
    settled = rules.settle([claim("a", name="Η Κυψέλη"), claim("b", name="η κυψελη")])["name"]
    assert settled.why == "AGREED"
    assert not settled.contested


def test_identifiers_add_up():
    one = claim("a", official_ids=[{"scheme": "SIRET", "value": "1"}])
    two = claim("b", official_ids=[{"scheme": "SIRET", "value": "1"}, {"scheme": "RNA", "value": "W1"}])
    assert len(rules.settle([one, two])["official_ids"].value) == 2


def test_a_place_no_list_holds_any_more_is_not_closed():
    standing = rules.standing([claim(name="x", observed_on="2026-10-01")], listed=False, as_of=AS_OF)
    assert (standing.status, standing.freshness) == ("UNKNOWN", "doubtful")


def test_a_listing_without_a_word_does_not_reopen_a_closed_place():
    closed = claim("a", "2024-01-01", name="x", closed="2023-11")
    listed = claim("b", "2026-01-01", name="x")
    assert rules.standing([closed, listed], listed=True, as_of=AS_OF).status == "CLOSED"


def test_a_closing_day_to_come_closes_nothing_yet():
    assert rules.standing([claim(name="x", closed="2027")], listed=True, as_of=AS_OF).status == "OPEN"


@pytest.mark.parametrize(
    ("role", "observed_on", "freshness"),
    [
        ("OWNER", "2026-06-01", "confirmed"),
        ("OWNER", "2025-06-01", "unconfirmed"),
        ("IMPORT", "2026-11-01", "unconfirmed"),
        ("OWNER", "2024-11-22", "doubtful"),
        ("IMPORT", "", "unconfirmed"),
    ],
)
def test_freshness(role, observed_on, freshness):
    standing = rules.standing([claim(name="x", role=role, observed_on=observed_on)], listed=True, as_of=AS_OF)
    assert standing.freshness == freshness


@pytest.mark.parametrize(
    ("observed_on", "band"),
    [
        ("2026-11", "fresh"),
        ("2026-05-23", "fresh"),
        ("2026-05-22", "ageing"),
        ("2025-11-22", "stale"),
        ("2024", "stale"),
        ("2024-11-22", "expired"),
        ("2019", "expired"),
        ("", ""),
    ],
)
def test_age_band(observed_on, band):
    assert rules.age_band(observed_on, AS_OF) == band


keys = st.tuples(st.sampled_from("ab"), st.integers(0, 12).map(str))


@st.composite
def partitions(draw, of=None):
    members = of if of is not None else draw(st.lists(keys, unique=True, max_size=15))
    groups: dict[int, list] = {}
    for key in members:
        groups.setdefault(draw(st.integers(0, 5)), []).append(key)
    return list(groups.values())


def apply(groups, given):
    return {key: public_id for public_id, group in zip(given.ids, groups, strict=True) for key in group}


@given(st.data())
def test_public_ids_survive_any_regrouping(data):
    linked, known = {}, set()
    for _ in range(3):
        newcomers = data.draw(st.lists(keys, unique=True))
        groups = data.draw(partitions(of=sorted(set(linked) | set(newcomers))))
        given = rules.assign(groups, linked, known)
        after = apply(groups, given)
        assert len(set(given.ids)) == len(groups), "two places share an id"
        for old in set(linked.values()):  # an id lives on or redirects to one that does
            assert old in given.ids or given.merged[old] in given.ids
        assert not set(given.made) & known, "an id was used again"
        assert set(given.revived) <= known
        known |= set(given.ids)
        again = rules.assign(groups, after, known)
        assert list(again.ids) == list(given.ids), "a second run changed something"
        assert not (again.made or again.merged or again.split or again.revived)
        linked = after


@given(partitions(), st.randoms())
def test_the_order_of_groups_is_irrelevant(groups, random):
    shuffled = [random.sample(group, len(group)) for group in random.sample(groups, len(groups))]
    assert apply(groups, rules.assign(groups, {}, ())) == apply(shuffled, rules.assign(shuffled, {}, ()))


def test_a_merge_redirects_and_an_undone_merge_gives_the_old_id_back():
    a, b, c = ("a", "1"), ("b", "1"), ("c", "1")
    start = rules.assign([[a, c], [b]], {}, ())
    linked = apply([[a, c], [b]], start)
    joined = rules.assign([[a, b, c]], linked, set(start.ids))
    assert joined.merged == {linked[b]: linked[a]}
    parted = rules.assign([[a, c], [b]], dict.fromkeys((a, b, c), linked[a]), set(start.ids))
    assert list(parted.ids) == list(start.ids)
    assert parted.revived == {linked[b]}
    assert parted.split == {linked[b]: linked[a]}


def test_a_founder_that_leaves_does_not_take_the_id_along():
    a, b, c = ("a", "1"), ("b", "1"), ("c", "1")
    public_id = ids.place_id(*a)
    given = rules.assign([[a], [b, c]], dict.fromkeys((a, b, c), public_id), {public_id})
    assert given.ids[1] == public_id
    assert given.ids[0] == ids.place_id(*a, 1)


def test_a_newcomer_under_an_old_name_is_another_place():
    founder, house = ("a", "1"), ("a", "new-1")
    public_id = ids.place_id(*founder)
    given = rules.assign([[house], [founder]], {house: "elsewhere"}, {public_id, "elsewhere"})
    assert given.ids[1] not in (public_id, "elsewhere")


def test_a_list_that_repeats_what_was_vouched_for_does_not_undo_a_later_correction() -> None:
    """The owner confirmed a number in January and corrected it in June; in September the list still has the old one."""
    listed = Claim(
        "list", "1", "2026-09-01", {"phone": Value("+33491000001")}, vouched={"phone": ("2026-01-10", "OWNER")}
    )
    corrected = Claim("own-word", "p.1", "2026-06-01", {"phone": Value("+33491000002")}, "OWNER", trust=1.0)
    assert rules.settle([listed, corrected])["phone"].value == "+33491000002"
    newer = Claim("guide", "1", "2026-08-01", {"phone": Value("+33491000003")})
    assert rules.settle([listed, newer])["phone"].value == "+33491000001", "it still outranks what other lists say"


def test_a_date_that_is_a_sign_of_more_than_a_line_in_a_list():
    said = claim(observed_on="2026-06-01", name="Ruche", opening_hours="Mo-Fr 09:00-18:00")
    known = {"listed": True, "as_of": AS_OF, "known_since": date(2025, 1, 1)}
    stands = {sign: rules.standing([replace(said, sign=sign)], **known) for sign in ("", "CHECK_DATE", "HEARTBEAT")}
    assert {sign: one.freshness for sign, one in stands.items()} == {
        "": "unconfirmed", "CHECK_DATE": "unconfirmed", "HEARTBEAT": "confirmed"
    }  # fmt: skip
    assert stands[""].due_on < stands["CHECK_DATE"].due_on, "who was there has seen it, and need not ask soon"
    assert stands["HEARTBEAT"].confirmed_by == "ROBOT"
