"""OpenStreetMap: .osm.pbf and .osm by pyosmium, and the JSON of Overpass. Places are chosen by their tags.

Two tags mean a coworking space, and both are read: reading one alone loses about half.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, cell, clean, head, malformed, refuse_html
from .documents import as_text, load

#: What is read unless ``options.tags`` says otherwise. In brackets: at least one of these keys too, and not "no".
TAGS = (
    "office=coworking",
    "amenity=coworking_space",
    "leisure=hackerspace",
    "amenity=library",
    "amenity=community_centre",
    "amenity=social_centre",
    "amenity=arts_centre",
    "amenity=cafe[internet_access|socket]",
)
_TAG = re.compile(r"([^=\[\]]+)=([^\[\]]+)(?:\[([^\]]+)\])?")
#: Lifecycle prefixes (https://wiki.openstreetmap.org/wiki/Lifecycle_prefix) and the status they say.
LIFECYCLE = {
    "disused": "CLOSED",
    "abandoned": "CLOSED",
    "was": "CLOSED",
    "removed": "CLOSED",
    "demolished": "CLOSED",
    "proposed": "PROJECT",
    "planned": "PROJECT",
    "construction": "PROJECT",
}
_Box = tuple[float, float, float, float]  # south, west, north, east
_PREFIXES = ("", *(f"{prefix}:" for prefix in LIFECYCLE))


@dataclass(frozen=True, slots=True)
class _Wanted:
    key: str
    value: str
    needs: tuple[str, ...] = ()

    def found(self, tags: Mapping[str, str], prefix: str) -> bool:
        values = [value.strip() for value in tags.get(prefix + self.key, "").split(";")]
        if self.value not in values and (self.value != "*" or not values[0]):
            return False
        return not self.needs or any(tags.get(key, "no") != "no" for key in self.needs)


def wanted(options: Options) -> list[_Wanted]:
    """The tags to look for, each as written: "key=value", "key=*" or "key=value[needed|needed]"."""
    found = []
    for text in options.get("tags", TAGS):
        parts = _TAG.fullmatch(str(text))
        if not parts:
            raise SourceError(N_("The tag “{tag}” should read key=value."), tag=str(text))
        found.append(_Wanted(parts[1], parts[2], tuple((parts[3] or "").split("|")) if parts[3] else ()))
    return found


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The places in an OpenStreetMap file, whatever its form. Options: tags (see `TAGS`)."""
    tags = wanted(options)
    start = head(path, 512)
    refuse_html(start)
    if not start:
        raise SourceError(N_("The file is empty."))
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        yield from _overpass(load(path, options), tags)
    elif text.startswith(b"<") or b"OSMHeader" in start:
        yield from _extract(path, "osm" if text.startswith(b"<") else "pbf", tags)
    else:
        raise malformed(N_("The file is not OpenStreetMap data (.osm.pbf, .osm or the JSON of Overpass)."))


def place(
    kind: str, number: object, tags: Mapping[str, str], lat: str, lon: str, look_for: list[_Wanted]
) -> Row | None:
    """The element as a row, or None where no wanted tag is on it. ``kind`` lists what was found, ``lifecycle`` a
    status the tags say (a place that is disused all over is closed)."""
    for prefix in _PREFIXES:
        if kinds := [f"{one.key}={one.value}" for one in look_for if one.found(tags, prefix)]:
            break
    else:
        return None
    cells = {clean(key): clean(value) for key, value in tags.items()}
    cells |= {
        "id": f"{kind}/{number}",
        "kind": " | ".join(kinds),
        "lifecycle": LIFECYCLE.get(prefix.rstrip(":"), ""),
        "lat": lat,
        "lon": lon,
    }
    return Row(0, cells)


# the JSON of Overpass


