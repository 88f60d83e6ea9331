"""How the figures were made, what they can't say, and the files they follow from."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from ...definitions import FIGURES, REPORTED
from .. import telling
from ..contents import Block, Paragraph, Points, Run, Section, Table, line
from ..material import Material
from ..telling import cells
from .measured import formulae


def method(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "Each list is read whole: a row becomes an entry or is rejected with a reason, never lost. Entries "
                "that speak of one place are linked by a probability computed from names, addresses, positions, web "
                "domains, telephone numbers and official identifiers; a person’s word overrides it. Of several values "
                "for one field, the one shown is undoubted before doubted, then current, then from whoever is closest "
                "to the place, then the most precise, then the newest."
            )
        )
    )
    yield Section("limits", _("Limits"), [_limits()])
    if material.figures.places:
        yield Section("figures", _("Every figure and how it is made"), list(_figures(material)))
        if material.indicators:
            yield Section("formulae", _("Every indicator and how it is made"), [formulae()])


def _limits() -> Points:
    return Points(
        [
            line(one)
            for one in (
                _(
                    "A list that names a place without a word on its status is taken to say that it was open on the "
                    "day of the list. Lists differ in what they count, in the territories they cover and in how they "
                    "are kept: the counts add up what they say, not what is. A link missed counts one place twice; a "
                    "link too many hides one."
                ),
                _(
                    "A territory with few places may have few, or no list that covers it. Counts of territories that "
                    "different lists cover can’t be compared as if one hand had counted them."
                ),
                _("Closed places vanish from most lists without a word: how many have closed can’t be read off them."),
                _(
                    "Intervals say how far chance alone may move a figure. They don’t hold what the lists have in "
                    "common, get wrong together or leave out together."
                ),
            )
        ]
    )


def _figures(material: Material) -> Iterator[Paragraph | Table]:
    for code in REPORTED:
        title, definition, formula = FIGURES[code]
        rows = [
            cells(
                *(telling.definition(one.counted), telling.basis(one.basis), telling.figure(one)),
                *(telling.of(one.n, one.of), telling.span(*one.span), ", ".join(one.sources)),
            )
            for one in material.figures.figures
            if one.code == code
        ]
        head = [
            _("What is counted"), _("Records"), _("Value"), _("Places"), _("Evidence from"), _("Sources")
        ]  # fmt: skip
        yield Paragraph((Run(f"{_(title)}. ", "strong"), Run(_(definition)), Run(" "), Run(formula, "code")))
        yield Table(_(title), head, rows, frozenset((2, 3)), folded=True)


def files(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "All figures come from these files, published beside this report; the manifest gives the checksum and "
                "the terms of each."
            )
        )
    )
    yield Points([(Run(name, "code", f"../../{name}"),) for name in material.files])
