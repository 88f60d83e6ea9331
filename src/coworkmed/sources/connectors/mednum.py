"""The French schema of places of digital mediation, as CSV or as JSON."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from . import documents, tables
from .common import Options, head, malformed

_SIRET = re.compile(r"(?!0{14})\d{14}")
_RNA = re.compile(r"W[0-9A-Z]\d{8}")
_LIST_MARKS = re.compile(r"\s*[|;]\s*")
#: Kinds of the schema that make a third place in the narrow sense.
THIRD_PLACES = {"TIERS_LIEUX", "FABLAB"}


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The rows of a mednum list. To the columns of the schema are added ``pivot.siret`` and ``pivot.rna`` (the pivot
    is one or the other) and ``third_place`` ("yes" or "no", by the kinds), to choose rows by."""
    is_json = head(path, 64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    rows = documents.read(path, options) if is_json else tables.read(path, options)
    for number, row in enumerate(rows):
        if number == 0 and not {"nom", "commune"} <= set(row.cells):
            raise malformed(N_("The file doesn't follow the mednum schema: it has no “nom” and “commune”."))
        yield _known(row) if isinstance(row, Row) else row


def _known(row: Row) -> Row:
    pivot = re.sub(r"\s", "", row.cells.get("pivot", ""))
    kinds = [kind for kind in _LIST_MARKS.split(row.cells.get("typologie", "")) if kind]
    added = {
        "typologie": " | ".join(kinds),
        "pivot.siret": pivot if _SIRET.fullmatch(pivot) else "",
        "pivot.rna": pivot if _RNA.fullmatch(pivot) else "",
        "third_place": "yes" if THIRD_PLACES & set(kinds) else "no",
    }
    return replace(row, cells={**row.cells, **added})
