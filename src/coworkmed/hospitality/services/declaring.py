"""A place says in one go on which terms, when and at how many desks it receives visitors: all of it or nothing."""

from django.db import transaction

from coworkmed.people.models import Person
from coworkmed.places.models import Place

from ..calendar import Calendar
from ..models import Host, Resource
from .hosting import Promise, open_house, resize, set_calendar, set_terms


@transaction.atomic
def declare(*, by: Person, place: Place, promise: Promise, when: Calendar) -> Host:
    """Begin to receive visitors, or go on on other terms. A host with one pool has as many desks in it as it promises;
    with several, it says in each how many.

    Raises NotAllowedError; DisplacedError where it leaves no room for who was told that they can come; CoworkmedError
    for terms below the charter.
    """
    host = Host.objects.filter(pk=place.pk).first()
    if host is None:
        return open_house(by=by, place=place, promise=promise, when=when)
    if when != Calendar.from_json(host.calendar):
        set_calendar(by=by, host=host, when=when)
    pools = list(Resource.objects.filter(host=host, kind=Resource.Kind.POOL, retired_on=None)[:2])
    if len(pools) == 1 and pools[0].capacity != promise.desks_per_day:
        resize(by=by, pool=pools[0], capacity=promise.desks_per_day)
    set_terms(by=by, host=host, promise=promise)
    host.refresh_from_db()
    return host
