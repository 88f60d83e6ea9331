"""How to name an edition: for a reader, for BibTeX, for DataCite, for search engines."""

from collections.abc import Mapping
from typing import Any

from coworkmed.kernel.licences import LICENCES

from . import shelf
from .shelf import Edition

PUBLISHER = "CoWorkMed"
TITLE = "State of play of coworking spaces and third places around the Mediterranean"
_ABOUT = (
    "The registry of coworking spaces and third places frozen on one day: every place with the sources, dates and "
    "licences of what is said of it, figures by territory with their definitions, and all that is needed to recompute "
    "them."
)
_KEYWORDS = ("coworking", "third places", "telework", "fab labs", "Mediterranean")
#: Suffix → media type, for what is in an edition.
MEDIA = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    "": "text/plain",
}


def title(edition: Edition) -> str:
    """In English, the language of citations."""
    return f"{TITLE}: {edition.title}" if edition.title else TITLE


def apa(edition: Edition, address: str) -> str:
    """After the Publication Manual of the APA, 7th edition, without italics."""
    return f"{PUBLISHER}. ({edition.issued.year}). {title(edition)} (Edition {edition.id}) [Data set]. {address}"


def bibtex(edition: Edition, address: str) -> str:
    """An entry that BibTeX and BibLaTeX both read."""
    fields = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{_escaped(title(edition))}}}",
        "year": str(edition.issued.year),
        "month": str(edition.issued.month),
        "edition": edition.id,
        "howpublished": f"\\url{{{address}}}",
        "url": address,
        "note": f"Data set, as of {edition.as_of.isoformat()}. SHA-256: {edition.digest}",
    }
    inside = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{coworkmed-{edition.id}{inside}\n}}\n"


def _escaped(text: str) -> str:
    """Text in which nothing is a command of TeX."""
    special = {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    }
    return "".join(special.get(letter, letter) for letter in text)


def licences(edition: Edition) -> list[str]:
    """Codes of the licences of its sources, each once."""
    return sorted({row["licence"] for row in edition.told["sources"]} & LICENCES.keys())


def datacite(edition: Edition, address: str, before: str = "") -> dict[str, Any]:
    """What DataCite wants to know (metadata schema 4.5), in JSON: all but the DOI, which whoever registers
    it adds. ``before`` is the address of the edition before."""
    origins = [row["homepage"] for row in edition.told["sources"] if row["homepage"]]
    related = [_related(before, "IsNewVersionOf")] if before else []
    related += [_related(one, "IsDerivedFrom") for one in dict.fromkeys(origins)]
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "alternateIdentifiers": [
            {"alternateIdentifier": address, "alternateIdentifierType": "URL"},
            {"alternateIdentifier": edition.digest, "alternateIdentifierType": "SHA-256 of manifest.json"},
        ],
        "url": address,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "State of play"},
        "creators": [{"name": PUBLISHER, "nameType": "Organizational"}],
        "contributors": [
            {"name": keeper, "nameType": "Organizational", "contributorType": "DataCollector"}
            for keeper in dict.fromkeys(row["keeper"] for row in edition.told["sources"])
            if keeper
        ],
        "titles": [
            {"title": TITLE, "lang": "en"},
            *([{"title": edition.title, "titleType": "Subtitle"}] if edition.title else []),
        ],
        "publisher": {"name": PUBLISHER},
        "publicationYear": str(edition.issued.year),
        "subjects": [{"subject": word, "lang": "en"} for word in _KEYWORDS],
        "dates": [
            {"date": edition.issued.isoformat(), "dateType": "Issued"},
            {"date": edition.as_of.isoformat(), "dateType": "Valid", "dateInformation": "The registry on that day"},
        ],
        "language": "en",
        "version": edition.id,
        "sizes": [f"{_octets(edition)} bytes"],
        "formats": sorted({_media(name) for name in edition.files}),
        "rightsList": [
            {
                "rights": LICENCES[code].title,
                "rightsUri": LICENCES[code].url,
                "rightsIdentifier": code,
                "rightsIdentifierScheme": "SPDX",
            }
            for code in licences(edition)
        ],
        "descriptions": [
            {"description": _ABOUT, "descriptionType": "Abstract", "lang": "en"},
            {"description": edition.told["licence"]["sentence"], "descriptionType": "Other", "lang": "en"},
            {"description": f"CoWorkMed {_version(edition)}", "descriptionType": "TechnicalInfo", "lang": "en"},
        ],
        "relatedIdentifiers": related,
        "geoLocations": [{"geoLocationPlace": "Mediterranean"}],
    }


def _related(address: str, kind: str) -> dict[str, str]:
    return {"relatedIdentifier": address, "relatedIdentifierType": "URL", "relationType": kind}


def _version(edition: Edition) -> str:
    software = edition.told["software"]
    return f"{software['version']}, source {software['source']}, SQL {software['sql']}"


def _octets(edition: Edition) -> int:
    return sum(int(one["bytes"]) for one in edition.files.values())


def _media(name: str) -> str:
    return MEDIA["".join(name.partition(".")[1:])]


def schema_org(edition: Edition, address: str, files: Mapping[str, str]) -> dict[str, Any]:
    """As search engines for data read it; ``files`` gives the address of each file."""
    organisation = {"@type": "Organization", "name": PUBLISHER}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": f"{title(edition)}, edition {edition.id}",
        "description": _ABOUT,
        "identifier": [address, f"sha256:{edition.digest}"],
        "version": edition.id,
        "datePublished": edition.issued.isoformat(),
        "temporalCoverage": edition.as_of.isoformat(),
        "spatialCoverage": "Mediterranean",
        "creator": organisation,
        "publisher": organisation,
        "isAccessibleForFree": True,
        "keywords": list(_KEYWORDS),
        "license": [LICENCES[code].url for code in licences(edition)],
        "citation": apa(edition, address),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "contentUrl": files[name],
                "encodingFormat": _media(name),
                "contentSize": f"{one['bytes']} B",
                "sha256": one["sha256"],
            }
            for name, one in edition.files.items()
            if name in shelf.TITLES
        ],
    }
