"""A mail server of a few lines that keeps one mailbox and gives it out by IMAP over TLS, on this machine."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Kept:
    """``mails`` by number, the ``flags`` of each, and all that was ``said`` to the server."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            number = max(self.mails, default=0) + 1
            self.mails[number], self.flags[number] = mail, set()


def certificate(folder: Path) -> Path:
    """Of this machine, signed by itself; with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            self.server.box.said.append(rest)
            done = self.answer(rest)
            self.say(f"{tag} {done}")
            if rest == "LOGOUT":
                return

    def answer(self, said: str) -> str:
        box = self.server.box
        if said == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif said.startswith("LOGIN"):
            return "OK in" if said.endswith('"right"') else "NO [AUTHENTICATIONFAILED] who?"
        elif said.startswith("SELECT"):
            if "Bounces" not in said:
                return "NO no such folder"
            self.say(f"* {len(box.mails)} EXISTS")
        elif said == "UID SEARCH UNSEEN":
            self.say("* SEARCH " + " ".join(str(one) for one in box.mails if r"\Seen" not in box.flags[one]))
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", said):
            text = box.mails[int(found[1])][: int(found[2])]
            self.say(f"* {found[1]} FETCH (UID {found[1]} BODY[]<0> {{{len(text)}}}")
            self.wfile.write(text)
            self.say(")")
        elif found := re.match(r"UID STORE (\d+) \+FLAGS \((.*)\)", said):
            box.flags[int(found[1])] |= set(found[2].split())
        elif said == "CLOSE":
            for gone in [one for one, flags in box.flags.items() if r"\Deleted" in flags]:
                del box.mails[gone], box.flags[gone]
        return "OK done"

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Kept
    context: ssl.SSLContext

    def get_request(self) -> tuple[ssl.SSLSocket, object]:
        """An error where they don't trust us: whoever asks next is served."""
        asked, address = super().get_request()
        return self.context.wrap_socket(asked, server_side=True), address


@contextmanager
def server(certified: Path) -> Iterator[Kept]:
    with _Server(("127.0.0.1", 0), _Session) as listening:
        listening.box = Kept(port=listening.server_address[1])
        listening.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        listening.context.load_cert_chain(certified)
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield listening.box
        finally:
            listening.shutdown()
            thread.join()
