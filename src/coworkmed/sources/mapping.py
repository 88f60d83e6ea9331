"""From a list's own columns to the targets the catalogue maps them to."""

from collections.abc import Mapping

from .spec import Pick, Spec

#: What lists write where they have nothing to say.
_NOTHING = frozenset(
    [
        *"- -- – — . .. ... ? / null nan n/a #n/a #ref! #value! undefined nil nc n.c. nr n.r. s/o vide néant".split(),
        *("non renseigné", "non renseignée", "non communiqué", "sans objet", "à compléter"),
    ]
)


def told(text: str) -> str:
    """``text`` without outer blanks; "" where it is one of the marks lists leave in an empty cell."""
    text = text.strip()
    return "" if len(text) < 20 and text.lower() in _NOTHING else text


def says_nothing(text: str) -> bool:
    """Whether ``text`` is empty or one of the marks lists leave in an empty cell."""
    return not told(text)


def pick(cells: Mapping[str, str], spec: Spec) -> dict[str, str]:
    """Target → text, for the targets that have any in this row: what `spec.columns` picks, else `spec.defaults`."""
    found = {target: text for target, one in spec.columns.items() if (text := _text(cells, one))}
    for target, text in spec.defaults.items():
        if text:
            found.setdefault(target, text)
    return found


def _text(cells: Mapping[str, str], one: Pick) -> str:
    kept = []
    for column in one.columns:
        if (given := cells.get(column, "")) and (text := told(given)):
            if one.join is None:
                return text
            kept.append(text)
    return (one.join or "").join(kept)
