"""`decide`: a person's word on two entries, or on all the pairs of a review.csv they filled in."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOENT
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed import env
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.opendata.csv_text import unguard
from coworkmed.places import services
from coworkmed.places.services import Word
from coworkmed.platform import database
from coworkmed.platform.lock import exclusive

from . import console
from .build import registry_of, today
from .main import told

VERDICTS = ("same", "different")
COLUMNS = ("left_source", "left_id", "right_source", "right_id", "verdict")


@click.command(help=told("decide"))
@click.argument("left", metavar="SOURCE:ID", required=False)
@click.argument("right", metavar="SOURCE:ID", required=False)
@click.argument("verdict", type=click.Choice(VERDICTS), required=False)
@click.option("--note", default="", help=_("Why, for those who come after."))
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Take all the verdicts of a review.csv whose last column was filled in."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help=_("Folder given to build; without it, the site’s own registry."),
)
def decide(
    left: str | None, right: str | None, verdict: str | None, note: str, file: Path | None, out: Path | None
) -> None:
    try:
        if file and not left:
            words = list(filled_in(file))
        elif left and right and verdict and not file:
            words = [Word(_entry_key(left), _entry_key(right), verdict, note)]
        else:
            raise click.UsageError(_("Name two entries and a verdict, or give --file."))
        with registry_at_work(out):
            services.decide(words=words, as_of=today())
    except CoworkmedError as error:
        raise console.fail(error) from error
    message = ngettext(
        "{count} verdict noted. The next build goes by it.",
        "{count} verdicts noted. The next build goes by them.",
        len(words),
    )
    console.messages.print(message.format(count=len(words)))


@contextmanager
def registry_at_work(out: Path | None) -> Iterator[None]:
    """Work in the registry behind what was built in ``out``, or in the site's own, and be alone in it."""
    site = env.read()
    registry = registry_of(out) if out else site.var / "coworkmed.sqlite3"
    elsewhere = site.database_url and not out
    if not elsewhere and not registry.exists():
        raise CoworkmedError(N_("{path} can't be opened: {detail}."), path=registry, detail=os.strerror(ENOENT))
    with exclusive(registry.parent / "lock"):
        if elsewhere:
            database.prepare()
        else:
            database.use(registry)
        yield


def filled_in(path: Path) -> Iterator[Word]:
    """The verdicts of a review.csv, saved with commas or, as some spreadsheets do, with semicolons.

    Raises CoworkmedError where it is no such file, or a verdict is neither "same" nor "different".
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CoworkmedError(N_("{path} can't be opened: {detail}."), path=path, detail=error.reason) from error
    heading = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=max(",;\t", key=heading.count))
    if lacking := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
        message = N_("{path} is no review.csv: it lacks {columns}.")
        raise CoworkmedError(message, path=path, columns=", ".join(lacking))
    for row in rows:
        left_source, left_id, right_source, right_id, said = (unguard(row[column] or "") for column in COLUMNS)
        verdict = said.strip().lower()
        if verdict and verdict not in VERDICTS:
            message = N_("{path}, line {line}: “{verdict}” is no verdict. Write same or different, or nothing.")
            raise CoworkmedError(message, path=path, line=rows.line_num, verdict=said)
        if verdict:
            yield Word((left_source, left_id), (right_source, right_id), verdict)


def _entry_key(text: str) -> tuple[str, str]:
    source, colon, external_id = text.partition(":")
    if not colon:
        raise click.UsageError(_("Name an entry as SOURCE:ID; “{text}” has no colon.").format(text=text))
    return source, external_id
