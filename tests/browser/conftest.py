"""A real browser: the machine's own Chromium, driven by Playwright, against the site served on loopback."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from coworkmed.places.models import Place
from tests.conftest import IN_CI
from tests.web.factories import registry

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: No sandbox: tests may run as root. The rest keeps the browser from speaking to anyone but us.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if (path := _chromium()) is None:
        absence = f"no browser on this machine: none of $CHROMIUM, {', '.join(NAMES)}"
        pytest.fail(absence) if IN_CI else pytest.skip(absence)
    return browser_type_launch_args | {"executable_path": path, "chromium_sandbox": False, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None to prefix: pages are opened by `go`. (The plug-in's own fixture of this name is one pytest warns about.)"""


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_playwright() -> Iterator[None]:
    """Playwright runs an event loop in the test's own thread, where Django would else refuse to query."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def places(transactional_db: None) -> dict[str, Place]:
    """The fictional registry, in the database the served site reads."""
    return registry()


class Watched:
    """What a page may never do: complain in its console, break our policy, or call another host."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.complaints: list[str] = []
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda asked: self._see(asked.url, home))

    def _hear(self, kind: str, text: str) -> None:
        # a page that is meant to be missing says so; a browser that draws maps without a graphics card is slow at it
        if kind in ("error", "warning") and "404" not in text and "GPU stall" not in text:
            self.complaints.append(f"{kind}: {text}")

    def _see(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:")):
            self.complaints.append(f"request to {url}")


@pytest.fixture(autouse=True)
def watched(context: BrowserContext, live_server: Any) -> Iterator[Watched]:
    """Every journey ends with a look at what the pages did behind the reader's back."""
    watch = Watched(context, live_server.url)
    yield watch
    assert not watch.complaints


@pytest.fixture
def go(page: Page, live_server: Any) -> Any:
    """Open a page of the site by its path."""

    def open_page(path: str) -> Page:
        answer = page.goto(live_server.url + path)
        assert answer is not None
        return page

    return open_page
