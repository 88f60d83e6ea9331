"""What there is to be used at a place, and what is taken of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .terms import Host


class Resource(models.Model):
    """A room, a seat, or a pool of desks of which any will do. One with others inside (a floor) is never taken itself:
    all its leaves are (`rules.leaves`)."""

    class Kind(models.TextChoices):
        ROOM = "ROOM"
        SEAT = "SEAT"
        POOL = "POOL"

    host = models.ForeignKey(Host, models.PROTECT, related_name="resources")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.JSONField(default=dict)  # language → what it is called there
    capacity = models.PositiveSmallIntegerField(default=1)  # of a pool: desks for visitors
    cuts = models.JSONField(default=list)  # of a pool: times ("13:00") that divide a day into slots
    retired_on = models.DateField(null=True, blank=True)  # the first day it can't be booked

    class Meta:
        ordering: ClassVar = ["host", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="resource_not_in_itself"),
            models.CheckConstraint(condition=Q(kind="POOL") | Q(capacity=1), name="resource_capacity"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.host_id}"

    @property
    def slots(self) -> int:
        """Into how many slots a day of it is divided."""
        return len(self.cuts) + 1


class PoolDay(models.Model):
    """How much of a pool is taken in one slot of a service day. The count *is* the limit: the database refuses one that
    exceeds the capacity of that day."""

    pool = models.ForeignKey(Resource, models.CASCADE, related_name="days")
    day = models.DateField()
    slot = models.PositiveSmallIntegerField(default=0)
    used = models.IntegerField(default=0)
    capacity = models.IntegerField()

    class Meta:
        ordering: ClassVar = ["pool", "day", "slot"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pool", "day", "slot"], name="pool_day_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("capacity")), name="pool_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.day}/{self.slot}: {self.used} of {self.capacity}"


class Claim(models.Model):
    """A room or a seat is taken from one instant to another. There only while it is: claims go with what made them. No
    two of one leaf overlap: an exclusion constraint on PostgreSQL, a trigger on SQLite (migration 0002)."""

    booking = models.ForeignKey("hospitality.Booking", models.CASCADE, related_name="claims")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="claims")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["resource", "starts"]
        indexes: ClassVar = [models.Index(fields=["resource", "starts"], name="claim_by_resource")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="claim_forwards")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.starts} to {self.ends}"


class PoolClaim(models.Model):
    """Desks of a pool taken in one slot of a service day: what `PoolDay.used` is the sum of. Taken by a booking, or
    lent to a desk that may lose its network (a *lease*)."""

    booking = models.ForeignKey("hospitality.Booking", models.CASCADE, null=True, related_name="pool_claims")
    lease = models.UUIDField(null=True, blank=True)
    pool = models.ForeignKey(Resource, models.PROTECT, related_name="pool_claims")
    day = models.DateField()
    slot = models.PositiveSmallIntegerField(default=0)
    units = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["pool", "day", "slot"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "pool", "day", "slot"], name="pool_claim_once"),
            models.UniqueConstraint(fields=["lease", "pool", "day", "slot"], name="pool_lease_once"),
            models.CheckConstraint(
                condition=Q(booking__isnull=True) ^ Q(lease__isnull=True), name="pool_claim_of_booking_or_lease"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="pool_claim_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.day}/{self.slot}: {self.units}"
