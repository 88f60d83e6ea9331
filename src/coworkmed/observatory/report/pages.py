"""A report as a page that stands alone: no script, no other file, no other host."""

from collections.abc import Collection

from django.template.loader import render_to_string

from coworkmed.kernel.i18n import LANGUAGE_NAMES

from . import contents
from .contents import Report


def html(report: Report, languages: Collection[str] = ()) -> str:
    """The page, in the report's language (which must be active). It stands in a folder named by its language, beside
    those of the other ``languages``; what it links to of ours is published two folders up."""
    kinds = {name: getattr(contents, name) for name in ("Paragraph", "Points", "Table", "Picture", "Note", "Section")}
    shown = {
        "report": report,
        "kind_of": lambda block: next(name for name, kind in kinds.items() if isinstance(block, kind)),
        "others": {
            code: name for code, name in LANGUAGE_NAMES.items() if code in languages and code != report.language
        },
    }
    return render_to_string("report/index.html", shown, using="jinja2")


def door(languages: Collection[str]) -> str:
    """The page that leads to the report in each language, to stand in the folder above them."""
    shown = {"languages": {code: name for code, name in LANGUAGE_NAMES.items() if code in languages}}
    return render_to_string("report/languages.html", shown, using="jinja2")
