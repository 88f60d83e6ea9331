"""Why the entries of a place are one place, as its page tells it."""

import re
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import translation

from coworkmed.linkage.reasons import SENTENCES, STRENGTHS
from coworkmed.linkage.records import Pair, Reason
from coworkmed.linkage.waterfall import drawn, waterfall
from coworkmed.places import explained
from coworkmed.places.models import Link, Place, Weakest

from .factories import REASONS, moved
from .test_pages import read

pytestmark = pytest.mark.django_db


def shown(client: Client, place: Place, language: str = "en") -> str:
    return " ".join(read(client, f"/{language}/places/{place.public_id}/").text.split())


def test_each_reason_with_its_strength_from_the_prior_to_the_end(client: Client, places: dict[str, Place]) -> None:
    text = shown(client, places["mill"])
    story = (
        "Why it is this place: 97%", "two entries that were worth comparing", "36%",
        "Same web domain: filature.example", "strong for", "Names share the word “filature”", "for",
        "Different telephones", "against", "1.4 km apart", "slightly for", "Smaller things together",
        "hardly anything", "All together", "97%",
    )  # fmt: skip
    at = 0
    for said in story:
        assert said in text[at:], said
        at = text.index(said, at) + len(said)


def test_the_picture_begins_each_bar_where_the_last_one_ended(client: Client, places: dict[str, Place]) -> None:
    html = client.get(f"/en/places/{places['mill'].public_id}/").content.decode()
    pictures = re.findall(r"<svg[^>]*data-speaks.*?</svg>", html, re.DOTALL)
    assert len(pictures) == len(REASONS) + 1
    runs = [re.search(r"M([\d.]+) 0V5M([\d.]+) 5V10", picture) for picture in pictures]
    *ends, together = [(float(run[1]), float(run[2])) for run in runs if run]
    assert ends[0][0] == 50
    assert all(one[1] == other[0] for one, other in pairwise(ends))
    assert together == (50, ends[-1][1])
    assert all("<title>One place so far: " in picture for picture in pictures)
    assert "style=" not in "".join(pictures)


def test_bars_stay_inside_the_picture_and_add_up() -> None:
    for weights in ((-0.6, 30.0, -2.0), (0.0, 0.0, 0.0), (-30.0, 0.1, 0.0)):
        codes = ("PRIOR", "DOMAIN_SAME", "REST")
        fall = drawn([Reason(code, weight, {"domain": "x"}) for code, weight in zip(codes, weights, strict=True)])
        assert fall is not None
        bars = explained.bars(fall)
        assert all(0 <= end <= 100 for bar in bars for end in (bar.begin, bar.end))
        together = explained.together(fall, 0.4)
        assert (together.end, together.probability) == (bars[-1].end, 0.4)


def test_a_reason_of_another_version_is_left_out() -> None:
    fall = drawn([Reason("PRIOR", -0.5), Reason("FORGOTTEN", 2.0), Reason("KINDS_SAME", 0.5)])
    assert fall is not None
    assert [bar.text for bar in explained.bars(fall)] == [SENTENCES["PRIOR"], SENTENCES["KINDS_SAME"]]


def test_what_lists_say_is_kept_from_turning_a_sentence_around_and_from_being_obeyed() -> None:
    fall = waterfall(Pair(0, 1, 0.9, reasons=(Reason("NAME_SAME", 2.0, {"name": "<b>قهوة</b>"}),)))
    assert fall is not None
    assert "<bdi>&lt;b&gt;قهوة&lt;/b&gt;</bdi>" in explained.bars(fall)[1].text


def test_numbers_as_the_reader_writes_them() -> None:
    fall = drawn([Reason("KILOMETRES_APART", -2.0, {"kilometres": 1234.5})])
    assert fall is not None
    with translation.override("it"):
        assert "1.234,5" in explained.bars(fall)[0].text


def test_a_persons_word_needs_no_bars(client: Client, places: dict[str, Place]) -> None:
    ruled = [{"code": "RULED", "weight": 0.0, "params": {}}]
    Link.objects.filter(place=places["mill"], decided_by="machine").update(decided_by="person", reasons=ruled)
    text = shown(client, places["mill"])
    assert "Decided by a person" in text
    assert "Before looking" not in text


def test_the_weakest_tie_of_a_place(client: Client) -> None:
    place = moved()
    text = shown(client, place)
    assert "hangs together most weakly by “L’Ancre” (The list 1) and “Ancre coworking” (The list 2)" in text
    assert "Why these two are one place: 81%" in text
    Weakest.objects.update(reasons=[{"code": "RULED", "weight": 0.0, "params": {}}])
    assert "Decided by a person" in shown(client, place)


def test_a_move_says_which_address_is_the_newer(client: Client) -> None:
    text = shown(client, moved())
    assert "It seems to have moved" in text
    assert "bd. Nord: undated, according to The list 3" in text
    assert "1 quai du Port: until 2019 at least, according to The list 0" in text
    assert "7 rue neuve: since 2022 at the latest, according to The list 1" in text


def test_a_move_between_lists_of_one_age_is_left_open(client: Client) -> None:
    place = moved()
    for link in place.links.select_related("entry__assertion"):
        assert link.entry.assertion
        link.entry.assertion.observed_on = "2024"
        link.entry.assertion.save()
    text = shown(client, place)
    assert "1 quai du Port: in 2024, according to The list 0" in text
    assert "at the latest" not in text


def test_no_move_where_entries_merely_differ(client: Client) -> None:
    place = moved()
    Link.objects.filter(place=place).update(relation="same")
    assert "It seems to have moved" not in shown(client, place)


def test_other_premises_of_the_chain(client: Client) -> None:
    place = moved()
    page = read(client, f"/en/places/{place.public_id}/")
    assert "2 other places use the web domain ancre.example." in page.text
    others = Place.objects.exclude(pk=place.pk)
    assert len(others) == 2
    assert {f"/en/places/{one.public_id}/" for one in others} <= set(page.links)
    Place.objects.exclude(chain="").update(chain="brand:Ancre: the brand")
    assert "2 other places bear the brand Ancre: the brand." in shown(client, place)


@pytest.mark.parametrize("language", ["fr", "el", "hr"])
def test_every_reader_gets_it(client: Client, language: str) -> None:
    assert "ancre.example" in shown(client, moved(), language)


def test_strengths_have_words() -> None:
    fall = drawn([Reason("PRIOR", -1.0), *(Reason("KINDS_SAME", weight / 10) for weight in range(-40, 41))])
    assert fall is not None
    assert {bar.strength for bar in explained.bars(fall)} == {"", *STRENGTHS.values()}
