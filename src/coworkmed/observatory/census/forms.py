"""A section of the questionnaire as a form, and those with which waves are made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.platform import gazetteer
from coworkmed.web import formats

from ..models import CODE_LENGTH
from . import rules, typed, words
from .questionnaire import Question

if TYPE_CHECKING:
    _Organisations = forms.ModelChoiceField[Organisation]
else:  # generic for the type checker only
    _Organisations = forms.ModelChoiceField

_FEW = 7  # codes: more of them go into a list to choose from
_WHY_NOT = "none-"  # before the name of a field: why it is not answered


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put: its fields (one, or one for each code), why it may stay without an answer, and what is
    known."""

    question: Question
    text: str
    help: str
    unit: str
    fields: Sequence[BoundField]
    none: BoundField
    known: Any = None
    faults: Sequence[str] = field(default_factory=list)


class SectionForm(forms.Form):
    """Some questions. Once valid, ``answers`` holds field → answer as it is kept (`rules.Values`), or None where it is
    to be without one: it was left empty, or as it is known and not said to be right.

    ``known``    field → what the registry says
    ``values``   what was answered before
    ``confirm``  whether what is known and was left as it is counts as said to be right
    """

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Sequence[Question],
        known: Mapping[str, Any],
        values: rules.Values,
        country: str,
        confirm: bool = False,
    ) -> None:
        self.questions, self.known, self.values = questions, known, values
        self.country, self.confirm = country, confirm
        self.answers: dict[str, dict[str, Any] | None] = {}
        super().__init__(data)
        for one in questions:
            self.fields |= _fields(one, self._begin(one))
            chosen = values.get(one.name, {}).get("none", "")
            self.fields[_WHY_NOT + one.name] = forms.ChoiceField(
                label=gettext("If you don’t answer: why"),
                choices=[
                    ("", gettext("I can’t answer because …")),
                    *((code, gettext(text)) for code, text in words.NONE.items()),
                ],
                required=False,
                initial=chosen,
            )

    def asked(self) -> Iterator[Asked]:
        """The questions in their order."""
        for one in self.questions:
            yield Asked(
                one,
                gettext(words.ASK[one.name]),
                gettext(words.HELP[one.name]) if one.name in words.HELP else "",
                gettext(words.UNITS[one.unit]) if one.unit else "",
                [self[name] for name in _names(one)],
                self[_WHY_NOT + one.name],
                self.known.get(one.name),
                [str(fault) for name in _names(one) for fault in self.errors.get(name, ())] if self.is_bound else [],
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        told = rules.told(self.values, self.known)
        for one in self.questions:
            names = _names(one)
            if why := cleaned.get(_WHY_NOT + one.name):
                self.answers[one.name] = {"none": why}
                continue
            try:
                value = self._read(one, {name: cleaned.get(name) for name in names})
                if one.at_most:
                    most = self.answers.get(one.at_most, {"value": told.get(one.at_most)}) or {}
                    typed.at_most(value, most.get("value"))
            except CoworkmedError as error:
                self.add_error(names[0], gettext(error.message).format(**error.params))
                continue
            self.answers[one.name] = self._answer(one, value)
        return cleaned

    def _answer(self, question: Question, value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        known, before = self.known.get(question.name), self.values.get(question.name)
        if known is not None and rules.same(value, known) and not self.confirm:
            return dict(before) if before and before.get("how") == "confirmed" else None
        return rules.answered(value, known)

    def _begin(self, question: Question) -> Any:
        before = self.values.get(question.name, {})
        return before["value"] if "value" in before else None if "none" in before else self.known.get(question.name)

    def _read(self, question: Question, given: Mapping[str, Any]) -> Any:
        name = question.name
        match question.field.form:
            case "shares":
                return typed.shares(question, {key.partition("-")[2]: value or "" for key, value in given.items()})
            case "levels":
                return {key.partition("-")[2]: int(value) for key, value in given.items() if value} or None
            case "codes":
                labels = {code: gettext(text) for code, text in words.CODES[name].items()}
                return typed.codes(question, given[name] or [], labels)
            case "code" | "flag":
                return given[name] or None
        text = given[name] or ""
        known = self.known.get(name)
        if known is not None and text.strip() == typed.written(question, known).strip():
            return known  # what was left as it is, is; whatever its spelling loses
        beside = {one: str(self.known.get(one) or "") for one in ("name", "web")}
        beside |= {one: str(self.data.get(one) or beside[one]) for one in beside if one != name}
        return typed.read(question, text, country=self.country, beside={k: v for k, v in beside.items() if v})


def _names(question: Question) -> list[str]:
    if question.field.form in ("shares", "levels"):
        return [f"{question.name}-{code}" for code in question.codes]
    return [question.name]


def _fields(question: Question, value: Any) -> dict[str, forms.Field]:
    """The form's fields for a question, beginning with ``value``."""
    name, codes = question.name, words.CODES.get(question.name, {})
    choices = [(code, gettext(codes[code])) for code in question.codes]
    match question.field.form:
        case "shares":
            number = {"inputmode": "numeric", "class": "census-share", "size": "4", "autocomplete": "off"}
            begun = value if isinstance(value, dict) else {}
            return {
                f"{name}-{code}": forms.CharField(
                    label=label,
                    required=False,
                    max_length=8,
                    initial=begun.get(code) or "",
                    widget=forms.TextInput(attrs=number),
                )
                for code, label in choices
            }
        case "levels":
            levels = [("", "–"), *((level, gettext(text)) for level, text in words.LEVELS.items())]
            begun = value if isinstance(value, dict) else {}
            return {
                f"{name}-{code}": forms.ChoiceField(
                    label=label, required=False, choices=levels, initial=str(begun.get(code, ""))
                )
                for code, label in choices
            }
        case "codes":
            return {
                name: forms.MultipleChoiceField(
                    required=False, choices=choices, initial=value, widget=forms.CheckboxSelectMultiple
                )
            }
        case "code" | "flag":
            few = len(choices) <= _FEW
            begin = [("", gettext("No answer yet"))]
            choose: forms.Widget = forms.RadioSelect() if few else forms.Select()
            return {
                name: forms.ChoiceField(required=False, choices=[*begin, *choices], initial=value or "", widget=choose)
            }
    lines = question.field.form == "texts" or name == "story"
    attrs = {"rows": "6" if name == "story" else "3"} if lines else {"autocomplete": "off"}
    if question.field.form == "number":
        attrs |= {"inputmode": "decimal", "class": "census-number"}
    widget = forms.Textarea(attrs=attrs) if lines else forms.TextInput(attrs=attrs)
    longest = 4000 if lines else 500
    text = typed.written(question, value)
    return {name: forms.CharField(required=False, max_length=longest, initial=text, widget=widget, strip=False)}


class CodeForm(forms.Form):
    """The code at the head of a questionnaire on paper."""

    code = forms.CharField(label=_("Code on the paper"), max_length=2 * CODE_LENGTH)

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).upper().replace("-", "").split())


