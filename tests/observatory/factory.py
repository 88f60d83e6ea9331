"""Made-up snapshots: small ones spelt out, one of some sixty invented places, and any at all for property tests."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from coworkmed.kernel import ids
from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.queries import DoubtRow, EntryRow, PlaceRow, RejectRow, Snapshot, SourceRow, place_row, speaking
from coworkmed.sources.spec import Spec

AS_OF = date(2026, 3, 1)


def source(key: str, *, licence: str = "CC-BY-4.0", read: int = 0, **declared: Any) -> SourceRow:
    """A source; ``declared`` goes to its Spec, but for ``rejected`` and ``dropped``."""
    counts = {name: declared.pop(name) for name in ("rejected", "dropped") if name in declared}
    given = {
        "title": {"en": f"The list {key}"},
        "keeper": f"Keeper of {key}",
        "attribution": f"© {key}",
        "connector": "csv",
        "location": f"{key}.csv",
        **declared,
    }
    return SourceRow(Spec(key=key, licence=licence, **given), "", AS_OF, read, **counts)


def entry(
    key: str,
    external_id: str,
    place_id: str,
    *,
    licence: str = "CC-BY-4.0",
    role: str = "IMPORT",
    observed_on: str = "2025-11",
    doubts: Sequence[str] = (),
    **fields: Any,
) -> EntryRow:
    """What the source ``key`` says; ``doubts`` names the fields whose value is doubtful."""
    values = {
        name: Value(value, given=str(value), doubt="LOST_LETTERS" if name in doubts else "")
        for name, value in fields.items()
    }
    return EntryRow(key, external_id, place_id, 1.0, "alone", role, observed_on, licence, values)


def snapshot(
    entries: Sequence[EntryRow] = (),
    sources: Sequence[SourceRow] = (),
    doubts: Sequence[DoubtRow] = (),
    rejections: Sequence[RejectRow] = (),
    as_of: date = AS_OF,
) -> Snapshot:
    """The registry that these entries make, settled by the registry's own rules; sources not given are made up."""
    entries = sorted(entries, key=lambda one: (one.source, one.external_id))
    known = {row.spec.key for row in sources}
    licences = {one.source: one.licence for one in entries}
    made = [source(key, licence=licences[key], read=9) for key in sorted(set(licences) - known)]
    by_place: dict[str, list[EntryRow]] = {}
    for one in entries:
        by_place.setdefault(one.place_id, []).append(one)
    places = [_place(place_id, said, as_of) for place_id, said in sorted(by_place.items())]
    return Snapshot(as_of, places, entries, [*sources, *made], list(doubts), list(rejections))


def reason(code: str, weight: float, **params: Any) -> dict[str, Any]:
    """A reason of the matching engine, as it is kept."""
    return {"code": code, "weight": weight, "params": params}


def _place(place_id: str, said: Sequence[EntryRow], as_of: date) -> PlaceRow:
    claims = [one.claim(0.5) for one in speaking(said)]
    standing = rules.standing(claims, listed=any(one.missing_since is None for one in said), as_of=as_of)
    return place_row(place_id, standing, claims)


