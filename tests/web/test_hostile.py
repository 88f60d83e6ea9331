"""Whatever is put into an address, a header or a cookie: an answer that means something, never our mistake, and soon.

The addresses are those of the URL patterns: a page added tomorrow is tried too.
"""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Place
from coworkmed.web import errors

from .html import Reader

SOON = 5.0  # seconds, on a machine that has other things to do

#: What may stand where an address has an argument.
UNKNOWN = {
    "public_id": ("000000000000", "x", "A" * 300, "-", "null"),
    "key": ("none", "x" * 300),
    "name": ("none", "..%2F..%2Fetc%2Fpasswd", "x" * 300, "%00"),
    "code": ("de", "FR-ZZZ", "x" * 300, "0"),
    "number": ("0", "99999999999999999999999", "7"),
    "pk": ("0", "99999999999999999999999", "7"),
    "purpose": ("NONE", "x" * 300),
    "token": ("none", "x" * 300, "WzEsMV0:1vN:abc", "%00"),
    "provider_id": ("none", "x" * 300, "%00"),
    "left": ("0", "99999999999999999999999"),
    "right": ("7",),
    "work": ("none", "x" * 300),
    "what": ("confirm", "gone", "none"),
    "file": ("none", "..%2F..%2Fetc%2Fpasswd", "x" * 300, "%00"),
    "reference": ("none", "x" * 300, "0"),
    "section": ("none", "x" * 300),
    "place_id": ("000000000000", "x", "-"),
    "run": ("none", "x" * 300, "00000000-0000-0000-0000-000000000000"),
    "transfer": ("none", "00000000-0000-0000-0000-000000000000"),
    "word": ("none", "x" * 300, "WzEsMV0:1vN:abc", "%00"),
}
QUERIES = (
    "page=0",
    "page=-3",
    "page=99999999999999999999999",
    "page=two",
    "page=1e9",
    "page=%D9%A3",
    "q=" + "x" * 10_000,
    "q=" + "%20a" * 3_000,
    "q=" + "αθηνα+" * 1_000,
    "q=%00",
    "q=%ff%fe",
    "q=%25_%27%22%3B--",
    "q=%ED%A0%80",
    "q=%F0%9F%8C%8A",
    "q=%E2%80%AE%D7%90",
    "q=" + quote('(a AND b) OR name:* " ~2 ^3 [a TO z] {x} \\ /re.*/'),
    "q=" + quote("<script>alert(1)</script>"),
    "q=" + "%CC%81" * 500,
    "country=ZZ",
    "country=%3Cb%3E",
    "region=FR-",
    "region=" + "x" * 1000,
    "town=0",
    "town=999999999",
    "town=-1",
    "town=%D9%A3",
    "kind=NOPE",
    "equipment=%00",
    "source=../../etc",
    "source=" + quote("' OR 1=1 --"),
    "freshness=yes",
    "status=OPEN%00",
    "sort=drop",
    "sort=distance",
    "near=91,181",
    "near=nan,nan",
    "near=1e400,0",
    "near=90,180",
    "near=-90,-180&sort=distance",
    "near=,",
    "near=1,2,3",
    "box=1,2,3",
    "box=nan,nan,nan,nan",
    "box=inf,-inf,1,1",
    "box=9,9,1,1",
    "box=170,-10,-170,10",
    "box=-500,0,500,99",
    "box=-180,-90,180,90",
    "box=7,43,7,43",
    "box=" + "1" * 5000 + ",2,3,4",
    "next=//evil.example/",
    "language=%00",
    "language=xx",
    "limit=99999999999",
    "limit=-1",
    "utm_source=x&[]=1&=&&",
    "%00=%00",
    "=",
    "&" * 500,
    "&".join(f"p{n}=v" for n in range(100)),
    "&".join(f"p{n}=v" for n in range(2_000)),
    "&".join("country=FR" for _ in range(100)),
    "q=a;q=b",
    "%",
    "%zz=%u1234",
    "x" * 40_000,
)
PATHS = (
    "//",
    "///fr//places",
    "/fr//",
    "/fr/places//",
    "/fr/places/%ff/",
    "/fr/places/%00/",
    "/fr/places/%ED%A0%80/",
    "/fr/places/%E2%80%AE/",
    "/fr/places/..%2f..%2fetc%2fpasswd",
    "/fr/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/fr/%",
    "/fr/%zz/",
    "/fr/places/" + "x" * 5_000 + "/",
    "/" + "a/" * 5_000,
    "/fr/" + "é" * 2_000,
    "/FR/",
    "/fr-FR/",
    "/de/places/",
    "/xx/",
    "/fr;a=b/",
    "/.env",
    "/wp-login.php",
    "/static/../settings.py",
    "/static/%00",
    "/http://evil.example/",
    "/fr/http://evil.example/",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"accept-language": "x" * 10_000},
    {"accept-language": "*"},
    {"accept-language": "fr;q=nan, el;q=-1, \xff"},
    {"accept-language": ",;q=,=;;"},
    {"accept-language": "../../etc/passwd"},
    {"accept-language": "fr-" + "a-" * 500},
    {"cookie": "language=../../etc/passwd"},
    {"cookie": "language=" + "x" * 4_000},
    {"cookie": "language=de; language=el"},
    {"cookie": "sessionid=" + "é" * 100},
    {"cookie": "sessionid=x; messages=[[1"},
    {"cookie": "=;;=\x01; a"},
    {"if-none-match": '"' * 1_000},
    {"if-none-match": "*"},
    {"if-match": '"x"'},
    {"if-modified-since": "yesterday"},
    {"range": "bytes=99999999999999999999-"},
    {"range": "bytes=-1,-1,x"},
    {"accept": "text/\x00"},
    {"accept-encoding": "identity;q=0, *;q=nan"},
    {"content-type": "multipart/form-data"},
    {"x-forwarded-for": "'; DROP TABLE"},
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-proto": "gopher"},
    {"authorization": "Basic %%%"},
)
HOSTS = (
    "evil.example",
    "localhost:99x",
    "[::1",
    "",
    "a" * 300,
    "testserver,evil.example",
    "\xff",
    "testserver@evil",
)
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the site as a template: "/fr/places/{public_id}/"."""
    for one in resolver.url_patterns:
        shape = before + ("fr/" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern).lstrip("^"))
        if isinstance(one, URLResolver):
            if not shape.startswith(("admin/", "api")):  # not open to readers; answers machines in its own way
                yield from patterns(one, shape)
        elif isinstance(one, URLPattern):
            yield "/" + re.sub(r"\(\?P(<\w+>)[^)]*\)\^?", r"\1", shape.rstrip("$"))


def filled(template: str, values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """The addresses that a template gives, its arguments taken from ``values`` turn by turn."""
    before, mark, rest = template.partition("<")
    if not mark:
        yield template
        return
    argument, _, after = rest.partition(">")
    for value in values[argument.rpartition(":")[2]]:
        yield from (before + value + end for end in filled(after, values))


OAUTH = "/identity/o/api/"  # says what is wrong as RFC 6749 wants it
ADDRESSES = sorted(set(patterns(get_resolver())))


def ask(client: Client, path: str, method: str = "GET", **headers: Any) -> HttpResponse:
    """What is answered, whole, having checked what must hold of any answer."""
    asked, _, query = path.partition("?")
    began = time.perf_counter()
    raw = query.encode("utf-8", "surrogatepass").decode("latin-1")  # as it comes over the line
    answer = client.generic(method, asked, headers=headers.pop("headers", None), QUERY_STRING=raw, **headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    took = time.perf_counter() - began
    what = f"{method} {path[:200]} {answer.status_code}"
    assert answer.status_code < 500, what
    assert took < SOON, f"{what} took {took:.1f} s"
    assert "Content-Security-Policy" in answer.headers, what
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html") and body and not asked.startswith("/state-of-play/files/"):
        page = Reader(body.decode())
        assert page.language in LANGUAGES, what
        assert [fault for fault in page.faults if "script" not in fault] == [], what
        assert b"<script>alert" not in body, what
    if answer.status_code in errors.WORDS and method != "HEAD":
        kinds = ("text/html", "application/problem+json", *(("application/json",) if asked.startswith(OAUTH) else ()))
        assert kind.startswith(kinds) and body, what
    if answer.status_code in (301, 302):
        assert answer.headers["Location"].startswith("/") and not answer.headers["Location"].startswith("//"), what
    return answer


@pytest.fixture
def known(places: dict[str, Place]) -> dict[str, tuple[str, ...]]:
    """Arguments for which there is something to show."""
    return UNKNOWN | {
        "public_id": (places["mill"].pk, places["hostile"].pk, places["gone"].pk),
        "key": ("region-fictive",),
        "name": ("pages", "report/index.html"),
        "code": ("FR", "fr"),
        "number": ("2995469",),
    }


def test_the_addresses_are_found() -> None:
    assert {"/", "/fr/", "/fr/places/", "/fr/places/<slug:public_id>/", "/sitemap.xml"} <= set(ADDRESSES)


@pytest.mark.parametrize("template", ADDRESSES)
def test_what_does_not_exist(client: Client, db: None, template: str) -> None:
    for path in filled(template, UNKNOWN):
        answer = ask(client, path)
        if answer.status_code == 405:  # it only takes something in
            answer = ask(client, path, "POST")
        if "<" in template:
            assert answer.status_code in (301, 302, 400, 404, 410, 429), path[:200]


#: What answers a search is asked everything, the others (which do not listen) something different each.
SEARCHES = {"places/", "map/", "map/points", "places.csv", "places.geojson", "places.atom", "suggest.json"}


@pytest.mark.parametrize("template", ADDRESSES)
def test_nonsense_asked_of_every_address(client: Client, known: dict[str, tuple[str, ...]], template: str) -> None:
    path = next(filled(template, known))
    searches = template.removeprefix("/fr").lstrip("/") in SEARCHES
    for query in QUERIES if searches else QUERIES[ADDRESSES.index(template) % 8 :: 8]:
        answer = ask(client, f"{path}?{query}")
        if len(query) > errors.LONGEST_ADDRESS:
            assert answer.status_code == 414


#: Pages that take something in, each tried in tests/people.
TAKE_FORMS = (
    "/account/",
    "/fr/account/",
    "/fr/organisations/",
    "/fr/roles/",
    "/fr/invitations/",
    "/fr/word",
    "/fr/census/",
    "/fr/stories/",
    "/fr/passes/",
    "/fr/desk-devices/",
    "/fr/front-desk/",
    "/fr/reports/",
    "/reconcile",
    "/identity/",
    "/.well-known/",
    "/admin/",
)
#: … and those of a place that do.
TAKE_WORDS = ("/ask-link/", "/report/", "/suggest/", "/closed/")


@pytest.mark.any_database
@pytest.mark.parametrize("method", METHODS)
def test_methods_that_are_not_for_pages(client: Client, known: dict[str, tuple[str, ...]], method: str) -> None:
    for template in ADDRESSES:
        path = next(filled(template, known))
        may = (
            302,
            404,
            405,
            *((200, 400, 401, 403, 410, 422) if path.startswith(TAKE_FORMS) or path.endswith(TAKE_WORDS) else ()),
            *((204,) if method == "OPTIONS" and not path.startswith("/fr/") else ()),  # read from any site
        )
        assert ask(client, path, method).status_code in may, path


@pytest.mark.any_database
@pytest.mark.parametrize("template", ADDRESSES)
def test_head_is_answered_like_get(client: Client, known: dict[str, tuple[str, ...]], template: str) -> None:
    for path in filled(template, known):
        assert ask(client, path, "HEAD").status_code == ask(client, path).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_paths_nobody_made(client: Client, path: str) -> None:
    assert ask(client, path).status_code in (301, 302, 400, 404)


@pytest.mark.any_database
@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: str(headers)[:40])
def test_strange_headers(client: Client, places: dict[str, Place], headers: dict[str, str]) -> None:
    for path in ("/", "/places/", "/fr/places/", f"/el/places/{places['mill'].pk}/", "/static/site.css", "/nothing/"):
        answer = ask(client, path, headers=headers)
        assert answer.status_code in (200, 206, 302, 304, 404, 412, 416)
        assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_strange_hosts(client: Client, host: str) -> None:
    for path in ("/fr/", "/robots.txt", "/sitemap.xml", "/"):
        answer = ask(client, path, HTTP_HOST=host)
        if host:
            assert answer.status_code == 400
            assert b"evil.example" not in answer.content


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.text(max_size=20), max_size=6), st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=5)
)
def test_any_path_and_any_question(client: Client, parts: list[str], asked: dict[str, str]) -> None:
    path = "/".join(quote(part, safe="", errors="surrogatepass") for part in ("", *parts))
    query = "&".join(
        f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}" for name, value in asked.items()
    )
    ask(client, f"{path or '/'}?{query}")


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from([template for template in ADDRESSES if "<" not in template]),
    st.dictionaries(
        st.sampled_from("q country region town kind price near box sort page source open_now language next".split()),
        st.text(max_size=40) | st.from_regex(r"-?[0-9.,e]{0,20}", fullmatch=True),
    ),
)
def test_any_value_of_what_can_be_asked(client: Client, path: str, asked: dict[str, str]) -> None:
    query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in asked.items())
    ask(client, f"{path}?{query}")


@pytest.mark.any_database
@pytest.mark.django_db
@given(st.binary(max_size=40), st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_bytes_in_headers(client: Client, language: bytes, cookie: bytes) -> None:
    ask(client, "/", HTTP_ACCEPT_LANGUAGE=language.decode("latin-1"), HTTP_COOKIE=cookie.decode("latin-1"))
    ask(client, "/fr/nothing/", HTTP_COOKIE="language=" + cookie.decode("latin-1"))
