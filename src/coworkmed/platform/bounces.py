"""Mails that came back: read from a folder or a mailbox of their own, and taken in (`mail.bounced`).

What is a report about a mail of ours is removed, for it names an address. Anything else is left to a person: in a
mailbox as read, in a folder under ``other``.
"""

import imaplib
import logging
import ssl
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from . import mail
from .jobs import job
from .mail_settings import Inbox

log = logging.getLogger(__name__)

LARGEST = 1_000_000  # octets read of a mail: what a report says stands at its beginning
_AT_A_TIME = 500
_TIMEOUT_S = 30


@job("mail.bounces", every="every 10 minutes", atomic=False, lease=timedelta(minutes=30))
def collect() -> None:
    """Look into the inbox of ``BOUNCES_URL``, if there is one. Done twice, it finds less the second time."""
    inbox: Inbox | None = settings.BOUNCES
    if inbox:
        found, taken = from_server(inbox) if inbox.host else from_folder(Path(inbox.folder))
        if found:
            log.info("%d mails came back, %d of them reports on ours", found, taken)


def from_folder(folder: Path) -> tuple[int, int]:
    """Take in ``*.eml`` of a folder, and what is new in it where it is a Maildir; how many there were, and how many of
    them were reports on mails of ours. Raises OSError."""
    waiting = sorted([*folder.glob("*.eml"), *(folder / "new").glob("*")])
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder: see BOUNCES_URL")
    taken = 0
    for path in waiting:
        with path.open("rb") as file:
            raw = file.read(LARGEST)
        if mail.bounced(raw):
            taken += 1
            path.unlink()
        else:
            (folder / "other").mkdir(exist_ok=True)
            path.rename(folder / "other" / path.name)
    return len(waiting), taken


def from_server(inbox: Inbox) -> tuple[int, int]:
    """As `from_folder`, from what is unread in a mailbox that a server keeps, over TLS with its certificate checked.
    Raises OSError, and IMAP4.error for what the server refuses."""
    context = ssl.create_default_context()
    with imaplib.IMAP4_SSL(inbox.host, inbox.port, ssl_context=context, timeout=_TIMEOUT_S) as server:
        server.login(inbox.user, inbox.password)
        quoted = inbox.folder.replace("\\", "\\\\").replace('"', '\\"')
        done, said = server.select(f'"{quoted}"')
        if done != "OK":
            raise imaplib.IMAP4.error(f"no folder {inbox.folder}: {said!r}")
        unread = server.uid("SEARCH", "UNSEEN")[1][0].split()[:_AT_A_TIME]
        taken = 0
        for number in unread:
            ours = mail.bounced(_text(server.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)")[1]))
            server.uid("STORE", number.decode(), "+FLAGS", r"(\Seen \Deleted)" if ours else r"(\Seen)")
            taken += ours
        server.close()  # and removes what was taken in
    return len(unread), taken


def _text(answer: list[object]) -> bytes:
    """The mail in the answer to a FETCH; nothing where it is gone by now."""
    return next((part[1] for part in answer if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")
