"""From a row as given to an entry that can be compared: every field in the form `kernel.fields` states, its original
beside it, what was repaired or is doubted said by a code of `sources.reasons`, persons' data dropped and counted.

`normalise` never raises on any row of text: it returns an Entry, or a Reject that says why.
"""

from collections import Counter
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

__all__ = ["cleaned", "normalise", "scrub"]

_ORDER = {name: place for place, name in enumerate(FIELDS)}


def normalise(row: Row, spec: Spec) -> Entry | Reject:
    """The entry a row makes under what the catalogue says of its source, or why it makes none."""
    plan = _plan(spec)
    for column, accepted in plan.where:
        given = row.cells.get(column, "").strip()
        if given.casefold() not in accepted:
            return _reject(row, spec, "OUT_OF_SCOPE", column=column, value=_shown(column, given, plan))
    draft = Draft(row, plan)
    if shifted := draft.shifted():
        return _reject(row, spec, "SHIFTED_ROW", column=shifted[0], value=_shown(*shifted, plan))
    name = names.read(draft.text("name"))
    if name is None:
        return _reject(row, spec, "NO_NAME")
    draft.fields["name"] = replace(name, repair=name.repair or row.repair)
    for step in plan.steps:
        step(draft)
    fields = {one: draft.fields[one] for one in sorted(draft.fields, key=_ORDER.__getitem__)}
    return Entry(row.number, draft.external_id(), draft.observed_on(), fields, draft.left_over(), dict(+draft.dropped))


def cleaned(reject: Reject, spec: Spec) -> Reject:
    """A reject freed of personal data, as a file of rejects may show it, with what was dropped."""
    dropped: Counter[str] = Counter()
    return replace(reject, cells=clean(reject.cells, _plan(spec), dropped), dropped=dict(+dropped))


def _reject(row: Row, spec: Spec, code: str, **params: Any) -> Reject:
    return cleaned(Reject(row.number, row.cells, code, params), spec)


def _shown(column: str, text: str, plan: "Plan") -> str:
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
