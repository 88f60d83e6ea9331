"""Pages made once for all who have not signed in, and not sent twice."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from coworkmed.people.models import Person
from coworkmed.places import queries
from coworkmed.places.models import Place, Refresh
from coworkmed.places.search.index import index
from coworkmed.platform.lock import exclusive
from coworkmed.sources.models import Harvest, Source
from coworkmed.web import cache


@pytest.fixture
def kept(settings: Settings, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Place]]:
    """The fictional registry, served with a cache as on a site; the second `at_once` ends lasts as long as it takes."""
    monkeypatch.setattr(cache, "REVISION_KNOWN", 600)
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "a test's"}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    settings.PAGES_REVISION = "coworkmed.places.queries.revision"
    caches["pages"].clear()
    yield places
    caches["pages"].clear()


def at_once() -> None:
    """As if the second were over for which the state of the registry is believed."""
    caches["pages"].delete("revision")


def rename(place: Place, name: str) -> None:
    Place.objects.filter(pk=place.pk).update(name=name, modified=timezone.now())
    at_once()


def test_a_page_is_made_once(
    client: Client, kept: dict[str, Place], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/fr/places/{kept['mill'].pk}/"
    first = client.get(path)
    with django_assert_num_queries(0):
        again = client.get(path)
    assert again.content == first.content
    assert again.headers == first.headers
    assert first.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert first.headers["Vary"] == "Accept-Encoding"
    assert first.headers["Content-Language"] == "fr"


def test_who_has_it_gets_nothing(client: Client, kept: dict[str, Place]) -> None:
    path = f"/el/places/{kept['athens'].pk}/"
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert client.get(path, headers={"if-none-match": 'W/"another"'}).status_code == 200


def test_the_tag_says_what_the_page_says(client: Client, kept: dict[str, Place]) -> None:
    """Made again from the same registry it is the same page, so that nobody loads it twice for nothing."""
    path = f"/en/places/{kept['mill'].pk}/"
    tag = client.get(path).headers["ETag"]
    caches["pages"].clear()
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    assert client.get(f"/fr/places/{kept['mill'].pk}/").headers["ETag"] != tag


def test_a_change_is_seen_at_once(client: Client, kept: dict[str, Place]) -> None:
    path = f"/en/places/{kept['mill'].pk}/"
    tag = client.get(path).headers["ETag"]
    rename(kept["mill"], "La Nouvelle Filature")
    answer = client.get(path, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert "La Nouvelle Filature" in answer.content.decode()


def test_a_list_made_before_the_index_followed_is_not_kept_as_the_newest(
    client: Client, kept: dict[str, Place]
) -> None:
    """Another process is bringing the index up to the registry: for a while the list is of yesterday."""
    addresses = (
        "/en/places/?q=nouvelle",
        "/api/v1/places?q=nouvelle",
        "/places.csv?q=nouvelle",
        "/en/map/points?q=nouvelle",
    )
    before = {address: read(client.get(address)) for address in addresses}
    with exclusive(index().folder.with_suffix(".lock")):
        rename(kept["mill"], "La Nouvelle Filature")
        late = {address: client.get(address) for address in addresses}
        for address in addresses:
            assert read(late[address]) == before[address]
    at_once()
    for address in addresses:
        answer = client.get(address, headers={"if-none-match": late[address].headers["ETag"]})
        assert answer.status_code == 200, address
        assert kept["mill"].pk in read(answer)


def read(answer: HttpResponse) -> str:
    return b"".join(answer).decode()


def test_the_state_of_the_registry_is_asked_once_a_second(
    client: Client, kept: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(queries, "revision", lambda: str(asked.append(1)))
    for _ in range(3):
        client.get("/en/sources/")
    assert asked == [1]


def test_a_new_day_is_a_new_page(client: Client, kept: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/en/places/{kept['athens'].pk}/"
    today = client.get(path).content
    later = timezone.localdate() + timedelta(days=3650)
    monkeypatch.setattr(timezone, "localdate", lambda: later)
    assert client.get(path).content != today


def test_each_address_host_and_scheme_has_its_own(client: Client, kept: dict[str, Place]) -> None:
    pages = [
        client.get("/fr/places/").content,
        client.get("/fr/places/?country=GR").content,
        client.get("/it/places/").content,
        client.get("/fr/places/", headers={"host": "localhost"}).content,
        client.get("/fr/places/", secure=True).content,
    ]
    assert len(set(pages)) == len(pages)


def test_compressed_once_and_for_those_who_can(client: Client, kept: dict[str, Place]) -> None:
    plain = client.get("/fr/places/")
    small = client.get("/fr/places/", headers={"accept-encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert int(small.headers["Content-Length"]) == len(small.content) < len(plain.content) / 2
    assert small.headers["ETag"] == plain.headers["ETag"]


def test_head_tells_all_but_the_page(client: Client, kept: dict[str, Place]) -> None:
    for path in ("/fr/map/", "/fr/places/"):
        first = client.head(path)
        page = client.get(path)
        assert (first.status_code, first.content) == (200, b"")
        assert first.headers == page.headers


def test_who_signed_in_has_pages_of_their_own(client: Client, kept: dict[str, Place]) -> None:
    path = f"/en/places/{kept['mill'].pk}/"
    client.get(path)
    client.force_login(Person.objects.create_user("reader@example.org"))
    Place.objects.filter(pk=kept["mill"].pk).update(name="Not yet for all")  # in secret: no mark of a change
    own = client.get(path)
    assert "Not yet for all" in own.content.decode()
    assert own.headers["Cache-Control"] == "private, no-cache"
    client.logout()
    assert "Not yet for all" not in client.get(path).content.decode()


def test_only_pages_that_are_the_same_for_all_are_kept(client: Client, kept: dict[str, Place]) -> None:
    for path in ("/", "/fr/nothing/", "/admin/login/", "/language/fr/", "/fr/places/?q=" + "x" * 2000):
        before = len(stored())
        client.get(path)
        client.post(path)
        assert len(stored()) == before
    client.get("/fr/places/")
    assert len(stored()) == before + 1


def stored() -> dict[str, Any]:
    """What the cache of this test holds, but the state of the registry."""
    every: dict[str, Any] = vars(caches["pages"])["_cache"]
    return {key: page for key, page in every.items() if not key.endswith(":revision")}


def test_files_of_megabytes_are_kept_by_who_asked(
    client: Client, kept: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGEST", 100)
    for path in ("/sitemap.xml", "/sitemap/fr/places.xml", "/places.csv", "/places.geojson", "/fr/map/points"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "public" in answer.headers["Cache-Control"]
    assert not stored()


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"Vary": "Accept-Encoding"}, True),
        ({"Cache-Control": "public, max-age=5"}, True),
        ({"Vary": "Accept-Encoding, Cookie"}, False),
        ({"Vary": "HX-Request"}, False),
        ({"Cache-Control": "private"}, False),
        ({"Cache-Control": "max-age=0, no-store"}, False),
    ],
)
def test_a_view_can_keep_its_page_for_one(headers: dict[str, str], same: bool) -> None:
    assert cache.the_same_for_all(HttpResponse(headers=headers)) is same


def test_data_does_not_hang_on_the_language_of_its_reader() -> None:
    data = HttpResponse(headers={"Vary": "Accept-Language"}, content_type="application/json")
    assert cache.the_same_for_all(data)
    assert not cache.the_same_for_all(HttpResponse(headers={"Vary": "Accept-Language"}))


def test_an_answer_with_a_cookie_is_for_one() -> None:
    response = HttpResponse()
    response.set_cookie("csrftoken", "secret")
    assert not cache.the_same_for_all(response)


def test_a_permanent_redirect_is_not_for_ever(client: Client, kept: dict[str, Place]) -> None:
    answer = client.get(f"/fr/places/{kept['gone'].pk}/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (301, "public, max-age=3600")


def test_without_a_database_what_is_kept_can_t_be_vouched_for(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        from django.db import OperationalError

        raise OperationalError("database is locked")

    monkeypatch.setattr(cache, "revision", broken)
    pages = cache.Pages(lambda request: HttpResponse("made"))
    assert pages.key(rf.get("/fr/")) == ""


@pytest.mark.django_db
def test_the_revision_follows_places_linkings_and_readings() -> None:
    seen = [queries.revision()]
    place = Place.objects.create(public_id="one")
    seen.append(queries.revision())
    assert queries.revision() == seen[-1]
    Place.objects.filter(pk=place.pk).update(modified=timezone.now())
    seen.append(queries.revision())
    Refresh.objects.create(state="x", as_of=timezone.localdate())
    seen.append(queries.revision())
    source = Source.objects.create(key="list")
    Harvest.objects.create(source=source, as_of=timezone.localdate(), outcome=Harvest.Outcome.APPLIED)
    seen.append(queries.revision())
    assert len(set(seen)) == len(seen) == 5


def test_answers_of_the_api_are_made_once_too(
    client: Client, kept: dict[str, Place], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = "/api/v1/places?limit=2"
    first = client.get(path)
    with django_assert_num_queries(0):
        again = client.get(path)
    assert again.json() == first.json()
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"if-none-match": again.headers["ETag"]}).status_code == 304
    rename(kept["mill"], "Another name")
    assert "Another name" in client.get("/api/v1/places?limit=500").text
    assert client.get("/api/v1/places?limit=nonsense").status_code == 422
