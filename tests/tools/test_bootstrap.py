"""The set-up, on its rules and for real in a small project of its own that needs no package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
LISTS = st.sets(st.sampled_from(["base", "postgres", "dev", "spark"]), min_size=1)


def stamp(names: set[str]) -> dict[str, str]:
    """As the set-up leaves it after installing these lists."""
    held = names | ({"base", "postgres"} if "dev" in names else set())
    return {"python": bootstrap.PYTHON_TAG} | {name: bootstrap.digest(name) for name in held}


@given(LISTS)
def test_what_was_installed_is_not_installed_again(names: set[str]) -> None:
    assert bootstrap.is_satisfied(names, stamp(names))


@given(LISTS, LISTS)
def test_installing_some_never_takes_others_away(before: set[str], wanted: set[str]) -> None:
    names = set(bootstrap.to_install(wanted, stamp(before)))
    assert stamp(names) == stamp(before | wanted)


def test_developers_packages_hold_the_others() -> None:
    assert bootstrap.to_install({"base", "dev", "postgres"}, {}) == ["dev"]
    assert bootstrap.is_satisfied({"base", "postgres"}, stamp({"dev"}))


@pytest.mark.parametrize("change", [{"python": "cpython-310"}, {"base": "0" * 16}])
def test_another_python_or_another_list_is_set_up_anew(change: dict[str, str]) -> None:
    assert not bootstrap.is_satisfied({"base"}, stamp({"base"}) | change)


def test_nothing_is_carried_over_from_another_python() -> None:
    assert bootstrap.to_install({"base"}, stamp({"dev"}) | {"python": "cpython-310"}) == ["base"]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", {"base"}),
        ("sqlite:///x", {"base"}),
        ("postgres://x/y", {"base", "postgres"}),
        ("postgresql://x/y", {"base", "postgres"}),
    ],
)
def test_the_database_says_what_is_needed(url: str, wanted: set[str]) -> None:
    assert bootstrap.needed_to_run(url, []) == wanted


@pytest.mark.parametrize("named", [["--to", "postgres://x/y"], ["--from=postgresql://x/y"]])
def test_and_so_does_one_that_a_command_names(named: list[str]) -> None:
    assert bootstrap.needed_to_run("", ["copydb", *named]) == {"base", "postgres"}
    assert bootstrap.needed_to_run("", ["copydb", "--from", "sqlite:///postgres"]) == {"base"}


JAVA_17 = 'openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment'


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (JAVA_17, True),
        (f"Picked up JAVA_TOOL_OPTIONS: -Xmx1g\n{JAVA_17}", True),
        ('openjdk version "25" 2025-09-16', True),
        ('java version "1.8.0_401"', False),
        ('openjdk version "11.0.22" 2024-01-16', False),
        ("[Errno 2] No such file or directory: 'java'", False),
        ("", False),
    ],
)
def test_java_is_known_by_what_it_says(said: str, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "attempt", lambda command: subprocess.CompletedProcess(command, 0, said))
    assert bootstrap.has_java() == found


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["build", "--engine", "spark", "--out", "x"], True),
        (["link", "--engine=spark"], True),
        (["build", "--engine", "local"], False),
        (["build", "--out", "spark"], False),
        ([], False),
    ],
)
def test_spark_is_set_up_only_where_it_is_asked_for(
    arguments: list[str], asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_java", lambda: True)
    assert ("spark" in bootstrap.needed_to_run("", arguments)) == asked
    monkeypatch.setattr(bootstrap, "has_java", lambda: False)
    if asked:
        with pytest.raises(bootstrap.SetupError, match="needs Java 17"):
            bootstrap.needed_to_run("", arguments)


def test_without_java_the_checks_do_without_spark_and_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "has_java", lambda: True)
    assert (bootstrap.needed_to_check(), capsys.readouterr().err) == ({"dev", "spark"}, "")
    monkeypatch.setattr(bootstrap, "has_java", lambda: False)
    assert bootstrap.needed_to_check() == {"dev"}
    assert capsys.readouterr().err == (
        "The tests on Spark are skipped: they need Java 17 or newer, in JAVA_HOME or on the PATH.\n"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null"])
def test_a_damaged_stamp_is_none(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed.json")
    bootstrap.STAMP.write_text(text)
    assert bootstrap.read_stamp() == {}


def test_a_failing_index_is_tried_thrice_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def attempt(command: bootstrap.Command, settings: object = None) -> subprocess.CompletedProcess[str]:
        words = [str(part) for part in command]
        if "--require-hashes" in words and any(word.endswith("base.txt") for word in words):
            tried.append("uv" if "sync" in words else "pip")
            return subprocess.CompletedProcess(words, 1, "no such host")
        return subprocess.CompletedProcess(words, 0, "")

    monkeypatch.setattr(bootstrap, "attempt", attempt)
    monkeypatch.setattr(bootstrap.time, "sleep", lambda _: None)
    with pytest.raises(bootstrap.SetupError, match=r"could not be installed.*\n.*no such host"):
        bootstrap.install(["base"], sys.executable)
    assert tried == ["uv", "uv", "pip"]


@pytest.mark.parametrize(
    ("settings", "said", "expected"),
    [
        ({}, "", {}),
        ({"PIP_INDEX_URL": "https://index.example/simple"}, "", {"UV_DEFAULT_INDEX": "https://index.example/simple"}),
        ({}, "https://pip.example/simple\n", {"UV_DEFAULT_INDEX": "https://pip.example/simple"}),
        ({}, "ERROR: No such key - global.index-url\n", {}),
        ({"UV_DEFAULT_INDEX": "https://uv.example", "PIP_INDEX_URL": "https://pip.example"}, "", {}),
    ],
)
def test_uv_is_told_the_index_chosen_for_pip(
    settings: dict[str, str], said: str, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap, "attempt", lambda command: subprocess.CompletedProcess(command, 0, said))
    assert bootstrap.uv_settings(["pip"]) == expected


def test_what_builds_pyspark_must_match_its_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[list[str]] = []

    def attempt(command: bootstrap.Command, settings: object = None) -> subprocess.CompletedProcess[str]:
        run.append([str(part) for part in command])
        return subprocess.CompletedProcess([], 0, "")

    monkeypatch.setattr(bootstrap, "attempt", attempt)
    for names, constrained in ((["base", "spark"], True), (["base"], False)):
        bootstrap.install(names, sys.executable)
        assert ("--build-constraints" in run[-1]) == constrained


def test_without_any_way_to_an_environment_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse = subprocess.CompletedProcess([], 1, "")
    monkeypatch.setattr(bootstrap, "attempt", lambda *_: refuse)
    with pytest.raises(bootstrap.SetupError, match="python3-venv"):
        bootstrap.make_environment(sys.executable)


# For real


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that needs nothing and whose command line says what it was given, under a path with spaces."""
    folder = tmp_path_factory.mktemp("a project")
    for name in ("run", "check", "tools/python", "tools/bootstrap.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements").mkdir()
    for name in ("base", "dev", "postgres"):
        (folder / "requirements" / f"{name}.txt").write_text("")
    (folder / "requirements" / "uv.txt").write_text("uv==0 --hash=sha256:" + "0" * 64)
    package = folder / "src" / "coworkmed" / "cli"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text("import os, sys\nprint(os.getcwd(), sys.argv[1:])")
    return folder


