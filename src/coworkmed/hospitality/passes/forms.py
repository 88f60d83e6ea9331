"""What is filled in to vouch for a member."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.i18n import LANGUAGE_NAMES
from coworkmed.people.forms import NameField

from .services import LONGEST_VOUCHED
from .words import RIGHTS

_Day = {"type": "date"}


class VouchForm(forms.Form):
    """Whom, for what and how long. The name stays with the place."""

    name = NameField(
        label=_("Name of the member"), max_length=120,
        help_text=_("Read by your place only: outside they are known by a number."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False,
        help_text=_("We write there where the pass is. Without it, you give them the link yourself."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of that mail"), choices=list(LANGUAGE_NAMES.items()))
    until = forms.DateField(
        label=_("Vouch for them until"), widget=forms.DateInput(attrs=_Day),
        help_text=_("The last day. You can end it earlier, and renew it."),
    )  # fmt: skip
    rights = forms.MultipleChoiceField(
        label=_("What you vouch for"), choices=[(one.value, _(words)) for one, words in RIGHTS.items()],
        widget=forms.CheckboxSelectMultiple, initial=["DESK"],
    )  # fmt: skip
    shows_name = forms.BooleanField(
        label=_("Hosts that expect them may read their first name"), required=False,
        help_text=_("Tick it only if the member agreed."),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        today = timezone.localdate()
        self.initial.setdefault("until", today + timedelta(days=180))
        self.initial.setdefault("language", get_language() or "en")
        span = {"min": today.isoformat(), "max": (today + LONGEST_VOUCHED).isoformat()}
        self.fields["until"].widget.attrs.update(span)


class RenewForm(forms.Form):
    """Until when, from now on."""

    until = forms.DateField(label=_("Vouch for them until"), widget=forms.DateInput(attrs=_Day))


class JourneyForm(forms.Form):
    """From which day the pass is to hold, for who takes it along on paper."""

    begins = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=_Day))
