"""What a place promises to those who come from others, and what two sides agreed on beyond that."""

from datetime import time
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

#: Columns of a place that are large, and of no use to hosting.
LARGE = ("values", "sources", "search")


class Host(models.Model):
    """A place that receives people from others: its clock, and whether it does so now."""

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="host")
    zone = models.CharField(max_length=64)  # of the IANA database
    day_cutoff = models.TimeField(default=time())  # when one service day ends and the next begins
    calendar = models.JSONField(default=dict)  # `calendar.Calendar.as_json`
    current = models.ForeignKey("hospitality.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    reconfirmed_on = models.DateField()  # its terms, by a person
    suspended_on = models.DateField(null=True, blank=True)  # it takes nobody until someone resumes it
    suspended_why = models.CharField(max_length=20, blank=True)  # `rules.SUSPENSIONS`

    class Meta:
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.zone}"


class Terms(models.Model):
    """One version of what a place promises every visitor. Never changed: a new version takes its place, and a booking
    goes on by the one it was made under."""

    class Beyond(models.TextChoices):
        """What is asked for days beyond those that are free."""

        NOTHING = "NOTHING"  # no more days
        FREE = "FREE"
        PAID = "PAID"  # between the two places, or the visitor and the host; never through this site
        HOURS = "HOURS"  # in hours of work given

    host = models.ForeignKey(Host, models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField()
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    instant = models.BooleanField(default=False)  # a booking stands at once; otherwise the host answers
    days_per_visitor = models.PositiveSmallIntegerField()  # in a calendar year
    desks_per_day = models.PositiveSmallIntegerField()  # as promised; the pools say what there is
    notice_hours = models.PositiveSmallIntegerField(default=0)  # asked at least so long before
    ahead_days = models.PositiveSmallIntegerField(default=180)  # and at most so long before
    answer_hours = models.PositiveSmallIntegerField(default=48)  # within which the host answers
    late_hours = models.PositiveSmallIntegerField(default=24)  # a cancellation later than this counts as late
    late_share = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])  # charged, per cent
    no_show_share = models.PositiveSmallIntegerField(default=100, validators=[MaxValueValidator(100)])
    no_show_minutes = models.PositiveSmallIntegerField(default=120)  # after which nobody is expected any more
    beyond = models.CharField(max_length=8, choices=Beyond.choices, default=Beyond.NOTHING)
    beyond_amount = models.PositiveIntegerField(null=True, blank=True)  # a day: minor units of money, or minutes
    beyond_currency = models.CharField(max_length=3, blank=True)  # ISO 4217, where it is paid
    blackouts = models.JSONField(default=list)  # [[first day, last day], …]: visitors are not taken, though it is open
    rules = models.JSONField(default=dict)  # language → house rules

    class Meta:
        verbose_name_plural = "terms"
        ordering: ClassVar = ["host", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "version"], name="terms_version_once"),
            models.CheckConstraint(condition=Q(late_share__lte=100, no_show_share__lte=100), name="terms_shares"),
            models.CheckConstraint(
                condition=Q(beyond__in=["PAID", "HOURS"], beyond_amount__isnull=False)
                | Q(beyond__in=["NOTHING", "FREE"], beyond_amount=None),
                name="terms_beyond_has_its_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host_id} terms {self.version}"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, person: Person | AnonymousUser) -> "AgreementQuerySet":
        """Those one of whose sides ``person`` reads the books of, or may commit."""
        places = Place.objects.where_may(person, Action.PLACE_BOOKS)
        bodies = Organisation.objects.where_may(person, Action.PLACE_BIND)
        return self.filter(
            Q(host_place__in=places) | Q(home_place__in=places) | Q(host_body__in=bodies) | Q(home_body__in=bodies)
        )


class Agreement(models.Model):
    """A host side takes in people of a home side, on terms of their own. A side is a place or an organisation: then all
    places it runs, and those run by organisations below it."""

    host_place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    host_body = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="+")
    home_place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    home_body = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="+")
    both_ways = models.BooleanField(default=True)  # each side is also the host of the other
    ended_on = models.DateField(null=True, blank=True)  # the first day it no longer holds

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(host_place__isnull=True) ^ Q(host_body__isnull=True), name="agreement_has_a_host"
            ),
            models.CheckConstraint(
                condition=Q(home_place__isnull=True) ^ Q(home_body__isnull=True), name="agreement_has_a_home"
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.pk}"


class AgreementVersion(models.Model):
    """What the sides of an agreement settled on. Holds from the moment both have said yes; never changed after."""

    class Window(models.TextChoices):
        """Over which calendar span days are counted, by the host's clock."""

        MONTH = "MONTH"
        YEAR = "YEAR"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    proposed = models.DateTimeField(default=timezone.now)
    host_said_yes = models.DateTimeField(null=True, blank=True)
    home_said_yes = models.DateTimeField(null=True, blank=True)
    window = models.CharField(max_length=5, choices=Window.choices, default=Window.YEAR)
    days_per_visitor = models.PositiveSmallIntegerField(null=True, blank=True)  # in a window; None: any number
    days_in_all = models.PositiveSmallIntegerField(null=True, blank=True)  # of all visitors together, in a window
    credit_per_day = models.PositiveIntegerField(default=1)  # in days of the ledger, per day stayed
    late_hours = models.PositiveSmallIntegerField(default=24)
    late_share = models.PositiveSmallIntegerField(default=0)
    no_show_share = models.PositiveSmallIntegerField(default=100)
    no_show_minutes = models.PositiveSmallIntegerField(default=120)
    offline_walk_ins = models.PositiveSmallIntegerField(default=0)  # places a desk without network may lease for a day

    class Meta:
        ordering: ClassVar = ["agreement", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "version"], name="agreement_version_once"),
            models.CheckConstraint(condition=Q(late_share__lte=100, no_show_share__lte=100), name="agreement_shares"),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.agreement_id} version {self.version}"
