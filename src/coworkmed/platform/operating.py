"""What whoever runs the site does to jobs, schedules and mails by hand, each with its event in the trail."""

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from . import audit, jobs, mail
from .models import Job, Mail, Schedule

#: An address of which the trail, which forgets nothing, tells not even a digest.
ADDRESS = audit.Thing("mail", "address")


@transaction.atomic
def retry(*, who: audit.Who, job: Job) -> bool:
    """Try a job again that was given up; whether it was."""
    if not jobs.retry(job.pk):
        return False
    _tell(who, "job.retried", audit.Thing("job", str(job.pk)), "failed", "waiting")
    return True


@transaction.atomic
def switch(*, who: audit.Who, schedule: Schedule, active: bool) -> bool:
    """Have a schedule rest, or go on: from its next time, and not for all that it missed. Whether that is a change."""
    known = Schedule.objects.select_for_update().filter(pk=schedule.pk, active=not active).first()
    if not known or known.pk not in jobs.every_job():
        return False
    jobs.rest(known.pk, resting=not active)
    if active:
        Schedule.objects.filter(pk=known.pk).update(next=jobs.following(known.rule, timezone.now()))
    _tell(who, "schedule.switched", audit.Thing("schedule", known.pk), not active, active)
    return True


@transaction.atomic
def resolve(*, who: audit.Who, letter: Mail, sent: bool) -> bool:
    """A person's word on a mail of which nobody knows whether it was sent: it was, or it is to be sent again. Whether
    that was open. Raises CoworkmedError where the address is forgotten by now."""
    if not sent and not Mail.objects.exclude(to="").filter(pk=letter.pk).exists():
        raise CoworkmedError(N_("The address of this mail is not kept any more, so it can’t be sent again."))
    if not mail.resolve(letter.pk, sent=sent):
        return False
    after = Mail.State.SENT if sent else Mail.State.WAITING
    _tell(who, "mail.resolved", audit.Thing("mail", str(letter.pk)), Mail.State.DOUBTFUL.value, after.value)
    return True


@transaction.atomic
def resume(*, who: audit.Who, address: str) -> bool:
    """Mails nobody asked for go to ``address`` again; whether they were withheld."""
    if not mail.is_quiet(address):
        return False
    mail.resume(address)
    _tell(who, "mail.resumed", ADDRESS, "quiet", None)
    return True


def _tell(who: audit.Who, verb: str, thing: audit.Thing, before: object, after: object) -> None:
    audit.record(who=who, verb=verb, thing=thing, before=before, after=after)
