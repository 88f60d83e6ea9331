"""What robots hear of places: their own sites, looked at politely, remembered in few rows."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from coworkmed.kernel.errors import UnsafeAddressError
from coworkmed.places import freshness, services, signals, tasks
from coworkmed.places.models import Place, Signal
from coworkmed.places.queries import signal
from coworkmed.platform import audit, jobs
from coworkmed.platform.models import Job, Schedule
from coworkmed.sources.home_pages import Answer
from coworkmed.sources.models import Assertion
from tests.web.factories import entry, place, source

TODAY = date(2026, 11, 24)


def listed(key="1", **fields):
    lists = source(f"list-{key}")
    return place(entry(lists, key, "2026-05", **{"name": "La Ruche", "country": "FR"} | fields))


def days(first, count, step=30):
    return [first + timedelta(step * number) for number in range(count)]


@pytest.mark.django_db
def test_a_door_that_moved_confirms_and_a_passer_by_does_not():
    made = {sign: listed(sign.lower()) for sign in ("HEARTBEAT", "CHECK_DATE")}
    for sign, one in made.items():
        Assertion.objects.filter(entry__link__place=one).update(sign=sign)
    services.settle(as_of=TODAY)
    states = {sign: Place.objects.get(pk=one.pk) for sign, one in made.items()}
    assert {sign: (one.freshness, one.confirmed_by) for sign, one in states.items()} == {
        "HEARTBEAT": ("confirmed", "ROBOT"),
        "CHECK_DATE": ("unconfirmed", "IMPORT"),
    }


class TestWhatASiteSays:
    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer(200, "<h1>Bienvenue à LA RUCHE !</h1>"), ""),
            (Answer(200, "La ruché bleue"), ""),
            (Answer(200, "Laruche, an estate agent"), None),
            (Answer(200, "This domain is for sale"), None),
            (Answer(200, ""), None),
            (Answer(), "UNREACHABLE"),
            (Answer(404, ""), "UNREACHABLE"),
            (Answer(410, ""), "UNREACHABLE"),
            (Answer(500, ""), "UNREACHABLE"),
            (Answer(503, ""), "UNREACHABLE"),
            (Answer(503, "", 86_400 * 30), None),
            (Answer(429, "", 60), None),
            (Answer(403, ""), None),
            (Answer(302, ""), None),
        ],
    )
    def test_it_is_there_or_it_fails_or_nobody_can_tell(self, answer, said):
        assert signals.said_by(answer, ["La Ruche", "?"]) == said

    def test_a_name_in_another_script_and_one_too_short_to_mean_anything(self):
        assert signals.said_by(Answer(200, "Η ΚΥΨΈΛΗ στην Αθήνα"), ["Κυψέλη"]) == ""
        assert signals.said_by(Answer(200, "a hub for all"), ["Hub"]) is None
        assert signals.said_by(Answer(200, "anything"), []) is None


@pytest.mark.django_db
class TestHear:
    def test_failures_of_a_month_make_a_place_unreachable_and_an_answer_ends_that(self):
        one = listed()
        signals.hear(place=one, kind="SITE", on=TODAY - timedelta(40), says="UNREACHABLE")
        assert Place.objects.get().freshness == "unconfirmed"
        signals.hear(place=one, kind="SITE", on=TODAY - timedelta(9), says="UNREACHABLE")
        assert Place.objects.get().freshness == "unreachable"
        signals.hear(place=one, kind="SITE", on=TODAY)
        found = Place.objects.get()
        assert (found.freshness, found.confirmed_on, found.confirmed_by) == ("unconfirmed", str(TODAY), "ROBOT")

    def test_of_a_run_the_first_and_the_last_are_kept(self):
        one = listed()
        for day in days(TODAY - timedelta(900), 30):
            signals.hear(place=one, kind="SITE", on=day, says="UNREACHABLE")
        assert Signal.objects.count() == 2
        for day in days(TODAY, 5):
            signals.hear(place=one, kind="SITE", on=day)
        assert Signal.objects.count() == 4

    def test_the_same_twice_is_once(self):
        one = listed()
        for _ in range(3):
            signals.hear(place=one, kind="SITE", on=TODAY)
        assert Signal.objects.count() == 1

    def test_after_a_word_failures_count_anew(self):
        """The owner says in a voice of their own that it is there; only what fails after that counts."""
        one = listed()
        first = TODAY - timedelta(200)
        for day in days(first, 3):
            signals.hear(place=one, kind="SITE", on=day, says="UNREACHABLE")
        who = audit.Who("owner")
        services.tell(
            place=one, kind="OWNER", who=who, verb="place.confirmed", as_of=first + timedelta(65), vouches=["name"]
        )
        for day in days(first + timedelta(70), 3):
            signals.hear(place=one, kind="SITE", on=day, says="UNREACHABLE")
        kept = Signal.objects.filter(kind="SITE").values_list("on", flat=True)
        assert [str(first + timedelta(ahead)) for ahead in (0, 60, 70, 130)] == list(kept)

    @pytest.mark.any_database
    @pytest.mark.parametrize("seed", range(40))
    def test_few_rows_tell_as_much_as_all_of_them(self, seed):
        random = Random(seed)
        one, everything = listed(), []
        for number in range(60):
            day = TODAY - timedelta(900 - 15 * number)
            if random.random() < 0.1:
                kind, says = random.choice([("OWNER", ""), ("CHECK_DATE", ""), ("OWNER", "MOVED")])
                Signal.objects.create(place=one, kind=kind, on=str(day), says=says)
                everything.append(freshness.Signal(kind, str(day), says))
            if random.random() < 0.7:
                says = random.choice(["UNREACHABLE", "UNREACHABLE", "UNREACHABLE", ""])
                signals.hear(place=one, kind="SITE", on=day, says=says)
                everything.append(freshness.Signal("SITE", str(day), says))
            kept = [signal(word) for word in Signal.objects.all()]
            fresh = [
                freshness.judge([freshness.Signal("LISTED", "2024-01"), *heard], status="OPEN", listed=True, today=day)
                for heard in (kept, everything)
            ]
            assert (fresh[0].code, fresh[0].why) == (fresh[1].code, fresh[1].why), day
            assert fresh[0].signal.on == fresh[1].signal.on
        assert Signal.objects.count() <= len(everything)


@pytest.mark.django_db
class TestPages:
    def test_in_a_month_each_site_once_and_those_of_one_address_together(self):
        for number in range(90):
            listed(str(number), web=f"https://place{number // 3}.example/")
        listed("none")
        gone = listed("gone", web="https://gone.example/", status="CLOSED")
        seen = [batch for ahead in range(signals.CYCLE) for batch in signals.pages(TODAY + timedelta(ahead))]
        looked_at = [one for batch in seen for one in batch]
        assert len(looked_at) == len(set(looked_at)) == 90
        assert gone.pk not in looked_at
        by_place = {one: number for number, batch in enumerate(seen) for one in batch}
        webs = dict(Place.objects.exclude(name="").values_list("pk", "values__web"))
        assert len({(webs[one], number) for one, number in by_place.items()}) == 30

    def test_where_there_are_too_many_each_is_looked_at_less_often(self, monkeypatch):
        monkeypatch.setattr(signals, "A_DAY", 1)
        for number in range(40):
            listed(str(number), web=f"https://place{number}.example/")
        month = [one for ahead in range(30) for batch in signals.pages(TODAY + timedelta(ahead)) for one in batch]
        longer = [one for ahead in range(40) for batch in signals.pages(TODAY + timedelta(ahead)) for one in batch]
        assert len(month) < len(longer) == 40


@pytest.fixture
def web(monkeypatch):
    """Sites by their address, each asked how often, and a clock that stands."""
    found = SimpleNamespace(answers={}, asked=[], slept=[])

    def look(address, site):
        found.asked.append(address)
        answer = found.answers[address]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(tasks, "look", look)
    monkeypatch.setattr(tasks, "time", SimpleNamespace(sleep=found.slept.append))
    now = datetime(2026, 11, 24, 7, tzinfo=UTC)
    monkeypatch.setattr(tasks, "timezone", SimpleNamespace(now=lambda: now))
    jobs.rest(signals.SITES, resting=False)
    return found


@pytest.mark.django_db
class TestJobs:
    def test_on_a_new_site_nobody_is_looked_at(self):
        listed(web="https://a.example/")
        jobs.install()
        assert not Schedule.objects.get(pk=signals.SITES).active
        tasks.look_at(places=list(Place.objects.values_list("pk", flat=True)))
        assert not Signal.objects.exists()

    def test_a_day_is_asked_for_in_batches_over_the_day(self, web, monkeypatch):
        monkeypatch.setattr(signals, "AT_A_TIME", 2)
        monkeypatch.setattr(signals, "CYCLE", 1)
        for number in range(6):
            listed(str(number), web=f"https://place{number}.example/")
        tasks.sites()
        tasks.sites()
        waiting = Job.objects.filter(name="places.look").order_by("due")
        assert [len(one.arguments["places"]) for one in waiting] == [2, 2, 2]
        first, second, _ = waiting.values_list("due", flat=True)
        assert second - first == timedelta(minutes=4)

    def test_each_site_is_asked_once_and_what_it_says_is_heard(self, web):
        web.answers = {
            "https://a.example/": Answer(200, "La Ruche"),
            "https://b.example/": Answer(),
            "https://c.example/": Answer(200, "for sale"),
            "https://d.example/": UnsafeAddressError("{x}", x=1),
        }
        ids = [listed(key, web=f"https://{key}.example/").pk for key in "abcd"]
        ids.append(listed("a2", web="https://a.example/").pk)
        tasks.look_at(places=ids)
        assert sorted(web.asked) == sorted(web.answers)
        assert web.slept == [6.0] * 3
        heard = {one.place_id: one.says for one in Signal.objects.filter(kind="SITE", on=str(TODAY))}
        assert heard == {ids[0]: "", ids[4]: "", ids[1]: "UNREACHABLE"}

    def test_where_nobody_answers_it_is_our_own_line_that_is_cut(self, web):
        ids = [listed(key, web=f"https://{key}.example/").pk for key in "abc"]
        web.answers = {f"https://{key}.example/": Answer() for key in "abc"}
        tasks.look_at(places=ids)
        assert not Signal.objects.exists()

    def test_a_run_cut_short_does_not_ask_again_who_was_heard(self, web):
        one, other = (listed(key, web=f"https://{key}.example/") for key in "ab")
        web.answers = {"https://b.example/": Answer(200, "La Ruche")}
        signals.hear(place=one, kind="SITE", on=TODAY)
        tasks.look_at(places=[one.pk, other.pk])
        assert web.asked == ["https://b.example/"]

    def test_who_asks_us_to_come_back_later_is_looked_at_then_once(self, web):
        one = listed("a", web="https://a.example/")
        web.answers = {"https://a.example/": Answer(503, "", 3600)}
        tasks.look_at(places=[one.pk])
        later = Job.objects.get(name="places.look")
        assert (later.due, later.arguments["again"]) == (datetime(2026, 11, 24, 8, tzinfo=UTC), True)
        Job.objects.all().delete()
        tasks.look_at(places=[one.pk], again=True)
        assert not Job.objects.filter(name="places.look").exists()
        assert not Signal.objects.exists()

    def test_a_place_that_went_meanwhile_is_left_alone(self, web):
        one = listed("a", web="https://a.example/")
        Place.objects.update(status="CLOSED")
        tasks.look_at(places=[one.pk, "nowhere"])
        assert web.asked == []
