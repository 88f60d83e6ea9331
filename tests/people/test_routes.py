"""Every page and API route of the site, asked by everyone there is: what each gets stands in one table.

A route that is not in the table fails the first test; so does a line for a route that is no more.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from coworkmed.people import services
from coworkmed.people.models import Membership, Organisation, Person
from coworkmed.places.models import Place

from .conftest import organisation, person, role

NOBODY, STRANGER, ABOVE, OPERATOR = "nobody", "stranger", "COORDINATOR above", "operator"
IN_IT = ("OWNER", "COORDINATOR", "STEWARD", "TEAM", "OBSERVER")
EVERYONE = (NOBODY, STRANGER, *IN_IT, ABOVE, OPERATOR)
LOGIN = 302  # for who did not sign in, a redirect means: to where one does

Statuses = Mapping[str, int]


def for_all(status: int) -> Statuses:
    return dict.fromkeys(EVERYONE, status)


def signed_in(status: int = 200, nobody: int = LOGIN) -> Statuses:
    return for_all(status) | {NOBODY: nobody}


def members(status: int, refused: int = 403, also: tuple[str, ...] = IN_IT) -> Statuses:
    """``status`` for the roles ``also`` and operators, ``refused`` for other members; nothing there for strangers."""
    told = dict.fromkeys((*IN_IT, ABOVE), refused) | dict.fromkeys(also, status)
    return told | {NOBODY: LOGIN, STRANGER: 404, OPERATOR: status}


RUN = ("OWNER", "COORDINATOR", ABOVE)
#: Who did not sign in is sent to the first page, not to sign in.
OUT = ("GET /en/account/logout/", "GET /identity/o/logout")
OPEN, GONE, NOT_HERE = for_all(200), for_all(302), for_all(404)

TABLE: Mapping[str, Statuses] = {
    "GET /": GONE,
    "GET /language/<slug:code>/": GONE,
    "GET /robots.txt": OPEN,
    "GET /sitemap.xml": OPEN,
    "GET /sitemap/<slug:code>/<slug:name>.xml": OPEN,
    "GET /favicon.ico": GONE,
    "GET /state-of-play/files/<path:name>": NOT_HERE,
    "GET /places.csv": OPEN,
    "GET /places.geojson": OPEN,
    "GET /places.atom": OPEN,
    "GET /suggest.json": OPEN,
    "GET /api/v1/openapi.json": OPEN,
    "GET /api/v1/": OPEN,
    "GET /api/v1/places": OPEN,
    "GET /api/v1/places/facets": OPEN,
    "GET /api/v1/places/<public_id>": OPEN,
    "GET /api/v1/suggest": for_all(422),
    "GET /api/v1/territories/<code>": OPEN,
    "GET /api/v1/sources": OPEN,
    "GET /api/v1/sources/<key>": OPEN,
    "GET /^api(?:/|$)": NOT_HERE,
    "GET /en/": OPEN,
    "GET /en/places/": OPEN,
    "GET /en/places/<slug:public_id>/": OPEN,
    "GET /en/places/<slug:public_id>/sheet/": OPEN,
    "GET /en/places/<slug:public_id>/tell/": OPEN,
    "GET /en/places/<slug:public_id>/card.vcf": OPEN,
    "GET /en/places/<slug:public_id>/picture.png": OPEN,
    "GET /en/places/<slug:public_id>/code.svg": OPEN,
    "GET /en/map/": OPEN,
    "GET /en/map/points": OPEN,
    "GET /en/territories/": OPEN,
    "GET /en/territories/town/<int:number>/": OPEN,
    "GET /en/territories/<str:code>/": OPEN,
    "GET /en/sources/": OPEN,
    "GET /en/sources/<slug:key>/": OPEN,
    "GET /en/method/": OPEN,
    "GET /en/api/": OPEN,
    "GET /en/styleguide/": OPEN,
    "GET /en/state-of-play/": OPEN,
    # one's account: always one's own
    "GET /en/account/": signed_in(),
    "POST /en/account/consent/<slug:purpose>/": signed_in(302),
    "GET /en/account/export/": signed_in(),
    "GET /en/account/delete/": signed_in(),
    "GET /en/account/login/": signed_in(302, nobody=200),
    "GET /en/account/logout/": signed_in(),
    "GET /en/account/inactive/": OPEN,
    "GET /en/account/signup/": signed_in(302, nobody=200),
    "GET /en/account/reauthenticate/": signed_in(403),
    "GET /en/account/email/": signed_in(),
    "GET /en/account/confirm-email/": signed_in(302),
    "GET /en/account/login/code/confirm/": signed_in(302),
    "GET /en/account/login/code/": signed_in(302, nobody=200),
    "GET /en/account/2fa/": signed_in(),
    "GET /en/account/2fa/authenticate/": signed_in(302),
    "GET /en/account/2fa/reauthenticate/": signed_in(403),
    "GET /en/account/2fa/totp/activate/": signed_in(),
    "GET /en/account/2fa/totp/deactivate/": signed_in(404),
    "GET /en/account/2fa/recovery-codes/": signed_in(404),
    "GET /en/account/2fa/recovery-codes/generate/": signed_in(),
    "GET /en/account/2fa/recovery-codes/download/": signed_in(404),
    "GET /en/account/2fa/webauthn/": signed_in(),
    "GET /en/account/2fa/webauthn/add/": signed_in(),
    "GET /en/account/2fa/webauthn/reauthenticate/": signed_in(403),
    "GET /en/account/2fa/webauthn/keys/<int:pk>/remove/": signed_in(404),
    "GET /en/account/2fa/webauthn/keys/<int:pk>/edit/": signed_in(404),
    "GET /en/account/2fa/webauthn/login/": signed_in(302, nobody=302),
    "GET /en/account/sessions/": signed_in(),
    "GET /en/account/3rdparty/login/cancelled/": OPEN,
    "GET /en/account/3rdparty/login/error/": for_all(401),
    "GET /en/account/3rdparty/signup/": signed_in(302),
    "GET /en/account/3rdparty/": signed_in(),
    # other sites
    "GET /account/oidc/<provider_id>/login/": NOT_HERE,
    "GET /account/oidc/<provider_id>/login/callback/": NOT_HERE,
    "GET /identity/o/authorize": signed_in(),  # which site is not said: a page that says so
    "GET /identity/o/device": signed_in(),
    "GET /identity/o/logout": signed_in(nobody=302),
    "POST /identity/o/api/token": for_all(400),
    "POST /identity/o/api/revoke": for_all(400),
    "POST /identity/o/api/device/code": for_all(400),
    "GET /identity/o/api/userinfo": for_all(401),
    "GET /.well-known/openid-configuration": OPEN,
    "GET /.well-known/jwks.json": OPEN,
    # organisations and roles: of one that OWNER … OBSERVER are in, under one that ABOVE coordinates
    "GET /en/organisations/new/": signed_in(),
    "GET /en/organisations/<int:pk>/": members(200) | {ABOVE: 200},
    "POST /en/organisations/<int:pk>/": members(302, also=RUN),
    "POST /en/organisations/<int:pk>/invite/": members(302, also=RUN),
    "POST /en/organisations/<int:pk>/dissolve/": members(302, also=("OWNER",)),
    "POST /en/roles/<int:pk>/end/": members(302, also=(*RUN, "TEAM")),  # the team member's own
    "GET /en/roles/<int:pk>/give/": members(403) | {"TEAM": 200},
    "POST /en/invitations/<int:pk>/withdraw/": members(302, refused=404, also=RUN),
    "GET /en/invitations/<str:token>/": signed_in(),
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        shape = before + ("en/" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern))
        if isinstance(one, URLResolver):
            yield from routes(one, shape)
        elif isinstance(one, URLPattern) and not shape.startswith("admin/"):
            yield "/" + shape.replace("^(?P<provider_id>[^/]+)", "<provider_id>")


def test_every_route_is_in_the_table_and_no_other() -> None:
    assert {line.partition(" ")[2] for line in TABLE} == set(routes(get_resolver()))


@pytest.fixture
def cast(places: dict[str, Place]) -> dict[str, Any]:
    """Everyone there is, and what the addresses of the table are about."""
    network = organisation("Network")
    mill = organisation("Mill", network, kind="OPERATOR")
    found = {one: person(f"{one.lower()}@example.org") for one in IN_IT}
    held = {one: role(who, mill, one) for one, who in found.items()}
    found |= {STRANGER: person("stranger@example.org"), ABOVE: person("above@example.org")}
    role(found[ABOVE], network, "COORDINATOR")
    found[OPERATOR] = Person.objects.create_superuser("operator@example.org")
    token = services.invite(by=found["OWNER"], organisation=mill, email="new@example.org", role="TEAM")
    offer = services.invitation(token)
    assert offer
    return {
        "people": found,
        "values": {
            "<slug:code>/<slug:name>": "en/pages",
            "<slug:code>": "fr",
            "<slug:public_id>": places["mill"].pk,
            "<public_id>": places["mill"].pk,
            "<slug:key>": "region-fictive",
            "<key>": "region-fictive",
            "<str:code>": "FR",
            "<code>": "FR",
            "<int:number>": "2995469",
            "<path:name>": "none.csv",
            "<slug:purpose>": "ASKED",
            "<provider_id>": "none",
            "<str:token>": token,
            "organisations/<int:pk>": f"organisations/{mill.pk}",
            "roles/<int:pk>": f"roles/{held['TEAM'].pk}",
            "invitations/<int:pk>": f"invitations/{offer.pk}",
            "keys/<int:pk>": "keys/1",
            "^api(?:/|$)": "api/none",
        },
    }


@pytest.mark.parametrize("line", TABLE)
def test_each_gets_what_the_table_says(cast: dict[str, Any], line: str) -> None:
    method, _, path = line.partition(" ")
    for mark, value in cast["values"].items():
        path = path.replace(mark, value)
    got: dict[str, int] = {}
    for who in EVERYONE:
        client = Client()
        if who in cast["people"]:
            client.force_login(cast["people"][who])
        with transaction.atomic():  # each finds things as they were
            posted = {"name": "Mill", "email": "other@example.org", "role": "TEAM", "given": "yes"}
            answer = client.generic(method, path) if method == "GET" else client.post(path, posted)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        got[who] = answer.status_code
        if who == NOBODY and TABLE[line] != GONE and line not in OUT and answer.status_code == 302:
            assert "/account/login/" in answer.headers["Location"], line
    assert got == TABLE[line]


def test_a_role_that_ended_opens_nothing_at_once(cast: dict[str, Any]) -> None:
    client, mill = Client(), Organisation.objects.get(name__en="Mill")
    client.force_login(cast["people"]["COORDINATOR"])
    page = f"/en/organisations/{mill.pk}/"
    assert client.get(page).status_code == 200
    services.end(by=cast["people"]["OWNER"], membership=Membership.objects.get(role="COORDINATOR", organisation=mill))
    assert client.get(page).status_code == 404
    assert client.post(page + "invite/", {"email": "x@example.org", "role": "TEAM"}).status_code == 404


def test_addresses_are_seen_by_who_answers_for_them_only(cast: dict[str, Any]) -> None:
    mill = Organisation.objects.get(name__en="Mill")
    for who in (*IN_IT, ABOVE, OPERATOR):
        client = Client()
        client.force_login(cast["people"][who])
        text = client.get(f"/en/organisations/{mill.pk}/").content.decode()
        assert ("steward@example.org" in text) == (who in (*RUN, OPERATOR)), who
        assert ("new@example.org" in text) == (who in (*RUN, OPERATOR)), who


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_administrators_pages_are_for_operators(cast: dict[str, Any], model: Any) -> None:
    page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for who in EVERYONE:
        client = Client()
        if who in cast["people"]:
            client.force_login(cast["people"][who])
        for path in ("/admin/", page, page + "add/"):
            answer = client.get(path)
            if who == OPERATOR:
                assert answer.status_code in (200, 403), path
            else:
                assert answer.status_code == 302, path
                assert answer.headers["Location"].startswith("/admin/login/"), path
        assert client.get("/admin/login/").status_code == (403 if who not in (NOBODY, OPERATOR) else 302)
