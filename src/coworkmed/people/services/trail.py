"""Who may, and what the trail is told. No name and no address ever is: people and organisations go by number."""

from typing import Any

from django.db.models import Model

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.platform import audit

from ..models import Person
from ..queries import Thing, quality
from ..rules import Action


class NotAllowedError(CoworkmedError):
    """Someone may not do this, or no longer."""


def require(person: Person, action: Action, thing: Thing = None) -> audit.Who:
    """In what quality ``person`` does this, as the trail names them. Raises NotAllowedError where they may not."""
    found = quality(person, action, thing)
    if found is None:
        raise NotAllowedError(N_("Your role does not allow this, or no longer does."))
    return signed(person, found)


def signed(person: Person, role: str) -> audit.Who:
    """``person`` acting in ``role``, as the trail names them: by a number that is never another's."""
    return audit.Who(role.lower(), str(person.pk))


def tell(who: audit.Who, verb: str, thing: Model, *, before: Any = None, after: Any = None) -> None:
    """Add to the trail what was done to a person, an organisation or something within one."""
    audit.record(who=who, verb=verb, thing=named(thing), before=before, after=after)


def named(thing: Model) -> audit.Thing:
    """How the trail names a person or an organisation, by number; and what is within one, by both numbers."""
    within = getattr(thing, "organisation_id", None)
    return audit.Thing(str(thing._meta.model_name), f"{within}-{thing.pk}" if within else str(thing.pk))
