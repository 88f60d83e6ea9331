"""Two sides agree on more than the terms of each: one proposes, the other says yes, either ends it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Organisation, Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action
from coworkmed.people.services import require, signed
from coworkmed.places.models import Place
from coworkmed.platform import audit

from ..errors import StateError
from ..models import Agreement, AgreementVersion
from ..queries import agreements

Side = Place | Organisation


@dataclass(frozen=True, slots=True)
class Offer:
    """What one side proposes; the meaning of each is that of the field of `AgreementVersion` with its name."""

    window: str = "YEAR"
    days_per_visitor: int | None = None
    days_in_all: int | None = None
    credit_per_day: int = 1
    late_hours: int = 24
    late_share: int = 0
    no_show_share: int = 100
    no_show_minutes: int = 120
    offline_walk_ins: int = 0

    def kept(self) -> dict[str, Any]:
        """The fields of `AgreementVersion`. Raises CoworkmedError for what can't be."""
        shares, days = (self.late_share, self.no_show_share), (self.days_per_visitor, self.days_in_all)
        if not all(0 <= one <= 100 for one in shares) or any(one is not None and one < 1 for one in days):
            raise CoworkmedError(
                N_("Shares go from 0 to 100 per cent, and days from 1 on; leave open what is not limited.")
            )
        if self.window not in AgreementVersion.Window or not 0 <= self.credit_per_day <= 10:
            raise CoworkmedError(N_("Days are counted in a month or a year, and one is worth ten at most."))
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@transaction.atomic
def propose(*, by: Person, host: Side, home: Side, offer: Offer, both_ways: bool = True) -> AgreementVersion:
    """Propose an agreement, for one of its sides. Raises NotAllowedError for who may commit neither; CoworkmedError for
    a side with itself."""
    if type(host) is type(home) and host.pk == home.pk:
        raise CoworkmedError(N_("An agreement has two sides."))
    made = Agreement.objects.create(
        host_place=host if isinstance(host, Place) else None,
        host_body=host if isinstance(host, Organisation) else None,
        home_place=home if isinstance(home, Place) else None,
        home_body=home if isinstance(home, Organisation) else None,
        both_ways=both_ways,
    )
    return _propose(by, made, offer)


@transaction.atomic
def amend(*, by: Person, agreement: Agreement, offer: Offer) -> AgreementVersion:
    """Propose other terms; those in force hold until the other side says yes. A proposal nobody answered gives way.
    Raises NotAllowedError, StateError for an agreement that ended."""
    held = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if held.ended_on:
        raise StateError
    return _propose(by, held, offer)


@transaction.atomic
def agree(*, by: Person, version: AgreementVersion) -> AgreementVersion:
    """Say yes for a side that has not yet; twice is once. Raises NotAllowedError; StateError for a proposal that gave
    way to another, or an agreement that ended."""
    held = Agreement.objects.select_for_update().get(pk=version.agreement_id)
    who, sides = _sides(by, held)
    newest = held.versions.order_by("-version").first()
    if held.ended_on or newest is None or newest.pk != version.pk:
        raise StateError
    _say_yes(newest, sides)
    _tell(who, "agreement.yes", held, None, {"version": newest.version})
    return newest


@transaction.atomic
def end(*, by: Person, agreement: Agreement, on: date | None = None) -> None:
    """Nothing new is booked by it any more; what was booked goes on. Raises NotAllowedError, StateError."""
    held = Agreement.objects.select_for_update().get(pk=agreement.pk)
    who, _ = _sides(by, held)
    if held.ended_on:
        raise StateError
    held.ended_on = on or timezone.localdate()
    held.save(update_fields=["ended_on"])
    _tell(who, "agreement.ended", held, None, {"on": held.ended_on.isoformat()})


def _propose(by: Person, agreement: Agreement, offer: Offer) -> AgreementVersion:
    who, sides = _sides(by, agreement)
    if waiting := agreements.proposed(agreement):
        waiting.delete()
    last = agreement.versions.aggregate(last=Max("version"))["last"] or 0
    made = AgreementVersion.objects.create(agreement=agreement, version=last + 1, **offer.kept())
    _say_yes(made, sides)
    _tell(who, "agreement.proposed", agreement, None, {"version": made.version, **offer.kept()})
    return made


def _say_yes(version: AgreementVersion, sides: set[str]) -> None:
    moment = timezone.now()
    for side in sides:
        name = f"{side}_said_yes"
        setattr(version, name, getattr(version, name) or moment)
    version.save(update_fields=["host_said_yes", "home_said_yes"])


def _sides(by: Person, agreement: Agreement) -> tuple[audit.Who, set[str]]:
    """As whom someone speaks, and for which sides. Raises NotAllowedError where for none."""
    things: dict[str, Side | None] = {
        "host": agreement.host_place or agreement.host_body,
        "home": agreement.home_place or agreement.home_body,
    }
    roles = {side: quality(by, Action.PLACE_BIND, thing) for side, thing in things.items() if thing is not None}
    spoken = {side: role for side, role in roles.items() if role}
    if not spoken:
        return require(by, Action.PLACE_BIND, things["host"]), set()
    return signed(by, next(iter(spoken.values()))), set(spoken)


def _tell(who: audit.Who, verb: str, agreement: Agreement, before: Any, after: Any) -> None:
    audit.record(who=who, verb=verb, thing=audit.Thing("agreement", str(agreement.pk)), before=before, after=after)
