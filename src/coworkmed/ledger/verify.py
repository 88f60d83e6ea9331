"""Check statements from their files alone: ``python verify.py FILE.json …``. Needs nothing but Python.

It shares no code with what made them. Of each statement: its digest, its sums, the chain with each partner. Of those of
one place: that each names the one before. Of two places that name each other: that one has what the other has, with the
opposite sign. Ends with 1 and says what is wrong where something is.
"""

import json
import sys
from collections import defaultdict
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

Stated = dict[str, Any]


def plain(value: object) -> str:
    """JSON in the one form that is digested."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def check_one(said: Stated, digest: str) -> list[str]:
    """What is wrong with a statement by itself."""
    wrong = [
        f"its {end} is not the sum of those with its partners"
        for end in ("opening", "closing")
        if said[end] != sum(partner[end] for partner in said["partners"])
    ]
    if sha256(plain(said).encode()).hexdigest() != digest:
        wrong.append("it is not what was digested")
    for partner in said["partners"]:
        entries = partner["entries"]
        if partner["closing"] != partner["opening"] + sum(entry["amount"] for entry in entries):
            wrong.append(f"with {partner['place']}, opening and entries don't make the closing")
        if any(entry["at"][:7] != said["month"] for entry in entries):
            wrong.append(f"with {partner['place']}, an entry is of another month")
        low, high = sorted((said["place"], partner["place"]))
        sign = 1 if low == said["place"] else -1
        told = sorted([entry["at"], entry["transfer"], sign * entry["amount"]] for entry in entries)
        listed = [[transfer, at, amount] for at, transfer, amount in told]
        bound = plain([partner["previous"], said["unit"], low, high, listed])
        chain = sha256(bound.encode()).hexdigest() if listed else partner["previous"]
        if chain != partner["chain"]:
            wrong.append(f"with {partner['place']}, the chain is broken")
    return wrong


def check_following(before: Stated, digest: str, said: Stated) -> list[str]:
    """What is wrong between a statement and the next of the same place."""
    wrong = []
    if said["previous"] != digest:
        wrong.append(f"it does not follow that of {before['month']}")
    if said["opening"] != before["closing"]:
        wrong.append(f"it opens otherwise than {before['month']} closed")
    closed = {partner["place"]: (partner["closing"], partner["chain"]) for partner in before["partners"]}
    wrong += [
        f"with {partner['place']}, it does not go on from {before['month']}"
        for partner in said["partners"]
        if (partner["opening"], partner["previous"]) != closed.get(partner["place"], (0, ""))
    ]
    left_out = sorted(closed.keys() - {partner["place"] for partner in said["partners"]})
    return wrong + [f"it leaves out {other}, with whom {before['month']} closed" for other in left_out]


def check_mirror(mine: Stated, theirs: Stated) -> list[str]:
    """What is wrong between what two places say of each other: ``mine`` is with the place of ``theirs``."""
    wrong = [
        f"with {mine['place']}, the {end} is not the other's"
        for end in ("opening", "closing")
        if mine[end] != -theirs[end]
    ]
    if mine["chain"] != theirs["chain"]:
        wrong.append(f"with {mine['place']}, the two have different chains")
    listed = {entry["transfer"]: entry["amount"] for entry in mine["entries"]}
    if listed != {entry["transfer"]: -entry["amount"] for entry in theirs["entries"]}:
        wrong.append(f"with {mine['place']}, the entries are not the other's")
    return wrong


def check(files: list[Stated]) -> list[str]:
    """What is wrong with the statements, each ``{"statement": …, "digest": …}``; [] where all is right."""
    faults: list[str] = []
    accounts: dict[tuple[str, str], list[tuple[str, Stated, str]]] = defaultdict(list)
    for file in files:
        said = file["statement"]
        accounts[said["unit"], said["place"]].append((said["month"], said, file["digest"]))

    def note(said: Stated, wrong: list[str]) -> None:
        faults.extend(f"{said['place']} {said['unit']} {said['month']}: {one}" for one in wrong)

    for months in accounts.values():
        months.sort(key=lambda month: month[0])
        for _, said, digest in months:
            note(said, check_one(said, digest))
        for (_, before, digest), (_, said, _) in pairwise(months):
            note(said, check_following(before, digest, said))
    told = {
        (unit, place, partner["place"], month): partner
        for (unit, place), months in accounts.items()
        for month, said, _ in months
        for partner in said["partners"]
    }
    for (unit, place, other, month), mine in told.items():
        theirs = told.get((unit, other, place, month))
        said = {"place": place, "unit": unit, "month": month}
        if theirs and place < other:
            note(said, check_mirror(mine, theirs))
        elif (
            not theirs
            and (mine["entries"] or mine["closing"])
            and any(at == month for at, *_ in accounts.get((unit, other), ()))
        ):
            note(said, [f"with {other}, who says nothing of it"])
    return faults


def main(paths: list[str]) -> int:
    """Check the files; 0 where all is right, 1 where it is not, 2 where there is nothing to check."""
    if not paths:
        sys.stdout.write(__doc__ or "")
        return 2
    faults = []
    try:
        faults = check([json.loads(Path(path).read_text(encoding="utf-8")) for path in paths])
    except (OSError, ValueError, KeyError, TypeError) as error:
        faults = [f"a file is no statement: {error!r}"]
    sys.stdout.write("\n".join(faults) + "\n" if faults else f"{len(paths)} statements: all of it holds.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
