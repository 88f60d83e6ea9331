"""Options that several commands take."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from coworkmed.linkage.engines import ENGINES

engine = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    help=_("Compare on this machine, or on a Spark cluster, with the same result."),
)

weights = click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Judge by these weights, made by “train”, instead of those the project ships."),
)
