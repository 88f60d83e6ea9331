"""How one proves that one runs a place: codes to type, and where they may be sent. Pure but for chance."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from coworkmed.kernel.web_addresses import mail_domain
from coworkmed.sources.normalise.privacy import is_role

#: Letters and digits that nobody takes for each other, on paper or on the telephone.
ALPHABET = "ACDEFHJKLMNPQRTVWXY34679"
LENGTH = 8
ATTEMPTS = 5  # then another code is needed
#: How long a code is good for, by the way it takes.
LASTS = {"DOMAIN": timedelta(hours=1), "PHONE": timedelta(days=1), "POST": timedelta(days=30)}

_BETWEEN = re.compile(r"[\s\-–—.·_]+")


def new_code() -> str:
    """A code that nobody can guess: some 37 bits, and `ATTEMPTS` to try."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spaced(code: str) -> str:
    """As it is read and typed: "ACDE-FHJK"."""
    return f"{code[:4]}-{code[4:]}"


def digest(claim: int, code: str) -> str:
    """What is kept of a code: nothing to whom the site's key is unknown, and nothing for another claim."""
    return salted_hmac("coworkmed.claim", f"{claim}:{code}", algorithm="sha256").hexdigest()


def holds(claim: int, typed: str, kept: str) -> bool:
    """Whether ``typed``, with whatever spaces and capitals, is the code of which ``kept`` is the digest."""
    return bool(kept) and constant_time_compare(digest(claim, _BETWEEN.sub("", typed).upper()), kept)


@dataclass(frozen=True, slots=True)
class Known:
    """How to reach a place by what is known of it: canonical ``web``, ``email``, ``phone`` (E.164), lines of ``post``;
    each empty where it isn't known."""

    name: str
    town: str = ""
    web: str = ""
    email: str = ""
    phone: str = ""
    post: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """At which whoever runs the place's site has their mail; "" on platforms and for free mail."""
        return mail_domain(self.web)

    @property
    def ways(self) -> tuple[str, ...]:
        """The `words.PROOFS` that can be tried. A steward's word can always."""
        known = {"DOMAIN": bool(self.domain or self.email), "PHONE": bool(self.phone), "POST": bool(self.post)}
        return (*(way for way, there in known.items() if there), "STEWARD")

    def reads(self, address: str) -> bool:
        """Whether mail to ``address`` is surely read by the place: it is the one known of it, or a desk's (contact@,
        hello@) at its own domain. A person's is not: at a town's or a university's domain many have one."""
        address = address.strip().lower()
        at = address.rpartition("@")[2]
        own = bool(self.domain) and at == self.domain and is_role(address, self.name, self.town)
        return own or (bool(self.email) and address == self.email)
