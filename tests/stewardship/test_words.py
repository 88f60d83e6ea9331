"""The place's own word by the links of a mail, and by those who signed in: it is right, it is otherwise, it is gone."""

import re
import threading
from datetime import date, timedelta
from html import unescape

import pytest
from django.core import mail as outbox
from django.core import signing
from django.db import connections
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.values import Value
from coworkmed.people.models import Operates
from coworkmed.places.models import Change, Link, Place, Signal
from coworkmed.platform import jobs, mail, tokens
from coworkmed.platform.audit import Thing
from coworkmed.platform.models import Event, UsedToken
from coworkmed.sources.models import Entry
from coworkmed.stewardship import questions
from coworkmed.stewardship.models import Report
from coworkmed.stewardship.queries import words as queries
from coworkmed.stewardship.services import words as services
from coworkmed.stewardship.services.words import Speaker
from tests.people.conftest import organisation, person, role
from tests.stewardship.asked import ask, links
from tests.web.factories import registry

pytestmark = pytest.mark.django_db

TO = "geia@kypseli.example"


@pytest.fixture
def places(db):
    return registry()


@pytest.fixture
def mill(places):
    return places["mill"]


@pytest.fixture
def door(mill):
    """The links of a mail about the mill."""
    return links(ask([mill], TO))


def fresh(place):
    return Place.objects.get(pk=place.pk)


def typed(client, path):
    """What the form at ``path`` begins with, as a browser would send it back."""
    page = client.get(path).content.decode()
    found: dict[str, list[str]] = {}
    main = page[page.index("<main") : page.index("</main>")]
    for tag in re.findall(r"<(?:input|textarea|select|option)\b[^>]*>(?:[^<]*</textarea>)?", main):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if tag.startswith("<select"):
            choosing = given["name"]
        elif tag.startswith("<option"):
            if " selected" in tag:
                found[choosing] = [given["value"]]
        elif given.get("type") in ("checkbox", "radio"):
            if " checked" in tag:
                found.setdefault(given["name"], []).append(given.get("value", "on"))
        elif tag.startswith("<textarea"):
            found[given["name"]] = [tag[tag.index(">") + 1 : -len("</textarea>")].strip("\n")]
        else:
            found[given["name"]] = [given.get("value", "")]
    return {name: [unescape(one) for one in values] for name, values in found.items()}


def keep(client, path, **changes):
    """Type ``changes`` into the form and keep them."""
    sent = {**typed(client, path), **changes, "step": "keep"}
    return client.post(path, {name: value for name, value in sent.items() if value is not None})


def gone(client, path, which, step="keep", **fields):
    return client.post(path, {"seen": typed(client, path)["seen"], "path": which, "step": step, **fields})


# -- the mail ---------------------------------------------------------------------------------------------------------


def test_the_mail_shows_each_page_as_it_stands_in_the_places_language(places, mill):
    sent = ask([mill, places["rome"]], TO)
    assert sent.extra_headers["Content-Language"] == "fr"
    for said in ("La Filature, atelier", "12 bis rue des Filatures", "13999 Saint-Rémy-de-Fiction", "Officina Mare"):
        assert said in sent.body
        assert said in sent.alternatives[0][0]
    assert "+33 4 90 00 00 00" in sent.body
    assert re.search(r"lundi.*vendredi", sent.body)
    assert len(re.findall(r"/fr/word/(?:confirm|correct|gone)/", sent.body)) == 6
    assert "List-Unsubscribe" in sent.extra_headers


@pytest.mark.parametrize(
    ("country", "region", "language"),
    [("FR", "", "fr"), ("GR", "", "el"), ("CY", "", "el"), ("IT", "", "it"), ("HR", "", "hr"), ("ES", "ES-AN", "es"),
     ("ES", "ES-CT", "ca"), ("AD", "", "ca"), ("TN", "", "fr"), ("MT", "", "en"), ("TR", "", "en"), ("", "", "en"),
     ("XX", "", "en")],
)  # fmt: skip
def test_a_place_is_written_to_in_the_language_of_its_country(country, region, language):
    assert questions.language_of(Place(public_id="x", country=country, region=region)) == language


