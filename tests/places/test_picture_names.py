"""The picture beside a link holds whatever a list may call a place."""

import io

import pytest
from PIL import Image

from coworkmed.places import picture

NAMES = {
    "direction marks": "\u202etxt.exe\u202c \u2067x\u2069",
    "line and paragraph ends": "\u2028\u2029one\r\ntwo",
    "control signs": "\x00\x07bell\x1b[31m",
    "nothing to see": "\u200b\ufeff\u2060",
    "no letters": "\ufdd0\ufffe\U000e0001",
    "letters no font has": "漢字" * 100,
    "emoji": "😀👩‍👩‍👧" * 40,
    "marks upon marks": "a" + "\u0301" * 199,
    "from right to left": "مقهى العمل",
    "one long word": "W" * 300,
    "none": "",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_any_name_can_be_drawn(name: str) -> None:
    drawn = picture.draw(picture.Face(name=name, kind=name, town=name, position=(43.3, 5.4)))
    assert Image.open(io.BytesIO(drawn)).size == picture.SIZE


def test_signs_that_only_steer_others_are_not_drawn() -> None:
    faces = [picture.Face(name, "", "") for name in ("La Ruche", "La\u200b \u202dRuche\u202c")]
    assert picture.draw(faces[0]) == picture.draw(faces[1])
