"""Headers on every answer, the published folder, and who may see the administrators' pages."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.web import published, security

POLICY = security.policy()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty published folder, and a secret beside it."""
    monkeypatch.setattr(published, "_folder", lambda: tmp_path / "published")
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "published" / "report").mkdir(parents=True)
    return tmp_path / "published"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/fr/", "/fr/nothing/", "/admin/login/", "/static/site.css", "/fr/places/?q=%00"]
)
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    answer = client.get(path)
    answer.close()
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_browsers_that_guess_the_icon_find_it(client: Client) -> None:
    """The report has no head of ours to name it."""
    assert client.get("/favicon.ico").headers["Location"] == "/static/mark.svg"


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    for directive in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in POLICY


def test_a_document_of_ours_may_use_its_own_style_and_no_other() -> None:
    style = "\nbody { color: teal }\n"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = security.policy_for_document(f"<html><style media=all>{style}</style><p style='x'>")
    assert f"style-src 'self' 'sha256-{digest}';" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_nothing_published_is_said_plainly(client: Client, folder: Path) -> None:
    assert "Nothing is published yet" in client.get("/en/state-of-play/").content.decode()


@pytest.mark.django_db
def test_published_files_are_served(client: Client, folder: Path) -> None:
    (folder / "report" / "index.html").write_text("<!doctype html><style>p{}</style><p>Σ", encoding="utf-8")
    (folder / "places.csv").write_text("place_id\n", encoding="utf-8")
    page = client.get("/en/state-of-play/").content.decode()
    assert "/state-of-play/files/report/index.html" in page
    assert "/state-of-play/files/places.csv" in page
    report = client.get("/state-of-play/files/report/index.html")
    assert report.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "'sha256-" in report.headers["Content-Security-Policy"]
    table = client.get("/state-of-play/files/places.csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(table.streaming_content) == b"place_id\n"
    table.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "../secret.json", "..%2Fsecret.json", "report/../../secret.json", "/etc/passwd", "link.json", "notes.txt",
        "report", "nothing.csv", "%00.csv", "x" * 5000 + ".csv",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client: Client, folder: Path, name: str) -> None:
    (folder / "notes.txt").write_text("not for readers")
    (folder / "link.json").symlink_to(folder.parent / "secret.json")
    assert client.get(f"/state-of-play/files/{name}").status_code == 404


@pytest.mark.django_db
def test_the_published_folder_is_in_var() -> None:
    assert published._folder() == settings.ENV.var / "published"


@pytest.fixture
def steward(client: Client, db: None) -> Client:
    client.force_login(Person.objects.create_superuser("steward@example.org", password="a long enough password"))
    return client


def test_strangers_are_sent_to_sign_in(client: Client, places: dict[str, Place]) -> None:
    client.force_login(Person.objects.create_user("reader@example.org"))
    answer = client.get("/admin/places/place/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


OURS = [model._meta for model in admin.site._registry if model.__module__.startswith("coworkmed")]


def test_every_model_of_ours_can_be_looked_at() -> None:
    from django.apps import apps

    ours = {model for name in ("people", "sources", "places") for model in apps.get_app_config(name).get_models()}
    assert ours <= set(admin.site._registry)


@pytest.mark.parametrize("meta", OURS, ids=str)
def test_administrators_look_and_do_not_touch(
    steward: Client, places: dict[str, Place], meta: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    home = f"/admin/{meta.app_label}/{meta.model_name}/"
    with django_assert_max_num_queries(14):
        assert steward.get(home).status_code == 200
    assert steward.get(home, {"q": "a'%00b"}).status_code == 200
    assert steward.get(home + "add/").status_code == 403
    first = meta.model.objects.first()
    if first is not None:
        assert steward.get(f"{home}{first.pk}/change/").status_code == 200
        assert steward.post(f"{home}{first.pk}/change/", {}).status_code == 403
        assert steward.post(f"{home}{first.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("style", "hosts"),
    [
        ("", ""),
        ("https://maps.example/styles/sea.json?key=1", "https://maps.example"),
        ("https://a.example:8443/s.json https://tiles.example", "https://a.example:8443 https://tiles.example"),
        ("https://a.example/1 https://a.example/2", "https://a.example"),
    ],
)
def test_an_operators_map_may_call_its_own_hosts_and_no_other(style: str, hosts: str) -> None:
    assert security.map_hosts(style) == hosts
    policy = security.policy(connect_src=hosts, img_src=hosts)
    assert f"connect-src 'self' {hosts}".strip() + ";" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    "style",
    ["http://a.example/s.json", "https://", "javascript:alert(1)", "https://a.example;script-src", "https://*", "/s"],
)
def test_an_address_no_policy_can_name_stops_the_site_with_a_sentence(style: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="COWORKMED_MAP_STYLE"):
        security.map_hosts(style)
