"""Lists over a real, local web server that misbehaves on purpose; and the guard, which must refuse that server."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from coworkmed.kernel.errors import SourceError, UnsafeAddressError
from coworkmed.sources import fetch as fetching
from coworkmed.sources.fetch import Fetched, Limits, is_public, shown

LIST = b"name,town\n" + b"La Mutinerie,Paris\n" * 500
QUICK = Limits(attempts=3, stall=5, total=20)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        self.server.answer(self)

    def log_message(self, *_: Any) -> None:
        pass

    def say(self, status: int, body: bytes = b"", cut: int | None = None, **headers: str) -> None:
        """Answer; with ``cut``, send only so many bytes of the body and hang up."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.answer: Callable[[Handler], None] = lambda handler: handler.say(200, LIST, ETag='"one"')

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what several tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/list.csv"

    def in_turn(self, *answers: Callable[[Handler], None]) -> None:
        """Each request gets the next answer, the last one for ever."""
        waiting = list(answers)
        self.answer = lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Patience:
    """Counts the pauses instead of sleeping."""

    waits: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def fetch(location: str, folder: Path, **more: Any) -> Fetched:
    """As in earnest, but this machine may be called."""
    return fetching.fetch(
        location, folder=folder, **{"allow": lambda address: True, "limits": QUICK, "sleep": Patience(), **more}
    )


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_local_file_is_taken_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(LIST)
    assert fetching.fetch(str(path), folder=tmp_path / "f") == Fetched(path, checksum(LIST))
    with pytest.raises(SourceError, match="No such file"):
        fetching.fetch(str(tmp_path / "none.csv"), folder=tmp_path)
    with pytest.raises(SourceError, match=r"larger than the limit of 0\.001 MB"):
        fetching.fetch(str(path), folder=tmp_path, limits=Limits(size=1000))


