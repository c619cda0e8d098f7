"""Candles and lamps."""

from haowu.demo.pictures.canvas import INK, WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import figure
from haowu.demo.pictures.scenes import on_table
from haowu.demo.pictures.shapes import box, ellipse, mirrored, smooth

GLOW: Colour = (255, 222, 140)
FLAME: Colour = (250, 178, 72)
CREAM: Colour = (250, 244, 230)


def flame(c: Canvas, x: float, y: float, size: float) -> None:
    c.glow(x, y - size, size * 5, GLOW, 0.65)
    c.fill(
        smooth([(x, y - 2 * size), (x + size * 0.6, y - size * 0.6), (x, y), (x - size * 0.6, y - size * 0.6)]), FLAME
    )
    c.fill(ellipse(x, y - size * 0.55, size * 0.26, size * 0.46), (255, 244, 200))


def candle_stick(c: Canvas, x: float, y: float, half: float, height: float, colour: Colour) -> None:
    body = [*ellipse(x, y, half, half * 0.22, 0, 180), *ellipse(x, y - height, half, half * 0.22, 180, 360)]
    c.fill(body, colour)
    c.shade(body, 0.2)
    c.fill(ellipse(x, y - height, half, half * 0.22), light(colour, 0.45))
    c.line([(x, y - height), (x, y - height - 3)], INK, 0.6)
    flame(c, x, y - height - 2.4, 3.4)


def holder(c: Canvas, look: Look) -> None:
    on_table(c, look)
    if look.chance("form", of=2):
        return _votives(c, look)
    c.shadow(50, 88, 24, 4)
    c.fill(ellipse(50, 87, 22, 4), dark(look.base, 0.15))
    c.fill(ellipse(50, 85.6, 22, 4), look.base)
    stem = mirrored([(53, 50), (52, 56), (56, 60), (52.4, 66), (54, 78), (60, 85)])
    c.fill(stem, look.base)
    c.shade(stem)
    c.fill(ellipse(50, 50, 13, 3), dark(look.base, 0.15))
    c.fill(ellipse(50, 48.8, 13, 3), light(look.base, 0.15))
    candle_stick(c, 50, 48, 6, 20, CREAM)
    look.emblem(c, 50, 72, 5)


def _votives(c: Canvas, look: Look) -> None:
    for x, y, s in ((29, 82, 0.8), (71, 82, 0.8), (50, 88, 1.05)):
        c.shadow(x, y, 15 * s, 3)
        c.glow(x, y - 17 * s, 26 * s, GLOW, 0.5)
        side = [*ellipse(x, y - 3 * s, 14 * s, 4 * s, 0, 180), *ellipse(x, y - 30 * s, 14 * s, 3.6 * s, 180, 360)]
        look.surface(c, side)
        c.tint(ellipse(x, y - 17 * s, 9 * s, 10 * s), GLOW, 0.4)
        c.shade(side)
        c.fill(ellipse(x, y - 30 * s, 14 * s, 3.4 * s), dark(look.base, 0.3))
        flame(c, x, y - 29 * s, 3 * s)
        look.emblem(c, x, y - 15 * s, 6 * s)


def candle(c: Canvas, look: Look) -> None:
    on_table(c, look)
    colours = (look.base, light(look.base, 0.35), look.trim)
    for (x, y, half, height), colour in zip(
        ((33, 84, 9, 34), (67, 84, 10, 24), (50, 89, 11, 46)), colours, strict=True
    ):
        c.shadow(x, y, half + 4, 3)
        candle_stick(c, x, y, half, height, colour)
    band = box(39, 66, 61, 78)
    c.fill(band, look.paint(light(look.base, 0.55)))
    look.emblem(c, 50, 72, 4.6)


def lantern(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 89, 25, 4)
    c.line(ellipse(50, 17, 7, 7), look.trim, 1.8)
    c.fill([(50, 18), (68, 36), (32, 36)], look.base)
    c.shade([(50, 18), (68, 36), (32, 36)])
    c.fill(box(31, 36, 69, 84), mix(GLOW, WHITE, 0.35))
    c.glow(50, 62, 26, GLOW, 0.9)
    candle_stick(c, 50, 83, 7, 20, CREAM)
    for x in (30, 48.8, 66.6):
        c.fill(box(x, 36, x + 3.4 if x != 48.8 else x + 2.4, 84), look.base)
    c.fill(box(27, 34, 73, 39, 1), dark(look.base, 0.1))
    c.fill(box(26, 82, 74, 89, 1.4), dark(look.base, 0.1))
    look.emblem(c, 50, 29, 4.5)


def lights(c: Canvas, look: Look) -> None:
    c.gradient(0, 100, dark(mix(look.wall, (96, 104, 140), 0.75), 0.3), mix(look.wall, (150, 140, 170), 0.7))
    for row, (y, sag) in enumerate(((20, 16), (48, 18), (74, 14))):
        string = smooth([(-4, y), (25, y + sag), (50, y + 2), (75, y + sag), (104, y)], is_closed=False)
        c.line(string, (70, 68, 80), 0.8)
        for place, (x, at) in enumerate(string[2::4]):
            colour = (look.base, light(look.base, 0.45), GLOW)[(place + row) % 3]
            c.glow(x, at + 5, 9, GLOW, 0.55)
            if look.motif in ("heart", "hearts", "star", "stars", "flower", "floral", "rose"):
                figure(c, look.motif, x, at + 5, 4, colour)
            else:
                c.fill(ellipse(x, at + 5, 3, 3.8), colour)
                c.fill(box(x - 1.4, at, x + 1.4, at + 2.4), (90, 86, 96))


def lamp(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 18, 4)
    c.glow(50, 46, 44, GLOW, 0.7)
    c.fill(ellipse(50, 86.6, 15, 3.4), dark(look.trim, 0.1))
    base = smooth([(50, 52), (54, 56), (60, 68), (58, 82), (50, 86), (42, 82), (40, 68), (46, 56)])
    c.fill(base, look.trim)
    c.shade(base)
    shade = [(38, 18), (62, 18), (76, 52), (24, 52)]
    c.fill(shade, look.paint(mix(look.base, GLOW, 0.25)))
    c.shade(shade, 0.14)
    c.fill(ellipse(50, 52, 26, 2.6), mix(GLOW, WHITE, 0.4))
    look.emblem(c, 50, 37, 8)
