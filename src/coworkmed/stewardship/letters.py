"""What stewardship writes to people with an account, and to places whose account someone wants to have."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from coworkmed.people.letters import language_of
from coworkmed.people.models import Person
from coworkmed.platform import mail, stops, tokens
from coworkmed.platform.audit import Thing

from .models import Claim, Report, Suggestion
from .words import DONE, REASONS

OBJECT = "report.object"  # purpose of the link by which one objects to a decision


def claim_code(claim: Claim, to: str, code: str, *, language: str, until: datetime) -> None:
    """A code to the place itself. It names neither who asked nor what they wrote: else anyone could write to anyone by
    it."""
    mail.send(
        to=to,
        language=language,
        template="claim_code",
        context={
            "place": claim.place.name,
            "link": address("place", claim.place_id, language=language),
            "code": code,
        },
        key=f"claim-code:{claim.pk}:{int(until.timestamp() * 1000)}",
        stop=stops.stop_address(to),
        until=until,
    )


def claim_decision(claim: Claim, what: str, to: Person, reply: str = "") -> None:
    """Word to one of the sides, ``what`` of those in `mail/claim_decision.html`."""
    email = EmailAddress.objects.get_primary_email(to)
    if not email:
        return
    language = to.language or language_of(email)
    page = "claim-answer" if what == "contested" else "claim"
    mail.send(
        to=email,
        language=language,
        template="claim_decision",
        context={
            "what": what,
            "place": claim.place.name,
            "names": claim.organisation.name,
            "reply": reply,
            "due": claim.due.date().isoformat(),
            "link": address(page, claim.pk, language=language),
            "page": address("place", claim.place_id, language=language),
        },
        key=f"claim:{claim.pk}:{what}:{tokens.address_digest(email)}",
    )


def digest(to: Person, email: str, counts: Mapping[str, int], most: int, *, key: str) -> None:
    """To a steward: what waits at their desk, by kind of work, up to ``most`` of each."""
    language = to.language or language_of(email)
    links = {name: address("desk-of", name, language=language) for name in counts if name != "review"}
    links["review"] = address("review", language=language)
    mail.send(
        to=email,
        language=language,
        template="desk_digest",
        context={"counts": dict(counts), "links": links, "most": most, "link": address("desk", language=language)},
        key=key,
        stop=stops.stop_address(email),
    )


def address(name: str, *args: object, language: str) -> str:
    """The address of a page as a mail gives it, in its reader's language."""
    with translation.override(language):
        return settings.ENV.site_url.rstrip("/") + reverse(name, args=args)


def suggestion_received(suggestion: Suggestion, to: Person, email: str, *, key: str) -> None:
    """Word to who runs a place that a reader says something is otherwise."""
    language = to.language or language_of(email)
    mail.send(
        to=email,
        language=language,
        template="suggestion_received",
        context={
            "place": suggestion.place.name or suggestion.place_id,
            "fields": list(suggestion.values),
            "due": suggestion.due.date().isoformat(),
            "link": address("suggestion", suggestion.pk, language=language),
        },
        key=key,
        stop=stops.stop_address(email),
    )


def suggestion_decided(suggestion: Suggestion, outcome: str, *, taken: Sequence[str], reply: str) -> None:
    """What became of a suggestion, to who wanted to know."""
    left = [name for name in suggestion.values if name not in taken]
    _decided(suggestion, outcome, taken=taken, left=left if outcome == "ACCEPTED" else [], reply=reply)


def report_decided(report: Report, outcome: str, *, done: Sequence[str], reply: str) -> None:
    """What was decided on a report and why, to who wanted to know, with a way to object, once."""
    token = tokens.make(purpose=OBJECT, thing=Thing("report", str(report.pk)), address=report.email)
    objecting = "" if report.objects_to_id else address("report-object", token, language=report.language)
    _decided(report, outcome, reason=report.reason, done=done, reply=reply, objecting=objecting)


def _decided(
    case: Suggestion | Report,
    outcome: str,
    *,
    reply: str,
    reason: str = "",
    taken: Sequence[str] = (),
    left: Sequence[str] = (),
    done: Sequence[str] = (),
    objecting: str = "",
) -> None:
    if not case.email:
        return
    mail.send(
        to=case.email,
        language=case.language,
        template="decision",
        context={
            "what": case._meta.model_name,
            "outcome": outcome,
            "reason": REASONS.get(reason, ""),
            "place": case.place.name or case.place_id,
            "link": address("place", case.place_id, language=case.language),
            "made": case.created.date().isoformat(),
            "taken": list(taken),
            "left": list(left),
            "done": [DONE[code] for code in done],
            "reply": reply,
            "objecting": objecting,
        },
        key=f"decision:{case._meta.model_name}:{case.pk}:{outcome}",
    )
