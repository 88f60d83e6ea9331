"""Every write on sources: declaring them, and taking in what they say. An import cannot destroy."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.crypto import salted_hmac

from coworkmed.kernel import dates, ids, processes
from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.memory import uncollected
from coworkmed.kernel.values import Reject, Row, Value
from coworkmed.platform.database import insert
from coworkmed.platform.progress import Progress, counted, silent

from . import connectors, fetch, normalise, rules
from .catalogue import Spec
from .models import Assertion, Entry, Harvest, Rejection, Source, Withheld
from .voices import VOICES

#: Part of every checksum: raise it when the rules of normalising change, and every list is read again.
READING_VERSION = "2"
_BATCH = 2000
_AFTER_ALL_LISTS = 10_000  # position
#: Rows normalised at a time; of the first, while which no other process is at work, so many as to load what that needs.
_CHUNK, _FIRST = 500, 20


@dataclass(frozen=True, slots=True)
class Harvested:
    """What came of one run over one source.

    ``outcome``  APPLIED, UNCHANGED or REFUSED (flagged: nothing was changed)
    ``counts``   rows, entries, rejected, dropped personal values, and what `rules.Difference.counts` gives
    """

    key: str
    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)
    flag: str = ""
    flag_params: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def register(*, specs: Sequence[Spec]) -> None:
    """Declare the sources of a catalogue, in its order. A source no longer declared stays: what it said was said."""
    for position, spec in enumerate(specs):
        Source.objects.update_or_create(key=spec.key, defaults={"spec": spec.as_json(), "position": position})


def harvest(
    *,
    spec: Spec,
    as_of: date,
    folder: Path,
    accept: bool = False,
    progress: Progress = silent,
    opener: Callable[..., fetch.Fetched] = fetch.fetch,
) -> Harvested:
    """Fetch a registered source, read it, and take in what changed, in one transaction: all of it or nothing.

    A list that can't be had or read, that is empty, that lost more than a fifth of its entries or exchanged them all
    changes nothing and flags its source; ``accept`` is a person's word that such a list is right. For a dry run, call
    it inside `platform.database.rehearsal`.
    """
    source = Source.objects.get(key=spec.key)
    try:
        got = opener(spec.location, folder=folder, etag=source.etag, last_modified=source.last_modified)
    except SourceError as error:
        return _refuse(spec, as_of, "UNREACHABLE", {"detail": str(error)})
    checksum = ids.digest(READING_VERSION, got.checksum, repr(sorted(spec.as_json().items())))
    if checksum == source.checksum:
        return _unchanged(spec, as_of)
    try:
        reading = read(spec, got.path, progress)
    except SourceError as error:
        return _refuse(spec, as_of, "MALFORMED", {"detail": str(error)})
    return _take_in(spec, reading, as_of, checksum, got, accept=accept)


def read(spec: Spec, path: Path, progress: Progress = silent) -> rules.Reading:
    """The list at ``path`` as entries and rejects. Raises SourceError where it can't be read as a whole."""
    rows = counted(connectors.read(spec, path), progress)
    chunks = chain([list(islice(rows, _FIRST))], iter(lambda: list(islice(rows, _CHUNK)), []))
    with uncollected():
        return rules.collect(chain.from_iterable(processes.in_order(partial(_stated, spec), chunks)))


def _stated(spec: Spec, rows: Sequence[Row | Reject]) -> list[rules.Statement | Reject]:
    """What some rows of a list say, or why they can't."""
    entries = iter(normalise.normalise_all([row for row in rows if isinstance(row, Row)], spec))
    made = [normalise.cleaned(row, spec) if isinstance(row, Reject) else next(entries) for row in rows]
    return [one if isinstance(one, Reject) else rules.stated(one) for one in made]


def _take_in(
    spec: Spec,
    reading: rules.Reading,
    as_of: date,
    checksum: str,
    got: fetch.Fetched,
    *,
    accept: bool,
) -> Harvested:
    with transaction.atomic():
        source = Source.objects.select_for_update().get(key=spec.key)
        known = _known(source, spec, reading)
        difference = rules.compare(known, reading, as_of=as_of)
        counts = {
            "rows": reading.rows,
            "entries": len(reading.entries),
            "rejected": len(reading.rejects),
            "dropped": reading.dropped.total(),
            **difference.counts(),
        }
        if difference.flag and not accept:
            return _refuse(spec, as_of, difference.flag, dict(difference.flag_params), counts)
        _store(source, spec, reading, difference, known, as_of)
        source.checksum, source.harvested_on = checksum, as_of
        source.etag, source.last_modified = got.etag, got.last_modified
        source.flag, source.flag_params = "", {}
        source.save()
        personal = {f"dropped_{kind}": count for kind, count in sorted(reading.dropped.items())}
        source.harvests.create(as_of=as_of, outcome=Harvest.Outcome.APPLIED, counts=counts | personal)
    return Harvested(spec.key, "APPLIED", counts)


