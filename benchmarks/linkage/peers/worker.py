"""One tool on one case in a process of its own: ``python -m benchmarks.linkage.peers.worker JOB.json``.

A job names ``tool``, ``action`` (labelled, tune or run), the directory of the ``case`` and where to write (``out``).
"""

import json
import pickle
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .exchange import Case, Doubles, Ints, Scored
from .measure import cluster_threshold

#: Tool → (module, class, what it is told).
TOOLS: dict[str, tuple[str, str, dict[str, bool]]] = {
    "ours": ("ours", "Ours", {"trained": True}),
    "ours-shared": ("ours", "Ours", {"trained": True, "shared": True}),
    "ours-em": ("ours", "Ours", {"learnt": True, "shared": True, "tuned": True}),
    "ours-shipped": ("ours", "Ours", {}),
    "ours-given": ("ours", "Ours", {"shared": True}),
    "ours-tuned": ("ours", "Ours", {"shared": True, "tuned": True}),
    "ours-labels": ("ours", "Ours", {"shared": True, "tuned": True, "trained": True}),
    "ours-own": ("ours", "Whole", {}),
    "rule-openfairdb": ("ours", "Rule", {"openfairdb": True}),
    "rule-gogocarto": ("ours", "Rule", {}),
    "splink-em": ("with_splink", "Splink", {}),
    "splink-labels": ("with_splink", "Splink", {"labels": True}),
    "splink-own": ("with_splink", "Splink", {"own": True}),
    "goldenmatch-em": ("with_goldenmatch", "Goldenmatch", {}),
    "goldenmatch-labels": ("with_goldenmatch", "Goldenmatch", {"labels": True}),
    "goldenmatch-own": ("with_goldenmatch", "Goldenmatch", {"own": True}),
    "goldenmatch-auto": ("with_goldenmatch", "Goldenmatch", {"auto": True}),
    "recordlinkage-ecm": ("with_recordlinkage", "RecordLinkage", {}),
    "recordlinkage-logistic": ("with_recordlinkage", "RecordLinkage", {"labels": True}),
    "dedupe": ("with_dedupe", "Dedupe", {}),
    "dedupe-own": ("with_dedupe", "Dedupe", {"own": True}),
}
#: These run in our environment, all others in the peers'.
HOME = tuple(tool for tool, (module, _, _) in TOOLS.items() if module == "ours")
#: These set their own threshold (ours ships one): what they do with scores is part of the tool.
FIXED = ("ours-given", "ours-own", "goldenmatch-auto", "rule-openfairdb", "rule-gogocarto")


class Matcher(Protocol):
    """What is asked of a tool."""

    supervised: bool

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        """Learn from the records, and from labelled pairs if ``supervised``."""

    def score(self, case: Case) -> Scored:
        """The given pairs in their order; or its own, if it finds pairs itself."""

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        """(records,) the number of each record's cluster."""


def matcher(tool: str) -> Matcher:
    module, name, told = TOOLS[tool]
    made: Matcher = getattr(import_module(f"{__package__}.{module}"), name)(**told)
    return made


def labelled(tool: str, case: Case) -> Doubles:
    """(folds or 1, pairs) scores; those of row i come from a model that saw no label of fold i."""
    left, right = case.pairs()
    label, fold = case.array("label"), case.array("fold")
    if not matcher(tool).supervised:
        one = matcher(tool)
        one.fit(case, left, right)
        return one.score(case).score[None, :]
    rows = []
    for held_out in range(fold.max() + 1):
        one, known = matcher(tool), fold != held_out
        one.fit(case, left[known], right[known], label[known])
        rows.append(one.score(case).score)
    return np.stack(rows)


def tune(tool: str, case: Case, out: Path) -> dict[str, Any]:
    """The threshold that is best on a case whose truth is known; the model too where it learns from labels."""
    one, truth = matcher(tool), case.array("truth")
    left, right = case.pairs()
    label = (truth[left] == truth[right]).astype(np.int64)
    one.fit(case, left, right, label if one.supervised else None)
    if one.supervised:
        (out / "model.pickle").write_bytes(pickle.dumps(one))
    if tool in FIXED:
        return {"threshold": 0.0}
    scored = one.score(case)
    return {"threshold": cluster_threshold(scored, truth, lambda least: one.cluster(case, scored, least))}


def run(tool: str, case: Case, out: Path, threshold: float, model: Path) -> dict[str, Any]:
    """Seconds of each step; pairs, scores and clusters are written."""
    seconds: dict[str, float] = {}

    def timed(step: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        seconds[step] = time.perf_counter() - start
        return result

    one = pickle.loads(model.read_bytes()) if model.exists() else matcher(tool)
    left, right = case.pairs()
    if not model.exists():
        timed("fit", lambda: one.fit(case, left, right))
    scored = timed("score", lambda: one.score(case))
    cluster = timed("cluster", lambda: one.cluster(case, scored, threshold))
    for name, values in (("left", scored.left), ("right", scored.right), ("score", scored.score), ("cluster", cluster)):
        np.save(out / f"{name}.npy", values)
    return {"seconds": seconds}


def main(path: Path) -> None:
    job = json.loads(path.read_text(encoding="utf-8"))
    case, out, tool = Case(Path(job["case"])), Path(job["out"]), job["tool"]
    start = time.perf_counter()
    if job["action"] == "labelled":
        np.save(out / "scores.npy", labelled(tool, case))
        answer: dict[str, Any] = {}
    elif job["action"] == "tune":
        answer = tune(tool, case, out)
    else:
        answer = run(tool, case, out, job["threshold"], Path(job["model"]))
    answer["wall"] = time.perf_counter() - start
    (out / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
