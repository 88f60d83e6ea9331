"""The steward's desk: what waits, for whom, oldest first, and how fast."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coworkmed.people.models import Membership, Operates, Person
from coworkmed.places.models import Doubt, Place
from coworkmed.platform import mail, stops
from coworkmed.platform.models import Mail, Quiet
from coworkmed.platform.tokens import address_digest
from coworkmed.sources.models import Entry, Source
from coworkmed.stewardship.models import Asked, Claim, Report, Suggestion
from coworkmed.stewardship.queries import desk as queries
from coworkmed.stewardship.queries.desk import Desk
from coworkmed.stewardship.services import desk as services
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DUE = date(2020, 6, 1)  # long past, whenever the tests run


class World:
    """Places in five countries, and who looks after them."""

    def __init__(self) -> None:
        self.places = registry()
        Place.objects.filter(merged_into=None).exclude(status="CLOSED").update(due_on=DUE)
        self.region = organisation("Région", kind="AUTHORITY", territory="FR")
        self.network = organisation("Mreža")
        self.member = organisation("Čamac", self.network, kind="OPERATOR")
        self.steward, self.coordinator, self.stranger = (
            person(f"{one}@example.org") for one in ("steward", "coordinator", "stranger")
        )
        role(self.steward, self.region, "STEWARD")
        role(self.coordinator, self.network, "COORDINATOR")
        Operates.objects.create(organisation=self.member, place=self.places["split"].pk)

    def email(self, name: str, email: str) -> None:
        one = Place.objects.get(pk=self.places[name].pk)
        Place.objects.filter(pk=one.pk).update(values=one.values | {"email": email})

    def asked(self, name: str, days_ago: int, to: str = "OWNER", email: str = "contact@filature.example") -> None:
        Asked.objects.create(
            place=self.places[name], to=to, why="DUE", address=address_digest(email),
            on=TODAY - timedelta(days_ago), mail=f"ask:{name}:{days_ago}:{to}",
        )  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return World()


def to_confirm(who: Person, **more: Any) -> dict[str, tuple[str, date]]:
    table = Desk(who, today=TODAY, **more)
    return {row.place.pk: (row.why, row.since) for row in table.rows(list(table.confirm()))}


# -- to confirm -------------------------------------------------------------------------------------------------------


def test_a_place_without_an_address_is_a_stewards(world: World) -> None:
    mill = world.places["mill"].pk
    assert to_confirm(world.steward) == {mill: ("NO_ADDRESS", DUE)}
    world.email("mill", "contact@filature.example")
    assert to_confirm(world.steward) == {}


def test_a_silent_place_comes_after_five_weeks(world: World) -> None:
    mill = world.places["mill"].pk
    world.email("mill", "contact@filature.example")
    world.asked("mill", 34)
    assert to_confirm(world.steward) == {}
    Asked.objects.update(on=TODAY - timedelta(35))
    assert to_confirm(world.steward) == {mill: ("SILENT", TODAY)}
    Place.objects.filter(pk=mill).update(due_on=TODAY + timedelta(1))  # it answered
    assert to_confirm(world.steward) == {}


def test_what_was_asked_before_it_fell_due_counts_no_more(world: World) -> None:
    world.email("mill", "contact@filature.example")
    world.asked("mill", 200)
    Place.objects.filter(pk=world.places["mill"].pk).update(due_on=TODAY - timedelta(100))
    assert to_confirm(world.steward) == {}


@pytest.mark.parametrize("reason", ["bounced", "stopped"])
def test_mail_that_bounces_or_is_not_wanted_makes_it_a_stewards(world: World, reason: str) -> None:
    mill = world.places["mill"].pk
    world.email("mill", "contact@filature.example")
    world.asked("mill", 2)
    Quiet.objects.create(pk=address_digest("contact@filature.example"), reason=reason)
    found = to_confirm(world.steward)
    assert found[mill][0] == reason.upper()
    assert [one.pk for one in Desk(world.steward).mails()] == ([mill] if reason == "bounced" else [])
    world.email("mill", "hello@filature.example")  # put right: it can be asked again
    assert to_confirm(world.steward) == {}
    assert Desk(world.steward).mails() == []


def test_mail_for_a_place_that_bounces_matters_not_while_its_team_reads_theirs(world: World) -> None:
    mill = world.places["mill"].pk
    world.email("mill", "contact@filature.example")
    world.asked("mill", 2)
    Quiet.objects.create(pk=address_digest("contact@filature.example"), reason="bounced")
    Operates.objects.create(organisation=world.member, place=mill)
    role(person("team@example.org"), world.member, "TEAM")
    assert to_confirm(world.steward) == {}


def test_who_says_they_are_not_the_place_leaves_it_without_an_address(world: World) -> None:
    mill = world.places["mill"].pk
    world.email("mill", "contact@filature.example")
    Report.objects.create(
        place=world.places["mill"], reason="NOT_US", address=address_digest("contact@filature.example"),
        due=timezone.now(),
    )  # fmt: skip
    assert to_confirm(world.steward) == {mill: ("NO_ADDRESS", DUE)}


def test_the_longest_due_comes_first_and_only_what_one_looks_after(world: World) -> None:
    operator = Person.objects.create_superuser("operator@example.org")
    Place.objects.filter(pk=world.places["rome"].pk).update(due_on=date(2019, 1, 1))
    listed = list(Desk(operator, today=TODAY).confirm())
    assert listed[0] == world.places["rome"].pk
    assert world.places["athens"].pk not in listed, "it has an address and was not asked yet"
    assert world.places["closed"].pk not in listed
    assert set(to_confirm(world.coordinator)) == set(), "whoever runs it can be asked"
    assert set(to_confirm(world.stranger)) == set()


# -- parts ------------------------------------------------------------------------------------------------------------


def test_a_part_is_chosen_among_ones_own_and_widens_nothing(world: World) -> None:
    role(world.steward, organisation("Attica", territory="GR"), "STEWARD")
    role(world.steward, world.network, "STEWARD")
    keys = {one.key: one for one in queries.scopes(world.steward)}
    assert set(keys) == {"FR", "GR", f"n{world.network.pk}"}
    places = {name: one.pk for name, one in world.places.items()}
    assert {one.pk for one in queries.tended(world.steward, keys["FR"])} == {places["mill"]}
    assert {one.pk for one in queries.tended(world.steward, keys["GR"])} == {places["athens"]}
    assert {one.pk for one in queries.tended(world.steward, keys[f"n{world.network.pk}"])} == {places["split"]}
    assert {one.pk for one in queries.tended(world.steward)} == {places["mill"], places["athens"], places["split"]}
    foreign = queries.Scope("IT", territory="IT")
    assert not queries.tended(world.steward, foreign).exists()


def test_an_operator_chooses_among_countries(world: World) -> None:
    operator = Person.objects.create_superuser("operator@example.org")
    assert {one.key for one in queries.scopes(operator)} == {"FR", "GR", "HR", "IT", "ES"}


def test_the_part_stays_in_every_address(world: World) -> None:
    role(world.steward, organisation("Attica", territory="GR"), "STEWARD")
    client = Client()
    client.force_login(world.steward)
    text = client.get("/en/desk/confirm/?of=FR").content.decode()
    assert "What waits for a person in <bdi>France</bdi>" in text
    for work in queries.WORK:
        if work not in ("review", "sources"):
            assert f'href="/en/desk/{work}/?of=FR"' in text
    assert "of all the places you look after" in client.get("/en/desk/confirm/?of=IT").content.decode()


# -- cases ------------------------------------------------------------------------------------------------------------


def case(model: Any, where: Place, days: int = 3, **more: Any) -> Any:
    return model.objects.create(place=where, due=timezone.now() + timedelta(days), **more)


def test_each_kind_of_work_for_those_it_is_for(world: World) -> None:
    mill, split = world.places["mill"], world.places["split"]
    for where in (mill, split):
        case(Suggestion, where, values={"phone": {"value": "+33490000002"}})
        case(Report, where, reason="PRIVATE")
        claim = {"person": world.stranger, "organisation": world.member}
        case(Claim, where, proof="PHONE", **claim)
    case(Claim, mill, proof="DOMAIN", person=world.stranger, organisation=world.network)  # needs no steward
    left, right = Entry.objects.filter(link__place=mill).order_by("pk")
    Doubt.objects.create(
        left=left, right=right, turn=1, purpose="gain", probability=0.5, joined=True, stratum="s", weights="w"
    )
    assert Desk(world.steward, today=TODAY).counts() == {
        "confirm": 1, "suggestions": 1, "reports": 1, "claims": 1, "review": 1, "sources": 0, "mails": 0,
    }  # fmt: skip
    counts = Desk(world.coordinator, today=TODAY).counts()
    assert (counts["suggestions"], counts["claims"], counts["review"], counts["sources"]) == (1, 1, 0, 1)
    assert not any(Desk(world.stranger, today=TODAY).counts().values())
    Membership.objects.filter(person=world.steward).update(until=timezone.now())
    assert not any(Desk(world.steward, today=TODAY).counts().values()), "a role that ended ends at once"


def test_oldest_first(world: World) -> None:
    mill = world.places["mill"]
    made = [case(Report, mill, days, reason="OTHER") for days in (5, -2, 1)]
    assert list(Desk(world.steward).reports()) == [made[1], made[2], made[0]]


def test_every_page_shows_its_rows_or_says_that_all_is_well(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.create_superuser("operator@example.org"))
    mill = world.places["mill"]
    empty = {work: client.get(f"/en/desk/{work}/").content.decode() for work in queries.WORK if work != "review"}
    assert "No suggestion waits" in empty["suggestions"]
    assert "Nothing was reported" in empty["reports"]
    assert "No claim waits" in empty["claims"]
    assert "No mail came back" in empty["mails"]
    case(Suggestion, mill, -1, values={"phone": {"value": "1"}, "web": {"value": "2"}})
    case(Report, mill, reason="PRIVATE")
    case(Claim, mill, proof="POST", person=world.stranger, organisation=world.member, disputed=True)
    world.email("athens", "geia@kypseli.example")
    Place.objects.filter(pk=world.places["athens"].pk).update(values=world.places["athens"].values)
    world.asked("athens", 1, email="geia@kypseli.example")
    Quiet.objects.create(pk=address_digest("geia@kypseli.example"), reason="bounced")
    full = {work: client.get(f"/en/desk/{work}/").content.decode() for work in queries.WORK if work != "review"}
    for work, words in {
        "confirm": ("La Filature", "tel:+33490000000", f"/en/places/{mill.pk}/confirm/"),
        "suggestions": ("Web site, Telephone", "due since"),
        "reports": ("It shows a private person’s data".replace("’", "&#39;"), "due on"),
        "claims": ("Čamac", "disputed"),
        "sources": ("came back empty",),
        "mails": ("Κοινός", "geia@kypseli.example"),
    }.items():
        for word in words:
            assert word in full[work], (work, word)
    assert "<script>alert" not in "".join(full.values())
    assert client.get("/en/desk/review/").status_code == 404, "it has a desk of its own"
    assert client.get("/en/desk/none/").status_code == 404


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "page=99999999999999999999", "of=%00", "of=n1'--", "of=" + "x" * 3000]
)
def test_nonsense_in_the_address(world: World, query: str) -> None:
    client = Client()
    client.force_login(world.steward)
    assert client.get(f"/en/desk/?{query}").status_code == 200


def test_only_for_those_who_have_one_and_kept_by_nobody(world: World) -> None:
    client = Client()
    assert client.get("/en/desk/").headers["Location"].startswith("/en/account/login/")
    client.force_login(world.stranger)
    assert client.get("/en/desk/").status_code == 403
    assert "/en/desk/" not in client.get("/en/account/").content.decode()
    client.force_login(world.steward)
    answer = client.get("/en/desk/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'href="/en/desk/"' in client.get("/en/account/").content.decode()
    assert "/en/desk/" not in Client().get("/en/places/").content.decode()


# -- many -------------------------------------------------------------------------------------------------------------


def many(number: int) -> None:
    Place.objects.bulk_create(
        Place(
            public_id=f"q{one:09}", name=f"Place {one}", country="FR", region="FR-PAC", status="OPEN",
            due_on=DUE + timedelta(one % 300), values={"name": f"Place {one}", "phone": "+33490000000"},
        )
        for one in range(number)
    )  # fmt: skip


@contextmanager
def counted() -> Iterator[list[int]]:
    found: list[int] = []
    with CaptureQueriesContext(connection) as queries_made:
        yield found
    found.append(len(queries_made))


def test_a_page_asks_as_much_for_fifty_as_for_one(world: World) -> None:
    client = Client()
    client.force_login(world.steward)
    client.get("/en/desk/")
    with counted() as one:
        client.get("/en/desk/")
    many(120)
    with counted() as fifty:
        page = client.get("/en/desk/").content.decode()
    assert fifty == one
    assert one[0] < 60
    assert page.count("/correct/") == queries.PAGE
    assert "Page 1 of 3" in page
    assert client.get("/en/desk/?page=3").content.decode().count("/correct/") == 21


def test_more_than_can_be_read_is_not_counted(world: World) -> None:
    many(queries.MOST + 50)
    client = Client()
    client.force_login(world.steward)
    page = client.get("/en/desk/").content.decode()
    assert "more than 999" in page
    assert "Page 1 of 20" in page


# -- once a week ------------------------------------------------------------------------------------------------------


def texts() -> list[str]:
    return [
        mail.render(language=one.language, template=one.template, context=one.context, stop=one.stop).text
        for one in Mail.objects.filter(template="desk_digest").order_by("pk")
    ]


def test_stewards_are_told_once_a_week_and_only_if_something_waits(world: World) -> None:
    other = person("other@example.org")
    role(other, organisation("Sicilia", territory="IT-82"), "STEWARD")
    assert services.digest(today=TODAY) == 1
    assert services.digest(today=TODAY + timedelta(1)) == 0
    assert services.digest(today=TODAY + timedelta(7)) == 1
    told = Mail.objects.filter(template="desk_digest")
    assert {one.to for one in told} == {"steward@example.org"}
    assert told[0].stop == stops.stop_address("steward@example.org")
    assert re.search(r"Places to confirm: 1\s+http\S+/en/desk/confirm/\s", texts()[0])
    assert "Suggestions" not in texts()[0]


def test_who_stopped_them_hears_no_more(world: World) -> None:
    Quiet.objects.create(pk=address_digest("steward@example.org"), reason="stopped")
    assert services.digest(today=TODAY) == 0
    assert not Mail.objects.exists()


def test_the_days_number_of_mails_holds_for_them_too(world: World, settings: Any) -> None:
    full = queries.site_policy().budget
    Asked.objects.bulk_create(
        Asked(address="x", to="OTHER", why="", on=TODAY, mail=f"m{number}") for number in range(full)
    )
    assert services.digest(today=TODAY) == 0
    assert services.digest(today=TODAY + timedelta(1)) == 1


def test_who_has_no_address_is_not_written_to(world: World) -> None:
    EmailAddress.objects.filter(user=world.steward).delete()
    assert services.digest(today=TODAY) == 0


def test_jobs_are_declared() -> None:
    from coworkmed.platform.jobs import every_job

    assert every_job()["stewardship.digest"].every
    assert every_job()["stewardship.claims"].every
    assert Source.objects.count() == 0
