"""Labelled pairs, then generated lists, scored by every tool: see the README for what is run and how."""

import argparse
import json
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.linkage.generated import records as generated_records
from coworkmed.linkage.pairs import read
from coworkmed.linkage.records import Record

from . import measure
from .exchange import Case, Ints, write
from .ours import found_pairs
from .process import Outcome, run
from .tables import rows
from .worker import HOME

DATA = Path(__file__).resolve().parents[4] / "shared/data"
FOLDS = 5
LABELLED = (
    "ours", "ours-shared", "ours-em", "splink-em", "splink-labels", "recordlinkage-ecm", "recordlinkage-logistic",
    "dedupe", "goldenmatch-em", "goldenmatch-labels", "rule-openfairdb", "rule-gogocarto",
)  # fmt: skip
GENERATED = (
    "ours-tuned", "ours-given", "ours-em", "ours-labels", "splink-em", "splink-labels", "goldenmatch-em",
    "recordlinkage-ecm", "recordlinkage-logistic", "dedupe", "rule-openfairdb", "rule-gogocarto",
    "ours-own", "splink-own", "goldenmatch-own", "goldenmatch-auto", "dedupe-own",
)  # fmt: skip
#: Above this size these are not tried: a smaller one already does not finish.
LIMIT = {"dedupe-own": 10_000}
SAYS = {
    "ours": "ours, trained on the other folds",
    "ours-shared": "ours, trained, shared columns only",
    "ours-em": "ours, EM without labels, shared columns only",
    "ours-shipped": "ours, shipped weights unchanged",
    "ours-given": "ours, as shipped",
    "ours-tuned": "ours, shipped weights, threshold chosen like the others'",
    "ours-labels": "ours, weights and threshold from labels",
    "ours-own": "ours, `link(records)` as shipped",
    "splink-em": "Splink, EM without labels",
    "splink-labels": "Splink, m and u from labels",
    "splink-own": "Splink, EM",
    "goldenmatch-em": "goldenmatch, EM without labels",
    "goldenmatch-labels": "goldenmatch, m from labels",
    "goldenmatch-own": "goldenmatch, Fellegi-Sunter in five passes",
    "goldenmatch-auto": "goldenmatch, no settings",
    "recordlinkage-ecm": "recordlinkage, ECM without labels",
    "recordlinkage-logistic": "recordlinkage, logistic, labels",
    "dedupe": "dedupe, labels",
    "dedupe-own": "dedupe, labels",
    "rule-openfairdb": "rule: 100 m, 30 % of the title or two words",
    "rule-gogocarto": "rule: 200 m, 45 % of the title, or same slug",
}


def case_of(directory: Path, records: Sequence[Record], **arrays: Any) -> Case:
    """A case of records and arrays in ``directory``."""
    case = write(directory, rows(records), **arrays)
    (directory / "records.pickle").write_bytes(pickle.dumps(records, protocol=pickle.HIGHEST_PROTOCOL))
    return case


def labelled_case(path: Path, directory: Path, same: Callable[[Mapping[str, str], str], str], seed: int) -> Case:
    """A file of labelled pairs; ``same`` names the record on a side, so that no record is in two folds."""
    table = read(path)
    label = np.array([int(row["label"]) for row in table.rows])
    number: dict[str, int] = {}
    sides = [[number.setdefault(same(row, side), len(number)) for row in table.rows] for side in ("left_", "right_")]
    group = measure.components(len(number), np.array(sides[0]), np.array(sides[1]))[sides[0]]
    _, group = np.unique(group, return_inverse=True)
    fold = (np.random.default_rng(seed).permutation(group.max() + 1) % FOLDS)[group]
    left = 2 * np.arange(len(label))
    return case_of(directory, table.records(), left=left, right=left + 1, label=label, fold=fold, group=group)


