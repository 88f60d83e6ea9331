"""What the command line shows: progress and messages on the error stream, results on the output stream."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from coworkmed.kernel.errors import CoworkmedError

messages = Console(stderr=True, highlight=False)
output = Console(highlight=False)


def said(error: CoworkmedError) -> str:
    """An error's sentence in the reader's language."""
    return _(error.message).format(**error.params)


def fail(error: CoworkmedError) -> click.ClickException:
    """The error as the command line ends with it (exit 1)."""
    return click.ClickException(said(error))


def print_json(data: Mapping[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True, default=str))


class Stages:
    """A line per stage of a long piece of work, with a count that moves."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int) -> None:
        """``stage`` has come to ``done`` things; the stages named before it are finished."""
        if stage not in self._tasks:
            self._finish()
            self._tasks[stage] = self._progress.add_task(stage, total=None)
        self._progress.update(self._tasks[stage], completed=done)

    def _finish(self) -> None:
        for task in self._progress.tasks:
            if not task.finished:
                self._progress.update(task.id, total=task.completed or 1, completed=task.completed or 1)


@contextmanager
def stages(*, quiet: bool = False) -> Iterator[Stages]:
    """Show stages while the work inside lasts; nothing where ``quiet`` or where nobody watches."""
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=messages, disable=quiet or not messages.is_terminal) as progress:
        found = Stages(progress)
        yield found
        found._finish()
