"""Set up what CoWorkMed needs in ``.venv``, then hand over to it: what ``./run`` and ``./check`` share.

    python tools/bootstrap.py run [COMMAND …]
    python tools/bootstrap.py check [fast]

Standard library only: it runs before anything is installed. It names no package index, so pip's and uv's own settings
hold, and every package must match the hash in ``requirements/``. What is done already is skipped: a stamp in the
environment holds the Python and a digest of each list of requirements. Exit code 2 and one sentence where it cannot be.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
#: The compiled form that packages are installed for, as "cpython-311"; another one needs another environment.
PYTHON_TAG = str(sys.implementation.cache_tag)
#: The oldest Java that PySpark 4 starts on.
JAVA = 17
#: Lists of requirements that hold all of others: having the first is having them.
INCLUDES = {"dev": ("base", "postgres")}
#: The address of a database on PostgreSQL, alone or given to an option.
POSTGRESQL = re.compile("(?:--[a-z]+=)?postgres(?:ql)?://")

Stamp = Mapping[str, str]
Command = Sequence[str | Path]


class SetupError(Exception):
    """What stops the set-up, in one sentence, with what the failed command said."""


def main(arguments: Sequence[str]) -> None:
    """Set up, then become the site's command line (``run``) or the checks (``check``)."""
    command, *rest = arguments
    wanted = needed_to_check() if command == "check" else needed_to_run(os.environ.get("DATABASE_URL", ""), rest)
    if not is_satisfied(wanted, read_stamp()) or stale_translations():
        with one_at_a_time():
            if not is_satisfied(wanted, stamp := read_stamp()):
                set_up(wanted, stamp)
            if stale_translations():
                compile_translations()
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    # -P: a file of the folder it is started from must never be taken for a module.
    target = ["-P", "-m", "coworkmed.cli", *rest] if command == "run" else [ROOT / "tools/check.py", *rest]
    os.execv(PYTHON, [str(part) for part in (PYTHON, *target)])


def needed_to_run(database_url: str, arguments: Sequence[str]) -> set[str]:
    """The lists of requirements that a command on that database, or one that it names, takes."""
    wanted = {"base", "postgres"} if any(map(POSTGRESQL.match, (database_url, *arguments))) else {"base"}
    if "--engine=spark" not in arguments and ("--engine", "spark") not in pairwise(arguments):
        return wanted
    if not has_java():
        raise SetupError(
            f"--engine spark needs Java {JAVA} or newer, in JAVA_HOME or on the PATH: install it "
            "(on Debian and Ubuntu, the package default-jre-headless), or leave the option out."
        )
    return wanted | {"spark"}


def needed_to_check() -> set[str]:
    """The lists of requirements that the checks take on this machine."""
    if has_java():
        return {"dev", "spark"}
    say(f"The tests on Spark are skipped: they need Java {JAVA} or newer, in JAVA_HOME or on the PATH.")
    return {"dev"}


def has_java() -> bool:
    """Whether there is a Java that Spark starts on, where Spark looks for one."""
    home = os.environ.get("JAVA_HOME")
    said = attempt([Path(home, "bin", "java") if home else "java", "-version"]).stdout
    version = re.search(r'version "(\d+)', said)
    return version is not None and int(version[1]) >= JAVA


# What is there already


