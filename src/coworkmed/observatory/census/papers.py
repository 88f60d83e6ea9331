"""The questionnaire and the portrait as documents for paper (`web.typeset`), in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.i18n import N_
from coworkmed.places.models import Place
from coworkmed.web import formats

from ..models import Invitation, Wave
from . import portrait, typed, words
from .portrait import Beside, Figure
from .questionnaire import Condition, Question, current

#: Where the place of a portrait stands, as whoever decides reads it.
_STANDS = {
    "LOW": N_("This place has less than three quarters of them."),
    "LOWER": N_("This place is in the lower half."),
    "MIDDLE": N_("This place is right in the middle."),
    "UPPER": N_("This place is in the upper half."),
    "HIGH": N_("This place has more than three quarters of them."),
}
#: Forms of questions with a short line to write on.
_SHORT = ("number", "date", "price")
_SEA, _CLAY, _LINE = "#12506b", "#a3452a", "#d9d2c5"


def in_words(question: Question, value: Any) -> str:
    """An answer as one reads it."""
    labels = {code: gettext(text) for code, text in words.CODES.get(question.name, {}).items()}
    match question.field.form:
        case "shares":
            told = (f"{labels[code]} {formats.percent(share / 100)}" for code, share in value.items() if share)
            return " · ".join(told)
        case "levels":
            return " · ".join(f"{labels[code]}: {gettext(words.LEVELS[str(level)])}" for code, level in value.items())
        case "codes":
            return " · ".join(labels.get(code, code) for code in value)
        case "code" | "flag":
            return labels.get(value, str(value))
        case "number":
            return formats.number(value)
        case "date":
            return formats.day(value)
        case "price":
            return formats.price(value)
    return typed.written(question, value)


# -- the questionnaire ------------------------------------------------------------------------------------------------


def questionnaire(
    wave: Wave, invitation: Invitation, place: Place, known: Mapping[str, Any], *, kept_until: date
) -> dict[str, Any]:
    """What ``census.typ`` sets: all questions, what is known of the place, its code."""
    title = formats.own_words(wave.title, str(wave.number))[0]
    code = f"{invitation.code[:4]}-{invitation.code[4:]}"
    _ = gettext
    return {
        "title": title,
        "language": get_language() or "en",
        "place": place.name or place.pk,
        "code": code,
        "says_code": _("Code"),
        "foot": f"{place.name or place.pk} · {code}",
        "intro": [
            _(
                "Please answer what you can, and leave out what you like. What is known already is printed: strike out "
                "what is wrong. Hand the sheets back to who gave them to you by {day}."
            ).format(day=formats.day(wave.closes)),
            _(
                "What is marked as confidential is told of groups of at least five places only, and deleted after "
                "{day}. All else becomes open data on the page of your place. You can take your answers back at any "
                "time: tell who gave you these sheets."
            ).format(day=formats.day(kept_until)),
        ],
        "says": {
            "confidential": _("confidential"),
            "known": _("Known:"),
            "right": _("right"),
            "unknown": _("I don’t know"),
            "refused": _("I would rather not say"),
        },
        "sections": [
            {
                "title": _(words.SECTIONS[one.code][0]),
                "questions": [_question(question, known) for question in one.questions],
            }
            for one in current().sections
        ],
    }


def _question(question: Question, known: Mapping[str, Any]) -> dict[str, Any]:
    name, form = question.name, question.field.form
    options = [gettext(words.CODES[name][code]) for code in question.codes] if question.codes else []
    value = known.get(name)
    kind = {"shares": "shares", "levels": "levels", "codes": "several", "code": "one", "flag": "one"}.get(form)
    if kind is None:
        kind = "short" if form in _SHORT else "tall" if name == "story" else "line"
    return {
        "text": gettext(words.ASK[name]),
        "unit": gettext(words.UNITS[question.unit]) if question.unit else "",
        "help": gettext(words.HELP[name]) if name in words.HELP else "",
        "only": [_only(one) for one in question.asked_if],
        "confidential": not question.public,
        "known": "" if value is None else in_words(question, value),
        "kind": kind,
        "options": options,
        "levels": [gettext(one) for one in words.LEVELS.values()] if kind == "levels" else [],
    }


def _only(condition: Condition) -> str:
    text = gettext(words.ASK[condition.field])
    if not condition.among:
        return gettext("Only if you answered “{question}”.").format(question=text)
    answers = " / ".join(gettext(words.CODES[condition.field][code]) for code in condition.among)
    return gettext("Only if you answered “{answer}” to “{question}”.").format(answer=answers, question=text)


# -- the portrait -----------------------------------------------------------------------------------------------------


def portrayed(wave: Wave, place: Place, told: Sequence[Beside], *, day: date, address: str) -> dict[str, Any]:
    """What ``portrait.typ`` sets: a place beside comparable ones, on one page for whoever decides."""
    _ = gettext
    name = place.name or place.pk
    country = formats.country(place.country) if place.country else ""
    kind = gettext(KINDS[place.main_kind]) if place.main_kind in KINDS else ""
    figures = [_figure(one) for one in told if one.group is not None]
    return {
        "title": _("Portrait of {place}").format(place=name),
        "language": get_language() or "en",
        "name": name,
        "what": " · ".join(part for part in (kind, place.locality, country) if part),
        "census": formats.own_words(wave.title, str(wave.number))[0],
        "lead": _(
            "What this place is and gives, beside comparable places, as they answered the same questions. The bar is "
            "the middle half of them, the line within it their middle, and the dot this place."
        ),
        "figures": figures,
        "nothing": "" if figures else _("There is nothing to compare with yet."),
        "method": _(
            "Medians and quartiles. Figures that are not public are told of at least five places, rounded, and counted "
            "in steps: nobody’s answer can be worked out from them. How it is done: {link}"
        ).format(link=address),
        "foot": _("As of {day}.").format(day=formats.day(day)),
    }


def amount(figure: Figure, value: Any) -> str:
    """A figure's value as one reads it."""
    match figure.unit:
        case "percent":
            return formats.percent(value)
        case "euro":
            return formats.price({"amount": value, "currency": "EUR"})
        case "code":
            text = words.CODES[figure.field].get(value)
            return gettext(text) if text else str(value)
    return formats.number(value)


