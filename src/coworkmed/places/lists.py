"""A list of places in a file, as records of the matching engine: for whoever only wants the matching.

Columns are recognised by their headers and by what is in them; values take their form by the rules of every import, and
persons' data stay at the door. Nothing is stored: there is no database behind it, and no Django.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.fields import FIELDS, INPUTS
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Entry, Reject, Row
from coworkmed.kernel.web_addresses import MAILBOXES, canonical, own_domain
from coworkmed.linkage.records import Record
from coworkmed.platform.progress import Progress, counted, silent
from coworkmed.sources import connectors, proposals
from coworkmed.sources.mapping import pick
from coworkmed.sources.normalise import normalise
from coworkmed.sources.proposals import SURE, Guess
from coworkmed.sources.spec import Pick, Spec

from .comparable import record

#: What the engine compares, and what these are read from: other columns are left alone.
COMPARED = frozenset(
    "id name other_names brand operator kinds main_kind country locality postcode lau address house_number street "
    "lat lon coordinates geo_score web email phone socials facebook twitter instagram siret siren rna vat official_ids "
    "wikidata opened closed".split()
)
#: No person is there to be asked: the best guess for a target is taken from here on, more columns for it if sure.
TAKEN = 0.55


@dataclass(frozen=True, slots=True)
class PlaceList:
    """``records``  the places in the form the engine compares, in the order of the file
    ``ids``      what the list calls each of them. Where it has no ids, the number of the row, from 1; where it has and
                 the seventh row has none, "#7"
    ``names``    their names as given
    ``form``     the connector that read the file
    ``country``  the country taken for all rows that don't say theirs, or ""
    ``columns``  column → what it was taken for, for those that are compared
    ``unused``   the other columns
    ``rejects``  rows that can't be compared, and why
    """

    records: Sequence[Record]
    ids: Sequence[str]
    names: Sequence[str]
    form: str
    country: str
    columns: Mapping[str, str]
    unused: Sequence[str]
    rejects: Sequence[Reject]


def read(
    path: Path,
    key: str = "left",
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    country: str = "",
    spec: Spec | None = None,
    progress: Progress = silent,
) -> PlaceList:
    """The places of the list at ``path``; ``key`` is the first part of their records' keys.

    ``columns`` says what guessing can't: target (`kernel.fields`) → columns, tried in turn; none for "leave it out".
    ``country`` (ISO 3166-1) is where the places are that don't say so. ``spec`` is the list's entry of a catalogue:
    it is then read as that says, and nothing is guessed.

    Raises SourceError where the file can't be read as a list, or no column holds a name.
    """
    seen: tuple[str, ...] = ()
    if spec is None:
        proposal = proposals.propose(path)
        seen = tuple(guess.column for guess in proposal.guesses)
        spec = _proposed(path, proposal, columns or {}, country)
    used = {name: target for target, pick in spec.columns.items() if target in COMPARED for name in pick.columns}
    found = _Reading(key, spec, frozenset(used))
    for number, row in enumerate(counted(connectors.read(spec, path), progress), start=1):
        found.take(number, row)
    seen = seen or tuple(found.seen)
    return PlaceList(
        found.records,
        found.ids,
        found.names,
        spec.connector,
        spec.defaults.get("country") or (spec.territory[0] if len(spec.territory) == 1 else ""),
        {name: used[name] for name in seen if name in used},
        [name for name in seen if name not in used],
        found.rejects,
    )


def _proposed(path: Path, proposal: proposals.Proposal, said: Mapping[str, Sequence[str]], country: str) -> Spec:
    """What a catalogue would say of the list: its form's own columns, what was guessed, and before all what is said."""
    every = [guess.column for guess in proposal.guesses]
    _check(said, every)
    by_hand = {name for names in said.values() for name in names}
    ready = connectors.builtin(proposal.connector)
    known = {name for pick in ready.columns.values() for name in pick.columns}
    open_ = [guess for guess in proposal.guesses if guess.column not in by_hand | known]
    sure = replace(proposal, guesses=tuple(_believed(open_)))
    # what a form knows of itself is not added to by guesses ("fax" is no telephone)
    guessed = {target: pick for target, pick in sure.columns().items() if target not in ready.columns}
    chosen = {**guessed, **ready.columns, **{target: Pick(tuple(names)) for target, names in said.items()}}
    chosen = {target: pick for target, pick in chosen.items() if pick.columns and target in COMPARED}
    if not every:
        raise SourceError(N_("The list holds no rows."))
    if "name" not in chosen:
        raise SourceError(
            N_("No column is known to hold the name of a place. The columns are: {columns}."), columns=", ".join(every)
        )
    country = country or ("" if "country" in chosen else proposal.country)
    return Spec(
        key=path.name,
        title={},
        keeper="",
        licence="",
        attribution="",
        connector=proposal.connector,
        location=str(path),
        territory=(country,) if country else (),
        columns=chosen,
        kinds=ready.kinds,
        defaults=dict(ready.defaults),
        personal=proposal.personal(),
        options=proposal.options,
    )


