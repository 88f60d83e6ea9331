"""Every write on the registry: linking entries to places, settling what is shown, and a person's decisions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.linkage import engine, review
from coworkmed.linkage.engines import LOCAL, Engine
from coworkmed.linkage.model import Model, shipped
from coworkmed.linkage.outcomes import chains
from coworkmed.linkage.records import Key, Linkage, Pair, Record, Ruling
from coworkmed.linkage.waterfall import parts
from coworkmed.platform.progress import Progress, counted, silent
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Source

from . import rules
from .comparable import record
from .models import Change, Decision, Doubt, Link, Place, Purpose, Refresh, Weakest
from .queries import claim, speaking

T = TypeVar("T")

_BATCH = 1000
#: Part of what a refresh depends on: raise it when linking or settling change, and the registry is made anew.
VERSION = "3"


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
def refresh(
    *,
    as_of: date,
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> Linked | None:
    """Link and settle the registry, or do nothing (None) where neither the lists, the decisions nor the day changed.

    All of it or nothing: whoever reads meanwhile sees the registry as before or as after. ``progress`` is told the
    stage ("link", "settle") and how far it is.
    """
    model = model or shipped()
    state = _state(model)
    if Refresh.objects.filter(state=state, as_of=as_of).exists():
        return None
    linked = link(as_of=as_of, model=model, on=on, progress=partial(progress, "link"))
    settle(as_of=as_of, progress=partial(progress, "settle"))
    Refresh.objects.all().delete()
    Refresh.objects.create(state=state, as_of=as_of, census=linked.quality.census)
    return linked


def _state(model: Model) -> str:
    """Digest of all that a refresh depends on besides the day."""
    last = Harvest.objects.order_by("-pk").values_list("pk", flat=True).first()
    rulings = [f"{ruling.left}{ruling.right}{ruling.verdict}" for ruling in _rulings()]
    return ids.digest(VERSION, _weights(model), str(last), *sorted(rulings))


def _weights(model: Model) -> str:
    """Digest of the weights the machine judges by."""
    return ids.digest(str(model.as_json()))


@transaction.atomic
def link(*, as_of: date, model: Model | None = None, on: Engine = LOCAL, progress: Progress = silent) -> Linked:
    """Decide anew which entries are one place, and give each place its public id: all of it or nothing.

    Ids survive: a place keeps its id as long as one of its entries is left, a merged place redirects, a split leaves a
    note. A person's decisions bind.
    """
    model = model or shipped()
    Source.objects.select_for_update().order_by("key").first()  # one run at a time
    read = [
        (record(_key(entry), claim(entry, 0).fields), entry.pk) for entry in counted(_entries().iterator(), progress)
    ]
    read.sort(key=lambda one: one[0].key)  # not by the database: each sorts text in its own way
    records, entries = [one for one, _ in read], [pk for _, pk in read]
    found = engine.link(records, list(_rulings()), model=model, engine=on)
    keys = [one.key for one in records]
    agenda = review.agenda(found, keys, _verdicts(keys), _sampled(model))
    groups = [[records[position].key for position in cluster] for cluster in found.clusters]
    before = {
        (source, external_id): place
        for source, external_id, place in Link.objects.values_list("entry__source_id", "entry__external_id", "place_id")
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


@transaction.atomic
def settle(*, as_of: date, progress: Progress = silent) -> int:
    """Settle every place anew from what its entries say; returns how many places there are."""
    specs = {source.key: Spec.from_json(source.spec) for source in Source.objects.all()}
    settled = (_settled(place, entries, specs, as_of) for place, entries in _by_place())
    total = 0
    for batch in batched(counted(settled, progress), _BATCH):
        Place.objects.bulk_create(batch, update_conflicts=True, unique_fields=["public_id"], update_fields=_SETTLED)
        total += len(batch)
    return total


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on two entries, named by source and identifier: "same" or "different"."""

    left: tuple[str, str]
    right: tuple[str, str]
    verdict: str
    note: str = ""


@transaction.atomic
def decide(*, words: Sequence[Word], as_of: date) -> None:
    """Record what a person says of pairs of entries: all of it or nothing. It binds from the next `link` on.

    With it is kept what the machine thought when it asked; who changes their mind leaves that as it was.

    Raises CoworkmedError where an entry is unknown or is compared with itself.
    """
    for word in words:
        one, other = sorted((_entry(word.left), _entry(word.right)), key=lambda entry: entry.pk)
        if one == other:
            raise CoworkmedError(N_("An entry can't be compared with itself."))
        said = {"verdict": word.verdict, "decided_on": as_of, "note": word.note}
        Decision.objects.update_or_create(
            left=one, right=other, defaults=said, create_defaults=said | _asked(one, other)
        )


