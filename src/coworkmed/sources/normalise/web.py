"""Web sites and social networks: one canonical address each; what stands in the wrong column goes to the right one."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from coworkmed.kernel.values import Value
from coworkmed.kernel.web_addresses import canonical, host

from . import encodings, privacy

_BETWEEN = re.compile(r"[\s;|]+|,(?=\s|https?:|www\.)|(?<=\w)(?=https?://)")
_HANDLE = re.compile(r"@?(?=.*[^\W\d_])[\w.\-]{3,80}")
_PAGE = re.compile(r"/?((?:pages|groups|people|company)/[\w.\-/]+)")
_NOTHING = frozenset("oui non yes no true false si x ok vrai faux n/a aucun".split())
_MOBILE_HOST = re.compile(r"^(?:m|mobile|web|business|[a-z]{2}-[a-z]{2}|[a-z]{2}|www)\.")
_WHOLE = re.compile(r"(?:https?\s*:\s*/\s*/\s*)?[^\s]+", re.IGNORECASE)
_ODD = re.compile(r"https?:?/*|\W+", re.IGNORECASE)
_SOUND = re.compile(r"https?://[^/]")
_SCHEME_LIKE = re.compile(r"h?t+ps?\W|https?\W")
_PERSON = re.compile(r"^/(?:in|pub)/", re.IGNORECASE)

#: Host of a social network → how its addresses are written, and whether capitals matter in their path.
NETWORKS = {
    "facebook.com": ("https://www.facebook.com", False),
    "facebook.fr": ("https://www.facebook.com", False),
    "fb.com": ("https://www.facebook.com", False),
    "fb.me": ("https://www.facebook.com", False),
    "instagram.com": ("https://www.instagram.com", False),
    "twitter.com": ("https://twitter.com", False),
    "x.com": ("https://twitter.com", False),
    "linkedin.com": ("https://www.linkedin.com", False),
    "youtube.com": ("https://www.youtube.com", True),
    "tiktok.com": ("https://www.tiktok.com", False),
    "vimeo.com": ("https://vimeo.com", False),
    "flickr.com": ("https://www.flickr.com", True),
    "pinterest.com": ("https://www.pinterest.com", False),
    "t.me": ("https://t.me", False),
}
#: Target column → the network whose bare names it may hold.
HANDLES = {"facebook": "facebook.com", "twitter": "twitter.com", "instagram": "instagram.com"}


@dataclass
class Found:
    """What a web column held. ``odd`` are pieces that are no address at all; ``persons`` counts personal pages."""

    sites: list[str] = field(default_factory=list)
    socials: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    persons: int = 0
    repaired: bool = False


def social(url: str) -> str:
    """A canonical URL as its social network writes it; "" if it isn't on one, or is only the network's front door."""
    name = _network(url)
    if name not in NETWORKS:
        return ""
    base, case = NETWORKS[name]
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    keep = f"?{parts.query}" if path == "/profile.php" and parts.query.startswith("id=") else ""
    path = path.replace("/#!", "").removesuffix("/timeline").removesuffix("/about")
    return f"{base}{path if case else path.lower()}{keep.split('&')[0]}" if path else ""


@lru_cache(maxsize=10_000)
def _network(url: str) -> str:
    """The host of an address as it may stand in NETWORKS."""
    return _MOBILE_HOST.sub("", host(url))


def read(text: str, network: str = "") -> Found:
    """The addresses in one cell; ``network`` (a key of NETWORKS) reads a bare name as a page there."""
    found = Found(emails=privacy.emails(text))
    text, _ = encodings.tidy(privacy.scrub(text)[0] if found.emails else text)
    for piece in filter(None, _pieces(text)):
        url = canonical(piece)
        bare = "/" not in piece and not piece.lower().startswith("www.")
        if network and bare and _HANDLE.fullmatch(piece) and host(url or "") not in NETWORKS:
            if piece.lower() not in _NOTHING:
                found.socials.append(social(f"{NETWORKS[network][0]}/{piece.lstrip('@')}"))
            continue
        if network and (path := _PAGE.fullmatch(piece)):
            found.socials.append(social(f"{NETWORKS[network][0]}/{path[1]}"))
            continue
        if url is None:
            if piece.lower() not in _NOTHING and not _ODD.fullmatch(piece):
                found.odd.append(piece)
            continue
        found.repaired |= _mended(piece)
        if page := social(url):
            if "linkedin.com" in page and _PERSON.match(urlsplit(page).path):
                found.persons += 1
            else:
                found.socials.append(page)
        elif _network(url) not in NETWORKS:
            found.sites.append(url)
    return found


def site(text: str, found: Found) -> Value | None:
    """The place's own web site out of what its column held."""
    if not found.sites:
        return None
    return Value(found.sites[0], text, "WEB_TYPO" if found.repaired else "")


def _pieces(text: str) -> list[str]:
    whole = text.replace("\n", " ").strip()
    if " " in whole and _WHOLE.fullmatch(whole):
        return [whole.replace(" ", "")]
    return _BETWEEN.split(whole)


def _mended(piece: str) -> bool:
    """Whether an address was written wrongly, beyond a scheme left out."""
    low = piece.lower()
    return not _SOUND.match(low) and bool(_SCHEME_LIKE.match(low))
