"""Why two records look the same or not, in words. Sentences are translated where a reader is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.i18n import N_
from coworkmed.kernel.web_addresses import own_domain

from .compare import FEATURES
from .model import Model
from .reading import CLASS_WEIGHT, OF_COMPANY
from .records import Reason, Record, Relation
from .texts import (
    MAX_WORDS,
    few,
    identifiers,
    known_by,
    name_words,
    paths,
    site_names,
    telephones,
    town_words,
    word_class,
)

RULED = "RULED"
#: What a waterfall begins and ends with.
PRIOR, REST = "PRIOR", "REST"

SENTENCES: Mapping[str, str] = {
    PRIOR: N_("Before looking: two entries that were worth comparing"),
    REST: N_("Smaller things together"),
    RULED: N_("A person said that these are one place"),
    "NAME_SAME": N_("Same name: “{name}”"),
    "NAME_WORD": N_("Names share the word “{word}”"),
    "NAME_ALIKE": N_("Names are alike: “{left}”, “{right}”"),
    "NAME_DIFFERENT": N_("Names differ: “{left}”, “{right}”"),
    "NAME_NUMBERS": N_("The numbers in the names differ: “{left}”, “{right}”"),
    "NAME_NUMBERS_SAME": N_("Same number in both names"),
    "ACRONYM": N_("One name holds the initials of the other"),
    "DEPARTMENT": N_("One name speaks of a department or part that the other lacks: “{left}”, “{right}”"),
    "ADDRESS_SAME": N_("Same address: {street}, {number}"),
    "ADDRESS_STREET": N_("Same street: {street}"),
    "ADDRESS_NEAR": N_("Same street, near numbers: {street}, {left} and {right}"),
    "ADDRESS_FAR": N_("Same street, other number: {street}, {left} and {right}"),
    "ADDRESS_NUMBER": N_("Same house number, other name of the street: {left}, {right}"),
    "ADDRESS_DIFFERENT": N_("Different streets: {left}, {right}"),
    "NUMBERS_SAME": N_("The same numbers in both addresses"),
    "NUMBERS_SOME": N_("Some numbers of the addresses agree"),
    "NUMBERS_DIFFERENT": N_("No number in common between the addresses"),
    "UNIT_SAME": N_("Same unit in the building: {unit}"),
    "UNIT_DIFFERENT": N_("Different units in the building: {left}, {right}"),
    "POSTCODE_SAME": N_("Same postcode: {postcode}"),
    "POSTCODE_NEAR": N_("Postcodes of one area: {left}, {right}"),
    "POSTCODE_DIFFERENT": N_("Different postcodes: {left}, {right}"),
    "TOWN_SAME": N_("Same town: {town}"),
    "TOWN_DIFFERENT": N_("Different towns: {left}, {right}"),
    "COUNTRY_DIFFERENT": N_("Different countries: {left}, {right}"),
    "METRES_APART": N_("{metres} m apart"),
    "KILOMETRES_APART": N_("{kilometres} km apart"),
    "PHONE_SAME": N_("Same telephone: {phone}"),
    "PHONE_SHARED": N_("Same telephone, but several addresses use it: {phone}"),
    "PHONE_DIFFERENT": N_("Different telephones"),
    "DOMAIN_SAME": N_("Same web domain: {domain}"),
    "PAGE_SAME": N_("Same page of the web site {domain}"),
    "PAGE_DIFFERENT": N_("Different pages of one web site: {domain}"),
    "DOMAIN_SHARED": N_("Same web domain, but several addresses use it: {domain}"),
    "DOMAIN_TOWNS": N_("Same web domain, used in several towns: {domain}"),
    "DOMAIN_DIFFERENT": N_("Different web domains: {left}, {right}"),
    "SITE_NAME": N_("A web site of one bears the name of the other: {site}"),
    "SITE_OTHER": N_("No web site of one bears the name of the other"),
    "PROFILE_SAME": N_("Same page on a social network: {profile}"),
    "PROFILE_DIFFERENT": N_("Different pages on one social network"),
    "ID_SAME": N_("Same official identifier: {identifier}"),
    "ID_COMPANY": N_("Two establishments of one company"),
    "ID_DIFFERENT": N_("Different official identifiers"),
    "CLOSED_BEFORE": N_("One closed before the other opened"),
    "OPENED_APART": N_("They opened years apart"),
    "OPENED_TOGETHER": N_("They opened at about the same time"),
    "KINDS_SAME": N_("Same kind of place"),
    "KINDS_DIFFERENT": N_("Different kinds of place"),
    "INSIDE": N_("One says in its name that it is inside the other"),
    "BRANCH": N_("One chain, two premises: probably two branches"),
    "NAME_AND_PLACE": N_("The same name in the same place"),
    "NAME_OR_PLACE": N_("Name and place do not both agree"),
}

#: What two entries are to each other, in words.
RELATIONS: Mapping[Relation, str] = {
    "same": N_("One place"),
    "moved": N_("Moved: two addresses of one place"),
    "branch": N_("Two premises of one chain"),
    "tenant": N_("One stands in the other’s building"),
    "other": N_("Two places"),
}

#: Weights smaller than this are not worth a reader's time.
WORTH_SAYING = 0.1
#: From which weight on a reason is plainly, and strongly, for or against (log-odds): from 2 : 1, from 9 : 1.
PLAIN, STRONG = 0.7, 2.2

#: How much a reason weighs, in words.
STRENGTHS: Mapping[str, str] = {
    "strong_for": N_("strong for"),
    "for": N_("for"),
    "slight_for": N_("slightly for"),
    "none": N_("hardly anything"),
    "slight_against": N_("slightly against"),
    "against": N_("against"),
    "strong_against": N_("strong against"),
}
_WEIGHED = N_("{reason} ({strength})")
_NAME_FEATURES = ("name_spelling", "name_whole", "name_contained", "name_rarity", "name_own_words")


def say(reason: Reason | Mapping[str, Any], translate: Callable[[str], str] = lambda sentence: sentence) -> str:
    """A reason (or its JSON) as a sentence, ``translate`` being the reader's gettext."""
    code, params = (reason.code, reason.params) if isinstance(reason, Reason) else (reason["code"], reason["params"])
    return translate(SENTENCES[code]).format(**params)