def _known(source: Source, spec: Spec, reading: rules.Reading) -> list[rules.Known]:
    """What each entry of the source says now; a digest of "" where another licence held: that is said anew."""
    entries = list(
        source.entries.values_list(
            "external_id", "assertion__digest", "assertion__licence", "missing_since", "retired_on"
        )
    )
    gone = [external_id for external_id, *_ in entries if external_id not in reading.entries]
    prints: dict[str, str] = {}
    for start in range(0, len(gone), _BATCH):
        vanished = source.entries.filter(external_id__in=gone[start : start + _BATCH])
        for external_id, fields in vanished.values_list("external_id", "assertion__fields"):
            prints[external_id] = rules.fingerprint(fields)
    return [
        rules.Known(one, digest if licence == spec.licence else "", prints.get(one, ""), missing, retired is not None)
        for one, digest, licence, missing, retired in entries
    ]


def _store(
    source: Source,
    spec: Spec,
    reading: rules.Reading,
    difference: rules.Difference,
    known: Sequence[rules.Known],
    as_of: date,
) -> None:
    _rename(source, difference.renamed)
    insert(
        Entry,
        ("source_id", "external_id", "former_ids", "first_seen"),
        ((source.pk, external_id, "[]", as_of) for external_id in difference.added),
    )
    digests = {one.external_id: one.digest for one in known}
    reworded = [new for new, old in difference.renamed.items() if reading.entries[new].digest != digests[old]]
    _say(source, spec, [reading.entries[one] for one in (*difference.added, *difference.changed, *reworded)], as_of)
    back = [*difference.returned, *difference.renamed]
    _mark(source, back, missing_since=None, retired_on=None)
    _mark(source, difference.vanished, missing_since=as_of)
    _mark(source, difference.retired, retired_on=as_of)
    source.rejections.all().delete()
    Rejection.objects.bulk_create(
        (
            Rejection(source=source, number=one.number, code=one.code, params=dict(one.params), cells=dict(one.cells))
            for one in reading.rejects
        ),
        batch_size=_BATCH,
    )


def _say(source: Source, spec: Spec, spoken: Sequence[rules.Statement], as_of: date) -> None:
    """Keep what entries say, as what they say now."""
    pks = dict(source.entries.values_list("external_id", "pk"))
    withheld: dict[str, list[tuple[str, str]]] = {}
    for external_id, *mark in Withheld.objects.filter(entry__source=source).values_list(
        "entry__external_id", "field", "digest"
    ):
        withheld.setdefault(external_id, []).append((mark[0], mark[1]))
    before = Assertion.objects.aggregate(last=Max("pk", default=0))["last"]
    insert(
        Assertion,
        ("entry_id", "role", "observed_on", "sign", "asserted_on", "licence", "fields", "extra", "digest"),
        (
            (
                pks[one.external_id],
                "IMPORT",
                _seen(one.observed_on, as_of),
                one.sign,
                as_of,
                spec.licence,
                *_allowed(one, withheld.get(one.external_id, ())),
                one.digest,
            )
            for one in spoken
        ),
    )
    fresh = Assertion.objects.filter(pk__gt=before).order_by()
    speaking = source.entries.filter(pk__in=fresh.values("entry"))
    speaking.update(assertion=Subquery(fresh.filter(entry=OuterRef("pk")).values("pk")))


def _allowed(said: rules.Statement, withheld: Collection[tuple[str, str]]) -> tuple[str, str]:
    """What an entry says, fields and extra columns, without the values it may not say any more: ``withheld`` as
    (field, digest). Columns nobody mapped may hold the same words, so none of them is kept then."""
    if not withheld:
        return said.fields, said.extra
    fields = json.loads(said.fields).items()
    return json.dumps({name: one for name, one in fields if (name, _mark_of(one["value"])) not in withheld}), "{}"


def _mark_of(value: Any) -> str:
    """By what a value is known without being kept."""
    text = json.dumps(value, sort_keys=True)
    return salted_hmac("coworkmed.withheld", text, algorithm="sha256").hexdigest()


@transaction.atomic
def withhold(*, entry: Entry, name: str, value: Any, as_of: date) -> None:
    """Take a value of the field ``name`` out of all that an entry ever said, for good; should its list say it again, it
    is left out. Whoever calls settles the place, and takes care of what quotes it."""
    Withheld.objects.get_or_create(entry=entry, field=name, digest=_mark_of(value), defaults={"since": as_of})
    for one in Assertion.objects.select_for_update().filter(entry=entry):
        if name in one.fields and one.fields[name]["value"] == value:
            fields = {other: said for other, said in one.fields.items() if other != name}
            Assertion.objects.filter(pk=one.pk).update(fields=fields, extra={})


