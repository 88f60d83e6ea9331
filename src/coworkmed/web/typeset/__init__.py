"""Documents to print, set by Typst: PDF/UA-1, with its own fonts (Latin and Greek), without any file from outside.

A document is ``NAME.typ`` in this folder; it imports the look of all of them from ``house.typ`` and finds what it says
in ``data``. Texts go in as data and never as markup, so nothing anyone wrote can be taken for an instruction.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

_FOLDER = Path(__file__).parent


def pdf(document: str, data: Mapping[str, Any], *, made: datetime) -> bytes:
    """``document`` set as PDF/UA-1.

    ``data``: what it says, as JSON allows it; at least ``title`` and ``language`` (a code of ours). Pictures are SVG as
    text. The same ``data`` and ``made`` give the same bytes. Raises `typst.TypstError` where a document breaks the
    standard: a picture without words in its place, levels of headings that are skipped.
    """
    found: bytes = typst.compile(
        _FOLDER / f"{document}.typ",
        root=_FOLDER,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(made.timestamp()),
    )
    return found
