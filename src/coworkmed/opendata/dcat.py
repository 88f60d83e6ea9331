"""The catalogue of all that is open, as DCAT-AP 3.0.1 has it: the registry of today, the series of its editions, the
services. Made of what they are, so that it can't say otherwise."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import translation

import coworkmed
from coworkmed.kernel.i18n import LANGUAGES, N_
from coworkmed.kernel.licences import LICENCES, NOTES
from coworkmed.observatory.editions import shelf
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.web.published import FILES

from . import features
from .feeds import Origins
from .licensing import Terms
from .rdf import Iri, Literal, Thing, Value

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority"
_IANA = "https://www.iana.org/assignments/media-types"
_THEMES = {"ECON": "Economy and finance", "SOCI": "Population and society", "REGI": "Regions and cities"}
_TONGUES = {"fr": "FRA", "el": "ELL", "it": "ITA", "hr": "HRV", "es": "SPA", "ca": "CAT", "en": "ENG"}
#: Suffix → media type, code of the EU's list of file types.
_FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("text/csv", "CSV"),
    "geojson": ("application/geo+json", "GEOJSON"),
    "gpkg": ("application/geopackage+sqlite3", "GPKG"),
    "parquet": ("application/vnd.apache.parquet", ""),
    "json": ("application/json", "JSON"),
    "html": ("text/html", "HTML"),
    "md": ("text/markdown", ""),
    "pdf": ("application/pdf", "PDF"),
}
#: What the things that others describe are, by how we refer to them: who reads the catalogue alone need not fetch them.
_ELSEWHERE: Mapping[str, str] = {
    "dcat:landingPage": "foaf:Document",
    "dcat:mediaType": "dct:MediaType",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:conformsTo": "dct:Standard",
    "dct:format": "dct:MediaTypeOrExtent",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "foaf:homepage": "foaf:Document",
    "spdx:algorithm": "spdx:ChecksumAlgorithm",
}
_KEYWORDS = (N_("coworking"), N_("third places"), N_("telework"), N_("fab labs"))
_REGISTRY = (
    N_("Coworking spaces and third places around the Mediterranean"),
    N_("The registry as it stands today: every place with the sources, dates and licences of what is said of it."),
)
_SERIES = (
    N_("State of play of third places"),
    N_("The registry frozen on one day, again and again: figures with their definitions, and all to recompute them."),
)
#: Name of the view → what its file is for.
_TODAY = {
    "places-csv": N_("Every place, for a spreadsheet"),
    "places-gpkg": N_("Every place, for geographic software"),
    "places-geojson": N_("Every place, for a map"),
    "places-parquet": N_("Every place, for analysis"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of play as it was published: ``files`` name → {bytes, sha256, licence …}; ``name`` is that of its folder,
    "" for what was published last and not frozen."""

    as_of: str
    issued: str
    files: Mapping[str, Mapping[str, Any]]
    name: str = ""

    @property
    def mark(self) -> str:
        return self.name or self.as_of

    def address(self, file: str) -> str:
        return reverse("edition-file", args=[self.name, file]) if self.name else reverse("published-file", args=[file])


