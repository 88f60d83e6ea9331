"""`train`: weights of the matching, learnt from lists without labels, from judged pairs, from reviewers' decisions."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from rich.table import Table

from coworkmed.kernel.errors import CoworkmedError, SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.linkage import em, training
from coworkmed.linkage.model import Model, probability, shipped, write
from coworkmed.linkage.model import read as read_model
from coworkmed.linkage.records import Record
from coworkmed.linkage.training import DECLARED, Labelled, Score
from coworkmed.places import lists
from coworkmed.places.queries import labels
from coworkmed.sources import catalogue
from coworkmed.web.formats import number

from . import console
from .build import today
from .decide import registry_at_work
from .main import told

LICENCE = "EUPL-1.2"
SHIPPED, NONE = "shipped", "none"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well labels are told before learning, and after it by weights that saw none of a pair's group."""

    what: str
    before: Score
    after: Score


@dataclass(frozen=True, slots=True)
class Trained:
    """``model``  as learnt so far;  ``sources`` what it goes back to, to be credited;  ``inputs`` what it was learnt
    from, in turn;  ``figures`` before and after;  ``declared`` the comparisons whose weights no label taught"""

    model: Model | None
    sources: Sequence[str] = ()
    inputs: Sequence[Mapping[str, Any]] = ()
    figures: Sequence[Figures] = ()
    declared: Sequence[str] = tuple(sorted(DECLARED))


