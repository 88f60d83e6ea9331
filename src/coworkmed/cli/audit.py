"""`audit`: the trail of all that was done."""

import re

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.platform import audit as trail
from coworkmed.platform import database

from . import console
from .main import told

_NOTED = re.compile(r"([1-9]\d*):([0-9a-f]{64})")


@click.group(help=told("audit"))
def audit() -> None:
    pass


@audit.command(help=_("Read the whole trail and say whether it holds. Ends with 1 where it does not."))
@click.option(
    "--known",
    metavar="NUMBER:DIGEST",
    help=_("What an earlier run ended with: the trail must still hold that event."),
)
def verify(*, known: str | None) -> None:
    noted = _NOTED.fullmatch(known or "")
    if known and not noted:
        raise click.BadParameter(_("Give it as an earlier run of the command did."), param_hint="--known")
    database.prepare()
    with console.stages() as stages:
        found = trail.verify(
            known=(int(noted[1]), noted[2]) if noted else None, progress=lambda done: stages("verify", done)
        )
    if found.broken is not None:
        raise click.ClickException(
            _("The trail does not hold: event {number} was altered, removed or put in.").format(number=found.broken)
        )
    events = ngettext("{count} event: the trail holds.", "{count} events: the trail holds.", found.rows)
    click.echo(events.format(count=found.rows))
    if found.rows:
        click.echo(f"{found.rows}:{found.digest}")
