"""How an indicator is computed, each as SQL over the columns of ``records`` (sql/records.sql)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Records for which ``part`` holds, among all."""

    part: str


@dataclass(frozen=True, slots=True)
class Share:
    """Records for which ``part`` holds, among those for which ``whole`` does."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Split:
    """Records by the value of ``by``, among those for which ``whole`` holds: one share for each value."""

    by: str
    whole: str


@dataclass(frozen=True, slots=True)
class Filled:
    """Records with a value in a field, among all: one share for each field of the extract."""


@dataclass(frozen=True, slots=True)
class Total:
    """Sum of ``value`` over the records for which ``whole`` holds."""

    value: str
    whole: str


@dataclass(frozen=True, slots=True)
class Quotient:
    """Sum of ``above`` divided by sum of ``below``, over the records for which ``whole`` holds."""

    above: str
    below: str
    whole: str


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Median of ``value`` over the records for which ``whole`` holds, and the quartiles around it."""

    value: str
    whole: str


@dataclass(frozen=True, slots=True)
class View:
    """A query of its own: ``sql/NAME.sql``, over ``records``, or over the figures already ``found``."""

    name: str


@dataclass(frozen=True, slots=True)
class Estimated:
    """What two lists both miss (`estimates.unseen`)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How far published figures lie apart (`observatory.published`)."""


Measure = Count | Share | Split | Filled | Total | Quotient | Quartiles | View | Estimated | Compared
#: Those that are sums over records: computed for all territories together, and added up.
Summed = Count | Share | Total | Quotient
