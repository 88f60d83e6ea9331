"""Mail: written with the change, sent once, never twice, and what comes back is heeded."""

import email
import email.policy
import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound

from coworkmed.platform import jobs, mail, mail_settings
from coworkmed.platform.mail_text import plain
from coworkmed.platform.models import Job, Mail, Quiet

from .backends import DiesAfter, Journal
from .killed import at_every_statement, kill_at
from .smtp import mailbox

LATER = timedelta(days=1)
STOP = "https://cowork.example/el/stop/abc/"
ASK = """\
{% extends "mail/layout.html" %}
{% from "mail/parts.html" import action %}
{% block subject %}{{ name }}:
 {{ _("Places") }} & more{% endblock %}
{% block content %}
<h1>{{ name }}</h1>
<table><tr><th>Town</th><td>{{ town }}</td></tr></table>
{{ action(link, "Yes, it is right") }}
{% endblock %}
"""
CONTEXT = {"name": "Café <Ουρανός>", "town": "Θεσσαλονίκη", "link": "https://cowork.example/el/confirm/x.y-z/?a=1&b=2"}


@pytest.fixture(autouse=True)
def templates(tmp_path, settings):
    """A page of mail for tests only, beside the site's own."""
    folder = tmp_path / "templates"
    (folder / "mail").mkdir(parents=True)
    (folder / "mail" / "a-test.html").write_text(ASK)
    (folder / "mail" / "broken.html").write_text(ASK.replace("{{ town }}", "{{ nobody_gave_this }}"))
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], folder]}, *others]


def send(key="ask:p1", **changes):
    given = {"to": "ana@example.org", "language": "el", "template": "a-test", "context": CONTEXT} | changes
    return mail.send(key=key, **given)


def states() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
class TestSend:
    def test_it_leaves_once_the_job_is_done(self):
        assert send()
        assert django_mail.outbox == []
        jobs.run_due()
        (sent,) = django_mail.outbox
        assert sent.to == ["ana@example.org"]
        assert states() == ["sent"]

    def test_under_one_key_there_is_one_for_ever(self):
        assert send()
        assert not send()
        jobs.run_due()
        assert not send()
        jobs.run_due()
        assert len(django_mail.outbox) == 1

    def test_once_sent_neither_address_nor_words_are_kept(self):
        send(stop=STOP)
        jobs.run_due()
        kept = json.dumps(list(Mail.objects.values()), default=str) + json.dumps(
            list(Job.objects.values()), default=str
        )
        assert not [word for word in ("ana@", "example.org", "Café", "confirm", STOP) if word in kept]

    @pytest.mark.parametrize(
        "address", ["", "ana", "ana@", "ana@example.org\nBcc: eve@example.org", "a b@example.org", "x" * 400 + "@a.org"]
    )
    def test_what_is_no_address(self, address):
        with pytest.raises(mail.AddressError):
            send(to=address)
        assert states() == []

    @pytest.mark.parametrize("template", ["../layout", "nothing", "a-test.html", ""])
    def test_what_is_no_template(self, template):
        with pytest.raises((ValueError, TemplateNotFound)):
            send(template=template)

    def test_what_json_cannot_hold_is_refused_at_once(self):
        with pytest.raises(TypeError), transaction.atomic():
            send(context={"name": object()})

    def test_an_unknown_language_is_english(self):
        send(language="xx")
        jobs.run_due()
        assert django_mail.outbox[0].subject == "Café <Ουρανός>: Places & more"

    def test_one_that_cannot_be_written_stops_no_other(self):
        send(template="broken")
        send(key="other")
        jobs.run_due()
        assert states() == ["failed", "sent"]
        assert "nobody_gave_this" in Mail.objects.first().error


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_undone_sends_nothing():
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    jobs.run_due()
    assert django_mail.outbox == []


