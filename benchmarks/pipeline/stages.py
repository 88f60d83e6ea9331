"""The stages of a build, each over a registry on disk, as the command line runs them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

AS_OF = date(2026, 1, 1)


def harvest(folder: Path) -> None:
    """Fetch, read, normalise and store every list of the catalogue."""
    from coworkmed.sources import catalogue, services

    specs = catalogue.load(folder / "lists" / "catalogue.toml")
    services.register(specs=specs)
    for spec in specs:
        done = services.harvest(spec=spec, as_of=AS_OF, folder=folder / "fetched")
        if done.flag:
            raise SystemExit(f"{spec.key}: {done.flag} {done.flag_params}")


def link(folder: Path) -> None:
    """Find candidates, score them, cluster, and store which entry speaks of which place."""
    from coworkmed.places import services

    services.link(as_of=AS_OF)


def settle(folder: Path) -> None:
    """Settle what is shown of every place."""
    from coworkmed.places import services

    services.settle(as_of=AS_OF)


def publish(folder: Path) -> None:
    """Write every published file."""
    from coworkmed.opendata.publish import publish as write
    from coworkmed.places.queries import snapshot

    write(snapshot(AS_OF), folder / "published", "en")


STAGES: Mapping[str, Callable[[Path], None]] = {
    "harvest": harvest,
    "link": link,
    "settle": settle,
    "publish": publish,
}
