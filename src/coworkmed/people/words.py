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


#: In what quality something was done, as the trail says it.
QUALITIES: Mapping[str, str] = {code.lower(): name for code, name in ROLES.items()} | {
    "operator": N_("Operator of the site"),
    "self": N_("Themselves"),
    "person": N_("Themselves"),
}
#: Word of a change to an account: the subject and first line of a mail.
NOTICES: Mapping[str, str] = {
    "address-changed": N_("Your account has another address now"),
    "address-confirmed": N_("Your address is confirmed"),
    "address-removed": N_("An address was removed from your account"),
    "app-added": N_("Codes from an app are asked for now"),
    "app-removed": N_("Codes from an app are no longer asked for"),
    "elsewhere-added": N_("An account of another site opens yours now"),
    "elsewhere-removed": N_("An account of another site no longer opens yours"),
    "passkey-added": N_("A passkey opens your account now"),
    "passkey-removed": N_("A passkey no longer opens your account"),
    "recovery-codes-made": N_("Your account has new recovery codes"),
    "ways-removed": N_("Passkeys, codes from an app and recovery codes were taken away"),
}
#: What was done in an organisation, by the verbs of the trail.
DEEDS: Mapping[str, str] = {
    "organisation.found": N_("Founded"),
    "organisation.appoint": N_("Set up"),
    "organisation.rename": N_("Its name was changed"),
    "organisation.place": N_("It was put elsewhere among the organisations"),
    "membership.begin": N_("A role began: {role}"),
    "membership.end": N_("A role ended: {role}"),
    "membership.lend": N_("A role was lent: {role}"),
    "invitation.send": N_("An invitation was sent: {role}"),
    "invitation.withdraw": N_("An invitation was taken back: {role}"),
    "place.attach": N_("It runs a place: {place}"),
    "place.detach": N_("It no longer runs a place: {place}"),
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
        N_("Write to me when a place I run should be confirmed"),
        N_("At most one mail a month for each place, and every mail has a link that ends them."),
    ),
}
