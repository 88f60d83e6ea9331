"""What is filled in about a desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coworkmed.people.forms import NameField


class DeviceForm(forms.Form):
    """A device, by a name its place knows it by."""

    name = NameField(label=_("Name of the device"), max_length=60, help_text=_("For example: tablet at the entrance."))