def strength(weight: float) -> str:
    """How much a weight says, as a key of `STRENGTHS`."""
    if abs(weight) < WORTH_SAYING:
        return "none"
    grade = "strong_" if abs(weight) >= STRONG else "" if abs(weight) >= PLAIN else "slight_"
    return grade + ("for" if weight > 0 else "against")


def weighed(reasons: Sequence[Reason], translate: Callable[[str], str] = lambda sentence: sentence) -> str:
    """Reasons on one line, each with its strength; the prior and the rest go without saying."""
    return "; ".join(_weighed(reason, translate) for reason in reasons if reason.code not in (PRIOR, REST))


def _weighed(reason: Reason, translate: Callable[[str], str]) -> str:
    sentence = say(reason, translate)
    if reason.code == RULED:  # not weighed: it decides
        return sentence
    return translate(_WEIGHED).format(reason=sentence, strength=translate(STRENGTHS[strength(reason.weight)]))


def why(
    model: Model,
    levels: NDArray[np.uint8],
    metres: float,
    names: tuple[int, int],
    one: Record,
    other: Record,
) -> tuple[Reason, ...]:
    """The reasons of a pair, the weightiest first, from its levels, its distance and which of each record's names agree
    best (−1 where a record has none). With the model's bias, and what was too small to say, their weights add up to the
    log-odds of the pair."""
    level = dict(zip(FEATURES, levels.tolist(), strict=True))
    share = model.shares(levels)
    found = [
        *_of_names(names, one, other, level, share, model.seen),
        *_of_address(one, other, level, share),
        *_of_distance(metres, share),
        *_of_contacts(one, other, level, share),
        *_of_the_rest(level, share),
    ]
    worth = [reason for reason in found if abs(reason.weight) >= WORTH_SAYING]
    return tuple(sorted(worth, key=lambda reason: (-abs(reason.weight), reason.code)))


