"""The form of a place's page: it begins from what is shown, and tells what is said to be otherwise."""

from datetime import date

import pytest
from django.http import QueryDict
from django.utils import translation

from coworkmed.places.models import Place
from coworkmed.stewardship import typed
from coworkmed.stewardship.forms import PlaceForm

SHOWN = {
    "name": "La Filature",
    "kinds": ["COWORK", "FAB"],
    "main_kind": "COWORK",
    "country": "FR",
    "locality": "Arles",
    "postcode": "13200",
    "lau": "13004",
    "address": {"line": "12 bis rue des Filatures", "number": "12bis", "street": "rue des filatures", "unit": ""},
    "position": {"lat": 43.67, "lon": 4.63, "precision": "STREET", "score": None},
    "web": "https://filature.example/",
    "phone": "+33490000000",
    "opening_hours": "Mo-Fr 08:30-19:00; PH off",
    "desks": 24,
    "price_day": {"amount": 15.5, "currency": "EUR"},
    "wheelchair": "yes",
    "languages": ["fr", "en"],
    "equipment": ["imprimante 3D", "découpe laser"],
    "description": "Un ancien moulin,\nouvert à tous.",
}

WEEK = "Mo-Fr 08:30-19:00"


def place(**other):
    return Place(public_id="abc", country="FR", name="La Filature", values=SHOWN | other)


def sent(form, **changes):
    """What a browser sends of the form as it stands, but for some fields; None for an empty tick."""
    data = QueryDict(mutable=True)
    for field in form:
        value = field.value()
        if isinstance(value, list):
            data.setlist(field.name, value)
        elif value not in (None, False):
            data[field.name] = "on" if value is True else str(value).replace("\n", "\r\n")
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [] if value is None else [value])
    return data


def said(of=None, **changes):
    of = of or place()
    form = PlaceForm(sent(PlaceForm(place=of), **changes), place=of)
    assert form.is_valid(), form.errors
    return {name: value.value for name, value in form.changes.items()}


@pytest.mark.parametrize("language", ["en", "fr", "el", "it", "hr", "es", "ca"])
def test_sent_back_as_it_came_it_says_nothing(language):
    with translation.override(language):
        form = PlaceForm(sent(PlaceForm(place=place())), place=place())
        assert form.is_valid(), form.errors
        assert form.changes == {}
        assert set(form.kept) == SHOWN.keys() - {"lau"}


@pytest.mark.parametrize(
    "text",
    ["Mo-Fr 09:00-18:00", "24/7", "Mo-Su 00:00-24:00", "Fr,Sa 18:00-02:00", "Mo 09:00-12:30,14:00-18:00; PH off",
     "Tu-Sa 10:00-19:00; Su 14:00-18:00"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "el", "hr", "es"])
def test_hours_by_days_say_what_they_began_from(text, language):
    """Retyped to the letter, rows make the same week."""
    with translation.override(language):
        form = PlaceForm(place=place(opening_hours=text))
        rows = form.rows
        assert rows is not None
        value, unread = typed.week(rows, form.closed)
        assert not unread
        again = typed.rows(value.value, "FR", date(2026, 11, 23), form.closed)
        assert again == typed.rows(text, "FR", date(2026, 11, 23), form.closed)