def test_a_local_folder_has_a_checksum_of_its_documents(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("1")
    before = fetching.fetch(str(tmp_path), folder=tmp_path).checksum
    (tmp_path / "b.json").write_text("2")
    assert fetching.fetch(str(tmp_path), folder=tmp_path).checksum != before


@pytest.mark.enable_socket
class TestOverHttp:
    def test_a_list_is_fetched_and_described(self, server: Server, tmp_path: Path) -> None:
        server.answer = lambda handler: handler.say(
            200, LIST, ETag='"one"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT"
        )
        got = fetch(server.url, tmp_path)
        assert got.path.read_bytes() == LIST
        assert got == Fetched(got.path, checksum(LIST), '"one"', "Mon, 02 Nov 2026 10:00:00 GMT")
        assert got.path.parent == tmp_path
        assert not list(tmp_path.glob("*.part*"))
        assert server.seen[0][1]["User-Agent"].startswith("CoWorkMed/")

    def test_what_did_not_change_is_not_sent_again(self, server: Server, tmp_path: Path) -> None:
        first = fetch(server.url, tmp_path)
        server.answer = lambda handler: handler.say(304 if handler.headers.get("If-None-Match") == '"one"' else 500)
        again = fetch(server.url, tmp_path, etag=first.etag, last_modified=first.last_modified)
        assert again == Fetched(first.path, first.checksum, '"one"', "", unchanged=True)

    def test_nothing_is_unchanged_against_a_copy_we_no_longer_hold(self, server: Server, tmp_path: Path) -> None:
        fetch(server.url, tmp_path)
        server.answer = lambda handler: handler.say(200, b"name\nB\n", ETag='"two"')
        fetch(server.url, tmp_path)  # a version that was refused, say: the registry still stands at "one"
        server.answer = lambda handler: handler.say(
            304 if "If-None-Match" in handler.headers else 200, LIST, ETag='"one"'
        )
        got = fetch(server.url, tmp_path, etag='"one"')
        assert (got.unchanged, got.path.read_bytes()) == (False, LIST)

    def test_a_server_that_is_busy_is_asked_again(self, server: Server, tmp_path: Path) -> None:
        patience = Patience()
        server.in_turn(
            lambda handler: handler.say(503),
            lambda handler: handler.say(429, Retry_After="7"),
            lambda handler: handler.say(200, LIST),
        )
        assert fetch(server.url, tmp_path, sleep=patience).checksum == checksum(LIST)
        assert patience.waits == [1.0, 7.0]

    def test_a_date_to_come_back_at_is_understood(self, server: Server, tmp_path: Path) -> None:
        patience = Patience()
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
        server.in_turn(lambda handler: handler.say(503, Retry_After=later), lambda handler: handler.say(200, LIST))
        fetch(server.url, tmp_path, sleep=patience)
        assert 5 < patience.waits[0] <= 10

    def test_a_server_that_asks_too_long_a_wait_or_never_recovers_is_left(self, server: Server, tmp_path: Path) -> None:
        server.answer = lambda handler: handler.say(503, Retry_After="86400")
        with pytest.raises(SourceError, match="come back in 86400 seconds"):
            fetch(server.url, tmp_path)
        server.answer = lambda handler: handler.say(502)
        with pytest.raises(SourceError, match="after 3 attempts: 502"):
            fetch(server.url, tmp_path)
        assert len(server.seen) == 4

    @pytest.mark.parametrize(
        ("status", "said"), [(404, "nothing at"), (410, "nothing at"), (403, "does not let us in"), (400, "status 400")]
    )
    def test_a_refusal_is_final(self, server: Server, tmp_path: Path, status: int, said: str) -> None:
        server.answer = lambda handler: handler.say(status)
        with pytest.raises(SourceError, match=said):
            fetch(server.url, tmp_path)
        assert len(server.seen) == 1

    def test_a_connection_that_breaks_goes_on_where_it_stopped(self, server: Server, tmp_path: Path) -> None:
        def rest(handler: Handler) -> None:
            assert handler.headers["If-Range"] == '"one"'
            start = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            assert 0 < start <= 4000
            handler.say(206, LIST[start:], Content_Range=f"bytes {start}-{len(LIST) - 1}/{len(LIST)}", ETag='"one"')

        server.in_turn(lambda handler: handler.say(200, LIST, cut=4000, ETag='"one"'), rest)
        got = fetch(server.url, tmp_path)
        assert (got.checksum, got.etag) == (checksum(LIST), '"one"')

    def test_it_goes_on_even_in_another_run(self, server: Server, tmp_path: Path) -> None:
        server.answer = lambda handler: handler.say(200, LIST, cut=4000, ETag='"one"')
        with pytest.raises(SourceError):
            fetch(server.url, tmp_path, limits=Limits(attempts=1, stall=5, total=20))
        server.answer = lambda handler: handler.say(206, LIST[4000:], Content_Range="bytes 4000-/*", ETag='"one"')
        assert fetch(server.url, tmp_path).checksum == checksum(LIST)
        assert server.seen[-1][1]["Range"] == "bytes=4000-"

    def test_parts_of_two_versions_are_never_put_together(self, server: Server, tmp_path: Path) -> None:
        other = b"name,town\n" + b"Autre,Nice\n" * 900
        server.in_turn(
            lambda handler: handler.say(200, LIST, cut=4000, ETag='"one"'),
            lambda handler: handler.say(200, other, ETag='"two"'),  # If-Range failed: the whole new list
        )
        got = fetch(server.url, tmp_path)
        assert (got.checksum, got.etag) == (checksum(other), '"two"')

    @pytest.mark.parametrize("answer", [(416, {}), (206, {"Content_Range": "bytes 0-9/10"}), (206, {})])
    def test_an_answer_that_does_not_continue_ours_starts_over(
        self, server: Server, tmp_path: Path, answer: Any
    ) -> None:
        status, headers = answer
        server.in_turn(
            lambda handler: handler.say(200, LIST, cut=4000, ETag='"one"'),
            lambda handler: handler.say(status, b"0123456789", **headers),
            lambda handler: handler.say(200, LIST, ETag='"one"'),
        )
        assert fetch(server.url, tmp_path).checksum == checksum(LIST)
        assert "Range" not in server.seen[-1][1]

    def test_without_a_strong_mark_a_cut_list_is_fetched_anew(self, server: Server, tmp_path: Path) -> None:
        server.in_turn(
            lambda handler: handler.say(200, LIST, cut=4000, ETag='W/"one"'), lambda handler: handler.say(200, LIST)
        )
        assert fetch(server.url, tmp_path).checksum == checksum(LIST)
        assert "Range" not in server.seen[-1][1]

    def test_a_list_that_is_too_large_is_refused_announced_or_not(self, server: Server, tmp_path: Path) -> None:
        small = Limits(size=5000, attempts=1, stall=5, total=20)
        with pytest.raises(SourceError, match="larger than the limit"):
            fetch(server.url, tmp_path, limits=small)

        def endless(handler: Handler) -> None:
            handler.send_response(200)
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.close_connection = True
            try:
                for _ in range(1000):
                    handler.wfile.write(b"0" * 10_000)
            except OSError:
                pass

        server.answer = endless
        with pytest.raises(SourceError, match="larger than the limit"):
            fetch(server.url, tmp_path, limits=small)
        assert not [path for path in tmp_path.glob("*") if path.stat().st_size > 5000]

    def test_a_list_that_never_ends_is_left_when_time_is_up(self, server: Server, tmp_path: Path) -> None:
        def drip(handler: Handler) -> None:
            handler.send_response(200)
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.close_connection = True
            stop = threading.Event()
            try:
                for _ in range(100):
                    handler.wfile.write(b"0")
                    stop.wait(0.05)
            except OSError:
                pass

        server.answer = drip
        with pytest.raises(SourceError, match="took longer than"):
            fetch(server.url, tmp_path, limits=Limits(total=0.3, attempts=1, stall=5))

    def test_redirects_are_followed_and_not_for_ever(self, server: Server, tmp_path: Path) -> None:
        server.in_turn(
            lambda handler: handler.say(302, Location="/other.csv?x=1"),
            lambda handler: handler.say(308, Location=f"http://localhost:{server.server_port}/third.csv"),
            lambda handler: handler.say(200, LIST),
        )
        assert fetch(server.url, tmp_path).checksum == checksum(LIST)
        assert [path for path, _ in server.seen] == ["/list.csv", "/other.csv?x=1", "/third.csv"]
        server.answer = lambda handler: handler.say(301, Location="/again")
        with pytest.raises(SourceError, match="round in circles"):
            fetch(server.url, tmp_path)

    def test_the_guard_refuses_this_very_server(self, server: Server, tmp_path: Path) -> None:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0"):
            with pytest.raises(UnsafeAddressError, match="inside a private network"):
                fetching.fetch(f"http://{host}:{server.server_port}/", folder=tmp_path, limits=QUICK)
        assert server.seen == []
        fetch(server.url, tmp_path)  # what the tests allow themselves does reach it
        assert len(server.seen) == 1

    def test_a_redirect_into_a_private_network_is_refused(self, server: Server, tmp_path: Path) -> None:
        inside = [
            "http://169.254.169.254/latest/meta-data/",
            "http://[::ffff:10.0.0.1]/",
            "//192.168.1.1/",
            "file:///etc/passwd",
            "gopher://x/",
        ]
        for location in inside:
            server.answer = lambda handler, location=location: handler.say(302, Location=location)  # type: ignore[misc]
            with pytest.raises(UnsafeAddressError):
                fetch(server.url, tmp_path, allow=lambda address: is_public(address) or address.is_loopback)

    def test_a_name_that_changes_its_mind_gets_nowhere(self, server: Server, tmp_path: Path) -> None:
        answers = [["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "127.0.0.1"]]
        asked: list[str] = []

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return answers[1]

        with pytest.raises(UnsafeAddressError):
            fetching.fetch(
                f"http://list.example:{server.server_port}/", folder=tmp_path, limits=QUICK, resolve=rebinding
            )
        with pytest.raises(UnsafeAddressError):  # one good address does not excuse a bad one
            fetching.fetch("http://list.example/", folder=tmp_path, limits=QUICK, resolve=lambda host, port: answers[2])
        assert asked == ["list.example"]
        assert server.seen == []

    def test_the_address_that_was_checked_is_the_one_called(self, server: Server, tmp_path: Path) -> None:
        asked: list[tuple[str, int]] = []

        def once(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["127.0.0.1"]

        got = fetch(f"http://list.example:{server.server_port}/list.csv", tmp_path, resolve=once)
        assert got.checksum == checksum(LIST)
        assert asked == [("list.example", server.server_port)]
        assert server.seen[0][1]["Host"] == f"list.example:{server.server_port}"

    def test_a_host_nobody_knows_is_said_to_be_out_of_reach(self, tmp_path: Path) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise OSError("Name or service not known")

        with pytest.raises(SourceError, match="after 3 attempts: Name or service not known"):
            fetch("http://list.example/", tmp_path, resolve=unknown)

    def test_no_proxy_of_the_environment_is_used(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        assert fetch(server.url, tmp_path).checksum == checksum(LIST)

    def test_credentials_and_queries_are_never_shown(self, server: Server, tmp_path: Path) -> None:
        server.answer = lambda handler: handler.say(404)
        secret = server.url.replace("http://", "http://me:secret@") + "?key=hidden#part"
        with pytest.raises(SourceError) as error:
            fetch(secret, tmp_path)
        assert "secret" not in str(error.value)
        assert "hidden" not in str(error.value)
        assert "/list.csv" in str(error.value)


@pytest.mark.parametrize(
    "location",
    ["ftp://example.org/x", "file:///etc/passwd", "http:///x", "http://[::1", "http://exa mple:x/", "javascript://x"],
)
def test_what_is_no_web_address_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(UnsafeAddressError):
        fetching.fetch(location, folder=tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.2.1", "192.168.0.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1",
        "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_what_is_shown_of_an_address() -> None:
    assert shown("https://me:pass@example.org:8443/a/b.csv?token=x#y") == "https://example.org:8443/a/b.csv"
    assert shown("https://example.org/a@b.csv") == "https://example.org/a@b.csv"


def test_a_device_has_no_end_and_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        fetching.fetch("/dev/zero", folder=tmp_path)
