"""What a report is made of: chapters of paragraphs, points, tables and pictures, already in one language.

Two renderers read it, `pages` (HTML) and `paper` (a document set by Typst); neither knows a figure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in one manner: ``style`` "", "strong", "emphasis" or "code"; ``href`` makes them a link, ``language``
    says which they are in, where that is not the report's."""

    text: str
    style: str = ""
    href: str = ""
    language: str = ""


#: What stands in one line.
Text = tuple[Run, ...]


def line(*parts: str | Run) -> Text:
    """Words and runs, one after the other."""
    return tuple(part if isinstance(part, Run) else Run(part) for part in parts if part)


def plain(text: Text) -> str:
    return "".join(run.text for run in text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``tone``: "" for running text, "lead", "note" (small) or "warning"."""

    text: Text
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list; numbered where ``ordered``."""

    items: Sequence[Text]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of each row names it; the columns in ``numbers`` are set flush with the end. What is ``folded``
    waits on a page to be opened; on paper it stands."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Text]]
    numbers: frozenset[int] = frozenset()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """``kind`` "map" or "chart"; ``title`` says in a line what is seen and ``says`` tells it to whoever sees nothing;
    ``behind`` is the table it was drawn from."""

    kind: str
    svg: Markup
    title: str
    says: str
    behind: Table | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a coordinator wrote, in ``language``, and marked as theirs; ``title`` says so."""

    title: str
    language: str
    blocks: Sequence["Paragraph | Points"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter."""

    key: str
    title: str
    blocks: Sequence["Paragraph | Points | Table | Picture | Note"]


Block = Paragraph | Points | Table | Picture | Note | Section


@dataclass(frozen=True, slots=True)
class Chapter:
    """``key`` names it in addresses, and in the names of a coordinator's files."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Report:
    """``title`` with its ``eyebrow`` above and the day under it; ``foot`` stands at its end, ``running`` at the foot of
    each page."""

    language: str
    eyebrow: str
    title: str
    full_title: str
    day: str
    as_of: date
    chapters: Sequence[Chapter]
    foot: str
    running: str

    def texts(self) -> Iterator[str]:
        """Every word of it, in order: for tests, and for whoever searches."""
        for chapter in self.chapters:
            yield chapter.title
            yield from _words(chapter.blocks)


def _words(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(text):
                yield plain(text)
            case Points(items):
                yield from map(plain, items)
            case Table(caption, head, rows):
                yield caption
                yield from head
                yield from (plain(cell) for row in rows for cell in row)
            case Picture():
                yield block.title
                yield block.says
                yield from _words([block.behind] if block.behind else [])
            case Note() | Section():
                yield block.title
                yield from _words(block.blocks)
