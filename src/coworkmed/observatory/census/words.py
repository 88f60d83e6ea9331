"""The census in words: its questions, their codes, and what is said around them."""

from collections.abc import Mapping

from coworkmed.kernel.i18n import N_
from coworkmed.places.words import CODES as PUBLIC_CODES
from coworkmed.places.words import FLAG, STATUS

#: Sections of the questionnaire: title, and what they are about.
SECTIONS = {
    "place": (N_("Your place"), N_("What it is and how to reach it. This is shown on its page.")),
    "basics": (N_("The basics"), N_("Legal form, desks, members and prices. This is shown on its page.")),
    "life": (N_("Life of the place"), N_("Who looks after it, what takes place, how full it is.")),
    "governance": (N_("Governance"), N_("Who decides, and on what premises.")),
    "economy": (
        N_("Economy"),
        N_("Income, jobs and work given. What you say of money and people is told of groups of places only."),
    ),
    "capacity": (N_("Space and equipment"), N_("Surface, desks and rooms. This is shown on its page.")),
    "users": (
        N_("Users"),
        N_("Rough shares are enough. No person is asked about, and all is told of groups of places only."),
    ),
    "network": (N_("Ties with others"), N_("Whom you work with, and what you would share.")),
    "stories": (N_("A story"), N_("What does your place tell of the changes around it?")),
}

#: Each question, by the field it asks.
ASK = {
    "status": N_("Is the place open?"),
    "name": N_("What is the place called?"),
    "main_kind": N_("What is it above all?"),
    "kinds": N_("What is it besides? Choose all that apply."),
    "opened": N_("When did it open?"),
    "web": N_("What is its web site?"),
    "email": N_("At which e-mail address can the place be reached?"),
    "phone": N_("At which telephone number can the place be reached?"),
    "languages": N_("Which languages are spoken at the desk?"),
    "legal_form": N_("What is the legal form of who runs it?"),
    "initiated_by": N_("Who began it?"),
    "desks": N_("How many desks can be worked at, in all?"),
    "members_now": N_("How many members does it have today?"),
    "price_day": N_("What does a day cost?"),
    "price_month": N_("What does a month at a shared desk cost?"),
    "wheelchair": N_("Can one come in and work with a wheelchair?"),
    "networks": N_("To which networks does the place belong?"),
    "facilitator_fte": N_("How many facilitators look after the place, in full-time equivalents?"),
    "facilitator_paid": N_("Is the facilitator paid?"),
    "events_per_month": N_("How many events take place in a usual month?"),
    "desks_occupied": N_("How many of the desks are occupied on a usual day?"),
    "user_vote": N_("What say do the users have in decisions?"),
    "premises_tenure": N_("On what terms does the place hold its premises?"),
    "lease_end": N_("When does the lease or the agreement end?"),
    "who_decides": N_("Who decides about the place? Choose all that apply."),
    "transparency": N_("What does the place publish?"),
    "result": N_("How did the last year end?"),
    "turnover_band": N_("How large was the turnover of the last year?"),
    "income_share": N_("Where does the income come from, in percent?"),
    "jobs_fte": N_("How many paid jobs does the place have, in full-time equivalents?"),
    "volunteers": N_("How many volunteers work for the place?"),
    "public_support": N_("Did the place receive public support in the last three years?"),
    "non_money_payment": N_("With what, other than money, can one pay?"),
    "hours_given_month": N_("How many hours are given to the place in a month in this way?"),
    "start_capital_origin": N_("Where did the starting capital come from? Choose all that apply."),
    "surface_built_m2": N_("How large is it inside?"),
    "desks_flex": N_("How many of the desks belong to nobody in particular?"),
    "desks_fixed": N_("How many of the desks are assigned to somebody?"),
    "offices_closed": N_("How many closed offices does it have?"),
    "meeting_rooms": N_("How many meeting rooms does it have?"),
    "fibre_mbps": N_("How fast is the internet access?"),
    "child_friendly": N_("Are children welcome?"),
    "quiet_room": N_("Is there a quiet room?"),
    "daily_users_typical": N_("How many people use the place on a usual day?"),
    "sex_share": N_("How many of the users are women, and how many men, in percent?"),
    "age_bands": N_("How old are the users, in percent?"),
    "professional_condition": N_("What do the users do, in percent?"),
    "home_distance_bands": N_("How far away do the users live, in percent?"),
    "interaction_level": N_("How strong are your ties with each of these?"),
    "available_for_mobility": N_("What would you be open to?"),
    "hosts_visitors": N_("Would you take members of other places as visitors?"),
    "hosting_days": N_("For how many days in a year may such a visitor stay?"),
    "story": N_("Tell one change that you have witnessed: in work, in social life or in public life."),
    "story_consent": N_("What may be done with your story?"),
}
HELP = {
    "opened": N_("A year is enough."),
    "email": N_("An address of the place, not of a person."),
    "phone": N_("A number of the place. Mobile numbers are not kept: they may be a person’s."),
    "languages": N_("Separated by commas."),
    "price_day": N_("As in: 15 €. Write 0 € where it is free."),
    "price_month": N_("As in: 150 €."),
    "networks": N_("One on each line."),
    "facilitator_fte": N_("Half a post is 0.5. Write 0 if there is none."),
    "desks_occupied": N_("Think of an ordinary week outside the holidays."),
    "lease_end": N_("A year is enough."),
    "income_share": N_("Rough numbers are enough. They should make 100 in all; lines left empty count as 0."),
    "sex_share": N_("Rough numbers are enough. They should make 100 in all; lines left empty count as 0."),
    "age_bands": N_("Rough numbers are enough. They should make 100 in all; lines left empty count as 0."),
    "professional_condition": N_("Rough numbers are enough. They should make 100 in all; lines left empty count as 0."),
    "home_distance_bands": N_("Rough numbers are enough. They should make 100 in all; lines left empty count as 0."),
    "story": N_("In your own language, in a few sentences. Name nobody who has not agreed to it."),
    "story_consent": N_("What is published is under the licence CC BY 4.0. You can take it back at any time."),
}
UNITS = {
    "FTE": N_("full-time equivalents"),
    "M2": N_("m²"),
    "MBPS": N_("Mbit/s"),
    "HOURS": N_("hours a month"),
}
LEVELS = {"0": N_("None"), "1": N_("Weak"), "2": N_("Middling"), "3": N_("Strong")}

