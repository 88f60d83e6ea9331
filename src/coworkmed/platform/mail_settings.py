"""Through what mail leaves, and where it comes back to: one address each."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
}
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Settings:
    """Django's settings of the same names, in small letters and without ``EMAIL_``."""

    backend: str
    host: str = ""
    port: int = 0
    host_user: str = ""
    host_password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    file_path: str = ""


def read(url: str, *, default: Path) -> Settings:
    """What ``url`` says; for an empty one, mails are written as files into ``default`` and go nowhere.

    ``smtp://user:password@host:587`` speaks TLS after STARTTLS, and with ``?tls=no`` none (for a relay on this
    machine);
    ``smtps://`` speaks TLS from the first byte; ``file:///folder``; ``console:``. Raises ImproperlyConfigured.
    """
    parts = urlsplit(url or default.absolute().as_uri())
    if parts.scheme not in _BACKENDS or parts.query not in ("", "tls=no"):
        raise ImproperlyConfigured(
            "EMAIL_URL is none: use smtp://user:password@host:587, smtps://…, file:///… or console:"
        )
    if parts.scheme not in _PORTS:
        return Settings(_BACKENDS[parts.scheme], file_path=unquote(parts.path))
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        raise ImproperlyConfigured("EMAIL_URL names no port from 1 to 65535") from None
    if not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL names no host: use smtp://user:password@host:587")
    return Settings(
        _BACKENDS[parts.scheme],
        host=parts.hostname,
        port=port,
        host_user=unquote(parts.username or ""),
        host_password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp" and parts.query != "tls=no",
        use_ssl=parts.scheme == "smtps",
    )


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where mails that came back are found: a ``folder`` on this machine, or one of a mail server."""

    folder: str
    host: str = ""
    port: int = 993
    user: str = ""
    password: str = ""


def inbox(url: str) -> Inbox | None:
    """What ``url`` says: ``imaps://user:password@host/FOLDER`` (INBOX by default) or ``file:///folder``; None for an
    empty one. Raises ImproperlyConfigured."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return Inbox(unquote(parts.path))
    try:
        port = parts.port or 993
    except ValueError:
        raise ImproperlyConfigured("BOUNCES_URL names no port from 1 to 65535") from None
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if parts.scheme != "imaps" or not parts.hostname or not parts.username or not folder.isprintable():
        raise ImproperlyConfigured("BOUNCES_URL is none: use imaps://user:password@host/FOLDER or file:///folder")
    return Inbox(folder, parts.hostname, port, unquote(parts.username), unquote(parts.password or ""))
