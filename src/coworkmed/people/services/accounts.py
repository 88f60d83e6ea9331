"""One's account: name and language, consents, addresses."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from ..models import Consent, Person
from ..rules import Action
from ..words import CONSENTS
from .trail import require, tell


@transaction.atomic
def change(*, person: Person, name: str, language: str) -> None:
    """Another name or language. The trail is told of the language, and of the name only that there is one."""
    who = require(person, Action.ACCOUNT_CHANGE, person)
    one = Person.objects.select_for_update().get(pk=person.pk)
    before, new = (one.name, one.language), (name.strip(), language)
    if before == new:
        return
    Person.objects.filter(pk=one.pk).update(name=new[0], language=new[1])
    told = [{"named": bool(name), "language": language} for name, language in (before, new)]
    tell(who, "person.change", one, before=told[0], after=told[1])


@transaction.atomic
def consent(*, person: Person, purpose: str, given: bool) -> None:
    """Note that ``person`` agrees to a purpose of `words.CONSENTS` in the words of today, or does no more."""
    who = require(person, Action.ACCOUNT_CHANGE, person)
    version, now = CONSENTS[purpose].version, timezone.now()
    standing = Consent.objects.select_for_update().filter(person=person, purpose=purpose, withdrawn_at=None)
    before = standing.values_list("version", flat=True).first()
    after = version if given else None
    if before == after:
        return
    standing.update(withdrawn_at=now)
    if given:
        Consent.objects.create(person=person, purpose=purpose, version=version, given_at=now)
    tell(who, "person.consent", person, before={purpose: before}, after={purpose: after})


def verified(person: Person) -> set[str]:
    """Addresses ``person`` has shown to be theirs."""
    return set(EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True))


def addresses(person: Person) -> set[str]:
    """All addresses of ``person``, those as well that they have yet to show to be theirs."""
    return {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
