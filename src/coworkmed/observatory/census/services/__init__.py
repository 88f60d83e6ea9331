"""The census at work: waves prepared, opened and closed, letters written, answers kept at each step and sent, what is
told of groups, and answers taken back or forgotten."""

from .answering import begin, by_link, by_paper, keep, show, submit, to_key_in
from .common import CLOSED, NOT_YOURS, Speaker
from .leaving import forget, withdraw
from .telling import compare
from .waves import close, open_wave, prepare, remind, reopen
from .writing import write

__all__ = (
    "CLOSED", "NOT_YOURS", "Speaker", "begin", "by_link", "by_paper", "close", "compare", "forget", "keep", "open_wave",
    "prepare", "remind", "reopen", "show", "submit", "to_key_in", "withdraw", "write",
)  # fmt: skip
