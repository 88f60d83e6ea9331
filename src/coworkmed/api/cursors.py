"""Where a walk through pages stands, as a text that means nothing to whoever carries it.

A cursor belongs to one question and one way of walking: brought to another, it is refused rather than misread.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence

from coworkmed.kernel import ids

from .problems import Problem, Wrong

LONGEST = 400  # characters


def write(way: str, question: str, *at: str) -> str:
    """The cursor of a ``way`` of walking the answers to a ``question``, which stands ``at`` a place in them."""
    text = json.dumps([way, ids.digest(question)[:8], *at], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read(cursor: str, question: str, ways: Mapping[str, Sequence[str]]) -> tuple[str, Sequence[str]]:
    """The way of a cursor, one of ``ways`` (name → patterns of the texts that say where it stands), and those texts;
    ("", ()) of none. Problem where it is not one of ours, or of another question."""
    if not cursor:
        return "", ()
    try:
        padded = f"{cursor}{'=' * (-len(cursor) % 4)}".encode()
        way, of, *at = json.loads(urlsafe_b64decode(padded))
        forms = zip(ways[way], at, strict=True)
        known = of == ids.digest(question)[:8] and all(re.fullmatch(form, one, re.ASCII) for form, one in forms)
    except (ValueError, TypeError, KeyError, RecursionError):
        known = False
    if not known:
        detail = "Take it as it was given in “next”, and ask the same question as before."
        raise Problem(422, "unknown-cursor", f"after: {detail}", (Wrong("after", detail),))
    return way, at
