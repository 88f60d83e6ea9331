"""`simulate`: what asking changes, over years of a made-up registry."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from coworkmed.demo import chart
from coworkmed.demo.simulation import Quarter, World, quarters
from coworkmed.places.clock import Policy
from coworkmed.web.formats import number, percent

from . import console
from .main import told

_WORLD, _POLICY = World(), Policy()
_SHARE = click.FloatRange(0, 1)
_RATE = click.FloatRange(0, 20)


@click.command("simulate", help=told("simulate"))
@click.option("--places", type=click.IntRange(1), default=_WORLD.places, show_default=True, help=_("How many places."))
@click.option("--years", type=click.IntRange(1, 10), default=_WORLD.years, show_default=True, help=_("How many years."))
@click.option("--seed", type=int, default=_WORLD.seed, show_default=True, help=_("Another number, another world."))
@click.option(
    "--closing",
    type=_RATE,
    default=_WORLD.closing,
    show_default=True,
    help=_("How often a place closes, per place and year."),
)
@click.option(
    "--answers",
    type=_SHARE,
    default=_WORLD.answers,
    show_default=True,
    help=_("Share of mails to living places that are answered."),
)
@click.option(
    "--steward",
    type=_SHARE,
    default=_WORLD.steward,
    show_default=True,
    help=_("Share of the places a steward is asked about of which the steward finds out."),
)
@click.option(
    "--with-mail",
    type=_SHARE,
    default=_WORLD.with_mail,
    show_default=True,
    help=_("Share of places of which an address is known."),
)
@click.option(
    "--existence",
    type=click.IntRange(1, 120),
    default=_WORLD.existence,
    show_default=True,
    help=_("After how many months a place is asked whether it still exists."),
)
@click.option(
    "--budget", type=click.IntRange(0), default=_POLICY.budget, show_default=True, help=_("Mails a day at most.")
)
@click.option(
    "--chart",
    "picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help=_("Draw the figures into this file."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the figures as JSON."))
def simulate(
    places: int,
    years: int,
    seed: int,
    closing: float,
    answers: float,
    steward: float,
    with_mail: float,
    existence: int,
    budget: int,
    picture: Path | None,
    as_json: bool,
) -> None:
    world = World(
        places,
        years,
        seed,
        closing,
        with_mail=with_mail,
        answers=answers,
        steward=steward,
        existence=existence,
    )
    policy = Policy(budget=budget)
    with console.stages(quiet=as_json) as stages:
        asked = quarters(world, engine=True, policy=policy, progress=lambda days: stages(_("Asking, day by day"), days))
        left = quarters(world, engine=False, progress=lambda days: stages(_("Asking nobody, day by day"), days))
    if picture:
        picture.write_text(_drawn(asked, left), encoding="utf-8")
    if as_json:
        console.print_json(
            {
                "world": asdict(world),
                "policy": {"budget": policy.budget, "between": policy.between, "steward_after": policy.steward_after},
                "asked": [asdict(one) for one in asked],
                "not_asked": [asdict(one) for one in left],
            }
        )
    else:
        console.output.print(_table(asked, left))
        console.messages.print(_("Pairs of figures: with places asked by the clock / with nobody asked."))


def _table(asked: Sequence[Quarter], left: Sequence[Quarter]) -> Table:
    table = Table(box=None, pad_edge=False)
    headings = (
        _("Quarter"),
        _("Confirmed"),
        _("Wrong status"),
        _("Wrong address"),
        _("Open and counted"),
        _("Counted and not open"),
        _("Mails per place and year"),
        _("Places asked of stewards, per place and year"),
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading == headings[0] else "right")
    for one, other in zip(asked, left, strict=True):
        shares = (
            (one.confirmed, other.confirmed),
            (one.wrong, other.wrong),
            (one.wrong_address, other.wrong_address),
            (one.counted, other.counted),
            (one.counted_wrong, other.counted_wrong),
        )
        pairs = (f"{_percent(with_)} / {_percent(without)}" for with_, without in shares)
        table.add_row(_quarter(one), *pairs, number(one.mails), number(one.to_stewards))
    return table


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _quarter(one: Quarter) -> str:
    return f"{one.ends.year}-Q{(one.ends.month + 2) // 3}"


def _drawn(asked: Sequence[Quarter], left: Sequence[Quarter]) -> str:
    shares = (
        (_("Places confirmed within twelve months"), "confirmed"),
        (_("Pages that say open while the place is not"), "wrong"),
    )
    panels = [
        chart.Panel(
            title,
            [
                chart.Line(_("places are asked"), [getattr(one, name) for one in asked]),
                chart.Line(_("nobody is asked"), [getattr(one, name) for one in left]),
            ],
            percent,
        )
        for title, name in shares
    ]
    mails = [chart.Line(_("places are asked"), [one.mails for one in asked])]
    panels.append(chart.Panel(_("Mails sent per place and year"), mails, number))
    years = [_quarter(one) if one.ends.month == 12 else "" for one in asked]
    return str(chart.draw(_("A registry over the years, with and without asking"), panels, years))
