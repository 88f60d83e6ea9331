"""Other people's JavaScript: exactly the files that were listed, with their licences; and the map's own files."""

import importlib.util
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from .files import PACKAGE, ROOT

STATIC = PACKAGE / "web" / "static"
VENDOR = STATIC / "vendor"
SCRIPTS = sorted([*STATIC.glob("js/*.js"), *STATIC.glob("map/*.js")])
IMPORT = re.compile(r"""(?:from|import|import\()\s*["'](\.[^"']+)["']|=\s*["'](\.\./vendor/[^"']+)["']""")


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "tools" / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_those_that_were_listed(vendor: ModuleType) -> None:
    assert vendor.differences(VENDOR) == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_text(file.read_text() + " "),
        lambda file: file.unlink(),
        lambda file: file.with_name("stranger.js").write_text("alert(1)"),
    ],
    ids=["changed", "missing", "added"],
)
def test_a_file_that_is_not_as_listed_is_found(
    vendor: ModuleType, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    copy = Path(shutil.copytree(VENDOR, tmp_path / "vendor"))
    harm(next(copy.glob("pmtiles-*/pmtiles.js")))
    assert len(vendor.differences(copy)) == 1


def test_every_package_is_the_locked_one_and_brings_its_licence(vendor: ModuleType) -> None:
    lock = json.loads((ROOT / "vendor" / "package-lock.json").read_text())["packages"]
    expected = {f"{package.name}-{lock['node_modules/' + package.name]['version']}" for package in vendor.PACKAGES}
    assert {folder.name for folder in VENDOR.iterdir() if folder.is_dir()} == expected
    for name in expected:
        assert (VENDOR / name / "LICENCE.txt").is_file()


@pytest.mark.parametrize("folder", ["vendor", "benchmarks/lighthouse"])
def test_the_lock_pins_content_and_names_no_host(folder: str) -> None:
    text = (ROOT / folder / "package-lock.json").read_text()
    installed = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert installed
    assert all(one["integrity"].startswith("sha512-") for one in installed.values())
    assert "://" not in text


def test_no_script_asks_for_a_source_map() -> None:
    """It would not be there: the storage of static files refuses to start, and a browser's tools complain."""
    assert [path.name for path in VENDOR.rglob("*.*js") if "sourceMappingURL=" in path.read_text()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_imports_is_there(script: Path) -> None:
    named = [relative or vendored for relative, vendored in IMPORT.findall(script.read_text())]
    assert [name for name in named if not (script.parent / name).is_file()] == []


def test_the_template_names_the_engine_that_is_here() -> None:
    template = (PACKAGE / "web/templates/components/map.html").read_text()
    named = re.findall(r"static\('([^']+)'\)", template)
    assert named
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_the_ground_of_the_map_is_small() -> None:
    tiles = sorted(STATIC.glob("map/*.pmtiles"))
    assert tiles
    assert all(path.read_bytes()[:7] == b"PMTiles" for path in tiles)
    assert sum(path.stat().st_size for path in tiles) <= 2_000_000
