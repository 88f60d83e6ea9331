"""What a coordinator adds to a report: Markdown files ``editorial/SECTION.LANGUAGE.md`` in the site's folder.

Paragraphs, lists, emphasis and links to https addresses; all else is text. Of a section that nobody has written of in
the reader's language, the words are given in another, which is named.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import LANGUAGES, N_

from .contents import Paragraph, Points, Run, Text

LONGEST = 20_000  # letters of a file
_NAME = re.compile(r"([a-z-]+|country-[A-Z]{2})\.([a-z]{2})\.md")
_COUNTRY = re.compile(r"country-[A-Z]{2}")
_DEEPEST = 12  # five lists within one another; what lies deeper is left out
#: Nothing of Markdown but these, and no HTML at all.
_READ = MarkdownIt("zero", {"maxNesting": _DEEPEST}).enable(["emphasis", "escape", "link", "list", "newline"])


@dataclass(frozen=True, slots=True)
class Editorial:
    """``said``: (section, language) → Markdown."""

    said: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, section: str, language: str) -> tuple[str, Sequence[Paragraph | Points]] | None:
        """What is said of a section, and in which language: the reader's, else English, French, or any."""
        for one in (language, "en", "fr", *LANGUAGES):
            if text := self.said.get((section, one)):
                return one, blocks(text)
        return None


def root() -> Path:
    """The folder of this site's editorial notes."""
    return Path(settings.ENV.var) / "editorial"


def read(folder: Path, sections: Collection[str]) -> Editorial:
    """The notes in ``folder``, which need not be there. CoworkmedError for a file that can't be used, with the reason:
    a note that silently went missing would be worse."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        meant = _NAME.fullmatch(path.name)
        if not meant or meant[2] not in LANGUAGES:
            raise CoworkmedError(
                N_("{file}: an editorial note is called SECTION.LANGUAGE.md, for example summary.fr.md."), file=path
            )
        section = meant[1]
        if section not in sections and not _COUNTRY.fullmatch(section):
            raise CoworkmedError(
                N_("{file}: the report has no section called {section}. It has {sections}, and country-FR and so on."),
                file=path, section=section, sections=", ".join(sections),
            )  # fmt: skip
        found[section, meant[2]] = _text(path)
    return Editorial({key: text for key, text in found.items() if text.strip()})


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise CoworkmedError(N_("{file} can’t be read as UTF-8 text."), file=path) from None
    if len(text) > LONGEST:
        raise CoworkmedError(
            N_("{file} is longer than {most} letters: an editorial note is a few paragraphs."), file=path, most=LONGEST
        )
    return text


def blocks(markdown: str) -> list[Paragraph | Points]:
    """The paragraphs and lists of a note; a list within a list goes on in the one around it."""
    found: list[Paragraph | Points] = []
    items: list[Text] = []
    depth, ordered = 0, False
    for token in _READ.parse(_clean(markdown)):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                ordered = token.type == "ordered_list_open" if depth == 0 else ordered
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                if depth == 0 and items:
                    found.append(Points(items, ordered))
                    items = []
            case "inline":
                if text := tuple(_runs(token.children or ())):
                    if depth:
                        items.append(text)
                    else:
                        found.append(Paragraph(text))
    return found


def _runs(tokens: Iterable[Token]) -> Iterator[Run]:
    styles: list[str] = []
    href = ""
    for token in tokens:
        match token.type:
            case "em_open" | "strong_open":
                styles.append("strong" if token.type == "strong_open" else "emphasis")
            case "em_close" | "strong_close":
                styles.pop()
            case "link_open":
                href = _https(str(token.attrs.get("href", "")))
            case "link_close":
                href = ""
            case "softbreak" | "hardbreak":
                yield Run(" ")
            case _ if token.content:
                yield Run(token.content, styles[-1] if styles else "", href)


def _https(address: str) -> str:
    """The address, if it is of a page on the web by https; "" otherwise."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme == "https" and parts.hostname and not parts.username else ""


def _clean(text: str) -> str:
    """Without what can't be seen and turns a line around or breaks a page: control and format characters."""
    return "".join(
        letter
        for letter in text
        if letter in "\n\u200c\u200d" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
