"""What people are written: each mail in their language, by a template of `mail/` with its words."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from coworkmed.platform import mail, stops

from .models import Invitation, Person
from .words import NOTICES, ROLES, ROLES_EXPLAINED


def code(letter: str, to: str, *, code: str, lasts: timedelta) -> None:
    """A code to type, of use for so long: it leaves at once or not at all. ``letter``: "code" or "confirm"."""
    minutes = int(lasts.total_seconds() // 60)
    _write(letter, to, {"code": code, "minutes": minutes}, until=timezone.now() + lasts)


def answer(letter: str, to: str, *, link: str, lasts: timedelta) -> None:
    """To who asked for a code that there is none for: where to go instead. As quick and as short-lived as a code, so
    that nobody tells the two apart from outside."""
    _write(letter, to, {"address": to, "link": link}, until=timezone.now() + lasts)


def notice(what: str, *, to: str = "", person: Person | None = None, ip: str = "", browser: str = "") -> None:
    """Word of a change to an account, one of `words.NOTICES`: to an address, or to a person's."""
    address = to or (EmailAddress.objects.get_primary_email(person) if person else "")
    if address:
        today = timezone.localdate().isoformat()
        _write("notice", address, {"what": what, "said": NOTICES[what], "day": today, "ip": ip, "browser": browser})


def invitation(offer: Invitation, token: str) -> None:
    """To who was offered a role. Nobody there asked for it, so such letters can be ended."""
    language = language_of(offer.email)
    with translation.override(language):
        page = reverse("invitation", args=[token])
    mail.send(
        to=offer.email,
        language=language,
        template="invitation",
        context={
            "names": offer.organisation.name,
            "role": ROLES[offer.role],
            "explained": ROLES_EXPLAINED[offer.role],
            "link": settings.ENV.site_url.rstrip("/") + page,
            "until": offer.expires.date().isoformat(),
        },
        key=f"invitation:{offer.pk}:{offer.created.timestamp()}",
        stop=stops.stop_address(offer.email),
    )


def language_of(address: str) -> str:
    """What the reader of ``address`` chose to be written to in, or else the language of the page at hand."""
    chosen = Person.objects.filter(emailaddress__email=address.lower()).values_list("language", flat=True).first()
    return chosen or translation.get_language() or "en"


def _write(letter: str, to: str, context: dict[str, Any], **more: Any) -> None:
    key = f"{letter}:{secrets.token_hex(16)}"  # each is asked for anew
    mail.send(to=to, language=language_of(to), template=letter, context=context, key=key, **more)
