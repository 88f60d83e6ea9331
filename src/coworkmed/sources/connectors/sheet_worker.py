"""Reads one sheet of a spreadsheet and writes it out, a JSON array per row. Run as a process of its own.

A hostile spreadsheet can ask for more memory than there is, and the reader then aborts: here it takes nobody with it.
Arguments: the file, the sheet ("" for the first that holds something), the memory it may use in bytes.
"""

import json
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineSheet, CalamineWorkbook


def main(path: str, wanted: str, memory: str) -> int:
    _limit(int(memory))
    workbook = CalamineWorkbook.from_path(path)
    if wanted and wanted not in workbook.sheet_names:
        sys.stderr.write(json.dumps(workbook.sheet_names))
        return 4
    sheet = workbook.get_sheet_by_name(wanted) if wanted else _first(workbook)
    for row in sheet.iter_rows():
        sys.stdout.write(json.dumps([_text(value) for value in row]) + "\n")
    return 0


def _first(workbook: CalamineWorkbook) -> CalamineSheet:
    sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    return next((sheet for sheet in sheets if sheet.height > 1), sheets[0])


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # no such limit on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
