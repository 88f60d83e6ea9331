"""What is done for people at its hours."""

from coworkmed.platform.jobs import job

from . import services


@job("people.forget_expired", every="every day at 03:40 UTC")
def forget_expired() -> None:
    """Delete sessions and invitations that ran out."""
    services.forget_expired()
