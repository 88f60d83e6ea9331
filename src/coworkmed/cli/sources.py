"""`sources`: a catalogue looked at, checked, and given a new list with a mapping that is proposed and asked about."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import tomlkit
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.table import Table
from tomlkit.items import AoT
from tomlkit.items import Table as TomlTable

from coworkmed.kernel.dates import is_partial
from coworkmed.kernel.errors import CatalogueError, CoworkmedError
from coworkmed.kernel.fields import FIELDS, INPUTS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.licences import LICENCES
from coworkmed.kernel.values import Reject
from coworkmed.sources import catalogue, connectors, proposals
from coworkmed.sources.catalogue import Pick, Spec
from coworkmed.sources.normalise import normalise
from coworkmed.sources.proposals import Guess, Proposal

from . import console

TARGETS = {**{name: one.label for name, one in FIELDS.items()}, **INPUTS}
_CATALOGUE = click.Path(dir_okay=False, path_type=Path)


@click.group(help=_("Look at a catalogue of lists, check it, or add a list to it."))
def sources() -> None:
    pass


@sources.command("list", help=_("Show the lists that a catalogue declares."))
@click.argument("catalogue_file", metavar="CATALOGUE", type=_CATALOGUE)
@click.option("--json", "as_json", is_flag=True, help=_("Print them as JSON."))
def list_(catalogue_file: Path, as_json: bool) -> None:
    specs = _load(catalogue_file)
    if as_json:
        console.print_json({"sources": [spec.as_json() for spec in specs]})
        return
    table = Table(_("Key"), _("Title"), _("Licence"), _("Date"), _("Connector"), box=None)
    for spec in specs:
        table.add_row(spec.key, _title(spec), spec.licence, spec.observed_on, spec.connector)
    console.output.print(table)


@sources.command(help=_("Check a catalogue: every mistake, and every local file that isn't there."))
@click.argument("catalogue_file", metavar="CATALOGUE", type=_CATALOGUE)
@click.option("--json", "as_json", is_flag=True, help=_("Print what was found as JSON."))
@click.pass_context
def check(ctx: click.Context, catalogue_file: Path, as_json: bool) -> None:
    found = [console.said(error) for error in catalogue.problems(catalogue_file)]
    specs = [] if found else catalogue.load(catalogue_file)
    found += [
        _("{source}: there is no file at {path}.").format(source=spec.key, path=spec.location)
        for spec in specs
        if "://" not in spec.location and not Path(spec.location).exists()
    ]
    if as_json:
        console.print_json({"problems": found, "sources": len(specs)})
    elif found:
        for problem in found:
            click.echo(problem)
    else:
        click.echo(_("{count} lists declared, all in order.").format(count=len(specs)))
    ctx.exit(1 if found else 0)


@sources.command(help=_("Add a list to a catalogue: what its columns hold is proposed, and you decide."))
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--catalogue",
    "catalogue_file",
    type=_CATALOGUE,
    default=Path("catalogue.toml"),
    help=_("The catalogue to write to; it is made if there is none. Without this option: catalogue.toml."),
)
@click.option("--key", help=_("Short name of the list: small letters, digits and hyphens. It never changes again."))
@click.option("--title", help=_("Title of the list."))
@click.option("--keeper", help=_("Who keeps the list."))
@click.option("--licence", type=click.Choice(list(LICENCES)), help=_("Licence the list is published under."))
@click.option(
    "--date", "observed_on", help=_("What day, month or year the list speaks of: YYYY, YYYY-MM or YYYY-MM-DD.")
)
@click.option("--country", help=_("Country of all its places, in two letters."))
@click.option("--yes", is_flag=True, help=_("Ask nothing: take every guess. Keeper and licence must be given."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the proposal as JSON and write nothing."))
def add(file: Path, catalogue_file: Path, yes: bool, as_json: bool, **given: str | None) -> None:
    try:
        proposal = proposals.propose(file)
        if as_json:
            console.print_json(_as_json(proposal))
            return
        known = _load(catalogue_file) if catalogue_file.exists() else []
        if yes and not (given["keeper"] and given["licence"]):
            raise click.UsageError(_("With --yes, give --keeper and --licence: no file can tell them."))
        _show(proposal)
        if not yes:
            proposal = _asked_about_columns(proposal)
        if "name" not in proposal.columns() and "name" not in connectors.default_columns(proposal.connector):
            raise click.ClickException(_("No column is known to hold the name of a place: nothing was written."))
        spec = _described(proposal, file, catalogue_file, {one.key for one in known}, given, ask=not yes)
        _preview(spec, proposal)
        if not yes and not click.confirm(_("Write this entry to {path}?").format(path=catalogue_file), default=True):
            raise click.ClickException(_("Nothing was written."))
        _write(spec, catalogue_file)
    except CoworkmedError as error:
        raise console.fail(error) from error
    click.echo(_("“{key}” was written to {path}.").format(key=spec.key, path=catalogue_file))


def _load(path: Path) -> list[Spec]:
    try:
        return catalogue.load(path)
    except CatalogueError as error:
        raise console.fail(error) from error


def _title(spec: Spec) -> str:
    return spec.title.get(get_language() or "en") or spec.title.get("en") or next(iter(spec.title.values()), "")


# showing a proposal


def _as_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "connector": proposal.connector,
        "options": dict(proposal.options),
        "country": proposal.country,
        "columns": [
            {
                "column": guess.column,
                "target": guess.target,
                "confidence": guess.confidence,
                "examples": list(guess.examples),
                "others": list(guess.others),
            }
            for guess in proposal.guesses
        ],
    }


def _show(proposal: Proposal) -> None:
    table = Table("#", _("Column"), _("Probably"), _("Sure"), _("Examples"), box=None)
    for number, guess in enumerate(proposal.guesses, start=1):
        sure = f"{guess.confidence:.0%}" if guess.target else ""
        table.add_row(str(number), guess.column, _label(guess.target), sure, " · ".join(guess.examples))
    console.output.print(_("Form of the list: {connector}.").format(connector=proposal.connector))
    console.output.print(table)


def _label(target: str) -> str:
    return _(TARGETS[target]) if target else "–"


def _preview(spec: Spec, proposal: Proposal) -> None:
    console.output.print(_("So the first places will read:"))
    shown = 0
    for row in proposal.rows:
        entry = normalise(row, spec)
        if isinstance(entry, Reject):
            continue
        table = Table(show_header=False, box=None, padding=(0, 2))
        for name, value in entry.fields.items():
            table.add_row(_(FIELDS[name].label), _plain(value.value))
        console.output.print(table, "")
        shown += 1
        if shown == 3:
            return
    if not shown:
        console.output.print(_("None of the first rows makes a place: something in the mapping is wrong."))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("line") or ", ".join(str(one) for one in value.values() if one not in ("", None)))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " | ".join(map(_plain, value))
    return str(value)[:100]


# asking


def _asked_about_columns(proposal: Proposal) -> Proposal:
    """The proposal with every guess that is not sure confirmed or changed."""
    guesses = {guess.column: guess for guess in proposal.guesses}
    for guess in proposal.guesses:
        if guess.target and guess.confidence < proposals.SURE:
            guesses[guess.column] = _asked_about(guess)
    if proposal.guesses and not any(guess.target == "name" for guess in guesses.values()):
        click.echo(_("No column holds the name yet."))
    while number := _number(_("Number of a column to change (Enter: none)"), len(proposal.guesses)):
        column = proposal.guesses[number - 1].column
        guesses[column] = _asked_about(guesses[column])
    return replace(proposal, guesses=tuple(guesses.values()))


def _number(question: str, highest: int) -> int:
    while True:
        text = click.prompt(question, default="", show_default=False)
        if not text or (text.isdigit() and 0 < int(text) <= highest):
            return int(text or 0)
        click.echo(_("Please type a number from 1 to {highest}.").format(highest=highest))


def _asked_about(guess: Guess) -> Guess:
    """One column: Enter keeps the guess, a number takes another, 0 leaves the column out, a word names a field."""
    others = [one for one in guess.others if one != guess.target]
    click.echo()
    click.echo(f"{guess.column}: " + " · ".join(guess.examples))
    click.echo("  " + _("Enter: {label}").format(label=_label(guess.target)))
    for number, target in enumerate(others, start=1):
        click.echo(f"  {number}: {_label(target)}")
    click.echo("  0: " + _("nothing we need"))
    while True:
        text = click.prompt(_("Your choice, or the name of a field"), default="", show_default=False).strip()
        if not text:
            return guess
        if text.isdigit() and int(text) <= len(others):
            target = others[int(text) - 1] if int(text) else ""
        elif not (target := _named(text)):
            click.echo(_("There is no such field. There are: {fields}.").format(fields=", ".join(TARGETS)))
            continue
        return replace(guess, target=target, confidence=1.0)


def _named(text: str) -> str:
    """The target of that name or label, or ""."""
    return next((one for one, label in TARGETS.items() if fold(text) in (fold(one), fold(label), fold(_(label)))), "")


def _described(
    proposal: Proposal, file: Path, catalogue_file: Path, taken: set[str], given: Mapping[str, str | None], *, ask: bool
) -> Spec:
    """The entry: the proposal, with what only a person can tell."""
    stem = re.split(r"\.", file.name)[0]
    title = given["title"] or _answer(_("Title of the list"), stem, ask)
    keeper = given["keeper"] or _answer(_("Who keeps it"), "", ask)

    def free(key: str) -> str:
        try:
            catalogue.checked_key(key, "key", key)
        except CatalogueError as error:
            raise click.BadParameter(console.said(error), param_hint="--key") from error
        if key in taken:
            message = _("The catalogue has a list called “{key}” already.").format(key=key)
            raise click.BadParameter(message, param_hint="--key")
        return key

    def dated(text: str) -> str:
        if text and not is_partial(text):
            raise click.BadParameter(_("{text} is no date.").format(text=text), param_hint="--date")
        return text

    proposed = _free("-".join(fold(f"{proposal.country} {stem}").split()), taken)
    key = free(given["key"]) if given["key"] else _answer(_("Short name"), proposed, ask, check=free)
    licence = given["licence"] or click.prompt(_("Licence"), type=click.Choice(list(LICENCES)))
    when = _("Date it speaks of (YYYY, YYYY-MM or YYYY-MM-DD)")
    observed_on = dated(given["observed_on"] or "") or _answer(when, "", ask, empty=True, check=dated)
    says_country = "country" in proposal.columns()
    country = given["country"] or ("" if says_country else _answer(_("Country"), proposal.country, ask, empty=True))
    return Spec(
        key=key,
        title={get_language() or "en": title},
        keeper=keeper,
        licence=licence,
        attribution=keeper,
        connector=proposal.connector,
        location=_relative(file, catalogue_file),
        observed_on=observed_on,
        territory=(country.upper(),) if country else (),
        columns=_own_columns(proposal),
        defaults={"country": country.upper()} if country else {},
        personal=proposal.personal(),
        options=proposal.options,
    )


def _answer(
    question: str, default: str, ask: bool, *, empty: bool = False, check: Callable[[str], str] = str.strip
) -> str:
    """What a person answers; asked again as long as ``check`` refuses it."""
    if not ask:
        return default
    answer: str = click.prompt(
        question,
        default=default if default or empty else None,
        show_default=bool(default),
        value_proc=lambda text: check(text.strip()),
    )
    return answer


def _free(key: str, taken: set[str]) -> str:
    key = key[:70] or "list"
    return next(one for one in (key, *(f"{key}-{turn}" for turn in range(2, len(taken) + 3))) if one not in taken)


def _relative(file: Path, catalogue_file: Path) -> str:
    return Path(os.path.relpath(file.resolve(), catalogue_file.resolve().parent)).as_posix()


def _own_columns(proposal: Proposal) -> dict[str, Pick]:
    """What the entry has to say itself: the columns its connector doesn't know already."""
    ready = connectors.default_columns(proposal.connector)
    known = {name for pick in ready.values() for name in pick.columns}
    return {target: pick for target, pick in proposal.columns().items() if not set(pick.columns) <= known}


