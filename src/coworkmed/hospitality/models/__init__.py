"""What is kept of stays at other places. A module for each subject; read them in this order."""

from .bookings import OCCUPYING, Booking, Quota, State
from .passes import Bearer, Device, Lease, Pass, Revocation, Scan, SigningKey, Visit
from .resources import Claim, PoolClaim, PoolDay, Resource
from .terms import LARGE, Agreement, AgreementVersion, Host, Terms

__all__ = (
    "LARGE", "OCCUPYING", "Agreement", "AgreementVersion", "Bearer", "Booking", "Claim", "Device", "Host", "Lease",
    "Pass", "PoolClaim", "PoolDay", "Quota", "Resource", "Revocation", "Scan", "SigningKey", "State", "Terms", "Visit",
)  # fmt: skip
