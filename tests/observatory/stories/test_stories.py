"""Stories told, sent, coded by two who don't know of each other, settled, published, and taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.observatory.census import services as census
from coworkmed.observatory.models import Coding, Story
from coworkmed.observatory.stories import letters, queries, services
from coworkmed.observatory.stories.queries import Choice
from coworkmed.people.models import Operates, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import jobs
from coworkmed.platform.models import Event
from coworkmed.platform.tokens import address_digest
from coworkmed.sources.models import Entry
from coworkmed.stewardship.models import Report
from tests.observatory.census.waves import answer, given, invited, wave
from tests.people.conftest import organisation, person, role
from tests.web.factories import source

pytestmark = pytest.mark.django_db
TALE = "Before, everyone drove to the city. Now the bakery is open again, and the bus stops here."
TO = "desk@athens.example"


@pytest.fixture
def athens(db: None) -> Place:
    """A place in Greece, run by Eleni's organisation, that a list speaks of."""
    made = Place.objects.create(
        public_id="athens", name="Κυψέλη", status="OPEN", country="GR", region="GR-I", main_kind="COWORK",
        locality="Αθήνα", values={"email": TO, "name": "Κυψέλη"},
    )  # fmt: skip
    entry = Entry.objects.create(source=source("list"), external_id="1", first_seen=timezone.localdate())
    made.links.create(entry=entry, decided_by="alone")
    return made


@pytest.fixture
def eleni(athens: Place) -> Person:
    found, house = person("eleni@example.org"), organisation("House", kind="OPERATOR")
    role(found, house, "OWNER")
    Operates.objects.create(organisation=house, place=athens.pk)
    return found


@pytest.fixture
def ana(db: None) -> Person:
    """Looks after the places of Greece."""
    return steward("ana", "GR")


@pytest.fixture
def bruno(db: None) -> Person:
    """Looks after those of Italy."""
    return steward("bruno", "IT")


def steward(name: str, territory: str) -> Person:
    found = person(f"{name}@example.org")
    role(found, organisation(name.title()), "STEWARD", territory=territory)
    return found


def told(**more: Any) -> dict[str, Any]:
    return {"text": TALE, "language": "el", "named": True, "teller": ""} | more


def sent(place: Place, **more: Any) -> Story:
    return services.keep(place=place, by=None, told=told(**more), send=True)


def published(place: Place, ana: Person, bruno: Person, themes: tuple[str, ...] = ("SERVICE",), **more: Any) -> Story:
    story = sent(place, **more)
    for one in (ana, bruno):
        services.code(by=one, story=story, themes=themes)
    services.publish(by=ana, story=story)
    story.refresh_from_db()
    return story


def where(said: str) -> Iterator[str]:
    for model in apps.get_models():
        for row in model._base_manager.values():
            if said in str(row):
                yield model._meta.label


# -- telling ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_gone_on_with_and_sent(athens: Place, eleni: Person) -> None:
    draft = services.keep(place=athens, by=eleni, told=told(text="Half of it"))
    assert (draft.state, draft.told_on) == ("DRAFT", None)
    assert not Event.objects.filter(verb__startswith="story").exists()
    whole = services.keep(place=athens, by=eleni, told=told(teller="Ana"), story=draft, send=True)
    assert whole.pk == draft.pk
    assert (whole.state, whole.licence, whole.teller) == ("SUBMITTED", "CC-BY-4.0", "Ana")
    assert whole.consent
    with pytest.raises(CoworkmedError, match="has been sent"):
        services.keep(place=athens, by=eleni, told=told(text="Otherwise"), story=whole)


def test_only_who_speaks_for_a_place_tells_for_it(athens: Place, ana: Person) -> None:
    with pytest.raises(NotAllowedError):
        services.keep(place=athens, by=ana, told=told())
    story = sent(athens)
    with pytest.raises(NotAllowedError):
        services.withdraw(story=story, place=athens, by=ana)
    other = Place.objects.create(public_id="other", status="OPEN")
    with pytest.raises(CoworkmedError, match="no such story"):
        services.withdraw(story=story, place=other, by=None)


def test_taken_back_at_any_time_nothing_of_it_is_left(athens: Place, ana: Person, bruno: Person) -> None:
    story = published(athens, ana, bruno, teller="Zografia")
    services.withdraw(story=story, place=athens, by=None)
    assert [*where(TALE), *where("Zografia")] == []
    assert not Coding.objects.exists()
    left = Story.objects.get()
    assert (left.state, left.themes, left.withdrawn_on) == ("WITHDRAWN", [], timezone.localdate())
    assert queries.published(Choice()) == []


