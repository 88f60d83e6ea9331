"""Who asked to come where and when, what became of it, and how many days it used up."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

from .resources import Resource
from .terms import AgreementVersion, Host, Terms


class State(models.TextChoices):
    """What has become of a booking."""

    WAITING = "WAITING"  # for a place to come free
    HELD = "HELD"  # the place is kept until `hold_until`, for the host to answer or for the visitor to take it up
    CONFIRMED = "CONFIRMED"
    CHECKED_IN = "CHECKED_IN"
    DONE = "DONE"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    LATE_CANCELLED = "LATE_CANCELLED"
    NO_SHOW = "NO_SHOW"


#: A booking in one of these has its claims, and no other has.
OCCUPYING = (State.HELD, State.CONFIRMED, State.CHECKED_IN)
#: What uses up a day of a visitor.
_SPENDING = ("HELD", "CONFIRMED", "CHECKED_IN", "DONE")


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, person: Person | AnonymousUser) -> "BookingQuerySet":
        """One's own, and those of people who come to a place one receives them at, or from one's own."""
        if not isinstance(person, Person) or person.pk is None:
            return self.none()
        places = Place.objects.where_may(person, Action.PLACE_HOST)
        return self.filter(Q(person_id=person.pk) | Q(host__in=places.values("pk")) | Q(home__in=places.values("pk")))

    def where_may(self, person: Person | AnonymousUser, action: Action) -> "BookingQuerySet":
        """Those at places to which ``person`` may do ``action``."""
        return self.filter(host__in=Place.objects.where_may(person, action).values("pk"))


class Booking(models.Model):
    """A visitor comes to a host for some of a service day. Local times are what was agreed and stay; the instants are
    worked out from them by the zone (`clock`), and again when its rules change.

    The visitor is a pseudonym: who it is only their home place knows. ``person`` is there where they booked themselves,
    and goes with their account.
    """

    id = models.UUIDField(primary_key=True)  # made by whoever asks, so that asking twice is asking once
    host = models.ForeignKey(Host, models.PROTECT, related_name="bookings")
    home = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="bookings_away")
    visitor = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="bookings")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="bookings")
    units = models.PositiveSmallIntegerField(default=1)
    stay = models.BooleanField(default=True)  # a desk for the day, which counts; not so a room for an hour
    day = models.DateField()  # the host's service day it begins on
    slots = models.JSONField(default=list)  # of a pool: numbers, in order
    local_start = models.CharField(max_length=16)  # "2026-11-23T09:00", on the host's clock
    local_end = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=14, choices=State.choices)
    hold_until = models.DateTimeField(null=True, blank=True)  # held: until then
    offered = models.BooleanField(default=False)  # held for the visitor, who had waited, to take up
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="bookings")
    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, null=True, blank=True, related_name="bookings")
    snapshot = models.JSONField(default=dict)  # `rules.Policy`, as it was when asked
    charges = models.JSONField(default=list)  # [[scope, visitor, window, allowance], …]: `rules.Charge`
    counted = models.BooleanField(default=False)  # in the quotas of its charges, now
    series = models.UUIDField(null=True, blank=True, db_index=True)  # made together, by one rule
    message = models.CharField(max_length=500, blank=True)  # of the visitor to the host
    reason = models.CharField(max_length=500, blank=True)  # why it was declined or cancelled
    asked = models.DateTimeField(default=timezone.now)
    answered = models.DateTimeField(null=True, blank=True)  # by the host
    changed = models.DateTimeField(default=timezone.now)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["host", "day"], name="booking_by_day"),
            models.Index(fields=["visitor", "day"], name="booking_by_visitor"),
            models.Index(fields=["hold_until"], condition=Q(state="HELD"), name="booking_held"),
            models.Index(fields=["resource", "day", "asked"], condition=Q(state="WAITING"), name="booking_waiting"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="booking_forwards"),
            models.CheckConstraint(condition=Q(units__gte=1), name="booking_of_something"),
            models.CheckConstraint(
                condition=Q(state="HELD", hold_until__isnull=False) | ~Q(state="HELD"), name="hold_has_an_end"
            ),
            models.UniqueConstraint(
                fields=["host", "visitor", "day"], condition=Q(stay=True, state__in=_SPENDING), name="one_stay_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} at {self.host_id} {self.local_start} {self.state}"


class Quota(models.Model):
    """Days used up of an allowance: a visitor's at a host, or under an agreement; "" is all visitors together. As with
    pools, the count is the limit."""

    scope = models.CharField(max_length=40)  # "host:…", "agreement:…"
    visitor = models.CharField(max_length=40, blank=True)
    window = models.CharField(max_length=7)  # "2026", "2026-11"
    used = models.IntegerField(default=0)
    allowance = models.IntegerField()

    class Meta:
        ordering: ClassVar = ["scope", "visitor", "window"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "visitor", "window"], name="quota_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("allowance")), name="quota_never_exceeded"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.visitor} {self.window}: {self.used} of {self.allowance}"
