"""How often something may be done: counted in the cache that all workers share, and forgotten once it counts no more.

Each time takes one of a limit's places for as long as the limit says, and gives it back by itself: whatever the moment,
no stretch of that length holds more. A place is one key of the cache, which is added or is not: two workers at once
can't take the same.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` times ``within`` a stretch of time."""

    name: str
    most: int
    within: timedelta


class LimitedError(CoworkmedError):
    """Done too often; possible again at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(N_("That was too often for now. It is possible again at {until}."), until=until)
        self.until = until


def take(*counted: tuple[Limit, str], now: float | None = None) -> None:
    """Count once against each of these limits, each for whom or what it is told beside it. Raises LimitedError, with
    the moment at which all allow it again, and then counts against none (but for who lost a race for a last place)."""
    moment = time.time() if now is None else now
    if full := [end for limit, of in counted if (end := _full_until(limit, of, moment))]:
        raise LimitedError(datetime.fromtimestamp(max(full), UTC))
    for limit, of in counted:
        _take(limit, of, moment)


def _take(limit: Limit, of: str, moment: float) -> None:
    period = int(moment // limit.within.total_seconds())
    for number in range(limit.most):
        if full := _full_until(limit, of, moment):
            raise LimitedError(datetime.fromtimestamp(full, UTC))
        end = moment + limit.within.total_seconds()
        # The key stays until the period after is over, so that no key is ever added a second time.
        if cache.add(_key(limit, of, period, number), end, timeout=2 * limit.within.total_seconds()):
            return
    raise LimitedError(datetime.fromtimestamp(moment + limit.within.total_seconds(), UTC))


def _full_until(limit: Limit, of: str, moment: float) -> float | None:
    """When the next place comes free; None while there is one."""
    period = int(moment // limit.within.total_seconds())
    keys = [_key(limit, of, one, number) for one in (period - 1, period) for number in range(limit.most)]
    held = sorted(end for end in cache.get_many(keys).values() if end > moment)
    return held[-limit.most] if len(held) >= limit.most else None


def _key(limit: Limit, of: str, period: int, number: int) -> str:
    return f"limit:{limit.name}:{of}:{period}:{number}"


def network(address: str) -> str:
    """The network that an address is counted with: whoever has one address there most often has them all (IPv4 /24,
    IPv6 /48). ValueError for what is no address."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 48 if isinstance(found, IPv6Address) else 24), strict=False))


def once(name: str, *, within: timedelta) -> bool:
    """Whether this is done for the first time ``within`` a stretch of time: of several at once, one hears so."""
    return cache.add(f"once:{name}", 1, timeout=within.total_seconds())


def done(name: str) -> bool:
    """Whether `once` has been told of this lately."""
    return cache.get(f"once:{name}") is not None
