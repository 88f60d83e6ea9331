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
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE = ViewportSize(width=1200, height=900)
LARGEST = 200_000  # octets: a reader on a train opens the README too
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
            return found.group()
    sys.exit("The demo could not be served.")


def take(base: str, places: list[str]) -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        page = playwright.chromium.launch(executable_path=path, chromium_sandbox=False).new_page(viewport=SIZE)
        page.goto(f"{base}/en/", wait_until="networkidle")
        keep(page, "home")
        page.goto(f"{base}/state-of-play/files/report/index.html")
        keep(page, "report")
        contested = page.locator(".facts section:first-of-type .said:has(.contest)").first
        for place in places:  # until the lists disagree on one in its first lines
            page.goto(f"{base}/en/places/{place}/", wait_until="networkidle")
            if contested.count():
                contested.locator("summary").click()
                break
        keep(page, "place")


def keep(page: Page, name: str) -> None:
    picture = PICTURES / f"{name}.jpg"
    page.screenshot(path=picture, type="jpeg", quality=80)
    if picture.stat().st_size > LARGEST:
        sys.exit(f"{picture} is larger than {LARGEST} octets.")


if __name__ == "__main__":
    main()