@pytest.mark.parametrize(
    "text",
    ["May-Sep: Mo-Fr 09:00-18:00", '"by appointment"', "Mo-Fr 09:00-18:00; Dec 25 off", "SH Mo 10:00-12:00", "x"],
)
def test_hours_that_days_cant_tell_stay_in_their_syntax(text):
    form = PlaceForm(place=place(opening_hours=text))
    assert form.rows is None
    assert form["opening_hours"].value() == text
    assert said(place(opening_hours=text)) == {}
    assert said(place(opening_hours=text), hours_0="9-12", opening_hours="") == {
        "opening_hours": "Mo 09:00-12:00; Tu-Su off"
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours_5": "10:00–13, 14–18"}, {"opening_hours": f"{WEEK}; Sa 10:00-13:00,14:00-18:00; Su off; PH off"}),
        ({"hours_5": "9h-12h/14h-18h30"}, {"opening_hours": f"{WEEK}; Sa 09:00-12:00,14:00-18:30; Su off; PH off"}),
        ({"hours_0": "10 am - 6 pm"}, {"opening_hours": "Mo 10:00-18:00; Tu-Fr 08:30-19:00; Sa,Su off; PH off"}),
        ({"holidays_off": None}, {"opening_hours": "Mo-Fr 08:30-19:00; Sa,Su off"}),
        ({f"hours_{day}": "" for day in range(7)}, {"opening_hours": None}),
        ({"opening_hours": "Mo-Su 09:00-24:00"}, {"opening_hours": "Mo-Su 09:00-24:00"}),
        ({"phone": "04 90 00 00 01"}, {"phone": "+33490000001"}),
        ({"phone": ""}, {"phone": None}),
        ({"phone": "04.90.00.00.00"}, {}),
        ({"kinds": ["FAB"]}, {"kinds": ["FAB"], "main_kind": "FAB"}),
        ({"kinds": ["FAB", "COWORK"]}, {}),
        ({"kinds": []}, {"kinds": [], "main_kind": None}),
        ({"languages": "français, italien, english"}, {"languages": ["fr", "it", "en"]}),
        ({"price_day": "17,50 €"}, {"price_day": {"amount": 17.5, "currency": "EUR"}}),
        ({"price_day": "gratuit"}, {"price_day": {"amount": 0, "currency": "EUR"}}),
        ({"equipment": "découpe laser"}, {"equipment": ["découpe laser"]}),
        ({"wheelchair": ""}, {"wheelchair": None}),
        ({"opened": "mai 2019"}, {"opened": "2019-05"}),
        ({"position": ""}, {"position": None}),
        ({"description": "Un ancien moulin,\r\nouvert à tous. "}, {}),
    ],
)  # fmt: skip
def test_only_what_changed_is_said(changes, expected):
    assert said(**changes) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("43.6761, 4.6277", (43.6761, 4.6277, "ENTRANCE")),
        ("43,6761 4,6277", (43.6761, 4.6277, "ENTRANCE")),
        ("43°40'34\"N 4°37'40\"E", (43.676111, 4.627778, "ENTRANCE")),
        ("https://www.google.com/maps/place/X/@43.6,4.6,9z/data=!3d43.6761!4d4.6277", (43.6761, 4.6277, "ENTRANCE")),
        ("https://www.google.com/maps/@43.6761,4.6277,17z", (43.6761, 4.6277, "STREET")),
        ("https://maps.google.com/?q=43.6761,4.6277", (43.6761, 4.6277, "ENTRANCE")),
        ("https://www.google.com/maps/search/?api=1&query=43.6761%2C4.6277", (43.6761, 4.6277, "ENTRANCE")),
        ("https://www.openstreetmap.org/?mlat=43.6761&mlon=4.6277#map=18/43.6/4.6", (43.6761, 4.6277, "ENTRANCE")),
        ("https://www.openstreetmap.org/#map=18/43.6761/4.6277", (43.6761, 4.6277, "STREET")),
        ("https://maps.apple.com/?ll=43.6761,4.6277", (43.6761, 4.6277, "ENTRANCE")),
        ("geo:43.6761,4.6277?z=19", (43.6761, 4.6277, "ENTRANCE")),
        ("4.6277, 43.6761", (43.6761, 4.6277, "ENTRANCE")),
    ],
)  # fmt: skip
def test_a_position_in_any_usual_writing(text, found):
    value = typed.position(text, "FR")
    assert (round(value.value["lat"], 6), round(value.value["lon"], 6), value.value["precision"]) == found
    assert "http" not in value.given  # a link may tell more than the place


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "0, 0",
        "91, 200",
        "41.39, 2.17",
        "https://goo.gl/maps/abc",
        "https://evil.example/?x=1",
        "nonsense",
        "٤٣, ٤",
    ],
)
def test_what_is_no_position_of_the_country_is_refused(text):
    with pytest.raises(typed.UnreadError):
        typed.position(text, "FR")