def _asked(one: Entry, other: Entry) -> dict[str, Any]:
    """What the machine said of two entries when it asked about them; {} if it didn't."""
    told = "purpose", "probability", "stratum", "inclusion", "weights"
    return Doubt.objects.filter(left__in=(one, other), right__in=(one, other)).values(*told).first() or {}


def _entry(key: tuple[str, str]) -> Entry:
    entries = Entry.objects.filter(source=key[0])
    if found := entries.filter(external_id=key[1]).first():
        return found
    for renamed in entries.exclude(former_ids=[]):
        if key[1] in renamed.former_ids:
            return renamed
    raise CoworkmedError(N_("No entry {id} in the source {source}."), source=key[0], id=key[1])


def _entries() -> QuerySet[Entry]:
    return Entry.objects.exclude(assertion=None).select_related("assertion")


def _key(entry: Entry) -> tuple[str, str]:
    return entry.source_id, entry.external_id


def _rulings() -> Iterator[Ruling]:
    for decision in Decision.objects.select_related("left", "right"):
        same = decision.verdict == Decision.Verdict.SAME
        yield Ruling(_key(decision.left), _key(decision.right), "same" if same else "different")


def _verdicts(keys: Sequence[Key]) -> dict[tuple[int, int], bool]:
    """What people said of pairs of records (by position, left < right): whether they are the same."""
    position = {key: at for at, key in enumerate(keys)}
    judged = (
        (position[ruling.left], position[ruling.right], ruling.verdict == "same")
        for ruling in _rulings()
        if ruling.left in position and ruling.right in position
    )
    return {(min(one, other), max(one, other)): same for one, other, same in judged}


def _sampled(model: Model) -> dict[str, tuple[int, int]]:
    """Stratum → verdicts on its pairs drawn at random, and how many said "same".

    Only those drawn under these weights: others sort pairs into the strata in their own way, and weights trained on
    verdicts would be tried on what they have learnt by heart.
    """
    drawn = Decision.objects.filter(purpose=Purpose.AUDIT, weights=_weights(model)).order_by("stratum")
    verdicts = drawn.values_list("stratum").annotate(
        judged=Count("pk"), same=Count("pk", filter=Q(verdict=Decision.Verdict.SAME))
    )
    return {name: (judged, same) for name, judged, same in verdicts}


def _store_places(given: rules.Assignment, as_of: date) -> None:
    Place.objects.bulk_create((Place(public_id=one) for one in sorted(given.made)), batch_size=_BATCH)
    Place.objects.filter(public_id__in=given.revived).update(merged_into=None)
    for old, kept in given.merged.items():
        Place.objects.filter(merged_into=old).update(merged_into=kept)  # an earlier redirect follows
        Place.objects.filter(public_id=old).update(merged_into=kept, status="MERGED", sources=[])
    changes = [Change(place_id=one, kind=Change.Kind.MADE, on=as_of) for one in sorted(given.made - set(given.split))]
    changes += [
        Change(place_id=a, other_id=b, kind=Change.Kind.MERGED, on=as_of) for a, b in sorted(given.merged.items())
    ]
    changes += [
        Change(place_id=a, other_id=b, kind=Change.Kind.SPLIT, on=as_of) for a, b in sorted(given.split.items())
    ]
    Change.objects.bulk_create(changes, batch_size=_BATCH)


