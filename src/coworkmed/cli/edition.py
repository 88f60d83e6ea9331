"""`edition`: the state of play frozen on one day, proved, and listed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.licences import LICENCES
from coworkmed.observatory.editions import freeze, proof, shelf
from coworkmed.observatory.editions.changes import REASONS
from coworkmed.opendata.services import put_out
from coworkmed.platform import database
from coworkmed.web.formats import day as day_in_words
from coworkmed.web.formats import number

from . import console
from .build import today
from .main import told

_SHOWN = 12  # digits of a digest: enough to compare by eye


@click.group(help=told("edition"))
def edition() -> None:
    pass


@edition.command(help=_("Freeze the registry as it stands, or published tables, as an edition that never changes."))
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("Work as of this day (YYYY-MM-DD) instead of today."),
)
@click.option("--title", default="", help=_("A title of its own, besides its date."))
@click.option(
    "--from",
    "tables",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Freeze the tables that “build” published in this folder, instead of the registry of the site."),
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(sorted({licence.family for licence in LICENCES.values() if licence.family})),
    help=_(
        "Leave out what stands under this share-alike licence, so that the rest can lawfully be passed on as one "
        "database. Can be repeated."
    ),
)
def create(*, as_of: datetime | None, title: str, tables: Path | None, without: tuple[str, ...]) -> None:
    if tables and (as_of or without):
        raise click.UsageError(
            _("Published tables have their day and their licences: leave --as-of and --without out.")
        )
    database.prepare()
    try:
        with _published(tables, as_of.date() if as_of else today(), without) as folder, console.stages() as stages:
            stages("freeze", 0)
            made = freeze.create(folder, title=title, issued=today())
    except CoworkmedError as error:
        raise console.fail(error) from error
    console.messages.print(_("Edition {edition} is frozen in {folder}.").format(edition=made.id, folder=made.folder))
    for reason, (heading, _meaning) in REASONS.items():
        if count := made.changes["counts"].get(reason):
            console.messages.print(f"  {_(heading)}: {number(count)}")
    click.echo(f"{made.id} {made.digest}")


@contextmanager
def _published(tables: Path | None, day: date, without: tuple[str, ...]) -> Iterator[Path]:
    """The folder of tables to freeze: the one that was named, or the site's registry published for the time."""
    if tables:
        yield tables
        return
    with TemporaryDirectory(prefix="coworkmed-") as folder:
        put_out(Path(folder), as_of=day, without=without)
        yield Path(folder)


@edition.command(
    help=_(
        "Compare all checksums of an edition and recompute its figures, without a database: of this site by its name, "
        "of any by its folder. Ends with 1 where anything differs, and names it."
    )
)
@click.argument("which", metavar=_("FOLDER|NAME"))
@click.option("--digest", default="", metavar="SHA256", help=_("The edition must be the one of this digest."))
def verify(*, which: str, digest: str) -> None:
    own = shelf.find(which)
    with console.stages() as stages:
        stages("verify", 0)
        found = proof.verify(own.folder if own else Path(which), digest=digest)
    for note in found.notes:
        console.messages.print(_(proof.NOTES[note.key]).format(**note.params))
    if found.faults or not found.edition:
        raise click.ClickException("\n".join(_(proof.FAULTS[one.key]).format(**one.params) for one in found.faults))
    holds = ngettext(
        "Edition {edition} holds: {count} figure follows from its data.",
        "Edition {edition} holds: {count} figures follow from its data.",
        found.figures,
    )
    click.echo(holds.format(edition=found.edition.id, count=number(found.figures)))
    click.echo(found.edition.digest)


@edition.command("list", help=_("The editions of this site."))
def listed() -> None:
    found = shelf.editions()
    if not found:
        console.messages.print(_("No edition has been made yet. Make one with: ./run edition create"))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (_("Edition"), _("Digest"), _("As of")):
        table.add_column(heading, no_wrap=True)
    table.add_column(_("Title"))
    for one in reversed(found):
        table.add_row(one.id, one.digest[:_SHOWN], day_in_words(one.as_of), one.title)
    console.output.print(table)
