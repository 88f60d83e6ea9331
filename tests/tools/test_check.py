"""The run of all checks: it goes on after a failure, counts, and fails at the end."""

from collections import Counter
from pathlib import Path

import check
import pytest

GOOD, BAD = ["-c", "pass"], ["-c", "print('what is wrong'); raise SystemExit(3)"]


def report(*suites: str) -> str:
    return f"<testsuites>{''.join(suites)}</testsuites>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (report('<testsuite tests="9" failures="2" errors="1" skipped="3"/>'), Counter(passed=3, failed=3, skipped=3)),
        (report('<testsuite tests="2"/>', '<testsuite tests="1" failures="1"/>'), Counter(passed=2, failed=1)),
        (report(), Counter()),
        ("<testsuites", Counter()),
    ],
)
def test_counts_what_pytest_counted(text: str, expected: Counter[str], tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(text)
    assert check.count(tmp_path / "report.xml") == expected


def test_no_report_counts_nothing(tmp_path: Path) -> None:
    assert check.count(tmp_path / "report.xml") == Counter()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two checks of the code, one of which fails, and a pytest that passes; gives the test runs that were asked for."""
    asked: list[str] = []

    def tests(name: str, options: object, environment: object, *, quiet: bool) -> check.Tested:
        asked.append(name)
        return check.Tested(name, Counter(passed=5, skipped=1), "" if quiet else "seen already")

    monkeypatch.setattr(check, "CODE", {"bad": BAD, "good": GOOD})
    monkeypatch.setattr(check, "tests", tests)
    monkeypatch.setattr(check, "tests_on_postgresql", lambda environment: tests("on PostgreSQL", [], {}, quiet=True))
    return asked


def test_goes_on_after_a_failure_and_fails_at_the_end(small: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([]) == 1
    said = capsys.readouterr().out
    assert "what is wrong" in said
    assert "good … ok" in said
    assert sorted(small) == ["on PostgreSQL", "tests in the browser", "tests on SQLite"]
    assert "Failed: bad." in said
    assert said.splitlines()[-1].startswith("16 passed, 1 failed, 3 skipped in ")


def test_fast_leaves_out_postgresql_and_browser(
    small: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "CODE", {"good": GOOD})
    assert check.main(["fast"]) == 0
    assert small == ["tests on SQLite"]
    assert capsys.readouterr().out.splitlines()[-1].startswith("6 passed, 0 failed, 1 skipped in ")


def test_a_pytest_that_dies_without_a_word_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "run_python", lambda command, environment, quiet: (4, ""))
    assert check.tests("tests", [], {}, quiet=False).counts["failed"] == 1


def test_a_check_that_is_stuck_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LIMIT_S", 0.2)
    code, said = check.run_python(["-c", "import time; time.sleep(60)"], {}, quiet=True)
    assert code != 0
    assert "still running" in said


def test_unknown_words_are_refused(small: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["slow"]) == 2
    assert small == []
    assert "Usage" in capsys.readouterr().err


def test_a_server_that_cannot_start_is_a_failure_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def database(url: str) -> None:
        raise RuntimeError("no PostgreSQL here")

    monkeypatch.setattr(check, "database", database)
    assert check.tests_on_postgresql({}) == ("tests on PostgreSQL", Counter(failed=1), "no PostgreSQL here")
