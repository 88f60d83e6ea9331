"""Forms that anyone may send: people get through, what is doubtful is asked once more, floods are held back."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.platform.limits import Limit, LimitedError
from coworkmed.platform.models import Kept
from coworkmed.web import guard
from coworkmed.web.guard import Verdict

PURPOSE = "report.p1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Proofs that take no time, and the clock an hour on: the form was open for long enough."""
    cache.clear()
    monkeypatch.setattr(guard, "BITS", 6)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock so long after now."""
    now = guard.timezone.now

    def on(**after: float) -> None:
        monkeypatch.setattr("coworkmed.web.guard.timezone.now", lambda: now() + timedelta(**after))

    on(minutes=5)
    return on


def solve(challenge: str) -> str:
    return next(str(number) for number in range(100_000) if guard.proves(challenge, str(number)))


def sent(address: str = "192.0.2.1", headers: dict[str, str] | None = None, **fields: str) -> Any:
    return RequestFactory(REMOTE_ADDR=address).post("/en/x/", fields, headers=headers or {})


def whole(**more: str) -> dict[str, str]:
    """All that a browser sends."""
    challenge = guard.challenge(PURPOSE)
    return {"form": challenge, "proof": solve(challenge), "website": "", "by-note": "words"} | more


def verdict(request: Any, about: str = "p1") -> Verdict:
    return guard.check(request, PURPOSE, about=about).verdict


class TestLetThrough:
    def test_a_browser_in_good_order(self, clock):
        assert verdict(sent(**whole())) is Verdict.LET_THROUGH

    def test_the_same_form_once(self, clock):
        fields = whole()
        assert [verdict(sent(**fields)) for _ in range(3)] == [Verdict.LET_THROUGH, Verdict.AGAIN, Verdict.AGAIN]

    def test_a_form_of_yesterday_comes_back(self, clock):
        fields = whole()
        clock(hours=25)
        checked = guard.check(sent(**fields), PURPOSE, about="p1")
        assert (checked.verdict, checked.why) == (Verdict.AGAIN, guard.TOO_OLD)

    @pytest.mark.parametrize("form", ["", "x", "a.b.c", "é.ü.ß", "x" * 5000, "\0"])
    def test_so_does_one_without_its_moment(self, clock, form):
        assert verdict(sent(**whole(form=form))) is Verdict.AGAIN
        assert verdict(sent(**whole(form=form, sure=form))) is Verdict.AGAIN

    def test_one_altered_or_of_another_page(self, clock):
        fields = whole()
        assert verdict(sent(**fields | {"form": fields["form"][:-1] + "x"})) is Verdict.AGAIN
        assert guard.check(sent(**fields), "report.p2", about="p2").verdict is Verdict.AGAIN

    def test_one_of_the_second_page_is_none_of_the_first(self, clock):
        challenge = guard.sure(PURPOSE)
        assert verdict(sent(form=challenge, proof=solve(challenge))) is Verdict.AGAIN


class TestAskedOnceMore:
    @pytest.mark.parametrize("proof", ["", "x", "-1", "1e9", "9" * 50, "٣", "0x1"])
    def test_no_arithmetic(self, clock, proof):
        assert guard.check(sent(**whole(proof=proof)), PURPOSE, about="p1") == (Verdict.ASK, guard.UNPROVEN)

    def test_too_quick(self):
        assert guard.check(sent(**whole()), PURPOSE, about="p1") == (Verdict.ASK, guard.TOO_QUICK)

    def test_the_hidden_field(self, clock):
        assert guard.check(sent(**whole(website="x")), PURPOSE, about="p1") == (Verdict.ASK, guard.TRAPPED)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
    def test_from_elsewhere(self, clock, origin):
        checked = guard.check(sent(headers={"Origin": origin}, **whole()), PURPOSE, about="p1")
        assert checked == (Verdict.ASK, guard.FOREIGN)

    def test_our_own_page_is_not_elsewhere(self, clock):
        assert verdict(sent(headers={"Origin": "http://testserver"}, **whole())) is Verdict.LET_THROUGH

    def test_the_second_page_lets_through_once(self, clock):
        fields = whole(proof="", sure=guard.sure(PURPOSE))
        assert [verdict(sent(**fields)) for _ in range(2)] == [Verdict.LET_THROUGH, Verdict.AGAIN]

    def test_what_was_typed_goes_along_and_nothing_of_ours(self):
        typed = QueryDict("form=a&proof=1&website=&sure=b&kinds=FAB&kinds=FOOD&by-note=%0A%3Cb%3E&again=1")
        assert guard.typed(typed) == [("kinds", "FAB"), ("kinds", "FOOD"), ("by-note", "\n<b>")]


class TestHeldBack:
    def flood(self, number: int, about: Any = lambda one: f"p{one}", address: str = "192.0.2.{}", **more: str) -> int:
        through = 0
        for one in range(number):
            try:
                request = sent(address.format(one % 250 + 1), **whole() | more_for(more))
                through += verdict(request, about(one)) is Verdict.LET_THROUGH
            except LimitedError:
                continue
        return through

    def test_one_network(self, clock, monkeypatch):
        monkeypatch.setattr(guard, "PROVED", Limit("proved", 3, guard.HOUR))
        assert self.flood(6) == 3
        assert verdict(sent("198.51.100.1", **whole())) is Verdict.LET_THROUGH

    def test_without_arithmetic_less_is_let_in(self, clock):
        assert self.flood(8, sure="yes") == guard.UNPROVED.most < guard.PROVED.most

    def test_one_place_from_wherever(self, clock, monkeypatch):
        monkeypatch.setattr(guard, "ABOUT", Limit("about", 3, guard.DAY))
        assert self.flood(6, about=lambda _: "p1", address="10.{}.0.1") == 3

    def test_what_is_held_back_may_be_sent_again_later(self, clock, monkeypatch):
        monkeypatch.setattr(guard, "PROVED", Limit("proved", 1, guard.HOUR))
        fields = whole()
        assert self.flood(1) == 1
        with pytest.raises(LimitedError):
            verdict(sent(**fields))
        cache.clear()
        assert verdict(sent(**fields)) is Verdict.LET_THROUGH

    def test_what_comes_back_counts_for_nothing(self, clock):
        for _ in range(30):
            verdict(sent(**whole(form="")))
            verdict(sent(**whole(proof="")))
        assert not Kept.objects.exists()

    def test_no_address_is_kept(self, clock):
        verdict(sent("203.0.113.77", **whole()))
        assert Kept.objects.exists()
        assert not [one for one in Kept.objects.values_list() if "203.0.113" in str(one)]

    def test_the_address_is_told_by_the_one_proxy(self, settings):
        forged = sent(headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.7"})
        assert guard.network(forged) == "192.0.2.0/24"
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        assert guard.network(forged) == "203.0.113.0/24"


def more_for(more: dict[str, str]) -> dict[str, str]:
    return {"sure": guard.sure(PURPOSE), "proof": ""} if "sure" in more else more


class TestProof:
    @given(st.text(max_size=20), st.integers(0, 500))
    def test_it_is_the_zeros_that_count(self, challenge, number):
        digest = hashlib.sha256(f"{challenge}:{number}".encode(errors="replace")).digest()
        if "\ud800" <= max(challenge, default="") <= "\udfff":
            return
        zeros = 256 - int.from_bytes(digest, "big").bit_length()
        assert guard.proves(challenge, str(number)) == (zeros >= guard.BITS)
