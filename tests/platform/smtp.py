"""A mail server of a few lines, on this machine, that says what it is told to say."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """``messages`` as they came; ``replies`` to the next commands of a name instead of "250 OK": an empty one breaks
    off."""

    port: int = 0
    messages: list[str] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    connections: int = 0


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        box = self.server.box
        box.connections += 1
        self.say("220 ready")
        while line := self.rfile.readline():
            command = line.split()[0].decode().upper() if line.strip() else ""
            if command == "DATA" and not box.replies.get("DATA"):
                self.say("354 go on")
                text = b""
                while (more := self.rfile.readline()) not in (b".\r\n", b""):
                    text += more.removeprefix(b".")
                command = "DONE"
                box.messages.append(text.decode())
            waiting = box.replies.get(command)
            reply = waiting.pop(0) if waiting else "221 bye" if command == "QUIT" else "250 OK"
            if not reply:
                return
            self.say(reply)
            if command == "QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Mailbox


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box = Mailbox(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()
