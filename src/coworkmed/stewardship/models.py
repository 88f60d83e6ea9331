"""Whom we asked, and what people bring: suggestions, claims to a place, reports. Each waits for someone to decide."""

from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place
from coworkmed.sources.models import Entry

from .words import OUTCOMES, PROOFS, REASONS


def _codes(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, code) for code in words]


class Asked(models.Model):
    """A question once put about a place by mail, or another mail that nobody asked for: `places.clock.Sent`. The
    address is kept as its keyed digest."""

    class To(models.TextChoices):
        OWNER = "OWNER"
        STEWARD = "STEWARD"
        OTHER = "OTHER"  # it asked nothing that the clock waits for

    address = models.CharField(max_length=32)  # `platform.tokens.address_digest`
    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="asked")  # None: about none of them
    to = models.CharField(max_length=7, choices=To.choices)
    why = models.CharField(max_length=12, blank=True)  # `places.clock.REASONS`
    on = models.DateField(db_index=True)
    mail = models.CharField(max_length=200)  # its key in `platform.mail`

    class Meta:
        verbose_name_plural = "asked"
        ordering: ClassVar = ["on", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "mail"], name="asked_once_in_a_mail")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.to} {self.on}"


_Case = TypeVar("_Case", bound="Case")


def about(places: models.QuerySet[Place]) -> models.Q:
    """Cases are few and places many: it is asked of each case whether its place is among them, or the one that answers
    for it since they were found to be the same."""
    answers = Coalesce(models.OuterRef("place__merged_into"), models.OuterRef("place"))
    return models.Q(models.Exists(places.filter(pk=answers)))


class CaseQuerySet(models.QuerySet[_Case]):
    def visible_to(self, person: Person) -> Self:
        """Those on places that ``person`` tends."""
        return self.filter(about(Place.objects.where_may(person, Action.PLACE_TEND)))

    def open(self) -> Self:
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

    class Meta:
        abstract = True
        ordering: ClassVar = ["due", "pk"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.outcome or 'open'}"


class SuggestionQuerySet(CaseQuerySet["Suggestion"]):
    def visible_to(self, person: Person) -> Self:
        """Those on places that ``person`` speaks for or tends."""
        speaks = Place.objects.where_may(person, Action.PLACE_SPEAK)
        tends = Place.objects.where_may(person, Action.PLACE_TEND)
        return self.filter(about(speaks) | about(tends))


class Suggestion(Case):
    """What someone says should stand on a place's page. Unanswered for two weeks it is shown, as not confirmed: what is
    too dangerous for that (`rules.harmless`) goes on waiting."""

    values = models.JSONField(default=dict)  # field → `kernel.values.Value.as_json`
    before = models.JSONField(default=dict)  # the same fields as they were shown then
    note = models.TextField(blank=True)
    link = models.URLField(blank=True, max_length=500)  # where it can be read
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="+")  # it became, unanswered
    lapsed = models.DateTimeField(null=True, blank=True)  # when two weeks had gone by without an answer
    taken = models.JSONField(default=list)  # names of the fields that were accepted

    objects = SuggestionQuerySet.as_manager()

    class Meta(Case.Meta):
        indexes: ClassVar = [models.Index(fields=["due", "id"], condition=models.Q(outcome=""), name="suggestion_open")]


class ClaimQuerySet(CaseQuerySet["Claim"]):
    """As those of all cases."""


class Claim(Case):
    """Someone says that their organisation runs a place, and proves it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="claims")
    proof = models.CharField(max_length=8, choices=_codes(PROOFS))
    code = models.CharField(max_length=64, blank=True)  # keyed digest of the one that was sent
    code_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    disputed = models.BooleanField(default=False)  # another organisation runs it
    note = models.TextField(blank=True)  # erased with the decision, as is the next
    answer = models.TextField(blank=True)  # what the other organisation says of it

    objects = ClaimQuerySet.as_manager()

    class Meta(Case.Meta):
        indexes: ClassVar = [models.Index(fields=["due", "id"], condition=models.Q(outcome=""), name="claim_open")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "organisation"], condition=models.Q(outcome=""), name="one_open_claim"
            )
        ]


class ReportQuerySet(CaseQuerySet["Report"]):
    def visible_to(self, person: Person) -> Self:
        """Those on places that ``person`` tends, and no objection to their own decision."""
        return super().visible_to(person).exclude(objects_to__decided_by=person)


class Report(Case):
    """Someone says that something on a place's page should not be there."""

    reason = models.CharField(max_length=12, choices=_codes(REASONS))
    note = models.TextField(blank=True)
    address = models.CharField(max_length=32, blank=True)  # "NOT_US": digest of the one that is not the place's
    done = models.JSONField(default=list)  # codes of `words.DONE`
    objects_to = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="objection"
    )  # an objection to what was decided on this one: for someone else to decide

    objects = ReportQuerySet.as_manager()

    class Meta(Case.Meta):
        indexes: ClassVar = [models.Index(fields=["due", "id"], condition=models.Q(outcome=""), name="report_open")]
