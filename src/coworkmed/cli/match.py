"""`match`: score a table of pairs, for whoever only wants the matching."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.linkage import engine, pairs
from coworkmed.linkage.model import read
from coworkmed.linkage.reasons import weighed
from coworkmed.web.formats import number

from . import console, options
from .main import told


@click.command(help=told("match"))
@click.argument("table", metavar="PAIRS.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Where the same rows go, with the columns probability, same, relation and reasons added."),
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help=_("From which probability a pair counts as the same place."),
)
@options.weights
@click.option("--json", "as_json", is_flag=True, help=_("Print the figures as JSON."))
def match(table: Path, out: Path, threshold: float, weights: Path | None, as_json: bool) -> None:
    try:
        given = pairs.read(table)
        model = read(weights) if weights else None
        with console.stages(quiet=as_json) as stages:
            asked = [(2 * row, 2 * row + 1) for row in range(len(given.rows))]
            found = engine.score(
                given.records(), asked, model=model, progress=lambda done: stages(_("Pairs compared"), done)
            )
        judged = [
            (
                f"{pair.probability:.4f}",
                str(int(pair.probability >= threshold)),
                pair.relation,
                weighed(pair.reasons, _),
            )
            for pair in found
        ]
        pairs.write(out, given, judged)
    except CoworkmedError as error:
        raise console.fail(error) from error
    same = sum(pair.probability >= threshold for pair in found)
    if as_json:
        console.print_json({"pairs": len(found), "same": same, "threshold": threshold, "out": str(out)})
    else:
        said = _("{pairs} pairs, {same} of them the same place.")
        console.messages.print(said.format(pairs=number(len(found)), same=number(same)))
