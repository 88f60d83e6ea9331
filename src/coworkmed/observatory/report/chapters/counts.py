"""How many places, how fresh the news of them is, where they are, and of what kind."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from django.utils.translation import gettext as _

from coworkmed.kernel.fields import KINDS
from coworkmed.places.rules import FRESHNESS
from coworkmed.web.formats import day, number, percent

from ... import chart as series
from ...definitions import BANDS, BASES, DEFINITIONS
from ...rules import Territory
from .. import telling
from ..contents import Block, Paragraph, Picture, Points, Run, Table, Text, line
from ..drawn import Bar, Line, bars, lines
from ..material import Material
from ..telling import cells

_NUMBERS = frozenset(range(1, 20))
_AGES = ("vouched_share", "confirmed_share", "stale_share", "hidden_share", "median_age_of_confirmation")
_MOST_BARS = 12


def counts(material: Material) -> Iterator[Block]:
    """By definition, and by how old the evidence is."""
    figures = material.figures
    rows = [
        cells(
            Run(telling.definition(one), "strong"),
            *(telling.of((found := figures.figure("places_open", one, basis)).n, found.of) for basis in BASES),
        )
        for one in DEFINITIONS
    ]
    caption = _("Places said to be open. From left to right, the evidence has to be younger.")
    table = Table(caption, ["", *map(telling.basis, BASES)], rows, _NUMBERS)
    drawn = [
        Bar(f"{telling.definition(one)} · {telling.basis(basis)}", found.n, number(found.n))
        for one in DEFINITIONS
        for basis in BASES
        for found in [figures.figure("places_open", one, basis)]
    ]
    yield pictured(_("Places said to be open, by definition and age of the evidence"), drawn, "counts", table)
    yield Points(
        [(Run(f"{telling.definition(code)}. ", "strong"), Run(_(one.text))) for code, one in DEFINITIONS.items()]
    )


def age(material: Material) -> Iterator[Block]:
    """How fresh the evidence is, today and month by month."""
    figures = material.figures
    yield Paragraph(
        line(
            _(
                "Every fact ages. A place nobody has spoken of for two years keeps its page but leaves the counts of "
                "what is current; silence is never taken for closure."
            )
        )
    )
    shares = [figures.figure(code) for code in _AGES]
    rows = [
        cells(_(one.title), telling.figure(one), telling.of(one.n, one.of), telling.span(*one.span)) for one in shares
    ]
    head = [_("Figure"), _("Value"), _("Places"), _("Evidence from")]
    yield Table(_("How sure the registry is of its places"), head, rows, frozenset((1, 2)))
    alive = sum(figures.ages.values())
    bands = [(_(BANDS[band]), count) for band, count in figures.ages.items() if count or band]
    behind = Table(
        _("Age of the newest evidence, places not known to be closed"),
        [_("Age"), _("Places"), _("Share")],
        [cells(label, number(count), telling.share(count, alive)) for label, count in bands],
        frozenset((1, 2)),
    )
    if alive:
        drawn = [Bar(label, count, f"{number(count)} ({telling.share(count, alive)})") for label, count in bands]
        yield pictured(behind.caption, drawn, "ages", behind, top=alive)
    if stands := _stands(material):
        yield Paragraph(line(" · ".join(stands)), "note")
    yield from _past(material)


def _stands(material: Material) -> list[str]:
    """How sure we are of the places, in words, with how many there are of each; most sure first."""
    count = {code: sum(place.freshness == code for place in material.shown) for code in FRESHNESS}
    return [f"{_(label)}: {number(count[code])}" for code, label in FRESHNESS.items() if count[code]]


def _past(material: Material) -> Iterator[Block]:
    found = series.chart(material.past)
    if not found:
        return
    points, labels = found.points, [_(one.label) for one in found.lines]
    rows = [
        cells(
            day(point.month),
            number(point.of),
            *(percent(getattr(point, one.code)) if point.told else telling.NONE for one in found.lines),
        )
        for point in reversed(points)
    ]
    title = _("Month by month, share of the places then not known to be closed")
    behind = Table(title, [_("End of"), _("Places"), *labels], rows, _NUMBERS, folded=True)
    told = [
        Line(label, list(map(attrgetter(one.code), points))) for one, label in zip(found.lines, labels, strict=True)
    ]
    ends = day(points[0].month), day(points[-1].month)
    svg = lines(told, ends=ends, scale=percent, title=title, says=says(), name="past")
    yield Picture("chart", svg, title, says(), behind)


def where(material: Material) -> Iterator[Block]:
    """By country."""
    countries = material.figures.countries
    head = ["", *(f"{telling.definition(one)} · {telling.basis(basis)}" for one in DEFINITIONS for basis in BASES)]
    behind = Table(
        _("Places said to be open, by country"),
        head,
        [
            cells(
                telling.territory(row.country),
                *(number(row.counts[one][basis]) for one in DEFINITIONS for basis in BASES),
            )
            for row in countries
        ],
        _NUMBERS,
    )
    yield pictured(behind.caption, _by_country(countries), "countries", behind)
    concentrated = [row for row in material.figures.concentration if row.of >= 5]
    if concentrated:
        yield Table(
            _(
                "The town with most open places, and how concentrated all are (Herfindahl index: 1 if all stand in one "
                "town, near 0 if spread evenly); countries with five places or more"
            ),
            [_("Country"), _("Town"), _("Places"), _("Share"), _("Herfindahl index")],
            [
                cells(
                    *(telling.territory(row.country), row.locality, telling.of(row.n, row.of)),
                    *(telling.share(row.n, row.of), number(row.herfindahl)),
                )
                for row in concentrated
            ],
            frozenset((2, 3, 4)),
        )


def _by_country(countries: Sequence[Territory]) -> list[Bar]:
    return [
        Bar(telling.territory(row.country), count, number(count))
        for row in countries[:_MOST_BARS]
        if (count := row.counts["ANY"]["ALL"])
    ]


def kinds(material: Material) -> Iterator[Block]:
    yield Paragraph(line(_("A place may be of several kinds, so the rows add up to more than the places.")))
    rows: list[list[Text]] = []
    drawn: list[Bar] = []
    for row in material.figures.kinds:
        label = _(KINDS[row.kind]) if row.kind else _("No kind declared")
        main = number(row.main) if row.kind else telling.NONE
        rows.append(cells(label, number(row.open), number(row.current), main))
        drawn.append(Bar(label, row.open, number(row.open)))
    head = [_("Kind"), _("Said to be open"), _("Evidence under 24 months old"), _("Main kind")]
    behind = Table(_("Places said to be open, by kind"), head, rows, _NUMBERS)
    if drawn:
        yield pictured(behind.caption, drawn, "kinds", behind)


def pictured(title: str, rows: Sequence[Bar], name: str, behind: Table, top: float | None = None) -> Picture:
    most = max((row.value or 0 for row in rows), default=0) if top is None else top
    return Picture("chart", bars(rows, top=most, title=title, says=says(), name=name), title, says(), behind)


def says() -> str:
    """What a chart tells whoever sees nothing: its table does."""
    return _("The table that follows gives the same figures.")