def _overpass(document: Any, look_for: list[_Wanted]) -> Iterator[Row | Reject]:
    elements = document.get("elements") if isinstance(document, Mapping) else None
    if not isinstance(elements, list):
        raise malformed(N_("The file is not the JSON of Overpass: it holds no elements."))
    if "error" in (remark := as_text(document.get("remark"))).lower():  # a query cut short still answers "200 OK"
        raise SourceError(N_("Overpass cut the answer short: {detail}."), detail=clean(remark)[:300].rstrip("."))
    for number, element in enumerate(elements, start=1):
        if not isinstance(element, Mapping):
            yield Reject(number, {"element": as_text(element)}, "NOT_A_RECORD")
            continue
        tags = element.get("tags")
        if not isinstance(tags, Mapping):
            continue  # the bare nodes of a way
        centre = element.get("center")
        at = centre if isinstance(centre, Mapping) else element
        found = place(
            as_text(element.get("type")),
            as_text(element.get("id")),
            {key: as_text(value) for key, value in tags.items()},
            cell(at.get("lat")) or _middle(element, "lat"),
            cell(at.get("lon")) or _middle(element, "lon"),
            look_for,
        )
        if found:
            yield Row(number, found.cells)


def _middle(element: Mapping[str, Any], axis: str) -> str:
    """The middle of the element's bounds (``out bb``), or ""."""
    bounds: Any = element.get("bounds")
    try:
        return f"{(float(bounds['min' + axis]) + float(bounds['max' + axis])) / 2:.7f}"
    except (TypeError, KeyError, ValueError):
        return ""


# extracts, by pyosmium


def _extract(path: Path, form: str, look_for: list[_Wanted]) -> Iterator[Row | Reject]:
    import osmium

    keys = [prefix + key for key in sorted({one.key for one in look_for}) for prefix in _PREFIXES]
    try:
        yield from _elements(osmium, path, form, keys, look_for)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        raise malformed(N_("The file is not OpenStreetMap data: {detail}."), error) from error


def _elements(osmium: Any, path: Path, form: str, keys: list[str], look_for: list[_Wanted]) -> Iterator[Row]:
    def processor(*entities: Any) -> Any:
        source = osmium.io.File(str(path), form)
        return osmium.FileProcessor(source, *entities) if entities else osmium.FileProcessor(source)

    # a relation stands where its ways are, so these have to be known before the ways are read
    relations = [
        (relation.id, dict(relation.tags), [member.ref for member in relation.members if member.type == "w"])
        for relation in processor(osmium.osm.RELATION).with_filter(osmium.filter.KeyFilter(*keys))
    ]
    boxes = _boxes(osmium, processor, {way for _, _, ways in relations for way in ways})
    number = 0
    for element in (
        processor(osmium.osm.NODE | osmium.osm.WAY).with_locations().with_filter(osmium.filter.KeyFilter(*keys))
    ):
        if element.is_node():
            kind, at = "node", _centre([_point(element.location)] if element.location.valid() else [])
        else:
            kind, at = "way", _centre(_box(element))
        if found := place(kind, element.id, dict(element.tags), *at, look_for):
            number += 1
            yield Row(number, found.cells)
    for relation, tags, ways in relations:
        found = place("relation", relation, tags, *_centre([boxes[way] for way in ways if way in boxes]), look_for)
        if found:
            number += 1
            yield Row(number, found.cells)


def _boxes(osmium: Any, processor: Any, ways: set[int]) -> dict[int, _Box]:
    """The bounds of some ways, by id."""
    if not ways:
        return {}
    source = processor(osmium.osm.NODE | osmium.osm.WAY).with_locations()
    chosen = source.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(osmium.filter.IdFilter(ways))
    return {way.id: box[0] for way in chosen if (box := _box(way))}


def _box(way: Any) -> list[_Box]:
    """The bounds of a way, as a list of one, or of none where no node of it is known."""
    places = [(node.location.lat, node.location.lon) for node in way.nodes if node.location.valid()]
    if not places:
        return []
    lats, lons = zip(*places, strict=True)
    return [(min(lats), min(lons), max(lats), max(lons))]


def _point(location: Any) -> _Box:
    return location.lat, location.lon, location.lat, location.lon


def _centre(boxes: list[_Box]) -> tuple[str, str]:
    """Latitude and longitude of the middle of all boxes, as Overpass's ``out center`` gives it."""
    if not boxes:
        return "", ""
    south, west = min(box[0] for box in boxes), min(box[1] for box in boxes)
    north, east = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return f"{(south + north) / 2:.7f}", f"{(west + east) / 2:.7f}"