def _of_names(
    names: tuple[int, int],
    one: Record,
    other: Record,
    level: Mapping[str, int],
    share: Mapping[str, float],
    seen: Mapping[str, int],
) -> Iterator[Reason]:
    if min(names) < 0:
        return
    mine, theirs = known_by(one)[names[0]], known_by(other)[names[1]]
    both = {"left": _as_written(one, mine), "right": _as_written(other, theirs)}
    weight = sum(share[feature] for feature in _NAME_FEATURES)
    if mine == theirs:
        yield Reason("NAME_SAME", weight, {"name": both["left"]})
    elif weight > 0 and (word := _telling_shared(mine, theirs, town_words(one.locality), seen)):
        yield Reason("NAME_WORD", weight, {"word": word})
    else:
        yield Reason("NAME_ALIKE" if weight > 0 else "NAME_DIFFERENT", weight, both)
    if level["name_numbers"]:
        yield Reason("NAME_NUMBERS_SAME" if level["name_numbers"] == 3 else "NAME_NUMBERS", share["name_numbers"], both)
    if level["acronym"]:
        yield Reason("ACRONYM", share["acronym"])
    if level["department"]:
        yield Reason("DEPARTMENT", share["department"], both)


def _as_written(record: Record, name: Sequence[str]) -> str:
    """The name of a record that reads as these words; the words themselves where it is but a part of one."""
    texts = (record.name, *record.other_names)
    return next((text for text in texts if name_words(text)[:MAX_WORDS] == name), " ".join(name))


def _telling_shared(mine: Sequence[str], theirs: Sequence[str], towns: Sequence[str], seen: Mapping[str, int]) -> str:
    """The telling word of both names that is ``seen`` in fewest names, of equals the longest; "" if there is none."""
    shared = [word for word in mine if word in theirs]
    telling = [word for word in shared if CLASS_WEIGHT.get(word_class(word, towns), 1.0) >= 0.5]
    return min(telling, key=lambda word: (seen.get(word, 0), -len(word)), default="")


def _of_address(one: Record, other: Record, level: Mapping[str, int], share: Mapping[str, float]) -> Iterator[Reason]:
    streets = {"left": one.street, "right": other.street}
    numbers = {"street": one.street, "left": one.number, "right": other.number}
    premises: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ADDRESS_DIFFERENT", streets),
        ("ADDRESS_NUMBER", streets),
        ("ADDRESS_FAR", numbers),
        ("ADDRESS_NEAR", numbers),
        ("ADDRESS_STREET", {"street": one.street}),
        ("ADDRESS_SAME", {"street": one.street, "number": one.number}),
    )
    if level["premises"]:
        code, params = premises[level["premises"] - 1]
        yield Reason(code, share["premises"], params)
    if level["address_numbers"]:
        code = ("NUMBERS_DIFFERENT", "NUMBERS_SOME", "NUMBERS_SAME")[level["address_numbers"] - 1]
        yield Reason(code, share["address_numbers"])
    if level["unit"]:
        same = level["unit"] == 2
        params = {"unit": one.unit} if same else {"left": one.unit, "right": other.unit}
        yield Reason("UNIT_SAME" if same else "UNIT_DIFFERENT", share["unit"], params)
    if level["postcode"]:
        code = ("POSTCODE_DIFFERENT", "POSTCODE_NEAR", "POSTCODE_SAME")[level["postcode"] - 1]
        codes = {"left": one.postcode, "right": other.postcode}
        yield Reason(code, share["postcode"], {"postcode": one.postcode} if code == "POSTCODE_SAME" else codes)
    if level["town"] == 3:
        yield Reason("TOWN_SAME", share["town"], {"town": one.locality})
    elif level["town"] == 1:
        yield Reason("TOWN_DIFFERENT", share["town"], {"left": one.locality, "right": other.locality})
    if level["country"] == 1:
        yield Reason("COUNTRY_DIFFERENT", share["country"], {"left": one.country, "right": other.country})


