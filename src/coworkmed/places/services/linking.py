"""Which entries are one place, and under which public id."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from coworkmed.kernel import ids
from coworkmed.kernel.batches import batched
from coworkmed.kernel.processes import in_order
from coworkmed.linkage import engine, review
from coworkmed.linkage.engines import LOCAL, Engine
from coworkmed.linkage.model import Model, shipped
from coworkmed.linkage.outcomes import chains
from coworkmed.linkage.records import Key, Linkage, Pair, Record, Ruling
from coworkmed.linkage.waterfall import parts
from coworkmed.people import services as people
from coworkmed.people.models import Operates
from coworkmed.platform.database import insert, take_stock
from coworkmed.platform.progress import Progress, counted, silent
from coworkmed.sources.models import Assertion, Entry
from coworkmed.sources.voices import KEYS as VOICES

from .. import rules
from ..comparable import stored
from ..models import Change, Decision, Doubt, Link, Place, Purpose, Signal, Weakest
from .settling import hold_registry, moment_of_change

_EXPLAINED = 5000


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linking did to the registry. ``doubts`` are the pairs a person should judge for what that is worth,
    ``audits`` those drawn at random; ``quality`` is what verdicts say of the registry."""

    entries: int
    places: int
    made: int
    merged: int
    split: int
    doubts: int
    audits: int
    quality: review.Quality


@transaction.atomic
def link(*, as_of: date, model: Model | None = None, on: Engine = LOCAL, progress: Progress = silent) -> Linked:
    """Decide anew which entries are one place, and give each place its public id: all of it or nothing.

    Ids survive: a place keeps its id as long as one of its entries is left, a merged place redirects, a split leaves a
    note. A person's decisions bind.
    """
    model = model or shipped()
    hold_registry()
    take_stock(Entry, Assertion)
    read = sorted(counted(_records(), progress), key=lambda one: one[0].key)  # each database sorts in its own way
    records, entries = [one for one, _ in read], [pk for _, pk in read]
    found = engine.link(records, list(rulings()), model=model, engine=on)
    keys = [one.key for one in records]
    agenda = review.agenda(found, keys, _verdicts(keys), _sampled(model))
    groups = [[records[position].key for position in cluster] for cluster in found.clusters]
    before = {
        (source, external_id): place
        for source, external_id, place in Link.objects.exclude(entry__source__in=VOICES).values_list(
            "entry__source_id", "entry__external_id", "place_id"
        )
    }
    given = rules.assign(groups, before, frozenset(Place.objects.values_list("public_id", flat=True)))
    _store_places(given, as_of)
    _store_chains(records, found, given)
    _store_links(entries, found, given)
    _store_weakest(entries, found, given)
    _store_doubts(entries, found, agenda.questions, model)
    return Linked(
        entries=len(entries),
        places=len(given.ids),
        made=len(given.made),
        merged=len(given.merged),
        split=len(given.split),
        doubts=sum(question.gain is not None for question in agenda.questions),
        audits=sum(question.purpose == "audit" for question in agenda.questions),
        quality=review.estimate(agenda.census),
    )


def weights_digest(model: Model) -> str:
    """Digest of the weights the machine judges by."""
    return ids.digest(str(model.as_json()))


def _records() -> Iterator[tuple[Record, int]]:
    """What the entries say now, as the engine compares it, with their numbers in the database."""
    told = Entry.objects.filter(assertion__isnull=False).exclude(source__in=VOICES)
    for source, external_id, pk, fields in told.values_list(
        "source_id", "external_id", "pk", "assertion__fields"
    ).iterator():
        yield stored((sys.intern(source), external_id), fields), pk


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def rulings() -> Iterator[Ruling]:
    for decision in Decision.objects.select_related("left", "right"):
        same = decision.verdict == Decision.Verdict.SAME
        yield Ruling(_key(decision.left), _key(decision.right), "same" if same else "different")


def _verdicts(keys: Sequence[Key]) -> dict[tuple[int, int], bool]:
    """What people said of pairs of records (by position, left < right): whether they are the same."""
    position = {key: at for at, key in enumerate(keys)}
    judged = (
        (position[ruling.left], position[ruling.right], ruling.verdict == "same")
        for ruling in rulings()
        if ruling.left in position and ruling.right in position
    )
    return {(min(one, other), max(one, other)): same for one, other, same in judged}


def _sampled(model: Model) -> dict[str, tuple[int, int]]:
    """Stratum → verdicts on its pairs drawn at random, and how many said "same".

    Only those drawn under these weights: others sort pairs into the strata in their own way, and weights trained on
    verdicts would be tried on what they have learnt by heart.
    """
    drawn = Decision.objects.filter(purpose=Purpose.AUDIT, weights=weights_digest(model)).order_by("stratum")
    verdicts = drawn.values_list("stratum").annotate(
        judged=Count("pk"), same=Count("pk", filter=Q(verdict=Decision.Verdict.SAME))
    )
    return {name: (judged, same) for name, judged, same in verdicts}


