"""What the report says in short, and the map."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from coworkmed.places.queries import PlaceRow
from coworkmed.web.formats import day, number, percent
from coworkmed.web.map import MEDITERRANEAN, Box, Dot, draw

from ... import published
from ...rules import Figure
from .. import telling
from ..contents import Block, Paragraph, Picture, Points, Run, Text, line
from ..material import Material
from ..telling import many

#: The widest the map may be; what lies further out (overseas departments …) is counted under it.
WIDEST = Box(-19.0, 24.0, 46.0, 60.0)
#: Share of the places that may lie outside the map on each side, so that a stray position does not shrink all others.
STRAY = 0.01
RATIO = 0.56
_COUNTRIES = 5


def summary(material: Material) -> Iterator[Block]:
    figures = material.figures
    if figures.places:
        yield Paragraph(line(" ".join(_lead(material))), "lead")
        yield Paragraph(
            line(
                _(
                    "“Coworking” has no settled meaning, and lists grow old. Each count below therefore names what it "
                    "counts and how old the evidence may be; no single one of them is the number of places."
                )
            )
        )
        yield Points(list(_points(material)))
    else:
        yield Paragraph(line(_("The registry holds no place yet.")), "lead")
        yield Paragraph(
            line(
                _(
                    "Harvest a list, and this page fills: figures with their definitions, what each list brought, and "
                    "what the lists disagree on."
                )
            )
        )
    if material.note:
        terms = telling.filled(_(material.licence), material.params)
        yield Paragraph(line(terms), "warning" if material.warns else "note")
    if material.without:
        families = ", ".join(material.without)
        yield Paragraph(line(_("Left out on purpose: all data under {families}.").format(families=families)), "note")
    if figures.places:
        yield from _map(material)


def _lead(material: Material) -> Iterator[str]:
    figures = material.figures
    everything, current, recent = (
        figures.figure("places_open", "ANY", basis) for basis in ("ALL", "CURRENT", "CONFIRMED")
    )
    yield many(
        ngettext("The registry knows {n} place.", "The registry knows {n} places.", figures.places), figures.places
    )
    lists = len(material.lists)
    yield many(ngettext("It was told of by {n} list.", "They were told of by {n} lists.", lists), lists)
    yield many(ngettext("{n} is said to be open.", "{n} are said to be open.", everything.n), everything.n)
    yield _("Evidence under two years old backs {current} of those, evidence under one year old {recent}.").format(
        current=number(current.n), recent=number(recent.n)
    )
    declared = figures.figure("places_open", "COWORK").n
    yield many(
        ngettext(
            "{n} of the open ones is declared a coworking space.",
            "{n} of the open ones are declared coworking spaces.",
            declared,
        ),
        declared,
    )


def _points(material: Material) -> Iterator[Text]:
    figures = material.figures
    known = [row for row in figures.countries if row.country and row.counts["ANY"]["ALL"]]
    if known:
        first = "; ".join(
            f"{telling.territory(row.country)}: {number(row.counts['ANY']['ALL'])}" for row in known[:_COUNTRIES]
        )
        yield _point(_("Where"), _("Most of them, by country, on all records. {list}.").format(list=first))
    recent = figures.figure("confirmed_share")
    if recent.value is not None:
        yield _point(_("How fresh"), _fresh(recent, figures.figure("stale_share")))
    alone = figures.figure("share_in_one_list")
    if alone.value is not None:
        said = _("{share} of the places are known to one list only.").format(share=percent(alone.value))
        among = _("({n} of {whole} places)").format(n=number(alone.n), whole=number(alone.of))
        yield _point(_("How well covered"), f"{said} {among}")
    yield _point(_("What no list has seen"), unseen(material))
    worst = max((row for row in figures.disagreements if row.n), key=lambda row: row.n / row.of, default=None)
    if worst:
        told = _(
            "Most often on this: {field}, on {n} of the {whole} places of which two lists or more say it ({share})."
        )
        yield _point(
            _("What the lists disagree on"),
            told.format(
                field=telling.field(worst.field), n=number(worst.n), whole=number(worst.of),
                share=percent(worst.n / worst.of),
            ),
        )  # fmt: skip
    if spread := _widest(material):
        yield _point(_("What others have counted"), spread)


def _fresh(recent: Figure, stale: Figure) -> str:
    said = _(
        "Evidence under 12 months old stands behind {n} of the {whole} places not known to be closed ({share}); for "
        "{old} the newest is 12 months old or more."
    ).format(n=number(recent.n), whole=number(recent.of), share=percent(recent.value or 0), old=number(stale.n))
    if recent.span[0]:
        return f"{said} {telling.ended(_('Evidence: {span}').format(span=telling.span(*recent.span)))}"
    return said


def unseen(material: Material) -> str:
    """What the estimates come to, in a sentence or two."""
    lawful = [(row, row.estimate) for row in material.figures.unseen if row.estimate]
    if not lawful:
        return _("No pair of these lists meets the conditions, so no estimate is given.")
    best, found = max(lawful, key=lambda one: one[0].matches)
    return _(
        "In the towns that both of two lists cover, either has {seen} coworking spaces; an estimate of all, with those "
        "neither has seen, is {value} (95 % interval {low} to {high}). Two lists: {left}, {right}."
    ).format(
        seen=number(best.observed), value=number(found.value, 0), low=number(found.low, 0), high=number(found.high, 0),
        left=telling.source(material, best.left).text, right=telling.source(material, best.right).text,
    )  # fmt: skip


def _widest(material: Material) -> str:
    """The country whose published figures lie furthest apart."""
    spreads = [
        (found, row.country)
        for row in material.countries
        if (found := published.widest(published.published(row.country)))
    ]
    if not spreads:
        return ""
    found, country = max(spreads, key=lambda one: one[0].most / one[0].least)
    return _(
        "They contradict each other most here: {territory}, {year}, from {least} to {most}. They are shown side by "
        "side, not averaged."
    ).format(territory=telling.territory(country), year=found.year, least=number(found.least), most=number(found.most))


def _point(title: str, said: str) -> Text:
    return Run(f"{title}. ", "strong"), Run(said)


def _map(material: Material) -> Iterator[Block]:
    shown = [place for place in material.shown if place.get("position")]
    box = _box([_position(place) for place in shown])
    inside = [place for place in shown if box.holds(*_position(place))]
    says = _("The tables below give the same places by country, region and kind.")
    yield Picture("map", _drawn(material, inside, box, says), _("Map of the places"), says)
    located = material.figures.located
    said = [
        many(ngettext("{n} place has a position.", "{n} places have a position.", located), located),
        _("A dot is one place; a number stands for as many too close to be told apart."),
    ]
    if outside := located - len(inside):
        said.append(many(ngettext("{n} lies outside this map.", "{n} lie outside this map.", outside), outside))
    said.append(telling.ended(_("As of {date}").format(date=day(material.figures.as_of))))
    yield Paragraph(line(" ".join(said)), "note")


def _drawn(material: Material, places: Sequence[PlaceRow], box: Box, says: str) -> Markup:
    dots = [
        Dot(
            *_position(place),
            str(place.get("name", place.place_id)),
            material.page(telling.language(), f"places/{place.place_id}/"),
        )
        for place in places
    ]
    return draw(
        dots, title=_("Map of the places"), description=says, box=box, ratio=RATIO, count_label=telling.places
    )  # fmt: skip


def _position(place: PlaceRow) -> tuple[float, float]:
    return place.values["position"]["lat"], place.values["position"]["lon"]


def _box(positions: Sequence[tuple[float, float]]) -> Box:
    """The box that holds all but the stray of the (lat, lon) positions around the Mediterranean."""
    inside = [(lat, lon) for lat, lon in positions if WIDEST.holds(lat, lon)]
    if not inside:
        return MEDITERRANEAN
    stray = int(STRAY * len(inside))
    lats, lons = sorted(lat for lat, _lon in inside), sorted(lon for _lat, lon in inside)
    return Box.around([(lats[stray], lons[stray]), (lats[-1 - stray], lons[-1 - stray])])
