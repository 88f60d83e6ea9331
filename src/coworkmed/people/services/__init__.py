"""Every change to people, organisations and roles: one transaction each, refused where it is not allowed, and told to
the trail in it."""

from .accounts import change, consent, verified
from .leaving import SECRETS, export, forget, forget_expired
from .organisations import appoint, attach, detach, dissolve, follow, found, place_under, rename, take_over
from .roles import INVITATION_LASTS, NOT_YOURS, accept, end, hand_over, invitation, invite, lend, withdraw
from .site import OnPerson, block, empower, rescue
from .trail import NotAllowedError, require, signed

__all__ = (
    "INVITATION_LASTS", "NOT_YOURS", "SECRETS", "NotAllowedError", "OnPerson", "accept", "appoint", "attach", "block",
    "change", "consent", "detach", "dissolve", "empower", "end", "export", "follow", "forget", "forget_expired",
    "found", "hand_over", "invitation", "invite", "lend", "place_under", "rename", "require", "rescue", "signed",
    "take_over", "verified", "withdraw",
)  # fmt: skip
