"""Links that do one thing once: what else they are asked to do, they refuse."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.platform import tokens
from coworkmed.platform.audit import Thing
from coworkmed.platform.models import UsedToken
from coworkmed.platform.tokens import ExpiredTokenError, InvalidTokenError, UsedTokenError, make, read, use

PLACE = Thing("place", "p1abcdefghjk")
ADDRESS = "ana@example.org"
DAY = 86_400


@pytest.fixture
def token():
    return make(purpose="confirm", thing=PLACE, address=ADDRESS)


@pytest.fixture
def clock(monkeypatch):
    """Set signing's clock so many seconds on."""

    def on(seconds: float) -> None:
        moment = time.time() + seconds
        monkeypatch.setattr("django.core.signing.time.time", lambda: moment)

    return on


@pytest.mark.django_db
class TestOne:
    def test_it_says_what_it_is_for(self, token):
        found = read(token, purpose="confirm", thing=PLACE, address="ANA@example.org ")
        assert found.thing == PLACE
        assert found.address == tokens.address_digest(ADDRESS)
        assert timedelta(days=29, hours=23) < found.expires - timezone.now() <= timedelta(days=30)

    def test_it_fits_a_link_and_hides_the_address(self, token):
        assert re.fullmatch(r"[\w.-]+", token)
        assert len(token) < 200
        assert "ana" not in str(signing.b64_decode(token.split(".")[0].encode()))

    def test_two_are_never_the_same(self, token):
        assert make(purpose="confirm", thing=PLACE, address=ADDRESS) != token

    def test_looking_at_it_uses_nothing_up(self, token):
        for _ in range(3):
            read(token, purpose="confirm")
        use(token, purpose="confirm")
        with pytest.raises(UsedTokenError):
            read(token, purpose="confirm")
        with pytest.raises(UsedTokenError):
            use(token, purpose="confirm")

    def test_an_act_that_is_undone_leaves_it_unused(self, token):
        with transaction.atomic():
            use(token, purpose="confirm")
            transaction.set_rollback(True)
        use(token, purpose="confirm")

    def test_others_of_the_same_mail_still_work(self, token):
        other = make(purpose="correct", thing=PLACE, address=ADDRESS)
        use(token, purpose="confirm")
        use(other, purpose="correct")

    def test_expired(self, token, clock):
        clock(30 * DAY - 60)
        read(token, purpose="confirm")
        clock(30 * DAY + 60)
        with pytest.raises(ExpiredTokenError, match="30 days"):
            use(token, purpose="confirm")

    @pytest.mark.parametrize(
        "asked",
        [
            {"purpose": "gone"},
            {"purpose": "confir"},
            {"purpose": ""},
            {"purpose": "confirm", "thing": Thing("place", "p2")},
            {"purpose": "confirm", "thing": Thing("network", PLACE.id)},
            {"purpose": "confirm", "address": "eve@example.org"},
        ],
        ids=["another purpose", "part of it", "none", "another place", "another type", "another address"],
    )
    def test_foreign(self, token, asked):
        with pytest.raises(InvalidTokenError):
            use(token, **asked)
        assert not UsedToken.objects.exists()

    def test_signed_by_another_site(self, token, settings):
        settings.SECRET_KEY = "another"
        with pytest.raises(InvalidTokenError):
            read(token, purpose="confirm")

    def test_signed_before_the_key_was_changed(self, token, settings):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
        assert read(token, purpose="confirm").thing == PLACE

    @given(place=st.integers(0, 10_000), sign=st.characters())
    def test_altered_anywhere(self, place, sign):
        token = make(purpose="confirm", thing=PLACE, address=ADDRESS)
        at = place % len(token)
        if token[at] != sign:
            with pytest.raises(InvalidTokenError):
                read(token[:at] + sign + token[at + 1 :], purpose="confirm")

    @given(st.text(st.characters(exclude_categories=[]), max_size=800))
    def test_nonsense(self, text):
        with pytest.raises(InvalidTokenError):
            read(text, purpose="confirm")

    @pytest.mark.parametrize("payload", [[], "texts", {"a": 1}, ["place"], ["place", 1, 2, 3, 4], None])
    def test_signed_but_no_token(self, payload):
        signed = signing.TimestampSigner(sep=".", salt="coworkmed.token.confirm").sign_object(payload)
        with pytest.raises(InvalidTokenError):
            read(signed, purpose="confirm")

    def test_a_used_one_is_remembered_until_it_would_have_expired(self, token):
        use(token, purpose="confirm")
        tokens.purge()
        assert UsedToken.objects.exists()
        UsedToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
        tokens.purge()
        assert not UsedToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_used_by_several_at_once_one_is_first(token):
    start = threading.Barrier(4)
    outcomes = []

    def act() -> None:
        start.wait(5)
        try:
            with transaction.atomic():
                use(token, purpose="confirm")
                time.sleep(0.05)
            outcomes.append("first")
        except UsedTokenError:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["first", "late", "late", "late"]
