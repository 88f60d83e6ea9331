"""Licences of sources: what they ask of whoever republishes, and which may be merged."""

from dataclasses import dataclass

from .i18n import N_


@dataclass(frozen=True, slots=True)
class Licence:
    """``share_alike``: a derived database must be offered under ``family`` (two different families can't be merged)."""

    code: str
    title: str
    url: str
    family: str = ""
    attribution: bool = True

    @property
    def share_alike(self) -> bool:
        return bool(self.family)


LICENCES = {
    one.code: one
    for one in (
        Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", attribution=False),
        Licence(
            "PDDL-1.0", "Public domain (PDDL 1.0)", "https://opendatacommons.org/licenses/pddl/", attribution=False
        ),
        Licence("etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
        Licence("CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        Licence("CC-BY-3.0", "CC BY 3.0", "https://creativecommons.org/licenses/by/3.0/"),
        Licence("IODL-2.0", "Italian Open Data License 2.0", "https://www.dati.gov.it/iodl/2.0/"),
        Licence("ODC-By-1.0", "ODC Attribution 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
        Licence("CDLA-Permissive-2.0", "CDLA Permissive 2.0", "https://cdla.dev/permissive-2-0/", attribution=False),
        Licence("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", "ODbL"),
        Licence("CC-BY-SA-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA"),
        Licence("CC-BY-SA-3.0", "CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/", "CC BY-SA"),
    )
}

#: What the licences in a file add up to, in a sentence.
NOTES = {
    "NOTHING": N_("Nothing in it stands under a licence."),
    "FREE": N_("Free to reuse, without any condition."),
    "ATTRIBUTION": N_("Free to reuse, provided that the sources are named with their attributions."),
    "SHARE_ALIKE": N_(
        "Free to reuse, provided that the sources are named with their attributions and that any database made from it "
        "is offered under {licence} too."
    ),
    "CONFLICT": N_(
        "Not to be passed on as one database: it merges values under share-alike licences that exclude each other "
        "({families}). Publish again without one of them, or take what stands under one licence from "
        "assertions.parquet."
    ),
    "UNKNOWN": N_("Holds values under terms we do not know ({licences}): ask their keepers before passing it on."),
    "COLLECTION": N_(
        "A collection: each row stands under the licence of its own source, which must be named with its attribution."
    ),
    "FIGURES": N_("Figures and text drawn from the data: name the sources with their attributions."),
}


def families(codes: set[str]) -> set[str]:
    """The share-alike families among licence ``codes``; more than one means the data can't be merged lawfully."""
    return {LICENCES[code].family for code in codes if code in LICENCES} - {""}
