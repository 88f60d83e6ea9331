"""Sources, what was harvested from them, and the assertions they made. Assertions are append-only."""

from typing import ClassVar

from django.db import models

from coworkmed.kernel.fields import ROLES


class Source(models.Model):
    """A list someone keeps, or another author of assertions (a manager, a census, a robot)."""

    key = models.SlugField(primary_key=True, max_length=80)
    spec = models.JSONField(default=dict)  # the catalogue's declaration, `catalogue.Spec.as_json`
    position = models.PositiveIntegerField(default=0)  # order in the catalogue
    checksum = models.CharField(max_length=64, blank=True)  # of the content last accepted, with the spec that read it
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=80, blank=True)
    harvested_on = models.DateField(null=True, blank=True)
    flag = models.CharField(max_length=20, blank=True)  # why it needs a person; "" while all is well
    flag_params = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class Harvest(models.Model):
    """One run over one source: what it read and what came of it."""

    class Outcome(models.TextChoices):
        APPLIED = "APPLIED"
        UNCHANGED = "UNCHANGED"
        REFUSED = "REFUSED"

    source = models.ForeignKey(Source, models.CASCADE, related_name="harvests")
    as_of = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    flag = models.CharField(max_length=20, blank=True)
    counts = models.JSONField(default=dict)  # read, added, changed, renamed, vanished, returned, rejected, dropped…

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.source_id} {self.as_of} {self.outcome}"


class Entry(models.Model):
    """A line of a list over time: its identifier, and what it says now."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="entries")
    external_id = models.CharField(max_length=200)
    former_ids = models.JSONField(default=list, blank=True)  # the list gave it these identifiers before
    assertion = models.ForeignKey("Assertion", models.PROTECT, null=True, related_name="+")  # what it says now
    first_seen = models.DateField()
    missing_since = models.DateField(null=True, blank=True)  # vanished from the list; waits
    retired_on = models.DateField(null=True, blank=True)  # waited long enough; speaks no more, is kept

    class Meta:
        ordering: ClassVar = ["source", "external_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="entry_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id}"


class Assertion(models.Model):
    """What one author said about one thing on one date, under one licence. Never changed, never deleted, but for
    values that are `Withheld`."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="assertions")
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES], default="IMPORT")
    observed_on = models.CharField(max_length=10, blank=True)  # partial date
    sign = models.CharField(max_length=10, blank=True)  # what that day is a sign of (`kernel.values.SIGNS`)
    asserted_on = models.DateField()  # when it reached us
    licence = models.CharField(max_length=40)
    fields = models.JSONField(default=dict)  # field → `kernel.values.Value.as_json`
    extra = models.JSONField(default=dict, blank=True)  # columns nobody mapped
    digest = models.CharField(max_length=26)  # of observed_on, fields and extra: the same words are not said twice

    class Meta:
        ordering: ClassVar = ["entry", "pk"]

    def __str__(self) -> str:
        return f"{self.entry} ({self.observed_on})"


class Withheld(models.Model):
    """A value that an entry may not say any more: it was a private person's, or someone's right was against it. What
    the value was is gone; its keyed digest tells it when its list says it again."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="withheld")
    field = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    since = models.DateField()

    class Meta:
        verbose_name_plural = "withheld"
        ordering: ClassVar = ["entry", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "field", "digest"], name="withheld_once")]

    def __str__(self) -> str:
        return f"{self.entry} {self.field}"


class Rejection(models.Model):
    """A row of the last accepted reading that could not enter, and why (`reasons.REJECTIONS`)."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="rejections")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=30)
    params = models.JSONField(default=dict)
    cells = models.JSONField(default=dict)  # the row as given, freed of personal data

    class Meta:
        ordering: ClassVar = ["source", "number", "pk"]

    def __str__(self) -> str:
        return f"{self.source_id} {self.number} {self.code}"
