"""Personal data stops at the door: e-mails and mobile numbers of persons, their names, their own identifiers.

A place's role address (contact@, biblioteca@…) is not a person's and is kept, in the field meant for it only.
"""

import html
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from coworkmed.kernel.fold import fold, words

from . import encodings, identifiers, phones

_LOCAL_PART = r"(?:(?<![^\s@<>,;|()\[\]\"'])[^\s@<>,;|()\[\]\"']{1,100}|\"[^\"\n]{1,64}\")"
_EMAIL = re.compile(
    rf"{_LOCAL_PART}\s?@\s?(?:[^\s@<>,;|()\[\]\"']{{1,250}}\.[^\W\d_]{{2,24}}"
    r"|(?:gmail|googlemail|hotmail|outlook|yahoo|live|icloud|orange|wanadoo|laposte|libero)\b)",
    re.IGNORECASE,
)
_AT = r"(?:at|arobase|chez|chiocciola|arroba)"
_DOT = r"(?:dot|point|punto|tocka|teleia)"
_HIDDEN = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,100}}(?:\s*[\[({{]\s*{_AT}\s*[\])}}]\s*[\w.-]+(?:\s*[\[({{]\s*{_DOT}\s*[\])}}]\s*\w+)*"
    rf"|\s{_AT}\s[\w.-]{{1,100}}(?:\s{_DOT}\s\w+)+)",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?<![\w-])(?:[\w-]{1,20}\.)?linkedin\.com/(?:in|pub)/[^\s;|<>\"']+", re.IGNORECASE
)
_PERSON_ID = re.compile(r"\b(?:[A-Za-z]{6}[0-9A-Za-z]{10}|[\dXYZKLMxyzklm](?:[.]?\d){7}[ -]?[A-Za-z])\b", re.ASCII)
#: Without any of these marks nor seven digits, a text holds nothing to drop; nor does a coordinate. Plain patterns:
#: they read every text.
_MARK = re.compile(r"[@＠\[({&%]")
_DIGITS = re.compile(r"\d(?:\D*\d){6}")
_DECIMAL = re.compile(r"-?\d{1,3}\.\d{2,20}", re.ASCII)
_WORD_MARK = re.compile("linkedin| (?:at|AT|arobase|chez|chiocciola|arroba) ")
_BLANK = re.compile(r"\s")
_LOCAL = re.compile(r"[._\-+]+")

#: What stands before the @ of an address that belongs to a desk and not to a person.
ROLES = frozenset(
    """
    contact contacts contacter info infos information informations accueil bonjour hello hi hey salut coucou bienvenue
    secretariat secretaire direction administration admin office bureau communication com comm presse press media
    mairie commune ville municipio comune ajuntament ayuntamiento dimos opcina grad epn cyberbase cyber numerique
    mediatheque bibliotheque biblio bibli bm ludotheque library biblioteca vivliothiki knjiznica
    coworking cowork cwk coworkings tierslieu tierslieux tiers lieu fablab lab labo makerspace hackerspace atelier
    ateliers fabrique espace incubateur incubator pepiniere
    reservation reservations booking bookings book resa prenota prenotazioni reservas reserves rezervacije kratiseis
    team equipe equip equipo squadra tim staff support help aide asso association associazione asociacion
    community communaute comunita comunidad hub welcome benvenuti hola ciao geia pozdrav kontakt contatto contatti
    contacto contactos contacte informacio informacion informazioni segreteria amministrazione direzione recepcion
    recepcio reception secretaria grammateia epikoinonia plirofories ured uprava franceservices france services msap
    ccas pij bij mjc csc centre centresocial social events event evenement evenements formation formations jeunesse
    postmaster webmaster newsletter news general members membres membership adhesion adhesions vie locale pro public
    """.split()
)

