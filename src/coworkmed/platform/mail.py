"""Mail: written down in the transaction of what it tells, sent by a job, never twice.

Between handing a mail over and noting that, a machine can lose its power. So it is noted before too: a mail found
*sending* long after is *doubtful*, and stays so until a person says what became of it. What was refused for good is
*failed*; what was refused for now is tried again, later and later.

A mail nobody asked for carries ``stop``, an address at which one request ends it (RFC 8058); such mails are withheld
from addresses that bounced or stopped. Addresses are kept until the mail is sent, and their keyed digests after that.
"""

import email
import email.policy
import html
import logging
import re
import secrets
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template import engines
from django.utils import timezone, translation
from jinja2 import Environment

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from . import jobs
from .mail_text import plain
from .models import Mail, Quiet
from .tokens import address_digest

log = logging.getLogger(__name__)

TRIES = 8  # in about four hours
BACKOFF = timedelta(minutes=2)
SILENT = timedelta(minutes=15)  # in the midst of sending: whoever did it is gone
KEPT = timedelta(days=30)  # what was not sent, for a person to look at
REMEMBERED = timedelta(days=730)  # that a mail with this key existed
_AT_A_TIME = 200  # mails by one connection
_CODE = re.compile(r"[a-z][a-z0-9_/-]*")

State = Mail.State


class AddressError(CoworkmedError):
    """Not an address that mail can be sent to."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail as it is read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report (RFC 3464) says: the address, the status (RFC 3463: "5.1.1"), whether delivery was given
    up, and the Message-ID of our mail."""

    address: str
    status: str
    given_up: bool
    message_id: str


# writing


def send(
    *,
    to: str,
    language: str,
    template: str,
    context: Mapping[str, Any],
    key: str,
    stop: str = "",
    until: datetime | None = None,
) -> bool:
    """Write a mail down, to be sent once the transaction at hand commits. Under one ``key`` there is one mail, for
    ever: False where it exists already.

    ``template``  name of a page in ``mail/`` without ``.html``; it gets ``context`` (of what JSON can hold), ``site``,
    ``stop``
    ``stop``  address of a page of ours that ends such mails when it is posted to (`stops.stop_address`); empty for mail
    its reader asked for
    ``until``  when what it says is of no use any more (a code): it goes before all others, and then not at all

    Raises AddressError for what is no address, TemplateNotFound, and TypeError for a context that JSON can't hold.
    """
    try:
        validate_email(to)
    except ValidationError:
        raise AddressError(N_("“{address}” is not an e-mail address."), address=to) from None
    if not _CODE.fullmatch(template):
        raise ValueError(f"“{template}” is no name of a template")
    _environment().get_template(f"mail/{template}.html")
    address = address_digest(to)
    withheld = bool(stop) and Quiet.objects.filter(pk=address).exists()
    with transaction.atomic():
        _, fresh = Mail.objects.get_or_create(
            key=key,
            defaults={
                "to": "" if withheld else to,
                "address": address,
                "language": language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
                "template": template,
                "context": {} if withheld else dict(context),
                "stop": stop,
                "expires": until,
                "state": State.WITHHELD if withheld else State.WAITING,
            },
        )
        if fresh and not withheld:
            deliver.enqueue(key=jobs.SCHEDULED)
    return fresh


def render(*, language: str, template: str, context: Mapping[str, Any], stop: str = "") -> Rendered:
    """The mail in the reader's language: HTML as the template has it, plain text made from it, the subject on one
    line."""
    page = _environment().get_template(f"mail/{template}.html")
    with translation.override(language):
        given = page.new_context({**context, "site": settings.ENV.site_url, "stop": stop})
        written = page.render(given.get_all())
        subject = "".join(page.blocks["subject"](given))
    return Rendered(" ".join(html.unescape(subject).split()), plain(written), written)


def _environment() -> Environment:
    backend: Any = engines["jinja2"]
    found: Environment = backend.env
    return found


# sending


