"""Connectors: each reads one form of list, and gives every row of it as a `Row` or as a `Reject`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from ..spec import Pick, Spec
from . import documents, geo, geopackage, mednum, osm, sheets, spaceapi, tables
from .builtin import BUILTIN, Builtin
from .common import Options, unpacked

Reader = Callable[[Path, Options], Iterator[Row | Reject]]

_READERS: Mapping[str, Reader] = {
    "csv": tables.read,
    "tsv": tables.read_tsv,
    "spreadsheet": sheets.read,
    "xlsx": sheets.read,
    "xls": sheets.read,
    "ods": sheets.read,
    "json": documents.read,
    "ndjson": documents.read_lines,
    "geojson": geo.read_geojson,
    "geopackage": geopackage.read,
    "osm": osm.read,
    "mednum": mednum.read,
    "spaceapi": spaceapi.read,
}
CONNECTORS = tuple(_READERS)
_SPREADSHEETS = {"spreadsheet", "xlsx", "xls", "ods"}
_TABLES = {"csv", "tsv", *_SPREADSHEETS}  # every row of theirs has every column


def builtin(connector: str) -> Builtin:
    """What the connector already knows of its format."""
    return BUILTIN.get(connector, Builtin())


def default_columns(connector: str) -> Mapping[str, Pick]:
    """The column mapping a catalogue entry with this connector starts from."""
    return builtin(connector).columns


def read(spec: Spec, path: Path) -> Iterator[Row | Reject]:
    """The rows of the list at ``path``, in its order. A list that is sound and holds nothing gives none.

    Raises SourceError where the file as a whole is not what the catalogue says: another format, a web page, a broken
    archive, a list without the column that is said to hold the name. It may do so after the first rows.
    """
    with unpacked(path, spec.options, whole=spec.connector in _SPREADSHEETS) as file:
        rows = _READERS[spec.connector](file, spec.options)
        if spec.connector in _TABLES:
            rows = _with_names(rows, spec)
        yield from rows


def _with_names(rows: Iterator[Row | Reject], spec: Spec) -> Iterator[Row | Reject]:
    """``rows``, refused at the first whole one if none of the columns that should give the name exists."""
    wanted = spec.columns["name"].columns if "name" in spec.columns else ()
    checked = False
    for row in rows:
        if not checked and isinstance(row, Row):
            checked = True
            if wanted and not set(wanted) & set(row.cells):
                raise SourceError(
                    N_("The list has no column “{column}”, which should hold the name. Its columns are: {columns}."),
                    column=", ".join(wanted),
                    columns=", ".join(row.cells),
                )
        yield row
