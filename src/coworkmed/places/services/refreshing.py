"""Linking and settling the registry anew, where anything changed."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.conf import settings
from django.db import transaction

from coworkmed.kernel import ids
from coworkmed.linkage.engines import LOCAL, Engine
from coworkmed.linkage.model import Model
from coworkmed.platform import gazetteer
from coworkmed.sources.models import Harvest

from ..models import Refresh
from ..review.weights import in_use
from .linking import Linked, follow_joined, link, rulings, weights_digest
from .settling import age, keep_words, settle

#: Part of what a refresh depends on: raise it when linking or settling change, and the registry is made anew.
VERSION = "9"


@transaction.atomic
def refresh(
    *,
    as_of: date,
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Callable[[str, int], None] = lambda stage, done: None,
) -> Linked | None:
    """Link and settle the registry; where neither the lists nor the decisions changed, show only what a later day makes
    old, and return None.

    All of it or nothing: whoever reads meanwhile sees the registry as before or as after. ``progress`` is told the
    stage ("link", "settle") and how far it is.
    """
    model = model or in_use()
    state = _state(model)
    if Refresh.objects.filter(state=state, as_of__lte=as_of).exists():
        age(as_of=as_of)
        Refresh.objects.update(as_of=as_of)
        return None
    linked = link(as_of=as_of, model=model, on=on, progress=partial(progress, "link"))
    keep_words(as_of=as_of)
    settle(as_of=as_of, progress=partial(progress, "settle"))
    follow_joined()
    Refresh.objects.all().delete()
    Refresh.objects.create(state=state, as_of=as_of, census=linked.quality.census)
    return linked


def _state(model: Model) -> str:
    """Digest of all that a refresh depends on besides the day. A list that was refused changed nothing."""
    taken = Harvest.objects.exclude(outcome=Harvest.Outcome.REFUSED)
    last = taken.order_by("-pk").values_list("pk", flat=True).first()
    ruled = sorted(f"{ruling.left}{ruling.right}{ruling.verdict}" for ruling in rulings())
    return ids.digest(
        VERSION, str(settings.CLOCK.months), gazetteer.edition(), weights_digest(model), str(last), *ruled
    )
