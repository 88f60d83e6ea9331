"""Reads of the registry for its figures by territory and by list."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from coworkmed.kernel.batches import batched
from coworkmed.kernel.values import Value
from coworkmed.places.models import Place, Signal
from coworkmed.places.queries import signal
from coworkmed.places.rules import Claim
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Assertion, Source
from coworkmed.sources.voices import lists_of

from .freshness import Evidence, Heard, Past, Word

_SEVERAL = 1000  # places whose signals are read at a time


@dataclass(slots=True)
class Known:
    """What one source knows: ``places``, those no list but it (``alone``) knows, and those it shares with each other
    list."""

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
        lists = lists_of(sources)
        for key in sources:
            one = found.setdefault(key, Known())
            one.places += count
            one.alone += count * (lists == [key])
            one.shared.update({other: count for other in lists if other != key})
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


def past(places: QuerySet[Place] | None = None, without: Collection[str] = ()) -> Iterator[Past]:
    """All that was ever told of the places as they are now made up (of ``places``; of all), a place at a time, but for
    what stands under licences ``without``: a million assertions need no room. Two queries, and one more for each
    thousand places."""
    trust = {source.key: Spec.from_json(source.spec).trust for source in Source.objects.all()}
    rows = Assertion.objects.filter(entry__link__isnull=False)
    if without:
        rows = rows.exclude(licence__in=without).exclude(entry__source__spec__licence__in=without)
    if places is not None:
        rows = rows.filter(entry__link__place__in=places.order_by().values("pk"))
    # whose address somebody on the spot has told is not looked for any more
    addressed = rows.order_by("entry__link__place_id", "pk").annotate(
        addressed=ExpressionWrapper(~Q(role="IMPORT") & Q(fields__has_key="address"), output_field=BooleanField())
    )
    told = addressed.values_list(
        *("entry__link__place_id", "entry__link__place__country", "entry__link__place__region"),
        *("entry__source_id", "entry__external_id", "entry__retired_on"),
        *("asserted_on", "observed_on", "role", "sign", "licence", "addressed", "fields__status", "fields__closed"),
    )
    for several in batched(_by_place(told.iterator()), _SEVERAL):
        heard = _heard([place_id for place_id, _ in several])
        for place_id, said in several:
            _, country, region, *_ = said[0]
            words = [_word(one[3:], trust) for one in said]
            yield Past(words, heard.get(place_id, ()), tuple(filter(None, (country, region))))


def _by_place(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    for place_id, said in groupby(rows, key=itemgetter(0)):
        yield place_id, list(said)


def _word(row: tuple[Any, ...], trust: Mapping[str, float]) -> Word:
    source, external_id, retired_on, asserted_on, observed_on, role, sign, licence, addressed, *told = row
    fields = {name: Value.from_json(one) for name, one in zip(("status", "closed"), told, strict=True) if one}
    if addressed:
        fields["address"] = Value({})  # that it was told, not which
    claim = Claim(source, external_id, observed_on, fields, role, licence, trust[source], sign=sign)
    return Word(asserted_on, retired_on, claim)


def _heard(place_ids: Sequence[str]) -> Mapping[str, Sequence[Heard]]:
    found: dict[str, list[Heard]] = defaultdict(list)
    for one in Signal.objects.filter(place__in=place_ids).order_by("pk"):
        values = {name: one.values[name] for name in ("status", "closed") if name in one.values}
        found[one.place_id].append(Heard(signal(one), values, one.struck_on))
    return found
