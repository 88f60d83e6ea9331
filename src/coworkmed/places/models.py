"""The registry: places, which entries speak of them, and what people decided."""

from typing import ClassVar

from django.db import models

from coworkmed.kernel.fields import STATUSES
from coworkmed.sources.models import Entry


class PlaceQuerySet(models.QuerySet["Place"]):
    def current(self) -> "PlaceQuerySet":
        """Places that stand for themselves: not redirected to another."""
        return self.filter(merged_into=None)


class Place(models.Model):
    """One place, under a public id that is never reused. Its values are settled from assertions and can be again."""

    public_id = models.CharField(primary_key=True, max_length=16)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    status = models.CharField(max_length=12, choices=[(one, one) for one in STATUSES], default="UNKNOWN")
    freshness = models.CharField(max_length=12, blank=True)  # `rules.FRESHNESS`
    confirmed_on = models.CharField(max_length=10, blank=True)  # partial date of the newest evidence that it exists
    confirmed_by = models.CharField(max_length=10, blank=True)  # role that gave it
    values = models.JSONField(default=dict)  # field → settled value
    sources = models.JSONField(default=list)  # keys of the sources that speak of it, sorted
    name = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    locality = models.CharField(max_length=120, blank=True)
    main_kind = models.CharField(max_length=20, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    search = models.TextField(blank=True)  # folded words to find it by

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "public_id"]
        indexes: ClassVar = [models.Index(fields=["country", "locality"]), models.Index(fields=["main_kind"])]

    def __str__(self) -> str:
        return self.name or self.public_id


class Link(models.Model):
    """An entry speaks of a place, with the probability that it does and the reasons."""

    class By(models.TextChoices):
        ALONE = "alone"  # nothing else resembles it: the place was made for it
        MACHINE = "machine"
        PERSON = "person"

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="link")
    place = models.ForeignKey(Place, models.PROTECT, related_name="links")
    probability = models.FloatField(default=1.0)
    decided_by = models.CharField(max_length=8, choices=By.choices)
    reasons = models.JSONField(default=list)  # `linkage` reasons of its strongest tie to the place

    class Meta:
        ordering: ClassVar = ["place", "entry"]

    def __str__(self) -> str:
        return f"{self.entry} → {self.place_id}"


class Decision(models.Model):
    """A person's word on two entries. It binds every later run."""

    class Verdict(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"

    left = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.TextField(blank=True)
    decided_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["left", "right"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["left", "right"], name="one_decision_per_pair")]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.verdict}"


class Doubt(models.Model):
    """Two entries the machine could neither join nor keep apart with confidence: for a person to review."""

    left = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    probability = models.FloatField()
    reasons = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-probability", "left", "right"]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.probability:.2f}"


class Change(models.Model):
    """What happened to a place's identity: made, joined into another, parted from another."""

    class Kind(models.TextChoices):
        MADE = "made"
        MERGED = "merged"
        SPLIT = "split"

    place = models.ForeignKey(Place, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    other = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind}"


class Refresh(models.Model):
    """The state the registry was last made from, so that work already done is not done again."""

    state = models.CharField(max_length=26)
    as_of = models.DateField()

    def __str__(self) -> str:
        return f"{self.as_of}"
