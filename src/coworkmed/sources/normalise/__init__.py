"""From a row as given to an entry that can be compared: every field in the form `kernel.fields` states, its original
beside it, what was repaired or is doubted said by a code of `sources.reasons`, persons' data dropped and counted.

`normalise` never raises on any row of text: it returns an Entry, or a Reject that says why.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import Entry, Reject, Row
from coworkmed.sources.spec import Spec

from . import names
from .draft import Draft, Plan, clean, columns_of
from .privacy import scrub
from .steps import STEPS

__all__ = ["cleaned", "normalise", "normalise_all", "scrub"]

_ORDER = {name: place for place, name in enumerate(FIELDS)}


def normalise(row: Row, spec: Spec) -> Entry | Reject:
    """The entry a row makes under what the catalogue says of its source, or why it makes none."""
    return normalise_all([row], spec)[0]


def normalise_all(rows: Sequence[Row], spec: Spec) -> list[Entry | Reject]:
    """What each of ``rows`` makes: `normalise`, a third faster, as each step is taken for all before the next begins
    and the processor has it at hand."""
    plan = _plan(spec)
    begun = [_begun(row, plan) for row in rows]
    drafts = [one for one in begun if isinstance(one, Draft)]
    for step in plan.steps:
        for draft in drafts:
            step(draft)
    return [_entry(one) if isinstance(one, Draft) else one for one in begun]


def _begun(row: Row, plan: Plan) -> Draft | Reject:
    """A draft with its name, or why the row can't become an entry."""
    for column, accepted in plan.where:
        given = row.cells.get(column, "").strip()
        if given.casefold() not in accepted:
            return _reject(row, plan, "OUT_OF_SCOPE", column=column, value=_shown(column, given, plan))
    draft = Draft(row, plan)
    if shifted := draft.shifted():
        return _reject(row, plan, "SHIFTED_ROW", column=shifted[0], value=_shown(*shifted, plan))
    name = names.read(draft.text("name"))
    if name is None:
        return _reject(row, plan, "NO_NAME")
    draft.fields["name"] = replace(name, repair=row.repair) if row.repair and not name.repair else name
    return draft


def _entry(draft: Draft) -> Entry:
    fields = {one: draft.fields[one] for one in sorted(draft.fields, key=_ORDER.__getitem__)}
    external_id, (observed_on, sign) = draft.external_id(), draft.observed_on()
    extra = draft.left_over()  # this and the id may drop more
    dropped = {kind: count for kind, count in draft.dropped.items() if count}
    return Entry(draft.row.number, external_id, observed_on, fields, extra, dropped, sign)


def cleaned(reject: Reject, spec: Spec) -> Reject:
    """A reject freed of personal data, as a file of rejects may show it, with what was dropped."""
    return _cleaned(reject, _plan(spec))


def _cleaned(reject: Reject, plan: Plan) -> Reject:
    dropped: Counter[str] = Counter()
    return replace(reject, cells=clean(reject.cells, plan, dropped), dropped=dict(+dropped))


def _reject(row: Row, plan: Plan, code: str, **params: Any) -> Reject:
    return _cleaned(Reject(row.number, row.cells, code, params), plan)


def _shown(column: str, text: str, plan: Plan) -> str:
    return clean({column: text}, plan, Counter()).get(column, "")[:80]


_plans: dict[int, Plan] = {}


def _plan(spec: Spec) -> Plan:
    """The plan of a source, made once as long as its rows come one after another."""
    known = _plans.get(id(spec))
    if known is None or known.spec is not spec:
        _plans.clear()
        asked = {*spec.columns, *spec.defaults}
        known = _plans[id(spec)] = Plan(
            spec,
            spec.territory[0] if len(spec.territory) == 1 else "",
            tuple((one, frozenset(text.strip().casefold() for text in texts)) for one, texts in spec.where.items()),
            frozenset((*spec.personal, *columns_of(spec, "contact_name"))),
            frozenset((*columns_of(spec, "phone"), *columns_of(spec, "email"))),
            frozenset(column for one in spec.columns.values() for column in one.columns),
            {fold(value): code for value, code in spec.kinds.items() if code in KINDS},
            tuple(step for step, targets in STEPS if not targets or asked.intersection(targets)),
        )
    return known
