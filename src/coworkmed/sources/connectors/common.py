"""What every connector leans on: opening what is packed, cells as text, and the words for what goes wrong."""

import gzip
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_

#: The most an archive may hold once unpacked, in bytes, and how many times its own size once beyond `_SMALL`.
UNPACKED_LIMIT = 2_000_000_000
_RATIO_LIMIT = 200
_SMALL = 20_000_000
_CHUNK = 1 << 16

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_DATA_SUFFIXES = (".csv .tsv .txt .json .geojson .ndjson .jsonl .xlsx .xls .ods .gpkg .osm .pbf").split()

Options = Mapping[str, Any]


def malformed(message: str, detail: object = "") -> SourceError:
    """The error for a file that is not what the catalogue says it is; ``message`` may have a place for {detail}."""
    return SourceError(message, detail=clean(str(detail)).strip().rstrip(".")[:300])


def clean(text: str) -> str:
    """``text`` without what no database and no UTF-8 file can hold: NUL goes, lone surrogates become U+FFFD."""
    return _UNSAFE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text) if _UNSAFE.search(text) else text


def cell(value: object) -> str:
    """One scalar as text: nothing is "", a flag "true" or "false", a whole number has no decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return clean(str(value))


def unique(headers: list[str]) -> list[str]:
    """Column names made of a header row: one line each, none empty, none twice."""
    taken: set[str] = set()
    turns: dict[str, int] = {}
    names = []
    for position, header in enumerate(headers, start=1):
        base = name = " ".join(clean(header).replace("\ufeff", "").split()) or f"column {position}"
        while name in taken:
            turns[base] = turns.get(base, 1) + 1
            name = f"{base} ({turns[base]})"
        taken.add(name)
        names.append(name)
    return names


def head(path: Path, size: int = _CHUNK) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise SourceError(N_("The file can't be opened: {detail}."), detail=error.strerror or str(error)) from error


def refuse_html(start: bytes) -> None:
    """An error page saved in place of the list is the commonest broken download."""
    if _HTML.match(start):
        raise SourceError(N_("The file is a web page and not a list: its address may have changed."))


@contextmanager
def unpacked(path: Path, options: Options, whole: bool = False) -> Iterator[Path]:
    """``path``, or what it holds where it is gzip or a zip of one file (``options.member`` names it among several).

    ``whole``: the format is itself a zip (a spreadsheet, a folder of documents), leave that to its connector.
    Raises SourceError for a broken archive, an ambiguous one, and one that unpacks to far more than it should.
    """
    start = b"" if path.is_dir() else head(path, 4)
    if start.startswith(_GZIP):
        with tempfile.TemporaryDirectory(prefix="coworkmed-") as folder:
            target = Path(folder) / (path.stem or "list")
            with _archive_errors(), gzip.open(path) as packed:
                _copy(packed, target, path.stat().st_size)
            yield target
    elif start == _ZIP and not whole:
        with tempfile.TemporaryDirectory(prefix="coworkmed-") as folder:
            with _archive_errors(), zipfile.ZipFile(path) as archive:
                member = _member(archive, str(options.get("member", "")))
                target = Path(folder) / Path(member.filename).name
                with archive.open(member) as packed:
                    _copy(packed, target, path.stat().st_size)
            yield target
    else:
        yield path


def _member(archive: zipfile.ZipFile, wanted: str) -> zipfile.ZipInfo:
    files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if wanted:
        files = [one for one in files if one.filename == wanted]
    if len(files) > 1:
        files = [one for one in files if Path(one.filename).suffix.lower() in _DATA_SUFFIXES] or files
    if len(files) != 1:
        names = ", ".join(sorted(one.filename for one in archive.infolist())[:20])
        raise SourceError(
            N_("The zip should hold one list; say which in options.member. It holds: {names}."), names=clean(names)
        )
    return files[0]


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, packed_size: int) -> None:
    limit = min(UNPACKED_LIMIT, max(_SMALL, packed_size * _RATIO_LIMIT))
    size = 0
    with target.open("wb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise SourceError(
                    N_("The archive unpacks to more than {limit} MB; it is refused."), limit=limit // 10**6
                )
            file.write(chunk)


@contextmanager
def _archive_errors() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        # RuntimeError: an encrypted member; NotImplementedError: a compression nobody uses
        raise SourceError(N_("The archive can't be unpacked: {detail}."), detail=clean(str(error))[:300]) from error
