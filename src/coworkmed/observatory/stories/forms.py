"""Forms of stories: telling one, coding it, saying why it is not published."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.web import formats

from . import rules, scheme, words


class StoryForm(forms.Form):
    """A story as its place tells it; ``agree`` is needed to send it."""

    text = forms.CharField(
        label=_("A change that you have witnessed: in work, in social life or in public life"),
        help_text=_("In your own language, in a few sentences: what was before, what happened, what is otherwise now. "
                    "Name nobody who has not agreed to it."),
        min_length=rules.SHORTEST,
        max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": "9"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the story"))
    named = forms.ChoiceField(
        label=_("How it is published"),
        choices=list(words.NAMING.items()),
        initial="NAMED",
        widget=forms.RadioSelect,
    )
    teller = forms.CharField(
        label=_("Who tells it"),
        required=False,
        max_length=80,
        help_text=_("Only if you like: a first name or a role, as in “Ana, facilitator”. Shown with the story."),
    )
    agree = forms.BooleanField(label=_(words.AGREE), required=False)

    def __init__(self, data: Any = None, *, send: bool = False, **more: Any) -> None:
        super().__init__(data, **more)
        self.send = send
        language: Any = self.fields["language"]
        language.choices = [(code, formats.language_name(code)) for code in LANGUAGES]
        naming: Any = self.fields["named"]
        naming.choices = [(code, gettext(text)) for code, text in words.NAMING.items()]

    def clean_text(self) -> str:
        return "\n".join(line.rstrip() for line in str(self.cleaned_data["text"]).splitlines()).strip()

    def clean_agree(self) -> bool:
        agrees = bool(self.cleaned_data["agree"])
        if self.send and not agrees:
            raise forms.ValidationError(gettext("Without this it can’t be published. You can keep it as a draft."))
        return agrees

    @property
    def told(self) -> dict[str, Any]:
        """As `services.keep` takes it, once valid."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "language": data["language"],
            "named": data["named"] == "NAMED",
            "teller": " ".join(data["teller"].split()),
        }


class CodesForm(forms.Form):
    """The themes a reader finds in a story; none is an answer, too."""

    themes = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["themes"]
        field.choices = [(code, gettext(words.THEMES[code][0])) for code in scheme.current().themes]
