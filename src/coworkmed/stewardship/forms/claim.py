"""What is filled in to claim a place, and to decide on a claim."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coworkmed.people.forms import NameField
from coworkmed.people.models import Organisation, Person
from coworkmed.web import formats

from ..proofs import Known
from ..queries.claims import owned
from ..services.claims import LONGEST
from ..words import PROOFS

NEW = "new"


class ClaimForm(forms.Form):
    """For which organisation, and how it is proved. Only ways there are for the place are offered."""

    organisation = forms.ChoiceField(label=_("Which organisation runs it?"), widget=forms.RadioSelect)
    name = NameField(
        label=_("Name of the new organisation"), max_length=120, required=False,
        help_text=_("Everyone may see it."),
    )  # fmt: skip
    proof = forms.ChoiceField(label=_("How do you want to prove it?"), widget=forms.RadioSelect)
    address = forms.EmailField(label=_("Where we send the code"), required=False)
    note = forms.CharField(
        label=_("For the steward"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who can vouch for you, or what else helps to decide. Deleted with the decision."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, known: Known, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = known
        self.owned = {str(one.pk): one for one in owned(person).order_by("pk")}
        names = [(key, formats.own_words(one.name, str(one))[0]) for key, one in self.owned.items()]
        self._choose("organisation", [*names, (NEW, _("A new one"))])
        if not names:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial.setdefault("organisation", NEW)
        self._choose("proof", [(way, _(PROOFS[way])) for way in known.ways])
        if "DOMAIN" in known.ways:
            self.fields["address"].help_text = _says_where(known)
        else:
            del self.fields["address"]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.initial.setdefault(name, choices[0][0])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("organisation") == NEW and not given.get("name"):
            self.add_error("name", _("Give the new organisation a name."))
        if given.get("proof") == "DOMAIN" and "address" not in self.errors:
            if not given.get("address"):
                self.add_error("address", _("Say where the code should go."))
            elif not self.known.reads(given["address"]):
                self.add_error("address", _says_where(self.known))
        return given

    def organisation_of(self) -> Organisation | dict[str, str]:
        """The one chosen, or the name of the new one by language."""
        chosen = self.cleaned_data["organisation"]
        return {get_language() or "en": self.cleaned_data["name"]} if chosen == NEW else self.owned[chosen]


def _says_where(known: Known) -> str:
    if known.domain and known.email:
        both = _("The place’s known address, {email}, or one of a desk at its own domain, such as contact@{domain}.")
        return both.format(email=known.email, domain=known.domain)
    if known.domain:
        return _("One of a desk at the place’s own domain, such as contact@{domain}; not a person’s.").format(
            domain=known.domain
        )
    return _("The place’s known address, {email}.").format(email=known.email)


class CodeForm(forms.Form):
    """The code, as it was received."""

    code = forms.CharField(
        label=_("The code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr",
                                      "spellcheck": "false", "class": "code"}),
        help_text=_("Eight letters and digits. Capitals and hyphens make no difference."),
    )  # fmt: skip


class AddressForm(forms.Form):
    """Where another code goes."""

    address = forms.EmailField(label=_("Where we send the code"))

    def __init__(self, *args: Any, known: Known, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["address"].help_text = _says_where(known)


class AnswerForm(forms.Form):
    """What the organisation that runs the place says."""

    words = forms.CharField(
        label=_("What should the steward know?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Read by the steward only, and deleted with the decision."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """What a steward writes to who claims; whoever is refused is told why."""

    accept = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    reply = forms.CharField(
        label=_("What we write to them"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you say no: why not, and what they can do."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("accept") == "no" and not given.get("reply"):
            self.add_error("reply", _("Say why not: it is all they are told."))
        return given
