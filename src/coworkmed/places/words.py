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
#: Who vouched for a value, and when.
VOUCHED = {
    "OWNER": N_("Confirmed by the place itself on {day}"),
    "NETWORK": N_("Confirmed by its network on {day}"),
    "AUTHORITY": N_("Confirmed by a public authority on {day}"),
    "PEER": N_("Confirmed by another place on {day}"),
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
INITIATED_BY = {
    "CITIZENS": N_("Citizens"),
    "EXISTING_ASSOC": N_("An association that existed"),
    "ENTREPRENEUR_OR_FIRMS": N_("An entrepreneur or companies"),
    "LOCAL_AUTHORITY": N_("A local authority"),
    "UNIVERSITY": N_("A university"),
    "SCHOOL": N_("A school"),
    "OTHER": N_("Others"),
}
PREMISES_TENURE = {
    "OWNED": N_("Owned"),
    "RENT_MARKET": N_("Rented at the market’s price"),
    "RENT_REDUCED": N_("Rented at a reduced price"),
    "FREE_USE": N_("Used free of charge"),
    "SQUAT_OR_NONE": N_("No title to the premises"),
}
WHO_DECIDES = {
    "OWNER_ALONE": N_("The owner alone"),
    "BOARD": N_("A board"),
    "USERS_ASSEMBLY": N_("The assembly of the users"),
    "COMMISSIONS": N_("Commissions in which users sit"),
    "PUBLIC_BODY": N_("A public body"),
    "CO_MANAGED": N_("Several bodies together"),
}
USER_VOTE = {
    "NONE": N_("None"),
    "CONSULTED": N_("They are asked, and do not vote"),
    "ONE_PERSON_ONE_VOTE": N_("They vote, one person one vote"),
    "BY_SHARES": N_("They vote according to their shares"),
}
TRANSPARENCY = {
    "ACCOUNTS": N_("Its accounts"),
    "RULES": N_("Its rules"),
    "MINUTES": N_("Minutes of its meetings"),
    "NONE": N_("None of these"),
}
NON_MONEY_PAYMENT = {
    "NONE": N_("None"),
    "TIME_HOURS": N_("Hours given to the place"),
    "SKILLS": N_("Skills"),
    "BARTER": N_("Barter"),
}
AVAILABLE_FOR_MOBILITY = {
    "MEMBER_VISIT": N_("Members of other places come to work"),
    "STAFF_EXCHANGE": N_("Staff of places change places for a time"),
    "RESIDENCY": N_("Residencies"),
    "NONE": N_("None of these"),
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
    "initiated_by": INITIATED_BY,
    "premises_tenure": PREMISES_TENURE,
    "who_decides": WHO_DECIDES,
    "user_vote": USER_VOTE,
    "transparency": TRANSPARENCY,
    "non_money_payment": NON_MONEY_PAYMENT,
    "available_for_mobility": AVAILABLE_FOR_MOBILITY,
    "facilitator_paid": FLAG,
    "child_friendly": FLAG,
    "quiet_room": FLAG,
}
