"""A web page asked for once: what answers, what doesn't, and what must not be asked."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from coworkmed.kernel.errors import UnsafeAddressError
from coworkmed.sources.home_pages import Answer, Limits, look

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

QUICK = Limits(size=10_000, total=1.0, stall=0.5)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        getattr(self, "do_" + self.path.split("?")[0].strip("/").replace("/", "_"), self.do_page)()

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Type": "text/html; charset=utf-8"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_page(self) -> None:
        self.say(200, "<title>La Ruche</title><p>L&eacute;on</p><img alt='Café Zoé'>".encode())

    def do_greek(self) -> None:
        self.say(200, '<meta charset="windows-1253"><h1>Κυψέλη</h1>'.encode("windows-1253"), Content_Type="text/html")

    def do_unknown(self) -> None:
        self.say(200, b"<meta charset=klingon><h1>La Ruche</h1>", Content_Type="text/html")

    def do_punycode(self) -> None:
        self.say(200, b"<h1>La Ruche</h1>", Content_Type="text/html; charset=idna")

    def do_picture(self) -> None:
        self.say(200, b"La Ruche", Content_Type="image/png")

    def do_gone(self) -> None:
        self.say(404, b"La Ruche")

    def do_busy(self) -> None:
        self.say(503, b"La Ruche", Retry_After="120")

    def do_away(self) -> None:
        self.say(302, Location="/page")

    def do_round(self) -> None:
        self.say(302, Location="/round")

    def do_inside(self) -> None:
        self.say(302, Location="http://10.0.0.1/")

    def do_file(self) -> None:
        self.say(302, Location="file:///etc/passwd")

    def do_zipped(self) -> None:
        self.say(200, b"\x1f\x8b not really", Content_Encoding="gzip")

    def do_silent(self) -> None:
        time.sleep(1.5)

    def do_endless(self) -> None:
        self.say(200)
        try:
            for _ in range(30):
                self.wfile.write(b"x")
                time.sleep(0.1)
        except OSError:
            pass

    def do_huge(self) -> None:
        self.say(200)
        try:
            for _ in range(1000):
                self.wfile.write(b"La Ruche " * 1000)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.daemon_threads = True
        server.asked = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def asked(site, path: str = "/page", **how) -> Answer:
    """A look at a page of the local server, which the guard would refuse."""
    local = {"allow": lambda address: address == ip_address("127.0.0.1"), "resolve": lambda host, port: ["127.0.0.1"]}
    address = f"http://place.example:{site.server_address[1]}{path}"
    return look(address, site="https://third.example", limits=QUICK, **local | how)


def test_it_is_asked_for_once_by_name(site):
    site.asked.clear()
    found = asked(site)
    assert found.status == 200
    assert all(words in found.text for words in ("La Ruche", "Léon", "Café Zoé"))
    ((path, headers),) = site.asked
    assert path == "/page"
    assert "https://third.example" in headers["User-Agent"] and headers["User-Agent"].startswith("CoWorkMed/")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/greek", 200, "Κυψέλη"),
        ("/unknown", 200, "La Ruche"),
        ("/punycode", 200, "La Ruche"),
        ("/away", 200, "La Ruche"),
        ("/huge", 200, "La Ruche La Ruche"),
        ("/picture", 200, ""),
        ("/zipped", 200, ""),
        ("/gone", 404, ""),
        ("/round", 302, ""),
    ],
)
def test_what_answers(site, path, status, words):
    found = asked(site, path)
    assert (found.status, found.wait) == (status, 0)
    assert words in found.text if words else found.text == ""
    assert len(found.text) < 50_000


def test_who_asks_us_to_stay_away(site):
    assert asked(site, "/busy") == Answer(503, "", 120.0)


@pytest.mark.parametrize("path", ["/silent", "/endless"])
def test_nobody_waits_for_ever(site, path):
    start = time.monotonic()
    assert asked(site, path) == Answer()
    assert time.monotonic() - start < 3


def test_a_name_nobody_knows_and_a_door_nobody_opens(site):
    def unknown(host, port):
        raise OSError("no such name")

    assert asked(site, resolve=unknown) == Answer()
    assert look("http://place.example:9/", site="x", allow=lambda _: True, resolve=lambda *_: ["127.0.0.1"]) == Answer()


@pytest.mark.parametrize("path", ["/inside", "/file"])
def test_a_redirect_never_leads_inside(site, path):
    def named(host, port):
        return ["127.0.0.1" if host == "place.example" else host]

    with pytest.raises(UnsafeAddressError):
        asked(site, path, resolve=named)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "http://[::1]/", "http://192.168.1.1/", "ftp://a.example/", "x", ""]
)
def test_what_must_not_be_asked_is_not(address):
    with pytest.raises(UnsafeAddressError):
        look(address, site="https://third.example", resolve=lambda host, port: [host])
