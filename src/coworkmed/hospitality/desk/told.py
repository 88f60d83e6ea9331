"""What a device tells of people who came, as JSON from a browser: each line read strictly, or not at all."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from ..models import Scan
from ..passes.tokens import Outcome
from .words import REASONS

MOST = 200  # in one batch
_LONGEST = 400  # characters of a token, as somebody might type it
_VISITOR = re.compile(r"[0-9A-Za-z-]{1,40}")
_LARGEST_OFFSET = 3 * 366 * 86_400  # a clock further off is not one
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)


class BatchError(CoworkmedError):
    """Not what a desk of ours sends."""

    def __init__(self) -> None:
        super().__init__(N_("What this desk sent could not be read. Reload the page; nothing that it noted is lost."))


@dataclass(frozen=True, slots=True)
class Told:
    """One scan as the device tells it. ``token`` is what was shown, ``visitor`` the pseudonym of someone known by a
    code: one of them, or neither for who came with nothing."""

    scan_id: uuid.UUID
    kind: Scan.Kind
    outcome: Outcome
    token: str
    visitor: str
    lease: uuid.UUID | None
    why: str
    at: datetime
    offset: int | None
    online: bool


def read(one: Any) -> Told | None:
    """A line of a batch; None where it is not one."""
    if not isinstance(one, Mapping):
        return None
    try:
        return _read(one)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None


def _read(one: Mapping[str, Any]) -> Told:
    token, visitor, why, offset = one.get("token", ""), one.get("visitor", ""), one.get("why", ""), one.get("offset")
    if not all(isinstance(text, str) for text in (token, visitor, why)) or len(token) > _LONGEST:
        raise ValueError
    if (visitor and not _VISITOR.fullmatch(visitor)) or (why and why not in REASONS):
        raise ValueError
    if offset is not None and (isinstance(offset, bool) or abs(offset := int(offset)) > _LARGEST_OFFSET):
        raise ValueError
    at = datetime.fromisoformat(one["at"])
    if at.tzinfo is None or not _FIRST <= at + timedelta(seconds=offset or 0) < _LAST:
        raise ValueError
    return Told(
        uuid.UUID(one["id"]), Scan.Kind(one["kind"]), Outcome(one["outcome"]), token, visitor,
        uuid.UUID(one["lease"]) if one.get("lease") else None, why, at.astimezone(UTC), offset, one["online"] is True,
    )  # fmt: skip
