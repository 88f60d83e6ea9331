"""A handful of fictional places, as three lists that overlap and disagree would leave them in the registry."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from coworkmed.kernel import ids
from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.models import Change, Link, Place, Weakest
from coworkmed.places.queries import claim
from coworkmed.platform import gazetteer
from coworkmed.sources.models import Assertion, Entry, Harvest, Rejection, Source
from coworkmed.sources.spec import Spec

AS_OF = date(2026, 11, 1)


def source(key: str, **spec: Any) -> Source:
    """A list that has been read once."""
    declared = Spec(
        key=key,
        **{
            "title": {"en": f"List {key}"},
            "keeper": "A keeper",
            "licence": "CC-BY-4.0",
            "attribution": "A keeper, 2026",
            "connector": "csv",
            "location": "list.csv",
            "observed_on": "2026-05",
        }
        | spec,
    )
    return Source.objects.create(
        key=key, spec=declared.as_json(), position=Source.objects.count(), harvested_on=AS_OF, checksum=ids.digest(key)
    )


def entry(of: Source, external_id: str, observed_on: str = "2026-05", **fields: Any) -> Entry:
    """A line of a list and what it says: plain values, or `Value`s."""
    made = Entry.objects.create(source=of, external_id=external_id, first_seen=AS_OF)
    said = {name: (one if isinstance(one, Value) else Value(one)).as_json() for name, one in fields.items()}
    made.assertion = Assertion.objects.create(
        entry=made,
        observed_on=observed_on,
        asserted_on=AS_OF,
        licence=of.spec["licence"],
        fields=said,
        digest=ids.digest(of.key, external_id),
    )
    made.save()
    return made


#: What the engine might say of two entries: it adds up to 97 %.
REASONS = (
    {"code": "PRIOR", "weight": -0.597, "params": {}},
    {"code": "DOMAIN_SAME", "weight": 3.6, "params": {"domain": "filature.example"}},
    {"code": "NAME_WORD", "weight": 1.2, "params": {"word": "filature"}},
    {"code": "PHONE_DIFFERENT", "weight": -1.1, "params": {}},
    {"code": "KILOMETRES_APART", "weight": 0.3, "params": {"kilometres": 1.4}},
    {"code": "REST", "weight": 0.07, "params": {}},
)


def place(*entries: Entry, relation: str = "same", reasons: Sequence[Mapping[str, Any]] = REASONS) -> Place:
    """The place some entries speak of, settled as the registry settles it, all tied to the first for ``reasons``."""
    claims = [claim(one, one.source.spec["trust"]) for one in entries]
    values = {name: one.value for name, one in rules.settle(claims).items()}
    standing = rules.standing(claims, listed=True, as_of=AS_OF)
    position = values.get("position", {})
    where = values.get("country", ""), values.get("locality", ""), position.get("lat"), position.get("lon")
    town = gazetteer.locate(*where)
    made = Place.objects.create(
        public_id=ids.place_id(entries[0].source_id, entries[0].external_id),
        status=standing.status,
        freshness=standing.freshness,
        confirmed_on=standing.confirmed_on,
        confirmed_by=standing.confirmed_by,
        values=values,
        sources=sorted({one.source_id for one in entries}),
        name=values["name"],
        country=values.get("country", ""),
        region=town.region if town else "",
        town=town.id if town else None,
        locality=values.get("locality", ""),
        main_kind=values.get("main_kind", ""),
        lat=position.get("lat"),
        lon=position.get("lon"),
        search=fold(" ".join([values["name"], *values.get("other_names", ()), values.get("locality", "")])),
    )
    for number, one in enumerate(entries):
        by = Link.By.MACHINE if number else Link.By.ALONE
        Link.objects.create(
            entry=one,
            place=made,
            probability=0.97 if number else 1.0,
            decided_by=by,
            tied_to=entries[0] if number else None,
            relation=relation if number else "",
            reasons=list(reasons) if number else [],
        )
    Change.objects.create(place=made, kind=Change.Kind.MADE, on=AS_OF)
    return made


def position(lat: float, lon: float) -> dict[str, Any]:
    return {"lat": lat, "lon": lon, "precision": "STREET", "score": None}


def moved() -> Place:
    """A place that four lists tell two addresses of, with its weakest tie; two more of its chain."""
    street = {"line": "1 quai du Port", "number": "1", "street": "quai du port", "unit": ""}
    lists = [source(f"list-{number}", title={"en": f"The list {number}"}) for number in range(4)]
    entries = [
        entry(lists[0], "a", "2019", name="Ancre", address=street, locality="Nice", web="https://ancre.example/"),
        entry(lists[1], "b", "2022", name="L’Ancre", address=street | {"line": "7, rue Neuve", "street": "rue neuve",
              "number": "7"}, locality="Nice", web="https://ancre.example/"),
        entry(lists[2], "c", "2025-03", name="Ancre coworking", address=street | {"line": "7 rue neuve", "number": "7",
              "street": "rue neuve"}, locality="Nice"),
        entry(lists[3], "d", "", name="Ancre", address=street | {"line": "bd. Nord", "street": "bd nord",
              "number": ""}),
    ]  # fmt: skip
    made = place(*entries, relation="moved")
    Weakest.objects.create(
        place=made, left=entries[1], right=entries[2], probability=0.81, relation="same", reasons=list(REASONS)
    )
    others = [place(entry(lists[0], name, name=f"Ancre {name}", locality=name)) for name in ("Cannes", "Menton")]
    Place.objects.filter(pk__in=[made.pk, *(one.pk for one in others)]).update(chain="domain:ancre.example")
    return made


def registry() -> dict[str, Place]:
    """Three lists, six current places in five countries and one that was merged into another."""
    region = source(
        "region-fictive",
        title={"fr": "Recensement fictif des lieux numériques de la région", "en": "Fictional regional survey"},
        keeper="Région de nulle part",
        licence="etalab-2.0",
        territory=("FR",),
        homepage="https://region.example/donnees",
    )
    crowd = source(
        "mer-commune",
        title={"en": "Common Sea map", "el": "Χάρτης Κοινή Θάλασσα", "fr": "Carte Mer commune"},
        licence="ODbL-1.0",
        trust=0.7,
        territory=("FR", "GR", "HR", "IT", "ES"),
    )
    network = source("mreza", title={"hr": "Mreža trećih mjesta"}, observed_on="2023", licence="CC0-1.0")
    mill = place(
        entry(
            region,
            "13-001",
            "2026-04-12",
            name="La Filature, atelier coopératif de l’intercommunalité Verdon-Méditerranée",
            kinds=["COWORK", "FAB"],
            main_kind="COWORK",
            country="FR",
            locality="Saint-Rémy-de-Fiction",
            postcode="13999",
            address={"line": "12 bis rue des Filatures", "number": "12bis", "street": "rue des filatures", "unit": ""},
            position=Value(position(43.789, 4.831), given="4.831, 43.789", repair="SWAPPED"),
            web="https://filature.example/",
            phone="+33490000000",
            opening_hours=Value("Mo-Fr 08:30-19:00", given="du lundi au vendredi de 8h30 à 19h"),
            official_ids=[{"scheme": "SIRET", "value": "12345678900011"}],
            legal_form="COOP_MULTI",
            sector="HYBRID",
            desks=24,
            price_day={"amount": 15.0, "currency": "EUR"},
            wheelchair="yes",
            languages=["fr", "en"],
            equipment=["imprimante 3D", "découpe laser"],
            description="Un ancien moulin à soie, ouvert à qui veut travailler en compagnie.",
        ),
        entry(
            crowd,
            "node/42",
            "2025-02",
            name="La Filature",
            kinds=["COWORK"],
            main_kind="COWORK",
            country="FR",
            locality="Saint-Rémy",
            phone=Value("+33490000001", given="04 90 00 00 01", doubt="SHARED"),
            opening_hours="Mo-Sa 09:00-18:00",
            position=position(43.790, 4.832),
            web="https://filature.example/",
        ),
    )
    athens = place(
        entry(
            crowd,
            "node/43",
            "2026-09-30",
            name="Κοινός Τόπος Εργασίας Κυψέλης",
            other_names=["Common Workplace Kypseli"],
            kinds=["COWORK"],
            main_kind="COWORK",
            country="GR",
            locality="Αθήνα",
            position=position(37.999, 23.741),
            languages=["el", "en"],
            wheelchair="limited",
            email="geia@kypseli.example",
        )
    )
    split = place(
        entry(
            network,
            "HR-7",
            "2023",
            name="Čamac – zajednički prostor za rad",
            kinds=["COWORK", "CULTURE"],
            main_kind="CULTURE",
            country="HR",
            locality="Šibenik",
            position=position(43.735, 15.89),
            networks=["Mreža"],
        )
    )
    rome = place(
        entry(
            crowd, "node/44", "2026-01", name="Officina Mare", kinds=["FAB"], main_kind="FAB", country="IT",
            locality="Napoli", position=position(40.85, 14.27),
        )
    )  # fmt: skip
    closed = place(
        entry(
            crowd, "node/45", "2024-06", name="El Far", kinds=["COWORK"], main_kind="COWORK", country="ES",
            locality="Barcelona", status="CLOSED", closed="2024", position=position(41.39, 2.17),
        )
    )  # fmt: skip
    hostile = place(
        entry(
            network, "x&y", "2023-03", name="<script>alert('1')</script> & “co”", country="HR", locality="<b>Split</b>",
            web="javascript:alert(1)", socials=["https://social.example/\"><i>x"], position=position(43.51, 16.44),
        )
    )  # fmt: skip
    gone = Place.objects.create(
        public_id=ids.place_id("mreza", "former"), name="La filature (double)", merged_into=mill
    )
    Change.objects.create(place=gone, kind=Change.Kind.MERGED, other=mill, on=AS_OF)
    for one in (region, crowd, network):
        counts = {"rows": 9, "entries": 3, "rejected": 2, "dropped": 4, "added": 3, "changed": 0, "vanished": 0}
        Harvest.objects.create(source=one, as_of=AS_OF, outcome=Harvest.Outcome.APPLIED, counts=counts)
    Rejection.objects.create(source=region, number=7, code="NO_NAME", cells={"commune": "Fictive <i>", "nom": ""})
    Rejection.objects.create(
        source=region, number=9, code="OUT_OF_SCOPE", params={"column": "type", "value": "bar"}, cells={"type": "bar"}
    )
    Source.objects.filter(pk="mreza").update(flag="EMPTY", flag_params={"before": 3})
    return {
        "mill": mill, "athens": athens, "split": split, "rome": rome, "closed": closed, "hostile": hostile,
        "gone": gone,
    }  # fmt: skip
