"""What a first run from the outside leaves, made once: it makes all tables, which takes its time."""

import shutil
from pathlib import Path

import pytest

from .test_build import build, declared, set_up


@pytest.fixture
def built(_built: Path, tmp_path: Path) -> Path:
    """A catalogue, its list, and what was published from it in ``out``."""
    return shutil.copytree(_built, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def site(_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue, its list, and in ``var`` the site that was set up with it, which remembers where its lists are."""
    folder = tmp_path_factory.getbasetemp() / "site"
    shutil.rmtree(folder)
    return shutil.copytree(_site, folder)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = declared(tmp_path_factory.mktemp("built"))
    assert build(folder).returncode == 0
    return folder


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = declared(tmp_path_factory.mktemp("site", numbered=False))
    first = set_up(folder)
    assert (first.returncode, "5 places" in first.stderr) == (0, True)
    return shutil.copytree(folder, tmp_path_factory.mktemp("kept") / "site")
