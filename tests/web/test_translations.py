"""The tool that gathers messages, brings catalogues up to date, compiles them and says what is missing."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from coworkmed.kernel.i18n import LANGUAGES
from tools import translations

CODE = """
from django.utils.translation import gettext as _, ngettext
from coworkmed.kernel.i18n import N_
A = N_("Known by {name}")
def f(n: int) -> str:
    return _("Plain") + ngettext("{n} place", "{n} places", n)
B = "not marked"
"""
PAGE = '{% macro m() %}{{ _("In a page") }}{{ ngettext("{n} list", "{n} lists", 2) }}{% endmacro %}'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "web" / "templates" / "deep").mkdir(parents=True)
    (folder / "module.py").write_text(CODE)
    (folder / "web" / "templates" / "deep" / "page.html").write_text(PAGE)
    return folder


def run(task: str, source: Path) -> int:
    return translations.main([task, "--source", str(source), "--locale", str(source / "locale")])


def po(source: Path, language: str) -> Path:
    return source / "locale" / language / "LC_MESSAGES" / "django.po"


def translate(source: Path, language: str, **texts: str | tuple[str, ...]) -> None:
    catalog = translations.read(po(source, language), language)
    for message in catalog:
        text = texts.get(message.id[0] if isinstance(message.id, tuple) else message.id)
        if message.id and text is not None:
            message.string = text
    translations.write(catalog, po(source, language))


def test_everything_marked_is_found_and_nothing_else(source: Path) -> None:
    found = {message.id for message in translations.extract(source) if message.id}
    plurals = {("{n} place", "{n} places"), ("{n} list", "{n} lists")}
    assert found == {"Known by {name}", "Plain", "In a page"} | plurals


def test_updating_twice_changes_nothing(source: Path) -> None:
    run("update", source)
    first = {language: po(source, language).read_bytes() for language in LANGUAGES if language != "en"}
    run("update", source)
    assert first == {language: po(source, language).read_bytes() for language in first}
    assert not po(source, "en").exists()


def test_files_name_no_lines(source: Path) -> None:
    run("update", source)
    assert "module.py\n" in po(source, "fr").read_text()
    assert "module.py:" not in po(source, "fr").read_text()


def test_croatian_has_its_three_plurals(source: Path) -> None:
    run("update", source)
    assert "nplurals=3" in po(source, "hr").read_text()
    assert "msgstr[2]" in po(source, "hr").read_text()


def test_a_translation_survives_a_change_of_code(source: Path) -> None:
    run("update", source)
    translate(source, "fr", Plain="Simple")
    (source / "module.py").write_text(CODE.replace("Known by {name}", "Known to {name}"))
    run("update", source)
    again = translations.read(po(source, "fr"), "fr")
    assert again["Plain"].string == "Simple"
    assert "Known by {name}" not in again
    assert "Known to {name}" in again


def test_compiled_catalogues_hold_what_is_translated(source: Path) -> None:
    run("update", source)
    translate(source, "el", **{"Plain": "Απλό", "{n} place": ("{n} χώρος", "{n} χώροι")})
    run("compile", source)
    with po(source, "el").with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert compiled["Plain"].string == "Απλό"
    assert compiled["{n} place"].string == ["{n} χώρος", "{n} χώροι"]
    assert "In a page" not in compiled


COMPLETE: dict[str, str | tuple[str, ...]] = {
    "Plain": "a",
    "In a page": "b",
    "Known by {name}": "c {name}",
    "{n} place": ("{n} d", "{n} e"),
    "{n} list": ("f", "{n} g"),  # one may be said without its number
}


def wanting(source: Path, **changed: str | tuple[str, ...]) -> list[str]:
    run("update", source)
    translate(source, "fr", **COMPLETE | changed)
    found = translations.missing(translations.extract(source), source / "locale")
    return [line for line in found if line.startswith("fr")]


def test_a_complete_language_lacks_nothing(source: Path) -> None:
    assert wanting(source) == []


@pytest.mark.parametrize(
    ("message", "text", "why"),
    [
        ("Plain", "", "untranslated"),
        ("{n} place", ("{n} d", ""), "untranslated"),
        ("Known by {name}", "c", "other {named} places"),
        ("Known by {name}", "c {nom}", "other {named} places"),
        ("Known by {name}", "c {name", "other {named} places"),
        ("{n} list", ("f", "g"), "other {named} places"),
    ],
)
def test_what_is_wanting_is_named(source: Path, message: str, text: str | tuple[str, ...], why: str) -> None:
    assert wanting(source, **{message: text}) == [f"fr: {why}: {message}"]


def test_a_message_put_otherwise_is_wanting_anew(source: Path) -> None:
    wanting(source)
    (source / "module.py").write_text(CODE.replace('"Plain"', '"Plainer"'))
    found = wanting(source)
    assert [line for line in found if "Plainer" in line] == ["fr: untranslated: Plainer"]


def test_missing_sets_the_exit_code(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("update", source)
    assert run("missing", source) == 1
    assert "hr: untranslated: Plain" in capsys.readouterr().out
