"""What a place fills in to receive visitors."""

from datetime import date, time
from typing import Any

from babel.dates import get_day_names
from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from . import calendar
from .models import Host, Terms
from .services import hosting

Beyond = Terms.Beyond
_BEYOND = {
    Beyond.NOTHING: _("No more days"),
    Beyond.FREE: _("As many as they like, free"),
    Beyond.PAID: _("More days, at a price"),
    Beyond.HOURS: _("More days, for some help"),
}


class TermsForm(forms.Form):
    """On which terms, when and at how many desks. Its calendar is a week; who has a richer one keeps it."""

    desks_per_day = forms.IntegerField(
        label=_("Desks for visitors on a day"), min_value=hosting.FLOOR_DESKS, max_value=500, initial=1,
        help_text=_("You can change this later. Who has booked comes in any case."),
    )  # fmt: skip
    days_per_visitor = forms.IntegerField(
        label=_("Free days for each visitor in a year"), min_value=hosting.FLOOR_DAYS, max_value=366,
        initial=hosting.FLOOR_DAYS,
    )  # fmt: skip
    beyond = forms.ChoiceField(
        label=_("And after that?"), choices=list(_BEYOND.items()), widget=forms.RadioSelect, initial=Beyond.NOTHING
    )
    price = forms.DecimalField(
        label=_("Price of such a day, in euros"), required=False, min_value=0, max_value=10_000, decimal_places=2,
        help_text=_("Only if more days have a price. You and the visitor settle it: no money passes through here."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Help for such a day, in minutes"), required=False, min_value=1, max_value=1440,
        help_text=_("Only if more days are for some help."),
    )  # fmt: skip
    instant = forms.BooleanField(
        label=_("A booking stands at once"), required=False,
        help_text=_("Otherwise you answer each request; until then the desk is kept."),
    )  # fmt: skip
    answer_hours = forms.IntegerField(
        label=_("Hours within which you answer"), min_value=1, max_value=hosting.FLOOR_ANSWER_HOURS, initial=48
    )
    notice_hours = forms.IntegerField(
        label=_("Hours before a visit by which you want to know"), min_value=0,
        max_value=hosting.FLOOR_NOTICE_HOURS, initial=0,
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days on which visitors are welcome"), coerce=int, widget=forms.CheckboxSelectMultiple,
        initial=[0, 1, 2, 3, 4],
    )  # fmt: skip
    opens = forms.TimeField(
        label=pgettext_lazy("hour", "From"), widget=forms.TimeInput({"type": "time"}), initial=time(9)
    )
    closes = forms.TimeField(
        label=pgettext_lazy("hour", "To"), widget=forms.TimeInput({"type": "time"}), initial=time(18),
        help_text=_("An earlier hour than the first is in the night after."),
    )  # fmt: skip
    holidays = forms.BooleanField(label=_("Open on public holidays, too"), required=False)
    house_rules = forms.CharField(
        label=_("House rules, in your language"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=_("What a visitor should know: the door, the phone booths, the coffee."),
    )  # fmt: skip

    def __init__(self, *args: Any, host: Host | None, proposed: calendar.Calendar | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.host = host
        self.known = calendar.Calendar.from_json(host.calendar) if host else proposed
        names = get_day_names("wide", "stand-alone", (get_language() or "en").replace("-", "_"))
        days: Any = self.fields["weekdays"]
        days.choices = [(number, names[number]) for number in range(7)]
        if host and host.current:
            self.initial.update(_shown(host.current))
        if self.known is not None:
            self._show(self.known)

    def _show(self, known: calendar.Calendar) -> None:
        """The week as fields; or no such fields, where it is more than they can say."""
        spans = [span for period in known.periods for span in period.spans]
        simple = len(known.periods) == len(spans) == 1 and known.periods[0] == calendar.Period((spans[0],))
        if simple and spans[0].closes - spans[0].opens < calendar.DAY:
            opens, closes = (time(*divmod(one % calendar.DAY, 60)) for one in (spans[0].opens, spans[0].closes))
            self.initial.update({"weekdays": sorted(spans[0].weekdays), "opens": opens, "closes": closes})
            self.initial.update({"holidays": known.holidays})
        else:
            for name in ("weekdays", "opens", "closes", "holidays"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        missing = {"PAID": "price", "HOURS": "minutes"}.get(given.get("beyond", ""))
        if missing and not given.get(missing) and missing not in self.errors:
            self.add_error(missing, _("Say how much."))
        if "opens" in given and given.get("opens") == given.get("closes"):
            self.add_error("closes", _("Choose another hour than the first."))
        return given

    def promise(self) -> hosting.Promise:
        """The terms that were filled in; what is not asked for stays as it is."""
        given, before = self.cleaned_data, self.host.current if self.host else None
        kept = {} if before is None else {name: getattr(before, name) for name in _KEPT}
        rules = dict(before.rules) if before else {}
        rules[get_language() or "en"] = given["house_rules"].strip()
        amounts = {"PAID": int((given["price"] or 0) * 100), "HOURS": given["minutes"]}
        return hosting.Promise(
            days_per_visitor=given["days_per_visitor"],
            desks_per_day=given["desks_per_day"],
            instant=given["instant"],
            answer_hours=given["answer_hours"],
            notice_hours=given["notice_hours"],
            beyond=given["beyond"],
            beyond_amount=amounts.get(given["beyond"]),
            beyond_currency="EUR" if given["beyond"] == "PAID" else "",
            rules={language: text for language, text in rules.items() if text},
            blackouts=[(date.fromisoformat(one), date.fromisoformat(last)) for one, last in before.blackouts]
            if before
            else (),
            **kept,
        )

    def when(self) -> calendar.Calendar:
        """The calendar that was filled in, or the one there is."""
        given = self.cleaned_data
        if "opens" not in given:
            return self.known or calendar.Calendar()
        opens, closes = (one.hour * 60 + one.minute for one in (given["opens"], given["closes"]))
        span = calendar.Span(frozenset(given["weekdays"]), opens, closes + (calendar.DAY if closes <= opens else 0))
        closures = self.known.closures if self.known else ()
        return calendar.Calendar((calendar.Period((span,)),), closures, given["holidays"])


_KEPT = ("ahead_days", "late_hours", "late_share", "no_show_share", "no_show_minutes")


def _shown(terms: Terms) -> dict[str, Any]:
    names = ("days_per_visitor", "desks_per_day", "instant", "answer_hours", "notice_hours", "beyond")
    amount = terms.beyond_amount or 0
    return {name: getattr(terms, name) for name in names} | {
        "price": f"{amount / 100:.2f}" if terms.beyond == "PAID" else None,
        "minutes": amount if terms.beyond == "HOURS" else None,
        "house_rules": terms.rules.get(get_language() or "en", ""),
    }
