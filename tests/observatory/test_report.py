"""The report: whole, self-contained, honest where it has nothing to say, and safe whatever the lists wrote."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.observatory import report
from coworkmed.observatory.report import Material
from coworkmed.observatory.rules import figures
from coworkmed.places.queries import RejectRow, Snapshot

from .factory import entry, network, snapshot, snapshots, source

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}


class Page(HTMLParser):
    """Checks that elements close in order, and gathers what a browser would act on."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in <{tag}>"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]


def material(registry: Snapshot, **options: Any) -> Material:
    return Material(registry, figures(registry), **options)


def html(registry: Snapshot, **options: Any) -> str:
    with translation.override("en"):
        return report.html(report.write(material(registry, **options)), LANGUAGES)


def page(registry: Snapshot, **options: Any) -> Page:
    return Page(html(registry, **options))


def test_it_stands_alone() -> None:
    made = page(network(), files=["places.csv"])
    names = {tag for tag, _ in made.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base"})
    assert not made.values("src")
    assert not made.values("style")
    ids = made.values("id")
    assert len(ids) == len(set(ids))
    for target in made.values("href"):
        assert target.startswith(("#", "../", "https://", "http://"))
        assert not target.startswith("#") or target[1:] in ids
    for name in ("aria-labelledby", "aria-describedby"):
        assert set(made.values(name)) <= set(ids)
    style = html(network()).split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_it_says_what_the_figures_say() -> None:
    registry = network()
    made = figures(registry)
    text = page(registry).text
    assert f"The registry knows {made.places} places." in text
    for one in made.figures:
        assert one.title in text
        assert one.definition in text
        assert one.formula in text
    for row in registry.sources:
        assert row.spec.attribution in text
        assert row.spec.title["en"] in text
    for row in made.disagreements:
        for example in row.examples:
            assert example.place_id in text
    assert "3 cells for 12 columns" in text
    assert "both from a third" in text


def test_an_empty_registry_gives_an_honest_page() -> None:
    made = page(snapshot())
    assert "The registry holds no place yet." in made.text
    assert "0 places" not in made.text
    assert not [tag for tag, _ in made.tags if tag in ("table", "figure")]


def test_sources_without_places_are_still_named() -> None:
    made = page(
        snapshot(
            sources=[source("a", read=3, rejected={"NO_NAME": 3})], rejections=[RejectRow("a", 1, "NO_NAME", {}, {})]
        )
    )
    assert "The list a" in made.text
    assert "The row gives no name." in made.text


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}{name}</style>'


def test_nothing_a_list_wrote_becomes_markup() -> None:
    said = {"name": HOSTILE, "country": "FR", "region": HOSTILE, "locality": HOSTILE, "kinds": ["COWORK"]}
    at = {"lat": 43.3, "lon": 5.4, "precision": "", "score": None}
    told = [
        entry("a", "1", "p1", **said, position=at, web="https://a.example"),
        entry(
            "b", "1", "p1", **said | {"name": "Other"}, position=at | {"lat": 44.0}, web=f"https://b.example/{HOSTILE}"
        ),
    ]
    bad = source("a", title={"en": HOSTILE}, keeper=HOSTILE, attribution=HOSTILE, derived_from=(HOSTILE,))
    reject = RejectRow("a", 1, "UNREADABLE_ROW", {"detail": HOSTILE}, {HOSTILE: HOSTILE})
    unknown = RejectRow("a", 2, HOSTILE, {}, {})
    made = page(snapshot(told, [bad], rejections=[reject, unknown]), note="UNKNOWN", params={"licences": HOSTILE})
    assert {tag for tag, _ in made.tags}.isdisjoint({"script", "img"})
    assert "{{ 7 * 7 }}" in made.text
    assert "alert(1)" in made.text


@given(snapshots())
def test_any_registry_makes_a_well_formed_page(registry: Snapshot) -> None:
    page(registry)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_the_language_asked(language: str) -> None:
    with translation.override(language):
        made = Page(report.html(report.write(material(network())), LANGUAGES))
    assert dict(made.tags)["html"]["lang"] == language
    others = {attrs["hreflang"] for tag, attrs in made.tags if tag == "a" and "hreflang" in attrs}
    assert others == set(LANGUAGES) - {language}
    assert f"../../report-{language}.pdf" in made.values("href")


def test_it_links_to_a_site_only_if_there_is_one() -> None:
    registry = network()
    example = next(row for row in figures(registry).disagreements if row.examples).examples[0]
    for site in ("https://site.example/fr/", "https://site.example"):
        assert f"https://site.example/en/places/{example.place_id}/" in page(registry, site=site).values("href")
    assert not [target for target in page(registry).values("href") if "/places/" in target]


def test_places_beyond_the_map_are_counted_under_it() -> None:
    far = {"lat": -21.1, "lon": 55.5, "precision": "", "score": None}
    made = page(snapshot([entry("a", "1", "p1", name="x", position=far)]))
    assert "1 lies outside this map." in made.text


def test_a_stray_position_does_not_shrink_the_map() -> None:
    def at(lat: float, lon: float) -> dict:
        return {"lat": lat, "lon": lon, "precision": "", "score": None}

    near = [entry("a", str(n), f"p{n}", name="x", position=at(43 + n / 1000, 5)) for n in range(300)]
    stray = entry("a", "s", "s", name="x", position=at(58.0, 24.0))
    assert "1 lies outside this map." in page(snapshot([*near, stray])).text
