"""A few things and what is said of them, written as Turtle and as JSON-LD. Pure, and only what a catalogue needs."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Prefix → namespace.
Prefixes = Mapping[str, str]
#: What cannot stand inside <…>.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Iri:
    """The address of a thing, whole."""

    iri: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in a language, or a value of a datatype (a name with a prefix, such as "xsd:date")."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """``iri`` is "" for what has no name of its own; ``types`` and predicates are names with a prefix."""

    iri: str
    types: Sequence[str]
    said: Sequence[tuple[str, "Iri | Literal | Thing"]]


Value = Iri | Literal | Thing


def turtle(things: Iterable[Thing], prefixes: Prefixes) -> str:
    """The things as Turtle."""
    heads = [f"@prefix {name}: <{namespace}> ." for name, namespace in prefixes.items()]
    return "\n".join([*heads, *(f"\n{_reference(one.iri)} {_body(one, 1)} ." for one in things)]) + "\n"


def json_ld(things: Iterable[Thing], prefixes: Prefixes) -> dict[str, Any]:
    """The things as JSON-LD, with all that is needed to read it inside."""
    return {"@context": dict(prefixes), "@graph": [_node(one) for one in things]}


def _body(thing: Thing, depth: int) -> str:
    indent = "  " * depth
    lines = [f"a {', '.join(thing.types)}"] if thing.types else []
    lines += [f"{name} {_written(value, depth)}" for name, value in thing.said]
    return f" ;\n{indent}".join(lines)


def _written(value: Value, depth: int) -> str:
    if isinstance(value, Iri):
        return _reference(value.iri)
    if isinstance(value, Literal):
        tail = f"@{value.language}" if value.language else f"^^{value.datatype}" if value.datatype else ""
        return f'"{_text(value.text)}"{tail}'
    return f"[ {_body(value, depth + 1)} ]"


def _reference(iri: str) -> str:
    return f"<{_clean(iri)}>"


def _clean(iri: str) -> str:
    return _NOT_IN_IRI.sub(lambda found: "".join(f"%{octet:02X}" for octet in found[0].encode()), iri)


def _text(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in _CONTROL.sub(" ", text))


def _node(thing: Thing) -> dict[str, Any]:
    told: dict[str, Any] = {"@id": _clean(thing.iri)} if thing.iri else {}
    if thing.types:
        told["@type"] = list(thing.types)
    return told | dict(_grouped(thing.said))


def _grouped(said: Sequence[tuple[str, Value]]) -> Iterator[tuple[str, list[Any]]]:
    for name in dict.fromkeys(name for name, _ in said):
        yield name, [_told(value) for other, value in said if other == name]


def _told(value: Value) -> dict[str, Any]:
    if isinstance(value, Iri):
        return {"@id": _clean(value.iri)}
    if isinstance(value, Literal):
        told = {"@value": _CONTROL.sub(" ", value.text)}
        if value.language:
            return told | {"@language": value.language}
        return told | ({"@type": value.datatype} if value.datatype else {})
    return _node(value)


def dumped(things: Iterable[Thing], prefixes: Prefixes) -> str:
    """The JSON-LD as text."""
    return json.dumps(json_ld(things, prefixes), ensure_ascii=False, indent=1) + "\n"
