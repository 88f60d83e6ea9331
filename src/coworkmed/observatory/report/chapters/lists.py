"""What the lists brought, what they disagree on, what they miss, and what waits for a person."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places.queries import RejectRow
from coworkmed.places.words import STATUS
from coworkmed.sources.reasons import REJECTIONS
from coworkmed.sources.voices import KEYS as VOICES
from coworkmed.web.formats import day, number, percent

from ...definitions import VOICES as HOW_THEY_SPEAK
from ...disagreement import Disagreement
from ...rules import Brought
from ...unseen import REFUSALS, Unseen
from ...words import quality
from .. import telling
from ..contents import Block, Paragraph, Points, Run, Section, Table, Text, line
from ..drawn import Bar
from ..material import Material
from ..telling import cells, many
from .counts import pictured

_NUMBERS = frozenset(range(1, 20))
_FIELDS = 12  # in a picture


def unseen(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "Two lists made independently of each other work like two captures: from how many places both hold, "
                "Chapman’s estimator tells how many there are in all, those neither has seen included. It is computed "
                "for coworking as declared, in the towns both lists cover, and only where its conditions can be met."
            )
        )
    )
    lawful = [row for row in material.figures.unseen if row.estimate]
    if lawful:
        yield _estimates(material, lawful)
        yield Paragraph(
            line(
                _(
                    "Lists tend to know the same well-known places, which makes the estimate too low; towns that only "
                    "one list covers are left out of it."
                )
            ),
            "note",
        )
    else:
        said = _("No pair of these lists meets the conditions, so no estimate is given.")
        yield Paragraph((Run(said, "strong"),))
    refused = sorted((row for row in material.figures.unseen if not row.estimate), key=lambda row: -row.matches)
    near = [row for row in refused if row.matches]
    if near:
        yield Table(
            _("Pairs of lists that share places and give no estimate"),
            [_("Two lists"), _("In the first"), _("In the second"), _("In both"), _("Why not")],
            [
                cells(
                    telling.pair(material, row.left, row.right),
                    *(number(count) for count in (row.n1, row.n2, row.matches)),
                    _refusal(row),
                )
                for row in near
            ],
            frozenset((1, 2, 3)),
        )
    if others := len(refused) - len(near):
        said = ngettext(
            "{n} other pair of lists shares no such place, or one of the two declares no coworking space.",
            "{n} other pairs of lists share no such place, or one of the two declares no coworking space.",
            others,
        )
        yield Paragraph(line(many(said, others)), "note")


def _estimates(material: Material, rows: list[Unseen]) -> Block:
    told: list[list[Text]] = []
    drawn: list[Bar] = []
    for row in rows:
        if not (one := row.estimate):
            continue
        towns = many(ngettext("{n} town", "{n} towns", row.towns), row.towns)
        where = ", ".join([*map(telling.territory, row.countries), towns])
        around = _("{low} to {high}").format(low=number(one.low, 0), high=number(one.high, 0))
        pair = telling.pair(material, row.left, row.right)
        counts = (number(count) for count in (row.n1, row.n2, row.matches, row.observed))
        told.append(cells(pair, where, *counts, Run(number(one.value, 0), "strong"), around))
        label = "".join(run.text for run in pair)
        drawn.append(Bar(label, one.value, f"{number(one.value, 0)} ({around})", one.low, one.high))
    head = [
        _("Two lists"), _("Territory"), _("In the first"), _("In the second"), _("In both"), _("Seen"), _("Estimated"),
        _("95 % interval"),
    ]  # fmt: skip
    title = _("Coworking spaces in the towns both lists cover: seen by either, and estimated with a 95 % interval")
    behind = Table(title, head, told, frozenset(range(2, 8)))
    return pictured(title, drawn, "unseen", behind, top=max(bar.high or 0 for bar in drawn))


def _refusal(row: Unseen) -> str:
    return telling.filled(_(REFUSALS[row.refusal]), row.params)


def disagreements(material: Material) -> Iterator[Block]:
    yield Paragraph(
        line(
            _(
                "Where two lists know the same place and contradict each other, the contradiction is shown here. One "
                "value is chosen for the table of places by a published rule; all are kept. Positions count as "
                "different beyond 300 metres, kinds if the lists have none in common, web sites if they are of "
                "different domains."
            )
        )
    )
    rows = [row for row in material.figures.disagreements if row.of]
    if not rows:
        yield Paragraph(line(_("No place is told of by two lists that say the same field of it.")))
        return
    behind = Table(
        _("Places on which two lists differ, of those told by two or more"),
        [_("Field"), _("Places on which two lists differ"), _("Of places told by two or more"), _("Share")],
        [cells(telling.field(row.field), number(row.n), number(row.of), telling.share(row.n, row.of)) for row in rows],
        _NUMBERS,
    )
    drawn = [
        Bar(telling.field(row.field), row.n / row.of, f"{telling.of(row.n, row.of)} ({percent(row.n / row.of)})")
        for row in rows
    ]
    yield pictured(behind.caption, drawn, "disagreements", behind, top=1.0)
    for row in rows:
        if row.examples:
            yield Section(
                f"disagree-{row.field.replace('_', '-')}", telling.field(row.field), [_examples(material, row)]
            )


def _examples(material: Material, row: Disagreement) -> Points:
    items: list[Text] = []
    for example in row.examples:
        runs = [*telling.place(material, example.place_id, example.name), Run(" — ")]
        for at, (key, said) in enumerate(example.said):
            told = _said_of(row.field, said)
            runs += [Run("; ") if at else Run(""), telling.source(material, key), Run(": "), Run(told, "emphasis")]
        items.append(tuple(run for run in runs if run.text))
    return Points(items)


def _said_of(field: str, said: str) -> str:
    if field == "status":
        return _(STATUS[said]) if said in STATUS else said
    if field == "kinds":
        return ", ".join(_(KINDS[kind]) if kind in KINDS else kind for kind in said.split(", "))
    return said


def sources(material: Material) -> Iterator[Block]:
    if not material.figures.sources:
        yield Paragraph(line(_("No source has been harvested yet.")))
    for row in material.figures.sources:
        yield Section(f"source-{row.source}", telling.source(material, row.source).text, list(_source(material, row)))
    if len(material.lists) > 1 and material.figures.places:
        yield _overlap(material)


def _source(material: Material, row: Brought) -> Iterator[Paragraph | Points | Table]:
    spec = material.sources[row.source].spec
    voice = row.source in VOICES
    if voice:
        yield Paragraph(line(_(HOW_THEY_SPEAK[row.source]) if row.source in HOW_THEY_SPEAK else ""))
    else:
        kept = [spec.keeper, _("As of {date}").format(date=day(spec.observed_on)) if spec.observed_on else ""]
        yield Paragraph(line(" · ".join(filter(None, kept))), "note")
    yield Points([(Run(f"{label}: "), Run(number(count), "strong")) for label, count in _brought(row, voice)])
    if said := _profile(material, row.source):
        yield Paragraph(line(said))
    licence = LICENCES.get(spec.licence)
    terms = Run(licence.title, href=licence.url) if licence else Run(spec.licence)
    named = "" if voice else " · " + spec.attribution
    home = (Run(" · "), Run(_("The list itself"), href=spec.homepage)) if spec.homepage else ()
    yield Paragraph((terms, *((Run(named),) if named else ()), *home), "note")
    if spec.derived_from:
        made = _("Made from: {lists}").format(lists=", ".join(spec.derived_from))
        yield Paragraph(line(made), "note")


def _brought(row: Brought, voice: bool) -> list[tuple[str, int]]:
    if voice:
        return [(_("Words that count"), row.entries), (_("Places it speaks of"), row.places)]
    outside = row.rejected.get("OUT_OF_SCOPE", 0)
    return [
        (_("Rows read"), row.read),
        (_("Entries that speak"), row.entries),
        *([(_("Rows out of scope"), outside)] if outside else []),
        (_("Rows rejected"), sum(row.rejected.values()) - outside),
        (_("Personal data dropped at the door"), sum(row.dropped.values())),
        (_("Places it knows"), row.places),
        (_("Places only it knows"), row.alone),
    ]


def _profile(material: Material, key: str) -> str:
    """A list in its own words, before anything was merged: its rows by kind and by region."""
    entries = [entry.words() for entry in material.snapshot.entries if entry.source == key and entry.retired_on is None]
    if not entries or key in VOICES:
        return ""
    kinds, regions = _tally(entries, "main_kind"), _tally(entries, "region")
    said = []
    if typed := sum(kinds.values()):
        named = "; ".join(
            f"{_(KINDS[code]) if code in KINDS else code}: {number(n)}" for code, n in kinds.most_common()
        )
        said.append(
            _("By its own word, of {whole} entries {n} are of a stated main kind. {list}.").format(
                whole=number(len(entries)), n=number(typed), list=named
            )
        )
    if located := sum(regions.values()):
        named = "; ".join(f"{name}: {number(n)}" for name, n in regions.most_common())
        said.append(_("By region, of {n} entries that name one. {list}.").format(n=number(located), list=named))
    return " ".join(said)


def _tally(entries: list[Any], field: str) -> Counter[str]:
    """What entries say of a field without repair or doubt."""
    found = (words.get(field) or {} for words in entries)
    return Counter(
        str(one["value"]) for one in found if one.get("value") and not one.get("doubt") and not one.get("repair")
    )


def _overlap(material: Material) -> Section:
    """Which lists know the same places: only pairs that do."""
    rows = [
        (one.overlap[other.source], one.source, other.source)
        for at, one in enumerate(material.lists)
        for other in material.lists[at + 1 :]
        if one.overlap.get(other.source)
    ]
    title = _("How the lists overlap")
    if not rows:
        return Section("overlap", title, [Paragraph(line(_("No place is known to two lists.")))])
    told = [
        cells(telling.pair(material, left, right), number(count)) for count, left, right in sorted(rows, reverse=True)
    ]
    return Section(
        "overlap", title, [Table(_("Places that both lists know"), [_("Two lists"), _("Places")], told, _NUMBERS)]
    )


def left_to_a_person(material: Material) -> Iterator[Block]:
    figures = material.figures
    if count := figures.to_review:
        said = ngettext(
            "{n} pair of entries may or may not be one place: it waits for a person’s word.",
            "{n} pairs of entries may or may not be one place each: they wait for a person’s word.",
            count,
        )
        yield Paragraph(line(many(said, count)))
    else:
        yield Paragraph(line(_("No pair of entries waits for a person’s word.")))
    if found := quality(material.snapshot.quality):
        yield Paragraph(line(" ".join(found)))
    if material.snapshot.rejections:
        yield _rejected(material)
    else:
        yield Paragraph(line(_("No row was rejected.")))
    known = [row for row in figures.fill if row.n]
    if figures.places and known:
        title = _("Places for which each field is known")
        head = [_("Field"), _("Places"), _("Share")]
        rows = [cells(_(FIELDS[row.field].label), number(row.n), telling.share(row.n, row.of)) for row in known]
        first = sorted(known, key=lambda row: -row.n)[:_FIELDS]
        drawn = [
            Bar(_(FIELDS[row.field].label), row.n, f"{number(row.n)} ({telling.share(row.n, row.of)})") for row in first
        ]
        told = pictured(title, drawn, "fields", Table(title, head, rows, _NUMBERS), top=known[0].of)
        yield Section("known", _("What is not known"), [told, *_nowhere(material)])


def _nowhere(material: Material) -> Iterator[Paragraph]:
    nowhere = [_(FIELDS[row.field].label) for row in material.figures.fill if not row.n]
    if nowhere:
        yield Paragraph((Run(_("Known for no place:") + " "), Run(", ".join(nowhere))), "note")


def _rejected(material: Material) -> Table:
    groups: dict[tuple[str, str], list[RejectRow]] = defaultdict(list)
    for row in material.snapshot.rejections:
        groups[row.source, row.code].append(row)
    rows = [
        cells(
            telling.source(material, key),
            telling.filled(_(REJECTIONS[code]) if code in REJECTIONS else code, group[0].params),
            number(len(group)),
        )
        for (key, code), group in groups.items()
    ]
    caption = _("Rows that could not enter. Each is in rejects.csv as it was given, personal data apart.")
    return Table(caption, [_("Source"), _("Why, by the first such row"), _("Rows")], rows, frozenset((2,)))
