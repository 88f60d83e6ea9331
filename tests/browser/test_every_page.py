"""Every kind of page, in every language: no barrier, nothing wider than the window, nothing to complain of."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coworkmed.kernel import ids
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Place
from coworkmed.web import pseudo

from .eyes import COLOURS, DESK, NARROW, barriers, too_wide, unfold

pytestmark = pytest.mark.browser

#: Languages in which all is looked at; what a page is made of is the same in the others, and only its words may be
#: too long there. Another script, and the other direction. Colours are tried by day in the first, by night in the
#: second.
WHOLLY = ("en", "el", pseudo.CODE)


@pytest.fixture
def addresses(places: dict[str, Place], figures: Path) -> dict[str, int]:
    """One address of every kind of page, without its language, and the status it answers with."""
    forgotten = Place.objects.create(public_id=ids.place_id("mreza", "forgotten"), name="Forgotten")
    mill, athens = places["mill"], places["athens"]
    assert athens.region
    assert athens.town
    filtered = "q=filature&country=FR&kind=COWORK&source=mer-commune&freshness=fresh&near=43.7,4.8&sort=age"
    found = (
        "/", "/places/", f"/places/?{filtered}", "/places/?q=nowhere+at+all", "/map/?country=HR",
        f"/places/{mill.public_id}/", f"/places/{mill.public_id}/sheet/", f"/places/{mill.public_id}/tell/",
        f"/places/{places['hostile'].public_id}/", f"/places/{places['closed'].public_id}/",
        "/territories/", f"/territories/{athens.country}/", f"/territories/{athens.region}/",
        f"/territories/town/{athens.town}/", "/sources/", "/sources/region-fictive/", "/method/", "/state-of-play/",
        "/styleguide/", "/api/", "/open-data/", "/open-data/dictionary/",
    )  # fmt: skip
    missing = ("/nothing/", "/places/000000000000/", "/territories/XX/")
    return dict.fromkeys(found, 200) | dict.fromkeys(missing, 404) | {f"/places/{forgotten.public_id}/": 410}


@pytest.mark.parametrize("language", [*LANGUAGES, pseudo.CODE])
def test_all_can_read_it_and_it_fits(
    page: Page, go: Any, addresses: dict[str, int], right_to_left: str, language: str
) -> None:
    faults = []
    page.emulate_media(reduced_motion="reduce")
    for path, status in addresses.items():
        page.set_viewport_size(NARROW)
        go(f"/{language}{path}", status)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == right_to_left else "ltr")
        unfold(page)
        if out := too_wide(page):
            faults.append(f"{path}: wider than the window: {out}")
        if language not in WHOLLY:
            continue
        page.set_viewport_size(DESK)
        if page.locator(".map-page").count():
            expect(page.locator("place-map")).to_have_attribute("data-state", "live", timeout=60_000)
        faults += [f"{path}: {one}" for one in barriers(page, colours=language == WHOLLY[0])]
    assert faults == []


def test_the_dark_has_contrast_enough(page: Page, go: Any, addresses: dict[str, int]) -> None:
    faults = []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for path, status in addresses.items():
        go(f"/{WHOLLY[1]}{path}", status)
        unfold(page)
        faults += [f"{path}: {one}" for one in barriers(page, *COLOURS)]
    assert faults == []


def test_our_own_mistakes_have_a_page_for_all(
    page: Page, go: Any, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(today: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("coworkmed.places.views.home.overview", broken)
    go("/hr/", 500)
    expect(page.locator("html")).to_have_attribute("lang", "hr")
    assert barriers(page) == []
