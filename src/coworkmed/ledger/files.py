"""A statement as files: JSON to check it by, CSV for the accountant, PDF for the shelf."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coworkmed.web import formats, typeset

from .models import Statement
from .rules import Unit, decimal
from .vat import Supply
from .words import KINDS, UNITS

#: Columns of the CSV. Those after "amount" carry the names and numbers of EN 16931.
COLUMNS = (
    "month", "place", "partner", "partner_name", "transfer", "kind", "at", "about", "why", "refers_to", "direction",
    "amount", "unit", "BT-153 item name", "BT-129 quantity", "BT-130 unit of measure", "BT-134 period start",
    "BT-135 period end", "BT-5 currency", "BT-131 net amount", "BT-151 VAT category", "BT-152 VAT rate",
    "BT-117 VAT amount", "BT-120 exemption reason", "BT-31 seller VAT identifier", "BT-48 buyer VAT identifier",
    "place of supply basis", "place of supply country",
)  # fmt: skip
#: Units of measure as invoices name them (UN/ECE Recommendation 20).
_MEASURES = {Unit.DAY: "DAY", Unit.HOUR: "HUR"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def as_json(one: Statement) -> str:
    """The statement and its digest, for `verify.py`."""
    return json.dumps({"statement": json.loads(one.body), "digest": one.digest}, ensure_ascii=False, indent=1) + "\n"


def as_csv(one: Statement) -> str:
    """Each entry, and the supply it stands for as far as it was described, a direction each: what was supplied, and
    what was received."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(json.loads(one.body)))
    return text.getvalue()


def _rows(said: dict[str, Any]) -> Iterator[list[str]]:
    unit = Unit(said["unit"])
    for partner in said["partners"]:
        for entry in partner["entries"]:
            is_supply = entry["kind"] in ("POST", "RECORD", "CORRECTION")
            supply = Supply.read(entry["supply"])
            amount = decimal(unit, entry["amount"])
            sign = -1 if entry["kind"] == "CORRECTION" else 1  # a supply counts above zero in its own direction
            supplied = sign * entry["amount"] > 0
            quantity = amount if supplied else -amount
            yield [
                said["month"], said["place"], partner["place"], _cell(partner["name"]), entry["transfer"],
                entry["kind"], entry["at"], _cell(entry["about"]), _cell(entry["why"]), entry["refers_to"],
                ("supplied" if supplied else "received") if is_supply else "",
                str(amount), unit.value, _cell(entry["about"]) if is_supply else "",
                str(quantity) if is_supply and unit in _MEASURES else "",
                _MEASURES.get(unit, "") if is_supply else "",
                supply.begins, supply.ends, supply.currency, _money(supply.net, supply.currency, sign), supply.category,
                _cell(supply.rate), _money(supply.tax, supply.currency, sign), _cell(supply.exemption),
                _cell(supply.seller), _cell(supply.buyer), supply.basis, supply.country,
            ]  # fmt: skip


def _money(amount: int | None, currency: str, sign: int) -> str:
    return "" if amount is None or currency not in Unit.__members__ else str(decimal(currency, sign * amount))


def _cell(text: str) -> str:
    """What a spreadsheet does not run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def shown(unit: str, amount: int, *, signed: bool = False) -> str:
    """An amount as the reader writes it: "2.5 days", "−12,50 €"."""
    one = Unit(unit)
    value = decimal(one, amount)
    if one.is_money:
        text = formats.price({"amount": float(value), "currency": one.value})
    else:
        number = formats.number(float(value))
        # the plural is that of the whole number; what has decimals is many
        count = abs(int(value)) if value == int(value) else 2
        text = (
            ngettext("{number} day", "{number} days", count)
            if one is Unit.DAY
            else ngettext("{number} hour", "{number} hours", count)
        ).format(number=number)
    return f"+{text}" if signed and amount > 0 else text


def unit_name(unit: str) -> str:
    return _(UNITS[unit]) if unit in UNITS else unit


def as_pdf(one: Statement) -> bytes:
    """The statement on paper, in the reader's language."""
    return typeset.pdf("statement", pdf_data(one), made=one.made_at)


def pdf_data(one: Statement) -> dict[str, Any]:
    said = json.loads(one.body)
    unit = said["unit"]
    partners = [
        {
            "name": partner["name"],
            "opening": shown(unit, partner["opening"]),
            "closing": shown(unit, partner["closing"]),
            "rows": [
                [
                    formats.day(datetime.fromisoformat(entry["at"]).date()),
                    " · ".join(filter(None, [_(KINDS[entry["kind"]]), entry["about"], entry["why"]])),
                    shown(unit, entry["amount"], signed=True),
                ]
                for entry in partner["entries"]
            ],
        }
        for partner in said["partners"]
        if partner["entries"] or partner["closing"]
    ]
    return {
        "title": _("Statement of {month}").format(month=formats.day(said["month"])),
        "language": get_language() or "en",
        "place": said["name"],
        "lead": _("What {place} is owed is above zero, what it owes is below.").format(place=said["name"]),
        "unit": unit_name(unit),
        "totals": [
            [_("At the beginning"), shown(unit, said["opening"])],
            [_("At the end"), shown(unit, said["closing"])],
        ],
        "head": [_("Day"), _("What"), _("Amount")],
        "opening": _("At the beginning"),
        "closing": _("At the end"),
        "partners": partners,
        "checked": _("This statement can be checked from its file alone. Its digest (SHA-256):"),
        "digest": one.digest,
        "note": _("A set-off changes how a supply is paid and no invoice. Each supply needs its own."),
        "foot": f"{said['name']} · {said['month']} · {unit_name(unit)}",
    }
