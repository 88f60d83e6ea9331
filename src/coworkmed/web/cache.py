"""Pages, and answers of the API, for readers who have not signed in: made once, compressed once, kept for some minutes
or until what they show changes, and not sent again to whoever has them.

What is kept is the answer as it went out, in the cache ``pages`` of the settings. A view that wants it otherwise says
so with its own ``Cache-Control`` (``private``, ``no-store``) or a ``Vary``, and its page is left alone.
"""

import gzip
import re
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.module_loading import import_string

from coworkmed import __version__
from coworkmed.kernel import ids

#: Seconds. A page kept, then kept by a browser, is at most four minutes old: "open now" may be five minutes off.
KEPT, FRESH = 180, 60
#: The registry is asked this seldom whether anything changed.
REVISION_KNOWN = 1
LONGEST_ADDRESS = 1000  # a longer one is not asked twice
PUBLIC = f"public, max-age={FRESH}, must-revalidate"
PRIVATE = "private, no-cache"
MOVED = "public, max-age=3600"  # a browser keeps a permanent redirect for ever, and a merge of places may be undone
LARGEST = 500_000  # octets; what is larger is kept by whoever asked
JSON = "application/json"
_GZIP = re.compile(r"\bgzip\b")


class Page(NamedTuple):
    """An answer as it went out: its headers, its body compressed, and a tag that says what the body is."""

    headers: dict[str, str]
    body: bytes
    tag: str

    @classmethod
    def of(cls, response: HttpResponse) -> "Page":
        headers = {name: value for name, value in response.items() if name not in ("Content-Length", "Vary")}
        tag = f'W/"{ids.digest(response.content.decode(errors="replace"))}"'
        return cls({"Cache-Control": PUBLIC} | headers, gzip.compress(response.content, 6, mtime=0), tag)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The page for this reader: nothing where they have it, no body for HEAD."""
        response = HttpResponse(headers=self.headers | {"ETag": self.tag})
        patch_vary_headers(response, ("Accept-Encoding",))
        answer = get_conditional_response(request, etag=self.tag, response=response)
        if answer is not None and answer is not response:  # 304: all but what is said of the body
            for name, value in self.headers.items():
                if not name.startswith("Content-"):
                    answer.headers[name] = value
            return answer
        body = self.body
        if _GZIP.search(request.headers.get("Accept-Encoding", "")):
            response["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
        response["Content-Length"] = str(len(body))
        response.content = b"" if request.method == "HEAD" else body
        return response


class Pages:
    """Middleware: gives pages from the cache where it can. It stands before whatever reads the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or settings.DEBUG:
            return self.get_response(request)
        if known(request):
            response = self.get_response(request)
            if is_page(response):
                response.headers.setdefault("Cache-Control", PRIVATE)
            return response
        key = self.key(request)
        page = caches["pages"].get(key) if key else None
        if page is None:
            response = self.get_response(request)
            if response.status_code == 301:
                response.headers.setdefault("Cache-Control", MOVED)
            if not isinstance(response, HttpResponse) or not is_page(response) or not the_same_for_all(response):
                return response
            page = Page.of(response)
            if key:
                caches["pages"].set(key, page, KEPT)
        return page.answer(request)

    def key(self, request: HttpRequest) -> str:
        """Of the page as it is now; "" where it should not be kept, or can't be told which it is."""
        try:
            address, now = request.build_absolute_uri(), revision()
        except (SuspiciousOperation, DatabaseError):  # a host we don't answer for, no database: said further inside
            return ""
        if len(address) > LONGEST_ADDRESS:
            return ""
        return ids.digest(__version__, now, timezone.localdate().isoformat(), address)


def revision() -> str:
    """What everything shown hangs on, known for a second."""
    return str(caches["pages"].get_or_set("revision", import_string(settings.PAGES_REVISION), REVISION_KNOWN))


def known(request: HttpRequest) -> bool:
    """Whether the answer may be meant for this reader alone."""
    return not {settings.SESSION_COOKIE_NAME, "messages"}.isdisjoint(request.COOKIES) or (
        "Authorization" in request.headers
    )


def is_page(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "")
    whole = response.status_code == 200 and isinstance(response, HttpResponse) and len(response.content) < LARGEST
    return whole and kind.startswith(("text/html", JSON))


def the_same_for_all(response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.headers.get("Vary", "").split(",")} - {"", "accept-encoding"}
    if response.headers["Content-Type"].startswith(JSON):
        varies.discard("accept-language")  # Django says so of all that has no language in its address
    own = re.search("private|no-store|no-cache", response.headers.get("Cache-Control", ""))
    return not (varies or own or response.cookies)