def judged(case: Case, scores: Any, tool: str) -> measure.Units:
    """What a tool says of each pair at the threshold that is best on the folds the pair is not in."""
    label, fold, group = case.array("label"), case.array("fold"), case.array("group")
    said = np.zeros(len(label), np.int64)
    for one in range(FOLDS):
        score, known = scores[min(one, len(scores) - 1)], fold != one
        least = 0.5 if tool.startswith("rule-") else measure.pair_threshold(score[known], label[known])
        said[~known] = score[~known] >= least
    return measure.labelled_pairs(said, label, group)


def on_labelled(case: Case, tools: Sequence[str], python: str, timeout: float) -> list[dict[str, Any]]:
    """One line a tool."""
    lines: list[dict[str, Any]] = []
    ours: measure.Units | None = None
    for tool in tools:
        out = case.directory / tool
        done = run(_python(tool, python), _job(tool, "labelled", case, out), timeout)
        line: dict[str, Any] = {"tool": tool, "cpu": done.cpu, "load": done.load, "problem": done.problem}
        if done.answer:
            units = judged(case, np.load(out / "scores.npy"), tool)
            ours = ours or (units if tool in HOME else None)
            line |= {"wall": done.answer["wall"], **asdict(measure.figure(units))}
            line |= {"gap": measure.gap(ours, units)} if ours and units is not ours else {}
        lines.append(line)
        _say(f"  {tool}: {line.get('f1', line['problem'])}")
    return lines


def on_generated(
    size: int, tools: Sequence[str], seeds: tuple[int, int], runs: int, python: str, timeout: float, work: Path
) -> dict[str, Any]:
    """Thresholds from the list of the first seed, figures from that of the second."""
    tuning, about = generated_case(min(size, 100_000), seeds[0], work / f"{size}-{seeds[0]}")
    case, about = generated_case(size, seeds[1], work / f"{size}-{seeds[1]}")
    truth = case.array("truth")
    lines: list[dict[str, Any]] = []
    ours: dict[bool, tuple[measure.Units, measure.Units]] = {}
    for tool in tools:
        if size > LIMIT.get(tool, size):
            continue
        own = tool.endswith(("-own", "-auto"))
        line = _timed(tool, tuning, case, runs, python, timeout)
        if "wall" in line:
            out = case.directory / tool
            cluster, left, right = (np.load(out / f"{name}.npy") for name in ("cluster", "left", "right"))
            units = measure.joined_pairs(cluster, truth), measure.b_cubed(cluster, truth)
            line |= {"pairs": len(left), "recall_of_pairs": _recall(left, right, truth)} if len(left) else {}
            line |= {"joined": asdict(measure.figure(units[0])), "b_cubed": asdict(measure.figure(units[1]))}
            if own not in ours and tool in HOME:
                ours[own] = units
            elif own in ours:
                line |= {"gap": measure.gap(ours[own][1], units[1]), "gap_joined": measure.gap(ours[own][0], units[0])}
        lines.append({"own": own, **line})
        _say(
            f"  {tool}: "
            + (f"{line['wall']} s, B-cubed {line['b_cubed']['f1']:.4f}" if "wall" in line else line["problem"])
        )
    return {"size": size, "seeds": seeds, "about": about, "lines": lines}


def generated_case(size: int, seed: int, directory: Path) -> tuple[Case, dict[str, Any]]:
    """A generated list with our candidate pairs, and how long making its columns and pairs took."""
    records, truth = generated_records(size, seed)
    start = time.perf_counter()
    normalised = list(rows(records))
    columns_in = time.perf_counter() - start
    start = time.perf_counter()
    left, right = found_pairs(records)
    pairs_in = time.perf_counter() - start
    places = np.unique(np.array(truth, np.int64), return_inverse=True)[1]
    case = write(directory, normalised, left=left, right=right, truth=places)
    (directory / "records.pickle").write_bytes(pickle.dumps(records, protocol=pickle.HIGHEST_PROTOCOL))
    about = {
        "columns_seconds": columns_in, "pairs_seconds": pairs_in, "pairs": len(left),
        "recall": _recall(left, right, places), "places": int(places.max()) + 1,
    }  # fmt: skip
    return case, about


