"""Every page and API route of the site, asked by everyone there is: what each gets stands in one table.

A route that is not in the table fails the first test; so does a line for a route that is no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone

from coworkmed.hospitality.models import Bearer, Device, Pass
from coworkmed.kernel.values import Value
from coworkmed.ledger import services as ledger
from coworkmed.ledger.models import SetOff
from coworkmed.observatory.models import Story
from coworkmed.observatory.stories import letters as stories
from coworkmed.people import services
from coworkmed.people.models import Membership, Operates, Organisation, Person
from coworkmed.places.models import Place
from coworkmed.platform import tokens
from coworkmed.platform.audit import MACHINE, Thing
from coworkmed.platform.stops import stop_address
from coworkmed.stewardship.models import Claim
from coworkmed.stewardship.services.reports import report
from coworkmed.stewardship.services.suggestions import suggest
from coworkmed.stewardship.services.words import Word, seal

from ..observatory.census import waves as census
from ..places.test_review_desk import doubt
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


def reviewers(status: int) -> Statuses:
    """``status`` for those who tend a place, and operators; refused to others."""
    return signed_in(403) | dict.fromkeys(("COORDINATOR", "STEWARD", ABOVE, OPERATOR), status)


def speakers(status: int) -> Statuses:
    """``status`` for those who run the place or tend it; refused to others."""
    may = ("OWNER", "TEAM", "COORDINATOR", "STEWARD", ABOVE, OPERATOR)
    return signed_in(403) | dict.fromkeys(may, status)


def runners(status: int) -> Statuses:
    """``status`` for those who run the place; refused to others."""
    return signed_in(403) | dict.fromkeys(("OWNER", "TEAM"), status)


def readers(status: int) -> Statuses:
    """``status`` for those who may read the books of a place; refused to others."""
    return signed_in(403) | dict.fromkeys(("OWNER", "TEAM", "COORDINATOR", ABOVE, OPERATOR), status)


def deciders(status: int, *also: str) -> Statuses:
    """``status`` for those who tend a place, operators and ``also``; nothing there for others."""
    return signed_in(404) | dict.fromkeys(("COORDINATOR", "STEWARD", ABOVE, OPERATOR, *also), status)


RUN = ("OWNER", "COORDINATOR", ABOVE)
#: Who did not sign in is sent to the first page, not to sign in.
OUT = tuple(f"{method} {path}" for method in ("GET", "POST") for path in ("/en/account/logout/", "/identity/o/logout"))
#: Who did not sign in is asked for the code that was sent, or to come back with what was asked.
ONWARD = ("POST /en/account/signup/", "POST /identity/o/authorize")
OPEN, GONE, NOT_HERE = for_all(200), for_all(302), for_all(404)

TABLE: Mapping[str, Statuses] = {
    "GET /": GONE,
    "GET /language/<slug:code>/": GONE,
    "GET /robots.txt": OPEN,
    "GET /sitemap.xml": OPEN,
    "GET /sitemap/<slug:code>/<slug:name>.xml": OPEN,
    "GET /favicon.ico": GONE,
    "GET /mail/stop/<str:token>/": OPEN,
    "POST /mail/stop/<str:token>/": OPEN,  # by a mail program, of whoever has the mail
    "GET /state-of-play/files/<path:name>": NOT_HERE,
    "GET /places.csv": OPEN,
    "GET /places.geojson": OPEN,
    "GET /places.atom": OPEN,
    "GET /places.gpkg": OPEN,
    "GET /places.parquet": OPEN,
    "GET /catalogue": GONE,  # to the form the client likes best
    "GET /catalogue.ttl": OPEN,
    "GET /catalogue.jsonld": OPEN,
    "GET /datapackage.json": OPEN,
    "GET /reconcile": OPEN,
    "POST /reconcile": for_all(400),  # nothing is asked
    "GET /reconcile/suggest/entity": OPEN,
    "GET /reconcile/suggest/property": OPEN,
    "GET /reconcile/suggest/type": OPEN,
    "GET /reconcile/properties": OPEN,
    "GET /reconcile/preview": NOT_HERE,  # which place is not said
    "GET /ogc/": OPEN,
    "GET /ogc/conformance": OPEN,
    "GET /ogc/api": OPEN,
    "GET /ogc/collections": OPEN,
    "GET /ogc/collections/places": OPEN,
    "GET /ogc/collections/places/queryables": OPEN,
    "GET /ogc/collections/places/items": OPEN,
    "GET /ogc/collections/places/items/<str:place_id>": OPEN,
    "GET /en/open-data/": OPEN,
    "GET /en/open-data/dictionary/": OPEN,
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
    "GET /editions/<str:name>/datacite.json": NOT_HERE,  # none is made yet
    "GET /editions/<str:name>/citation.bib": NOT_HERE,
    "GET /editions/<str:name>/files/<path:file>": NOT_HERE,
    "GET /en/editions/": OPEN,
    "GET /en/editions/<str:name>/": NOT_HERE,
    "GET /en/observatory/indicators/": OPEN,
    "GET /en/observatory/over-time/": OPEN,
    "GET /en/observatory/indicators/<slug:code>/": OPEN,
    "GET /en/observatory/indicators/<slug:code>.csv": NOT_HERE,  # nothing is published yet
    "GET /en/api/": OPEN,
    "GET /en/styleguide/": OPEN,
    "GET /en/state-of-play/": OPEN,
    # the desk: of a pair that OWNER … OBSERVER run a place of
    "GET /en/review/": reviewers(200),
    "GET /en/review/next/": reviewers(302),
    "GET /en/review/<int:left>-<int:right>/": reviewers(200),
    "POST /en/review/<int:left>-<int:right>/": reviewers(422),  # without a verdict
    "GET /en/review/alike/": reviewers(404),  # which pairs is not said
    "POST /en/review/alike/": reviewers(404),
    "POST /en/review/undo/": reviewers(302),
    "POST /en/review/weights/": signed_in(403) | {OPERATOR: 302},
    # one's account: always one's own
    "GET /en/account/": signed_in(),
    "POST /en/account/": signed_in(422),  # no language was chosen
    "POST /en/account/consent/<slug:purpose>/": signed_in(302),
    "GET /en/account/export/": signed_in(),
    "GET /en/account/delete/": signed_in(),
    "POST /en/account/delete/": signed_in(422),  # no address was typed
    "GET /en/account/login/": signed_in(302, nobody=200),
    "POST /en/account/login/": signed_in(302, nobody=200),
    "GET /en/account/logout/": signed_in(),
    "POST /en/account/logout/": signed_in(302),
    "GET /en/account/inactive/": OPEN,
    "GET /en/account/signup/": signed_in(302, nobody=200),
    "POST /en/account/signup/": signed_in(302),
    "GET /en/account/reauthenticate/": signed_in(403),
    "POST /en/account/reauthenticate/": signed_in(403),
    "GET /en/account/email/": signed_in(),
    "POST /en/account/email/": signed_in(302),
    "GET /en/account/confirm-email/": signed_in(302),
    "POST /en/account/confirm-email/": signed_in(302),
    "GET /en/account/login/code/confirm/": signed_in(302),
    "POST /en/account/login/code/confirm/": signed_in(302),
    "GET /en/account/login/code/": signed_in(302, nobody=200),
    "POST /en/account/login/code/": signed_in(302),
    "GET /en/account/2fa/": signed_in(),
    "POST /en/account/2fa/": signed_in(405),
    "GET /en/account/2fa/authenticate/": signed_in(302),
    "POST /en/account/2fa/authenticate/": signed_in(302),
    "GET /en/account/2fa/reauthenticate/": signed_in(403),
    "POST /en/account/2fa/reauthenticate/": signed_in(403),
    "GET /en/account/2fa/totp/activate/": signed_in(),
    "POST /en/account/2fa/totp/activate/": signed_in(),  # a wrong code
    "GET /en/account/2fa/totp/deactivate/": signed_in(404),
    "POST /en/account/2fa/totp/deactivate/": signed_in(404),
    "GET /en/account/2fa/recovery-codes/": signed_in(404),
    "POST /en/account/2fa/recovery-codes/": signed_in(405),
    "GET /en/account/2fa/recovery-codes/generate/": signed_in(),
    "POST /en/account/2fa/recovery-codes/generate/": signed_in(),  # none without a second factor
    "GET /en/account/2fa/recovery-codes/download/": signed_in(404),
    "POST /en/account/2fa/recovery-codes/download/": signed_in(404),
    "GET /en/account/2fa/webauthn/": signed_in(),
    "POST /en/account/2fa/webauthn/": signed_in(405),
    "GET /en/account/2fa/webauthn/add/": signed_in(),
    "POST /en/account/2fa/webauthn/add/": signed_in(),  # no passkey was shown
    "GET /en/account/2fa/webauthn/reauthenticate/": signed_in(403),
    "POST /en/account/2fa/webauthn/reauthenticate/": signed_in(403),
    "GET /en/account/2fa/webauthn/keys/<int:pk>/remove/": signed_in(404),
    "POST /en/account/2fa/webauthn/keys/<int:pk>/remove/": signed_in(404),
    "GET /en/account/2fa/webauthn/keys/<int:pk>/edit/": signed_in(404),
    "POST /en/account/2fa/webauthn/keys/<int:pk>/edit/": signed_in(404),
    "GET /en/account/2fa/webauthn/login/": signed_in(302, nobody=302),
    "POST /en/account/2fa/webauthn/login/": signed_in(302),
    "GET /en/account/sessions/": signed_in(),
    "POST /en/account/sessions/": signed_in(302),
    "GET /en/account/3rdparty/login/cancelled/": OPEN,
    "GET /en/account/3rdparty/login/error/": for_all(401),
    "GET /en/account/3rdparty/signup/": signed_in(302),
    "POST /en/account/3rdparty/signup/": signed_in(302),
    "GET /en/account/3rdparty/": signed_in(),
    "POST /en/account/3rdparty/": signed_in(),
    # other sites
    "GET /account/oidc/<provider_id>/login/": NOT_HERE,
    "POST /account/oidc/<provider_id>/login/": NOT_HERE,
    "GET /account/oidc/<provider_id>/login/callback/": NOT_HERE,
    "POST /account/oidc/<provider_id>/login/callback/": NOT_HERE,
    "GET /identity/o/authorize": signed_in(),  # which site is not said: a page that says so
    "POST /identity/o/authorize": signed_in(302),
    "GET /identity/o/device": signed_in(),
    "POST /identity/o/device": signed_in(),
    "GET /identity/o/logout": signed_in(nobody=302),
    "POST /identity/o/logout": signed_in(nobody=302),
    "POST /identity/o/api/token": for_all(400),
    "POST /identity/o/api/revoke": for_all(400),
    "POST /identity/o/api/device/code": for_all(400),
    "GET /identity/o/api/userinfo": for_all(401),
    "POST /identity/o/api/userinfo": for_all(401),
    "GET /.well-known/openid-configuration": OPEN,
    "GET /.well-known/jwks.json": OPEN,
    # the word of a place, by a link of its mail, or by those who run it or tend it
    "GET /en/word/<slug:what>/<str:token>/": OPEN,
    "POST /en/word/<slug:what>/<str:token>/": OPEN,  # nothing was said
    "GET /en/word-said/<str:word>/": OPEN,
    "POST /en/word-said/<str:word>/undo/": GONE,
    "POST /en/word-link/<slug:what>/<str:token>/": OPEN,
    "POST /en/places/<slug:public_id>/ask-link/": OPEN,
    "GET /en/places/<slug:public_id>/confirm/": speakers(200),
    "POST /en/places/<slug:public_id>/confirm/": speakers(200),  # nothing was said
    "GET /en/places/<slug:public_id>/correct/": speakers(200),
    "POST /en/places/<slug:public_id>/correct/": speakers(422),  # half of the form is missing
    "GET /en/places/<slug:public_id>/gone/": speakers(200),
    "POST /en/places/<slug:public_id>/gone/": speakers(200),  # nothing was said
    # what anyone says of a page, without an account; and deciding on it
    "GET /en/places/<slug:public_id>/suggest/": OPEN,
    "POST /en/places/<slug:public_id>/suggest/": for_all(422),  # half of the form is missing
    "GET /en/places/<slug:public_id>/suggest/closed/": OPEN,
    "POST /en/places/<slug:public_id>/suggest/closed/": for_all(409),  # nobody opened the form
    "GET /en/places/<slug:public_id>/suggest/thanks/": OPEN,
    "GET /en/places/<slug:public_id>/report/": OPEN,
    "POST /en/places/<slug:public_id>/report/": for_all(422),  # no reason is given
    "GET /en/places/<slug:public_id>/report/thanks/": OPEN,
    "GET /en/suggestions/": signed_in(),
    "GET /en/suggestions/<int:pk>/": deciders(200, "OWNER", "TEAM"),
    "POST /en/suggestions/<int:pk>/": deciders(422, "OWNER", "TEAM"),  # nothing is ticked
    "GET /en/reports/<int:pk>/": deciders(200),
    "POST /en/reports/<int:pk>/": deciders(422),  # no reason is given
    "GET /en/reports/object/<str:token>/": for_all(410),  # a token for something else
    "POST /en/reports/object/<str:token>/": for_all(410),
    # claims: one of OWNER's organisation, and one of a stranger's on the place it runs
    "GET /en/places/<slug:public_id>/claim/": signed_in(),
    "POST /en/places/<slug:public_id>/claim/": signed_in(422),  # no proof is chosen
    "GET /en/places/<slug:public_id>/hand-back/": signed_in(403) | dict.fromkeys(("OWNER", "STEWARD", OPERATOR), 200),
    "POST /en/places/<slug:public_id>/hand-back/": signed_in(403) | dict.fromkeys(("OWNER", "STEWARD", OPERATOR), 302),
    "GET /en/claims/": signed_in(),
    "GET /en/claims/<int:pk>/": signed_in(404) | {"OWNER": 200},
    "POST /en/claims/<int:pk>/": signed_in(404) | {"OWNER": 422},  # no code is typed
    "POST /en/claims/<int:pk>/code/": signed_in(404) | {"OWNER": 422},  # to no address
    "POST /en/claims/<int:pk>/withdraw/": signed_in(404) | {"OWNER": 302},
    "GET /en/claims/<int:pk>/answer/": signed_in(404) | {"OWNER": 200},
    "POST /en/claims/<int:pk>/answer/": signed_in(404) | {"OWNER": 422},  # nothing is said
    # the steward's desk: its STEWARD belongs to one of the sides, and only who says who runs a place sees a code
    "GET /en/desk/": reviewers(200),
    "GET /en/desk/<slug:work>/": reviewers(200),
    "GET /en/desk/claims/<int:pk>/": reviewers(200),
    "POST /en/desk/claims/<int:pk>/": reviewers(422),  # neither yes nor no
    "POST /en/desk/claims/<int:pk>/call/": signed_in(403) | {OPERATOR: 302},
    "POST /en/desk/claims/<int:pk>/letter/": signed_in(403) | {OPERATOR: 302},
    # the books: of a place that OWNER … OBSERVER run, which gave another a day that is to be set off
    "GET /en/books/": signed_in() | dict.fromkeys(("OWNER", "TEAM", "COORDINATOR", ABOVE), 302),
    "GET /en/places/<slug:public_id>/books/": readers(200),
    "GET /en/places/<slug:public_id>/books/limits/": signed_in(403) | {"OWNER": 200},
    "POST /en/places/<slug:public_id>/books/limits/": signed_in(403) | {"OWNER": 422},  # nothing is said
    "GET /en/places/<slug:public_id>/books/statements/<str:name>": readers(404),  # none is made yet
    "POST /en/places/<slug:public_id>/books/set-off/<uuid:run>/": signed_in(403) | {"OWNER": 302},
    "GET /en/places/<slug:public_id>/books/take-back/<uuid:transfer>/": signed_in(403) | {"OWNER": 200},
    "POST /en/places/<slug:public_id>/books/take-back/<uuid:transfer>/": signed_in(403) | {"OWNER": 422},
    # the census: by a personal link, and for those who look after the places of a wave
    "GET /en/census/": OPEN,
    "GET /en/census/portrait/<int:number>/<slug:public_id>/": NOT_HERE,  # nobody made it public
    "GET /en/census/answer/<str:token>/": OPEN,
    "POST /en/census/answer/<str:token>/": GONE,
    "GET /en/census/answer/<str:token>/check/": OPEN,
    "POST /en/census/answer/<str:token>/check/": for_all(409),  # nothing was answered
    "GET /en/census/portrait/<int:number>/<slug:public_id>/portrait.pdf": NOT_HERE,
    "GET /en/census/of/<slug:public_id>/": runners(200),
    "POST /en/census/of/<slug:public_id>/": runners(404),  # which wave is not said
    "GET /en/census/answer/<str:token>/portrait.pdf": GONE,  # nothing was sent
    "GET /en/census/answer/<str:token>/withdraw/": OPEN,
    "POST /en/census/answer/<str:token>/withdraw/": GONE,
    "GET /en/census/answer/<str:token>/portrait/": GONE,  # nothing was sent
    "POST /en/census/answer/<str:token>/portrait/": GONE,
    "GET /en/census/answer/<str:token>/<slug:section>/": OPEN,
    "POST /en/census/answer/<str:token>/<slug:section>/": GONE,
    "GET /en/census/waves/": reviewers(200),
    "POST /en/census/waves/": reviewers(422) | {"STEWARD": 403},  # nothing is filled in
    "GET /en/census/waves/<int:number>/": reviewers(200),
    "POST /en/census/waves/<int:number>/": reviewers(404),  # what to do is not said
    "GET /en/census/waves/<int:number>/print/<slug:code>/": reviewers(200),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/": reviewers(200),
    "POST /en/census/waves/<int:number>/paper/<slug:code>/": reviewers(302),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/check/": reviewers(200),
    "POST /en/census/waves/<int:number>/paper/<slug:code>/check/": reviewers(409),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/portrait.pdf": reviewers(302),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/withdraw/": reviewers(200),
    "POST /en/census/waves/<int:number>/paper/<slug:code>/withdraw/": reviewers(302),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/portrait/": reviewers(302),
    "POST /en/census/waves/<int:number>/paper/<slug:code>/portrait/": reviewers(302),
    "GET /en/census/waves/<int:number>/paper/<slug:code>/<slug:section>/": reviewers(200),
    "POST /en/census/waves/<int:number>/paper/<slug:code>/<slug:section>/": reviewers(302),
    # stories: one that the mill sent, and its coders, who are of no place that tells
    "GET /en/stories/": OPEN,
    "GET /en/stories/themes/": OPEN,
    "GET /en/stories/<slug:reference>/": NOT_HERE,  # it is not published
    "GET /en/stories/of/<slug:public_id>/": OPEN,
    "POST /en/stories/of/<slug:public_id>/": OPEN,
    "GET /en/stories/of/<slug:public_id>/tell/": runners(200),
    "POST /en/stories/of/<slug:public_id>/tell/": runners(200),  # what to do is not said
    "GET /en/stories/tell/<str:token>/": OPEN,
    "POST /en/stories/tell/<str:token>/": OPEN,
    "GET /en/stories/desk/": reviewers(200),
    "GET /en/stories/desk/<slug:reference>/": reviewers(200),
    "POST /en/stories/desk/<slug:reference>/": reviewers(404),
    # passes: one of the mill's, which OWNER and TEAM run; and its desk, on a device that no one of these has
    "GET /en/passes/": signed_in(),
    "GET /en/pass/<str:token>/": NOT_HERE,  # a token for something else
    "POST /en/passes/<int:pk>/end/": signed_in(404) | dict.fromkeys(("OWNER", "TEAM"), 302),
    "POST /en/passes/<int:pk>/renew/": signed_in(404) | dict.fromkeys(("OWNER", "TEAM"), 302),
    "POST /en/passes/<int:pk>/link/": signed_in(404) | dict.fromkeys(("OWNER", "TEAM"), 302),
    "GET /en/places/<slug:public_id>/passes/": runners(200),
    "POST /en/places/<slug:public_id>/passes/": runners(422),  # half of the form is missing
    "POST /en/places/<slug:public_id>/passes/key/": signed_in(403) | {"OWNER": 302},
    "GET /en/places/<slug:public_id>/hosting/": runners(200),
    "POST /en/places/<slug:public_id>/hosting/": runners(422),  # half of the form is missing
    "GET /en/front-desk/": for_all(403),
    "GET /en/front-desk/briefing.json": for_all(403),
    "POST /en/front-desk/scans.json": for_all(403),
    "POST /en/front-desk/check/": for_all(403),
    "GET /en/front-desk/worker.js": OPEN,
    "GET /en/front-desk/app.webmanifest": OPEN,
    "GET /en/front-desk/set-up/<str:token>/": for_all(410),  # a token for something else
    "POST /en/front-desk/set-up/<str:token>/": for_all(410),
    "GET /en/places/<slug:public_id>/front-desk/": runners(200),
    "POST /en/places/<slug:public_id>/front-desk/": runners(422),  # it has no terms yet
    "GET /en/places/<slug:public_id>/front-desk/visits/": runners(200),
    "POST /en/desk-devices/<int:pk>/link/": signed_in(404) | dict.fromkeys(("OWNER", "TEAM"), 200),
    "POST /en/desk-devices/<int:pk>/revoke/": signed_in(404) | dict.fromkeys(("OWNER", "TEAM"), 302),
    # organisations and roles: of one that OWNER … OBSERVER are in, under one that ABOVE coordinates
    "GET /en/organisations/new/": signed_in(),
    "POST /en/organisations/new/": signed_in(302) | {OPERATOR: 422},  # operators say which kind
    "GET /en/organisations/<int:pk>/": members(200) | {ABOVE: 200},
    "POST /en/organisations/<int:pk>/": members(302, also=RUN),
    "POST /en/organisations/<int:pk>/invite/": members(302, also=RUN),
    "POST /en/organisations/<int:pk>/dissolve/": members(302, also=("OWNER",)),
    "POST /en/roles/<int:pk>/end/": members(302, also=(*RUN, "TEAM")),  # the team member's own
    "GET /en/roles/<int:pk>/give/": members(403) | {"TEAM": 200},
    "POST /en/roles/<int:pk>/give/": members(403) | {"TEAM": 422},
    "POST /en/invitations/<int:pk>/withdraw/": members(302, refused=404, also=RUN),
    "GET /en/invitations/<str:token>/": signed_in(),
    "POST /en/invitations/<str:token>/": signed_in(403),  # it was sent to someone else
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        shape = before + ("en/" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern))
        if isinstance(one, URLResolver):
            yield from routes(one, shape)
        elif isinstance(one, URLPattern) and not shape.startswith("admin/"):
            yield "/" + shape.replace("^(?P<provider_id>[^/]+)", "<provider_id>")


#: Each route, read and written.
BOTH = sorted({f"{method} {line.partition(' ')[2]}" for line in TABLE for method in ("GET", "POST")})


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
    Operates.objects.create(organisation=mill, place=places["mill"].pk)
    pair = doubt(*(link.entry for link in places["mill"].links.order_by("pk")))
    token = services.invite(by=found["OWNER"], organisation=mill, email="new@example.org", role="TEAM")
    offer = services.invitation(token)
    assert offer
    suggestion = suggest(place=places["mill"], fields={"desks": Value(30)})
    reported = report(place=places["mill"], reason="OTHER")
    claimed = Claim.objects.create(
        place=places["rome"], person=found["OWNER"], organisation=mill, proof="DOMAIN", due=timezone.now()
    )
    theirs = organisation("Theirs", kind="OPERATOR")
    role(found[STRANGER], theirs, "TEAM")
    disputed = Claim.objects.create(
        place=places["mill"], person=found[STRANGER], organisation=theirs, proof="PHONE", due=timezone.now(),
        disputed=True,
    )  # fmt: skip
    link = tokens.make(purpose="place.confirm", thing=Thing("place", places["mill"].pk), address="a@example.org")
    tale = Story.objects.create(
        place=places["rome"], language="it", text="A tale.", state="SUBMITTED", told_on=timezone.localdate()
    )
    telling = stories.link(places["mill"], "desk@place.example", language="en").rstrip("/").split("/")[-1]
    counted = census.invited(places["mill"], census.wave(organisation=mill))
    today = timezone.localdate()
    vouched = Pass.objects.create(pseudonym="0" * 14, home=places["mill"], code="0" * 10, since=today, until=today)
    Bearer.objects.create(pass_held=vouched, name="Member")
    tablet = Device.objects.create(place=places["mill"], name="Tablet")
    day = {"giver": places["mill"], "taker": places["rome"], "unit": "DAY", "about": "a stay", "by": MACHINE}
    gave = ledger.record(key=uuid4(), amount=100, **day)
    run = SetOff.objects.create(key=uuid4(), unit="DAY", answer_by=timezone.now())
    run.notices.create(debtor=places["rome"], creditor=places["mill"], amount=50, debt=100)
    return {
        "people": found,
        "cookies": {one: signed_in_as(who).cookies for one, who in found.items()},
        "values": {
            "<uuid:run>": str(run.pk),
            "<uuid:transfer>": str(gave.pk),
            "statements/<str:name>": "statements/2026-10-DAY.pdf",
            "passes/<int:pk>": f"passes/{vouched.pk}",
            "desk-devices/<int:pk>": f"desk-devices/{tablet.pk}",
            "answer/<str:token>": f"answer/{census.path(counted, language='en').split('/')[4]}",
            "tell/<str:token>": f"tell/{telling}",
            "<slug:reference>": tale.reference,
            "waves/<int:number>": f"waves/{counted.wave.number}",
            "<slug:section>": "basics",
            "print/<slug:code>": f"print/{counted.code}",
            "paper/<slug:code>": f"paper/{counted.code}",
            "indicators/<slug:code>": "indicators/places_open",
            "editions/<str:name>": "editions/2026-11",
            "<path:file>": "places.csv",
            "<slug:code>/<slug:name>": "en/pages",
            "<slug:code>": "fr",
            "<slug:public_id>": places["mill"].pk,
            "<public_id>": places["mill"].pk,
            "<str:place_id>": places["mill"].pk,
            "<slug:key>": "region-fictive",
            "<key>": "region-fictive",
            "<str:code>": "FR",
            "<code>": "FR",
            "<int:number>": "2995469",
            "<int:left>-<int:right>": f"{pair.left_id}-{pair.right_id}",
            "<path:name>": "none.csv",
            "stop/<str:token>": stop_address("someone@example.org").partition("/mail/")[2].strip("/"),
            "<slug:purpose>": "ASKED",
            "<provider_id>": "none",
            "word/<slug:what>/<str:token>": f"word/confirm/{link}",
            "word-link/<slug:what>/<str:token>": f"word-link/confirm/{link}",
            "<str:word>": seal(Word(places["mill"].pk, "", by=("owner", ""), on="2026-11-01", what="gone")),
            "<str:token>": token,
            "organisations/<int:pk>": f"organisations/{mill.pk}",
            "roles/<int:pk>": f"roles/{held['TEAM'].pk}",
            "invitations/<int:pk>": f"invitations/{offer.pk}",
            "suggestions/<int:pk>": f"suggestions/{suggestion.pk}",
            "reports/<int:pk>": f"reports/{reported.pk}",
            "claims/<int:pk>/answer": f"claims/{disputed.pk}/answer",
            "desk/claims/<int:pk>": f"desk/claims/{disputed.pk}",
            "claims/<int:pk>": f"claims/{claimed.pk}",
            "<slug:work>": "reports",
            "keys/<int:pk>": "keys/1",
            "^api(?:/|$)": "api/none",
        },
    }


def signed_in_as(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def asked(cast: dict[str, Any], line: str, whom: Sequence[str] = EVERYONE) -> dict[str, int]:
    """What each of them gets who asks as ``line`` says, finding things as they were."""
    method, _, path = line.partition(" ")
    for mark, value in cast["values"].items():
        path = path.replace(mark, value)
    got: dict[str, int] = {}
    for who in whom:
        cache.clear()  # nobody pays for what others tried
        client = Client()
        if who in cast["cookies"]:
            client.cookies = deepcopy(cast["cookies"][who])
        with transaction.atomic():
            posted = {"name": "Mill", "email": "other@example.org", "role": "TEAM", "given": "yes"}
            answer = client.generic(method, path) if method == "GET" else client.post(path, posted)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        got[who] = answer.status_code
        if who == NOBODY and answer.status_code == 302 and TABLE.get(line) != GONE and line not in OUT + ONWARD:
            where = answer.headers["Location"].partition("?")[0]
            assert where.endswith(("/account/login/", "/account/signup/")), line
    return got


@pytest.mark.parametrize("line", TABLE)
def test_each_gets_what_the_table_says(cast: dict[str, Any], line: str) -> None:
    told = TABLE[line]
    if connection.vendor == "sqlite":
        assert asked(cast, line) == told
    else:  # what a page asks of the database is known once someone of each answer has asked
        whom = list({status: who for who, status in told.items()}.values())
        assert asked(cast, line, whom) == {who: told[who] for who in whom}


@pytest.mark.any_database
def test_what_has_no_line_is_refused_to_all(cast: dict[str, Any]) -> None:
    """A method that a route has no line for: it is not allowed, whoever asks."""
    got = {line: asked(cast, line) for line in BOTH if line not in TABLE}
    assert {line: found for line, found in got.items() if set(found.values()) != {405}} == {}


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


@pytest.mark.any_database
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
