"""A language nobody speaks, to see the site with before anyone has translated it: every English text accented, a third
longer, between brackets, and written from right to left.

What stays plain was never marked for translation; a bracket cut off is a layout too narrow. The code is Arabic's, so
that dates, numbers and names of countries are truly Arabic. For development: ``COWORKMED_PSEUDO=1`` (`settings`).
"""

import re

from django.utils.translation import trans_real

CODE = "ar"
_ACCENTS = str.maketrans("aceinosuyACEINOSUYlr", "áçéíñöşüýÁÇÉÍÑÖŞÜÝłŕ")
_KEPT = re.compile(r"(\{[^{}]*\}|%\(\w+\)[sd]|%[sd]|<[^<>]*>|https?://\S+)")


def accented(text: str) -> str:
    """``text`` as the pseudo-language has it: ``{parameters}``, tags and addresses untouched, the rest recognisable."""
    if not text.strip():
        return text
    parts = _KEPT.split(text)  # what is kept stands at odd places
    said = "".join(part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts))
    return f"⟦{said}{' ·' * (len(text) // 6)}⟧"


class PseudoTranslation(trans_real.DjangoTranslation):
    """Arabic's plural rule and direction, with English words."""

    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return accented(message)


def install() -> None:
    """From now on, ``CODE`` speaks the pseudo-language in this process."""
    _catalogues()[CODE] = PseudoTranslation(CODE)


def remove() -> None:
    """Forget it again."""
    _catalogues().pop(CODE, None)


def _catalogues() -> dict[str, trans_real.DjangoTranslation]:
    """Where Django keeps the catalogues it has loaded; it offers no other way to bring one of one's own."""
    loaded: dict[str, trans_real.DjangoTranslation] = vars(trans_real)["_translations"]
    return loaded
