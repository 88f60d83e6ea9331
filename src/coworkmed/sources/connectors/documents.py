"""JSON in its forms: a document with the list at some path, one object per line, and objects made flat."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, cell, clean, malformed
from .text import lines, whole

_DEEPEST = 40  # how far objects in objects are followed
_JOINT = " | "


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The rows of a JSON document. Options: path (keys joined by dots) to the list, encoding."""
    for number, item in enumerate(items(load(path, options), options), start=1):
        yield row(number, item)


def read_lines(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The rows of a file with one JSON object per line."""
    decoded = 0
    for number, line in enumerate(lines(path, options), start=1):
        text = clean(line).strip("\ufeff\x1e \t\r\n")  # a record separator may stand first (RFC 7464)
        if not text:
            continue
        try:
            item = decode(text)
        except (ValueError, RecursionError):
            yield Reject(number, {"line": text}, "BAD_JSON")
            continue
        decoded += 1
        yield row(number, item)
    if not decoded:
        raise malformed(N_("The file is not JSON, one object per line."))


def load(path: Path, options: Options) -> Any:
    """The document, its numbers kept as they are written. SourceError if it is not JSON."""
    try:
        return decode(whole(path, options).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise malformed(N_("The file is not JSON: {detail}."), error) from error


def decode(text: str) -> Any:
    """JSON with numbers as the text they were written in: 43.30 stays 43.30."""
    return json.loads(text, parse_float=str, parse_int=str)


def items(document: Any, options: Options) -> Sequence[Any]:
    """The list in a document: at ``options.path``, or the only place where it can be."""
    if wanted := str(options.get("path", "")):
        found = _at(document, wanted)
    else:
        found = document if isinstance(document, list) else _only_list(document)
    if isinstance(found, Mapping):  # objects by name: the name goes in with them
        return [{"key": key, **item} if isinstance(item, Mapping) else item for key, item in found.items()]
    if not isinstance(found, list):
        raise SourceError(
            N_("The document has no list where it was looked for; it holds: {keys}. Say where in options.path."),
            keys=", ".join(_paths(document)) or "-",
        )
    return found


def _at(document: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(document, Mapping) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _only_list(document: Any) -> Any:
    lists = [found for found in _lists(document) if found and all(isinstance(item, Mapping) for item in found)]
    if len(lists) == 1:
        return lists[0]
    if not lists and isinstance(document, Mapping) and document:
        if all(isinstance(item, Mapping) for item in document.values()):
            return document
        if any(item == [] for item in document.values()):
            return []
    return None


def _lists(document: Any, depth: int = 3) -> Iterator[list[Any]]:
    if isinstance(document, list):
        yield document
    elif isinstance(document, Mapping) and depth:
        for item in document.values():
            yield from _lists(item, depth - 1)


def _paths(document: Any, prefix: str = "", depth: int = 2) -> list[str]:
    if not isinstance(document, Mapping) or not depth:
        return []
    found: list[str] = []
    for key, item in list(document.items())[:20]:
        found += [clean(prefix + key), *_paths(item, f"{prefix}{key}.", depth - 1)]
    return found[:30]


def row(number: int, item: Any) -> Row | Reject:
    """A JSON object as a row; anything else as a reject that keeps it."""
    if isinstance(item, Mapping):
        return Row(number, flat(item))
    return Reject(number, {"element": as_text(item)}, "NOT_A_RECORD")


def flat(item: Mapping[str, Any]) -> dict[str, str]:
    """An object as columns: inner keys after a dot, lists joined by " | ". What is deeper than 40 stays JSON."""
    cells: dict[str, list[str]] = {}
    _flatten(item, "", cells, _DEEPEST)
    return {name: _JOINT.join(texts) for name, texts in cells.items()}


def _flatten(item: Any, name: str, cells: dict[str, list[str]], depth: int) -> None:
    if isinstance(item, Mapping) and depth:
        for key, inner in item.items():
            _flatten(inner, f"{name}.{clean(key)}" if name else clean(key), cells, depth - 1)
    elif isinstance(item, list) and item and depth:
        for inner in item:
            _flatten(inner, name, cells, depth - 1)
    else:
        texts = cells.setdefault(name, [])
        if item != [] and (text := as_text(item)):
            texts.append(text)


def as_text(item: Any) -> str:
    if isinstance(item, Mapping | list):
        try:
            return clean(json.dumps(item, ensure_ascii=False))
        except RecursionError:
            return "…"
    return cell(item)


def each(document: Any, make: Callable[[int, Any], Row | Reject], options: Options) -> Iterator[Row | Reject]:
    """The items of a document, each made a row by ``make``."""
    for number, item in enumerate(items(document, options), start=1):
        yield make(number, item)
