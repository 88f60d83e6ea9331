"""Security headers, in one place."""

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

#: Nothing but our own files, no inline style or script anywhere (the admin's pages need none either).
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_INLINE = re.compile(r"<(style|script)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)


class SecurityHeaders:
    """Middleware: adds every header a view hasn't set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        hosts = map_hosts(settings.ENV.map_style)
        self.policy = policy(connect_src=hosts, img_src=hosts, form_action=settings.SIGN_IN_HOSTS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


def policy(**extra: str) -> str:
    """The policy as a header's text; ``extra`` (``style_src="…"``) adds to a directive."""
    more = {name.replace("_", "-"): value for name, value in extra.items()}
    return "; ".join(f"{name} {value} {more.get(name, '')}".strip() for name, value in POLICY.items())


def map_hosts(style: str) -> str:
    """The hosts an operator's own map may call (`Environment.map_style`), as a policy writes them."""
    parts = [urlsplit(address) for address in style.split()]
    if any(part.scheme != "https" or not re.fullmatch(r"[\w.-]+(:\d+)?", part.netloc) for part in parts):
        raise ImproperlyConfigured(f"COWORKMED_MAP_STYLE is “{style}”: use addresses that begin with https://")
    return " ".join(dict.fromkeys(f"https://{part.netloc}" for part in parts))


def policy_for_document(html: str) -> str:
    """The policy for one self-contained document of ours: its own inline styles and scripts, by hash, and no others."""
    found: dict[str, list[str]] = {"style": [], "script": []}
    for tag, text in _INLINE.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        found[tag.lower()].append(f"'sha256-{digest}'")
    return policy(style_src=" ".join(found["style"]), script_src=" ".join(found["script"]))
