"""Devices at the desk of a place: named, set up by a link, taken away again. Each may receive people there, for as long
as nobody takes it away, and nothing else: no account stands behind it."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place
from coworkmed.platform import audit, tokens
from coworkmed.platform.audit import Thing

from ...models import Device, Host

SET_UP = "desk.device"  # purpose of the link
MOST = 20  # devices of a place
SEEN_EVERY = timedelta(minutes=5)


@transaction.atomic
def add(*, by: Person, place: Place, name: str) -> tuple[Device, str]:
    """A new device, and the token of the link that sets it up. Raises NotAllowedError; CoworkmedError for too many, or
    where the place has not said when its day begins."""
    who = require(by, Action.PLACE_HOST, place)
    Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    if not Host.objects.filter(pk=place.pk).exists():
        raise CoworkmedError(N_("Say first on which terms you receive people from other places."))
    if Device.objects.current().of(place).count() >= MOST:
        raise CoworkmedError(N_("That is a lot of devices. Take away those you don’t use any more."))
    made = Device.objects.create(place=place, name=name.strip())
    _tell(who, "device.add", made)
    return made, link(made)


def link(device: Device) -> str:
    """The token by which a device that waits is set up, once."""
    return tokens.make(purpose=SET_UP, thing=Thing("device", str(device.pk)), address=f"device-{device.pk}")


def waiting(token: str) -> Device:
    """The device a link is to set up. Raises TokenError; CoworkmedError where it was taken away."""
    return _of(tokens.read(token, purpose=SET_UP).thing)


@transaction.atomic
def set_up(token: str) -> tuple[Device, str]:
    """Make the browser that follows the link the device, and what it shows from then on (a cookie)."""
    device = _of(tokens.use(token, purpose=SET_UP).thing)
    secret = secrets.token_urlsafe(24)
    Device.objects.filter(pk=device.pk).update(secret=_digest(secret), seen=timezone.now())
    _tell(audit.MACHINE, "device.set-up", device)
    return device, f"{device.pk}.{secret}"


def known(shown: str) -> Device | None:
    """The device that shows this cookie; None where it is none, or was taken away."""
    number, _, secret = shown.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 19 and secret):
        return None
    device = Device.objects.current().select_related("place__host").filter(pk=int(number)).first()
    if device is None or not secrets.compare_digest(device.secret, _digest(secret)):
        return None
    return device


def note_seen(device: Device) -> None:
    """That it was there just now, to a few minutes."""
    now = timezone.now()
    if device.seen is None or now - device.seen > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(seen=now)


@transaction.atomic
def revoke(*, by: Person, device: Device) -> None:
    """Take a device away: it can read and tell nothing any more. Raises NotAllowedError."""
    who = require(by, Action.PLACE_HOST, device.place.merged_into or device.place)
    if Device.objects.current().filter(pk=device.pk).update(revoked=timezone.now(), secret=""):
        _tell(who, "device.revoke", device)


def _of(thing: Thing) -> Device:
    device = Device.objects.current().select_related("place").filter(pk=thing.id).first()
    if device is None:
        raise CoworkmedError(N_("This device was taken away from the desk. Ask for a new link."))
    return device


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _tell(who: audit.Who, verb: str, device: Device) -> None:
    thing = Thing("device", f"{device.place_id}-{device.pk}")
    audit.record(who=who, verb=verb, thing=thing, before=None, after={"name": device.name})
