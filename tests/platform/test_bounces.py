"""What comes back: from a folder, a Maildir, a mailbox elsewhere, or a mail server's pipe; other mail is left."""

import imaplib
import io
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.exceptions import ImproperlyConfigured

from coworkmed.cli.main import coworkmed
from coworkmed.platform import bounces, jobs, mail, mail_settings
from coworkmed.platform.mail_settings import Inbox
from coworkmed.platform.models import Job, Mail, Quiet

from . import imap
from .test_mail import REPORT

LETTER = b"From: ana@example.org\r\nSubject: A question\r\n\r\nWhere is your place?\r\n"
LOCAL = pytest.mark.allow_hosts(["127.0.0.1", "localhost"])


@pytest.fixture
def report(db: None) -> bytes:
    """On a mail of ours that was sent, and could not be delivered."""
    context = {"what": "app-added", "said": "x", "day": "2026-11-23", "ip": "", "browser": ""}
    mail.send(to="ana@example.org", language="en", template="notice", context=context, key="k")
    jobs.run_due()
    return about(Mail.objects.get().message_id)


def about(message_id: str) -> bytes:
    fields = {"recipient": "ana@example.org", "action": "failed", "status": "5.1.1", "kind": "message/rfc822"}
    return REPORT.format(message_id=message_id, **fields).encode()


@pytest.mark.parametrize("where", ["came.eml", "new/1732.host"])
def test_a_folder_is_read_and_other_mail_is_left(report: bytes, tmp_path: Path, settings: Any, where: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / where).write_bytes(report)
    (tmp_path / "letter.eml").write_bytes(LETTER)
    (tmp_path / "half-written").write_bytes(report)
    settings.BOUNCES = mail_settings.inbox(tmp_path.as_uri())
    bounces.collect()
    assert Quiet.objects.get().reason == "bounced"
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["half-written", "other/letter.eml"]
    bounces.collect()
    assert Mail.objects.get().state == "bounced"


def test_a_folder_that_is_not_there_is_a_failure_a_person_sees(db: None, tmp_path: Path, settings: Any) -> None:
    settings.BOUNCES = Inbox(str(tmp_path / "none"))
    bounces.collect.enqueue()
    jobs.run_one()
    assert "none is no folder: see BOUNCES_URL" in Job.objects.get().error


def test_without_a_setting_nothing_is_done(db: None, settings: Any) -> None:
    assert settings.BOUNCES is None
    bounces.collect()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[imap.Kept]:
    certified = imap.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    with imap.server(certified) as box:
        yield box


def inbox(server: imap.Kept, password: str = "right", folder: str = "Bounces") -> Inbox:
    return Inbox(folder, "localhost", server.port, "ana", password)


@LOCAL
def test_a_mailbox_elsewhere_is_read(report: bytes, server: imap.Kept) -> None:
    server.put(LETTER, report, about("<made-up@localhost>"))
    assert bounces.from_server(inbox(server)) == (3, 1)
    assert Quiet.objects.count() == 1
    assert list(server.mails.values()) == [LETTER, about("<made-up@localhost>")]
    assert all(flags == {r"\Seen"} for flags in server.flags.values())
    assert bounces.from_server(inbox(server)) == (0, 0)


@LOCAL
def test_a_mail_too_large_is_read_as_far_as_its_beginning(report: bytes, server: imap.Kept) -> None:
    server.put(report + b"x" * (bounces.LARGEST + 10))
    assert bounces.from_server(inbox(server)) == (1, 1)


@LOCAL
@pytest.mark.parametrize(("password", "folder"), [("wrong", "Bounces"), ("right", "Nowhere"), ('"\\', "Bounces")])
def test_what_the_server_refuses(server: imap.Kept, password: str, folder: str) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        bounces.from_server(inbox(server, password, folder))


@LOCAL
def test_a_server_nobody_vouches_for_gets_no_password(server: imap.Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        bounces.from_server(inbox(server))
    assert server.said == []


def test_a_pipe(report: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [CliRunner().invoke(coworkmed, ["mail", "bounces"], input=io.BytesIO(one)) for one in (report, report, b"")]
    assert [(one.exit_code, one.exception) for one in said] == [(0, None)] * 3
    assert "Noted" in said[0].output
    assert "Nothing was changed" in said[1].output
    assert Quiet.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", None),
        ("file:///var/mail/bounces%20here", Inbox("/var/mail/bounces here")),
        ("imaps://ana%40example.org:p%2Fw@mail.example.org",
         Inbox("INBOX", "mail.example.org", user="ana@example.org", password="p/w")),
        ("imaps://ana:pw@mail.example.org:1993/Back/again", Inbox("Back/again", "mail.example.org", 1993, "ana", "pw")),
    ],
)  # fmt: skip
def test_where_they_are_found(url: str, found: Inbox | None) -> None:
    assert mail_settings.inbox(url) == found


@pytest.mark.parametrize(
    "url",
    ["imap://a:b@host", "imaps://host", "imaps://a:b@", "imaps://a:b@host:99999", "imaps://a:b@host/a%0d%0ab", "x"],
)
def test_where_they_are_not(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BOUNCES_URL"):
        mail_settings.inbox(url)
