"""Every change to hosts, agreements and bookings: one transaction each, refused where it is not allowed, and told to
the trail in it."""

from .agreeing import Offer, agree, amend, end, propose
from .answering import accept, cancel, check_in, decline, expire, finish, no_show, take_up
from .asks import Ask
from .booking import book, book_series, wait
from .clocks import rework
from .hosting import (
    Promise,
    add_resource,
    open_house,
    pause,
    reconfirm,
    resize,
    set_calendar,
    set_terms,
    suspend_unconfirmed,
)

__all__ = (
    "Ask", "Offer", "Promise", "accept", "add_resource", "agree", "amend", "book", "book_series", "cancel", "check_in",
    "decline", "end", "expire", "finish", "no_show", "open_house", "pause", "propose", "reconfirm", "resize", "rework",
    "set_calendar", "set_terms", "suspend_unconfirmed", "take_up", "wait",
)  # fmt: skip
