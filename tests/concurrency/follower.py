"""A process that brings the search index of a site up to its registry, and may be killed on the way:
``python -m tests.concurrency.follower PLACES MOMENT``.

PLACES are added to the registry first; MOMENT is "" or one of MOMENTS. The number of places the index then holds is
printed.
"""

import os
import signal
import sys
from typing import Any

import django

MOMENTS = ("document", "commit", "state", "anew")


def main() -> None:
    added, moment = int(sys.argv[1]), sys.argv[2]
    os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
    django.setup()
    from coworkmed.places.models import Place
    from coworkmed.places.search import index as module
    from coworkmed.platform import database

    database.prepare()
    known = Place.objects.count()
    Place.objects.bulk_create(
        Place(public_id=f"p{number}", name=f"Place {number}", status="OPEN") for number in range(known, known + added)
    )

    def killed(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    def midway(place: dict[str, Any]) -> Any:
        return killed() if place["name"] == f"Place {known + added // 2}" else document(place)

    document, changed = module.document, module.changed
    if moment == "document":  # some are written
        module.document = midway
    elif moment == "commit":  # all are written and hold, but nothing says so
        module.Index._count = killed
    elif moment == "state":  # all is done but for the last word
        module.Index._keep_state = killed
    elif moment == "anew":  # the old one is thrown away, the new one not begun
        Place.objects.filter(public_id="p0").delete()
        module.changed = lambda since: killed() if not since else changed(since)
    print(module.index().searcher().num_docs)


if __name__ == "__main__":
    main()
