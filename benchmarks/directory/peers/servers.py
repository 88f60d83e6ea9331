"""How each server is started, and how each is asked the same thing."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from ..processes import Server, free_port, serving
from ..site import postmaster

LIMIT = 50
Asked = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server is asked: class of questions → the path of one; what it can't answer is missing. ``rows`` counts
    the rows of an answer."""

    paths: Mapping[str, Callable[[Asked], str]]
    rows: Callable[[Any], int]


def _query(path: str, **parameters: object) -> str:
    return f"{path}?{urlencode(parameters)}"


def _box(asked: Asked) -> str:
    return ",".join(asked[side] for side in ("west", "south", "east", "north"))


_PLACES, _ITEMS, _TABLE = "/api/v1/places", "/collections/places/items", "/places/places.json"
_BARE = {"_shape": "objects", "_nocount": 1, "_nofacet": 1}  # neither counts nor facets: less work

OURS = Dialect(
    {
        "one place": lambda asked: f"{_PLACES}/{asked['id']}",
        "a page of a box": lambda asked: _query(_PLACES, bbox=_box(asked), limit=LIMIT),
        "a page of a country and a kind": lambda asked: _query(_PLACES, **asked, limit=LIMIT),
        "a page of words": lambda asked: _query(_PLACES, **asked, limit=LIMIT),
    },
    lambda told: len(told.get("places", [None])),
)
DATASETTE = Dialect(
    {
        "one place": lambda asked: f"/places/places/{asked['id']}.json?_shape=objects",
        "a page of a box": lambda asked: _query("/places/in_box.json", **asked, _shape="objects"),
        "a page of a country and a kind": lambda asked: _query(_TABLE, **asked, _size=LIMIT, **_BARE),
        "a page of words": lambda asked: _query(_TABLE, _search=asked["q"], _size=LIMIT, **_BARE),
    },
    lambda told: len(told["rows"]),
)
PYGEOAPI = Dialect(
    {
        "one place": lambda asked: f"{_ITEMS}/{asked['id']}?f=json",
        "a page of a box": lambda asked: _query(_ITEMS, f="json", bbox=_box(asked), limit=LIMIT),
        "a page of a country and a kind": lambda asked: _query(_ITEMS, f="json", **asked, limit=LIMIT),
    },
    lambda told: len(told.get("features", [None])),
)


@contextmanager
def datasette(python: Path, work: Path, database: Path, threads: int = 1) -> Iterator[Server]:
    """Two processes, each with its own threads for SQL."""
    port = free_port()
    command = [str(python), "-m", "uvicorn", "datasette_app:app", "--factory", "--workers", "2"]
    with serving(
        "Datasette",
        [*command, "--app-dir", str(Path(__file__).parent), "--port", str(port), "--log-level", "warning"],
        port,
        environment={"PLACES_DB": str(database), "SQL_THREADS": str(threads)},
        log=work / "datasette.log",
        probe="/-/versions.json",
    ) as server:
        yield server


@contextmanager
def pygeoapi(python: Path, work: Path, name: str, provider: Mapping[str, Any], url: str = "") -> Iterator[Server]:
    """Two processes of two threads. ``url`` of the PostgreSQL database, if that is what it reads."""
    port = free_port()
    folder = work / name.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    config, description = folder / "config.json", folder / "openapi.json"
    config.write_text(json.dumps(_config(port, provider)))  # JSON is YAML
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(description)}
    generate = [python, "-m", "pygeoapi.openapi", "generate", config, "--format", "json", "--output-file", description]
    generate[1:3] = [python.parent / "pygeoapi", "openapi"]
    subprocess.run(list(map(str, generate[1:])), check=True, env={**os.environ, **environment})
    command = [str(python), "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "2", "--keep-alive", "60"]
    with serving(
        name,
        [*command, "-b", f"127.0.0.1:{port}", "pygeoapi.flask_app:APP"],
        port,
        environment=environment,
        log=folder / "server.log",
        probe=f"{_ITEMS}?f=json&limit=1",
        beside=(postmaster(url),) if url else (),
    ) as server:
        yield server


def sqlite_provider(database: Path) -> dict[str, Any]:
    return {"type": "feature", "name": "SQLiteGPKG", "data": str(database), "id_field": "id", "table": "places"}


def postgresql_provider(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": unquote(parts.hostname or ""),
            "port": parts.port or 5432,
            "dbname": parts.path.lstrip("/"),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "search_path": ["public"],
        },
        "id_field": "id",
        "table": "places",
        "geom_field": "geom",
    }


def _config(port: int, provider: Mapping[str, Any]) -> dict[str, Any]:
    text = {"en": "Places"}
    contact = {"name": "Benchmark", "url": "http://localhost"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": LIMIT, "max_items": 1000},
            "map": {"url": "http://localhost/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["places"]},
                "keywords_type": "theme",
                "terms_of_service": "http://localhost",
                "url": "http://localhost",
            },
            "license": {"name": "CC0", "url": "http://localhost"},
            "provider": contact,
            "contact": contact,
        },
        "resources": {
            "places": {
                "type": "collection",
                "title": text,
                "description": text,
                "keywords": {"en": ["places"]},
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [provider],
            }
        },
    }
