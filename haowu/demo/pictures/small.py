"""Garden goods, what is for bath and skin, and jewellery."""

from math import cos, pi, sin

from haowu.demo.pictures.canvas import WHITE, Canvas, Colour, dark, light, mix
from haowu.demo.pictures.looks import Look
from haowu.demo.pictures.motifs import PATTERNS, figure
from haowu.demo.pictures.scenes import on_cloth, on_table
from haowu.demo.pictures.shapes import box, ellipse, heart, smooth, star, turned

GREEN: Colour = (116, 152, 104)
GOLD: Colour = (212, 174, 96)
SILVER: Colour = (184, 188, 196)
TERRACOTTA: Colour = (206, 136, 100)


def wateringcan(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(54, 88, 30, 5)
    c.line([(36, 76), (16, 42)], dark(look.base, 0.14), 4.6)
    c.fill(turned(smooth([(8, 40), (15, 34), (22, 40), (15, 43)]), 15, 39, -32), dark(look.base, 0.2))
    c.line(smooth([(70, 50), (90, 48), (90, 72), (74, 78)], is_closed=False), dark(look.base, 0.1), 3.4)
    c.line(smooth([(38, 46), (42, 24), (62, 24), (68, 46)], is_closed=False), dark(look.base, 0.1), 3.2)
    body = [(34, 46), (72, 46), (76, 84), *ellipse(54, 84, 22, 4, 0, 180)]
    look.surface(c, body)
    c.shade(body)
    c.fill(ellipse(53, 46, 19, 3.6), dark(look.base, 0.25))
    look.emblem(c, 54, 66, 10)
    for x, y in ((9, 50), (5, 57), (12, 59)):
        c.fill(ellipse(x, y, 1, 1.7), (150, 196, 224))


def plantpot(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 89, 22, 4)
    kind = look.chance("plant", of=3)
    if kind == 0:
        for turn in (-52, -30, -10, 12, 32, 54):
            blade = smooth([(50, 60), (55, 40), (50, 12), (45, 40)])
            c.fill(turned(blade, 50, 60, turn), mix(GREEN, WHITE, abs(turn) / 240))
    elif kind == 1:
        cactus = box(40, 18, 60, 62, 10)
        c.fill(cactus, GREEN)
        c.shade(cactus, 0.2)
        c.line(smooth([(60, 44), (72, 42), (72, 30)], is_closed=False), dark(GREEN, 0.06), 8)
        c.line(smooth([(40, 48), (29, 46), (29, 38)], is_closed=False), dark(GREEN, 0.06), 7)
        figure(c, "flower", 50, 18, 5, (236, 140, 160))
    else:
        for x, y in ((34, 36), (50, 26), (66, 37), (42, 48), (58, 48)):
            c.line([(50, 62), (x, y)], dark(GREEN, 0.1), 1.4)
            figure(
                c,
                look.motif if look.motif in ("rose", "flower", "heart", "butterfly") else "flower",
                x,
                y,
                9,
                look.ink if sum(look.ink) < 700 else (238, 158, 168),
            )
        for side in (-1, 1):
            c.fill(turned(ellipse(50 + side * 14, 58, 10, 4), 50 + side * 14, 58, side * -24), GREEN)
    tone = look.base if sum(look.base) < 760 else TERRACOTTA
    pot = [(33, 62), (67, 62), (62, 88), (38, 88)]
    c.fill(pot, look.paint(tone))
    c.shade(pot)
    c.fill(box(30, 57, 70, 65, 1.6), dark(tone, 0.08))
    c.shade(box(30, 57, 70, 65, 1.6))
    look.emblem(c, 50, 76, 6)


def birdhouse(c: Canvas, look: Look) -> None:
    c.gradient(0, 100, mix(look.wall, (196, 222, 236), 0.6), light(look.wall, 0.3))
    for x, y in ((20, 24), (80, 34)):
        for dx, r in ((-7, 5), (0, 8), (8, 5)):
            c.dot(x + dx, y, r, light(look.wall, 0.7))
    c.fill(box(47, 74, 53, 100), (162, 122, 88))
    c.fill(box(0, 92, 100, 100), mix(GREEN, look.wall, 0.3))
    body = [(28, 42), (50, 22), (72, 42), (70, 78), (30, 78)]
    look.surface(c, body)
    c.shade(body)
    for side in (-1, 1):
        roof = [(50, 14), (50, 23), (50 + side * 30, 50), (50 + side * 34, 43)]
        c.fill(roof, dark(look.trim, 0.12 if side > 0 else 0))
    c.dot(50, 52, 8.6, light(look.base, 0.45))
    c.dot(50, 52, 7, (72, 58, 52))
    c.line([(50, 65), (50, 70)], (140, 100, 72), 2)
    figure(c, "bird", 66, 70, 8, look.ink)
    look.emblem(c, 50, 34, 4.6)


def flower(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 89, 16, 4)
    tones = (look.base, light(look.base, 0.35), look.ink)
    spots = ((50, 22, 12), (33, 32, 11), (67, 31, 11), (41, 45, 9), (60, 45, 9))
    for place, (x, y, size) in enumerate(spots):
        c.line(smooth([(50, 70), ((x + 50) / 2, 56), (x, y)], is_closed=False), dark(GREEN, 0.1), 1.4)
        figure(c, "rose" if (place + look.chance("rose", of=2)) % 2 else "flower", x, y, size, tones[place % 3])
    for side in (-1, 1):
        c.fill(turned(ellipse(50 + side * 18, 54, 11, 4), 50 + side * 18, 54, side * -30), GREEN)
    vase = smooth([(43, 58), (57, 58), (56, 66), (64, 78), (58, 89), (42, 89), (36, 78), (44, 66)])
    c.fill(vase, light(look.wall, 0.6))
    c.shade(vase, 0.16)


def soap(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 32, 4)
    c.fill(box(20, 80, 80, 88, 3), (196, 150, 104))
    for y, shift, tone in ((68, 0, look.base), (55, 3, light(look.base, 0.3))):
        bar = box(26 + shift, y - 1, 72 + shift, y + 12, 4)
        c.fill(bar, tone)
        c.shade(bar, 0.16, is_upright=True)
        c.fill(box(41 + shift, y - 1, 56 + shift, y + 12), CREAM_BAND)
    look.emblem(c, 51.5, 60.6, 4)
    for x, y, r in ((24, 44, 7), (36, 30, 10), (58, 26, 6), (70, 40, 9), (52, 42, 4), (80, 24, 5), (18, 24, 4)):
        c.tint(ellipse(x, y, r, r), WHITE, 0.6)
        c.tint(ellipse(x - r * 0.3, y - r * 0.3, r * 0.26, r * 0.26), WHITE, 0.9)
        c.line(ellipse(x, y, r, r), mix(look.base, WHITE, 0.55), 0.4)


CREAM_BAND: Colour = (250, 244, 230)


def necklace(c: Canvas, look: Look) -> None:
    _bust(c, look)
    metal = _metal(look)
    chain = smooth([(33, 20), (35, 44), (50, 62), (65, 44), (67, 20)], is_closed=False)
    if look.chance("beads", of=2):
        for place, (x, y) in enumerate(chain[::2]):
            c.dot(x, y, 2.6 if place % 3 else 3.4, look.base if place % 2 else light(look.base, 0.35))
    else:
        c.line(chain, metal, 1)
    _gem(c, look, 50, 69, 7, metal)


def _bust(c: Canvas, look: Look) -> None:
    on_table(c, look)
    tone = mix(look.wall, (232, 220, 206), 0.6)
    c.shadow(50, 90, 34, 4)
    bust = smooth([(43, 8), (57, 8), (59, 22), (76, 34), (84, 60), (78, 90), (22, 90), (16, 60), (24, 34), (41, 22)])
    c.fill(bust, tone)
    c.shade(bust, 0.14)


def _metal(look: Look) -> Colour:
    return SILVER if look.chance("metal", of=2) or look.base == (188, 192, 198) else GOLD


def _gem(c: Canvas, look: Look, x: float, y: float, size: float, metal: Colour) -> None:
    if look.motif and look.motif not in PATTERNS:
        c.dot(x, y, size * 1.15, metal)
        c.dot(x, y, size, light(metal, 0.6))
        figure(c, look.motif, x, y, size * 0.72, look.base)
        return
    form = (
        ellipse(x, y, size * 0.8, size),
        heart(x, y, size),
        star(x, y, size),
        smooth([(x, y - size), (x + size * 0.7, y + size * 0.3), (x, y + size), (x - size * 0.7, y + size * 0.3)]),
    )[look.chance("gem", of=4)]
    c.line([*form, form[0]], metal, 1.4)
    c.fill(form, look.base)
    c.shade(form, 0.25)
    c.tint(ellipse(x - size * 0.25, y - size * 0.3, size * 0.16, size * 0.22), WHITE, 0.8)


def bracelet(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    pillow = smooth([(14, 34), (50, 28), (86, 34), (88, 66), (50, 72), (12, 66)])
    c.shadow(52, 58, 44, 24, 0.25)
    c.fill(pillow, light(look.wall, 0.5))
    c.shade(pillow, 0.12, is_upright=True)
    metal = _metal(look)
    for place in range(22):
        turn = place / 22 * 2 * pi
        x, y = 50 + 28 * cos(turn), 50 + 20 * sin(turn)
        tone = (look.base, light(look.base, 0.4), metal, look.ink)[place % 4]
        c.dot(x, y, 3.7, tone)
        c.tint(ellipse(x - 1, y - 1.2, 1, 1), WHITE, 0.7)
    c.line([(50, 70), (50, 76)], metal, 1)
    _gem(c, look, 50, 82, 6, metal)


def earrings(c: Canvas, look: Look) -> None:
    on_cloth(c, look)
    plate = box(20, 12, 80, 88, 5)
    c.shadow(54, 56, 40, 46, 0.4)
    c.fill(plate, light(look.wall, 0.75))
    metal = _metal(look)
    for x in (37, 63):
        c.line(smooth([(x, 40), (x + 1, 28), (x - 5, 26), (x - 6, 34)], is_closed=False), metal, 1.1)
        c.dot(x, 41, 2, metal)
        c.dot(x, 47, 3.4, look.ink)
        c.line([(x, 50), (x, 56)], metal, 0.8)
        _gem(c, look, x, 64, 8, metal)
    c.line([(40, 19), (60, 19)], dark(look.wall, 0.2), 1)


def ring(c: Canvas, look: Look) -> None:
    on_table(c, look)
    c.shadow(50, 88, 30, 4)
    case = box(22, 58, 78, 88, 5)
    c.fill(case, dark(look.trim, 0.1))
    c.shade(case)
    c.fill(smooth([(24, 60), (50, 54), (76, 60), (50, 68)]), light(look.wall, 0.5))
    metal = _metal(look)
    c.line(ellipse(50, 48, 17, 17, 150, 390), metal, 3.2)
    c.line(ellipse(50, 48, 17, 17, 200, 280), light(metal, 0.5), 0.8)
    name = (
        look.motif
        if look.motif and look.motif not in PATTERNS
        else ("flower", "butterfly", "heart", "star", "")[look.chance("r", of=5)]
    )
    if name:
        figure(c, name, 50, 28, 11, look.base)
    else:
        _gem(c, look, 50, 28, 9, metal)
