"""Which language a reader is answered in, and what search engines are told of the seven."""

import re
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.i18n import LANGUAGE_NAMES, LANGUAGES
from coworkmed.places.models import Place
from coworkmed.places.views import sitemap
from coworkmed.web.jinja import in_language

from .html import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def location(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code in (301, 302)
    return answer.headers["Location"]


@pytest.mark.parametrize(
    ("accepted", "code"),
    [("el-GR,el;q=0.9", "el"), ("ca-valencia", "ca"), ("de,hr;q=0.5", "hr"), ("ja", "en"), ("", "en")],
)
def test_the_door_leads_to_the_language_a_reader_reads_best(client: Client, accepted: str, code: str) -> None:
    answer = client.get("/?q=split", headers={"accept-language": accepted})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{code}/?q=split")
    assert {"Accept-Language", "Cookie"} <= set(re.split(r",\s*", answer.headers["Vary"]))
    assert not answer.cookies


def test_a_choice_is_remembered_and_a_visit_is_none(client: Client) -> None:
    assert not client.get("/it/", headers={"accept-language": "fr"}).cookies
    assert location(client, "/", accept_language="fr") == "/fr/"
    assert location(client, "/language/hr/?next=/fr/places/%3Fq%3Dsplit") == "/hr/places/?q=split"
    for path in ("/", "/places/"):
        assert location(client, path, accept_language="fr") == f"/hr{path}"
    assert Reader(client.get("/ca/", headers={"accept-language": "fr"}).content.decode()).language == "ca"


def test_the_cookie_says_no_more_than_the_language(client: Client) -> None:
    cookie = client.get("/language/es/").cookies["language"]
    assert cookie.value == "es"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 86_400)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/\t/evil.example/",
        " //evil.example",
        "\x00//evil.example",
        "evil.example",
        "",
    ],
)
def test_a_choice_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    where = location(client, f"/language/fr/?next={quote(elsewhere)}")
    assert re.match(r"/fr/", where)


@given(st.text(max_size=60))
def test_no_choice_leads_off_the_site(elsewhere: str) -> None:
    where = location(Client(), f"/language/fr/?next={quote(elsewhere, errors='replace')}")
    assert where.startswith("/fr/")
    assert "\n" not in where


def test_a_page_too_long_to_return_to_is_left(client: Client) -> None:
    assert location(client, f"/language/fr/?next=/el/places/{'x' * 5000}") == "/fr/"


def test_a_language_nobody_offers_can_t_be_chosen(client: Client) -> None:
    assert client.get("/language/de/").status_code == 404
    assert "language" not in client.cookies


@pytest.mark.parametrize(
    ("path", "lead"),
    [
        ("/de/places/?q=split", "/places/?q=split"),
        ("/de/", "/"),
        ("/de", "/"),
        ("/pt-br/places/", "/places/"),
        ("/ar/map/", "/map/"),
    ],
)
def test_a_language_we_do_not_speak_is_answered_with_the_seven(client: Client, path: str, lead: str) -> None:
    answer = client.get(path, headers={"accept-language": "es"})
    page = Reader(answer.content.decode())
    assert (answer.status_code, page.language, page.faults) == (404, "es", [])
    assert {f"/{code}{lead}" for code in LANGUAGES} <= set(page.links)
    for name in LANGUAGE_NAMES.values():
        assert name in page.text


def test_the_language_we_lack_is_called_by_its_name(client: Client) -> None:
    page = client.get("/de/places/", headers={"accept-language": "en"}).content.decode()
    assert "German" in page


@pytest.mark.parametrize(
    ("path", "where"), [("/FR/places/", "/fr/places/"), ("/fr-CA/map/?q=a", "/fr/map/?q=a"), ("/el-GR", "/el/")]
)
def test_our_languages_under_other_codes_are_found(client: Client, path: str, where: str) -> None:
    assert location(client, path) == where


@pytest.mark.parametrize("path", ["/xx/places/", "/nothing/", "/zz", "/deutsch/", "/en/nothing/"])
def test_what_is_no_language_is_simply_not_there(client: Client, path: str) -> None:
    page = client.get(path, follow=True).content.decode()
    assert "There is nothing at this address" in Reader(page).text


def test_every_page_names_itself_in_every_language(client: Client, places: dict[str, Place]) -> None:
    for path in ("/", "/places/?q=filature&page=2", f"/places/{places['mill'].pk}/", "/sources/", "/method/"):
        plain = path.partition("?")[0]
        for code in ("fr", "el"):
            answer = client.get(f"/{code}{path}")
            found = dict(
                re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', answer.content.decode())
            )
            site = "http://testserver"
            assert found == {one: f"{site}/{one}{plain}" for one in LANGUAGES} | {"x-default": f"{site}{plain}"}
            assert answer.content.decode().count('rel="canonical"') == 1
            assert f'<link rel="canonical" href="{site}/{code}{plain}">' in answer.content.decode()
            assert answer.headers["Content-Language"] == code


@given(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), st.text("abé/?=&", max_size=12))
def test_an_address_changes_language_and_nothing_else(one: str, other: str, rest: str) -> None:
    path = f"/{one}/{rest}"
    assert in_language(path, other) == f"/{other}/{rest}"
    assert in_language(in_language(path, other), one) == path


def test_the_menu_leads_to_the_same_page(client: Client, places: dict[str, Place]) -> None:
    page = Reader(client.get("/fr/places/?q=filature&country=FR").content.decode())
    choices = [link for link in page.links if link.startswith("/language/")]
    assert [location(client, link) for link in choices] == [
        f"/{code}/places/?q=filature&country=FR" for code in LANGUAGES
    ]


# -- search engines


def addresses(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    tree = ET.fromstring(answer.content)
    assert tree.tag.startswith("{http://www.sitemaps.org/schemas/sitemap/0.9}")
    return [one.text.removeprefix("http://testserver") for one in tree.iter() if one.tag.endswith("}loc")]


def test_search_engines_are_told_where_to_look(client: Client, places: dict[str, Place]) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in answer.content.decode()
    files = addresses(client, "/sitemap.xml")
    every = [address for file in files for address in addresses(client, file)]
    assert len(every) == len(set(every))
    for name, place in places.items():
        for code in LANGUAGES:
            assert (f"/{code}/places/{place.pk}/" in every) is (name != "gone")
    for path in every:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("many", [1, 3])
def test_many_places_are_cut_into_files(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    whole = addresses(client, "/sitemap/fr/places.xml")
    monkeypatch.setattr(sitemap, "MOST", many)
    files = [file for file in addresses(client, "/sitemap.xml") if file.startswith("/sitemap/fr/places")]
    assert len(files) in (32, 32**2)
    assert sorted(address for file in files for address in addresses(client, file)) == sorted(whole)


@pytest.mark.parametrize(("places", "files"), [(0, 1), (40_000, 1), (40_001, 32), (1_000_000, 32), (2_000_000, 1024)])
def test_no_file_holds_more_than_the_protocol_allows(places: int, files: int) -> None:
    assert len(sitemap.beginnings(places)) == files
    assert places / files <= 40_000


@pytest.mark.parametrize("path", ["/sitemap/de/pages.xml", "/sitemap/fr/none.xml", "/sitemap/fr/places0.xml"])
def test_no_file_that_is_not_in_the_index(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_pages_of_the_map_of_the_site_exist() -> None:
    for name in sitemap.PAGES:
        assert reverse(name)
    assert set(LANGUAGES) <= set(dict(settings.LANGUAGES))
