"""Rules for every file of the project: nothing of one machine, nothing of one package index, locks that hold."""

import os
import re
from pathlib import Path

import pytest

from .files import ROOT, project_files, texts

# Hosts of package indexes: where a package comes from is each machine's own setting. The letter in brackets keeps
# this file from finding itself.
INDEX_HOST = re.compile(
    r"p[y]pi\.org|p[y]thonhosted\.org|registry\.(?:n[p]mjs\.org|y[a]rnpkg\.com)|crates\.[i]o|p[r]oxy\.golang\.org"
    r"|deb\.d[e]bian\.org|--(?:extra-)?index-u[r]l[ =]\S+//"
)
# Folders of the machines it was written on. Unix folders that any machine has (/tmp, /usr, /etc) are no one's own.
MACHINE_PATH = re.compile(r"(?<![\w.~/)}-])/(?:r[o]ot|w[o]rk|h[o]me|U[s]ers)/[\w.]")
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.MULTILINE)


@pytest.mark.parametrize("pattern", [INDEX_HOST, MACHINE_PATH], ids=["index host", "machine path"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    found = [f"{path}: {match.group()}" for path, text in texts() for match in pattern.finditer(text)]
    assert not found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (INDEX_HOST, "index = https://files.p" + "ythonhosted.org/packages/x.whl"),
        (INDEX_HOST, '"resolved": "https://registry.n' + 'pmjs.org/x/-/x.tgz"'),
        (MACHINE_PATH, 'folder = "/ho' + 'me/ana/lists"'),
        (MACHINE_PATH, "cd /ro" + "ot/x"),
    ],
)
def test_the_patterns_see_what_they_should(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_the_patterns_leave_addresses_of_pages_alone() -> None:
    assert not MACHINE_PATH.search("https://example.org/home/x and {base}/work/y and src/home/z")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_pins_and_hashes_every_package(lock: Path) -> None:
    text = lock.read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert "://" not in text
    assert entries
    assert [entry for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_answers_its_list(lock: Path) -> None:
    pinned = set(dict(PIN.findall(lock.read_text())))
    assert direct(lock.with_suffix(".in").name) <= pinned


def test_what_developers_have_holds_what_the_site_runs_on() -> None:
    dev = dict(PIN.findall((ROOT / "requirements" / "dev.txt").read_text()))
    for name in ("base", "postgres"):
        pins = dict(PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text()))
        assert {package: dev.get(package) for package in pins} == pins


def direct(name: str) -> set[str]:
    """Packages that a list of requirements asks for by name, without those of the lists it includes."""
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in lines if line and not line.startswith(("#", "-"))}


@pytest.mark.parametrize("name", ["base.in", "postgres.in", "dev.in", "uv.in", "spark.in"])
def test_every_direct_dependency_is_accounted_for(name: str) -> None:
    table = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    assert {package for package in direct(name) if f"| {package} |" not in table} == set()


@pytest.mark.parametrize("command", ["run", "check", ".ci/run", "tools/python"])
def test_commands_can_be_started(command: str) -> None:
    assert os.access(ROOT / command, os.X_OK)


@pytest.mark.parametrize("command", ["./run", "./check"])
def test_the_readme_says_how_to_begin(command: str) -> None:
    assert command in (ROOT / "README.md").read_text()


def test_nothing_that_is_made_is_kept() -> None:
    made = (".mo", ".pyc", ".sqlite3", ".lock")
    assert [path for path in project_files() if path.name.endswith(made)] == []
