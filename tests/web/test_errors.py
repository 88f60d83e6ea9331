"""What goes wrong has a page, in the reader's language, with a way on; also where nothing else works."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django.fixtures import Settings

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places import queries
from coworkmed.places.models import Place
from coworkmed.web import errors

from .html import Reader


def read(answer: HttpResponse) -> Reader:
    page = Reader(answer.content.decode())
    assert page.faults == []
    return page


def explained(answer: HttpResponse) -> errors.Explained:
    return errors.Explained(lambda request: answer)


@pytest.mark.parametrize("status", errors.WORDS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_error_has_a_page_in_every_language(rf: RequestFactory, status: int, code: str) -> None:
    answer = errors.page(rf.get(f"/{code}/places/"), status)
    page = read(answer)
    assert (answer.status_code, page.language) == (status, code)
    assert str(status) in page.text
    assert f"/{code}/" in page.links
    assert 'type="search"' in answer.content.decode()
    assert 'content="noindex"' in answer.content.decode()
    with translation.override(code):
        assert translation.gettext(errors.WORDS[status].title) in page.text


def test_the_words_of_each_error_are_its_own() -> None:
    assert len({words.title for words in errors.WORDS.values()}) == len(errors.WORDS)
    assert len({words.text for words in errors.WORDS.values()}) == len(errors.WORDS)


@pytest.mark.parametrize(("path", "accepted", "code"), [("/el/x/", "fr", "el"), ("/x/", "it", "it"), ("/x/", "", "en")])
def test_the_language_is_the_readers_even_before_anyone_asked(
    rf: RequestFactory, path: str, accepted: str, code: str
) -> None:
    translation.activate("hr")  # left behind in the thread by another reader
    assert read(errors.bad_request(rf.get(path, headers={"accept-language": accepted}))).language == code
    assert translation.get_language() == "hr"


@pytest.mark.parametrize("status", [405, 410, 429, 503])
def test_a_bare_number_is_explained(rf: RequestFactory, status: int) -> None:
    answer = HttpResponse(status=status, headers={"Allow": "GET", "Retry-After": "60"})
    found = explained(answer)(rf.get("/fr/places/"))
    assert isinstance(found, HttpResponse)
    assert read(found).language == "fr"
    assert (found.status_code, found["Allow"], found["Retry-After"]) == (status, "GET", "60")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/fr/", HttpResponse("said already", status=410)),
        ("/fr/", HttpResponse(status=204)),
        ("/fr/", HttpResponse(status=304)),
        ("/fr/", StreamingHttpResponse(iter([b"rows"]), status=503)),
        ("/api/v1/places", HttpResponse(status=405)),
    ],
)
def test_what_speaks_for_itself_is_left_alone(rf: RequestFactory, path: str, answer: HttpResponse) -> None:
    assert explained(answer)(rf.get(path)) is answer


def test_an_address_may_be_long_and_not_endless(rf: RequestFactory) -> None:
    said = HttpResponse("said")
    assert explained(said)(rf.get("/fr/places/?q=" + "x" * 10_000)) is said
    refused = explained(said)(rf.get("/fr/places/?q=" + "x" * errors.LONGEST_ADDRESS))
    assert isinstance(refused, HttpResponse)
    assert refused.status_code == 414
    assert read(refused).language == "fr"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, client: Client) -> Callable[[Exception], HttpResponse]:
    """The first page in Croatian, where making it raises."""

    def ask(error: Exception) -> HttpResponse:
        def fail(*args: object, **kwargs: object) -> None:
            raise error

        monkeypatch.setattr("coworkmed.places.views.home.overview", fail)
        client.raise_request_exception = False
        return client.get("/hr/")

    return ask


@pytest.mark.django_db
def test_our_mistake_is_ours_and_tells_no_secrets(broken: Callable[[Exception], HttpResponse]) -> None:
    answer = broken(RuntimeError("the secret cause"))
    assert answer.status_code == 500
    assert read(answer).language == "hr"
    assert b"secret" not in answer.content
    assert b"Traceback" not in answer.content


@pytest.mark.django_db
def test_a_database_that_fails_will_be_back(broken: Callable[[Exception], HttpResponse]) -> None:
    answer = broken(OperationalError("database is locked"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert read(answer).language == "hr"
    assert b"locked" not in answer.content


def test_without_any_database_there_is_a_page(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite forbids this test the database: whatever else asked it would raise."""

    def absent() -> str:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(queries, "revision", absent)
    settings.PAGES_REVISION = "coworkmed.places.queries.revision"
    answer = client.get("/it/nothing/")
    assert answer.status_code == 404
    assert read(answer).language == "it"


@pytest.mark.parametrize("status", errors.WORDS)
def test_where_no_page_can_be_made_there_are_words(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no templates")

    monkeypatch.setattr(errors, "render", fail)
    answer = errors.page(rf.get("/el/"), status, errors.Words("<b>&", "“—”"))
    page = read(answer)
    assert (answer.status_code, page.language) == (status, "el")
    assert "<b>&" in page.text
    assert "/" in page.links
    assert "no templates" in caplog.text


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/fr/places/")
    assert answer.status_code == 403
    assert read(answer).language == "fr"


@pytest.mark.django_db
def test_pages_that_take_nothing_in_say_so(client: Client, places: dict[str, Place]) -> None:
    answer = client.post(f"/es/places/{places['mill'].pk}/")
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= {method.strip() for method in answer["Allow"].split(",")}
    assert read(answer).language == "es"


@pytest.mark.django_db
def test_a_host_that_is_not_ours(client: Client) -> None:
    answer = client.get("/ca/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert read(answer).language == "ca"
    assert b"elsewhere.example" not in answer.content
