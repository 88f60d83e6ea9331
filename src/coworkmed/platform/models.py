"""What the foundations keep: the audit trail, jobs and their schedules, mails on their way, links that were used.

Each is written by one module only, named after it; nothing else touches these tables.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Event(models.Model):
    """`audit`: something was done. Rows are added and never changed or removed: the database itself refuses."""

    number = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    at = models.DateTimeField()
    role = models.CharField(max_length=20)  # in which the person acted
    person = models.CharField(max_length=40, blank=True)  # an opaque id; empty where a machine or nobody known acted
    verb = models.CharField(max_length=60)
    thing_type = models.CharField(max_length=40)
    thing_id = models.CharField(max_length=80)
    # JSON as text, so that what was digested is what is kept, to the byte, on every database
    before = models.TextField()
    after = models.TextField()
    why = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the row before and this one

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["thing_type", "thing_id", "number"], name="event_thing"),
            models.Index(fields=["verb", "number"], name="event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.role} {self.verb} {self.thing_type} {self.thing_id}"


class Head(models.Model):
    """`audit`: the last row of the trail. Its one row is the lock by which rows are added one after the other."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_head")]

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class Job(models.Model):
    """`jobs`: a piece of work that waits, is being done, is done, or was given up."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"  # the last try failed: a person must look
        REPLACED = "replaced"  # it failed, and one with the same key was waiting to do the same

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)  # of the worker that has it: only that one may finish it
    lease = models.DateTimeField(null=True)  # until when it may be silent
    error = models.TextField(blank=True)  # of the last try that failed
    created = models.DateTimeField(default=timezone.now)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=Q(state="waiting") & ~Q(key=""), name="one_waiting_job_per_key"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due", "id"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["lease"], condition=Q(state="running"), name="job_running"),
            models.Index(fields=["state", "finished"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key} {self.state}".replace("  ", " ")


class Schedule(models.Model):
    """`jobs`: when a job is due again and again."""

    name = models.CharField(primary_key=True, max_length=80)  # of the job
    rule = models.CharField(max_length=40)
    next = models.DateTimeField()
    active = models.BooleanField(default=True)  # an operator may let one rest

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.rule}"


class Mail(models.Model):
    """`mail`: a mail on its way. Once it is sent, neither its address nor what it said is kept."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        DOUBTFUL = "doubtful"  # handed over or not, nobody knows: never sent again by itself
        FAILED = "failed"
        BOUNCED = "bounced"
        WITHHELD = "withheld"  # the address bounced before, or asked for no more
        EXPIRED = "expired"  # what it said was of no use any more

    key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=320, blank=True)
    address = models.CharField(max_length=32)  # digest of `to`
    language = models.CharField(max_length=12)
    template = models.CharField(max_length=80)
    context = models.JSONField(default=dict)
    stop = models.CharField(max_length=1000, blank=True)  # address at which one request ends such mails
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires = models.DateTimeField(null=True)  # when what it says is of no use any more: it is then not sent
    message_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    changed = models.DateTimeField(default=timezone.now)  # when it came into its state

    class Meta:
        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due", "id"], condition=Q(state="waiting"), name="mail_waiting"),
            models.Index(fields=["expires"], condition=Q(expires__isnull=False), name="mail_expires"),
            models.Index(fields=["state", "changed"], name="mail_state"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="mail_message"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.key} {self.state}"


class Quiet(models.Model):
    """`mail`: an address that no mail goes to which its owner did not ask for. Only its digest is kept."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced"
        STOPPED = "stopped"

    address = models.CharField(primary_key=True, max_length=32)
    reason = models.CharField(max_length=8, choices=Reason.choices)
    status = models.CharField(max_length=20, blank=True)  # of the bounce (RFC 3463)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "quiet"

    def __str__(self) -> str:
        return f"{self.address[:8]} {self.reason}"


class UsedToken(models.Model):
    """`tokens`: a link that has been used, kept until it would have expired."""

    digest = models.CharField(primary_key=True, max_length=64)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]


class Kept(models.Model):
    """`shared`: what all workers count together, for minutes. Django's own cache in the database writes it."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "kept"

    def __str__(self) -> str:
        return self.cache_key