TOWNS = (
    ("FR", "Provence-Alpes-Côte d’Azur", "Marseille", 43.2965, 5.3698, "130{:02}"),
    ("FR", "Provence-Alpes-Côte d’Azur", "Avignon", 43.9493, 4.8055, "840{:02}"),
    ("FR", "Provence-Alpes-Côte d’Azur", "Gap", 44.5594, 6.0786, "050{:02}"),
    ("ES", "Catalunya", "Barcelona", 41.3874, 2.1686, "080{:02}"),
    ("ES", "Catalunya", "Girona", 41.9794, 2.8214, "170{:02}"),
    ("IT", "Toscana", "Firenze", 43.7696, 11.2558, "501{:02}"),
    ("IT", "Toscana", "Siena", 43.3188, 11.3308, "531{:02}"),
    ("GR", "Αττική", "Αθήνα", 37.9838, 23.7275, "105 {:02}"),
    ("GR", "Κρήτη", "Ηράκλειο", 35.3387, 25.1442, "712 {:02}"),
    ("HR", "Splitsko-dalmatinska županija", "Split", 43.5081, 16.4402, "210{:02}"),
    ("HR", "Grad Zagreb", "Zagreb", 45.815, 15.9819, "100{:02}"),
)
NAMES = {
    "FR": ("La Fabrique des Calanques", "L’Atelier du Mistral", "Le Comptoir des Possibles", "La Ruche aux Cigales"),
    "ES": ("La Taronja", "Espai Tramuntana", "El Far Cowork", "Nau de Mar"),
    "IT": ("Officina dell’Arno", "Il Cortile", "Spazio Ginestra", "La Bottega Condivisa"),
    "GR": ("Ο Φάρος", "Κοινός Χώρος", "Ελιά Cowork", "Το Εργαστήρι"),
    "HR": ("Svjetionik", "Kuća rada Jadran", "Bura Coworking", "Đardin"),
}


def network(count: int = 60, seed: int = 7) -> Snapshot:
    """Some sixty invented places in five territories, told by three lists and a keeper or two; the same every time."""
    chance = random.Random(seed)
    lists = (
        ("atlas-2024", "ODbL-1.0", "2024-06", 0.7),
        ("federation-2025", "CC-BY-4.0", "2025-09", 0.6),
        ("nomad-guide", "CC0-1.0", "2026-01", 0.55),
    )
    entries = []
    for number in range(count):
        country, region, town, lat, lon, postcode = TOWNS[number % len(TOWNS)]
        place_id = ids.place_id("invented", str(number))
        name = f"{NAMES[country][number % 4]} {number // 11 + 1}"
        kinds = chance.choice(
            (["COWORK"], ["COWORK"], ["COWORK"], ["COWORK", "FAB"], ["FAB"], ["CULTURE"], ["LIBRARY_CAFE"])
        )
        here = (lat + chance.uniform(-0.03, 0.03), lon + chance.uniform(-0.03, 0.0))
        told = [one for one in lists if chance.random() < one[3]] or [lists[number % 3]]
        for key, licence, day, _ in told:
            off = chance.choice((0.0, 0.0, 0.0002, 0.008))
            entries.append(
                entry(
                    key, str(number), place_id, licence=licence, observed_on=day,
                    name=name.upper() if chance.random() < 0.15 else name if chance.random() < 0.9 else f"{name} bis",
                    kinds=kinds if chance.random() < 0.9 else ["INCUBATOR"],
                    main_kind=kinds[0], country=country, region=region, locality=town,
                    postcode=postcode.format(number % 20), status="CLOSED" if chance.random() < 0.06 else "OPEN",
                    position={"lat": here[0] + off, "lon": here[1], "precision": "STREET", "score": None},
                    web=f"https://{'www.' if off else ''}lieu-{number}.example/",
                    address={"line": f"{number + 1}, rue du Port", "number": str(number + 1), "street": "rue port"},
                )
            )  # fmt: skip
        if number % 13 == 0:
            entries.append(
                entry(
                    "keepers", f"k{number}", place_id, role="OWNER", observed_on="2026-02-11", name=name, status="OPEN"
                )
            )
    keys = [(one.source, one.external_id) for one in entries]
    return snapshot(
        entries,
        sources=[
            source(
                "atlas-2024",
                licence="ODbL-1.0",
                title={"en": "Atlas of shared places", "fr": "Atlas des lieux partagés"},
                homepage="https://atlas.example/",
                read=51,
                rejected={"NO_NAME": 2, "DUPLICATE_ROW": 1},
                dropped={"email": 4, "mobile": 2},
            ),
            source(
                "federation-2025",
                title={"en": "Federation’s directory", "fr": "Annuaire de la fédération"},
                read=40,
                rejected={"UNREADABLE_ROW": 1},
            ),
            source("nomad-guide", licence="CC0-1.0", title={"en": "A guide"}, read=36, derived_from=("atlas-2024",)),
            source("keepers", title={"en": "The places themselves", "fr": "Les lieux eux-mêmes"}, read=5),
        ],
        doubts=[
            DoubtRow(
                keys[1], keys[5], 0.62, [reason("METRES_APART", 1.2, metres=40)], 0.62, relation="other", sides=(1, 2)
            ),
            DoubtRow(keys[2], keys[9], 0.44, [reason("TOWN_SAME", 0.4, town="Gap")], None, "audit"),
        ],
        rejections=[
            RejectRow("atlas-2024", 12, "NO_NAME", {}, {"nom": "", "ville": "Gap"}),
            RejectRow("atlas-2024", 31, "NO_NAME", {}, {"nom": "", "ville": ""}),
            RejectRow("atlas-2024", 32, "DUPLICATE_ROW", {}, {"nom": "La Taronja 1"}),
            RejectRow("federation-2025", 7, "UNREADABLE_ROW", {"detail": "3 cells for 12 columns"}, {"1": "=1+1"}),
        ],
    )  # fmt: skip


