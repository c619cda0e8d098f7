"""What is shown on goods: small figures, drawn within ``size`` units around a point, and patterns made of them."""

from collections.abc import Callable
from functools import lru_cache

from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, Pattern, dark, light, mix
from haowu.demo.pictures.shapes import Outline, box, ellipse, heart, smooth, star, turned

Figure = Callable[[Canvas, float, float, float, Colour], None]
"""``(canvas, x, y, size, colour)``; ``size`` is half the width."""

PATTERNS = frozenset({"spots", "stripes", "check", "paisley", "floral", "hearts", "stars"})


def _scaled(points: list[tuple[float, float]], x: float, y: float, s: float) -> Outline:
    return smooth([(x + px * s, y + py * s) for px, py in points])


def _heart(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(heart(x, y, s), colour)


def _star(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(star(x, y, s), colour)


def _flower(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for turn in range(0, 360, 60):
        c.fill(turned(ellipse(x, y - s * 0.58, s * 0.34, s * 0.42), x, y, turn), colour)
    c.dot(x, y, s * 0.3, (244, 198, 82))


def _rose(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    leaf = mix((92, 140, 84), colour, 0.1)
    for turn in (55, -55):
        c.fill(turned(ellipse(x, y + s * 0.75, s * 0.25, s * 0.5), x, y, turn), leaf)
    c.dot(x, y, s * 0.75, colour)
    c.dot(x - s * 0.08, y - s * 0.05, s * 0.52, light(colour, 0.22))
    c.dot(x + s * 0.06, y - s * 0.02, s * 0.32, colour)
    c.dot(x, y, s * 0.14, dark(colour, 0.25))


def _bird(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    body = [(-1, 0.1), (-0.5, -0.1), (0, -0.45), (0.45, -0.62), (0.75, -0.35), (0.7, 0.1), (0.3, 0.5), (-0.3, 0.5)]
    c.fill(_scaled(body, x, y, s), colour)
    c.fill([(x + s * 0.72, y - s * 0.42), (x + s * 1.05, y - s * 0.28), (x + s * 0.72, y - s * 0.18)], (240, 170, 70))
    c.fill(_scaled([(-0.45, 0.0), (0.2, -0.15), (0.3, 0.15), (-0.1, 0.3)], x, y, s), dark(colour, 0.22))
    c.dot(x + s * 0.5, y - s * 0.32, s * 0.09, INK)
    for dx in (-0.05, 0.2):
        c.line([(x + dx * s, y + s * 0.5), (x + dx * s, y + s * 0.8)], (240, 170, 70), s * 0.08)


def _butterfly(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        c.fill(turned(ellipse(x + side * s * 0.5, y - s * 0.3, s * 0.5, s * 0.42), x, y, side * 12), colour)
        c.fill(ellipse(x + side * s * 0.4, y + s * 0.35, s * 0.36, s * 0.32), light(colour, 0.3))
        c.dot(x + side * s * 0.55, y - s * 0.32, s * 0.16, WHITE)
    c.fill(ellipse(x, y, s * 0.09, s * 0.6), INK)


def _owl(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        c.fill(
            [(x + side * s * 0.75, y - s), (x + side * s * 0.1, y - s * 0.6), (x + side * s * 0.7, y - s * 0.2)], colour
        )
    c.fill(ellipse(x, y + s * 0.05, s * 0.78, s * 0.92), colour)
    c.fill(ellipse(x, y + s * 0.4, s * 0.45, s * 0.5), light(colour, 0.45))
    for side in (-1, 1):
        c.dot(x + side * s * 0.32, y - s * 0.25, s * 0.3, WHITE)
        c.dot(x + side * s * 0.3, y - s * 0.25, s * 0.14, INK)
    c.fill([(x - s * 0.12, y - s * 0.05), (x + s * 0.12, y - s * 0.05), (x, y + s * 0.2)], (240, 170, 70))


def _face(c: Canvas, x: float, y: float, s: float) -> None:
    for side in (-1, 1):
        c.dot(x + side * s * 0.32, y, s * 0.09, INK)
        c.dot(x + side * s * 0.48, y + s * 0.22, s * 0.12, (240, 160, 150))
    c.fill(ellipse(x, y + s * 0.2, s * 0.11, s * 0.08), INK)


def _cat(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        c.fill(
            [(x + side * s * 0.8, y - s * 0.95), (x + side * s * 0.12, y - s * 0.6), (x + side * s * 0.82, y)], colour
        )
    c.fill(ellipse(x, y, s * 0.86, s * 0.74), colour)
    _face(c, x, y, s)
    for side in (-1, 1):
        c.line([(x + side * s * 0.55, y + s * 0.3), (x + side * s * 1.05, y + s * 0.22)], dark(colour, 0.4), s * 0.05)


def _dog(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(ellipse(x, y, s * 0.78, s * 0.8), colour)
    for side in (-1, 1):
        c.fill(
            turned(ellipse(x + side * s * 0.72, y - s * 0.15, s * 0.28, s * 0.6), x, y, side * -10), dark(colour, 0.3)
        )
    c.fill(ellipse(x, y + s * 0.35, s * 0.45, s * 0.35), light(colour, 0.45))
    _face(c, x, y, s)


def _rabbit(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        c.fill(turned(ellipse(x + side * s * 0.32, y - s * 0.75, s * 0.22, s * 0.6), x, y, side * 8), colour)
        c.fill(turned(ellipse(x + side * s * 0.32, y - s * 0.75, s * 0.1, s * 0.42), x, y, side * 8), (245, 190, 185))
    c.fill(ellipse(x, y + s * 0.25, s * 0.7, s * 0.62), colour)
    _face(c, x, y + s * 0.18, s * 0.9)


def _deer(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        horn = dark(colour, 0.4)
        c.line([(x + side * s * 0.25, y - s * 0.5), (x + side * s * 0.6, y - s * 1.1)], horn, s * 0.1)
        c.line([(x + side * s * 0.42, y - s * 0.8), (x + side * s * 0.85, y - s * 0.8)], horn, s * 0.09)
        c.fill(turned(ellipse(x + side * s * 0.7, y - s * 0.3, s * 0.3, s * 0.15), x, y, side * 8), colour)
    c.fill(_scaled([(-0.6, -0.35), (0, -0.6), (0.6, -0.35), (0.32, 0.5), (0, 0.8), (-0.32, 0.5)], x, y, s), colour)
    _face(c, x, y - s * 0.1, s * 0.8)
    c.dot(x, y + s * 0.6, s * 0.16, INK)


def _elephant(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    body = [(-0.9, 0.0), (-0.6, -0.5), (0.1, -0.6), (0.7, -0.5), (1.0, -0.1), (1.0, 0.55), (0.82, 0.5), (0.72, 0.1)]
    c.fill(_scaled([*body, (0.4, 0.1), (0.3, 0.3), (-0.8, 0.3)], x, y, s), colour)
    for dx in (-0.75, -0.4, 0.1):
        c.fill(box(x + dx * s, y + s * 0.1, x + (dx + 0.24) * s, y + s * 0.75, s * 0.08), colour)
    c.fill(ellipse(x + s * 0.35, y - s * 0.2, s * 0.28, s * 0.36), dark(colour, 0.18))
    c.dot(x + s * 0.75, y - s * 0.2, s * 0.07, INK)


def _horse(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    body = [(-0.8, -0.1), (-0.2, -0.2), (0.25, -0.3), (0.4, -0.9), (0.65, -0.95), (0.98, -0.5), (0.75, -0.4)]
    c.fill(_scaled([*body, (0.6, 0.1), (0.4, 0.3), (-0.7, 0.3)], x, y, s), colour)
    for dx in (-0.72, 0.24):
        c.fill(box(x + dx * s, y + s * 0.1, x + (dx + 0.2) * s, y + s * 0.85, s * 0.06), colour)
    c.line([(x + s * 0.42, y - s * 0.92), (x + s * 0.2, y - s * 0.35)], dark(colour, 0.4), s * 0.16)
    c.line([(x - s * 0.78, y - s * 0.1), (x - s, y + s * 0.45)], dark(colour, 0.4), s * 0.14)
    c.dot(x + s * 0.66, y - s * 0.7, s * 0.06, INK)


def _dino(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    body = [
        (-1.05, 0.5),
        (-0.5, 0.0),
        (0.0, -0.15),
        (0.35, -0.4),
        (0.45, -0.9),
        (0.9, -0.85),
        (0.95, -0.5),
        (0.65, -0.4),
    ]
    c.fill(_scaled([*body, (0.6, 0.2), (0.2, 0.55), (-0.4, 0.5)], x, y, s), colour)
    for dx in (-0.35, 0.2):
        c.fill(box(x + dx * s, y + s * 0.2, x + (dx + 0.25) * s, y + s * 0.85, s * 0.08), colour)
    for dx, dy in ((-0.5, -0.02), (-0.2, -0.14), (0.1, -0.28)):
        c.fill(star(x + dx * s, y + dy * s, s * 0.2, 3, 0.5), dark(colour, 0.25))
    c.dot(x + s * 0.68, y - s * 0.7, s * 0.08, INK)


def _fish(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(ellipse(x - s * 0.12, y, s * 0.75, s * 0.48), colour)
    c.fill([(x + s * 0.5, y), (x + s, y - s * 0.45), (x + s, y + s * 0.45)], dark(colour, 0.15))
    c.tint(ellipse(x - s * 0.05, y, s * 0.12, s * 0.42), WHITE, 0.6)
    c.dot(x - s * 0.5, y - s * 0.1, s * 0.09, INK)


def _tree(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(box(x - s * 0.12, y + s * 0.5, x + s * 0.12, y + s), (140, 100, 70))
    for top, half, bottom in ((-1.0, 0.5, -0.2), (-0.6, 0.68, 0.2), (-0.2, 0.85, 0.65)):
        c.fill([(x, y + top * s), (x + half * s, y + bottom * s), (x - half * s, y + bottom * s)], colour)
    c.fill(star(x, y - s, s * 0.22), (244, 198, 82))


def _leaf(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.line([(x, y + s), (x, y - s * 0.5)], dark(colour, 0.2), s * 0.08)
    for step, size in ((0.6, 0.5), (0.15, 0.46), (-0.3, 0.38)):
        for side in (-1, 1):
            blade = ellipse(x + side * s * size * 0.75, y + s * step - s * 0.2, s * size * 0.7, s * 0.17)
            c.fill(turned(blade, x, y + s * step, side * -22), colour)
    c.fill(ellipse(x, y - s * 0.72, s * 0.16, s * 0.36), colour)


def _berry(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    red = mix((222, 66, 62), colour, 0.2)
    c.fill(_scaled([(-0.7, -0.35), (0, -0.5), (0.7, -0.35), (0.55, 0.3), (0, 0.95), (-0.55, 0.3)], x, y, s), red)
    for dx, dy in ((-0.35, -0.1), (0.05, 0.05), (0.4, -0.15), (-0.15, 0.4), (0.22, 0.42)):
        c.fill(ellipse(x + dx * s, y + dy * s, s * 0.06, s * 0.09), (250, 220, 130))
    c.fill(star(x, y - s * 0.55, s * 0.5, 6, 0.35), (96, 150, 88))


def _apple(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    points = [(0, -0.5), (0.45, -0.68), (0.85, -0.2), (0.6, 0.6), (0.2, 0.85), (0, 0.76), (-0.2, 0.85), (-0.6, 0.6)]
    c.fill(_scaled([*points, (-0.85, -0.2), (-0.45, -0.68)], x, y, s), colour)
    c.line([(x, y - s * 0.5), (x + s * 0.1, y - s * 0.95)], (120, 84, 58), s * 0.1)
    c.fill(turned(ellipse(x + s * 0.38, y - s * 0.85, s * 0.3, s * 0.14), x, y, -8), (110, 160, 92))
    c.tint(ellipse(x - s * 0.4, y - s * 0.15, s * 0.15, s * 0.3), WHITE, 0.5)


def _toadstool(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    c.fill(box(x - s * 0.3, y - s * 0.1, x + s * 0.3, y + s * 0.9, s * 0.2), (248, 238, 220))
    c.fill([*ellipse(x, y, s * 0.95, s * 0.85, 180, 360)], mix((216, 60, 56), colour, 0.25))
    for dx, dy, r in ((-0.5, -0.28, 0.15), (0.05, -0.5, 0.18), (0.5, -0.22, 0.13)):
        c.dot(x + dx * s, y + dy * s, r * s, WHITE)


def _skull(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    bone = light(colour, 0.85)
    c.fill(ellipse(x, y - s * 0.15, s * 0.75, s * 0.68), bone)
    c.fill(box(x - s * 0.38, y + s * 0.3, x + s * 0.38, y + s * 0.78, s * 0.14), bone)
    for side in (-1, 1):
        c.fill(heart(x + side * s * 0.32, y - s * 0.08, s * 0.2), dark(colour, 0.5))
    c.line([(x, y + s * 0.5), (x, y + s * 0.74)], dark(colour, 0.5), s * 0.06)


def _rocket(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for side in (-1, 1):
        c.fill([(x + side * s * 0.3, y + s * 0.1), (x + side * s * 0.75, y + s * 0.75), (x, y + s * 0.5)], dark(colour))
    c.fill(_scaled([(0, -1), (0.42, -0.35), (0.36, 0.55), (-0.36, 0.55), (-0.42, -0.35)], x, y, s), colour)
    c.dot(x, y - s * 0.2, s * 0.2, (200, 226, 240))
    c.fill(_scaled([(-0.2, 0.6), (0.2, 0.6), (0, 1.1)], x, y, s), (246, 176, 70))


def _snow(c: Canvas, x: float, y: float, s: float, colour: Colour) -> None:
    for turn in range(0, 180, 60):
        c.line(turned([(x, y - s), (x, y + s)], x, y, turn), colour, s * 0.14)
    for turn in range(0, 360, 60):
        for side in (-1, 1):
            c.line(turned([(x, y - s * 0.55), (x + side * s * 0.25, y - s * 0.82)], x, y, turn), colour, s * 0.1)


FIGURES: dict[str, Figure] = {
    "heart": _heart, "star": _star, "flower": _flower, "rose": _rose, "bird": _bird, "butterfly": _butterfly,
    "owl": _owl, "cat": _cat, "dog": _dog, "rabbit": _rabbit, "deer": _deer, "elephant": _elephant, "horse": _horse,
    "dino": _dino, "fish": _fish, "tree": _tree, "leaf": _leaf, "berry": _berry, "apple": _apple,
    "toadstool": _toadstool, "skull": _skull, "rocket": _rocket, "snow": _snow,
}  # fmt: skip
_REPEATED = {"hearts": "heart", "stars": "star", "floral": "flower"}


def figure(c: Canvas, name: str, x: float, y: float, size: float, colour: Colour) -> None:
    FIGURES[_REPEATED.get(name, name)](c, x, y, size, colour)


@lru_cache(maxsize=64)
def pattern(name: str, base: Colour, ink: Colour) -> Pattern:
    """One of PATTERNS, or a figure all over."""
    c = Canvas(14, base)
    if name == "spots":
        for x, y in ((3.5, 3.5), (10.5, 10.5)):
            c.dot(x, y, 2.2, ink)
    elif name == "stripes":
        for x in (0, 7):
            c.fill(box(x, 0, x + 3.5, 14), ink)
    elif name == "check":
        for share, outline in ((0.45, box(0, 0, 7, 14)), (0.45, box(0, 0, 14, 7))):
            c.tint(outline, ink, share)
    elif name == "paisley":
        for x, y, turn in ((3.6, 4, 20), (10.6, 10.6, 200)):
            drop = turned(
                _scaled([(0, -1), (0.65, 0.1), (0.3, 0.85), (-0.5, 0.7), (-0.6, 0.05)], x, y, 3.1), x, y, turn
            )
            c.fill(drop, ink)
            c.dot(x, y + 0.4, 1, base)
    else:
        for x, y in ((3.6, 3.7), (10.6, 10.7)):
            figure(c, name, x, y, 2.7, ink)
    return Pattern(c.image)