#: Words of a column's heading that say it names a person, in the project's languages.
_NAMES = frozenset(
    """
    prenom prenoms referent referents referente responsable responsables interlocuteur interlocutrice animateur
    animatrice gestionnaire directeur directrice president presidente dirigeant representant mediateur mediatrice
    personne civilite auteur redacteur saisi saisie createur contributeur editeur
    firstname lastname surname forename givenname familyname username user submitter author manager maintainer person
    founder uploader owner owners keymaster keymasters birth
    gerant gerante proprietaire proprietaires fondateur fondatrice fondateurs coordinateur coordinatrice coordonnateur
    coordonnatrice maire naissance
    gerente rappresentante proprietario proprietaria fondatore fondatrice coordinatore sindaco nascita
    representante propietario propietaria propietari fundador fundadora coordinador coordinadora alcalde alcaldessa
    nacimiento zastupnik vlasnik vlasnica koordinator koordinatorica upravitelj gradonacelnik
    onomateponymo ekprosopos idioktitis diacheiristis syntonistis dimarchos
    nominativo cognome referenti responsabile titolare direttore presidente
    apellido apellidos encargado encargada director directora presidenta cognoms cognom
    ime prezime voditelj ravnatelj osoba kontaktosoba onoma eponymo eponimo ypefthynos diefthyntis
    """.split()
)
_TITLE = re.compile(
    r"\s*(?:madame|monsieur|mademoiselle|mme|mlle|mr|mrs|ms|m\.|sig\.(?:ra)?|signora?|sr\.|sra\.|señora?|gospođa|gospodin|κ\.|κα\.?)\s+"
    r"(?-i:[A-ZÀ-ÞΑ-Ω])",
    re.IGNORECASE,
)
_CONTACT = frozenset("contact contacts contacto contatto contacte kontakt epikoinonia epikoinonias".split())
_WHOSE = _CONTACT | set("riferimento first last full given family people created edited updated modified added".split())
_WHO = frozenset("nom name names nome nombre naam onoma ime personne person persona prosopo nick by".split())
_CAPITALISED = r"[A-ZÀ-ÞΆ-ΏΑ-ΫČĆĐŠŽ][\w'’-]*"
_TITLES = (
    "madame monsieur mademoiselle mme mlle mr mr. mrs mrs. ms. "
    "sig. sig.ra signor signora sr. sra. gospođa gospodin κ. κα."
)
_TITLED = re.compile(
    "(?:"
    + "|".join(re.escape(form) for one in _TITLES.split() for form in (one, one.capitalize(), one.upper()))
    + rf")\s+{_CAPITALISED}(?:\s+{_CAPITALISED}){{0,2}}"
)
_LABELLED = re.compile(
    r"\b((?:contact|contacter|responsable|référente?|référents|animat(?:eur|rice)|interlocut(?:eur|rice)|gérante?"
    r"|direct(?:eur|rice)|présidente?|referente|responsabile|encargad[oa]|contacto|contatto|contacte|kontakt|osoba"
    r"|voditelj(?:ica)?|υπεύθυν(?:ος|η)|επικοινωνία)\s?:\s?)"
    rf"((?-i:{_CAPITALISED}(?:\s+{_CAPITALISED}){{1,2}}))",
    re.IGNORECASE,
)
#: After these a person's name is a street's, a school's or a saint's.
_NAMED_AFTER = frozenset(
    """
    rue place avenue av ave boulevard bd impasse chemin allee quai square cours passage villa residence ecole lycee
    college via viale piazza calle plaza carrer avinguda odos ulica trg ntra nuestra de du des di et
    """.split()
)
_ARTICLES = frozenset("la le les l il lo gli el los las els o i to ta ville".split())


@lru_cache(maxsize=10_000)
def names_a_person(column: str) -> bool:
    """Whether a column's heading says that it holds a person's name."""
    found = set(words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)))
    if found & _NAMES or (found & _WHOSE and found & _WHO):
        return True
    return (bool(found) and found <= _CONTACT) or bool(scrub(column)[1])  # a list without headings begins with a row


def addresses_a_person(text: str) -> bool:
    """Whether a short text is a person's name under a title ("Madame …", "Sig.ra …"), wherever it stands."""
    return len(text) < 60 and bool(_TITLE.match(text))


