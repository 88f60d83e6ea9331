"""The environment, read once and checked: everything a person who runs the site may set, with its default."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Environment:
    """``var``  folder of the site's own files: database, secret key, published files
    ``database_url``  "postgres://…" or "sqlite:///path"; empty for the SQLite file in ``var``
    ``site_url``  address the site is reached at; its host is the only one answered besides this machine
    ``debug``  development only: shows errors to the reader
    ``demo``  what is shown is the fictional demo network, and every page says so
    ``pseudo``  development only: the site also in a made-up language from right to left, at /ar/
    ``map_style``  address of a MapLibre style to draw maps with, and after a space any other hosts that it calls; empty
    for the one that comes with the software and calls nobody
    ``email_url``  through what mail leaves: "smtp://user:password@host:587", "smtps://…", "file:///folder", "console:";
    empty to write each mail into a file in ``var`` and send none
    ``email_from``  whom mails come from, "Name <address>"; by default a no-reply of the host of ``site_url``
    ``bounces_url``  where mails that came back are found: "imaps://user:password@host/FOLDER" or "file:///folder"
    ``sign_in``  a TOML file of other sites (OpenID Connect) whose accounts are accepted here; empty for none
    ``embed``  addresses (https://…, with spaces between) of sites that may show our indicators within their pages
    ``clock``  a TOML file of how places are asked whether they are still right: how often, how many a day, when not
    """

    var: Path
    database_url: str
    site_url: str
    debug: bool
    demo: bool = False
    pseudo: bool = False
    map_style: str = ""
    email_url: str = ""
    email_from: str = ""
    bounces_url: str = ""
    sign_in: str = ""
    clock: str = ""
    embed: str = ""

    @property
    def secret_key(self) -> str:
        """The signing key: from the environment, else made once and kept in ``var`` for its owner only."""
        if given := os.environ.get("COWORKMED_SECRET_KEY"):
            return given
        return self._kept("secret-key", lambda: secrets.token_urlsafe(48))

    @property
    def former_keys(self) -> list[str]:
        """Signing keys of before, which still read what they signed, until it has run out."""
        return os.environ.get("COWORKMED_FORMER_KEYS", "").split()

    @property
    def identity_key(self) -> str:
        """The key (RSA, PEM) that signs what other sites are told of people here, made when first asked for."""
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        def made() -> str:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

        return self._kept("identity-key.pem", made)

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        """The secret in the file ``name`` of ``var``; made if it isn't there, for its owner only, once for all."""
        path = self.var / name
        if not path.exists():
            self.var.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{name}.{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(make())
            try:
                os.link(fresh, path)  # fails, rather than replaces, where another process was first
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()


def read() -> Environment:
    """The environment as it is now."""
    get = os.environ.get
    site_url = get("SITE_URL") or "http://localhost:8000"
    return Environment(
        var=Path(get("COWORKMED_VAR") or ROOT / "var").resolve(),
        database_url=get("DATABASE_URL", ""),
        site_url=site_url,
        debug=get("COWORKMED_DEBUG") == "1",
        demo=get("COWORKMED_DEMO") == "1",
        pseudo=get("COWORKMED_PSEUDO") == "1",
        map_style=get("COWORKMED_MAP_STYLE", ""),
        email_url=get("EMAIL_URL", ""),
        email_from=get("EMAIL_FROM", ""),
        bounces_url=get("BOUNCES_URL", ""),
        sign_in=get("COWORKMED_SIGN_IN", ""),
        clock=get("COWORKMED_CLOCK", ""),
        embed=get("COWORKMED_EMBED", ""),
    )
