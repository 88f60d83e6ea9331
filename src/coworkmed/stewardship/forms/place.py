"""A place's page as a form: it begins from what is shown, and tells what of it is said to be otherwise."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.places.models import Place
from coworkmed.places.rules import agree
from coworkmed.places.words import FLAG
from coworkmed.platform import gazetteer
from coworkmed.web import formats

from .. import typed

_DAYS = [f"hours_{day}" for day in range(7)]
_ADDRESS = ("address", "postcode", "locality", "country")
_NO_COUNTRIES = frozenset("EU EZ QO UN XA XB ZZ".split())  # of CLDR's territories
_FLAGS = ("wheelchair", "internet", "hosts_visitors")
_ALIKE = 0.6  # below this two streets are not one that is spelt in two ways

#: How the form is laid out, as the page of the place is: (anchor, heading, fields).
SECTIONS = (
    ("open", N_("When it is open"), (*_DAYS, "holidays_off", "opening_hours")),
    ("where", N_("Where"), (*_ADDRESS, "position")),
    ("contact", N_("How to get in touch"), ("web", "email", "phone", "socials")),
    ("what", N_("What it is"), ("name", "other_names", "kinds", "description", "languages", "opened")),
    (
        "offers",
        N_("What it offers"),
        ("desks", "surface_built_m2", "price_day", "price_month", *_FLAGS, "equipment", "services"),
    ),
    ("governance", N_("Who runs it"), ("operator",)),
)
_LONGEST = {
    "name": 300, "description": 5000, "address": 300, "postcode": 20, "locality": 120, "opened": 30, "price_day": 40,
    "price_month": 40, "desks": 12, "surface_built_m2": 12, "phone": 60, "email": 254,
}  # fmt: skip
_SEVERAL = ("other_names", "socials", "equipment", "services")  # one on each line
_HINTS = {
    "web": _("The place’s own site."),
    "email": _("An address of the place, not of a person."),
    "phone": _("A number of the place. Mobile numbers are not kept: they may be a person’s."),
    "position": _("Latitude and longitude, or a link to a map. If you leave it out, the middle of the town is shown."),
    "languages": _("Separated by commas."),
    "opened": _("A year is enough."),
    "price_day": _("As in: 15 €. Write 0 € where it is free."),
    "opening_hours": _("For seasons and exceptions, in OpenStreetMap’s syntax. It counts instead of the days."),
}  # fmt: skip
#: The same, for who may give a number and an address of their own.
_OWN_HINTS = {
    "email": _("Your own will do. It will be shown to everyone, and passed on as open data."),
    "phone": _("A mobile number will do. It will be shown to everyone, and passed on as open data."),
}


class PlaceForm(forms.Form):
    """``changes`` are the fields said to be otherwise than shown, with the consequences they have (a place in another
    town is not at its old position); ``kept`` the names of those shown here and left as they were. Both once the form
    is valid. ``own``: it is filled in by who runs the place, who may give a number and an address of their own."""

    def __init__(self, data: Any = None, *, place: Place, own: bool = False, **more: Any) -> None:
        self.place, self.own = place, own
        self.shown: Mapping[str, Any] = place.values
        self.closed = gettext("closed")
        self.rows = typed.rows(self._hours(), place.country, timezone.localdate(), self.closed)
        super().__init__(data, initial=self._begin() | dict(more.pop("initial", None) or {}), **more)
        self.fields.update(_fields(place.country))
        for name, hint in _OWN_HINTS.items() if own else ():
            self.fields[name].help_text = hint
        self.changes: dict[str, Value] = {}

    @property
    def kept(self) -> list[str]:
        here = {*typed.TEXTS, *_FLAGS, "country", "position", "kinds", "main_kind", "opening_hours"}
        left = [name for name in FIELDS if name in here and name in self.shown and name not in self.changes]
        # who gives another address has not looked at the position beside the old one
        return [name for name in left if name != "position" or "address" not in self.changes]

    def sections(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        """(anchor, heading, fields) in the order of the page."""
        for anchor, heading, names in SECTIONS:
            yield anchor, gettext(heading), [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changes = self._texts() | self._codes()
        if (said := self._hours_said()) is not None:
            changes["opening_hours"] = said
        if (where := self._typed("position")) is not None:
            self._take(changes, "position", lambda: typed.position(where, self._country()))
        changes = {name: value for name, value in changes.items() if not self._is_shown(name, value.value)}
        changes |= self._follows(changes)
        self.changes = {name: changes[name] for name in FIELDS if name in changes}
        return cleaned

    # -- where it begins -----------------------------------------------------------------------------------------

    def _hours(self) -> str:
        text = self.shown.get("opening_hours")
        return text if isinstance(text, str) else ""

    def _begin(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: typed.written(FIELDS[name], self.shown.get(name)) for name in (*typed.TEXTS, "position")
        }
        found |= {name: self.shown.get(name, "") for name in (*_FLAGS, "country")}
        found["kinds"] = [one for one in self.shown.get("kinds") or () if one in KINDS]
        if self.rows:
            found |= dict(zip(_DAYS, self.rows.days, strict=True)) | {"holidays_off": self.rows.holidays_off}
        else:
            found["opening_hours"] = self._hours()
        return found

    # -- what is said --------------------------------------------------------------------------------------------

    def _typed(self, name: str) -> str | None:
        """What was typed, if it is otherwise than the text it began from."""
        text = _plain(self.cleaned_data.get(name))
        return None if name not in self.cleaned_data or text == _plain(self.initial.get(name)) else text

    def _country(self) -> str:
        return str(self.cleaned_data.get("country") or self.place.country)

    def _take(self, into: dict[str, Value], name: str, read: Any) -> None:
        """Take in what ``read`` makes of a text, or say beside it why it can't be."""
        try:
            into[name] = read()
        except CoworkmedError as error:
            self.add_error(name, gettext(error.message).format(**error.params))

    def _texts(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        beside = {name: _plain(self.cleaned_data.get(name)) for name in ("name", "locality", "web")}
        for name in typed.TEXTS:
            if (text := self._typed(name)) is not None:
                known = {one: said for one, said in beside.items() if said and (one == "name" or name == "email")}

                def read(name: str = name, text: str = text, known: dict[str, str] = known) -> Value:
                    reader = typed.contact if self.own and name in typed.CONTACTS else typed.read
                    return reader(name, text, country=self._country(), beside=known)

                self._take(found, name, read)
        return found

    def _codes(self) -> dict[str, Value]:
        found = {name: Value(self.cleaned_data[name] or None) for name in (*_FLAGS, "country")
                 if name in self.cleaned_data and self.cleaned_data[name] != self.initial[name]}  # fmt: skip
        if "kinds" in self.cleaned_data and set(self.cleaned_data["kinds"]) != set(self.initial["kinds"]):
            # in the order they are shown in, what is new at the end
            chosen = self.cleaned_data["kinds"]
            kinds = [one for one in self.initial["kinds"] if one in chosen]
            kinds += [one for one in chosen if one not in kinds]
            found["kinds"] = Value(kinds)
            if self.shown.get("main_kind") not in kinds:
                found["main_kind"] = Value(kinds[0] if kinds else None)
        return found

    def _hours_said(self) -> Value | None:
        """The hours, if they are said to be otherwise: in the syntax where something is typed there, else by days."""
        found: dict[str, Value] = {}
        syntax = self._typed("opening_hours")
        if syntax:
            self._take(found, "opening_hours", lambda: typed.syntax(syntax))
            return found.get("opening_hours")
        names = (*_DAYS, "holidays_off")
        if any(name not in self.cleaned_data for name in names):
            return None
        rows = typed.Rows([_plain(self.cleaned_data[name]) for name in _DAYS], self.cleaned_data["holidays_off"])
        touched = any(self._typed(name) is not None for name in _DAYS)
        if self.rows and rows.holidays_off != self.rows.holidays_off:
            touched = True
        if not touched:
            return typed.syntax("") if syntax == "" else None
        unread: list[int] = []
        try:
            value, unread = typed.week(rows, self.closed)
        except CoworkmedError as error:
            self.add_error(_DAYS[0], gettext(error.message))
            return None
        for day in unread:
            self.add_error(_DAYS[day], gettext(typed.unread_day().message))
        return None if unread else value

    def _is_shown(self, name: str, value: Any) -> bool:
        """Whether a value is the one shown. Another spelling of a name or an address is another value."""
        if name not in self.shown:
            return value in (None, [])
        shown = self.shown[name]
        if value in (None, []) or shown in (None, []):
            return bool(value == shown)
        spec = FIELDS[name]
        if spec.union or spec.form in ("text", "address"):
            return bool(_spelt(value) == _spelt(shown))
        return bool(shown == value) if spec.form in ("position", "date") else agree(spec, shown, value)

    def _follows(self, changes: Mapping[str, Value]) -> dict[str, Value]:
        """What else can't be true any more: the position, and codes of the town, of a place that is elsewhere."""
        town = changes.get("locality")
        street = changes.get("address")
        elsewhere = town is not None and not _similar(town.value, self.shown.get("locality"))
        elsewhere = elsewhere or "country" in changes
        gone = {name: Value(None) for name in ("lau", "region") if elsewhere and name in self.shown}
        before = _street(self.shown.get("address"))
        moved = elsewhere or (street is not None and not _similar(_street(street.value), before))
        if not moved or "position" in changes or "position" not in self.shown or "position" in self.errors:
            return gone
        locality = town.value if town else self.shown.get("locality")
        return gone | {"position": middle_of_town(str(locality or ""), self._country())}


def middle_of_town(locality: str, country: str) -> Value:
    """The position of a place of which only the town is known; that there is none, where we don't know the town."""
    found = gazetteer.locate(country, locality, None, None) if locality else None
    if found is None:
        return Value(None)
    return Value({"lat": found.lat, "lon": found.lon, "precision": "LOCALITY", "score": None})


def _plain(text: Any) -> str:
    return "\n".join(str(text or "").splitlines()).strip()


def _spelt(value: Any) -> Any:
    return value.get("line") if isinstance(value, dict) else value


def _street(value: Any) -> str:
    return str(value.get("street") or value.get("line") or "") if isinstance(value, dict) else ""


def _similar(one: Any, other: Any) -> bool:
    """Whether two names may be one that is spelt in two ways. Nothing beside a name is no other name."""
    left, right = str(one or "").casefold(), str(other or "").casefold()
    return not left or not right or SequenceMatcher(None, left, right).ratio() >= _ALIKE


def _fields(country: str) -> dict[str, forms.Field]:
    """The fields, labelled as on the place's page."""
    found: dict[str, forms.Field] = {}
    for name in (*typed.TEXTS, "position", "opening_hours"):
        several = name in _SEVERAL or name == "description"
        found[name] = forms.CharField(
            label=_(FIELDS[name].label),
            required=name == "name",
            max_length=_LONGEST.get(name, 2000),
            widget=forms.Textarea(attrs={"rows": 5 if name == "description" else 3}) if several else forms.TextInput,
            help_text=_HINTS.get(name, _("One on each line.") if name in _SEVERAL else ""),
        )
        direction = "ltr" if name in ("web", "email", "phone", "position", "opening_hours") else "auto"
        found[name].widget.attrs |= {"dir": direction, "autocomplete": "off"}
    for day, name in enumerate(_DAYS):
        found[name] = forms.CharField(label=_weekday(day), required=False, max_length=100)
        found[name].widget.attrs["autocomplete"] = "off"
    found["holidays_off"] = forms.BooleanField(label=_("Closed on public holidays"), required=False)
    found["kinds"] = forms.MultipleChoiceField(
        label=_("Kinds"),
        required=False,
        choices=[(code, _(words)) for code, words in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    for name in _FLAGS:
        choices = [("", _("Not said")), *((code, _(words)) for code, words in FLAG.items())]
        found[name] = forms.ChoiceField(label=_(FIELDS[name].label), required=False, choices=choices)
    found["country"] = forms.ChoiceField(label=_("Country"), required=bool(country), choices=_countries(country))
    return found


def _weekday(day: int) -> str:
    return str(formats.locale().days["stand-alone"]["wide"][day])


def _countries(country: str) -> list[tuple[str, Any]]:
    """Every country by its name, in the order of the reader's alphabet."""
    names = {str(code): str(name) for code, name in formats.locale().territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES]
    named = sorted(((code, names[code]) for code in codes), key=lambda one: fold(one[1]))
    return named if country else [("", _("Not said")), *named]
