"""The index: what it holds of each place, and how it follows the database."""

import json
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import tantivy
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Max

from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fold import fold
from coworkmed.platform.database import rehearsing
from coworkmed.platform.lock import exclusive
from coworkmed.platform.progress import Progress, counted, silent

from .. import hours, rules
from ..models import Place

#: Facets of a place: each a set of codes, counted and filtered by.
FACETS = (
    *("country", "region", "town", "kind", "governance", "price", "wheelchair", "hosts", "equipment"),
    *("freshness", "status", "source"),
)
#: Raise it when what is indexed changes: the index is made anew.
VERSION = "3"
_WORDS = "words"  # how texts, folded before, are cut
_SEVERAL = 5000  # places to change at once
PAUSE = 60  # seconds until an index that can't be written is tried again
UNUSABLE = (OSError, ValueError)  # what the library raises where a file is missing, damaged or not to be written
_MEMORY = 64_000_000  # octets each thread of a writer may use
_COLUMNS = (
    *("public_id", "name", "status", "freshness", "confirmed_on", "values", "sources"),
    *("country", "region", "town", "locality", "main_kind", "lat", "lon"),
)

_log = logging.getLogger(__name__)


@cache
def schema() -> tantivy.Schema:
    """Texts to find by, facets to count, and columns to sort by."""
    made = tantivy.SchemaBuilder()
    made.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field("label", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("name", "also", "where"):  # its name; other names it goes by; its town as the lists spell it
        made.add_text_field(name, tokenizer_name=_WORDS, index_option="freq")
    for name in FACETS:
        made.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    made.add_text_field("hours", tokenizer_name="raw", index_option="basic")  # `open_hours`
    for name in ("lat", "lon"):
        made.add_float_field(name, indexed=True, fast=True)
    made.add_integer_field("number", fast=True)  # `number`: to walk by id, many times faster than by text
    made.add_text_field("by_name", tokenizer_name="raw", fast=True, index_option="basic")
    made.add_text_field("by_age", tokenizer_name="raw", fast=True, index_option="basic")
    return made.build()


@dataclass(frozen=True, slots=True)
class _State:
    """Of which registry the index is, and up to when."""

    registry: str
    modified: str = ""


class Index:
    """The index in a folder. Safe to be used by several processes and threads: one writes at a time, and whoever reads
    meanwhile sees it as before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = _State("")
        self._open: tuple[tuple[_State, datetime] | None, list[str]] = None, []
        self._turn = threading.Lock()
        self._paused_until = 0.0

    @cached_property
    def _opened(self) -> tantivy.Index:
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = tantivy.Index(schema(), path=str(self.folder))
        opened.register_tokenizer(_WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        return opened

    @property
    def mark(self) -> str:
        """A text that changes whenever this process comes to see the index otherwise; "" before it has seen it."""
        return self._state.registry + self._state.modified

    def keep_up(self) -> None:
        """`follow`, if there is anything to follow and nobody else is at it."""
        behind = self._state != _now() and monotonic() >= self._paused_until
        if behind and self._turn.acquire(blocking=not self.mark):  # who has something to read from needn't wait
            try:
                if self._state != _now():
                    self.follow()
            finally:
                self._turn.release()

    def searcher(self) -> tantivy.Searcher:
        """To ask the index as it is, as near to the database as it can be brought at once. Raises OperationalError
        where there is none yet."""
        self.keep_up()
        if not self.mark and self._read_state().registry != _now().registry:
            raise OperationalError("the search index is being made")
        try:
            return self._opened.searcher()
        except UNUSABLE as error:
            raise OperationalError("the search index can't be read") from error

    def open_hours(self, moment: datetime) -> list[str]:
        """Those of the hours it holds that are open at a moment. Many places share theirs, and many readers a moment:
        each is worked out once."""
        searcher, asked = self.searcher(), (self._state, moment)
        if self._open[0] != asked:
            terms = searcher.terms_with_prefix("hours", "")
            self._open = asked, [term for term, _ in terms if _is_open(term, moment)]
        return self._open[1]

    def follow(self, progress: Progress = silent) -> None:
        """Bring the index up to the database: what has changed since the last time, or all of it where it is of
        another registry, or damaged. Where another process is doing so, where it can't be written, or in a rehearsal,
        it stays as it is."""
        if rehearsing():  # what the database shows now, it will never have shown
            return
        try:
            with suppress(CoworkmedError), exclusive(self.folder.with_suffix(".lock")):
                self._catch_up(progress)
            self._opened.reload()
        except UNUSABLE:  # a full disk, a folder that can't be written, or that another process is making anew
            _log.exception("The search index in %s can't follow the registry", self.folder)
            self._paused_until = monotonic() + PAUSE

    def _catch_up(self, progress: Progress) -> None:
        before, now = self._read_state(), _now()
        if before != now or not self.mark:
            if not self._brought_up(before, now, progress):
                self._state_file.unlink(missing_ok=True)
                shutil.rmtree(self.folder, ignore_errors=True)
                vars(self).pop("_opened", None)
                self._write(changed(""), progress)
            self._keep_state(now)
        self._state = now

    def _brought_up(self, before: _State, now: _State, progress: Progress) -> bool:
        """Whether what stands in the folder could be: it can be read, is of this registry, and no rows went without a
        trace."""
        if before.registry != now.registry or before.modified > now.modified:
            return False
        vars(self).pop("_opened", None)  # as it stands in the folder, and not as this process once opened it
        try:
            self._count()
        except ValueError:
            return False
        if before != now:
            self._write(changed(before.modified), progress)
        return self._count() == Place.objects.current().count() or _now() != now  # changed meanwhile: followed next

    def _write(self, places: Iterable[dict[str, Any]], progress: Progress) -> None:
        writer = self._opened.writer(heap_size=_MEMORY, num_threads=1)
        known = self._count() > 0
        for place in counted(places, progress):
            if known:
                writer.delete_documents_by_term("id", place["public_id"])
            if not place["merged_into"]:
                writer.add_document(document(place))
        writer.commit()
        writer.wait_merging_threads()
        self._opened.reload()

    def _count(self) -> int:
        return int(self._opened.searcher().num_docs)

    def _read_state(self) -> _State:
        with suppress(OSError, ValueError, TypeError):
            return _State(**json.loads(self._state_file.read_text(encoding="utf-8")))
        return _State("")

    def _keep_state(self, state: _State) -> None:
        fresh = self._state_file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
        fresh.replace(self._state_file)

    @property
    def _state_file(self) -> Path:
        return self.folder.with_suffix(".json")


@cache
def _of(folder: Path) -> Index:
    return Index(folder)


def index() -> Index:
    """The index of this site."""
    return _of(Path(settings.SEARCH_ROOT))


def latest() -> str:
    """When anything shown last changed, as ISO 8601; "" in an empty registry."""
    modified: datetime | None = Place.objects.aggregate(Max("modified"))["modified__max"]
    return modified.isoformat() if modified else ""


def changed(since: str) -> Iterator[dict[str, Any]]:
    """The places that changed after a moment (ISO 8601; "" for all, those merged into others left out)."""
    places = Place.objects.filter(modified__gt=since) if since else Place.objects.current()
    yield from places.order_by("modified", "public_id").values(*_COLUMNS, "merged_into").iterator(_SEVERAL)


def document(place: dict[str, Any]) -> tantivy.Document:
    """What the index holds of a place, given by its columns."""
    values = place["values"]
    also = (*values.get("other_names", ()), values.get("brand", ""), values.get("operator", ""))
    made = tantivy.Document()
    texts = {
        "id": place["public_id"],
        "label": place["name"] or place["public_id"],
        "name": fold(place["name"]),
        "also": fold(" ".join(also)),
        "where": fold(" ".join((place["locality"], values.get("postcode", "")))),
        "by_name": fold(place["name"]) or "~",
        "by_age": place["confirmed_on"],
    }
    made.add_integer("number", number(place["public_id"]))
    for name, text in texts.items():
        made.add_text(name, text)
    for name, codes in facets(place).items():
        for code in codes:
            made.add_text(name, code)
    if said := values.get("opening_hours"):
        made.add_text("hours", _hours(place, said))
    for name in ("lat", "lon"):
        if place[name] is not None:
            made.add_float(name, place[name])
    return made


def number(place_id: str) -> int:
    """A number of 60 bits in the order of the ids: their signs as digits, what is none of these signs as zero."""
    found = 0
    for sign in place_id[:12].ljust(12, ids.ALPHABET[0]):
        found = found * len(ids.ALPHABET) + max(0, ids.ALPHABET.find(sign))
    return found


def _hours(place: dict[str, Any], said: str) -> str:
    """What is needed to tell whether it is open: the zone of its clock, its country, its hours."""
    position = None if place["lat"] is None or place["lon"] is None else (place["lat"], place["lon"])
    zone = hours.zone(place["country"], position)
    return "|".join((zone.key if zone else "", place["country"], said))


def _is_open(term: str, moment: datetime) -> bool:
    zone, country, said = term.split("|", 2)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else None
    return local is not None and hours.open_at(said, country, local)


def facets(place: dict[str, Any]) -> dict[str, Iterable[str]]:
    """Facet → its codes for a place."""
    values = place["values"]
    single = {
        "country": place["country"],
        "region": place["region"],
        "town": str(place["town"] or ""),
        "governance": rules.sector(values),
        "price": rules.price_band(values),
        "wheelchair": values.get("wheelchair", ""),
        "hosts": values.get("hosts_visitors", ""),
        "freshness": place["freshness"],
        "status": place["status"],
    }
    return {name: (code,) for name, code in single.items() if code} | {
        "kind": dict.fromkeys(filter(None, (place["main_kind"], *values.get("kinds", ())))),
        "equipment": dict.fromkeys(fold(one) for one in values.get("equipment", ())),
        "source": place["sources"],
    }


def _now() -> _State:
    """The state of the database."""
    told = (connection.settings_dict[name] for name in ("NAME", "HOST", "PORT"))
    return _State(ids.digest(VERSION, *map(str, told)), latest())