def _seen(observed_on: str, as_of: date) -> str:
    """The day an entry was seen so; nobody has seen tomorrow."""
    late = bool(observed_on) and dates.first_day(observed_on) > as_of
    return as_of.isoformat() if late else observed_on


def _rename(source: Source, renamed: Mapping[str, str]) -> None:
    """Give entries the identifiers their list now uses, remembering the ones it used."""
    new_id = {known: new for new, known in renamed.items()}
    for entry in _in_batches(source, list(new_id)):
        entry.former_ids = [*entry.former_ids, entry.external_id]
        entry.external_id = new_id[entry.external_id]
        entry.save(update_fields=["external_id", "former_ids"])


def _mark(source: Source, external_ids: Sequence[str], **values: date | None) -> None:
    for start in range(0, len(external_ids), _BATCH):
        source.entries.filter(external_id__in=external_ids[start : start + _BATCH]).update(**values)


def _in_batches(source: Source, external_ids: Sequence[str]) -> Iterable[Entry]:
    for start in range(0, len(external_ids), _BATCH):
        yield from source.entries.filter(external_id__in=external_ids[start : start + _BATCH])


@transaction.atomic
def _unchanged(spec: Spec, as_of: date) -> Harvested:
    """Nothing new; but what vanished earlier goes on waiting, and in the end stops speaking."""
    source = Source.objects.select_for_update().get(key=spec.key)
    waited = source.entries.filter(missing_since__lte=as_of - rules.GRACE, retired_on=None)
    counts = Counter(retired=waited.count())
    waited.update(retired_on=as_of)
    source.flag, source.flag_params, source.harvested_on = "", {}, as_of
    source.save()
    if counts["retired"]:
        source.harvests.create(as_of=as_of, outcome=Harvest.Outcome.UNCHANGED, counts=counts)
    return Harvested(spec.key, "UNCHANGED", counts)


@transaction.atomic
def _refuse(
    spec: Spec,
    as_of: date,
    flag: str,
    params: dict[str, Any],
    counts: Mapping[str, int] | None = None,
) -> Harvested:
    """Flag the source and change nothing else."""
    source = Source.objects.select_for_update().get(key=spec.key)
    source.flag, source.flag_params = flag, params
    source.save(update_fields=["flag", "flag_params"])
    source.harvests.create(as_of=as_of, outcome=Harvest.Outcome.REFUSED, flag=flag, counts=counts or {})
    return Harvested(spec.key, "REFUSED", counts or {}, flag, params)


@transaction.atomic
def say(*, role: str, about: str, fields: Mapping[str, Value], as_of: date, voice: Spec | None = None) -> Entry:
    """Take in what somebody says of the thing ``about``, in a role of `voices.VOICES`: an entry of its own. An earlier
    one of the same voice on the same thing of which nothing is left to say speaks no more. ``voice``: another than that
    of the role, as of a census.

    Whoever calls holds the thing, so that nobody else speaks of it at the same time.
    """
    spec = voice or VOICES[role]
    Source.objects.get_or_create(
        key=spec.key, defaults={"spec": spec.as_json(), "position": _AFTER_ALL_LISTS, "harvested_on": as_of}
    )
    earlier = Entry.objects.filter(source=spec.key, external_id__startswith=f"{about}.")
    _silence(earlier, fields, as_of)
    entry = Entry.objects.create(source_id=spec.key, external_id=f"{about}.{earlier.count() + 1}", first_seen=as_of)
    said = {name: value.as_json() for name, value in sorted(fields.items())}
    entry.assertion = Assertion.objects.create(
        entry=entry,
        role=role,
        observed_on=as_of.isoformat(),
        asserted_on=as_of,
        licence=spec.licence,
        fields=said,
        digest=ids.digest(as_of.isoformat(), repr(said)),
    )
    entry.save(update_fields=["assertion"])
    return entry


def _silence(earlier: QuerySet[Entry], fields: Mapping[str, Value], as_of: date) -> None:
    """Let those speak no more all of whose fields are said again. Who says whether a place is open says anew when it
    closed, too."""
    again = set(fields) | ({"closed"} if "status" in fields else set())
    for one in earlier.filter(retired_on=None).select_related("assertion"):
        if one.assertion is None or set(one.assertion.fields) <= again:
            strike(entry=one, as_of=as_of)


def strike(*, entry: Entry, as_of: date) -> None:
    """Let an entry speak no more: it was said anew, or proved false. What it said is kept."""
    Entry.objects.filter(pk=entry.pk).update(retired_on=as_of)


def revive(*, entries: Collection[int], as_of: date) -> None:
    """Let entries speak again that were silenced on ``as_of`` by what has proved false."""
    Entry.objects.filter(pk__in=entries, retired_on=as_of).update(retired_on=None)
