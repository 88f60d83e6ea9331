"""The census's thinking: what is left to answer, what answers come to, how many answered. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from coworkmed.kernel.values import Value

from .questionnaire import Questionnaire, Section

#: How an answer came: what was known is right, or otherwise, or nothing was known.
HOW = ("confirmed", "corrected", "given")
#: Why there is none, besides that a question was skipped.
NONE = ("UNKNOWN", "REFUSED")

Values = Mapping[str, Mapping[str, Any]]

#: Of how many places a group is made at least about which something is told.
FEWEST = 5
#: For how long after the last day of a wave its confidential answers are kept: until the next waves were compared with.
KEPT_YEARS = 3


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; the last of February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def said(values: Values) -> dict[str, Any]:
    """field → value, of what was answered."""
    return {name: one["value"] for name, one in values.items() if "value" in one}


def told(values: Values, known: Mapping[str, Any]) -> dict[str, Any]:
    """… and of what is known and was neither answered nor passed over: on this hangs what is asked."""
    return {name: one for name, one in known.items() if name not in values} | said(values)


def answered(value: Any, known: Any) -> dict[str, Any]:
    """An answer as it is kept, beside what was known; None where nothing was."""
    if known is None:
        return {"value": value, "how": "given"}
    return {"value": value, "how": "confirmed" if same(value, known) else "corrected"}


def same(value: Any, known: Any) -> bool:
    """Whether two answers say the same."""
    if isinstance(value, list) and isinstance(known, list):
        return sorted(map(str, value)) == sorted(map(str, known))
    return bool(value == known)


def sections(questionnaire: Questionnaire, asked: Collection[str]) -> list[Section]:
    """The sections in which anything is asked."""
    return [one for one in questionnaire.sections if any(question.name in asked for question in one.questions)]


def left(questionnaire: Questionnaire, values: Values, known: Mapping[str, Any], seen: Collection[str]) -> int:
    """How many questions wait: those that are asked, in sections that were not gone through, without an answer."""
    asked = {one.name for one in questionnaire.asked(told(values, known))}
    waiting = (one for section in questionnaire.sections if section.code not in seen for one in section.questions)
    return sum(one.name in asked and one.name not in values for one in waiting)


def following(questionnaire: Questionnaire, values: Values, known: Mapping[str, Any], section: Section) -> str:
    """The code of the next section in which anything is asked; "" after the last."""
    asked = {one.name for one in questionnaire.asked(told(values, known))}
    codes = [one.code for one in questionnaire.sections]
    after = codes.index(section.code) + 1
    return next((one.code for one in sections(questionnaire, asked) if one.code in codes[after:]), "")


def opened_by(
    questionnaire: Questionnaire, before: Values, after: Values, known: Mapping[str, Any], section: Section
) -> list[str]:
    """The questions of a section that are asked only now, by what was just answered there."""
    was, now = ({one.name for one in questionnaire.asked(told(values, known))} for values in (before, after))
    return [one.name for one in section.questions if one.name in now - was and one.name not in after]


class Outcome(NamedTuple):
    """What an answer comes to: what the place says anew, what it vouches for, and what is told of groups only."""

    fields: dict[str, Value]
    vouches: list[str]
    confidential: dict[str, Any]


def outcome(questionnaire: Questionnaire, values: Values, known: Mapping[str, Any]) -> Outcome:
    """What the answers to the questions that are asked come to. An answer to one that no longer is counts for
    nothing, and so does one that was not given."""
    fields, vouches, confidential = {}, [], {}
    for question in questionnaire.asked(told(values, known)):
        one = values.get(question.name, {})
        if "value" not in one:
            continue
        if not question.public:
            confidential[question.name] = one["value"]
        elif one["how"] == "confirmed":
            vouches.append(question.name)
        else:
            fields[question.name] = Value(one["value"])
    _agree_on_kinds(fields, vouches, known)
    return Outcome(fields, vouches, confidential)


def _agree_on_kinds(fields: dict[str, Value], vouches: list[str], known: Mapping[str, Any]) -> None:
    """What a place is above all, it is."""
    main = fields.get("main_kind")
    kinds = fields["kinds"].value if "kinds" in fields else known.get("kinds") or []
    if main is not None and main.value not in kinds:
        fields["kinds"] = Value([main.value, *kinds])
        if "kinds" in vouches:
            vouches.remove("kinds")


# -- how many answered ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one territory ("" for the rest of them, or all): how many were invited, opened the link, and answered."""

    territory: str
    invited: int
    opened: int
    answered: int

    @property
    def rate(self) -> float | None:
        """`response_rate`: answered of invited."""
        return self.answered / self.invited if self.invited else None


class Guest(NamedTuple):
    """An invited place: its territory, and how far it came."""

    territory: str
    opened: bool
    answered: bool


def progress(guests: Iterable[Guest], *, fewest: int = 1) -> list[Progress]:
    """By territory, the largest first, then all that have fewer than ``fewest`` guests together as the rest. Where the
    rest would be fewer than that, the smallest of the others joins it, so that nobody can be told by subtraction."""
    by: dict[str, list[Guest]] = {}
    for one in guests:
        by.setdefault(one.territory, []).append(one)
    ranked = sorted(by.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    shown = [pair for pair in ranked if len(pair[1]) >= fewest and pair[0]]
    rest = [one for pair in ranked if pair not in shown for one in pair[1]]
    while rest and len(rest) < fewest and shown:
        rest += shown.pop()[1]
    return [_progress(*pair) for pair in shown] + ([_progress("", rest)] if rest else [])


def total(guests: Iterable[Guest]) -> Progress:
    """All of them together."""
    return _progress("", list(guests))


def _progress(territory: str, guests: Sequence[Guest]) -> Progress:
    counts = Counter(invited=len(guests))
    counts["opened"] = sum(one.opened or one.answered for one in guests)
    counts["answered"] = sum(one.answered for one in guests)
    return Progress(territory, counts["invited"], counts["opened"], counts["answered"])
