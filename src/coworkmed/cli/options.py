"""Options that several commands take."""

import click
from django.utils.translation import gettext as _

from coworkmed.linkage.engines import ENGINES

engine = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    help=_("Compare on this machine, or on Spark, with the same result: worth it from some million entries on."),
)