def test_a_place_in_another_town_is_not_where_it_was():
    found = said(locality="Nice", postcode="06000")
    assert found["lau"] is None
    assert (round(found["position"]["lat"], 1), found["position"]["precision"]) == (43.7, "LOCALITY")
    unknown = said(locality="Nowhere-at-all", postcode="")
    assert unknown["position"] is None


def test_in_another_street_it_is_somewhere_in_the_town():
    assert said(address="3 boulevard de la Mer")["position"]["precision"] == "LOCALITY"
    assert "position" not in said(address="14 rue des Filatures")  # the next house
    assert said(address="3 boulevard de la Mer", position="43.6761, 4.6277")["position"]["precision"] == "ENTRANCE"


def test_who_changes_the_address_has_not_vouched_for_the_position():
    form = PlaceForm(sent(PlaceForm(place=place()), address="14 rue des Filatures"), place=place())
    assert form.is_valid()
    assert "position" not in form.kept
    assert "phone" in form.kept


@pytest.mark.parametrize(
    ("name", "text"),
    [("phone", "06 12 34 56 78"), ("email", "marie.dupont@gmail.com"), ("description", "Demandez Mme Marie Dupont"),
     ("description", "Appelez le 06 12 34 56 78"), ("web", "https://www.linkedin.com/in/marie")],
)  # fmt: skip
def test_what_is_a_persons_is_refused_and_never_left_out_in_silence(name, text):
    form = PlaceForm(sent(PlaceForm(place=place()), **{name: text}), place=place())
    assert not form.is_valid()
    assert list(form.errors) == [name]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("phone", "06 12 34 56 78", "+33612345678"), ("phone", "+356 9942 1234", "+35699421234"),
     ("phone", "(0)6.12.34.56.78", "+33612345678"), ("phone", "04 90 00 00 01", "+33490000001"), ("phone", "", None),
     ("email", "Marie.Dupont@gmail.com", "marie.dupont@gmail.com"), ("email", "contact@filature.example",
      "contact@filature.example"), ("email", " ", None)],
)  # fmt: skip
def test_who_runs_it_may_give_a_number_and_an_address_of_their_own(name, text, value):
    of = place(email="contact@autre.example")
    form = PlaceForm(sent(PlaceForm(place=of, own=True), **{name: text}), place=of, own=True)
    assert form.is_valid(), form.errors
    assert form.changes[name].value == value
    assert "shown to everyone" in form[name].help_text
    assert "shown to everyone" not in PlaceForm(place=of)[name].help_text


@pytest.mark.parametrize(
    ("name", "text"),
    [("phone", "Marie 06 12 34 56 78"), ("phone", "06 12 34 56 78 / 06 12 34 56 79"), ("phone", "06 12"),
     ("phone", "06 12 34 56 78\0"), ("phone", "0" * 60), ("email", "marie"), ("email", "Marie Dupont <marie@x.fr>"),
     ("email", "marie@gmail.com, paul@gmail.com"), ("email", "marie@gmail.com\0"), ("email", "a@b"),
     ("description", "Demandez Mme Marie Dupont"), ("description", "Appelez le 06 12 34 56 78"),
     ("web", "https://www.linkedin.com/in/marie")],
)  # fmt: skip
def test_and_nothing_else_of_a_person(name, text):
    form = PlaceForm(sent(PlaceForm(place=place(), own=True), **{name: text}), place=place(), own=True)
    assert not form.is_valid()
    assert list(form.errors) == [name]


@pytest.mark.parametrize(
    "broken",
    [{"position": "x", "address": 7, "kinds": "COWORK", "opening_hours": {}, "price_day": [], "languages": None},
     {"position": {"lat": "x"}, "address": {"line": None}, "kinds": ["NONSENSE"], "desks": "many", "name": 3},
     {"opening_hours": "x" * 9000, "description": "<script>\0", "equipment": ["<b>", "a;b|c"], "price_day": {}}],
)  # fmt: skip
def test_whatever_is_shown_there_is_a_form(broken):
    form = PlaceForm(place=place(**broken))
    assert "<script>" not in str(form)
    assert "<b>" not in str(form)
