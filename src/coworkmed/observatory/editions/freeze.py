"""Making an edition: published tables become a folder that is written once."""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

import coworkmed
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.ids import digest
from coworkmed.platform import audit
from coworkmed.platform.lock import exclusive

from . import changes, shelf, texts
from .shelf import ABOUT, CHANGES, FIGURES, MANIFEST, METHOD, SOURCES, SUMS, TABLES, TITLES, Edition

LONGEST_TITLE = 200
_STAGE = ".making"
#: What the manifest of an edition has from that of the tables.
_TOLD = ("as_of", "language", "licence", "without", "sources")
_OPERATOR = audit.Who("operator")


def create(tables: Path, *, title: str = "", issued: date, where: Path | None = None) -> Edition:
    """Freeze the tables published in the folder ``tables`` as the next edition in ``where`` (by default the site's).

    ``issued``  the day it is made

    CoworkmedError where the tables are not all there or not as their manifest says, where the last edition is of a
    later day or says the same, where the title can't be one, or where another run makes one.
    """
    where = where or shelf.root()
    with exclusive(where / "lock"):
        told = _manifest(tables)
        last = next(reversed(shelf.editions(where)), None)
        _check(tables, told, title, last)
        name = shelf.next_id(date.fromisoformat(told["as_of"]), {path.name for path in where.iterdir()})
        stage = where / _STAGE
        _remove(stage)
        stage.mkdir()
        for table in _taken(told):
            (stage / table).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tables / table, stage / table)
        head = {"id": name, "title": title.strip(), "issued": issued.isoformat(), "before": last.id if last else ""}
        _seal(stage, told, head, last)
        stage.rename(where / name)
        made = shelf.read(where / name)
        with transaction.atomic():
            thing, after = audit.Thing("edition", name), {"digest": made.digest, "as_of": told["as_of"]}
            audit.record(who=_OPERATOR, verb="edition.created", thing=thing, before=None, after=after)
    return made


def _manifest(tables: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads((tables / MANIFEST).read_text(encoding="utf-8"))
        date.fromisoformat(found["as_of"])
        needed = [found[name] for name in (*_TOLD, "files")]
        if not all(isinstance(one, kind) for one, kind in zip(needed, (str, str, dict, list, list, dict), strict=True)):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise CoworkmedError(
            N_("{folder} holds no published tables. Make them with ./run build."), folder=tables
        ) from None
    return found


def _taken(told: Mapping[str, Any]) -> list[str]:
    """Files of the published tables that go into the edition: the indicators are taken as they were published, since
    what answers to a census say of groups can't be computed again from tables that show no answer."""
    return [*TABLES, FIGURES, ABOUT, *(name for name in TITLES if name.startswith("report") and name in told["files"])]


def _check(tables: Path, told: Mapping[str, Any], title: str, last: Edition | None) -> None:
    if len(title.strip()) > LONGEST_TITLE or not title.isprintable():
        raise CoworkmedError(N_("A title is one line of at most {most} characters."), most=LONGEST_TITLE)
    for name in _taken(told):
        if name not in told["files"] or not (tables / name).is_file():
            raise CoworkmedError(N_("{file} is not among the published tables: publish them anew."), file=name)
        if shelf.sha256(tables / name) != told["files"][name]["sha256"]:
            raise CoworkmedError(N_("{file} is not what was published: publish the tables anew."), file=name)
    if last is None:
        return
    if told["as_of"] < last.told["as_of"]:
        raise CoworkmedError(
            N_("The last edition, {edition}, is of {day}: a new one can't be of an earlier day."),
            edition=last.id,
            day=last.told["as_of"],
        )
    if told["as_of"] == last.told["as_of"] and all(
        told["files"][name]["sha256"] == last.files.get(name, {}).get("sha256") for name in _taken(told)
    ):
        raise CoworkmedError(N_("Nothing has changed since edition {edition}."), edition=last.id)


def _seal(stage: Path, told: Mapping[str, Any], head: Mapping[str, str], last: Edition | None) -> None:
    """Add to the copied tables all that makes them an edition, and let nobody write to it any more."""
    _write(stage / CHANGES, changes.compare(last.folder if last else None, stage, told["sources"]))
    about = json.loads((stage / ABOUT).read_text(encoding="utf-8"))
    manifest: dict[str, Any] = {
        "edition": dict(head),
        "software": {"name": "CoWorkMed", "version": coworkmed.__version__, "sql": about["sql"], "source": source()},
        **{name: told[name] for name in _TOLD},
    }
    (stage / METHOD).write_text(texts.method(manifest, about), encoding="utf-8")
    (stage / SOURCES).write_text(texts.sources(manifest), encoding="utf-8")
    taken = _taken(told)
    licences = {CHANGES: FIGURES, METHOD: FIGURES, SOURCES: FIGURES}
    terms = {name: told["files"][name]["licence"] for name in taken}
    manifest["files"] = {
        name: {
            "bytes": (stage / name).stat().st_size,
            "sha256": shelf.sha256(stage / name),
            "licence": terms[licences.get(name, name)],
        }
        for name in sorted((*taken, *licences))
    }
    _write(stage / MANIFEST, manifest)
    sums = shelf.sums(manifest["files"], shelf.sha256(stage / MANIFEST))
    (stage / SUMS).write_text(sums, encoding="utf-8")
    folders = [stage]
    for path in stage.rglob("*"):
        if path.is_dir():
            folders.append(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o444)
    for folder in folders:
        folder.chmod(0o555)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _remove(stage: Path) -> None:
    """What a killed run left."""
    if stage.exists():
        for folder in (stage, *(path for path in stage.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        shutil.rmtree(stage)


@cache
def source() -> str:
    """A fingerprint of the program: every file of it that rules, computes or declares anything."""
    root = Path(coworkmed.__file__).parent
    files = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".sql", ".toml"))
    return digest(*(f"{path.relative_to(root).as_posix()}\0{path.read_text(encoding='utf-8')}" for path in files))
