"""Each search as a file: the rows of the published tables that it finds, and what changed last as an Atom feed.

However many places a search finds, a few hundred are held at a time.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from coworkmed.kernel.batches import batched
from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places import rules, words
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.queries import as_published
from coworkmed.places.search import find
from coworkmed.sources.models import Source
from coworkmed.sources.spec import Spec
from coworkmed.sources.voices import lists_of
from coworkmed.web import formats

from . import csv_text, licensing, tables

NEWEST = 100  # entries of a feed
FEW = 2000  # places that are sorted once found; of more, the newest are walked until enough are found
_SEVERAL = 500  # places read at a time
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GEORSS = "http://www.georss.org/georss"


@dataclass(frozen=True, slots=True)
class Origins:
    """The lists that speak of what a search finds, and the terms of it all; ``without`` share-alike families of
    licences that are left out."""

    specs: Mapping[str, Spec]
    terms: licensing.Terms
    without: frozenset[str] = frozenset()

    @classmethod
    def of(cls, filters: Filters, without: Collection[str] = ()) -> "Origins":
        """By the index; a list is asked for its own licence, as no place has to be read for that."""
        keys = {one.value for one in find.facets(filters, ["source"])["source"]}
        codes = licensing.codes_of(without)
        every = {one.key: Spec.from_json(one.spec) for one in Source.objects.all() if one.key in keys}
        specs = {key: spec for key, spec in every.items() if spec.licence not in codes}
        return cls(specs, licensing.merged({spec.licence for spec in specs.values()}), frozenset(without))

    def attributions(self, sources: Iterable[str]) -> list[str]:
        """Of those who ask for it: what people say here is free of that (CC0)."""
        return [self.specs[key].attribution for key in lists_of(sources) if key in self.specs]

    @property
    def licence_url(self) -> str:
        """Of the one licence all may be passed on under; "" where there is none or no single one."""
        return LICENCES[self.terms.licence].url if self.terms.licence else ""


def rows(filters: Filters, origins: Origins) -> Iterator[dict[str, Any]]:
    """Rows of the table of places (`tables.PLACES`) for what the filters find, each with how to name its sources."""
    for several in batched(find.every(filters), _SEVERAL):
        for place in licensing.lawful(as_published(several), origins.without):
            row = {column.name: column.read(place) for column in tables.PLACES}
            yield row | {"attributions": origins.attributions(place.sources)}


def csv(filters: Filters, origins: Origins) -> Iterator[str]:
    """The lines of a CSV file: the columns of the published one, and "attributions"."""
    yield csv_text.line([*(column.name for column in tables.PLACES), "attributions"])
    for row in rows(filters, origins):
        yield csv_text.line(map(tables.cell, row.values()))


def geojson(filters: Filters, origins: Origins) -> Iterator[str]:
    """The lines of a GeoJSON file (RFC 7946), a feature a line; how to name its sources, and its terms, come first."""
    named = {
        key: {
            "title": dict(spec.title),
            "keeper": spec.keeper,
            "licence": spec.licence,
            "attribution": spec.attribution,
            "homepage": spec.homepage,
        }
        for key, spec in origins.specs.items()
    }
    told = f'"licence":{tables.to_json(origins.terms.as_json())},"sources":{tables.to_json(named)}'
    yield f'{{"type":"FeatureCollection",{told},"features":['
    for number, row in enumerate(rows(filters, origins)):
        yield ("," if number else "") + "\n" + tables.to_json(tables.feature(row))
    yield "\n]}\n"


def choices(filters: Filters, terms: licensing.Terms) -> list[tuple[str, frozenset[str], int]]:
    """What can lawfully be taken of a search whose share-alike licences exclude each other, the largest first: the
    family that is kept, those that are left out, and how many places that leaves."""
    of = {one.key: Spec.from_json(one.spec).licence for one in Source.objects.all()}
    left_out = {kept: frozenset(terms.families) - {kept} for kept in terms.families}
    unwanted = {kept: licensing.codes_of(families) for kept, families in left_out.items()}
    counts = dict.fromkeys(terms.families, 0)
    for several in batched(find.every(filters), _SEVERAL):
        for sources in Place.objects.filter(pk__in=several).values_list("sources", flat=True):
            for kept, codes in unwanted.items():
                counts[kept] += any(of.get(key, "") not in codes for key in sources)
    return sorted(((kept, left_out[kept], counts[kept]) for kept in counts), key=lambda one: (-one[2], one[0]))


def pieces(lines: Iterator[str]) -> Iterator[bytes]:
    """Lines as they are sent: some hundreds at once, which costs less and compresses better."""
    for several in batched(lines, _SEVERAL):
        yield "".join(several).encode("utf-8", errors="replace")


def newest(filters: Filters) -> list[Place]:
    """What the filters find, the latest changes first, at most `NEWEST`."""
    latest = Place.objects.order_by("-modified", "-public_id")
    if find.find(filters, limit=1).total <= FEW:
        hits = find.find(filters, limit=FEW).hits
        return list(latest.filter(pk__in=[hit.place_id for hit in hits])[:NEWEST])
    walk = batched(latest.values_list("pk", flat=True).iterator(_SEVERAL), _SEVERAL)
    newest_first = (one for several in walk for one in _passing(filters, several))
    return list(latest.filter(pk__in=list(islice(newest_first, NEWEST))))


def _passing(filters: Filters, place_ids: Sequence[str]) -> list[str]:
    passed = find.among(filters, place_ids)
    return [one for one in place_ids if one in passed]


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a feed is, the list it is of, and the site."""

    address: str
    page: str
    site: str
    language: str