def _believed(guesses: Sequence[Guess]) -> Iterator[Guess]:
    best: dict[str, float] = {}
    for guess in guesses:
        best[guess.target] = max(guess.confidence, best.get(guess.target, TAKEN))
    for guess in guesses:
        if guess.confidence >= min(SURE, best[guess.target]):
            yield guess


def _check(said: Mapping[str, Sequence[str]], columns: Sequence[str]) -> None:
    """SourceError where ``said`` names a target or a column that does not exist."""
    for target, names in said.items():
        if target not in FIELDS and target not in INPUTS:
            raise _unknown(
                N_("There is no field “{given}”. Did you mean one of these: {near}?"), target, [*FIELDS, *INPUTS]
            )
        for name in names:
            if name not in columns:
                raise _unknown(N_("There is no column “{given}”. Did you mean one of these: {near}?"), name, columns)


def _unknown(message: str, given: str, known: Iterable[str]) -> SourceError:
    every = list(known)
    near = get_close_matches(given, every, n=3, cutoff=0.5) or every
    return SourceError(message, given=given, near=" / ".join(near))


class _Reading:
    """A list in the reading: row by row into records and rejects."""

    def __init__(self, key: str, spec: Spec, used: frozenset[str]) -> None:
        self.key, self.used = key, used
        self.spec = replace(spec, columns={one: pick for one, pick in spec.columns.items() if one in COMPARED})
        self.needed = used | set(spec.where) | set(spec.personal)
        self.has_ids = "id" in self.spec.columns
        self.records: list[Record] = []
        self.ids: list[str] = []
        self.names: list[str] = []
        self.rejects: list[Reject] = []
        self.seen: dict[str, None] = {}
        self.turns: Counter[str] = Counter()

    def take(self, number: int, row: Row | Reject) -> None:
        self.seen.update(dict.fromkeys(row.cells))
        entry = row if isinstance(row, Reject) else normalise(self._narrow(row), self.spec)
        if isinstance(entry, Reject):
            self.rejects.append(replace(entry, cells={}))  # of which no one is shown more than the reason
            return
        known_as = self._id(row.cells, entry) or (f"#{number}" if self.has_ids else str(number))
        self.turns[known_as] += 1
        turn = self.turns[known_as]
        # no text of a list holds NUL: a repeated id still gives a key of its own
        found = record((self.key, known_as if turn == 1 else f"{known_as}\0{turn}"), entry.fields)
        self.records.append(_completed(found, entry))
        self.ids.append(known_as)
        self.names.append(entry.fields["name"].given or entry.fields["name"].value)

    def _id(self, cells: Mapping[str, str], entry: Entry) -> str:
        """What the list calls the place; "" where it doesn't say, or says what names a person."""
        given = pick(cells, self.spec).get("id", "").strip()
        return given if given == entry.external_id else ""

    def _narrow(self, row: Row) -> Row:
        """The row without the columns nobody compares: they need no cleaning."""
        return Row(row.number, {name: text for name, text in row.cells.items() if name in self.needed}, row.repair)


def _completed(found: Record, entry: Entry) -> Record:
    """The record with the domain of the place's mailbox where it names no site: as good a sign."""
    if found.domains or "email" not in entry.fields:
        return found
    domain = own_domain(canonical(entry.fields["email"].value.rpartition("@")[2]) or "")
    return replace(found, domains=(domain,)) if domain and domain not in MAILBOXES else found


def reasons(rejects: Iterable[Reject]) -> Iterator[tuple[Reject, int]]:
    """A reject of each kind and how many there are of it, the most frequent first."""
    first: dict[str, Reject] = {}
    counts: Counter[str] = Counter()
    for one in rejects:
        first.setdefault(one.code, one)
        counts[one.code] += 1
    for code, count in counts.most_common():
        yield first[code], count
