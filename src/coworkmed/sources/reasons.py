"""Why a row was rejected, and what was repaired or doubted in a value: each in one sentence a person understands."""

from coworkmed.kernel.i18n import N_

#: A row that can't enter the registry.
REJECTIONS = {
    "NO_NAME": N_("The row gives no name."),
    "DUPLICATE_ROW": N_("The same row stands in the list more than once."),
    "OUT_OF_SCOPE": N_("The catalogue leaves this row out: {column} is “{value}”."),
    "UNREADABLE_ROW": N_("The row can't be read: {detail}."),
    "SHIFTED": N_("The row has {found} cells for {expected} columns, and which belongs where can't be told."),
    "UNCLOSED_QUOTE": N_("A quotation mark is opened and never closed, so where the row ends can't be told."),
    "NOT_A_RECORD": N_("The element is not a record of named values."),
    "BAD_JSON": N_("The text is not JSON."),
    "SHIFTED_ROW": N_("The row's values stand in the wrong columns: {column} is “{value}”."),
}

#: A certain repair: the value is used, and the page says what was done.
REPAIRS: dict[str, str] = {
    "CELLS_REJOINED": N_("A separator inside a text had cut the row into too many cells; the text was joined again."),
    "MOJIBAKE": N_("Letters garbled by a wrong encoding were put right."),
    "ENTITIES": N_("Characters written as HTML codes were put right."),
    "CAPITALS": N_("A text all in capitals was put in the usual case."),
    "PADDED": N_("Noughts lost at the beginning were put back."),
    "SWAPPED": N_("Latitude and longitude stood in each other's place."),
    "WEB_TYPO": N_("A web address with a slip in its beginning was put right."),
    "FROM_ADDRESS": N_("The value was taken out of the address."),
    "FROM_POSITION": N_("The list doesn't say it: it follows from the position."),
    "FROM_NAME": N_("The list doesn't say it: it follows from the name."),
    "MOVED": N_("The value stood in another column."),
}

#: A doubt: the value is kept and shown as doubtful, and loses to any value without one.
DOUBTS: dict[str, str] = {
    "LOST_LETTERS": N_("Letters were lost on the way."),
    "LOST_DIGITS": N_("A number was lost from the street's name."),
    "OUT_OF_COUNTRY": N_("The position lies outside the country."),
    "SIGN_LOST": N_("The position lies outside the country, but inside it with west and east exchanged."),
    "LOW_GEOCODER_SCORE": N_("The geocoder itself was not sure of the position."),
    "BAD_POSTCODE": N_("The postcode doesn't have the form of the country's postcodes."),
    "OTHER_DEPARTMENT": N_("The postcode and the municipality code belong to different departments."),
    "INVALID_PHONE": N_("The telephone number doesn't exist in the country's numbering plan."),
    "BAD_CHECK_DIGIT": N_("The identifier's check digits don't hold."),
    "UNSURE": N_("The list itself marks the value as uncertain."),
    "APPROXIMATE": N_("The list gives an approximate value."),
    "IMPLAUSIBLE": N_("The value is too large or too small to be true."),
    "IMPOSSIBLE_DATE": N_("The day doesn't exist in the calendar: only what can be true was kept."),
    "NO_DAYS": N_("The hours are given without the days they hold for."),
    "SOME_DAYS_UNREAD": N_("The hours of some days couldn't be read."),
    "BY_APPOINTMENT": N_("The place may open by appointment only."),
    "PARTLY_READ": N_("Only part of the text could be understood."),
}
