"""Codes of the data dictionary in words a reader meets. Kinds are named by `kernel.fields.KINDS`."""

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.i18n import N_

STATUS = {
    "PROJECT": N_("Planned"),
    "OPEN": N_("Active"),
    "PAUSED": N_("Closed for a time"),
    "CLOSED": N_("Closed"),
    "MERGED": N_("Joined with another"),
    "NOT_A_MATCH": N_("Not a third place"),
    "UNKNOWN": N_("Not known"),
}
ROLE = {
    "OWNER": N_("the place itself"),
    "NETWORK": N_("its network"),
    "AUTHORITY": N_("a public authority"),
    "PEER": N_("another place"),
    "IMPORT": N_("a list"),
    "ROBOT": N_("a robot"),
}
LEGAL_FORM = {
    "ASSOC": N_("Association"),
    "COOP_WORKER": N_("Workers' cooperative"),
    "COOP_MULTI": N_("Multi-stakeholder cooperative"),
    "COOP_OTHER": N_("Cooperative"),
    "COMPANY": N_("Company"),
    "SOLE": N_("Sole trader"),
    "PUBLIC_LOCAL": N_("Local authority"),
    "PUBLIC_COMPANY": N_("Publicly owned company"),
    "PUBLIC_GROUP": N_("Public interest grouping"),
    "UNIVERSITY": N_("University"),
    "SCHOOL": N_("School"),
    "FOUNDATION": N_("Foundation"),
    "INFORMAL": N_("Informal group"),
    "MIXED": N_("Several legal forms"),
    "NR": N_("Not stated"),
}
SECTOR = {
    "PRIVATE": N_("Private"),
    "PUBLIC": N_("Public"),
    "ASSOCIATIVE": N_("Associative"),
    "HYBRID": N_("Hybrid"),
}
FLAG = {"yes": N_("Yes"), "no": N_("No"), "limited": N_("Partly")}
PRECISION = {
    "ENTRANCE": N_("at the entrance"),
    "STREET": N_("in the street"),
    "LOCALITY": N_("somewhere in the town"),
}
DECIDED_BY = {
    "alone": N_("Nothing else resembles it: the place was made for it"),
    "machine": N_("Recognised by comparing the lists"),
    "person": N_("Decided by a person"),
}
#: field → code → words
CODES: dict[str, dict[str, str]] = {
    "status": STATUS,
    "kinds": KINDS,
    "main_kind": KINDS,
    "legal_form": LEGAL_FORM,
    "sector": SECTOR,
    "wheelchair": FLAG,
    "internet": FLAG,
    "hosts_visitors": FLAG,
}
