"""The rows every server is given, and what each is asked of them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

COLUMNS = (
    *("id", "name", "other_names", "status", "freshness", "confirmed_on", "confirmed_by", "kind", "country", "region"),
    *("town", "locality", "postcode", "address", "lat", "lon", "web", "phone", "opening_hours", "opened", "sector"),
    *("price_day", "wheelchair", "hosts_visitors", "internet", "desks", "equipment", "official_ids", "sources"),
    "modified",
)
NUMBERS = {"town": "INTEGER", "lat": "REAL", "lon": "REAL", "price_day": "REAL", "desks": "INTEGER"}
FILE = "rows.jsonl"
PER_CLASS = 400


def rows(seed: int) -> dict[str, Any]:
    """Write the rows of the site of this process's environment to its folder; how many, and the questions: class →
    parameters by name."""
    from django.conf import settings

    from coworkmed.places.models import Place

    path = Path(settings.ENV.var) / FILE
    with path.open("w", encoding="utf-8") as file:
        for place in Place.objects.shown().order_by("public_id").values().iterator():
            file.write(json.dumps(row(place), ensure_ascii=False) + "\n")
    return {"rows": Place.objects.shown().count(), "asked": _asked(seed)}


def read(folder: Path) -> Iterator[list[Any]]:
    """The rows, in the order of `COLUMNS`."""
    with (folder / FILE).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def row(place: Mapping[str, Any]) -> list[Any]:
    """A place with all that is known of it in one row; lists as JSON."""
    values = place["values"]
    flat = {
        **{name: place[name] for name in COLUMNS if name in place},
        **{name: value for name, value in values.items() if isinstance(value, str | int | float)},
        **{name: json.dumps(value, ensure_ascii=False) for name, value in values.items() if isinstance(value, list)},
        "id": place["public_id"],
        "kind": place["main_kind"],
        "status": place["status"],
        "address": values.get("address", {}).get("line"),
        "price_day": values.get("price_day", {}).get("amount"),
        "region": place["region"],
        "sources": ",".join(place["sources"]),
        "modified": place["modified"].isoformat(),
    }
    return [flat.get(name) for name in COLUMNS]


def _asked(seed: int) -> dict[str, list[dict[str, str]]]:
    """What all can answer: one place, a page of a box, of a country and a kind, and of words."""
    from urllib.parse import parse_qsl

    from ..questions import questions, sample

    made = questions(seed, PER_CLASS)
    places = sample(Random(seed), PER_CLASS)
    boxes = [dict(parse_qsl(one))["box"].split(",") for one in made["bounding box"]]
    return {
        "one place": [{"id": one["public_id"]} for one in places],
        "a page of a box": [dict(zip(("west", "south", "east", "north"), box, strict=True)) for box in boxes],
        "a page of a country and a kind": [{"country": one["country"], "kind": one["main_kind"]} for one in places],
        "a page of words": [dict(parse_qsl(one)) for one in made["whole words of a name"]],
    }
