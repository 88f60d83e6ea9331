"""What people fill in, checked."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.i18n import LANGUAGE_NAMES
from coworkmed.platform import gazetteer

from .models import Membership, Organisation
from .rules import Who, offered
from .words import KINDS, ROLES_EXPLAINED
from .words import ROLES as ROLE_NAMES

if TYPE_CHECKING:
    _Memberships = forms.ModelChoiceField[Membership]
    _Organisations = forms.ModelChoiceField[Organisation]
else:  # generic for the type checker only
    _Memberships = _Organisations = forms.ModelChoiceField


_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")  # control, format and private signs; ends of lines
_JOINERS = "\u200c\u200d"  # part of words in some scripts
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


class SignInForm(LoginForm):
    """An address is enough: a code comes by mail. On the way to the administrators' pages a password does as well."""

    def _setup_password_field(self) -> None:
        asked = self.request
        towards = (asked.POST.get("next") or asked.GET.get("next") or "") if asked else ""
        if towards.startswith("/admin/"):
            self.fields["password"].required = False
            self.fields["password"].help_text = _("Leave it empty to get a code by mail.")
        else:
            del self.fields["password"]


class NameField(forms.CharField):
    """A name, as others will read it in pages and mails: without signs that nobody sees or that turn the text around,
    and no address to be lured to."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        seen = (one for one in text if one in _JOINERS or unicodedata.category(one) not in _UNSEEN)
        return "".join(seen).strip(f"{_JOINERS} ")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if _ADDRESS.search(value):
            raise forms.ValidationError(_("Write a name, not the address of a page."))


class PersonForm(forms.Form):
    name = NameField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=list(LANGUAGE_NAMES.items()))


class NameForm(forms.Form):
    """A name in the reader's language; names it has in others stay."""

    name = NameField(label=_("Name"), max_length=160)

    def names(self, before: dict[str, str]) -> dict[str, str]:
        return before | {get_language() or "en": self.cleaned_data["name"].strip()}


class OrganisationForm(NameForm):
    """For an operator of the site: an organisation of any kind."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(code, _(name)) for code, name in KINDS.items()])
    territory = forms.CharField(
        label=_("Territory"), max_length=12, required=False, help_text=_("A country or region by its code: FR, HR-17.")
    )
    parent = _Organisations(label=_("Part of"), queryset=Organisation.objects.all(), required=False)

    def clean_territory(self) -> str:
        code = str(self.cleaned_data["territory"]).strip().upper()
        known = (
            not code
            or gazetteer.region(code)
            or gazetteer.regions(code)
            or (code.isdecimal() and gazetteer.town(int(code)))
        )
        if not known:
            raise forms.ValidationError(_("No territory has this code."))
        return code


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))

    def __init__(self, *args: Any, kind: str, owners: bool, **more: Any) -> None:
        """``kind`` of the organisation; ``owners``: whether who invites may make owners."""
        super().__init__(*args, **more)
        given = [one for one in offered(kind) if owners or one != Who.OWNER]
        choices = [(one.value, f"{_(ROLE_NAMES[one])}: {_(ROLES_EXPLAINED[one])}") for one in given]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices)


class Colleagues(_Memberships):
    """Someone of the same organisation: their role, and who they are where the reader may see it (``known``)."""

    known: Mapping[int, str]

    def label_from_instance(self, obj: Membership) -> str:
        return " · ".join(filter(None, [str(_(ROLE_NAMES[obj.role])), self.known.get(obj.pk, "")]))


class GiveForm(forms.Form):
    """To whom a role goes, and until when where it is only lent."""

    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, membership: Membership, known: Mapping[int, str], **more: Any) -> None:
        """``known``: who others are, by membership, as far as the reader may see."""
        super().__init__(*args, **more)
        others = Membership.objects.current().filter(organisation=membership.organisation_id)
        to = Colleagues(label=_("To"), queryset=others.exclude(person=membership.person_id))
        to.known = known
        self.fields["to"] = to

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        return day and datetime.combine(day, time.max, tzinfo=UTC)


class ForgetForm(forms.Form):
    """One's own address, typed: so that nobody is deleted by a slip."""

    email = forms.EmailField(label=_("Your e-mail address"))

    def __init__(self, *args: Any, address: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.address = address

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email != self.address:
            raise forms.ValidationError(_("This is not the address of this account."))
        return email
