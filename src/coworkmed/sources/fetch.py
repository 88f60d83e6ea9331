"""Getting a list: a local file, or http(s) with conditional requests, retries, resuming, limits, and a guard.

The guard: an address in a catalogue must never make this machine call its own network. Every host is resolved by us,
every address it resolves to must be public, and the connection goes to the very address that was checked, at every
redirect anew; so neither a redirect nor a name server that changes its mind gets past it.
"""

import errno
import hashlib
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path

import httpcore
import httpx

from coworkmed import __version__
from coworkmed.kernel.errors import SourceError, UnsafeAddressError
from coworkmed.kernel.i18n import N_

Address = IPv4Address | IPv6Address
Allow = Callable[[Address], bool]
Resolve = Callable[[str, int], list[str]]

_CHUNK = 1 << 16
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
REDIRECTS = {301, 302, 303, 307, 308}
_NAT64 = IPv6Network("64:ff9b::/96")
_USER_AGENT = f"CoWorkMed/{__version__} (registry of third places)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """``path``       the list as a file
    ``checksum``      SHA-256 of its bytes, hex
    ``unchanged``     the server said it is the one of ``etag`` or ``last_modified``
    """

    path: Path
    checksum: str
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """``size`` in bytes; ``total`` seconds for everything; ``stall`` seconds without a byte; ``wait`` the longest pause
    a server may ask for, in seconds; ``pause`` seconds before the second attempt, doubled before each further one."""

    size: int = 500_000_000
    total: float = 900.0
    stall: float = 180.0
    attempts: int = 4
    redirects: int = 5
    wait: float = 120.0
    pause: float = 1.0


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet: not private, loopback, link-local, shared, reserved, multicast
    or unspecified; an IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as itself."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        inner = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
        if not all(is_public(one) for one in inner if one is not None):
            return False
    closed = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not (closed or (isinstance(address, IPv6Address) and address.is_site_local))


def resolve(host: str, port: int) -> list[str]:
    """The numeric addresses of a host, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fetch(
    location: str,
    *,
    folder: Path,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
    allow: Allow = is_public,
    resolve: Resolve = resolve,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """The list at ``location``: a local file or folder as it stands, an http(s) address as a file in ``folder``.

    ``etag`` and ``last_modified`` are those of the reading last accepted; the server is asked whether the list changed
    since, if the copy in ``folder`` is still that one. A download that was cut goes on where it stopped, even in
    another run. ``allow``, ``resolve`` and ``sleep`` are there for tests.

    Raises UnsafeAddressError for an address the guard refuses, SourceError for all else that goes wrong.
    """
    limits = limits or Limits()
    if "://" not in location:
        return _local(Path(location), limits)
    folder.mkdir(parents=True, exist_ok=True)
    with httpx.Client(
        transport=GuardedTransport(allow, resolve),
        timeout=httpx.Timeout(limits.stall, connect=min(30.0, limits.stall)),
        headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
        trust_env=False,  # a proxy named in the environment would connect where the guard can't see
    ) as client:
        return _Download(client, location, folder, limits, sleep).run(etag, last_modified)


def shown(location: str) -> str:
    """An address fit to be shown: without credentials, query and fragment, where secrets are put."""
    return re.sub(r"[?#].*", "", re.sub(r"(?<=://)[^/?#]*@", "", location))


# local files


def _local(path: Path, limits: Limits) -> Fetched:
    try:
        if not path.is_dir() and path.exists() and not path.is_file():  # a device or a pipe has no end
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if sum(file.stat().st_size for file in files) > limits.size:
            raise _too_large(limits)
        return Fetched(path, _checksum(files))
    except OSError as error:
        message = N_("{path} can't be opened: {detail}.")
        raise SourceError(message, path=str(path), detail=error.strerror or str(error)) from error


def _checksum(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _too_large(limits: Limits) -> SourceError:
    return SourceError(N_("The list is larger than the limit of {limit} MB."), limit=f"{limits.size / 1e6:g}")


# http


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a server says to tell one version of a file from another; kept in a file beside the copy."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, response: httpx.Response) -> "_Marks":
        return cls(response.headers.get("etag", ""), response.headers.get("last-modified", ""))

    @classmethod
    def beside(cls, path: Path) -> "_Marks":
        try:
            found = json.loads(_sidecar(path).read_text())
            return cls(str(found["etag"]), str(found["last_modified"])) if path.exists() else cls()
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def write_beside(self, path: Path) -> None:
        _sidecar(path).write_text(json.dumps(asdict(self)))

    @property
    def resumable(self) -> str:
        """What to send as If-Range: a strong entity tag, else the date; "" where the parts could not be told apart."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".marks.json")


class _RetryError(Exception):
    """This attempt failed in a way that may pass. ``wait`` is what the server asked for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class _Download:
    client: httpx.Client
    location: str
    folder: Path
    limits: Limits
    sleep: Callable[[float], None]
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.total

    def run(self, etag: str, last_modified: str) -> Fetched:
        target = self.folder / hashlib.sha256(self.location.encode()).hexdigest()[:32]
        known = _Marks(etag, last_modified)
        if known == _Marks() or _Marks.beside(target) != known:  # "unchanged" would speak of a copy we don't hold
            known = _Marks()
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return self._attempt(target, known)
            except _RetryError as error:
                self._pause(attempt, error)
        raise AssertionError  # _pause raises at the last attempt

    def _pause(self, attempt: int, error: _RetryError) -> None:
        where = shown(self.location)
        wait = max(error.wait, self.limits.pause * 2 ** (attempt - 1))
        if error.wait > self.limits.wait:
            message = N_("{location} asks us to come back in {seconds} seconds.")
            raise SourceError(message, location=where, seconds=int(error.wait)) from error
        if attempt >= self.limits.attempts or time.monotonic() + wait > self.deadline:
            message = N_("{location} could not be fetched, after {count} attempts: {detail}.")
            raise SourceError(message, location=where, count=attempt, detail=str(error).rstrip(".")) from error
        self.sleep(wait)

    def _attempt(self, target: Path, known: _Marks) -> Fetched:
        part = target.with_name(target.name + ".part")
        begun = _Marks.beside(part)
        have = part.stat().st_size if begun.resumable else 0
        headers = {}
        if have:
            headers = {"Range": f"bytes={have}-", "If-Range": begun.resumable}
        elif known != _Marks():
            headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        with self._answer({name: value for name, value in headers.items() if value}) as response:
            if response.status_code == 304:
                return Fetched(target, _checksum([target]), known.etag, known.last_modified, unchanged=True)
            if response.status_code == 416:  # what we hold is no part of what they hold
                part.unlink(missing_ok=True)
                raise _RetryError("416")
            resumed = response.status_code == 206 and _starts_at(response, have)
            if response.status_code == 206 and not resumed:
                part.unlink(missing_ok=True)
                raise _RetryError("206")
            marks = begun if resumed else _Marks.of(response)
            if not resumed:
                part.unlink(missing_ok=True)
                marks.write_beside(part)
            self._receive(response, part, have if resumed else 0)
        part.replace(target)
        _sidecar(part).replace(_sidecar(target))
        return Fetched(target, _checksum([target]), marks.etag, marks.last_modified)

    def _receive(self, response: httpx.Response, part: Path, have: int) -> None:
        announced = response.headers.get("content-length", "")
        expected = have + int(announced) if announced.isdigit() else None
        if expected is not None and expected > self.limits.size:
            raise _too_large(self.limits)
        size = have
        with part.open("ab" if have else "wb") as file, _transient():
            for chunk in response.iter_raw():
                size += len(chunk)
                if size > self.limits.size:
                    file.close()
                    part.unlink()
                    raise _too_large(self.limits)
                file.write(chunk)
                self._check_time()
        if expected is not None and size < expected:
            raise _RetryError(f"{size}/{expected}")

    def _check_time(self) -> None:
        if time.monotonic() > self.deadline:
            message = N_("{location} took longer than {seconds} seconds.")
            raise SourceError(message, location=shown(self.location), seconds=int(self.limits.total))

    @contextmanager
    def _answer(self, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The answer that is not a redirect, following those by hand. SourceError if it is a refusal."""
        url = parsed(self.location)
        for _ in range(self.limits.redirects + 1):
            self._check_time()
            with _transient():
                response = self.client.send(self.client.build_request("GET", url, headers=headers), stream=True)
            try:
                if response.status_code not in REDIRECTS or "location" not in response.headers:
                    self._refuse(response)
                    yield response
                    return
                url = parsed(str(response.headers["location"]), url)
            finally:
                response.close()
        raise SourceError(N_("{location} sends us round in circles."), location=shown(self.location))

    def _refuse(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _TRANSIENT:
            raise _RetryError(str(status), retry_after(response))
        if status in (404, 410):
            message = N_("There is nothing at {location} any more (status {status}).")
        elif status in (401, 403, 407, 451):
            message = N_("{location} does not let us in (status {status}).")
        elif status in (200, 206, 304, 416):
            return
        else:
            message = N_("{location} answered with status {status}.")
        raise SourceError(message, location=shown(self.location), status=status)


def parsed(location: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        url = base.join(location) if base else httpx.URL(location)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise UnsafeAddressError(N_("{location} is no web address."), location=shown(location)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise UnsafeAddressError(N_("{location} is no http or https address."), location=shown(location))
    return url


def _starts_at(response: httpx.Response, have: int) -> bool:
    return have > 0 and response.headers.get("content-range", "").replace(" ", "").startswith(f"bytes{have}-")


def retry_after(response: httpx.Response) -> float:
    """Seconds the server asks us to wait, given as seconds or as a date; 0 if it doesn't say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


_NETWORK = (
    httpx.TransportError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.PoolTimeout,
    OSError,
)


@contextmanager
def _transient() -> Iterator[None]:
    """A network that fails may work again; an address the guard refused won't."""
    try:
        yield
    except _NETWORK as error:
        raise _RetryError(str(error) or type(error).__name__) from error


# the guard


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to the addresses it has itself resolved and found allowed, and to nothing else."""

    def __init__(self, allow: Allow, resolve: Resolve) -> None:
        self._allow, self._resolve, self._inner = allow, resolve, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = [ip_address(address.split("%")[0]) for address in self._resolve(host, port)]
        except (OSError, ValueError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if not all(map(self._allow, addresses)):  # one bad address among good ones is a trick
            raise UnsafeAddressError(N_("{host} is inside a private network; we don't call it."), host=host)
        failure: Exception = httpcore.ConnectError(host)
        for address in addresses:
            try:
                return self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class GuardedTransport(httpx.BaseTransport):
    """httpx over a connection pool whose every connection passes the guard. TLS still checks the host's own name."""

    def __init__(self, allow: Allow, resolve: Resolve) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=_GuardedBackend(allow, resolve)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