@click.command(help=told("train"))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="WEIGHTS.json",
    help=_("Where the weights go. The other commands take them with --weights."),
)
@click.option(
    "--pairs",
    "tables",
    multiple=True,
    type=_FILE,
    metavar="PAIRS.csv",
    help=_("Judged pairs: a table as “match” reads it, with a column label (1 one place, 0 two). Can be repeated."),
)
@click.option(
    "--list",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help=_("A list of places to learn from without any label. Can be repeated."),
)
@click.option(
    "--catalogue",
    "catalogue_file",
    type=_FILE,
    metavar="FILE",
    help=_("Read the lists as this catalogue declares them."),
)
@click.option("--decisions", is_flag=True, help=_("Learn from what reviewers decided in the registry."))
@click.option(
    "--registry",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="FOLDER",
    help=_("Whose decisions: the folder given to build; without it, the site's own registry."),
)
@click.option(
    "--start",
    default=SHIPPED,
    show_default=True,
    metavar="shipped|none|FILE",
    help=_("What to improve on: the weights the project ships, nothing, or the weights in a file."),
)
@click.option(
    "--credit", multiple=True, metavar="TEXT", help=_("Whom the pairs and lists come from, and their licence.")
)
@click.option("--licence", default=LICENCE, show_default=True, help=_("The licence of the weights."))
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help=_("Date the weights as of this day (YYYY-MM-DD), not today."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print what was learnt as JSON."))
def train(
    out: Path,
    tables: tuple[Path, ...],
    files: tuple[Path, ...],
    catalogue_file: Path | None,
    decisions: bool,
    registry: Path | None,
    start: str,
    credit: tuple[str, ...],
    licence: str,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    if not (tables or files or decisions):
        raise click.UsageError(_("There is nothing to learn from: give --pairs, --list or --decisions."))
    if registry and not decisions:
        raise click.UsageError(_("--registry says whose --decisions are meant."))
    try:
        _check(out, [*tables, *files])
        found = _start(start)
        with console.stages(quiet=as_json) as stages:
            if files:
                stages(_("Learning from lists"), 0)
                found = _from_lists(found, files, catalogue_file)
            if tables:
                stages(_("Learning from judged pairs"), 0)
                found = _from_pairs(found, tables)
            if decisions:
                stages(_("Learning from decisions"), 0)
                with registry_at_work(registry):
                    given = list(labels())
                found = _from_decisions(found, given)
        model = _signed(found, credit, licence, as_of.date() if as_of else today())
        write(out, model)
    except CoworkmedError as error:
        raise console.fail(error) from error
    if as_json:
        console.print_json({"out": str(out), "about": model.about, "bias": round(model.bias, 4)})
    else:
        _show(found, out)


def _check(out: Path, inputs: Sequence[Path]) -> None:
    """SourceError where there is no place for the weights."""
    if out.resolve() in [path.resolve() for path in inputs]:
        raise SourceError(N_("The weights would overwrite {file}."), file=out.name)
    if not out.resolve().parent.is_dir():
        raise SourceError(N_("There is no folder {folder} to write to."), folder=out.parent)


def _start(start: str) -> Trained:
    if start == NONE:
        return Trained(None)
    model = shipped() if start == SHIPPED else read_model(Path(start))
    about = model.about
    return Trained(
        model,
        tuple(about.get("sources", ())),
        tuple(about.get("inputs", ())),
        declared=tuple(about.get("declared", sorted(DECLARED))),
    )


def _from_lists(found: Trained, files: Sequence[Path], catalogue_file: Path | None) -> Trained:
    """What lists teach without labels, beginning with what is known; all together, so that they are compared."""
    specs = {spec.location: spec for spec in catalogue.load(catalogue_file)} if catalogue_file else {}
    records, credits_, inputs = list[Record](), list[str](), list[dict[str, Any]]()
    for turn, path in enumerate(files):
        spec = specs.get(str(path.resolve()))
        try:
            read = lists.read(path, f"{turn}", spec=spec)
        except SourceError as error:
            raise SourceError(N_("{file}: {problem}"), file=path.name, problem=console.said(error)) from error
        records += read.records
        inputs.append({"list": path.name, "places": len(read.records), **({"licence": spec.licence} if spec else {})})
        if spec:
            credits_.append(f"{spec.attribution or spec.keeper}, {spec.licence}")
    learnt = em.learn_from(records, found.model)
    how = {name: learnt.model.about[name] for name in ("method", "candidates", "iterations", "share")}
    return replace(
        found,
        model=learnt.model,
        sources=(*found.sources, *credits_),
        inputs=(*found.inputs, *inputs, {**how, "slopes": dict(learnt.slopes)}),
    )


def _from_pairs(found: Trained, tables: Sequence[Path]) -> Trained:
    """What labelled pairs teach: comparisons they can't show keep the weights they have."""
    given, inputs = list[tuple[Record, Record, int]](), list[dict[str, Any]]()
    for path in tables:
        table, said = training.labelled(path)
        given += training.in_turn(table, said)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        inputs.append({"pairs": path.name, "sha256": digest, "labels": len(said), "same": int(said.sum())})
    if len({label for _left, _right, label in given}) < 2:
        raise SourceError(N_("There must be pairs of both kinds to learn from: one place, and two."))
    records, learn = training.judged(given, found.model.seen if found.model else None)
    model = training.fit(learn.levels, learn.labels, start=found.model)
    seen = em.merged(model.seen, training.common_words(records))
    figures = _figures(N_("Judged pairs"), learn, found.model, tuple(DECLARED))
    return replace(
        found,
        model=replace(model, seen=seen),
        inputs=(*found.inputs, *inputs),
        figures=(*found.figures, figures),
    )


def _from_decisions(found: Trained, given: Iterable[tuple[Record, Record, int]]) -> Trained:
    """What reviewers teach: they saw pairs of the lists themselves, so every comparison may learn from them."""
    begin = found.model or em.neutral()
    _records, learn = training.judged(given, begin.seen)
    if not len(learn.labels):
        raise SourceError(N_("No reviewer has decided anything yet in this registry."))
    model = training.fit(learn.levels, learn.labels, start=begin, held=())
    said = {"decisions": len(learn.labels), "same": int(learn.labels.sum())}
    figures = _figures(N_("Decisions"), learn, begin, ())
    return replace(found, model=model, inputs=(*found.inputs, said), figures=(*found.figures, figures), declared=())


def _figures(what: str, learn: Labelled, start: Model | None, held: Sequence[str]) -> Figures:
    before = probability((start or em.neutral()).log_odds(learn.levels))
    after = training.cross_validated(learn, start=start, held=held)
    return Figures(what, training.score(before, learn.labels), training.score(after, learn.labels))


def _signed(found: Trained, credit: Sequence[str], licence: str, on: date) -> Model:
    """The model with all that whoever is handed the file should know."""
    model = found.model or em.neutral()
    about = {
        "version": "1",
        "date": on.isoformat(),
        "licence": licence,
        "sources": list(dict.fromkeys([*found.sources, *credit])),
        "inputs": [dict(one) for one in found.inputs],
        "share": model.about["share"],
        "declared": list(found.declared),
        "figures": {one.what: {"before": one.before.as_json(), "after": one.after.as_json()} for one in found.figures},
    }
    return replace(model, about=about)


def _show(found: Trained, out: Path) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("", _("Pairs"), _("F1 before"), _("after"), _("Brier score before"), _("after")):
        table.add_column(heading, justify="right" if heading else "left")
    for one in found.figures:
        scores = (one.before.f1, one.after.f1, one.before.brier, one.after.brier)
        table.add_row(_(one.what), number(one.before.pairs), *(f"{score:.3f}" for score in scores))
    if found.figures:
        console.messages.print(table)
        console.messages.print(_("After: in five folds, each judged by weights that saw none of its entries."))
    else:
        console.messages.print(_("Learnt without labels: nothing says yet how well. Judge some pairs to know."))
    console.messages.print(_("The weights are in {out}.").format(out=out))