def atom(filters: Filters, origins: Origins, feed: Feed) -> str:
    """An Atom feed (RFC 4287) of what changed last among what the filters find, in the reader's language."""
    made = _Atom(
        title=_clean(_("Third places: {search}").format(search=filters.q) if filters.q else _("Third places")),
        link=feed.page,
        description=_("What changed last, the newest first."),
        language=feed.language,
        author_name="CoWorkMed",
        feed_url=feed.address,
        feed_guid=feed.address,
        feed_copyright=_clean("; ".join(dict.fromkeys(origins.attributions(origins.specs)))),
    )
    for place in newest(filters):
        made.add_item(
            title=_clean(place.name or place.public_id),
            link=f"{feed.site}/places/{place.public_id}/",
            description=escape(_clean(_summary(place))),
            unique_id=tag(feed.site, place.public_id),
            updateddate=place.modified,
            categories=[str(one) for one in place.values.get("kinds", ())],
            item_copyright=_clean("; ".join(_credits(place, origins))),
            point=None if place.lat is None or place.lon is None else f"{place.lat} {place.lon}",
        )
    return made.writeString("utf-8")


def tag(site: str, public_id: str) -> str:
    """The identifier of a place in feeds (RFC 4151): the same whatever becomes of its address."""
    return f"tag:{urlsplit(site).hostname},2026:places/{public_id}"


class _Atom(Atom1Feed):
    """Django's own, with positions (GeoRSS-Simple)."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:georss": _GEORSS}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["point"]:
            handler.addQuickElement("georss:point", item["point"])


def _summary(place: Place) -> str:
    """What it is, where, and how sure that is, in a line."""
    facts = (
        _(KINDS[place.main_kind]) if place.main_kind in KINDS else "",
        place.locality,
        formats.country(place.country) if place.country else "",
        _(words.STATUS[place.status]) if place.status in words.STATUS else "",
        _(rules.FRESHNESS[place.freshness]) if place.freshness in rules.FRESHNESS else "",
        formats.day(place.confirmed_on) if place.confirmed_on else "",
    )
    return " · ".join(filter(None, facts))


def _credits(place: Place, origins: Origins) -> Iterator[str]:
    for key in lists_of(place.sources):
        if spec := origins.specs.get(key):
            yield f"{spec.attribution} ({spec.licence})"


def _clean(text: str) -> str:
    """Without the signs XML can't hold."""
    return _NOT_IN_XML.sub(" ", text)
