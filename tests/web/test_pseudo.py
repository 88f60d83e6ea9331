"""The made-up language that shows what is not translated and what breaks from right to left."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from coworkmed.kernel.i18n import LANGUAGE_NAMES
from coworkmed.places.models import Place
from coworkmed.web import pseudo
from coworkmed.web.jinja import in_language


@pytest.fixture
def spoken(settings: Any) -> Iterator[None]:
    settings.LANGUAGES = [*LANGUAGE_NAMES.items(), (pseudo.CODE, "Pseudo")]
    pseudo.install()
    yield
    pseudo.remove()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        (" ", " "),
        ("Map", "⟦Máp⟧"),
        ("{n} places", "⟦{n} płáçéş ·⟧"),
        ("<b>no</b>", "⟦<b>ñö</b> ·⟧"),
        ("%(count)d of 5%", "⟦%(count)d öf 5% · ·⟧"),
        ("see https://www.example.org/", "⟦şéé https://www.example.org/ · · · ·⟧"),
    ],
)
def test_words_change_and_what_is_filled_in_does_not(text: str, said: str) -> None:
    assert pseudo.accented(text) == said


def test_pages_are_spoken_from_right_to_left(client: Client, spoken: None, places: dict[str, Place]) -> None:
    page = client.get(f"/{pseudo.CODE}/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "⟦Máp⟧" in page
    assert re.search(r"⟦íñ <?[\w/]*>?[\d٠-٩]+ çöüñţŕíéş|⟦íñ [\d٠-٩]+ ", page)


def test_it_is_offered_to_nobody(client: Client, spoken: None, places: dict[str, Place]) -> None:
    for path in ("/en/", f"/{pseudo.CODE}/"):
        offered = re.findall(r'hreflang="([\w-]+)"', client.get(path).content.decode())
        assert set(offered) == {*LANGUAGE_NAMES, "x-default"}


def test_other_languages_of_its_pages_are_found(client: Client, spoken: None) -> None:
    assert in_language(f"/{pseudo.CODE}/method/", "fr") == "/fr/method/"


@pytest.mark.django_db
def test_without_it_there_is_no_such_language(client: Client) -> None:
    assert client.get(f"/{pseudo.CODE}/").status_code == 404
