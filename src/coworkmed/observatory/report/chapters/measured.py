"""The indicators: those that are known, with their charts; and those that can't be told, with the reason."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from coworkmed.web.formats import percent

from ...indicators.catalogue import INDICATORS, ORIGINS, POPULATIONS, THEMES, UNITS, UNKNOWN, Indicator
from ...indicators.figures import Figure
from ...pages.indicators import ranked, scale
from .. import telling
from ..contents import Block, Paragraph, Picture, Points, Run, Section, Table, Text, line
from ..drawn import Bar, survival
from ..material import Material
from ..telling import cells
from .counts import pictured, says

_ELSEWHERE = ("places_open", "unseen_estimate", "source_disagreement", "item_fill")  # have a place of their own
_MOST_BARS = 12


def indicators(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "Each indicator is computed from the published tables by the SQL in indicators.json, on all records "
                "and, beside it, on those with evidence under 12 months old alone. A share stands with its 95 % "
                "interval and with how many places it rests on; of too few places none is told."
            )
        )
    )
    for theme, title in THEMES.items():
        known = [one for one in INDICATORS.values() if one.theme == theme and _figures(material, one)]
        if known:
            yield Section(f"theme-{theme}", _(title), list(_theme(material, known)))
    yield from _unknown(material)


def _figures(material: Material, one: Indicator) -> list[Figure]:
    """Of all territories together, by any definition; none of those that have a chapter of their own."""
    if one.code in _ELSEWHERE:
        return []
    return [found for found in material.told(one.code) if found.value is not None]


def _theme(material: Material, known: Sequence[Indicator]) -> Iterator[Paragraph | Points | Table | Picture]:
    single = [one for one in known if not one.labels]
    if single:
        rows = [_row(material, one, found) for one in single for found in _figures(material, one)]
        head = [_("Indicator"), _("On all records"), _("Evidence under 12 months old"), _("Places"), _("Evidence from")]
        yield Points([(Run(f"{_(one.title)}. ", "strong"), Run(_(one.text))) for one in single])
        yield Table(_("All territories together"), head, rows, frozenset((1, 2, 3)))
    for one in single:
        yield from _between(material, one)
    for one in known:
        if one.labels:
            yield from _parts(material, one)


def _row(material: Material, one: Indicator, found: Figure) -> list[Text]:
    recent = next(iter(material.told(one.code, "", found.counted, "CONFIRMED")), None)
    return cells(
        telling.titled(one),
        telling.told(found),
        telling.told(recent) if recent else telling.NONE,
        telling.among(found),
        telling.span(found.oldest, found.newest),
    )


def _between(material: Material, one: Indicator) -> Iterator[Paragraph | Picture]:
    """One indicator, country by country, where there are places enough for it to say something."""
    told = {row.country for row in material.countries}
    rows = [
        found
        for found in material.by_country(one.code)
        if found.value is not None and found.territory in told and (found.of or 0) >= one.least
    ]
    if len(rows) < 2 or not any(row.value for row in rows):
        return
    title = _("{indicator}, by country").format(indicator=telling.titled(one))
    ordered = sorted(rows, key=lambda row: (-(row.value or 0), row.territory))
    yield _picture(one, title, ordered, [telling.territory(row.territory) for row in ordered], "countries")


def _parts(material: Material, one: Indicator) -> Iterator[Paragraph | Picture]:
    """One indicator by its categories: fields, legal forms, years after the opening."""
    rows = ranked(one, _figures(material, one))
    yield Paragraph((Run(f"{_(one.title)}. ", "strong"), Run(_(one.text))))
    yield _picture(one, _(one.title), rows, [telling.category(one, row.category) for row in rows], "parts")


def _picture(one: Indicator, title: str, rows: Sequence[Figure], labels: Sequence[str], of: str) -> Picture:
    drawn = [
        Bar(label, row.value, telling.told(row), row.low, row.high) for label, row in zip(labels, rows, strict=True)
    ]
    behind = Table(
        title,
        ["", _("Value"), _("Places"), _("Evidence from")],
        [
            cells(label, telling.told(row), telling.among(row), telling.span(row.oldest, row.newest))
            for label, row in zip(labels, rows, strict=True)
        ],
        frozenset((1, 2)),
    )
    name = f"{one.code.replace('_', '-')}-{of}"
    if one.code == "survival":
        years = [(int(row.category), bar) for row, bar in zip(rows, drawn, strict=True)]
        return Picture(
            "chart", survival(years, scale=percent, title=title, says=says(), name=name), title, says(), behind
        )
    return pictured(title, drawn[:_MOST_BARS], name, behind, top=scale(one, rows))


def _unknown(material: Material) -> Iterator[Block]:
    """Those that can't be told, by the reason why."""
    reasons: dict[str, list[str]] = {}
    for code, one in INDICATORS.items():
        if (why := material.unknown.get(code)) in UNKNOWN:
            reasons.setdefault(_(UNKNOWN[why]), []).append(_(one.title))
    if reasons:
        said = _(
            "Not known is not nought: these indicators are declared and wait for what they are made of, a census, "
            "statistics of the territory, or dates that the lists don’t give."
        )
        points = Points([(Run(f"{why} ", "strong"), Run(f"{'; '.join(titles)}.")) for why, titles in reasons.items()])
        yield Section("not-known", _("What can’t be told, and why"), [Paragraph(line(said)), points])


def formulae() -> Table:
    """Every indicator with its formula, its unit, among whom it is computed and from what."""
    rows = [
        cells(
            [Run(_(one.title), "strong"), Run(" "), Run(code, "code"), Run(" "), Run(_(one.text))],
            Run(one.formula, "code"),
            f"{_(UNITS[one.unit])}. {_(POPULATIONS[one.among])} {_(ORIGINS[one.origin])}",
        )
        for code, one in INDICATORS.items()
    ]
    head = [_("Indicator"), _("Formula"), _("Unit, population and origin")]
    return Table(_("Formulae of the indicators"), head, rows, folded=True)
