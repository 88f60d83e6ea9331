"""What an accountant needs to know of a supply, under the names of EN 16931. Nothing is reckoned here: what a place
does not say stays empty, for how a stay is taxed depends on the country and on what is agreed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

#: VAT category codes (UNCL 5305 as EN 16931 restricts it).
CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
#: Why a supply is taxed where it is: the customer's seat (Art. 44), the property (Art. 47), the event, or none said.
BASES = ("CUSTOMER", "PROPERTY", "EVENT", "")


@dataclass(frozen=True, slots=True)
class Supply:
    """One supply, from the giver to the taker; amounts in the minor unit of ``currency``, None where nobody said."""

    category: str = ""  # BT-151
    rate: str = ""  # BT-152, in per cent: "20", "5.5"
    basis: str = ""  # of `BASES`
    country: str = ""  # where it is taxed, ISO 3166-1
    exemption: str = ""  # BT-120, the reason in words
    net: int | None = None  # BT-131
    tax: int | None = None  # BT-117
    currency: str = ""  # BT-5
    seller: str = ""  # BT-31, VAT identifier
    buyer: str = ""  # BT-48
    begins: str = ""  # BT-134, a date
    ends: str = ""  # BT-135

    def __post_init__(self) -> None:
        if (self.category and self.category not in CATEGORIES) or self.basis not in BASES:
            raise CoworkmedError(N_("This is no treatment for VAT that is known."))

    def as_json(self) -> dict[str, Any]:
        """What was said, and nothing else."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """As it was kept; what a later version may have added is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})
