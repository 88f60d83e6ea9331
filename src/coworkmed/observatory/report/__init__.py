"""The state of play as a document in seven languages: one content (`contents`), as a page that stands alone and as a
PDF to print.

`write` draws it up from `Material` in the language that is active; `html` and `pdf` render it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coworkmed.kernel.i18n import LANGUAGE_NAMES, N_
from coworkmed.web.formats import day

from . import telling
from .chapters import countries, counts, lists, measured, method, summary
from .contents import Block, Chapter, Note, Report, Section
from .material import Material
from .pages import door, html
from .paper import pdf

__all__ = ["CHAPTERS", "Material", "Report", "door", "html", "pdf", "write"]


@dataclass(frozen=True, slots=True)
class _Chapter:
    """``always`` whether it has something to say of an empty registry, too."""

    title: str
    blocks: Callable[[Material], Iterator[Block]]
    always: bool = False


_ALL: Mapping[str, _Chapter] = {
    "summary": _Chapter(N_("In short"), summary.summary, always=True),
    "counts": _Chapter(N_("How many, by which definition"), counts.counts),
    "age": _Chapter(N_("How fresh the evidence is"), counts.age),
    "where": _Chapter(N_("Where they are"), counts.where),
    "countries": _Chapter(N_("Country by country"), countries.countries),
    "kinds": _Chapter(N_("Of what kind"), counts.kinds),
    "indicators": _Chapter(N_("Indicators"), measured.indicators),
    "unseen": _Chapter(N_("What no list has seen"), lists.unseen),
    "disagree": _Chapter(N_("What the lists disagree on"), lists.disagreements),
    "published": _Chapter(N_("What others have counted"), countries.compared),
    "sources": _Chapter(N_("Sources and licences: what each list brought"), lists.sources, always=True),
    "open-work": _Chapter(N_("Left to a person"), lists.left_to_a_person, always=True),
    "method": _Chapter(N_("Method and limits"), method.method, always=True),
    "files": _Chapter(N_("Files to recompute it from"), method.files, always=True),
}
#: Keys of the chapters, in their order: a coordinator's note may stand in each.
CHAPTERS = tuple(_ALL)


def write(material: Material) -> Report:
    """The report of ``material`` in the active language."""
    when = day(material.figures.as_of)
    return Report(
        language=telling.language(),
        eyebrow=_("State of play"),
        title=_("Third places, as their lists tell them"),
        full_title=_("Third places: a state of play, {date}").format(date=when),
        day=_("As of {date}").format(date=when),
        as_of=material.figures.as_of,
        chapters=[_chapter(material, key, one) for key, one in _ALL.items() if _told(material, key, one)],
        foot=_(
            "Made with CoWorkMed, open software under the EUPL. Each figure may be recomputed from the files published "
            "with it."
        ),
        running=f"CoWorkMed · {_('State of play')} · {when}",
    )


def _told(material: Material, key: str, one: _Chapter) -> bool:
    if key == "files":
        return bool(material.files)
    if key == "indicators":
        return bool(material.figures.places and material.indicators)
    return one.always or bool(material.figures.places)


def _chapter(material: Material, key: str, one: _Chapter) -> Chapter:
    blocks = [_noted(material, block) for block in one.blocks(material)]
    return Chapter(key, _(one.title), [*_note(material, key), *blocks])


def _noted(material: Material, block: Block) -> Block:
    """A part, with a coordinator's note at its head where there is one."""
    if isinstance(block, Section) and (notes := _note(material, block.key)):
        return Section(block.key, block.title, [*notes, *block.blocks])
    return block


def _note(material: Material, section: str) -> list[Note]:
    found = material.editorial.of(section, telling.language())
    if not found:
        return []
    language, blocks = found
    title = _("Note of the coordinator")
    if language != telling.language():
        # Translators: what follows is the name of a language, in that language
        title = f"{title} · {_('Not translated yet; language of the note:')} {LANGUAGE_NAMES[language]}"
    return [Note(title, language, blocks)]
