"""The description of the API and its answers agree, whatever is asked: tried by schemathesis, in process."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as example_settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from coworkmed.places.models import Place
from coworkmed.urls import read_api

DESCRIBED = read_api.get_openapi_schema()
SCHEMA = schemathesis.openapi.from_dict(dict(DESCRIBED))
SCHEMA.app = WSGIHandler()
#: Every route with sense, and with nonsense where anything can be asked (any text may be an identifier).
ASKED = [
    (address, mode)
    for address, methods in sorted(DESCRIBED["paths"].items())
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or any(one["in"] == "query" for one in methods["get"]["parameters"])
]
PLAIN = {"Accept-Encoding": "identity"}
#: What must hold of every answer. That all which fits the description is accepted does not: a cursor is a text, but
#: not every text is a cursor.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request ends with its connection to the database closed; here all share the test's own."""
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_it_is_openapi_3_1() -> None:
    assert DESCRIBED["openapi"].startswith("3.1")
    SCHEMA.validate()


@pytest.mark.parametrize(("address", "mode"), ASKED, ids=lambda one: getattr(one, "value", one))
def test_every_answer_is_a_documented_one(places: dict[str, Place], address: str, mode: GenerationMode) -> None:
    operation = SCHEMA[address]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @example_settings(
        max_examples=15,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def tried(case: Any) -> None:
        case.call_and_validate(headers=PLAIN, checks=CHECKS)

    tried()


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("places/{public_id}", "public_id", "one that stands"),
        ("places/{public_id}", "public_id", "one that was merged"),
        ("sources/{key}", "key", "mreza"),
        ("territories/{code}", "code", "FR"),
        ("territories/{code}", "code", "FR-PAC"),
        ("territories/{code}", "code", "2995469"),
    ],
)
def test_known_identifiers_give_documented_answers(
    places: dict[str, Place], address: str, name: str, value: str
) -> None:
    """What chance would never hit."""
    known = {"one that stands": places["mill"].pk, "one that was merged": Place.objects.exclude(merged_into=None)[0].pk}
    case = SCHEMA[f"/api/v1/{address}"]["GET"].Case(path_parameters={name: known.get(value, value)})
    case.call_and_validate(headers=PLAIN, checks=CHECKS)