def _store_places(given: rules.Assignment, as_of: date) -> None:
    insert(Place, ["public_id"], ((one,) for one in sorted(given.made)))
    now = moment_of_change()
    Place.objects.filter(public_id__in=given.revived).update(merged_into=None, digest="")  # settled anew after this
    for old, kept in given.merged.items():
        Place.objects.filter(merged_into=old).update(merged_into=kept, modified=now)  # an earlier redirect follows
        Link.objects.filter(place=old, entry__source__in=VOICES).update(place=kept)  # what people said of it follows
        Signal.objects.filter(place=old).update(place=kept)
        Place.objects.filter(public_id=old).update(
            merged_into=kept, status="MERGED", sources=[], due_on=None, turns_on=None, digest="", modified=now
        )
    day, kind = as_of.isoformat(), Change.Kind
    changes: list[tuple[str, str | None, str, str]]
    changes = [(one, None, kind.MADE.value, day) for one in sorted(given.made - set(given.split))]
    changes += [(one, other, kind.MERGED.value, day) for one, other in sorted(given.merged.items())]
    changes += [(one, other, kind.SPLIT.value, day) for one, other in sorted(given.split.items())]
    insert(Change, ["place_id", "other_id", "kind", "on"], changes)


def follow_joined() -> None:
    """Who runs a place that was joined to another runs that now. It is told to the trail, for which all other writers
    wait from then on: the last thing a long run does."""
    run = Operates.objects.filter(until=None).values("place")
    for old in Place.objects.filter(merged_into__isnull=False, pk__in=run):
        people.follow(place=old.pk, kept=str(old.merged_into_id))


def _store_links(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    def links(members: Sequence[tuple[str, int]]) -> list[tuple[Any, ...]]:
        tied = [at for _, at in members if at in found.ties]
        ties = dict(zip(tied, found.explain([found.ties[at] for at in tied]), strict=True))
        return [(entries[at], public_id, *_tie(at, ties.get(at), entries)) for public_id, at in members]

    columns = "entry_id", "place_id", "probability", "decided_by", "tied_to_id", "relation", "reasons"
    members = ((place, at) for place, cluster in zip(given.ids, found.clusters, strict=True) for at in cluster)
    for rows in in_order(links, batched(members, _EXPLAINED)):
        insert(Link, columns, rows, key="entry_id")


def _store_chains(records: Sequence[Record], found: Linkage, given: rules.Assignment) -> None:
    chain: dict[str, str] = {}
    for one in chains(found, records):  # of several, the brand: it comes first
        chain |= {given.ids[at]: f"{one.by}:{one.name}"[:300] for at in one.clusters if given.ids[at] not in chain}
    before = dict(Place.objects.exclude(chain="").values_list("public_id", "chain"))
    # the others are left alone: what is written here, nobody can speak of until all is linked
    changed = {one: chain.get(one, "") for one in before.keys() | chain if chain.get(one, "") != before.get(one, "")}
    insert(Place, ["public_id", "chain"], sorted(changed.items()), key="public_id")


def _store_weakest(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    """Of places of three entries or more: between two there is but one tie."""

    def weakest() -> Iterator[tuple[Any, ...]]:
        several = ((at, pair) for at, pair in found.weakest.items() if len(found.clusters[at]) > 2)
        for batch in batched(several, _EXPLAINED):
            why = found.explain([pair for _, pair in batch])
            for (at, _), pair in zip(batch, why, strict=True):
                yield given.ids[at], entries[pair.left], entries[pair.right], *_judged(pair)

    Weakest.objects.all().delete()
    insert(Weakest, ["place_id", "left_id", "right_id", "probability", "relation", "reasons"], weakest())


def _tie(at: int, tie: Pair | None, entries: Sequence[int]) -> tuple[Any, ...]:
    """Of the entry of the record ``at`` to its place."""
    if tie is None:
        return 1.0, Link.By.ALONE.value, None, "", "[]"
    by = Link.By.PERSON if any(reason.code == engine.RULED for reason in tie.reasons) else Link.By.MACHINE
    probability, *why = _judged(tie)
    return probability, by.value, entries[tie.left + tie.right - at], *why


def _judged(pair: Pair) -> tuple[float, str, str]:
    """The probability of a pair that was explained, the relation, and the reasons as JSON."""
    return round(pair.probability, 4), pair.relation, json.dumps([reason.as_json() for reason in parts(pair)])


def _store_doubts(entries: Sequence[int], found: Linkage, questions: Sequence[review.Question], model: Model) -> None:
    weights = weights_digest(model)

    def doubts() -> Iterator[tuple[Any, ...]]:
        for batch in batched(enumerate(questions), _EXPLAINED):
            why = found.explain([question.pair for _, question in batch])
            for (turn, asked), pair in zip(batch, why, strict=True):
                _, relation, reasons = _judged(pair)
                yield (
                    *(entries[asked.pair.left], entries[asked.pair.right], turn, asked.purpose),
                    *(round(asked.pair.probability, 4), asked.joined, asked.gain, *(asked.sides or (None, None))),
                    *(asked.stratum, asked.inclusion, weights, relation, reasons),
                )

    columns = (
        "left_id right_id turn purpose probability joined gain left_entries right_entries "
        "stratum inclusion weights relation reasons"
    ).split()
    waits_for_another = Doubt.objects.filter(state__in=(Doubt.State.SECOND, Doubt.State.DISPUTED))
    kept = {frozenset(pair) for pair in waits_for_another.values_list("left", "right")}
    Doubt.objects.filter(state__in=(Doubt.State.OPEN, Doubt.State.SETTLED)).delete()
    insert(Doubt, columns, (row for row in doubts() if frozenset(row[:2]) not in kept))
