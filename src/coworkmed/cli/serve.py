"""`serve`: set the site up, fill it, and serve it."""

import os
import socket
import sys
from collections.abc import Collection
from datetime import date
from functools import partial
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from coworkmed import demo, env
from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.linkage.model import read as read_model
from coworkmed.opendata import services
from coworkmed.opendata.publish import MANIFEST
from coworkmed.places.review import weights
from coworkmed.places.search.index import index
from coworkmed.platform import database
from coworkmed.platform.lock import exclusive
from coworkmed.sources import catalogue

from . import console
from .build import DONE, NEEDS_A_PERSON, show, today
from .main import told


@click.command(help=told("serve"))
@click.option(
    "--sources",
    "sources_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("A catalogue of lists. Without one, the site as it is; the first time, a fictional demo network."),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to answer at."))
@click.option("--port", default=8000, show_default=True, help=_("Port to answer at; the next free one if it is taken."))
@click.option("--demo", "demo_asked", is_flag=True, help=_("Serve the fictional demo network, beside any real site."))
@click.option("--no-demo", is_flag=True, help=_("Begin with an empty site instead of the demo network."))
@click.option(
    "--accept",
    multiple=True,
    metavar="SOURCE",
    help=_("Believe this list although it shrank, came back empty or exchanged its entries. Can be repeated."),
)
@click.option(
    "--weights",
    "weights_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Link by these weights, made by “train”, from now on: the site keeps them."),
)
@click.option("--set-up-only", is_flag=True, help=_("Set the site up and fill it, but do not serve it."))
def serve(
    *,
    sources_file: Path | None,
    host: str,
    port: int,
    demo_asked: bool,
    no_demo: bool,
    accept: tuple[str, ...],
    weights_file: Path | None,
    set_up_only: bool,
) -> None:
    here = env.read()
    var = here.var
    real = (var / "coworkmed.sqlite3").exists() or here.database_url
    if demo_asked or not (sources_file or no_demo or real):
        var = here.var / "demo"  # fiction never shares a registry with real places
        sources_file = demo.write(var / "lists")
        os.environ["COWORKMED_DEMO"] = "1"
    try:
        with exclusive(var / "lock"):
            own = not here.database_url or var != here.var
            code = set_up(var, sources_file, accept, own_database=own, weights_file=weights_file)
    except CoworkmedError as error:
        raise console.fail(error) from error
    if set_up_only:
        click.get_current_context().exit(code)
    answer(var, host, port)


def set_up(
    var: Path,
    sources_file: Path | None,
    accept: Collection[str],
    *,
    own_database: bool,
    weights_file: Path | None = None,
) -> int:
    """Tables, static files, and the registry filled and published from a catalogue, doing only what is not done yet;
    linked by the weights of a file from now on, where one is given.

    Returns the exit code that says whether a list needs a person.
    """
    if own_database:
        os.environ.pop("DATABASE_URL", None)
        database.use(var / "coworkmed.sqlite3")
    else:
        database.prepare()
    if weights_file:
        weights.bring(read_model(weights_file))
    collect_static(var)
    settings.SEARCH_ROOT = var / "search"
    if not sources_file:
        with console.stages() as stages:
            index().follow(partial(stages, "index"))
        return DONE
    specs = catalogue.load(sources_file)
    out, done, day = var / "published", var / "published.done", today()
    before = _read(done)
    done.unlink(missing_ok=True)  # a run that is killed leaves no word that it was done
    with console.stages() as stages:
        built = services.gather(specs=specs, folder=var / "fetched", as_of=day, accept=accept, progress=stages)
        fresh = built.linked or any(one.outcome != "UNCHANGED" for one in built.harvested)
        if fresh or before != _published(sources_file, out, day):
            stages("publish", 0)
            services.put_out(out, as_of=day)
        index().follow(partial(stages, "index"))
    done.write_text(_published(sources_file, out, day))
    if built.linked or built.flagged:
        show(built, dry_run=False)
    return NEEDS_A_PERSON if built.flagged else DONE


def _published(catalogue_file: Path, out: Path, day: date) -> str:
    """A digest of what is published and of what it was made with besides the registry: the same again is no work."""
    files = (path for path in (env.ROOT / "src").rglob("*.*") if path.suffix != ".pyc" and path.is_file())
    code = max(path.stat().st_mtime_ns for path in files)
    return ids.digest(str(code), day.isoformat(), _read(catalogue_file), _read(out / MANIFEST))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def collect_static(var: Path) -> None:
    """Gather the static files, if any is newer than the last time."""
    settings.STATIC_ROOT = var / "static"
    manifest = var / "static" / "staticfiles.json"
    sources = (env.ROOT / "src/coworkmed/web/static").rglob("*")
    if not manifest.exists() or any(path.stat().st_mtime > manifest.stat().st_mtime for path in sources):
        call_command("collectstatic", interactive=False, verbosity=0)


def answer(var: Path, host: str, port: int) -> None:
    """Become the server and a worker beside it, which know nothing of the set-up but what the environment says."""
    os.environ["COWORKMED_VAR"] = str(var)
    port = free_port(host, port)
    console.messages.print(_("Serving at {address} (stop with Ctrl+C)").format(address=f"http://localhost:{port}/"))
    server = [sys.executable, "-P", "-m", "granian", "coworkmed.wsgi:application", "--interface", "wsgi"]
    options = ["--host", host, "--port", str(port), "--workers", "2", "--blocking-threads", "2"]
    options += ["--workers-kill-timeout", "10"]  # one told to end while it begins would never end
    both = [sys.executable, "-P", "-m", "coworkmed.cli.beside"]
    os.execv(sys.executable, [*both, *server, *options, "--respawn-failed-workers", "--no-log"])  # noqa: S606 (no shell)


def free_port(host: str, wanted: int) -> int:
    """``wanted``, or the next port nobody listens at; CoworkmedError after a hundred."""
    for port in range(wanted, wanted + 100):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise click.ClickException(_("No free port from {first} on.").format(first=wanted))
