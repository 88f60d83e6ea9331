"""A chapter part for each country with enough places, and what others have counted beside what we count."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.web.formats import day, number, percent

from ... import published
from ...definitions import DEFINITIONS
from ...freshness import SMALL
from ...indicators.catalogue import INDICATORS
from ...published import COUNTED, Published, Spread
from ...rules import Territory
from .. import telling
from ..contents import Block, Paragraph, Picture, Run, Section, Table, Text, line
from ..drawn import Bar
from ..material import Material
from ..telling import cells, many
from .counts import pictured

_REGIONS = 10  # in a picture


def countries(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "A country that holds {n} places said to be open or more has a part of its own; the others stand in "
                "the table by country. How many there are says as much about the lists that cover it as about the "
                "country."
            ).format(n=number(SMALL))
        )
    )
    for row in material.countries:
        yield Section(f"country-{row.country}", telling.territory(row.country), list(_country(material, row)))


def _country(material: Material, row: Territory) -> Iterator[Paragraph | Picture | Table]:
    yield Paragraph(line(" ".join(_said(material, row))))
    yield from _regions(material, row.country)
    yield from _indicators(material, row.country)
    if figures := published.published(row.country):
        yield Paragraph(line(_spread(published.widest(figures)) or _("Others have counted here too.")))


def _said(material: Material, row: Territory) -> Iterator[str]:
    name, whole, declared = telling.territory(row.country), row.counts["ANY"], row.counts["COWORK"]
    yield many(
        ngettext(
            "{country}: {n} place is said to be open.", "{country}: {n} places are said to be open.", whole["ALL"]
        ),
        whole["ALL"],
        country=name,
    )
    yield many(
        ngettext("{n} is declared a coworking space.", "{n} are declared coworking spaces.", declared["ALL"]),
        declared["ALL"],
    )
    yield _(
        "Evidence under two years old backs {current} of the open ones, evidence under one year old {recent}."
    ).format(current=number(whole["CURRENT"]), recent=number(whole["CONFIRMED"]))
    speaking = material.sources_in.get(row.country, set())
    known = len([one for one in material.lists if one.source in speaking])
    if known == 1:
        yield _("A single list covers it: nothing here could be checked against another.")
    else:
        yield many(ngettext("{n} list speaks of it.", "{n} lists speak of it.", known), known)
    town = next((one for one in material.figures.concentration if one.country == row.country), None)
    if town and town.of >= SMALL:
        yield _("The town with most of them: {town}, {n} of the {whole} whose town is known ({share}).").format(
            town=town.locality, n=number(town.n), whole=number(town.of), share=percent(town.n / town.of)
        )


def _regions(material: Material, country: str) -> Iterator[Picture]:
    rows = material.regions(country)
    if len(rows) < 2:
        return
    declared = {one.territory: one.n or 0 for one in material.regions(country, "COWORK")}
    title = _("Places said to be open, by region: {country}").format(country=telling.territory(country))
    behind = Table(
        title,
        [_("Region"), telling.definition("ANY"), telling.definition("COWORK"), _("Evidence from")],
        [
            cells(
                *(telling.territory(one.territory), number(one.n or 0), number(declared.get(one.territory, 0))),
                telling.span(one.oldest, one.newest),
            )
            for one in rows
        ],
        frozenset((1, 2)),
    )
    drawn = [Bar(telling.territory(one.territory), one.n, number(one.n or 0)) for one in rows[:_REGIONS]]
    yield pictured(title, drawn, f"regions-{country.lower()}", behind)


def _indicators(material: Material, country: str) -> Iterator[Table]:
    """The indicators that are one number, where they are known here."""
    rows = [
        cells(telling.titled(one), telling.told(found), telling.among(found), telling.span(found.oldest, found.newest))
        for code, one in INDICATORS.items()
        if not one.labels and code != "places_open"
        for found in material.told(code, country)
        if found.value is not None
    ]
    if rows:
        head = [_("Indicator"), _("Value"), _("Places"), _("Evidence from")]
        yield Table(_("What else is known: {country}").format(country=telling.territory(country)), head, rows,
                    frozenset((1, 2)))  # fmt: skip


def compared(material: Material) -> Iterator[Block]:
    """What others have counted, territory by territory, with ours under it and the contradictions said."""
    yield Paragraph(
        line(
            _(
                "Counts that others have published, as they stand in their sources: shown side by side, never "
                "averaged. They differ in what they count, in what they include and in how old their lists were; ours "
                "stand under each, by our definitions."
            )
        )
    )
    for code in published.territories():
        figures = published.published(code)
        name = telling.territory(code)
        said = _spread(published.widest(figures))
        blocks: list[Paragraph | Table] = [Paragraph(line(said))] if said else []
        rows = [_row(one) for one in figures] + _ours(material, code)
        caption = _("Published figures: {territory}").format(territory=name)
        head = [_("Year"), _("Count"), _("What is counted"), _("Who says so")]
        blocks.append(Table(caption, head, rows, frozenset((1,))))
        yield Section(f"published-{code.lower()}", name, blocks)
    yield Paragraph(
        line(
            _("Of other countries and regions we know of no published figure. Whoever finds one is asked to tell us.")
        ),
        "note",
    )


def _spread(found: Spread | None) -> str:
    if not found:
        return ""
    return _(
        "Of {year}, published counts go from {least} to {most}: the largest is {times} times the smallest."
    ).format(
        year=found.year, least=number(found.least), most=number(found.most), times=number(found.most / found.least, 1)
    )


def _row(one: Published) -> list[Text]:
    return cells(telling.years(one), telling.published(one), _(COUNTED[one.counted]), Run(one.source, href=one.url))


def _ours(material: Material, code: str) -> list[list[Text]]:
    """Our own counts of the same territory, by definition."""
    found = {
        one.counted: one
        for one in material.indicators
        if (one.code, one.territory, one.basis) == ("places_open", code, "ALL")
    }
    return [
        cells(
            Run(day(material.figures.as_of), "strong"),
            Run(number(found[counted].n or 0), "strong"),
            telling.definition(counted),
            _("this registry, places open on all records"),
        )
        for counted in DEFINITIONS
        if counted in found
    ]
