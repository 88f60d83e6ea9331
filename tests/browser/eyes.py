"""What is looked at on every page: whether all can read it, whether it fits, where the keyboard stands."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 700}  # a small phone, or 1280 enlarged to 400 %
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
#: What axe says of colours: most of its time, and the same in every language.
COLOURS = ("color-contrast", "link-in-text-block")
_AXE = Axe()


def barriers(page: Page, *rules: str, colours: bool = True) -> list[str]:
    """What axe finds wrong, as "rule: element"; ``rules`` alone are tried where named, all but those of ``colours``
    where these were looked at before."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    elif not colours:
        options["rules"] = {one: {"enabled": False} for one in COLOURS}
    found = _AXE.run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def unfold(page: Page) -> None:
    """Open whatever opens, so that all of the page is seen."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def too_wide(page: Page) -> str:
    """What sticks out of the window, if the page can be moved sideways."""
    return str(
        page.evaluate("""() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return "";
            const out = [...document.querySelectorAll("body *")].filter(one => {
                const box = one.getBoundingClientRect();
                return box.width && (box.right > room + 1 || box.left < -1);
            });
            return out.slice(0, 3).map(one => one.outerHTML.slice(0, 90)).join(" | ") || "something";
        }""")
    )


def focused(page: Page) -> str:
    """The element the keyboard acts on, in short; "body" where it was lost."""
    return str(
        page.evaluate("""() => {
            const one = document.activeElement;
            return one === document.body ? "body" : one.outerHTML.slice(0, 120);
        }""")
    )


def shows_focus(page: Page) -> bool:
    """Whether a reader sees where the keyboard stands: in the window and drawn apart, it or the piece it stands in."""
    return bool(
        page.evaluate("""() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            const high = box.bottom > 0 && box.top < innerHeight, wide = box.right > 0 && box.left < innerWidth;
            if (one === document.body || !high || !wide) return false;
            const dot = one.closest("svg") && one.querySelector("circle");
            if (dot) return parseFloat(getComputedStyle(dot).strokeWidth) >= 3;
            for (let around = one; around !== document.body; around = around.parentElement) {
                const style = getComputedStyle(around);
                if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
            }
            return false;
        }""")
    )


def tab_to(page: Page, wanted: Locator, most: int = 80, key: str = "Tab") -> None:
    """Press ``key`` until ``wanted`` has the focus, ``most`` times."""
    for _ in range(most):
        page.keyboard.press(key)
        if wanted.count() and wanted.first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{most} times {key} don't lead to {wanted}; at {focused(page)}")
