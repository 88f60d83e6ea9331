"""What codes of the books are called."""

from coworkmed.kernel.i18n import N_

from .rules import Kind

KINDS = {
    Kind.HOLD: N_("Promised"),
    Kind.POST: N_("Stay"),
    Kind.VOID: N_("Given up"),
    Kind.RECORD: N_("Entry"),
    Kind.CORRECTION: N_("Correction"),
    Kind.SET_OFF: N_("Set-off"),
    Kind.JOINED: N_("Carried over"),
}
UNITS = {"DAY": N_("Days"), "HOUR": N_("Hours")}
