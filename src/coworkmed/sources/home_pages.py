"""A web page asked for once, to see whether it answers and what it says: past the same guard as every list."""

import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from coworkmed import __version__

from .fetch import REDIRECTS, Allow, GuardedTransport, Resolve, is_public, parsed, resolve, retry_after

_TAG = re.compile(r"<[^<>]*>")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})")


@dataclass(frozen=True, slots=True)
class Limits:
    """``size`` bytes that are read, the rest is left; ``total`` seconds for everything, ``stall`` for each step."""

    size: int = 500_000
    total: float = 30.0
    stall: float = 10.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it.

    ``status``  of HTTP; 0 where nobody answered: no such name, no connection, no end
    ``text``    what the page says, once with its tags' own words and once without; "" if it is no page
    ``wait``    seconds the server asks us to stay away
    """

    status: int = 0
    text: str = ""
    wait: float = 0.0


def look(
    location: str,
    *,
    site: str,
    limits: Limits | None = None,
    allow: Allow = is_public,
    resolve: Resolve = resolve,
) -> Answer:
    """Ask for the page at ``location`` once, saying that ``site`` (its address) asks; redirects are followed. Whether a
    robot may read it is not asked, for that would be a second request.

    Raises UnsafeAddressError for an address the guard refuses. ``allow`` and ``resolve`` are there for tests.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.total
    with httpx.Client(
        transport=GuardedTransport(allow, resolve),
        timeout=limits.stall,
        headers={
            "User-Agent": f"CoWorkMed/{__version__} ({site})",
            "Accept": "text/html",
            "Accept-Encoding": "identity",
        },
        trust_env=False,
    ) as client:
        url, status = parsed(location), 0
        try:
            for _ in range(limits.redirects + 1):
                with _asked(client, url) as response:
                    status = response.status_code
                    if status not in REDIRECTS or "location" not in response.headers:
                        return Answer(status, _text(response, limits.size, deadline), retry_after(response))
                    url = parsed(str(response.headers["location"]), url)
            return Answer(status)  # in circles: it does answer
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError):
            return Answer()


@contextmanager
def _asked(client: httpx.Client, url: httpx.URL) -> Iterator[httpx.Response]:
    response = client.send(client.build_request("GET", url), stream=True)
    try:
        yield response
    finally:
        response.close()


def _text(response: httpx.Response, size: int, deadline: float) -> str:
    """What a page says, as far as ``size`` reaches. Raises TimeoutError where it has no end."""
    kind = response.headers.get("content-type", "text/html").lower()
    if response.status_code != 200 or "html" not in kind or response.headers.get("content-encoding"):
        return ""
    read = bytearray()
    for chunk in response.iter_raw():
        read += chunk
        if len(read) >= size:
            break
        if time.monotonic() > deadline:
            raise TimeoutError
    text = _decoded(bytes(read[:size]), response.charset_encoding or "")
    return f"{html.unescape(_TAG.sub(' ', text))}\n{html.unescape(text)}"


def _decoded(read: bytes, said: str) -> str:
    """In the encoding that the server said or the page names, if there is such a one; else in UTF-8."""
    named = _CHARSET.search(read[:2048])
    try:
        return read.decode(said or (named[1].decode() if named else "utf-8"), errors="replace")
    except (LookupError, ValueError):
        return read.decode(errors="replace")
