"""The house: the same rooms in each subject, no effects by surprise, nothing used that is not asked for."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .files import PACKAGE, ROOT, syntax_trees
from .test_files import direct

#: Rooms that any subject may have, always under these names.
ROOMS = {
    *("__init__", "apps", "models", "migrations", "rules", "services", "queries", "events", "handlers"),
    *("forms", "views", "api", "urls", "admin", "tasks", "pages", "words"),
}
#: What a subject has besides, where the usual rooms would hide it.
OWN_ROOMS = {
    "people": {
        "adapter",
        "former",
        "history",
        "letters",
        "management",
        "middleware",
        "second_factors",
        "sign_in",
        "templatetags",
    },
    "sources": {
        "catalogue",
        "spec",
        "connectors",
        "fetch",
        "home_pages",
        "mapping",
        "normalise",
        "proposals",
        "reasons",
        "voices",
    },
    "places": {
        "cards",
        "clock",
        "clock_settings",
        "comparable",
        "explained",
        "filters",
        "freshness",
        "hours",
        "lists",
        "picture",
        "review",
        "search",
        "signals",
    },
    "stewardship": {"letters", "proofs", "questions", "typed"},
    "observatory": {
        "census",
        "chart",
        "definitions",
        "disagreement",
        "editions",
        "freshness",
        "indicators",
        "published",
        "report",
        "stories",
        "unseen",
    },
    "hospitality": {"books", "calendar", "clock", "desk", "errors", "passes"},
    "ledger": {"files", "netting", "statements", "vat", "verify"},
    "opendata": {
        *("cql", "csv_text", "dcat", "dictionary", "features", "features_api", "feeds", "geopackage", "geoparquet"),
        *("licensing", "parquet", "publish", "rdf", "reconciliation", "tables"),
    },
}
#: Packages that are no subjects: values, foundations, an engine, faces.
FREE = {"kernel", "platform", "linkage", "web", "api", "cli", "demo", "locale"}
#: Packages that are needed and never imported by their name.
UNSAID = {
    "coverage": "a command",
    "import-linter": "a command",
    "odfpy": "writes the spreadsheets that tests read",
    "pytest-django": "a plug-in of pytest",
    "pytest-playwright": "a plug-in of pytest",
    "pytest-socket": "a plug-in of pytest",
    "ruff": "a command",
    "mypy": "a command",
    "django-stubs": "types for mypy",
}


def subjects() -> list[Path]:
    return sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists() and path.name not in FREE)


@pytest.mark.parametrize("subject", subjects(), ids=lambda subject: subject.name)
def test_rooms_have_their_usual_names(subject: Path) -> None:
    found = {path.stem for path in subject.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found <= ROOMS | OWN_ROOMS.get(subject.name, set())


def test_no_own_room_is_declared_for_nothing() -> None:
    declared = {f"{subject}/{room}" for subject, rooms in OWN_ROOMS.items() for room in rooms}
    present = {f"{path.parent.name}/{path.stem}" for subject in subjects() for path in subject.iterdir()}
    assert declared <= present


def test_no_signals_of_ours() -> None:
    """What happens on saving is written in the service that saves, where a reader finds it."""
    signals = {"django.db.models.signals", "django.dispatch"}
    assert [str(path) for path, tree in syntax_trees(PACKAGE) if not signals.isdisjoint(imported(tree))] == []


def test_no_model_hides_work_in_save_or_delete() -> None:
    hidden = [
        f"{path}: {cls.name}.{method.name}"
        for path, tree in syntax_trees(PACKAGE)
        for cls in ast.walk(tree)
        if isinstance(cls, ast.ClassDef) and not cls.name.endswith("Form")
        for method in cls.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete"}
    ]
    assert hidden == []


def test_print_is_for_the_command_line() -> None:
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in syntax_trees(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}
    ]
    assert calls == []


@pytest.mark.parametrize(
    ("folders", "lists"),
    [
        (["src"], ["base.in", "postgres.in", "spark.in"]),
        (["src", "tests", "tools", "benchmarks"], ["base.in", "postgres.in", "dev.in", "spark.in"]),
    ],
    ids=["the site", "the checks"],
)
def test_every_package_imported_is_asked_for(folders: list[str], lists: list[str]) -> None:
    asked = {package for name in lists for package in direct(name)}
    owners = importlib.metadata.packages_distributions()
    strangers = {
        f"{path}: {module}"
        for folder in folders
        for path, tree in syntax_trees(ROOT / folder)
        for module in {name.split(".")[0] for name in imported(tree)}
        if module in owners and module not in sys.stdlib_module_names
        if asked.isdisjoint(canonical(owner) for owner in owners[module])
    }
    assert strangers == set()


def test_every_package_asked_for_is_used() -> None:
    text = "\n".join(
        path.read_text()
        for folder in ("src", "tests", "tools", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
    )
    words = set(re.findall(r"\w+", text))
    modules: dict[str, set[str]] = {}
    for module, owners in importlib.metadata.packages_distributions().items():
        for owner in owners:
            modules.setdefault(canonical(owner), set()).add(module)
    asked = {package for name in ("base.in", "postgres.in", "dev.in") for package in direct(name)}
    assert {package for package in asked - set(UNSAID) if words.isdisjoint(modules.get(package, set()))} == set()


def imported(tree: ast.Module) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it; its own package's are left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