_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)
_DATES = st.sampled_from(["", "2016", "2023-07", "2024-03-02", "2025-04", "2025-12-31", "2026"])


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Any registry of a few places: hostile texts, any dates, statuses, kinds and positions."""
    fields = st.fixed_dictionaries(
        {"name": _TEXT},
        optional={
            "status": st.sampled_from(["OPEN", "CLOSED", "PAUSED", "UNKNOWN", "NOT_A_MATCH", "PROJECT"]),
            "kinds": st.lists(st.sampled_from(["COWORK", "FAB", "CULTURE"]), min_size=1, unique=True),
            "main_kind": st.sampled_from(["COWORK", "FAB"]),
            "country": st.sampled_from(["FR", "GR", "HR"]),
            "region": _TEXT,
            "locality": st.sampled_from(["Gap", "GAP", "Split"]) | _TEXT,
            "position": st.fixed_dictionaries(
                {"lat": st.floats(-90, 90), "lon": st.floats(-180, 180), "precision": st.just(""), "score": st.none()}
            ),
            "phone": st.sampled_from(["+33491000000", "+30210000000"]),
            "web": st.sampled_from(["https://www.a.example/x", "https://a.example", "http://b.example/"]),
            "other_names": st.lists(_TEXT, max_size=3),
            "official_ids": st.lists(st.fixed_dictionaries({"scheme": st.just("SIRET"), "value": _TEXT}), max_size=2),
            "price_day": st.fixed_dictionaries({"amount": st.floats(0, 1e6), "currency": st.just("EUR")}),
            "desks": st.integers(0, 10**6),
            "description": _TEXT,
        },
    )
    keys = st.tuples(st.sampled_from(["a", "b", "c"]), _TEXT)
    said = draw(
        st.dictionaries(
            keys,
            st.tuples(st.sampled_from("pqrst"), _DATES, st.sampled_from(["IMPORT", "OWNER"]), fields),
            max_size=8,
        )
    )
    licences = {"a": "ODbL-1.0", "b": "CC-BY-SA-4.0", "c": "etalab-2.0"}
    entries = [
        entry(key, external_id, place, licence=licences[key], observed_on=day, role=role, **values)
        for (key, external_id), (place, day, role, values) in said.items()
    ]
    cells = draw(st.lists(st.dictionaries(_TEXT, _TEXT, max_size=3), max_size=2))
    rejected = [RejectRow("a", number, "NO_NAME", {}, row) for number, row in enumerate(cells, start=1)]
    pairs = [(one.source, one.external_id) for one in entries[:2]]
    doubts = [DoubtRow(pairs[0], pairs[1], 0.5, [], 0.5)] if len(pairs) == 2 else []
    return snapshot(entries, doubts=doubts, rejections=rejected)
