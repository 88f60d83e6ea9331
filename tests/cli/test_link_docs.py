"""What `docs/matching.md` shows works as it is shown."""

import re
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from coworkmed.cli.link import COLUMNS, link

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")


def test_the_examples_in_python_run_without_django(tmp_path: Path) -> None:
    example = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    ended = "import sys; assert 'django' not in sys.modules, 'Django was loaded'"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{example}\n{ended}"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, chance, changed = done.stdout.splitlines()
    assert first.startswith("a · 1 · True · ")
    assert "Same address: rue des lilas, 12" in first
    assert float(chance) > 0.75
    assert changed.endswith(" 3") and "mine" in changed  # La Ruche's twin went, Impact Hub came


def test_every_option_and_column_is_told_of() -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", CliRunner().invoke(link, ["--help"]).output)) - {
        "--help",
        "--right-map",
    }
    assert {option for option in options if f"`{option}" not in PAGE and f" {option} " not in PAGE} == set()
    assert {column for column in COLUMNS if f"`{column}`" not in PAGE} == set()
