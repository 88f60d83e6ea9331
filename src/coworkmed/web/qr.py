"""A QR code as part of a page."""

import io

import segno
from markupsafe import Markup


def drawn(text: str, *, mode: str | None = None) -> Markup:
    """``text`` as SVG, of the size its place gives it: black on white for screen and printer alike, whatever the page's
    colours are. ``mode`` as segno has it; None for what fits best."""
    out = io.BytesIO()
    made = segno.make(text, mode=mode, error="m", micro=False)
    made.save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704 (drawn by us)