@jobs.job(
    "mail.deliver", retries=1000, backoff=BACKOFF, lease=timedelta(hours=1), atomic=False, every="every 2 minutes"
)
def deliver() -> None:
    """Send what waits. Done twice at once it is still one mail each: who takes a mail notes it before.

    Where the server can't be reached nothing has been noted, and the job is tried again; where it breaks off in the
    midst, the others wait for the next time.
    """
    _doubt()
    _expire()
    if not _waiting().exists():
        return
    with get_connection() as connection:
        for _ in range(_AT_A_TIME):
            taken = _take()
            if not taken or not _hand_over(taken, connection):
                return
    deliver.enqueue(key=jobs.SCHEDULED)  # the rest by a fresh connection, under a fresh lease


def _doubt() -> None:
    left = Mail.objects.filter(state=State.SENDING, changed__lt=timezone.now() - SILENT)
    if number := left.update(
        state=State.DOUBTFUL, changed=timezone.now(), error="interrupted while it was handed over"
    ):
        log.error("%d mails were interrupted while they were handed over: nobody knows whether they left", number)


def _expire() -> None:
    """What came too late is not sent, and what it said is forgotten, whatever became of it."""
    late = Mail.objects.filter(expires__lte=timezone.now()).exclude(state__in=[State.SENT, State.SENDING])
    late.exclude(to="").update(
        state=State.EXPIRED, to="", context={}, stop="", error="", expires=None, changed=timezone.now()
    )


def _waiting() -> QuerySet[Mail]:
    """What may be sent now. ``expires`` is asked of each, for time passes while others are being sent."""
    now = timezone.now()
    in_time = Q(expires=None) | Q(expires__gt=now)
    return Mail.objects.filter(in_time, state=State.WAITING, due__lte=now).order_by("due", "pk")


def _take() -> Mail | None:
    """The next mail, noted as being sent: one that expires before all others, else the one that waited longest."""
    with transaction.atomic():
        waiting = _waiting().select_for_update(skip_locked=True)
        taken = waiting.exclude(expires=None).first() or waiting.first()
        if taken:
            taken.state, taken.changed, taken.attempts = State.SENDING, timezone.now(), taken.attempts + 1
            taken.message_id = f"<{secrets.token_hex(16)}@{_domain()}>"
            taken.save(update_fields=["state", "changed", "attempts", "message_id"])
    return taken


def _hand_over(mail: Mail, connection: BaseEmailBackend) -> bool:
    """Send one mail and note what came of it; False where the server should be left alone for now."""
    try:
        message = compose(mail)
    except Exception as error:  # a template that fails, on what it was given
        log.exception("%s can't be written", mail)
        _note(mail, State.FAILED, error=repr(error))
        return True
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()), (550, b""))
        _refused(mail, code, said)
        return True
    except smtplib.SMTPResponseException as error:
        _refused(mail, error.smtp_code, error.smtp_error)
        return error.smtp_code >= 500
    except Exception as error:  # the connection broke: before the server took it, or after, nobody knows
        log.exception("%s may have been sent, or not", mail)
        _note(mail, State.DOUBTFUL, error=repr(error))
        return False
    _note(mail, State.SENT, error="", to="", context={}, stop="", expires=None)
    return True


def _refused(mail: Mail, code: int, said: bytes | str) -> None:
    """The server said no: for now (4xx), and it is tried again, or for good."""
    error = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    if code < 500 and mail.attempts < TRIES:
        _note(mail, State.WAITING, error=error, due=timezone.now() + BACKOFF * 2 ** (mail.attempts - 1))
    else:
        _note(mail, State.FAILED, error=error)


def _note(mail: Mail, state: Mail.State, *, error: str, **changes: Any) -> None:
    """What became of a mail, unless somebody else has decided on it meanwhile."""
    ours = Mail.objects.filter(pk=mail.pk, state=State.SENDING, message_id=mail.message_id)
    ours.update(state=state, changed=timezone.now(), error=error.replace("\0", "")[:2000], **changes)


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The message as it leaves."""
    read = render(language=mail.language, template=mail.template, context=mail.context, stop=mail.stop)
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",  # so that no holiday note answers it (RFC 3834)
        "Content-Language": mail.language,
    }
    if mail.stop:
        headers |= {"List-Unsubscribe": f"<{mail.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(read.subject, read.text, to=[mail.to], headers=headers)
    message.attach_alternative(read.html, "text/html")
    return message


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


# what a person decides


def resolve(pk: int, *, sent: bool) -> bool:
    """A person's word on a doubtful mail: it was sent, or it is to be sent (again). Whether it was doubtful."""
    with transaction.atomic():
        doubtful = Mail.objects.filter(pk=pk, state=State.DOUBTFUL)
        if sent:
            forgotten: dict[str, Any] = {"to": "", "context": {}, "stop": "", "expires": None}
            return bool(doubtful.update(state=State.SENT, changed=timezone.now(), **forgotten))
        if not doubtful.update(state=State.WAITING, due=timezone.now(), changed=timezone.now()):
            return False
        deliver.enqueue(key=jobs.SCHEDULED)
        return True


