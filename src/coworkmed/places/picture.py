"""The picture that others show beside a link to a place (Open Graph): its name on a piece of the map, as PNG."""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, groupby
from math import asinh, cos, pi, radians, sin, tan
from pathlib import Path
from unicodedata import category

import shapely
from anyascii import anyascii
from PIL import Image, ImageDraw, ImageFont

from coworkmed import web
from coworkmed.platform import borders

SIZE = 1200, 630  # what social networks ask for
FINE = 2  # drawn this much larger, then made smaller: Pillow draws without smoothing
VEIL = 230  # pixels over which the map appears
HALF = 1.15  # degrees of longitude shown either side of the place
MARGIN = 72
LONGEST = 200  # characters of a name that may be shown
WORDS_WIDTH = 690  # of the left part, where words stand
NAME_SIZES = (76, 66, 58, 50, 42)  # the first in which the name fits in four lines
_MOST_LINES = 4
_PAPER, _SEA, _LAND, _COAST = "#fbf8f2", "#dfebef", "#f3ecdd", "#c3b79f"
_INK, _SOFT, _DEEP, _MARK = "#16303f", "#4a6270", "#123f55", "#b4502f"
_FONTS = ("literata-latin.woff2", "literata-latin-ext.woff2", "literata-greek.woff2")

Words = list[tuple[str, ImageFont.FreeTypeFont]]  # a line, cut where the font changes


@dataclass(frozen=True, slots=True)
class Face:
    """What the picture says: ``position`` is WGS84 (lat, lon)."""

    name: str
    kind: str
    town: str
    position: tuple[float, float] | None = None


def draw(face: Face) -> bytes:
    """The picture as PNG; the same face gives the same bytes."""
    picture = _ground(face.position)
    pen = ImageDraw.Draw(picture)
    lines, size = _fitted(face.name)
    below = [_pieces(_cut(text, 34, WORDS_WIDTH), 34) for text in (face.kind, face.town) if text]
    height = len(lines) * size * 1.18 + 24 + len(below) * 48
    y = (SIZE[1] - height) / 2 - 18
    for line in lines:
        _write(pen, (MARGIN, y), line, _DEEP)
        y += size * 1.18
    y += 24
    for line, colour in zip(below, (_MARK, _SOFT), strict=False):
        _write(pen, (MARGIN, y), line, colour if len(below) > 1 else _SOFT)
        y += 48
    _write(pen, (MARGIN + 40, SIZE[1] - 80), _pieces("CoWorkMed", 28), _SOFT)
    _star(pen, MARGIN + 14, SIZE[1] - 63, 14, _SOFT)
    out = io.BytesIO()
    picture.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _ground(position: tuple[float, float] | None) -> Image.Image:
    """Land and sea around the place, faded out where the words stand."""
    width, height = SIZE[0] * FINE, SIZE[1] * FINE
    picture = Image.new("RGB", (width, height), _SEA)
    pen = ImageDraw.Draw(picture)
    lat, lon = position or (41.0, 14.0)
    centre = max(-80.0, min(80.0, lat)), lon  # Mercator has no poles
    half = HALF if position else 12.0
    at = _projection(centre, half, (width, height))
    for ring in _rings(centre, half):
        pen.polygon([at(lat, lon) for lon, lat in ring], fill=_LAND, outline=_COAST, width=2)
    for ends in combinations(_winds(at(*centre), width), 2):
        pen.line(ends, fill="#cfdcdd", width=1)
    if position:
        x, y = at(*centre)
        for radius, colour in ((44, "#ffffff"), (34, _MARK)):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    picture = picture.resize(SIZE, Image.Resampling.LANCZOS)
    veil = Image.linear_gradient("L").rotate(90).resize((VEIL, SIZE[1]))  # light at the left
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (0, 0, WORDS_WIDTH - 40, SIZE[1]))
    mask.paste(veil.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (WORDS_WIDTH - 40, 0))
    picture.paste(Image.new("RGB", SIZE, _PAPER), (0, 0), mask)
    return picture


