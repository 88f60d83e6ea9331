"""Codes of passes, in words."""

from collections.abc import Mapping

from coworkmed.kernel.i18n import N_

from .tokens import Right

RIGHTS: Mapping[Right, str] = {
    Right.DESK: N_("A desk"),
    Right.ROOM: N_("A meeting room"),
}
