"""Codes in words, and the texts people agree to."""

from collections.abc import Mapping
from typing import NamedTuple

from coworkmed.kernel.i18n import N_

ROLES: Mapping[str, str] = {
    "OWNER": N_("Owner"),
    "COORDINATOR": N_("Coordinator"),
    "STEWARD": N_("Steward"),
    "TEAM": N_("Team"),
    "OBSERVER": N_("Observer"),
}
ROLES_EXPLAINED: Mapping[str, str] = {
    "OWNER": N_("Answers for the organisation and decides who else does."),
    "COORDINATOR": N_("Runs the daily affairs: invites, sees who is there, helps the organisations below."),
    "STEWARD": N_("Looks after the places of a territory or a network: confirms, reviews, answers suggestions."),
    "TEAM": N_("Speaks for the places the organisation runs."),
    "OBSERVER": N_("Sees what members see, and changes nothing."),
}
KINDS: Mapping[str, str] = {
    "OPERATOR": N_("Runs places"),
    "NETWORK": N_("Network"),
    "AUTHORITY": N_("Public authority"),
    "RESEARCH": N_("Research"),
}


class Text(NamedTuple):
    """``version``: the day these words were written. Other words are another version, and are asked for again."""

    version: str
    title: str
    text: str


CONSENTS: Mapping[str, Text] = {
    "NAME_SHOWN": Text(
        "2026-11-23",
        N_("Show my name to the members of my organisations"),
        N_(
            "Otherwise they see your role only. Owners and coordinators see your address either way: they answer for "
            "who is in."
        ),
    ),
    "ASKED": Text(
        "2026-11-23",
        N_("Write to me when a place I look after should be confirmed"),
        N_("At most one mail a month for each place, and every mail has a link that ends them."),
    ),
}
