"""What is told of groups of places."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ...models import Release, Wave
from .. import disclosure, portrait, queries
from .common import hold


@transaction.atomic
def compare(*, wave: Wave) -> list[Release]:
    """Tell groups of places anew wherever enough answers came in since (`disclosure`)."""
    held = hold(wave)  # one at a time: two releases that don't know of each other could give somebody away
    if not queries.any_due(held):
        return []
    made = (_release(held, figure, now) for figure, now in queries.members(held).items())
    return [one for one in made if one]


def _release(wave: Wave, figure: str, now: Mapping[str, tuple[disclosure.Path, Any]]) -> Release | None:
    earlier = queries.releases(wave, figure)
    counted = [queries.counted(one) for one in earlier]
    before = {place: member for one in earlier for place, member in one.members.items()}
    gone = {name for one in earlier for name in one.gone}
    # who counted once counts for good, in the group and with the value of then
    paths = {place: path for place, (path, _) in now.items()} | {
        place: tuple(one["belongs"]) for place, one in before.items()
    }
    values = {place: value for place, (_, value) in now.items()} | {
        place: one["value"] for place, one in before.items()
    }
    if not disclosure.due(len(paths), counted):
        return None
    found = disclosure.release(paths, counted, gone)
    if not found:
        return None
    return Release.objects.create(
        wave=wave,
        figure=figure,
        number=len(earlier) + 1,
        members={
            place: {"group": list(path), "belongs": list(paths[place]), "value": values[place]}
            for place, path in sorted(found.items())
        },
        groups={
            queries.key(path): portrait.tell(portrait.FIGURES[figure], [values[place] for place in places])
            for path, places in sorted(disclosure.groups(found).items())
        },
    )
