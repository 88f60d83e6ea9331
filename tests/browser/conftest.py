"""A real browser: the machine's own Chromium, driven by Playwright, against the site served on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from coworkmed.kernel.i18n import LANGUAGE_NAMES
from coworkmed.places.models import Place
from coworkmed.web import pseudo, published
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
#: A violation of our policy is said aloud even where the browser keeps it to itself.
TELL_VIOLATIONS = """
    addEventListener("securitypolicyviolation", (event) =>
        console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


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


@pytest.fixture(scope="session", autouse=True)
def _files_as_on_a_site() -> Iterator[None]:
    """Files come from the site's own middleware, which answers for parts of them as maps ask, and not from Django's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "_should_handle", lambda self, path: False)
        yield


@pytest.fixture
def places(transactional_db: None) -> dict[str, Place]:
    """The fictional registry, in the database the served site reads."""
    return registry()


@pytest.fixture
def right_to_left(settings: Any) -> Iterator[str]:
    """The code of a language that is written from right to left."""
    settings.LANGUAGES = [*LANGUAGE_NAMES.items(), (pseudo.CODE, "Pseudo")]
    pseudo.install()
    yield pseudo.CODE
    pseudo.remove()


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published state of play with two files."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name in ("places.csv", "figures.json"):
        (folder / name).write_text("{}")
    monkeypatch.setattr(published, "_folder", lambda: folder)
    return folder


class Watched:
    """What a page may never do: complain in its console, break our policy, or call another host."""

    def __init__(self, home: str) -> None:
        self.home = f"{home}/"
        self.complaints: list[str] = []
        #: Addresses that answer with an error on purpose: a browser says so in its console.
        self.missing: set[str] = set()

    def watch(self, context: BrowserContext, scripted: bool = True) -> None:
        if scripted:
            context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._see)

    def _hear(self, said: ConsoleMessage) -> None:
        meant = said.location["url"] in self.missing and said.text.startswith("Failed to load resource")
        slow = "GPU stall due to ReadPixels" in said.text  # maps drawn without a graphics card
        if said.type in ("error", "warning", "assert") and not meant and not slow:
            self.complaints.append(f"{said.type}: {said.text} ({said.location['url']})")

    def _see(self, asked: Request) -> None:
        if not asked.url.startswith((self.home, "data:", f"blob:{self.home}")):
            self.complaints.append(f"request to {asked.url}")


@pytest.fixture(autouse=True)
def watched(context: BrowserContext, live_server: Any) -> Iterator[Watched]:
    """Every journey ends with a look at what the pages did behind the reader's back."""
    watch = Watched(live_server.url)
    watch.watch(context)
    yield watch
    assert watch.complaints == []


Opener = Callable[..., Page]


@pytest.fixture
def opener(live_server: Any, watched: Watched) -> Callable[[Page], Opener]:
    """How to open addresses of the site on a page, sure of how they answer."""

    def on(page: Page) -> Opener:
        def open_page(path: str, status: int = 200) -> Page:
            address = live_server.url + path
            if status >= 400:
                watched.missing.add(address)
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == status, path
            return page

        return open_page

    return on


@pytest.fixture
def go(page: Page, opener: Callable[[Page], Opener]) -> Opener:
    """Open a page of the site by its path."""
    return opener(page)


@pytest.fixture
def other_reader(
    browser: Browser, watched: Watched, opener: Callable[[Page], Opener]
) -> Iterator[Callable[..., Opener]]:
    """`go` of another reader: another device, other settings (those of Playwright's contexts)."""
    contexts: list[BrowserContext] = []

    def reader(**settings: Any) -> Opener:
        context = browser.new_context(**settings)
        contexts.append(context)
        watched.watch(context, scripted=settings.get("java_script_enabled", True))
        return opener(context.new_page())

    yield reader
    for context in contexts:
        context.close()