def stop(address: str) -> None:
    """No more mails to ``address`` that nobody there asked for."""
    quiet(address_digest(address), Quiet.Reason.STOPPED)


def resume(address: str) -> None:
    """``address`` takes mail again: its owner asked for it, or the mailbox is back."""
    Quiet.objects.filter(pk=address_digest(address)).delete()


def forget(address: str) -> None:
    """Whoever reads the mail of ``address`` goes: what waits is not sent, and no mail names them any more. That there
    was one is known by a digest only."""
    theirs = Mail.objects.filter(address=address_digest(address))
    theirs.filter(state__in=[State.WAITING, State.DOUBTFUL, State.FAILED]).update(state=State.WITHHELD)
    theirs.update(to="", context={}, stop="", error="", expires=None)


def is_quiet(address: str) -> bool:
    """Whether mails nobody asked for are withheld from ``address``."""
    return Quiet.objects.filter(pk=address_digest(address)).exists()


def quiet(address: str, reason: Quiet.Reason, status: str = "") -> None:
    """No more mails that nobody asked for to the address of this digest; those that wait are withheld."""
    with transaction.atomic():
        Quiet.objects.get_or_create(pk=address, defaults={"reason": reason, "status": status})
        waiting = Mail.objects.filter(address=address, state=State.WAITING).exclude(stop="")
        waiting.update(state=State.WITHHELD, to="", context={}, stop="", error="", changed=timezone.now())


# what comes back


def read_report(raw: bytes) -> Bounce | None:
    """What a delivery report (a ``multipart/report`` of RFC 3464) says; None for any other mail, however broken."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if message.get_content_type() != "multipart/report":
            return None
        address = status = message_id = ""
        given_up = False
        for part in message.walk():
            kind = part.get_content_type()
            if kind == "message/delivery-status":
                for fields in part.iter_parts() if isinstance(part, EmailMessage) else ():
                    if recipient := fields.get("Final-Recipient") or fields.get("Original-Recipient"):
                        address = str(recipient).partition(";")[2].strip()
                        status = str(fields.get("Status", "")).split("(")[0].strip()
                        given_up = str(fields.get("Action", "")).strip().lower() == "failed"
            elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
                message_id = _message_id(part) or message_id
    except (ValueError, LookupError, AttributeError, TypeError):  # what the mail parser makes of nonsense
        return None
    return Bounce(address, status, given_up, message_id) if address else None


def _message_id(part: "Message[str, str]") -> str:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        inner = email.message_from_string(payload if isinstance(payload, str) else "")
    return str(inner.get("Message-ID", "")).strip()


def bounced(raw: bytes) -> bool:
    """Take in a delivery report: a mail of ours that was given up for good makes its address quiet. Whether it did.

    Anyone can write such a report; only one that names the unguessable id of a mail we sent to that very address
    counts.
    """
    report = read_report(raw)
    if not report or not report.given_up or not report.status.startswith("5") or not report.message_id:
        return False
    address = address_digest(report.address)
    with transaction.atomic():
        returned = Mail.objects.filter(message_id=report.message_id, address=address).exclude(state=State.BOUNCED)
        if not returned.update(
            state=State.BOUNCED, error=report.status[:20], to="", context={}, changed=timezone.now()
        ):
            return False
        quiet(address, Quiet.Reason.BOUNCED, report.status[:20])
    return True


@jobs.job("mail.purge", every="every day at 03:30 UTC")
def purge() -> None:
    """Forget addresses and words of mails that were never sent, and in the end that there was a mail."""
    now = timezone.now()
    Mail.objects.filter(changed__lt=now - KEPT).exclude(state__in=[State.WAITING, State.SENDING]).exclude(to="").update(
        to="", context={}, stop="", error=""
    )
    Mail.objects.filter(changed__lt=now - REMEMBERED).delete()
