"""What services of the census have in common: who speaks for a place, who runs a wave, the trail."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.platform import audit

from ...models import Answer, Wave

BY_LINK = audit.Who("owner")  # whoever reads the mail of the place
NOT_YOURS = N_("Your role does not allow this, or no longer does.")
BY_ITS_LINK = N_("This place answers by its link, which nobody else reads: its paper can’t be keyed in.")
CLOSED = N_("This wave of the census takes no answers now. What you answered is kept.")


class Speaker(NamedTuple):
    """Who answers for a place: whoever holds its link, or a person who keys in its paper."""

    person: Person | None = None

    @property
    def channel(self) -> Answer.Channel:
        return Answer.Channel.PAPER if self.person else Answer.Channel.WEB


def runner(by: Person, organisation: Organisation | None) -> audit.Who:
    """In what quality ``by`` runs waves on behalf of ``organisation``. Raises NotAllowedError."""
    if organisation is None and not by.is_staff:
        raise NotAllowedError(NOT_YOURS)
    return require(by, Action.CENSUS_RUN, organisation)


def hold(wave: Wave) -> Wave:
    """The wave as it is now, held until the transaction ends."""
    return Wave.objects.select_for_update().get(pk=wave.pk)


def record(who: audit.Who, verb: str, wave: Wave, *, after: Mapping[str, Any]) -> None:
    thing = audit.Thing("wave", str(wave.number))
    audit.record(who=who, verb=verb, thing=thing, before=None, after=dict(after))
