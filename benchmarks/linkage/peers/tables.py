"""Our records as the normalised columns every tool is given."""

from collections.abc import Iterator, Sequence
from typing import Any

from coworkmed.kernel.fold import fold
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import house_numbers, name_words, postcode, street_words, town_words, word_class


def rows(records: Sequence[Record]) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of `exchange.COLUMNS`. Folded to plain Latin words; ``core`` is the name without kinds, legal
    forms, small words and its town; ``sorted`` its words in alphabetical order; of several values the first."""
    for number, record in enumerate(records):
        words, town = name_words(record.name), town_words(record.locality)
        proper = [word for word in words if word_class(word, town) in ("", "number")] or list(words)
        house = house_numbers(record.number)[0]
        yield (
            number,
            record.key[0] or None,
            " ".join(words) or None,
            " ".join(sorted(words)) or None,
            " ".join(proper) or None,
            " ".join(street_words(record.street)) if record.street else None,
            str(house) if house >= 0 else None,
            postcode(record.postcode) or None,
            " ".join(town) or None,
            record.country or None,
            record.phones[0] if record.phones else None,
            record.domains[0] if record.domains else None,
            fold(record.kinds[0]) or None if record.kinds else None,
            record.ids[0] if record.ids else None,
            fold(record.brand) or None,
            float("nan") if record.lat is None else record.lat,
            float("nan") if record.lon is None else record.lon,
            record.radius_m,
        )


def record(columns: dict[str, Any]) -> Record:
    """A record that knows no more than a row of the normalised columns."""

    def text(name: str) -> str:
        return columns[name] or ""

    def listed(name: str) -> tuple[str, ...]:
        return (columns[name],) if columns[name] else ()

    known = columns["lat"] == columns["lat"] and columns["lon"] == columns["lon"]  # NaN differs from itself
    return Record(
        key=(text("source"), f"{columns['row']:09d}"),
        name=text("name"),
        brand=text("brand"),
        kinds=listed("category"),
        country=text("country"),
        locality=text("town"),
        postcode=text("postcode"),
        street=text("street"),
        number=text("number"),
        lat=columns["lat"] if known else None,
        lon=columns["lon"] if known else None,
        radius_m=columns["radius"],
        domains=listed("domain"),
        phones=listed("phone"),
        ids=listed("ident"),
    )
