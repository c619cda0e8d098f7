"""What is drawn on: outlines filled with a colour or a pattern, lines, soft shadows, light and shade.

Drawn three times as fine as the small picture and half again as fine as the large one, so that edges come out smooth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from haowu.demo.pictures.shapes import Outline, Point, ellipse

SCALE = 12
LARGE, SMALL = 800, 400
SIDE = 100
Colour = tuple[int, int, int]
_BANDS = 64
_FLIP = Image.Transpose.FLIP_TOP_BOTTOM
INK: Colour = (58, 44, 38)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True)
class Pattern:
    """``tile`` again and again."""

    tile: Image.Image


Paint = Colour | Pattern


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``share`` of ``b`` in ``a``."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def light(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, WHITE, share)


def dark(colour: Colour, share: float = 0.2) -> Colour:
    return mix(colour, INK, share)


class Canvas:
    def __init__(self, side: float = SIDE, ground: Colour = WHITE) -> None:
        self.image = Image.new("RGB", (round(side * SCALE), round(side * SCALE)), ground)
        self._draw = ImageDraw.Draw(self.image)

    def fill(self, outline: Outline, paint: Paint) -> None:
        if isinstance(paint, tuple):
            self._draw.polygon(_pixels(outline), fill=paint)
        else:
            mask, place = _mask(outline)
            self.image.paste(_tiled(paint, mask.size), place, mask)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1) -> None:
        """With round ends."""
        self._draw.line(_pixels(points), fill=colour, width=max(1, round(width * SCALE)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.fill(ellipse(x, y, width / 2, width / 2), colour)

    def dot(self, x: float, y: float, r: float, paint: Paint) -> None:
        self.fill(ellipse(x, y, r, r), paint)

    def tint(self, outline: Outline, colour: Colour, share: float) -> None:
        """A thin layer of ``colour``: glass, a fold, a cast shadow."""
        mask, place = _mask(outline, round(255 * share))
        self.image.paste(colour, place, mask)

    def shade(self, outline: Outline, share: float = 0.22, *, is_upright: bool = False, colour: Colour = INK) -> None:
        """Darker towards the right (or the bottom), a little lighter at the other side."""
        mask, place = _mask(outline)
        for is_far, paint, level in ((True, colour, share), (False, WHITE, share * 0.9)):
            part, offset = _half(mask, is_upright, is_far)
            grade = _grade(is_upright, is_far).resize(part.size, Image.Resampling.BILINEAR)
            shaded = ImageChops.multiply(part, grade.point([round(step * level) for step in range(256)]))
            self.image.paste(paint, (place[0] + offset[0], place[1] + offset[1]), shaded)

    def shadow(self, cx: float, cy: float, rx: float, ry: float, share: float = 0.28) -> None:
        """Soft, of something that stands at ``cx``, ``cy``."""
        width, height = round(2.4 * rx * SCALE), round(2.4 * ry * SCALE)
        mask = (
            _soft()
            .resize((width, height), Image.Resampling.BILINEAR)
            .point([round(level * share) for level in range(256)])
        )
        self.image.paste(INK, (round(cx * SCALE - width / 2), round(cy * SCALE - height / 2)), mask)

    def glow(self, cx: float, cy: float, r: float, colour: Colour, share: float = 0.6) -> None:
        width = round(2.4 * r * SCALE)
        mask = (
            _soft()
            .resize((width, width), Image.Resampling.BILINEAR)
            .point([round(level * share) for level in range(256)])
        )
        self.image.paste(colour, (round(cx * SCALE - width / 2), round(cy * SCALE - width / 2)), mask)

    def gradient(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """The whole width between two heights."""
        for step in range(_BANDS):
            y = top + (bottom - top) * step / _BANDS
            band = (0, round(y * SCALE), self.image.width, round((y + (bottom - top) / _BANDS) * SCALE))
            self._draw.rectangle(band, fill=mix(upper, lower, step / (_BANDS - 1)))

    def large(self) -> Image.Image:
        return self.image.resize((LARGE, LARGE), Image.Resampling.BILINEAR)

    def small(self) -> Image.Image:
        return self.image.reduce(SIDE * SCALE // SMALL)


def _pixels(outline: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in outline]


def _mask(outline: Outline, level: int = 255) -> tuple[Image.Image, tuple[int, int]]:
    """Where ``outline`` is, in a picture just as large as it, and the place of that."""
    points = _pixels(outline)
    left, top = int(min(x for x, _y in points)), int(min(y for _x, y in points))
    right, bottom = int(max(x for x, _y in points)) + 1, int(max(y for _x, y in points)) + 1
    mask = Image.new("L", (right - left + 1, bottom - top + 1))
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=level)
    return mask, (left, top)


def _half(mask: Image.Image, is_upright: bool, is_far: bool) -> tuple[Image.Image, tuple[int, int]]:
    """The half of ``mask`` that is shaded, and where in it that begins."""
    width, height = mask.size
    if is_upright:
        left, top, right, bottom = 0, height // 2 if is_far else 0, width, height if is_far else height // 2
    else:
        left, top, right, bottom = width // 2 if is_far else 0, 0, width if is_far else width // 2, height
    return mask.crop((left, top, max(right, left + 1), max(bottom, top + 1))), (left, top)


@lru_cache(maxsize=4)
def _grade(is_upright: bool, is_far: bool) -> Image.Image:
    """From nothing in the middle to full at the edge."""
    grade = Image.linear_gradient("L") if is_far else Image.linear_gradient("L").transpose(_FLIP)
    return grade if is_upright else grade.transpose(Image.Transpose.ROTATE_90)


def _tiled(pattern: Pattern, size: tuple[int, int]) -> Image.Image:
    tiled = Image.new("RGB", size)
    step = pattern.tile.width
    for x in range(0, size[0], step):
        for y in range(0, size[1], step):
            tiled.paste(pattern.tile, (x, y))
    return tiled


@lru_cache(maxsize=1)
def _soft() -> Image.Image:
    """Full in the middle, fading out in a circle."""
    return Image.radial_gradient("L").point([max(0, 255 - round(level * 1.75)) for level in range(256)])