# writing


def _write(spec: Spec, path: Path) -> None:
    """Append the entry to the catalogue, keeping what stands there, comments and all; the file is replaced whole."""
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    entries = document.get("source")
    if not isinstance(entries, AoT):
        entries = tomlkit.aot()
        document["source"] = entries
    entries.append(_entry(spec))
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        fresh.write_text(tomlkit.dumps(document), encoding="utf-8")
        catalogue.load(fresh)  # never leave behind a catalogue that can't be read
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _entry(spec: Spec) -> TomlTable:
    entry = tomlkit.table()
    entry["key"] = spec.key
    title = tomlkit.inline_table()
    title.update(dict(spec.title))
    entry["title"] = title
    for name in ("keeper", "licence", "attribution", "observed_on"):
        if value := getattr(spec, name):
            entry[name] = value
    for name in ("territory", "personal"):
        if values := getattr(spec, name):
            entry[name] = list(values)
    entry["connector"] = spec.connector
    entry["location"] = spec.location
    columns = {
        target: pick.columns[0] if len(pick.columns) == 1 else list(pick.columns)
        for target, pick in spec.columns.items()
    }
    for name, table in (("columns", columns), ("defaults", spec.defaults), ("options", spec.options)):
        if table:
            entry[name] = dict(table)
    return entry
