"""Make the weights the project ships anew: ``python tools/train_linkage.py YYYY-MM-DD`` (the date they shall bear).

Learnt from the labelled Overture pairs and the judged French ones, which count twice: they are of the kind of places
this is for, and have a position on both sides. `./run train` does the same for any pairs and lists of one's own.
"""

import sys
from collections.abc import Mapping

from benchmarks.linkage import accuracy, judged
from coworkmed.linkage import training
from coworkmed.linkage.model import WEIGHTS, Model, write

SOURCES = (
    "Overture Maps Foundation, overturemaps.org: labelled pairs of places, January 2025, CDLA-Permissive-2.0",
    "Foursquare OS Places (part of the same pairs), Apache-2.0",
    "Pairs of French third places judged for this project (tests/linkage/judged_french_pairs.csv), EUPL-1.2",
)


def make(day: str) -> Model:
    """The model to ship. ``seen`` counts words in the Overture names."""
    records, overture = accuracy.overture()
    seen: Mapping[str, int] = training.common_words(records)
    french = judged.learnable(seen)
    made = judged.fit(overture, french)
    about = {
        "version": "2",
        "date": day,
        "licence": "EUPL-1.2",
        "sources": list(SOURCES),
        "pairs": len(overture.labels) + len(french.labels),
        "share": made.about["share"],
        "declared": sorted(judged.HELD),
    }
    return Model(made.bias, made.tables, seen, about)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(str(__doc__).splitlines()[0])
    write(WEIGHTS, make(sys.argv[1]))
