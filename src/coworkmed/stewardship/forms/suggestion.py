"""What is filled in to suggest a change, and to decide on one."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.values import Value
from coworkmed.places.models import Place

from ..models import Suggestion
from .gone import ClosedForm

LONGEST = 2000  # characters of a note
_TOGETHER = frozenset(("status", "closed"))


class ByForm(forms.Form):
    """How whoever suggests something knows it, and how to tell them what became of it. Its names begin with ``by-``, so
    that they are not taken for the place's."""

    note = forms.CharField(
        label=_("How do you know?"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For those who decide; nobody else reads it. Deleted three months after the decision."),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Where can it be read?"), max_length=500, required=False, assume_scheme="https",
        help_text=_("The address of a page, if there is one."),
        error_messages={"invalid": _("This is no address of a page. Copy it from the browser, or leave it out.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address, if you want to hear what is decided"), max_length=254, required=False,
        help_text=_(
            "You agree by giving it that we write to you once, with the decision. The address is deleted then, and "
            "after six months at the latest. Nobody else is given it."
        ),
    )  # fmt: skip

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, prefix="by", **more)
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "dir": "ltr"}
        self.fields["link"].widget.attrs |= {"autocomplete": "off", "dir": "ltr"}


class NoMoreForm(ClosedForm):
    """That a place no longer exists, or soon will not."""

    @property
    def changes(self) -> dict[str, Value]:
        """What it says, once it is valid."""
        when = {"closed": Value(self.partial, self.cleaned_data["on"])} if self.partial else {}
        return when if self.announced else {"status": Value("CLOSED")} | when


class AgainForm(forms.Form):
    """That a place which is shown as closed is there."""

    def __init__(self, data: Any = None, *, place: Place) -> None:
        super().__init__(data)
        dated = {"closed": Value(None)} if "closed" in place.values else {}
        self.changes = {"status": Value("OPEN")} | dated


class SuggestionForm(forms.Form):
    """What somebody who knows says to a suggestion: which of its fields they accept, and what they write back."""

    names = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    reply = forms.CharField(
        label=_("What we write to them"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if you refuse it: why."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, suggestion: Suggestion, **more: Any) -> None:
        super().__init__(data, **more)
        self.offered = list(suggestion.values)
        cast(forms.MultipleChoiceField, self.fields["names"]).choices = [
            (one, FIELDS[one].label) for one in self.offered
        ]
        self.initial["names"] = list(suggestion.values)
        self.refuses = bool(data) and data.get("decide") == "refuse"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.refuses and not str(given.get("reply", "")).strip():
            self.add_error("reply", _("Say why: whoever suggested it took the trouble to write."))
        if not self.refuses and not given.get("names"):
            self.add_error("names", _("Choose what you accept, or refuse the suggestion."))
        chosen = set(given.get("names", ()))
        if chosen & _TOGETHER:  # that it closed, and when
            given["names"] = sorted(chosen | _TOGETHER.intersection(self.offered))
        return given


def says_nothing(place: Place, changes: dict[str, Value]) -> bool:
    """Whether all this is on the page already."""
    return all(value.value == place.values.get(name) for name, value in changes.items())
