"""Personal data stops at the door: e-mails and mobile numbers of persons, their names, their own identifiers.

A place's role address (contact@, biblioteca@…) is not a person's and is kept, in the field meant for it only.
"""

import re
from functools import lru_cache

from coworkmed.kernel.fold import fold, words

from . import phones

_EMAIL = re.compile(r"(?:mailto:)?[^\s@<>,;|()\[\]\"']+@[^\s@<>,;|()\[\]\"']+\.[^\W\d_]{2,24}", re.IGNORECASE)
_HIDDEN = re.compile(r"[\w.+-]+\s*[\[({]\s*(?:at|arobase|chez|chiocciola|arroba)\s*[\])}]\s*[\w.-]+", re.IGNORECASE)
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
    founder uploader
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
_CONTACT = frozenset("contact contacts contacto contatto contacte kontakt epikoinonia".split())
_WHO = frozenset("nom name nome nombre naam onoma ime personne person".split())


@lru_cache(maxsize=10_000)
def names_a_person(column: str) -> bool:
    """Whether a column's heading says that it holds a person's name."""
    found = set(words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)))
    if found & _NAMES or (found & _CONTACT and found & _WHO):
        return True
    return bool(found) and found <= _CONTACT


def addresses_a_person(text: str) -> bool:
    """Whether a short text is a person's name under a title ("Madame …", "Sig.ra …"), wherever it stands."""
    return len(text) < 60 and bool(_TITLE.match(text))


def scrub(text: str, country: str = "") -> tuple[str, dict[str, int]]:
    """``text`` freed of e-mail addresses and mobile numbers, and how many of each were dropped ("email", "mobile").

    Mobile numbers are told in ``country``'s own writing and the international one; without a country, in any usual one.
    """
    if len(text) < 6:  # a@b.fr
        return text, {}
    clean, dropped = _scrub(text, country) if len(text) < 200 else _scrub.__wrapped__(text, country)
    return clean, dict(dropped)


@lru_cache(maxsize=100_000)
def _scrub(text: str, country: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    clean, emails = text, 0
    if any(mark in text for mark in "@[({"):
        clean, plain = _EMAIL.subn("", clean)
        clean, hidden = _HIDDEN.subn("", clean)
        emails = plain + hidden
    clean, mobiles = phones.without_mobiles(clean, country)
    if not emails and not mobiles:
        return text, ()
    dropped = tuple((kind, number) for kind, number in (("email", emails), ("mobile", mobiles)) if number)
    return re.sub(r"[^\S\n]{2,}", " ", clean).strip(" /;,:-"), dropped


def emails(text: str) -> list[str]:
    """The e-mail addresses in ``text``, lower case, in order."""
    return [one.lower().removeprefix("mailto:").strip(".") for one in _EMAIL.findall(text)]


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
