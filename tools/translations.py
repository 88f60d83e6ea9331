"""The catalogues of messages: gather them from the code, bring them up to date, compile them, say what is missing.

    python tools/translations.py extract | update | compile | missing

Messages are written in English in the code; each other language has `src/coworkmed/locale/<language>/LC_MESSAGES/
django.po`. Everything is done by Babel, so no gettext tools are needed. Files name no line numbers and are sorted, so
that a change of code changes only what it says.
"""

import argparse
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from coworkmed.kernel.i18n import LANGUAGES

SOURCE = Path(__file__).resolve().parents[1] / "src" / "coworkmed"
LOCALE = SOURCE / "locale"
WRITTEN_IN = "en"
METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("web/templates/**.html", "jinja2")]
METHODS_OF_TEMPLATES = {"web/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
#: A real date in the header would change every file at each run.
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# Translations of CoWorkMed. EUPL-1.2.\n"


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="The catalogues of messages.")
    parser.add_argument("task", choices=["extract", "update", "compile", "missing"])
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder of the code (%(default)s)")
    parser.add_argument("--locale", type=Path, default=LOCALE, help="folder of the catalogues (%(default)s)")
    given = parser.parse_args(arguments)
    match given.task:
        case "extract":
            write(extract(given.source), given.locale / "django.pot")
        case "update":
            update(extract(given.source), given.locale)
        case "compile":
            compile_all(given.locale)
        case "missing":
            wanting = list(missing(extract(given.source), given.locale))
            print("\n".join(wanting) or "Every message is translated.")
            return 1 if wanting else 0
    return 0


def extract(source: Path) -> Catalog:
    """Every message marked in the Python files and templates under ``source``."""
    template = _fresh()
    found = extract_from_dir(source, METHODS, METHODS_OF_TEMPLATES, KEYWORDS, comment_tags=("Translators:",))
    for file, _line, message, comments, context in sorted(found, key=lambda one: (one[0], str(one[2]))):
        template.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return template


def update(template: Catalog, locale: Path) -> None:
    """Bring each language's file up to ``template``: what is new is empty. Nothing is guessed from what looks alike:
    that took minutes a language, and translators wrote anew all the same."""
    for language in LANGUAGES:
        if language != WRITTEN_IN:
            path = _po(locale, language)
            catalog = read(path, language) if path.exists() else _fresh(language)
            catalog.update(template, no_fuzzy_matching=True, update_header_comment=True, update_creation_date=False)
            catalog.obsolete.clear()
            write(catalog, path)


def _fresh(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        project="CoWorkMed",
        header_comment=HEADER,
        creation_date=UNDATED,
        revision_date=UNDATED,
        fuzzy=False,
    )


def read(path: Path, language: str) -> Catalog:
    """The catalogue of a language."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)


def compile_all(locale: Path) -> None:
    """Write the `.mo` beside each `.po`; what is fuzzy or untranslated stays English."""
    for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path, path.parents[1].name))


def missing(template: Catalog, locale: Path) -> Iterator[str]:
    """What is wanting, a line each: untranslated, fuzzy, or with other ``{named}`` places than the English."""
    for language in LANGUAGES:
        if language == WRITTEN_IN:
            continue
        path = _po(locale, language)
        catalog = read(path, language) if path.exists() else _fresh(language)
        for message in template:
            if message.id and (why := _wanting(message, catalog.get(message.id, message.context), catalog)):
                yield f"{language}: {why}: {_first(message.id)}"


def _wanting(message: Message, translated: Message | None, catalog: Catalog) -> str:
    texts = _texts(translated.string or "") if translated else []
    forms = catalog.num_plurals if message.pluralizable else 1
    if translated is None or len(texts) != forms or not all(texts):
        return "untranslated"
    if translated.fuzzy:
        return "fuzzy"
    wanted = set().union(*map(places, _texts(message.id)))
    if any(not places(text) <= wanted for text in texts) or wanted != set().union(*map(places, texts)):
        return "other {named} places"
    return ""


def places(text: str) -> set[str]:
    """The ``{named}`` places of a message; those of a broken one can't be told from the text itself."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}


def _texts(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return _texts(text)[0]


def _po(locale: Path, language: str) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    sys.exit(main())
