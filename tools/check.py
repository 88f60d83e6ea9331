"""Every check of the project, in two lanes: ``./check``, or ``./check fast`` without PostgreSQL and browser.

A check that fails does not stop the others; the last line counts, as pytest does, every test and every other check.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from postgres import database

ROOT = Path(__file__).resolve().parents[1]
#: A check that takes longer is stuck.
LIMIT_S = 2400
RUNNING: set["subprocess.Popen[str]"] = set()
#: What may differ between two people's shells and must not between two runs.
FORGOTTEN = (
    *("DATABASE_URL", "SITE_URL", "EMAIL_URL", "EMAIL_FROM", "COWORKMED_VAR", "COWORKMED_DEBUG", "COWORKMED_DEMO"),
    "COWORKMED_SIGN_IN",
    *("DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"),
    *("MASTER", "SPARK_CONF_DIR", "SPARK_HOME"),
)
#: Tests that cost the most are named, so that the whole stays short.
SLOWEST = ("--durations=10", "--durations-min=3")

CODE = {
    "ruff check": ["-m", "ruff", "check", "--quiet", "--output-format=concise"],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet"],
    "types": ["-m", "mypy"],
    "types of the tools": ["-m", "mypy", "tools"],
    "layers": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
    "migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
}


def main(arguments: Sequence[str]) -> int:
    """Run the checks and say what came of them; 0 if all is well."""
    if arguments not in ([], ["fast"]):
        print("Usage: ./check [fast]", file=sys.stderr)
        return 2
    fast = arguments == ["fast"]
    signal.signal(signal.SIGTERM, stop)
    started = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", "check"),
    }
    counts: Counter[str] = Counter()
    failures: list[str] = []

    def note(name: str, result: Counter[str]) -> None:
        counts.update(result)
        if result["failed"]:
            failures.append(name)

    with ThreadPoolExecutor(1) as beside:  # two cores are common: each of the two lanes takes about as long
        try:
            slow = () if fast else (tests_in_browser, tests_on_postgresql)
            others = [beside.submit(one, environment) for one in slow]
            for name, command in CODE.items():
                note(name, code_check(name, command, environment))
            note("tests on SQLite", tests("tests on SQLite", ["-m", "not browser"], environment, quiet=False).counts)
            for name, counted, said in (one.result() for one in others):
                print(f"\n{name}\n{said}", flush=True)
                note(name, counted)
        finally:
            beside.shutdown(wait=False, cancel_futures=True)  # who stops the checks begins no others

    if failures:
        print(f"\nFailed: {', '.join(failures)}.")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"\n{counts['passed']} passed, {counts['failed']} failed{skipped} in {time.monotonic() - started:.0f} s")
    return 1 if counts["failed"] else 0


def code_check(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Counter[str]:
    """Run one check of the code, telling what it says only where it fails."""
    print(f"{name} … ", end="", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as var:
        settings = {"DJANGO_SETTINGS_MODULE": "coworkmed.settings", "COWORKMED_VAR": var}
        code, said = run_python(command, {**environment, **settings})
    print(f"{'ok' if code == 0 else 'FAILED'}, {time.monotonic() - started:.1f} s", flush=True)
    if code != 0:
        print(said, flush=True)
    return Counter({"failed" if code else "passed": 1})


class Tested(NamedTuple):
    """What a run of pytest counted, and what it said."""

    name: str
    counts: Counter[str]
    said: str


def tests(name: str, options: Sequence[str], environment: Mapping[str, str], *, quiet: bool) -> Tested:
    """Run pytest, in sight of the person unless ``quiet``, and count what it counted."""
    if not quiet:
        print(f"{name} …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = ["-m", "pytest", "-q", *SLOWEST, f"--junitxml={report}", *options]
        code, said = run_python(command, environment, quiet=quiet)
        counts = count(report)
    if code != 0 and not counts["failed"]:
        said += f"pytest ended with code {code}."
        counts["failed"] += 1
    return Tested(name, counts, said)


def tests_in_browser(environment: Mapping[str, str]) -> Tested:
    return tests("tests in the browser", ["-m", "browser"], environment, quiet=True)


def tests_on_postgresql(environment: Mapping[str, str]) -> Tested:
    """Run the tests that touch the database on PostgreSQL: on the server of ``DATABASE_URL``, else on one started
    here."""
    name, url = "tests on PostgreSQL", os.environ.get("DATABASE_URL", "")
    try:
        with database(url if url.startswith("postgres") else "") as address:
            return tests(name, ["--database-only"], {**environment, "DATABASE_URL": address}, quiet=True)
    except Exception as error:  # whatever keeps the server from starting is a failure to tell, not to die of
        return Tested(name, Counter(failed=1), str(error))


def count(report: Path) -> Counter[str]:
    """Tests passed, failed and skipped, from pytest's report in JUnit's format; empty where there is none."""
    try:
        suites = ET.parse(report).getroot().iter("testsuite")
    except (OSError, ET.ParseError):
        return Counter()
    counts: Counter[str] = Counter()
    for suite in suites:
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts.update(passed=total - failed - skipped, failed=failed, skipped=skipped)
    return counts


def run_python(command: Sequence[str], environment: Mapping[str, str], *, quiet: bool = True) -> tuple[int, str]:
    """Run Python in the project's root; its exit code and, if quiet, what it said."""
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    ) as running:
        RUNNING.add(running)
        try:
            said, _ = running.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            running.kill()
            return 1, f"{running.communicate()[0] or ''}\nstill running after {LIMIT_S} s"
        finally:
            RUNNING.discard(running)
    return running.returncode, said or ""


def stop(*_: object) -> None:
    """Stop what was started, too."""
    for running in set(RUNNING):
        running.terminate()
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
