"""From lists to published files: the whole flow as one use case."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import LANGUAGES, N_
from coworkmed.linkage.engines import LOCAL, Engine
from coworkmed.linkage.model import Model
from coworkmed.observatory import freshness
from coworkmed.observatory import queries as observed
from coworkmed.observatory.census import extract
from coworkmed.observatory.indicators import statistics
from coworkmed.observatory.report import CHAPTERS
from coworkmed.observatory.report.editorial import Editorial, read, root
from coworkmed.places import services as places
from coworkmed.places.queries import snapshot
from coworkmed.sources import services as sources
from coworkmed.sources.catalogue import Spec

from . import licensing
from .publish import publish


@dataclass(frozen=True, slots=True)
class Built:
    """``harvested``  what came of each source, in the catalogue's order
    ``linked``     what linking did; None where nothing had changed since the last time
    """

    harvested: Sequence[sources.Harvested]
    linked: places.Linked | None

    @property
    def flagged(self) -> list[sources.Harvested]:
        """The sources that need a person."""
        return [one for one in self.harvested if one.flag]


def gather(
    *,
    specs: Sequence[Spec],
    folder: Path,
    as_of: date,
    accept: Collection[str] = (),
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> Built:
    """Harvest the sources of a catalogue and bring the registry up to date.

    ``folder`` keeps what was fetched; ``accept`` names sources whose shrunken or exchanged list a person holds for
    right; linking goes by the weights of ``model`` (those the project ships without it) and is done ``on`` an engine.
    Each source is taken in by itself, so one that fails costs the others nothing.
    """
    if unknown := set(accept) - {spec.key for spec in specs}:
        raise CoworkmedError(N_("The catalogue has no source called {names}."), names=", ".join(sorted(unknown)))
    sources.register(specs=specs)
    harvested = [
        sources.harvest(
            spec=spec, as_of=as_of, folder=folder, accept=spec.key in accept, progress=partial(progress, spec.key)
        )
        for spec in specs
    ]
    return Built(harvested, places.refresh(as_of=as_of, model=model, on=on, progress=progress))


def build(
    *,
    specs: Sequence[Spec],
    folder: Path,
    out: Path,
    as_of: date,
    accept: Collection[str] = (),
    language: str = "en",
    without: Collection[str] = (),
    site: str = "",
    model: Model | None = None,
    on: Engine = LOCAL,
    reports: Collection[str] = LANGUAGES,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> Built:
    """`gather`, then publish the registry's files to ``out``.

    ``without`` names share-alike families of licences to leave out; ``site`` is the address of a site whose pages the
    report may link to; ``reports`` are the languages in which it is written.
    """
    notes = editorials()  # a note that can't be used is told before an hour of work, and so is a table that can't
    if (given := brought()).is_file():
        statistics.read(given)
    built = gather(specs=specs, folder=folder, as_of=as_of, accept=accept, model=model, on=on, progress=progress)
    progress("publish", 0)
    put_out(out, as_of=as_of, language=language, without=without, site=site, editorial=notes, reports=reports)
    return built


def put_out(
    out: Path,
    *,
    as_of: date,
    language: str = "en",
    without: Collection[str] = (),
    site: str = "",
    editorial: Editorial | None = None,
    reports: Collection[str] = LANGUAGES,
) -> None:
    """Publish the registry as it stands to ``out``, with all that goes with it: how fresh it was in past months, what
    the census tells of groups, the operator's statistics of territories (`territories.csv` in the site's folder), and
    what the coordinator wrote (read from the site's folder without ``editorial``)."""
    past = freshness.every_series(observed.past(without=licensing.codes_of(without)), as_of)
    notes = editorials() if editorial is None else editorial
    with TemporaryDirectory() as beside:  # what the census tells of groups only is never among what is published
        extract.write(Path(beside))
        statistics.write(brought(), Path(beside))
        publish(
            snapshot(as_of), out, language, without=without, site=site, past=past, beside=Path(beside),
            editorial=notes, reports=reports,
        )  # fmt: skip
    extract.keep(out)


def brought() -> Path:
    """Where the operator of this site puts statistics of territories."""
    return Path(settings.ENV.var) / statistics.GIVEN


def editorials() -> Editorial:
    """What the coordinator of this site wrote. CoworkmedError for a note that can't be used."""
    return read(root(), CHAPTERS)
