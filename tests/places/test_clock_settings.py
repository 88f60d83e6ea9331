"""How a site asks its places: what an operator may say, and what is refused before the site starts."""

from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from coworkmed.kernel.fields import FIELDS
from coworkmed.places import clock, clock_settings, services
from coworkmed.places.models import Place
from coworkmed.stewardship.queries.asking import policy
from tests.web.factories import entry, place, source


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Let the site ask as a file says."""

    def write(text):
        path = tmp_path / "clock.toml"
        path.write_text(text)
        found = clock_settings.read(str(path))
        monkeypatch.setattr(settings, "CLOCK", found)
        return found

    return write


def test_without_a_file_it_is_as_it_comes(monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", clock_settings.read(""))
    assert policy() == clock.Policy()
    assert settings.CLOCK.months == {name: one.months for name, one in FIELDS.items()}


def test_what_it_says_replaces_what_comes(said):
    found = said(
        """
        mails_a_day = 12
        days_between = 45
        steward_after = 21
        again_after = 365
        [months]
        status = 10
        [[away]]
        first = "12-24"
        last = "01-02"
        countries = ["fr", ""]
        """
    )
    assert policy() == clock.Policy(12, 45, 21, 365, (clock.Season("12-24", "01-02", frozenset(("FR", ""))),))
    assert (found.months["status"], found.months["opening_hours"]) == (10, 6)
    assert clock.quiet("FR", date(2026, 12, 28), policy())
    assert not clock.quiet("IT", date(2026, 12, 28), policy())


@pytest.mark.parametrize(
    "text",
    [
        "mails_a_day = 0",
        "mails_a_day = true",
        'mails_a_day = "many"',
        "mails_a_day = 1.5",
        "days_between = 1000",
        "again_after = 7",
        "mails = 3",
        "[months]\nhours = 6",
        "[months]\nstatus = 0",
        "months = 3",
        '[[away]]\nfirst = "08-01"',
        '[[away]]\nfirst = "08-32"\nlast = "09-01"',
        '[[away]]\nfirst = "8-1"\nlast = "09-01"',
        '[[away]]\nfirst = 801\nlast = "09-01"',
        '[[away]]\nfirst = "08-01"\nlast = "09-01"\ncountries = "FR"',
        '[[away]]\nfirst = "08-01"\nlast = "09-01"\ncountries = ["France"]',
        "away = [1]",
        "no toml",
        "\x00",
    ],
)
def test_nonsense_is_refused_by_the_name_of_the_file(said, text):
    with pytest.raises(ImproperlyConfigured, match=r"COWORKMED_CLOCK, .*clock\.toml"):
        said(text)


def test_a_file_that_is_not_there():
    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        clock_settings.read("/nowhere.toml")


@pytest.mark.django_db
def test_a_place_falls_due_by_the_sites_own_intervals(said):
    spoken = entry(source("a"), "1", "2026-05-10", name="La Ruche", country="FR")
    type(spoken.assertion).objects.update(role="OWNER")
    place(spoken)
    for months, due in ((12, date(2027, 5, 10)), (10, date(2027, 3, 10))):
        said(f"[months]\nstatus = {months}")
        services.settle(as_of=date(2026, 11, 24))
        assert Place.objects.get().due_on == due


@pytest.mark.django_db
def test_other_intervals_renew_the_registry(said):
    place(entry(source("a"), "1", name="La Ruche", country="FR"))
    day = date(2026, 11, 24)
    assert services.refresh(as_of=day) is not None
    assert services.refresh(as_of=day) is None
    said("[months]\nstatus = 10")
    assert services.refresh(as_of=day) is not None
