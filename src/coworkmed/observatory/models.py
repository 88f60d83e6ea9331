"""Census waves: whom we invited, what they answered, and what of it was told of groups of places. And the stories that
places tell."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.places.models import Place

#: Letters and figures that are never taken for one another when read from paper.
_CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


def paper_code() -> str:
    """By which a questionnaire on paper is known: not to be guessed, easy to copy."""
    return get_random_string(CODE_LENGTH, _CLEAR)


class WaveQuerySet(models.QuerySet["Wave"]):
    def where_may(self, person: Person | AnonymousUser, action: Action) -> "WaveQuerySet":
        """Those on which ``person`` may do ``action``: of organisations where they may; operators all."""
        if not isinstance(person, Person) or not person.is_active:
            return self.none()
        if person.is_staff:
            return self.all()
        return self.filter(organisation__in=Organisation.objects.where_may(person, action))


class Wave(models.Model):
    """A round of the census: the same questions, to the places of some territories, within some weeks."""

    class State(models.TextChoices):
        DRAFT = "DRAFT"  # nobody is invited yet
        OPEN = "OPEN"
        CLOSED = "CLOSED"

    number = models.PositiveSmallIntegerField(unique=True)
    title = models.JSONField(default=dict)  # language → title
    questionnaire = models.CharField(max_length=20)  # its version
    opens = models.DateField()
    closes = models.DateField()  # the last day on which one can answer
    territories = models.JSONField(default=list)  # codes of the gazetteer: "FR", "FR-PAC"; none: everywhere
    # none: of whoever runs the site, as is one whose organisation was dissolved
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="waves")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    told_on = models.DateField(null=True, blank=True)  # since when indicators tell of its confidential answers
    thinned = models.BooleanField(default=False)  # a place took its answers back since
    forgotten_on = models.DateField(null=True, blank=True)  # when these were deleted, their time being over

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(closes__gte=models.F("opens")), name="closes_after_it_opens")
        ]

    def __str__(self) -> str:
        return f"Wave {self.number}"

    def takes_answers(self, today: date) -> bool:
        return self.state == self.State.OPEN and self.opens <= today <= self.closes


class Invitation(models.Model):
    """A place that a wave asks. ``address`` is the keyed digest of where the link was sent: only that link opens it."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    place = models.ForeignKey(Place, models.CASCADE, related_name="census_invitations")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=paper_code)
    address = models.CharField(max_length=32, blank=True)  # `platform.tokens.address_digest`
    sent_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    remind = models.BooleanField(default=False)  # a reminder waits until it may be sent
    reminded_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)  # the place took its answers back

    class Meta:
        ordering: ClassVar = ["wave", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["wave", "place"], name="invited_once_to_a_wave")]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.place_id}"


class Answer(models.Model):
    """What a place answers to a wave, kept at each step. ``values``: field → ``{"value": …, "how": …}`` with ``how`` of
    `census.rules.HOW`, or ``{"none": …}`` of `census.rules.NONE` where it doesn't know or won't say."""

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        SUBMITTED = "SUBMITTED"

    class Channel(models.TextChoices):
        WEB = "WEB"
        PAPER = "PAPER"

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="answers")
    place = models.ForeignKey(Place, models.CASCADE, related_name="census_answers")
    values = models.JSONField(default=dict)
    seen = models.JSONField(default=list)  # codes of the sections that were gone through
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)  # of the answer: each time it is sent it is one more
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.WEB)
    public = models.BooleanField(default=False)  # whether the place lets everyone read its portrait
    updated = models.DateTimeField(default=timezone.now)
    entries = models.JSONField(default=list)  # numbers of the entries and signals that the place's word became …
    signals = models.JSONField(default=list)  # … to be struck if it takes its answers back

    class Meta:
        ordering: ClassVar = ["wave", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["wave", "place"], name="one_answer_to_a_wave")]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.place_id} {self.state}"


class Release(models.Model):
    """What was told of groups of places on one question, at one time (`census.disclosure.Release`). Never changed: what
    was told can't be taken back, and the next one must not give anybody away beside it. Only of a place that takes its
    answers back nothing stays but that somebody stood there."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="releases")
    figure = models.CharField(max_length=60)  # code of `census.portrait.FIGURES`
    number = models.PositiveSmallIntegerField()
    members = models.JSONField(default=dict)  # place → the group it counts in, and the value it counts with
    # whoever took their answers back, under a name that nobody has → the group they counted in
    gone = models.JSONField(default=dict)
    groups = models.JSONField(default=dict)  # group → what was told of it
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["wave", "figure", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "figure", "number"], name="one_release_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.figure} {self.number}"


class Told(models.Model):
    """What indicators told of the answers to a closed wave, the first time that they did: rows of `indicators.parquet`,
    which are told again as they were (`census.extract`). Gone once a place takes its answers back."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="told")
    rows = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.wave_id}: {len(self.rows)}"


# -- stories ----------------------------------------------------------------------------------------------------------


def reference() -> str:
    """By which a story is cited: short, and without letters that are taken for one another."""
    return get_random_string(CODE_LENGTH, _CLEAR).lower()


class StoryQuerySet(models.QuerySet["Story"]):
    def visible_to(self, person: Person | AnonymousUser) -> "StoryQuerySet":
        """Those that ``person`` may read: what is published; what is sent, too, for who looks after places."""
        if isinstance(person, Person) and person.tends:
            return self.exclude(state=Story.State.DRAFT)
        return self.filter(state=Story.State.PUBLISHED)


class Story(models.Model):
    """A change that a place has witnessed, in its own words and language."""

    class State(models.TextChoices):
        DRAFT = "DRAFT"  # only who writes it reads it
        SUBMITTED = "SUBMITTED"  # read by those who code it
        PUBLISHED = "PUBLISHED"
        DECLINED = "DECLINED"  # not published, and why
        WITHDRAWN = "WITHDRAWN"  # nothing of it is left but that it was there

    reference = models.CharField(max_length=CODE_LENGTH, unique=True, default=reference)
    place = models.ForeignKey(Place, models.CASCADE, related_name="stories")
    # it was told in this wave; none: on the place's page
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="stories")
    language = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    named = models.BooleanField(default=True)  # whether it is published with the name of the place
    teller = models.CharField(max_length=80, blank=True)  # a first name or a role, where who tells it wants that
    licence = models.CharField(max_length=20)
    consent = models.CharField(max_length=10)  # version of the words agreed to (`stories.words.CONSENT`)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    themes = models.JSONField(default=list)  # codes of the scheme, once its coders agree
    scheme = models.CharField(max_length=10, blank=True)  # its version
    settled = models.CharField(max_length=10, blank=True)  # how they came to agree (`stories.words.SETTLED`)
    reason = models.TextField(blank=True)  # why it was declined, for the place
    told_on = models.DateField(null=True, blank=True)  # sent
    published_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering: ClassVar = ["-published_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Coding(models.Model):
    """What one coder finds in a story, without knowing what another finds."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="codings")
    coder = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    themes = models.JSONField(default=list)  # codes of the scheme; none: none of them fits
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["story", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["story", "coder"], name="coded_once_by_each")]

    def __str__(self) -> str:
        return f"{self.story_id} {self.themes}"
