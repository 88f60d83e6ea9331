"""Why two entries are held for one place, in the reader's words and as the bars of a picture."""

from dataclasses import dataclass
from typing import Any

from coworkmed.kernel.i18n import N_
from coworkmed.linkage.reasons import SENTENCES, STRENGTHS, WORTH_SAYING, strength
from coworkmed.linkage.records import Reason
from coworkmed.linkage.waterfall import Waterfall
from coworkmed.web import formats
from coworkmed.web.jinja import bdi, say


@dataclass(frozen=True, slots=True)
class Bar:
    """``side``  "for", "against", or "" where it is no reason: where one begins, and ends
    ``begin``, ``end``  where it stands between "surely two places" (0) and "surely one place" (100)
    ``probability``  when it was weighed"""

    text: str
    strength: str
    side: str
    begin: float
    end: float
    probability: float


def bars(fall: Waterfall) -> list[Bar]:
    """The steps of a waterfall. What the engine no longer knows how to say is left out."""
    return [
        Bar(
            text=_said(step.reason),
            strength=say(STRENGTHS[strength(step.reason.weight)]) if number else "",
            side=_side(step.reason.weight) if number else "",
            begin=100 * fall.place(step.before),
            end=100 * fall.place(step.after),
            probability=step.probability,
        )
        for number, step in enumerate(fall.steps)
        if step.reason.code in SENTENCES
    ]


def together(fall: Waterfall, probability: float) -> Bar:
    """What all steps come to: the ``probability``, as it is published."""
    return Bar(say(N_("All together")), "", "", 50.0, 100 * fall.place(fall.total), probability)


def _side(weight: float) -> str:
    if abs(weight) < WORTH_SAYING:
        return ""
    return "for" if weight > 0 else "against"


def _said(reason: Reason) -> str:
    return say(SENTENCES[reason.code], **{name: _shown(value) for name, value in reason.params.items()})


def _shown(value: Any) -> str:
    """A part of a sentence, numbers as the reader writes them, texts kept from turning the sentence around."""
    return formats.number(value) if isinstance(value, int | float) else bdi(value)
