"""How unlike two entries of one place are, in real lists and in the generated ones: ``python -m benchmarks.noise``.

Generated lists measure a matcher only as far as they err as real lists do. Real pairs known to be one place are those
judged by hand in the French lists, those of the French lists that agree on what only one place of each list has (a
telephone or a web domain, in one town), and the pairs labelled "same" of Overture. Generated pairs are chosen the same
way, so that both columns of a comparison carry the same bias: what the choice looks at (telephone, domain, town) says
nothing there.

What the generated pairs lack: one name holds the other in 26 of 100 pairs, in 32 of Overture's; half of the names are
words nobody ever said, easier to tell apart than real ones; postcodes of whole cities, pages on shared platforms and
entries that name only a building are missing. Positions a kilometre off are more frequent than in the French lists.
Overture has hardly a pair with both positions, so its distances say little.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import token_sort_ratio

from benchmarks.linkage.generated import records
from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m
from coworkmed.linkage.pairs import read
from coworkmed.linkage.records import Key, Record
from coworkmed.linkage.texts import house_numbers, postcode, street_words, town_words
from tests.linkage import french

DATA = Path(__file__).resolve().parents[2] / "shared/data"
OVERTURE = DATA / "overture-place-pairs/pairs_train.csv.gz"
JUDGED = Path(__file__).resolve().parents[1] / "tests/linkage/judged_french_pairs.csv"

Pairs = Sequence[tuple[Record, Record]]
SIMILARITY = (0, 50, 70, 85, 95, 100)  # bounds of the bands of token sort ratio, per cent
QUANTILES = (25, 50, 75, 90, 95)
METRES = (150, 1000)


def table(pairs: Pairs) -> dict[str, float]:
    """Row → share of the pairs (0 to 1), or metres where the row says "m". Rows that say "where both" leave out pairs
    in which a side is silent; a row that no pair can answer is not a number."""
    names = [(fold(one.name), fold(other.name)) for one, other in pairs]
    ratios = np.array([token_sort_ratio(*both) for both in names])
    metres = np.array([_metres(one, other) for one, other in pairs])
    metres = metres[~np.isnan(metres)]
    rows = {
        "name letter for letter": _share(one.name == other.name for one, other in pairs),
        "name same when folded": _share(one == other for one, other in names),
        "name of the same words": _share(sorted(one.split()) == sorted(other.split()) for one, other in names),
        "name within the other's": _share(_within(*both) for both in names),
        "names without a common word": _share(not set(one.split()) & set(other.split()) for one, other in names),
    }
    for low, high in pairwise(SIMILARITY):
        rows[f"token sort ratio {low} to {high}"] = _share((ratios >= low) & (ratios < high))
    rows["token sort ratio 100"] = _share(ratios == SIMILARITY[-1])
    for name, values in _FIELDS.items():
        sides = [(values(one), values(other)) for one, other in pairs]
        rows[f"{name}: a side silent"] = _share(not (one and other) for one, other in sides)
        rows[f"{name}: agree, where both"] = _share(bool(one & other) for one, other in sides if one and other)
    rows["distance: a side silent"] = 1 - len(metres) / len(pairs) if pairs else np.nan
    for quantile in QUANTILES:
        rows[f"distance, {quantile} % within, m"] = float(np.percentile(metres, quantile)) if len(metres) else np.nan
    for bound in METRES:
        rows[f"distance over {bound} m"] = _share(metres > bound)
    return rows


#: What a record says of a field, as a set: two records agree where these meet.
_FIELDS: Mapping[str, Callable[[Record], set[Any]]] = {
    "town": lambda record: {town_words(record.locality)} - {()},
    "postcode": lambda record: {postcode(record.postcode)} - {""},
    "street": lambda record: set(street_words(record.street)) if record.street else set(),
    "number": lambda record: set(house_numbers(record.number)) - {-1},
    "phone": lambda record: set(record.phones),
    "domain": lambda record: set(record.domains),
}


def _share(answers: Iterable[bool] | NDArray[np.bool_]) -> float:
    given = np.array([bool(answer) for answer in answers])
    return float(given.mean()) if len(given) else np.nan


def _within(one: str, other: str) -> bool:
    left, right = set(one.split()), set(other.split())
    return left != right and bool(left and right) and (left <= right or right <= left)


def _metres(one: Record, other: Record) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return np.nan
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def agreeing(given: Iterable[Record]) -> Pairs:
    """Pairs of records of two lists that share a telephone or a web domain, in one town, where no list has that
    telephone or domain twice: known to be one place whatever their names say (but for the odd branch)."""
    held: dict[str, list[Record]] = {}
    for record in given:
        for text in {*record.phones, *record.domains}:
            held.setdefault(text, []).append(record)
    found: dict[tuple[Key, Key], tuple[Record, Record]] = {}
    for holders in held.values():
        if max(Counter(record.key[0] for record in holders).values()) == 1:
            for one, other in combinations(sorted(holders, key=_key), 2):
                if town_words(one.locality) == town_words(other.locality):
                    found[one.key, other.key] = one, other
    return list(found.values())


def _key(record: Record) -> Key:
    return record.key


def true_pairs(given: Sequence[Record], truth: Sequence[int]) -> Pairs:
    """Every two records of one place in different lists."""
    places: dict[int, list[Record]] = {}
    for record, place in zip(given, truth, strict=True):
        places.setdefault(place, []).append(record)
    return [
        (one, other)
        for several in places.values()
        for one, other in combinations(several, 2)
        if one.key[0] != other.key[0]
    ]


def overture() -> Pairs:
    """The labelled pairs that are one place."""
    pairs = read(OVERTURE)
    given = pairs.records()
    return [(given[2 * at], given[2 * at + 1]) for at, row in enumerate(pairs.rows) if row["label"] == "1"]


def judged(given: Iterable[Record]) -> Pairs:
    """The pairs of the French lists that a person called one place; hard ones, for easy ones need no judge."""
    by_key = {record.key: record for record in given}
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return [
            (by_key[row["left_source"], row["left_id"]], by_key[row["right_source"], row["right_id"]])
            for row in csv.DictReader(file)
            if row["same"] == "1"
        ]


def columns(size: int, seed: int) -> Iterator[tuple[str, Pairs]]:
    """(title, pairs) of each column: what is real where the data is at hand, and the generated beside it."""
    made, truth = records(size, seed)
    if french.present():
        listed = list(french.records())
        yield "French, agreeing", agreeing(listed)
        yield "generated, French", agreeing(_french(made))
        yield "French, judged", judged(listed)
    if OVERTURE.exists():
        yield "Overture, same", overture()
        yield "generated, commercial", true_pairs(*_commercial(made, truth))
    yield "generated, all", true_pairs(made, truth)


def _french(made: Iterable[Record]) -> Iterator[Record]:
    """The records of lists like the French ones, of France."""
    lists = ("generated-census", "generated-region", "generated-map")
    return (record for record in made if record.country == "FR" and record.key[0] in lists)


def _commercial(made: Sequence[Record], truth: Sequence[int]) -> tuple[Sequence[Record], Sequence[int]]:
    """The records, and their places, of lists like those Overture is made of."""
    lists = ("generated-portal", "generated-directory")
    kept = [at for at, record in enumerate(made) if record.key[0] in lists]
    return [made[at] for at in kept], [truth[at] for at in kept]


def side_by_side(tables: Mapping[str, dict[str, float]], counts: Mapping[str, int]) -> str:
    """The tables as one, in Markdown."""
    titles = list(tables)
    lines = [
        f"| two entries of one place | {' | '.join(titles)} |",
        f"| --- |{' ---: |' * len(titles)}",
        f"| pairs | {' | '.join(f'{counts[title]:,}' for title in titles)} |",
    ]
    for row in next(iter(tables.values())):
        cells = (_cell(row, tables[title][row]) for title in titles)
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(row: str, value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:.0f}" if row.endswith(", m") else f"{100 * value:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.noise", description="Real noise beside generated.")
    parser.add_argument("--size", type=int, default=50_000, help="generated assertions")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = dict(columns(options.size, options.seed))
    print(side_by_side({title: table(pairs) for title, pairs in found.items()}, {t: len(p) for t, p in found.items()}))


if __name__ == "__main__":
    main()
