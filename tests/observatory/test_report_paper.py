"""The report on paper and in words: every language, numbers as each writes them, nothing untranslated or unprinted."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from babel.numbers import format_decimal
from django.utils import translation

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.observatory import report
from coworkmed.observatory.indicators.catalogue import INDICATORS
from coworkmed.observatory.indicators.figures import Figures as Computed
from coworkmed.observatory.report import Material, material, paper
from coworkmed.observatory.report.contents import Picture, Report, Section
from coworkmed.observatory.rules import figures
from coworkmed.opendata.publish import publish
from coworkmed.places.queries import Snapshot
from coworkmed.web import pseudo
from tests.observatory.factory import entry, network, snapshot, source


@pytest.fixture(scope="module")
def drawn_from(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """A network of a thousand places and more, with its indicators."""
    registry, out = network(1500), tmp_path_factory.mktemp("out")
    publish(registry, out)
    indicators, unknown = material.computed(Computed(out))
    return Material(registry, figures(registry), indicators, unknown, files=("places.csv",), note="FREE")


def written(what: Material, language: str = "en") -> Report:
    with translation.override(language):
        return report.write(what)


def printed(one: Report) -> str:
    """What is read off the pages, hyphens at the ends of lines undone."""
    with translation.override(one.language):
        pages = pypdfium2.PdfDocument(io.BytesIO(report.pdf(one)))
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.replace("\ufffe", "").replace("\u00ad", "").split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_set_in_every_language_as_pdf_for_everyone(drawn_from: Material, language: str) -> None:
    one = written(drawn_from, language)
    text = printed(one)
    titles = [" ".join(chapter.title.split()) for chapter in one.chapters]  # spaces of every width, as in the text
    assert [title for title in titles if title not in text] == []
    assert "CoWorkMed" in text
    count = format_decimal(drawn_from.figures.places, locale="en_GB" if language == "en" else language)
    assert " ".join(count.split()) in text


def test_the_same_report_gives_the_same_bytes(drawn_from: Material) -> None:
    one = written(drawn_from)
    with translation.override("en"):
        assert report.pdf(one) == report.pdf(one)


def test_every_chart_has_its_table_and_says_what_it_shows(drawn_from: Material) -> None:
    def pictures(blocks: Any) -> Iterator[Picture]:
        for block in blocks:
            if isinstance(block, Picture):
                yield block
            elif isinstance(block, Section):
                yield from pictures(block.blocks)

    found = [one for chapter in written(drawn_from).chapters for one in pictures(chapter.blocks)]
    charts = [one for one in found if one.kind == "chart"]
    assert len(charts) > 5
    assert all(one.behind and one.behind.rows and one.title and one.says for one in charts)


def test_what_cannot_be_said_is_said_with_its_reason(drawn_from: Material) -> None:
    text = " ".join(written(drawn_from).texts())
    assert "Not known: nobody has answered yet." in text
    assert "Not known: the statistics of the territory are not loaded yet." in text


def test_an_estimate_that_is_refused_says_why_beside_what_the_lists_share() -> None:
    def listed(key: str, at: int, on: str) -> Any:
        place = {"name": f"Place {at}", "country": "FR", "locality": "Marseille", "kinds": ["COWORK"]}
        return entry(key, str(at), f"p{at}", observed_on=on, status="OPEN", **place)

    def told(on: str) -> str:
        registry = snapshot(
            [listed("a", at, "2019") for at in range(12)] + [listed("b", at, on) for at in range(3, 15)]
        )
        return " ".join(written(Material(registry, figures(registry))).texts())

    apart, near = told("2026-02"), told("2020-06")
    assert "No pair of these lists meets the conditions, so no estimate is given." in apart
    assert re.search(r"their dates are 7[34] months apart", apart)
    assert "No pair of these lists" not in near
    assert "an estimate of all, with those neither has seen, is 16 (95 % interval 15 to " in near


def test_a_list_is_told_in_its_own_words_before_anything_is_merged() -> None:
    rows = [
        entry("a", str(at), "p1", name="x", country="FR", region="Corse" if at else "Bretagne", main_kind="COWORK")
        for at in range(3)
    ]
    registry = snapshot([*rows, entry("a", "9", "p9", name="y")])
    text = " ".join(written(Material(registry, figures(registry))).texts())
    assert "By its own word, of 4 entries 3 are of a stated main kind. Coworking space: 3." in text
    assert "By region, of 3 entries that name one. Corse: 2; Bretagne: 1." in text


def test_nothing_stays_in_english_that_was_to_be_translated(drawn_from: Material) -> None:
    """In a made-up language every translated text is bracketed: what stands outside brackets was never marked."""
    pseudo.install()
    try:
        one = written(drawn_from, pseudo.CODE)
        with translation.override(pseudo.CODE):
            assert "⟦" in printed(one)
    finally:
        pseudo.remove()
    titles = [chapter.title for chapter in one.chapters]
    assert [title for title in titles if not title.startswith("⟦")] == []
    data = {row.spec.attribution for row in drawn_from.snapshot.sources} | {one.formula for one in INDICATORS.values()}
    sentences = [text for text in one.texts() if text.count(" ") > 6 and "⟦" not in text and not set("—×") & set(text)]
    assert [text for text in sentences if not any(known in text for known in data)] == []


@pytest.mark.parametrize(
    "name",
    ["コワーキング", "مساحة عمل", "חלל עבודה", "a\u202eb\x8f\x00\ud800", "e\u0364\u0345ش", "𝕳ello 😀", "#eval $x$ *"],
)
def test_a_name_in_any_script_can_be_printed(name: str) -> None:
    registry = snapshot(
        [entry(key, "1", "p1", name=f"{name} {key}", country="FR", locality=name) for key in "ab"],
        [source("a", title={"en": name})],
    )
    text = printed(written(Material(registry, figures(registry))))
    assert "\u202e" not in text
    assert ("#eval $x$ *" in text) == (name == "#eval $x$ *")


def test_letters_the_fonts_lack_are_written_in_latin_ones() -> None:
    assert paper.printable({"a": ["コワ", "Šibenik Χώρος", 3, None]}) == {"a": ["kowa", "Šibenik Χώρος", 3, None]}
    assert paper.printable("1\u202f234\n\u2060x\u00ad") == "1\u00a0234 x"


def test_a_date_that_ends_with_a_full_stop_gets_no_second(drawn_from: Material) -> None:
    assert [text for text in written(drawn_from, "hr").texts() if ".." in text] == []


def test_an_empty_registry_is_printed_too() -> None:
    empty: Snapshot = snapshot()
    assert "The registry holds no place yet." in printed(written(Material(empty, figures(empty))))
