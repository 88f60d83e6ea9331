"""What reviewers do: judge pairs, and take it back."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action, Who
from coworkmed.people.services import NotAllowedError
from coworkmed.platform import audit

from ..models import Decision, Doubt, Link, Verdict
from . import queries, rules, tasks

#: So long after a verdict its lesson is learnt, together with that of all that came meanwhile.
LESSON_AFTER = timedelta(minutes=5)
_ASKED = ("purpose", "probability", "stratum", "inclusion", "weights")


@transaction.atomic
def judge(*, by: Person, pairs: Sequence[tuple[int, int]], said: str, note: str = "") -> UUID:
    """Record what ``by`` says of some pairs of entries (by number), with one press: all of them or none. Returns the
    number to take it back by.

    Several reviewers may judge one pair, at once too: each word is kept, and what binds follows from all of them.

    Raises NotAllowedError where they may not, CoworkmedError where a pair is no longer in question, was judged by them
    otherwise before, or where several pairs are not alike or too many.
    """
    if said not in rules.SAID:
        raise CoworkmedError(N_("Nobody knows the verdict “{said}”."), said=said)
    doubts = _asked_of(by, pairs)
    act, run = uuid4(), queries.current_run()
    for doubt in doubts:
        one, other = sorted((doubt.left_id, doubt.right_id))
        before = _said(one, other)
        if earlier := Verdict.objects.filter(left=one, right=other, person=by).first():
            if earlier.said == said and len(doubts) == 1:
                return earlier.act  # pressed twice
            raise CoworkmedError(N_("You have already judged this pair. Take that back first."))
        verdict = Verdict(left_id=one, right_id=other, person=by, said=said, purpose=doubt.purpose, act=act, run=run)
        verdict.note = note
        verdict.save(force_insert=True)
        _follow(doubt, before, [*before, said], note)
        thing = audit.Thing("pair", f"{one}-{other}")
        audit.record(who=_signed(by, doubt), verb="pair.judged", thing=thing, before=None, after=said, why=note)
    tasks.learn.enqueue(key="learn", due=timezone.now() + LESSON_AFTER)
    return act


def _held(pairs: Sequence[tuple[int, int]]) -> list[Doubt]:
    """The doubts on some pairs, in order, held until the transaction ends: who judges one of them at the same time
    waits, and then finds what was said. SQLite has one writer anyway."""
    wanted = reduce(or_, (queries.of_pair(*pair) for pair in pairs))
    return list(Doubt.objects.select_for_update().filter(wanted).order_by("pk"))


def _asked_of(by: Person, pairs: Sequence[tuple[int, int]]) -> list[Doubt]:
    """The doubts on some pairs, held, if ``by`` may judge them together."""
    if not pairs:
        raise CoworkmedError(N_("Choose at least one pair."))
    if len(pairs) > rules.TOGETHER:
        raise CoworkmedError(N_("At most {n} pairs can be judged together."), n=rules.TOGETHER)
    found = _held(pairs)
    if len(found) != len({frozenset(pair) for pair in pairs}):
        raise CoworkmedError(N_("The registry was made anew meanwhile, and this is no longer in question."))
    if Doubt.objects.visible_to(by).filter(pk__in=[one.pk for one in found]).distinct().count() < len(found):
        raise NotAllowedError(N_("Your role does not allow this, or no longer does."))
    if len(found) > 1:
        _require_alike(found)
    return found


def _require_alike(doubts: Sequence[Doubt]) -> None:
    shapes = {
        rules.shape((one.left.source_id, one.right.source_id), one.joined, one.relation, one.probability)
        for one in doubts
    }
    sure = all(rules.sure(one.probability) and one.state == Doubt.State.OPEN for one in doubts)
    if len(shapes) > 1 or not sure:
        raise CoworkmedError(N_("Only pairs that are alike, sure, and judged by nobody yet can be judged together."))


def _said(one: int, other: int) -> list[str]:
    """All that was said of a pair, in order."""
    return list(Verdict.objects.filter(left=one, right=other).order_by("pk").values_list("said", flat=True))


def _follow(doubt: Doubt, before: Sequence[str], after: Sequence[str], note: str) -> None:
    """Bring the state of a pair and the decision on it in line with what was said of it. A decision that does not come
    from the desk (`./run decide`) stands."""
    one, other = sorted((doubt.left_id, doubt.right_id))
    twice = _twice(doubt)
    was, now = rules.outcome(before, twice=twice), rules.outcome(after, twice=twice)
    Doubt.objects.filter(pk=doubt.pk).update(state=now.state)
    _bind(one, other, was, now, note, {name: getattr(doubt, name) for name in _ASKED})


def _bind(one: int, other: int, was: rules.Outcome, now: rules.Outcome, note: str, asked: dict[str, object]) -> None:
    kept = Decision.objects.filter(left=one, right=other).first()
    if (kept.verdict if kept else "") != was.verdict:
        return
    if not now.verdict:
        Decision.objects.filter(left=one, right=other).delete()
        return
    said = {"verdict": now.verdict, "relation": now.relation}
    if kept:
        Decision.objects.filter(pk=kept.pk).update(**said)
    else:
        on = timezone.localdate()
        Decision.objects.create(left_id=one, right_id=other, note=note, decided_on=on, **said, **asked)


def _twice(doubt: Doubt) -> bool:
    left, right = doubt.left, doubt.right
    keys = (left.source_id, left.external_id), (right.source_id, right.external_id)
    return rules.judged_twice(*keys, doubt.purpose)


def _signed(by: Person, doubt: Doubt) -> audit.Who:
    """In what quality ``by`` judges it: as the place of one of its entries allows."""
    links = Link.objects.filter(entry__in=(doubt.left_id, doubt.right_id)).select_related("place")
    found = {quality(by, Action.PLACE_TEND, link.place) for link in links} - {None}
    role = sorted(str(one) for one in found)[0] if found else Who.OPERATOR
    return audit.Who(role.lower(), str(by.pk))


@transaction.atomic
def undo(*, by: Person, act: UUID) -> list[tuple[int, int]]:
    """Take back what ``by`` said with one press; returns the pairs. Raises CoworkmedError where there is nothing to
    take back, or a run has gone by it since."""
    verdicts = list(Verdict.objects.filter(person=by, act=act).order_by("pk"))
    pairs = [(one.left_id, one.right_id) for one in verdicts]
    if not pairs:
        raise CoworkmedError(N_("There is nothing to take back: it was taken back already."))
    doubts = _held(pairs)
    if len(doubts) < len(pairs) or any(one.run < queries.current_run() for one in verdicts):
        raise CoworkmedError(
            N_("The registry was made anew since and goes by this verdict. An operator can still decide otherwise.")
        )
    for doubt in doubts:
        one, other = sorted((doubt.left_id, doubt.right_id))
        before = _said(one, other)
        gone, _ = Verdict.objects.filter(left=one, right=other, person=by, act=act).delete()
        if not gone:
            raise CoworkmedError(N_("There is nothing to take back: it was taken back already."))
        said = next(each.said for each in verdicts if (each.left_id, each.right_id) == (one, other))
        _follow(doubt, before, _said(one, other), "")
        thing = audit.Thing("pair", f"{one}-{other}")
        audit.record(who=_signed(by, doubt), verb="pair.undone", thing=thing, before=said, after=None)
    return pairs
