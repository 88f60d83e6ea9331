"""What is filled in to report a page, to decide on a report, and to contradict the decision."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.fields import FIELDS
from coworkmed.places.models import Link, Signal

from ..services.reports import Acts
from ..words import REASONS
from .suggestion import LONGEST

_ADDRESS = _(
    "You agree by giving it that we write to you once, with the decision. The address is deleted then, and "
    "after six months at the latest. Nobody else is given it."
)


class ReportForm(forms.Form):
    """Why something should not be on a page."""

    reason = forms.ChoiceField(
        label=_("What is the matter?"), widget=forms.RadioSelect,
        choices=[(code, _(said)) for code, said in REASONS.items()],
        error_messages={"required": _("Choose what comes nearest.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Which part of the page, and why?"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For those who decide; nobody else reads it. Deleted three months after the decision."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address, if you want to hear what is decided"), max_length=254, required=False,
        help_text=_ADDRESS,
    )  # fmt: skip

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, prefix="by", **more)
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "dir": "ltr"}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") == "OTHER" and not given.get("note"):
            self.add_error("note", _("Say what it is: we can’t guess it."))
        return given


class ObjectionForm(forms.Form):
    """Why a decision on a report is wrong."""

    note = forms.CharField(
        label=_("Why is the decision wrong?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For those who decide; nobody else reads it. Deleted three months after the decision."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address, if you want to hear what is decided"), max_length=254, required=False,
        help_text=_ADDRESS,
    )  # fmt: skip


class ReportDecisionForm(forms.Form):
    """What is done about a report, and what is written to who made it."""

    withhold = forms.MultipleChoiceField(
        label=_("Take off for good"), required=False, widget=forms.CheckboxSelectMultiple
    )
    strike = forms.MultipleChoiceField(
        label=_("Let it count no more"), required=False, widget=forms.CheckboxSelectMultiple
    )
    unvouch = forms.MultipleChoiceField(
        label=_("Let it count no more"), required=False, widget=forms.CheckboxSelectMultiple
    )
    not_a_place = forms.BooleanField(label=_("Say on the page that this is not a third place"), required=False)
    keeper = forms.BooleanField(label=_("I have told the keeper of the list"), required=False)
    other = forms.BooleanField(label=_("I have done something else, which I describe"), required=False)
    reply = forms.CharField(
        label=_("What we write to them"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you decided and why, in words that someone who is hurt can accept."),
        error_messages={"required": _("Say why: whoever reported it gets your reason.")},
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, words: Sequence[tuple[Link, bool]], confirmations: Sequence[Signal], **more: Any
    ) -> None:
        """``words``, ``confirmations``  as `services.reports` tells them."""
        super().__init__(data, **more)
        values = [(one.entry, name) for one, _own in words for name in _said(one)]
        self._choose("withhold", [(f"{entry.pk}:{name}", FIELDS[name].label) for entry, name in values])
        self._choose("strike", [(str(one.entry_id), one.entry.source_id) for one, own in words if own])
        self._choose("unvouch", [(str(one.pk), one.on) for one in confirmations])
        self.dismisses = bool(data) and data.get("decide") == "dismiss"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.MultipleChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.dismisses and not self.acts.codes:
            self.add_error(None, _("Choose what is to be done, or dismiss the report."))
        return given

    @property
    def acts(self) -> Acts:
        """What is to be done, once the form has been looked through."""
        given = self.cleaned_data
        return Acts(
            withhold=[(int(one.partition(":")[0]), one.partition(":")[2]) for one in given.get("withhold", ())],
            strike=[int(one) for one in given.get("strike", ())],
            unvouch=[int(one) for one in given.get("unvouch", ())],
            not_a_place=bool(given.get("not_a_place")),
            keeper=bool(given.get("keeper")),
            other=bool(given.get("other")),
        )


def _said(link: Link) -> list[str]:
    return [name for name in FIELDS if link.entry.assertion and name in link.entry.assertion.fields]
