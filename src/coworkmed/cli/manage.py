"""Django's own commands, for whoever runs the site (createsuperuser, dbshell …)."""

import click
from django.core.management import execute_from_command_line

from .main import told


@click.command(
    help=told("manage"),
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    execute_from_command_line(["coworkmed manage", *arguments])
