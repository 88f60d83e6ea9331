"""Pages and messages: every template compiles, every language says everything, with its parameters."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.template import engines
from jinja2 import Environment

from coworkmed.kernel.i18n import LANGUAGES

from .files import PACKAGE, ROOT

LANGUAGES_TO_TRANSLATE = [language for language in LANGUAGES if language != "en"]
PARAMETER = re.compile(r"\{\w*\}|%\(\w+\)[sd]")


def pages() -> Environment:
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    assert isinstance(environment, Environment)
    return environment


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(PACKAGE / "web/templates")) for path in PACKAGE.glob("web/templates/**/*.*"))
)
def test_template_compiles(name: str) -> None:
    assert pages().get_template(name).name == name


@pytest.mark.parametrize("language", LANGUAGES_TO_TRANSLATE)
def test_translations_keep_every_parameter(language: str) -> None:
    broken = [
        (message.id, message.string)
        for message in catalogue(language)
        if message.id and (message.string if isinstance(message.string, str) else any(message.string))
        if not keeps_parameters(message.id, message.string)
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("message", "translation", "kept"),
    [
        ("{n} places", "{n} lieux", True),
        ("{n} places", "lieux", False),
        ("{metres} m apart", "à {mètres} m", False),
        ("No place", "Aucun lieu", True),
        (("One place", "{n} places"), ("Un lieu", "{n} lieux"), True),
        (("{n} place", "{n} places"), ("lieu", "lieux"), False),
    ],
)
def test_the_comparison_sees_a_lost_parameter(
    message: str | tuple[str, ...], translation: str | tuple[str, ...], kept: bool
) -> None:
    assert keeps_parameters(message, translation) is kept


def test_no_message_is_missing() -> None:
    command = [sys.executable, ROOT / "tools" / "translations.py", "missing"]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True)
    missing = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 0, "\n".join([f"{len(missing)} lines, among them:", *missing[:10]])


def catalogue(language: str) -> Catalog:
    with Path(PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def keeps_parameters(message: str | tuple[str, ...], translation: str | tuple[str, ...]) -> bool:
    """Whether a translation has the parameters of its message; of several plural forms, each has those of some form."""
    forms = [message] if isinstance(message, str) else list(message)
    wanted = [sorted(set(PARAMETER.findall(form))) for form in forms]
    given = [translation] if isinstance(translation, str) else list(translation)
    found = [sorted(set(PARAMETER.findall(form))) for form in given]
    return all(one in wanted for one in found) and wanted[-1] in found
