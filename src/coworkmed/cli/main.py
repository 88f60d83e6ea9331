"""Where the command line starts: the language, Django, then the command that is named."""

import errno
import gettext
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click
import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import activate
from django.utils.translation import gettext as _

from coworkmed import __version__
from coworkmed.kernel.i18n import LANGUAGES, N_

#: Each command and what it does. A command is imported when it is called, so that help comes at once.
COMMANDS = {
    "serve": N_("Set the site up, fill it from the lists of a catalogue or with the demo network, and serve it."),
    "build": N_("Harvest the lists of a catalogue, link what is one place, settle what is shown, publish the files."),
    "edition": N_("Freeze the state of play as an edition that never changes, prove one, list them."),
    "match": N_("Say for each pair of a table whether both are one place, how likely, and why."),
    "link": N_("Find which places of one list are the same as which of another, or twice in one list, and why."),
    "train": N_("Learn the weights of the matching anew: from judged pairs, from lists alone, from your decisions."),
    "decide": N_("Say that two entries are the same place, or not. Your word binds every later run."),
    "simulate": N_("Show what asking places changes, over years of a made-up registry."),
    "asking": N_("Have the site ask its places whether their page is still right, and see whom it would ask."),
    "sources": N_("Look at a catalogue of lists, check it, or add a list to it."),
    "work": N_("Do the jobs that wait: mail, schedules, purges. The site does so by itself; larger ones run it apart."),
    "mail": N_("Take in what other mail servers send back."),
    "audit": N_("Check the trail of all that was done."),
    "copydb": N_("Move the site from one database to another, SQLite or PostgreSQL, and prove that nothing differs."),
    "manage": N_("Django's own commands, for whoever runs the site: createsuperuser, dbshell and others."),
}
#: What click says itself, so that our catalogues hold it.
CLICKS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("required"),
    N_("default: {default}"),
    N_("Try '{command} {option}' for help."),
    N_("Error: {message}"),
    N_("Missing option"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("file"),
    N_("directory"),
    N_("Aborted!"),
)


def told(command: str) -> str:
    """What a command does, in the reader's language."""
    return _(COMMANDS[command])


class Commands(click.Group):
    """A group that serves the site when no command is named, and says in a sentence what the machine refused."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"coworkmed.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, told(name)) for name in COMMANDS])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has left
                raise
            raise click.ClickException(refusal(error)) from error
        except DatabaseError as error:
            raise click.ClickException(_("The database can't be used: {detail}.").format(detail=error)) from error


def refusal(error: OSError) -> str:
    """What the machine refused, in a sentence."""
    detail = error.strerror or str(error)
    if not error.filename:
        return detail
    return _("{path} can't be opened: {detail}.").format(path=error.filename, detail=detail)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="%(version)s", help=N_("Show the version and exit."))
def coworkmed() -> None:
    pass


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line. Exits: 0 done, 1 a problem, 2 a wrong call, 3 done but a list needs a person."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworkmed.settings")
    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:  # nothing is set up yet, so nothing is translated
        sys.exit(refusal(error) if isinstance(error, OSError) else str(error))
    speak(spoken_language())
    coworkmed.help = _(
        "A state of play of Mediterranean third places that stays true, and the tools for them to network. "
        "Without a command, the site is set up and served."
    )
    for option in coworkmed.params:
        if isinstance(option, click.Option) and option.help:
            option.help = _(option.help)
    coworkmed(list(args) if args is not None else sys.argv[1:], prog_name="coworkmed")


def speak(language: str) -> None:
    """Say everything in ``language``: our own texts by Django, click's by the standard library, from one catalogue."""
    activate(language)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("django", settings.LOCALE_PATHS[0])
    gettext.textdomain("django")


def spoken_language() -> str:
    """The language of whoever runs the command, by the usual variables of the environment, or English."""
    given = next(filter(None, map(os.environ.get, ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    code = given.split(":")[0].split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else "en"
