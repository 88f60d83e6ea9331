"""The codes of stewardship, in words."""

from coworkmed.kernel.i18n import N_

#: What became of a suggestion, a claim or a report.
OUTCOMES = {
    "ACCEPTED": N_("Accepted"),
    "REFUSED": N_("Refused"),
    "PUBLISHED": N_("Shown as not confirmed: nobody answered within two weeks"),
    "WITHDRAWN": N_("Taken back by who brought it"),
    "EXPIRED": N_("Never proved"),
}

#: How someone proves that they run a place.
PROOFS = {
    "DOMAIN": N_("A code sent to an address of the place's own web domain"),
    "PHONE": N_("A code that a steward reads out on the place's own telephone number"),
    "POST": N_("A code sent by post to the place's address"),
    "STEWARD": N_("The word of a steward who knows the place"),
}

#: Why someone reports a page.
REASONS = {
    "NOT_A_PLACE": N_("This is not a third place, or it never existed"),
    "DOUBLE": N_("It is the same as another place on this site"),
    "PRIVATE": N_("It shows a private person's data"),
    "NOT_US": N_("Our address is given, and we are not this place"),
    "FALSE": N_("Somebody wrote something false on purpose"),
    "RIGHTS": N_("It infringes rights of mine"),
    "OTHER": N_("Something else"),
}

#: What was done about a report.
DONE = {
    "WITHHELD": N_("Values were taken off the page and out of all that we publish; the list can’t bring them back."),
    "STRUCK": N_("What somebody said of the place counts no more."),
    "NOT_A_PLACE": N_("The page now says that this is not a third place."),
    "KEEPER": N_("The keeper of the list that says so has been told."),
    "OTHER": N_("Something else was done: it is said below."),
}