def test_a_draft_thrown_away_is_gone(athens: Place) -> None:
    services.withdraw(story=services.keep(place=athens, by=None, told=told()), place=athens, by=None)
    assert not Story.objects.exists()


# -- from the census --------------------------------------------------------------------------------------------------


def test_what_is_told_in_the_census_becomes_a_story_where_it_may(athens: Place) -> None:
    asked = invited(athens, wave(), TO)
    answer(asked, {"jobs_fte": 2, "story": TALE, "story_consent": "NO"})
    assert not Story.objects.exists()  # for research only
    answer(asked, {"story_consent": "UNNAMED"})
    story = Story.objects.get()
    assert (story.text, story.named, story.state, story.wave) == (TALE, False, "SUBMITTED", asked.wave)
    answer(asked, {"jobs_fte": 3})  # sent again, the story as it was
    assert Story.objects.get() == story
    answer(asked, {"story": TALE + " And more."})
    assert list(Story.objects.order_by("pk").values_list("state", flat=True)) == ["WITHDRAWN", "SUBMITTED"]
    answer(asked, {"story_consent": "NO"})
    assert set(Story.objects.values_list("state", flat=True)) == {"WITHDRAWN"}


def test_told_otherwise_in_the_census_it_stays_when_that_is_sent_again(athens: Place) -> None:
    asked = invited(athens, wave(), TO)
    answer(asked, {"story": TALE, "story_consent": "NAMED"})
    answer(asked, {"story_consent": "UNNAMED"})
    answer(asked, {"jobs_fte": 3})
    assert list(Story.objects.order_by("pk").values_list("state", "named")) == [
        ("WITHDRAWN", True),
        ("SUBMITTED", False),
    ]


def test_taken_back_it_is_gone_from_the_answers_too(athens: Place) -> None:
    asked = invited(athens, wave(), TO)
    answer(asked, {"jobs_fte": 2, "story": TALE, "story_consent": "NAMED"})
    services.withdraw(story=Story.objects.get(), place=athens, by=None)
    assert [*where(TALE)] == []
    census.keep(invitation=asked, section="economy", answers=given(jobs_fte=5), by=census.Speaker())
    census.submit(invitation=asked, by=census.Speaker())
    assert Story.objects.get().state == "WITHDRAWN"  # it does not come back


# -- coding -----------------------------------------------------------------------------------------------------------


def test_two_who_agree_settle_it(athens: Place, ana: Person, bruno: Person) -> None:
    story = sent(athens)
    services.code(by=ana, story=story, themes=["SERVICE", "REVIVED", "NONSENSE"])
    story.refresh_from_db()
    assert story.settled == ""
    services.code(by=bruno, story=story, themes=["REVIVED", "SERVICE"])
    story.refresh_from_db()
    assert (story.themes, story.settled, story.scheme) == (["SERVICE", "REVIVED"], "AGREED", "2026.1")


def test_until_both_have_one_may_say_otherwise(athens: Place, ana: Person, bruno: Person) -> None:
    story = sent(athens)
    for themes in (["SERVICE"], ["SAY"]):
        services.code(by=ana, story=story, themes=themes)
    assert Coding.objects.get().themes == ["SAY"]
    services.code(by=bruno, story=story, themes=["SERVICE"])
    with pytest.raises(CoworkmedError, match="Two readers"):
        services.code(by=ana, story=story, themes=["SERVICE"])  # who knows what the other found


@pytest.mark.parametrize(("third", "how"), [(True, "THIRD"), (False, "DISCUSSION")])
def test_where_they_differ_a_third_settles_it_or_they_talk(
    athens: Place, ana: Person, bruno: Person, third: bool, how: str
) -> None:
    story = sent(athens)
    with pytest.raises(CoworkmedError):
        services.settle(by=ana, story=story, themes=["SAY"])  # nobody has read it
    services.code(by=ana, story=story, themes=["SERVICE"])
    services.code(by=bruno, story=story, themes=["SAY"])
    with pytest.raises(CoworkmedError, match="don’t agree"):
        services.publish(by=ana, story=story)
    services.settle(by=steward("carla", "ES") if third else bruno, story=story, themes=["SAY"])
    story.refresh_from_db()
    assert (story.themes, story.settled) == (["SAY"], how)
    assert queries.coded() == [(["SERVICE"], ["SAY"])]  # of the agreement their own words count


