"""The tables that hold what is compared: of records, their names, words and items, and the characters of all texts.

A number is a hash of a text (64 bits), the same in every run and on every machine: so parts prepared apart, by other
processes or on another day, fit together.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]
#: An array of one of the shapes below.
Table = NDArray[np.void]


def shape(**fields: str) -> np.dtype[np.void]:
    """A row of a table in the making: its fields and their types."""
    return np.dtype(list(fields.items()), align=True)


# Numbers are hashes of texts, 0 where nothing is known. ``…_begin`` and ``…_length`` name a text in the table of
# characters; ``names``, ``domains`` and the like count what stands behind ``…_begin`` in the next table.

RECORD = shape(
    called="i8",  # its own name run together
    host="i8",  # what that name says it is inside of
    brand="i8",
    country="i8",
    town="i8",
    town_begin="i8",  # by sound
    postcode="i8",
    postcode_begin="i8",
    street="i8",
    street_number="i8",  # the numbers in the street's name
    street_begin="i8",
    unit="i8",
    premises="i8",
    exchange="i8",  # the first telephone without its last four digits
    lat="f8",  # degrees, NaN where unknown
    lon="f8",
    radius="f8",  # metres
    name_begin="i8",  # in names
    street_word_begin="i8",  # in words
    item_begin="i8",  # in items: those of each kind follow each other, in the order of `ITEMS`
    house="i4",  # first house number, −1 where none
    house_last="i4",
    opened="i4",  # months since the year 0, −1 where unknown
    closed="i4",
    town_length="u2",
    postcode_length="u2",
    street_length="u2",
    street_words="u2",
    sites="u2",  # what its web domains call themselves, in words behind those of the street
    names="u2",
    town_words="u2",
    domains="u2",
    phones="u2",
    pages="u2",
    profiles="u2",
    ids="u2",
    kinds="u2",
    numbers="u2",
    larger="?",  # its web site is that of something larger than a place
)
NAME = shape(
    joined="i8",  # all words run together
    initials="i8",
    core="i8",
    departments="i8",  # what parts of a house the name speaks of, as bits
    words_begin="i8",  # in words
    core_begin="i8",  # the proper words run together
    sorted_begin="i8",  # all words, in alphabetical order
    words="u2",
    core_length="u2",
    sorted_length="u2",
)
WORD = shape(
    word="i8",
    sound="i8",
    word_begin="i8",  # in chars
    word_length="u2",
    head="u2",  # its first two letters
    tail="u2",  # its last two
    with_next="i8",  # run together with the word after it in the name, 0 for the last
    digits="?",  # whether it is a number
    share="f4",  # what the word's class leaves of its weight
    weight="f4",  # what the word says: class and rarity
)
ITEM = shape(
    value="i8",
    of="i8",  # of an identifier its scheme, of a page on a platform its host, of a word of a kind the kind's place
    company="i8",  # of an identifier the company's number, where one is in it
    spread="u1",  # of a domain or telephone, how many share it: see `SPREAD`
    single="?",  # of an identifier, whether a place has but one; of a kind, whether it is of our own dictionary
    of_company="?",  # whether the identifier is a company's
)
#: What the items of a record are, in their order: words of the town in all spellings, web domains, telephones,
#: addresses with a path on the place's own domain, addresses on shared platforms, identifiers, words of its kinds, the
#: numbers of its house and street.
ITEMS = ("town_words", "domains", "phones", "pages", "profiles", "ids", "kinds", "numbers")


class Columns(NamedTuple):
    """All that is compared: tables of `RECORD`, `NAME`, `WORD` and `ITEM`, and the characters of all texts."""

    records: Table
    names: Table
    words: Table
    items: Table
    chars: Bytes

    @property
    def size(self) -> int:
        """How many records."""
        return len(self.records)
