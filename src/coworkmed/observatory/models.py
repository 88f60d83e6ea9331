"""Census waves: whom we invited, what they answered, and what of it was told of groups of places."""

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

    class Meta:
        ordering: ClassVar = ["wave", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["wave", "place"], name="one_answer_to_a_wave")]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.place_id} {self.state}"


class Release(models.Model):
    """What was told of groups of places on one question, at one time (`census.disclosure.Release`). Never changed: what
    was told can't be taken back, and the next one must not give anybody away beside it."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="releases")
    figure = models.CharField(max_length=60)  # code of `census.portrait.FIGURES`
    number = models.PositiveSmallIntegerField()
    members = models.JSONField(default=dict)  # place → the group it counts in, and the value it counts with
    groups = models.JSONField(default=dict)  # group → what was told of it
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["wave", "figure", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wave", "figure", "number"], name="one_release_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.figure} {self.number}"
