"""Whom we asked, and what people bring: suggestions, claims to a place, reports. Each waits for someone to decide."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place
from coworkmed.sources.models import Entry

from .words import OUTCOMES, PROOFS, REASONS


def _codes(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, code) for code in words]


class Asked(models.Model):
    """A question once put about a place, by mail: `places.clock.Sent`. The address is kept as its keyed digest."""

    class To(models.TextChoices):
        OWNER = "OWNER"
        STEWARD = "STEWARD"

    address = models.CharField(max_length=32)  # `platform.tokens.address_digest`
    place = models.ForeignKey(Place, models.CASCADE, related_name="asked")
    to = models.CharField(max_length=7, choices=To.choices)
    why = models.CharField(max_length=10)  # `places.clock.REASONS`
    on = models.DateField(db_index=True)
    mail = models.CharField(max_length=200)  # its key in `platform.mail`

    class Meta:
        verbose_name_plural = "asked"
        ordering: ClassVar = ["on", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "mail"], name="asked_once_in_a_mail")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.to} {self.on}"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, person: Person) -> "CaseQuerySet":
        """Those on places that ``person`` tends."""
        return self.filter(place__in=Place.objects.where_may(person, Action.PLACE_TEND))

    def open(self) -> "CaseQuerySet":
        return self.filter(outcome="")


class Case(models.Model):
    """Something about a place that waits for a decision. Decided once: whoever comes second is told."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="%(class)ss")
    language = models.CharField(max_length=8, default=settings.LANGUAGE_CODE)  # of who brought it
    email = models.EmailField(blank=True)  # to be told the decision; erased with it
    created = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=_codes(OUTCOMES), blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_as = models.CharField(max_length=12, blank=True)  # the role they decided in, or "machine"
    reply = models.TextField(blank=True)  # what they wrote to who brought it

    objects = CaseQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["due", "pk"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.outcome or 'open'}"


class Suggestion(Case):
    """What someone says should stand on a place's page. Unanswered for two weeks it is shown, as not confirmed."""

    values = models.JSONField(default=dict)  # field → `kernel.values.Value.as_json`
    before = models.JSONField(default=dict)  # the same fields as they were shown then
    note = models.TextField(blank=True)
    link = models.URLField(blank=True, max_length=500)  # where it can be read
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="+")  # it became

    class Meta(Case.Meta):
        indexes: ClassVar = [models.Index(fields=["due", "id"], condition=models.Q(outcome=""), name="suggestion_open")]


class Claim(Case):
    """Someone says that their organisation runs a place, and proves it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="claims")
    proof = models.CharField(max_length=8, choices=_codes(PROOFS))
    code = models.CharField(max_length=64, blank=True)  # keyed digest of the one that was sent
    attempts = models.PositiveSmallIntegerField(default=0)
    disputed = models.BooleanField(default=False)  # another organisation runs it
    note = models.TextField(blank=True)

    class Meta(Case.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "organisation"], condition=models.Q(outcome=""), name="one_open_claim"
            )
        ]


class Report(Case):
    """Someone says that something on a place's page should not be there."""

    reason = models.CharField(max_length=12, choices=_codes(REASONS))
    note = models.TextField(blank=True)

    class Meta(Case.Meta):
        indexes: ClassVar = [models.Index(fields=["due", "id"], condition=models.Q(outcome=""), name="report_open")]
