"""Which agreement holds between a host and a home, and what it says now."""

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from coworkmed.places.models import Place

from ..models import Agreement, AgreementVersion

#: The organisations that run a place, and those above them.
_BODIES = (
    "WITH RECURSIVE over (body) AS (SELECT organisation_id FROM people_operates WHERE place = %s AND until IS NULL "
    "UNION SELECT upper.parent_id FROM over JOIN people_organisation upper ON upper.id = over.body "
    "WHERE upper.parent_id IS NOT NULL) SELECT body FROM over"
)


def in_force() -> QuerySet[AgreementVersion]:
    """Versions both sides said yes to, of agreements that have not ended, the newest of each first."""
    return (
        AgreementVersion.objects.filter(
            host_said_yes__isnull=False, home_said_yes__isnull=False, agreement__ended_on=None
        )
        .select_related("agreement")
        .order_by("agreement", "-version")
    )


def between(host: Place, home: Place) -> AgreementVersion | None:
    """What ``home``'s people come to ``host`` by: of several the one named most closely, then the oldest; None where
    nothing but the host's terms holds."""

    def side(name: str, place: Place) -> Q:
        bodies = RawSQL(_BODIES, [place.pk])  # noqa: S611 (ours, with a parameter)
        return Q(**{f"agreement__{name}_place": place.pk}) | Q(**{f"agreement__{name}_body__in": bodies})

    there = side("host", host) & side("home", home)
    back = Q(agreement__both_ways=True) & side("home", host) & side("host", home)
    newest: dict[int, AgreementVersion] = {}
    for one in in_force().filter(there | back):
        newest.setdefault(one.agreement_id, one)
    return min(newest.values(), key=lambda one: (_width(one.agreement), one.agreement_id), default=None)


def proposed(agreement: Agreement) -> AgreementVersion | None:
    """The version that waits for a yes, if any."""
    newest = agreement.versions.order_by("-version").first()
    return newest if newest and (newest.host_said_yes is None or newest.home_said_yes is None) else None


def _width(agreement: Agreement) -> int:
    return (agreement.host_body_id is not None) + (agreement.home_body_id is not None)
