"""What readers left to be written back at goes with them, when they are people with an account who delete it."""

from collections.abc import Collection

from ..models import Report, Suggestion


def forget(addresses: Collection[str]) -> None:
    """Erase these addresses wherever someone asked to be told a decision there. What they suggested or reported waits
    on, and names nobody."""
    for address in addresses:
        for case in (Suggestion, Report):
            case.objects.filter(email__iexact=address).update(email="")
