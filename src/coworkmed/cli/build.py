"""`build`: from lists to published files, without a server."""

import os
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.licences import LICENCES
from coworkmed.linkage import engines
from coworkmed.linkage.model import read
from coworkmed.observatory import words
from coworkmed.opendata import services
from coworkmed.platform import database
from coworkmed.platform.lock import exclusive
from coworkmed.sources import catalogue, rules
from coworkmed.sources.services import Harvested
from coworkmed.web.formats import number

from . import console, options
from .main import told

DONE, NEEDS_A_PERSON = 0, 3


def today() -> date:
    """The day to work as of: today, or the day of SOURCE_DATE_EPOCH where a build is to be reproduced."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC).date()
    return datetime.now(UTC).date()


def registry_of(out: Path) -> Path:
    """Where the registry behind the files published in ``out`` is kept."""
    return out / ".registry" / "registry.sqlite3"


@click.command(help=told("build"))
@click.option(
    "--sources",
    "sources_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("The catalogue: a TOML file that declares the lists."),
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Folder for the published files. Its registry is kept there too, so that identifiers survive the next run."),
)
@click.option(
    "--registry",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Keep the registry in this file instead."),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("Work as of this day (YYYY-MM-DD) instead of today."),
)
@click.option(
    "--accept",
    multiple=True,
    metavar="SOURCE",
    help=_("Believe this list although it shrank, came back empty or exchanged its entries. Can be repeated."),
)
@click.option("--dry-run", is_flag=True, help=_("Show what would change, and change nothing."))
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", help=_("Language of the reasons in the published tables.")
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
@click.option(
    "--site", default="", metavar="ADDRESS", help=_("Link the report to the pages of the site at this address.")
)
@options.engine
@options.weights
@click.option("--json", "as_json", is_flag=True, help=_("Print what was done as JSON."))
@click.pass_context
def build(
    ctx: click.Context,
    sources_file: Path,
    out: Path,
    registry: Path | None,
    as_of: datetime | None,
    accept: tuple[str, ...],
    dry_run: bool,
    language: str,
    without: tuple[str, ...],
    site: str,
    engine: str,
    weights: Path | None,
    as_json: bool,
) -> None:
    registry = registry or registry_of(out)
    day = as_of.date() if as_of else today()
    try:
        specs = catalogue.load(sources_file)
        model = read(weights) if weights else None
        with (
            exclusive(registry.parent / "lock"),
            engines.opened(engine) as on,
            console.stages(quiet=as_json) as stages,
        ):
            database.use(registry)
            with database.rehearsal() if dry_run else nullcontext():
                run = (
                    services.gather
                    if dry_run
                    else partial(services.build, out=out, language=language, without=without, site=site)
                )
                folder = registry.parent / "fetched"
                built = run(specs=specs, folder=folder, as_of=day, accept=accept, model=model, on=on, progress=stages)
    except CoworkmedError as error:
        raise console.fail(error) from error
    if as_json:
        console.print_json({"dry_run": dry_run, "as_of": day, **asdict(built)})
    else:
        show(built, dry_run=dry_run)
        if not dry_run:
            console.messages.print(
                _("Published in {folder}. Open {report} in a browser.").format(
                    folder=out, report=out / "report" / "index.html"
                )
            )
    ctx.exit(NEEDS_A_PERSON if built.flagged else DONE)


def show(built: services.Built, *, dry_run: bool) -> None:
    """What came of each source, as a table, and of linking, in a sentence."""
    table = Table(title=_("What would change") if dry_run else None, box=None, pad_edge=False)
    table.add_column(_("Source"))
    for heading in (_("Rows"), _("Entries"), _("New"), _("Changed"), _("Renamed"), _("Vanished"), _("Rejected")):
        table.add_column(heading, justify="right")
    table.add_column("")
    for one in built.harvested:
        names = ("rows", "entries", "added", "changed", "renamed", "vanished", "rejected")
        numbers = [number(one.counts[name]) if name in one.counts else "" for name in names]
        table.add_row(one.key, *numbers, remark(one))
    console.messages.print(table)
    if built.linked:
        linked = built.linked
        console.messages.print(
            _("{entries} entries are {places} places; {doubts} pairs wait for a person in review.csv.").format(
                entries=number(linked.entries), places=number(linked.places), doubts=number(linked.doubts)
            )
        )
        if linked.audits:
            message = ngettext(
                "{count} pair there was drawn at random: what you say of it tells how good the registry is.",
                "{count} pairs there were drawn at random: what you say of them tells how good the registry is.",
                linked.audits,
            )
            console.messages.print(message.format(count=number(linked.audits)))
        for sentence in words.quality(linked.quality):
            console.messages.print(sentence)


def remark(one: Harvested) -> str:
    """What a person should know of a source's run."""
    if one.flag:
        return "⚠ " + _(rules.FLAGS[one.flag]).format(**one.flag_params)
    return _("unchanged") if one.outcome == "UNCHANGED" else ""
