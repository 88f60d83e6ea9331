"""A living page of every piece pages are made of: the code shown is the code that drew what stands beside it."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.views.decorators.http import require_safe

from coworkmed.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Specimen:
    """A component by its macro's ``name``, Jinja2 ``code`` that calls it, and what to do and not to do with it."""

    name: str
    code: str
    do: str
    avoid: str


SPECIMENS = (
    Specimen(
        "link_button",
        '{{ link_button("#", "Search for a place") }}\n{{ link_button("#", "Open the map", quiet=true) }}',
        N_("One full button on a screen: the step most people came for."),
        N_("Buttons that only lead to another page of the same rank: those are links."),
    ),
    Specimen(
        "button",
        '{{ button("Search") }} {{ button("Not now", quiet=true) }} {{ button("Sent", disabled=true) }}',
        N_("A verb, in the reader’s words."),
        N_("“OK” and “Submit”."),
    ),
    Specimen(
        "field",
        '{{ field("town", "Town", "Šibenik", hint="As it is written on the letterbox.") }}\n'
        '{{ field("mail", "E-mail", "anna(at)example", wrong="An address has an @ in it.") }}',
        N_("Say above the box what is asked, and below it what is wrong and how to put it right."),
        N_("A label that vanishes when one begins to write."),
    ),
    Specimen(
        "choice",
        '{% call choice("kind", "Kind", "All kinds", "FAB") %}\n'
        '{{ option("COWORK", "Coworking", "FAB", 281) }}{{ option("FAB", "Fab lab", "FAB", 74) }}\n{% endcall %}',
        N_("Show how many places each choice would leave."),
        N_("Choices that lead to nothing."),
    ),
    Specimen(
        "chip",
        '<p class="chips">{{ chip("#", "Croatia", 80) }}{{ chip("#", "Fab lab", 74, chosen=true) }}</p>',
        N_("A filter that is on looks full and carries a cross, besides its colour."),
        N_("More than two lines of them: use a list of choices."),
    ),
    Specimen(
        "status",
        '{{ status(place("OPEN"), words) }} {{ status(place("OPEN", "doubtful"), words) }}\n'
        '{{ status(place("PAUSED"), words) }} {{ status(place("CLOSED"), words) }}',
        N_("A word and a shape; the colour comes third."),
        N_("“Closed” where nobody said so: silence is not closure."),
    ),
    Specimen(
        "age",
        '{{ age("2026-10", "fresh") }} · {{ age("2024-02-03", "ageing") }} ·\n'
        '{{ age("2019", "stale") }} · {{ age("") }}',
        N_("Every fact carries one."),
        N_("A date alone where its age is what matters."),
    ),
    Specimen(
        "badge",
        '{{ badge("demo") }} {{ badge("confirmed", "good") }} {{ badge("ageing", "fair") }}\n'
        '{{ badge("lists disagree", "poor") }}',
        N_("One or two words about the thing beside it."),
        N_("Something to press."),
    ),
    Specimen(
        "figure",
        '<dl class="figures">{{ figure("402", "Places not known to be closed", "in 5 countries") }}\n'
        '{{ figure("61 %", "Evidence under 12 months old", "the rest is shown with its age") }}</dl>',
        N_("A number, what it counts by definition, and its age."),
        N_("A number without its definition, or more than three in a row."),
    ),
    Specimen(
        "way_in",
        '<ul class="ways">{{ way_in("#", "I need a desk", "Find a place by its name or town.", 1) }}\n'
        '{{ way_in("#", "I do research", "Take the figures and all the data.", 6) }}</ul>',
        N_("What someone wants, said as they would say it."),
        N_("The names of our departments."),
    ),
    Specimen(
        "land",
        '<ul class="lands">{{ land("#", "Croatia", 80, 0.58) }}{{ land("#", "Greece", 1284, 0.66) }}</ul>',
        N_("A territory, how many places it has and how fresh they are."),
        N_("A ranking: lists differ in what they cover."),
    ),
    Specimen(
        "card",
        '<ol class="cards">{% call card("Common Sea map", "#") %}\n'
        "<p>Kept by volunteers since 2012.</p>{% endcall %}</ol>",
        N_("One thing with a page of its own, described in a few lines."),
        N_("Cards within cards."),
    ),
    Specimen(
        "notice",
        '{{ notice("This place has closed", "Three lists say so since March 2026.") }}',
        N_("Something to know before reading on; at most one on a page."),
        N_("News, thanks and advertising."),
    ),
    Specimen(
        "flag",
        '{{ flag("Needs a person:", "the list came back empty; what was known from it is kept.") }}',
        N_("What is wrong and what was done about it."),
        N_("An error’s number alone."),
    ),
    Specimen(
        "table",
        '{{ table("Places by country" ~ id, ("Country", "Places", "Seen this year"),\n'
        '         (("Croatia", "80", "58 %"), ("Greece", "1,284", "66 %"))) }}',
        N_("Headings for columns and rows, numbers one under the other."),
        N_("A picture of a table, or a table for the sake of layout."),
    ),
    Specimen(
        "week",
        '{{ week((("Monday to Friday", "9:00 – 19:00", true), ("Saturday", "10:00 – 14:00", false),\n'
        '         ("Sunday", "closed", false)), "When it is open") }}',
        N_("Days that are alike on one line; today stands out."),
        N_("Hours we could not read: show them as they were written."),
    ),
    Specimen(
        "crumbs",
        '{{ crumbs((("#", "Places"), ("#", "Croatia")), "You are here" ~ id) }}',
        N_("The way back up, from the widest."),
        N_("The page itself: its title says it."),
    ),
    Specimen(
        "tabs",
        '{{ tabs((("#", "List", true), ("#", "Map", false)), "Views" ~ id) }}',
        N_("Two to four views of the same thing, each with its own address."),
        N_("Steps of a form."),
    ),
    Specimen(
        "pager",
        '{% macro again(number) %}#{{ number }}{% endmacro %}\n{{ pager(pages, again, "Pages" ~ id) }}',
        N_("Say how many pages there are."),
        N_("Lists that load for ever: nobody reaches the end, nor the foot of the page."),
    ),
    Specimen(
        "disclosure",
        '{% call disclosure("Why rows were turned away") %}<p>Two gave no name.</p>{% endcall %}',
        N_("What few need and all may see."),
        N_("Anything needed to understand the line above it."),
    ),
    Specimen(
        "fold",
        '{% call fold("Where", "Address, Town") %}<p>Obala 12, Šibenik</p>{% endcall %}',
        N_("Parts of a long form that few change. Open what was typed in, and what holds a fault."),
        N_("Folding away the step most people came for."),
    ),
    Specimen(
        "empty",
        '{{ empty("Nothing found", "Try fewer words, or take a filter away.") }}',
        N_("Say why there is nothing, and what to do next."),
        N_("A blank."),
    ),
    Specimen(
        "compass",
        "{{ compass(120) }}",
        N_("The eight winds of the sea, where a page would else be bare."),
        N_("Beside text that matters more."),
    ),
    Specimen(
        "bearing",
        '<p class="chips">{{ bearing(0) }}{{ bearing(1) }}{{ bearing(3) }}{{ bearing(6) }}</p>',
        N_("To mark ways that lead in different directions."),
        N_("To mean something that no word says."),
    ),
)
#: Tokens that may stand on one another: every word is readable on every ground, in both modes.
GROUNDS = ("paper", "stone", "water", "land")
WORDS = ("ink", "soft", "sea", "sea-deep", "terracotta", "olive", "ochre")

MODES = ("by day", "by night", "turned round")  # each specimen is shown in each


def draw(specimen: Specimen, mode: str) -> str:
    """What the code of ``specimen`` makes, as a page would have it; ``mode`` makes its labels unique on the page."""
    engine = engines["jinja2"]
    imported = f'{{% from "components/ui.html" import {", ".join(sorted({specimen.name, "option"}))} %}}'
    template = engine.from_string(imported + specimen.code)
    context = {"id": f" ({mode})", "place": _place, "pages": Paginator(range(90), 30).page(2), "words": _STATUS}
    return str(template.render(context))


_STATUS = {"OPEN": N_("Active"), "PAUSED": N_("Closed for a time"), "CLOSED": N_("Closed")}


def _place(status: str, freshness: str = "confirmed") -> SimpleNamespace:
    return SimpleNamespace(status=status, freshness=freshness)


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    shown = [(specimen, *(draw(specimen, mode) for mode in MODES)) for specimen in SPECIMENS]
    return render(request, "styleguide.html", {"shown": shown, "grounds": GROUNDS, "words": WORDS})
