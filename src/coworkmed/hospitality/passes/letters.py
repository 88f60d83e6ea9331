"""What a member is written when their place vouches for them, and the address of their pass."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from coworkmed.platform import mail, stops

from ..models import Bearer


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="coworkmed.pass")


def seal(bearer: Bearer) -> str:
    """What stands in the address of somebody's pass. Whoever has it has the pass, until another link is made."""
    return _signer().sign_object([bearer.pass_held_id, bearer.link])


def unseal(token: str) -> Bearer | None:
    """The bearer whose pass an address is that of; None where there is none, or another link was made since."""
    try:
        pk, link = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Bearer.objects.select_related("pass_held__home").filter(pass_held=pk, link=link).first()


def link(bearer: Bearer, *, language: str) -> str:
    """The address of the pass, as one opens it on a phone."""
    with translation.override(language):
        return settings.ENV.site_url.rstrip("/") + reverse("pass", args=[seal(bearer)])


def vouched(bearer: Bearer, *, language: str) -> None:
    """To a member: there is a pass for them, and where."""
    held = bearer.pass_held
    mail.send(
        to=bearer.email,
        language=language,
        template="pass",
        context={
            "place": held.home.name or held.home_id,
            "since": held.since.isoformat(),
            "until": held.until.isoformat(),
            "link": link(bearer, language=language),
        },
        key=f"pass:{held.pk}:{bearer.link}",
        stop=stops.stop_address(bearer.email),
    )
