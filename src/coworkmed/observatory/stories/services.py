"""Stories told, taken back, coded by two and published: one transaction each, told to the trail, which never holds a
word of them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.places.models import Place
from coworkmed.platform import audit
from coworkmed.stewardship.queries.words import standing

from ..models import Answer, Coding, Story, Wave
from . import rules, scheme, words

BY_LINK = audit.Who("owner")  # whoever reads the mail of the place
_STATES = Story.State


def teller(place: Place, by: Person | None) -> audit.Who:
    """Who tells for a place, as the trail names them: whoever holds its link, or who speaks for it."""
    return BY_LINK if by is None else require(by, Action.PLACE_SPEAK, place)


# -- telling ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(
    *, place: Place, by: Person | None, told: Mapping[str, Any], story: Story | None = None, send: bool = False
) -> Story:
    """Keep a draft of what a place tells, or ``send`` it, as who tells it agrees.

    ``told``   text, language, named, teller
    ``story``  the draft it goes on with
    """
    who = teller(place, by)
    held = _held(story, place) if story else Story(place=place)
    if held.state != _STATES.DRAFT:
        raise CoworkmedError(N_("This story has been sent. Take it back to tell it otherwise."))
    held.text, held.language = told["text"], told["language"]
    held.named, held.teller = told["named"], told["teller"]
    held.licence, held.consent = words.LICENCE, words.CONSENT
    if send:
        held.state, held.told_on = _STATES.SUBMITTED, timezone.localdate()
    held.save()
    if send:
        _record(who, "story.told", held, before=None)
    return held


@transaction.atomic
def withdraw(*, story: Story, place: Place, by: Person | None) -> None:
    """Take a story back, whatever has become of it: its words and what was found in them are deleted."""
    who = teller(place, by)
    held = _held(story, place)
    if held.state == _STATES.DRAFT:
        held.delete()
        return
    _forget_answer(held)
    _empty(held, who)


@transaction.atomic
def from_census(*, answer: Answer, place: Place, said: Mapping[str, Any], language: str, who: audit.Who) -> None:
    """What a place told in a census, where it may be published. What it told there before is taken back, if that says
    otherwise now or may be published no more."""
    text, consent = str(said.get("story") or ""), said.get("story_consent")
    named = consent == "NAMED"
    wanted = bool(text) and consent in ("NAMED", "UNNAMED")
    stories = Story.objects.select_for_update().exclude(state=_STATES.WITHDRAWN)
    for one in stories.filter(wave=answer.wave, place=answer.place_id):
        if wanted and (one.text, one.named) == (text, named):
            wanted = False  # it stands already
        else:
            _empty(one, who)
    if wanted:
        made = Story.objects.create(
            place_id=answer.place_id,
            wave=answer.wave,
            language=language,
            text=text,
            named=named,
            licence=words.LICENCE,
            consent=words.CONSENT,
            state=_STATES.SUBMITTED,
            told_on=timezone.localdate(),
        )
        _record(who, "story.told", made, before=None)


def withdraw_of_wave(*, wave: Wave, place: str, who: audit.Who) -> None:
    """Take back what a place told in a census, within the transaction of its answers."""
    for one in Story.objects.select_for_update().filter(wave=wave, place=place).exclude(state=_STATES.WITHDRAWN):
        _empty(one, who)


def _empty(story: Story, who: audit.Who) -> None:
    before = story.state
    story.codings.all().delete()
    story.text = story.teller = story.reason = story.settled = ""
    story.themes, story.state, story.withdrawn_on = [], _STATES.WITHDRAWN, timezone.localdate()
    story.save()
    _record(who, "story.withdrawn", story, before=before)


def _forget_answer(story: Story) -> None:
    """The same words as they stand in an answer to the census."""
    for answer in Answer.objects.select_for_update().filter(wave=story.wave_id, place=story.place_id):
        if answer.values.get("story", {}).get("value") == story.text:
            answer.values = {name: one for name, one in answer.values.items() if not name.startswith("story")}
            answer.save(update_fields=["values"])


# -- coding -----------------------------------------------------------------------------------------------------------


def _coder(by: Person, story: Story) -> audit.Who:
    """Who codes a story, as the trail names them: who looks after places anywhere, unless the story is their own."""
    if not by.tends:
        raise NotAllowedError(N_("Your role does not allow this, or no longer does."))
    if can(by, Action.PLACE_SPEAK, standing(story.place_id) or story.place):
        raise NotAllowedError(rules.OWN)
    return audit.Who("coder", str(by.pk))


@transaction.atomic
def code(*, by: Person, story: Story, themes: Collection[str]) -> None:
    """Say which themes a story is of, as one of its two coders; until both have, either may say otherwise. Where both
    say the same they are settled."""
    held = _held(story)
    who = _coder(by, held)
    if held.state != _STATES.SUBMITTED or held.settled:
        raise CoworkmedError(rules.NOT_SENT)
    codings = list(held.codings.all())
    if len(codings) >= 2:
        raise CoworkmedError(rules.TWICE)
    found = scheme.current().ordered(themes)
    Coding.objects.update_or_create(story=held, coder=by, defaults={"themes": found, "made": timezone.now()})
    audit.record(who=who, verb="story.coded", thing=_thing(held), before=None, after=None)  # blind: the trail is read
    both = list(held.codings.values_list("themes", flat=True))
    if len(both) == 2 and scheme.same((both[0], both[1])):
        _settle(held, found, "AGREED", who)


@transaction.atomic
def settle(*, by: Person, story: Story, themes: Collection[str]) -> None:
    """Settle what a story is of where its coders differ: a third who read both, or one of them after they talked."""
    held = _held(story)
    who = _coder(by, held)
    codings = list(held.codings.all())
    if held.state != _STATES.SUBMITTED or held.settled or len(codings) < 2:
        raise CoworkmedError(rules.NOT_SENT)
    how = "DISCUSSION" if by.pk in [one.coder_id for one in codings] else "THIRD"
    _settle(held, scheme.current().ordered(themes), how, who)


def _settle(story: Story, themes: list[str], how: str, who: audit.Who) -> None:
    story.themes, story.settled, story.scheme = themes, how, scheme.current().version
    story.save(update_fields=["themes", "settled", "scheme"])
    audit.record(who=who, verb="story.settled", thing=_thing(story), before=None, after={"themes": themes, "how": how})


# -- publishing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(*, by: Person, story: Story) -> None:
    """Let everyone read a story whose themes are settled."""
    held = _held(story)
    who = _keeper(by, held)
    if held.state != _STATES.SUBMITTED:
        raise CoworkmedError(rules.NOT_SENT)
    if not held.settled:
        raise CoworkmedError(rules.DIFFERENT)
    held.state, held.published_on = _STATES.PUBLISHED, timezone.localdate()
    held.save(update_fields=["state", "published_on"])
    _record(who, "story.published", held, before=_STATES.SUBMITTED)


@transaction.atomic
def decline(*, by: Person, story: Story, reason: str) -> None:
    """Don't publish a story, or no more, and tell the place why."""
    held = _held(story)
    who = _keeper(by, held)
    if held.state not in (_STATES.SUBMITTED, _STATES.PUBLISHED):
        raise CoworkmedError(rules.NOT_SENT)
    if not reason.strip():
        raise CoworkmedError(N_("Say why: the place reads it."))
    before, held.state, held.reason = held.state, _STATES.DECLINED, reason.strip()
    held.save(update_fields=["state", "reason"])
    _record(who, "story.declined", held, before=before)


def _keeper(by: Person, story: Story) -> audit.Who:
    """Who decides on a story: who looks after its place, and does not run it."""
    place = standing(story.place_id) or story.place
    who = require(by, Action.PLACE_TEND, place)
    if can(by, Action.PLACE_SPEAK, place):
        raise NotAllowedError(rules.OWN)
    return who


def _held(story: Story, place: Place | None = None) -> Story:
    """The story as it is now, held until the transaction ends; of ``place``, where one is given."""
    found = Story.objects.select_for_update().select_related(None).filter(pk=story.pk).first()
    if found is None or (place is not None and (standing(found.place_id) or found.place).pk != place.pk):
        raise CoworkmedError(N_("There is no such story of this place any more."))
    return found


def _thing(story: Story) -> audit.Thing:
    return audit.Thing("story", story.reference)


def _record(who: audit.Who, verb: str, story: Story, *, before: str | None) -> None:
    audit.record(who=who, verb=verb, thing=_thing(story), before=before, after=str(story.state))
