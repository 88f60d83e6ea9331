"""Reads of the registry for its figures by territory and by list."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from coworkmed.kernel.values import Value
from coworkmed.places.models import Place
from coworkmed.places.rules import Claim
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Assertion, Source

from .freshness import Evidence, Word


@dataclass(slots=True)
class Known:
    """What one list knows: ``places``, those it ``alone`` knows, and those it shares with each other list."""

    places: int = 0
    alone: int = 0
    shared: Counter[str] = field(default_factory=Counter)

    @property
    def together(self) -> int:
        """Places that at least one other list knows too."""
        return self.places - self.alone


def known_by(where: Mapping[str, object] | None = None) -> tuple[dict[str, Known], int]:
    """What each list knows among the current places whose columns are as ``where`` says, by its key; and how many
    places that are. One query."""
    found: dict[str, Known] = {}
    rows = Place.objects.current().filter(**(where or {})).order_by().values_list("sources")
    combinations = list(rows.annotate(count=Count("pk")))
    for sources, count in combinations:
        for key in sources:
            one = found.setdefault(key, Known())
            one.places += count
            one.alone += count * (len(sources) == 1)
            one.shared.update({other: count for other in sources if other != key})
    return found, sum(count for _, count in combinations)


def filled(fields: Sequence[Sequence[str]], where: Mapping[str, object]) -> tuple[list[int], int]:
    """For each group of fields, how many of the places not known to be closed have a value in at least one of them; and
    how many such places there are. One query."""
    tests = {f"known_{at}": Q(values__has_any_keys=list(names)) for at, names in enumerate(fields)}
    counts = {name: Count("pk", filter=test) for name, test in tests.items()}
    found = Place.objects.shown().filter(**where).aggregate(of=Count("pk"), **counts)
    return [found[name] for name in counts], found["of"]


def evidence(where: Mapping[str, object] | None = None) -> list[Evidence]:
    """How old the evidence is of the places not known to be closed whose columns are as ``where`` says, alike ones
    counted together. One query."""
    columns = "country", "region", "sources", "freshness", "confirmed_on"
    rows = Place.objects.shown().filter(**(where or {})).order_by().values_list(*columns).annotate(count=Count("pk"))
    return [Evidence(country, region, tuple(sources), *rest) for country, region, sources, *rest in rows.iterator()]


def words() -> Iterator[Word]:
    """Everything that was ever said of the places as they are now made up, place by place. Two queries, the second one
    read as it is gone through: a million assertions need no room."""
    trust = {source.key: Spec.from_json(source.spec).trust for source in Source.objects.all()}
    about = "entry__link__place_id", "entry__source_id", "entry__external_id", "entry__retired_on"
    said = "asserted_on", "observed_on", "role", "licence", "fields__status", "fields__closed"
    rows = Assertion.objects.filter(entry__link__isnull=False).order_by("entry__link__place_id", "pk")
    for place_id, source, external_id, retired_on, asserted_on, observed_on, role, licence, *told in rows.values_list(
        *about, *said
    ).iterator():
        fields = {name: Value.from_json(one) for name, one in zip(("status", "closed"), told, strict=True) if one}
        claim = Claim(source, external_id, observed_on, fields, role, licence, trust[source])
        yield Word(place_id, asserted_on, retired_on, claim)
