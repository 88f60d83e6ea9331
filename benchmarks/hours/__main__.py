"""What share of the reference implementation's test cases we answer alike, by class.

    python -m benchmarks.hours

"As text" counts hours that we show as written because we don't work them out; only "differs" is wrong on a page.
"""

from collections import Counter

from .vectors import refused, shares


def main() -> None:
    for normalised in (False, True):
        print("\nas a list's hours are read, then worked out" if normalised else "worked out as written")
        print("| class | cases | agrees | as text | differs | agrees, of those worked out |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        found = shares(normalised=normalised)
        for name, counts in [*sorted(found.items()), ("all", sum(found.values(), Counter()))]:
            worked_out = counts["agrees"] + counts["differs"]
            share = f"{counts['agrees'] / worked_out:.1%}" if worked_out else ""
            answers = " | ".join(str(counts[one]) for one in ("agrees", "as text", "differs"))
            print(f"| {name} | {counts.total()} | {answers} | {share} |")
    counts = refused()
    print(f"\nof {counts.total()} values that must be refused, {counts[True]} are")


if __name__ == "__main__":
    main()
