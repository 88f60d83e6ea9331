"""How fresh the news is, in public: on pages of territories and lists, and how those show who is no list."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.values import Value
from coworkmed.observatory.pages import fresh
from coworkmed.observatory.pages import sources as pages
from coworkmed.places import services
from coworkmed.places.models import Place
from coworkmed.places.pages.home import overview
from coworkmed.places.pages.records import record
from coworkmed.platform import audit
from coworkmed.sources.models import Assertion, Source
from tests.places.test_services import PHARE, RUCHE_A, World

from .test_pages import read

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 2)


@pytest.fixture
def world(tmp_path, monkeypatch) -> World:
    """Seven places of one list in Marseille; the first is confirmed by its owner, and three months go by."""
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    made = World(tmp_path)
    made.run(
        a=[RUCHE_A, PHARE, *(f"{n},Atelier {n},{n} rue {n},13003,Marseille,43.31{n},5.37{n},," for n in range(3, 8))]
    )
    ruche = made.place_of("a", "1")
    services.tell(
        place=ruche, kind="OWNER", who=audit.Who("owner"), verb="place.confirmed", as_of=date(2027, 1, 5),
        fields={"status": Value("OPEN")}, vouches=list(ruche.values),
    )  # fmt: skip
    services.settle(as_of=TODAY)
    return made


def text_of(client: Client, path: str) -> str:
    return " ".join(read(client, path).text.split())


def test_a_territory_tells_its_figures_and_its_past_as_lines_and_as_a_table(client: Client, world: World) -> None:
    page = fresh.of_territory({"country": "FR"}, TODAY)
    assert (page.now.of, page.now.confirmed) == (7, 1)
    assert page.chart and [point.confirmed for point in page.chart.points] == [0, 0, 1, 1]
    text = text_of(client, "/en/territories/FR/")
    assert (
        "14% Confirmed by someone on the spot" in text or "Confirmed by someone on the spot within 12 months14%" in text
    )
    for said in ("Of 7 places not known to be closed.", "The same as a table", "November 2026", "February 2027"):
        assert said in text
    for language in LANGUAGES:
        assert read(client, f"/{language}/territories/FR/").faults == []


def test_of_fewer_than_five_places_no_share_is_told(client: Client, world: World) -> None:
    Place.objects.exclude(name__startswith="Atelier").update(region="FR-OCC")
    Assertion.objects.update(asserted_on=date(2026, 1, 1))
    text = text_of(client, "/en/territories/FR-OCC/")
    assert "With fewer than 5 places no share is told" in text
    assert "Month by month" not in text and "The same as a table" not in text


def test_a_territory_too_large_to_go_through_leaves_its_past_to_the_files(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "MOST", 6)
    text = text_of(client, "/en/territories/FR/")
    assert "The figures month by month are in freshness.csv." in text and "Month by month" not in text


def test_a_list_tells_how_fresh_the_news_of_its_places_is(client: Client, world: World) -> None:
    assert "How fresh the news of its places is" in text_of(client, "/en/sources/a/")
    page = fresh.of_source("own-word", TODAY)
    assert (page.now.of, page.now.confirmed, page.chart) == (1, 1, None)


def test_who_is_no_list_is_shown_as_what_it_is(client: Client, world: World) -> None:
    page = pages.sources_page()
    assert [one.source.key for one in page.brought] == ["a"] and page.totals.lists == 1
    (own,) = page.voices
    assert (own.source.key, own.read.entries, own.known.places, own.known.alone) == ("own-word", 1, 1, 0)
    assert page.brought[0].known.alone == 7, "no other list knows what its owner confirmed"
    assert "People, beside the lists" in text_of(client, "/en/sources/")
    text = text_of(client, "/en/sources/own-word/")
    assert "by a link sent to its own address" in text and "no credit is asked" in text
    for blank in ("Rows read", "Rows turned away", "last read", "undated", "To be credited as", "About this list"):
        assert blank not in text, blank
    assert "each word has its own date" in text_of(client, "/en/territories/FR/")
    assert overview(TODAY).sources == Source.objects.count() - 1 == 1


def test_the_first_page_counts_what_is_current_and_says_what_is_not(client: Client, world: World) -> None:
    told = overview(TODAY)
    assert (told.places, told.hidden, told.confirmed) == (7, 0, 1)
    Place.objects.filter(name="Le Phare").update(freshness="doubtful")
    text = text_of(client, "/en/")
    assert "1 doubtful one is listed besides" in text and "confirmed by someone on the spot" in text
    assert client.get(f"/en/places/{world.place_of('a', '2').pk}/").status_code == 200, "its page stays"


def test_the_api_tells_what_was_vouched_for(client: Client, world: World) -> None:
    found = record(Place.objects.get(pk=world.place_of("a", "1").pk))
    assert found
    (author,) = found.fields["name"].authors
    assert (author.source, author.vouched_on, author.vouched_by) == ("a", "2027-01-05", "OWNER")
    assert {name: told.value for name, told in found.fields.items()} == found.place.values


def test_the_method_says_how_places_are_asked_and_what_each_state_is(client: Client, world: World) -> None:
    text = text_of(client, "/en/method/")
    for said in (
        "Nothing has been heard of it for 24 months or more.",
        "6 monthsOpening hours",
        "After 35 days without an answer its steward is asked",
        "Of fewer than 5 places no share is told.",
        "Share left out of the counts",
    ):
        assert said in text or said.replace("months", "months ") in text, said
