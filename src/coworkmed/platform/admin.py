"""Jobs, mails and the trail, for whoever runs the site: to look at, and to decide what machines can't."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.errors import CoworkmedError

from . import audit, jobs, operating, tasks
from .back_office import ReadOnlyAdmin, Sign, signs
from .models import Event, Job, Mail, Quiet, Schedule

_IDLE = timedelta(minutes=10)  # jobs due for longer: nobody works
_UNVERIFIED = timedelta(days=15)
_SHOWN = 90  # characters of an error in a list
_ADDRESS = re.compile(r"([^\s<>@\"'(),:;]{1,2})[^\s<>@\"'(),:;]*@([^\s<>@\"'(),:;]+)")


def shortened(text: str) -> str:
    """A text with what it has of mail addresses made unreadable: enough to recognise, too little to write to."""
    return _ADDRESS.sub(r"\1…@\2", text)


def _who(request: HttpRequest) -> audit.Who:
    return audit.Who("operator", str(request.user.pk))


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("name", "key", "state", "due", "attempts", "finished", "fault")
    list_filter = ("state", "name")
    search_fields = ("name", "key", "error")
    ordering = ("-pk",)
    fields = ("name", "key", "arguments", "state", "due", "attempts", "lease", "created", "finished", "faults")
    readonly_fields = fields
    actions = ("retry",)

    @admin.display(description=_("Error"))
    def fault(self, job: Job) -> str:
        return shortened(job.error)[:_SHOWN]

    @admin.display(description=_("Error of the last try"))
    def faults(self, job: Job) -> str:
        return shortened(job.error)

    @admin.action(description=_("Try again"))
    def retry(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        done = sum(operating.retry(who=_who(request), job=job) for job in chosen)
        if done:
            said = ngettext("{count} job is tried again now.", "{count} jobs are tried again now.", done)
            self.message_user(request, said.format(count=done), messages.SUCCESS)
        else:
            self.message_user(request, gettext("Only jobs that were given up can be tried again."), messages.WARNING)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    list_display = ("name", "rule", "next", "active")
    list_filter = ("active",)
    actions = ("rest", "go_on")

    @admin.action(description=_("Let it rest"))
    def rest(self, request: HttpRequest, chosen: QuerySet[Schedule]) -> None:
        self._switch(request, chosen, active=False)

    @admin.action(description=_("Have it go on"))
    def go_on(self, request: HttpRequest, chosen: QuerySet[Schedule]) -> None:
        self._switch(request, chosen, active=True)

    def _switch(self, request: HttpRequest, chosen: QuerySet[Schedule], *, active: bool) -> None:
        for one in chosen:
            if operating.switch(who=_who(request), schedule=one, active=active):
                said = gettext("“{name}” goes on.") if active else gettext("“{name}” rests until you have it go on.")
                self.message_user(request, said.format(name=one.name), messages.SUCCESS)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("template", "reader", "state", "changed", "fault")
    list_filter = ("state", "template")
    search_fields = ("=key", "=message_id", "error")
    ordering = ("-pk",)
    fields = ("template", "reader", "language", "state", "due", "attempts", "created", "changed", "faults")
    readonly_fields = fields  # neither the address nor what it says
    actions = ("it_was_sent", "send_again")

    @admin.display(description=_("To"))
    def reader(self, letter: Mail) -> str:
        return shortened(letter.to) or gettext("not kept")

    @admin.display(description=_("Error"))
    def fault(self, letter: Mail) -> str:
        return shortened(letter.error)[:_SHOWN]

    @admin.display(description=_("Error of the last try"))
    def faults(self, letter: Mail) -> str:
        return shortened(letter.error)

    @admin.action(description=_("Doubtful: it was sent"))
    def it_was_sent(self, request: HttpRequest, chosen: QuerySet[Mail]) -> None:
        self._resolve(request, chosen, sent=True)

    @admin.action(description=_("Doubtful: send it again"))
    def send_again(self, request: HttpRequest, chosen: QuerySet[Mail]) -> HttpResponse | None:
        doubtful = chosen.filter(state=Mail.State.DOUBTFUL)
        if "confirmed" in request.POST or not doubtful:
            self._resolve(request, chosen, sent=False)
            return None
        return self._confirm(request, doubtful)

    def _confirm(self, request: HttpRequest, doubtful: QuerySet[Mail]) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "title": gettext("Send these mails again?"),
            "words": gettext("Each may have arrived already. Whoever got it gets it twice."),
            "yes": gettext("Send again"),
            "no": gettext("No, go back"),
            "action": "send_again",
            "lines": [(one.pk, f"{one.template} · {self.reader(one)} · {_day(one.changed)}") for one in doubtful],
            "opts": self.opts,
            "back": reverse("admin:platform_mail_changelist"),
        }
        return TemplateResponse(request, "back_office/confirm.html", shown)

    def _resolve(self, request: HttpRequest, chosen: QuerySet[Mail], *, sent: bool) -> None:
        done = 0
        for letter in chosen:
            try:
                done += operating.resolve(who=_who(request), letter=letter, sent=sent)
            except CoworkmedError as error:
                self.message_user(request, gettext(error.message).format(**error.params), messages.ERROR)
        if done and sent:
            said = ngettext("{count} mail is held for sent.", "{count} mails are held for sent.", done)
        elif done:
            said = ngettext("{count} mail is sent again now.", "{count} mails are sent again now.", done)
        else:
            said = gettext("Only of doubtful mails it is open whether they were sent.")
        self.message_user(request, said.format(count=done), messages.SUCCESS if done else messages.WARNING)


class AddressForm(forms.Form):
    """Which address; only its digest is kept, so it has to be typed."""

    address = forms.EmailField(label=_("Address"), max_length=320)


@admin.register(Quiet)
class QuietAdmin(ReadOnlyAdmin):
    list_display = ("digest", "reason", "status", "since")
    list_filter = ("reason",)
    ordering = ("-since",)
    change_list_template = "back_office/quiet.html"

    @admin.display(description=_("Digest of the address"))
    def digest(self, one: Quiet) -> str:
        return one.address[:8]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {
            "words": gettext("Addresses that bounced or asked for no more mails. Of each, only a digest is kept."),
            "resume": gettext("Write to an address again"),
        }
        return super().changelist_view(request, more | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.resume)
        return [path("resume/", page, name="platform_quiet_resume"), *super().get_urls()]

    def resume(self, request: HttpRequest) -> HttpResponse:
        """Whoever wrote that they want our mails again."""
        form = AddressForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            address = form.cleaned_data["address"]
            if operating.resume(who=_who(request), address=address):
                said = gettext("{address} gets mails again.").format(address=address)
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:platform_quiet_changelist")
            form.add_error("address", gettext("No mails are withheld from this address."))
        shown = {
            **self.admin_site.each_context(request),
            "title": gettext("Write to an address again"),
            "words": gettext("Only do so if its owner asked you to, or if the mailbox is back."),
            "yes": gettext("Write to it again"),
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "back_office/resume.html", shown)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("number", "at", "role", "verb", "thing_type", "thing_id", "why")
    list_filter = ("verb", "role")
    search_fields = ("=thing_type", "=thing_id", "=person")
    search_help_text = _("The kind of a thing and its id: “place 7k2m9x”. Or the number of a person.")
    ordering = ("-number",)


# at a glance


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _page(model: str, query: str = "") -> str:
    return reverse(f"admin:platform_{model}_changelist") + query


@signs
def of_jobs() -> Iterator[Sign]:
    """Whether somebody works, and what was given up."""
    counts = jobs.counts()
    late = Job.objects.filter(state=Job.State.WAITING, due__lt=timezone.now() - _IDLE).aggregate(Min("due"))["due__min"]
    if late:
        words = gettext("Nobody works: a job has been due since {moment}. Start “./run work”, or the site anew.")
        yield Sign("bad", words.format(moment=_day(late)), _page("job", "?state__exact=waiting"))
    if failed := counts[Job.State.FAILED]:
        words = ngettext("{count} job was given up.", "{count} jobs were given up.", failed)
        yield Sign("bad", words.format(count=failed), _page("job", "?state__exact=failed"))
    waiting = counts[Job.State.WAITING] + counts[Job.State.RUNNING]
    words = ngettext("{count} job waits or is being done.", "{count} jobs wait or are being done.", waiting)
    yield Sign("good", words.format(count=waiting), _page("job"))


@signs
def of_mails() -> Iterator[Sign]:
    """What a person has to decide, and what never arrived."""
    tell: dict[Mail.State, Callable[[int], str]] = {
        Mail.State.DOUBTFUL: lambda count: ngettext(
            "{count} mail was sent or was not: say which.", "{count} mails were sent or were not: say which.", count
        ),
        Mail.State.FAILED: lambda count: ngettext("{count} mail was refused.", "{count} mails were refused.", count),
    }
    open_ones = 0
    for state, words in tell.items():
        if count := Mail.objects.filter(state=state).count():
            open_ones += 1
            yield Sign("watch", words(count).format(count=count), _page("mail", f"?state__exact={state.value}"))
    if not open_ones:
        waiting = Mail.objects.filter(state=Mail.State.WAITING).count()
        said = ngettext("{count} mail waits.", "{count} mails wait.", waiting).format(count=waiting)
        yield Sign("good", said, _page("mail"))


@signs
def of_the_trail() -> Iterator[Sign]:
    """What the weekly reading of the trail found."""
    last = Event.objects.filter(verb=tasks.VERIFIED).order_by("-number").first()
    link = _page("event", f"?verb__exact={tasks.VERIFIED}") if last else _page("event")
    if not last:
        yield Sign(
            "watch", gettext("The trail was not verified yet. It is each week, or by “./run audit verify”."), link
        )
        return
    found = json.loads(last.after)
    if found["broken"] is not None:
        words = gettext("The trail does not hold: event {number} was altered, removed or put in. Found on {moment}.")
        yield Sign("bad", words.format(number=found["broken"], moment=_day(last.at)), link)
    elif last.at < timezone.now() - _UNVERIFIED:
        words = gettext("The trail was last verified on {moment}. It should be each week.")
        yield Sign("watch", words.format(moment=_day(last.at)), link)
    else:
        words = ngettext(
            "The trail held on {moment}: {count} event.", "The trail held on {moment}: {count} events.", found["rows"]
        )
        yield Sign("good", words.format(moment=_day(last.at), count=found["rows"]), link)
