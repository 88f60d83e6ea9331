"""What is typed on the pages of the books."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .rules import AmountError, Unit, parsed


class ReasonForm(forms.Form):
    """Why something is taken back."""

    why = forms.CharField(
        label=_("Why it is taken back"),
        help_text=_("Both places read it, with the correction."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LimitForm(forms.Form):
    """How much may be owed at most, in whole units; nothing typed is no limit."""

    unit = forms.ChoiceField(label=_("Counted in"))
    partner = forms.ChoiceField(label=_("By whom"), required=False)
    owed = forms.CharField(
        label=_("They may owe you at most"), required=False, max_length=20, help_text=_("Leave it empty for no limit.")
    )
    owing = forms.CharField(
        label=_("You may owe all together at most"),
        required=False,
        max_length=20,
        help_text=_("Leave it empty for no limit. What you may owe one partner is theirs to say."),
    )

    def __init__(
        self, *args: Any, partners: Sequence[tuple[str, str]], units: Sequence[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        partners = [("", gettext("All together")), *partners]
        cast(forms.ChoiceField, self.fields["unit"]).choices = list(units)
        cast(forms.ChoiceField, self.fields["partner"]).choices = partners

    def _parts(self, name: str) -> int | None:
        """What was typed, in parts of the unit; None for no limit."""
        text, unit = self.cleaned_data[name], self.cleaned_data.get("unit")
        if not text or not unit:
            return None
        try:
            return parsed(Unit(unit), text)
        except AmountError as error:
            raise ValidationError(gettext("Write a number, such as 12 or 2.5.")) from error

    def clean_owed(self) -> int | None:
        return self._parts("owed")

    def clean_owing(self) -> int | None:
        found = self._parts("owing")
        if found is not None and self.cleaned_data.get("partner"):
            raise ValidationError(gettext("How much you may owe a partner is theirs to say."))
        return found
