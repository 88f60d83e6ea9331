"""Make the weights the project ships anew: ``python tools/train_linkage.py PAIRS.csv.gz YYYY-MM-DD``.

The pairs are the labelled ones of the Overture Maps Foundation; `./run train` does the work, for any pairs and lists.
"""

import sys

from coworkmed.cli.main import main
from coworkmed.linkage.model import WEIGHTS

CREDIT = (
    "Overture Maps Foundation, overturemaps.org: labelled pairs of places, January 2025, CDLA-Permissive-2.0",
    "Foursquare OS Places (part of the same pairs), Apache-2.0",
)

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(str(__doc__).splitlines()[0])
    pairs, day = sys.argv[1:]
    credits_ = [argument for text in CREDIT for argument in ("--credit", text)]
    main(["train", "--start", "none", "--pairs", pairs, "--as-of", day, "--out", str(WEIGHTS), *credits_])