def test_who_has_an_account_is_written_to_as_they_chose(mill):
    person("marko@example.org", language="hr")
    assert questions.language_for("Marko@Example.org", mill) == "hr"
    assert questions.language_for("else@example.org", mill) == "fr"


def test_the_mail_to_a_steward_names_silent_places(places, mill):
    context = questions.round_of(
        [(mill, "SILENT", date(2026, 10, 1))], desk="https://site.example/desk/", language="en"
    )
    read = mail.render(language="en", template="ask-steward", context=context)
    assert "1 place waits for you" in read.subject
    assert "https://site.example/desk/" in read.text
    assert f"/en/places/{mill.pk}/confirm/" in read.text
    assert "The place was asked and has not answered." in read.text


# -- scanners, and links that do nothing ------------------------------------------------------------------------------


def test_a_scanner_that_follows_every_link_changes_nothing(client, door, mill):
    before = fresh(mill).modified, Event.objects.count(), Signal.objects.count(), UsedToken.objects.count()
    for path in door.values():
        for _ in range(2):
            assert client.get(path).status_code == 200
            assert client.head(path).status_code == 200
        assert client.put(path).status_code == client.delete(path).status_code == 405
    assert (fresh(mill).modified, Event.objects.count(), Signal.objects.count(), UsedToken.objects.count()) == before


def test_pages_behind_a_link_are_kept_by_nobody_and_named_to_nobody(client, door):
    for path in door.values():
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies
        assert "hreflang" not in answer.content.decode().split("</head>")[0]


def altered(path):
    token = path.rstrip("/").rpartition("/")[2]
    middle = len(token) // 2
    return path.replace(token, token[:middle] + ("a" if token[middle] != "a" else "b") + token[middle + 1 :])


@pytest.mark.parametrize("make", ["altered", "cut", "other purpose", "other thing", "nonsense", "very long"])
def test_a_link_that_is_not_ours_is_a_calm_page(client, door, mill, make):
    token = door["confirm"].rstrip("/").rpartition("/")[2]
    other = tokens.make(purpose="place.confirm", thing=Thing("person", "1"), address=TO)
    paths = {
        "altered": altered(door["confirm"]),
        "cut": door["confirm"][:-9] + "/",
        "other purpose": door["confirm"].replace("/confirm/", "/gone/"),
        "other thing": door["confirm"].replace(token, other),
        "nonsense": "/en/word/confirm/x/",
        "very long": f"/en/word/confirm/{'x' * 5000}/",
    }
    for method in (client.get, client.post):
        answer = method(paths[make], {"status": "OPEN"})
        assert answer.status_code == 404
        assert "no-store" in answer["Cache-Control"]
        assert 'href="/' in answer.content.decode()
    assert fresh(mill).freshness == mill.freshness


def test_an_unknown_deed_is_no_page(client, door):
    assert client.get(door["confirm"].replace("/confirm/", "/destroy/")).status_code == 404


def test_an_expired_link_says_so_in_the_readers_language_and_offers_a_new_one(client, door, mill, monkeypatch):
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 31 * 86_400)
    answer = client.get(door["confirm"])
    assert answer.status_code == 410
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert "/fr/word-link/confirm/" in page
    assert client.post(door["confirm"], {"status": "OPEN"}).status_code == 410
    assert fresh(mill).freshness == mill.freshness


def test_a_used_link_does_nothing_more(client, door, mill):
    for _ in range(2):
        answer = client.post(door["confirm"], {"status": "OPEN", "seen": queries.mark(fresh(mill))})
    assert answer.status_code == 410
    assert Signal.objects.count() == 1
    assert client.get(door["correct"]).status_code == 200  # each link is for itself


# -- it is right ------------------------------------------------------------------------------------------------------


