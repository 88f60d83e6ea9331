"""What every test may lean on: the real lists, quick or thorough properties, and the rules of the house.

No test reaches a network: sockets are off (``--disable-socket``), tests marked ``browser`` may speak to this machine
only, and PostgreSQL's own client library is not concerned.
"""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

ROOT = Path(__file__).resolve().parents[1]
IN_CI = bool(os.environ.get("CI"))
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
_NUMBERS = count()
#: Migrations that forbid to change or empty tables: each with ``GUARD`` and ``LIFT`` by the kind of database.
APPEND_ONLY = (
    "platform.migrations.0002_append_only",
    "ledger.migrations.0002_append_only",
    "hospitality.migrations.0004_scans_stay",
)
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}

# A busy machine is no failure, so no deadline; the same examples at every run of ./check, new ones each time elsewhere.
settings.register_profile("quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("check", settings.get_profile("quick"), max_examples=100, derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("check" if IN_CI else "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that the kind of database can fail")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
    if config.getoption("--database-only"):
        kept = [item for item in items if _touches_database(item) and not item.get_closest_marker("browser")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    if item.get_closest_marker("any_database"):
        return False
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(fixtures)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real lists, kept beside the project and never in it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        absence = "the real lists are not on this machine: no ../shared/data beside the project"
        pytest.fail(absence) if IN_CI else pytest.skip(absence)
    return folder.resolve()


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what the site keeps, for this test and for the processes that it starts."""
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("COWORKMED_VAR", str(folder))
    return folder.resolve()


@pytest.fixture(autouse=True)
def own_index(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a registry of its own, and so an index of its own."""
    folder = tmp_path_factory.getbasetemp() / f"search-{next(_NUMBERS)}"
    monkeypatch.setattr("django.conf.settings.SEARCH_ROOT", folder)


@pytest.fixture(autouse=True, scope="session")
def emptied() -> Iterator[None]:
    """Between tests with transactions of their own every table is emptied, those too that refuse it."""
    guards = [import_module(f"coworkmed.{name}") for name in APPEND_ONLY]
    empty = BaseDatabaseOperations.execute_sql_flush

    def lift_and_empty(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
        lifted = [statement for guard in guards for statement in guard.LIFT[connection.vendor]]
        put_back = [statement for guard in guards for statement in guard.GUARD[connection.vendor]]
        empty(self, [*lifted, *sql_list, *put_back])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", lift_and_empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def files_found_once() -> Iterator[None]:
    """Each test's client builds the site's middleware anew; which files the site serves is the same for all."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield
