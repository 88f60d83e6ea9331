"""Why something about a stay is refused: each kind a class of its own, so that whoever asked is shown what helps."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_


class RefusedError(CoworkmedError):
    """It can't be booked so."""


class FullError(RefusedError):
    """Others were there first. A place may come free: one can wait for it."""

    def __init__(self) -> None:
        super().__init__(N_("Nothing is free there then. You can choose another day, or wait for a place."))


class QuotaError(RefusedError):
    """The days that are free are used up."""

    def __init__(self) -> None:
        super().__init__(N_("The days agreed on for this visitor are used up."))


class SameDayError(RefusedError):
    """A visitor is at one desk a day."""

    def __init__(self) -> None:
        super().__init__(N_("This visitor has a desk there on that day already."))


class ClosedError(RefusedError):
    """The host is not open then."""

    def __init__(self) -> None:
        super().__init__(N_("The place is closed then. Look at its opening hours."))


class TermsError(RefusedError):
    """The host's terms don't allow it."""


class OtherRequestError(CoworkmedError):
    """An id stands for one request."""

    def __init__(self) -> None:
        super().__init__(N_("This request was sent before with other contents. Begin anew."))


class StateError(CoworkmedError):
    """It has become something else meanwhile."""

    def __init__(self) -> None:
        super().__init__(N_("This has changed meanwhile. Look at it again."))


class DisplacedError(CoworkmedError):
    """A change would leave no room for people who were told that they can come. ``bookings`` are theirs."""

    def __init__(self, bookings: list[str]) -> None:
        super().__init__(
            N_("{count} bookings stand in the way. Say which are to be cancelled, or choose otherwise."),
            count=len(bookings),
        )
        self.bookings = bookings


#: What the database calls the rule that was broken → what it means.
_MEANING: Mapping[str, Callable[[], CoworkmedError]] = {
    "pool_never_oversold": FullError,
    "claims_never_overlap": FullError,
    "claims of one resource overlap": FullError,
    "quota_never_exceeded": QuotaError,
    "one_stay_a_day": SameDayError,
    "hospitality_booking_pkey": OtherRequestError,
    "hospitality_booking.id": OtherRequestError,
    "hospitality_booking.host_id, hospitality_booking.visitor, hospitality_booking.day": SameDayError,
}


@contextmanager
def explained() -> Iterator[None]:
    """What the database refuses, in our words. Around the transaction, for it is over by then."""
    try:
        yield
    except IntegrityError as error:
        for rule, meaning in _MEANING.items():
            if rule in str(error):
                raise meaning() from error
        raise
