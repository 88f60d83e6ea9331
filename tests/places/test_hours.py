"""Opening hours: what is worked out, what is left as written, and that the two never mix."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.hours import vectors
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places import hours
from coworkmed.places.hours import Span
from coworkmed.places.pages.opening import opening

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12)
NINE_TO_SIX = (Span(540, 1080),)


def week(text: str, country: str = "FR", today: date = MONDAY) -> list[tuple[int, int, hours.Day]]:
    table = hours.timetable(text, country, today)
    assert table is not None
    assert len(table.seasons) == 1
    return hours.together(table.seasons[0].week)


def test_equal_days_stand_together() -> None:
    assert week("Mo-Fr 09:00-18:00; Sa 10:00-12:00") == [(0, 4, NINE_TO_SIX), (5, 5, (Span(600, 720),)), (6, 6, ())]


def test_two_openings_a_day() -> None:
    assert week("09:00-13:00,16:00-20:00") == [(0, 6, (Span(540, 780), Span(960, 1200)))]


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    assert week("Fr 20:00-02:00") == [(0, 3, ()), (4, 4, (Span(1200, 1560),)), (5, 6, ())]


def test_days_without_a_break_are_days_all_the_same() -> None:
    assert week("24/7") == [(0, 6, (Span(0, 1440),))]


@pytest.mark.parametrize("text", ['Mo-Fr 09:00-18:00 "sur rendez-vous"', 'Mo-Fr 09:00-18:00 unknown "sur rendez-vous"'])
def test_a_comment_alone_is_a_condition(text: str) -> None:
    assert week(text)[0] == (0, 4, (Span(540, 1080, perhaps=True, note="sur rendez-vous"),))


@pytest.mark.parametrize(
    "text",
    [
        "17:00+",  # until when?
        "Mo-Fr 09:00-12:00; SH off",  # whose school holidays?
        "sunrise-sunset",
        "easter off",
        'Mo 09:00-12:00 || "call us"',
        "10:00-16:00/01:30",
        "PH Mo 10:00-12:00",
        "PH -1 day 10:00-12:00",
        "no hours at all",
        'Mo "never closed',
        "",
        "2012 Mo-Fr 09:00-18:00",  # nothing opens any more
        "09:00-18:00 " * 100,
    ],
)
def test_what_is_not_worked_out(text: str) -> None:
    assert hours.timetable(text, "FR", MONDAY) is None


def test_public_holidays_need_a_country_whose_holidays_are_known() -> None:
    text = "Mo-Fr 09:00-18:00; PH off"
    assert hours.timetable(text, "", MONDAY) is None
    assert hours.timetable(text, "LB", MONDAY) is None
    table = hours.timetable(text, "HR", MONDAY)
    assert table is not None
    assert (table.holidays.said, table.holidays.day, table.stable) == (True, (), True)
    assert table.holidays.next == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("country", "day", "is_one"),
    [
        ("FR", date(2026, 7, 14), True),
        ("GR", date(2026, 3, 25), True),
        ("GR", date(2026, 7, 14), False),
        ("", date(2026, 1, 1), False),
    ],
)
def test_whose_holiday(country: str, day: date, *, is_one: bool) -> None:
    assert hours.holiday(country, day) is is_one


def test_a_holiday_closes() -> None:
    text = "Mo-Sa 09:00-18:00; PH off"
    on_bastille_day = hours.now(text, "FR", datetime(2026, 7, 14, 12))
    assert on_bastille_day == hours.Now("closed", datetime(2026, 7, 15, 9))
    assert hours.now(text, "IT", datetime(2026, 7, 14, 12)) == hours.Now("open", datetime(2026, 7, 14, 18))


def test_seasons() -> None:
    table = hours.timetable("Jun-Sep 08:00-23:00; Oct-May Fr-Su 10:00-18:00", "GR", MONDAY)
    assert table is not None
    assert [(one.first, one.last) for one in table.seasons] == [
        (MONDAY, date(2027, 5, 31)),
        (date(2027, 6, 1), date(2027, 9, 30)),
        (date(2027, 10, 1), None),
    ]
    assert not table.stable


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Mo-Fr 09:00-18:00; Aug 01-21 off", (date(2027, 7, 31), date(2027, 8, 22), ())),  # with the weekends beside it
        ("Mo-Fr 09:00-18:00; Dec 25 off", (date(2026, 12, 25), date(2026, 12, 25), ())),
        ("Mo-Fr 09:00-18:00; Dec 24 09:00-12:00", (date(2026, 12, 24), date(2026, 12, 24), (Span(540, 720),))),
    ],
)
def test_days_apart(text: str, apart: tuple[date, date, hours.Day]) -> None:
    table = hours.timetable(text, "FR", MONDAY)
    assert table is not None
    assert table.apart == [apart]
    assert hours.together(table.seasons[0].week) == [(0, 4, NINE_TO_SIX), (5, 6, ())]


def test_what_no_week_tells_is_told_day_by_day() -> None:
    table = hours.timetable("Mo[1] 10:00-12:00", "FR", date(2026, 12, 7))
    assert table is not None
    assert not table.regular
    assert table.days == [(Span(600, 720),), *[()] * 6]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (NOON, hours.Now("open", datetime(2026, 11, 23, 18))),
        (datetime(2026, 11, 23, 18), hours.Now("closed", datetime(2026, 11, 24, 9))),
        (datetime(2026, 11, 27, 20), hours.Now("closed", datetime(2026, 11, 30, 9))),
    ],
)
def test_now(at: datetime, found: hours.Now) -> None:
    assert hours.now("Mo-Fr 09:00-18:00", "FR", at) == found


def test_the_clock_of_the_place() -> None:
    assert hours.zone("GR", None) == ZoneInfo("Europe/Athens")
    assert hours.zone("ES", None) is None  # three zones: which?
    assert hours.zone("ES", (28.1, -15.4)) == ZoneInfo("Atlantic/Canary")
    assert hours.zone("", (43.5, 16.4)) == ZoneInfo("Europe/Zagreb")
    assert hours.zone("", (42.0, 7.0)) is None  # at sea
    assert hours.zone("ZZ", None) is None


# In words


def said(text: str, at: str, language: str = "en", country: str = "FR") -> str:
    with translation.override(language):
        return opening(text, country, ZoneInfo("Europe/Paris"), datetime.fromisoformat(at)).now


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T11:00+01:00", "Open now, until 18:00"),
        ("2026-11-23T10:00+00:00", "Open now, until 18:00"),  # the same moment, told in London
        ("2026-11-23T07:00+01:00", "Closed now. Opens again: today, 09:00"),
        ("2026-11-23T19:00+01:00", "Closed now. Opens again: tomorrow, 09:00"),
        ("2026-11-27T19:00+01:00", "Closed now. Opens again: Monday, 09:00"),
    ],
)
def test_now_in_words(at: str, words: str) -> None:
    assert said("Mo-Fr 09:00-18:00", at) == words


def test_open_past_midnight_and_for_ever() -> None:
    assert said("Mo-Sa 20:00-02:00", "2026-11-23T23:00+01:00") == "Open now, until 02:00"
    assert said("24/7", "2026-11-23T23:00+01:00") == "Open at all hours"


def test_perhaps() -> None:
    assert said('"by appointment"', "2026-11-23T11:00+01:00") == "Perhaps open now: by appointment"
    assert said('"χτυπήστε"', "2026-11-23T11:00+01:00") == "Perhaps open now: “χτυπήστε”"


@pytest.mark.parametrize(
    ("language", "days", "span"),
    [("fr", "lundi – vendredi", "09:00 – 18:00"), ("el", "Δευτέρα - Παρασκευή", "9:00 π.μ. - 6:00 μ.μ."),
     ("hr", "ponedjeljak – petak", "09:00 – 18:00"), ("en", "Monday – Friday", "09:00 – 18:00")],
)  # fmt: skip
def test_days_and_times_as_the_reader_writes_them(language: str, days: str, span: str) -> None:
    with translation.override(language):
        shown = opening("Mo-Fr 09:00-18:00", "FR", None, datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC")))
    first = shown.seasons[0].lines[0]
    assert [_plain(first.days), _plain(first.hours[0])] == [days, span]
    assert first.today
    assert shown.now == ""  # whose clock is not known


def test_notes_of_holidays_and_closures() -> None:
    with translation.override("en"):
        shown = opening(
            "Mo-Fr 09:00-18:00; PH off; Aug 01-21 off", "FR", None, datetime.fromisoformat("2026-11-23T12:00Z")
        )
    notes = [_plain(note) for note in shown.notes]
    assert "31 July 2027 – 22 August 2027: closed" in notes
    assert "Public holidays of the whole country: closed" in notes
    assert shown.week is None


def test_a_holiday_the_hours_do_not_speak_of_is_pointed_out() -> None:
    with translation.override("en"):
        shown = opening("Mo-Su 09:00-18:00", "FR", None, datetime.fromisoformat("2026-07-14T12:00Z"))
    assert shown.notes[0] == "Today is a public holiday, and the hours say nothing of public holidays."


@given(
    st.text(alphabet='MoTuWeThFrSaSuPH0123456789:-,; "+/|[]offJanDeccloseunk', max_size=60) | st.text(max_size=40),
    st.sampled_from(["", "FR", "GR", "LB", "??", "x" * 50]),
    st.sampled_from(LANGUAGES),
)
def test_any_text_is_shown_somehow(text: str, country: str, language: str) -> None:
    with translation.override(language):
        shown = opening(text, country, ZoneInfo("Europe/Athens"), datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("UTC")))
    assert shown.text == text
    assert shown.known or not shown.now


def _plain(text: str) -> str:
    """Without the thin and unbreakable spaces of typographers."""
    return " ".join(text.replace("\u2009", " ").replace("\u202f", " ").split())


# Against the reference implementation

needs_vectors = pytest.mark.skipif(not vectors.DATA.exists(), reason="the reference test cases are not on this machine")


@pytest.mark.data
@needs_vectors
def test_what_we_work_out_agrees_with_the_reference() -> None:
    """On the class any implementation can be held to: nothing differs, and no less is worked out than was measured."""
    fair = vectors.shares(normalised=False)["fair"]
    assert fair["differs"] == 0
    assert fair["agrees"] >= 108


@pytest.mark.data
@needs_vectors
def test_no_case_of_the_reference_breaks_a_page() -> None:
    for kind in ("intervals", "should_fail", "should_warn", "structured_warnings", "prettify", "equal_to"):
        for case in vectors.cases(kind):
            shown = opening(
                case["value"], "DE", ZoneInfo("Europe/Berlin"), datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC"))
            )
            assert shown.text == case["value"]
