"""The registry: places, which entries speak of them, and what people decided."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from coworkmed.kernel.fields import STATUSES
from coworkmed.sources.models import Entry

SHOWN = ("UNKNOWN", "OPEN", "PROJECT", "PAUSED")


class PlaceQuerySet(models.QuerySet["Place"]):
    def current(self) -> "PlaceQuerySet":
        """Places that stand for themselves: not redirected to another."""
        return self.filter(merged_into=None)

    def shown(self) -> "PlaceQuerySet":
        """Current places one may hope to walk into."""
        return self.current().filter(status__in=SHOWN)


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
    region = models.CharField(max_length=6, blank=True)  # ISO 3166-2, of the gazetteer
    town = models.IntegerField(null=True, blank=True)  # of the gazetteer (GeoNames)
    locality = models.CharField(max_length=120, blank=True)  # as the lists spell it
    main_kind = models.CharField(max_length=20, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    search = models.TextField(blank=True)  # folded words to find it by
    chain = models.CharField(max_length=300, blank=True)  # "brand:…" or "domain:…" that several premises share

    digest = models.CharField(max_length=26, blank=True)  # of all that is settled: the same again is no change
    modified = models.DateTimeField(default=timezone.now)  # when what is shown of it last changed

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "public_id"]
        indexes: ClassVar = [
            models.Index(fields=["modified", "public_id"]),
            models.Index(fields=["country", "locality"]),
            models.Index(fields=["region"]),
            models.Index(fields=["town"]),
            models.Index(fields=["main_kind"]),
            models.Index(fields=["chain"], condition=~models.Q(chain=""), name="place_chain"),
        ]

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
    # its strongest tie to the place; no index: nobody asks from the other end
    tied_to = models.ForeignKey(Entry, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    relation = models.CharField(max_length=6, blank=True)  # `linkage.records.Relation`
    reasons = models.JSONField(default=list)  # `linkage.waterfall.parts`

    class Meta:
        ordering: ClassVar = ["place", "entry"]

    def __str__(self) -> str:
        return f"{self.entry} → {self.place_id}"


class Weakest(models.Model):
    """The pair without which a place of three entries or more would fall apart."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="weakest")
    left = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    probability = models.FloatField()
    relation = models.CharField(max_length=6)
    reasons = models.JSONField(default=list)  # `linkage.waterfall.parts`

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.probability:.2f}"


class Purpose(models.TextChoices):
    """Why a pair was put before a person."""

    GAIN = "gain"  # its verdict is worth most
    AUDIT = "audit"  # drawn at random, to learn how good the registry is
    OWN = "own"  # nobody asked: the person chose it


class Decision(models.Model):
    """A person's word on two entries. It binds every later run.

    ``probability``, ``stratum``, ``inclusion`` and ``weights`` are what the `Doubt` said that asked for it; empty where
    nobody asked.
    """

    class Verdict(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"

    left = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    purpose = models.CharField(max_length=5, choices=Purpose.choices, default=Purpose.OWN)
    probability = models.FloatField(null=True)
    stratum = models.CharField(max_length=20, blank=True)
    inclusion = models.FloatField(null=True)
    weights = models.CharField(max_length=26, blank=True)
    note = models.TextField(blank=True)
    decided_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["left", "right"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["left", "right"], name="one_decision_per_pair")]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.verdict}"


class Doubt(models.Model):
    """Two entries on which a person's word is worth having, or whose pair was drawn for an audit: for review."""

    left = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    turn = models.PositiveIntegerField()  # the order to ask in
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    probability = models.FloatField()
    joined = models.BooleanField()  # whether the machine holds them for one place
    gain = models.FloatField(null=True)  # None where the pair was only drawn
    left_entries = models.PositiveIntegerField(null=True)  # that stand on its side; None where that has no meaning
    right_entries = models.PositiveIntegerField(null=True)
    stratum = models.CharField(max_length=20)  # of `linkage.review.STRATA`
    inclusion = models.FloatField(null=True)  # probability with which the pair of an audit was to be drawn
    weights = models.CharField(max_length=26)  # digest of the weights the machine judged by
    relation = models.CharField(max_length=6, blank=True)  # `linkage.records.Relation`
    reasons = models.JSONField(default=list)  # `linkage.waterfall.parts`

    class Meta:
        ordering: ClassVar = ["turn"]

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
    census = models.JSONField(default=dict)  # `linkage.review.Census`: how many pairs, by what is known of them

    def __str__(self) -> str:
        return f"{self.as_of}"
