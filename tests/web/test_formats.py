"""How dates, ages, numbers and codes read in each language, and what becomes of values that make no sense."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.web import formats, jinja

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("when", "language", "words"),
    [
        ("2025-03-14", "fr", "14 mars 2025"),
        ("2025-03-14", "el", "14 Μαρτίου 2025"),
        ("2025-03", "it", "marzo 2025"),
        ("2025-03", "hr", "ožujak 2025."),
        ("2025", "ca", "2025"),
        (date(2025, 3, 14), "es", "14 de marzo de 2025"),
        ("2025-03-14", "en", "14 March 2025"),
        ("2025-03", "en", "March 2025"),
        ("soon", "en", "soon"),
        ("2025-13", "en", "2025-13"),
    ],
)
def test_days(when: str | date, language: str, words: str) -> None:
    with translation.override(language):
        assert formats.day(when) == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-11-22", "today"),
        ("2026-11-21", "1 day ago"),
        ("2026-08", "3 months ago"),
        ("2024", "2 years ago"),
        ("2026", "today"),  # the year is not over: no older than today
        ("2031-01-01", "today"),
        ("", "undated"),
        ("long ago", "undated"),
    ],
)
def test_ages(when: str, words: str) -> None:
    with translation.override("en"):
        assert formats.age(when, TODAY) == words


@pytest.mark.parametrize(("share", "text"), [(0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.9999, "99%"), (1, "100%")])
def test_a_share_is_never_rounded_to_certainty(share: float, text: str) -> None:
    with translation.override("en"):
        assert formats.percent(share) == text


def test_codes_and_numbers() -> None:
    with translation.override("fr"):
        assert formats.country("GR") == "Grèce"
        assert formats.country("??") == "??"
        assert formats.language_name("hr") == "croate"
        assert formats.number(12345.678) == "12\u202f345,68"
        assert formats.price({"amount": 15, "currency": "EUR"}) == "15,00\xa0€"
        assert formats.price({"amount": 15, "currency": "coins"}) == "15 coins"
        assert formats.phone("+33490000000") == "+33 4 90 00 00 00"
        assert formats.size(1_700_000) == "2\u202fMo"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://www.lieu.example/", "lieu.example"),
        ("https://lieu.example/a/b/", "lieu.example/a/b"),
        ("lieu", "lieu"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_hosts(url: str, said: str) -> None:
    assert formats.host(url) == said


@pytest.mark.parametrize("language", [*LANGUAGES, "xx", "ar"])
def test_no_language_breaks_a_format(language: str) -> None:
    with translation.override(language):
        assert formats.day("2025-03-14")
        assert formats.number(3)
        assert formats.age("2020", TODAY)


@given(st.text())
def test_no_text_breaks_a_format(text: str) -> None:
    for reads in (formats.day, formats.age, formats.country, formats.language_name, formats.phone, formats.host):
        reads(text)


def test_own_words() -> None:
    titles = {"hr": "Popis", "en": "List"}
    with translation.override("hr"):
        assert formats.own_words(titles) == ("Popis", "hr")
    with translation.override("el"):
        assert formats.own_words(titles) == ("List", "en")
        assert formats.own_words({"hr": "Popis"}) == ("Popis", "hr")
        assert formats.own_words(None, "key") == ("key", "")


def test_what_fills_a_sentence_is_escaped() -> None:
    assert jinja.say("Found in {place}", place="<b>") == "Found in &lt;b&gt;"
    assert jinja.say("1 < 2 {sign}", sign=jinja.bdi("<")) == "1 &lt; 2 <bdi>&lt;</bdi>"


def test_a_sentence_that_does_not_fit_is_not_lost() -> None:
    assert jinja.say("It lacks {this}") == "It lacks …"
    assert jinja.say("A lone { brace") == "A lone { brace"
    assert jinja.say("{0} and {a.b}", a=1) == "{0} and {a.b}"
    assert jinja.say("") == ""


def test_plurals_count_as_the_reader_writes_numbers() -> None:
    with translation.override("en"):
        assert jinja.say_many("{n} odd place", "{n} odd places", 1) == "1 odd place"
        assert jinja.say_many("{n} odd place", "{n} odd places", 1200) == "1,200 odd places"


@pytest.mark.parametrize(
    ("path", "there"),
    [("/fr/places/?q=a", "/el/places/?q=a"), ("/", "/el/"), ("/admin/x", "/el/admin/x"), ("/fr", "/el/")],
)
def test_in_language(path: str, there: str) -> None:
    assert jinja.in_language(path, "el") == there
