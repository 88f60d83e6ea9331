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

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1200, "height": 900}
LARGEST = 200_000  # octets: a reader on a train opens the README too
#: A place that three lists know and disagree on, with much to show.
PLACE = """
select public_id from places_place where json_array_length(sources) = 3 and status = 'OPEN'
order by length("values") desc, public_id limit 1
"""


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COWORKMED_VAR": folder, "LANGUAGE": "en"}
        command = [ROOT / "run", "--demo", "--port", "8400"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
            try:
                base = address(server)
                place = sqlite3.connect(Path(folder) / "demo" / "coworkmed.sqlite3").execute(PLACE).fetchone()[0]
                take(
                    base,
                    {
                        "home": "/en/",
                        "place": f"/en/places/{place}/",
                        "report": "/state-of-play/files/report/index.html",
                    },
                )
            finally:
                server.terminate()


def address(server: subprocess.Popen[str]) -> str:
    """Where it serves, once it does."""
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"http://localhost:\d+", line):
            return found.group()
    sys.exit("The demo could not be served.")


def take(base: str, pages: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        for name, where in pages.items():
            page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
            page.goto(base + where, wait_until="networkidle")
            picture = PICTURES / f"{name}.jpg"
            page.screenshot(path=picture, type="jpeg", quality=80)
            if picture.stat().st_size > LARGEST:
                sys.exit(f"{picture} is larger than {LARGEST} octets.")


if __name__ == "__main__":
    main()
