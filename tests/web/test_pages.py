"""Every page, in every language, as a reader gets it."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Place
from coworkmed.web.jinja import environment

from . import factories
from .html import Reader

PATHS = (
    "/",
    "/places/",
    "/places/?q=filature&country=FR&kind=COWORK&source=mer-commune&freshness=unconfirmed&sort=age",
    "/places/?q=nowhere+at+all",
    "/map/",
    "/map/?box=3,42,8,45",
    "/territories/",
    "/territories/FR/",
    "/territories/FR-PAC/",
    "/territories/town/264371/",
    "/sources/",
    "/sources/region-fictive/",
    "/method/",
    "/state-of-play/",
)


def read(client: Client, path: str, status: int = 200) -> Reader:
    answer = client.get(path)
    assert answer.status_code == status
    page = Reader(answer.content.decode())
    assert page.faults == []
    return page


@pytest.mark.any_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_every_language(client: Client, places: dict[str, Place], language: str) -> None:
    shown = [place for name, place in places.items() if name != "gone"]
    for path in (*PATHS, *(f"/places/{place.public_id}/" for place in shown)):
        assert read(client, f"/{language}{path}").language == language


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_pages_of_an_empty_registry(client: Client, path: str) -> None:
    if "region-fictive" in path:
        read(client, f"/en{path}", 404)
    else:
        read(client, f"/en{path}")


FILES = (".vcf", ".png", ".svg")


@pytest.mark.any_database
def test_no_link_of_ours_is_broken(client: Client, places: dict[str, Place]) -> None:
    """Of searches that filter by the same, one is followed, and none by more than two things."""
    seen: set[str] = set()
    shapes: set[tuple[str, ...]] = set()
    waiting = ["/en/"]
    while waiting:
        path = waiting.pop()
        if path.endswith(FILES):
            assert client.get(path).status_code == 200, path
            continue
        if client.get(path).headers.get("Location", "").startswith("/en/account/login/"):
            continue  # for who signed in: `tests/people/test_routes.py`
        for link in read(client, path).links:
            target = link.partition("#")[0]
            target = path.partition("?")[0] + target if target.startswith("?") else target
            if target.startswith("/en/") and target not in seen:
                seen.add(target)
                there = urlsplit(target)
                asked = dict(parse_qsl(there.query, keep_blank_values=True))
                shape = there.path, asked.get("status", ""), *sorted(asked)
                if shape not in shapes and len(asked) < 3:
                    shapes.add(shape)
                    waiting.append(target)
    assert {f"/en/places/{place.public_id}/" for name, place in places.items() if name != "gone"} <= seen


@pytest.mark.parametrize(("accepted", "language"), [("el-GR,el;q=0.9", "el"), ("hr", "hr"), ("ja", "en"), ("", "en")])
@pytest.mark.django_db
def test_language_is_negotiated_at_the_door(client: Client, accepted: str, language: str) -> None:
    assert client.get("/", headers={"accept-language": accepted}).headers["Location"] == f"/{language}/"


def test_a_link_without_language_finds_the_readers(client: Client, places: dict[str, Place]) -> None:
    path = f"/places/{places['mill'].public_id}/"
    assert client.get(path, headers={"accept-language": "ca"}).headers["Location"] == f"/ca{path}"


def test_place_page_shows_who_says_what(client: Client, places: dict[str, Place]) -> None:
    text = read(client, f"/en/places/{places['mill'].public_id}/").text
    for said in (
        "Mo-Fr 08:30-19:00",  # what is shown
        "Mo-Sa 09:00-18:00",  # what another list says
        "du lundi au vendredi de 8h30 à 19h",  # the original text
        "Fictional regional survey",
        "Common Sea map",
        "12 April 2026",
        "February 2025",
        "Licence Ouverte 2.0",
        "Open Database License 1.0",
        "it is newer",  # why it lost
        "the other value is doubtful",
        "97%",  # how likely the two entries are one place
        "filature.example",
        "€15.00",
        "in the street",
    ):
        assert said in text


def test_place_page_speaks_the_readers_language(client: Client, places: dict[str, Place]) -> None:
    path = f"/places/{places['mill'].public_id}/"
    assert "12 avril 2026" in read(client, f"/fr{path}").text
    assert "12 Απριλίου 2026" in read(client, f"/el{path}").text
    assert "Χάρτης Κοινή Θάλασσα" in read(client, f"/el{path}").text


def test_what_lists_say_is_shown_and_not_obeyed(client: Client, places: dict[str, Place]) -> None:
    path = f"/en/places/{places['hostile'].public_id}/"
    page = read(client, path)
    assert "<script>alert('1')</script> & “co”" in page.text
    assert not [link for link in page.links if link.startswith("javascript")]
    for elsewhere in ("/en/places/", "/en/map/", "/en/places/?country=HR"):
        assert "<script>alert" in read(client, elsewhere).text


def test_a_merged_place_leads_to_the_one_that_answers_for_it(client: Client, places: dict[str, Place]) -> None:
    answer = client.get(f"/fr/places/{places['gone'].public_id}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/fr/places/{places['mill'].public_id}/")
    assert places["gone"].name not in client.get("/en/places/").content.decode()


def test_an_identifier_read_aloud_in_capitals_is_found(client: Client, places: dict[str, Place]) -> None:
    public_id = places["mill"].public_id
    answer = client.get(f"/en/places/{public_id.upper()}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/en/places/{public_id}/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/el/places/000000000000/", "/el/sources/none/", "/el/nothing", "/el/places/%00/"])
def test_what_is_not_there_says_so_in_the_readers_language(client: Client, path: str) -> None:
    if path == "/el/nothing":  # Django first tries the address with a final slash
        path += "/"
    page = read(client, path, 404)
    assert page.language == "el"
    assert "There is nothing at this address" in page.text or "/el/" in page.links


@pytest.mark.django_db
def test_our_own_mistakes_have_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(today: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("coworkmed.places.views.home.overview", broken)
    client.raise_request_exception = False
    assert read(client, "/hr/", 500).language == "hr"


@pytest.mark.django_db
def test_a_host_we_do_not_answer_for(client: Client) -> None:
    answer = client.get("/en/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert Reader(answer.content.decode()).language == "en"


def test_pages_are_only_read(client: Client, places: dict[str, Place]) -> None:
    for path in PATHS:
        assert client.post(f"/en{path}").status_code == 405


def test_a_page_asks_little_of_the_database(
    client: Client, places: dict[str, Place], django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    crowd = places["mill"].links.get(entry__source="mer-commune").entry.source
    for number in range(40):  # a longer list must not cost more queries
        factories.place(
            factories.entry(crowd, f"more/{number}", name=f"Lieu {number}", position=factories.position(43, number))
        )
    limits = {
        "/en/": 6,
        "/en/places/": 9,
        "/en/map/": 10,
        f"/en/places/{places['mill'].public_id}/": 11,
        "/en/sources/": 6,
        "/en/sources/mer-commune/": 13,
        "/en/method/": 6,
    }
    for path, limit in limits.items():
        with django_assert_max_num_queries(limit):
            client.get(path)


def test_long_lists_are_cut_into_pages(client: Client, places: dict[str, Place]) -> None:
    crowd = places["mill"].links.get(entry__source="mer-commune").entry.source
    for number in range(60):
        factories.place(factories.entry(crowd, f"more/{number}", name=f"Lieu {number:02}"))
    first, last = read(client, "/en/places/?q=lieu"), read(client, "/en/places/?q=lieu&page=3")
    assert "60 places" in first.text
    assert "Lieu 00" in first.text
    assert "Lieu 59" not in first.text
    assert "Lieu 59" in last.text
    assert "/en/places/?q=lieu&page=2" in first.links
    assert "/en/places/?q=lieu&page=2" in last.links


def test_an_age_is_shown_and_grows(client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/en/places/{places['athens'].public_id}/"
    monkeypatch.setattr(timezone, "localdate", lambda: factories.AS_OF)
    assert "5 weeks ago" in read(client, path).text
    monkeypatch.setattr(timezone, "localdate", lambda: factories.AS_OF.replace(year=2031))
    assert "5 years ago" in read(client, path).text


def test_a_flagged_source_says_what_is_wrong(client: Client, places: dict[str, Place]) -> None:
    assert "The list came back empty; the 3 entries known from it are kept." in read(client, "/en/sources/").text


def test_rows_turned_away_are_shown_with_their_reason(client: Client, places: dict[str, Place]) -> None:
    text = read(client, "/en/sources/region-fictive/").text
    assert "The row gives no name." in text
    assert "type is “bar”" in text
    assert "Fictive <i>" in text


def test_templates_compile() -> None:
    from django.conf import settings
    from jinja2 import FileSystemLoader

    made = environment(loader=FileSystemLoader(settings.TEMPLATES[0]["DIRS"]))
    names = made.list_templates(extensions=["html"])
    assert "layout.html" in names
    for name in names:
        made.get_template(name)