def test_who_may_not_code(athens: Place, eleni: Person, ana: Person) -> None:
    story = sent(athens)
    for one in (person("stranger@example.org"), eleni):
        with pytest.raises(NotAllowedError):
            services.code(by=one, story=story, themes=[])
    role(eleni, organisation("Both"), "STEWARD", territory="GR")
    for act in (services.code, services.settle):
        with pytest.raises(NotAllowedError, match="you run"):
            act(by=eleni, story=story, themes=[])
    with pytest.raises(NotAllowedError, match="you run"):
        services.publish(by=eleni, story=story)


def test_who_looks_after_the_place_publishes_or_declines(athens: Place, ana: Person, bruno: Person) -> None:
    story = sent(athens)
    for one in (ana, bruno):
        services.code(by=one, story=story, themes=["SAY"])
    for act in (
        lambda: services.publish(by=bruno, story=story),
        lambda: services.decline(by=bruno, story=story, reason="x"),
    ):
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(CoworkmedError, match="Say why"):
        services.decline(by=ana, story=story, reason="  ")
    services.publish(by=ana, story=story)
    services.decline(by=ana, story=story, reason="It names a child.")  # taken off again
    story.refresh_from_db()
    assert (story.state, story.reason) == ("DECLINED", "It names a child.")


def test_what_waits_for_whom(athens: Place, eleni: Person, ana: Person, bruno: Person) -> None:
    story = sent(athens)
    services.keep(place=athens, by=None, told=told())  # a draft waits for nobody
    assert queries.work(ana).code == [story]
    services.code(by=ana, story=story, themes=[])
    assert queries.work(ana).code == [] and queries.work(bruno).code == [story]
    services.code(by=bruno, story=story, themes=["SAY"])
    assert queries.work(ana).settle == [story]
    services.settle(by=ana, story=story, themes=["SAY"])
    assert queries.work(ana).publish == [story] and queries.work(bruno).publish == []
    role(eleni, organisation("Both"), "STEWARD", territory="GR")
    assert queries.work(eleni) == queries.Work([], [], [])


# -- reading ----------------------------------------------------------------------------------------------------------


def test_they_are_found_by_theme_place_territory_and_language(athens: Place, ana: Person, bruno: Person) -> None:
    named = published(athens, ana, bruno, ("SAY",))
    unnamed = published(athens, ana, bruno, ("SERVICE",), named=False, language="en")
    found = {
        "all": Choice(),
        "theme": Choice(theme="SAY"),
        "language": Choice(language="en"),
        "place": Choice(place="athens"),
        "country": Choice(territory="GR"),
        "region": Choice(territory="GR-I"),
        "none": Choice(territory="FR"),
    }
    assert {name: set(queries.published(choice)) for name, choice in found.items()} == {
        "all": {named, unnamed}, "theme": {named}, "language": {unnamed},
        "place": {named}, "country": {named, unnamed}, "region": {named},  # lest a place be told by its region
        "none": set(),
    }  # fmt: skip
    assert queries.themed()["SAY"] == 1


def test_the_pages_tell_and_cite_it(client: Client, athens: Place, ana: Person, bruno: Person) -> None:
    story = published(athens, ana, bruno, teller="Ana, facilitator")
    page = client.get(f"/en/stories/{story.reference}/")
    shown = page.content.decode()
    assert TALE in shown and 'lang="el"' in shown and "CC BY 4.0" in shown and "Ana, facilitator" in shown
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get(f"/en/stories/{story.reference.upper()}/").status_code == 301
    assert f"/stories/{story.reference}/</a>" in shown  # in no language: whoever follows it reads theirs
    assert client.get(f"/stories/{story.reference}/").headers["Location"].endswith(f"/en/stories/{story.reference}/")
    for query in ("", "?theme=SERVICE", "?place=athens", "?territory=GR", "?language=el", "?page=99&theme=%00"):
        assert TALE in client.get(f"/en/stories/{query}").content.decode(), query
    assert TALE not in client.get("/en/stories/?theme=SAY").content.decode()
    assert "No story of this place yet" in client.get("/en/stories/?place=athens&theme=SAY").content.decode()
    services.withdraw(story=story, place=athens, by=None)
    gone = client.get(f"/en/stories/{story.reference}/")
    assert gone.status_code == 410 and "taken back" in gone.content.decode()
    assert TALE not in client.get("/en/stories/").content.decode()