def test_confirm_is_one_click_plus_one(client, door, mill):
    data = typed(client, door["confirm"])
    answer = client.post(door["confirm"], {"status": "OPEN", **data}, follow=True)
    assert answer.status_code == 200
    after = fresh(mill)
    assert (after.status, after.freshness, after.confirmed_by) == ("OPEN", "confirmed", "OWNER")
    assert after.values == mill.values | {"status": "OPEN"}
    event = Event.objects.latest("number")
    assert (event.role, event.person, event.verb) == ("owner", "", "place.confirmed")
    page = answer.content.decode()
    assert f"/places/{mill.pk}/code.svg" in page
    assert f"/places/{mill.pk}/sheet/" in page
    assert "%" in page  # how many around are confirmed


def test_who_confirms_says_all_that_the_page_shows_and_takes_it_from_nobody(client, door, mill):
    client.post(door["confirm"], {"status": "OPEN", **typed(client, door["confirm"])})
    hours = Entry.objects.get(external_id="13-001")
    assert hours.link.vouched["opening_hours"][1] == "OWNER"
    page = client.get(f"/en/places/{mill.pk}/").content.decode()
    assert "Confirmed by the place itself on" in page
    assert re.search(r"The page was confirmed\s+<span[^>]*>The place itself", page)
    assert "Lists disagree" not in page[page.index('id="opening_hours"') :][:1500]  # they do, and it has said how it is


def test_what_changed_since_the_page_was_opened_is_looked_at_again(client, door, mill):
    data = typed(client, door["confirm"])
    services.correct(
        place=mill, by=Speaker(token=token_of(door["correct"]), what="correct"), changes={"desks": Value(9)}, kept=[]
    )
    answer = client.post(door["confirm"], {"status": "OPEN", **data})
    assert answer.status_code == 409
    assert "changé" in answer.content.decode() or "changed" in answer.content.decode()
    assert not Signal.objects.exists()
    assert client.post(door["confirm"], {"status": "OPEN", **typed(client, door["confirm"])}).status_code == 302
    assert fresh(mill).values["desks"] == 9


def token_of(path):
    return path.rstrip("/").rpartition("/")[2]


def test_without_having_seen_the_page_nothing_is_confirmed(client, door, mill):
    assert client.post(door["confirm"], {"status": "OPEN"}).status_code == 409
    assert client.post(door["confirm"], {"status": "CLOSED", **typed(client, door["confirm"])}).status_code == 200
    assert client.post(door["confirm"]).status_code == 200
    assert not Signal.objects.exists()
    assert not UsedToken.objects.exists()


def test_a_closed_place_opens_again(client, places):
    closed = places["closed"]
    door = links(ask([closed], TO))
    client.post(door["confirm"], {"status": "OPEN", **typed(client, door["confirm"])})
    after = fresh(closed)
    assert (after.status, after.freshness) == ("OPEN", "confirmed")
    assert "closed" not in after.values


# -- it is otherwise --------------------------------------------------------------------------------------------------


def test_correct_keeps_only_what_changed(client, door, mill):
    answer = keep(client, door["correct"], hours_5="10:00–13:00, 14–18", desks="30")
    assert answer.status_code == 302, answer.content.decode()
    after = fresh(mill)
    assert after.values["opening_hours"] == "Mo-Fr 08:30-19:00; Sa 10:00-13:00,14:00-18:00; Su off"
    assert after.values["desks"] == 30
    same = mill.values.keys() - {"opening_hours", "desks"}
    assert {name: after.values[name] for name in same} == {name: mill.values[name] for name in same}
    said = Entry.objects.get(source="own-word").assertion
    assert sorted(said.fields) == ["desks", "opening_hours"]
    assert (said.role, said.licence) == ("OWNER", "CC0-1.0")
    assert Link.objects.get(entry__external_id="13-001").vouched["phone"][1] == "OWNER"


