"""Why a row was rejected, and what was repaired or doubted in a value: each in one sentence a person understands."""

from coworkmed.kernel.i18n import N_

#: A row that can't enter the registry.
REJECTIONS = {
    "NO_NAME": N_("The row gives no name."),
    "DUPLICATE_ROW": N_("The same row stands in the list more than once."),
    "OUT_OF_SCOPE": N_("The catalogue leaves this row out: {column} is “{value}”."),
    "UNREADABLE_ROW": N_("The row can't be read: {detail}."),
}

#: A certain repair: the value is used, and the page says what was done.
REPAIRS: dict[str, str] = {}

#: A doubt: the value is kept and shown as doubtful, and loses to any value without one.
DOUBTS: dict[str, str] = {}
