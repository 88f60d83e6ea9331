"""The desk in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.kernel.i18n import N_

from . import rules

#: What a reviewer may say: the words of the button, and of what was said.
VERDICTS = {
    rules.SAME: N_("The same place"),
    rules.DIFFERENT: N_("Not the same"),
    rules.BRANCH: N_("Branches of a chain"),
    rules.UNSURE: N_("I can’t tell"),
}
#: The key of each.
KEYS = {rules.SAME: "1", rules.DIFFERENT: "2", rules.BRANCH: "3", rules.UNSURE: "4"}
UNDO_KEY = "0"
WHY_ASKED = {
    "gain": N_("Asked because the answer is worth most here."),
    "audit": N_("Drawn at random, to learn how good the registry is: two people judge it."),
    "own": N_("Asked by a person."),
}
DISPUTED = N_("Disputed: two reviewers disagree, and nothing binds until a third has judged.")
#: The comparisons of the matching.
COMPARISONS = {
    "name_spelling": N_("Spelling of the names"),
    "name_whole": N_("The whole names"),
    "name_contained": N_("One name within the other"),
    "name_rarity": N_("Rare words in both names"),
    "name_own_words": N_("Words of the names beside kind and town"),
    "kinds": N_("Kind of place"),
    "name_numbers": N_("Numbers in the names"),
    "acronym": N_("Initials"),
    "department": N_("Departments of a larger site"),
    "premises": N_("Street and number"),
    "address_numbers": N_("Numbers of the addresses"),
    "unit": N_("Unit in the building"),
    "postcode": N_("Postcode"),
    "town": N_("Town"),
    "country": N_("Country"),
    "phone": N_("Telephone"),
    "web": N_("Web domain"),
    "site_name": N_("Name of the web site"),
    "profile": N_("Social networks"),
    "name_and_premises": N_("Name and place together"),
    "distance": N_("Distance"),
    "identifier": N_("Official identifiers"),
    "dates": N_("Dates of opening and closing"),
    "branch": N_("Signs of a chain"),
    "inside": N_("One inside the other"),
}


def effects(joined: bool, sides: tuple[int, int] | None, entries: int) -> dict[str, str]:
    """What each verdict does at the next run. ``sides``: entries on both sides, where that has a meaning; ``entries``:
    those of the place that holds both, where one does."""
    count = sum(sides) if sides else entries
    many = {"n": count}
    if joined:
        same = ngettext("Keeps {n} entry one place.", "Keeps {n} entries one place.", count).format(**many)
        if sides == (1, 1):
            apart = _("Parts them into two places.")
        elif sides:
            apart = ngettext(
                "Parts {n} entry into two places, of {left} and {right}.",
                "Parts {n} entries into two places, of {left} and {right}.",
                count,
            ).format(left=sides[0], right=sides[1], **many)
        else:
            apart = _("These two stand for one place no more; what else holds it together is weighed anew.")
    else:
        same = ngettext("Joins {n} entry into one place.", "Joins {n} entries into one place.", count).format(**many)
        apart = _("Keeps them two places.")
    chain = _("Two places, and it is remembered that they belong to one chain.")
    unsure = _("Changes nothing. You are not asked again; others are.")
    return {rules.SAME: same, rules.DIFFERENT: apart, rules.BRANCH: chain, rules.UNSURE: unsure}


def done(said: str, count: int) -> str:
    """What was just recorded, in words."""
    if count == 1:
        return _("Noted: {verdict}.").format(verdict=_(VERDICTS[said]))
    told = ngettext("Noted for {n} pair: {verdict}.", "Noted for {n} pairs: {verdict}.", count)
    return told.format(n=count, verdict=_(VERDICTS[said]))