@pytest.mark.django_db
class TestMessage:
    def message(self, **changes) -> EmailMessage:
        send(**changes)
        jobs.run_due()
        raw = django_mail.outbox[0].message().as_bytes()
        found = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def test_in_the_readers_language_as_text_and_as_html(self):
        message = self.message()
        assert message["Subject"] == "Café <Ουρανός>: Χώροι & more"
        text, page = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
        assert text.split("\n\n")[:3] == [
            "Café <Ουρανός>",
            "Town: Θεσσαλονίκη",
            "Yes, it is right\nhttps://cowork.example/el/confirm/x.y-z/?a=1&b=2",
        ]
        assert '<html lang="el" dir="ltr">' in page
        assert "Café &lt;Ουρανός&gt;" in page
        assert "<img" not in page

    def test_headers(self):
        message = self.message(stop=STOP)
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == "el"
        assert message["Message-ID"] == Mail.objects.get().message_id
        assert message["List-Unsubscribe"] == f"<{STOP}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert STOP in message.get_body(("plain",)).get_content()

    def test_mail_its_reader_asked_for_has_no_stop(self):
        message = self.message()
        assert "List-Unsubscribe" not in message
        assert "stop" not in message.get_body(("plain",)).get_content()

    @given(name=st.text())
    def test_no_name_makes_a_header(self, name):
        read = mail.render(language="el", template="a-test", context={**CONTEXT, "name": name})
        assert "\n" not in read.subject
        message = mail.compose(Mail(to="a@b.org", template="a-test", language="el", context={**CONTEXT, "name": name}))
        assert "Bcc" not in message.message()


class TestPlain:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>One\n  line</p><p>Two</p>", "One line\n\nTwo\n"),
            ("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n"),
            ("<table><tr><th>Town<td>Split</tr><tr><th>Open<td>9–17</tr></table>", "Town: Split\nOpen: 9–17\n"),
            ('<p><a href="https://x.org/?a&amp;b">Go</a> now</p>', "Go\nhttps://x.org/?a&b\nnow\n"),
            ('<a href="https://x.org">https://x.org</a>', "https://x.org\n"),
            ("<style>p{}</style><title>T</title>&lt;b&gt; &amp; co<br>below", "<b> & co\nbelow\n"),
            ("", "\n"),
        ],
    )
    def test_as(self, html, text):
        assert plain(html) == text


@pytest.fixture
def server(settings):
    with mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 5
        yield box


@pytest.mark.django_db
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestServer:
    def test_several_by_one_connection(self, server):
        for number in range(5):
            send(key=str(number), to=f"p{number}@example.org")
        jobs.run_due()
        assert states() == ["sent"] * 5
        assert server.connections == 1
        assert sorted(email.message_from_string(one)["To"] for one in server.messages) == [
            f"p{number}@example.org" for number in range(5)
        ]

    def test_more_than_go_at_a_time(self, server, monkeypatch):
        monkeypatch.setattr(mail, "_AT_A_TIME", 2)
        for number in range(5):
            send(key=str(number))
        jobs.run_due()
        assert states() == ["sent"] * 5
        assert server.connections == 3

    def test_refused_for_good(self, server):
        server.replies = {"RCPT": ["550 5.1.1 nobody here"]}
        send(key="a")
        send(key="b")
        jobs.run_due()
        assert states() == ["failed", "sent"]
        assert "5.1.1" in Mail.objects.first().error

    def test_refused_for_now_and_again_later(self, server):
        server.replies = {"RCPT": ["450 4.2.1 greylisted"], "DONE": ["451 4.3.0 try again"]}
        send(key="a")
        send(key="b")
        jobs.run_due()
        assert states() == ["waiting", "waiting"]
        waits = [round((one.due - timezone.now()).total_seconds() / 60) for one in Mail.objects.all()]
        assert waits == [2, 2]
        Mail.objects.update(due=timezone.now())
        mail.deliver()
        assert states() == ["sent", "sent"]

    def test_refused_for_now_too_often(self, server):
        server.replies = {"RCPT": ["450 4.2.1 greylisted"] * mail.TRIES}
        send()
        for _ in range(mail.TRIES):
            Mail.objects.update(due=timezone.now())
            mail.deliver()
        assert states() == ["failed"]
        assert Mail.objects.get().attempts == mail.TRIES

    def test_broken_off_after_the_mail_nobody_knows(self, server):
        """The server has it, its word does not come: sent again it would be there twice."""
        server.replies = {"DONE": [""]}
        send(key="a")
        send(key="b")
        jobs.run_due()
        assert states() == ["doubtful", "waiting"], "the others wait for the next time"
        jobs.tick(timezone.now() + LATER)
        mail.deliver()
        assert states() == ["doubtful", "sent"]
        assert len(server.messages) == 2

    def test_a_server_that_is_away_is_waited_for(self, server, settings):
        settings.EMAIL_PORT = 1
        send()
        jobs.run_due()
        assert states() == ["waiting"]
        assert Job.objects.get().state == "waiting"
        settings.EMAIL_PORT = server.port
        jobs.run_due(timezone.now() + LATER)
        assert states() == ["sent"]

    def test_a_person_decides_on_a_doubtful_one(self, server):
        server.replies = {"DONE": ["", ""]}
        send(key="a")
        send(key="b")
        mail.deliver()
        mail.deliver()
        first, second = Mail.objects.all()
        assert mail.resolve(first.pk, sent=True)
        assert mail.resolve(second.pk, sent=False)
        assert not mail.resolve(first.pk, sent=False)
        jobs.run_due()
        assert states() == ["sent", "sent"]
        assert len(server.messages) == 3


