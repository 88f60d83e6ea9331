"""The Jinja2 environment of every page of ours, and of the published report."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.i18n import LANGUAGE_NAMES, N_

from . import formats
from .map import rhumbs


def environment(**options: Any) -> Environment:
    """As Django's Jinja2 backend calls it, or anyone with a ``loader``. A name nobody set is an error."""
    theirs = {name: value for name, value in options.items() if name not in ("autoescape", "undefined")}
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **theirs)
    made.globals |= {
        "FIELDS": FIELDS,
        "LANGUAGE_NAMES": LANGUAGE_NAMES,
        "N_": N_,
        "demo": settings.ENV.demo,
        "_": say,
        "gettext": say,
        "in_language": in_language,
        "language": lambda: translation.get_language() or "en",
        "map_style": (settings.ENV.map_style.split() or [""])[0],
        "ngettext": say_many,
        "rhumbs": rhumbs,
        "right_to_left": translation.get_language_bidi,
        "static": static,
        "url": url,
    }
    made.filters |= {
        "age": formats.age,
        "bdi": bdi,
        "country": formats.country,
        "day": formats.day,
        "host": formats.host,
        "language_name": formats.language_name,
        "number": formats.number,
        "own_words": formats.own_words,
        "percent": formats.percent,
        "phone": formats.phone,
        "price": formats.price,
        "size": formats.size,
    }
    return made


def say(message: str, **params: Any) -> str:
    """``message`` in the reader's language, its ``{named}`` places filled; what fills them is escaped."""
    return _fill(translation.gettext(message), params) if message else ""


def say_many(singular: str, plural: str, count: int, **params: Any) -> str:
    """The form for ``count``, which fills ``{n}`` as the reader writes numbers."""
    return _fill(translation.ngettext(singular, plural, count), {"n": formats.number(count)} | params)


class _Blank(dict[str, Any]):
    """Sentences kept in the database may be older than their template: a part nobody gave is shown as missing."""

    def __missing__(self, key: str) -> str:
        return "…"


def _fill(template: str, params: Mapping[str, Any]) -> str:
    if "{" not in template:
        return template
    try:
        return escape(template).format_map(_Blank(params))
    except (LookupError, ValueError, AttributeError):
        return template


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args, kwargs=kwargs)


def in_language(path: str, code: str) -> str:
    """``path`` of a page of ours, in another language: every page has the same address in each, behind its code.

    Without a ``code``, the address that leads every reader to their own language.
    """
    first, _, rest = path.lstrip("/").partition("/")
    rest = rest if first in dict(settings.LANGUAGES) else path.lstrip("/")
    return f"/{code}/{rest}" if code else f"/{rest}"


def bdi(text: Any) -> Markup:
    """Text kept from disturbing the direction of the sentence around it."""
    return Markup("<bdi>{}</bdi>").format(text)