def editions() -> list[Edition]:
    """Those that are frozen, the latest last; as long as there is none, what was published last. A manifest that can't
    be read is none."""
    frozen = [Edition(one.as_of.isoformat(), one.issued.isoformat(), one.files, one.id) for one in shelf.editions()]
    if frozen:
        return frozen
    try:
        told = json.loads((published() / "manifest.json").read_text())
        day = date.fromisoformat(told["as_of"]).isoformat()
        return [Edition(day, day, dict(told["files"]))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def state() -> str:
    """Changes whenever an edition is published or frozen."""
    return " ".join(str(_changed(one)) for one in (published() / "manifest.json", shelf.root()))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def published() -> Path:
    """The folder of what is published."""
    return Path(settings.ENV.var) / "published"


def catalogue(site: str) -> list[Thing]:
    """All that is open at the ``site`` (its address, without a slash at its end)."""
    things = list(_Catalogue(site, Origins.of(Filters()).terms, editions()).things())
    elsewhere: dict[str, set[str]] = defaultdict(set)
    for iri, kind in _elsewhere(things):
        elsewhere[iri].add(kind)
    return [*things, *(Thing(iri, sorted(kinds), []) for iri, kinds in sorted(elsewhere.items()))]


def _elsewhere(things: Iterable[Thing]) -> Iterator[tuple[str, str]]:
    """What others describe: its address, and what it is."""
    for one in things:
        for name, value in one.said:
            if isinstance(value, Iri) and name in _ELSEWHERE:
                yield value.iri, _ELSEWHERE[name]
        yield from _elsewhere(value for _, value in one.said if isinstance(value, Thing))


def _words(name: str, sentence: str, **params: str) -> Iterator[tuple[str, Value]]:
    """A sentence in each language that has it; where there is no translation yet, nothing is passed off as one."""
    for language in LANGUAGES:
        with translation.override(language):
            text = translation.gettext(sentence)
        if language == "en" or text != sentence:
            yield name, Literal(text.format(**params), language)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    site: str
    terms: Terms
    editions: Sequence[Edition]

    def things(self) -> Iterator[Thing]:
        yield self._catalogue()
        yield Thing(self.publisher.iri, ["foaf:Agent"], [("foaf:name", Literal("CoWorkMed", "en")), self._home])
        yield self._registry()
        yield self._series()
        for at, one in enumerate(self.editions):
            yield self._edition(one, self.editions[at - 1] if at else None)
        yield from self._services()
        for code, label in _THEMES.items():
            yield Thing(f"{_EU}/data-theme/{code}", ["skos:Concept"], [("skos:prefLabel", Literal(label, "en"))])

    def at(self, name: str) -> Iri:
        return Iri(f"{self.site}/catalogue#{name}")

    def address(self, view: str, *args: str) -> Iri:
        return Iri(f"{self.site}{reverse(view, args=args)}")

    @property
    def publisher(self) -> Iri:
        return self.at("publisher")

    @property
    def _home(self) -> tuple[str, Value]:
        return "foaf:homepage", Iri(f"{self.site}/")

    @property
    def _page(self) -> tuple[str, Value]:
        with translation.override("en"):
            return "dcat:landingPage", self.address("open-data")

    def _catalogue(self) -> Thing:
        return Thing(
            self.at("catalogue").iri,
            ["dcat:Catalog"],
            [
                *_words("dct:title", N_("Open data of CoWorkMed")),
                *_words("dct:description", N_("What the registry of third places offers, as files and services.")),
                ("dct:publisher", self.publisher),
                self._home,
                ("dct:license", Iri(LICENCES["CC0-1.0"].url)),
                *(("dct:language", Iri(f"{_EU}/language/{_TONGUES[one]}")) for one in LANGUAGES),
                *self._modified(),
                ("dcat:dataset", self.at("registry")),
                ("dcat:dataset", self.at("state-of-play")),
                *(("dcat:dataset", self.at(f"edition-{one.mark}")) for one in self.editions),
                ("dcat:service", self.at("features")),
                ("dcat:service", self.at("api")),
            ],
        )

    def _modified(self) -> Iterator[tuple[str, Value]]:
        last = Place.objects.aggregate(last=Max("modified"))["last"]
        if last:
            yield "dct:modified", _moment(last)

    def _about(self, title: str, description: str) -> Iterator[tuple[str, Value]]:
        yield from _words("dct:title", title)
        yield from _words("dct:description", description)
        yield "dct:publisher", self.publisher
        yield self._page
        yield (
            "dcat:contactPoint",
            Thing("", ["vcard:Kind"], [("vcard:fn", Literal("CoWorkMed")), ("vcard:hasURL", Iri(self.site))]),
        )
        for theme in _THEMES:
            yield "dcat:theme", Iri(f"{_EU}/data-theme/{theme}")
        for keyword in _KEYWORDS:
            yield from _words("dcat:keyword", keyword)
        yield "dct:accessRights", Iri(f"{_EU}/access-right/PUBLIC")
        yield from self._where()

    def _where(self) -> Iterator[tuple[str, Value]]:
        west, south, east, north = features.extent()["spatial"]["bbox"][0]
        ring = ", ".join(
            f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south))
        )
        box = Literal(f"POLYGON(({ring}))", datatype="geo:wktLiteral")
        yield "dct:spatial", Thing("", ["dct:Location"], [("dcat:bbox", box)])

    def _registry(self) -> Thing:
        said = self.terms.as_json()
        return Thing(
            self.at("registry").iri,
            ["dcat:Dataset"],
            [
                *self._about(*_REGISTRY),
                ("dct:identifier", Literal(self.at("registry").iri)),
                ("dct:accrualPeriodicity", Iri(f"{_EU}/frequency/CONT")),
                *self._modified(),
                *(("dcat:distribution", self._file(self.address(name), _TODAY[name], said)) for name in _TODAY),
            ],
        )

    def _series(self) -> Thing:
        return Thing(
            self.at("state-of-play").iri,
            ["dcat:DatasetSeries", "dcat:Dataset"],
            [
                *self._about(*_SERIES),
                ("dct:accrualPeriodicity", Iri(f"{_EU}/frequency/IRREG")),
                *((("dct:modified", _day(self.editions[-1].as_of)),) if self.editions else ()),
            ],
        )

    def _edition(self, one: Edition, before: Edition | None) -> Thing:
        made: list[tuple[str, Value]] = [
            *_words("dct:title", N_("State of play of third places, {day}"), day=one.as_of),
            *(told for told in self._about(*_SERIES) if told[0] != "dct:title"),
            ("dct:identifier", Literal(self.at(f"edition-{one.mark}").iri)),
            ("dct:issued", _day(one.issued)),
            ("dcat:version", Literal(one.mark)),
            ("dct:temporal", Thing("", ["dct:PeriodOfTime"], [("dcat:endDate", _day(one.as_of))])),
            ("dcat:inSeries", self.at("state-of-play")),
        ]
        if before:
            made.append(("dcat:prev", self.at(f"edition-{before.mark}")))
        for name, told in sorted(one.files.items()):
            address = Iri(f"{self.site}{one.address(name)}")
            title = shelf.FILES.get(name) or FILES.get(name) or N_("The report")
            file = self._file(address, title, told["licence"], told)
            made.append(("dcat:distribution", file))
        return Thing(self.at(f"edition-{one.mark}").iri, ["dcat:Dataset"], made)

    def _file(self, address: Iri, title: str, terms: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> Thing:
        media, code = _FORMATS.get(address.iri.rpartition(".")[2], ("application/octet-stream", ""))
        said: list[tuple[str, Value]] = [
            *_words("dct:title", title),
            ("dcat:accessURL", address),
            ("dcat:downloadURL", address),
            ("dcat:mediaType", Iri(f"{_IANA}/{media}")),
        ]
        if code:
            said.append(("dct:format", Iri(f"{_EU}/file-type/{code}")))
        if terms["licence"] in LICENCES:
            said.append(("dct:license", Iri(LICENCES[terms["licence"]].url)))
        rights = list(_words("rdfs:label", NOTES[terms["note"]], **terms["params"]))
        said.append(("dct:rights", Thing("", ["dct:RightsStatement"], rights)))
        if told:
            said += [
                ("dcat:byteSize", Literal(str(told["bytes"]), datatype="xsd:nonNegativeInteger")),
                ("spdx:checksum", _checksum(told["sha256"])),
            ]
        return Thing("", ["dcat:Distribution"], said)

    def _services(self) -> Iterator[Thing]:
        yield Thing(
            self.at("features").iri,
            ["dcat:DataService"],
            [
                *_words("dct:title", N_("Places as OGC API Features")),
                ("dcat:endpointURL", self.address("ogc")),
                ("dcat:endpointDescription", self.address("ogc-api")),
                ("dct:conformsTo", Iri("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core")),
                *self._served(),
            ],
        )
        yield Thing(
            self.at("api").iri,
            ["dcat:DataService"],
            [
                *_words("dct:title", N_("Read API of the registry")),
                ("dcat:endpointURL", self.address("api-v1:start")),
                ("dcat:endpointDescription", self.address("api-v1:openapi-json")),
                ("dct:conformsTo", Iri("https://spec.openapis.org/oas/v3.1.0")),
                *self._served(),
            ],
        )

    def _served(self) -> Iterator[tuple[str, Value]]:
        yield "dct:publisher", self.publisher
        yield self._page
        yield "dct:accessRights", Iri(f"{_EU}/access-right/PUBLIC")
        yield "dcat:servesDataset", self.at("registry")
        yield "dcat:version", Literal(coworkmed.__version__)


def _checksum(sha256: str) -> Thing:
    said: list[tuple[str, Value]] = [
        ("spdx:algorithm", Iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")),
        ("spdx:checksumValue", Literal(sha256, datatype="xsd:hexBinary")),
    ]
    return Thing("", ["spdx:Checksum"], said)


def _day(text: str) -> Literal:
    return Literal(text, datatype="xsd:date")


def _moment(when: datetime) -> Literal:
    text = when.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return Literal(text, datatype="xsd:dateTime")
