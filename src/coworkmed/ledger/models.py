"""Accounts of places: what was promised, given, corrected, set off. Nothing written here is ever changed, but for the
balances, which are the limits' own counters and can be counted again from the entries at any time."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

from .rules import CLOSING, MOST, Kind, Unit


def _codes(codes: type[Unit] | type[Kind]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in codes]


class BalanceQuerySet(models.QuerySet["Balance"]):
    def positions(self) -> "BalanceQuerySet":
        """Those of one place with all others together."""
        return self.filter(partner=None)

    def pairs(self) -> "BalanceQuerySet":
        """Those of two places."""
        return self.exclude(partner=None)

    def of(self, place: str) -> "BalanceQuerySet":
        """All that ``place`` has a part in."""
        return self.filter(Q(place=place) | Q(partner=place))


class Balance(models.Model):
    """What ``place`` is owed (above zero) or owes (below) in a unit: by ``partner``, or by all where there is none.

    ``rising`` and ``falling`` are what promises may still add to it and take from it. The limits hold for the worst
    that may come of them, and the database itself keeps them.
    """

    key = models.CharField(primary_key=True, max_length=40)  # `rules.key`
    place = models.ForeignKey(Place, models.PROTECT, related_name="balances")
    partner = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=4, choices=_codes(Unit))
    posted = models.BigIntegerField(default=0)
    rising = models.BigIntegerField(default=0)
    falling = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=-MOST)
    ceiling = models.BigIntegerField(default=MOST)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ceiling__gte=F("posted") + F("rising")), name="ledger_ceiling"),
            models.CheckConstraint(condition=Q(floor__lte=F("posted") - F("falling")), name="ledger_floor"),
            models.CheckConstraint(condition=Q(rising__gte=0, falling__gte=0), name="ledger_pending"),
            models.CheckConstraint(
                condition=Q(floor__gte=-MOST, floor__lte=0, ceiling__gte=0, ceiling__lte=MOST), name="ledger_limits"
            ),
            models.CheckConstraint(condition=Q(partner=None) | Q(place__lt=F("partner")), name="ledger_lower_first"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.posted}"


class Transfer(models.Model):
    """Something given by one place to another, or promised. Written once, under a key made by who writes it."""

    key = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=_codes(Kind))
    giver = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")  # None: of more than two places
    taker = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=4, choices=_codes(Unit))
    amount = models.BigIntegerField()  # parts of the unit; of a set-off, all of it together
    about = models.CharField(max_length=200)
    why = models.CharField(max_length=500, blank=True)  # of a correction, of more than was held
    refers_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    supply = models.JSONField(default=dict)  # `vat.Supply`
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=20)  # who wrote it: `audit.Who`
    person = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=1, amount__lte=MOST), name="ledger_amount"),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.SET_OFF, Kind.JOINED], giver=None, taker=None)
                | (~Q(kind__in=[Kind.SET_OFF, Kind.JOINED]) & Q(giver__isnull=False) & ~Q(giver=F("taker"))),
                name="ledger_between_two",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[*CLOSING, Kind.CORRECTION], refers_to__isnull=False)
                | (~Q(kind__in=[*CLOSING, Kind.CORRECTION]) & Q(refers_to=None)),
                name="ledger_refers",
            ),
            models.UniqueConstraint(fields=["refers_to"], condition=Q(kind__in=CLOSING), name="ledger_closed_once"),
            models.UniqueConstraint(
                fields=["refers_to"], condition=Q(kind=Kind.CORRECTION), name="ledger_corrected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Entry(models.Model):
    """One side of a transfer, as the books of ``place`` have it: it is owed so much more by ``partner``, or less. The
    other side is in the partner's books with the opposite sign, so that each transfer comes to nothing."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entries")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.CharField(max_length=4, choices=_codes(Unit))
    amount = models.BigIntegerField()
    at = models.DateTimeField()  # taken while the balances were held: in the order in which they changed

    class Meta:
        verbose_name_plural = "entries"
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["place", "unit", "at"], name="ledger_entries_of")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_says_something")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.amount:+} {self.unit}"


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, person: Person) -> "StatementQuerySet":
        """Those of places whose books ``person`` may read."""
        return self.filter(place__in=Place.objects.where_may(person, Action.PLACE_BOOKS))


class Statement(models.Model):
    """A month of a place's books in one unit, closed: opening, entries, closing, bound to the statement before."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="statements")
    unit = models.CharField(max_length=4, choices=_codes(Unit))
    month = models.CharField(max_length=7)  # "2026-10", of UTC
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    body = models.TextField()  # `statements.Body` as canonical JSON, the text that was digested
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month", "unit"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "unit", "month"], name="one_statement_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.unit} {self.month}"


class SetOff(models.Model):
    """A proposal to lower debts around circles. Replaced by another where someone stays out, or a debt changed."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED"
        POSTED = "POSTED"
        WITHDRAWN = "WITHDRAWN"
        REPLACED = "REPLACED"

    key = models.UUIDField(primary_key=True)
    unit = models.CharField(max_length=4, choices=_codes(Unit))
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    inputs = models.CharField(max_length=26)  # digest of the debts it was reckoned from
    left_out = models.JSONField(default=list)  # places that do not take part
    proposed_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit"], condition=Q(state="PROPOSED"), name="one_set_off_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.state} {self.proposed_at:%Y-%m-%d}"

    def concerned(self) -> set[str]:
        """The places whose debts it lowers."""
        return {place for pair in self.notices.values_list("debtor", "creditor") for place in pair}

    def agreed(self) -> set[str]:
        """Those of them that agree."""
        return set(self.answers.filter(agrees=True).values_list("place", flat=True))


class Notice(models.Model):
    """What a set-off does to the debt of one place to another: ``amount`` of ``debt`` is settled."""

    run = models.ForeignKey(SetOff, models.CASCADE, related_name="notices")
    debtor = models.ForeignKey(Place, models.PROTECT, related_name="+")
    creditor = models.ForeignKey(Place, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    debt = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["debtor", "creditor"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "debtor", "creditor"], name="one_notice_a_debt"),
            models.CheckConstraint(condition=Q(amount__gte=1, amount__lte=F("debt")), name="notice_within_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} → {self.creditor_id}: {self.amount}"


class Answer(models.Model):
    """A place's word on a set-off."""

    run = models.ForeignKey(SetOff, models.CASCADE, related_name="answers")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=20)
    person = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "place"], name="one_answer_to_a_set_off")]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.agrees}"