def test_before_it_is_kept_it_is_shown(client, door, mill):
    sent = {**typed(client, door["correct"]), "desks": "30", "step": "look"}
    page = client.post(door["correct"], sent)
    assert page.status_code == 200
    assert not Entry.objects.filter(source="own-word").exists()
    assert not UsedToken.objects.exists()
    text = page.content.decode()
    assert "diff-before" in text
    again = typed_from(text)
    assert again["desks"] == ["30"]
    assert client.post(door["correct"], {**again, "step": "edit"}).status_code == 200
    assert client.post(door["correct"], {**again, "step": "keep"}).status_code == 302
    assert fresh(mill).values["desks"] == 30


def typed_from(page):
    """All that a page sends hidden."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input type=\"hidden\"[^>]*>", page):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        found.setdefault(given["name"], []).append(unescape(given.get("value", "")))
    return found


def test_nothing_changed_is_a_confirmation(client, door, mill):
    assert keep(client, door["correct"]).status_code == 302
    assert fresh(mill).freshness == "confirmed"
    assert fresh(mill).values == mill.values
    assert not Entry.objects.filter(source="own-word").exists()
    assert Event.objects.latest("number").verb == "place.confirmed"


def test_what_is_emptied_is_shown_no_more(client, door, mill):
    assert keep(client, door["correct"], phone="", kinds=["FAB"], languages="français").status_code == 302
    after = fresh(mill).values
    assert "phone" not in after
    assert (after["kinds"], after["main_kind"], after["languages"]) == (["FAB"], "FAB", ["fr"])
    page = client.get(f"/en/places/{mill.pk}/")
    assert page.status_code == 200


def test_the_page_names_the_place_as_the_author_and_keeps_the_old_in_its_history(client, door, mill):
    keep(client, door["correct"], desks="30")
    page = client.get(f"/en/places/{mill.pk}/").content.decode()
    history = page[page.index('id="history"') :]
    assert re.search(r"The page was put right\s+<span[^>]*>The place itself", history)
    assert re.search(r"Desks: 30.*until then: 24", history, re.DOTALL)
    assert "The places themselves" in page[page.index('id="desks"') : page.index('id="desks"') + 1500]
    assert "The places themselves" not in page[page.index('id="lists"') : page.index('id="history"')]  # no list


def test_a_place_in_another_town_leaves_its_old_position(client, door, mill):
    assert keep(client, door["correct"], locality="Nice", postcode="06000").status_code == 302
    after = fresh(mill)
    assert after.values["position"]["precision"] == "LOCALITY"
    assert (round(after.lat), round(after.lon)) == (44, 7)
    assert after.region == "FR-PAC"


def test_faults_are_said_beside_the_field_and_nothing_is_lost(client, door, mill):
    sent = {**typed(client, door["correct"]), "phone": "06 12", "desks": "9", "step": "keep"}
    answer = client.post(door["correct"], sent)
    assert answer.status_code == 422
    again = answer.content.decode()
    assert 'value="06 12"' in again
    assert 'aria-invalid="true"' in again
    assert not UsedToken.objects.exists()
    assert fresh(mill).values == mill.values


@pytest.mark.parametrize(
    "bad",
    [{"name": "x\0y"}, {"name": ""}, {"name": "x" * 5000}, {"kinds": ["NONSENSE"]}, {"country": "ZZ"},
     {"position": "0, 0"}, {"position": "https://evil.example/@x"}, {"wheelchair": "perhaps"}, {"hours_0": "25:00"},
     {"opening_hours": "Mo-Fr 09:00-18:00 && x"}, {"opened": "2019-02-31"}, {"description": "x" * 6000},
     {"web": "javascript:alert(1)"}, {"email": "marie.dupont"}, {"price_day": "cheap"}],
)  # fmt: skip
def test_bad_input_is_refused_in_words(client, door, bad):
    sent = {**typed(client, door["correct"]), **bad, "step": "keep"}
    answer = client.post(door["correct"], sent)
    assert answer.status_code == 422
    assert "wrong" in answer.content.decode()


def test_too_much_is_refused(client, door):
    assert client.post(door["correct"], {"description": "x" * 10_000_000}).status_code == 400


def test_forms_of_hostile_places_are_whole(client, places):
    hostile = places["hostile"]
    door = links(ask([hostile], TO))
    for path in door.values():
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<b>Split" not in page.content.decode()
    assert keep(client, door["correct"], desks="3").status_code == 302


# -- it is gone -------------------------------------------------------------------------------------------------------


def test_closed_for_good(client, door, mill):
    assert gone(client, door["gone"], "closed", step="look", on="mai 2026").status_code == 200
    assert fresh(mill).status == mill.status
    assert gone(client, door["gone"], "closed", on="mai 2026").status_code == 302
    after = fresh(mill)
    assert (after.status, after.freshness, after.values["closed"], after.due_on) == (
        "CLOSED",
        "closed",
        "2026-05",
        None,
    )
    assert client.get(f"/en/places/{mill.pk}/").status_code == 200


def test_closed_nobody_knows_when(client, door, mill):
    gone(client, door["gone"], "closed", on="")
    assert fresh(mill).status == "CLOSED"
    assert "closed" not in fresh(mill).values


def test_a_closure_to_come_is_announced(client, door, mill):
    day = (timezone.localdate() + timedelta(40)).isoformat()
    page = gone(client, door["gone"], "closed", step="look", on=day)
    assert page.status_code == 200
    gone(client, door["gone"], "closed", on=day)
    after = fresh(mill)
    assert (after.status, after.values["closed"]) == ("OPEN", day)
    assert Event.objects.latest("number").verb == "place.closing"


def test_paused(client, door, mill):
    day = timezone.localdate() + timedelta(60)
    gone(client, door["gone"], "paused", on=day.isoformat())
    after = fresh(mill)
    assert (after.status, after.freshness, after.due_on) == ("PAUSED", "paused", day + timedelta(1))


def test_a_pause_is_not_over_before_it_began(client, door, mill):
    assert gone(client, door["gone"], "paused", on="2020").status_code == 422
    assert gone(client, door["gone"], "closed", on="yesterday").status_code == 422
    assert gone(client, door["gone"], "nonsense").status_code == 200
    assert fresh(mill).status == mill.status


def test_moved_nobody_knows_where(client, door, mill):
    gone(client, door["gone"], "moved")
    assert fresh(mill).freshness == "moved"
    assert fresh(mill).values["address"] == mill.values["address"]


def test_moved_with_the_new_address(client, door, mill):
    gone(client, door["gone"], "moved", address="3 quai du Port", postcode="13002", locality="Marseille")
    after = fresh(mill)
    assert (after.values["address"]["line"], after.locality, after.freshness) == (
        "3 quai du Port",
        "Marseille",
        "confirmed",
    )
    assert after.values["position"]["precision"] == "LOCALITY"
    assert round(after.lat, 1) == 43.3


def test_moved_to_a_town_and_no_more_is_known(client, door, mill):
    gone(client, door["gone"], "moved", locality="Marseille")
    after = fresh(mill)
    assert "address" not in after.values
    assert "postcode" not in after.values
    assert after.locality == "Marseille"


def test_not_us_ends_the_mails_there_and_tells_a_steward(client, door, mill):
    assert gone(client, door["gone"], "not-us", note="We are a bakery.").status_code == 302
    report = Report.objects.get()
    assert (report.place_id, report.reason, report.note, report.outcome) == (mill.pk, "NOT_US", "We are a bakery.", "")
    assert queries.disowned() == {(mill.pk, tokens.address_digest(TO))}
    assert fresh(mill).values == mill.values
    Report.objects.update(outcome="REFUSED")
    assert not queries.disowned()


# -- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "sent"),
    [("confirm", {"status": "OPEN"}), ("gone", {"path": "closed", "step": "keep", "on": "2026"}),
     ("gone", {"path": "moved", "step": "keep", "locality": "Nice"}), ("gone", {"path": "not-us", "step": "keep"}),
     ("gone", {"path": "paused", "step": "keep"})],
)  # fmt: skip
def test_a_slip_is_taken_back_and_the_link_works_once_more(client, door, mill, what, sent):
    thanks = client.post(door[what], {"seen": queries.mark(mill), **sent})["Location"]
    answer = client.post(thanks + "undo/")
    assert answer["Location"].startswith(door[what])
    after = fresh(mill)
    assert (after.values, after.status, after.freshness) == (mill.values, mill.status, mill.freshness)
    assert not queries.disowned()
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(thanks + "undo/").status_code == 409
    assert client.post(door[what], {"seen": queries.mark(after), **sent}).status_code == 302


def test_what_a_slip_silenced_speaks_again(client, mill):
    first, second = links(ask([mill], TO)), links(ask([mill], TO, key="ask:2"))
    keep(client, first["correct"], desks="30")
    thanks = keep(client, second["correct"], desks="3")["Location"]
    assert fresh(mill).values["desks"] == 3
    client.post(thanks + "undo/")
    assert fresh(mill).values["desks"] == 30


def test_after_an_hour_it_stands(client, door, mill, monkeypatch):
    thanks = client.post(door["confirm"], {"seen": queries.mark(mill), "status": "OPEN"})["Location"]
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 3601)
    assert client.post(thanks + "undo/").status_code == 409
    assert "undo/" not in client.get(thanks).content.decode()
    assert fresh(mill).freshness == "confirmed"


def test_a_page_of_thanks_that_is_not_ours(client, door, mill):
    thanks = client.post(door["confirm"], {"seen": queries.mark(mill), "status": "OPEN"})["Location"]
    for path in (altered(thanks), "/en/word-said/x/", f"/en/word-said/{signing.dumps([1])}/"):
        assert client.get(path).status_code == 404
        assert client.post(path + "undo/").status_code == 404
    assert client.get(thanks + "undo/").status_code == 405


# -- two at once, and places that are joined --------------------------------------------------------------------------


def both(acts):
    """What became of deeds begun at the same moment."""
    begin, done = threading.Barrier(len(acts)), []

    def one(act):
        try:
            begin.wait()
            act()
            done.append("done")
        except tokens.UsedTokenError:
            done.append("used")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(done)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_of_two_who_open_a_link_at_once_one_is_first(guarded, monkeypatch):
    mill = registry()["mill"]
    token = token_of(links(ask([mill], TO))["gone"])
    if not guarded:  # without the guard both would be believed
        monkeypatch.setattr(tokens, "use", tokens.read)
    acts = [
        lambda: services.close(place=mill, by=Speaker(token, "gone"), on=""),
        lambda: services.pause(place=mill, by=Speaker(token, "gone"), until=""),
    ]
    assert both(acts) == (["done", "used"] if guarded else ["done", "done"])
    assert Signal.objects.count() == (1 if guarded else 2)


def test_two_mails_answered_one_after_the_other(client, mill):
    first, second = links(ask([mill], TO)), links(ask([mill], "other@filature.example", key="ask:2"))
    assert keep(client, first["correct"], desks="30").status_code == 302
    assert keep(client, second["correct"], wheelchair="no").status_code == 302
    assert (fresh(mill).values["desks"], fresh(mill).values["wheelchair"]) == (30, "no")


def merge(old, kept):
    Link.objects.filter(place=old).update(place=kept)
    Place.objects.filter(pk=old.pk).update(merged_into=kept)
    Change.objects.create(place=old, kind="merged", other=kept, on=timezone.localdate())


def test_a_link_to_a_place_that_was_joined_leads_to_the_one_that_stands(client, places, mill):
    door = links(ask([places["rome"]], TO, language="en"))
    merge(places["rome"], mill)
    page = client.get(door["confirm"]).content.decode()
    assert "same as another" in page
    assert "La Filature" in page
    assert client.post(door["confirm"], {"status": "OPEN", **typed(client, door["confirm"])}).status_code == 302
    assert fresh(mill).freshness == "confirmed"


def test_a_place_joined_between_looking_and_saying_is_looked_at_again(client, places, mill):
    door = links(ask([places["rome"]], TO, language="en"))
    data = typed(client, door["confirm"])
    merge(places["rome"], mill)
    assert client.post(door["confirm"], {"status": "OPEN", **data}).status_code == 409
    assert not UsedToken.objects.exists()


def test_a_link_speaks_for_its_own_place_only(places, mill):
    token = token_of(links(ask([mill], TO))["gone"])
    with pytest.raises(tokens.InvalidTokenError):
        services.close(place=places["rome"], by=Speaker(token, "gone"), on="")
    with pytest.raises(tokens.InvalidTokenError):
        services.confirm(place=mill, by=Speaker(token, "confirm"), status="OPEN")
    assert not UsedToken.objects.exists()


# -- a new link -------------------------------------------------------------------------------------------------------


def test_new_links_go_to_the_same_address_if_it_is_the_places(client, places):
    athens = places["athens"]
    for to, sent in ((TO, 1), ("stranger@example.org", 0)):
        token = tokens.make(purpose="place.confirm", thing=Thing("place", athens.pk), address=to)
        before = len(outbox.outbox)
        answers = [client.post(f"/en/word-link/confirm/{token}/") for _ in range(2)]
        jobs.run_due()
        assert len(outbox.outbox) - before == sent  # once a week
        assert {one.status_code for one in answers} == {200}
        assert [one.to for one in outbox.outbox[before:]] == [[TO]] * sent
    assert client.post("/en/word-link/confirm/nonsense/").status_code == 404
    assert client.get(f"/en/word-link/confirm/{token}/").status_code == 405


def test_the_place_is_sent_links_at_the_address_its_page_shows(client, places):
    for name in ("athens", "mill"):  # the mill shows none
        assert client.post(f"/en/places/{places[name].pk}/ask-link/").status_code == 200
    jobs.run_due()
    assert [one.to for one in outbox.outbox] == [[TO]]
    assert "/el/word/confirm/" in outbox.outbox[0].body
    assert client.post("/en/places/nonsense/ask-link/").status_code == 404


def test_who_said_not_us_is_not_written_to_again(client, places):
    athens = places["athens"]
    door = links(ask([athens], TO))
    gone(client, door["gone"], "not-us")
    before = len(outbox.outbox)
    client.post(f"/en/places/{athens.pk}/ask-link/")
    jobs.run_due()
    assert len(outbox.outbox) == before


# -- signed in --------------------------------------------------------------------------------------------------------


@pytest.fixture
def runs(mill):
    """Someone who runs the mill."""
    ana = person("ana@example.org")
    house = organisation("House", kind="OPERATOR")
    role(ana, house, "OWNER")
    Operates.objects.create(organisation=house, place=mill.pk)
    return ana


def test_who_runs_the_place_speaks_as_the_place(client, mill, runs):
    client.force_login(runs)
    path = f"/en/places/{mill.pk}/correct/"
    assert keep(client, path, desks="31").status_code == 302
    assert fresh(mill).values["desks"] == 31
    assert Entry.objects.filter(source="own-word").exists()
    event = Event.objects.latest("number")
    assert (event.role, event.person) == ("owner", str(runs.pk))


@pytest.mark.parametrize(("kind", "source"), [("NETWORK", "network-word"), ("AUTHORITY", "authority-word")])
def test_a_steward_speaks_as_their_organisation(client, mill, kind, source):
    eve = person("eve@example.org")
    role(eve, organisation("Region", kind=kind, territory="FR"), "STEWARD")
    client.force_login(eve)
    assert keep(client, f"/en/places/{mill.pk}/correct/", desks="32").status_code == 302
    assert Entry.objects.get(source=source).assertion.fields["desks"]["value"] == 32
    assert gone(client, f"/en/places/{mill.pk}/gone/", "closed", on="2026").status_code == 302
    assert fresh(mill).status == "CLOSED"


def test_only_the_place_itself_gives_a_number_of_its_own(client, door, mill, runs):
    """By its mail or signed in; whoever looks after it, and a reader who suggests something, gives nobody's."""
    given = {"phone": "06 12 34 56 78", "email": "Marie.Dupont@gmail.com"}
    eve = person("eve@example.org")
    role(eve, organisation("Region", kind="AUTHORITY", territory="FR"), "STEWARD")
    client.force_login(eve)
    for path in (f"/en/places/{mill.pk}/correct/", f"/en/places/{mill.pk}/suggest/"):
        assert keep(client, path, **given).status_code == 422
    assert fresh(mill).values == mill.values
    client.force_login(runs)
    assert keep(client, f"/en/places/{mill.pk}/correct/", email=given["email"]).status_code == 302
    client.logout()
    assert keep(client, door["correct"], phone=given["phone"]).status_code == 302
    shown = fresh(mill).values
    assert (shown["phone"], shown["email"]) == ("+33612345678", "marie.dupont@gmail.com")
    assert keep(client, links(ask([mill], TO, key="ask:2"))["correct"], phone="", email="").status_code == 302
    assert not fresh(mill).values.keys() & given.keys()
    assert "33612345678" not in client.get(f"/en/places/{mill.pk}/").content.decode()
    trail = str(list(Event.objects.values_list("before", "after")))
    assert [one for one in ("33612345678", "marie.dupont") if one in trail] == [], (
        "for nobody could ever erase it there"
    )


