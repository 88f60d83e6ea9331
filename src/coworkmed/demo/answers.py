"""Answers that fictional places give to a census: drawn at random, the same for the same seed, as places around the sea
answer. What is likely follows the published figures that the project compares itself with; nothing is anybody's.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

SEED = 2018

_LEGAL_FORMS = {
    "ASSOC": 51, "COMPANY": 19, "PUBLIC_LOCAL": 11, "COOP_MULTI": 7, "SOLE": 5, "COOP_WORKER": 2, "UNIVERSITY": 2,
    "INFORMAL": 2, "SCHOOL": 1,
}  # fmt: skip
_RESULTS = {"PROFIT": 21, "BREAK_EVEN": 49, "LOSS": 30}
_VOTES = {"NONE": 35, "CONSULTED": 35, "ONE_PERSON_ONE_VOTE": 26, "BY_SHARES": 4}
_TENURES = {"OWNED": 23, "RENT_MARKET": 32, "RENT_REDUCED": 22, "FREE_USE": 23}
_TURNOVERS = {"UNDER_25K": 30, "UNDER_100K": 30, "UNDER_250K": 22, "UNDER_1M": 14, "MORE": 4}
_AGES = {"UNDER_25": 10, "FROM_25": 40, "FROM_35": 28, "FROM_45": 14, "FROM_55": 8}
_DISTANCES = {"UNDER_5KM": 45, "UNDER_20KM": 35, "UNDER_50KM": 15, "MORE": 5}
_ACTORS = ("INCUBATOR", "LOCAL_AUTH", "UNIVERSITY", "COMPANY", "SCHOOL", "OTHER_SPACE")

#: How many of those who answer at all leave a question out; more where it is about money.
_SILENT = 0.12
_DISCREET = 0.35


def answers(places: Iterable[str], *, seed: int = SEED) -> dict[str, dict[str, Any]]:
    """Place → field → answer, in the forms of the data dictionary."""
    return {place: _answer(Random(f"{seed} {place}")) for place in places}  # noqa: S311 (fiction)


def _answer(dice: Random) -> dict[str, Any]:
    desks = max(4, round(dice.lognormvariate(3.0, 0.7)))
    fte = round(max(0.0, dice.gauss(1.0, 0.9)) * 2) / 2
    legal = _draw(dice, _LEGAL_FORMS)
    tenure = _draw(dice, _TENURES)
    grants = dice.choice((0, 0, 10, 20, 30, 40, 50, 60, 70)) if legal != "COMPANY" else dice.choice((0, 0, 0, 10))
    money = dice.random() >= _DISCREET
    every: dict[str, Any] = {
        "legal_form": legal,
        "desks": desks,
        "members_now": round(desks * dice.uniform(0.5, 3)),
        "price_month": {"amount": float(round(dice.gauss(180, 60) / 5) * 5 or 50), "currency": "EUR"},
        "facilitator_fte": fte,
        "events_per_month": dice.randrange(0, 13),
        "desks_occupied": round(desks * dice.betavariate(4, 2.5)),
        "user_vote": _draw(dice, _VOTES),
        "premises_tenure": tenure,
        "lease_end": str(2026 + dice.randrange(1, 10)) if tenure != "OWNED" else None,
        "result": _draw(dice, _RESULTS) if money else None,
        "turnover_band": _draw(dice, _TURNOVERS) if money else None,
        "income_share": _income(dice, grants) if money else None,
        "jobs_fte": fte + dice.choice((0, 0, 0.5, 1, 2)),
        "volunteers": dice.randrange(0, 12) if legal == "ASSOC" else 0,
        "hours_given_month": dice.randrange(4, 80) if dice.random() < 0.3 else None,
        "daily_users_typical": round(desks * dice.uniform(0.3, 1.2)),
        "sex_share": _sexes(dice),
        "age_bands": _spread(dice, _AGES),
        "home_distance_bands": _spread(dice, _DISTANCES),
        "interaction_level": {actor: dice.choice((0, 1, 1, 2, 2, 3)) for actor in _ACTORS},
    }
    if every["hours_given_month"] is not None:
        every["non_money_payment"] = ["TIME_HOURS"]
    if fte:
        every["facilitator_paid"] = "yes" if dice.random() < 0.7 else "no"
    found = {name: value for name, value in every.items() if value is not None}
    for name in [name for name in found if dice.random() < _SILENT]:
        if name not in ("desks", "premises_tenure", "facilitator_fte", "non_money_payment"):  # others hang on these
            del found[name]
    return found


def _draw(dice: Random, weights: Mapping[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def _spread(dice: Random, likely: Mapping[str, int]) -> dict[str, int]:
    """Percent near the likely ones, 100 in all."""
    return _whole(list(likely), [max(0.5, share + dice.gauss(0, share / 4)) for share in likely.values()])


def _whole(codes: Sequence[str], parts: Sequence[float]) -> dict[str, int]:
    found = {code: int(100 * part / sum(parts)) for code, part in zip(codes, parts, strict=True)}
    found[codes[0]] += 100 - sum(found.values())
    return found


def _sexes(dice: Random) -> dict[str, int]:
    women = min(90, max(10, round(dice.gauss(48, 12))))
    return {"WOMEN": women, "MEN": 100 - women, "OTHER": 0}


def _income(dice: Random, grants: int) -> dict[str, int]:
    rest = 100 - grants
    desks = round(rest * dice.uniform(0.3, 0.8))
    rooms = round((rest - desks) * dice.uniform(0.2, 0.9))
    return {"DESKS": desks, "EVENTS_ROOMS": rooms, "PUBLIC_GRANT": grants, "OTHER": rest - desks - rooms}
