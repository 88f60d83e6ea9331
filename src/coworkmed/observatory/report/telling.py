"""Figures in words, for a report: each function gives them as a reader of the active language writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coworkmed.kernel.fields import FIELDS
from coworkmed.platform import gazetteer
from coworkmed.web import formats
from coworkmed.web.formats import number, percent

from .. import rules
from ..definitions import BASES, DEFINITIONS
from ..indicators.catalogue import INDICATORS, UNITS, UNKNOWN, Indicator
from ..indicators.figures import Figure
from ..pages.indicators import LABELS
from ..published import BEYOND, Published
from ..words import lasting
from .contents import Run, Text, line
from .material import Material

NONE = "–"
#: Units whose values are bare numbers: the words stand with the name of the indicator.
BARE = frozenset(("desks", "euros", "percent", "hours", "jobs"))


def language() -> str:
    return get_language() or "en"


def filled(sentence: str, params: Mapping[str, Any]) -> str:
    """A sentence kept with its parameters by an older program may ask for others: then it stays as it is."""
    try:
        return sentence.format(**params)
    except (LookupError, ValueError, AttributeError):
        return sentence


def many(sentence: str, count: int, **params: str) -> str:
    """A sentence in the form for ``count``, which is its {n}."""
    return sentence.format(n=number(count), **params)


def places(count: int) -> str:
    return many(ngettext("{n} place", "{n} places", count), count)


def of(part: int, whole: int) -> str:
    """A count among how many: "12 of 40"."""
    return _("{n} of {whole}").format(n=number(part), whole=number(whole))


def share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else NONE


def interval(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return ""
    return _("{low} to {high}").format(low=amount(low, unit), high=amount(high, unit))


def titled(one: Indicator) -> str:
    """The name of an indicator, with its unit where values are bare numbers of something."""
    return (
        _("{value} ({unit})").format(value=_(one.title), unit=_(UNITS[one.unit])) if one.unit in BARE else _(one.title)
    )


def amount(value: float, unit: str) -> str:
    """A value of an indicator in its unit (key of `indicators.catalogue.UNITS`); a bare number where the unit takes
    words, which stand with the name (`titled`)."""
    match unit:
        case "share" | "people":
            return percent(value)
        case "days":
            return lasting(round(value))
        case "places":
            return number(value, 0)
        case "ratio" | "index" | "per_100000" | "per_10000":
            return number(value)
    return number(value, 1)


def told(one: Figure) -> str:
    """The value of an indicator with its interval, or in a word why there is none."""
    if one.value is None:
        return _(UNKNOWN[one.note]) if one.note in UNKNOWN else NONE
    unit = INDICATORS[one.code].unit
    around = interval(one.low, one.high, unit)
    return f"{amount(one.value, unit)} ({around})" if around else amount(one.value, unit)


def among(one: Figure) -> str:
    """The n/N of an indicator."""
    return NONE if one.n is None or one.of is None else of(one.n, one.of)


def span(oldest: str, newest: str) -> str:
    """From the oldest evidence to the newest."""
    if not oldest:
        return NONE
    if oldest == newest:
        return formats.day(oldest)
    return _("{first} to {last}").format(first=formats.day(oldest), last=formats.day(newest))


def ended(sentence: str) -> str:
    """With a full stop, unless it ends with one: dates do in some languages."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def figure(one: rules.Figure) -> str:
    if one.value is None:
        return NONE
    return percent(one.value) if "share" in one.code else number(one.value)


def category(one: Indicator, code: str) -> str:
    labels = LABELS.get(one.labels, {})
    return _(labels[code]) if code in labels else code


def definition(code: str) -> str:
    return _(DEFINITIONS[code].title)


def basis(code: str) -> str:
    return _(BASES[code].title)


def field(name: str) -> str:
    """What is compared of an address is its number."""
    return _("House number") if name == "address" else _(FIELDS[name].label)


def territory(code: str) -> str:
    """A country, region or town by its code, in a form that stands by itself."""
    if not code:
        return _("Country unknown")
    if code in BEYOND:
        return _(BEYOND[code])
    return formats.country(code) if len(code) == 2 else gazetteer.label(code, language())


def own(texts: Mapping[str, str] | None, fallback: str, href: str = "") -> Run:
    """The words for this reader among those of several languages, marked with theirs."""
    words, code = formats.own_words(texts, fallback)
    return Run(words or fallback, href=href, language=code if code != language() else "")


def source(material: Material, key: str) -> Run:
    row = material.sources.get(key)
    return own(row.spec.title if row else None, key)


def pair(material: Material, left: str, right: str) -> Text:
    return source(material, left), Run(" × "), source(material, right)


def place(material: Material, place_id: str, name: str) -> Text:
    href = material.page(language(), f"places/{place_id}/")
    return Run(name or place_id, "strong", href), Run(" "), Run(place_id, "code")


def published(one: Published) -> str:
    """A published count as its source gives it."""
    if one.most:
        return _("{low} to {high}").format(low=number(one.count), high=number(one.most))
    if one.at_least:
        return _("more than {n}").format(n=number(one.count))
    if one.derived:
        return _("{n}, from a share").format(n=number(one.count))
    if one.about:
        return _("about {n}").format(n=number(one.count))
    return number(one.count)


def years(one: Published) -> str:
    return f"{one.year}–{one.until}" if one.until else str(one.year)


def cells(*parts: str | Run | Sequence[Run]) -> list[Text]:
    """A row of a table: words, runs, or several runs in a cell."""
    return [line(part) if isinstance(part, str | Run) else tuple(part) for part in parts]
