"""Roles given, lent, handed over and ended; what a person takes along and leaves behind."""

import json
from contextlib import suppress
from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people import services
from coworkmed.people.models import Consent, Invitation, Membership, Organisation, Person
from coworkmed.people.queries import agreeing, can
from coworkmed.people.rules import ROLES, Action
from coworkmed.people.services import NotAllowedError
from coworkmed.people.words import CONSENTS
from coworkmed.sources.models import Assertion
from tests.web.factories import entry, source

from .conftest import organisation, person, role


def owners(of: Organisation) -> set[int]:
    return set(Membership.objects.current().filter(organisation=of, role="OWNER").values_list("person", flat=True))


def test_the_last_owner_can_not_leave(ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    mine = Membership.objects.get()
    with pytest.raises(CoworkmedError, match="needs an owner"):
        services.end(by=ana, membership=mine)
    other = role(ben, mill, "OWNER")
    services.end(by=ana, membership=mine)
    assert owners(mill) == {ben.pk}
    with pytest.raises(CoworkmedError, match="needs an owner"):
        services.end(by=ben, membership=other)


def test_who_was_lent_the_role_does_not_answer_for_it(ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    mine = Membership.objects.get()
    role(ben, mill, "TEAM")
    lent = services.lend(by=ana, membership=mine, to=ben, until=timezone.now() + timedelta(days=3))
    assert can(ben, Action.OWNERS_CHANGE, mill)
    with pytest.raises(CoworkmedError, match="needs an owner"):
        services.end(by=ana, membership=mine)
    with pytest.raises(NotAllowedError):
        services.hand_over(by=ben, membership=lent, to=ana)
    with pytest.raises(NotAllowedError):
        services.lend(by=ben, membership=lent, to=ana, until=timezone.now() + timedelta(days=1))


def test_what_was_lent_ends_with_its_day_and_with_the_role(ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    mine = Membership.objects.get()
    role(ben, mill, "OBSERVER")
    lent = services.lend(by=ana, membership=mine, to=ben, until=timezone.now() + timedelta(days=3))
    Membership.objects.filter(pk=lent.pk).update(until=timezone.now())
    assert not can(ben, Action.ORGANISATION_CHANGE, mill)
    Membership.objects.filter(pk=lent.pk).update(until=timezone.now() + timedelta(days=3))
    assert can(ben, Action.ORGANISATION_CHANGE, mill)
    role(person("carla@example.org"), mill, "OWNER")
    services.end(by=ana, membership=mine)
    assert not can(ben, Action.ORGANISATION_CHANGE, mill)


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_role_is_lent_for_a_time_to_come(ana: Person, ben: Person, days: int) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    role(ben, mill, "TEAM")
    mine = Membership.objects.get(person=ana)
    with pytest.raises(CoworkmedError, match="within the next year"):
        services.lend(by=ana, membership=mine, to=ben, until=timezone.now() + timedelta(days=days))


def test_a_role_goes_to_nobody_outside(ana: Person, ben: Person) -> None:
    services.found(by=ana, name={"en": "Mill"})
    with pytest.raises(CoworkmedError, match="same organisation"):
        services.hand_over(by=ana, membership=Membership.objects.get(), to=ben)


def test_handed_over_it_is_the_others(ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    role(ben, mill, "TEAM")
    services.hand_over(by=ana, membership=Membership.objects.get(person=ana), to=ben)
    assert owners(mill) == {ben.pk}
    assert not can(ana, Action.ORGANISATION_SEE, mill)


def test_only_owners_and_operators_touch_owners(ana: Person, ben: Person, operator: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    role(ben, mill, "COORDINATOR")
    with pytest.raises(NotAllowedError):
        services.end(by=ben, membership=Membership.objects.get(person=ana))
    with pytest.raises(NotAllowedError):
        services.invite(by=ben, organisation=mill, email="c@example.org", role="OWNER")
    services.invite(by=ben, organisation=mill, email="c@example.org", role="TEAM")
    services.invite(by=operator, organisation=mill, email="d@example.org", role="OWNER")


def attempt(what: str, by: Person, to: Person, as_what: str, where: Organisation) -> None:
    """One thing that people do to each other's roles; refused, it changes nothing."""
    held = Membership.objects.filter(organisation=where, role=as_what)
    mine, other = held.filter(person=by).last(), held.filter(person=to).last()
    boss = Person.objects.get(is_staff=True)
    soon = timezone.now() + timedelta(days=5)
    steps = {
        "invite": lambda: services.accept(
            person=to, token=services.invite(by=by, organisation=where, email=to.email, role=as_what)
        ),
        "leave": lambda: mine and services.end(by=by, membership=mine),
        "dismiss": lambda: other and services.end(by=by, membership=other),
        "hand over": lambda: mine and services.hand_over(by=by, membership=mine, to=to),
        "lend": lambda: mine and services.lend(by=by, membership=mine, to=to, until=soon),
        "block": lambda: services.block(by=boss, person=to, blocked=True),
        "admit": lambda: services.block(by=boss, person=to, blocked=False),
        "forget": lambda: services.forget(to),
    }
    with suppress(CoworkmedError):
        steps[what]()


STEPS = ("invite", "invite", "leave", "dismiss", "hand over", "lend", "block", "admit", "forget")
story = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(0, 3), st.sampled_from(ROLES)), max_size=12
)


@pytest.mark.django_db
@settings(suppress_health_check=list(HealthCheck), max_examples=25)
@given(story)
def test_whoever_is_in_it_there_is_always_an_owner(steps: list[tuple[str, int, int, str]]) -> None:
    Organisation.objects.all().delete()
    Person.objects.all().delete()
    Person.objects.create_superuser("boss@example.org")
    keys = [person(f"p{number}@example.org").pk for number in range(4)]
    mill = services.found(by=Person.objects.get(pk=keys[0]), name={"en": "Mill"})
    for what, one, two, as_what in steps:
        by, to = Person.objects.filter(pk=keys[one]).first(), Person.objects.filter(pk=keys[two]).first()
        if by and to and Organisation.objects.filter(pk=mill.pk).exists():
            attempt(what, by, to, as_what, mill)
        inside = Membership.objects.current().filter(organisation=mill, until=None)
        assert not inside or inside.filter(role="OWNER").exists(), (what, one, two, as_what)


def test_no_organisation_stands_above_itself(operator: Person) -> None:
    top = organisation("Top")
    low = organisation("Low", organisation("Middle", top))
    with pytest.raises(CoworkmedError, match="already part"):
        services.place_under(by=operator, organisation=top, parent=low)
    services.place_under(by=operator, organisation=low, parent=top)
    assert Organisation.objects.get(pk=low.pk).parent == top


def test_powers_over_a_territory_are_given_by_operators_only(ana: Person) -> None:
    with pytest.raises(NotAllowedError):
        services.appoint(by=ana, kind="AUTHORITY", name={"en": "All of France"}, territory="FR")
    with pytest.raises(NotAllowedError):
        services.place_under(by=ana, organisation=organisation("A"), parent=None)


def test_a_site_keeps_someone_who_runs_it(operator: Person, ana: Person) -> None:
    with pytest.raises(CoworkmedError, match="someone who runs it"):
        services.empower(by=operator, person=operator, operator=False)
    with pytest.raises(CoworkmedError, match="yourself"):
        services.block(by=operator, person=operator, blocked=True)
    services.empower(by=operator, person=ana, operator=True)
    services.empower(by=operator, person=operator, operator=False)
    assert Person.objects.get(is_staff=True) == ana


def test_an_invitation_is_for_one_address_once(ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    first = services.invite(by=ana, organisation=mill, email="BEN@example.org", role="TEAM")
    with pytest.raises(NotAllowedError):
        services.accept(person=person("eve@example.org"), token=first)
    with pytest.raises(NotAllowedError):
        services.accept(person=ben, token=first[:-2] + "xx")
    services.accept(person=ben, token=first)
    with pytest.raises(NotAllowedError):
        services.accept(person=ben, token=first)
    old = services.invite(by=ana, organisation=mill, email="ben@example.org", role="OBSERVER")
    Invitation.objects.update(expires=timezone.now())
    assert services.invitation(old) is None
    services.invite(by=ana, organisation=mill, email="new@example.org", role="OBSERVER")
    call_command("forget_expired")
    assert [one.email for one in Invitation.objects.all()] == ["new@example.org"]


def test_nobody_sends_letters_without_end(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.roles, "INVITATIONS_A_DAY", 2)
    mill = services.found(by=ana, name={"en": "Mill"})
    for number in range(2):
        services.invite(by=ana, organisation=mill, email=f"{number}@example.org", role="TEAM")
    with pytest.raises(CoworkmedError, match="tomorrow"):
        services.invite(by=ana, organisation=mill, email="3@example.org", role="TEAM")


def test_a_consent_has_its_dates_and_its_words(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for given_now in (True, True, False, True):
        services.consent(person=ana, purpose="NAME_SHOWN", given=given_now)
    assert agreeing("NAME_SHOWN") == {ana.pk}
    assert Consent.objects.count() == 2
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    newer = CONSENTS["NAME_SHOWN"]._replace(version="2999-01-01")
    monkeypatch.setitem(CONSENTS, "NAME_SHOWN", newer)  # type: ignore[arg-type]  # the same table, in a test
    assert not agreeing("NAME_SHOWN"), "to other words they have not agreed"


# -- export and forgetting ------------------------------------------------------------------------------------------


def lived_in(ana: Person, ben: Person) -> Client:
    """An account that has left a trace wherever one can."""
    browser = Client()
    browser.force_login(ana)
    key = browser.session.session_key
    UserSession.objects.create(user=ana, session_key=key, ip="192.0.2.7", user_agent="Browser of hers")
    mill = services.found(by=ana, name={"en": "Mill"})
    role(ben, mill, "TEAM")
    services.consent(person=ana, purpose="ASKED", given=True)
    services.invite(by=ana, organisation=mill, email="new@example.org", role="TEAM")
    other = organisation("Other")
    role(ben, other, "OWNER")
    services.invite(by=ben, organisation=other, email=ana.email, role="TEAM")
    kind = ContentType.objects.get_for_model(Person)
    LogEntry.objects.create(user=ben, content_type=kind, object_id=ana.pk, object_repr=ana.email, action_flag=CHANGE)
    apps.get_model("mfa", "Authenticator").objects.create(user=ana, type="totp", data={"secret": "x"})
    apps.get_model("socialaccount", "SocialAccount").objects.create(
        user=ana, provider="sea", uid="7", extra_data={"email": ana.email, "name": ana.name}
    )
    maker = apps.get_model("allauth_idp_oidc", "Client").objects.create(name="Tool", owner=None)
    apps.get_model("allauth_idp_oidc", "Token").objects.create(
        user=ana, client=maker, type="ac", hash="h", data={"email": ana.email}
    )
    apps.get_model("account", "EmailAddress").objects.create(user=ana, email="ana.second@example.org", verified=True)
    begun = Client()
    begun.post("/en/account/login/", {"login": ana.email})
    return browser


def everything_in_the_database() -> str:
    """Every value of every table, as text; sessions as what they hold."""
    found = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_deleted_means_that_nothing_knows_them(ana: Person, ben: Person) -> None:
    browser = lived_in(ana, ben)
    said = entry(source("mill"), "1", name="The Mill")
    Assertion.objects.filter(pk=said.assertion_id).update(role="OWNER")
    before, traces = everything_in_the_database(), ("ana@example.org", "Ana Anić", "ana.second@", "Browser of hers")
    assert all(trace in before for trace in traces)
    assert before.count(ana.email) >= 7
    services.forget(ana)
    after = everything_in_the_database()
    assert [trace for trace in (*traces, "ana@", "Anić") if trace in after] == []
    assert browser.get("/en/account/").status_code == 302
    assert Assertion.objects.get(pk=said.assertion_id).role == "OWNER", "what was said stays, signed by the role"
    assert owners(Organisation.objects.get(name__en="Mill")) == {ben.pk}
    assert Person.objects.filter(pk=ben.pk).exists()


def test_what_is_theirs_alone_goes_with_them(ana: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    organisation("Below", mill)
    services.forget(ana)
    assert [one.parent for one in Organisation.objects.all()] == [None]


def test_the_export_holds_all_that_points_at_them_and_no_key(ana: Person, ben: Person) -> None:
    lived_in(ana, ben)
    told = json.loads(json.dumps(services.export(ana)))
    pointing = {
        relation.related_model._meta.label_lower
        for relation in Person._meta.related_objects
        if relation.related_model._default_manager.filter(**{relation.field.name: ana}).exists()
    }
    assert pointing <= set(told)
    assert {"people.membership", "people.consent", "mfa.authenticator", "usersessions.usersession"} <= set(told)
    assert told["people.person"][0]["name"] == "Ana Anić"
    assert told["people.invitation to me"][0]["email"] == ana.email
    text = json.dumps(told)
    keys = [*Session.objects.values_list("session_key", flat=True), ana.password, '"secret": "x"']
    assert [key for key in keys if key in text] == []
    assert ben.email not in text


def test_blocked_is_out_at_once(ana: Person, operator: Person) -> None:
    browser = Client()
    browser.force_login(ana)
    assert browser.get("/en/account/").status_code == 200
    services.block(by=operator, person=ana, blocked=True)
    assert browser.get("/en/account/").status_code == 302
    assert not UserSession.objects.filter(user=ana).exists()
    ana.refresh_from_db()
    assert not can(ana, Action.ORGANISATION_FOUND)


def test_seen_is_a_day_and_no_finer(ana: Person) -> None:
    browser = Client()
    browser.force_login(ana)
    browser.get("/en/account/")
    ana.refresh_from_db()
    assert ana.last_seen == timezone.localdate()
    assert isinstance(ana.last_seen, date)