def read_stamp() -> Stamp:
    """What was installed at the last set-up that was finished; empty where there was none."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def digest(name: str) -> str:
    """A short digest of a list of requirements."""
    return hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()[:16]


def is_satisfied(wanted: set[str], stamp: Stamp) -> bool:
    """Whether the environment holds all that is wanted, for this Python."""
    return stamp.get("python") == PYTHON_TAG and all(stamp.get(name) == digest(name) for name in wanted)


def to_install(wanted: set[str], stamp: Stamp) -> list[str]:
    """The lists to install: those wanted and those there before, as installing a few must not take away the others."""
    names = wanted | (set(stamp) - {"python"} if stamp.get("python") == PYTHON_TAG else set())
    return sorted(names - {part for name in names for part in INCLUDES.get(name, ())})


def stale_translations() -> bool:
    """Whether a catalogue of messages is newer than its compiled form."""
    for source in ROOT.glob("src/coworkmed/locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            return True
    return False


def compile_translations() -> None:
    """Make the compiled form of the catalogues of messages."""
    done = attempt([PYTHON, ROOT / "tools" / "translations.py", "compile"], {"PYTHONPATH": str(ROOT / "src")})
    if done.returncode != 0:
        raise SetupError(f"The translations could not be compiled.\n{done.stdout}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the checkout for this process: two first starts at once set up one after the other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# Setting up


def set_up(wanted: set[str], stamp: Stamp) -> None:
    """Make the environment where there is none for this Python, install what is wanted, leave the stamp."""
    started = time.monotonic()
    names = to_install(wanted, stamp)
    say(f"Setting up in {VENV} (packages: {', '.join(names)}) …")
    if "spark" in wanted and "spark" not in stamp:
        say("PySpark is large (450 MB) and takes about a minute.")
    base = os.path.realpath(sys.executable)  # uv cannot start from the shims that some machines put on PATH
    if not fits(PYTHON):
        make_environment(base)
    STAMP.unlink(missing_ok=True)
    install(names, base)
    kept = {part for name in names for part in (name, *INCLUDES.get(name, ()))}
    STAMP.write_text(json.dumps({"python": PYTHON_TAG} | {name: digest(name) for name in sorted(kept)}))
    say(f"Set up in {time.monotonic() - started:.1f} s.")


def fits(python: Path) -> bool:
    """Whether the environment's Python starts and is of this one's series."""
    question = "import sys; print(sys.implementation.cache_tag)"
    return python.exists() and attempt([python, "-c", question]).stdout.strip() == PYTHON_TAG


def make_environment(base: str) -> None:
    """An empty ``.venv``, by the first way that this machine allows."""
    ways: list[Callable[[], bool]] = [
        lambda: (uv := uv_on_path()) is not None and succeeds([uv, "venv", "--clear", "--python", base, VENV]),
        lambda: succeeds([base, "-m", "venv", "--clear", VENV]),
        lambda: (
            succeeds([base, "-m", "pip", "--version"])
            and succeeds([base, "-m", "venv", "--clear", "--without-pip", VENV])
        ),
        lambda: apt_install("python3-venv") and succeeds([base, "-m", "venv", "--clear", VENV]),
    ]
    if not any(way() for way in ways):
        raise SetupError(
            f"{base} cannot make a virtual environment: install its venv module "
            "(on Debian and Ubuntu, the package python3-venv) and start again."
        )


def install(names: Sequence[str], base: str) -> None:
    """Bring the environment to what the lists say: by uv, some times faster, where it can be had; by pip otherwise."""
    files = [REQUIREMENTS / f"{name}.txt" for name in names]
    inside: Command = [PYTHON, "-m", "pip"]
    pip: Command = inside if succeeds([*inside, "--version"]) else [base, "-m", "pip", "--python", PYTHON]
    by_pip: Command = [*pip, "install", "--require-hashes", *(part for file in files for part in ("-r", file))]
    ways: list[tuple[Command, dict[str, str]]] = [(by_pip, {})] * 3
    if uv := uv_on_path() or uv_inside(pip):
        by_uv: Command = [uv, "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", PYTHON, *files]
        if "spark" in names:  # what builds it must match its hash too
            by_uv = [*by_uv, "--build-constraints", REQUIREMENTS / "spark.txt"]
        index = uv_settings(pip)
        # A company's own certificates are the machine's; a bare machine has none, and uv brings the usual ones.
        ways = [(by_uv, index | {"UV_SYSTEM_CERTS": "true"}), (by_uv, index), (by_pip, {})]
    said = ""
    for tries, (command, settings) in enumerate(ways):
        time.sleep(2 * tries)
        done = attempt(command, settings)
        if done.returncode == 0:
            return
        said = done.stdout
    raise SetupError(f"The packages could not be installed. Is the package index within reach?\n{said}")


def uv_on_path() -> str | None:
    """The machine's own uv, if it starts (a shim may stand there for nothing)."""
    uv = shutil.which("uv")
    return uv if uv and succeeds([uv, "--version"]) else None


def uv_inside(pip: Command) -> str | None:
    """uv in the environment, installed there by pip if need be; None where it cannot be had."""
    uv = VENV / "bin" / "uv"
    listed = [*pip, "install", "--require-hashes", "-r", REQUIREMENTS / "uv.txt"]
    return str(uv) if (uv.exists() or succeeds(listed)) and succeeds([uv, "--version"]) else None


def uv_settings(pip: Command) -> dict[str, str]:
    """The package index that the person chose for pip, said to uv, which does not read pip's settings."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        return {}
    chosen = os.environ.get("PIP_INDEX_URL") or attempt([*pip, "config", "get", "global.index-url"]).stdout.strip()
    return {"UV_DEFAULT_INDEX": chosen} if chosen.startswith(("http:", "https:", "file:")) else {}


def apt_install(package: str) -> bool:
    """Install a Debian package; only root may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    return all(
        attempt(["apt-get", "-qq", *step], quiet).returncode == 0 for step in (["update"], ["install", "-y", package])
    )


# Commands


def attempt(command: Command, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command quietly; what it says is kept, on one stream. A command that isn't there fails with code 127."""
    forgotten = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in forgotten}
    environment |= {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(settings or {})}
    try:
        return subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        )
    except OSError as error:
        return subprocess.CompletedProcess(list(command), 127, str(error))


def succeeds(command: Command) -> bool:
    """Whether a command ends well."""
    return attempt(command).returncode == 0


def say(words: str) -> None:
    """Tell the person who waits."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as problem:
        say(str(problem))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