def start(project: Path, *arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """``./run`` as a person starts it, with no package index within reach."""
    environment = {
        "PATH": f"{Path(os.path.realpath(sys.executable)).parent}:/usr/bin:/bin",
        "HOME": str(cwd),
        "PIP_NO_INDEX": "1",
        **settings,
    }
    command = [project / "run", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100)


def test_first_start_sets_up_and_the_second_does_not(project: Path, tmp_path: Path) -> None:
    (tmp_path / "os.py").write_text("raise SystemExit('taken from the current folder')")
    first = start(project, "build", "--out", "a folder", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"{tmp_path} ['build', '--out', 'a folder']\n"
    assert "Set up in" in first.stderr

    second = start(project, cwd=tmp_path)
    assert (second.returncode, second.stdout, second.stderr) == (0, f"{tmp_path} []\n", "")

    # A set-up that was killed leaves no stamp: the next start does it again.
    (project / ".venv" / "installed.json").unlink()
    third = start(project, cwd=tmp_path)
    assert third.returncode == 0, third.stderr
    assert "Set up in" in third.stderr


def test_a_python_that_does_not_fit_is_refused_in_words(project: Path, tmp_path: Path) -> None:
    done = start(project, cwd=tmp_path, PYTHON="/bin/false")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Python 3.11 or newer" in done.stderr
    assert "/bin/false" in done.stderr