def test_a_story_that_does_not_name_its_place_names_it_nowhere(
    client: Client, athens: Place, ana: Person, bruno: Person
) -> None:
    story = published(athens, ana, bruno, named=False)
    for page in (f"/en/stories/{story.reference}/", "/en/stories/"):
        shown = client.get(page).content.decode()
        assert TALE in shown and "Greece" in shown
        assert "Κυψέλη" not in shown and "Αθήνα" not in shown and "/places/athens/" not in shown
    client.force_login(bruno)
    assert "Κυψέλη" not in client.get(f"/en/stories/desk/{story.reference}/").content.decode()


def test_what_is_not_published_is_read_by_coders_only(client: Client, athens: Place, ana: Person) -> None:
    draft = services.keep(place=athens, by=None, told=told())
    story = sent(athens)
    assert client.get(f"/en/stories/{story.reference}/").status_code == 404
    client.force_login(ana)
    assert client.get(f"/en/stories/desk/{story.reference}/").status_code == 200
    assert client.get(f"/en/stories/desk/{draft.reference}/").status_code == 404


def test_coding_is_blind_until_both_have_read(client: Client, athens: Place, ana: Person, bruno: Person) -> None:
    story = sent(athens)
    page = f"/en/stories/desk/{story.reference}/"
    services.code(by=ana, story=story, themes=["POLICY"])
    client.force_login(bruno)
    assert 'value="POLICY" checked' not in client.get(page).content.decode()
    assert client.post(page, {"step": "code", "themes": ["NONSENSE"]}).status_code == 404
    assert client.post(page, {"step": "code", "themes": ["SAY"]}).status_code == 302
    shown = client.get(page).content.decode()
    assert shown.count("only one of them found it") == 2
    assert client.post(page, {"step": "settle", "themes": ["SAY"]}).status_code == 302
    client.force_login(ana)
    assert client.post(page, {"step": "publish"}).status_code == 302
    assert Story.objects.get().state == "PUBLISHED"
    assert client.post(page, {"step": "decline", "reason": ""}).status_code == 302
    assert Story.objects.get().state == "PUBLISHED"


def test_a_place_tells_by_the_link_of_a_mail(client: Client, athens: Place, sends: None) -> None:
    door = "/en/stories/of/athens/"
    assert client.get(door).status_code == 200
    for _ in range(2):
        assert client.post(door).status_code == 200
    jobs.run_due()
    (letter,) = outbox.outbox  # type: ignore[attr-defined]
    assert letter.to == [TO] and "/el/stories/tell/" in letter.body
    page = "/" + letters.link(athens, TO, language="en").split("/", 3)[3]
    assert client.get(page).headers["Referrer-Policy"] == "no-referrer"
    form = told(named="NAMED", language="el", step="keep")
    assert client.post(page, form | {"text": "Short."}).status_code == 422
    assert client.post(page, form | {"step": "send"}).status_code == 422  # does not agree
    assert client.post(page, form).status_code == 302
    assert TALE in client.get(page).content.decode()
    assert client.post(page, form | {"step": "send", "agree": "on"}).status_code == 302
    story = Story.objects.get()
    assert story.state == "SUBMITTED"
    assert client.post(page, {"step": "withdraw", "story": "none"}).status_code == 404
    assert client.post(page, {"step": "withdraw", "story": story.reference}).status_code == 302
    assert Story.objects.get().state == "WITHDRAWN"
    assert client.get("/en/stories/tell/none/").status_code == 404


def test_a_place_tells_signed_in(client: Client, athens: Place, eleni: Person) -> None:
    page = "/en/stories/of/athens/tell/"
    client.force_login(eleni)
    assert client.get(page).status_code == 200
    form = told(named="UNNAMED", language="el", step="send", agree="on")
    assert client.post(page, form).status_code == 302
    assert Story.objects.get().named is False
    assert "Sent: it is being read" in client.get(page).content.decode()


def test_a_link_opens_nothing_once_its_reader_is_not_the_place(client: Client, athens: Place) -> None:
    page = "/" + letters.link(athens, TO, language="en").split("/", 3)[3]
    assert client.get(page).status_code == 200
    Report.objects.create(place=athens, reason="NOT_US", address=address_digest(TO), due=timezone.now())
    assert client.get(page).status_code == 404
