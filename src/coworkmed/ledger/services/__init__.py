"""Every write on the books, by use case. Inside the caller's transaction, and with it or not at all."""

from ..rules import AmountError, ClosedError, LedgerError, LimitError, TakenError, Unit
from .joining import follow_joined
from .limits import KEEP, limit
from .transfers import correct, hold, post, record, void

__all__ = (
    "KEEP", "AmountError", "ClosedError", "LedgerError", "LimitError", "TakenError", "Unit", "correct",
    "follow_joined", "hold", "limit", "post", "record", "void",
)  # fmt: skip
