"""The data dictionary: which fields a place has, in which form, and how long each stays true.

Fields and codes follow the project's data dictionary (core b1, governance b2, economy b3, capacity b4, network b6).
Intervals follow the practice of asking again by kind of fact: hours 6 months, existence 12, an address 36.
"""

from dataclasses import dataclass
from typing import Literal

from .i18n import N_

Form = Literal[
    "text",  # str
    "texts",  # list[str], a set kept in order of arrival
    "code",  # one code of `codes`
    "codes",  # list of codes of `codes`
    "date",  # partial date: YYYY, YYYY-MM or YYYY-MM-DD
    "url",  # absolute http(s) address, canonical
    "urls",  # list of such
    "phone",  # E.164
    "email",  # a role address, lower case
    "address",  # {"line": as shown, "number": "12bis", "street": "rue des lilas", "unit": "bâtiment b"}
    "position",  # {"lat": float, "lon": float, "precision": code of GEO_PRECISION or "", "score": float | None}
    "ids",  # list of {"scheme": "SIRET", "value": "…"}
    "hours",  # OpenStreetMap opening_hours syntax
    "languages",  # list of ISO 639-1 codes
    "number",  # int or float
    "flag",  # "yes" | "no" | "limited"
    "price",  # {"amount": float, "currency": "EUR"}
    "country",  # ISO 3166-1 alpha-2
    "shares",  # code of `codes` → percent, 100 in all
    "levels",  # code of `codes` → 0 (none) to 3 (strong)
]