def _timed(tool: str, tuning: Case, case: Case, runs: int, python: str, timeout: float) -> dict[str, Any]:
    chosen = run(_python(tool, python), _job(tool, "tune", tuning, tuning.directory / tool), timeout)
    if not chosen.answer:
        return {"tool": tool, "problem": f"choosing its threshold: {chosen.problem}"}
    more = {"threshold": chosen.answer["threshold"], "model": str(tuning.directory / tool / "model.pickle")}
    done: list[Outcome] = []
    for _ in range(runs):
        done.append(run(_python(tool, python), _job(tool, "run", case, case.directory / tool, **more), timeout))
        if not done[-1].answer:
            return {"tool": tool, "problem": done[-1].problem, "peak_mb": done[-1].peak_mb}
    seconds = [one.answer["seconds"] for one in done if one.answer]
    best = min(seconds, key=lambda steps: sum(steps.values()))
    return {
        "tool": tool, "problem": "", "threshold": more["threshold"], "steps": best,
        "wall": round(sum(best.values()), 2),
        "median": round(statistics.median(sum(steps.values()) for steps in seconds), 2),
        "cpu": min(one.cpu for one in done), "peak_mb": max(one.peak_mb for one in done),
        "load": max(one.load for one in done),
    }  # fmt: skip


