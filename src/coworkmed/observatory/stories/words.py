"""Stories in words: the themes, what is agreed to, and how a story stands."""

from coworkmed.kernel.i18n import N_

LICENCE = "CC-BY-4.0"
#: Version of what is agreed to: it goes up when `AGREE` or `TERMS` changes.
CONSENT = "2026.1"
AGREE = N_("I may speak for the place, and agree that this story is published under the licence CC BY 4.0.")
TERMS = (
    N_("Two readers who look after places give the story its themes, without knowing what the other finds."),
    N_("Then it is published in the language you wrote it in: anyone may quote it, and has to say where it is from."),
    N_("You can take it back at any time. Its page then says so, and its text is deleted."),
)

FIELDS = {"WORK": N_("In work"), "SOCIAL": N_("In social life"), "PUBLIC": N_("In public life")}

#: Theme → its name, and what a story must tell to be of it.
THEMES = {
    "NEW_WORK": (
        N_("Another way of working"),
        N_("People work otherwise than before: nearer to home, at other hours, for themselves, across trades."),
    ),
    "LIVELIHOOD": (
        N_("A livelihood"),
        N_("A job, a business or an activity came about or was kept, through the place or those one met there."),
    ),
    "SKILLS": (
        N_("Skills passed on"),
        N_("Someone learnt from others at the place what they can now do, with or without a course."),
    ),
    "TOGETHER": (
        N_("Doing it together"),
        N_("Members share orders, tools, costs or risks, or make something that none could have made alone."),
    ),
    "LESS_ALONE": (
        N_("Less alone"),
        N_("People who were by themselves, at work or in life, are so no more."),
    ),
    "MIXING": (
        N_("People who would not have met"),
        N_("Ages, trades, origins or means that keep apart elsewhere come together, and something follows from it."),
    ),
    "MUTUAL_HELP": (
        N_("Mutual help"),
        N_("Time, things or care are given without money, or for less than they cost."),
    ),
    "WAY_BACK": (
        N_("A way back in"),
        N_("Someone kept out (by illness, age, a disability, no papers, no work) finds a place among others."),
    ),
    "SERVICE": (
        N_("A service nearby"),
        N_("Something the public needs is to be had there again, or for the first time: post, care, advice, culture."),
    ),
    "REVIVED": (
        N_("A place come back to life"),
        N_("A building, a street or a village that was empty or fading is used and looked after."),
    ),
    "SAY": (
        N_("A say in decisions"),
        N_("People decide on what concerns them, in the place or beyond, who did not before."),
    ),
    "ENVIRONMENT": (
        N_("Living with less"),
        N_("Fewer journeys, less waste or energy, more repaired, grown or shared."),
    ),
    "POLICY": (
        N_("What public bodies do"),
        N_("A municipality, a region or another public body does something otherwise because of the place."),
    ),
}

STATES = {
    "DRAFT": N_("Draft: only you can read it"),
    "SUBMITTED": N_("Sent: it is being read"),
    "PUBLISHED": N_("Published"),
    "DECLINED": N_("Not published"),
    "WITHDRAWN": N_("Taken back"),
}
#: How the coders of a story came to agree.
SETTLED = {
    "AGREED": N_("Both readers found the same."),
    "DISCUSSION": N_("The readers found different themes, and settled it by talking."),
    "THIRD": N_("The readers found different themes, and a third settled it."),
}
NAMING = {"NAMED": N_("With the name of the place"), "UNNAMED": N_("Without it: only the country is said")}
