"""What everyone sees of the census, and running a wave."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.services import NotAllowedError
from coworkmed.platform import gazetteer
from coworkmed.stewardship.views.desk import at_desk
from coworkmed.web import formats

from ...models import Wave
from .. import queries, rules, services, words
from ..forms import CodeForm, ReopenForm, WaveForm
from ..questionnaire import current
from .doors import BOTH, me


@require_safe
def census(request: HttpRequest) -> HttpResponse:
    """What the census is, and how many places answered each wave; never which."""
    waves = []
    for wave in Wave.objects.exclude(state=Wave.State.DRAFT):
        told = queries.guests(wave)
        waves.append(
            {
                "wave": wave,
                "title": formats.own_words(wave.title, str(wave.number))[0],
                "total": rules.total(told),
                "territories": _named(rules.progress(told, fewest=rules.FEWEST)),
            }
        )
    sections = [(one, *words.SECTIONS[one.code], len(one.questions)) for one in current().sections]
    return render(
        request,
        "census/index.html",
        {"waves": waves, "sections": sections, "STATES": words.STATES, "kept_years": rules.KEPT_YEARS},
    )


def _named(progress: list[rules.Progress]) -> list[tuple[str, rules.Progress]]:
    language = get_language() or "en"
    return [(gazetteer.label(one.territory, language) if one.territory else "", one) for one in progress]


@BOTH
@at_desk
def waves(request: HttpRequest) -> HttpResponse:
    """The waves that concern who looks, and a new one for who may run it."""
    person = me(request)
    may = queries.may_run(person)
    form = WaveForm(request.POST if request.method == "POST" else None, person=person) if may else None
    if request.method == "POST":
        if form is None:
            raise NotAllowedError(services.NOT_YOURS)
        if form.is_valid():
            told = form.cleaned_data
            wave = services.prepare(
                by=person,
                title=form.titles,
                organisation=told["organisation"],
                territories=told["territories"],
                opens=told["opens"],
                closes=told["closes"],
            )
            return redirect("wave", wave.number)
    mine = [(one, formats.own_words(one.title, str(one.number))[0]) for one in queries.waves_of(person)]
    shown = {"waves": mine, "form": form, "STATES": words.STATES, "messages": list(messages.get_messages(request))}
    return render(request, "census/waves.html", shown, status=422 if form and form.errors else 200)


@BOTH
@at_desk
def wave(request: HttpRequest, number: int) -> HttpResponse:
    """How far a wave is; for who looks after its places, those that are silent; for who runs it, what to do next."""
    person = me(request)
    found = get_object_or_404(queries.waves_of(person), number=number)
    may = queries.may_run(person, found)
    if request.method == "POST":
        return _act(request, person, found)
    told = queries.guests(found)
    silent = queries.silent(found, person)
    shown = {
        "wave": found,
        "title": formats.own_words(found.title, str(number))[0],
        "may": may,
        "plan": queries.plan(found, person) if may and found.state == Wave.State.DRAFT else None,
        "territory": lambda code: gazetteer.label(code, get_language() or "en") if code else "",
        "total": rules.total(told),
        "territories": _named(rules.progress(told, fewest=1 if may else rules.FEWEST)),
        "silent": list(silent[:200]),
        "silents": silent.count(),
        "takes": found.takes_answers(timezone.localdate()),
        "form": CodeForm(),
        "reopens": ReopenForm() if may and found.state == Wave.State.CLOSED and not found.told_on else None,
        "STATES": words.STATES,
        "messages": list(messages.get_messages(request)),
    }
    return render(request, "census/wave.html", shown)


def _act(request: HttpRequest, person: Person, wave: Wave) -> HttpResponse:
    """Open, remind or close; or find the paper of a place by its code."""
    step = request.POST.get("step", "")
    try:
        if step == "open":
            count = services.open_wave(by=person, wave=wave)
            text = _("The wave is open: {count} places are invited. Their mails go out day by day.")
            messages.success(request, text.format(count=formats.number(count)))
        elif step == "remind":
            count = services.remind(by=person, wave=wave)
            text = _("{count} places are reminded, each when a month has passed since the last mail.")
            messages.success(request, text.format(count=formats.number(count)))
        elif step == "close":
            services.close(by=person, wave=wave)
            messages.success(request, _("The wave is closed."))
        elif step == "reopen":
            days = ReopenForm(request.POST)
            if not days.is_valid():
                raise CoworkmedError(N_("Say until which day the wave takes answers, as in 2027-03-31."))
            services.reopen(by=person, wave=wave, closes=days.cleaned_data["closes"])
            messages.success(request, _("The wave is open again."))
        elif step == "paper":
            form = CodeForm(request.POST)
            code = form.cleaned_data["code"] if form.is_valid() else ""
            services.to_key_in(code, wave, person)
            return redirect("wave-paper", wave.number, code)
        else:
            raise Http404
    except NotAllowedError:
        raise
    except CoworkmedError as error:
        messages.error(request, _(error.message).format(**error.params))
    return redirect("wave", wave.number)
