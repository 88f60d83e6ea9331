"""What every desk is told of passes: whose keys to believe, and which passes have ended. Signed by the site, numbered,
and good for two days."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from ..models import Revocation
from . import keys

CONTEXT = b"coworkmed bulletin\0"
GOOD_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """``text`` is JSON: the number, when it was made and until when it is good, ``keys`` ({id: [public key, last day it
    is believed, id of the home place, its name]}) and ``revoked`` pseudonyms. ``signature`` is hexadecimal, of the text
    after `CONTEXT`, by the key ``public``."""

    text: str
    signature: str
    public: str


def write(now: datetime) -> Bulletin:
    """The bulletin of this moment: some 17 octets for each pass that ended, 120 for each home place."""
    said = {
        "number": Revocation.objects.aggregate(last=Max("pk"))["last"] or 0,
        "made": now.isoformat(timespec="seconds"),
        "expires": (now + GOOD_FOR).isoformat(timespec="seconds"),
        "keys": {
            key_id: [key.public, key.until.isoformat(), place.pk, place.name]
            for key_id, (key, place) in keys.believed(now.date() - timedelta(days=1)).items()
        },
        "revoked": sorted(Revocation.objects.values_list("pass_ended__pseudonym", flat=True)),
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    _, private = keys.signing(None)
    signature = private.sign(CONTEXT + text.encode())
    return Bulletin(text, signature.hex(), private.public_key().public_bytes_raw().hex())
