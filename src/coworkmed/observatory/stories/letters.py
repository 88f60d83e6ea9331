"""The link by which a place tells stories without an account."""

from contextlib import suppress

from django.utils import timezone

from coworkmed.places.models import Place
from coworkmed.platform import mail, stops, tokens
from coworkmed.platform.audit import Thing
from coworkmed.stewardship import questions
from coworkmed.stewardship.letters import address
from coworkmed.stewardship.queries.words import disowned

PURPOSE = "stories"


def link(place: Place, to: str, *, language: str) -> str:
    """The link for whoever reads the mail of ``to``: thirty days, as often as they like."""
    token = tokens.make(purpose=PURPOSE, thing=Thing("place", place.pk), address=to)
    return address("stories-by-link", token, language=language)


def send_link(*, place: Place) -> None:
    """Write to the address that the place's page shows. Once a week: who asks for more gets nothing, and is not told
    whether there is such an address."""
    to = str(place.values.get("email") or "")
    if not to or (place.pk, tokens.address_digest(to)) in disowned():
        return
    language = questions.language_for(to, place)
    year, week, _ = timezone.localdate().isocalendar()
    with suppress(mail.AddressError):  # what some list gives as its address is none
        mail.send(
            to=to,
            language=language,
            template="stories",
            context={"place": place.name or place.pk, "link": link(place, to, language=language)},
            key=f"stories:{place.pk}:{tokens.address_digest(to)}:{year}-{week}",
            stop=stops.stop_address(to),
        )
