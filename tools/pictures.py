"""Make the pictures of docs/pictures from the demo network, with the machine's Chromium: ``python tools/pictures.py``.

For developers: it takes ./check's environment (Playwright). Pictures show fiction, and say so.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"desktop": ViewportSize(width=1200, height=900), "phone": ViewportSize(width=390, height=780)}
LANGUAGES = ("fr", "el")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LARGEST = 200_000  # octets: a reader on a train opens the README too
SMALL = 110_000  # each of the many
#: Places that three lists know, those of which the most is said first.
PLACES = """
select public_id from places_place where json_array_length(sources) = 3 and status = 'OPEN'
order by length("values") desc, public_id limit 20
"""


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COWORKMED_VAR": folder, "LANGUAGE": "en"}
        command = [str(ROOT / "run"), "--demo", "--port", "8400"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
            try:
                base = address(server)
                registry = sqlite3.connect(Path(folder) / "demo" / "coworkmed.sqlite3")
                take(base, [place for (place,) in registry.execute(PLACES)])
            finally:
                server.terminate()


def address(server: subprocess.Popen[str]) -> str:
    """Where it serves, once it does."""
    for line in server.stderr or ():
        if found := re.search(r"http://localhost:\d+", line):
            for _ in range(100):
                with suppress(OSError), urlopen(f"{found.group()}/en/"):
                    return found.group()
                time.sleep(0.2)
    sys.exit("The demo could not be served.")


def take(base: str, places: list[str]) -> None:
    """Two pictures in English for the README; four pages in two languages, on both sizes, by day and by night."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        page = browser.new_page(viewport=SIZES["desktop"])
        page.goto(f"{base}/state-of-play/files/report/en/index.html")
        keep(page, "report", 80, LARGEST)
        for place in places:  # until the lists disagree on one in its first lines
            show(page, f"{base}/en/places/{place}/")
            if open_contest(page):
                break
        keep(page, "place", 80, LARGEST)
        show(page, f"{base}/en/")
        keep(page, "home", 80, LARGEST)
        pages = {
            "home": "",
            "search": "map/?q=coworking",
            "place": f"places/{place}/",
            "territory": "territories/FR-PAC/",
        }
        for size, scheme in product(SIZES, SCHEMES):
            page = browser.new_page(viewport=SIZES[size], color_scheme=scheme)
            for language, (name, address) in product(LANGUAGES, pages.items()):
                show(page, f"{base}/{language}/{address}")
                keep(page, f"{name}-{language}-{size}-{scheme}", 40, SMALL)
            page.close()


def show(page: Page, address: str) -> None:
    """Open a page and wait for what it draws, the live map too."""
    page.goto(address, wait_until="networkidle")
    if page.locator(".map-page place-map").count():
        page.locator("place-map[data-state=live]").wait_for()
        page.wait_for_timeout(3000)


def open_contest(page: Page) -> bool:
    """Unfold the first value that lists disagree on; False if there is none in the first section."""
    contested = page.locator(".facts section:first-of-type .said:has(.contest)").first
    if contested.count():
        contested.locator("summary").click()
    return bool(contested.count())


def keep(page: Page, name: str, quality: int, largest: int) -> None:
    picture = PICTURES / f"{name}.jpg"
    page.screenshot(path=picture, type="jpeg", quality=quality)
    if picture.stat().st_size > largest:
        sys.exit(f"{picture} is larger than {largest} octets.")


if __name__ == "__main__":
    main()
