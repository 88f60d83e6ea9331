"""What a reviewer sends."""

from django import forms

from ..models import Verdict
from . import rules
from .queries import Shape


class VerdictForm(forms.Form):
    """A verdict, and why."""

    said = forms.ChoiceField(choices=Verdict.Said.choices)
    note = forms.CharField(required=False, max_length=1000)


class ShapeForm(forms.Form):
    """Which pairs are judged together, as an address says."""

    left = forms.CharField(max_length=60)
    right = forms.CharField(max_length=60)
    relation = forms.CharField(max_length=6, required=False)
    joined = forms.TypedChoiceField(choices=[("0", "0"), ("1", "1")], coerce=lambda said: said == "1")
    likely = forms.TypedChoiceField(choices=[("0", "0"), ("1", "1")], coerce=lambda said: said == "1")

    def shape(self) -> Shape | None:
        """None where the address says no such thing."""
        return Shape(**self.cleaned_data) if self.is_valid() else None


class ActForm(forms.Form):
    """What is to be taken back."""

    act = forms.UUIDField()


class WeightsForm(forms.Form):
    """Which weights are taken over; none to go back to those before."""

    number = forms.IntegerField(required=False)


#: Verdicts offered for several pairs at once.
TOGETHER = (rules.SAME, rules.DIFFERENT, rules.BRANCH)
