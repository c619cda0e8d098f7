"""What decorates a feast."""

from haowu.demo.pictures.canvas import WHITE, Canvas, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import PATTERNS, figure
from haowu.demo.pictures.scenes import on_cloth, on_wall
from haowu.demo.pictures.shapes import box, ellipse, smooth, turned


def bunting(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    for row, (y, sag) in enumerate(((14, 12), (46, 14))):
        string = smooth([(-6, y), (25, y + sag * 0.8), (50, y + sag), (75, y + sag * 0.8), (106, y)], is_closed=False)
        for place in range(7):
            x = 5 + place * 15
            top = y + sag * (1 - ((x - 50) / 56) ** 2)
            paints = (look.all_over(), look.ink, light(look.base, 0.25))
            flag = [(x - 6.6, top), (x + 6.6, top), (x, top + 21)]
            c.fill(flag, paints[(place + row) % 3])
            c.shade(flag, 0.12)
        c.line(string, look.trim, 1.4)


def balloon(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    colours = (look.base, light(look.base, 0.4), look.ink)
    for (x, y, s), colour in zip(((32, 40, 0.85), (69, 36, 0.8), (50, 32, 1.05)), colours, strict=True):
        c.line(smooth([(x, y + 22 * s), ((x + 50) / 2, 74), (50, 92)], is_closed=False), dark(look.wall, 0.4), 0.7)
        body = smooth([(x, y - 20 * s), (x + 15 * s, y - 12 * s), (x + 16 * s, y + 4 * s), (x, y + 22 * s),
                       (x - 16 * s, y + 4 * s), (x - 15 * s, y - 12 * s)])  # fmt: skip
        c.fill(body, look.paint(colour))
        c.shade(body, 0.2)
        c.tint(turned(ellipse(x - 7 * s, y - 9 * s, 2.4 * s, 5 * s), x - 7 * s, y - 9 * s, 24), WHITE, 0.55)
        c.fill([(x - 2.4, y + 25 * s), (x + 2.4, y + 25 * s), (x, y + 21 * s)], dark(colour, 0.15))
    look.emblem(c, 50, 32, 8)


def garland(c: Canvas, look: Look) -> None:
    on_wall(c, look)
    if look.chance("wreath", of=2):
        for ring, size in ((29, 8), (24, 6.6)):
            for turn in range(0, 360, 24):
                x, y = turned([(50, 50 - ring)], 50, 50, turn + ring)[0]
                c.fill(
                    turned(ellipse(x, y, size, 3), x, y, turn * 2 + 30), mix((120, 152, 108), look.base, turn % 3 * 0.1)
                )
        for turn in range(0, 360, 60):
            x, y = turned([(50, 23)], 50, 50, turn + 12)[0]
            figure(c, look.motif if look.motif and look.motif not in PATTERNS else "flower", x, y, 6, look.base)
        for side in (-1, 1):
            c.fill(smooth([(50, 80), (50 + side * 12, 72), (50 + side * 14, 84)]), look.trim)
        c.dot(50, 79, 3, dark(look.trim, 0.15))
        return
    for x, shift in ((26, 0), (50, 8), (74, 2)):
        c.line([(x, 0), (x, 88)], dark(look.wall, 0.4), 0.6)
        for place, y in enumerate((16 + shift, 36 + shift, 56 + shift, 74 + shift)):
            tone = (look.base, look.ink, light(look.base, 0.35))[(place + x) % 3]
            name = look.motif if look.motif and look.motif not in PATTERNS else ("heart", "star", "flower")[x % 3]
            figure(c, name, x, y, 7, tone)


def napkin(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    for turn, share in ((-14, 0.18), (-2, 0), (10, -0.01)):
        sheet = turned(box(24, 26, 76, 78, 1), 50, 52, turn)
        c.shadow(53, 58, 34, 32, 0.14)
        c.fill(sheet, look.all_over() if share <= 0 else dark(look.base, share))
        c.shade(sheet, 0.1)
    c.fill(turned([(24, 26), (76, 26), (24, 78)], 50, 52, 10), light(look.base, 0.3))
    figure(c, look.motif if look.motif and look.motif not in PATTERNS else "flower", 42, 42, 8, look.trim)
