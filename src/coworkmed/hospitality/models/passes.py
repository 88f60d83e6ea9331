"""Passes and who holds them, the keys that sign them, and what desks saw. Who is behind a pseudonym stands in `Bearer`
and nowhere else: with that row gone, nobody can tell any more whose pass, scans and visits these were."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

from .bookings import Booking


class SigningKey(models.Model):
    """A pair of Ed25519 keys of a home place, or of the site itself, which signs what desks are told (``place`` None).

    It signs until ``retired``, and is believed until the end of the day ``believed_until``.
    """

    key_id = models.CharField(primary_key=True, max_length=8)  # the first four octets of the key's digest
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="signing_keys")
    public = models.CharField(max_length=64)  # hexadecimal
    private = models.TextField()  # sealed (`passes.keys`)
    made = models.DateTimeField(default=timezone.now)
    retired = models.DateTimeField(null=True, blank=True)
    believed_until = models.DateField(null=True, blank=True)  # None while it signs

    class Meta:
        ordering: ClassVar = ["made", "key_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Coalesce("place", Value("")), condition=Q(retired=None), name="one_key_signs"),
            models.CheckConstraint(
                condition=Q(retired=None, believed_until=None) | Q(retired__isnull=False, believed_until__isnull=False),
                name="retired_key_is_believed_for_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_id} of {self.place_id or 'the site'}"


class PassQuerySet(models.QuerySet["Pass"]):
    def standing(self) -> "PassQuerySet":
        """Those that hold today or from a day to come."""
        return self.filter(ended=None, until__gte=timezone.localdate())

    def visible_to(self, person: Person | AnonymousUser) -> "PassQuerySet":
        """Those of members of places one receives people at, or that joined one of them."""
        mine = Place.objects.where_may(person, Action.PLACE_HOST).values("pk")
        return self.filter(Q(home__in=mine) | Q(home__merged_into__in=mine))

    def of(self, place: Place) -> "PassQuerySet":
        """Those of members of ``place``, and of places that joined it."""
        return self.filter(Q(home=place) | Q(home__merged_into=place))


class Pass(models.Model):
    """A home place vouches for a member, known outside by a pseudonym."""

    pseudonym = models.CharField(max_length=14, unique=True)  # seven octets by chance, hexadecimal
    home = models.ForeignKey(Place, models.PROTECT, related_name="passes")
    code = models.CharField(max_length=10, unique=True)  # `passes.codes`
    rights = models.JSONField(default=list)  # `passes.tokens.Right`
    since = models.DateField()
    until = models.DateField()  # the last day
    made = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)  # before its time

    objects = PassQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "passes"
        ordering: ClassVar = ["home", "-made", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="pass_forwards"),
        ]

    def __str__(self) -> str:
        return f"{self.pseudonym} of {self.home_id}"

    @property
    def vouching(self) -> Place:
        """The place that answers for it now: its home, or the one that joined."""
        return self.home.merged_into or self.home


class Bearer(models.Model):
    """Who holds a pass: for their home place alone, and not kept longer than it needs to be."""

    pass_held = models.OneToOneField(Pass, models.CASCADE, primary_key=True, related_name="bearer")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="bearers")
    shows_name = models.BooleanField(default=False)  # hosts that expect them read their first name
    link = models.CharField(
        max_length=24
    )  # part of the address of their pass: another one, and the old address is dead

    class Meta:
        ordering: ClassVar = ["pass_held"]

    def __str__(self) -> str:
        """Not the name: this text is copied into logs, which outlive it."""
        return f"Bearer {self.pass_held_id}"


class Revocation(models.Model):
    """A pass that ended before its tokens do. The number is that of the list it is on from then on."""

    pass_ended = models.OneToOneField(Pass, models.CASCADE, related_name="revocation")
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"Revocation {self.pk}"


class DeviceQuerySet(models.QuerySet["Device"]):
    def current(self) -> "DeviceQuerySet":
        return self.filter(revoked=None)

    def of(self, place: Place) -> "DeviceQuerySet":
        """Those at ``place``, and at places that joined it."""
        return self.filter(Q(place=place) | Q(place__merged_into=place))


class Device(models.Model):
    """A tablet or a computer at the desk of a host: it may receive people there, and nothing else."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="desk_devices")
    name = models.CharField(max_length=60)
    secret = models.CharField(max_length=64, blank=True)  # digest; "" until it was set up
    made = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "made", "pk"]

    def __str__(self) -> str:
        return f"{self.name} at {self.place_id}"


class Scan(models.Model):
    """What a device saw, as it told it: a fact, added once and never changed (migration 0004)."""

    class Kind(models.TextChoices):
        LET_IN = "LET_IN"
        TURNED_AWAY = "TURNED_AWAY"

    scan_id = models.UUIDField(primary_key=True)  # made by the device
    device = models.ForeignKey(Device, models.PROTECT, related_name="scans")
    place = models.ForeignKey(Place, models.PROTECT, related_name="scans")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    outcome = models.CharField(max_length=12)  # what the device said of it (`passes.tokens.Outcome`)
    visitor = models.CharField(max_length=40)  # a pseudonym, or "guest-…" where nobody vouches for them
    key_id = models.CharField(max_length=8, blank=True)  # that signed the pass they showed
    lease = models.UUIDField(null=True, blank=True)  # the places it was let in on
    why = models.CharField(max_length=40, blank=True)  # they were turned away (`desk.words.REASONS`)
    at = models.DateTimeField()  # by the device's clock
    offset = models.IntegerField(null=True, blank=True)  # seconds to add to it, as last known; None: not known
    online = models.BooleanField()
    received = models.DateTimeField(default=timezone.now)
    day = models.DateField()  # the host's service day, by the corrected clock

    class Meta:
        ordering: ClassVar = ["received", "pk"]
        indexes: ClassVar = [models.Index(fields=["place", "day", "visitor"], name="scan_of_visit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.scan_id}"


class Visit(models.Model):
    """Someone was at a host on a service day: what the scans of that day come to (`desk.rules.fold`), and what became
    of it in the books."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="visits")
    visitor = models.CharField(max_length=40)
    day = models.DateField()
    home = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="visits_away")
    first = models.ForeignKey(Scan, models.PROTECT, related_name="+")  # the earliest
    anomalies = models.JSONField(default=list)  # `desk.rules.Anomaly`, sorted
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, blank=True, related_name="visits")

    class Meta:
        ordering: ClassVar = ["place", "day", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "visitor", "day"], name="one_visit_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} at {self.place_id} on {self.day}"


class Lease(models.Model):
    """Places of a pool lent to a device for walk-ins of one service day: what it may give away without a network."""

    id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="leases")
    day = models.DateField()
    places = models.PositiveSmallIntegerField()
    expires = models.DateTimeField()  # unless it is connected again; by the end of that day
    settled = models.DateTimeField(null=True, blank=True)  # what was not used was given back

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["device", "day"], name="one_lease_a_day")]

    def __str__(self) -> str:
        return f"{self.places} on {self.day} to device {self.device_id}"
