"""Ways for mail to leave, for tests in which whoever sends is killed."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Journal(BaseEmailBackend):
    """Hands mail over to a file, which outlives the process that wrote it: a line for each."""

    path = Path()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            with self.path.open("a") as file:
                file.write(f"{message.to[0]} {message.message()['Message-ID']}\n")
        return len(email_messages)


class DiesAfter(Journal):
    """The power goes between the server's word that it has the mail and the note of it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        super().send_messages(email_messages)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0
