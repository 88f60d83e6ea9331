"""The questionnaire as data: sections of questions, each about a field of the data dictionary, read from
``questionnaire.toml`` and checked while it is read. Pure."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from coworkmed.kernel.fields import CONFIDENTIAL, FIELDS, Field

_FILE = Path(__file__).with_name("questionnaire.toml")


class Condition(NamedTuple):
    """What an earlier answer must say: one of the codes ``among``, a number ``over`` this, or anything (``given``)."""

    field: str
    among: tuple[str, ...] = ()
    over: float | None = None
    given: bool = False

    def holds(self, value: Any) -> bool:
        """Whether ``value`` says so; None says nothing."""
        if value is None:
            return False
        if self.among:
            said = value if isinstance(value, list) else [value]
            return not set(self.among).isdisjoint(said)
        if self.over is not None:
            return isinstance(value, int | float) and value > self.over
        return value not in ("", [], {})


@dataclass(frozen=True, slots=True)
class Question:
    """``codes``   those offered
    ``alone``   codes that exclude all others
    ``low``, ``high``  what a number may be, both included; of a text, ``high`` is its length
    ``at_most``  the field of a number that this one can't exceed
    ``public``  whether the answer is shown of the place; else it is told of groups of places only
    """

    field: Field
    codes: tuple[str, ...]
    alone: frozenset[str] = frozenset()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    unit: str = ""
    at_most: str = ""
    asked_if: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def public(self) -> bool:
        return self.field.name in FIELDS


@dataclass(frozen=True, slots=True)
class Section:
    """``core``: asked of everyone; else a brick that may be left out. ``minutes`` it takes."""

    code: str
    core: bool
    minutes: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    version: str
    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Question]:
        return (one for section in self.sections for one in section.questions)

    def section(self, code: str) -> Section | None:
        return next((one for one in self.sections if one.code == code), None)

    def question(self, name: str) -> Question:
        """The question about a field; KeyError where there is none."""
        found = next((one for one in self if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def asked(self, values: Mapping[str, Any]) -> list[Question]:
        """The questions that are asked of who answered ``values`` so far (field → value). What depends on a question
        that is not asked is not asked either."""
        found: dict[str, Question] = {}
        for one in self:
            if all(needs.field in found and needs.holds(values.get(needs.field)) for needs in one.asked_if):
                found[one.name] = one
        return list(found.values())


class QuestionnaireError(ValueError):
    """The questionnaire contradicts itself or the data dictionary."""


@cache
def current() -> Questionnaire:
    """The questionnaire of this version of the software."""
    return read(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def read(data: Mapping[str, Any]) -> Questionnaire:
    """A questionnaire from what its file says. QuestionnaireError where a field is none or asked twice, a code is not
    one of its field, or a condition hangs on anything but an earlier question: so none can hang on itself."""
    earlier: dict[str, Question] = {}
    sections = []
    for one in data["section"]:
        questions = []
        for told in one["questions"]:
            question = _question(told, earlier)
            earlier[question.name] = question
            questions.append(question)
        sections.append(Section(one["code"], one.get("core", False), one["minutes"], tuple(questions)))
    codes = [one.code for one in sections]
    if len(set(codes)) < len(codes):
        raise QuestionnaireError(f"sections of one name: {codes}")
    return Questionnaire(data["version"], tuple(sections))


_SAID = frozenset("field leave alone min max whole unit at_most asked_if".split())


def _question(told: Mapping[str, Any], earlier: Mapping[str, Question]) -> Question:
    name = told["field"]
    if unknown := set(told) - _SAID:
        raise QuestionnaireError(f"{name}: {sorted(unknown)} is nothing a question says")
    field = FIELDS.get(name) or CONFIDENTIAL.get(name)
    if field is None or name in earlier:
        raise QuestionnaireError(f"{name}: no field of the data dictionary, or asked twice")
    for codes in (told.get("leave", ()), told.get("alone", ())):
        _check_codes(field, codes)
    if (most := told.get("at_most", "")) and (most not in earlier or earlier[most].field.form != "number"):
        raise QuestionnaireError(f"{name}: {most} is no number that was asked before")
    return Question(
        field,
        tuple(code for code in field.codes if code not in told.get("leave", ())),
        frozenset(told.get("alone", ())),
        told.get("min"),
        told.get("max"),
        told.get("whole", False),
        told.get("unit", ""),
        most,
        tuple(_condition(name, one, earlier) for one in told.get("asked_if", ())),
    )


def _condition(name: str, told: Mapping[str, Any], earlier: Mapping[str, Question]) -> Condition:
    on = earlier.get(told["field"])
    if on is None:
        raise QuestionnaireError(f"{name} hangs on {told['field']}, which was not asked before")
    if len(told) != 2 or not set(told) & {"is", "over", "given"}:
        raise QuestionnaireError(f"{name}: a condition says one of is, over, given")
    _check_codes(on.field, told.get("is", ()))
    return Condition(on.name, tuple(told.get("is", ())), told.get("over"), told.get("given", False))


def _check_codes(field: Field, codes: Sequence[str]) -> None:
    if strange := set(codes) - set(field.codes):
        raise QuestionnaireError(f"{field.name}: {sorted(strange)} is none of its codes")
