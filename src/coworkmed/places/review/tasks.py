"""What the desk leaves for later."""

from datetime import timedelta

from coworkmed.platform import jobs

from . import weights


@jobs.job("review.learn", slow=True, atomic=False, retries=2, lease=timedelta(minutes=30))
def learn() -> None:
    """Estimate the weights anew. Done twice, the second time takes the place of the first."""
    weights.learn()
