"""By which weights this registry is linked: those taken over last, or else those the project ships. And how reviewers'
decisions make better ones, for an operator to take over."""

import json

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.linkage.model import Model, shipped
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.platform import audit

from .. import queries
from ..models import Weights
from . import learning


def in_use() -> Model:
    """The weights the next run goes by."""
    return _model(adopted())


def adopted() -> Weights | None:
    """What was taken over last; None where the project's own weights are in use."""
    return Weights.objects.exclude(adopted_at=None).order_by("-adopted_at", "-pk").first()


def base() -> Model:
    """What lessons begin with: weights that learnt nothing from decisions made here, so that none counts twice."""
    return _model(_brought())


def _brought() -> Weights | None:
    """What came from elsewhere last."""
    return Weights.objects.exclude(adopted_at=None).filter(lesson={}).order_by("-adopted_at", "-pk").first()


def text(model: Model) -> str:
    """A model as it is kept: its digest, on which runs hang, must come back the same from every database."""
    return json.dumps(model.as_json(), ensure_ascii=False)


def _model(kept: Weights | None) -> Model:
    return Model.from_json(json.loads(kept.model)) if kept else shipped()


def learn() -> Weights | None:
    """Estimate the weights anew from all decisions, for the desk to show; None where they teach nothing yet. Long work:
    only its end is a transaction."""
    learnt = learning.learn(queries.labels(), base(), timezone.localdate())
    with transaction.atomic():
        Weights.objects.filter(adopted_at=None).delete()
        if learnt is None:
            return None
        model, lesson = learnt
        return Weights.objects.create(model=text(model), lesson=lesson.as_json())


@transaction.atomic
def adopt(*, by: Person, number: int) -> None:
    """Link by the weights that were learnt, from the next run on. CoworkmedError where newer ones took their place."""
    who = require(by, Action.SITE_OPERATE)
    before = adopted()
    if not Weights.objects.filter(pk=number, adopted_at=None).update(adopted_at=timezone.now()):
        raise CoworkmedError(N_("The weights were estimated anew meanwhile. Look at the new ones first."))
    _tell(who, before)


@transaction.atomic
def go_back(*, by: Person) -> None:
    """Link by the weights that were in use before, from the next run on."""
    who = require(by, Action.SITE_OPERATE)
    before = adopted()
    if before is None:
        raise CoworkmedError(N_("The weights in use are those the project ships."))
    Weights.objects.filter(adopted_at=None).delete()
    Weights.objects.filter(pk=before.pk).update(adopted_at=None)
    _tell(who, before)


@transaction.atomic
def bring(model: Model) -> None:
    """Link by weights made elsewhere, by whoever has the command line, from the next run on. The same again is no
    change, nor does it undo what an operator took over since: a site may be started with the same words each time."""
    before, last, brought = adopted(), _brought(), text(model)
    if last and last.model == brought:
        return
    Weights.objects.create(model=brought, adopted_at=timezone.now())
    _tell(audit.MACHINE, before)


def _tell(who: audit.Who, before: Weights | None) -> None:
    now = adopted()
    audit.record(
        who=who,
        verb="weights.changed",
        thing=audit.Thing("weights", "in-use"),
        before=before.pk if before else None,
        after=now.pk if now else None,
    )
