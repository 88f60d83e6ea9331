"""The examples and schemas of the Reconciliation Service API, 0.1 and 0.2: that we read the standard as it reads
itself, that what it sends is understood or refused, and that what we answer is what it expects.

Each example is used or named as one that does not apply:

- *manifest* and the answers (*reconciliation-result-batch*, *suggest-…-response*, *data-extension-response*,
  *data-extension-property-proposal*) are other services': they show that the schemas our own answers are held against
  tell right from wrong.
- *…-metadata*, *security-scheme* and *reconciliation-candidate* have no schema: they are parts of others that have one.
- *flyout-response*: of what 0.1 proposes and 0.2 keeps as an option; we offer a preview instead, and say so by leaving
  the flyout out of the manifest.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from coworkmed.opendata.reconciliation import Query, QueryError
from coworkmed.opendata.views import reconciliation as views
from coworkmed.places.models import Place
from tests.web.factories import registry

VERSIONS = ("0.1", "0.2")
#: Parts of a standard's documents: folder → (schema of the whole, the whole with this part in it).
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "data-extension-metadata": ("manifest", ("extend",)),
    "suggest-metadata": ("manifest", ("suggest", "entity")),
    "preview-metadata": ("manifest", ("preview",)),
    "security-scheme": ("manifest", ("authentication",)),
    "reconciliation-candidate": ("reconciliation-result-batch", ("q", "result", "0")),
}
LEFT_ASIDE = {"flyout-response", "preview-response"}
#: What the manifest's schema takes from Swagger 2.0, which is no part of the standard's files.
SWAGGER = {
    "definitions": {
        "securityDefinitions": {
            "additionalProperties": {
                "oneOf": [
                    {"properties": {"type": {"const": "basic"}}, "required": ["type"]},
                    {"properties": {"type": {"const": "http"}}, "required": ["type", "scheme"]},
                    {
                        "properties": {"type": {"const": "apiKey"}, "in": {"enum": ["header", "query"]}},
                        "required": ["type", "name", "in"],
                    },
                    {"properties": {"type": {"const": "oauth2"}}, "required": ["type", "flow"]},
                ]
            }
        }
    }
}
DRAFT = "http://json-schema.org/draft-07/schema#"


@pytest.fixture
def standard(shared_data: Path) -> Path:
    return shared_data / "conformance" / "reconciliation"


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    return registry()


@cache
def schema(folder: Path, name: str) -> jsonschema_rs.Validator:
    """What checks against a schema of one version of the standard."""

    def read(path: Path) -> Any:
        return json.loads(path.read_text()) | {"$id": f"https://standard.example/{path.name}", "$schema": DRAFT}

    every = [(f"https://standard.example/{one.name}", read(one)) for one in folder.glob("*.json")]
    known = jsonschema_rs.Registry([*every, ("http://swagger.io/v2/schema.json", {"$schema": DRAFT, **SWAGGER})])
    return jsonschema_rs.validator_for({"$ref": f"https://standard.example/{name}.json"}, registry=known)


def having(standard: Path, version: str, name: str) -> Path:
    """The schemas of that version; of proposals 0.1 has an example and no schema: those of the next."""
    folder = standard / version / "schemas"
    return folder if (folder / f"{name}.json").is_file() else standard / "0.2" / "schemas"


def examples(standard: Path, version: str) -> list[Path]:
    found = sorted(one for one in (standard / version / "examples").rglob("*.*") if one.is_file())
    assert found
    return found


def whole(part: Any, way: tuple[str, ...]) -> Any:
    """The document in which ``part`` stands at the end of the ``way``."""
    for name in reversed(way):
        part = [part] if name == "0" else {name: part}
    return part


@pytest.mark.data
def test_none_is_passed_over(standard: Path) -> None:
    """Should the standard's files grow, somebody looks."""
    every = [one for version in VERSIONS for one in examples(standard, version)]
    assert len(every) == 92
    with_schema = {one.stem for version in VERSIONS for one in (standard / version / "schemas").glob("*.json")}
    assert {one.relative_to(standard).parts[2] for one in every} == (
        with_schema - {"type", "openapi"} | PARTS.keys() | LEFT_ASIDE
    )


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_tell_the_examples_apart(standard: Path, version: str) -> None:
    minimal = {"versions": [version], "name": "x", "identifierSpace": "http://x/", "schemaSpace": "http://x/"}
    seen = 0
    for one in examples(standard, version):
        kind, right = one.relative_to(standard / version / "examples").parts[:2]
        if kind in LEFT_ASIDE:
            continue
        told = json.loads(one.read_text())
        name, way = PARTS.get(kind, (kind, ()))
        told = whole(told, way) | (minimal if way and name == "manifest" else {})
        assert schema(having(standard, version, name), name).is_valid(told) == (right == "valid"), one
        seen += 1
    assert seen > 35


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_queries_of_the_examples_are_understood_or_refused(standard: Path, version: str) -> None:
    for one in examples(standard, version):
        if "reconciliation-query-batch" not in one.parts:
            continue
        batch = json.loads(one.read_text())
        if one.parent.name == "valid":
            for query in batch.values():
                read = Query.read(query)
                assert read.name == query.get("query", "")
                assert read.limit == query.get("limit", 5)
        else:
            with pytest.raises(QueryError):
                views._batch(batch)


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_the_examples_are_answered(client: Client, places: dict[str, Place], standard: Path, version: str) -> None:
    """Each valid batch, as it stands, gets an answer of the same version, one for each query."""
    answers = schema(standard / version / "schemas", "reconciliation-result-batch")
    columns = schema(standard / version / "schemas", "data-extension-response")
    for one in examples(standard, version):
        if one.parts[-3:-1] == ("reconciliation-query-batch", "valid"):
            response = client.post("/reconcile", {"queries": one.read_text()})
            assert response.json().keys() == json.loads(one.read_text()).keys()
            assert answers.is_valid(response.json())
        elif one.parts[-3:-1] == ("data-extension-query", "valid"):
            asked = json.loads(one.read_text())
            refused = client.post("/reconcile", {"extend": json.dumps(asked)})
            assert refused.json()["detail"] == "There is no property variantName."
            ours = asked | {"properties": [told | {"id": "web"} for told in asked["properties"]]}
            told = client.post("/reconcile", {"extend": json.dumps(ours)}).json()
            assert columns.is_valid(told)
            assert set(told["rows"]) == set(asked["ids"])


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_our_answers_are_as_the_schemas_have_them(
    client: Client, places: dict[str, Place], standard: Path, version: str
) -> None:
    queries = json.dumps({"a": {"query": "La Filature"}, "b": {"properties": [{"pid": "locality", "v": "Nice"}]}})
    extend = json.dumps({"ids": [places["mill"].pk, "nobody"], "properties": [{"id": "web"}, {"id": "desks"}]})
    answers = {
        "manifest": client.get("/reconcile"),
        "reconciliation-result-batch": client.get("/reconcile", {"queries": queries}),
        "suggest-entities-response": client.get("/reconcile/suggest/entity", {"prefix": "c"}),
        "suggest-properties-response": client.get("/reconcile/suggest/property", {"prefix": "c"}),
        "suggest-types-response": client.get("/reconcile/suggest/type", {"prefix": "c"}),
        "data-extension-response": client.get("/reconcile", {"extend": extend}),
        "data-extension-property-proposal": client.get("/reconcile/properties", {"type": "place"}),
    }
    for name, answer in answers.items():
        validator = schema(having(standard, version, name), name)
        assert [str(one) for one in validator.iter_errors(answer.json())] == [], name
        assert not validator.is_valid(5), name


@pytest.mark.data
def test_what_the_manifest_promises_is_there(client: Client, places: dict[str, Place], standard: Path) -> None:
    """A preview as in the example of one, and no flyout."""
    told = client.get("/reconcile").json()
    assert "flyout" not in json.dumps(told)
    example = (standard / "0.2/examples/preview-response/example.html").read_text()
    page = client.get(told["preview"]["url"].replace("{{id}}", places["mill"].pk)).content.decode()
    assert "<html" in example and "<html" in page and "La Filature" in page
