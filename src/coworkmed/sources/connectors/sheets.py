"""Spreadsheets: XLSX, XLS and ODS, by calamine in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, clean, head, malformed, refuse_html, unique

MEMORY = 4_000_000_000  # bytes a spreadsheet may take while it is read
_HEADER_WITHIN = 30  # rows looked at for the header
_WORKER = Path(__file__).with_name("sheet_worker.py")


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The rows of a sheet. Options: sheet (its name; else the first that holds something), header (its row)."""
    refuse_html(head(path))
    rows = list(_sheet(path, str(options.get("sheet", ""))))
    start = _header(rows, options.get("header", 0))
    if start is None:
        return
    width = max(len(rows[start]), *(len(cells) for cells in rows[start:]))
    headers = unique(rows[start] + [""] * (width - len(rows[start])))
    used = [column for column in range(width) if any(cells[column : column + 1] not in ([], [""]) for cells in rows)]
    for number, cells in enumerate(rows[start + 1 :], start=start + 2):
        if any(text.strip() for text in cells):
            padded = cells + [""] * (width - len(cells))
            yield Row(number, {headers[column]: padded[column] for column in used})


def _header(rows: list[list[str]], declared: object) -> int | None:
    """Position of the header: as declared, else the first row that fills at least half as many cells as any does."""
    if isinstance(declared, int) and not isinstance(declared, bool) and declared > 0:
        return declared - 1 if declared <= len(rows) else None
    filled = [sum(bool(text.strip()) for text in cells) for cells in rows[:_HEADER_WITHIN]]
    widest = max(filled, default=0)
    return next((position for position, count in enumerate(filled) if count and count * 2 >= widest), None)


def _sheet(path: Path, wanted: str) -> Iterator[list[str]]:
    done = subprocess.run(  # noqa: S603 (our own interpreter and script; the file's name is an argument, not a command)
        [sys.executable, "-I", "-X", "utf8", str(_WORKER), str(path.resolve()), wanted, str(MEMORY)],
        capture_output=True,
        check=False,
    )
    if done.returncode == 4:
        names = ", ".join(json.loads(done.stderr))
        raise SourceError(N_("There is no sheet “{sheet}”; there are: {names}."), sheet=wanted, names=clean(names))
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise malformed(N_("The file is not a spreadsheet we can read: {detail}."), " ".join(last) or done.returncode)
    for line in done.stdout.splitlines():
        yield [clean(text) for text in json.loads(line)]
