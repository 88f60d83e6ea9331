"""Wherever the work is done, the result is the same; and what an engine lacks is said in words.

One Spark context serves most tests. Those that start their own stand before it: a process has but one at a time.
"""

import csv
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from benchmarks.linkage.generated import records as generated
from coworkmed.cli.link import link as link_command
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.processes import ENOUGH
from coworkmed.linkage import engine, engines
from coworkmed.linkage.engines import LOCAL, Engine, Spark
from coworkmed.linkage.records import Linkage, Record, Ruling
from tests.conftest import LOOPBACK, ROOT
from tests.linkage.test_engine import EDGES, lists, numbered

needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None, reason="PySpark is not installed: ./check does that where Java 17 or newer is found"
)
pytestmark = [
    pytest.mark.allow_hosts(LOOPBACK),  # Java is spoken to by way of the loopback
    # PySpark leaves it to Python to close what it read results from
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]


class Plain:
    """The contract in its shortest form."""

    def spread(self, work: Callable[[Any, Any], Any], shared: Any, tasks: Sequence[Any]) -> list[Any]:
        return [work(shared, task) for task in tasks]

    spread_python = spread


def linked(records: Sequence[Record], on: Engine, rulings: Sequence[Ruling] = ()) -> Linkage:
    """Linked in parts so small that there are many of them."""
    with patch.multiple(engine, READ_AT_ONCE=len(records) // 9 + 1, COMPARED_AT_ONCE=len(records) // 4 + 1):
        return engine.link(records, rulings, engine=on)


def assert_same(one: Linkage, other: Linkage) -> None:
    """All that a linkage says, to the last digit."""
    for field in fields(Linkage):
        if field.name not in ("scored", "explain"):
            assert getattr(one, field.name) == getattr(other, field.name), field.name
    for mine, theirs in zip(one.scored, other.scored, strict=True):
        assert (mine.dtype, mine.tolist()) == (theirs.dtype, theirs.tolist())
    asked = [*one.doubts, *one.ties.values(), *one.weakest.values()][:200]
    assert one.explain(asked) == other.explain(asked)


# This machine


@pytest.fixture
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)


@pytest.mark.usefixtures("three_cores")
@pytest.mark.parametrize("spread", [LOCAL.spread, LOCAL.spread_python])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 30])
def test_results_come_in_the_order_of_tasks(spread: Callable[..., list[Any]], size: int) -> None:
    assert spread(lambda shared, task: [*shared, task], [7], list(range(size))) == [[7, task] for task in range(size)]


@pytest.mark.usefixtures("three_cores")
def test_python_work_is_done_in_other_processes_where_there_is_enough_of_it() -> None:
    enough = LOCAL.spread_python(lambda shared, task: os.getpid(), None, range(2 * ENOUGH))
    assert os.getpid() not in enough[1:]  # the first is done here
    assert set(LOCAL.spread_python(lambda shared, task: os.getpid(), None, range(ENOUGH - 1))) == {os.getpid()}


