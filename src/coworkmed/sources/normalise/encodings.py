"""Text damaged on its way through other programs: mended where certain, doubted where letters are gone."""

import html
import re
import unicodedata
from functools import lru_cache

import ftfy

_DOUBLE_ENCODED = re.compile("[ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑØÙðâ][\u0080-\u00bf\u0152-\u2122]|[ÃÂ]")
_BYTE_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"[^\S\n]+")
# U+FFFD; a letter that became "_" or "?" inside a word (“Espa_a”, “Caf?s”); Mac Roman damage (“Vend<_me”, “Sart‹ne”)
_LOST = re.compile("[\ufffd\x80-\x9f]|[^\\W\\d_]<_|(?<=[^\\W\\d_])[?‹›](?=[^\\W\\d_])|__[‰î]|[ÌÕ][©¬»«¼½ªº_]")
_LOST_UNDERSCORE = re.compile(r"(?<=[^\W\d_])_(?=[^\W\d_]{1,12}\b)(?![^\W_]*_)|(?<=[^\W\d_]{3})_(?=[\s,]|$)")


def tidy(text: str) -> tuple[str, str]:
    """``text`` without invisible characters, outer blanks and runs of blanks, in composed form (NFC); and the code of
    the repair if it had been encoded twice ("MOJIBAKE") or held HTML entities ("ENTITIES")."""
    if text.isascii() and text.isprintable() and "  " not in text and "&" not in text and "\\" not in text:
        return text.strip(), ""
    return _tidy(text)


def visible(text: str) -> str:
    """``text`` without its invisible characters."""
    return _INVISIBLE.sub("", text)


def lost_letters(text: str) -> bool:
    """Whether letters of ``text`` were lost for good, as far as its marks tell."""
    if "_" in text and " " in text.strip() and _LOST_UNDERSCORE.search(text):
        return True
    return bool(_LOST.search(text))


@lru_cache(maxsize=100_000)
def _tidy(text: str) -> tuple[str, str]:
    mended, repair = text, ""
    if _ENTITY.search(mended):
        mended, repair = html.unescape(mended), "ENTITIES"
    if "\\x" in mended:
        mended, repair = _BYTE_ESCAPES.sub(_decoded, mended), "MOJIBAKE"
    if _DOUBLE_ENCODED.search(mended):
        fixed = unicodedata.normalize("NFC", ftfy.fix_encoding(mended))
        # certain only if it gives plain letters: "IpÌ©fix" went through Mac Roman, and gives stray marks
        if "\ufffd" not in fixed and len(fixed) < len(mended) and all(map(_plain, fixed)):
            mended, repair = fixed, "MOJIBAKE"
    mended = unicodedata.normalize("NFC", mended.replace("\r\n", "\n").replace("\r", "\n"))
    mended = _BLANKS.sub(" ", _INVISIBLE.sub("", mended))
    lines = (line.strip() for line in mended.split("\n"))
    mended = "\n".join(line for line in lines if line)
    return mended, repair if mended != text else ""


def _plain(letter: str) -> bool:
    return not unicodedata.combining(letter) and unicodedata.category(letter) not in ("Cn", "Co")


def _decoded(found: re.Match[str]) -> str:
    try:
        return bytes.fromhex(found[0].replace("\\x", "")).decode()
    except UnicodeDecodeError:
        return found[0]