def test_others_may_not(client, mill):
    for what in ("confirm", "correct", "gone"):
        path = f"/en/places/{mill.pk}/{what}/"
        assert client.get(path).status_code == 302  # to sign in
    client.force_login(person("zoe@example.org"))
    for what in ("confirm", "correct", "gone"):
        assert client.get(f"/en/places/{mill.pk}/{what}/").status_code == 403
        assert client.post(f"/en/places/{mill.pk}/{what}/", {"status": "OPEN"}).status_code == 403
    assert not Event.objects.exists()


def test_a_role_that_ended_speaks_no_more(client, mill, runs):
    client.force_login(runs)
    data = typed(client, f"/en/places/{mill.pk}/confirm/")
    runs.memberships.update(until=timezone.now())
    assert client.post(f"/en/places/{mill.pk}/confirm/", {"status": "OPEN", **data}).status_code == 403
    assert not Signal.objects.exists()


def test_signed_in_a_form_needs_its_own_token(mill, runs):
    client = Client(enforce_csrf_checks=True)
    client.force_login(runs)
    path = f"/en/places/{mill.pk}/confirm/"
    data = typed(client, path)
    assert client.post(path, {"status": "OPEN", "seen": data["seen"]}).status_code == 403
    assert client.post(path, {"status": "OPEN", **data}).status_code == 302


def test_an_earlier_id_leads_to_the_one_that_stands(client, places, mill, runs):
    client.force_login(runs)
    answer = client.get(f"/en/places/{places['gone'].pk}/correct/")
    assert answer["Location"] == f"/en/places/{mill.pk}/correct/"


def test_only_what_the_page_of_the_button_shows_is_vouched_for(client, door, mill):
    page = client.get(door["confirm"]).content.decode()
    for said in ("découpe laser", "12 bis rue des Filatures", "Un ancien moulin", "24"):
        assert said in page
    assert "12345678900011" not in page
    client.post(door["confirm"], {"status": "OPEN", **typed(client, door["confirm"])})
    vouched = Signal.objects.get().values
    assert "official_ids" in mill.values
    assert vouched.keys() == mill.values.keys() & set(services.SHOWN)


def test_a_link_that_still_works_stands_in_no_log(client, door, caplog):
    sent = {**typed(client, door["correct"]), "phone": "x", "step": "keep"}
    assert client.post(door["correct"], sent).status_code == 422
    assert client.post(door["confirm"], {"status": "OPEN"}).status_code == 409
    assert token_of(door["correct"]) not in caplog.text
    assert token_of(door["confirm"]) not in caplog.text
