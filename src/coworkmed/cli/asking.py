"""`asking`: whether the site asks its places, and whom it would ask."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.platform import audit, database, jobs, mail
from coworkmed.stewardship.queries import asking as queries
from coworkmed.stewardship.services import asking as services

from . import console
from .main import told

_BY = audit.Who("operator")  # whoever has the site's command line
_AHEAD = 45  # days: longer than any season of quiet ones
_LINES = 20


@click.group(help=told("asking"), invoke_without_command=True)
@click.pass_context
def asking(ctx: click.Context) -> None:
    database.prepare()
    if ctx.invoked_subcommand is None:
        _state()


@asking.command(help=_("Ask from now on, some places a day. Nobody is asked before you say so: see the preview first."))
def on() -> None:
    _switch(services.ASK, on=True)


@asking.command(help=_("Ask nobody any more. Letters that are written leave; nothing is forgotten."))
def off() -> None:
    _switch(services.ASK, on=False)


@asking.command(help=_("Look at the places' own web sites from now on, each once a month, or no more."))
@click.argument("state", type=click.Choice(["on", "off"]))
def sites(*, state: str) -> None:
    _switch(services.SITES, on=state == "on")


@asking.command(help=_("Show whom it would ask tomorrow, or on the next day that is not quiet. Nothing is sent."))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help=_("Another day than tomorrow."))
@click.option("--all", "whole", is_flag=True, help=_("Every letter, and not only the first."))
@click.option(
    "--letter",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Write the first letter into this file, as it is read. Its links lead to the pages and confirm nothing."),
)
def preview(*, day: date | None, whole: bool, letter: Path | None) -> None:
    tomorrow = timezone.localdate() + timedelta(1)
    # click gives a moment where a day is wanted
    first = date(day.year, day.month, day.day) if day else tomorrow
    found, letters = _next(first, [first] if day else [first + timedelta(ahead) for ahead in range(_AHEAD)])
    if not letters:
        click.echo(_("Nobody would be asked: no place is due, or nobody can be asked about those that are."))
        return
    _show(found, letters, whole=whole)
    if letter:
        _write(letters, letter)
        click.echo(_("The first letter is in {path}.").format(path=letter))


def _next(first: date, days: Sequence[date]) -> tuple[date, list[queries.Letter]]:
    """The first of the days on which somebody would be asked, and the letters."""
    for one in days:
        if letters := queries.plan(one):
            return one, letters
    return first, []


def _show(day: date, letters: Sequence[queries.Letter], *, whole: bool) -> None:
    contents = [content for one in letters if (content := services.compose(one))]
    places = sum(len(one.asks) for one in letters)
    stewards = sum(one.to == "STEWARD" for one in letters)
    languages = Counter(one.language for one in contents).most_common()
    click.echo(
        ngettext("{day}: {count} letter.", "{day}: {count} letters.", len(letters)).format(day=day, count=len(letters))
    )
    click.echo(_("To places: {places}. To stewards: {stewards}.").format(
        places=len(letters) - stewards, stewards=stewards
    ))  # fmt: skip
    click.echo(ngettext("About {count} place.", "About {count} places.", places).format(count=places))
    click.echo(_("Languages: {list}.").format(list=", ".join(f"{name} {count}" for name, count in languages)))
    shown = contents if whole else contents[:_LINES]
    for letter, content in zip(letters, shown, strict=False):
        click.echo(f"  {content.to}  {content.language}  {len(letter.asks)}  {letter.asks[0].since}")
    if left := len(contents) - len(shown):
        click.echo(ngettext("… and {count} more: --all", "… and {count} more: --all", left).format(count=left))


def _write(letters: Sequence[queries.Letter], path: Path) -> None:
    """The first letter to a place, or else to a steward, with harmless links."""
    first = min(letters, key=lambda one: one.to != "OWNER")
    content = services.compose(first)
    if content:
        for one in content.context["places"]:
            one |= dict.fromkeys(one.keys() & {"confirm", "correct", "gone"}, one["page"])
        read = mail.render(
            language=content.language, template=content.template, context=content.context, stop=settings.ENV.site_url
        )
        path.write_text(read.html, encoding="utf-8")


def _switch(job: str, *, on: bool) -> None:
    try:
        services.switch(job, on=on, by=_BY)
    except CoworkmedError as error:
        raise console.fail(error) from error
    _state()


def _state() -> None:
    """Whether it asks, how, and what is in its way."""
    ours, waiting = queries.policy(), queries.waiting(timezone.localdate())
    if jobs.rests(services.ASK):
        click.echo(_("Off: no place is asked. Look at “asking preview”, then say “asking on”."))
        if hindrance := services.why_not():
            click.echo(console.said(hindrance))
    else:
        click.echo(_("On: places are asked whether their page is still right."))
    click.echo(
        _("At most {count} letters a day, and one in {days} days to each address and about each place.").format(
            count=ours.budget, days=ours.between
        )
    )
    click.echo(ngettext("{count} place is due.", "{count} places are due.", waiting).format(count=waiting))
    click.echo(
        _("The places’ own web sites are not looked at: “asking sites on”.")
        if jobs.rests(services.SITES)
        else _("The places’ own web sites are looked at, each once a month.")
    )
