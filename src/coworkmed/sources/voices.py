"""Who speaks besides lists: the places themselves, those who look after them, anyone. Each is a source of ours.

What they say is an assertion like any other, under CC0, tied to its place from the beginning: it is never matched.
"""

from collections.abc import Iterable, Mapping

from .spec import Spec

CONNECTOR = "people"
LICENCE = "CC0-1.0"


def _voice(key: str, trust: float, keeper: str, **title: str) -> Spec:
    return Spec(key, title, keeper, LICENCE, keeper, CONNECTOR, "", cadence="live", trust=trust)


#: Role (`kernel.fields.ROLES`) → the source under which people in that role speak.
VOICES: Mapping[str, Spec] = {
    "OWNER": _voice(
        "own-word",
        1.0,
        "The places themselves",
        en="The places themselves",
        fr="Les lieux eux-mêmes",
        el="Οι ίδιοι οι χώροι",
        it="Gli spazi stessi",
        hr="Sami prostori",
        es="Los propios espacios",
        ca="Els mateixos espais",
    ),
    "NETWORK": _voice(
        "network-word",
        0.9,
        "The networks of the places",
        en="The networks of the places",
        fr="Les réseaux des lieux",
        el="Τα δίκτυα των χώρων",
        it="Le reti degli spazi",
        hr="Mreže prostora",
        es="Las redes de los espacios",
        ca="Les xarxes dels espais",
    ),
    "AUTHORITY": _voice(
        "authority-word",
        0.9,
        "The public authorities of the places",
        en="The public authorities of the places",
        fr="Les collectivités des lieux",
        el="Οι δημόσιες αρχές των χώρων",
        it="Gli enti pubblici degli spazi",
        hr="Javna tijela prostora",
        es="Las administraciones de los espacios",
        ca="Les administracions dels espais",
    ),
    "IMPORT": _voice(
        "suggestions",
        0.3,
        "Readers of this site",
        en="Suggestions of readers, not confirmed",
        fr="Suggestions de lecteurs, non confirmées",
        el="Προτάσεις αναγνωστών, μη επιβεβαιωμένες",
        it="Suggerimenti di lettori, non confermati",
        hr="Prijedlozi čitatelja, nepotvrđeni",
        es="Sugerencias de lectores, sin confirmar",
        ca="Suggeriments de lectors, sense confirmar",
    ),
}
#: Census waves there may be: one a year, for a century.
WAVES = range(1, 100)


def census(wave: int) -> Spec:
    """The voice of a census wave, trusted a little less than a place’s own word: of two of one day, that stands."""
    return _voice(
        f"census-{wave}",
        0.95,
        "The places themselves",
        en=f"Census of third places, wave {wave}",
        fr=f"Recensement des tiers-lieux, vague {wave}",
        el=f"Απογραφή των τρίτων χώρων, κύμα {wave}",
        it=f"Censimento dei terzi luoghi, rilevazione {wave}",
        hr=f"Popis trećih prostora, {wave}. krug",
        es=f"Censo de los terceros lugares, oleada {wave}",
        ca=f"Cens dels tercers llocs, onada {wave}",
    )


#: What places answered to census waves is their own word too.
CENSUS = frozenset(f"census-{wave}" for wave in WAVES)
KEYS = frozenset(one.key for one in VOICES.values()) | CENSUS


def lists_of(sources: Iterable[str]) -> list[str]:
    """Those that are lists, of the keys of some sources."""
    return [key for key in sources if key not in KEYS]
