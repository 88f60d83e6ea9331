"""Web addresses: one spelling per address, and which domain is a place's own rather than a shared platform's."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_SCHEME = re.compile(r"^h?t{1,3}ps?\s*[:;]?\s*[:;]?\s*/{1,3}\s*|^https?\s*[:;]{1,2}\s*", re.IGNORECASE)
_SECURE = re.compile(r"^h?t{1,3}ps", re.IGNORECASE)
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|igsh(id)?|fref|ref_src|hc_ref|__tn__)$", re.IGNORECASE)
_SAFE = "/%:@!$&'()*+,;=~-._"

#: Second-level labels that public registers sell under, whatever the country; France sells fewer.
_SECOND_LEVEL = frozenset(
    "com co org net gov gouv gob gub edu ac asso nom muni sch mil ltd plc idf k12 gen web".split()
)
_SECOND_LEVEL_FR = frozenset("com asso gouv nom prd tm".split())

#: Platforms where an address says nothing of who owns the domain: its path does.
_SHARED = frozenset(
    """
    facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com vimeo.com
    flickr.com pinterest.com pinterest.fr t.me telegram.me wa.me whatsapp.com threads.net mastodon.social framapiaf.org
    google.com google.fr google.it google.es google.gr google.hr goo.gl maps.app.goo.gl bit.ly tinyurl.com linktr.ee
    lnkd.in about.me carrd.co notion.site medium.com meetup.com eventbrite.com eventbrite.fr eventbrite.it
    eventbrite.es helloasso.com ulule.com kisskissbankbank.com leetchi.com wikipedia.org wikidata.org openstreetmap.org
    hackerspaces.org fablabs.io makery.info makerfaire.com meetups.com coworker.com coworkies.com neo-nomade.com
    bureauxapartager.com tripadvisor.com tripadvisor.fr foursquare.com booking.com github.com gitlab.com
    framasite.org discord.gg discord.com slack.com airtable.com issuu.com yelp.com yelp.fr pagesjaunes.fr
    """.split()
)
#: Platforms that give each site a name of its own in front: that whole name is the site's own.
_HOSTING = frozenset(
    """
    blogspot.com blogspot.fr blogspot.it wordpress.com wixsite.com wix.com jimdo.com jimdofree.com jimdosite.com
    weebly.com webnode.com webnode.fr webnode.it webnode.es webnode.gr over-blog.com over-blog.fr overblog.com
    e-monsite.com free.fr pagesperso-orange.fr perso.sfr.fr monsite-orange.fr altervista.org canalblog.com tumblr.com
    business.site github.io gitlab.io netlify.app vercel.app herokuapp.com squarespace.com myshopify.com site123.me
    godaddysites.com webador.fr eklablog.com skyrock.com unblog.fr typepad.com 000webhostapp.com strikingly.com
    frama.site ghost.io substack.com mystrikingly.com square.site ecwid.com webflow.io
    """.split()
)
#: Where anyone may have a mailbox: such a domain says nothing of a place.
MAILBOXES = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.fr hotmail.it hotmail.es outlook.com outlook.fr outlook.it outlook.es
    live.com live.fr live.it msn.com yahoo.com yahoo.fr yahoo.it yahoo.es yahoo.gr ymail.com icloud.com me.com mac.com
    aol.com gmx.com gmx.net gmx.fr mail.com proton.me protonmail.com pm.me zoho.com yandex.com orange.fr wanadoo.fr
    free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr libero.it virgilio.it tiscali.it alice.it tin.it pec.it
    legalmail.it telefonica.net otenet.gr hol.gr forthnet.gr net.hr inet.hr riseup.net
    """.split()
)


@lru_cache(maxsize=100_000)
def canonical(address: str) -> str | None:
    """``address`` as one absolute http(s) URL, or None if it is none.

    The scheme is added or mended, host lower case and ASCII, default port, fragment, tracking parameters and the bare
    root slash dropped; path and query kept as they are. ``http://`` alone is no address.
    """
    text = re.sub(r"\s+", "", address.strip().strip("\"'<>()[],;")) if "\n" not in address.strip() else ""
    secure = bool(_SECURE.match(text))
    if text.lower().startswith(("http", "htp", "htt", "ttp")):
        text = _SCHEME.sub("", text)
        while text[:8].lower().startswith(("http://", "https://")):  # the scheme pasted twice
            secure, text = text[:5].lower() == "https", _SCHEME.sub("", text)
    elif "://" in text:
        return None
    try:
        parts = urlsplit("//" + text.lstrip("/"))
        port = parts.port
        name = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(name):
        return None
    path = quote(parts.path, safe=_SAFE).rstrip("/") if parts.path.strip("/") == "" else quote(parts.path, safe=_SAFE)
    where = f":{port}" if port and port not in (80, 443) else ""
    query = _query(parts.query)
    return f"http{'s' * (secure or port == 443)}://{name}{where}{path}" + (f"?{query}" if query else "")


def host(url: str) -> str:
    """The host of a canonical URL, without a leading "www."; "" if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def own_domain(url: str) -> str:
    """The registrable domain of a canonical URL; the whole host where a platform names its sites in front of its own
    name (``lelab.wixsite.com``); "" for an address on a shared platform (``facebook.com/lelab``)."""
    name = host(url)
    labels = name.split(".")
    if len(labels) < 2:
        return ""
    for size in range(2, min(4, len(labels)) + 1):
        tail = ".".join(labels[-size:])
        if tail in _SHARED:
            return ""
        if tail in _HOSTING:
            return name if len(labels) > size else ""
    second, top = labels[-2:]
    bought_under = _SECOND_LEVEL_FR if top == "fr" else _SECOND_LEVEL
    size = 3 if len(top) == 2 and second in bought_under else 2
    return ".".join(labels[-size:]) if len(labels) >= size else ""


def mail_domain(url: str) -> str:
    """The domain of a canonical URL at which whoever runs the site has their mail as well: its `own_domain`; "" on
    every platform, those included that give each site a name of its own, and where anyone may have a mailbox."""
    name = host(url)
    shared = _SHARED | _HOSTING | MAILBOXES
    return "" if any(name == one or name.endswith(f".{one}") for one in shared) else own_domain(url)


def _ascii_host(name: str) -> str:
    """IDNA form of a host name, lower case; ValueError where it has none."""
    name = unquote(name).lower().rstrip(".").replace(",", ".")
    return name if name.isascii() else name.encode("idna").decode("ascii")


def _query(text: str) -> str:
    if not text:
        return ""
    kept = [(key, value) for key, value in parse_qsl(text, keep_blank_values=True) if not _TRACKING.match(key)]
    return urlencode(kept)
