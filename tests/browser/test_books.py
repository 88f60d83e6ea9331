"""The books of a place in a real browser: read, a set-off agreed to, an entry taken back, a statement fetched."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from coworkmed.ledger import services
from coworkmed.ledger.models import SetOff
from coworkmed.ledger.services import closing, setting_off
from coworkmed.people.models import Operates, Person
from coworkmed.places.models import Place
from coworkmed.platform import audit
from tests.people.conftest import organisation, person, role

from .conftest import Watched
from .test_desk import looked_at, sign_in

__all__ = ("sign_in",)
pytestmark = pytest.mark.browser


@pytest.fixture
def owner(places: dict[str, Place]) -> Person:
    made = person("owner@example.org")
    runs = organisation("Mill", kind="OPERATOR")
    role(made, runs, "OWNER")
    for name in ("mill", "rome", "athens"):
        Operates.objects.create(organisation=runs, place=places[name].pk)
    return made


@pytest.fixture
def books(owner: Person, places: dict[str, Place]) -> SetOff:
    """A circle of three, a promise, a month that is over."""

    def gave(giver: str, taker: str, amount: int, unit: str = "DAY") -> None:
        named = {"giver": places[giver], "taker": places[taker], "unit": unit, "about": "two days in the big room"}
        services.record(key=uuid4(), amount=amount, by=audit.MACHINE, **named)

    with transaction.atomic():
        with patch("django.utils.timezone.now", lambda: datetime(2026, 9, 14, 9, tzinfo=UTC)):
            gave("mill", "rome", 350)
            gave("rome", "athens", 200)
        gave("athens", "mill", 250)
        gave("athens", "mill", 90, "HOUR")
        services.hold(
            key=uuid4(),
            giver=places["mill"],
            taker=places["rome"],
            unit="DAY",
            amount=100,
            about="a visit",
            by=audit.MACHINE,
        )
    closing.close(now=datetime(2026, 10, 2, tzinfo=UTC))
    return setting_off.propose(unit="DAY", by=audit.MACHINE)


def test_the_books_are_read_agreed_to_and_put_right(
    page: Page, go: Any, sign_in: Any, owner: Person, books: SetOff, places: dict[str, Place], watched: Watched
) -> None:
    sign_in(owner)
    mill = f"/en/places/{places['mill'].pk}/books/"
    go(mill)
    looked_at(page, "books")
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("status")).to_contain_text("as soon as all others have agreed")
    for name, said in (("rome", "as soon as all others have agreed"), ("athens", "the debts are set off")):
        go(f"/en/places/{places[name].pk}/books/")
        page.get_by_role("button", name="Agree").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(said)
    go(mill)
    expect(page.get_by_role("region", name="Balances with each partner")).to_contain_text("owes you 1.5 days")
    page.get_by_role("link", name="Take it back").click()
    looked_at(page, "taking back")
    page.get_by_label("Why it is taken back").fill("It was in October.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("It is taken back")
    expect(page.get_by_role("region", name="The last entries")).to_contain_text("It was in October.")
    assert page.get_by_role("link", name="Take it back").count() == 0
    page.get_by_role("link", name="How much may be owed at most").click()
    looked_at(page, "limits")
    watched.missing.add(page.url)  # a form that comes back
    page.get_by_label("They may owe you at most").fill("a lot")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("Write a number")).to_be_visible()
    page.get_by_label("They may owe you at most").fill("12,5")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("region", name="Limits that hold")).to_contain_text("12.5 days")
    go(mill)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="PDF").first.click()
    assert fetched.value.suggested_filename == f"{places['mill'].pk}-2026-09-DAY.pdf"


def test_without_anything_to_read_it_says_what_comes_next(
    page: Page, go: Any, sign_in: Any, owner: Person, places: dict[str, Place]
) -> None:
    sign_in(owner)
    go(f"/en/places/{places['mill'].pk}/books/")
    looked_at(page, "empty books")
    go("/en/books/")
    looked_at(page, "no books")