@pytest.mark.usefixtures("three_cores")
@pytest.mark.parametrize("spread", [LOCAL.spread, LOCAL.spread_python])
def test_what_goes_wrong_in_a_task_is_raised(spread: Callable[..., list[Any]]) -> None:
    with pytest.raises(ZeroDivisionError):
        spread(lambda shared, task: shared // task, 1, [2, 1, 0, 1, 2])


def test_threads_and_processes_link_as_a_loop_does() -> None:
    records, _ = generated(3_000, seed=5)
    with patch.object(os, "cpu_count", lambda: 3):
        assert_same(linked(records, LOCAL), linked(records, Plain()))


def test_no_task_holds_more_than_its_part() -> None:
    sizes: list[list[int]] = []

    class Watched(Plain):
        def spread_python(self, work: Callable[[Any, Any], Any], shared: Any, tasks: Sequence[Any]) -> list[Any]:
            assert shared is None
            sizes.append([len(task) for task in tasks])
            return self.spread(work, shared, tasks)

    records, _ = generated(500, seed=6)
    linked(records, Watched())
    assert [sum(parts) for parts in sizes] == [500]
    assert max(sizes[0]) == 500 // 9 + 1


# Spark: what is missing


def test_without_pyspark_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pyspark", "pyspark.errors"):
        monkeypatch.setitem(sys.modules, module, None)
    engines._java.cache_clear()
    with pytest.raises(CoworkmedError, match=r"PySpark 4\.0 is not installed"), engines.opened("spark"):
        pass


def command(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MASTER", "SPARK_HOME")}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "COWORKMED_VAR": str(folder / "var"), "LANG": "en"} | more
    return subprocess.run(
        [sys.executable, "-P", "-m", "coworkmed.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """A list of places as a table."""
    path = tmp_path / "places.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "street", "house_number", "city", "country", "lat", "lon", "phone"))
        for one in generated(400, seed=11)[0]:
            place = (one.name, one.street, one.number, one.locality, one.country, one.lat, one.lon)
            writer.writerow((one.key[1], *place, *one.phones[:1]))
    return path


@needs_spark
def test_without_java_its_name_and_version_are_said(places: Path) -> None:
    out = places.with_name("links.csv")
    arguments = ("link", "--left", str(places), "--out", str(out), "--engine", "spark")
    done = command(places.parent, *arguments, JAVA_HOME=str(places.parent / "none"))
    said = " ".join(done.stderr.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert said.endswith("Spark could not start Java: it needs version 17 or newer, in JAVA_HOME or on the PATH.")
    assert "Traceback" not in said
    assert not out.exists()


@needs_spark
@pytest.mark.parametrize(
    ("master", "said"),
    [
        ("spark://127.0.0.1:9", "No Spark answers at spark://127.0.0.1:9."),
        ("spark://127.0.0.1:9,127.0.0.1:10", "No Spark answers at spark://127.0.0.1:9,127.0.0.1:10."),
        ("spark://nowhere", "Spark could not start on spark://nowhere: "),
        ("moon", "Spark could not start on moon: "),
    ],
)
def test_a_master_that_is_none_is_named(master: str, said: str) -> None:
    with pytest.raises(CoworkmedError) as problem, engines.spark(master):
        pass
    assert str(problem.value).startswith(said)
    assert len(str(problem.value)) > len(said) - 1


# Spark: from the command line


@needs_spark
def test_link_finds_the_same_on_spark(places: Path) -> None:
    written = []
    for name in engines.ENGINES:
        out = places.with_name(f"{name}.csv")
        arguments = ["--left", str(places), "--out", str(out), "--doubts", "--engine", name]
        done = CliRunner().invoke(link_command, arguments)
        assert done.exit_code == 0, done.output
        written.append(out.read_text(encoding="utf-8"))
    assert written[0] == written[1]
    assert written[0].count("\n") > 50


CATALOGUE = """
[[source]]
key = "places"
title = { en = "Places" }
keeper = "Nobody"
licence = "CC-BY-4.0"
attribution = "Nobody"
observed_on = "2025-03"
connector = "csv"
location = "places.csv"
[source.columns]
id = "id"
name = "name"
street = "street"
house_number = "house_number"
locality = "city"
country = "country"
lat = "lat"
lon = "lon"
phone = "phone"
"""


@needs_spark
@pytest.mark.slow
def test_build_publishes_the_same_on_spark(places: Path) -> None:
    folder = places.parent
    (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    published = {}
    for name in engines.ENGINES:
        arguments = ("--sources", "catalogue.toml", "--out", name, "--as-of", "2026-01-15", "--engine", name)
        done = command(folder, "build", *arguments)
        assert done.returncode == 0, done.stderr
        assert "WARN" not in done.stderr
        shutil.rmtree(folder / name / ".registry")
        files = (path for path in (folder / name).rglob("*") if path.is_file())
        published[name] = {path.relative_to(folder / name): path.read_bytes() for path in files}
    assert published["local"] == published["spark"]
    assert Path("places.csv") in published["local"]


# Spark: one context


@pytest.fixture(scope="module")
def on_spark() -> Iterator[Spark]:
    with engines.spark("local[2]") as found:
        yield found
    gc.collect()  # sockets left open are closed here, not in the tests of others


@needs_spark
@settings(max_examples=3)
@given(given_records=lists(25), same=EDGES, apart=EDGES)
def test_any_records_are_linked_the_same_on_spark(
    on_spark: Spark, given_records: list[Record], same: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    rulings = [*numbered(same, given_records, "same"), *numbered(apart, given_records, "different")]
    assert_same(linked(given_records, on_spark, rulings), linked(given_records, LOCAL, rulings))


@needs_spark
def test_generated_records_are_linked_the_same_on_spark(on_spark: Spark) -> None:
    records, _ = generated(5_000, seed=8)
    found = linked(records, on_spark)
    assert_same(found, linked(records, LOCAL))
    assert len(found.clusters) < 4_900
    assert len(found.doubts) > 10


@needs_spark
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 50])
def test_spark_keeps_the_order_of_tasks(on_spark: Spark, size: int) -> None:
    assert on_spark.spread(lambda shared, task: (shared, task), "s", range(size)) == [("s", at) for at in range(size)]


@needs_spark
def test_what_is_shared_goes_to_spark_once(on_spark: Spark) -> None:
    shared, sent = [1, 2, 3], []
    for work in (lambda shared, task: shared[task], lambda shared, task: sum(shared) + task):
        on_spark.spread(work, shared, [0, 1])
        sent.append(on_spark._send(shared))
    assert sent[0] is sent[1]
    assert on_spark.spread(lambda shared, task: shared[task], [4, 5, 6], [0, 1]) == [4, 5]


@needs_spark
def test_what_goes_wrong_on_spark_is_said(on_spark: Spark) -> None:
    with pytest.raises(CoworkmedError, match=r"^Spark did not finish the work: .*stage failure"):
        on_spark.spread(lambda shared, task: shared // task, 1, [1, 0])
    assert on_spark.spread(lambda shared, task: shared // task, 4, [1, 2]) == [4, 2]


@needs_spark
@pytest.mark.usefixtures("on_spark")
def test_a_second_context_is_refused_in_words() -> None:
    with pytest.raises(CoworkmedError, match=r"could not start on local: Cannot run multiple"), engines.spark("local"):
        pass


def test_the_tests_on_spark_run_where_it_is_wanted() -> None:
    """`needs_spark` looks for what requirements/spark.in asks for."""
    assert "pyspark>=4.0,<4.1" in (ROOT / "requirements" / "spark.in").read_text().split()