@pytest.mark.django_db(transaction=True)
class TestKilled:
    @pytest.fixture
    def journal(self, tmp_path, monkeypatch, settings) -> Path:
        path = tmp_path / "journal"
        path.touch()
        settings.EMAIL_BACKEND = "tests.platform.backends.Journal"
        monkeypatch.setattr(Journal, "path", path)
        return path

    def test_at_every_statement_no_mail_leaves_twice(self, journal):
        """Whoever sends dies at its 1st, 2nd, 3rd … statement; whoever comes after sends the rest, and flags what may
        have left."""
        sent: list[int] = []

        def check(statement: int) -> None:
            Mail.objects.filter(state="sending").update(changed=timezone.now() - LATER)
            jobs.run_due(timezone.now() + LATER)
            left = [line.split()[0] for line in journal.read_text().split("\n") if line]
            assert len(left) == len(set(left)), f"twice, killed at statement {statement}"
            for one in Mail.objects.all():
                assert one.state == "sent" or (one.state == "doubtful" and one.to), f"statement {statement}: {one}"
            assert Mail.objects.filter(state="sent").count() <= len(left)
            sent.append(len(left))
            begin()

        def begin() -> None:
            journal.write_text("")
            Mail.objects.all().delete()
            Job.objects.all().delete()
            send(key="a", to="a@example.org")
            send(key="b", to="b@example.org")

        begin()
        assert at_every_statement(jobs.run_due, check) >= 10
        assert sent[0] == sent[-1] == 2

    def test_between_the_servers_word_and_ours(self, journal, settings):
        settings.EMAIL_BACKEND = "tests.platform.backends.DiesAfter"
        assert issubclass(DiesAfter, Journal)
        send()
        assert kill_at(0, jobs.run_due)
        assert states() == ["sending"]
        settings.EMAIL_BACKEND = "tests.platform.backends.Journal"
        mail.deliver()
        assert states() == ["sending"], "whoever sends it may be alive"
        Mail.objects.update(changed=timezone.now() - LATER)
        jobs.run_due(timezone.now() + LATER)
        mail.deliver()
        assert states() == ["doubtful"]
        assert len(journal.read_text().splitlines()) == 1


@pytest.mark.django_db
class TestQuiet:
    def test_who_said_stop_gets_no_more_of_what_nobody_asked_for(self):
        send(key="a", stop=STOP)
        mail.stop("Ana@Example.org")
        send(key="b", stop=STOP)
        send(key="asked for")
        send(key="another", to="eve@example.org", stop=STOP)
        jobs.run_due()
        assert states() == ["withheld", "withheld", "sent", "sent"]
        assert mail.is_quiet("ana@example.org")
        mail.resume("ana@example.org")
        send(key="c", stop=STOP)
        jobs.run_due()
        assert states()[-1] == "sent"

    def test_of_whom_only_a_digest_is_kept(self):
        mail.stop("ana@example.org")
        assert "ana" not in json.dumps(list(Quiet.objects.values()), default=str)

    def test_what_was_not_sent_is_forgotten_in_the_end(self):
        for key in "abc":
            send(key=key)
        Mail.objects.filter(key="a").update(state="doubtful", changed=timezone.now() - timedelta(days=31))
        Mail.objects.filter(key="b").update(state="failed", changed=timezone.now() - timedelta(days=731))
        mail.purge()
        assert list(Mail.objects.order_by("key").values_list("key", "to")) == [("a", ""), ("c", "ana@example.org")]


REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 23 Nov 2026 06:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--B
Content-Type: {kind}

Message-ID: {message_id}
Subject: =?utf-8?b?zqfPjs+Bzr/OuQ==?=

--B--
"""


@pytest.mark.django_db
class TestBounces:
    def report(self, **changes) -> bytes:
        if not Mail.objects.exists():
            send(stop=STOP)
            jobs.run_due()
        fields = {
            "recipient": "ana@example.org",
            "action": "failed",
            "status": "5.1.1",
            "kind": "message/rfc822",
            "message_id": Mail.objects.get().message_id,
        }
        return REPORT.format(**(fields | changes)).encode()

    @pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
    def test_given_up_for_good_the_address_is_quiet(self, kind):
        report = self.report(kind=kind)
        assert mail.read_report(report) == mail.Bounce("ana@example.org", "5.1.1", True, Mail.objects.get().message_id)
        assert mail.bounced(report)
        assert not mail.bounced(report), "once"
        assert states() == ["bounced"]
        quiet = Quiet.objects.get()
        assert (quiet.reason, quiet.status) == ("bounced", "5.1.1")
        send(key="next", stop=STOP)
        assert states() == ["bounced", "withheld"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"action": "delayed", "status": "4.4.1"},
            {"action": "failed", "status": "4.2.2"},
            {"action": "delivered", "status": "2.0.0"},
            {"recipient": "eve@example.org"},
            {"message_id": "<made-up@localhost>"},
            {"message_id": ""},
            {"status": ""},
        ],
        ids=["delayed", "full for now", "delivered", "another address", "another mail", "no mail", "no status"],
    )
    def test_anything_else_changes_nothing(self, changes):
        assert not mail.bounced(self.report(**changes))
        assert states() == ["sent"]
        assert not Quiet.objects.exists()

    def test_an_answer_of_a_person_is_no_report(self):
        assert mail.read_report(b"From: ana@example.org\nSubject: Re: hello\n\nThank you") is None

    @given(st.data())
    def test_a_broken_report_breaks_nothing(self, data):
        report = REPORT.format(
            recipient="ana@example.org", action="failed", status="5.1.1", kind="message/rfc822", message_id="<x@y>"
        ).encode()
        start = data.draw(st.integers(0, len(report)))
        end = data.draw(st.integers(start, len(report)))
        mail.bounced(report[:start] + data.draw(st.binary(max_size=40)) + report[end:])
        assert not Quiet.objects.exists()


class TestSettings:
    DEFAULT = Path("/tmp/var/mail")

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("", {"backend": "filebased", "file_path": "/tmp/var/mail"}),
            ("file:///tmp/a%20b", {"backend": "filebased", "file_path": "/tmp/a b"}),
            ("console:", {"backend": "console"}),
            (
                "smtp://ana%40x.org:p%3Aw@mx.example.org",
                {"host": "mx.example.org", "port": 587, "host_user": "ana@x.org", "host_password": "p:w",
                 "use_tls": True, "use_ssl": False},
            ),
            ("smtp://localhost:25?tls=no", {"host": "localhost", "port": 25, "use_tls": False, "host_user": ""}),
            ("smtps://mx.example.org", {"port": 465, "use_tls": False, "use_ssl": True}),
        ],
    )  # fmt: skip
    def test_read(self, url, expected):
        found = mail_settings.read(url, default=self.DEFAULT)
        backend = expected.pop("backend", "smtp")
        assert f".{backend}." in found.backend
        assert {name: getattr(found, name) for name in expected} == expected

    @pytest.mark.parametrize(
        "url",
        ["mx.example.org", "http://x", "smtp://", "smtp://x:99999", "smtp://x:port", "smtp://x?tls=maybe", "smtp"],
    )
    def test_what_is_none(self, url):
        with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
            mail_settings.read(url, default=self.DEFAULT)