def _recall(left: Ints, right: Ints, truth: Ints) -> float:
    sizes = np.bincount(truth)
    return float((truth[left] == truth[right]).sum() / max(1, (sizes * (sizes - 1) // 2).sum()))


def _python(tool: str, python: str) -> str:
    return sys.executable if tool in HOME else python


def _job(tool: str, action: str, case: Case, out: Path, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "action": action, "case": str(case.directory), "out": str(out), **more}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def labelled_table(title: str, lines: Sequence[Mapping[str, Any]]) -> str:
    """Markdown."""
    text = [f"**{title}**", "", "| tool | F1 [95 %] | precision | recall | first line is better by | s | CPU s |"]
    text.append("| --- | --- | ---: | ---: | --- | ---: | ---: |")
    for line in lines:
        if "f1" not in line:
            text.append(f"| {SAYS[line['tool']]} | {line['problem']} | | | | | {line['cpu']:.1f} |")
            continue
        text.append(
            f"| {SAYS[line['tool']]} | {line['f1']:.3f} [{line['low']:.3f}, {line['high']:.3f}] "
            f"| {line['precision']:.3f} | {line['recall']:.3f} | {_gap(line)} | {line['wall']:.1f} "
            f"| {line['cpu']:.1f} |"
        )
    return "\n".join(text)


def generated_table(result: Mapping[str, Any], own: bool) -> str:
    """Markdown; the tools that were given pairs, or those that found theirs."""
    about, lines = result["about"], [line for line in result["lines"] if line["own"] == own]
    given = (
        f"the same {about['pairs']:,} pairs for all (blocking recall {about['recall']:.4f})" if not own
        else "end to end, each with pairs of its own"
    )  # fmt: skip
    text = [f"**{result['size']:,} records of {about['places']:,} places, seed {result['seeds'][1]}: {given}**", ""]
    text.append(
        "| tool | pairs | train s | score s | cluster s | wall s best / median | CPU s | peak MB | load before "
        "| pairwise F1 [95 %] | B-cubed F1 [95 %] | first line is better by (B-cubed) |"
    )
    text.append("| --- |" + " ---: |" * 8 + " --- | --- | --- |")
    for line in lines:
        if "wall" not in line:
            text.append(f"| {SAYS[line['tool']]} | | | | | {line['problem']} | | | | | | |")
            continue
        steps = line["steps"]
        pairs = f"{line['pairs']:,} ({line['recall_of_pairs']:.3f})" if own and "pairs" in line else ""
        text.append(
            f"| {SAYS[line['tool']]} | {pairs} | {steps.get('fit', 0):.1f} | {steps['score']:.1f} "
            f"| {steps['cluster']:.1f} | {line['wall']:.1f} / {line['median']:.1f} | {line['cpu']:.1f} "
            f"| {line['peak_mb']:,.0f} | {line['load']:.1f} | {_figure(line['joined'])} | {_figure(line['b_cubed'])} "
            f"| {_gap(line)} |"
        )
    note = f"Not in these times: making the normalised columns {about['columns_seconds']:.1f} s"
    text += [
        "",
        f"{note}; our candidate pairs {about['pairs_seconds']:.1f} s." if not own else f"{note} (in ours it is).",
    ]
    return "\n".join(text)


def _figure(found: Mapping[str, float]) -> str:
    return f"{found['f1']:.4f} [{found['low']:.4f}, {found['high']:.4f}]"


def _gap(line: Mapping[str, Any]) -> str:
    return "{:+.4f} [{:+.4f}, {:+.4f}]".format(*line["gap"]) if "gap" in line else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.peers", description=__doc__)
    parser.add_argument("--python", required=True, help="the interpreter of the peers' environment (peers.txt)")
    parser.add_argument(
        "--sizes", nargs="*", type=int, default=[10_000], help="sizes of generated lists; none: no lists"
    )
    parser.add_argument("--runs", type=int, default=3, help="timed runs a tool")
    parser.add_argument("--seeds", nargs=2, type=int, default=[303, 404], help="of the list for thresholds, and scored")
    parser.add_argument("--timeout", type=float, default=600, help="seconds a process may take")
    parser.add_argument("--tools", nargs="*", help="only these")
    parser.add_argument("--no-labelled", action="store_true", help="leave the labelled pairs out")
    parser.add_argument("--work", type=Path, help="keep the cases in this directory")
    parser.add_argument("--json", type=Path, help="write all figures there too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = asked.work or Path(temporary)
        every: dict[str, Any] = {"labelled": {}, "generated": []}

        def chosen(tools: Sequence[str]) -> list[str]:
            return [tool for tool in tools if not asked.tools or tool in asked.tools]

        if not asked.no_labelled:
            for title, lines in _labelled(work, chosen, asked.python, asked.timeout):
                every["labelled"][title] = lines
                print(labelled_table(title, lines), "\n", flush=True)
        for size in asked.sizes:
            _say(f"{size:,} records")
            result = on_generated(
                size, chosen(GENERATED), tuple(asked.seeds), asked.runs, asked.python, asked.timeout, work
            )
            every["generated"].append(result)
            for own in (False, True):
                print(generated_table(result, own), "\n", flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(every, indent=1), encoding="utf-8")


def _zagat(row: Mapping[str, str], side: str) -> str:
    """Folds by left record: its false pairs hang all of this data together, so that groups would be one."""
    return "|".join(row[f"left_{column}"] for column in ("name", "addr", "phone"))


def _labelled(
    work: Path, chosen: Callable[[Sequence[str]], list[str]], python: str, timeout: float
) -> Sequence[tuple[str, list[dict[str, Any]]]]:
    files = (
        ("Overture", "overture-place-pairs/pairs_train.csv.gz", lambda row, side: row[f"{side}id"], LABELLED),
        (
            "Fodor's-Zagat's",
            "restaurants-fodors-zagats/pairs.csv",
            _zagat,
            (*LABELLED, "ours-shipped"),
        ),
    )
    found = []
    for name, path, same, tools in files:
        if not (DATA / path).exists():
            _say(f"The labelled pairs are not here: {path}")
            continue
        _say(name)
        case = labelled_case(DATA / path, work / name.split("'")[0].lower(), same, seed=0)
        by = "record" if name == "Overture" else "left record"
        title = f"{name}: {len(case.array('label')):,} labelled pairs, {FOLDS} folds by {by}"
        found.append((title, on_labelled(case, chosen(tools), python, timeout)))
    return found


if __name__ == "__main__":
    main()
