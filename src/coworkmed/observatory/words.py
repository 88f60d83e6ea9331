"""Figures in sentences, for whoever reads: pages, report and command line say the same."""

from collections.abc import Iterator
from datetime import timedelta

from babel.dates import format_timedelta
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.linkage.review import Figure, Quality
from coworkmed.web.formats import locale, number, percent


def lasting(days: int) -> str:
    """A number of days as one says it: "7 months"."""
    return format_timedelta(timedelta(days), granularity="day", threshold=1.5, locale=locale())


def quality(found: Quality | None) -> list[str]:
    """What verdicts say of the registry, or what it takes to say it; nothing where no two entries are alike."""
    return list(_quality(found)) if found and found.pairs else []


def _quality(found: Quality) -> Iterator[str]:
    if found.precision.estimate is not None:
        yield _(
            "Precision {estimate} ({low} to {high}): that many of the pairs of entries shown as one place are one."
        ).format(**_shares(found.precision))
    elif more := found.precision.needed["5"]:
        yield ngettext(
            "Precision can’t be stated yet: it takes {count} more verdict on the pairs drawn at random to give it to "
            "within 5 points.",
            "Precision can’t be stated yet: it takes {count} more verdicts on the pairs drawn at random to give it to "
            "within 5 points.",
            more,
        ).format(count=number(more))
    if found.recall.estimate is not None:
        yield _(
            "Recall {estimate} ({low} to {high}): that many of the compared pairs that are one place are shown as one."
        ).format(**_shares(found.recall))
    elif more := found.recall.needed["5"]:
        yield ngettext(
            "Recall can’t be stated yet: it takes {count} more verdict on the pairs drawn at random to give it to "
            "within 5 points.",
            "Recall can’t be stated yet: it takes {count} more verdicts on the pairs drawn at random to give it to "
            "within 5 points.",
            more,
        ).format(count=number(more))
    if found.verdicts:
        yield ngettext(
            "That is from {count} verdict on pairs drawn at random, with 95 % intervals.",
            "That is from {count} verdicts on pairs drawn at random, with 95 % intervals.",
            found.verdicts,
        ).format(count=number(found.verdicts))


def _shares(figure: Figure) -> dict[str, str]:
    return {name: percent(getattr(figure, name)) for name in ("estimate", "low", "high")}