class ReopenForm(forms.Form):
    """Until when a wave that was closed takes answers again."""

    closes = forms.DateField(label=_("New last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class WaveForm(forms.Form):
    """A wave to be prepared, for whom ``person`` may run the census."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("As places read it, in your language."))
    organisation = _Organisations(Organisation.objects.none(), label=_("On behalf of"), required=False)
    territories = forms.CharField(
        label=_("Countries and regions"),
        required=False,
        max_length=400,
        help_text=_(
            "Their codes, separated by commas, as in FR, HR-01. Leave it empty to ask all places you look after."
        ),
    )
    opens = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    closes = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.where_may(person, Action.CENSUS_RUN)
        field.label_from_instance = lambda one: formats.own_words(one.name, str(one))[0]
        field.required = not person.is_staff
        field.empty_label = gettext("This site") if person.is_staff else None
        for code in self._others():
            label = gettext("Title in {language}").format(language=formats.language_name(code))
            self.fields[f"title-{code}"] = forms.CharField(label=label, max_length=120, required=False)

    @staticmethod
    def _others() -> list[str]:
        return [code for code in LANGUAGES if code != (get_language() or "en")]

    @property
    def titles(self) -> dict[str, str]:
        """Language → title, once valid: places read it in theirs, where it has one."""
        told = {code: self.cleaned_data[f"title-{code}"].strip() for code in self._others()}
        return {get_language() or "en": self.cleaned_data["title"].strip()} | {
            code: title for code, title in told.items() if title
        }

    def clean_territories(self) -> list[str]:
        codes = [one.strip().upper() for one in self.cleaned_data["territories"].split(",") if one.strip()]
        for one in codes:
            if gazetteer.region(one) is None and one not in formats.locale().territories:
                raise forms.ValidationError(gettext("We know no country or region “{code}”.").format(code=one))
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes < opens:
            self.add_error("closes", gettext("It can’t end before it begins."))
        if closes and closes < timezone.localdate():
            self.add_error("closes", gettext("This day has passed."))
        return cleaned
