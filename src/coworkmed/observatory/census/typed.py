"""Answers as people type them: an answer as text to begin from, and the answer that a text says. Pure."""

from collections.abc import Mapping
from typing import Any

from coworkmed.kernel import dates
from coworkmed.kernel.i18n import N_
from coworkmed.stewardship import typed
from coworkmed.stewardship.typed import UnreadError

from .questionnaire import Question

MOST_TEXTS, LONGEST_TEXT = 20, 120

_NUMBER = N_("Write a number, as in 12 or 0.5.")
_WHOLE = N_("Write a whole number.")
_RANGE = N_("Write a number from {low} to {high}.")
_DATE = N_("This is no date. Write a year, a month or a day: 2029, 2029-05 or 2029-05-17.")
_SUM = N_("These make {sum} in all. They should make 100.")
_SHARE = N_("Write whole numbers from 0 to 100.")
_MANY = N_("These are too many, or one is too long.")
_ALONE = N_("“{code}” can’t go with the others.")
_LONG = N_("This is longer than {most} characters.")
_ABOVE = N_("This is more than the {most} you gave before.")


def written(question: Question, value: Any) -> str:
    """An answer as text to begin from."""
    if question.field.form == "number" and isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else str(int(value))
    return typed.written(question.field, value)


def read(question: Question, text: str, *, country: str, beside: Mapping[str, str]) -> Any:
    """The answer that a text says to a question of one line; None where it is empty. Raises UnreadError."""
    text = text.strip()
    if not text:
        return None
    if question.name in typed.TEXTS and question.field.form != "number":
        value = typed.read(question.name, text, country=country, beside=beside).value
        return value if value not in ("", [], {}) else None
    match question.field.form:
        case "number":
            return number(question, text)
        case "date":
            if not dates.is_partial(text):
                raise UnreadError(_DATE)
            return text
        case "texts":
            lines = list(dict.fromkeys(line for one in text.splitlines() if (line := " ".join(one.split()))))
            if len(lines) > MOST_TEXTS or any(len(line) > LONGEST_TEXT for line in lines):
                raise UnreadError(_MANY)
            return lines
    if question.high and len(text) > question.high:
        raise UnreadError(_LONG, most=int(question.high))
    return text.replace("\0", "")


def number(question: Question, text: str) -> float | int:
    """A number as people write it, with a comma or a point, within what the question allows."""
    try:
        value = float("".join(text.split()).replace(",", "."))
    except ValueError:
        raise UnreadError(_NUMBER) from None
    low, high = question.low or 0, question.high if question.high is not None else 1e9
    if not low <= value <= high:  # nor is what is no number (NaN)
        raise UnreadError(_RANGE, low=f"{low:g}", high=f"{high:.0f}")
    if question.whole and value != int(value):
        raise UnreadError(_WHOLE)
    return int(value) if value == int(value) else value


def shares(question: Question, texts: Mapping[str, str]) -> dict[str, int] | None:
    """Percent by code: 100 in all, or up to two beside it, for people round; None where nothing was written."""
    given = {code: text.strip().rstrip("%").strip() for code, text in texts.items()}
    if not any(given.values()):
        return None
    found = {}
    for code, text in given.items():
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 100):
            raise UnreadError(_SHARE)
        found[code] = int(text or 0)
    if abs((total := sum(found.values())) - 100) > 2:
        raise UnreadError(_SUM, sum=total)
    return found


def codes(question: Question, chosen: list[str], words: Mapping[str, str]) -> list[str] | None:
    """Several codes, unless one of them excludes the others; None for none."""
    if len(chosen) > 1 and (alone := question.alone.intersection(chosen)):
        raise UnreadError(_ALONE, code=words.get(min(alone), min(alone)))
    return chosen or None


def at_most(value: Any, most: Any) -> None:
    """Raises UnreadError where a number exceeds another that was given before."""
    if isinstance(value, int | float) and isinstance(most, int | float) and value > most:
        raise UnreadError(_ABOVE, most=f"{most:g}")