def _projection(
    centre: tuple[float, float], half: float, size: tuple[int, int]
) -> Callable[[float, float], tuple[float, float]]:
    """From (lat, lon) to pixels, Mercator, the centre at three quarters of the width."""
    lat0, lon0 = centre
    scale = size[0] / 4 / radians(half)

    def at(lat: float, lon: float) -> tuple[float, float]:
        lat = max(-85.0, min(85.0, lat))
        north = asinh(tan(radians(lat))) - asinh(tan(radians(lat0)))
        return size[0] * 0.77 + radians(lon - lon0) * scale, size[1] / 2 - north * scale

    return at


def _rings(centre: tuple[float, float], half: float) -> Iterator[list[tuple[float, float]]]:
    """The shells of land that may be seen, cut to what is seen so that few points are drawn."""
    lat, lon = centre
    west, south, east, north = lon - 4 * half, max(lat - 3 * half, -84), lon + 2 * half, min(lat + 3 * half, 84)
    for _, rings in borders.outlines():
        for ring in rings:
            shape = shapely.clip_by_rect(shapely.Polygon(ring), west, south, east, north)
            for part in getattr(shape, "geoms", [shape]):
                if isinstance(part, shapely.Polygon) and not part.is_empty:
                    yield [(x, y) for x, y in part.exterior.coords]


def _winds(centre: tuple[float, float], width: int) -> list[tuple[float, float]]:
    """Sixteen winds of a portolan chart on a circle about the place."""
    x, y = centre
    radius = width * 0.42
    return [(x + radius * sin(turn * pi / 8), y - radius * cos(turn * pi / 8)) for turn in range(16)]


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str) -> None:
    """The four-pointed star of the site's mark."""
    points = [
        (x + reach * sin(turn * pi / 4), y - reach * cos(turn * pi / 4))
        for turn in range(8)
        for reach in [radius if turn % 2 == 0 else radius * 0.23]
    ]
    pen.polygon(points, fill=colour)


def _fitted(name: str) -> tuple[list[Words], int]:
    """The name in the largest size that four lines hold; what even the smallest can't hold is cut."""
    for size in NAME_SIZES:
        lines = _wrapped(name, size)
        if len(lines) <= _MOST_LINES:
            break
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], _cut(" ".join(lines[_MOST_LINES - 1 :]), size, WORDS_WIDTH)]
    return [_pieces(line, size) for line in lines], size


def _wrapped(text: str, size: int) -> list[str]:
    """Words put on lines no wider than there is room; a word wider than that is broken."""
    lines = [""]
    for word in text[:LONGEST].split():
        while _width(word, size) > WORDS_WIDTH:
            room = max(_room(word, size, WORDS_WIDTH), 1)
            lines += [word[:room], ""]
            word = word[room:]
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size) <= WORDS_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _cut(text: str, size: int, width: float) -> str:
    """``text``, or as much of its beginning as there is room for."""
    if _width(text, size) <= width:
        return text
    end = _room(text, size, width - _width("…", size))
    return f"{text[:end].rstrip()}…"


def _room(text: str, size: int, width: float) -> int:
    """How many letters of ``text`` there is room for."""
    return bisect_right(range(1, len(text) + 1), width, key=lambda end: _width(text[:end], size))


def _width(text: str, size: int) -> float:
    return sum(font.getlength(piece) for piece, font in _pieces(text, size))


def _pieces(text: str, size: int) -> Words:
    """``text`` with the font that has its letters; those none has are written in Latin ones, and signs that only steer
    others (directions, joiners) are left out."""
    shown = (" " if sign.isspace() else sign for sign in text if category(sign)[0] != "C")
    written = "".join(sign if any(_has(name, sign) for name in _FONTS) else anyascii(sign) for sign in shown)
    named = groupby(written, key=lambda sign: next((name for name in _FONTS if _has(name, sign)), _FONTS[0]))
    return [("".join(signs), _font(name, size)) for name, signs in named]


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], words: Words, colour: str) -> None:
    x, y = at
    for piece, font in words:
        pen.text((x, y), piece, font=font, fill=colour)
        x += font.getlength(piece)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(web.__file__).with_name("static") / "fonts" / name, size)


@cache
def _has(name: str, sign: str) -> bool:
    """Whether a font has a letter: one it lacks is drawn as any other it lacks."""
    font = _font(name, 40)
    return bytes(font.getmask(sign)) != bytes(font.getmask("\uffff")) or sign == " "