def _of_distance(metres: float, share: Mapping[str, float]) -> Iterator[Reason]:
    if metres < 1_000:
        yield Reason("METRES_APART", share["distance"], {"metres": round(metres)})
    elif metres >= 1_000:  # not so where unknown
        yield Reason("KILOMETRES_APART", share["distance"], {"kilometres": round(metres / 1_000, 1)})


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> str:
    return min(set(mine) & set(theirs), default="")


def _of_contacts(one: Record, other: Record, level: Mapping[str, int], share: Mapping[str, float]) -> Iterator[Reason]:
    if level["phone"]:
        code = ("PHONE_DIFFERENT", "PHONE_DIFFERENT", "PHONE_SHARED", "PHONE_SAME")[level["phone"] - 1]
        mine, theirs = telephones(one.phones), telephones(other.phones)
        phone = min((mine[tail] for tail in mine.keys() & theirs.keys()), default="")
        yield Reason(code, share["phone"], {"phone": phone} if phone else {})
    if level["web"]:
        codes = ("DOMAIN_DIFFERENT", "PAGE_DIFFERENT", "DOMAIN_SHARED", "DOMAIN_TOWNS", "DOMAIN_SAME", "PAGE_SAME")
        left, right = few(one.domains), few(other.domains)
        domain = _shared(left, right)
        params = {"domain": domain} if domain else {"left": left[0], "right": right[0]}
        yield Reason(codes[level["web"] - 1], share["web"], params)
    if level["site_name"]:
        if level["site_name"] > 1:
            yield Reason("SITE_NAME", share["site_name"], {"site": _site_called_after(one, other)})
        else:
            yield Reason("SITE_OTHER", share["site_name"])
    if level["profile"]:
        profile = _shared(_profiles(one), _profiles(other))
        code = "PROFILE_SAME" if profile else "PROFILE_DIFFERENT"
        yield Reason(code, share["profile"], {"profile": profile} if profile else {})
    if level["identifier"]:
        code = ("ID_DIFFERENT", "ID_COMPANY", "ID_SAME")[level["identifier"] - 1]
        yield Reason(code, share["identifier"], {"identifier": _identifier(one, other)} if code == "ID_SAME" else {})


def _site_called_after(one: Record, other: Record) -> str:
    """The web site of the one that has most of the other's name in its own."""
    sites = {*few(one.domains), *few(other.domains)}
    if len(sites) == 1:
        return sites.pop()
    shared = [
        (-_longest_run(site, "".join(name)), domain)
        for mine, theirs in ((one, other), (other, one))
        for domain in few(mine.domains)
        for site in site_names([domain])
        for name in known_by(theirs)
    ]
    return min(shared)[1]


def _longest_run(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _identifier(one: Record, other: Record) -> str:
    """What both are registered as: the establishment rather than its company."""
    shared = set(identifiers(one.ids)) & set(identifiers(other.ids))
    scheme, value = min(shared, key=lambda known: (known[0] in OF_COMPANY, known))
    return f"{scheme}:{value}"


def _profiles(record: Record) -> list[str]:
    return [page for url, page in paths(record.urls) if not own_domain(url)]


def _of_the_rest(level: Mapping[str, int], share: Mapping[str, float]) -> Iterator[Reason]:
    if level["kinds"]:
        yield Reason("KINDS_SAME" if level["kinds"] > 1 else "KINDS_DIFFERENT", share["kinds"])
    if level["dates"]:
        yield Reason(("CLOSED_BEFORE", "OPENED_APART", "OPENED_TOGETHER")[level["dates"] - 1], share["dates"])
    if level["inside"]:
        yield Reason("INSIDE", share["inside"])
    if level["branch"]:
        yield Reason("BRANCH", share["branch"])
    if level["name_and_premises"]:
        weight = share["name_and_premises"]
        yield Reason("NAME_AND_PLACE" if weight > 0 else "NAME_OR_PLACE", weight)
