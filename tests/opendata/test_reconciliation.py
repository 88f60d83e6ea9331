"""The reconciliation service: as its schemas have it, by our own matching, and unmoved by whatever is sent."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.opendata import reconciliation
from coworkmed.opendata.reconciliation import Query, QueryError
from coworkmed.opendata.views import reconciliation as views
from coworkmed.places.models import Place

V2 = "conformance/reconciliation/0.2"


def ask(client: Client, post: bool = True, **queries: Any) -> Any:
    response = (client.post if post else client.get)("/reconcile", {"queries": json.dumps(queries)})
    assert response.status_code == 200, response.content
    return response.json()


def told(**values: Any) -> list[dict[str, Any]]:
    return [{"pid": name, "v": value} for name, value in values.items()]


def fits(value: Any, folder: Path, name: str) -> bool:
    """Whether it is as the schema of that name has it."""
    schemas = folder / V2 / "schemas"
    type_ = json.loads((schemas / "type.json").read_text())
    text = (schemas / f"{name}.json").read_text()
    schema = json.loads(text, object_hook=lambda one: type_ if one.get("$ref") == "type.json" else one)
    _without(schema, "authentication")
    _without(schema, "broader")
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return jsonschema_rs.Draft7Validator(schema).is_valid(value)


def _without(node: Any, name: str) -> None:
    if isinstance(node, dict):
        node.pop(name, None)
        for one in node.values():
            _without(one, name)


@pytest.mark.data
def test_it_is_as_the_schemas_have_it(client: Client, places: dict[str, Place], shared_data: Path) -> None:
    def here(value: Any, name: str) -> bool:
        return fits(value, shared_data, name)

    assert here(client.get("/reconcile").json(), "manifest")
    answers = ask(client, a={"query": "La Filature"}, b={"query": "x", "properties": told(locality="Nice")})
    assert here(answers, "reconciliation-result-batch")
    assert not here({"a": 5}, "reconciliation-result-batch")
    for what, name in (("entity", "entities"), ("property", "properties"), ("type", "types")):
        suggested = client.get(f"/reconcile/suggest/{what}", {"prefix": "c"}).json()
        assert here(suggested, f"suggest-{name}-response")
        assert suggested["result"]
    assert here(client.get("/reconcile/properties", {"type": "place"}).json(), "data-extension-property-proposal")
    wanted = {"ids": [places["mill"].pk, "nobody"], "properties": [{"id": "web"}, {"id": "kinds"}, {"id": "desks"}]}
    assert here(wanted, "data-extension-query")
    extended = client.post("/reconcile", {"extend": json.dumps(wanted)}).json()
    assert here(extended, "data-extension-response")


def test_a_name_alone_finds_what_is_called_so(client: Client, places: dict[str, Place]) -> None:
    (mill,) = ask(client, a={"query": "la filature"})["a"]["result"]
    assert mill["id"] == places["mill"].pk
    assert mill["match"] is False  # many places are called alike
    assert mill["description"].startswith("Saint-Rémy")
    exact = ask(client, a={"query": "Κοινός τόπος εργασίας Κυψέλης"})["a"]["result"][0]
    assert (exact["id"], exact["score"]) == (places["athens"].pk, 100)


def test_what_else_is_told_makes_it_sure(client: Client, places: dict[str, Place]) -> None:
    known = told(locality="Saint-Rémy-de-Fiction", postcode="13999", country="FR", web="https://filature.example/")
    (mill, *_) = ask(client, a={"query": "Filature", "properties": known})["a"]["result"]
    assert (mill["id"], mill["match"]) == (places["mill"].pk, True)
    assert mill["score"] > 90
    elsewhere = told(locality="Napoli", country="IT", phone="+390811234567")
    found = ask(client, a={"query": "La Filature", "properties": elsewhere})["a"]["result"]
    assert not any(one["match"] for one in found)


def test_a_place_is_found_by_where_it_is(client: Client, places: dict[str, Place]) -> None:
    near = told(lat=37.9991, lon=23.7411)
    (athens,) = ask(client, a={"query": "Kypseli Workplace", "properties": near})["a"]["result"]
    assert athens["id"] == places["athens"].pk


def test_only_places_of_the_kind_are_told(client: Client, places: dict[str, Place]) -> None:
    for types, ids in (("FAB", 1), (["place", "FAB"], 1), (["LIVING_LAB"], 0), ("place", 1), ([], 1)):
        assert len(ask(client, a={"query": "la filature", "type": types})["a"]["result"]) == ids


@pytest.mark.parametrize(
    ("strict", "types", "count"),
    [
        ("any", ["FAB", "LIVING_LAB"], 1), ("all", ["COWORK", "FAB"], 1), ("all", ["FAB", "LIVING_LAB"], 0),
        ("should", ["LIVING_LAB"], 1), ("should", ["Q5"], 1),
    ],
)  # fmt: skip
def test_how_strictly_the_kind_is_meant(
    client: Client, places: dict[str, Place], strict: str, types: list[str], count: int
) -> None:
    asked = {"query": "la filature", "type": types, "type_strict": strict}
    assert len(ask(client, a=asked)["a"]["result"]) == count


def test_a_batch_is_answered_by_get_and_by_post(client: Client, places: dict[str, Place]) -> None:
    asked = {
        "q0": {"query": "Officina Mare", "limit": 1},
        "q1": {"query": "nothing at all like it"},
        "q2": {"query": "Čamac"},
    }
    by_post, by_get = ask(client, **asked), ask(client, post=False, **asked)
    assert by_post == by_get
    assert [len(by_post[one]["result"]) for one in asked] == [1, 0, 1]


def test_columns_are_fetched(client: Client, places: dict[str, Place]) -> None:
    mill = places["mill"].pk
    columns = ("desks", "kinds", "web", "attributions", "brand")
    wanted = {"ids": [mill, mill, "nobody", "é"], "properties": [{"id": name} for name in columns]}
    for asked in (client.get, client.post):
        extended = asked("/reconcile", {"extend": json.dumps(wanted)}).json()
        assert set(extended["rows"]) == {mill, "nobody", "é"}
        assert extended["rows"][mill] == {
            "desks": [{"float": 24}],
            "kinds": [{"str": "COWORK"}, {"str": "FAB"}],
            "web": [{"str": "https://filature.example/"}],
            "attributions": [{"str": "A keeper, 2026"}, {"str": "A keeper, 2026"}],
            "brand": [],
        }
        assert extended["rows"]["nobody"]["desks"] == []


def test_suggestions_follow_what_is_typed(client: Client, places: dict[str, Place]) -> None:
    def ids(what: str, prefix: str) -> list[str]:
        return [one["id"] for one in client.get(f"/reconcile/suggest/{what}", {"prefix": prefix}).json()["result"]]

    assert ids("entity", "filat") == [places["mill"].pk]
    assert ids("entity", "") == []
    assert "postcode" in ids("property", "postc")
    assert "COWORK" in ids("type", "cowo")
    assert ids("type", "\0zz") == []


@pytest.mark.parametrize(
    "queries",
    [
        "", "x", "[]", "5", "null", '{"a": 5}', '{"a": {}}', '{"a": {"query": 5}}', '{"a": {"query": ""}}',
        '{"a": {"query": "x", "limit": 0}}', '{"a": {"query": "x", "limit": true}}',
        '{"a": {"query": "x", "limit": NaN}}',
        '{"a": {"query": "x", "limit": 1e400}}', '{"a": {"query": "x", "type": 5}}',
        '{"a": {"query": "x", "type": "Q5"}}', '{"a": {"query": "x", "type_strict": "perhaps"}}',
        '{"a": {"query": "x", "type_strict": []}}', '{"a": {"query": "x", "props": []}}',
        '{"a": {"query": "x", "properties": {}}}', '{"a": {"query": "x", "properties": [5]}}',
        '{"a": {"query": "x", "properties": [{"pid": "web"}]}}',
        '{"a": {"query": "x", "properties": [{"pid": "web", "v": {}}]}}',
        '{"a": {"query": "x", "properties": [{"pid": "web", "v": [[]]}]}}',
        "[" * 100_000, json.dumps({str(one): {"query": "x"} for one in range(51)}),
        '{"a":{"query":"' + "x" * 200_000 + '"}}',
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(client: Client, places: dict[str, Place], queries: str) -> None:
    for asked in (client.post, client.get) if len(queries) < 1000 else (client.post,):
        response = asked("/reconcile", {"queries": queries})
        assert response.status_code == 400
        assert response.json()["code"] == "invalid-parameter"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "extend",
    ["", "[]", "{}", '{"ids": [5], "properties": []}', '{"ids": [], "properties": ["web"]}',
     '{"ids": [], "properties": [{"id": "x"}]}',
     '{"ids": [], "properties": [{"id": {}}]}', json.dumps({"ids": ["x"] * 501, "properties": []})],
)  # fmt: skip
def test_columns_that_make_no_sense_are_said(client: Client, places: dict[str, Place], extend: str) -> None:
    assert client.post("/reconcile", {"extend": extend}).status_code == 400


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    max_leaves=5,
)
TOLD = st.lists(st.fixed_dictionaries({"pid": st.sampled_from(sorted(reconciliation.PROPERTIES)), "v": ANY}))
PARTS = {"query": ANY, "type": ANY, "limit": ANY, "properties": ANY | TOLD}


@given(st.fixed_dictionaries({}, optional=PARTS))
def test_whatever_is_asked_is_understood_or_refused(given_: dict[str, Any]) -> None:
    try:
        query = Query.read(given_)
    except QueryError:
        return
    assert reconciliation._record(query).key[0] == "theirs"


def test_strange_values_are_compared_all_the_same(client: Client, places: dict[str, Place]) -> None:
    odd = told(
        lat="x", lon=1e300, phone="☎", web="javascript:1", country="Atlantis", siret="1", address="\ud800 12", opened=-5
    )
    ask(client, a={"query": "= \x00 %_", "properties": odd}, b={"properties": told(lat=91, lon=200)}, c={"query": "🏛"})


def test_too_often_is_refused_for_a_while(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [60.0]
    monkeypatch.setattr(views, "OFTEN", 2)
    monkeypatch.setattr(views, "_counts", views.Counts())
    monkeypatch.setattr("time.time", lambda: moments[0])
    for _ in range(2):
        ask(client, a={"query": "x"})
    response = client.post("/reconcile", {"queries": "{}"})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert response.json()["code"] == "too-many-requests"
    moments[0] = 120.0
    ask(client, a={"query": "x"})
    assert client.get("/reconcile").status_code == 200  # what it is may always be asked


def test_it_is_read_from_pages_of_others(client: Client, places: dict[str, Place]) -> None:
    preflight = client.options("/reconcile")
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert client.delete("/reconcile").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/reconcile", {"queries": "{}"}).status_code == 200


def test_a_preview_may_stand_in_a_frame_of_theirs(client: Client, places: dict[str, Place]) -> None:
    page = client.get("/reconcile/preview", {"id": places["hostile"].pk})
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.content.decode()
    for nobody in ("", "nobody", "é\0", places["gone"].pk):
        assert client.get("/reconcile/preview", {"id": nobody}).status_code == 404