STATUSES = ("PROJECT", "OPEN", "PAUSED", "CLOSED", "MERGED", "NOT_A_MATCH", "UNKNOWN")
ROLES = ("OWNER", "NETWORK", "AUTHORITY", "PEER", "IMPORT", "ROBOT")
GEO_PRECISION = ("ENTRANCE", "STREET", "LOCALITY")
KINDS = {
    "COWORK": N_("Coworking space"),
    "SMART_WORK_CENTRE": N_("Telework centre"),
    "FAB": N_("Fab lab, makerspace or hackerspace"),
    "CRAFT": N_("Shared workshops"),
    "LIVING_LAB": N_("Living lab"),
    "CORP_LAB": N_("Corporate lab"),
    "CREATIVE_HUB": N_("Creative hub"),
    "CULTURE": N_("Cultural third place"),
    "FOOD": N_("Shared kitchen, nourishing place"),
    "FARMLAND": N_("Shared farmland"),
    "UNI_HUB": N_("University hub"),
    "LIBRARY_CAFE": N_("Library or café to work in"),
    "INCUBATOR": N_("Incubator"),
    "MIXED": N_("Third place of several kinds"),
}
LEGAL_FORMS = (
    "ASSOC COOP_WORKER COOP_MULTI COOP_OTHER COMPANY SOLE PUBLIC_LOCAL PUBLIC_COMPANY PUBLIC_GROUP UNIVERSITY SCHOOL "
    "FOUNDATION INFORMAL MIXED NR"
).split()
SECTORS = ("PRIVATE", "PUBLIC", "ASSOCIATIVE", "HYBRID")
INITIATORS = "CITIZENS EXISTING_ASSOC ENTREPRENEUR_OR_FIRMS LOCAL_AUTHORITY UNIVERSITY SCHOOL OTHER".split()
TENURES = "OWNED RENT_MARKET RENT_REDUCED FREE_USE SQUAT_OR_NONE".split()
DECIDERS = "OWNER_ALONE BOARD USERS_ASSEMBLY COMMISSIONS PUBLIC_BODY CO_MANAGED".split()
USER_VOTES = "NONE CONSULTED ONE_PERSON_ONE_VOTE BY_SHARES".split()
OPEN_BOOKS = "ACCOUNTS RULES MINUTES NONE".split()
NON_MONEY = "NONE TIME_HOURS SKILLS BARTER".split()
MOBILITY = "MEMBER_VISIT STAFF_EXCHANGE RESIDENCY NONE".split()
INCOMES = "DESKS OFFICES EVENTS_ROOMS SERVICES_TRAINING FOOD PUBLIC_GRANT PRIVATE_GRANT MEMBER_FEES OTHER".split()
RESULTS = "PROFIT BREAK_EVEN LOSS".split()
TURNOVERS = "UNDER_25K UNDER_100K UNDER_250K UNDER_1M MORE".split()
CAPITAL = "OWN FAMILY BANK EQUITY GRANT PUBLIC_CREDIT PREPAID CROWDFUNDING".split()
SEXES = "WOMEN MEN OTHER".split()
AGES = "UNDER_25 FROM_25 FROM_35 FROM_45 FROM_55".split()
CONDITIONS = (
    "FREELANCE EMPLOYEE_TELEWORK ENTREPRENEUR START_UP ASSOCIATION STUDENT JOB_SEEKER ARTIST NOMAD OTHER".split()
)
DISTANCES = "UNDER_5KM UNDER_20KM UNDER_50KM MORE".split()
ACTORS = "INCUBATOR LOCAL_AUTH UNIVERSITY CLUSTER CHAMBER COMPANY SCHOOL OTHER_SPACE".split()
STORY_CONSENTS = "NAMED UNNAMED NO".split()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a place.

    ``months``  after how long the fact should be asked again
    ``union``   several sources add up (other names, ids) instead of one winning
    """

    name: str
    label: str
    form: Form
    months: int = 24
    union: bool = False
    codes: tuple[str, ...] = ()


_ALL = (
    Field("name", N_("Name"), "text", 36),
    Field("other_names", N_("Other names"), "texts", 36, union=True),
    Field("brand", N_("Brand or chain"), "text", 24),
    Field("status", N_("Status"), "code", 12, codes=STATUSES),
    Field("opened", N_("Opening date"), "date", 120),
    Field("closed", N_("Closing date"), "date", 120),
    Field("kinds", N_("Kinds"), "codes", 24, union=True, codes=tuple(KINDS)),
    Field("main_kind", N_("Main kind"), "code", 24, codes=tuple(KINDS)),
    Field("country", N_("Country"), "country", 120),
    Field("region", N_("Region"), "text", 120),
    Field("locality", N_("Town"), "text", 36),
    Field("postcode", N_("Postcode"), "text", 36),
    Field("lau", N_("Municipality code"), "text", 36),
    Field("address", N_("Address"), "address", 36),
    Field("position", N_("Position"), "position", 36),
    Field("web", N_("Web site"), "url", 12),
    Field("email", N_("E-mail of the place"), "email", 12),
    Field("phone", N_("Telephone"), "phone", 12),
    Field("socials", N_("Social networks"), "urls", 12, union=True),
    Field("languages", N_("Languages spoken"), "languages", 24, union=True),
    Field("opening_hours", N_("Opening hours"), "hours", 6),
    Field("official_ids", N_("Official identifiers"), "ids", 120, union=True),
    Field("operator", N_("Run by"), "text", 24),
    Field("legal_form", N_("Legal form"), "code", 24, codes=tuple(LEGAL_FORMS)),
    Field("sector", N_("Sector"), "code", 24, codes=SECTORS),
    Field("networks", N_("Networks"), "texts", 12, union=True),
    Field("labels", N_("Labels"), "texts", 12, union=True),
    Field("description", N_("Description"), "text", 24),
    Field("surface_built_m2", N_("Built surface, m²"), "number", 36),
    Field("desks", N_("Desks"), "number", 12),
    Field("members_now", N_("Members"), "number", 12),
    Field("price_day", N_("Price per day"), "price", 12),
    Field("price_month", N_("Price per month"), "price", 12),
    Field("wheelchair", N_("Wheelchair access"), "flag", 24, codes=("yes", "no", "limited")),
    Field("internet", N_("Internet access"), "flag", 24, codes=("yes", "no", "limited")),
    Field("equipment", N_("Equipment"), "texts", 24, union=True),
    Field("services", N_("Services"), "texts", 24, union=True),
    Field("public", N_("Who it is for"), "texts", 24, union=True),
    Field("hosts_visitors", N_("Hosts visitors"), "flag", 12, codes=("yes", "no", "limited")),
    Field("wikidata", N_("Wikidata"), "text", 120),
    Field("initiated_by", N_("Begun by"), "code", 120, codes=tuple(INITIATORS)),
    Field("premises_tenure", N_("Hold on the premises"), "code", 24, codes=tuple(TENURES)),
    Field("who_decides", N_("Who decides"), "codes", 24, codes=tuple(DECIDERS)),
    Field("user_vote", N_("Say of the users"), "code", 24, codes=tuple(USER_VOTES)),
    Field("transparency", N_("What it publishes"), "codes", 24, codes=tuple(OPEN_BOOKS)),
    Field("facilitator_fte", N_("Facilitators, full-time equivalents"), "number", 12),
    Field("facilitator_paid", N_("Paid facilitator"), "flag", 12, codes=("yes", "no", "limited")),
    Field("non_money_payment", N_("Payment other than money"), "codes", 24, codes=tuple(NON_MONEY)),
    Field("desks_flex", N_("Desks not assigned"), "number", 12),
    Field("desks_fixed", N_("Desks assigned"), "number", 12),
    Field("offices_closed", N_("Closed offices"), "number", 12),
    Field("meeting_rooms", N_("Meeting rooms"), "number", 24),
    Field("fibre_mbps", N_("Internet speed, Mbit/s"), "number", 12),
    Field("child_friendly", N_("Children welcome"), "flag", 24, codes=("yes", "no", "limited")),
    Field("quiet_room", N_("Quiet room"), "flag", 24, codes=("yes", "no", "limited")),
    Field("events_per_month", N_("Events a month"), "number", 12),
    Field("available_for_mobility", N_("Open to exchanges"), "codes", 12, codes=tuple(MOBILITY)),
    Field("hosting_days", N_("Days a visiting member may stay in a year"), "number", 12),
)
FIELDS: dict[str, Field] = {one.name: one for one in _ALL}

#: What a census asks besides and nobody is shown of one place: it is told of groups of places only.
CONFIDENTIAL: dict[str, Field] = {
    one.name: one
    for one in (
        Field("desks_occupied", N_("Desks occupied on a usual day"), "number", 12),
        Field("daily_users_typical", N_("Users on a usual day"), "number", 12),
        Field("lease_end", N_("End of the lease"), "date", 24),
        Field("income_share", N_("Where the income comes from"), "shares", 12, codes=tuple(INCOMES)),
        Field("result", N_("Result of the last year"), "code", 12, codes=tuple(RESULTS)),
        Field("turnover_band", N_("Turnover of the last year"), "code", 12, codes=tuple(TURNOVERS)),
        Field("jobs_fte", N_("Jobs, full-time equivalents"), "number", 12),
        Field("volunteers", N_("Volunteers"), "number", 12),
        Field("hours_given_month", N_("Hours given in a month instead of money"), "number", 12),
        Field("start_capital_origin", N_("Where the starting capital came from"), "codes", 120, codes=tuple(CAPITAL)),
        Field("public_support", N_("Public support in the last three years"), "flag", 12, codes=("yes", "no")),
        Field("sex_share", N_("Women and men among the users"), "shares", 12, codes=tuple(SEXES)),
        Field("age_bands", N_("Ages of the users"), "shares", 12, codes=tuple(AGES)),
        Field("professional_condition", N_("What the users do"), "shares", 12, codes=tuple(CONDITIONS)),
        Field("home_distance_bands", N_("How far the users live"), "shares", 12, codes=tuple(DISTANCES)),
        Field("interaction_level", N_("Ties with others"), "levels", 12, codes=tuple(ACTORS)),
        Field("story", N_("A change the place has witnessed"), "text", 120),
        Field("story_consent", N_("What may be done with the story"), "code", 120, codes=tuple(STORY_CONSENTS)),
    )
}

#: What a column of a list can be mapped to besides the fields themselves; these become (part of) a field.
INPUTS: dict[str, str] = {
    "id": N_("The list's own identifier"),
    "lat": N_("Latitude"),
    "lon": N_("Longitude"),
    "coordinates": N_("Both coordinates in one column"),
    "geo_score": N_("The geocoder's score"),
    "house_number": N_("House number"),
    "street": N_("Street"),
    "siret": N_("SIRET number"),
    "siren": N_("SIREN number"),
    "rna": N_("RNA number"),
    "vat": N_("VAT or tax number"),
    "facebook": N_("Facebook page"),
    "twitter": N_("Twitter account"),
    "instagram": N_("Instagram account"),
    "checked_on": N_("Date of the last check"),
    "seen_on": N_("Date of the last check on the spot"),
    "stirred_on": N_("Date of its own last sign of life"),
    "hours_mo": N_("Hours on Monday"),
    "hours_tu": N_("Hours on Tuesday"),
    "hours_we": N_("Hours on Wednesday"),
    "hours_th": N_("Hours on Thursday"),
    "hours_fr": N_("Hours on Friday"),
    "hours_sa": N_("Hours on Saturday"),
    "hours_su": N_("Hours on Sunday"),
    "contact_name": N_("Name of a person (never kept)"),
}
