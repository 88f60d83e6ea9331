"""A place says in a real browser how it receives visitors."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coworkmed.hospitality.models import Host
from coworkmed.people.models import Operates
from coworkmed.places.models import Place
from tests.people.conftest import organisation, person, role

from .test_desk import looked_at, sign_in

__all__ = ("sign_in",)
pytestmark = pytest.mark.browser


def test_a_place_says_how_it_receives_visitors(
    page: Page, go: Any, sign_in: Any, watched: Any, places: dict[str, Place]
) -> None:
    owner, runs = person("owner@example.org"), organisation("Mill", kind="OPERATOR")
    role(owner, runs, "OWNER")
    Operates.objects.create(organisation=runs, place=places["mill"].pk)
    sign_in(owner)
    go(f"/en/places/{places['mill'].pk}/hosting/")
    looked_at(page, "hosting")
    watched.missing.add(page.url)  # it answers what is not filled in with 422
    page.get_by_label("More days, at a price").check()
    page.get_by_role("button", name="Receive visitors on these terms").click()
    expect(page.get_by_text("Say how much.")).to_be_visible()
    page.get_by_label("Price of such a day").fill("15")
    page.get_by_role("button", name="Receive visitors on these terms").click()
    expect(page.get_by_text("version 1 of your terms")).to_be_visible()
    assert Host.objects.get().current.beyond_amount == 1500
    looked_at(page, "hosting, in force")