def _figure(one: Beside) -> dict[str, Any]:
    among = ngettext("Among {n} place that tells it: {group}.", "Among {n} places that tell it: {group}.", one.n)
    return {
        "label": gettext(one.figure.label),
        "own": gettext("not told") if one.own is None else amount(one.figure, one.own),
        "known": one.own is not None,
        "says": _says(one),
        "among": among.format(n=formats.number(one.n), group=gettext(portrait.GROUPS[one.group or 0])),
        "shares": [
            {"label": amount(one.figure, code), "share": formats.percent(share), "own": code == one.own}
            for code, share in one.shares[:3]
        ],
        "strip": _drawn(one.strip) if one.strip else "",
    }


def _says(one: Beside) -> str:
    if one.low is None or one.median is None or one.high is None:
        return ""
    where = gettext(_STANDS[one.stands]) + " " if one.stands else ""
    return where + gettext("Half of them lie between {low} and {high}; the middle is {median}.").format(
        low=amount(one.figure, one.low), high=amount(one.figure, one.high), median=amount(one.figure, one.median)
    )


def _drawn(strip: portrait.Strip) -> str:
    width = max(strip.high - strip.low, 1)
    own = f'<circle cx="{strip.own}" cy="13" r="6" fill="{_CLAY}" stroke="#fff" stroke-width="1.5"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-7 0 {portrait.WIDTH + 14} 26">'
        f'<path d="M0 13H{portrait.WIDTH}" stroke="{_LINE}" stroke-width="2"/>'
        f'<rect x="{strip.low}" y="7" width="{width}" height="12" rx="2" fill="#a0b9c4"/>'
        f'<path d="M{strip.median} 3V23" stroke="{_SEA}" stroke-width="2.5"/>'
        f"{own if strip.own is not None else ''}</svg>"
    )


def known_openly(known: Mapping[str, Any]) -> dict[str, Any]:
    """What everyone may read of it, of what is known of a place."""
    return {name: value for name, value in known.items() if name in FIELDS}
