"""How a place is not there any more, or not there now: closed, paused, moved, or never the reader's."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel import dates
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.values import Value
from coworkmed.places.models import Place
from coworkmed.sources.normalise import dates as written_dates

from .. import typed
from .place import middle_of_town

_WHERE = ("address", "postcode", "locality")
_EARLIEST = 1800
_LONGEST_PAUSE = timedelta(days=5 * 366)  # nobody asks a place that is paused


class _Dated(forms.Form):
    """A day, a month or a year, in any usual writing."""

    on = forms.CharField(label=_("When"), max_length=30, required=False)
    partial = ""

    def clean_on(self) -> str:
        text = str(self.cleaned_data["on"]).strip()
        self.partial, doubt = written_dates.read(text)
        if text and (not self.partial or doubt or int(self.partial[:4]) < _EARLIEST):
            raise forms.ValidationError(
                _("This is no date. Write a year, a month or a day: 2026, 2026-05 or 2026-05-17.")
            )
        return text


class ClosedForm(_Dated):
    """Closed for good; ``partial`` is when, "" where nobody knows. A day to come announces it."""

    def __init__(self, *args: Any, place: Place, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["on"].label = _("Since when, or from when on")
        self.fields["on"].help_text = _("A year is enough. A day to come is shown as an announcement.")

    @property
    def announced(self) -> bool:
        return bool(self.partial) and dates.first_day(self.partial) > timezone.localdate()


class PausedForm(_Dated):
    """Closed for a time; ``partial`` is until when, "" where nobody knows."""

    def __init__(self, *args: Any, place: Place, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["on"].label = _("Until when")
        self.fields["on"].help_text = _("As far as you know: a month is enough. We ask again when it is over.")

    def clean_on(self) -> str:
        text = super().clean_on()
        if self.partial and dates.last_day(self.partial) < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. If the place is open again, confirm its page instead."))
        if self.partial and dates.last_day(self.partial) > timezone.localdate() + _LONGEST_PAUSE:
            raise forms.ValidationError(_("That is very far off. If nobody knows until when, leave it empty."))
        return text


class MovedForm(forms.Form):
    """It has left its address; ``changes`` are the fields that tell where it is now, none where nothing is said."""

    address = forms.CharField(label=_("New address"), max_length=300, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    locality = forms.CharField(label=_("Town"), max_length=120, required=False)
    position = forms.CharField(
        label=_("Position"),
        max_length=2000,
        required=False,
        help_text=_(
            "Latitude and longitude, or a link to a map. If you leave it out, the middle of the town is shown."
        ),
    )

    def __init__(self, *args: Any, place: Place, **more: Any) -> None:
        super().__init__(*args, **more)
        self.place = place
        self.changes: dict[str, Value] = {}
        for name in ("address", "postcode", "locality"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = {name: str(cleaned.get(name) or "").strip() for name in (*_WHERE, "position")}
        if not any(said.values()) or self.errors:
            return cleaned
        if not said["locality"] and not said["address"]:
            self.add_error("locality", _("Say in which town it is now."))
            return cleaned
        found: dict[str, Value] = {}
        for name, text in said.items():
            try:
                found |= self._read(name, text)
            except CoworkmedError as error:
                self.add_error(name, gettext(error.message))
        town = found["locality"].value if "locality" in found else self.place.values.get("locality")
        if not said["position"]:
            found["position"] = middle_of_town(str(town or ""), self.place.country)
        if said["locality"]:  # codes of the old town
            found |= {name: Value(None) for name in ("lau", "region") if name in self.place.values}
        self.changes = found
        return cleaned

    def _read(self, name: str, text: str) -> dict[str, Value]:
        """What is said, and of a place that has moved, what is not true any more."""
        if name == "position":
            return {name: typed.position(text, self.place.country)} if text else {}
        if name == "locality" and not text:
            return {}
        if not text and name not in self.place.values:
            return {}
        return {name: typed.read(name, text, country=self.place.country)}


class NotUsForm(forms.Form):
    """The address is given for the place, and its reader has nothing to do with it."""

    note = forms.CharField(
        label=_("Anything that helps us put it right"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, place: Place, **more: Any) -> None:
        super().__init__(*args, **more)


#: What happened → the form that says it, in the order of the page.
GONE = {"closed": ClosedForm, "paused": PausedForm, "moved": MovedForm, "not-us": NotUsForm}
