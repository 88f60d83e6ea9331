"""The pages of the books: who reads what, and what comes of what is typed."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from coworkmed.ledger import rules
from coworkmed.ledger.models import Balance, Statement
from coworkmed.ledger.services import closing
from coworkmed.people.models import Person
from coworkmed.places.models import Place

from .conftest import MILL, QUAY, YARD
from .test_setting_off import owners
from .test_transfers import given

__all__ = ("owners",)
BOOKS = f"/en/places/{MILL}/books/"


@pytest.fixture
def client(owners: dict[str, Person], client: Client) -> Client:
    """The owner of the mill."""
    client.force_login(owners[MILL])
    return client


def test_a_statement_is_fetched_by_those_it_is_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: datetime(2026, 10, 5, tzinfo=UTC))
        given(100, MILL, QUAY)
    closing.close(now=datetime(2026, 11, 2, tzinfo=UTC))
    assert Statement.objects.count() == 2
    for form, begins in (("pdf", b"%PDF"), ("csv", b"month,place"), ("json", b"{")):
        answer = client.get(f"{BOOKS}statements/2026-10-DAY.{form}")
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        assert "no-store" in answer.headers["Cache-Control"]
        assert client.get(f"/en/places/{QUAY}/books/statements/2026-10-DAY.{form}").status_code == 403
    for name in (
        "2026-10-DAY.exe",
        "2026-10-DAY",
        "2026-10-HOUR.pdf",
        "2026-09-DAY.pdf",
        ".pdf",
        "2026-10xDAY.pdf",
        "%00.pdf",
    ):
        assert client.get(f"{BOOKS}statements/{name}").status_code == 404


def test_the_books_of_a_place_that_joined_another_are_those_of_the_other(client: Client) -> None:
    Place.objects.filter(pk=YARD).update(merged_into=MILL)
    answer = client.get(f"/en/places/{YARD}/books/")
    assert "Books of <bdi>Mill</bdi>" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "limits"),
    [
        ({"unit": "DAY", "owed": "2.5", "owing": "10"}, (-1000, 250)),
        ({"unit": "DAY", "owed": "", "owing": "0"}, (0, rules.MOST)),
        ({"unit": "DAY", "owed": "-1"}, None),
        ({"unit": "DAY", "owed": "1e99"}, None),
        ({"unit": "DAY", "owed": "1e999990"}, None),  # written out, it would take minutes
        ({"unit": "DAY", "owed": "nan"}, None),
        ({"unit": "DAY", "owed": "0.5"}, None),  # it stands at one day
        ({"unit": "XXX", "owed": "5"}, None),
        ({"unit": "DAY", "partner": "none", "owed": "5"}, None),
        ({"unit": "DAY", "partner": QUAY, "owed": "5", "owing": "5"}, None),
        ({}, None),
    ],
)
def test_a_limit_is_set_or_said_to_be_none(client: Client, typed: dict[str, str], limits) -> None:
    given(100, MILL, QUAY)
    answer = client.post(f"{BOOKS}limits/", typed)
    one = Balance.objects.get(pk=rules.key("DAY", MILL))
    assert answer.status_code == (302 if limits else 422)
    assert (one.floor, one.ceiling) == (limits or (-rules.MOST, rules.MOST))


def test_a_limit_can_be_lifted_once_nothing_is_owed_any_more(client: Client) -> None:
    given(100, MILL, QUAY)
    assert client.post(f"{BOOKS}limits/", {"unit": "DAY", "partner": QUAY, "owed": "1"}).status_code == 302
    given(100, QUAY, MILL)
    assert client.post(f"{BOOKS}limits/", {"unit": "DAY", "partner": QUAY, "owed": ""}).status_code == 302
    assert Balance.objects.get(pk=rules.key("DAY", MILL, QUAY)).ceiling == rules.MOST


def test_an_entry_is_taken_back_once_and_for_a_reason(client: Client) -> None:
    page = f"{BOOKS}take-back/{given(100, MILL, QUAY).key}/"
    assert client.post(page, {"why": "  "}).status_code == 422
    for _ in range(2):
        assert client.post(page, {"why": "the wrong day"}).status_code == 302
    assert Balance.objects.get(pk=rules.key("DAY", MILL)).posted == 0
    assert client.get(f"{BOOKS}take-back/{given(100, QUAY, MILL).key}/").status_code == 404, "it is theirs to take back"
