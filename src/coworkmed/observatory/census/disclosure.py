"""What may be told of groups of places so that nobody is told of one, whatever is subtracted from whatever. Pure.

Groups are nested: all places, those of a kind, of a kind in a country, of a kind in a region. What is told at one time
is a *release*. Anybody may subtract a group from a wider one, or what is told today from what was told last week. So a
release puts each place into the narrowest group for which this holds: the places that stood together in all earlier
releases and stand together in this one are five or more, or none of them was ever counted. All that can be worked out
by adding and subtracting is then about five places at least: see `parts`.

What is told is frozen with it: an answer that is corrected later counts as it was in all later releases of the wave.

Who takes an answer back counts in no later release. So that it can't be had as the difference, those who stood together
with them in all earlier releases don't count either, unless five have gone from among them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from .rules import FEWEST

#: From the widest to the narrowest: what a group's places have in common. () are all places.
Path = tuple[str, ...]
#: place → the narrowest group it counts in; it counts in the wider ones as well.
Release = Mapping[str, Path]

#: A release is made when there are twice as many answers as in the last: many small ones would leave no narrow group.
GROWTH = 2


def due(answers: int, earlier: Sequence[Release]) -> bool:
    """Whether so many answers are enough for another release."""
    return answers >= max(FEWEST, GROWTH * len(earlier[-1]) if earlier else 0)


def release(paths: Mapping[str, Path], earlier: Sequence[Release], gone: Collection[str] = ()) -> dict[str, Path]:
    """Where each place counts in a new release; those of which nothing may be told yet are left out.

    ``paths``    place → the narrowest group it belongs to; all that counted before are among them, or ``gone``
    ``earlier``  the releases before
    ``gone``     those who counted and took their answer back
    """
    stood: dict[tuple[Path | None, ...], list[str]] = defaultdict(list)
    for place in sorted({*paths, *gone}):
        stood[tuple(one.get(place) for one in earlier)].append(place)
    found: dict[str, Path] = {}
    for together in stood.values():
        staying = [place for place in together if place not in gone]
        if len(staying) >= FEWEST and not 0 < len(together) - len(staying) < FEWEST:
            found |= _settle(staying, paths, ())
    return found


def _settle(places: Sequence[str], paths: Mapping[str, Path], group: Path) -> dict[str, Path]:
    """Each of five places or more, all of ``group``, in the narrowest group that keeps five; whoever has too few beside
    them stays in this one, with as many more as it takes."""
    narrower: dict[Path, list[str]] = defaultdict(list)
    staying = []
    for place in places:
        path = paths[place]
        if len(path) > len(group):
            narrower[path[: len(group) + 1]].append(place)
        else:
            staying.append(place)
    kept = {path: several for path, several in narrower.items() if len(several) >= FEWEST}
    staying += [place for path, several in narrower.items() if path not in kept for place in several]
    while 0 < len(staying) < FEWEST:  # they are fewer than five of five or more: there is a narrower group to give up
        staying += kept.pop(min(kept, key=lambda path: (len(kept[path]), path)))
    found = dict.fromkeys(staying, group)
    for path, several in kept.items():
        found |= _settle(several, paths, path)
    return found


def groups(counted: Release) -> dict[Path, list[str]]:
    """The groups of a release and their places: each place in its own and in all wider ones."""
    found: dict[Path, list[str]] = defaultdict(list)
    for place, path in counted.items():
        for depth in range(len(path) + 1):
            found[path[:depth]].append(place)
    return found


def parts(releases: Sequence[Release]) -> Counter[tuple[Path | None, ...]]:
    """The smallest sets of places about which adding and subtracting groups of all releases can tell anything, by where
    they stood in each, and how many places each has."""
    places = {place for one in releases for place in one}
    return Counter(tuple(one.get(place) for one in releases) for place in places)
