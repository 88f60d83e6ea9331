"""`copydb`: move a whole site from SQLite to PostgreSQL, or back, and prove that nothing differs."""

import click
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.platform import copying
from coworkmed.web.formats import number

from . import console
from .main import told

_SHOWN = 12  # digits of a sum: enough to compare by eye


@click.command(help=told("copydb"))
@click.option(
    "--from",
    "source",
    required=True,
    metavar="ADDRESS",
    help=_("The database to copy: sqlite:///path or postgres://user:password@host/name."),
)
@click.option("--to", "target", required=True, metavar="ADDRESS", help=_("A database that is empty, or not made yet."))
@click.option("--check", is_flag=True, help=_("Copy nothing: say whether both hold the same."))
def copydb(*, source: str, target: str, check: bool) -> None:
    try:
        with console.stages() as stages:
            run = copying.compare if check else copying.copy
            found = run(source=source, target=target, progress=stages)
        strangers = copying.left_behind(source)
    except CoworkmedError as error:
        raise console.fail(error) from error
    except ImproperlyConfigured as error:  # what speaks to PostgreSQL is not installed
        raise click.ClickException(str(error)) from error
    show(found)
    for table in strangers:
        console.messages.print(_("Not copied, for this program does not know it: {table}").format(table=table))
    if different := [one.table for one in found if not one.same]:
        raise click.ClickException(_("These tables differ: {tables}.").format(tables=", ".join(different)))
    rows = sum(one.source.rows for one in found)
    message = (
        ngettext("Both hold the same row.", "Both hold the same {count} rows.", rows)
        if check
        else ngettext("{count} row was copied and compared.", "{count} rows were copied and compared.", rows)
    )
    click.echo(message.format(count=number(rows)))
    if not check:
        console.messages.print(
            _(
                "What is written to the first database from now on is not in the second. "
                "Set DATABASE_URL to the second and start the site anew; --check says whether they still agree."
            )
        )


def show(found: list[copying.Compared]) -> None:
    """Each table that has rows, with its sum on either side where these differ."""
    table = Table(box=None, pad_edge=False)
    table.add_column(_("Table"))
    table.add_column(_("Rows"), justify="right")
    table.add_column(_("Sum"))
    for one in found:
        if one.same and not one.source.rows:
            continue
        table.add_row(one.table, number(one.source.rows), one.source.digest[:_SHOWN])
        if not one.same:
            table.add_row("", number(one.target.rows), f"{one.target.digest[:_SHOWN]} ≠")
    console.output.print(table)