def _store_links(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    def links() -> Iterator[Link]:
        members = [(place, at) for place, cluster in zip(given.ids, found.clusters, strict=True) for at in cluster]
        for part in batched(members, _BATCH):
            tied = [at for _, at in part if at in found.ties]
            ties = dict(zip(tied, found.explain([found.ties[at] for at in tied]), strict=True))
            for public_id, at in part:
                yield _link(at, public_id, ties.get(at), entries)

    Link.objects.bulk_create(
        links(),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["place", "probability", "decided_by", "tied_to", "relation", "reasons"],
    )


def _store_chains(records: Sequence[Record], found: Linkage, given: rules.Assignment) -> None:
    chain: dict[str, str] = {}
    for one in chains(found, records):  # of several, the brand: it comes first
        chain |= {given.ids[at]: f"{one.by}:{one.name}"[:300] for at in one.clusters if given.ids[at] not in chain}
    Place.objects.exclude(chain="").update(chain="")
    Place.objects.bulk_create(
        (Place(public_id=public_id, chain=name) for public_id, name in sorted(chain.items())),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["public_id"],
        update_fields=["chain"],
    )


def _store_weakest(entries: Sequence[int], found: Linkage, given: rules.Assignment) -> None:
    """Of places of three entries or more: between two there is but one tie."""

    def weakest() -> Iterator[Weakest]:
        several = ((at, pair) for at, pair in found.weakest.items() if len(found.clusters[at]) > 2)
        for batch in batched(several, _BATCH):
            why = found.explain([pair for _, pair in batch])
            for (at, _), pair in zip(batch, why, strict=True):
                yield Weakest(
                    place_id=given.ids[at],
                    left_id=entries[pair.left],
                    right_id=entries[pair.right],
                    probability=round(pair.probability, 4),
                    relation=pair.relation,
                    reasons=[reason.as_json() for reason in parts(pair)],
                )

    Weakest.objects.all().delete()
    Weakest.objects.bulk_create(weakest(), batch_size=_BATCH)


def _link(at: int, public_id: str, tie: Pair | None, entries: Sequence[int]) -> Link:
    """Of the entry of the record ``at``."""
    if tie is None:
        return Link(entry_id=entries[at], place_id=public_id, decided_by=Link.By.ALONE)
    by = Link.By.PERSON if any(reason.code == engine.RULED for reason in tie.reasons) else Link.By.MACHINE
    return Link(
        entry_id=entries[at],
        place_id=public_id,
        probability=round(tie.probability, 4),
        decided_by=by,
        tied_to_id=entries[tie.left + tie.right - at],
        relation=tie.relation,
        reasons=[reason.as_json() for reason in parts(tie)],
    )


def _store_doubts(entries: Sequence[int], found: Linkage, questions: Sequence[review.Question], model: Model) -> None:
    weights = _weights(model)

    def doubts() -> Iterator[Doubt]:
        for batch in batched(enumerate(questions), _BATCH):
            why = found.explain([question.pair for _, question in batch])
            for (turn, question), pair in zip(batch, why, strict=True):
                yield _doubt(turn, question, pair, entries, weights)

    Doubt.objects.all().delete()
    Doubt.objects.bulk_create(doubts(), batch_size=_BATCH)


def _doubt(turn: int, question: review.Question, why: Pair, entries: Sequence[int], weights: str) -> Doubt:
    left, right = question.sides or (None, None)
    return Doubt(
        left_id=entries[question.pair.left],
        right_id=entries[question.pair.right],
        turn=turn,
        purpose=question.purpose,
        probability=round(question.pair.probability, 4),
        joined=question.joined,
        gain=question.gain,
        left_entries=left,
        right_entries=right,
        stratum=question.stratum,
        inclusion=question.inclusion,
        weights=weights,
        relation=why.relation,
        reasons=[reason.as_json() for reason in parts(why)],
    )


def _by_place() -> Iterator[tuple[str, list[Entry]]]:
    """Each place with the entries that speak of it, one place at a time."""
    place, entries = "", list[Entry]()
    for entry in (
        _entries().select_related("assertion", "link").order_by("link__place_id", "source_id", "external_id").iterator()
    ):
        if entries and entry.link.place_id != place:
            yield place, entries
            entries = []
        place = entry.link.place_id
        entries.append(entry)
    if entries:
        yield place, entries


_SETTLED = tuple(
    "status freshness confirmed_on confirmed_by values sources name country locality main_kind lat lon search".split()
)


def _settled(public_id: str, entries: Sequence[Entry], specs: Mapping[str, Spec], as_of: date) -> Place:
    heard = speaking(entries)
    claims = [claim(entry, specs[entry.source_id].trust) for entry in heard]
    standing = rules.standing(claims, listed=any(entry.retired_on is None for entry in entries), as_of=as_of)
    values = {name: one.value for name, one in rules.settle(claims).items()}
    position = values.get("position", {})
    return Place(
        public_id=public_id,
        status=standing.status,
        freshness=standing.freshness,
        confirmed_on=standing.confirmed_on,
        confirmed_by=standing.confirmed_by,
        values=values,
        sources=sorted({entry.source_id for entry in heard}),
        name=values.get("name", "")[:300],
        country=values.get("country", ""),
        locality=values.get("locality", "")[:120],
        main_kind=values.get("main_kind", ""),
        lat=position.get("lat"),
        lon=position.get("lon"),
        search=_search(values),
    )


def _search(values: Mapping[str, Any]) -> str:
    said = (values.get("name"), *values.get("other_names", ()), values.get("locality"), values.get("brand"))
    words = dict.fromkeys(word for text in said if text for word in fold(text).split())
    return " ".join(words)


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` things, the last one shorter."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
