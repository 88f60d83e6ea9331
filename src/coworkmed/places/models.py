"""The registry: places, which entries speak of them, and what people decided."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from coworkmed.kernel.fields import STATUSES
from coworkmed.people.models import Operates, Person, below
from coworkmed.people.queries import standings
from coworkmed.people.rules import ALLOWED, REACHING_DOWN, Action, Who
from coworkmed.sources.models import Entry

from .freshness import KINDS

SHOWN = ("UNKNOWN", "OPEN", "PROJECT", "PAUSED")


class PlaceQuerySet(models.QuerySet["Place"]):
    def current(self) -> "PlaceQuerySet":
        """Places that stand for themselves: not redirected to another."""
        return self.filter(merged_into=None)

    def shown(self) -> "PlaceQuerySet":
        """Current places one may hope to walk into."""
        return self.current().filter(status__in=SHOWN)

    def where_may(self, person: Person | AnonymousUser, action: Action) -> "PlaceQuerySet":
        """Those to which ``person`` may do ``action``: as `people.queries.can` says of each."""
        if not isinstance(person, Person) or not person.is_active:
            return self.none()
        if person.is_staff and Who.OPERATOR in ALLOWED[action]:
            return self.all()
        held = [one for one in standings(person) if one.role in ALLOWED[action]]
        reaching = below(one.organisation for one in held if one.role in REACHING_DOWN)
        run = Operates.objects.filter(organisation__in={one.organisation for one in held} | reaching, until=None)
        tended = {one.territory for one in held if one.role == Who.STEWARD} - {""}
        return self.filter(
            models.Q(pk__in=run.values("place"))
            | models.Q(country__in=tended)
            | models.Q(region__in=tended)
            | models.Q(town__in=[int(one) for one in tended if one.isdecimal()])
        )


class Place(models.Model):
    """One place, under a public id that is never reused. Its values are settled from assertions and can be again."""

    public_id = models.CharField(primary_key=True, max_length=16)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )
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
    due_on = models.DateField(null=True, blank=True)  # from when it should be asked (`freshness.due_on`); None: never
    turns_on = models.DateField(null=True, blank=True)  # when time alone changes it (`rules.turns_on`); None: never

    digest = models.CharField(max_length=26, blank=True)  # of all that is settled: the same again is no change
    modified = models.DateTimeField(default=timezone.now)  # when what is shown of it last changed

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "public_id"]
        indexes: ClassVar = [
            models.Index(fields=["modified", "public_id"]),
            models.Index(  # places of each country are counted in it, without a look at the table
                fields=["country", "freshness", "confirmed_on", "status", "merged_into"], name="place_standing"
            ),
            models.Index(fields=["country", "locality"]),
            # a whole one tempts SQLite to walk all places that are merged into none
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="place_merged_into"
            ),
            models.Index(fields=["region"]),
            models.Index(fields=["town"]),
            models.Index(fields=["main_kind"]),
            models.Index(fields=["chain"], condition=~models.Q(chain=""), name="place_chain"),
            models.Index(fields=["due_on", "public_id"], condition=models.Q(due_on__isnull=False), name="place_due"),
            models.Index(fields=["turns_on"], condition=models.Q(turns_on__isnull=False), name="place_turns"),
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
    vouched = models.JSONField(default=dict)  # field → [partial date, role]: `rules.Claim.vouched`

    class Meta:
        ordering: ClassVar = ["place", "entry"]

    def __str__(self) -> str:
        return f"{self.entry} → {self.place_id}"


class SignalQuerySet(models.QuerySet["Signal"]):
    def standing(self) -> "SignalQuerySet":
        """Those nobody struck out."""
        return self.filter(struck_on=None)


class Signal(models.Model):
    """Something besides lists that tells of a place (`freshness.Signal`). Kept for ever; struck out if it was false."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=10, choices=[(one, one) for one in KINDS])
    on = models.CharField(max_length=10)  # partial date
    says = models.CharField(max_length=12, blank=True)
    until = models.CharField(max_length=10, blank=True)  # partial date on which a pause is over
    values = models.JSONField(default=dict)  # field → the value it vouches for, as it was shown
    struck_on = models.DateField(null=True, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "pk"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind} {self.on} {self.says}".rstrip()


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
    relation = models.CharField(max_length=6, blank=True)  # "branch": different premises of one chain
    note = models.TextField(blank=True)
    decided_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["left", "right"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["left", "right"], name="one_decision_per_pair")]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.verdict}"


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def visible_to(self, person: Person | AnonymousUser) -> "DoubtQuerySet":
        """Those of which ``person`` tends one of the places."""
        if isinstance(person, Person) and person.is_active and person.is_staff:
            return self
        tended = Place.objects.where_may(person, Action.PLACE_TEND)
        sides = (models.Exists(tended.filter(links__entry=models.OuterRef(side))) for side in ("left", "right"))
        return self.filter(reduce(or_, sides))


class Doubt(models.Model):
    """Two entries on which a person's word is worth having, or whose pair was drawn for an audit: for review.

    Runs ask anew what nobody judged; a pair that waits for another reviewer stays until they have.
    """

    class State(models.TextChoices):
        OPEN = "open"  # nobody could tell yet
        SECOND = "second"  # judged, and to be judged by another, who is not told what the first said
        DISPUTED = "disputed"  # reviewers disagree: nothing binds
        SETTLED = "settled"

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
    state = models.CharField(max_length=8, choices=State.choices, default="open")

    objects = DoubtQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["turn"]
        indexes: ClassVar = [models.Index(fields=["turn"], condition=~models.Q(state="settled"), name="doubt_waits")]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}: {self.probability:.2f}"


class Verdict(models.Model):
    """What one reviewer said of two entries, ``left`` the one of the lower number. `Decision` follows from all that was
    said of a pair (`review.rules.outcome`)."""

    class Said(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"
        BRANCH = "branch"  # two premises of one chain: binds as different
        UNSURE = "unsure"  # binds nothing

    left = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    right = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="verdicts")
    said = models.CharField(max_length=9, choices=Said.choices)
    note = models.TextField(blank=True)
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    at = models.DateTimeField(default=timezone.now)
    act = models.UUIDField()  # what was said with one press is taken back with one
    run = models.BigIntegerField()  # number of the `Refresh` that stood then: a later one has gone by this verdict

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["left", "right", "person"], name="one_verdict_each"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="lower_number_left"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="verdicts_of")]

    def __str__(self) -> str:
        return f"{self.left_id}-{self.right_id}: {self.said}"


class Weights(models.Model):
    """Weights of the matching of this registry's own, and how well they tell what was decided. Those taken over last
    are the ones it is linked by; without any, those the project ships."""

    model = models.TextField()  # `linkage.model.Model` as JSON
    lesson = models.JSONField(default=dict)  # `review.learning.Lesson`; {} where they came from elsewhere
    made_at = models.DateTimeField(default=timezone.now)
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "weights"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"weights of {self.made_at:%Y-%m-%d}"


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


class Registry(models.Model):
    """One row, the lock by which one at a time changes what is shown."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        verbose_name_plural = "registry"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="one_registry")]

    def __str__(self) -> str:
        return "registry"


class Refresh(models.Model):
    """The state the registry was last made from, so that work already done is not done again."""

    state = models.CharField(max_length=26)
    as_of = models.DateField()
    census = models.JSONField(default=dict)  # `linkage.review.Census`: how many pairs, by what is known of them

    def __str__(self) -> str:
        return f"{self.as_of}"
