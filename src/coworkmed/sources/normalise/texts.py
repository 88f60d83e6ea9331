"""Plain texts: shouting lowered, lists split, one line made of several."""

import re
from collections.abc import Iterable

from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import Value

from . import encodings

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|\d+[^\W_]*|[^\w]+|_+")
_SMALL = frozenset(
    """
    a à au aux de des du d en et l la le les ou par pour sous sur chez dans un une avec lès lez
    di da del dello della dei degli delle il lo i gli e con per su in al allo alla ai agli alle
    el los las y por para con sin als dels i amb
    na u do s iz za
    of the and at for on
    και της του των στο στη στην το τα η ο οι
    """.split()
)
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})")
_ACRONYMS = frozenset(
    """
    ADAPEI AFPA AFIJ AGORA BIJ PIJ CCAS CCI CIAS CIDFF CNAM CNFPT CNRS CODIM EHPAD ENSAM EPCI EPIC EPIDE EPN ESAT ESS
    FJT GIP GRETA IUT INSA IFAC MIFE MJC MJCI MSAP MFS MPT MLC OPAC PAM PIMMS PLIE PMI SARL SAS SCIC SCOP SCI SIVOM
    UDAF UFCV UNAF ADIE ADSEA APF BGE BPI CAF CPAM CRIJ RSA PACA SIAE TIC URSSAF USB VLC RERS ALSH
    SRL SPA SL SLU DOO IKE EPE AE OE
    """.split()
)
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæáíóúαεηιουωάέήίόύώ]", re.IGNORECASE)
_SEPARATORS = re.compile(r"[|;\n•]+")
_BREAKS = (":", ".", "!", "?", "-", "–")
_COMMA = re.compile(r",(?![^()]*\))")


def shouts(text: str) -> bool:
    """Whether ``text`` is written all in capitals and long enough not to be an acronym or a logo."""
    return text.isupper() and sum(map(str.isalpha, text)) > 5


def lowered(text: str) -> str:
    """A shouted text in the usual case: initials, small words between, acronyms and Roman numerals kept."""
    done = []
    starts = True  # a sentence, or what follows a colon or a spaced dash
    for part in _WORD.findall(text):
        done.append(_cased(part, starts))
        if part[0].isalnum():
            starts = False
        elif part.strip()[-1:] in _BREAKS and part != "-":
            starts = True
    return "".join(done)


def _cased(word: str, starts: bool) -> str:
    if not word[:1].isalpha():
        return word.lower() if word[:1].isdigit() and word[-1:].isalpha() else word
    low = word.lower()
    if word in _ACRONYMS or (len(word) > 1 and _ROMAN.fullmatch(word)):
        return word
    if low in _SMALL and not starts:
        return low
    head, mark, tail = low.partition("'") if "'" in low else low.partition("’")
    if mark and len(head) < 3 and tail:
        return (head.capitalize() if starts else head) + mark + tail.capitalize()
    if len(word) > 1 and not _VOWEL.search(word) and len(word) < 6:
        return word
    return low.capitalize()


def line(text: str) -> str:
    """``text`` on one line."""
    return " ".join(text.split("\n")) if "\n" in text else text


def read(given: str, *, calm: bool = False, multiline: bool = False) -> Value | None:
    """A text as shown: encoding mended, blanks tidied, with ``calm`` shouting lowered. None when nothing is left."""
    text, repair = encodings.tidy(given)
    if not multiline:
        text = line(text)
    if not text:
        return None
    if calm and shouts(text):
        text, repair = lowered(text), repair or "CAPITALS"
    return Value(text, given, repair, "LOST_LETTERS" if encodings.lost_letters(text) else "")


def items(text: str, *, commas: bool = False) -> list[str]:
    """The texts of a list in one cell: at bars, semicolons and line ends, else (``commas``) at commas; no doubles."""
    parts: Iterable[str] = _SEPARATORS.split(text)
    if commas:
        parts = (piece for part in parts for piece in _COMMA.split(part))
    found: dict[str, str] = {}
    for part in parts:
        if (part := part.strip()) and (key := fold(part)):
            found.setdefault(key, part)
    return list(found.values())


def read_list(given: str, *, commas: bool = False) -> Value | None:
    """A list of texts; None when it is empty."""
    text, repair = encodings.tidy(given)
    found = items(text, commas=commas)
    return Value(found, given, repair, "LOST_LETTERS" if encodings.lost_letters(text) else "") if found else None
