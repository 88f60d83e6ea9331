"""From bytes to text: which encoding a file is in."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_

from .common import Options, head, malformed, refuse_html

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS = "«»‹›“”„‘’‚…–—·•°ºª€£©®™§²³½¼\xa0¿¡"
#: Latin encodings that lists of our countries were ever saved in, likeliest first, and the letters then in them.
_LATIN = {
    encoding: frozenset(letters + letters.upper() + _MARKS)
    for letters, encodings in (
        ("àáâãäçèéêëìíîïñòóôõöœùúûüÿß", ("cp1252", "mac_roman", "cp850")),
        ("čćđšžáéíóúöüäë", ("cp1250", "iso8859_2")),
        ("çğıöşüâîûİ", ("cp1254",)),
    )
    for encoding in encodings
}
_OTHER = ("cp1253", "iso8859_7", "cp737", "cp1251", "cp1255", "cp1256", "cp866", "koi8_r")
_SAMPLE = 200_000
_BINARY = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF-", b"\x89PNG", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0")
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A stray byte of Windows Latin in a UTF-8 file, read as what it was; else U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.start + 1]
    return stray.decode("cp1252", "replace"), error.start + 1


codecs.register_error("coworkmed-cp1252", _as_cp1252)


def lines(path: Path, options: Options) -> Iterator[str]:
    """The lines of a text file with their ends, decoded: no byte is skipped, one that makes no sense is U+FFFD.

    Raises SourceError for a web page, a binary file, an empty file and an unknown ``options.encoding``.
    """
    encoding, errors = detect(path, options)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        yield from file


def whole(path: Path, options: Options) -> str:
    """The whole text of a file, as `lines`."""
    return "".join(lines(path, options))


def detect(path: Path, options: Options) -> tuple[str, str]:
    """Encoding of a text file, and the error handler to read it with. What the catalogue declares wins."""
    start = head(path, _SAMPLE)
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise SourceError(N_("The file is empty."))
    refuse_html(start)
    if start.startswith(_BINARY):
        raise malformed(N_("The file is not a text file."))
    if declared := str(options.get("encoding", "")):
        return _declared(declared, start), "replace"
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding, "replace"
    if wide := _utf16(start):
        return wide, "replace"
    if len(_CONTROLS.findall(start)) > len(start) * 0.1:
        raise malformed(N_("The file is not a text file."))
    good, bad = _non_ascii_lines(path)
    if not bad:
        return "utf-8", "strict"
    if good > len(bad):
        return "utf-8", "coworkmed-cp1252"
    return _one_byte(b"".join(bad)), "replace"


def _one_byte(sample: bytes) -> str:
    """The one-byte encoding of a text. Which script it is in, its statistics tell well; but not which Latin encoding,
    on lists of a few lines as most of ours are: there, the one that makes the most of its bytes letters in place."""
    found = from_bytes(sample, cp_isolation=[*_LATIN, *_OTHER]).best()
    if found and found.encoding in _OTHER:
        return found.encoding
    return max(_LATIN, key=lambda encoding: _letters_in_place(sample.decode(encoding, "replace"), _LATIN[encoding]))


def _letters_in_place(text: str, letters: frozenset[str]) -> int:
    """How many characters beyond ASCII are letters of the language, less the capitals inside a word."""
    beyond = [(before, letter) for before, letter in pairwise(f" {text}") if letter > "\x7f"]
    return sum((letter in letters) - 2 * (before.islower() and letter.isupper()) for before, letter in beyond)


def _declared(encoding: str, start: bytes) -> str:
    try:
        codec = codecs.lookup(encoding)
        codec.decode(b"")[0].encode()
    except (LookupError, AttributeError, TypeError, ValueError):
        raise SourceError(N_("There is no encoding called “{encoding}”."), encoding=encoding) from None
    if codec.name == "utf-8" and start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return codec.name


def _utf16(start: bytes) -> str:
    """UTF-16 without a byte order mark shows as every other byte being NUL."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > len(start) * 0.2 and odd > 4 * even:
        return "utf-16-le"
    if even > len(start) * 0.2 and even > 4 * odd:
        return "utf-16-be"
    return ""


def _non_ascii_lines(path: Path) -> tuple[int, list[bytes]]:
    """Of the lines beyond ASCII: how many are UTF-8, and a sample of those that are not."""
    good = 0
    bad: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            if not _HIGH.search(line):
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad.append(line[:2000])
            if len(bad) > 2000:
                break
    return good, bad