def unnamed(text: str, dropped: Counter[str]) -> str:
    """``text`` without the persons it names under a title ("Mme Marie Dupont") or a label ("Contact: Marie Dupont");
    ``dropped`` counts them. A street or a school named after somebody is left alone."""

    def titled(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 20) : found.start()]
        if before[-1:].isalnum() or before[-1:] == "." or not _NAMED_AFTER.isdisjoint(words(before)[-1:]):
            return found[0]
        dropped["name"] += 1
        return ""

    def labelled(found: re.Match[str]) -> str:
        if not (ROLES | _ARTICLES).isdisjoint(words(found[2])):
            return found[0]
        dropped["name"] += 1
        return found[1]

    clean = _TITLED.sub(titled, text) if _BLANK.search(text) else text  # before a name stands a blank
    if ":" in clean:
        clean = _LABELLED.sub(labelled, clean)
    return text if clean == text else re.sub(r"[^\S\n]{2,}", " ", clean).strip(" /;,:-")


def scrub(text: str, country: str = "") -> tuple[str, dict[str, int]]:
    """``text`` freed of persons' data, and how many of each kind were dropped: "email" addresses, "mobile" numbers,
    "person_id" (a natural person's identifier) and "name" (a person's own page).

    Mobile numbers are told in ``country``'s own writing and the international one; without a country, in any usual one.
    """
    if len(text) < 6:  # a@b.fr
        return text, {}
    if not (_MARK.search(text) or _DIGITS.search(text) or _WORD_MARK.search(text)) or _DECIMAL.fullmatch(text):
        return text, {}
    clean, dropped = _scrub(text, country) if len(text) < 200 else _scrub.__wrapped__(text, country)
    return clean, dict(dropped)


@lru_cache(maxsize=100_000)
def _scrub(text: str, country: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    clean, hidden = _HIDDEN.subn("", _laid_bare(text))
    clean, pages = _PROFILE.subn("", clean)
    clean, emails = _EMAIL.subn("", clean) if "@" in clean else (clean, 0)
    clean, persons = _without_person_ids(clean)
    clean, mobiles = phones.without_mobiles(clean, country)
    found = (("email", emails + hidden), ("mobile", mobiles), ("person_id", persons), ("name", pages))
    dropped = tuple((kind, number) for kind, number in found if number)
    if not dropped:
        return text, ()
    return re.sub(r"[^\S\n]{2,}", " ", clean).strip(" /;,:-"), dropped


def _laid_bare(text: str) -> str:
    """``text`` without the writings that hide an address or a number from us and not from a reader."""
    if "&" in text or "%40" in text:
        text = html.unescape(text.replace("%40", "@"))
    return text if text.isascii() else unicodedata.normalize("NFKC", encodings.visible(text))


def _without_person_ids(text: str) -> tuple[str, int]:
    found = [one[0] for one in _PERSON_ID.finditer(text) if identifiers.personal(one[0])]
    for one in found:
        text = text.replace(one, "")
    return text, len(found)


def emails(text: str) -> list[str]:
    """The e-mail addresses in ``text``, lower case, in order."""
    found = (re.sub(r"\s", "", one).lower() for one in _EMAIL.findall(_laid_bare(text))) if "@" in text else ()
    return [one.removeprefix("mailto:").strip(".") for one in found]


def is_role(email: str, *names: str) -> bool:
    """Whether ``email`` belongs to a place and not to a person: a role's word stands before the @, or the place's own
    name (one of ``names``: its name, town, web domain), or the domain's."""
    local, _, domain = email.partition("@")
    parts = [part for part in _LOCAL.split(fold(local).replace(" ", ".")) if part]
    known = {word for name in (*names, domain.rpartition(".")[0]) for word in words(name)}
    if not parts:
        return False
    squashed = "".join(parts)
    if squashed in {"".join(words(name)) for name in (*names, domain.rpartition(".")[0])}:
        return True
    first, *others = (part.rstrip("0123456789") for part in parts)
    if first in ROLES:
        return all(not part or part in ROLES or part in known or len(part) < 3 for part in others)
    return any(first == role + word for role in ROLES if first.startswith(role) for word in known)
