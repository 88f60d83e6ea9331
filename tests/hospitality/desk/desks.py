"""Desks of the host of `world`, and what they see."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from coworkmed.hospitality.desk.services import devices, syncing
from coworkmed.hospitality.desk.told import Told
from coworkmed.hospitality.models import Device, Pass, Scan
from coworkmed.hospitality.passes import services as passes
from coworkmed.hospitality.passes.tokens import Outcome

from ..world import World


def desk(world: World, name: str = "Tablet") -> Device:
    """A device that was set up."""
    _, token = devices.add(by=world.team, place=world.host.place, name=name)
    made, _ = devices.set_up(token)
    return Device.objects.select_related("place__host").get(pk=made.pk)


def token_of(pseudonym: str, now: datetime) -> str:
    """The pass as its bearer shows it at that moment."""
    return passes.token(Pass.objects.get(pseudonym=pseudonym), today=now.date())


def saw(now: datetime, **given: Any) -> Told:
    """Someone was let in, as a device with a good clock tells it."""
    plain: dict[str, Any] = {
        "scan_id": uuid.uuid4(), "kind": Scan.Kind.LET_IN, "outcome": Outcome.VALID, "token": "", "visitor": "",
        "lease": None, "why": "", "at": now, "offset": 0, "online": False,
    }  # fmt: skip
    return Told(**plain | given)


def tell(device: Device, *told: Told, after: timedelta = timedelta(hours=1)) -> dict[str, int]:
    """Sync some time after the last of them was seen."""
    now = max(one.at + timedelta(seconds=one.offset or 0) for one in told) + after
    return dict(syncing.take_in(device, told, now=now))
