"""Other sites whose accounts are accepted here (OpenID Connect), from a file of the operator's."""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_NEEDED = {"id", "name", "server", "client_id", "secret"}


def read(file: str) -> list[dict[str, Any]]:
    """What ``file`` declares, as allauth takes it: a table ``[[site]]`` each, with id, name, server, client_id, secret.

    Raises ImproperlyConfigured where the file can't be read or a site lacks something.
    """
    if not file:
        return []
    try:
        sites = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("site", [])
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"COWORKMED_SIGN_IN, {file}: {error}") from error
    for site in sites:
        if missing := _NEEDED - set(site):
            raise ImproperlyConfigured(f"COWORKMED_SIGN_IN, {file}: a [[site]] has no {', '.join(sorted(missing))}")
    return [
        {
            "provider_id": site["id"],
            "name": site["name"],
            "client_id": site["client_id"],
            "secret": site["secret"],
            "settings": {"server_url": site["server"]},
        }
        for site in sites
    ]


def hosts(sites: list[dict[str, Any]]) -> str:
    """Where people may be sent to sign in, as a security policy writes it."""
    parts = [urlsplit(site["settings"]["server_url"]) for site in sites]
    return " ".join(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))
