"""What stories ask of those who tell and of those who code them. Pure."""

from coworkmed.kernel.i18n import N_

SHORTEST, LONGEST = 40, 3000  # characters

#: Why a story can't be coded by someone.
OWN = N_("This story is of a place that you run: others give it its themes.")
NOT_SENT = N_("This story is not waiting for its themes.")
TWICE = N_("Two readers have given this story its themes already.")
DIFFERENT = N_("The two readers don’t agree yet on what this story tells of.")
