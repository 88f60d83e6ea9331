"""The commands, gathered."""

import click
from django.utils.translation import gettext as _

from coworkmed import __version__

from .build import build, decide
from .main import Commands
from .manage import manage
from .match import match
from .serve import serve
from .sources import sources


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def coworkmed() -> None:
    pass


coworkmed.help = _(
    "A state of play of Mediterranean third places that stays true, and the tools for them to network. "
    "Without a command, the site is set up and served."
)
for command in (serve, build, match, decide, sources, manage):
    coworkmed.add_command(command)
