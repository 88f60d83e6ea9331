"""Every indicator: what it is called, what it counts, among whom, from what, and since when.

Codes are those of the project's research. An indicator whose columns the extract doesn't hold, or nobody has filled
yet, is *not known*, which is never shown as nought.
"""

from dataclasses import dataclass

from coworkmed.kernel.i18n import N_

from .measures import (
    Compared,
    Count,
    Estimated,
    Filled,
    Measure,
    Quartiles,
    Quotient,
    Share,
    Split,
    Total,
    View,
)

#: Fewest answers a cell that is told may rest on, and fewest places a share is told of.
LEAST = 5
FIRST_EDITION = "2026-11"

THEMES = {
    "coverage": N_("Coverage and honesty"),
    "life": N_("Opening and closing"),
    "territory": N_("Density and territory"),
    "capacity": N_("Capacity, use and price"),
    "model": N_("How they are run"),
}
UNITS = {
    "places": N_("places"),
    "share": N_("share of places"),
    "days": N_("days"),
    "ratio": N_("ratio"),
    "index": N_("index from 0 to 1"),
    "per_100000": N_("places per 100,000 inhabitants"),
    "per_10000": N_("places per 10,000 self-employed people"),
    "people": N_("share of the inhabitants"),
    "desks": N_("desks"),
    "euros": N_("euros a month"),
    "percent": N_("% of the income"),
    "hours": N_("hours a year"),
    "jobs": N_("full-time equivalents"),
}
#: Among whom an indicator is computed.
POPULATIONS = {
    "all": N_("Every place of the registry that is one, whatever its status."),
    "alive": N_("Places not known to be closed."),
    "open": N_("Places whose status is open."),
    "answered": N_("Places not known to be closed that answered the question."),
    "invited": N_("Places that were invited to answer a census."),
    "cohort": N_("Places whose opening is dated; those closed without a date are left out."),
    "lists": N_("What each of two lists declares to be coworking, in the towns both cover."),
    "published": N_("Counts that others published of the same territory and year."),
}
#: Where what an indicator rests on comes from.
ORIGINS = {
    "registry": N_("The merged lists, and what places and people said: places.parquet"),
    "lists": N_("What each list says by itself: assertions.parquet"),
    "census": N_("Answers to a census"),
    "eurostat": N_("Population, income and typology of territories: territories.parquet (Eurostat)"),
    "published": N_("Figures others published"),
}
#: Why an indicator, or a figure of it, is not known.
UNKNOWN = {
    "NOT_ANSWERED": N_("Not known: nobody has answered yet."),
    "NO_STATISTICS": N_("Not known: the statistics of the territory are not loaded yet."),
    "NOTHING_DATED": N_("Not known: no list says when places opened and closed."),
    "NOTHING_HERE": N_("Not known here: no place that counts."),
    "NO_PAIR": N_("No estimate here: there are no two lists to compare."),
    "NO_TWO_FIGURES": N_("Not known here: no two published figures speak of the same year."),
    "SUPPRESSED": N_("Held back: so few answered that an answer could be told."),
    "TOO_FEW": N_("Too few places for a share."),
    "RELATED": N_("Refused: one list was made from the other, or both from a third."),
    "DATES_APART": N_("Refused: the lists are more than 24 months apart."),
    "TOO_FEW_MATCHES": N_("Refused: the lists share fewer than 7 places."),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """``code``      name in every file and address
    ``formula``   in symbols, the same in every language
    ``among``     key of POPULATIONS     ``origin``  key of ORIGINS     ``unit``  key of UNITS
    ``needs``     columns of the extract (``territories.…``: of the statistics) without which it is not known
    ``why``       key of UNKNOWN: the reason where it isn't
    ``answers``   whether it tells of answers that no public table shows row by row: then small cells are held back
    ``labels``    what its categories are codes of: "fields", "legal_forms", "sectors", "years" …; "" if it has none
    ``least``     fewest places (answers) a share (a cell) is told of
    """

    number: str
    code: str
    theme: str
    title: str
    text: str
    formula: str
    unit: str
    among: str
    origin: str
    measure: Measure
    needs: tuple[str, ...] = ()
    why: str = "NOTHING_HERE"
    answers: bool = False
    labels: str = ""
    least: int = LEAST
    since: str = FIRST_EDITION


_ALIVE = "status <> 'CLOSED'"
_OPEN = "status = 'OPEN'"


def _census(
    number: str, code: str, theme: str, title: str, text: str, formula: str, unit: str, measure: Measure,
    *needs: str, answers: bool = True, labels: str = "",
) -> Indicator:  # fmt: skip
    """One that rests on answers of a census: ``answers`` unless these are shown of each place on its page."""
    return Indicator(
        number, code, theme, title, text, formula, unit, "answered", "census", measure, needs, "NOT_ANSWERED",
        answers=answers, labels=labels,
    )  # fmt: skip


_ALL = (
    Indicator(
        "1", "places_open", "coverage", N_("Places open"),
        N_(
            "Places whose status is open. No single number is the number of coworking spaces: each definition "
            "has its own."
        ),
        "|P(t, d)|, P(t, d) = {p : status(p) = OPEN at t, p matches d}", "places", "all", "registry", Count(_OPEN),
    ),
    Indicator(
        "2", "confirmed_share", "coverage", N_("Share with evidence under 12 months old"),
        N_("Places whose newest evidence is under 12 months old, among places not known to be closed."),
        "|{p : age(p) < 12 months}| / |{p : status(p) ≠ CLOSED}|", "share", "alive", "registry",
        Share("recent", _ALIVE),
    ),
    Indicator(
        "2", "vouched_share", "coverage", N_("Share vouched for by someone on the spot"),
        N_(
            "Places confirmed within 12 months by the place itself, its network, an authority or a peer, not by "
            "a list alone."
        ),
        "|{p : freshness(p) = confirmed}| / |{p : status(p) ≠ CLOSED}|", "share", "alive", "registry",
        Share("freshness = 'confirmed'", _ALIVE),
    ),
    Indicator(
        "3", "median_age_of_confirmation", "coverage", N_("Median age of the newest evidence"),
        N_("Half of the dated places have evidence younger than this; a year or a month counts from its last day."),
        "median(as_of − confirmed_on(p))", "days", "alive", "registry",
        Quartiles("age_days", f"{_ALIVE} AND age_days IS NOT NULL"),
    ),
    Indicator(
        "4", "response_rate", "coverage", N_("Share of the invited that answered"),
        N_("Places with a valid answer, among those invited in the newest census wave."),
        "|{p : answered(p)}| / |{p : invited(p)}|", "share", "invited", "census", Share("answered", "invited"),
        ("invited", "answered"), "NOT_ANSWERED",
    ),
    Indicator(
        "5", "item_fill", "coverage", N_("Share of the places of which a fact is known"),
        N_("For each fact, the places of which any list or person says it, among all places."),
        "|{p : f(p) is known}| / |{p}|, for each field f", "share", "all", "registry", Filled(), labels="fields",
    ),
    Indicator(
        "6", "unseen_estimate", "coverage", N_("Coworking spaces, with those no list has seen"),
        N_(
            "An estimate of all coworking spaces in the towns that two lists both cover, from how many they share "
            "(Chapman), with its 95 % interval. Told only where the lists were made apart and share at least 7 places."
        ),
        "(n₁ + 1)(n₂ + 1) / (m + 1) − 1", "places", "lists", "lists", Estimated(), (), "NO_PAIR", labels="lists",
    ),
    Indicator(
        "7", "source_disagreement", "coverage", N_("How far published figures lie apart"),
        N_("The largest count that others published for a territory, divided by the smallest of the same year."),
        "max(counts) / min(counts)", "ratio", "published", "published", Compared(), (), "NO_TWO_FIGURES",
        labels="years",
    ),
    Indicator(
        "8", "annual_closure_rate", "life", N_("Share closed within a year"),
        N_("Places that closed in the last 12 months, among those open at their beginning."),
        "|{p : closed(p) within 12 months}| / |{p : open 12 months ago}|", "share", "alive", "registry",
        Share(
            "status = 'CLOSED'",
            "(status = 'CLOSED' AND closed_day > year_ago AND closed_day <= as_of) "
            "OR (status = 'OPEN' AND (opened_day IS NULL OR opened_day <= year_ago))",
        ),
        ("closed",), "NOTHING_DATED",
    ),
    Indicator(
        "8", "survival", "life", N_("Share still open after some years"),
        N_(
            "Share of the places still open so many years after they opened (Kaplan–Meier): those open today count for "
            "as long as they have been seen. Lists forget closed places: true shares may be lower."
        ),
        "S(k) = Π (1 − closed(t) / at risk(t)), t ≤ k years", "share", "cohort", "registry", View("survival"),
        ("opened", "closed"), "NOTHING_DATED", labels="years_after", least=10,
    ),
    Indicator(
        "9", "density", "territory", N_("Places open per 100,000 inhabitants"),
        N_("Places open, for every 100,000 inhabitants of the territory."),
        "100,000 × places_open / inhabitants", "per_100000", "open", "eurostat", View("density"),
        ("territories.inhabitants",), "NO_STATISTICS",
    ),
    Indicator(
        "9", "density_self_employed", "territory", N_("Places open per 10,000 self-employed people"),
        N_("Places open, for every 10,000 self-employed people of the territory."),
        "10,000 × places_open / self-employed", "per_10000", "open", "eurostat", View("density_self_employed"),
        ("territories.self_employed",), "NO_STATISTICS",
    ),
    Indicator(
        "10", "rural_share", "territory", N_("Where places are: rural, intermediate, urban"),
        N_("Places open by type of their territory (Eurostat’s typology of NUTS 3), among those whose type is known."),
        "|{p : type(p) = x}| / |{p : status(p) = OPEN, type(p) known}|", "share", "open", "eurostat",
        Split("territory_type", f"{_OPEN} AND territory_type IS NOT NULL"), ("territory_type",), "NO_STATISTICS",
        labels="territory_types",
    ),
    Indicator(
        "11", "location_quotient", "territory", N_("What is more frequent here than elsewhere"),
        N_(
            "The share of a kind among the places open here, divided by its share in the country (of a country: in all "
            "territories): 1 is as elsewhere, 2 is twice as frequent."
        ),
        "(k_r / P_r) / (k / P), for each kind k", "ratio", "open", "registry", View("location_quotient"),
        labels="kinds",
    ),
    Indicator(
        "12", "largest_town_share", "territory", N_("Share in the largest town"),
        N_("Places open in the town that has most, among those whose town is known."),
        "max over towns(P_town) / P", "share", "open", "registry", View("largest_town_share"), ("town_code",),
    ),
    Indicator(
        "12", "herfindahl", "territory", N_("Concentration in few towns"),
        N_(
            "Sum of the squared shares of all towns (Herfindahl): 1 if all places stand in one, near 0 if spread "
            "evenly."
        ),
        "Σ (P_town / P)²", "index", "open", "registry", View("herfindahl"), ("town_code",),
    ),
    Indicator(
        "13", "access20", "territory", N_("Inhabitants within 20 minutes of a place"),
        N_("Share of the inhabitants who reach an open place within 20 minutes by road."),
        "inhabitants within 20 minutes / inhabitants", "people", "open", "eurostat", View("access20"),
        ("territories.within_20_minutes", "territories.inhabitants"), "NO_STATISTICS",
    ),
    Indicator(
        "14", "outside_metropolis_share", "territory", N_("Share outside a metropolis"),
        N_("Places open outside every metropolis that the law names, among those whose municipality is known."),
        "|{p : not in_metropolis(p)}| / |{p : in_metropolis(p) known}|", "share", "open", "eurostat",
        Share("NOT in_metropolis", f"{_OPEN} AND in_metropolis IS NOT NULL"), ("in_metropolis",), "NO_STATISTICS",
    ),
    Indicator(
        "15", "desks_per_place", "capacity", N_("Desks of a place"),
        N_("Half of the places of which it is known have no more desks than this; the quartiles stand beside it."),
        "median(desks(p))", "desks", "alive", "registry", Quartiles("desks", f"{_ALIVE} AND desks IS NOT NULL"),
        ("desks",), "NOT_ANSWERED",
    ),
    Indicator(
        "15", "desks_total", "capacity", N_("Desks, of the places of which it is known"),
        N_("All desks that are known of. Places of which it is not known are not counted in: the truth is higher."),
        "Σ desks(p)", "desks", "alive", "registry", Total("desks", f"{_ALIVE} AND desks IS NOT NULL"),
        ("desks",), "NOT_ANSWERED",
    ),
    _census(
        "16", "desk_occupancy", "capacity", N_("Share of the desks in use"),
        N_("Desks occupied in the week asked of, divided by the desks that could be used."),
        "Σ desks_occupied(p) / Σ desks(p)", "ratio",
        Quotient(
            "desks_occupied", "coalesce(desks, desks_flex + desks_fixed)",
            f"{_ALIVE} AND desks_occupied IS NOT NULL AND coalesce(desks, desks_flex + desks_fixed) > 0",
        ),
        "desks_occupied",
    ),
    Indicator(
        "16", "membership_ratio", "capacity", N_("Members per desk"),
        N_("Members divided by desks, of the places of which both are known. It may exceed 1, and is no occupancy."),
        "Σ members / Σ desks", "ratio", "alive", "registry",
        Quotient("members_now", "desks", f"{_ALIVE} AND members_now IS NOT NULL AND desks > 0"),
        ("members_now", "desks"), "NOT_ANSWERED",
    ),
    Indicator(
        "17", "price_month_flex", "capacity", N_("Price of a month"),
        N_("Half of the places that state it in euros ask no more than this for a month at any desk that is free."),
        "median(price_month(p))", "euros", "alive", "registry",
        Quartiles("price_month", f"{_ALIVE} AND price_month IS NOT NULL AND price_month_currency = 'EUR'"),
        ("price_month", "price_month_currency"), "NOT_ANSWERED",
    ),
    Indicator(
        "17", "price_gap", "capacity", N_("Rural prices against urban ones"),
        N_("Median price of a month in rural territories, divided by that in urban ones."),
        "median(price, rural) / median(price, urban)", "ratio", "alive", "eurostat", View("price_gap"),
        ("price_month", "territory_type"), "NO_STATISTICS",
    ),
    Indicator(
        "18", "affordability", "capacity", N_("Price of a month against income"),
        N_("Median price of a month, divided by the disposable income of an inhabitant for a month."),
        "median(price_month) / income of a month", "ratio", "alive", "eurostat", View("affordability"),
        ("price_month", "territories.income_month"), "NO_STATISTICS",
    ),
    Indicator(
        "19", "legal_form_share", "model", N_("Legal forms"),
        N_("Places by legal form, among those of which it is known."),
        "|{p : legal_form(p) = x}| / |{p : legal_form(p) known}|", "share", "alive", "registry",
        Split("legal_form", f"{_ALIVE} AND legal_form IS NOT NULL"), ("legal_form",), "NOT_ANSWERED",
        labels="legal_forms",
    ),
    Indicator(
        "19", "sector_share", "model", N_("Public, private, of an association"),
        N_("Places by sector, among those of which it is known."),
        "|{p : sector(p) = x}| / |{p : sector(p) known}|", "share", "alive", "registry",
        Split("sector", f"{_ALIVE} AND sector IS NOT NULL"), ("sector",), "NOT_ANSWERED", labels="sectors",
    ),
    _census(
        "19", "initiator_share", "model", N_("Who began them"), N_("Places by who began them."),
        "|{p : initiated_by(p) = x}| / |{p : initiated_by(p) known}|", "share",
        Split("initiated_by", f"{_ALIVE} AND initiated_by IS NOT NULL"), "initiated_by", answers=False,
        labels="initiators",
    ),
    _census(
        "20", "user_vote_share", "model", N_("Share where users vote"),
        N_(
            "Places whose users vote, each with one vote or by shares, among those that answered. No score is "
            "made of it."
        ),
        "|{p : user_vote(p) ∈ {ONE_PERSON_ONE_VOTE, BY_SHARES}}| / |{p : user_vote(p) known}|", "share",
        Share("user_vote IN ('ONE_PERSON_ONE_VOTE', 'BY_SHARES')", f"{_ALIVE} AND user_vote IS NOT NULL"), "user_vote",
        answers=False,
    ),
    _census(
        "21", "facilitated_share", "model", N_("Share with someone who looks after the community"),
        N_("Places with a post, or part of one, for someone who looks after the community."),
        "|{p : facilitator_fte(p) > 0}| / |{p : facilitator_fte(p) known}|", "share",
        Share("facilitator_fte > 0", f"{_ALIVE} AND facilitator_fte IS NOT NULL"), "facilitator_fte",
        answers=False,
    ),
    _census(
        "22", "grant_dependence", "model", N_("Income from public grants"),
        N_("Half of the places that answered have no more of their income from public grants than this."),
        "median(share of public grants in the income)", "percent",
        Quartiles("income_public_grant", f"{_ALIVE} AND income_public_grant IS NOT NULL"), "income_public_grant",
    ),
    _census(
        "22", "fragile_share", "model", N_("Share that is fragile"),
        N_("Places with more than half of their income from public grants, or a lease that ends within 4 years."),
        "|{p : grants(p) > 50 % or lease_end(p) < as_of + 4 years}| / |{p : either known}|", "share",
        Share(
            "income_public_grant > 50 OR lease_end_day < as_of + INTERVAL '4 years'",
            f"{_ALIVE} AND (income_public_grant IS NOT NULL OR lease_end_day IS NOT NULL)",
        ),
        "income_public_grant", "lease_end",
    ),
    _census(
        "23", "result_share", "model", N_("Profit, break-even, loss"),
        N_("Places by the result of their last year, among those that answered."),
        "|{p : result(p) = x}| / |{p : result(p) known}|", "share",
        Split("result", f"{_ALIVE} AND result IS NOT NULL"), "result", labels="results",
    ),
    _census(
        "24", "non_money_share", "model", N_("Share that takes time or skills for money"),
        N_("Places that accept hours, skills or barter instead of money, among those that answered."),
        "|{p : NONE ∉ non_money_payment(p)}| / |{p : non_money_payment(p) known}|", "share",
        Share("NOT ('NONE' = ANY(non_money_payment))", f"{_ALIVE} AND array_length(non_money_payment, 1) > 0"),
        "non_money_payment", answers=False,
    ),
    _census(
        "24", "hours_returned", "model", N_("Hours given back"),
        N_("Hours that users give instead of money, in a year, in the places that answered."),
        "Σ 12 × hours_given_month(p)", "hours",
        Total("12 * hours_given_month", f"{_ALIVE} AND hours_given_month IS NOT NULL"), "hours_given_month",
    ),
    _census(
        "25", "jobs_direct_fte", "model", N_("Jobs in the places themselves"),
        N_("Posts that the places that answered pay for, in full-time equivalents."),
        "Σ jobs_fte(p)", "jobs", Total("jobs_fte", f"{_ALIVE} AND jobs_fte IS NOT NULL"), "jobs_fte",
    ),
)  # fmt: skip

INDICATORS: dict[str, Indicator] = {one.code: one for one in _ALL}
