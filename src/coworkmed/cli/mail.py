"""`mail`: what comes back from other mail servers."""

import sys

import click
from django.utils.translation import gettext as _

from coworkmed.platform import bounces
from coworkmed.platform import mail as outbox

from .main import told


@click.group(help=told("mail"))
def mail() -> None:
    pass


@mail.command("bounces", help=_("Take in a delivery report from standard input: for a mail server's pipe."))
def take_in() -> None:
    """Ends with 0 whatever it was, for a mail server would answer a refusal by another report."""
    raw = sys.stdin.buffer.read(bounces.LARGEST)
    if outbox.bounced(raw):
        click.echo(_("Noted: no more mails to this address that nobody there asked for."))
    else:
        click.echo(_("This is no report on a mail of ours that could not be delivered. Nothing was changed."))
