"""`link`: which places of two lists are the same, for whoever only wants the matching."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from coworkmed.kernel.errors import CoworkmedError, SourceError
from coworkmed.kernel.fields import FIELDS, INPUTS
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject
from coworkmed.linkage import engines, links, pairs
from coworkmed.linkage.cluster import REVIEW
from coworkmed.linkage.engines import Engine
from coworkmed.linkage.links import Link
from coworkmed.linkage.model import Model
from coworkmed.linkage.model import read as read_model
from coworkmed.linkage.reasons import weighed
from coworkmed.opendata.csv_text import guard
from coworkmed.places import lists
from coworkmed.places.lists import PlaceList
from coworkmed.sources import catalogue
from coworkmed.sources.reasons import REJECTIONS
from coworkmed.sources.spec import Spec
from coworkmed.web.formats import number

from . import console, options
from .main import told

COLUMNS = ("left_id", "right_id", "probability", "same", "relation", "left_name", "right_name", "reasons")
SIDES = ("left", "right")
LABELS = {**{name: one.label for name, one in FIELDS.items()}, **INPUTS}
_LIST = click.Path(exists=True, path_type=Path)
#: An id that no spreadsheet runs, whatever it begins with: many lists have ids such as "-2pF4x".
_HARMLESS = re.compile(r"-?[\w.:/#~-]+")


@click.command(help=told("link"))
@click.option("--left", "left_path", required=True, type=_LIST, metavar="FILE", help=_("A list of places."))
@click.option(
    "--right",
    "right_path",
    type=_LIST,
    metavar="FILE",
    help=_("The other list. Without it, the duplicates inside the one are found."),
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Where the links go: CSV, one a row, the most probable first."),
)
@click.option(
    "--threshold",
    type=click.FloatRange(REVIEW, 1),
    metavar="P",
    help=_("Judge each pair by itself: the same place from this probability on. Without it, groups are judged whole."),
)
@click.option("--one-to-one", is_flag=True, help=_("Each place stands once in each list: link none of them twice."))
@click.option("--doubts", is_flag=True, help=_("Add the pairs a person should look at, with 0 under “same”."))
@click.option(
    "--left-map",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=_("What a column of the left list holds, where guessing fails. Can be repeated."),
)
@click.option(
    "--right-map", multiple=True, metavar="FIELD=COLUMN", help=_("What a column of the right list holds, likewise.")
)
@click.option(
    "--catalogue",
    "catalogue_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Read the lists as this catalogue declares them."),
)
@click.option("--country", default="", metavar="CODE", help=_("Country of the places that don't say theirs: FR, IT …"))
@options.engine
@options.weights
@click.option("--json", "as_json", is_flag=True, help=_("Print what was understood and found as JSON."))
def link(
    left_path: Path,
    right_path: Path | None,
    out: Path,
    threshold: float | None,
    one_to_one: bool,
    doubts: bool,
    left_map: tuple[str, ...],
    right_map: tuple[str, ...],
    catalogue_file: Path | None,
    country: str,
    engine: str,
    weights: Path | None,
    as_json: bool,
) -> None:
    if not right_path and (one_to_one or right_map):
        raise click.UsageError(_("--one-to-one and --right-map need a right list."))
    if country and not re.fullmatch("[A-Za-z]{2}", country):
        raise click.UsageError(_("--country is a code of two letters, as in FR."))
    paths = [left_path, right_path] if right_path else [left_path]
    columns = [_mapped(texts) for texts in (left_map, right_map)]
    try:
        _check(paths, out)
        specs = _declared(catalogue_file, paths)
        model = read_model(weights) if weights else None
        with engines.opened(engine) as on, console.stages(quiet=as_json) as stages:
            read = [
                _read(path, side, said, country.upper(), spec, stages)
                for side, path, said, spec in zip(SIDES, paths, columns, specs, strict=False)
            ]
            stages(_("Comparing places"), 0)
            found = _linked(read, threshold, one_to_one, doubts, model, on, partial(stages, _("Pairs explained")))
        with pairs.replaced(out) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_rows(read[0], read[-1], found))
    except CoworkmedError as error:
        raise console.fail(error) from error
    same = sum(one.same for one in found)
    if as_json:
        understood = {side: _as_json(path, one) for side, path, one in zip(SIDES, paths, read, strict=False)}
        counts = {"links": same, "doubts": len(found) - same, "threshold": threshold, "one_to_one": one_to_one}
        console.print_json({**understood, **counts, "out": str(out)})
        return
    for path, one in zip(paths, read, strict=True):
        _show(path, one)
    linked = ngettext("{count} link is in {out}.", "{count} links are in {out}.", same)
    console.messages.print(linked.format(count=number(same), out=out))
    if doubts:
        open_ = ngettext("{count} doubt is there too.", "{count} doubts are there too.", len(found) - same)
        console.messages.print(open_.format(count=number(len(found) - same)))


def _mapped(texts: Sequence[str]) -> dict[str, list[str]]:
    """What the options --left-map or --right-map say: target → its columns in turn; none for "leave it out"."""
    found: dict[str, list[str]] = {}
    for text in texts:
        target, equals, column = text.partition("=")
        if not equals:
            raise click.UsageError(_("“{text}” should read FIELD=COLUMN, as in name=Title.").format(text=text))
        found.setdefault(target.strip(), []).extend([column.strip()] if column.strip() else [])
    return found


def _check(paths: Sequence[Path], out: Path) -> None:
    """SourceError where there is nothing to link, or no place for the links."""
    every = [path.resolve() for path in paths]
    if len(set(every)) < len(every):
        raise SourceError(
            N_("Both lists are {file}. To find what stands in it twice, leave --right out."), file=paths[0].name
        )
    if out.resolve() in every:
        raise SourceError(N_("The links would overwrite the list {file}."), file=out.name)
    if not out.resolve().parent.is_dir():
        raise SourceError(N_("There is no folder {folder} to write to."), folder=out.parent)


def _declared(catalogue_file: Path | None, paths: Sequence[Path]) -> list[Spec | None]:
    """What the catalogue says of each list, None where it says nothing. SourceError if it knows none of them."""
    if not catalogue_file:
        return [None for _path in paths]
    specs = {spec.location: spec for spec in catalogue.load(catalogue_file)}
    found = [specs.get(str(path.resolve())) for path in paths]
    if not any(found):
        raise SourceError(N_("{catalogue} declares none of the lists given."), catalogue=catalogue_file)
    return found


def _read(
    path: Path, side: str, columns: Mapping[str, Sequence[str]], country: str, spec: Spec | None, stages: console.Stages
) -> PlaceList:
    """The list at ``path``; SourceError names it."""
    progress = partial(stages, _("Reading {file}").format(file=path.name))
    try:
        return lists.read(path, side, columns=columns, country=country, spec=spec, progress=progress)
    except SourceError as error:
        raise SourceError(N_("{file}: {problem}"), file=path.name, problem=console.said(error)) from error


def _linked(
    read: Sequence[PlaceList],
    threshold: float | None,
    one_to_one: bool,
    doubts: bool,
    model: Model | None,
    on: Engine,
    progress: Callable[[int], None],
) -> list[Link]:
    records = [one.records for one in read]
    if len(records) == 1:
        return links.within(records[0], threshold=threshold, doubts=doubts, model=model, on=on, progress=progress)
    left, right = records
    return links.between(
        left, right, threshold=threshold, one_to_one=one_to_one, doubts=doubts, model=model, on=on, progress=progress
    )


def _rows(left: PlaceList, right: PlaceList, found: Sequence[Link]) -> Iterator[tuple[str, ...]]:
    for one in found:
        yield (
            _id(left.ids[one.left]),
            _id(right.ids[one.right]),
            f"{one.probability:.4f}",
            str(int(one.same)),
            one.relation,
            _text(left.names[one.left]),
            _text(right.names[one.right]),
            _text(weighed(one.reasons, _)),
        )


def _id(text: str) -> str:
    """An id as it is, so that links can be joined with their lists; only what a spreadsheet would run is guarded."""
    return text if _HARMLESS.fullmatch(text) else _text(text)


def _text(text: str) -> str:
    """A text on one line, as a cell that no spreadsheet runs."""
    return guard(" ".join(text.split()))


# what was understood


def _as_json(path: Path, one: PlaceList) -> dict[str, Any]:
    return {
        "file": str(path),
        "form": one.form,
        "country": one.country,
        "places": len(one.records),
        "columns": dict(one.columns),
        "unused": list(one.unused),
        "rejected": {reject.code: count for reject, count in lists.reasons(one.rejects)},
    }


def _show(path: Path, one: PlaceList) -> None:
    """How a list was understood: each column, what was left aside, what was left out and why."""
    size = len(one.records)
    heading = ngettext("{file} ({form}): {count} place", "{file} ({form}): {count} places", size).format(
        file=path.name, form=one.form, count=number(size)
    )
    table = Table(show_header=False, box=None, padding=(0, 2))
    for column, target in one.columns.items():
        table.add_row(column, _(LABELS[target]))
    if one.unused:
        table.add_row(_("not used"), ", ".join(one.unused))
    if one.country:
        table.add_row(_("taken to lie in"), one.country)
    for reject, count in lists.reasons(one.rejects):
        table.add_row(_("left out: {count}").format(count=number(count)), said(reject))
    console.messages.print(heading, markup=False, style="italic")
    console.messages.print(table)


def said(reject: Reject) -> str:
    """Why a row was left out, in the reader's language."""
    return _(REJECTIONS[reject.code]).format(**reject.params)
