"""Where the command line starts: the language, Django, then the commands."""

import os
import sys
from collections.abc import Sequence

import click
import django
from django.utils.translation import activate

from coworkmed.kernel.i18n import LANGUAGES


class Commands(click.Group):
    """A group that serves the site when no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line. Exits: 0 done, 1 a problem, 2 a wrong call, 3 done but a list needs a person."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworkmed.settings")
    django.setup()
    activate(spoken_language())
    from .commands import coworkmed  # its help texts are read in the language just activated

    coworkmed(list(args) if args is not None else sys.argv[1:], prog_name="coworkmed")


def spoken_language() -> str:
    """The language of whoever runs the command, by the usual variables of the environment, or English."""
    given = next(filter(None, map(os.environ.get, ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    code = given.split(":")[0].split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else "en"
