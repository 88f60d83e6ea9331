"""The questionnaire and the portrait on paper: set in seven languages, read back by PDFium."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
from django.utils import translation

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.observatory.census import papers, words
from coworkmed.observatory.census.portrait import FIGURES, Beside
from coworkmed.observatory.census.questionnaire import current
from coworkmed.observatory.models import Invitation, Wave
from coworkmed.places.models import Place
from coworkmed.web import typeset

MADE = datetime(2026, 3, 1, tzinfo=UTC)
WAVE = Wave(number=2, title={"en": "Census", "el": "Απογραφή"}, opens=date(2026, 11, 1), closes=date(2026, 12, 31))
PLACE = Place(
    public_id="p1", name="Τρίτος Χώρος – Čakovec, l’atelier des métiers de l’intercommunalité", country="FR",
    locality="Saint-Rémy", main_kind="COWORK",
)  # fmt: skip
KNOWN = {
    "name": PLACE.name, "kinds": ["COWORK", "FAB"], "desks": 24, "price_day": {"amount": 15.0, "currency": "EUR"},
    "languages": ["fr", "el"], "opened": "2014-05", "wheelchair": "limited", "networks": ["One", "Two"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def every_figure() -> list[Beside]:
    """All that a portrait can tell, at its longest."""
    found = []
    for one in FIGURES.values():
        if one.unit == "code":
            codes = sorted(words.CODES[one.field], key=lambda code: -len(words.CODES[one.field][code]))
            found.append(Beside(one, codes[0], 2, 23, shares=tuple((code, 0.25) for code in codes[:4])))
        else:
            low, middle, high = (0.2, 0.4, 0.6) if one.unit == "percent" else (1250, 2500, 3750)
            found.append(Beside(one, high * 1.2, 3, 17, low, middle, high))
    return found


def asked(**known: Any) -> dict[str, Any]:
    invitation = Invitation(wave=WAVE, place=PLACE, code="ABCDEFGH")
    return papers.questionnaire(WAVE, invitation, PLACE, known, kept_until=date(2029, 12, 31))


def portrayed(told: list[Beside]) -> dict[str, Any]:
    return papers.portrayed(WAVE, PLACE, told, day=date(2026, 11, 23), address="https://third.example/en/census/")


def read(made: bytes) -> list[str]:
    with pypdfium2.PdfDocument(made) as file:
        return [" ".join(page.get_textpage().get_text_range().replace("\ufffe", "").split()) for page in file]


def whole(text: str) -> str:
    """Without where its lines are broken."""
    return "".join(text.split()).replace("-", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portrait_is_one_page_however_much_it_tells(language: str) -> None:
    with translation.override(language):
        data = portrayed(every_figure())
        pages = read(typeset.pdf("portrait", data, made=MADE))
    assert len(pages) == 1
    assert data["language"] == language
    said = whole(pages[0])
    assert [one["own"] for one in data["figures"] if whole(one["own"]) not in said] == []
    assert whole(data["foot"]) in said  # down to its last line


def test_a_portrait_without_figures_says_so() -> None:
    assert "There is nothing to compare with yet." in read(typeset.pdf("portrait", portrayed([]), made=MADE))[0]


def test_whoever_decides_is_told_of_the_place_and_not_addressed() -> None:
    assert not any("ours" in one["says"] for one in portrayed(every_figure())["figures"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questionnaire_asks_every_question_and_bears_its_code(language: str) -> None:
    with translation.override(language):
        data = asked(**KNOWN)
        pages = read(typeset.pdf("census", data, made=MADE))
    assert "ABCD-EFGH" in pages[0] and "2029" in pages[0]
    assert all("ABCD-EFGH" in page for page in pages)  # sheets get mixed up
    assert sum(len(section["questions"]) for section in data["sections"]) == len(list(current()))
    said = whole("".join(pages))
    asks = [one["text"] for section in data["sections"] for one in section["questions"]]
    assert [text for text in asks if whole(text) not in said] == []


def test_what_is_known_is_printed_to_be_struck_out() -> None:
    said = " ".join(read(typeset.pdf("census", asked(**KNOWN), made=MADE)))
    for text in ("€15.00", "French, Greek", "May 2014", "Partly", "Coworking space · Fab lab"):
        assert text in said, text
    assert said.count("confidential") == sum(not one.public for one in current()) + 1  # and what that means


def test_what_is_written_by_people_is_no_instruction() -> None:
    data = asked(name='#read("house.typ") *x* \\ $y$ @label <label>')
    assert '#read("house.typ") *x*' in " ".join(read(typeset.pdf("census", data, made=MADE)))
