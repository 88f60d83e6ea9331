"""`work`: do the jobs that wait (mail, schedules, what services leave for later), beside the server or alone."""

import logging
import os
import signal
import threading

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from coworkmed.platform import database, jobs

from . import console
from .main import told


@click.command(help=told("work"))
@click.option("--once", is_flag=True, help=_("Do what is due now, and end."))
@click.option("--beside", "parent", type=int, hidden=True)
def work(*, once: bool, parent: int | None) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if parent is None:
        database.prepare()
    if once:
        jobs.install()
        jobs.tick()
        done = jobs.run_due()
        click.echo(ngettext("{count} job begun.", "{count} jobs begun.", done).format(count=done))
        return
    if parent is None:
        jobs.install()
        show()
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent, stop), daemon=True).start()
    jobs.work(stop)


def show() -> None:
    """What is done by itself, and when next."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Job"), _("When"), _("Next")):
        table.add_column(heading)
    for one in jobs.schedules():
        table.add_row(one.name, one.rule, f"{one.next:%Y-%m-%d %H:%M} UTC" if one.active else _("rests"))
    console.messages.print(table)


def _end_with(parent: int, stop: threading.Event) -> None:
    """Stop as soon as the process that started us is gone, were it killed: nobody else would ever end us."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()
