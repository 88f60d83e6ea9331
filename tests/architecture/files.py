"""What the tests of the house look at: the files of the project as git sees them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "coworkmed"


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is in the project or would be with the next commit."""
    # The checkout may belong to someone else than who runs the tests, as in a container.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    """Each of them that is text, with what it says."""
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path.relative_to(ROOT), content.decode("utf-8", "replace")


def syntax_trees(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Each Python file under ``folder``, read but not run; migrations are Django's own writing and left out."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT), ast.parse(path.read_text())
