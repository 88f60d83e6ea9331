"""Every write on the registry: linking entries to places, settling what is shown, and a person's decisions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.linkage import engine
from coworkmed.linkage.model import shipped
from coworkmed.linkage.records import Linkage, Pair, Ruling
from coworkmed.platform.progress import Progress, counted, silent
from coworkmed.sources.catalogue import Spec
from coworkmed.sources.models import Entry, Harvest, Source

from . import rules
from .comparable import record
from .models import Change, Decision, Doubt, Link, Place, Refresh
from .queries import claim, speaking

T = TypeVar("T")

_BATCH = 1000
#: Part of what a refresh depends on: raise it when linking or settling change, and the registry is made anew.
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linking did to the registry."""

    entries: int
    places: int
    made: int
    merged: int
    split: int
    doubts: int


@transaction.atomic
def refresh(*, as_of: date, progress: Callable[[str, int], None] = lambda stage, done: None) -> Linked | None:
    """Link and settle the registry, or do nothing (None) where neither the lists, the decisions nor the day changed.

    All of it or nothing: whoever reads meanwhile sees the registry as before or as after. ``progress`` is told the
    stage ("link", "settle") and how far it is.
    """
    state = _state()
    if Refresh.objects.filter(state=state, as_of=as_of).exists():
        return None
    linked = link(as_of=as_of, progress=partial(progress, "link"))
    settle(as_of=as_of, progress=partial(progress, "settle"))
    Refresh.objects.all().delete()
    Refresh.objects.create(state=state, as_of=as_of)
    return linked


def _state() -> str:
    """Digest of all that a refresh depends on besides the day."""
    last = Harvest.objects.order_by("-pk").values_list("pk", flat=True).first()
    rulings = [f"{ruling.left}{ruling.right}{ruling.verdict}" for ruling in _rulings()]
    return ids.digest(VERSION, str(shipped().as_json()), str(last), *sorted(rulings))


@transaction.atomic
def link(*, as_of: date, progress: Progress = silent) -> Linked:
    """Decide anew which entries are one place, and give each place its public id: all of it or nothing.

    Ids survive: a place keeps its id as long as one of its entries is left, a merged place redirects, a split leaves a
    note. A person's decisions bind.
    """
    Source.objects.select_for_update().order_by("key").first()  # one run at a time
    read = [
        (record(_key(entry), claim(entry, 0).fields), entry.pk) for entry in counted(_entries().iterator(), progress)
    ]
    read.sort(key=lambda one: one[0].key)  # not by the database: each sorts text in its own way
    records, entries = [one for one, _ in read], [pk for _, pk in read]
    found = engine.link(records, list(_rulings()))
    groups = [[records[position].key for position in cluster] for cluster in found.clusters]
    before = {
        (source, external_id): place
        for source, external_id, place in Link.objects.values_list("entry__source_id", "entry__external_id", "place_id")
    }
    given = rules.assign(groups, before, frozenset(Place.objects.values_list("public_id", flat=True)))
    _store_places(given, as_of)
    _store_links(entries, found, given)
    _store_doubts(entries, found)
    return Linked(
        entries=len(entries),
        places=len(given.ids),
        made=len(given.made),
        merged=len(given.merged),
        split=len(given.split),
        doubts=len(found.doubts),
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

    Raises CoworkmedError where an entry is unknown or is compared with itself.
    """
    for word in words:
        one, other = sorted((_entry(word.left), _entry(word.right)), key=lambda entry: entry.pk)
        if one == other:
            raise CoworkmedError(N_("An entry can't be compared with itself."))
        Decision.objects.update_or_create(
            left=one, right=other, defaults={"verdict": word.verdict, "decided_on": as_of, "note": word.note}
        )


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
                yield _link(entries[at], public_id, ties.get(at))

    Link.objects.bulk_create(
        links(),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["place", "probability", "decided_by", "reasons"],
    )


def _link(entry: int, public_id: str, tie: Pair | None) -> Link:
    if tie is None:
        return Link(entry_id=entry, place_id=public_id, decided_by=Link.By.ALONE)
    by = Link.By.PERSON if any(reason.code == engine.RULED for reason in tie.reasons) else Link.By.MACHINE
    reasons = [reason.as_json() for reason in tie.reasons]
    return Link(
        entry_id=entry, place_id=public_id, probability=round(tie.probability, 4), decided_by=by, reasons=reasons
    )


def _store_doubts(entries: Sequence[int], found: Linkage) -> None:
    Doubt.objects.all().delete()
    Doubt.objects.bulk_create(
        (
            Doubt(
                left_id=entries[pair.left],
                right_id=entries[pair.right],
                probability=round(pair.probability, 4),
                reasons=[reason.as_json() for reason in pair.reasons],
            )
            for part in batched(found.doubts, _BATCH)
            for pair in found.explain(part)
        ),
        batch_size=_BATCH,
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
