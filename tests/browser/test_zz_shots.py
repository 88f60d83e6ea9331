import pytest
from tests.web.factories import moved
pytestmark = pytest.mark.browser
def test_shots(page, go, places):
    one = moved(); mill = places["mill"]
    for name, size in (("phone", {"width": 390, "height": 844}), ("desk", {"width": 1280, "height": 900})):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for which, place in (("mill", mill), ("moved", one)):
                go(f"/en/places/{place.public_id}/")
                for details in page.locator(".tie").all():
                    details.evaluate("one => { one.open = true }")
                page.locator(".beside").screenshot(path=f"/tmp/shot-{name}-{scheme}-{which}.png")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(".beside").screenshot(path="/tmp/shot-rtl.png")
