"""What journeys on real mail need: a clock that can be put forward, a letter box, and a scanner that follows every link
before its reader does."""

import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.utils import timezone

from coworkmed.places import clock
from coworkmed.platform import jobs
from tests.platform.smtp import Mailbox, mailbox

SITE = "https://third.example"  # the site as mails name it; the server of the test answers for it
FROM = "CoWorkMed <us@third.example>"
_LINK = re.compile(rf"{re.escape(SITE)}\S*")


class Clock:
    """The time that the site goes by, ahead of ours: it runs on, and is put forward. Its first day is one on which
    nobody rests in ``country``, nor five weeks later."""

    def __init__(self, country: str) -> None:
        self._real = timezone.now
        first = self._real().date() + timedelta(2)
        while clock.quiet(country, first) or clock.quiet(country, first + timedelta(35)):
            first += timedelta(1)
        self.first = first
        self._ahead = timedelta()
        self.to(datetime.combine(first - timedelta(1), time(10), UTC))

    def now(self) -> datetime:
        return self._real() + self._ahead

    def to(self, moment: datetime) -> None:
        self._ahead = moment - self._real()

    def wait(self, **some: int) -> None:
        """Let some time go by, as `timedelta` names it."""
        self._ahead += timedelta(**some)

    def night(self, days: int = 1) -> None:
        """The nights of some days go by, and the site does in the last what it does each night."""
        self.to(datetime.combine(self.now().date() + timedelta(days), time(5, 11), UTC))
        jobs.tick()
        jobs.run_due()


@dataclass(frozen=True)
class Letter:
    """A mail as it came: its links are the same in both of its parts."""

    to: str
    subject: str
    text: str
    html: str
    stop: str

    @property
    def links(self) -> list[str]:
        """Paths of our pages, in the order of the letter."""
        found = [one.rstrip(".,)") for one in _LINK.findall(self.text)]
        return list(dict.fromkeys(one.removeprefix(SITE) or "/" for one in found))

    def link(self, part: str) -> str:
        """The one link whose path has ``part`` in it."""
        (found,) = [one for one in self.links if part in one]
        return found


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]


def _letter(raw: str) -> Letter:
    message = email.message_from_bytes(raw.encode(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text and html, "a mail has two parts"
    stop = str(message["List-Unsubscribe"] or "").strip(" <>")
    words = text.get_content().replace("\r\n", "\n")
    found = Letter(message["To"], message["Subject"], words, html.get_content(), stop)
    anchors = _Anchors()
    anchors.feed(found.html)
    ours = [one for one in anchors.found if one.startswith(SITE)]
    assert {one.removeprefix(SITE) or "/" for one in ours} == set(found.links), found.subject
    assert "localhost" not in raw
    return found


class Post:
    """Letters that left by SMTP. A scanner is the first to read each of them: it follows every link, and nothing may
    change by it."""

    def __init__(self, box: Mailbox, home: str) -> None:
        self._box, self._home, self._read = box, home, 0
        self.waiting: list[Letter] = []
        self.scanned = 0

    def to(self, address: str, subject: str = "") -> Letter:
        """The next letter to an address, of all that have left; ``subject``: a part of it."""
        self.deliver()
        found = next((one for one in self.waiting if one.to == address and subject in one.subject), None)
        assert found, (address, subject, [(one.to, one.subject) for one in self.waiting])
        self.waiting.remove(found)
        return found

    def deliver(self) -> None:
        """All that waits leaves."""
        jobs.run_due()
        fresh, self._read = self._box.messages[self._read :], len(self._box.messages)
        for raw in fresh:
            letter = _letter(raw)
            self.waiting.append(letter)
            self._scan(letter)

    def _scan(self, letter: Letter) -> None:
        before = everything()
        for path in [*letter.links, *([letter.stop.removeprefix(SITE)] if letter.stop else [])]:
            for method in ("GET", "HEAD", "GET"):
                answer = urlopen(Request(self._home + path, method=method), timeout=20)
                assert answer.status == 200, path
                self.scanned += 1
        assert changed(before, everything()) == []


def everything() -> dict[str, list[str]]:
    """Every row of every table but sessions, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table != "django_session":
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """The tables that differ."""
    return [table for table in after if after[table] != before[table]]


@contextmanager
def post_office(home: str, settings: Any) -> Iterator[Post]:
    """Mail leaves to a server on this machine, from a site that says it is `SITE`."""
    with mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 5
        settings.DEFAULT_FROM_EMAIL = FROM
        url = f"smtp://127.0.0.1:{box.port}?tls=no"
        settings.ENV = replace(settings.ENV, email_url=url, email_from=FROM, site_url=SITE)
        yield Post(box, home)


def put_forward(patch: pytest.MonkeyPatch, country: str) -> Clock:
    """The site goes by a clock that is ahead, the moments in signatures as well."""
    found = Clock(country)
    patch.setattr(timezone, "now", found.now)
    patch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: found.now().timestamp()))
    jobs.install()
    return found