_RESULT = {"PROFIT": N_("With a profit"), "BREAK_EVEN": N_("Even"), "LOSS": N_("With a loss")}
_TURNOVER = {
    "UNDER_25K": N_("Under €25,000"),
    "UNDER_100K": N_("€25,000 to €100,000"),
    "UNDER_250K": N_("€100,000 to €250,000"),
    "UNDER_1M": N_("€250,000 to €1,000,000"),
    "MORE": N_("More than €1,000,000"),
}
_INCOME = {
    "DESKS": N_("Desks"),
    "OFFICES": N_("Offices"),
    "EVENTS_ROOMS": N_("Rooms and events"),
    "SERVICES_TRAINING": N_("Services and training"),
    "FOOD": N_("Food and drink"),
    "PUBLIC_GRANT": N_("Public grants"),
    "PRIVATE_GRANT": N_("Private grants"),
    "MEMBER_FEES": N_("Members’ fees"),
    "OTHER": N_("Other"),
}
_CAPITAL = {
    "OWN": N_("Own money"),
    "FAMILY": N_("Family and friends"),
    "BANK": N_("A bank"),
    "EQUITY": N_("Shareholders"),
    "GRANT": N_("A grant"),
    "PUBLIC_CREDIT": N_("A public loan"),
    "PREPAID": N_("Members who paid in advance"),
    "CROWDFUNDING": N_("Crowdfunding"),
}
_SEX = {"WOMEN": N_("Women"), "MEN": N_("Men"), "OTHER": N_("Others, or not said")}
_AGE = {
    "UNDER_25": N_("Under 25"),
    "FROM_25": N_("25 to 34"),
    "FROM_35": N_("35 to 44"),
    "FROM_45": N_("45 to 54"),
    "FROM_55": N_("55 and over"),
}
_CONDITION = {
    "FREELANCE": N_("Freelancers"),
    "EMPLOYEE_TELEWORK": N_("Employees who telework"),
    "ENTREPRENEUR": N_("Entrepreneurs"),
    "START_UP": N_("Start-ups"),
    "ASSOCIATION": N_("People of associations"),
    "STUDENT": N_("Students"),
    "JOB_SEEKER": N_("Job seekers"),
    "ARTIST": N_("Artists"),
    "NOMAD": N_("Digital nomads"),
    "OTHER": N_("Others"),
}
_DISTANCE = {
    "UNDER_5KM": N_("Under 5 km"),
    "UNDER_20KM": N_("5 to 20 km"),
    "UNDER_50KM": N_("20 to 50 km"),
    "MORE": N_("More than 50 km"),
}
_ACTORS = {
    "INCUBATOR": N_("Incubators"),
    "LOCAL_AUTH": N_("Local authorities"),
    "UNIVERSITY": N_("Universities"),
    "CLUSTER": N_("Clusters"),
    "CHAMBER": N_("Chambers"),
    "COMPANY": N_("Companies"),
    "SCHOOL": N_("Schools"),
    "OTHER_SPACE": N_("Other third places"),
}
_CONSENT = {
    "NAMED": N_("Publish it with the name of the place"),
    "UNNAMED": N_("Publish it without naming the place"),
    "NO": N_("Publish nothing of it: for research only"),
}
#: field → code → words, of every field that a census asks.
CODES: Mapping[str, Mapping[str, str]] = {
    **PUBLIC_CODES,
    "result": _RESULT,
    "turnover_band": _TURNOVER,
    "income_share": _INCOME,
    "start_capital_origin": _CAPITAL,
    "public_support": {"yes": FLAG["yes"], "no": FLAG["no"]},
    "sex_share": _SEX,
    "age_bands": _AGE,
    "professional_condition": _CONDITION,
    "home_distance_bands": _DISTANCE,
    "interaction_level": _ACTORS,
    "story_consent": _CONSENT,
    "status": STATUS | {"OPEN": N_("Open")},
}

#: Why there is no answer.
NONE = {"UNKNOWN": N_("I don’t know"), "REFUSED": N_("I would rather not say")}

STATES = {"DRAFT": N_("In preparation"), "OPEN": N_("Open"), "CLOSED": N_("Closed")}
